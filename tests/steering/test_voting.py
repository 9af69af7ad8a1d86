"""Votes worked by hand: consensus and roll call, ties, late and double votes, drops, dissent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steering.quorum import Rules
from steering.voting import (
    Cast,
    Choice,
    Dissent,
    Gone,
    Ground,
    Hindrance,
    Refusal,
    by_consensus,
    by_roll_call,
    dissent_hindrance,
    gone_during,
)
from tests.steering.table import at, group, members, there

FOR, AGAINST, BLANK = Choice
TEN, ELEVEN = group(10), group(11)
OPEN, CLOSE = at("14.00"), at("14.05")


def casts(ayes=(), noes=(), blanks=(), time="14.02"):
    """Return votes of members by the numbers of their seats."""
    told = [(ayes, FOR), (noes, AGAINST), (blanks, BLANK)]
    return [Cast(f"M{n}", choice, at(time)) for numbers, choice in told for n in numbers]


def vote(those, attendance, *, of=TEN, **others):
    return by_roll_call(of, attendance, those, opened_at=OPEN, closed_at=CLOSE, **others)


ALL_TEN = there(members(*range(1, 11)) + " E S")


# --- Consensus ---------------------------------------------------------------------------------------------


def test_by_consensus_when_nobody_opposes():
    found = by_consensus(TEN, ALL_TEN, at=CLOSE)
    assert (found.result, found.ground, found.voices) == (FOR, Ground.UNOPPOSED, ())


def test_one_member_opposing_leaves_it_to_a_roll_call():
    found = by_consensus(TEN, ALL_TEN, at=CLOSE, opposed=("M4",))
    assert (found.result, found.ground, found.opposed) == (None, Ground.OPPOSED, ("M4",))


def test_an_expert_or_one_in_conflict_opposing_breaks_no_consensus():
    found = by_consensus(TEN, ALL_TEN, at=CLOSE, opposed=("E", "M4"), in_conflict={"M4"})
    assert (found.result, found.opposed) == (FOR, ())


def test_no_consensus_without_a_quorum():
    found = by_consensus(TEN, there(members(1, 2, 3, 4, 5)), at=CLOSE)
    assert (found.result, found.ground) == (None, Ground.NO_QUORUM)


# --- Roll call and ties (104 §) ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ayes", "noes", "result"),
    [(range(1, 7), range(7, 11), FOR), (range(1, 5), range(5, 11), AGAINST), ([3], (), FOR)],
)
def test_104_the_greater_number_decides(ayes, noes, result):
    found = vote(casts(ayes, noes), ALL_TEN)
    assert (found.result, found.ground) == (result, Ground.MAJORITY)
    assert found.counts == {FOR: len(ayes), AGAINST: len(noes), BLANK: 0}


def test_104_blanks_count_for_neither():
    found = vote(casts((3, 4), (5,), (1, 2, 6, 7, 8, 9, 10)), ALL_TEN)
    assert (found.result, found.counts[BLANK]) == (FOR, 7)


@pytest.mark.parametrize("chairs", [FOR, AGAINST])
def test_104_five_to_five_goes_by_the_chairs_vote(chairs):
    with_chair, others = (1, 2, 3, 4, 5), (6, 7, 8, 9, 10)
    found = vote(casts(*((with_chair, others) if chairs is FOR else (others, with_chair))), ALL_TEN)
    assert (found.result, found.ground) == (chairs, Ground.CHAIR)


def test_104_a_tie_with_the_chair_absent_goes_by_the_vice_chairs_vote():
    found = vote(casts((3, 4, 5, 6), (2, 7, 8, 9)), there(members(*range(2, 10))))
    assert (found.quorum.chair, found.result, found.ground) == ("M2", AGAINST, Ground.CHAIR)


def test_104_a_tie_with_the_chair_in_conflict_goes_by_the_vice_chairs_vote():
    found = vote(casts((1, 3, 4, 5, 6), (2, 7, 8, 9)), ALL_TEN, in_conflict={"M1"})
    assert (found.result, found.ground, found.counts[FOR]) == (AGAINST, Ground.CHAIR, 4)
    assert [each.why for each in found.refused] == [Refusal.CONFLICT]


def test_104_a_tie_goes_by_the_chair_whom_the_meeting_chose():
    found = vote(casts((3, 4, 5), (6, 7, 8)), there(members(*range(3, 9))), chosen="M7")
    assert (found.result, found.ground) == (AGAINST, Ground.CHAIR)


def test_104_the_chairs_deputy_settles_no_tie():
    attendance = there(members(2, 3, 4, 5, 6, 7, 8) + " V1")
    those = [*casts((2, 3, 4, 5), (6, 7, 8)), Cast("V1", AGAINST, at("14.02"))]
    found = vote(those, attendance)
    assert (found.counts[FOR], found.counts[AGAINST], found.result) == (4, 4, FOR), "the vice-chair's vote"


@pytest.mark.parametrize("chairs", [(), (1,)])
def test_104_a_tie_in_which_the_chair_voted_blank_or_not_settles_nothing(chairs):
    found = vote(casts((2, 3, 4, 5), (6, 7, 8, 9), chairs), ALL_TEN)
    assert (found.result, found.ground) == (None, Ground.TIE)


def test_104_only_if_the_rules_of_procedure_say_so():
    found = vote(casts(range(1, 6), range(6, 11)), ALL_TEN, rules=Rules(chair_settles=False))
    assert (found.result, found.ground) == (None, Ground.TIE)


def test_all_blank_or_nobody_settles_nothing():
    for those in (casts((), (), range(1, 11)), []):
        assert vote(those, ALL_TEN).ground is Ground.NO_VOTES


def test_a_vote_without_a_quorum_at_its_close_decides_nothing():
    found = vote(casts(range(1, 6)), there(members(1, 2, 3, 4, 5), M6="13.00-14.03"))
    assert (found.result, found.ground, found.quorum.present) == (None, Ground.NO_QUORUM, 5)


# --- Who may vote at the close (C 48, C 50) ----------------------------------------------------------------


def test_c50_a_remote_member_who_drops_out_before_the_close_is_not_counted():
    attendance = there(members(*range(1, 10)), M10="13.00-14.03x")
    found = vote(casts((1, 2, 3, 4), (5, 6, 7, 8, 10)), attendance)
    assert (found.counts[AGAINST], found.result, found.ground) == (4, FOR, Ground.CHAIR)
    assert [(each.cast.person, each.why) for each in found.refused] == [("M10", Refusal.NOT_PRESENT)]
    assert gone_during(TEN, attendance, OPEN, CLOSE) == (Gone("M10", at("14.03"), True, None),)


def test_c50_one_who_is_back_before_the_close_is_counted():
    attendance = there(members(*range(1, 10)), M10="13.00-14.03x 14.04")
    found = vote(casts((1, 2, 3, 4), (5, 6, 7, 8, 10)), attendance)
    assert (found.result, found.ground) == (AGAINST, Ground.MAJORITY)
    assert gone_during(TEN, attendance, OPEN, CLOSE) == (Gone("M10", at("14.03"), True, at("14.04")),)


def test_c50_the_chair_may_take_it_again():
    attendance = there(members(*range(1, 10)), M10="13.00-14.03x 14.08")
    again = by_roll_call(
        TEN,
        attendance,
        casts((1, 2, 3, 4), (5, 6, 7, 8, 10), time="14.11"),
        opened_at=at("14.10"),
        closed_at=at("14.12"),
    )
    assert (again.result, again.refused) == (AGAINST, ())
    assert gone_during(TEN, attendance, at("14.10"), at("14.12")) == ()


def test_c50_one_who_arrives_during_the_vote_may_vote():
    found = vote(casts((1, 2, 3), (4, 5, 10)), there(members(*range(1, 9)), M10="14.01"))
    assert found.choice_of("M10") is AGAINST


def test_c48_the_deputys_vote_beside_the_member_is_not_counted():
    those = [*casts((1, 2, 3), (4,)), Cast("V4", AGAINST, at("14.02"))]
    found = vote(those, there(members(*range(1, 9)) + " V4"))
    assert found.counts[AGAINST] == 1
    assert [each.why for each in found.refused] == [Refusal.BESIDE_MEMBER]


def test_c48_the_deputy_votes_for_the_absent_member_and_the_voice_says_whose_seat_it_is():
    those = [*casts((1, 2)), Cast("V10", AGAINST, at("14.02"))]
    found = vote(those, there(members(*range(1, 8)) + " V10"))
    assert (found.voices[-1].person, found.voices[-1].deputy_for) == ("V10", "M10")
    assert found.voices[0].deputy_for is None


def test_c48_at_the_close_the_seat_is_the_members_who_came_while_the_deputy_had_voted():
    those = [*casts((1, 2, 3)), Cast("V4", AGAINST, at("14.01")), Cast("M4", FOR, at("14.04"))]
    found = vote(those, there(members(1, 2, 3, 5, 6, 7), V4="13.00", M4="14.03"))
    assert (found.choice_of("M4"), found.choice_of("V4"), found.counts[AGAINST]) == (FOR, None, 0)


@pytest.mark.parametrize("person", ["E", "S", "X"])
def test_expert_secretary_and_visitor_have_no_vote(person):
    found = vote([Cast(person, FOR, at("14.02"))], ALL_TEN)
    assert (found.refused[0].why, found.voices) == (Refusal.NO_SEAT, ())


def test_97_the_deputy_of_one_in_conflict_votes():
    those = [Cast("M3", FOR, at("14.01")), Cast("V3", AGAINST, at("14.02"))]
    found = vote(those, there(members(*range(1, 8)) + " V3"), in_conflict={"M3"})
    assert (found.result, [each.why for each in found.refused]) == (AGAINST, [Refusal.CONFLICT])


def test_those_who_had_a_vote_and_gave_none_are_named():
    assert vote(casts((1, 2, 3), (4, 5)), ALL_TEN).silent == ("M6", "M7", "M8", "M9", "M10")


# --- Twice, late, early ------------------------------------------------------------------------------------


def test_a_vote_sent_twice_is_one_vote():
    found = vote([*casts((1,), time="14.01"), *casts((1,), time="14.02")], ALL_TEN)
    assert (found.counts[FOR], found.refused[0].why) == (1, Refusal.SENT_TWICE)


def test_c23_of_two_different_votes_the_first_stands():
    found = vote([*casts((1,), time="14.01"), *casts((), (1,), time="14.02")], ALL_TEN)
    assert (found.choice_of("M1"), found.refused[0].why) == (FOR, Refusal.ANOTHER_CHOICE)


def test_c23_unless_it_is_changed_knowingly_before_the_close():
    first, second = Cast("M1", FOR, at("14.01")), Cast("M1", AGAINST, at("14.02"), changes=True)
    found = vote([second, first], ALL_TEN)
    assert (found.choice_of("M1"), found.refused) == (AGAINST, ())
    late = vote([first, second._replace(at=at("14.06"))], ALL_TEN)
    assert (late.choice_of("M1"), late.refused[0].why) == (FOR, Refusal.LATE)


@pytest.mark.parametrize(
    ("time", "why"), [("13.59", Refusal.EARLY), ("14.00", None), ("14.05", None), ("14.06", Refusal.LATE)]
)
def test_a_vote_counts_from_the_opening_to_the_close_both_included(time, why):
    found = vote(casts((3,), time=time), ALL_TEN)
    assert (found.refused[0].why if found.refused else None) is why
    assert len(found.voices) == (why is None)


def test_a_vote_does_not_close_before_it_was_opened():
    with pytest.raises(ValueError, match="closes after"):
        by_roll_call(TEN, ALL_TEN, [], opened_at=CLOSE, closed_at=OPEN)


# --- Dissent (106 §) ---------------------------------------------------------------------------------------

LOST = vote(casts(range(1, 7), (7, 8), (9,)), ALL_TEN)


@pytest.mark.parametrize(
    ("dissent", "why"),
    [
        (Dissent("M7", at("14.06"), "Too dear."), None),
        (Dissent("M7", at("14.06")), None),
        (Dissent("M1", at("14.06"), "No."), Hindrance.DID_NOT_OPPOSE),
        (Dissent("M9", at("14.06"), "No."), Hindrance.DID_NOT_OPPOSE),
        (Dissent("M10", at("14.06"), "No."), Hindrance.DID_NOT_OPPOSE),
        (Dissent("M10", at("14.06"), "No.", proposed_otherwise=True), None),
        (Dissent("E", at("14.06"), "No.", proposed_otherwise=True), Hindrance.TOOK_NO_PART),
        (Dissent("V7", at("14.06"), "No."), Hindrance.TOOK_NO_PART),
        (Dissent("M7", at("14.04"), "No."), Hindrance.BEFORE_DECISION),
        (Dissent("M7", at("14.31"), "No."), Hindrance.NOT_AT_ONCE),
        (Dissent("M7", at("14.06"), "No.", at("16.00")), Hindrance.TEXT_TOO_LATE),
        (Dissent("M7", at("14.06"), "No.", at("15.59")), None),
    ],
)
def test_106_dissent_is_for_those_who_opposed_at_once_and_its_text_before_the_check(dissent, why):
    assert dissent_hindrance(dissent, LOST, item_closed_at=at("14.30"), checked_at=at("16.00")) is why


# --- Always ------------------------------------------------------------------------------------------------

PEOPLE = [f"{kind}{n}" for n in range(1, 6) for kind in "MV"] + ["E", "X"]
sent = st.lists(
    st.builds(
        Cast,
        st.sampled_from(PEOPLE),
        st.sampled_from(Choice),
        st.integers(0, 59).map(lambda m: at(f"14.{m:02}")),
        st.booleans(),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(sent, st.sets(st.sampled_from(PEOPLE), min_size=4), st.sets(st.sampled_from(PEOPLE), max_size=3))
def test_no_seat_has_two_votes_and_every_vote_sent_is_counted_or_told_why(those, present, in_conflict):
    five = group(5)
    found = by_roll_call(
        five,
        there(" ".join(present)),
        those,
        opened_at=at("14.10"),
        closed_at=at("14.40"),
        in_conflict=in_conflict,
    )
    seats = [voice.seat for voice in found.voices]
    assert len(set(seats)) == len(seats)
    assert {voice.person for voice in found.voices} | set(found.silent) == set(found.quorum.voters)
    assert not {voice.person for voice in found.voices} & in_conflict
    changed = len(those) - len(found.refused) - len(found.voices)
    assert 0 <= changed <= sum(each.changes for each in those)
    ayes, noes = found.counts[FOR], found.counts[AGAINST]
    if found.result:
        assert found.quorum.is_reached
        assert {FOR: ayes >= noes, AGAINST: noes >= ayes}[found.result]
        if ayes == noes:
            assert found.result == found.choice_of(found.quorum.chair)
