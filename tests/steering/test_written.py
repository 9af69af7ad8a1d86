"""Written procedure worked by hand: settled only if all have answered and nobody asks for a meeting (A 38, 100 §)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steering.quorum import Basis, Lack, Rules
from steering.voting import Choice, Ground
from steering.written import Answer, Position, Reason, State, Uncounted, written
from tests.steering.table import at, group

FOR, AGAINST, MEETING = Position
OPEN, DEADLINE, AFTER = at("9.00"), at("16.00"), at("16.01")
FIVE = group(5)


def answers(told, time="10.00"):
    """Return answers in order: "M1+ M2- M3?" (for, against, asks for a meeting)."""
    signs = {"+": FOR, "-": AGAINST, "?": MEETING}
    return [Answer(each[:-1], signs[each[-1]], at(time)) for each in told.split()]


def go(those, *, of=FIVE, now=AFTER, **others):
    those = answers(those) if isinstance(those, str) else those
    return written(of, those, opened_at=OPEN, deadline=DEADLINE, now=now, **others)


def test_a38_settled_when_all_have_answered_and_the_time_is_over():
    found = go("M1+ M2+ M3+ M4- M5-")
    assert (found.state, found.result, found.ground) == (State.SETTLED, Choice.FOR, Ground.MAJORITY)
    assert (found.ended_at, found.missing, found.reasons) == (DEADLINE, (), ())


def test_100_all_have_answered_but_the_time_is_not_over():
    found = go("M1+ M2+ M3+ M4+ M5+", now=DEADLINE)
    assert (found.state, found.result, found.missing) == (State.OPEN, None, ())


def test_a38_one_who_has_not_answered_sends_it_to_the_meeting():
    found = go("M1+ M2+ M3+ M4+")
    assert (found.state, found.reasons) == (State.TO_MEETING, (Reason.NOT_ALL_ANSWERED,))
    assert (found.missing, found.result) == (("M5",), None)


def test_a38_nobody_has_answered():
    found = go("")
    assert (found.state, len(found.missing)) == (State.TO_MEETING, 5)


def test_a38_one_request_for_a_meeting_is_enough_and_acts_at_once():
    found = go("M1+ M2+ M3? M4+", now=at("11.00"))
    assert (found.state, found.reasons, found.asked_by) == (State.TO_MEETING, (Reason.ASKED,), "M3")
    assert found.ended_at == at("10.00")
    assert [why for _answer, why in found.uncounted] == [Uncounted.AFTER_REQUEST]


def test_a38_a_request_is_not_taken_back():
    found = go([Answer("M3", MEETING, at("10.00")), Answer("M3", FOR, at("10.05"))])
    assert (found.state, found.asked_by) == (State.TO_MEETING, "M3")


def test_a_later_answer_takes_the_place_of_an_earlier_one_until_the_time_is_over():
    later = [Answer("M3", AGAINST, at("15.00")), Answer("M3", FOR, at("16.01"))]
    found = go([*later, *answers("M1+ M2+ M3+ M4- M5-")])
    assert (found.answers[3].position, found.result) == (AGAINST, Choice.AGAINST)
    assert [why for _answer, why in found.uncounted] == [Uncounted.LATE]


@pytest.mark.parametrize(
    ("time", "state"), [("16.00", State.SETTLED), ("16.01", State.TO_MEETING), ("8.59", State.TO_MEETING)]
)
def test_the_deadline_itself_is_in_time(time, state):
    assert go([*answers("M1+ M2+ M3+ M4+"), *answers("M5+", time)]).state is state


def test_104_a_tie_goes_by_the_chairs_position():
    four = group(4)
    assert go("M1+ M2- M3- M4+", of=four).ground is Ground.CHAIR
    assert go("M1- M2- M3+ M4+", of=four).result is Choice.AGAINST


def test_104_a_tie_that_the_chair_may_not_settle_goes_to_the_meeting():
    found = go("M1+ M2- M3- M4+", of=group(4), rules=Rules(chair_settles=False))
    assert (found.state, found.reasons) == (State.TO_MEETING, (Reason.TIE,))


def test_104_a_tie_with_the_chair_in_conflict_goes_by_the_vice_chairs_position():
    found = go("V1- M2+ M3- M4+", of=group(4), in_conflict={"M1"})
    assert (found.result, found.ground) == (Choice.FOR, Ground.CHAIR)


def test_97_the_deputy_answers_for_a_member_in_conflict():
    found = go("M1+ M2+ M3+ M4+ V5- M5+", in_conflict={"M5"})
    assert (found.state, found.answers[5].person) == (State.SETTLED, "V5")
    assert [why for _answer, why in found.uncounted] == [Uncounted.CONFLICT]


def test_97_without_a_deputy_a_seat_in_conflict_takes_no_part():
    found = go("M1+ M2+ M3+ M4+", of=group(5, without_deputy=(5,)), in_conflict={"M5"})
    assert (found.state, found.missing) == (State.SETTLED, ())


def test_c49_too_many_in_conflict_and_it_goes_to_the_meeting():
    conflicted = {"M3", "M4", "M5", "V3", "V4", "V5"}
    found = go("M1+ M2+", in_conflict=conflicted)
    assert (found.state, found.reasons, found.lacks) == (
        State.TO_MEETING,
        (Reason.NO_QUORUM,),
        (Lack.TOO_FEW,),
    )
    found = go("M1+ M2+", in_conflict=conflicted, rules=Rules(basis=Basis.NOT_IN_CONFLICT))
    assert found.state is State.SETTLED


def test_a_deputy_who_was_not_called_cannot_answer():
    found = go("M1+ M2+ M3+ M4+ V5+")
    assert (found.state, found.missing) == (State.TO_MEETING, ("M5",))
    assert found.uncounted[0][1] is Uncounted.BESIDE_MEMBER


def test_a_called_deputy_answers_for_the_hindered_member():
    found = go("M1+ M2+ M3+ M4+ V5-", called={"V5"})
    assert (found.state, found.answers[5].person) == (State.SETTLED, "V5")
    assert go("M1+ M2+ M3+ M4+", called={"V5"}, now=at("12.00")).missing == ("V5",)


@pytest.mark.parametrize("told", ["M1+ M2+ M3+ M4+ V5- M5+", "M1+ M2+ M3+ M4+ M5+ V5-"])
def test_c48_member_and_called_deputy_both_answer_and_the_members_stands(told):
    found = go(told, called={"V5"})
    assert (found.answers[5].person, found.state) == ("M5", State.SETTLED)
    assert [(a.person, why) for a, why in found.uncounted] == [("V5", Uncounted.BESIDE_MEMBER)]


def test_c48_a_deputy_cannot_ask_for_a_meeting_after_the_member_has_answered():
    found = go("M1+ M2+ M3+ M4+ M5+ V5?", called={"V5"})
    assert (found.state, found.asked_by) == (State.SETTLED, None)


@pytest.mark.parametrize("person", ["E", "S", "X"])
def test_those_without_a_seat_cannot_answer_nor_ask_for_a_meeting(person):
    found = go(f"M1+ M2+ M3+ M4+ M5+ {person}?")
    assert (found.state, found.uncounted[0][1]) == (State.SETTLED, Uncounted.NO_SEAT)


def test_a_vacant_seat_without_a_deputy_is_not_waited_for_but_counts_among_the_seats():
    small = group(5, vacant=(3, 4, 5), without_deputy=(3, 4, 5))
    found = go("M1+ M2+", of=small)
    assert (found.missing, found.reasons) == ((), (Reason.NO_QUORUM,))


def test_c47_chair_and_vice_chair_hindered_and_it_goes_to_the_meeting():
    found = go("V1+ V2+ M3+ M4+ M5+", called={"V1", "V2"})
    assert (found.reasons, found.lacks) == ((Reason.NO_QUORUM,), (Lack.NO_CHAIR,))
    assert go("M1+ V2+ M3+ M4+ M5+", called={"V1", "V2"}).state is State.SETTLED


def test_wrong_times_are_refused():
    with pytest.raises(ValueError, match="deadline"):
        written(FIVE, [], opened_at=DEADLINE, deadline=OPEN, now=AFTER)
    with pytest.raises(ValueError, match="future"):
        go(answers("M1+", "17.00"))


PEOPLE = [f"{kind}{n}" for n in range(1, 5) for kind in "MV"] + ["E"]
given_answers = st.lists(
    st.builds(
        Answer,
        st.sampled_from(PEOPLE),
        st.sampled_from([FOR, FOR, AGAINST, AGAINST, MEETING]),
        st.integers(8, 17).map(lambda hour: at(f"{hour}.30")),
    ),
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(
    given_answers, st.sets(st.sampled_from(PEOPLE), max_size=3), st.sets(st.sampled_from(PEOPLE), max_size=3)
)
def test_a38_settled_means_all_who_could_have_answered_in_time_and_nobody_asked(those, called, in_conflict):
    found = go(those, of=group(4), now=at("18.00"), called=called, in_conflict=in_conflict)
    assert found.state is not State.OPEN
    counted = list(found.answers.values())
    assert all(OPEN <= each.at <= DEADLINE and each.person not in in_conflict for each in counted)
    if found.state is State.SETTLED:
        assert not found.missing
        assert MEETING not in {each.position for each in counted}
        assert len(counted) >= 3
        for number in range(1, 5):
            able = [p for p in (f"M{number}", f"V{number}") if p not in in_conflict]
            assert number in found.answers or not able
    else:
        assert found.reasons
    lone = {id(each) for each, _why in found.uncounted} | {id(each) for each in counted}
    assert len(lone) <= len(those)
