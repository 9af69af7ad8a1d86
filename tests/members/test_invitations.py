"""Invitations: one-time, with an end, for one address alone; who may invite whom, and what each link opens."""

import re
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail, User
from members.models import Invitation, Role
from tests.conftest import Browser
from tests.consortium.test_sign_in import text_of
from tests.factories import DAY, MunicipalityFactory, RoleFactory, UserFactory
from tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db
NEW = "uusi@kunta.example"
WHO = {"name": "Uuno Uusi", "title": "Kirjastonjohtaja", "language": "en"}


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def invited(staff, rautalampi):
    """An invitation of the service centre's to Rautalampi."""
    return Invitation.invite(rautalampi, by=staff, email=NEW, kind="representative", language="fi")


def sign_in(browser, invitation):
    """Press the invitation's button in a browser, and type the code that comes to its address."""
    page = browser.post(invitation.get_absolute_url(), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_confirm_login_code"))
    letter = OutgoingEmail.objects.filter(template="consortium/emails/login_code").order_by("-pk").first()
    assert letter.to == invitation.email
    address = page.redirect_chain[-1][0]
    return browser.post(address, {"code": re.search(r"\b\d{6}\b", letter.body)[0]}, follow=True)


def test_the_letter_goes_to_that_address_in_its_language_with_one_link(invited):
    letter = OutgoingEmail.objects.get()
    assert (letter.to, letter.language) == (NEW, "fi")
    (link,) = re.findall(r"https?://\S+", letter.body)
    assert link.endswith(f"/invitation/{invited.key}/")


def test_opening_the_link_does_nothing(client, invited):
    before = User.objects.count()
    for _twice in range(2):
        page = client.get(invited.get_absolute_url())
        assert page.status_code == 200 and "Palvelukeskus invites you to answer for Rautalampi" in text_of(
            page
        )
    assert User.objects.count() == before and not Role.objects.exists()
    assert OutgoingEmail.objects.count() == 1 and Invitation.objects.get().is_waiting


def test_the_button_makes_the_account_and_the_right_comes_only_with_acceptance(client, invited, rautalampi):
    page = sign_in(client, invited)
    assert "Who are you?" in text_of(page)
    person = User.objects.get(email=NEW)
    assert not person.roles.exists()
    accept = reverse("members:invitation_accept", args=[invited.key])
    page = client.post(accept, {"language": "en"})
    assert "Write" in text_of(page) or "required" in text_of(page)
    page = client.post(accept, WHO, follow=True)
    assert "You now act for Rautalampi: representative." in text_of(page)
    role = person.roles.get()
    assert (role.kind, role.municipality, role.given_by) == ("representative", rautalampi, invited.invited_by)
    invited.refresh_from_db()
    assert invited.state == "accepted" and invited.accepted_by == person


def test_it_works_once(client, invited):
    sign_in(client, invited)
    client.post(reverse("members:invitation_accept", args=[invited.key]), WHO)
    Role.objects.get().end(by=None)
    again = client.post(reverse("members:invitation_accept", args=[invited.key]), WHO)
    assert again.status_code == 200 and "You have accepted this invitation" in text_of(again)
    other = Browser().get(invited.get_absolute_url())
    assert other.status_code == 200 and "This invitation has been used" in text_of(other)
    assert Role.objects.count() == 1


def test_a_forwarded_link_sends_the_code_to_the_one_invited(client, invited):
    client.post(invited.get_absolute_url())
    code = OutgoingEmail.objects.get(template="consortium/emails/login_code")
    assert code.to == NEW
    assert client.get(reverse("members:invitation_accept", args=[invited.key])).status_code == 302
    assert "_auth_user_id" not in client.session


def test_one_signed_in_as_somebody_else_is_told_so_and_gets_nothing(client_of, invited):
    other = UserFactory(email="toinen@kunta.example")
    browser = client_of(other)
    page = browser.get(invited.get_absolute_url())
    assert "You have signed in as toinen@kunta.example." in text_of(page)
    answer = browser.post(reverse("members:invitation_accept", args=[invited.key]), WHO)
    assert answer.url == invited.get_absolute_url()
    assert not Role.objects.exists() and Invitation.objects.get().is_waiting
    page = browser.post(reverse("account_logout"), {"next": invited.get_absolute_url()}, follow=True)
    assert "Send me a code" in text_of(page)


def test_after_fourteen_days_it_has_run_out_and_can_be_renewed(client, client_of, staff, invited, today_is):
    today_is(invited.expires_on)
    assert client.get(invited.get_absolute_url()).status_code == 200
    today_is(invited.expires_on.replace(year=invited.expires_on.year + 1))
    page = client.get(invited.get_absolute_url())
    assert page.status_code == 200 and "This invitation has run out" in text_of(page)
    assert client.post(invited.get_absolute_url()).status_code == 200
    old = invited.get_absolute_url()
    client_of(staff).post(reverse("members:invitation_renew", args=[invited.pk]))
    invited.refresh_from_db()
    page = client.get(old)
    assert page.status_code == 404 and "This link opens no invitation" in text_of(page)
    assert client.get(invited.get_absolute_url()).status_code == 200
    letters = OutgoingEmail.objects.order_by("pk")
    assert [letter.state for letter in letters] == ["dropped", "queued"]  # the first had not left yet
    assert invited.key in letters[1].body


def test_a_revoked_one_opens_nothing(client, client_of, staff, invited):
    client_of(staff).post(reverse("members:invitation_revoke", args=[invited.pk]))
    page = client.get(invited.get_absolute_url())
    assert page.status_code == 200 and "This invitation has been taken back" in text_of(page)
    with pytest.raises(ValidationError):
        Invitation.objects.get().renew(by=staff)


def test_representatives_invite_to_their_own_and_librarians_nobody(client_of, rautalampi):
    director, librarian = (
        RoleFactory(municipality=rautalampi),
        RoleFactory(municipality=rautalampi, kind="librarian"),
    )
    own = reverse("members:people", args=[rautalampi.code])
    typed = {"email": NEW, "kind": "librarian", "language": "sv"}
    assert client_of(librarian.user).post(own, typed).status_code == 403
    assert "Invite a person" not in text_of(client_of(librarian.user).get(own))
    elsewhere = reverse("members:people", args=[MunicipalityFactory().code])
    assert client_of(director.user).post(elsewhere, typed).status_code == 403
    assert not Invitation.objects.exists()
    page = client_of(director.user).post(own, typed, follow=True)
    assert f"A letter with the invitation is on its way to {NEW}." in text_of(page)
    assert (Invitation.objects.get().language, OutgoingEmail.objects.get().language) == ("sv", "sv")
    page = client_of(director.user).post(own, typed)
    assert "This address has already been invited. Renew the invitation." in text_of(page)


def test_a_municipalitys_person_invites_at_most_twenty_a_day(rautalampi, today_is):
    director = RoleFactory(municipality=rautalampi).user

    def invite(number):
        email = f"kirje{number}@kunta.example"
        return Invitation.invite(rautalampi, by=director, email=email, kind="librarian", language="fi")

    for number in range(20):
        invite(number)
    with pytest.raises(ValidationError) as refusal:
        invite(20)
    assert refusal.value.code == "many"
    today_is(clock.today() + 2 * DAY)
    assert invite(20).is_waiting


def test_one_who_has_the_role_or_whose_account_is_closed_is_not_invited(staff, rautalampi):
    role = RoleFactory(municipality=rautalampi)
    closed = UserFactory(is_active=False)
    for email in (role.user.email.upper(), closed.email):
        with pytest.raises(ValidationError):
            Invitation.invite(rautalampi, by=staff, email=email, kind="representative", language="fi")
    assert not OutgoingEmail.objects.exists()


def test_one_who_had_left_everything_is_let_in_again_by_a_new_invitation(client, staff, rautalampi, today_is):
    person = UserFactory(email=NEW)
    person.leave(by=person, last_day=person.joined_at.date())
    today_is("2027-05-03")
    row = Invitation.invite(rautalampi, by=staff, email=NEW, kind="librarian", language="fi")
    assert "Who are you?" in text_of(sign_in(client, row))
    person.refresh_from_db()
    assert person.last_day and person.may_enter()  # by the invitation alone
    client.post(reverse("members:invitation_accept", args=[row.key]), WHO)
    person.refresh_from_db()
    assert person.last_day is None and person.may_enter()


def test_an_invitation_taken_back_leaves_who_had_left_outside(staff, rautalampi):
    person = UserFactory(email=NEW, last_day=clock.today() - DAY)
    row = Invitation.invite(rautalampi, by=staff, email=NEW, kind="librarian", language="fi")
    assert row.welcome() == person and person.may_enter()
    row.revoke(by=staff)
    person.refresh_from_db()
    assert person.last_day == clock.today() - DAY and not person.may_enter()


def test_one_who_is_leaving_can_be_invited_to_stay(staff, rautalampi):
    role, last = RoleFactory(municipality=rautalampi), clock.today() + 100 * DAY
    role.end(by=staff, on=last)
    asked = {"by": staff, "email": role.user.email, "kind": "representative", "language": "fi"}
    Invitation.invite(rautalampi, **asked).accept(by=role.user, name="Rauha", title="", language="fi")
    assert Role.objects.get(ended_on__isnull=True).since == last + DAY


@pytest.fixture
def from_director(rautalampi):
    """An invitation that a representative of Rautalampi has made."""
    director = RoleFactory(municipality=rautalampi).user
    return Invitation.invite(rautalampi, by=director, email=NEW, kind="representative", language="fi")


def refused_to_accept(row):
    """Tell whether the invited person cannot accept."""
    row = Invitation.objects.get(pk=row.pk)
    person = UserFactory(email=NEW)
    with pytest.raises(ValidationError, match="no longer in force"):
        row.accept(by=person, name="Uuno", title="", language="fi")
    return not person.roles.exists()


@pytest.mark.parametrize("end", ["role", "account"])
def test_an_invitation_is_taken_back_with_its_inviters_right(staff, from_director, end):
    director = from_director.invited_by
    director.roles.get().end(by=staff) if end == "role" else director.close(by=staff)
    from_director.refresh_from_db()
    assert (from_director.state, from_director.revoked_by) == ("revoked", staff)
    assert AuditEvent.objects.about(from_director).filter(verb="revoke_invitation", by=staff).count() == 1
    assert refused_to_accept(from_director)


def test_by_a_command_it_runs_out(from_director):
    from_director.invited_by.roles.get().end(by=None)
    from_director.refresh_from_db()
    assert from_director.state == "expired" and refused_to_accept(from_director)
    assert AuditEvent.objects.about(from_director).get(verb="revoke_invitation").details["command"]


def test_it_lapses_when_the_inviters_day_comes_and_can_be_renewed(client, staff, from_director, today_is):
    director = from_director.invited_by
    director.roles.get().end(by=staff, on=clock.today() + DAY)
    assert from_director.is_waiting
    today_is(clock.today() + 2 * DAY)
    assert from_director.state == "lapsed" and not from_director.still_tells("")
    page = text_of(client.get(from_director.get_absolute_url()))
    assert "This invitation is no longer in force" in page
    assert refused_to_accept(from_director)
    from_director.renew(by=staff)
    assert from_director.is_waiting


def test_a_shared_mailbox_stays_one_and_a_name_stays_on_its_line(client_of, invited):
    person = UserFactory(email=NEW, is_shared=True)
    browser, accept = client_of(person), reverse("members:invitation_accept", args=[invited.key])
    assert "is_shared" not in browser.get(accept).context["form"].fields
    browser.post(accept, WHO | {"name": "Uuno\r\n\r\nClick here"})
    person.refresh_from_db()
    assert (person.is_shared, person.name) == (True, "Uuno Click here") and person.roles.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_accepts():
    place, by = MunicipalityFactory(), UserFactory(is_staff=True)
    row = Invitation.invite(place, by=by, email=NEW, kind="representative", language="fi")
    person = UserFactory(email=NEW)
    acts = [
        partial(Invitation.objects.get(pk=row.pk).accept, by=User.objects.get(pk=person.pk), **WHO)
        for _two in range(2)
    ]
    results = at_once(*acts)
    assert sorted(type(result).__name__ for result in results) == ["Role", "ValidationError"]
    assert Role.objects.count() == 1
    assert AuditEvent.objects.filter(verb="accept_invitation").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_account_comes():
    row = Invitation.invite(
        MunicipalityFactory(), by=UserFactory(is_staff=True), email=NEW, kind="librarian", language="fi"
    )
    results = at_once(*[Invitation.objects.get(pk=row.pk).welcome for _two in range(2)])
    assert {result.email for result in results} == {NEW}
    assert User.objects.filter(email=NEW).count() == 1
