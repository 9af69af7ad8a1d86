"""Error pages: in the reader's language and the portal's own look; 500 and 503 need nothing that may be broken."""

import re
import socket

import pytest
from django.db import connection
from django.test import Client
from django.urls import path

from consortium import context, views
from consortium.urls import *  # noqa: F403  the handlers, and every address beside the broken one
from consortium.urls import urlpatterns as addresses
from tests.factories import RoleFactory

LOOK = "look.css"


def broken(request):
    """Fail as a fault in a page would."""
    raise ZeroDivisionError("broken")


urlpatterns = [path("broken/", broken), *addresses]
broken.login_required = False


@pytest.fixture(autouse=True)
def frame_of_this_test():
    """Forget headers that another test drew while another language went without a prefix."""
    context._shared.cache_clear()
    context._drawn_top.cache_clear()
    context._gathered.clear()


@pytest.fixture
def browser():
    """A browser that is shown what a reader would be shown."""
    return Client(raise_request_exception=False)


def heading(response):
    return re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.DOTALL)[1]


def in_our_look(response, language):
    page = response.content.decode()
    return LOOK in page and f'<html lang="{language}">' in page and 'class="wordmark"' in page


LANGUAGES = [("", "fi"), ("/sv", "sv"), ("/en", "en")]


def ways_on(response):
    return 'class="btn btn-primary btn-main"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_400_when_a_form_is_absurd(browser, prefix, language):
    response = browser.post(f"{prefix}/accessibility/feedback/", {f"field{n}": "x" for n in range(1100)})
    assert response.status_code == 400 and in_our_look(response, language) and ways_on(response)


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_403_for_what_ones_role_does_not_include(client_of, prefix, language):
    response = client_of(RoleFactory().user).get(f"{prefix}/offers/")
    assert response.status_code == 403 and in_our_look(response, language) and ways_on(response)


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_404_where_there_is_no_page(browser, prefix, language):
    response = browser.get(f"{prefix}/nowhere/")
    assert response.status_code == 404 and in_our_look(response, language) and ways_on(response)
    for other, _code in LANGUAGES:
        assert f'href="{other}/nowhere/"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_403_for_a_form_whose_page_was_too_old(prefix, language):
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(f"{prefix}/accessibility/feedback/", {"text": "x"})
    assert response.status_code == 403 and in_our_look(response, language) and ways_on(response)


@pytest.mark.django_db
def test_each_language_says_it_in_its_own_words(browser, client_of):
    told = {heading(browser.get(f"{prefix}/nowhere/")) for prefix, _language in LANGUAGES}
    assert len(told) == 3
    person = client_of(RoleFactory().user)
    assert len({heading(person.get(f"{prefix}/offers/")) for prefix, _language in LANGUAGES}) == 3


@pytest.mark.urls("tests.consortium.test_error_pages")
def test_500_carries_a_number_that_the_log_has_too(browser, caplog):
    response = browser.get("/broken/")
    page = response.content.decode()
    assert response.status_code == 500 and in_our_look(response, "fi")
    for language, word in {"fi": "numero", "sv": "nummer", "en": "number"}.items():
        assert word in page and f'lang="{language}"' in page
    (number,) = set(re.findall(r"\b[0-9A-F]{4} [0-9A-F]{4}\b", page))
    (entry,) = [record for record in caplog.records if record.name == "django.request"]
    assert number.replace(" ", "") in entry.getMessage() and entry.exc_info[0] is ZeroDivisionError
    again = browser.get("/broken/").content.decode()
    assert number not in again


@pytest.mark.urls("tests.consortium.test_error_pages")
def test_500_needs_no_frame_no_words_and_no_session(browser, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("this must not be asked")

    monkeypatch.setattr(context, "portal", fail)
    monkeypatch.setattr(context, "_shared", fail)
    assert browser.get("/broken/").status_code == 500


@pytest.fixture
def no_database(django_db_blocker, monkeypatch):
    """A server that refuses: its port is free, and nothing listens there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with django_db_blocker.unblock():
        connection.close()
        for name, value in {"HOST": "127.0.0.1", "PORT": str(port)}.items():
            monkeypatch.setitem(connection.settings_dict, name, value)
        yield
        connection.close()


@pytest.mark.parametrize("address", ["/", "/sv/", "/en/members/", "/home/", "/municipality/091/", "/health/"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_503_while_the_database_is_away(no_database, browser, settings, caplog, address, signed_in):
    if signed_in:
        browser.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    response = browser.get(address)
    if response.status_code == 302:  # a closed page asks who one is before it needs the database
        response = browser.get(response.url)
        assert response.status_code in {200, 503}
        return
    page = response.content.decode()
    assert response.status_code == 503 and response.headers["Retry-After"] == "60"
    assert in_our_look(response, "fi")
    for words in (
        "Palvelu on hetken kiinni",
        "Tjänsten är stängd en stund",
        "The service is closed for a while",
    ):
        assert words in page
    assert "OperationalError" in caplog.text


def test_503_is_drawn_without_asking_the_database(no_database, browser):
    assert views.server_error(None).status_code == 500  # no fault under way: the general page
    assert browser.post("/search/").status_code in {403, 405}
