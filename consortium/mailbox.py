"""The practice copy's mailbox: letters that would have left are files, read on the page "Mailbox (demo)"."""

import email
import email.policy
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

SHOWN = 200


class EmailBackend(BaseEmailBackend):
    """Writes each message to a file of its own; nothing leaves this machine."""

    def send_messages(self, messages):
        """Write the messages; returns how many."""
        settings.MAILBOX.mkdir(parents=True, exist_ok=True)
        for message in messages:
            name = f"{time.time_ns():020d}.eml"
            part = settings.MAILBOX / f".{name}"
            part.write_bytes(message.message().as_bytes())
            part.rename(settings.MAILBOX / name)
        return len(messages)


@dataclass(frozen=True)
class Letter:
    """One letter of the mailbox."""

    key: str
    to: str
    subject: str
    body: str
    files: list  # names of attachments


def letters(to=""):
    """Return the newest letters, newest first; only those to an address if one is given."""
    found = []
    for path in sorted(settings.MAILBOX.glob("*.eml"), reverse=True):
        if to.lower() in _receiver(path).lower():
            found.append(_read(path))
        if len(found) == SHOWN:
            break
    return found


def attachment(key, number):
    """Return (name, media type, bytes) of a letter's attachment. Raises LookupError when there is none."""
    name = f"{int(key):020d}.eml"
    if name not in {path.name for path in settings.MAILBOX.glob("*.eml")}:
        raise LookupError(key)
    path = settings.MAILBOX / name
    part = list(_parse(path).iter_attachments())[number]
    return part.get_filename(), part.get_content_type(), part.get_content()


def _parse(path: Path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


@lru_cache(maxsize=10_000)
def _receiver(path):
    """Return to whom a letter is; what has been written is never changed."""
    with path.open("rb") as file:
        head = b"".join(takewhile(bytes.strip, file))
    return str(email.message_from_bytes(head, policy=email.policy.default)["To"])


@lru_cache(maxsize=2 * SHOWN)
def _read(path):
    message = _parse(path)
    return Letter(
        key=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=message.get_body(("plain",)).get_content(),
        files=[part.get_filename() for part in message.iter_attachments()],
    )
