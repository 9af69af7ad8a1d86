"""Feedback on accessibility: anyone sends it, the service centre answers it within 14 days."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from consortium.models import AuditEvent, Feedback, OutgoingEmail
from tests.factories import RoleFactory

pytestmark = pytest.mark.django_db
URL = "/en/accessibility/feedback/"
TOLD = {
    "text": "The map has no text.",
    "page": "/members/",
    "email": "reader@library.example",
    "name": "Kaisa",
}


def text_of(response):
    body = re.sub(r"</?span\b[^>]*>", "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def sent(client, **told):
    answer = client.post(URL, TOLD | told)
    assert answer.status_code == 302, text_of(answer)
    return Feedback.objects.order_by("-pk").first(), answer.url


def test_the_page_one_came_from_is_filled_in(client):
    assert client.get(URL, {"page": "/members/"}).context["form"]["page"].value() == "/members/"
    came = client.get(URL, headers={"referer": "http://testserver/sv/search/?q=secret"})
    assert came.context["form"]["page"].value() == "/sv/search/"
    elsewhere = client.get(URL, headers={"referer": "http://elsewhere.example/page/"})
    assert elsewhere.context["form"]["page"].value() == ""
    assert client.get(URL, {"page": "x" * 900}).context["form"]["page"].value() == "x" * 300


def test_only_the_message_itself_is_needed(client):
    row, _url = sent(client, page="", name="", email="")
    assert (row.text, row.page, row.name, row.email) == (TOLD["text"], "", "", "")
    assert not OutgoingEmail.objects.exists()


def test_what_is_missing_or_wrong_is_said_beside_its_field_and_nothing_is_lost(client):
    answer = client.post(URL, TOLD | {"text": "", "email": "reader@"})
    page = answer.content.decode()
    assert "Tell what did not work, for example" in page and "This is not an e-mail address" in page
    assert 'href="#id_text"' in page and 'href="#id_email"' in page and "<title>Error:" in page
    assert 'value="Kaisa"' in page and not Feedback.objects.exists()


def test_the_receipt_says_number_and_day_but_not_what_was_written(client, today_is):
    today_is("2027-04-14")
    row, url = sent(client)
    page = text_of(client.get(url))
    assert f"2027-{row.pk:04d}" in page and "We answer by Wed 28.4.2027." in page
    assert TOLD["text"] not in page and TOLD["email"] not in page and "Kaisa" not in page
    assert client.get(url.replace(f"/{row.pk}.", f"/{row.pk + 1}.")).status_code == 404


def test_a_letter_of_receipt_goes_to_the_address_in_the_language_of_the_form(client):
    client.post("/sv/accessibility/feedback/", TOLD)
    letter = OutgoingEmail.objects.get()
    assert (letter.to, letter.language) == (TOLD["email"], "sv")
    assert Feedback.objects.get().number in letter.subject and TOLD["text"] not in letter.body


def test_sending_the_same_form_twice_keeps_one_message(client):
    key = {"form_key": "7b1a4a5e-0000-4000-8000-000000000002"}
    assert sent(client, **key)[1] == sent(client, **key)[1]
    assert Feedback.objects.count() == OutgoingEmail.objects.count() == 1


def test_too_many_from_one_network_are_refused_politely_and_nothing_is_lost(client):
    for number in range(10):
        sent(client, text=f"Fault {number}")
    answer = client.post(URL, TOLD | {"text": "Fault 11"})
    page = answer.content.decode()
    assert answer.status_code == 429 and "send it again in an hour" in page and "Fault 11" in page
    assert Feedback.objects.count() == 10
    assert Feedback.objects.filter(text="Fault 11").count() == 0
    assert client.post(URL, TOLD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_an_answer_is_recorded_mailed_and_final(client, client_of, staff, today_is):
    today_is("2027-04-14")
    row, _url = sent(client)
    browser, url = client_of(staff), f"/en/accessibility/feedback/{row.pk}/"
    page = text_of(browser.get(url))
    assert "To be answered by Wednesday 28.4.2027, the 14th day." in page and TOLD["text"] in page
    assert "Write the answer." in text_of(browser.post(url, {"answer": ""}))
    today_is("2027-04-20")
    page = text_of(browser.post(url, {"answer": "The map now has a table."}, follow=True))
    assert "Answered on 20.4.2027 by Palvelukeskus." in page and "The map now has a table." in page
    row.refresh_from_db()
    assert (row.answer, row.answered_by) == ("The map now has a table.", staff)
    letter = OutgoingEmail.objects.latest("pk")
    assert letter.to == TOLD["email"] and "The map now has a table." in letter.body
    assert [e.verb for e in AuditEvent.objects.about(row)] == ["reply", "receive"]
    late = browser.post(url, {"answer": "Another one."})
    assert "This has been answered meanwhile." in text_of(late)
    row.refresh_from_db()
    assert row.answer == "The map now has a table."


def test_without_an_address_the_answer_leaves_no_letter(client, client_of, staff):
    row, _url = sent(client, email="")
    client_of(staff).post(f"/en/accessibility/feedback/{row.pk}/", {"answer": "Mended."})
    row.refresh_from_db()
    assert row.answer == "Mended." and not OutgoingEmail.objects.exists()


def test_what_waits_is_on_the_service_centres_page_until_it_is_answered(client, client_of, staff, today_is):
    today_is("2027-04-14")
    row, _url = sent(client)
    browser = client_of(staff)
    (task,) = [r for r in browser.get("/en/home/").context["tasks"] if r["url"].endswith(f"/{row.pk}/")]
    assert task["when"] == "Wed 28.4.2027" and "14 days" in task["small"]
    today_is("2027-04-30")
    (task,) = [r for r in browser.get("/en/home/").context["tasks"] if r["url"].endswith(f"/{row.pk}/")]
    assert "the day has passed" in task["small"] and task["small_css"] == "waiting"
    row.reply(by=staff, answer="Mended.")
    assert not [r for r in browser.get("/en/home/").context["tasks"] if r["url"].endswith(f"/{row.pk}/")]


def test_the_list_counts_what_was_answered_in_time_and_each_count_opens_its_rows(
    client, client_of, staff, today_is
):
    today_is("2027-04-14")
    rows = [sent(client)[0] for _number in range(4)]
    for row, answered in zip(rows, ["2027-04-28", "2027-04-29", "2027-05-30"], strict=False):
        today_is(answered)
        row.reply(by=staff, answer="Mended.")
    browser = client_of(staff)
    page = text_of(browser.get("/en/accessibility/feedback/all/"))
    assert "Waiting for an answer: 1. Answered within 14 days: 1; later: 2." in page
    (line,) = [found for found in browser.get("/en/home/").context["year"] if "Feedback" in found.name]
    assert [number for _word, number, _url in line.counts] == [1, 1, 2]
    for _word, number, url in line.counts:
        assert len(browser.get(f"{url}&format=csv").content.decode().strip().splitlines()) == number + 1


def test_a_municipalitys_people_do_not_read_it(client, client_of):
    row, _url = sent(client)
    browser = client_of(RoleFactory().user)
    for url in ("/en/accessibility/feedback/all/", f"/en/accessibility/feedback/{row.pk}/"):
        assert browser.get(url).status_code == 403 and client.get(url).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_length(client_of, staff, count, django_assert_num_queries):
    for number in range(count):
        Feedback.objects.create(
            text=f"Fault {number}", received_at=dt.datetime(2027, 4, number + 1, tzinfo=dt.UTC)
        )
    browser = client_of(staff)
    browser.get(reverse("feedback_list"))
    with django_assert_num_queries(7):
        browser.get(reverse("feedback_list"))
