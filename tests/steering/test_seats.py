"""Terms, candidates, appointments and representativeness, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steering.quorum import Office
from steering.seats import (
    Appointment,
    Candidate,
    Hindrance,
    Municipality,
    Place,
    Side,
    Term,
    clashes,
    hindrances,
    representation,
    size_class,
)

D = Decimal
FIRST, LAST = date(2027, 1, 1), date(2028, 12, 31)
DECISION = Appointment(
    date(2026, 12, 10), "HEL 2026-014100", FIRST, LAST, "§ 118", "Director of Library Services"
)
CODES = frozenset({"009", "091", "853", "317", "638", "736"})


def term(seat, person, municipality="009", place=Place.MEMBER, starts_on=FIRST, ends_on=LAST, office=None):
    return Term(seat, person, municipality, starts_on, ends_on, place, office)


def codes(found):
    return [each.code for each in found]


# --- Terms that cannot overlap (A 40) ----------------------------------------------------------------------


def test_a40_two_people_cannot_hold_one_seat_at_once():
    one, other = term(1, "Aino"), term(1, "Bertta", starts_on=date(2028, 12, 31), ends_on=date(2030, 12, 31))
    assert [(each.code, each.about) for each in clashes([other, one])] == [
        (Hindrance.SEAT_TAKEN, (one, other))
    ]


def test_a40_one_after_the_other_can():
    assert (
        clashes([term(1, "Aino"), term(1, "Bertta", starts_on=date(2029, 1, 1), ends_on=date(2030, 12, 31))])
        == ()
    )


def test_a40_member_and_deputy_hold_one_seat_together_but_not_as_one_person():
    assert clashes([term(1, "Aino"), term(1, "Bertta", place=Place.DEPUTY)]) == ()
    assert codes(clashes([term(1, "Aino"), term(1, "Aino", place=Place.DEPUTY)])) == [Hindrance.PERSON_TWICE]


def test_a40_one_person_cannot_hold_two_seats_nor_be_deputy_of_two():
    assert codes(clashes([term(1, "Aino"), term(2, "Aino")])) == [Hindrance.PERSON_TWICE]
    deputies = [term(n, "Aino", place=Place.DEPUTY) for n in (1, 2)]
    assert codes(clashes(deputies)) == [Hindrance.PERSON_TWICE]


def test_a40_there_is_one_chair_at_a_time():
    two = [term(1, "Aino", office=Office.CHAIR), term(2, "Bertta", office=Office.CHAIR)]
    assert codes(clashes(two)) == [Hindrance.OFFICE_TWICE]
    assert clashes([two[0], term(2, "Bertta", office=Office.VICE_CHAIR)]) == ()


def test_a40_the_same_person_may_follow_on():
    assert (
        clashes([term(1, "Aino"), term(1, "Aino", starts_on=date(2029, 1, 1), ends_on=date(2030, 12, 31))])
        == ()
    )


days = st.integers(0, 40).map(lambda n: date.fromordinal(FIRST.toordinal() + n))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(days, days).map(sorted), max_size=6))
def test_a40_a_seat_without_clashes_has_one_holder_on_each_day(spans):
    terms = [term(1, n, starts_on=start, ends_on=end) for n, (start, end) in enumerate(spans)]
    most = max(
        (sum(each.holds(date.fromordinal(FIRST.toordinal() + n)) for each in terms) for n in range(41)),
        default=0,
    )
    assert (most > 1) == bool(clashes(terms))


# --- Candidates and appointment ----------------------------------------------------------------------------


def test_a40_a_chair_and_her_deputy_can_be_appointed_by_one_decision():
    both = [Candidate(1, "Aino", "009", office=Office.CHAIR), Candidate(1, "Bertta", "853", Place.DEPUTY)]
    assert hindrances(DECISION, both, [], members=CODES) == ()


@pytest.mark.parametrize(
    ("decision", "candidates", "code"),
    [
        ({"case_number": " "}, [Candidate(1, "Aino", "009")], Hindrance.NO_DECISION),
        ({"decided_on": None}, [Candidate(1, "Aino", "009")], Hindrance.NO_DECISION),
        ({"ends_on": date(2026, 12, 31)}, [Candidate(1, "Aino", "009")], Hindrance.WRONG_DAYS),
        ({}, [], Hindrance.NOBODY),
        ({}, [Candidate(1, "Aino", "999")], Hindrance.NOT_A_MEMBER),
        ({}, [Candidate(1, "Aino", "009", Place.DEPUTY, Office.CHAIR)], Hindrance.DEPUTY_IN_OFFICE),
        ({}, [Candidate(1, "Aino", "009"), Candidate(1, "Bertta", "853")], Hindrance.SEAT_TAKEN),
        ({}, [Candidate(9, "Cecilia", "009")], Hindrance.SEAT_TAKEN),
        ({}, [Candidate(1, "Cecilia", "009")], Hindrance.PERSON_TWICE),
    ],
)
def test_a_candidate_gets_no_seat_without_a_decision_or_beside_another(decision, candidates, code):
    facts = {name: getattr(DECISION, name) for name in ("decided_on", "case_number", "starts_on", "ends_on")}
    standing = [term(9, "Cecilia")]
    if candidates and candidates[0].seat == 9:
        candidates = [Candidate(9, "Dora", "009")]
    found = hindrances(Appointment(**facts | decision), candidates, standing, members=CODES)
    assert codes(found) == [code]


def test_a_clash_that_was_there_before_is_not_the_candidates():
    standing = [term(8, "Cecilia"), term(9, "Cecilia")]
    assert hindrances(DECISION, [Candidate(1, "Aino", "009")], standing, members=CODES) == ()


# --- Whom the group represents -----------------------------------------------------------------------------

MEMBERS = [
    Municipality("009", "17", "fi", "Joki", 2_447),
    Municipality("091", "01", "fi-sv", "Helmet", 664_028),
    Municipality("853", "02", "fi-sv", "Vaski", 197_900),
    Municipality("317", "17", "fi", "Joki", 2_553),
    Municipality("638", "01", "fi-sv", "Helle", 51_149),
    Municipality("736", "21", "sv", "", 111),
]
SEATS = (1, 2, 3)
HELD = [
    term(1, "Aino", "091"),
    term(1, "Bertta", "638", Place.DEPUTY),
    term(2, "Cecilia", "853", ends_on=date(2027, 6, 30)),
]


def table(**others):
    return representation(SEATS, HELD, MEMBERS, on=date(2027, 3, 1), **others)


def test_a40_region_size_language_network_are_one_table():
    found = table()
    assert [(r.value, r.members, r.residents, r.seats) for r in found.of(Side.REGION)] == [
        ("01", 2, 715_177, 1),
        ("02", 1, 197_900, 1),
        ("17", 2, 5_000, 0),
        ("21", 1, 111, 0),
    ]
    assert [(r.value, r.members, r.seats) for r in found.of(Side.SIZE)] == [
        ((0, 5_000), 3, 0),
        ((20_000, 100_000), 1, 0),
        ((100_000, None), 2, 2),
    ]
    assert [(r.value, r.seats, r.is_unseated) for r in found.of(Side.LANGUAGE)] == [
        ("fi", 0, True),
        ("fi-sv", 2, False),
        ("sv", 0, True),
    ]
    assert [r.value for r in found.of("network")] == ["Helle", "Helmet", "Joki", "Vaski", ""]


def test_a40_each_class_has_its_share_of_the_seats_by_members_and_by_residents():
    finnish, bilingual, _swedish = table().of(Side.LANGUAGE)
    assert (finnish.by_members, finnish.by_residents) == (D("0.7"), D("0.0"))  # 2 of 6, 5 000 of 918 188
    assert (bilingual.by_members, bilingual.by_residents) == (D("1.0"), D("2.0"))


def test_a40_vacant_seats_deputies_missing_and_terms_ending():
    found = table()
    assert (found.vacant, found.deputies_missing) == ((3,), (2, 3))
    assert [each.person for each in found.ending] == ["Cecilia"]
    assert table(ending=date(2027, 6, 29) - date(2027, 3, 1)).ending == ()
    assert len(table(ending=date(2027, 6, 30) - date(2027, 3, 1)).ending) == 1


def test_a40_a_term_that_is_followed_does_not_end_soon():
    after = term(2, "Dora", "853", starts_on=date(2027, 7, 1))
    found = representation(SEATS, [*HELD, after], MEMBERS, on=date(2027, 3, 1))
    assert found.ending == ()


def test_a40_with_these_candidates():
    candidates = [
        Candidate(2, "Dora", "736"),
        Candidate(3, "Eevi", "009"),
        Candidate(3, "Fanni", "317", Place.DEPUTY),
    ]
    found = table(candidates=candidates)
    assert [(r.value, r.seats, r.then) for r in found.of(Side.LANGUAGE)] == [
        ("fi", 0, 1),
        ("fi-sv", 2, 1),
        ("sv", 0, 1),
    ]
    assert (found.seats, found.vacant, found.deputies_missing, found.ending) == (3, (), (2,), ())
    assert not any(row.is_unseated for row in found.of(Side.LANGUAGE))


def test_a_seat_of_a_municipality_that_is_no_member_counts_in_no_row():
    found = representation(SEATS, [term(1, "Aino", "999")], MEMBERS, on=FIRST)
    assert (found.seats, [each.person for each in found.strangers]) == (0, ["Aino"])
    assert sum(row.seats for row in found.rows) == 0


@pytest.mark.parametrize(
    ("residents", "expected"),
    [(0, (0, 5_000)), (4_999, (0, 5_000)), (5_000, (5_000, 20_000)), (100_000, (100_000, None))],
)
def test_size_classes_begin_at_their_figure(residents, expected):
    assert size_class(residents) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([m.code for m in MEMBERS]), max_size=8), st.data())
def test_a40_on_each_side_the_rows_add_up_to_all(homes, data):
    terms = [term(n, f"P{n}", code) for n, code in enumerate(homes)]
    stood = data.draw(st.lists(st.sampled_from([m.code for m in MEMBERS]), max_size=4))
    candidates = [Candidate(n + 100, f"C{n}", code) for n, code in enumerate(stood)]
    found = representation(range(110), terms, MEMBERS, on=FIRST, candidates=candidates)
    for side in Side:
        rows = found.of(side)
        assert sum(row.members for row in rows) == len(MEMBERS)
        assert sum(row.residents for row in rows) == sum(m.residents for m in MEMBERS)
        assert sum(row.seats for row in rows) == len(homes)
        assert sum(row.then for row in rows) == len(homes) + len(stood) == found.seats
