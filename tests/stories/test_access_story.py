"""Signing in: by a code that only its owner gets, with a second factor for the service centre, losing nothing."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from tests.conftest import Browser
from tests.consortium.samples import pdf_bytes
from tests.stories.people import Person, file_called, words

DIRECTOR = "johtaja@686.example"
MEETING = {"body": "board", "body_name": "Rautalammin kunnanhallitus", "meeting_on": "24.11.2026"}
HANDLING = MEETING | {"outcome": "approved", "section": "61", "case_number": "RauDno-2026-62"}


@pytest.fixture
def letter(clerk, municipalities, paper, person, letters, today_is):
    """The librarian has prepared an entry; the director's letter asks to record it. Returns the letter."""
    municipalities("686")
    clerk.opens_round("Rautalampi")
    person("686")
    librarian = person("686", email="kirjasto@686.example", kind="librarian")
    clerk.sends_packages()
    today_is("2026-12-16")
    librarian.does(librarian.opens("/en/home/"), "Prepare the decision", **HANDLING)
    return next(written for written in letters(DIRECTOR) if "?for=" in written.body)


def link_of(letter):
    """Return the address in a letter."""
    return re.search(r"https?://\S+", letter.body)[0]


def code_of(letter):
    """Return the code that a letter brings: it stands in the subject, too."""
    return re.search(r"\b\d{6}\b", letter.subject)[0]


def other_than(code):
    """Return six digits that are not the code."""
    return f"{(int(code) + 1) % 1000000:06d}"


def app_shows(page):
    """Return the code that an app shows which was given the key on the page."""
    key = words(page.main.get_element_by_id("key"))
    return lambda: format_hotp_value(hotp_value(key, int(time.time()) // 30))


def signs_in(somebody, letters, page, email=None, **typed):
    """Ask for a code on the page and type it. Returns the page that opens."""
    if email:
        typed["email"] = email
    email = email or dict(page.form("Send the code").form_values())["email"]
    page = somebody.presses(page, "Send the code", **typed)
    return somebody.presses(page, "Sign in", code=code_of(letters(email)[-1]))


@pytest.mark.breaks("consortium.emails.reader_of", "consortium.accounts.Adapter.send_mail")
def test_a52_a_code_sent_to_the_address_lets_in(letter, visitor, letters):
    page = visitor.opens(link_of(letter))
    assert "/login/" in page.path
    assert dict(page.form("Send the code").form_values())["email"] == DIRECTOR
    page = visitor.presses(page, "Send the code")
    assert f"If {DIRECTOR} belongs to somebody here" in page.says
    assert "It holds for 15 minutes." in page.says
    code = code_of(letters(DIRECTOR)[-1])
    page = visitor.presses(page, "Sign in", code=other_than(code))
    assert "Look at the newest letter" in page.wrong_with("code")
    page = visitor.presses(page, "Sign in", code=f" {code[:3]} {code[3:]} ")
    assert page.path == link_of(letter).removeprefix(settings.ADDRESS).partition("?")[0]
    assert page.typed("section") == "61"


@pytest.mark.breaks("consortium.sign_in.TypeCode.form_valid")
def test_a52_a_scanner_that_opens_the_link_does_not_use_it_up(letter, visitor, letters):
    scanner = Browser()
    page = visitor.presses(visitor.opens(link_of(letter)), "Send the code")
    sent = len(letters(DIRECTOR))
    for written in letters(DIRECTOR):
        for address in re.findall(r"https?://\S+", written.body):
            path = address.removeprefix(settings.ADDRESS)
            assert scanner.get(path, follow=True).status_code == 200
            assert scanner.head(path).status_code in (200, 302)
    assert len(letters(DIRECTOR)) == sent
    page = visitor.presses(page, "Sign in", code=code_of(letters(DIRECTOR)[-1]))
    assert page.typed("section") == "61"


@pytest.mark.breaks("consortium.second_factor.RequireSecondFactor.process_view")
def test_a52_the_service_centre_needs_a_second_factor(clerk, settings, visitor, letters, staff):
    settings.SECOND_FACTOR = True
    page = signs_in(visitor, letters, visitor.opens("/en/home/"), email=staff.email)
    assert page.says.startswith("The service centre's people need a second factor")
    for closed in ("/en/home/", "/en/", "/en/offers/", "/sv/municipalities/", "/en/account/devices/"):
        assert visitor.opens(closed).path.endswith("/account/sign-in/")
    page = visitor.opens(visitor.opens("/en/home/").link("Take an authenticator app into use"))
    shown = app_shows(page)
    page = visitor.presses(page, "Take into use", code=other_than(shown()))
    assert "This code does not hold." in page.wrong_with("code")
    shown = app_shows(page)
    page = visitor.presses(page, "Take into use", code=shown())
    spare = [words(code) for code in page.main.get_element_by_id("codes")]
    assert len(spare) == 10
    assert visitor.opens("/en/home/").path == "/en/home/"
    assert "Todennussovellus otettiin käyttöön" in letters(staff.email)[-1].body

    other = Person(Browser())
    page = signs_in(other, letters, other.opens("/en/offers/"), email=staff.email)
    assert page.path.endswith("/login/second-factor/")
    assert "/login/" in other.opens("/en/offers/").path
    page = other.presses(other.opens(page.path), "Sign in", code=other_than(shown()))
    assert "This code does not hold." in page.wrong_with("code")
    assert other.presses(page, "Sign in", code=shown()).path == "/en/offers/"

    third = Person(Browser())
    page = signs_in(third, letters, third.opens("/en/offers/"), email=staff.email)
    assert third.presses(page, "Sign in", code=spare[0]).path == "/en/offers/"
    cache.clear()  # three codes in a minute are the most: another minute has passed
    fourth = Person(Browser())
    page = signs_in(fourth, letters, fourth.opens("/en/offers/"), email=staff.email)
    assert fourth.presses(page, "Sign in", code=spare[0]).path.endswith("/login/second-factor/")


@pytest.mark.breaks("consortium.accounts.Adapter.send_mail")
def test_a52_a_forwarded_link_does_not_let_another_in_as_me(letter, letters):
    check_forwarded(letter, letters)


@pytest.mark.breaks("consortium.accounts.Adapter.send_mail")
def test_c26_a_forwarded_link_asks_for_the_code_in_the_browser_that_began(letter, letters):
    check_forwarded(letter, letters)


def check_forwarded(letter, letters):
    """The link of the director's letter in a colleague's browser: the code goes to the director all the same."""
    link = link_of(letter)
    colleague, director = Person(Browser()), Person(Browser())
    page = colleague.opens(link)
    before = len(letters())
    page = colleague.presses(page, "Send the code")
    assert [written.to for written in letters()[before:]] == [DIRECTOR]
    assert "/login/" in colleague.opens(link).path
    sent = director.presses(director.opens(link), "Send the code")
    code = code_of(letters(DIRECTOR)[-1])
    assert "is not the code" in colleague.presses(page, "Sign in", code=code).wrong_with("code")
    stranger = Person(Browser())
    page = stranger.opens(sent.path)
    assert page.path.endswith("/login/code/")
    assert not page.offers("Sign in by") and "/login/" in stranger.opens(link).path
    assert director.presses(sent, "Sign in", code=code).typed("section") == "61"


@pytest.mark.breaks("consortium.sign_in.AskCode.get_context_data")
def test_c27_opening_the_pages_of_signing_in_does_nothing(letter, visitor, letters):
    began = visitor.presses(visitor.opens(link_of(letter)), "Send the code")
    count, scanner = len(letters()), Browser()
    pages = ["login/", "login/code/", "login/code/confirm/", "login/password/", "login/passkey/", "logout/"]
    for browser in (scanner, visitor.browser):
        for path in pages:
            for _again in range(3):
                assert browser.get(f"/en/account/{path}").status_code in (200, 302)
    assert len(letters()) == count
    page = visitor.presses(began, "Sign in", code=code_of(letters(DIRECTOR)[-1]))
    assert page.typed("section") == "61"
    assert visitor.browser.get("/en/account/logout/").status_code == 200
    assert visitor.opens(link_of(letter)).typed("section") == "61"


@pytest.mark.breaks("consortium.keeping.keep", "consortium.keeping.typed_in")
def test_c6_what_was_written_is_there_after_a_new_code(letter, visitor, letters):
    page = signs_in(visitor, letters, visitor.opens(link_of(letter)))
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(days=1))
    long = "Lautakunta edellyttää, että maksu pysyy alle sadan euron. " * 30
    typed = HANDLING | {"outcome": "approved_changed", "condition": long, "published_on": "25.11.2026"}
    page = visitor.presses(page, **typed, extract=file_called("ote.pdf", pdf_bytes()))
    assert page.path.endswith("/login/code/")
    page = signs_in(visitor, letters, page, email=DIRECTOR)
    assert page.path == link_of(letter).removeprefix(settings.ADDRESS).partition("?")[0]
    assert "You were signed out meanwhile. What you wrote is here. Files must be chosen again." in page.text
    assert {name: page.typed(name).strip() for name in typed} == typed | {"condition": long.strip()}
    page = visitor.presses(page)
    assert "Rautalammin kunnanhallitus" in page.text and "§ 61" in page.text
    again = visitor.opens(link_of(letter))
    assert "You were signed out meanwhile." not in again.text


@pytest.mark.breaks("consortium.keeping.send_back")
def test_c6_an_outdated_page_loses_nothing(person, letter):
    director = person("686", email="toinen@686.example")
    strict = Person(Browser(enforce_csrf_checks=True))
    strict.browser.cookies = director.browser.cookies
    address = link_of(letter).removeprefix(settings.ADDRESS).partition("?")[0]
    sent = HANDLING | {"csrfmiddlewaretoken": "x" * 64}
    page = strict.browser.post(address, sent, headers={"Origin": "http://testserver"}, follow=True)
    assert b"The page had become too old to be sent." in page.content
    assert b"Rautalammin kunnanhallitus" in page.content
    foreign = strict.browser.post(
        address, sent | {"section": "§ elsewhere"}, headers={"Origin": "https://elsewhere.example"}
    )
    assert foreign.status_code == 403
    assert b"elsewhere" not in strict.browser.get(address).content
