"""Seats, deputies, conflicts of interest and quorum, worked by hand: who sits at a moment and what may be done."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steering.quorum import (
    Act,
    Basis,
    Empty,
    Group,
    Lack,
    Movement,
    Office,
    Role,
    Rules,
    Seat,
    Time,
    Way,
    is_present,
    lost_from,
    quorum,
    sitting,
    stretches,
    times,
)
from tests.steering.table import at, group, members, movements, there

ELEVEN, TEN = group(11), group(10)
NOW = at("14.00")


def seated(found):
    """Return the people who sit, in the order of the seats."""
    return " ".join(found.voters)


# --- More than half (DOMAIN 6, Kuntalaki 103 §) ------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "present", "reached"),
    [(11, 6, True), (11, 5, False), (10, 6, True), (10, 5, False), (1, 1, True), (2, 1, False), (3, 2, True)],
)
def test_103_more_than_half_of_the_seats(size, present, reached):
    found = quorum(group(size), there(members(*range(1, present + 1))), NOW)
    assert (found.is_reached, found.present, found.seats) == (reached, present, size)
    assert found.present * 2 > size or not reached


def test_103_half_is_not_more_than_half():
    found = quorum(TEN, there(members(1, 2, 3, 4, 5)), NOW)
    assert (found.needed, found.lacks) == (6, (Lack.TOO_FEW,))


def test_a_vacant_seat_is_still_a_seat():
    found = quorum(group(10, vacant=(9, 10)), there(members(1, 2, 3, 4, 5)), NOW)
    assert (found.seats, found.needed, found.is_reached) == (10, 6, False)
    assert found.sittings[9].empty is Empty.VACANT


def test_experts_secretary_and_visitors_make_no_quorum():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5) + " E S X"), NOW)
    assert (found.present, found.is_reached) == (5, False)
    assert [ELEVEN.role_of(p) for p in ("M1", "V1", "E", "S", "X")] == list(Role)


# --- Deputies (C 48, STORIES 6.3) ---------------------------------------------------------------------------


def test_c48_a_deputy_sits_for_the_absent_member():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5), V6="13.00"), NOW)
    assert (seated(found), found.is_reached) == ("M1 M2 M3 M4 M5 V6", True)
    assert found.voters["V6"].as_deputy
    assert not found.voters["M5"].as_deputy


def test_c48_member_and_deputy_both_there_are_one_seat_and_the_members():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5), V5="13.00"), NOW)
    assert (seated(found), found.present, found.is_reached) == ("M1 M2 M3 M4 M5", 5, False)


def test_c48_a_deputy_sits_for_no_other_member():
    found = quorum(ELEVEN, there("M1 M2 M3 M4 M5 V5 V4"), NOW)
    assert found.present == 5
    assert found.sittings[5].empty is Empty.ABSENT


def test_6_3_the_member_turns_up_and_takes_the_seat_from_the_deputy():
    attendance = there(members(1, 2), M3="13.40", V3="13.00")
    assert "V3" in quorum(ELEVEN, attendance, at("13.39")).voters
    after = quorum(ELEVEN, attendance, at("13.40"))
    assert "M3" in after.voters
    assert "V3" not in after.voters


def test_6_3_the_deputy_who_stayed_sits_again_when_the_member_goes():
    attendance = there(M3="13.40-14.10", V3="13.00")
    assert [seated(quorum(ELEVEN, attendance, at(time))) for time in ("13.30", "14.09", "14.10")] == [
        "V3",
        "M3",
        "V3",
    ]


def test_the_deputy_of_a_vacant_seat_sits_in_it():
    found = sitting(group(3, vacant=(3,)), there("V3"), NOW)[2]
    assert (found.person, found.as_deputy, found.empty) == ("V3", True, None)


def test_a_deputy_who_is_away_leaves_the_seat_empty():
    found = sitting(ELEVEN, there(V3="13.00-13.30"), NOW)[2]
    assert (found.person, found.empty) == (None, Empty.ABSENT)


def test_c48_the_minutes_get_the_times_of_both():
    attendance = there(M3="13.40-14.10", V3="13.00-14.30")
    assert times(ELEVEN.seats[2], attendance) == (
        Time("V3", at("13.00"), at("13.40"), True),
        Time("M3", at("13.40"), at("14.10"), True),
        Time("V3", at("13.40"), at("14.10"), False),
        Time("V3", at("14.10"), at("14.30"), True),
    )


# --- The chair (C 47, STORIES 6.5) --------------------------------------------------------------------------


def test_c47_the_vice_chair_presides_when_the_chair_is_absent():
    found = quorum(ELEVEN, there(members(2, 3, 4, 5, 6, 7)), NOW)
    assert (found.chair, found.is_reached) == ("M2", True)


def test_c47_both_absent_enough_people_may_choose_a_chair_and_nothing_else_is_decided():
    found = quorum(ELEVEN, there(members(3, 4, 5, 6, 7, 8)), NOW)
    assert (found.lacks, found.chair) == ((Lack.NO_CHAIR,), None)
    assert found.acts == (Act.CHOOSE_CHAIR, Act.NOTE, Act.MOVE)


def test_c47_with_the_chair_it_chose_the_meeting_decides():
    found = quorum(ELEVEN, there(members(3, 4, 5, 6, 7, 8)), NOW, chosen="M5")
    assert (found.chair, found.is_reached) == ("M5", True)


def test_c47_both_absent_and_too_few_cannot_choose_one_either():
    found = quorum(ELEVEN, there(members(3, 4, 5, 6, 7)), NOW)
    assert found.lacks == (Lack.TOO_FEW, Lack.NO_CHAIR)
    assert found.acts == (Act.NOTE, Act.MOVE)


def test_the_deputies_of_chair_and_vice_chair_sit_but_do_not_preside():
    found = quorum(ELEVEN, there(members(3, 4, 5, 6) + " V1 V2"), NOW)
    assert (found.present, found.lacks) == (6, (Lack.NO_CHAIR,))


def test_the_chair_takes_over_on_arrival_from_vice_chair_and_chosen_one():
    attendance = there(members(3, 4, 5, 6, 7, 8), M2="13.20", M1="13.50")
    found = [quorum(ELEVEN, attendance, at(t), chosen="M3").chair for t in ("13.10", "13.30", "13.50")]
    assert found == ["M3", "M2", "M1"]


def test_a_chosen_chair_who_left_presides_no_more():
    found = quorum(ELEVEN, there(members(4, 5, 6, 7, 8, 9), M3="13.00-13.30"), NOW, chosen="M3")
    assert found.lacks == (Lack.NO_CHAIR,)


def test_6_5_the_chair_in_conflict_gives_the_item_to_the_vice_chair():
    found = quorum(ELEVEN, there(members(*range(1, 8))), NOW, in_conflict={"M1"})
    assert (found.chair, found.present, found.is_reached) == ("M2", 6, True)


def test_chair_and_vice_chair_in_conflict_the_meeting_chooses_one_for_the_item():
    everybody = there(members(*range(1, 12)))
    found = quorum(ELEVEN, everybody, NOW, in_conflict={"M1", "M2"})
    assert (found.lacks, Act.CHOOSE_CHAIR in found.acts) == ((Lack.NO_CHAIR,), True)
    assert quorum(ELEVEN, everybody, NOW, in_conflict={"M1", "M2"}, chosen="M3").is_reached


# --- Conflicts of interest (C 49, STORIES 6.4; Hallintolaki 27-28 §) ---------------------------------------


def test_97_one_in_conflict_does_not_sit_even_when_still_in_the_room():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5, 6)), NOW, in_conflict={"M6"})
    assert (found.present, found.is_reached) == (5, False)
    assert found.sittings[5].empty is Empty.CONFLICT


def test_97_the_deputy_takes_the_place_of_a_member_in_conflict():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5, 6) + " V6"), NOW, in_conflict={"M6"})
    assert (seated(found), found.is_reached) == ("M1 M2 M3 M4 M5 V6", True)


def test_97_unless_the_rules_of_procedure_say_otherwise():
    attendance = there(members(1, 2, 3, 4, 5, 6) + " V6")
    found = quorum(ELEVEN, attendance, NOW, in_conflict={"M6"}, rules=Rules(deputy_for_conflict=False))
    assert (found.present, found.sittings[5].empty) == (5, Empty.CONFLICT)


def test_97_a_deputy_in_conflict_does_not_sit_for_an_absent_member():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5) + " V6"), NOW, in_conflict={"V6"})
    assert (found.present, found.sittings[5].empty) == (5, Empty.CONFLICT)


def test_97_a_deputys_conflict_does_not_touch_the_member():
    found = quorum(ELEVEN, there(members(1, 2, 3, 4, 5, 6)), NOW, in_conflict={"V6"})
    assert found.is_reached


def test_c49_by_default_conflicts_alone_take_the_quorum_of_an_item():
    conflicted = {f"M{n}" for n in range(6, 12)}
    found = quorum(ELEVEN, there(members(*range(1, 12))), NOW, in_conflict=conflicted)
    assert (found.present, found.seats, found.needed, found.acts) == (5, 11, 6, (Act.NOTE, Act.MOVE))


def test_c49_reckoned_without_those_in_conflict_the_same_item_can_be_decided():
    conflicted = {f"M{n}" for n in range(6, 12)}
    rules = Rules(basis=Basis.NOT_IN_CONFLICT)
    found = quorum(ELEVEN, there(members(*range(1, 12))), NOW, in_conflict=conflicted, rules=rules)
    assert (found.present, found.seats, found.needed, found.is_reached) == (5, 5, 3, True)


def test_c49_reckoned_without_those_in_conflict_the_absent_still_count():
    rules = Rules(basis=Basis.NOT_IN_CONFLICT)
    found = quorum(ELEVEN, there(members(1, 2, 3, 4)), NOW, in_conflict={"M10", "M11"}, rules=rules)
    assert (found.seats, found.needed, found.is_reached) == (9, 5, False)


def test_a_seat_in_which_the_deputy_sits_for_one_in_conflict_counts_on_either_basis():
    for basis in Basis:
        attendance = there(members(*range(1, 8)) + " V7")
        found = quorum(ELEVEN, attendance, NOW, in_conflict={"M7"}, rules=Rules(basis=basis))
        assert (found.seats, found.present) == (11, 7)


def test_c49_all_in_conflict_decide_nothing_on_either_basis():
    everybody = {f"M{n}" for n in range(1, 12)}
    for basis in Basis:
        found = quorum(
            ELEVEN, there(members(*range(1, 12))), NOW, in_conflict=everybody, rules=Rules(basis=basis)
        )
        assert (found.present, found.is_reached, Act.DECIDE in found.acts) == (0, False, False)


# --- In the course of a meeting (A 37, STORIES 6.7) --------------------------------------------------------


def test_a37_two_leave_at_14_20_and_take_the_quorum_with_them():
    attendance = there(members(1, 2, 3, 4, 5), M6="13.00-14.20", M7="13.00-14.20")
    assert quorum(ELEVEN, attendance, at("14.19")).acts == (Act.DECIDE, Act.NOTE, Act.MOVE)
    found = quorum(ELEVEN, attendance, at("14.20"))
    assert (found.present, found.seats, found.acts) == (5, 11, (Act.NOTE, Act.MOVE))


def test_6_7_no_quorum_from_item_7_earlier_items_stand():
    attendance = there(members(1, 2, 3, 4, 5), M6="13.00-14.20", M7="13.00-14.20")
    ends = {5: "14.00", 6: "14.15", 7: "14.30", 8: "14.40"}
    by_item = {number: quorum(ELEVEN, attendance, at(time)) for number, time in ends.items()}
    assert lost_from(by_item) == 7
    assert [each.is_reached for each in by_item.values()] == [True, True, False, False]


def test_c49_gone_for_one_item_the_next_is_decided_again():
    attendance = there(members(1, 2, 3, 4, 5, 6))
    by_item = {
        4: quorum(ELEVEN, attendance, at("13.30")),
        5: quorum(ELEVEN, attendance, at("13.40"), in_conflict={"M6"}),
        6: quorum(ELEVEN, attendance, at("13.50")),
    }
    assert [each.is_reached for each in by_item.values()] == [True, False, True]
    assert lost_from(by_item) is None


def test_a_quorum_that_came_back_is_there_again_and_lost_only_from_where_it_stays_away():
    attendance = there(members(1, 2, 3, 4, 5), M6="13.00-14.20 14.30-14.40")
    times = {3: "14.19", 4: "14.25", 5: "14.35", 6: "14.40"}
    by_item = {number: quorum(ELEVEN, attendance, at(time)) for number, time in times.items()}
    assert [each.is_reached for each in by_item.values()] == [True, False, True, False]
    assert lost_from(by_item) == 6


def test_one_who_left_and_came_back_is_there_in_both_stretches_only():
    attendance = there(M1="13.00-13.30 13.45-14.00x")
    seen = [is_present(attendance, "M1", at(t)) for t in ("12.59", "13.00", "13.30", "13.45", "14.00")]
    assert seen == [False, True, False, True, False]
    assert [stretch.dropped for stretch in attendance["M1"]] == [False, True]


def test_two_secretaries_marking_the_same_change_nothing():
    marks = movements(M1="13.00-14.00")
    doubled = (*marks, Movement("M1", at("13.01"), Way.ARRIVED), Movement("M1", at("14.01"), Way.LEFT))
    assert stretches(doubled) == stretches(marks) == stretches(reversed(doubled))


def test_nobody_leaves_before_arriving():
    with pytest.raises(ValueError, match="before arriving"):
        stretches([Movement("M1", at("13.00"), Way.LEFT)])


@pytest.mark.parametrize(
    ("seats", "experts"),
    [
        ((), ()),
        ((Seat(1, "A"), Seat(1, "B")), ()),
        ((Seat(1, "A", "B"), Seat(2, "B")), ()),
        ((Seat(1, "A", "A"),), ()),
        ((Seat(1, "A", "B"), Seat(2, "C", "B")), ()),
        ((Seat(1, "A"),), ("A",)),
        ((Seat(1, "A", office=Office.CHAIR), Seat(2, "B", office=Office.CHAIR)), ()),
        ((Seat(1, None, "B", Office.CHAIR),), ()),
    ],
)
def test_a_group_in_which_one_person_has_two_places_is_refused(seats, experts):
    with pytest.raises(ValueError, match=r"group"):
        Group(seats, frozenset(experts))


# --- Always -------------------------------------------------------------------------------------------------

PEOPLE = [f"{kind}{n}" for n in range(1, 6) for kind in "MV"] + ["E", "S", "X"]
marks = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 30), st.integers(1, 30)), max_size=25).map(
    lambda rows: {person: f"13.{start:02}-14.{end:02}" for person, start, end in rows}
)
conflicts = st.sets(st.sampled_from(PEOPLE), max_size=5)
minutes = st.integers(0, 59).map(lambda minute: at(f"13.{minute:02}"))


@settings(max_examples=150, deadline=None)
@given(marks, conflicts, minutes, st.sampled_from(Basis))
def test_a_seat_has_one_vote_and_never_a_stranger_or_one_in_conflict(told, in_conflict, moment, basis):
    five, attendance = group(5), there(**told)
    found = quorum(five, attendance, moment, in_conflict=in_conflict, rules=Rules(basis=basis))
    for sat in found.sittings:
        assert sat.person in (None, sat.seat.member, sat.seat.deputy)
        assert sat.person not in in_conflict
        assert (sat.person is None) != (sat.empty is None)
        if sat.person is not None:
            assert is_present(attendance, sat.person, moment)
        if sat.as_deputy:
            assert sat.seat.member in in_conflict or not is_present(attendance, sat.seat.member, moment)
    assert found.present <= found.seats <= 5
    assert found.is_reached == (2 * found.present > found.seats and found.chair is not None)
    assert (Act.DECIDE in found.acts) is found.is_reached


@settings(max_examples=100, deadline=None)
@given(marks, conflicts, minutes, st.sampled_from(PEOPLE))
def test_one_more_in_conflict_never_makes_a_quorum_of_all_seats(told, in_conflict, moment, other):
    """With deputies, too: a seat that changes hands stays one seat."""
    five, attendance = group(5), there(**told)
    before = quorum(five, attendance, moment, in_conflict=in_conflict)
    after = quorum(five, attendance, moment, in_conflict=in_conflict | {other})
    assert after.present <= before.present
    assert before.is_reached or not after.is_reached


@settings(max_examples=100, deadline=None)
@given(marks)
def test_the_times_of_a_seat_have_one_vote_at_any_moment(told):
    attendance = there(**told)
    for seat in group(5).seats:
        found = times(seat, attendance)
        for moment in {t.start for t in found}:
            here = [t for t in found if t.start <= moment and (t.end is None or moment < t.end)]
            assert sum(t.votes for t in here) == 1
            assert {t.person for t in here} == {
                p for p in (seat.member, seat.deputy) if is_present(attendance, p, moment)
            }
