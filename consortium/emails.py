"""Letters: written as rows in the transaction of the act, handed to the worker after the commit."""

import logging
import time
from functools import partial
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from consortium.celery import app
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import Priority, Reader

log = logging.getLogger(__name__)
BATCH = 25  # letters that one task sends over one connection
READER = Signer(sep=".", salt="reader of a letter")
_away_until = 0.0  # by the process's own clock


def absolute(url_name, language, **kwargs):
    """Return a page's full address for a letter, under the reader's language."""
    with translation.override(language):
        return settings.ADDRESS + reverse(url_name, kwargs=kwargs)


def personal(url, user):
    """Return an address of the portal as a letter to one person carries it: signing in then knows whom to send a code.

    It opens nothing by itself: the code goes to the person's own address.
    """
    return f"{url}{'&' if '?' in url else '?'}for={READER.sign(user.pk)}"


def reader_of(url):
    """Return the id of the person to whom a letter carried this address, or None."""
    try:
        return int(READER.unsign(parse_qs(urlsplit(url).query).get("for", [""])[-1]))
    except (BadSignature, ValueError):
        return None


def compose(template, language, **context):
    """Return (subject, body) of a letter in one language. The template's first line is the subject."""
    with translation.override(language):
        own = {"contact_email": settings.CONTACT_EMAIL, "signature": settings.MAIL_SIGNATURE}
        text = render_to_string(f"{template}.txt", own | context)
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def queue(
    template,
    to,
    language,
    *,
    about=None,
    attachments=(),
    priority=Priority.LETTER,
    once=False,
    reader=Reader.PERSON,
    **context,
):
    """Write one letter to one recipient; it leaves after the commit. Returns the row.

    ``about`` is the record whose page shows the letter; ``attachments`` are documents that are ready;
    ``once`` blanks the text when it has left (codes); ``reader`` is as whom the recipient is written to.
    """
    subject, body = compose(template, language, about=about, **context)
    email = OutgoingEmail.objects.create(
        to=to,
        subject=subject,
        body=body,
        language=language,
        template=template,
        about=about,
        attachments=[file.as_attachment() for file in attachments],
        priority=priority,
        blank_when_sent=once,
        reader=reader,
    )
    _hand_over_letter(email)
    return email


def send_again(letter, *, by, to=""):
    """Write a letter anew under an id of its own, to the same address or a corrected one. Returns the new row.

    The earlier row stays as it is. Raises ValidationError when there is nothing to send again.
    """
    with transaction.atomic():
        earlier = OutgoingEmail.objects.select_for_update(of=("self",), no_key=True).get(pk=letter.pk)
        if hindrance := earlier.hindrance():
            raise ValidationError(hindrance.label, code=hindrance.value)
        fields = ("reader", "subject", "body", "language", "template", "about", "attachments")
        new = OutgoingEmail.objects.create(
            to=to or earlier.to, instead_of=earlier, **{name: getattr(earlier, name) for name in fields}
        )
        AuditEvent.record(earlier, "resend", by=by, letter=new.pk, corrected=new.to != earlier.to)
        _hand_over_letter(new)
    return new


class _Batch:
    """The letters of one transaction that leave by one task, once it is through."""

    def __init__(self, priority):
        self.priority, self.pks = priority, []

    def __call__(self):
        """Ask the worker; a mailing is not named letter by letter, it is gone through at its own pace."""
        if self.priority == Priority.MAILING:
            _send("consortium.tasks.mailing", (), self.priority)
        else:
            _send("consortium.tasks.deliver", (self.pks,), self.priority)

    def has_room(self, priority):
        """Tell whether a letter may travel with these."""
        return self.priority == priority and (priority == Priority.MAILING or len(self.pks) < BATCH)


def _hand_over_letter(email):
    """Put the letter to those of its transaction that wait for the commit.

    A batch lives as long as the outermost block that is still open around it, so it outlives no letter in it; a
    letter whose own block is undone leaves a number behind that no row has.
    """
    waiting = [act for _blocks, act, _robust in reversed(transaction.get_connection().run_on_commit)]
    batch = next((act for act in waiting if isinstance(act, _Batch) and act.has_room(email.priority)), None)
    if batch is None:
        batch = _Batch(email.priority)
        batch.pks.append(email.pk)
        transaction.on_commit(batch)
    else:
        batch.pks.append(email.pk)


def hand_over(task, *args, priority=Priority.LETTER):
    """Ask the worker for a task once the transaction is through; a dead broker changes nothing but the time."""
    transaction.on_commit(partial(_send, task, args, priority))


def _send(task, args, priority):
    """Ask the broker, unless it has just kept us waiting in vain: hundreds of rows must not wait one by one."""
    global _away_until
    began = time.monotonic()
    if began < _away_until:
        _at_once(task, args, priority)
        return
    try:
        app.send_task(task, args, priority=priority)
    except (
        Exception
    ) as error:  # caught here: on_commit(robust=True) cannot name a partial and would raise itself
        ended = time.monotonic()
        _away_until = ended + 5 * (ended - began)
        log.warning("%s %s waits for the sweeper: %s", task, args, error)
        _at_once(task, args, priority)


def _at_once(task, args, priority):
    """Without a broker, send here and now what somebody is waiting for: a code. The rest can wait for the sweeper."""
    if priority == Priority.CODE:
        app.loader.import_default_modules()
        try:
            app.tasks[task](*args)
        except Exception:  # the row stays: the sweeper tries again
            log.exception("%s %s could not be done at once", task, args)
