"""Letters that came back: delivery reports (RFC 3464) read from a Maildir or a mailbox over IMAP."""

import email
import email.policy
import imaplib
import logging
import re
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction

from consortium import gather
from consortium.models import OutgoingEmail

log = logging.getLogger(__name__)
LARGEST = (
    1024 * 1024
)  # bytes of a report that are read: what matters stands before the returned letter's files
TIMEOUT = 20  # seconds that the mail server has to answer
ID = re.compile(r"<[^<>\s]+>")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
FAILED, DELAYED = "failed", "delayed"
POLICY = email.policy.compat32  # the one that never refuses to read a header


class NotReadable(Exception):
    """The place where reports lie cannot be opened; carries the reason in words."""


@dataclass(frozen=True)
class Report:
    """What a mail server says about one letter."""

    message_ids: tuple  # of the letter it may be about, the surest first
    action: str  # failed, delayed, delivered …
    words: str  # status and the far server's own words


def understand(content):
    """Return the report that a mail's bytes hold, or None for any other mail: answers are read by people."""
    message = email.message_from_bytes(content[:LARGEST], policy=POLICY)
    parts = list(message.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not isinstance(status.get_payload(), list):
        return None
    recipients = [block for block in status.get_payload() if block.get("Action") or block.get("Status")]
    if not recipients:
        return None
    worst = min(recipients, key=lambda block: [FAILED, DELAYED, ""].index(_graver(block)))
    return Report(tuple(_ids(message, parts)), _action(worst), _words(worst))


def _ids(report, parts):
    """Yield the Message-IDs of the letter the report may be about: as returned first, then as answered."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and isinstance(part.get_payload(), list):
            for letter in part.get_payload():
                yield from ID.findall(str(letter.get("Message-ID", "")))
        elif kind == "text/rfc822-headers":
            headers = (part.get_payload(decode=True) or b"").decode(errors="replace")
            letter = email.message_from_string(headers, policy=POLICY)
            yield from ID.findall(str(letter.get("Message-ID", "")))
    for name in ("In-Reply-To", "References"):
        yield from ID.findall(str(report.get(name, "")))


def _action(block):
    """Return the action in one word; where a server names none, its status tells."""
    named = str(block.get("Action", "")).strip().lower()
    first = str(block.get("Status", "")).strip()[:1]
    return named or {"5": FAILED, "4": DELAYED, "2": "delivered"}.get(first, "")


def _graver(block):
    action = _action(block)
    return action if action in {FAILED, DELAYED} else ""


def _words(block):
    status = STATUS.search(str(block.get("Status", "")))
    said = " ".join(str(block.get("Diagnostic-Code", "")).split())
    kind, _semicolon, rest = said.partition(";")
    said = rest.strip() if rest and kind.strip().lower() in {"smtp", "x-unix", "lmtp"} else said
    return " ".join(filter(None, [status[0] if status and status[0] not in said else "", said])) or "?"


def note(report):
    """Write what a report says on its letter, once, and tell the apps of a letter that came back.

    Returns what came of it: returned, late, nothing_new or unmatched.
    """
    with transaction.atomic():
        rows = OutgoingEmail.objects.select_for_update(of=("self",), no_key=True)
        known = {row.message_id: row for row in rows.filter(message_id__in=report.message_ids)}
        letter = next((known[key] for key in report.message_ids if key in known), None)
        if letter is None:
            return "unmatched"
        if report.action == FAILED and letter.come_back(report.words):
            gather.collect(gather.CAME_BACK, letter)
            return "returned"
        if report.action == DELAYED and letter.is_late(report.words):
            return "late"
        return "nothing_new"


def read(place=None):
    """Read all reports that lie at the place (PORTAL_BOUNCES). Returns how many were what.

    What was understood and matched is marked as read; all else is left for people. Raises NotReadable.
    """
    counts = Counter(returned=0, late=0, nothing_new=0, unmatched=0, not_understood=0)
    with _opened(place or settings.BOUNCES) as mails:
        for content, mark in mails:
            try:
                report = understand(content)
                outcome = note(report) if report else "not_understood"
            except Exception:  # whatever strangers send: it stays where it lies, and the next one is read
                log.exception("a mail among the delivery reports could not be read")
                outcome = "not_understood"
            counts[outcome] += 1
            if outcome not in {"unmatched", "not_understood"}:
                mark()
    return dict(counts)


@contextmanager
def _opened(place):
    """Give the unread mails of a place as (bytes, what marks it as read)."""
    address = urlsplit(place)
    try:
        if address.scheme == "maildir":
            yield _maildir(Path(unquote(address.path)))
        elif address.scheme in {"imap", "imaps"}:
            with _imap(address) as mails:
                yield mails
        else:
            raise NotReadable("PORTAL_BOUNCES is not set.")
    except (OSError, imaplib.IMAP4.error) as error:
        raise NotReadable(str(error) or type(error).__name__) from error


def _maildir(folder):
    """Yield the unread mails of a Maildir; reading moves one from ``new`` to ``cur`` with the mark S."""
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        raise NotADirectoryError(f"{folder} is no Maildir.")
    waiting = [*(folder / "new").iterdir(), *(folder / "cur").iterdir()]
    for path in sorted(waiting, key=lambda path: path.name):
        name, _info, flags = path.name.partition(":2,")
        if "S" in flags or name.startswith(".") or not path.is_file():
            continue
        seen = folder / "cur" / f"{name}:2,{''.join(sorted(flags + 'S'))}"
        with suppress(FileNotFoundError):  # another mail program has taken it meanwhile
            yield path.open("rb").read(LARGEST), lambda path=path, seen=seen: _move(path, seen)


def _move(path, seen):
    with suppress(FileNotFoundError):  # another mail program has taken it since it was read
        path.rename(seen)


@contextmanager
def _imap(address):
    """Give the unread mails of a folder over IMAP; looking at one does not mark it."""
    kind = imaplib.IMAP4_SSL if address.scheme == "imaps" else imaplib.IMAP4
    port = address.port or (imaplib.IMAP4_SSL_PORT if address.scheme == "imaps" else imaplib.IMAP4_PORT)
    server = kind(address.hostname, port, timeout=TIMEOUT)
    try:
        server.login(unquote(address.username or ""), unquote(address.password or ""))
        folder = unquote(address.path.strip("/")) or "INBOX"
        _ok(server.select('"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'))
        yield _unseen(server)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _unseen(server):
    for number in _ok(server.uid("SEARCH", "UNSEEN"))[0].split():
        answer = _ok(server.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)"))
        content = next((part[1] for part in answer if isinstance(part, tuple)), b"")
        yield content, lambda number=number: _ok(server.uid("STORE", number, "+FLAGS", "(\\Seen)"))


def _ok(answer):
    """Return what the server answered; IMAP4.error when it said no."""
    word, data = answer
    if word != "OK":
        raise imaplib.IMAP4.error(" ".join(str(part) for part in data))
    return data or [b""]
