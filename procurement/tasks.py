"""What the worker and the clock do in joint procurement. Every task may run twice, late or never."""

import logging

from celery import shared_task

from procurement import usage_reading
from procurement.models import UsageFile

log = logging.getLogger(__name__)


@shared_task
def read_usage(pk):
    """Read one file of use, if nobody else has."""
    row = UsageFile.objects.select_related("contract").filter(pk=pk).first()
    if row and row.take_up():
        usage_reading.read(row)


@shared_task
def read_left_behind():
    """Read the files of use that a dead broker or worker left."""
    for row in UsageFile.objects.left_behind():
        read_usage(row.pk)
