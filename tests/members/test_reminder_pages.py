"""``remind`` as a command, and the service centre's page of reminders: what goes, reading and sending it, the rules."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail
from members.ladder import Rung
from members.models import Municipality, Reminder, ReminderRule, send_due
from tests.factories import AccessionFactory, MunicipalityFactory, OfferFactory, RoleFactory, TariffFactory

pytestmark = pytest.mark.django_db
SENT = dt.date(2027, 1, 11)  # a Monday


@pytest.fixture
def offer(today_is):
    """The round of spring 2027; today is the day on which its packages leave."""
    today_is(SENT)
    tariff = TariffFactory(valid_from=dt.date(2027, 1, 1), decided_on=dt.date(2026, 9, 15))
    return OfferFactory(tariff=tariff, decide_by=dt.date(2027, 6, 15), joins_on=dt.date(2028, 1, 1))


@pytest.fixture
def sent(offer, rautalampi):
    """Rautalampi's package, sent on Monday 11.1.2027; its representative reads English."""
    RoleFactory(municipality=rautalampi, user__email="edustaja@kunta.example", user__language="en")
    Municipality.objects.filter(pk=rautalampi.pk).update(people_confirmed_on=SENT)
    return AccessionFactory(municipality=rautalampi, offer=offer, state="sent")


def day(text):
    return dt.date.fromisoformat(text)


def remind(*words):
    """Run the command; return what it says."""
    out = io.StringIO()
    call_command("remind", *words, stdout=out)
    return out.getvalue()


def letters():
    """Return the reminders' letters as written."""
    return OutgoingEmail.objects.filter(template__startswith="members/emails/remind_").order_by("pk")


# --- The command -------------------------------------------------------------------------------------------------


def test_a_dry_run_says_who_what_why_and_when_and_writes_nothing(sent, today_is):
    today_is("2027-01-25")
    said = json.loads(remind("--dry-run", "--json"))
    assert (said["on"], said["dry_run"], said["closed_day"]) == ("2027-01-25", True, False)
    assert said["reminders"] == [
        {
            "municipality": "686",
            "name": "Rautalampi",
            "accession": sent.pk,
            "what": "open",
            "why": "package not opened",
            "occasion": "2027-01-11",
            "due_from": "2027-01-25",
            "to": [{"address": "edustaja@kunta.example", "languages": ["en"]}],
        }
    ]
    assert "would go: 686 Rautalampi: package not opened (2027-01-11), due from 2027-01-25" in remind(
        "--dry-run"
    )
    assert not Reminder.objects.exists()
    assert not letters().exists()


def test_another_day_holds_for_the_whole_run(sent, run_worker):
    assert "2027-01-23: no reminders on a closed day" in remind("--on", "2027-01-23")
    assert "2027-01-25: 1 reminder written" in remind("--on", "2027-01-25")
    assert clock.today() == SENT
    assert Reminder.objects.get().on == day("2027-01-25")
    assert clock.date_of(letters().get().queued_at) == day("2027-01-25")
    run_worker()
    assert letters().get().state == "sent"


@pytest.mark.parametrize(("words", "production"), [("2027-01-25", True), ("25.1.2027", False)])
def test_another_day_is_for_practice_copies_and_typed_as_a_date(sent, settings, words, production):
    settings.PRODUCTION = production
    with pytest.raises(CommandError) as refusal:
        remind("--on", words)
    assert refusal.value.returncode == 2
    assert not Reminder.objects.exists()


# --- The pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    offer, staff, client_of, today_is, count, django_assert_num_queries
):
    for n in range(count):
        accession = AccessionFactory(offer=offer, state="sent")
        if n:
            RoleFactory(municipality=accession.municipality)
    today_is("2027-01-25")
    send_due()
    today_is("2027-02-08")
    browser = client_of(staff)
    browser.get(reverse("members:reminder_list"))
    with django_assert_num_queries(12):
        page = browser.get(reverse("members:reminder_list"))
    assert len(page.context["coming_rows"]) == count
    assert len(page.context["gone_rows"]) == count


def test_a_rule_is_edited_without_overwriting_a_colleague(staff, client_of):
    browser, address = client_of(staff), reverse("members:reminder_rule", args=["open"])
    first, second = (
        {f.html_name: f.value() or "" for f in browser.get(address).context["form"]} for _n in "12"
    )
    assert first["days"] == 14
    assert browser.post(address, first | {"days": "400"}).context["form"].errors["days"] == [
        "Anna enintään 365 päivää."
    ]
    assert browser.post(address, first | {"days": "21"}).status_code == 302
    assert ReminderRule.days_in_use()[Rung.OPEN] == 21
    assert "21" in str(browser.post(address, second | {"days": "10"}).context["form"].errors["days"])
    assert ReminderRule.days_in_use()[Rung.OPEN] == 21
    assert browser.get(reverse("members:reminder_rule", args=["nothing"])).status_code == 404


# --- Sending some now --------------------------------------------------------------------------------------------

CHOOSE = "/en/reminders/send/"


def test_the_letters_are_read_before_they_leave_and_one_that_has_decided_is_left_out(
    offer, sent, staff, client_of, today_is
):
    """Before their day: the package has lain unopened for nine days only, but the question already makes sense."""
    vaasa = MunicipalityFactory(name_fi="Vaasa", name_sv="Vasa", language="fi-sv")
    other = AccessionFactory(municipality=vaasa, offer=offer, state="sent")
    Municipality.objects.filter(pk=vaasa.pk).update(people_confirmed_on=SENT)
    today_is("2027-01-20")
    browser = client_of(staff)
    offered = [key for key, _label in browser.get(CHOOSE).context["form"].fields["chosen"].choices]
    assert offered == [f"{m.pk}.open.2027-01-11" for m in (sent.municipality, vaasa)]
    page = browser.get(CHOOSE, {"chosen": offered})
    told = page.content.decode()
    assert "Rautalampi: has the joining package reached you?" in told
    assert "Vaasa: onko liittymispaketti tullut perille?" in told
    assert "Vasa: har anslutningspaketet kommit fram?" in told
    assert not letters().exists()
    other.note_opened()  # meanwhile
    form = {"chosen": offered, "form_key": page.context["form"]["form_key"].value()}
    page = browser.post(CHOOSE, form, follow=True)
    assert [str(m) for m in page.context["messages"]] == [
        "1 reminder was sent.",
        "Vaasa was left out: what was asked has come, or a letter went less than a week ago.",
    ]
    assert [(r.to, r.language) for r in letters()] == [("edustaja@kunta.example", "en")]
    event = AuditEvent.objects.about(sent).first()
    assert (event.verb, event.by) == ("remind", staff)
    browser.post(CHOOSE, form)
    assert letters().count() == 1
    today_is("2027-01-25")
    assert send_due() == ([], [], [])


def test_nobody_sends_in_july_nor_twice_in_a_week(sent, staff, client_of, today_is):
    Municipality.objects.update(people_confirmed_on=None)
    today_is("2027-01-20")
    browser = client_of(staff)
    offered = [key for key, _label in browser.get(CHOOSE).context["form"].fields["chosen"].choices]
    assert [key.split(".")[1] for key in offered] == ["contacts", "open"]
    page = browser.post(CHOOSE, {"chosen": offered}, follow=True)
    assert [str(m) for m in page.context["messages"]] == [
        "1 reminder was sent.",
        "Rautalampi was left out: what was asked has come, or a letter went less than a week ago.",
    ]
    today_is("2027-07-14")
    page = browser.get(CHOOSE)
    assert list(page.context["planned"]) == []
    assert "There is nothing to remind anybody of now." in page.content.decode()


@pytest.mark.parametrize("chosen", ["", "x", "1.open", "9" * 40 + ".open.2027-01-11", "\u0664.open.x"])
def test_what_nobody_offered_is_refused_in_words(sent, staff, client_of, today_is, chosen):
    today_is("2027-01-25")
    browser = client_of(staff)
    assert browser.get(CHOOSE, {"chosen": chosen}).status_code == 200
    assert browser.post(CHOOSE, {"chosen": chosen}, follow=True).status_code == 200
    assert not letters().exists()


def test_putting_aside_asks_for_a_coming_day_and_a_word_why(sent, staff, client_of):
    browser, address = client_of(staff), f"/en/accessions/{sent.pk}/put_aside/"
    past = browser.post(address, {"aside_until": "1.1.2027", "aside_reason": "x"}).context["form"].errors
    assert past == {"aside_until": ["Write a day that is still to come: the matter is not aside."]}
    silent = browser.post(address, {"aside_until": "1.2.2027"}).context["form"].errors
    assert silent == {"aside_reason": ["Say in a word why the matter is put aside."]}
    page = browser.post(address, {"aside_until": "1.2.2027", "aside_reason": "on leave"}, follow=True)
    assert "Put aside until Mon 1.2.2027: on leave" in page.content.decode()
    own = RoleFactory(municipality=sent.municipality).user
    assert "on leave" not in client_of(own).get(sent.get_absolute_url()).content.decode()
    assert browser.get(address).context["form"]["aside_reason"].value() == "on leave"
    browser.post(address, {"aside_until": "", "aside_reason": "on leave"})
    sent.refresh_from_db()
    assert (sent.aside_until, sent.aside_reason) == (None, "")
    assert AuditEvent.objects.about(sent).filter(verb="put_aside").count() == 2


def test_our_own_asking_is_no_event_in_the_list(sent, staff, client_of, today_is):
    today_is("2027-01-25")
    send_due()
    row = client_of(staff).get("/en/municipalities/?state=sent&format=csv").content.decode().splitlines()[1]
    assert "2027-01-25" not in row
    assert "25.1.2027" not in row
