"""Letters: written as rows in the transaction of the act, handed to the worker after the commit."""

import logging
import time
from functools import partial

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from consortium.celery import app
from consortium.models.mail import OutgoingEmail, Priority

log = logging.getLogger(__name__)
_away_until = 0.0  # by the process's own clock


def absolute(url_name, language, **kwargs):
    """Return a page's full address for a letter, under the reader's language."""
    with translation.override(language):
        return settings.ADDRESS + reverse(url_name, kwargs=kwargs)


def compose(template, language, **context):
    """Return (subject, body) of a letter in one language. The template's first line is the subject."""
    with translation.override(language):
        text = render_to_string(f"{template}.txt", {"contact_email": settings.CONTACT_EMAIL, **context})
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def queue(
    template, to, language, *, about=None, attachments=(), priority=Priority.LETTER, once=False, **context
):
    """Write one letter to one recipient; it leaves after the commit. Returns the row.

    ``about`` is the record whose page shows the letter; ``attachments`` are documents that are ready;
    ``once`` blanks the text when it has left (codes).
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
    )
    hand_over("consortium.tasks.deliver", email.pk, priority=priority)
    return email


def hand_over(task, *args, priority=Priority.LETTER):
    """Ask the worker for a task once the transaction is through; a dead broker changes nothing but the time."""
    transaction.on_commit(partial(_send, task, args, priority))


def _send(task, args, priority):
    """Ask the broker, unless it has just kept us waiting in vain: hundreds of rows must not wait one by one."""
    global _away_until
    began = time.monotonic()
    if began < _away_until:
        return
    try:
        app.send_task(task, args, priority=priority)
    except (
        Exception
    ) as error:  # caught here: on_commit(robust=True) cannot name a partial and would raise itself
        ended = time.monotonic()
        _away_until = ended + 5 * (ended - began)
        log.warning("%s %s waits for the sweeper: %s", task, args, error)
