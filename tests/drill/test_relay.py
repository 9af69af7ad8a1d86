"""A mail server that says no, says later, or says nothing: what each letter's row then knows."""

from collections import Counter

import pytest
from django.test import override_settings
from django.utils import timezone

from consortium import emails
from consortium.models import OutgoingEmail
from consortium.models.mail import MailState, Priority
from consortium.tasks import send_batch
from tests.drill.practice import free_port, wait_for

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
        EMAIL_PORT=sink.port,
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


# --- The real worker and clock ---------------------------------------------------------------------------------------


def mailing_of(number):
    """Write a mailing: so many registries, three of them difficult. Returns the rows."""
    difficult = [REFUSED, LATER, DROPPED]
    return [
        emails.queue(
            "consortium/emails/plain",
            difficult[at // 20] if at % 20 == 10 and at // 20 < 3 else f"kirjaamo{at}@kunta.example",
            "fi",
            priority=Priority.MAILING,
            subject="Tiedote",
            body="Kokous on tiistaina.",
        )
        for at in range(number)
    ]


def minutes_pass():
    """Let the waits between tries be over: on the rows, not on the clock."""
    OutgoingEmail.objects.filter(state=MailState.QUEUED).update(next_try_at=None)


def states():
    """Return how many letters are in which state."""
    return Counter(OutgoingEmail.objects.values_list("state", flat=True))


def test_a_mailing_through_everything_that_can_happen(practice, sink):
    """One refused, one put off, one whose line drops; the worker dies in the middle, the relay for a minute.

    Each registry has its letter once, the one refused has none and its row says why.
    """
    sink.answers = {REFUSED: "550 5.1.1 No such mailbox", LATER: "451 4.3.0 Try again later", DROPPED: "drop"}
    sink.delay = 0.02
    rows = mailing_of(120)
    practice.start("worker")
    practice.start("beat")
    wait_for(lambda: len(sink.arrivals) > 30, 60, "the first letters")
    practice.kill("worker")
    struck = len(sink.arrivals)
    practice.start("worker")
    wait_for(lambda: len(sink.arrivals) > struck + 20, 90, "letters after the restart")

    sink.stop()  # the relay is away
    before = len(sink.arrivals)
    wait_for(
        lambda: OutgoingEmail.objects.filter(tries__gt=0, state="queued").count() > 2, 90, "letters in vain"
    )
    assert len(sink.arrivals) == before
    sink.start()
    minutes_pass()
    wait_for(lambda: states()[MailState.QUEUED] == 2, 120, "all but the two that are put off")
    put_off = {row.to: row.reason for row in OutgoingEmail.objects.filter(state=MailState.QUEUED)}
    assert put_off.keys() == {LATER, DROPPED}
    assert put_off[LATER] == "451 4.3.0 Try again later"
    assert put_off[DROPPED]

    sink.answers = {REFUSED: sink.answers[REFUSED]}
    minutes_pass()
    wait_for(lambda: not states()[MailState.QUEUED], 90, "the two")
    assert states() == {MailState.SENT: 119, MailState.REFUSED: 1}
    refused = OutgoingEmail.objects.get(state=MailState.REFUSED)
    assert (refused.to, refused.reason, refused.tries) == (REFUSED, "550 5.1.1 No such mailbox", 1)
    expected = {row.message_id for row in rows} - {refused.message_id}
    twice = len(sink.arrivals) - len(sink.ids)
    print(
        f"\n{len(sink.ids)} letters, {twice} came twice (the one in hand when the worker was killed), none missing"
    )
    assert sink.ids == expected, "nobody never"
    assert twice <= 1, "nobody twice, but the one in hand when the worker was killed"


def test_the_pace_holds_for_all_processes_and_a_code_does_not_wait(practice, sink, monkeypatch):
    """Two worker processes and two mailings: never above the set pace together; a code comes at once."""
    monkeypatch.setenv("PORTAL_MAIL_PER_MINUTE", "120")
    practice.start("worker")
    practice.start("beat")
    wait_for(lambda: "ready" in practice.log("worker"), 30, "worker")
    mailing_of(40)
    mailing_of(40)
    wait_for(lambda: len(sink.arrivals) > 2, 60, "the first letters")
    began, before = timezone.now(), len(sink.arrivals)
    (code,) = [
        emails.queue(
            "consortium/emails/plain", GOOD, "fi", priority=Priority.CODE, subject="Koodi", body="123456"
        )
    ]
    wait_for(lambda: code.message_id in sink.ids, 10, "the code")
    waited = (timezone.now() - began).total_seconds()
    wait_for(lambda: len(sink.arrivals) > before + 24, 60, "two dozen more")
    took = (timezone.now() - began).total_seconds()
    print(f"\nthe code came after {waited:.1f} s; {len(sink.arrivals) - before} letters in {took:.1f} s")
    assert waited < 3
    assert took > (len(sink.arrivals) - before - 2) / 2 * 0.9
