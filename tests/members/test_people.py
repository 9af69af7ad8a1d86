"""The account page, the calendar, one's own data; duties, the service centre's people, rights on another day."""

import datetime as dt
import json
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from icalendar import Calendar

from consortium import clock
from consortium.models import AccessLog, AuditEvent, OutgoingEmail, Post, User
from members.addresses import in_use
from members.emails import _people
from members.models import Invitation, Role
from members.pages.people import right_part
from members.reminder_emails import recipients_of
from tests.consortium.test_sign_in import text_of
from tests.factories import DAY, AccessionFactory, ContactFactory, RoleFactory, UserFactory
from tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def director(rautalampi, staff):
    """The representative of Rautalampi, whose joining is under way, by the service centre's word."""
    AccessionFactory(municipality=rautalampi, state="sent")
    return RoleFactory(
        municipality=rautalampi,
        given_by=staff,
        user__email="johtaja@686.example",
        user__name="Helvi Esimerkki",
    ).user


# --- The account page ---------------------------------------------------------------------------------------


def typed(page):
    """Return what stands in the account's form, as a browser would send it."""
    form = page.context["form"]
    found = {name: form[name].value() for name in ("name", "title", "language", "form_key", "edited_at")}
    return found | ({"wants_summaries": "on"} if form["wants_summaries"].value() else {})


def test_saving_the_language_switches_the_page_and_the_letters(client_of, director):
    browser = client_of(director)
    values = typed(browser.get(reverse("account")))
    answer = browser.post(reverse("account"), values | {"language": "sv", "title": "Direktör"})
    assert answer.url == "/sv/account/"
    page = text_of(browser.get(answer.url))
    assert "Mina uppgifter" in page and "Sparat." in page
    director.refresh_from_db()
    assert (director.language, director.title, director.wants_summaries) == ("sv", "Direktör", True)
    event = AuditEvent.objects.about(director).get(verb="edit")
    assert set(event.details["fields"]) == {"language", "title"}


def test_a_name_is_asked_for_and_nothing_is_saved_without_it(client_of, director):
    browser = client_of(director)
    values = typed(browser.get(reverse("account"))) | {"name": "", "language": "sv"}
    answer = browser.post(reverse("account"), values)
    assert answer.status_code == 200 and "Not sent" in text_of(answer)
    director.refresh_from_db()
    assert (director.name, director.language) == ("Helvi Esimerkki", "fi")


def test_summaries_can_be_turned_off_and_nothing_gives_oneself_a_role(client_of, director):
    browser = client_of(director)
    values = typed(browser.get(reverse("account")))
    del values["wants_summaries"]
    browser.post(
        reverse("account"), values | {"is_staff": "on", "email": "toinen@x.example", "is_active": ""}
    )
    director.refresh_from_db()
    assert not director.wants_summaries and not director.is_staff
    assert director.email == "johtaja@686.example"


def test_the_page_tells_what_one_may_do_where_and_by_whose_word(client_of, director):
    page = text_of(client_of(director).get(reverse("account")))
    for fact in (
        "Rautalampi",
        "you give the municipality",
        "Given by the service centre",
        "I am leaving Rautalampi",
    ):
        assert fact in page, fact
    assert "You have no municipality at present." in text_of(client_of(UserFactory()).get(reverse("account")))


# --- The calendar -------------------------------------------------------------------------------------------


def feed_of(client, user):
    """Return the titles of a person's calendar by day."""
    answer = client.get(reverse("feed", args=[user.feed_key]))
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {event["dtstart"].dt: str(event["summary"]) for event in events}


def test_the_calendar_holds_ones_own_days_and_ends_with_the_right(client, client_of, director, today_is):
    AccessionFactory(state="sent")  # another municipality's
    browser, accession = client_of(director), director.roles.get().municipality.accessions.get()
    assert "Make the address" in text_of(browser.get(reverse("account")))
    browser.post(reverse("feed_renew"))
    director.refresh_from_db()
    days = feed_of(client, director)
    assert days == {accession.offer.decide_by: days[accession.offer.decide_by]}
    assert "Rautalampi" in days[accession.offer.decide_by]
    meeting = clock.today() + 9 * DAY
    accession.schedule(by=director, meeting_on=meeting, meeting_body="board")
    assert meeting in feed_of(client, director)
    earlier = director.feed_key
    browser.post(reverse("feed_renew"))
    assert client.get(reverse("feed", args=[earlier])).status_code == 404
    assert client.get(reverse("feed", args=[uuid.uuid4()])).status_code == 404
    director.refresh_from_db()
    director.roles.get().end(by=None)
    today_is(clock.today() + DAY)
    assert feed_of(client, director) == {}
    director.close(by=None)
    assert client.get(reverse("feed", args=[director.feed_key])).status_code == 404


# --- My data ------------------------------------------------------------------------------------------------


def test_my_data_is_everything_about_me_and_nothing_about_others(client_of, director, rautalampi, staff):
    ContactFactory(municipality=rautalampi, email=director.email, name="Helvi Esimerkki")
    ContactFactory(municipality=rautalampi, email="zq@other.example", name="zqother")
    RoleFactory(municipality=rautalampi, user__name="zqcolleague", user__email="zq@colleague.example")
    Invitation.invite(rautalampi, by=director, email="zq@invited.example", kind="librarian", language="fi")
    AccessLog.objects.create(kind="sign_in", user=staff, what="zqlog")
    answer = client_of(director).get(reverse("my_data"))
    data = json.loads(answer.content)
    assert "zq" not in answer.content.decode()
    assert data["account"]["email"] == director.email
    assert [role["municipality"] for role in data["roles"]] == ["686"]
    assert [contact["name"] for contact in data["contacts"]] == ["Helvi Esimerkki"]
    assert [entry["kind"] for entry in data["sign_ins"]] == ["sign_in"]
    assert [act["act"] for act in data["acts"]] == ["invite_person"]


# --- The service centre's people ----------------------------------------------------------------------------


def test_the_last_of_the_service_centre_cannot_be_removed(client_of, staff):
    UserFactory(is_staff=True, is_superuser=True)  # the technical administrator is no help
    browser = client_of(staff)
    for verb in ("unstaff", "close"):
        page = browser.post(reverse("person_act", args=[staff.pk, verb]), {"form_key": uuid.uuid4()})
        assert "This is the last person of the service centre." in text_of(page)
    staff.refresh_from_db()
    assert staff.is_staff and staff.is_active


@pytest.mark.django_db(transaction=True)
def test_two_who_remove_each_other_at_once_are_not_both_through():
    one, two = UserFactory(is_staff=True), UserFactory(is_staff=True)
    results = at_once(lambda: one.unmake_staff(by=two), lambda: two.unmake_staff(by=one))
    assert sorted(type(result).__name__ for result in results) == ["ValidationError", "bool"]
    assert User.objects.staff().count() == 1


def test_the_technical_administrator_is_left_alone(client_of, staff):
    chief = UserFactory(is_staff=True, is_superuser=True)
    client_of(staff).post(reverse("person_act", args=[chief.pk, "close"]), {"form_key": uuid.uuid4()})
    chief.refresh_from_db()
    assert chief.is_active
    with pytest.raises(ValidationError):
        chief.close(by=staff)


def test_closing_ends_what_runs_and_removes_what_would_begin_later(rautalampi, staff):
    UserFactory(is_staff=True)
    person, later = UserFactory(), clock.today() + 3 * DAY
    Post.give(person, "expert", by=staff)
    Post.give(person, "auditor", by=staff, since=later)
    Role.give(person, rautalampi, "librarian", by=staff)
    Role.give(person, rautalampi, "representative", by=staff, since=later)
    asked = {"by": staff, "language": "fi", "kind": "librarian"}
    kept = Invitation.invite(rautalampi, email="staying@x.example", **asked)
    person.close(by=staff)
    person.reopen(by=staff)
    assert [post.ended_on for post in person.posts.all()] == [clock.today()]
    assert [role.ended_on for role in person.roles.all()] == [clock.today()]
    removed = AuditEvent.objects.filter(verb__startswith="remove_").order_by("pk")
    assert [(act.verb, act.by, act.details["kind"]) for act in removed] == [
        ("remove_duty", staff, "auditor"),
        ("remove_role", staff, "representative"),
    ]
    kept.refresh_from_db()
    assert kept.is_waiting


def test_a_closed_account_is_given_no_role(rautalampi, staff):
    person = UserFactory(is_active=False)
    with pytest.raises(ValidationError, match="has been closed"):
        Role.give(person, rautalampi, "librarian", by=staff)
    person.refresh_from_db()
    assert not person.is_active and not person.roles.exists()


def test_the_command_and_the_page_make_staff_alike(capsys):
    person = UserFactory(last_day=clock.today() - DAY)
    call_command("add_staff", person.email)
    person.refresh_from_db()
    assert person.is_staff and person.last_day is None and person.may_enter()
    assert AuditEvent.objects.about(person).get().details == {"command": True}


def test_a_name_cannot_add_lines_to_a_letter(client_of, director, rautalampi):
    browser = client_of(director)
    values = typed(browser.get(reverse("account")))
    browser.post(reverse("account"), values | {"name": "Helvi\r\n\r\nClick  here", "title": "A\u2028B"})
    director.refresh_from_db()
    assert (director.name, director.title) == ("Helvi Click here", "A B")
    contact = {"kind": "director", "name": "Aino\n\nE", "title": "x\ty", "email": "a@x.example"}
    browser.post(reverse("members:contact_new", args=["686"]), contact)
    row = rautalampi.contacts.get(email="a@x.example")
    assert (row.name, row.title) == ("Aino E", "x y")


def test_a_contact_is_written_to_up_to_the_last_day(rautalampi, today_is):
    last = clock.today() + 5 * DAY
    contact = ContactFactory(municipality=rautalampi, kind="director", ended_on=last)
    page = right_part(UserFactory(), rautalampi, clock.today())

    def written_to():
        place = type(rautalampi).objects.get(pk=rautalampi.pk)
        reminded = {recipient.address for recipient in recipients_of(place, "open")}
        told = {address for address, _language in _people(place)}
        return (contact.email in reminded, contact.email in told, bool(in_use([contact.email])))

    today_is(last)
    assert written_to() == (True, True, True) and list(page.context["contacts"]) == [contact]
    today_is(last + DAY)
    assert written_to() == (False, False, False)


def test_a_receipt_tells_the_day_that_holds(client_of, staff, rautalampi):
    role, (post, _new) = RoleFactory(municipality=rautalampi), Post.give(UserFactory(), "auditor", by=staff)
    early, late = (f"{clock.today() + n * DAY:%-d.%-m.%Y}" for n in (5, 50))
    browser = client_of(staff)
    for address in (reverse("members:role_end", args=[role.pk]), reverse("duty_end", args=[post.pk])):
        page = text_of(browser.post(address, {"last_day": early}, follow=True))
        assert f" {early}." in page and "An earlier last day" not in page
        page = text_of(browser.post(address, {"last_day": late}, follow=True))
        assert f" {early}." in page and late not in page and "An earlier last day" in page


def test_a_new_person_gets_a_duty_and_a_letter(client_of, staff):
    new = {"email": "Tarkastaja@hel.example", "name": "Tiina Esimerkki", "language": "sv", "duty": "auditor"}
    client_of(staff).post(reverse("person_new"), new)
    person = User.objects.get(email="tarkastaja@hel.example")
    assert person.duties == {"auditor"} and person.posts.get().given_by == staff
    letter = OutgoingEmail.objects.get(to=person.email)
    assert letter.language == "sv" and "revisor" in letter.body and letter.body.count("http") == 1
    page = client_of(staff).post(reverse("person_new"), new)
    assert "There is already an account with this address." in text_of(page)


def test_a_duty_ends_with_its_last_day(client_of, staff, today_is):
    auditor = UserFactory()
    duty, _is_new = Post.give(auditor, "auditor", by=staff)
    listed = reverse("members:municipality_list")
    assert client_of(auditor).get(listed).status_code == 200
    assert client_of(auditor).get(reverse("home"), follow=True).redirect_chain[-1][0] == reverse("duties")
    today = clock.today()
    client_of(staff).post(reverse("duty_end", args=[duty.pk]), {"last_day": f"{today:%d.%m.%Y}"})
    assert client_of(auditor).get(listed).status_code == 200
    today_is(today + DAY)
    assert client_of(auditor).get(listed).status_code == 403


def test_an_auditor_sees_everyones_rights_on_a_day_in_the_past(client_of, staff, rautalampi):
    now = RoleFactory(municipality=rautalampi, user__name="Nykyinen").user
    then = Role.objects.create(
        user=UserFactory(name="Entinen"),
        municipality=rautalampi,
        kind="representative",
        since=dt.date(2020, 1, 1),
        ended_on=dt.date(2021, 12, 31),
    ).user
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=staff)
    address = reverse("members:people", args=["686"])
    today = text_of(client_of(auditor).get(address))
    past = text_of(client_of(auditor).get(address, {"on": "31.12.2021"}))
    assert (now.name in today, then.name in today) == (True, False)
    assert (now.name in past, then.name in past) == (False, True)
    page = client_of(auditor).get(address, {"on": "eilen"})
    assert "Write the date as day.month.year" in text_of(page)
