"""Pages of minutes and written procedures: who sees what, what a late form keeps, what a page costs."""

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse

from consortium import clock
from consortium.models import AccessLog
from consortium.templatetags.portal import day
from steering.models import Item, Minutes, NamesPeriod, WrittenMatter
from steering.pages import minutes_home
from tests.at_once import at_once, kinds, meet, no_row_locks
from tests.factories import UserFactory
from tests.minutes_world import ITEMS, checked, drafted, held, published, sent, signed
from tests.steering_minutes import a_matter
from tests.steering_world import steering_group
from tests.stories.people import Page, Person

__all__ = ["meet", "no_row_locks"]  # fixtures, used by their names
pytestmark = pytest.mark.django_db
SECRET = "Kuikka"


@pytest.fixture(autouse=True)
def in_english(settings):
    """Pages are read in English."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    """Three seats with deputies, an expert and a secretary."""
    return steering_group(seats=3)


@pytest.fixture
def opens(client_of):
    """Return a signed-in person: ``opens(user)``."""
    return lambda user: Person(client_of(user))


def page_of(meeting):
    return reverse("steering:minutes", args=[meeting.pk])


# --- Who sees what ---------------------------------------------------------------------------------------------


def test_a_draft_opens_to_those_who_write_it_alone(group, opens, client):
    meeting = held(group)
    for user, status in [
        (group.secretary, 200),
        (group.by, 200),
        (group.members[2], 404),
        (group.deputies[0], 404),
        (UserFactory(), 404),
    ]:
        assert opens(user).opens(page_of(meeting)).status == status
    assert client.get(page_of(meeting)).status_code == 404
    assert not Minutes.objects.exists()  # reading writes nothing


def test_an_expert_and_a_deputy_who_was_not_called_read_the_number_alone(group, opens):
    meeting = held(group)
    published(meeting, group)
    item = reverse("steering:minutes_item", args=[meeting.pk, 3])
    for user, reads in [
        (group.members[2], True),
        (group.secretary, True),
        (group.expert, False),
        (group.deputies[1], False),
        (UserFactory(), False),
    ]:
        person = opens(user)
        assert (SECRET in person.opens(page_of(meeting)).response.content.decode()) is reads
        assert (person.opens(item).status == 200) is reads
        assert person.opens(reverse("search"), q=SECRET).offers("§ 3") is reads


def test_reading_what_is_not_public_stands_in_the_log(group, opens):
    meeting = held(group)
    published(meeting, group)
    opens(group.members[2]).opens(page_of(meeting))
    assert AccessLog.objects.filter(user=group.members[2], what=f"steering.minutes {meeting.pk}").exists()
    before = AccessLog.objects.filter(what__startswith="steering.minutes").count()
    opens(group.expert).opens(page_of(meeting))
    assert AccessLog.objects.filter(what__startswith="steering.minutes").count() == before


def test_the_signed_file_and_the_full_form_are_for_those_who_read_every_item(group, opens):
    meeting = held(group)
    minutes = signed(meeting, group)
    address = reverse("steering:minutes_signed", args=[meeting.pk])
    for user, status in [
        (group.members[2], 200),
        (group.secretary, 200),
        (group.expert, 404),
        (group.deputies[0], 404),
    ]:
        assert opens(user).opens(address).status == status
    paper = minutes.papers.first()
    assert (
        opens(group.secretary).opens(reverse("steering:minutes_paper", args=[paper.key])).status == 404
    )  # not made


def test_a_paper_that_could_not_be_made_is_asked_for_again(group, opens):
    meeting = held(group)
    minutes = checked(meeting, group)
    minutes.papers.update(state="failed", reason="x")
    secretary = opens(group.secretary)
    assert not opens(group.members[2]).opens(page_of(meeting)).offers("Make the PDF again")
    secretary.presses(secretary.opens(page_of(meeting)), "Make the PDF again")
    assert set(minutes.papers.values_list("state", flat=True)) == {"queued"}


# --- Acts on the pages -----------------------------------------------------------------------------------------


def test_the_page_offers_what_comes_next_to_whose_turn_it_is(group, opens):
    meeting = held(group)
    secretary, checker = opens(group.secretary), opens(group.members[1])
    assert secretary.opens(page_of(meeting)).offers("Name the checkers")
    sent(meeting, group)
    page = checker.opens(page_of(meeting))
    assert page.offers("Approve the minutes")
    assert "waiting for" in page.says
    assert not opens(group.chair).opens(page_of(meeting)).offers("Approve the minutes")
    checker.does(page, "Approve the minutes")
    assert not checker.opens(page_of(meeting)).offers("Approve the minutes")
    assert secretary.opens(page_of(meeting)).offers("Take back to the draft")


def test_the_meetings_page_leads_to_the_minutes_and_says_who_checks(group, opens, client):
    meeting = held(group)
    address = meeting.get_absolute_url()
    assert opens(group.secretary).opens(address).offers("Finish the minutes")
    assert not opens(group.members[2]).opens(address).offers("Read the minutes")
    sent(meeting, group)
    page = opens(group.members[1]).opens(address)
    assert page.offers("Check the minutes")
    assert "not yet approved" in page.part("The minutes")
    for checker in group.members[1:3]:
        Minutes.objects.get().approve(by=checker)
    assert b"The minutes" not in client.get(address).content
    found = Minutes.objects.get()
    found.sign(by=group.secretary, file=ContentFile(b"%PDF-1.7", "signed.pdf"), signed_on=clock.today())
    found.publish(by=group.secretary, names_checked=True)
    told = Page(client.get(address)).part("The minutes")
    assert "First published" in told
    assert group.members[1].get_full_name() not in told


def test_a_form_that_was_overtaken_shows_both_and_keeps_what_was_typed(group, opens):
    meeting = held(group)
    drafted(meeting)
    one, other = opens(group.secretary), opens(group.by)
    address = reverse("steering:minutes_word", args=[meeting.pk, 2])
    late = other.opens(address)
    one.presses(one.opens(address), decision_fi="Sihteerin sanamuoto.")
    page = other.presses(late, decision_fi="Myöhäinen sanamuoto.")
    assert "Sihteerin sanamuoto." in page.wrong_with("decision_fi")
    assert page.typed("decision_fi").strip() == "Myöhäinen sanamuoto."
    assert Item.objects.get(meeting=meeting, number=2).decision_fi == "Sihteerin sanamuoto."
    other.presses(page)
    assert Item.objects.get(meeting=meeting, number=2).decision_fi == "Myöhäinen sanamuoto."


def test_the_draft_says_what_is_missing(group, opens):
    meeting = held(group, items=[{**ITEMS[1], "decision_sv": ""}])
    page = opens(group.secretary).opens(page_of(meeting))
    assert "§ 1: the decision has no Swedish text." in page.part("Still missing")
    assert "Name two checkers who sat in the meeting." in page.part("Still missing")


def test_a_draft_that_contradicts_itself_is_shown_as_such(group, opens):
    meeting = held(group)
    meeting.items.filter(number=2).update(opened_at=meeting.opened_at - dt.timedelta(minutes=1))
    page = opens(group.secretary).opens(page_of(meeting))
    assert "The times of the items do not follow one another." in page.part("Still missing")


def test_whose_names_stay_is_asked_on_the_page(group, opens):
    group.expert.name = "Erkki Erityinen"
    group.expert.save()
    meeting = held(group, items=[{**ITEMS[1], "decision_fi": "Kuultiin Erityistä."}])
    signed(meeting, group)
    secretary = opens(group.secretary)
    page = secretary.does(secretary.opens(page_of(meeting)), "Publish the minutes")
    assert "§ 1: Erkki Erityinen" in page.text
    assert Minutes.objects.get().state == "signed"
    page = secretary.presses(page, "Publish the minutes", names_checked="on")
    assert "Published on" in page.says


def test_the_service_centre_settles_how_long_names_stay(group, opens):
    page = opens(group.by).opens(reverse("steering:names_period"))
    page = opens(group.by).presses(
        page, valid_from=day(clock.today()), days="30", decision="Ohjausryhmä § 12"
    )
    assert "30 days" in page.part("What holds")
    assert NamesPeriod.objects.get().days == 30
    assert opens(group.secretary).opens(reverse("steering:names_period")).status == 403


# --- What waits ------------------------------------------------------------------------------------------------


def test_what_waits_for_whom(group, today_is):
    today = clock.today()
    meeting = held(group)
    assert [task.title for task in minutes_home.tasks(group.by, today)] == [
        f"Send the minutes {meeting.number} to the checkers"
    ]
    assert minutes_home.tasks(group.secretary, today) == []
    assert _waits(group.secretary, today) == [f"Send the minutes {meeting.number} to the checkers"]
    sent(meeting, group)
    assert _waits(group.members[1], today) == [f"Check the minutes {meeting.number}"]
    assert _waits(group.chair, today) == []
    assert minutes_home.tasks(group.by, today)[0].text == "0 of 2 checkers have approved."
    other = held(group)
    checked(other, group)
    assert f"Attach the signed minutes {other.number}" in _waits(group.secretary, today)
    matter = a_matter(group)
    assert f"Answer the written procedure {matter.number}" in _waits(group.chair, today)
    matter.answer(by=group.chair, position="for")
    assert _waits(group.chair, today) == []
    matter.step_aside(by=group.members[2], kind="hindered")
    assert _waits(group.deputies[2], today) == [f"Answer the written procedure {matter.number}"]
    matter.answer(by=group.members[1], position="meeting")
    assert [task.title for task in minutes_home.tasks(group.by, today)][-1] == (
        f"Put the written procedure {matter.number} on an agenda"
    )


def _waits(user, today):
    user = type(user).objects.get(pk=user.pk)
    return [task.title for task in minutes_home.duty_tasks(user, today)]


def test_minutes_that_hide_other_items_than_they_should_are_to_be_published_anew(group):
    meeting = held(group)
    published(meeting, group)
    assert minutes_home.outdated(clock.today()) == []
    meeting.items.filter(number=3).update(restricted_ground="")
    assert [task.title for task in minutes_home.outdated(clock.today())] == [
        f"Publish the minutes {meeting.number} anew"
    ]


def test_decisions_are_those_of_published_minutes_that_are_public(group):
    today = clock.today()
    meeting = held(group)
    checked(held(group), group)
    assert minutes_home.decisions(today) == []
    published(meeting, group)
    assert [task.title for task in minutes_home.decisions(today)] == ["Toimintasuunnitelma"]


# --- What a page costs -----------------------------------------------------------------------------------------


@pytest.fixture
def cost(django_assert_max_num_queries, client_of):
    """Return how many questions a page asks the database as a person sees it: ``cost(user, address)``."""

    def of(user, address):
        browser = client_of(user)
        browser.get(address)
        with django_assert_max_num_queries(500) as taken:
            assert browser.get(address).status_code == 200
        return len(taken)

    return of


@pytest.mark.parametrize("name", ["minutes_list", "written_list", "front"])
def test_a_list_costs_the_same_for_any_length(group, cost, name, today_is):
    address = reverse(f"steering:{name}")

    def another(number):
        published(held(group, on=clock.today() - dt.timedelta(days=number)), group)
        checked(held(group, on=clock.today() - dt.timedelta(days=number)), group)
        matter = a_matter(group, closed=number == 2)
        WrittenMatter.objects.filter(pk=matter.pk).update(title_fi=f"Asia {number}")

    another(0)
    one = {user.pk: cost(user, address) for user in (group.by, group.members[2])}
    another(1)
    another(2)
    assert {user.pk: cost(user, address) for user in (group.by, group.members[2])} == one


def test_minutes_cost_the_same_for_any_number_of_items(group, cost):
    few, many = held(group, items=ITEMS), held(group, items=[*ITEMS, *ITEMS, *ITEMS])
    for meeting in (few, many):
        published(meeting, group)
    for user in (group.by, group.members[2], group.expert):
        assert cost(user, page_of(few)) == cost(user, page_of(many))


def test_what_waits_costs_the_same_for_any_number(group, django_assert_max_num_queries):
    def asked():
        user = type(group.by).objects.get(pk=group.by.pk)
        secretary = type(group.by).objects.get(pk=group.secretary.pk)
        with django_assert_max_num_queries(200) as taken:
            minutes_home.tasks(user, clock.today())
            minutes_home.duty_tasks(secretary, clock.today())
            minutes_home.decisions(clock.today())
        return len(taken)

    def another():
        for make in (sent, checked, published):
            make(held(group), group)
        a_matter(group)

    another()
    one = asked()
    another()
    another()
    assert asked() == one


# --- At the same moment ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_both_checkers_approve_at_once_and_the_minutes_are_checked(group, meet):
    minutes = sent(held(group), group)
    meet(Minutes, "awaits")
    acts = [
        partial(Minutes.objects.get(pk=minutes.pk).approve, by=type(user).objects.get(pk=user.pk))
        for user in group.members[1:3]
    ]
    assert kinds(at_once(*acts)) == ["done", "done"]
    minutes.refresh_from_db()
    assert minutes.state == "checked"


@pytest.mark.django_db(transaction=True)
def test_two_word_an_item_at_once_and_one_is_told(group, meet):
    minutes = drafted(held(group))
    item = minutes.meeting.items.get(number=2)
    acts = [
        partial(
            Minutes.objects.get(pk=minutes.pk).word,
            by=user,
            item=item,
            revision=item.revision,
            decision_fi=text,
        )
        for user, text in ((group.secretary, "Yksi."), (group.by, "Toinen."))
    ]
    assert kinds(at_once(*acts)) == ["ValidationError", "done"]


@pytest.mark.django_db(transaction=True)
def test_a_request_and_an_answer_at_once_have_one_outcome(group):
    matter = a_matter(group)
    acts = [
        partial(WrittenMatter.objects.get(pk=matter.pk).answer, by=user, position="meeting")
        for user in group.members[:2]
    ]
    assert kinds(at_once(*acts)) == ["WrongState", "done"]
    matter.refresh_from_db()
    assert matter.state == "to_meeting"
    assert matter.answers.count() == 1
    with pytest.raises(ValidationError):
        matter.settle()
