"""Details of signing in: codes, passwords, limits, a dead cache, last days, and the log of it all."""

import re
import time
from functools import partial

import pytest
from django.core.cache import cache as tests_cache
from django.urls import reverse
from redis.exceptions import ConnectionError as Away

from consortium import cache, emails
from consortium.celery import app
from consortium.models import AccessLog, OutgoingEmail, User
from tests.conftest import Browser
from tests.factories import RoleFactory, UserFactory
from tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db
ASK, TYPE, HOME = "account_request_login_code", "account_confirm_login_code", "home"
LONG = "kolme vanhaa kirjastoautoa"


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def user(db):
    """Somebody with an account."""
    return UserFactory(email="johtaja@rautalampi.example", language="fi")


def ask(browser, user, **more):
    """Ask for a code; returns it."""
    browser.post(reverse(ASK), {"email": user.email} | more)
    return re.search(r"\b\d{6}\b", OutgoingEmail.objects.filter(to=user.email).first().subject)[0]


def is_in(browser):
    """Tell whether the browser is signed in."""
    return "_auth_user_id" in browser.session


# --- Codes -------------------------------------------------------------------------------------------------------


def test_a_new_code_has_its_full_time_and_keeps_the_page(client, user, monkeypatch):
    first, wanted = ask(client, user, next="/search/"), {"next": "/search/"}
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 14 * 60)
    answer = client.post(reverse(TYPE), {"action": "resend"} | wanted)
    assert answer.url == f"{reverse(TYPE)}?next=%2Fsearch%2F"
    second = re.search(r"\b\d{6}\b", OutgoingEmail.objects.first().subject)[0]
    monkeypatch.setattr(time, "time", lambda: began + 28 * 60)
    if first != second:
        assert (
            "is not the code that was sent last"
            in client.post(reverse(TYPE), {"code": first}).content.decode()
        )
    assert client.post(reverse(TYPE), {"code": second} | wanted).url == "/search/"


def test_a_code_holds_for_a_quarter_of_an_hour_and_then_says_so(client, user, monkeypatch):
    code, began = ask(client, user), time.time()
    monkeypatch.setattr(time, "time", lambda: began + 15 * 60 + 1)
    answer = client.post(reverse(TYPE), {"code": code, "next": "/search/"}, follow=True)
    assert not is_in(client)
    assert "time is over. Ask for a new one." in answer.content.decode().replace("&#x27;", "'")
    assert answer.redirect_chain[-1][0] == f"{reverse(ASK)}?next=%2Fsearch%2F"


def test_five_wrong_codes_are_the_end_of_that_code(client, user):
    code = ask(client, user)
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    for _again in range(5):
        answer = client.post(reverse(TYPE), {"code": wrong}, follow=True)
    assert "Too many tries in a short time." in answer.content.decode()
    client.post(reverse(TYPE), {"code": code})
    assert not is_in(client)
    assert AccessLog.objects.filter(kind="refused", what="code", user=user).count() == 5


def test_tries_are_counted_before_they_are_looked_at(client, user, monkeypatch):
    """As when sent at once: each request still reads a session that knows of no earlier try."""
    code = ask(client, user)
    began = dict(client.session.items())
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    for _again in range(5):
        assert "is not the code" in client.post(reverse(TYPE), {"code": wrong}).content.decode()
        session = client.session
        session.update(began)
        session.save()
    answer = client.post(reverse(TYPE), {"code": code, "next": "/search/"})
    assert answer.url == f"{reverse(ASK)}?next=%2Fsearch%2F"
    assert not is_in(client)
    assert "Too many tries in a short time." in client.get(answer.url).content.decode()
    tests_cache.clear()  # a minute later
    assert client.post(reverse(TYPE), {"code": ask(client, user)}).url == reverse(HOME)


@pytest.mark.django_db(transaction=True)
def test_of_many_codes_sent_at_once_five_are_compared(client, user):
    code = ask(client, user)

    def tries(number):
        browser = Browser()
        browser.cookies = client.cookies.copy()
        return browser.post(reverse(TYPE), {"code": f"{(int(code) + number) % 1000000:06d}"}).status_code

    rounds = [at_once(*(partial(tries, number) for number in range(1, 9))) for _again in range(3)]
    assert 1 <= sum(statuses.count(200) for statuses in rounds) <= 5
    assert client.post(reverse(TYPE), {"code": code}).url == reverse(ASK)
    assert not is_in(client)


def test_new_codes_are_limited_as_first_ones_are(client, user):
    for browser in (Browser(), client):
        ask(browser, user)
    for _again in range(2):
        answer = client.post(reverse(TYPE), {"action": "resend", "next": "/search/"})
        assert answer.url == f"{reverse(TYPE)}?next=%2Fsearch%2F"
    assert "Too many tries in a short time." in client.get(answer.url).content.decode()
    assert OutgoingEmail.objects.count() == 3
    code = re.search(r"\b\d{6}\b", OutgoingEmail.objects.first().subject)[0]
    assert client.post(reverse(TYPE), {"code": code}).url == reverse(HOME)


def test_htmx_gets_the_codes_page_and_then_the_address_to_open(client, user):
    htmx = {"HX-Request": "true"}
    page = client.post(reverse(ASK), {"email": user.email}, headers=htmx, follow=True)
    assert page.redirect_chain[-1][0] == reverse(TYPE)
    code = re.search(r"\b\d{6}\b", OutgoingEmail.objects.get().subject)[0]
    answer = client.post(reverse(TYPE), {"code": code, "next": "/search/"}, headers=htmx)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/search/")


def test_a_letters_link_fills_in_its_readers_address_and_nobody_elses(client, user):
    link = emails.personal("/search/", user)
    page = client.get(reverse(ASK), {"next": link})
    assert page.context["form"].initial["email"] == user.email
    for bent in ("/search/?for=1", f"{link}x", "/search/", link.replace(f"={user.pk}.", f"={user.pk + 1}.")):
        assert client.get(reverse(ASK), {"next": bent}).context["form"].initial["email"] == ""
    User.objects.update(is_active=False)
    assert client.get(reverse(ASK), {"next": link}).context["form"].initial["email"] == ""
    assert emails.personal("/x?a=1", user).startswith("/x?a=1&for=")


def test_a_letter_to_somebody_else_begins_anew(client, user):
    other = UserFactory()
    ask(client, user)
    assert client.get(reverse(ASK), {"next": "/search/"}).url == f"{reverse(TYPE)}?next=%2Fsearch%2F"
    page = client.get(reverse(ASK), {"next": emails.personal("/search/", other)})
    assert page.context["form"].initial["email"] == other.email


def test_nobody_is_sent_on_to_another_site(client, user):
    code = ask(client, user, next="https://elsewhere.example/")
    assert client.post(reverse(TYPE), {"code": code, "next": "//elsewhere.example/"}).url == reverse(HOME)


# --- Who may be here ---------------------------------------------------------------------------------------------


def test_a_session_ends_the_day_after_the_last_day(client_of, user, today_is):
    user.last_day = "2026-11-30"
    user.save()
    browser = client_of(user)
    today_is("2026-11-30")
    assert browser.get(reverse("mfa_index")).status_code == 200
    today_is("2026-12-01")
    assert browser.get(reverse("mfa_index")).url.startswith(reverse(ASK))


def test_after_the_last_day_the_code_leads_to_plain_words(client, user, today_is):
    user.last_day = "2026-11-30"
    user.save()
    today_is("2026-12-01")
    answer = client.post(reverse(TYPE), {"code": ask(client, user)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_inactive")
    assert "Your access to the portal has ended" in answer.content.decode()
    assert not is_in(client)
    assert AccessLog.objects.get(kind="refused").what == "account closed"


# --- Passwords ---------------------------------------------------------------------------------------------------


def with_password(user, client):
    """Choose a password after signing in by a code; returns the answer."""
    client.post(reverse(TYPE), {"code": ask(client, user)})
    return client.post(reverse("account_password"), {"password1": LONG, "password2": LONG})


def test_a_password_is_chosen_used_and_removed(client, user):
    assert with_password(user, client).url == reverse("mfa_index")
    assert is_in(client)
    other = Browser()
    answer = other.post(
        reverse("account_login_password"), {"login": "JOHTAJA@rautalampi.example", "password": LONG}
    )
    assert answer.url == reverse(HOME)
    assert AccessLog.objects.filter(kind="sign_in").first().what == "password"
    client.post(reverse("account_password"), {"remove": "1"})
    assert not User.objects.get(pk=user.pk).has_usable_password()
    assert not is_in(other) or other.get(reverse("mfa_index")).status_code == 302
    told = [
        letter.body for letter in OutgoingEmail.objects.filter(template="consortium/emails/sign_in_changed")
    ]
    assert len(told) == 2 and "Tunnuksesi salasana poistettiin." in told[0]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("elevenchars", "elevenchars", "Too short: at least 12 characters are needed."),
        ("qwerty123456", "qwerty123456", "one of the most common ones"),
        (LONG, LONG + "x", "This is not the same as above."),
        ("", "", "This field is required."),
    ],
)
def test_a_weak_or_differing_password_is_refused_beside_its_field(client, user, first, second, words):
    client.post(reverse(TYPE), {"code": ask(client, user)})
    page = client.post(reverse("account_password"), {"password1": first, "password2": second})
    assert words in page.content.decode()
    assert not User.objects.get(pk=user.pk).has_usable_password()


def test_a_forgotten_password_is_replaced_after_a_code_but_not_in_an_old_session(client, user, monkeypatch):
    with_password(user, client)
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 16 * 60)
    sent = {"password1": "aivan toinen salasana", "password2": "aivan toinen salasana"}
    page = client.post(reverse("account_password"), sent)
    assert "Sign in again by a code" in page.content.decode()
    assert User.objects.get(pk=user.pk).check_password(LONG)
    monkeypatch.undo()
    other = Browser()
    other.post(reverse(TYPE), {"code": ask(other, user)})
    assert other.post(reverse("account_password"), sent).url == reverse("mfa_index")


def test_a_wrong_password_says_what_to_do_and_is_logged(client, user):
    page = client.post(reverse("account_login_password"), {"login": user.email, "password": LONG})
    assert "sign in by a code" in page.context["form"].errors["password"][0]
    assert AccessLog.objects.get(kind="refused", what="password").user == user


def test_a_passkey_that_is_none_is_refused_and_logged(client):
    for credential in ("", "{}", '{"response": {}}', "[]", "not json"):
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential, "next": "/search/"})
        assert answer.url == f"{reverse(ASK)}?next=%2Fsearch%2F"
    assert AccessLog.objects.filter(kind="refused", what="passkey").count() == 5


def test_signing_in_and_out_is_logged_with_its_way(client, user):
    client.post(reverse(TYPE), {"code": ask(client, user)})
    client.post(reverse("account_logout"))
    assert list(AccessLog.objects.order_by("pk").values_list("kind", "user", "what")) == [
        ("sign_in", user.pk, "code"),
        ("sign_out", user.pk, ""),
    ]


# --- Limits ------------------------------------------------------------------------------------------------------


def test_codes_to_one_address_are_limited_beside_the_field(user):
    answers = []
    for _again in range(4):
        answers.append(Browser().post(reverse(ASK), {"email": user.email}))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert "Too many tries in a short time." in answers[-1].content.decode()
    assert OutgoingEmail.objects.count() == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Liian monta yritystä"), ("sv", "För många försök"), ("en", "Too many tries")],
)
def test_who_is_limited_reads_a_page_of_ours(client, settings, language, words):
    settings.LANGUAGE_CODE = language
    for _again in range(31):
        answer = client.post(reverse("account_login_password"), {"login": "x@kunta.example", "password": "y"})
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert words in page and 'class="skip"' in page


def test_guesses_of_one_password_are_limited(client, user):
    with_password(user, Browser())
    for _again in range(5):
        client.post(reverse("account_login_password"), {"login": user.email, "password": "x"})
    client.post(reverse("account_login_password"), {"login": user.email, "password": LONG})
    assert not is_in(client)


# --- Without Redis -----------------------------------------------------------------------------------------------


@pytest.fixture
def no_redis(settings, monkeypatch):
    """A cache at whose port nothing is listening."""
    nowhere = {"BACKEND": "consortium.cache.ForgivingCache", "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": nowhere | {"OPTIONS": {"socket_connect_timeout": 1}}}
    monkeypatch.setattr(cache, "_away_until", 0.0)


def test_what_the_cache_would_keep_is_made_anew_without_it(no_redis, client, client_of, staff):
    for number in (1, 2):
        assert tests_cache.get_or_set("x", lambda made=number: made, 60) == number
        assert cache.count("x", 60) == 1
    page = client_of(staff).get(reverse("members:municipality_list"))
    assert page.status_code == 200 and "<select" in page.content.decode()
    answer = client.post(reverse("feedback"), {"text": "The map has no text."})
    assert answer.status_code == 302


def test_without_redis_people_still_get_in(no_redis, client, user, monkeypatch):
    """Neither cache nor broker answers."""
    monkeypatch.setattr(emails, "_away_until", 0.0)
    asked = []

    def refuse(*args, **kwargs):
        asked.append(args)
        raise Away("nobody there")

    monkeypatch.setattr(app, "send_task", refuse)
    began = time.monotonic()
    client.post(reverse(ASK), {"email": user.email})
    assert OutgoingEmail.objects.get().state == "sent" and asked
    code = re.search(r"\b\d{6}\b", client.get(reverse("mailbox")).content.decode())[0]
    assert client.post(reverse(TYPE), {"code": code}).url == reverse(HOME)
    assert time.monotonic() - began < 5
    assert type(tests_cache._connections["default"]) is cache.ForgivingCache
    assert tests_cache.get("x", 7) == 7 and tests_cache.add("x", 1) and tests_cache.set("x", 1) is None


def test_other_letters_wait_for_the_sweeper_without_a_broker(monkeypatch, run_worker):
    monkeypatch.setattr(emails, "_away_until", 0.0)

    def refuse(*args, **kwargs):
        raise Away("nobody there")

    monkeypatch.setattr(app, "send_task", refuse)
    emails.queue("consortium/emails/plain", "a@kunta.example", "fi", subject="s", body="b")
    run_worker()
    assert OutgoingEmail.objects.get().state == "queued"


def test_a_person_of_two_roles_lands_on_her_page(client):
    role = RoleFactory()
    client.post(reverse(TYPE), {"code": ask(client, role.user)})
    assert client.get(reverse(HOME)).url == reverse("member_home", args=[role.municipality.code])
