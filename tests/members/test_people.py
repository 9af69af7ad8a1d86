"""The account page, the calendar, one's own data; duties, the service centre's people, rights on another day."""

import datetime as dt
import json
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from icalendar import Calendar

from consortium import clock
from consortium.models import AccessLog, AuditEvent, OutgoingEmail, Post, User
from members.models import Invitation, Role
from members.models.leaving import leave
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


# --- Leaving ------------------------------------------------------------------------------------------------


def test_who_has_something_else_here_stays(rautalampi, director, staff):
    other = RoleFactory(user=director).municipality
    leave(director, rautalampi, last_day=clock.today())
    director.refresh_from_db()
    assert director.last_day is None
    Post.give(director, "expert", by=staff)
    leave(director, other, last_day=clock.today())
    director.refresh_from_db()
    assert director.last_day is None


def test_a_successor_who_answers_already_is_not_asked_again(rautalampi, director):
    colleague = RoleFactory(municipality=rautalampi).user
    assert leave(director, rautalampi, last_day=clock.today(), successor=colleague.email) is None
    assert (
        not Invitation.objects.exists()
        and not OutgoingEmail.objects.filter(template__contains="leave").exists()
    )


def test_nobody_is_asked_when_a_colleague_goes_on(rautalampi, director):
    RoleFactory(municipality=rautalampi)
    leave(director, rautalampi, last_day=clock.today())
    assert not OutgoingEmail.objects.filter(template__contains="leave").exists()


def test_what_is_wrong_with_a_leaving_is_said_beside_its_field(client_of, director):
    browser, address = client_of(director), reverse("members:people_leave", args=["686"])
    named = {"next_one": "named", "last_day": "1.1.2020", "successor": director.email}
    page = text_of(browser.post(address, named))
    assert "That day has passed." in page and "This is your own address." in page
    page = text_of(browser.post(address, {"next_one": "named", "last_day": f"{clock.today():%d.%m.%Y}"}))
    assert "Write the successor's address." in page.replace("&#x27;", "'")
    assert director.roles.get().ended_on is None
