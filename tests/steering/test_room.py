"""The verbs of the day: each does its step, is refused at the wrong moment, and refuses what could not be true."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import WrongState
from steering.models import (
    Action,
    Ballot,
    Conflict,
    Item,
    Meeting,
    MeetingState,
    Movement,
    Outcome,
)
from steering.models.dealing import Overwritten, Settled
from steering.models.facts import facts_of
from tests.steering.hall import DECIDED, NOTED, Hall, at, it_is

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The sentences compared are the English ones."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def hall():
    return Hall()


def refused(code, act, *args, **kwargs):
    """Assert that an act is refused with a code, and return the refusal."""
    with pytest.raises(ValidationError) as caught:
        act(*args, **kwargs)
    found = caught.value
    codes = {each.code for each in found.error_list} if not hasattr(found, "error_dict") else set()
    if hasattr(found, "error_dict"):
        codes = {each.code for errors in found.error_dict.values() for each in errors}
    assert code in codes, found
    return found


# --- Opening and attendance -----------------------------------------------------------------------------


def test_the_chair_opens_and_the_marks_say_who_was_there(hall):
    hall.begin("13.00", [0, 1, 2], visitors=["Xenia Vieras"])
    facts = facts_of(hall.meeting, "fi")
    assert facts.opener == hall.m[0].pk
    assert facts.opened_at == hall.meeting.opened_at
    assert hall.meeting.state == MeetingState.OPEN
    assert hall.meeting.movements.count() == 4


def test_the_vice_chair_opens_where_the_chair_is_absent(hall):
    hall.begin("13.00", [*range(1, 8)])
    assert facts_of(hall.meeting, "fi").opener == hall.m[1].pk


def test_a_meeting_is_opened_once_and_on_its_day(hall):
    hall.begin()
    with pytest.raises(WrongState):
        hall.begin()
    other = Hall.__new__(Hall)
    later = Meeting.objects.create(
        body=hall.group.body,
        year=2027,
        serial=99,
        state=MeetingState.CALLED,
        called_on=clock.today(),
        starts_at=at("13.00") + dt.timedelta(days=1),
        ends_at=at("15.00") + dt.timedelta(days=1),
        made_by=hall.s,
    )
    other.meeting, other.m, other.s = later, hall.m, hall.s
    refused("day", later.begin, by=hall.s, present=[hall.m[0].pk])


def test_a_time_typed_is_of_this_day_and_has_passed(hall):
    hall.begin("13.00")
    it_is("13.30")
    leave = {"by": hall.s, "kind": "left", "people": [hall.m[4].pk]}
    refused("to_come", hall.meeting.mark, at=at("13.31"), **leave)
    refused("early", hall.meeting.mark, at=at("12.59"), **leave)
    refused("day", hall.meeting.mark, at=at("13.10") - dt.timedelta(days=1), **leave)
    hall.meeting.mark(at=at("13.10"), **leave)
    assert Movement.objects.get(kind="left").at == at("13.10")


def test_a_minute_typed_means_after_what_was_settled_in_it(hall):
    hall.begin("13.00", [*range(6)])
    row = hall.decide(1, "13.20")
    hall.meeting.mark(by=hall.s, kind="left", people=[hall.m[5].pk], at=at("13.20"))
    assert Movement.objects.get(kind="left").at > row.closed_at


@pytest.mark.parametrize("kind", ["arrived", "left", "dropped"])
def test_nobody_arrives_twice_or_leaves_without_being_there(hall, kind):
    hall.begin("13.00", [0, 1])
    who = hall.m[0] if kind == "arrived" else hall.m[2]
    refused("idle", hall.meeting.mark, by=hall.s, kind=kind, people=[who.pk])
    refused("nobody", hall.meeting.mark, by=hall.s, kind="left")
    refused("unknown", hall.meeting.mark, by=hall.s, kind="arrived", people=[10**6])


def test_a_mark_is_taken_back_and_stays_on_record(hall):
    hall.begin("13.00", [*range(8)])
    hall.leave("13.10", hall.m[7])
    mark = Movement.objects.get(kind="left")
    it_is("13.12")
    hall.meeting.undo(by=hall.s, movement=mark.pk)
    assert facts_of(hall.meeting, "fi").attendance[hall.m[7].pk][-1].left is None
    assert Movement.objects.filter(kind="left").count() == 1
    refused("undone", hall.meeting.undo, by=hall.s, movement=mark.pk)
    hall.leave("13.14", hall.m[7])
    arrival = Movement.objects.get(user=hall.m[7], kind="arrived")
    refused("order", hall.meeting.undo, by=hall.s, movement=arrival.pk)


def test_a_mark_that_would_take_the_quorum_of_a_decision_is_refused(hall):
    hall.begin("13.00", [*range(6)])
    hall.decide(1, "13.20")
    it_is("13.30")
    found = refused(
        "no_quorum", hall.meeting.mark, by=hall.s, kind="left", people=[hall.m[5].pk], at=at("13.10")
    )
    assert "§ 1 has been decided" in str(found)
    assert not Movement.objects.filter(kind="left").exists()


def test_a_mark_that_changes_who_voted_is_refused_until_the_vote_is_taken_again(hall):
    hall.begin("13.00", [*range(8)])
    row = hall.take(1, "13.10")
    row.put(by=hall.s, way="roll_call")
    row.cast_for(by=hall.s, choices={user.pk: "for" for user in hall.m[:8]})
    it_is("13.15")
    row.close_vote(by=hall.s)
    it_is("13.20")
    gone = {"by": hall.s, "kind": "left", "people": [hall.m[7].pk], "at": at("13.05")}
    refused("vote_outdated", hall.meeting.mark, **gone)


def test_a_vote_on_a_wrong_attendance_is_set_aside_and_taken_anew(hall):
    hall.begin("13.00", [*range(8)])
    row = hall.take(1, "13.10")
    row.put(by=hall.s, way="roll_call")
    row.cast_for(by=hall.s, choices={user.pk: "for" for user in hall.m[:7]} | {hall.m[7].pk: "against"})
    refused("no_vote", row.set_aside, by=hall.s)
    row.close_vote(by=hall.s)
    row.dissent(by=hall.s, user=hall.m[7])
    it_is("13.20")
    row.set_aside(by=hall.s)
    hall.meeting.mark(by=hall.s, kind="left", people=[hall.m[7].pk], at=at("13.05"))
    row.decide(by=hall.s, **DECIDED)
    found = facts_of(hall.meeting, "fi").items[0]
    assert [vote.way for vote in found.votes] == ["consensus"]
    assert found.dissents == ()
    assert [ballot.set_aside_at is None for ballot in row.ballots.all()] == [False, True]


def test_the_item_settled_last_is_taken_up_again_and_no_other(hall):
    hall.begin("13.00", [*range(7)])
    first = hall.decide(1, "13.05")
    second = hall.decide(2, "13.10")
    refused("not_last", first.reopen, by=hall.s)
    it_is("13.15")
    second.reopen(by=hall.s)
    refused("not_settled", second.reopen, by=hall.s)
    hall.meeting.mark(by=hall.s, kind="left", people=[hall.m[5].pk, hall.m[6].pk], at=at("13.08"))
    refused("no_quorum", second.decide, by=hall.s, **DECIDED)
    second.put_off(by=hall.s)
    assert [hall.item(place).outcome for place in (1, 2)] == [Outcome.DECIDED, Outcome.MOVED]


# --- Items ----------------------------------------------------------------------------------------------


def test_one_item_at_a_time_is_in_hand_and_gets_its_section(hall):
    hall.begin()
    row = hall.take(2, "13.05")
    assert row.number == 1
    refused("in_hand", hall.item(1).take_up, by=hall.s)
    refused("in_hand", row.take_up, by=hall.s)
    row.put_back(by=hall.s)
    assert (row.number, row.opened_at) == (None, None)
    assert hall.take(1, "13.06").number == 1


def test_sections_run_through_the_bodys_year(hall):
    hall.begin()
    for place in (1, 2, 3):
        hall.decide(place, f"13.1{place}")
    hall.meeting.close(by=hall.s)
    other = Hall.__new__(Hall)
    other.group, other.m, other.v, other.s = hall.group, hall.m, hall.v, hall.s
    from_here = Meeting.objects.create(
        body=hall.group.body,
        year=2027,
        serial=2,
        state=MeetingState.CALLED,
        called_on=clock.today(),
        starts_at=at("15.00"),
        ends_at=at("16.00"),
        made_by=hall.s,
    )
    Item.objects.create(meeting=from_here, position=1, title_fi="Neljäs", title_sv="Fjärde")
    other.meeting = from_here
    other.begin("15.00")
    assert other.take(1, "15.01").number == 4


def test_what_is_put_is_not_put_back(hall):
    hall.begin()
    row = hall.take(1, "13.05")
    row.put(by=hall.s, way="consensus")
    refused("recorded", row.put_back, by=hall.s)


def test_nothing_is_dealt_with_before_the_meeting_is_open_or_in_a_break(hall):
    with pytest.raises(WrongState):
        hall.item(1).take_up(by=hall.s)
    hall.begin()
    row = hall.take(1, "13.05")
    hall.meeting.refresh_from_db()
    it_is("13.10")
    hall.meeting.adjourn(by=hall.s)
    with pytest.raises(WrongState):
        row.decide(by=hall.s, **DECIDED)
    assert Item.objects.get(pk=row.pk).outcome == ""


def test_an_item_is_settled_once_and_the_second_is_told_how(hall):
    hall.begin()
    first = hall.take(1, "13.05")
    second = Item.objects.get(pk=first.pk)
    first.decide(by=hall.s, **DECIDED)
    with pytest.raises(Settled) as told:
        second.note(by=hall.group.by, decision_fi="Toisin.")
    assert "§ 1 was settled at 13.05: decided" in str(told.value)
    assert Item.objects.get(pk=first.pk).decision_fi == "Hyväksyttiin."


def test_a_decision_needs_its_text(hall):
    hall.begin()
    row = hall.take(1, "13.05")
    with pytest.raises(ValidationError) as told:
        row.decide(by=hall.s)
    assert "Write what was decided." in str(told.value)
    assert not Ballot.objects.exists()


def test_without_a_quorum_an_item_is_noted_or_moved_never_decided(hall):
    hall.begin("13.00", [*range(5)])
    row = hall.take(1, "13.05")
    found = refused("no_quorum", row.decide, by=hall.s, **DECIDED)
    assert "5 of 11 present, 6 needed: no quorum." in str(found)
    refused("no_quorum", row.put, by=hall.s, way="roll_call")
    row.note(by=hall.s, **NOTED)
    row = hall.take(2, "13.10")
    row.put_off(by=hall.s)
    assert [hall.item(place).outcome for place in (1, 2)] == [Outcome.NOTED, Outcome.MOVED]


def test_texts_are_saved_as_they_are_typed(hall):
    hall.begin()
    row = hall.take(1, "13.05")
    before = {"decision_fi": "", "discussion_fi": ""}
    row.write(by=hall.s, before=before, decision_fi="Hyv", discussion_fi="")
    row.write(by=hall.s, before={"decision_fi": "Hyv"}, decision_fi="Hyväksyttiin.")
    assert Item.objects.get(pk=row.pk).decision_fi == "Hyväksyttiin."
    assert AuditEvent.objects.about(row).filter(verb="write").count() == 2


def test_two_who_write_in_different_places_disturb_nobody(hall):
    hall.begin()
    mine = hall.take(1, "13.05")
    theirs = Item.objects.get(pk=mine.pk)
    before = {"decision_fi": "", "discussion_fi": ""}
    theirs.write(by=hall.group.by, before=before, decision_fi="", discussion_fi="Puhuttiin.")
    mine.write(by=hall.s, before=before, decision_fi="Hyväksyttiin.", discussion_fi="")
    row = Item.objects.get(pk=mine.pk)
    assert (row.decision_fi, row.discussion_fi) == ("Hyväksyttiin.", "Puhuttiin.")


def test_two_who_write_in_one_place_both_keep_what_they_wrote(hall):
    hall.begin()
    mine = hall.take(1, "13.05")
    theirs = Item.objects.get(pk=mine.pk)
    theirs.write(by=hall.group.by, before={"decision_fi": ""}, decision_fi="Heidän.")
    with pytest.raises(Overwritten) as told:
        mine.decide(by=hall.s, before={"decision_fi": ""}, decision_fi="Minun.", decision_sv="Min.")
    assert told.value.theirs == {"decision_fi": "Heidän."}
    assert Item.objects.get(pk=mine.pk).decision_fi == "Heidän."
    mine.decide(by=hall.s, before={"decision_fi": "Heidän."}, decision_fi="Minun.", decision_sv="Min.")
    assert Item.objects.get(pk=mine.pk).decision_fi == "Minun."


def test_a_conflict_of_interest_is_recorded_once_and_can_be_taken_back(hall):
    hall.begin("13.00", [*range(6)])
    it_is("13.05")
    row = hall.item(1)
    row.conflict(by=hall.s, user=hall.m[5], ground="toimittajan hallituksessa")
    with pytest.raises(ValidationError) as told:
        row.conflict(by=hall.s, user=hall.m[5], ground="toistamiseen")
    assert "recorded already" in str(told.value)
    row = hall.take(1, "13.06")
    refused("no_quorum", row.decide, by=hall.s, **DECIDED)
    row.no_conflict(by=hall.s, conflict=Conflict.objects.get().pk)
    refused("undone", row.no_conflict, by=hall.s, conflict=Conflict.objects.get().pk)
    it_is("13.07")
    row.decide(by=hall.s, **DECIDED)


def test_a_conflict_that_comes_out_after_the_vote_lets_it_be_taken_again(hall):
    hall.begin("13.00", [*range(8)])
    row = hall.take(1, "13.05")
    row.put(by=hall.s, way="consensus")
    it_is("13.06")
    refused("vote_outdated", row.conflict, by=hall.s, user=hall.m[5], ground="toimittajan hallituksessa")


def test_an_action_of_an_item_has_its_owner_and_day(hall):
    hall.begin()
    row = hall.take(1, "13.05")
    facts = {
        "text_fi": "Valmistellaan.",
        "text_sv": "Bereds.",
        "due_on": clock.today() + dt.timedelta(days=30),
    }
    action = row.add_action(by=hall.s, owner=hall.m[3], **facts)
    assert action == Action.objects.get(decided_in=row)
    row.decide(by=hall.s, **DECIDED)
    assert facts_of(hall.meeting, "sv").items[0].tasks[0].text == "Bereds."
    refused("waiting", hall.item(2).add_action, by=hall.s, owner=hall.m[3], **facts)
