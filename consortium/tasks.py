"""What the worker does. Every task may run twice, late or never: the rows tell what is still to be done."""

import datetime as dt
import logging
import time

from celery import shared_task
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import get_connection
from django.db.models import Q
from django.utils import timezone

from consortium import bounces, clock, digest, documents, emails, outgoing
from consortium.models import AccessLog, FormKey
from consortium.models.mail import Priority
from consortium.sessions import REMEMBERED

log = logging.getLogger(__name__)
SWEEP_SECONDS = 25  # beat starts one every 30
SLICE_SECONDS = 5  # so long does a mailing hold its worker before it stands at the end of the line again
GIVE_UP_AFTER = 3  # letters in a row that met nobody: the relay is away, the next sweep asks it again
CODES = Q(priority=Priority.CODE)


def send_one(pk):
    """Try one letter, if it is due and nobody else has it. Returns True when it left, None when nothing was done."""
    with outgoing.claimed(Q(pk=pk), 1) as letters:
        return letters[0].send() if letters else None


def send_due(which, *, seconds=None, per_minute=0):
    """Send due letters over one kept connection, the most urgent first. Returns (how many left, whether to go on).

    Only mailings keep the pace. A refused letter stops nobody; when ``GIVE_UP_AFTER`` in a row met no relay, the
    rest waits for the sweeper. After ``seconds`` no further one is begun.
    """
    ends_at = time.monotonic() + seconds if seconds else None
    at_once = max(1, min(outgoing.AT_ONCE, per_minute // 60)) if per_minute else outgoing.AT_ONCE
    left, in_vain, unwritten = 0, 0, []
    connection = get_connection()
    try:
        while in_vain < GIVE_UP_AFTER:
            if ends_at and time.monotonic() > ends_at:
                return left, True
            with outgoing.claimed(which, at_once, without=unwritten) as letters:
                if not letters:
                    break
                claimed_at = time.monotonic()
                for letter in letters:
                    left += bool(_try(letter, connection, unwritten))
                    in_vain = in_vain + 1 if letter.relay_is_away else 0
                    if letter.relay_is_away:
                        connection.close()  # a line that broke stays broken; the next letter gets a new one
                    if in_vain == GIVE_UP_AFTER or time.monotonic() - claimed_at > outgoing.TRUE_FOR:
                        break
                    if per_minute and letter.priority == Priority.MAILING:
                        time.sleep(60 / per_minute)
    finally:
        connection.close()
    return left, False


def _try(letter, connection, unwritten):
    """Try one letter; when its very row cannot be written, keep it out of the way of those behind it."""
    try:
        return letter.send(connection)
    except Exception:
        log.exception("letter %s failed", letter.pk)
        unwritten.append(letter.pk)
        return None


def send_batch(pks):
    """Send these letters, and any code that somebody waits for before them. Returns how many left."""
    return send_due(Q(pk__in=pks) | CODES)[0]


def send_mailings(seconds=SLICE_SECONDS):
    """Send mailings for a while at the set pace, and before them whatever is more urgent.

    One process at a time does so, whoever asks: the pace is that of all together, and codes find a free worker.
    Returns whether to go on; None when another process is at it.
    """
    with outgoing.only_mailing() as is_ours:
        if not is_ours:
            return None
        return send_due(Q(), seconds=seconds, per_minute=settings.MAIL_PER_MINUTE)[1]


@shared_task
def deliver(pks):
    """Send letters of one act, each to its recipient, if they are still unsent and due."""
    send_batch(pks)


@shared_task
def mailing():
    """Send mailings for one slice of time, then stand at the end of the line for the next."""
    if send_mailings():
        emails.hand_over("consortium.tasks.mailing", priority=Priority.MAILING)


@shared_task
def make_document(label, pk):
    """Make one document, if nobody else has."""
    document = apps.get_model(label).objects.filter(pk=pk).first()
    if document:
        document.make()


@shared_task
def sweep():
    """Pick up what a dead broker or worker left: due letters, mailings at the set pace, then documents.

    One sweep does no more than what fits before the next: a code that someone waits for must find a free worker.
    """
    give_up_at = time.monotonic() + SWEEP_SECONDS
    send_due(Q(priority__lt=Priority.MAILING), seconds=SWEEP_SECONDS / 2)
    mailing()
    for kind in documents.kinds():
        for document in kind.objects.left_behind():
            if time.monotonic() > give_up_at:
                return
            try:
                document.make()
            except Exception:  # the reason stands on the row; the next one must still be made
                log.exception("%s %s failed", kind._meta.label, document.pk)


@shared_task
def read_bounces():
    """Read what mail servers report about letters that did not arrive."""
    log.info("delivery reports: %s", bounces.read())


@shared_task
def send_digests():
    """Write each person of the service centre what waits, once a working day."""
    digest.write_all()


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
        "sessions": Session.objects.filter(expire_date__lt=timezone.now() - REMEMBERED).delete()[0],
    }
    log.info("forgotten: %s", removed)
    return removed
