"""What no browser sends is answered in a sentence, without an account, and never by an error."""

import uuid
from pathlib import Path

import pytest
from django.urls import reverse

from consortium.models import FormKey
from consortium.outbox import names
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "address",
    [
        "/invitation/%00/",
        "/municipality/a%00b/",
        "/account/login/code/?next=http://[",
        "/account/login/password/?next=//[",
        "/account/login/code/?next=%00",
    ],
)
def test_an_address_that_cannot_be_read_is_a_bad_request(client, address):
    assert client.get(address).status_code == 400


def test_a_next_page_in_a_form_that_cannot_be_read_is_a_bad_request(client):
    sent = client.post("/account/login/code/", {"email": "a@kunta.example", "next": "http://["})
    assert sent.status_code == 400


def test_a_cookie_that_cannot_be_read_is_a_bad_request(client):
    client.cookies["sessionid"] = "\0aaaaaaaaaa"
    assert client.get("/").status_code == 400


@pytest.mark.parametrize("name", ["HTTP_REFERER", "HTTP_ORIGIN"])
@pytest.mark.parametrize("address", ["/accessibility/feedback/", "/"])
def test_a_word_of_where_one_comes_from_that_cannot_be_read_is_left_out(client, name, address):
    assert client.get(address, **{name: "http://["}).status_code == 200


def test_the_language_links_stay_on_this_machine(client):
    page = client.get("//evil.example/", follow=False).content.decode()
    assert "//evil.example" not in page


def test_a_letter_that_is_not_there_has_no_attachment(client):
    assert client.get("/mailbox/" + "9" * 300 + "/0/").status_code == 404


def test_a_form_that_somebody_else_has_sent_answers_nobody(client_of):
    key, user = uuid.uuid4(), UserFactory()
    FormKey.objects.create(key=key, user=None, answer="/secret/")
    form = {"form_key": key, "name": "Aino", "language": "fi"}
    answer = client_of(user).post(reverse("account"), form)
    assert "/secret/" not in answer.headers.get("Location", "")


def test_every_letter_has_a_name_in_the_outbox():
    folders = {"consortium": {"frame"}, "members": {"sentence_of_finality"}}  # parts of letters
    letters = {
        f"{app}/emails/{path.stem}"
        for app, parts in folders.items()
        for path in (ROOT / "templates" / app / "emails").glob("*.txt")
        if path.stem not in parts
    }
    assert letters - names().keys() == set()
