"""Leaving: the last day, who names a successor, and what the receipt says was done."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consortium import clock
from consortium.models import OutgoingEmail, Post
from members.models import Invitation, Role
from members.models.leaving import Next, leave
from tests.consortium.test_sign_in import text_of
from tests.factories import DAY, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def director(rautalampi):
    """The representative of Rautalampi."""
    return RoleFactory(municipality=rautalampi, user__email="johtaja@686.example").user


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
    left = leave(director, rautalampi, last_day=clock.today(), successor=colleague.email)
    assert left.next == Next.ANSWERS and left.invitation is None
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


def test_a_librarian_leaves_without_naming_anybody(client_of, rautalampi, director):
    librarian = RoleFactory(municipality=rautalampi, kind="librarian").user
    browser, address = client_of(librarian), reverse("members:people_leave", args=["686"])
    assert set(browser.get(address).context["form"].fields) == {"form_key", "last_day"}
    with pytest.raises(ValidationError, match="Only those who answer"):
        leave(librarian, rautalampi, last_day=clock.today(), successor="me@private.example")
    assert librarian.roles.get().ended_on is None
    last = f"{clock.today():%-d.%-m.%Y}"
    typed = {"next_one": "named", "last_day": last, "successor": "me@private.example"}
    page = text_of(browser.post(address, typed, follow=True))
    assert f"Your last day for Rautalampi is {last}." in page and "me@private.example" not in page
    assert librarian.roles.get().ended_on == clock.today()
    assert not Invitation.objects.exists() and not OutgoingEmail.objects.exists()


def test_the_last_day_is_at_most_a_year_away(client_of, director):
    browser, address = client_of(director), reverse("members:people_leave", args=["686"])
    typed = {"next_one": "nobody", "last_day": f"{clock.today() + 366 * DAY:%d.%m.%Y}"}
    assert "That is more than a year away." in text_of(browser.post(address, typed))
    assert director.roles.get().ended_on is None


def test_the_account_ends_with_the_greatest_last_day(rautalampi, director, staff):
    other, today = RoleFactory(user=director).municipality, clock.today()
    leave(director, rautalampi, last_day=today + 90 * DAY)
    director.refresh_from_db()
    assert director.last_day is None
    leave(director, other, last_day=today + 30 * DAY)
    director.refresh_from_db()
    assert director.last_day == today + 90 * DAY
    clerk = RoleFactory(municipality=rautalampi, user__is_staff=True).user
    leave(clerk, rautalampi, last_day=today)
    clerk.refresh_from_db()
    assert clerk.last_day is None


def test_what_would_begin_after_the_last_day_is_removed(rautalampi, director, staff):
    Role.give(director, rautalampi, "librarian", by=staff, since=clock.today() + 5 * DAY)
    leave(director, rautalampi, last_day=clock.today() + 3 * DAY)
    director.refresh_from_db()
    assert director.roles.get().kind == "representative" and director.last_day == clock.today() + 3 * DAY


def test_a_successor_who_is_leaving_is_asked_to_stay(rautalampi, director):
    colleague = RoleFactory(municipality=rautalampi).user
    leave(colleague, rautalampi, last_day=clock.today() + 5 * DAY)
    left = leave(director, rautalampi, last_day=clock.today() + 3 * DAY, successor=colleague.email)
    assert left.next == Next.INVITED
    assert OutgoingEmail.objects.get(template__endswith="invite_person").to == colleague.email
    colleague.refresh_from_db()
    left.invitation.accept(by=colleague, name="Kaija", title="", language="fi")
    colleague.refresh_from_db()
    assert colleague.last_day is None
    assert rautalampi.roles.representing(clock.today() + 6 * DAY).get().user == colleague


def test_the_successor_can_accept_after_the_leaver_has_gone(rautalampi, director, today_is):
    other = Invitation.invite(
        rautalampi, by=director, email="apu@686.example", kind="librarian", language="fi"
    )
    left = leave(director, rautalampi, last_day=clock.today(), successor="uusi@686.example")
    today_is(clock.today() + 2 * DAY)
    person = left.invitation.welcome()
    left.invitation.accept(by=person, name="Uuno", title="", language="fi")
    assert rautalampi.roles.representing().get().user == person
    assert other.state == "lapsed"


def test_the_receipt_says_what_the_leaving_did(client_of, rautalampi, director):
    browser, address = client_of(director), reverse("members:people_leave", args=["686"])

    def said(days, successor=""):
        day = clock.today() + days * DAY
        typed = {"next_one": "named" if successor else "nobody", "successor": successor}
        return text_of(browser.post(address, typed | {"last_day": f"{day:%d.%m.%Y}"}, follow=True))

    assert "uusi@686.example is invited as the representative." in said(9, "uusi@686.example")
    page = said(8, "uusi@686.example")
    assert "uusi@686.example has been invited already" in page and "An earlier" not in page
    stays = f"{clock.today() + 8 * DAY:%-d.%-m.%Y}"
    page = said(20)
    assert f"is {stays}. Who goes on is asked" in page and "An earlier last day" in page
    rautalampi.registry_email = ""
    rautalampi.save()
    assert "The service centre asks who goes on." in said(7)
    colleague = RoleFactory(municipality=rautalampi).user
    assert f"{colleague.email} answers for it already." in said(6, colleague.email)
    assert "Others go on answering for it." in said(5)
    assert Invitation.objects.count() == 1


def test_a_successor_who_cannot_be_asked_is_said_beside_the_field(client_of, rautalampi, director):
    closed, last = UserFactory(is_active=False), f"{clock.today():%d.%m.%Y}"
    typed = {"next_one": "named", "last_day": last, "successor": closed.email}
    page = client_of(director).post(reverse("members:people_leave", args=["686"]), typed)
    assert "has been closed" in page.context["form"].errors["successor"][0]
    assert director.roles.get().ended_on is None
