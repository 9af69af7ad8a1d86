"""Letters that do not arrive: who is told, what is mended, and that nothing is lost or comes twice."""

import pytest
from django.core.management import call_command

from consortium import tasks
from consortium.models import OutgoingEmail
from members.models import Municipality
from tests.conftest import commit
from tests.consortium.mail_server import AnyPort, Server
from tests.consortium.reports import maildir, report


@pytest.fixture
def relay(settings):
    """Letters go over SMTP to a server on this machine."""
    sink = Server()
    controller = AnyPort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    settings.EMAIL_TIMEOUT = 5
    yield sink
    controller.stop()


@pytest.fixture
def forty(register):
    """Forty Finnish-speaking municipalities of the register, each with its registry's address."""
    rows = Municipality.objects.filter(language="fi").exclude(region_code="21")
    places = list(rows.order_by("code")[:40])
    for place in places:
        place.registry_email = f"kirjaamo@{place.code}.example"
        place.save()
    return places


@pytest.mark.breaks(
    "consortium.emails.send_again",
    "consortium.tasks.deliver",
    "members.addresses.holders",
    "members.pages.letters.tasks",
)
def test_a3_one_refused_address_of_forty_is_named_corrected_and_written_to_again_alone(
    clerk, forty, paper, relay, run_worker
):
    wrong = forty[16]
    relay.answers[wrong.registry_email] = "550 5.1.1 No such mailbox"
    clerk.opens_round(*(place.name_fi for place in forty))
    clerk.sends_packages()
    arrived = [message["To"] for message in relay.taken]
    assert sorted(arrived) == sorted(place.registry_email for place in forty if place != wrong)
    assert all(
        [file.get_content_type() for file in message.iter_attachments()] == ["application/pdf"]
        for message in relay.taken
    )

    home = clerk.opens("/en/home/")
    queue = home.part("Waits for us")
    assert f"Correct the address {wrong.registry_email}" in queue
    assert "The server said: 550 5.1.1 No such mailbox" in queue
    assert "1 letter has not arrived." in home.part("Mail")

    letter = clerk.opens(home.link(f"Correct the address {wrong.registry_email}"))
    assert letter.says == "It was refused and did not arrive."
    relay.taken.clear()
    page = clerk.does(letter, "Correct the address and send again", to="oikea@kunta.example", register="on")
    assert page.says.endswith("It has been sent again to oikea@kunta.example.")
    run_worker()
    assert [message["To"] for message in relay.taken] == ["oikea@kunta.example"]
    assert [f.get_content_type() for f in relay.taken[0].iter_attachments()] == ["application/pdf"]

    home = clerk.opens("/en/home/")
    assert "Correct the address" not in home.text
    assert "Every letter sent has been accepted by its server." in home.part("Mail")
    assert (
        clerk.opens(f"/en/municipality/{wrong.code}/edit/").typed("registry_email") == "oikea@kunta.example"
    )
    rows = clerk.opens("/en/outbox/", to=wrong.registry_email).rows("Letters")
    assert [row[3] for row in rows] == ["refused"], "the first letter stays as it was"


def minutes_pass():
    """Let the waits between tries be over: on the rows, not on the clock."""
    OutgoingEmail.objects.filter(state="queued").update(next_try_at=None)


@pytest.mark.breaks("consortium.tasks.sweep", "consortium.tasks.send_due")
def test_c51_half_a_mailing_the_relay_away_and_a_restart_in_between(
    clerk, forty, paper, relay, worker, settings
):
    places = forty[:12]
    clerk.opens_round(*(place.name_fi for place in places))
    busy, gone, broken = (place.registry_email for place in places[2:5])
    relay.answers = {busy: "451 4.7.1 Come back later", gone: "550 5.1.1 No such mailbox"}
    relay.after_data = ["250 OK"] * 3 + ["drop"]
    clerk.presses(clerk.opens(clerk.round), "Make the packages")
    worker.run()
    clerk.presses(clerk.opens(clerk.round), "Send")
    worker.tasks.clear()  # the worker is restarted: whatever it had been asked for is gone

    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # nobody answers there
    tasks.sweep()
    assert relay.taken == []
    assert OutgoingEmail.objects.filter(state="queued").count() == 12
    settings.EMAIL_PORT = port  # ten minutes later the relay is back
    for _sweep in range(3):
        minutes_pass()
        tasks.sweep()
        commit()
    worker.tasks.clear()
    relay.answers.pop(busy)
    minutes_pass()
    tasks.sweep()

    ids = [message["Message-ID"] for message in relay.taken]
    assert len(ids) == len(set(ids)) == 11, "nobody twice"
    assert {m["To"] for m in relay.taken} == {p.registry_email for p in places} - {gone}, "nobody never"
    rows = {row[1]: row for row in clerk.opens("/en/outbox/").rows("Letters")}
    assert rows[gone][3:6] == ["refused", "550 5.1.1 No such mailbox", "1"]
    assert rows[busy][3] == "sent"
    assert int(rows[busy][5]) > 1
    assert broken in rows


@pytest.mark.breaks("consortium.models.mail.OutgoingEmailQuerySet.undelivered")
def test_c51_what_waits_after_a_day_is_on_the_service_centres_page(
    clerk, municipalities, paper, relay, today_is
):
    municipalities("686")
    relay.answers["kirjaamo@686.example"] = "451 4.2.2 Mailbox full"
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    assert "has not arrived" not in clerk.opens("/en/home/").part("Mail")
    today_is("2026-11-04")
    mail = clerk.opens("/en/home/").part("Mail")
    assert "1 letter has not arrived." in mail
    assert "kirjaamo@686.example" in mail
    assert "451 4.2.2 Mailbox full" in mail


@pytest.mark.breaks("consortium.bounces.note", "members.addresses.came_back", "members.pages.letters.tasks")
def test_c22_mail_to_a_contact_comes_back_and_the_registry_is_asked(
    clerk, municipalities, paper, person, letters, run_worker, settings, tmp_path
):
    municipalities("686")
    director = person("686", email="johtaja@686.example")
    assert director
    clerk.opens_round("Rautalampi")
    clerk.sends_packages()
    (letter,) = letters("johtaja@686.example")
    settings.BOUNCES = maildir(tmp_path, report(letter, words="550 5.1.1 User unknown"))
    for _run in range(2):
        call_command("read_bounces", verbosity=0)
    run_worker()

    queue = clerk.opens("/en/home/").part("Waits for us")
    assert "Correct the address johtaja@686.example" in queue
    assert "Rautalampi: " in queue
    assert "came back. The server said: 550 5.1.1 User unknown" in queue
    asked = [one for one in letters("kirjaamo@686.example") if "johtaja@686.example" in one.body]
    assert [(one.state, one.language) for one in asked] == [("sent", "fi")], "asked once"
    assert "kuka vastaa nyt kunnan puolesta" in asked[0].subject
    assert "Registry asked who answers for the municipality" in clerk.opens("/en/municipality/686/").part(
        "Events"
    )


@pytest.mark.breaks("consortium.models.mail.OutgoingEmail.may_leave")
def test_c52_only_addresses_that_cannot_be_real_get_mail_from_a_copy(clerk, municipalities, paper, relay):
    municipalities("686", "009")
    real, practice = "kirjaamo@rautalampi.fi", "kirjaamo@alavieska.invalid"
    clerk.presses(clerk.opens("/en/municipality/686/edit/"), registry_email=real)
    clerk.presses(clerk.opens("/en/municipality/009/edit/"), registry_email=practice)
    clerk.opens_round("Rautalampi", "Alavieska")
    clerk.sends_packages()
    assert [message["To"] for message in relay.taken] == [practice]
    assert {row[1]: row[3] for row in clerk.opens("/en/outbox/").rows("Letters")} == {
        real: "refused",
        practice: "sent",
    }


@pytest.mark.breaks("consortium.models.mail.OutgoingEmail.is_true")
def test_a_letter_that_is_no_longer_true_is_not_sent(clerk, municipalities, paper, relay, worker):
    municipalities("686", "009")
    clerk.opens_round("Rautalampi", "Alavieska")
    clerk.presses(clerk.opens(clerk.round), "Make the packages")
    worker.run()
    clerk.presses(clerk.opens(clerk.round), "Send")
    worker.tasks.clear()
    matter = clerk.matter_of("Rautalampi")
    clerk.presses(clerk.opens(f"{matter.path}stop/"), reason="The municipality merges.")
    tasks.sweep()
    packages = [message["To"] for message in relay.taken if list(message.iter_attachments())]
    assert packages == ["kirjaamo@009.example"]
    rows = clerk.opens("/en/outbox/", template="members/emails/send").rows("Letters")
    assert {row[1]: row[3] for row in rows} == {
        "kirjaamo@009.example": "sent",
        "kirjaamo@686.example": "not sent: no longer true",
    }
