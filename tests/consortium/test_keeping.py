"""What was being written when the session ended, and what is never kept of it."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consortium import keeping
from tests.conftest import Browser
from tests.factories import ContactFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db
SENTENCE = "You were signed out meanwhile. What you wrote is here."


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def role(rautalampi):
    """A representative of Rautalampi."""
    return RoleFactory(municipality=rautalampi)


@pytest.fixture
def address(rautalampi):
    """A page with a form."""
    return reverse("members:contact_new", args=[rautalampi.code])


def shown_after(browser, user, address):
    """Sign in and open the page again; returns what it says."""
    browser.force_login(user)
    return browser.get(address).content.decode()


def test_a_form_sent_by_a_visitor_waits_for_her_to_sign_in(client, role, address):
    answer = client.post(address, {"name": "Tiina Virtanen", "phone": "040 123"})
    assert answer.url == f"{reverse('account_request_login_code')}?next={address}"
    page = shown_after(client, role.user, address)
    assert SENTENCE in page and "Tiina Virtanen" in page and "040 123" in page
    assert "Files must" not in page
    assert (
        "Tiina"
        not in client.get(
            reverse("members:municipality_edit", args=[role.municipality.code])
        ).content.decode()
    )


def test_once_sent_it_is_forgotten(client, role, address):
    client.post(address, {"name": "Tiina Virtanen"})
    client.force_login(role.user)
    client.post(address, {"name": "Tiina Virtanen"})
    assert keeping.KEPT not in client.session
    assert SENTENCE not in client.get(address).content.decode()


def test_it_waits_half_an_hour(client, role, address, monkeypatch):
    client.post(address, {"name": "Tiina Virtanen"})
    later = keeping.time.time() + keeping.SECONDS + 1
    monkeypatch.setattr(keeping.time, "time", lambda: later)
    assert "Tiina" not in shown_after(client, role.user, address)


def test_nobody_else_who_signs_in_at_the_same_browser_is_shown_it(role, address):
    other = RoleFactory(municipality=role.municipality).user
    browser = Browser()
    browser.force_login(role.user)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(days=1))
    browser.post(address, {"name": "Tiina Virtanen"})
    assert "Tiina" not in shown_after(browser, other, address)


def test_an_edit_that_somebody_overtook_still_says_both(client, role, address):
    contact = ContactFactory(municipality=role.municipality, name="Ennen")
    address = reverse("members:contact_edit", args=[role.municipality.code, contact.pk])
    here = Browser()
    here.force_login(role.user)
    form = here.get(address).context["form"]
    typed = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    typed = {name: value() if callable(value) else value for name, value in typed.items()}
    contact.name, contact.edited_at = "Toinen", timezone.now()
    contact.save()
    client.post(address, typed | {"name": "Minun"})
    page = shown_after(client, role.user, address)
    assert "Minun" in page and SENTENCE in page
    sent = client.get(address).context["form"]
    again = {n: sent.get_initial_for_field(f, n) or "" for n, f in sent.fields.items() if n != "form_key"}
    answer = client.post(address, again)
    assert "Somebody else saved “Toinen” here" in answer.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "x" * (keeping.LARGEST + 1)},
        {"name": "", "form_key": "1"},
        {"password": "hunter2hunter2"},
        {"code": "123456", "one-code": "123456"},
        {"digits": "123456"},
        {"extract": SimpleUploadedFile("a.pdf", b"%PDF")},
    ],
    ids=["too large", "nothing written", "password", "code", "digits", "a file alone"],
)
def test_what_is_not_kept(client, role, address, sent):
    client.post(address, sent)
    assert keeping.KEPT not in client.session


def test_a_password_typed_too_late_is_not_kept(client):
    client.post(reverse("account_password"), {"password1": "salainen sana", "note": "x"})
    assert keeping.KEPT not in client.session


def test_three_forms_are_kept_at_most_and_few_from_one_place(client, role, rautalampi):
    for number in range(5):
        client.post(f"/municipalities/{rautalampi.code}/contacts/{number}/", {"name": f"Tiina {number}"})
    assert len(client.session.get(keeping.KEPT, {})) <= keeping.PAGES
    for _again in range(40):
        Browser().post(reverse("members:contact_new", args=[rautalampi.code]), {"name": "Tiina"})
    late = Browser()
    late.post(reverse("members:contact_new", args=[rautalampi.code]), {"name": "Tiina"})
    assert keeping.KEPT not in late.session


def test_what_is_only_sent_leads_back_to_the_page_it_stood_on(client, role, address):
    page = f"http://testserver{address}?from=list"
    answer = client.post(reverse("device_end_others"), {"note": "x"}, headers={"Referer": page})
    assert answer.url == f"{reverse('account_request_login_code')}?next={address}%3Ffrom%3Dlist"
    foreign = client.post(address, {"name": "x"}, headers={"Referer": "https://elsewhere.example/x"})
    assert foreign.url == f"{reverse('account_request_login_code')}?next={address}"


def test_an_outdated_token_loses_nothing_and_another_site_fills_nothing_in(role, address):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(role.user)
    sent = {"name": "Tiina Virtanen", "csrfmiddlewaretoken": "x" * 64}
    answer = browser.post(address, sent, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403 and keeping.KEPT not in browser.session
    answer = browser.post(address, sent, headers={"Origin": "http://testserver"})
    assert (answer.status_code, answer.url) == (302, address)
    page = browser.get(address).content.decode()
    assert "The page had become too old to be sent." in page and "Tiina Virtanen" in page


def test_a_stranger_who_signs_in_is_still_kept_out(client, role, address):
    client.post(address, {"name": "Tiina Virtanen"})
    client.force_login(UserFactory())
    assert client.get(address).status_code in (403, 404)
