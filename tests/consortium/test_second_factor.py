"""The second factor: required of the service centre, kept locked, removed by two; and where a person is signed in."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.urls import reverse

from consortium import devices, second_factor
from consortium.models import AccessLog, AuditEvent, OutgoingEmail
from tests.conftest import Browser
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOST = {"because": "stolen", "verbosity": 0}


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def with_app(rf):
    """Return a person whose app is in use."""

    def make(**fields):
        user = UserFactory(**fields)
        TOTP.activate(user, SECRET)
        return user

    return make


def enter(browser, user):
    """Sign in by a code; returns the answer to the code."""
    browser.post(reverse("account_request_login_code"), {"email": user.email})
    code = re.search(r"\b\d{6}\b", OutgoingEmail.objects.filter(to=user.email).first().subject)[0]
    return browser.post(reverse("account_confirm_login_code"), {"code": code})


@pytest.mark.parametrize(("required", "is_staff", "led"), [(1, 1, True), (1, 0, False), (0, 1, False)])
def test_only_the_service_centre_and_only_where_it_is_required_is_led_to_it(
    client_of, settings, required, is_staff, led
):
    settings.SECOND_FACTOR = bool(required)
    answer = client_of(UserFactory(is_staff=bool(is_staff))).get(reverse("front"))
    assert (answer.status_code, answer.headers.get("Location")) == (
        (302, reverse("mfa_index")) if led else (200, None)
    )


def test_before_having_one_all_else_is_closed_and_sign_out_is_open(client_of, staff, settings):
    settings.SECOND_FACTOR = True
    browser = client_of(staff)
    for name in ("home", "search", "device_list", "account_password", "admin:index", "privacy"):
        assert browser.get(reverse(name)).headers["Location"] == reverse("mfa_index")
        assert browser.post(reverse(name)).headers["Location"] == reverse("mfa_index")
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_logout", "health"):
        assert browser.get(reverse(name)).status_code == 200
    assert browser.get("/sv" + reverse("mfa_index")).status_code == 200
    Authenticator.objects.create(user=staff, type="recovery_codes", data={})
    assert browser.get(reverse("home")).status_code == 302
    TOTP.activate(staff, SECRET)
    assert browser.get(reverse("home")).status_code == 200


def test_the_code_alone_opens_nothing_when_there_is_a_second_factor(client, with_app, settings):
    user = with_app()
    answer = enter(client, user)
    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("home")).url.startswith(reverse("account_login"))
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    refused = AccessLog.objects.get(kind="refused")
    assert (refused.user, refused.what) == (user, "second factor")


def test_secrets_are_stored_locked_and_another_key_opens_none(with_app, settings):
    stored = Authenticator.objects.get(user=with_app()).data["secret"]
    adapter = second_factor.Adapter()
    assert SECRET not in stored
    assert adapter.decrypt(stored) == SECRET
    settings.SECRET_KEY = "another"
    assert adapter.decrypt(stored) != SECRET
    assert format_hotp_value(hotp_value(adapter.decrypt(stored), 1)).isdigit()


def test_two_others_remove_a_lost_factor_and_it_is_written_down(with_app, staff, client_of):
    person = with_app(is_staff=True, email="kadonnut@konsortio.example", language="sv")
    second = UserFactory(is_staff=True)
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key="elsewhere", user_agent="x")
    call_command(
        "reset_second_factor", "Kadonnut@konsortio.example", by=staff.email, second=second.email, **LOST
    )
    assert not Authenticator.objects.filter(user=person).exists()
    assert not UserSession.objects.filter(user=person).exists()
    event = AuditEvent.objects.about(person).get()
    assert (event.verb, event.by) == ("reset_second_factor", staff)
    assert event.details == {"second": second.pk, "because": "stolen"}
    letter = OutgoingEmail.objects.get(to=person.email)
    assert letter.language == "sv" and second.name in letter.body


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_in_an_old_session_nothing_is_made_to_last(client, monkeypatch, name):
    user, address, began = UserFactory(), reverse(name), time.time()
    enter(client, user)
    assert "Is it you?" not in client.get(address).content.decode()
    monkeypatch.setattr(time, "time", lambda: began + 15 * 60 + 1)
    for page in (client.get(address), client.post(address, {"code": "123456"})):
        assert "form" not in page.context and "Sign in again by a code" in page.content.decode()
    again = re.search(r'name="next" value="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    client.post(reverse("account_logout"), {"next": again})
    code_page = client.get(again)
    assert code_page.context["form"].initial["email"] == user.email
    monkeypatch.undo()
    client.post(again, {"email": user.email, "next": address})
    code = re.search(r"\b\d{6}\b", OutgoingEmail.objects.filter(to=user.email).first().subject)[0]
    assert client.post(reverse("account_confirm_login_code"), {"code": code, "next": address}).url == address
    assert "Is it you?" not in client.get(address).content.decode()


def test_a_taken_over_session_adds_no_app(client_of):
    user = UserFactory()
    browser = client_of(user)
    code = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
    session = browser.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    browser.post(reverse("mfa_activate_totp"), {"code": code})
    assert not Authenticator.objects.exists()


def test_who_has_just_signed_in_sets_up_what_the_portal_requires(client, staff, settings):
    settings.SECOND_FACTOR = True
    enter(client, staff)
    page = client.get(reverse("mfa_activate_totp"))
    code = format_hotp_value(hotp_value(page.context["form"].secret, int(time.time()) // 30))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).url == reverse("mfa_view_recovery_codes")
    assert Authenticator.objects.filter(user=staff, type="totp").exists()


def test_in_an_old_session_a_password_serves_as_well(client, monkeypatch):
    user, began = UserFactory(), time.time()
    user.set_password("kolme vanhaa kirjastoautoa")
    user.save()
    enter(client, user)
    monkeypatch.setattr(time, "time", lambda: began + 15 * 60 + 1)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    client.post(asked.url, {"password": "kolme vanhaa kirjastoautoa"})
    assert client.get(reverse("mfa_activate_totp")).context["form"].secret


@pytest.mark.parametrize(
    "fault", ["same", "self", "not staff", "gone", "own words", "unknown", "none to remove"]
)
def test_a_factor_is_not_removed_on_less(with_app, staff, today_is, fault):
    today_is("2026-11-24")
    person, other = with_app(is_staff=True), UserFactory(is_staff=True)
    given = {"by": staff.email, "second": other.email} | LOST
    if fault == "same":
        given["second"] = staff.email.upper()
    elif fault == "self":
        given["by"] = person.email
    elif fault == "not staff":
        given["second"] = UserFactory().email
    elif fault == "gone":
        other.last_day = "2026-11-23"
        other.save()
    elif fault == "own words":
        given["because"] = "Anna lost it"
    elif fault == "unknown":
        given["by"] = "nobody@konsortio.example"
    elif fault == "none to remove":
        Authenticator.objects.all().delete()
    count = Authenticator.objects.count()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", person.email, **given)
    assert Authenticator.objects.count() == count
    assert not AuditEvent.objects.exists()


# --- Devices -----------------------------------------------------------------------------------------------------


def test_one_browser_ends_another_and_only_its_own(client):
    user, stranger = UserFactory(), UserFactory()
    here, there = Browser(), Browser(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    enter(here, user)
    enter(there, user)
    theirs = UserSession.objects.create(user=stranger, ip="127.0.0.1", session_key="s", user_agent="x")
    page = here.get(reverse("device_list")).content.decode()
    assert "Firefox, Windows" in page and page.count("This browser") == 1
    assert here.post(reverse("device_end", args=[theirs.pk])).status_code == 404
    other = UserSession.objects.exclude(session_key=here.session.session_key).get(user=user)
    here.post(reverse("device_end", args=[other.pk]))
    assert there.get(reverse("home")).url.startswith(reverse("account_login"))
    assert here.get(reverse("device_list")).status_code == 200
    assert AccessLog.objects.filter(user=user, kind="sign_out", what="from another browser").count() == 1
    assert UserSession.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_all_others_end_at_once(count):
    user, here = UserFactory(), Browser()
    enter(here, user)
    for number in range(count):
        UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"k{number}", user_agent="x")
    here.post(reverse("device_end_others"))
    assert UserSession.objects.get(user=user).session_key == here.session.session_key


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("<b>curl</b>", "Unknown browser"),
    ],
)
def test_a_browser_is_called_by_a_name_that_people_use(agent, name):
    assert devices.named(agent) == name
