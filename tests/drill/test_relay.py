"""A mail server that says no, says later, or says nothing: what each letter's row then knows."""

import pytest
from django.test import override_settings
from django.utils import timezone

from consortium import emails
from consortium.models import OutgoingEmail
from consortium.models.mail import MailState
from consortium.tasks import send_batch
from tests.drill.practice import free_port

REFUSED, LATER, DROPPED, GOOD = (
    "vaara@kunta.example", "taynna@kunta.example", "katkeaa@kunta.example", "kirjaamo@kunta.example",
)  # fmt: skip


@pytest.fixture
def relay(db, sink):
    """Mail goes to the sink."""
    sink.answers = {
        REFUSED: "550 5.1.1 No such mailbox",
        LATER: "451 4.3.0 Try again later",
        DROPPED: "drop",
    }
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=sink.controller.port,
        EMAIL_TIMEOUT=5,
    ):
        yield sink


def written_to(*addresses):
    """Write one letter to each, and return the rows."""
    return [
        emails.queue("consortium/emails/plain", to, "fi", subject="Tiedote", body="Kokous on tiistaina.")
        for to in addresses
    ]


def outcome(row):
    """Return what the row knows."""
    row.refresh_from_db()
    return row.state, row.tries, row.next_try_at is not None


def test_one_of_two_recipients_is_refused(relay):
    """The other gets the letter; the refusal is final and keeps the server's words."""
    good, refused = written_to(GOOD, REFUSED)
    assert send_batch([refused.pk, good.pk]) == 1
    assert outcome(good) == (MailState.SENT, 1, False)
    assert outcome(refused) == (MailState.REFUSED, 1, False)
    assert refused.reason == "550 5.1.1 No such mailbox"
    assert relay.arrivals == [good.message_id]
    assert list(OutgoingEmail.objects.undelivered()) == [refused]


def test_later_means_later(relay):
    """451: not due now; due in a minute; then it leaves under the same id."""
    (row,) = written_to(LATER)
    message_id = row.message_id
    assert send_batch([row.pk]) == 0
    assert outcome(row) == (MailState.QUEUED, 1, True)
    assert row.reason == "451 4.3.0 Try again later"
    assert not OutgoingEmail.objects.due().exists()
    assert 50 < (row.next_try_at - timezone.now()).total_seconds() <= 60

    relay.answers.clear()
    OutgoingEmail.objects.update(next_try_at=timezone.now())
    assert send_batch([row.pk]) == 1
    assert outcome(row) == (MailState.SENT, 2, False)
    assert relay.arrivals == [message_id]


def test_a_dropped_line_costs_one_letter_a_minute(relay):
    """Those behind it get a new line in the same batch."""
    first, dropped, last = written_to(GOOD, DROPPED, GOOD)
    assert send_batch([first.pk, dropped.pk, last.pk]) == 2
    assert outcome(dropped) == (MailState.QUEUED, 1, True)
    assert dropped.reason
    assert outcome(last) == (MailState.SENT, 1, False)
    assert relay.arrivals == [first.message_id, last.message_id]


def test_nobody_is_at_home(relay):
    """A relay that is away is asked three times, not once for each of hundreds of letters."""
    rows = written_to(*[GOOD] * 10)
    with override_settings(EMAIL_PORT=free_port()):
        assert send_batch([row.pk for row in rows]) == 0
    assert [outcome(row) for row in rows] == [(MailState.QUEUED, 1, True)] * 3 + [
        (MailState.QUEUED, 0, False)
    ] * 7
    assert send_batch([row.pk for row in rows]) == 7  # the relay is back; three wait for their minute
    assert len(relay.ids) == 7


def test_our_own_password_is_wrong(relay):
    """535 is about us, not about the letter: it is kept."""
    (row,) = written_to(GOOD)
    with override_settings(EMAIL_HOST_USER="portal", EMAIL_HOST_PASSWORD="wrong"):
        assert send_batch([row.pk]) == 0
    assert outcome(row) == (MailState.QUEUED, 1, True)
    assert row.reason.startswith("535 ")
