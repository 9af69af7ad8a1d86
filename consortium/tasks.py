"""What the worker does. Every task may run twice, late or never: the rows tell what is still to be done."""

import datetime as dt
import logging
import time

from celery import shared_task
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from consortium import clock, documents
from consortium.models import AccessLog, FormKey, OutgoingEmail

log = logging.getLogger(__name__)
SWEEP_SECONDS = 25  # beat starts one every 30
GIVE_UP_AFTER = 3  # letters in a row that did not leave: the relay is away, the next sweep asks it again


def send_one(pk, connection=None):
    """Lock one due letter and try it once. Returns True when it left, None when there was nothing to do."""
    with transaction.atomic():
        email = OutgoingEmail.objects.due().select_for_update(skip_locked=True).filter(pk=pk).first()
        return email.send(connection) if email else None


@shared_task
def deliver(pk):
    """Send one letter to its recipient, if it is still unsent and due."""
    send_one(pk)


@shared_task
def make_document(label, pk):
    """Make one document, if nobody else has."""
    document = apps.get_model(label).objects.filter(pk=pk).first()
    if document:
        document.make()


@shared_task
def sweep():
    """Pick up what a dead broker or worker left: due letters at the set pace, then documents.

    One sweep does no more than what fits before the next: a code that someone waits for must find a free worker.
    """
    give_up_at = time.monotonic() + SWEEP_SECONDS
    waiting = OutgoingEmail.objects.due().values_list("pk", flat=True)
    send_batch(list(waiting[: max(1, settings.MAIL_PER_MINUTE * SWEEP_SECONDS // 60)]))
    for kind in documents.kinds():
        for document in kind.objects.left_behind():
            if time.monotonic() > give_up_at:
                return
            try:
                document.make()
            except Exception:  # the reason stands on the row; the next one must still be made
                log.exception("%s %s failed", kind._meta.label, document.pk)


def send_batch(pks):
    """Send letters over one kept connection, no faster than the set pace. Returns how many left."""
    if not pks:
        return 0
    sent = kept = 0
    pause = 60 / settings.MAIL_PER_MINUTE if settings.PRODUCTION else 0
    connection = get_connection()
    try:
        for pk in pks:
            try:
                left = send_one(pk, connection)
            except Exception:  # its row could not be read or written; those behind it must still leave
                log.exception("letter %s failed", pk)
                left = None
            sent += bool(left)
            kept = kept + 1 if left is False else 0
            if left is False:
                connection.close()  # a line that broke stays broken; the next letter gets a new one
            if kept == GIVE_UP_AFTER:
                break
            time.sleep(pause)
    finally:
        connection.close()
    return sent


@shared_task
def forget():
    """Remove what has outlived its time: old sign-ins, used form keys, ended sessions. Returns the counts."""
    moment = clock.now()
    removed = {
        "accesses": AccessLog.objects.filter(at__lt=moment - dt.timedelta(days=AccessLog.KEPT_DAYS)).delete()[
            0
        ],
        "form keys": FormKey.objects.filter(
            used_at__lt=moment - dt.timedelta(days=FormKey.KEPT_DAYS)
        ).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=timezone.now()).delete()[0],
    }
    log.info("forgotten: %s", removed)
    return removed
