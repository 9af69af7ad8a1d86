"""What was being written when the session ended, and what is never kept of it."""

import datetime as dt
import re

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consortium import keeping, tasks
from consortium.forms import KeyedForm
from consortium.sessions import REMEMBERED
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


def end_sessions():
    """Let everybody's session have ended yesterday."""
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(days=1))


@pytest.fixture
def ended(role):
    """The representative's browser, in which her session has ended."""
    browser = Browser()
    browser.force_login(role.user)
    end_sessions()
    return browser


def shown_after(browser, user, address):
    """Sign in and open the page again; returns what it says."""
    browser.force_login(user)
    return browser.get(address).content.decode()


def test_a_form_sent_after_the_session_ended_waits_for_her_to_sign_in(ended, role, address):
    answer = ended.post(address, {"name": "Tiina Virtanen", "phone": "040 123"})
    assert answer.url == f"{reverse('account_request_login_code')}?next={address}"
    page = shown_after(ended, role.user, address)
    assert SENTENCE in page and "Tiina Virtanen" in page and "040 123" in page
    assert "Files must" not in page
    assert (
        "Tiina"
        not in ended.get(reverse("members:municipality_edit", args=[role.municipality.code])).content.decode()
    )


def test_once_sent_it_is_forgotten(ended, role, address):
    ended.post(address, {"name": "Tiina Virtanen"})
    ended.force_login(role.user)
    ended.post(address, {"name": "Tiina Virtanen"})
    assert keeping.KEPT not in ended.session
    assert SENTENCE not in ended.get(address).content.decode()


def test_it_waits_half_an_hour(ended, role, address, monkeypatch):
    ended.post(address, {"name": "Tiina Virtanen"})
    later = keeping.time.time() + keeping.SECONDS + 1
    monkeypatch.setattr(keeping.time, "time", lambda: later)
    assert "Tiina" not in shown_after(ended, role.user, address)


def test_nobody_else_who_signs_in_at_the_same_browser_is_shown_it(ended, role, address):
    other = RoleFactory(municipality=role.municipality).user
    ended.post(address, {"name": "Tiina Virtanen"})
    assert "Tiina" not in shown_after(ended, other, address)


def test_an_edit_that_somebody_overtook_still_says_both(ended, role, address):
    contact = ContactFactory(municipality=role.municipality, name="Ennen")
    address = reverse("members:contact_edit", args=[role.municipality.code, contact.pk])
    here = Browser()
    here.force_login(role.user)
    form = here.get(address).context["form"]
    typed = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    typed = {name: value() if callable(value) else value for name, value in typed.items()}
    contact.name, contact.edited_at = "Toinen", timezone.now()
    contact.save()
    ended.post(address, typed | {"name": "Minun"})
    page = shown_after(ended, role.user, address)
    assert "Minun" in page and SENTENCE in page
    sent = ended.get(address).context["form"]
    again = {n: sent.get_initial_for_field(f, n) or "" for n, f in sent.fields.items() if n != "form_key"}
    answer = ended.post(address, again)
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
def test_what_is_not_kept(ended, role, address, sent):
    ended.post(address, sent)
    assert keeping.KEPT not in ended.session


def test_a_password_typed_too_late_is_not_kept(ended):
    ended.post(reverse("account_password"), {"password1": "salainen sana", "note": "x"})
    assert keeping.KEPT not in ended.session


def test_nothing_is_kept_of_somebody_unknown(client, address):
    client.post(address, {"name": "Tiina Virtanen"})
    browser, ours = Browser(enforce_csrf_checks=True), {"Origin": "http://testserver"}
    for page, typed in ((address, {"name": "Tiina Virtanen"}), (reverse("feedback"), {"text": "Tiina"})):
        assert browser.post(page, typed, headers=ours).status_code == 403
    for cookie in ("x", "", "ä" * 40, "0" * 32):
        stranger = Browser()
        stranger.cookies["sessionid"] = cookie
        stranger.post(address, {"name": "Tiina Virtanen"})
    assert "Tiina" not in "".join(str(row.get_decoded()) for row in Session.objects.all())
    assert not any(keeping.KEPT in row.get_decoded() for row in Session.objects.all())


def test_a_session_of_yesterday_still_names_its_owner_and_lets_nobody_in(role, address):
    """The cookie outlives the session, and the night's sweeping leaves its row for two days."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(role.user)
    ours = {"Origin": "http://testserver"}
    answer = browser.post(
        address, {"name": "Tiina"}, headers=ours
    )  # which changes the session, so that it is saved
    browser.handler = Browser().handler
    cookie, row = answer.cookies["sessionid"], Session.objects.get(pk=browser.session.session_key)
    beyond = cookie["max-age"] - (row.expire_date - timezone.now()).total_seconds()
    assert abs(beyond - REMEMBERED.total_seconds()) < 60
    end_sessions()
    assert tasks.forget()["sessions"] == 0
    assert browser.get(address).status_code == 302
    browser.post(address, {"name": "Tiina Virtanen"})
    assert "Tiina Virtanen" in shown_after(browser, role.user, address)
    Session.objects.update(expire_date=timezone.now() - REMEMBERED)
    assert tasks.forget()["sessions"] == Session.objects.count() + 2


def test_a_session_that_a_new_password_ended_names_its_owner_too(role, address):
    browser = Browser()
    browser.force_login(role.user)
    role.user.set_password("kolme vanhaa kirjastoautoa")
    role.user.save()
    assert browser.post(address, {"name": "Tiina Virtanen"}).status_code == 302
    assert "Tiina Virtanen" in shown_after(browser, role.user, address)


def test_the_writing_of_somebody_signed_out_is_not_kept_for_longer_than_it_is_shown(ended, role, address):
    ended.post(address, {"name": "Tiina Virtanen"})
    left = Session.objects.get(pk=ended.session.session_key).expire_date - timezone.now()
    assert left <= dt.timedelta(seconds=keeping.SECONDS)
    ended.force_login(role.user)
    left = Session.objects.get(pk=ended.session.session_key).expire_date - timezone.now()
    assert left > dt.timedelta(days=13)


def test_three_forms_are_kept_at_most_and_few_from_one_place(role, rautalampi):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(role.user)
    ours, again = {"Origin": "http://testserver"}, range(31)
    for number in range(5):
        place = reverse("members:contact_edit", args=[rautalampi.code, number])
        browser.post(place, {"name": f"Tiina {number}"}, headers=ours)
    assert [what["typed"]["name"] for what in browser.session[keeping.KEPT].values()] == [
        ["Tiina 2"],
        ["Tiina 3"],
        ["Tiina 4"],
    ]
    place = reverse("members:contact_new", args=[rautalampi.code])
    answers = [browser.post(place, {"name": "Tiina"}, headers=ours).status_code for _ in again]
    assert (answers[0], answers[-1]) == (302, 403)


def test_a_form_takes_what_was_written_in_it_and_not_in_another_of_its_page(ended, rf, role):
    class First(KeyedForm):
        text = forms.CharField()

    class Second(KeyedForm):
        text = forms.CharField()

    page = role.municipality.get_absolute_url()
    key = Second().get_initial_for_field(Second().fields["form_key"], "form_key")
    sent = {"text": "Kirje tulee toukokuussa.", "form_key": str(key() if callable(key) else key)}
    note = reverse("members:note_new", args=[role.municipality.code])
    ended.post(note, sent, headers={"Referer": f"http://testserver{page}"})
    ended.force_login(role.user)
    request = rf.get(page)
    request.session, request.user = ended.session, role.user
    request._messages = FallbackStorage(request)
    token = keeping._page.set(request)
    try:
        assert First().written_before == {} == Second(prefix="b").written_before
        assert Second().written_before == {"text": "Kirje tulee toukokuussa."}
    finally:
        keeping._page.reset(token)


def test_a_note_begun_on_the_municipalitys_page_is_there_again(client_of, staff, rautalampi):
    page = rautalampi.get_absolute_url()
    browser = client_of(staff)
    key = re.search(r'name="form_key" value="([^"]+)"', browser.get(page).content.decode())[1]
    end_sessions()
    sent = {"text": "Kirje tulee toukokuussa.", "form_key": key}
    note = reverse("members:note_new", args=[rautalampi.code])
    browser.post(note, sent, headers={"Referer": f"http://testserver{page}"})
    shown = shown_after(browser, staff, page)
    assert SENTENCE in shown and "Kirje tulee toukokuussa.</textarea>" in shown


@pytest.mark.parametrize("path", ["//elsewhere.example/x", "/\\elsewhere.example", "///elsewhere.example"])
def test_an_odd_address_of_ours_leads_to_no_other_site(role, address, path):
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(role.user)
    ours = {"Origin": "http://testserver", "Referer": f"http://testserver{path}"}
    assert browser.post(address, {"name": "Tiina"}, headers=ours).url == address
    assert Browser().post(address, {"name": "Tiina"}, headers=ours).url.endswith(f"?next={address}")


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


def test_a_stranger_who_signs_in_is_still_kept_out(ended, role, address):
    ended.post(address, {"name": "Tiina Virtanen"})
    ended.force_login(UserFactory())
    assert ended.get(address).status_code in (403, 404)
