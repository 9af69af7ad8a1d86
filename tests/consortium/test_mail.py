"""Letters: a row first, then a try, and after each try the truth on the row."""

import datetime as dt
import smtplib

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from consortium import clock, emails, mailbox, tasks
from consortium.celery import app
from consortium.models import OutgoingEmail
from consortium.models.mail import NOT_FROM_A_COPY, Priority
from members.models import JoiningPackage
from tests.consortium.mail_server import again, letter
from tests.factories import AccessionFactory, ContactFactory, RoleFactory, ready_packages

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


class Broken:
    """A connection that raises what it is told."""

    def open(self):
        pass

    def __init__(self, error):
        self.error = error

    def send_messages(self, messages):
        raise self.error


# --- What becomes of a try ----------------------------------------------------------------------------------------


def test_a_letter_leaves_once_and_says_when(server):
    row = letter()
    assert tasks.send_one(row.pk) is True
    assert tasks.send_one(row.pk) is None
    assert (again(row).state, row.tries, row.reason, row.next_try_at) == ("sent", 1, "", None)
    assert row.sent_at is not None
    (message,) = server.taken
    assert (message["To"], message["Subject"]) == ("kirjaamo@rautalampi.example", "Liittymispaketti")
    assert message["Message-ID"] == row.message_id
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "fi")
    assert message.get_content().split() == ["Hyvä", "kirjaamo,"]


@pytest.mark.parametrize("answer", ["550 5.1.1 No such mailbox", "554 5.7.1 Not wanted"])
def test_a_final_no_is_final(server, answer):
    row = letter()
    server.answers[row.to] = answer
    assert tasks.send_one(row.pk) is False
    assert (again(row).state, row.reason, row.next_try_at, row.sent_at) == ("refused", answer, None, None)
    del server.answers[row.to]
    assert tasks.send_one(row.pk) is None, "a refused letter is not tried again by itself"
    assert list(OutgoingEmail.objects.undelivered()) == [row]


def test_a_passing_no_is_tried_again_later_with_the_same_id(server):
    row = letter()
    server.answers[row.to] = "451 4.7.1 Greylisted, come back"
    assert tasks.send_one(row.pk) is False
    assert (again(row).state, row.reason) == ("queued", "451 4.7.1 Greylisted, come back")
    assert dt.timedelta(0) < row.next_try_at - timezone.now() <= dt.timedelta(minutes=1)
    assert tasks.send_one(row.pk) is None, "not before its time"
    del server.answers[row.to]
    OutgoingEmail.objects.update(next_try_at=timezone.now())
    assert tasks.send_one(row.pk) is True
    assert (again(row).tries, row.reason) == (2, "")
    assert server.ids == [row.message_id]


def test_a_line_that_drops_is_tried_again_with_the_same_id(server):
    row = letter()
    server.after_data = ["drop", "452 4.3.1 Disk full", "250 OK"]
    for tries in (1, 2):
        assert tasks.send_one(row.pk) is False
        assert (again(row).state, row.tries) == ("queued", tries)
        assert row.reason
        OutgoingEmail.objects.update(next_try_at=None)
    assert tasks.send_one(row.pk) is True
    assert server.ids == [row.message_id]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "queued"),
        (smtplib.SMTPConnectError(421, b"try later"), "queued"),
        (smtplib.SMTPDataError(554, b"rejected as spam"), "refused"),
        (smtplib.SMTPSenderRefused(550, b"not you", "x@konsortio.example"), "queued"),
        (smtplib.SMTPSenderRefused(552, b"too large", "x@konsortio.example"), "refused"),
        (smtplib.SMTPAuthenticationError(454, b"temporary"), "queued"),
        (smtplib.SMTPRecipientsRefused({"x@kunta.example": (550, b"unknown")}), "refused"),
        (smtplib.SMTPRecipientsRefused({"x@kunta.example": (450, b"busy")}), "queued"),
        (ConnectionRefusedError(111, "Connection refused"), "queued"),
        (TimeoutError("timed out"), "queued"),
        (FileNotFoundError(2, "No such file"), "queued"),
    ],
)
def test_every_failure_ends_on_the_row(error, state):
    row = letter()
    assert row.send(Broken(error)) is False
    assert again(row).state == state
    assert row.reason
    assert (row.next_try_at is None) == (state == "refused")


def test_the_waits_grow_and_a_letter_is_never_given_up(server):
    row, minutes = letter(), []
    for _i in range(8):
        row.send(Broken(ConnectionRefusedError(111, "Connection refused")))
        minutes.append(round((row.next_try_at - timezone.now()).total_seconds() / 60))
    assert minutes == [1, 5, 15, 60, 240, 720, 720, 720]
    assert again(row).state == "queued"


# --- Where a copy may write ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["kirjaamo@rautalampi.fi", "x@kunta.example.fi", "x@example", "x@notlocalhost"]
)
def test_a_practice_copy_does_not_write_to_the_world(server, settings, to):
    settings.PRODUCTION = False
    row = letter(to)
    assert tasks.send_one(row.pk) is False
    assert (again(row).state, row.reason) == ("refused", f"550 {NOT_FROM_A_COPY}")
    assert server.taken == []


@pytest.mark.parametrize(
    "to", ["x@kunta.example", "x@kunta.invalid", "x@kunta.test", "X@KUNTA.EXAMPLE", "x@localhost"]
)
def test_a_practice_copy_writes_to_practice_addresses(server, to):
    assert tasks.send_one(letter(to).pk) is True


def test_production_writes_to_the_world(server, settings):
    settings.PRODUCTION = True
    assert tasks.send_one(letter("kirjaamo@rautalampi.fi").pk) is True


# --- Contents ------------------------------------------------------------------------------------------------------


def test_a_code_is_blank_once_it_has_left_but_not_before(server):
    row = letter(body="Koodi 123456\n", blank_when_sent=True)
    server.answers[row.to] = "451 later"
    tasks.send_one(row.pk)
    assert again(row).body == "Koodi 123456\n"
    OutgoingEmail.objects.update(next_try_at=None)
    server.answers.clear()
    tasks.send_one(row.pk)
    assert again(row).body == ""
    assert "123456" in server.taken[0].get_content()


def test_signing_in_by_code_leaves_no_code_behind(client, run_worker, staff):
    client.post("/account/login/code/", {"email": staff.email})
    row = OutgoingEmail.objects.get()
    assert (row.priority, row.to) == (Priority.CODE, staff.email)
    code = row.body
    run_worker()
    assert (again(row).state, row.body) == ("sent", "")
    assert mailbox.letters()[0].body.strip() == code.strip()


def test_a_package_travels_with_its_letter(server, run_worker):
    accession = AccessionFactory()
    ContactFactory(municipality=accession.municipality, email="johtaja@kunta.example")
    ready_packages(accession)
    accession.send(by=RoleFactory().user)
    run_worker()
    assert [m["To"] for m in server.taken] == [accession.municipality.registry_email, "johtaja@kunta.example"]
    pdf = JoiningPackage.objects.get(format="pdf")
    for message in server.taken:
        (file,) = message.iter_attachments()
        assert (file.get_filename(), file.get_content_type()) == (pdf.filename, "application/pdf")
        assert file.get_content() == pdf.file.read()
        pdf.file.seek(0)


def test_an_attachment_that_is_not_there_is_waited_for(server):
    row = letter(attachments=[{"name": "a.pdf", "path": "nowhere/a.pdf", "type": "application/pdf"}])
    assert tasks.send_one(row.pk) is False
    assert again(row).state == "queued"


def test_a_letter_is_worded_in_its_readers_language(monkeypatch):
    monkeypatch.setattr(emails, "render_to_string", lambda *args: f"\n {get_language()} \n\nbody\n")
    assert [emails.compose("x", language) for language in ("fi", "sv")] == [
        ("fi", "body\n"),
        ("sv", "body\n"),
    ]


def test_a_letter_is_no_more_if_its_act_is_undone(worker):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        letter_of_an_act = emails.queue(
            "consortium/emails/plain", "x@kunta.example", "fi", subject="x", body="x"
        )
        assert letter_of_an_act.pk
        raise ZeroDivisionError
    assert not OutgoingEmail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_stops_no_act(monkeypatch):
    def dead(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(app, "send_task", dead)
    emails.queue("consortium/emails/plain", "x@kunta.example", "fi", subject="x", body="x")
    assert tasks.sweep() is None
    assert OutgoingEmail.objects.get().state == "sent"


def test_what_is_no_longer_true_is_not_sent(server):
    accession = AccessionFactory(state="sent")
    row = OutgoingEmail.objects.filter(template="members/emails/send").first()
    accession.stop(by=RoleFactory().user, reason="Kunta yhdistyy toiseen.")
    assert tasks.send_one(row.pk) is None
    assert (again(row).state, row.tries, server.taken) == ("dropped", 0, [])


def test_a_code_that_has_expired_is_not_sent_and_not_kept(server):
    row = letter(
        priority=Priority.CODE,
        subject="Koodi 123456",
        blank_when_sent=True,
        queued_at=clock.now() - dt.timedelta(minutes=16),
    )
    assert row.title == "Koodi ······"
    assert tasks.send_one(row.pk) is None
    assert (again(row).state, row.subject, row.body) == ("dropped", "Koodi ······", "")


def test_reports_of_failure_go_to_the_return_address_and_readers_see_the_sender(server, settings):
    settings.MAIL_RETURN = "palautukset@konsortio.example"
    assert tasks.send_one(letter().pk) is True
    (message,) = server.taken
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert server.senders == ["palautukset@konsortio.example"]


def test_the_signature_stands_under_every_letter(settings):
    settings.MAIL_SIGNATURE = "Palvelukeskus, puh. 09 310 85000"
    _subject, body = emails.compose("consortium/emails/plain", "fi", subject="x", body="x")
    assert body.endswith("Palvelukeskus, puh. 09 310 85000\n")


def test_what_a_registry_files_comes_as_a_pdf_and_leads_where_no_account_is_needed(run_worker):
    accession = AccessionFactory(state="confirmed")
    director = RoleFactory(municipality=accession.municipality).user
    accession.revoke(by=director, reason="Väärä kunta.")
    rows = OutgoingEmail.objects.filter(about_id=accession.pk, reader="registry")
    confirmed = rows.get(template="members/emails/confirm")
    assert [file["type"] for file in confirmed.attachments] == ["application/pdf"]
    assert f"/municipality/{accession.municipality.code}/" in confirmed.body
    told = OutgoingEmail.objects.filter(template="members/emails/revoke")
    assert {row.reader: f"/accessions/{accession.pk}/" in row.body for row in told} == {
        "registry": False,
        "person": True,
    }
