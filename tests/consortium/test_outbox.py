"""The outbox: what became of each letter, and sending one again to the right address."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from consortium import emails
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import Priority
from tests.consortium.mail_server import again, letter
from tests.factories import AccessionFactory, ContactFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def refused(to="kirjaamo@kunta.example", **fields):
    return letter(to, state="refused", reason="550 5.1.1 No such user", tries=1, **fields)


def text(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def browser(client_of, staff):
    """The service centre's browser."""
    return client_of(staff)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_length(browser, count, django_assert_num_queries):
    for n in range(count):
        about = AccessionFactory() if n % 2 else ContactFactory().municipality
        refused(f"x{n}@kunta.example", about=about, template=f"members/emails/t{n}")
    browser.get("/en/outbox/")
    with django_assert_num_queries(8 if count == 1 else 9):  # the records are read once a kind
        answer = browser.get("/en/outbox/")
    assert answer.status_code == 200


def test_the_filters_leave_what_they_name(browser):
    rows = [
        refused("a@kunta.example", template="members/emails/send", about=AccessionFactory()),
        letter("b@kunta.example", template="members/emails/send", state="sent", sent_at=timezone.now()),
        letter("c@muu.example", template="members/emails/decide"),
        letter("d@muu.example", state="sent", sent_at=timezone.now(), priority=Priority.CODE),
    ]
    kind = rows[0].about_type_id
    for query, wanted in (
        ("", "abcd"),
        ("state=refused", "a"),
        ("state=undelivered", "a"),
        ("state=sent", "bd"),
        ("template=members/emails/send", "ab"),
        ("to=muu", "cd"),
        (f"about={kind}", "a"),
    ):
        told = browser.get(f"/en/outbox/?{query}&format=csv").content.decode()
        assert {row.to[0] for row in rows if row.to in told} == set(wanted), query


def test_a_code_is_shown_to_nobody(browser):
    code = letter(subject="Koodi 123456", body="123456", blank_when_sent=True, priority=Priority.CODE)
    for address in ("/en/outbox/", "/en/outbox/?format=csv", code.get_absolute_url(), "/en/home/"):
        assert "123456" not in browser.get(address).content.decode()


def test_a_letters_page_says_its_fate_and_text(browser):
    row = refused(about=AccessionFactory(), body="Hyvä kirjaamo, <b>avatkaa</b>\n")
    page = text(browser.get(f"/en/outbox/{row.pk}/"))
    assert "It was refused and did not arrive." in page
    assert "550 5.1.1 No such user" in page
    assert "Hyvä kirjaamo, &lt;b&gt;avatkaa&lt;/b&gt;" in page
    assert row.about.get_absolute_url() in page


def test_sending_again_writes_a_new_row_and_keeps_the_old(browser, staff, run_worker):
    row = refused(attachments=[], about=AccessionFactory())
    answer = browser.post(f"/en/outbox/{row.pk}/correct/", {"to": "oikea@kunta.example"}, follow=True)
    new = OutgoingEmail.objects.get(instead_of=row)
    assert (new.to, new.subject, new.body, new.about) == (
        "oikea@kunta.example",
        row.subject,
        row.body,
        row.about,
    )
    assert new.message_id != row.message_id
    assert (again(row).state, row.reason) == ("refused", "550 5.1.1 No such user")
    event = AuditEvent.objects.about(row).get()
    assert (event.verb, event.by, event.details) == ("resend", staff, {"letter": new.pk, "corrected": True})
    assert "It has been sent again to oikea@kunta.example." in text(answer)
    assert not OutgoingEmail.objects.undelivered().exists()
    run_worker()
    assert again(new).state == "sent"


def test_sending_again_to_the_same_address_needs_no_form(browser):
    row = refused()
    key = "9f0c7a60-6a3f-4d6e-8d3d-6b2d6a8f0001"
    for _press in range(2):
        answer = browser.post(f"/en/outbox/{row.pk}/again/", {"form_key": key})
        assert answer.status_code == 302
    assert OutgoingEmail.objects.get(instead_of=row).to == row.to


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("", "Give the address"),
        ("kirjaamo", "This is not an e-mail address"),
        ("KIRJAAMO@kunta.example", "That is the address the letter was sent to"),
    ],
)
def test_a_wrong_entry_is_said_beside_the_field(browser, to, words):
    row = refused()
    answer = browser.post(f"/en/outbox/{row.pk}/correct/", {"to": to})
    assert answer.status_code == 200
    assert words in text(answer)
    assert not OutgoingEmail.objects.filter(instead_of=row).exists()


def test_the_register_is_corrected_only_where_it_is_asked_for(browser):
    contact = ContactFactory(email="vanha@kunta.example")
    home, stranger = contact.municipality, ContactFactory(email="vanha@kunta.example")
    for tick, expected in (("", "vanha@kunta.example"), ("on", "uusi@kunta.example")):
        row = refused("vanha@kunta.example", about=home)
        form = browser.get(f"/en/outbox/{row.pk}/correct/")
        assert "the contact" in text(form)
        data = {"to": "uusi@kunta.example"} | ({"register": tick} if tick else {})
        browser.post(f"/en/outbox/{row.pk}/correct/", data)
        assert again(contact).email == expected
    assert again(stranger).email == "vanha@kunta.example", "another municipality's contact is another matter"
    assert AuditEvent.objects.about(contact).get().details == {"fields": ["email"]}


def test_the_registrys_address_is_corrected_and_an_account_is_not_offered(browser):
    role = RoleFactory(user__email="johtaja@kunta.example")
    home = role.municipality
    row = refused(home.registry_email, about=home)
    browser.post(f"/en/outbox/{row.pk}/correct/", {"to": "uusi@kunta.example", "register": "on"})
    assert again(home).registry_email == "uusi@kunta.example"
    form = browser.get(f"/en/outbox/{refused('johtaja@kunta.example', about=home).pk}/correct/")
    assert 'name="register"' not in form.content.decode()


def test_what_cannot_be_sent_again_says_why(browser, staff):
    stopped = AccessionFactory(state="stopped")
    untrue = refused(template="members/emails/send", about=stopped)
    twice = refused()
    emails.send_again(twice, by=staff)
    for row, code, words in (
        (letter(), "not_out", "This letter has not been out"),
        (refused(blank_when_sent=True), "blank", "Its text was for its reader alone"),
        (untrue, "untrue", "What the letter says no longer holds"),
        (twice, "sent_again", "This letter has already been sent again"),
    ):
        with pytest.raises(ValidationError) as refusal:
            emails.send_again(row, by=staff)
        assert refusal.value.code == code
        for act in ("correct", "again"):
            assert browser.get(f"/en/outbox/{row.pk}/{act}/").status_code == 302
            answer = browser.post(f"/en/outbox/{row.pk}/{act}/", {"to": "uusi@kunta.example"})
            assert words in text(answer)
    assert OutgoingEmail.objects.filter(instead_of__isnull=False).count() == 1


def test_one_letter_stands_in_place_of_one():
    row = refused()
    letter(instead_of=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        letter(instead_of=row)


@pytest.mark.parametrize("name", ["outbox", "letter", "letter_correct", "letter_again"])
def test_the_outbox_is_the_service_centres_alone(client, client_of, name):
    address = reverse(name, args=[refused().pk] if name != "outbox" else [])
    assert client.get(address).status_code == 302
    for person in (RoleFactory().user, UserFactory()):
        assert client_of(person).get(address).status_code == 403
    assert not OutgoingEmail.objects.visible_to(UserFactory()).exists()
