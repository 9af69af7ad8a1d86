"""What the worker and the clock do in joint procurement. Every task may run twice, late or never."""

import logging

from celery import shared_task

from procurement import usage_reading
from procurement.models import UsageFile, send_due_exits
from procurement.models.answer_reminder import send_due as send_due_answers

log = logging.getLogger(__name__)


@shared_task
def remind_rounds():
    """Write the reminders of commitment rounds that are due today; a second run on the day finds nothing left to do."""
    written, left, failed = send_due_answers()
    log.info("reminders of rounds: %s written, %s left out, %s failed", written, left, failed)


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


@shared_task
def remind_exits():
    """Tell participants of the ends of contracts that we decide on soon; a second run on the day finds nothing."""
    written, left, failed = send_due_exits()
    log.info("ends of contracts: %s told, %s left out, %s failed", len(written), len(left), len(failed))
