"""The own vote, sent from the own phone: told whether one has a vote, sent once, and never after the close."""

import pytest
from django.urls import reverse

from steering.models import Cast
from tests.steering.hall import Hall, it_is

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The sentences compared are the English ones."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def hall():
    """A roll call open since 13.10; the third member's deputy is there instead, the fourth's beside the member."""
    hall = Hall()
    hall.begin("13.00", [0, 1, 3, 4, 5, 6, 7, hall.v[2], hall.v[3], hall.group.expert])
    row = hall.take(1, "13.05")
    it_is("13.10")
    row.put(by=hall.s, way="roll_call")
    return hall


def address(hall):
    return reverse("steering:vote", args=[hall.meeting.pk])


def shown(browser, hall):
    return browser.get(address(hall)).content.decode()


def send(browser, hall, choice, **more):
    ballot = hall.item(1).ballots.last()
    return browser.post(
        address(hall), {"choice": choice, "ballot": ballot.pk, **more}, follow=True
    ).content.decode()


def test_a_vote_is_sent_told_and_changed_knowingly(hall, client_of):
    browser = client_of(hall.m[4])
    assert "The vote is open. You have a vote." in shown(browser, hall)
    assert "Your vote “for” came at 13.10." in send(browser, hall, "for")
    assert "The same vote had come already." in send(browser, hall, "for")
    assert "the first one stands" in send(browser, hall, "against")
    assert "Your vote “against” came at 13.10." in send(browser, hall, "against", changes="on")
    assert hall.item(1).close_vote(by=hall.s).counts["against"] == 1


def test_the_deputy_votes_for_the_absent_member_and_never_beside_one(hall, client_of):
    name = hall.m[2].get_full_name()
    assert f"You attend for {name}. You have a vote." in shown(client_of(hall.v[2]), hall)
    beside = client_of(hall.v[3])
    assert "the deputy has none beside the member" in shown(beside, hall)
    assert "the deputy has none beside the member" in send(beside, hall, "for")
    assert not Cast.objects.exists()


@pytest.mark.parametrize(
    ("who", "words"),
    [("expert", "Only one who sits in a member"), ("away", "Only one who is present has a vote.")],
)
def test_one_without_a_vote_is_told_why(hall, client_of, who, words):
    user = {"expert": hall.group.expert, "away": hall.m[9]}[who]
    assert words in shown(client_of(user), hall)


def test_a_vote_after_the_close_is_refused_and_the_result_told(hall, client_of):
    browser = client_of(hall.m[4])
    late = hall.item(1).ballots.get()
    client_of(hall.m[0])
    hall.item(1).cast(by=hall.m[0], choice="against")
    hall.item(1).close_vote(by=hall.s)
    page = browser.post(address(hall), {"choice": "for", "ballot": late.pk}).content.decode()
    assert "The vote has been closed: this one came after it and does not count." in page
    assert "The vote was closed at 13.10: against, by a majority of the votes." in page
    assert Cast.objects.count() == 1


def test_a_vote_for_one_ballot_never_falls_into_the_next(hall, client_of):
    old = hall.item(1).ballots.get()
    hall.item(1).close_vote(by=hall.s)
    hall.item(1).put(by=hall.s, way="roll_call")
    page = client_of(hall.m[4]).post(address(hall), {"choice": "for", "ballot": old.pk}).content.decode()
    assert "The vote has been closed" in page
    assert not Cast.objects.exists()


def test_the_page_looks_again_while_no_vote_is_open(hall, client_of):
    browser = client_of(hall.m[4])
    hall.item(1).close_vote(by=hall.s)
    assert "Look again" in shown(browser, hall)


def test_a_restricted_item_is_not_told_to_one_who_may_not_read_it(hall, client_of):
    item = hall.item(1)
    item.restricted_ground, item.title_fi, item.title_sv = "621/1999 24 §", "Zqsecret", "Zqsecret"
    item.save()
    for user in (hall.group.expert, hall.v[3]):  # an expert, and a deputy beside the member
        page = shown(client_of(user), hall)
        assert "Zqsecret" not in page
        assert "its papers are not open to you" in page
    for user in (hall.m[4], hall.v[2]):  # nobody called the deputy, who sits with a vote
        assert "Zqsecret" in shown(client_of(user), hall)


def test_strangers_do_not_vote(hall, client_of, client, staff):
    assert client.get(address(hall)).status_code == 302
    assert client_of(staff).get(address(hall)).status_code == 403
