"""The last day of a term that ends early: never before a day on which the person sat, by the record."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from steering.models import Meeting, Place, Term
from steering.models.facts import facts_of
from tests.factories import DAY
from tests.steering.hall import DAY as MET_ON
from tests.steering.hall import DECIDED, Hall
from tests.steering.test_written_matters import begin
from tests.steering_world import steering_group
from tests.stories.people import Page

pytestmark = pytest.mark.django_db
TODAY = dt.date(2027, 6, 24)


@pytest.fixture(autouse=True)
def in_english(settings):
    """Refusals are read in English."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def voted(today_is):
    """A meeting that decided its item by roll call two weeks ago."""
    hall = Hall(seats=3, items=("Ainoa",))
    hall.begin()
    item = hall.take(1, "13.10")
    item.put(by=hall.s, way="roll_call")
    item.cast_for(by=hall.s, choices={user.pk: "for" for user in hall.m})
    item.close_vote(by=hall.s)
    item.decide(by=hall.s, **DECIDED)
    hall.meeting.close(by=hall.s)
    today_is(TODAY)
    return hall


def ends(term, by, last_day):
    Term.objects.get(pk=term.pk).resign(by=by, last_day=last_day, because="x")


@pytest.mark.parametrize("place", ["m", "v"])
def test_a_term_ends_on_the_day_of_the_last_meeting_at_the_earliest(voted, place):
    term = getattr(voted, place)[2].terms.get()
    before = facts_of(voted.meeting, "fi").items[0].votes
    with pytest.raises(ValidationError, match=r"9\.6\.2027") as error:
        ends(term, voted.group.by, MET_ON - DAY)
    assert "last_day" in error.value.error_dict
    ends(term, voted.group.by, MET_ON)
    assert facts_of(Meeting.objects.get(), "fi").items[0].votes == before


def test_a_meeting_that_was_only_called_or_of_another_time_binds_nothing(voted):
    Meeting.objects.update(state="called", opened_at=None, closed_at=None)
    ends(voted.m[2].terms.get(), voted.group.by, MET_ON - DAY)
    assert voted.m[2].terms.get().ends_earliest() is None


def test_a_matter_sent_in_writing_binds_too(today_is):
    today_is(TODAY - 5 * DAY)
    group = steering_group(seats=3)
    begin(group)
    today_is(TODAY)
    term = group.members[2].terms.get()
    assert term.ends_earliest() == TODAY - 5 * DAY
    with pytest.raises(ValidationError, match="asked in writing"):
        ends(term, group.by, TODAY - 6 * DAY)
    ends(term, group.by, TODAY - 5 * DAY)


def test_the_page_offers_a_day_that_is_accepted_where_the_municipality_left_before_the_meeting(
    voted, client_of
):
    term = voted.m[2].terms.get()
    membership = term.municipality.memberships.get()
    type(membership).objects.filter(pk=membership.pk).update(
        period=(membership.period.lower, MET_ON - 9 * DAY)
    )
    browser, address = client_of(voted.group.by), reverse("steering:term_resign", args=[term.pk])
    shown = Page(browser.get(address))
    assert "31.5.2027" not in shown.typed("last_day") and shown.typed("last_day") == "9.6.2027"
    assert "9.6.2027 or later" in shown.text
    typed = {"because": "Eroaa", "deputy_takes_over": "no"}
    shown = Page(browser.post(address, typed | {"last_day": "31.5.2027"}))
    assert "the last day is that day or later" in shown.text
    browser.post(address, typed | {"last_day": "9.6.2027"})
    assert Term.objects.get(pk=term.pk, place=Place.MEMBER).ends_on == MET_ON
