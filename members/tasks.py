"""What the clock starts in the members' app: it only reminds, and no rule of the field depends on it."""

import logging

from celery import shared_task

from members.models import send_due

log = logging.getLogger(__name__)


@shared_task
def remind():
    """Write the reminders that are due today; a second run on the day finds nothing left to do."""
    written, left, failed = send_due()
    log.info("reminders: %s written, %s left out, %s failed", len(written), len(left), len(failed))
