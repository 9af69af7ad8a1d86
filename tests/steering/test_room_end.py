"""The end of the day: a chair chosen, breaks, another day, the close; and what the database itself refuses."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from consortium import clock
from consortium.models import OutgoingEmail
from consortium.workflow import WrongState
from steering.models import (
    Ballot,
    Conflict,
    Item,
    MeetingState,
    Movement,
    Outcome,
    Recess,
)
from steering.models.facts import facts_of
from tests.factories import UserFactory
from tests.steering.hall import DAY, DECIDED, Hall, at, it_is
from tests.steering.test_room import refused
from tests.steering_proposals import received

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The sentences compared are the English ones."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def hall():
    return Hall()


# --- Choosing a chair, breaks, the end ------------------------------------------------------------------


def test_without_chair_and_vice_the_meeting_chooses_one_first(hall):
    hall.begin("13.00", [*range(2, 9)])
    row = hall.take(1, "13.01")
    refused("no_quorum", row.decide, by=hall.s, **DECIDED)
    row.put_back(by=hall.s)
    it_is("13.02")
    chosen = hall.meeting.choose_chair(by=hall.s, user=hall.m[4])
    assert (chosen.position, chosen.number, chosen.outcome) == (1, 1, Outcome.CHAIR_CHOSEN)
    row = hall.decide(2, "13.05")
    facts = facts_of(hall.meeting, "fi")
    assert facts.quorums[row.number].chair == hall.m[4].pk


def test_a_chair_is_chosen_among_those_who_sit_and_only_by_enough(hall):
    hall.begin("13.00", [*range(2, 9)])
    refused("not_seated", hall.meeting.choose_chair, by=hall.s, user=hall.m[10])
    refused("not_seated", hall.meeting.choose_chair, by=hall.s, user=hall.group.expert)
    assert Item.objects.count() == 3
    hall.leave("13.10", *hall.m[4:9])
    refused("no_quorum", hall.meeting.choose_chair, by=hall.s, user=hall.m[2])


def test_a_chair_for_one_item_presides_in_that_alone(hall):
    hall.begin("13.00", [0, *range(2, 9)])
    target = hall.item(2)
    target.conflict(by=hall.s, user=hall.m[0], ground="puolison työnantaja")
    it_is("13.02")
    hall.meeting.choose_chair(by=hall.s, user=hall.m[4], for_item=target)
    hall.decide(3, "13.05")
    row = hall.decide(1, "13.07")
    facts = facts_of(hall.meeting, "fi")
    chairs = [facts.quorums[n].chair for n in (1, 2, 3)]
    assert chairs == [hall.m[0].pk, hall.m[4].pk, hall.m[0].pk]
    assert row.number == 3


def test_a_break_is_recorded_from_when_to_when(hall):
    hall.begin()
    it_is("13.20")
    hall.meeting.adjourn(by=hall.s)
    with pytest.raises(WrongState):
        hall.meeting.mark(by=hall.s, kind="left", people=[hall.m[3].pk])
    it_is("13.35")
    hall.meeting.resume(by=hall.s)
    recess = Recess.objects.get()
    assert (recess.began_at.minute, recess.ended_at.minute) == (20, 35)
    row = hall.take(1, "13.40")
    row.put(by=hall.s, way="roll_call")
    refused("vote", hall.meeting.adjourn, by=hall.s)


def test_a_meeting_closes_when_every_item_has_its_outcome(hall):
    hall.begin()
    row = hall.take(1, "13.05")
    refused("in_hand", hall.meeting.close, by=hall.s)
    row.decide(by=hall.s, **DECIDED)
    found = refused("left", hall.meeting.close, by=hall.s)
    assert "2 items have not been dealt with" in str(found)
    it_is("13.30")
    assert hall.meeting.carry_over(by=hall.s) == 2
    hall.meeting.close(by=hall.s)
    assert hall.meeting.closed_at is not None
    with pytest.raises(WrongState):
        hall.meeting.close(by=hall.m[0])


def test_the_rest_goes_on_another_day_as_a_meeting_of_its_own(hall):
    hall.begin()
    hall.decide(1, "13.05")
    it_is("14.00")
    times = {"starts_at": at("13.00") + dt.timedelta(days=2), "ends_at": at("15.00") + dt.timedelta(days=2)}
    with pytest.raises(ValidationError):
        hall.meeting.continue_on(by=hall.s, starts_at=at("15.00"), ends_at=at("16.00"))
    row = hall.meeting.continue_on(by=hall.s, **times)
    assert hall.meeting.state == MeetingState.CLOSED
    assert (row.continues, row.state) == (hall.meeting, MeetingState.CALLED)
    assert [item.moved_from.position for item in row.items.all()] == [2, 3]
    assert row.calls.count() == 13
    assert [item.outcome for item in hall.meeting.items.all()] == ["decided", "moved", "moved"]


def next_morning(settings):
    settings.MOVED_TODAY = f"{DAY + dt.timedelta(days=1)}T09:00:00"
    clock.STARTED = timezone.now()


IN_TWO_DAYS = {
    "starts_at": at("13.00") + dt.timedelta(days=2),
    "ends_at": at("15.00") + dt.timedelta(days=2),
}


def test_an_item_in_whose_midst_the_meeting_was_adjourned_goes_on_another_day(hall, settings):
    hall.begin()
    hall.decide(1, "13.05")
    item = hall.take(3, "13.20")
    item.conflict(by=hall.s, user=hall.m[5], ground="x", left_at=at("13.20"))
    refused("in_hand", hall.meeting.continue_on, by=hall.s, **IN_TWO_DAYS)
    it_is("14.00")
    hall.meeting.adjourn(by=hall.s)
    next_morning(settings)
    refused("day", hall.meeting.resume, by=hall.s)
    row = hall.meeting.continue_on(by=hall.s, **IN_TWO_DAYS)
    assert hall.meeting.state == MeetingState.CLOSED
    assert [each.moved_from.position for each in row.items.all()] == [3, 2]
    told = [(each.number, each.outcome) for each in hall.meeting.items.order_by("number")]
    assert told == [(1, "decided"), (2, "moved"), (3, "moved")]
    assert Conflict.objects.get().back_at is not None


def test_the_last_item_goes_on_another_day_too(settings):
    hall = Hall(items=("Ainoa",))
    hall.begin()
    hall.take(1, "13.20")
    hall.meeting.adjourn(by=hall.s)
    next_morning(settings)
    row = hall.meeting.continue_on(by=hall.s, **IN_TWO_DAYS)
    assert [each.title_fi for each in row.items.all()] == ["Ainoa"]


def test_a_break_that_ended_the_same_day_is_ended_afterwards_by_its_time(hall, settings):
    hall.begin()
    for place in (1, 2, 3):
        hall.decide(place, f"13.2{place}")
    it_is("14.00")
    hall.meeting.adjourn(by=hall.s)
    next_morning(settings)
    refused("day", hall.meeting.resume, by=hall.s)
    refused("day", hall.meeting.resume, by=hall.s, at=clock.now())
    with pytest.raises(ValidationError, match=r"adjourned at 14\.00"):
        hall.meeting.resume(by=hall.s, at=at("13.59"))
    hall.meeting.resume(by=hall.s, at=at("14.10"))
    assert Recess.objects.get().ended_at == at("14.10")
    hall.meeting.close(by=hall.s)


def test_the_proposer_of_what_is_left_is_told_of_the_other_day(hall):
    proposal = received(hall.group.by)
    hall.meeting.add(by=hall.s, proposal=proposal)
    hall.begin()
    row = hall.meeting.continue_on(by=hall.s, **IN_TWO_DAYS)
    letters = OutgoingEmail.objects.filter(template="steering/emails/proposal_agenda").order_by("pk")
    assert "9.6.2027" in letters.first().body and "11.6.2027" in letters.last().body
    assert row.items.get(proposal=proposal).moved_from.outcome == Outcome.MOVED


# --- The database refuses, too --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("movement_of_somebody", lambda h: Movement.objects.update(visitor="Kaksi")),
        ("recess_one_at_a_time", lambda h: Recess.objects.update(ended_at=None, ended_by=None)),
        ("recess_ends_after_beginning", lambda h: Recess.objects.update(ended_at=at("11.00"))),
        ("ballot_closed_with_ground", lambda h: Ballot.objects.update(ground="")),
        ("ballot_number", lambda h: Ballot.objects.update(number=1)),
        ("ballot_one_at_a_time", lambda h: _reopen()),
        ("ballot_set_aside_once_closed", lambda h: Ballot.objects.update(set_aside_at=at("13.05"))),
        ("item_taken_up_in_order", lambda h: Item.objects.filter(position=1).update(closed_at=at("11.00"))),
        ("item_decided_with_text", lambda h: Item.objects.filter(position=1).update(decision_fi="")),
        (
            "item_chair_chosen_names_one",
            lambda h: Item.objects.filter(position=1).update(outcome="chair_chosen"),
        ),
        ("conflict_back_after_leaving", lambda h: Conflict.objects.update(back_at=at("11.00"))),
        ("conflict_once", lambda h: Conflict.objects.update(undone_at=None)),
    ],
)
def test_the_database_refuses_what_no_verb_writes(hall, name, break_it):
    hall.begin()
    for time in ("13.01", "13.03"):
        it_is(time)
        hall.meeting.adjourn(by=hall.s)
        hall.meeting.resume(by=hall.s)
    row = hall.take(1, "13.05")
    for _n in range(2):
        row.conflict(by=hall.s, user=hall.m[5], ground="x", left_at=at("13.05"))
        row.no_conflict(by=hall.s, conflict=Conflict.objects.last().pk)
    for _n in range(2):
        row.put(by=hall.s, way="consensus")
    row.decide(by=hall.s, **DECIDED)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        break_it(hall)
    assert caught.value.__cause__.diag.constraint_name == name


def _reopen():
    Ballot.objects.update(closed_at=None, closed_by=None, ground="", result="")


def test_a_stranger_is_no_part_of_the_meeting(hall):
    hall.begin("13.00", [*range(8)])
    row = hall.take(1, "13.05")
    row.put(by=hall.s, way="roll_call")
    stranger = UserFactory()
    refused("no_seat", row.cast, by=stranger, choice="for")
