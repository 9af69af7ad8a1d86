"""Signing in by a code, the standing pages, and the practice copy's mailbox."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from consortium.models import OutgoingEmail, User
from members.models import Accession
from tests.factories import AccessionFactory, UserFactory

pytestmark = pytest.mark.django_db


def text_of(response):
    """Return what a reader reads: no tags, one space between words."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"[ \n\t]+", " ", re.sub(r"<[^>]+>", " ", body))  # no-break spaces stay


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


# --- Signing in --------------------------------------------------------------------------------------------------


def test_a_code_sent_to_a_known_address_lets_in(client, run_worker):
    user = UserFactory(email="johtaja@rautalampi.example")
    response = client.post(
        reverse("account_request_login_code"), {"email": "Johtaja@Rautalampi.example"}, follow=True
    )
    assert response.redirect_chain[-1][0] == reverse("account_confirm_login_code")
    letter = OutgoingEmail.objects.get()
    code = re.search(r"\b\d{6}\b", letter.body)[0]
    assert letter.to == "johtaja@rautalampi.example" and letter.template == "consortium/emails/login_code"
    assert letter.priority == 0 and code in letter.subject
    run_worker()
    letter.refresh_from_db()
    assert letter.state == "sent" and letter.body == ""
    mailbox = client.get(reverse("mailbox"), {"to": "johtaja"}).content.decode()
    assert code in mailbox
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(user.pk)
    for name in ("account_login", "account_request_login_code"):
        assert client.get(reverse(name)).url == reverse("home")


def test_a_wrong_code_does_not(client):
    UserFactory(email="johtaja@rautalampi.example")
    client.post(reverse("account_request_login_code"), {"email": "johtaja@rautalampi.example"})
    code = re.search(r"\b\d{6}\b", OutgoingEmail.objects.get().body)[0]
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    response = client.post(reverse("account_confirm_login_code"), {"code": wrong})
    assert "_auth_user_id" not in client.session and 'aria-invalid="true"' in response.content.decode()


def test_an_unknown_address_gets_neither_account_nor_letter_and_cannot_be_told_from_a_known_one(client):
    UserFactory(email="tunnettu@rautalampi.example")
    pages = []
    for address in ("tunnettu@rautalampi.example", "vieras@rautalampi.example"):
        client.cookies.clear()
        response = client.post(reverse("account_request_login_code"), {"email": address}, follow=True)
        assert response.redirect_chain[-1][0] == reverse("account_confirm_login_code")
        pages.append(text_of(response).replace(address, "…"))
    assert pages[0] == pages[1]
    assert [letter.to for letter in OutgoingEmail.objects.all()] == ["tunnettu@rautalampi.example"]
    assert not User.objects.filter(email="vieras@rautalampi.example").exists()
    assert client.get(reverse("account_signup")).status_code == 200
    client.post(reverse("account_signup"), {"email": "vieras@rautalampi.example"})
    assert not User.objects.filter(email="vieras@rautalampi.example").exists()


def test_a_closed_account_gets_no_code(client):
    UserFactory(email="lahtenyt@rautalampi.example", is_active=False)
    client.post(reverse("account_request_login_code"), {"email": "lahtenyt@rautalampi.example"})
    assert not OutgoingEmail.objects.exists()


# --- Standing pages and the mailbox -----------------------------------------------------------------------------------


def test_the_accessibility_statement_has_its_legal_contents(client):
    page = text_of(client.get(reverse("accessibility")))
    for fact in ("306/2019", "WCAG) 2.1", "within 14 days", "Traficom", settings.CONTACT_EMAIL, "22.11.2026"):
        assert fact in page, fact


@pytest.mark.parametrize(
    "name",
    ["accessibility", "privacy", "questions", "account_login", "account_inactive", "account_signup"],
)
def test_everyone_can_read_the_standing_pages_in_our_frame(client, name):
    page = client.get(reverse(name)).content.decode()
    assert 'class="skip"' in page and "style=" not in page and page.count("<h1") == 1


def test_links_in_the_mailboxs_letters_can_be_followed_and_their_text_does_no_harm(client, run_worker):
    accession = AccessionFactory(state="sent", municipality__name_fi="Vesanto <script>")
    run_worker()
    page = client.get(reverse("mailbox"), {"to": accession.municipality.registry_email}).content.decode()
    assert f'/p/{accession.code}/"' in page and "<a href=" in page
    assert "<script>" not in page.replace("<script src", "")
    assert "Vesanto &lt;script&gt;" in page
    assert Accession.objects.get().opened_at is None
