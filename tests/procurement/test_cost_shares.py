"""One bill shared among participants: each share reckoned again by hand, the sum met to the cent, refusals as codes."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.cost_shares import Code, Method, Participant, Refused, Terms, reckon

ALAVIESKA = Participant("009", residents=2447, use=120)
RAUTALAMPI = Participant("686", residents=2964, use=0)
HELSINKI = Participant("091", residents=664028, use=9880)
ALL = (ALAVIESKA, RAUTALAMPI, HELSINKI)


def euros(shares):
    """Return the shares as text, in order."""
    return [f"{share.amount:f}" for share in shares.shares]


def test_by_residents_each_line_is_its_part_of_the_bill():
    found = reckon(Terms(Method.RESIDENTS, Decimal(40000)), ALL)
    # 40 000 × 2 447 / 669 439 = 146,2119…; × 2 964 = 177,1035…; × 664 028 = 39 676,6845…
    assert euros(found) == ["146.21", "177.10", "39676.69"]
    assert (found.total, found.uncovered) == (Decimal("40000.00"), 0)
    assert found.shares[0].steps[0].own == 2447
    assert found.shares[0].steps[0].all == 669439
    assert [share.odd for share in found.shares] == [0, 0, Decimal("0.01")]


def test_equally_the_odd_cent_goes_by_the_key():
    found = reckon(Terms(Method.EQUAL, Decimal(100)), ALL)
    assert euros(found) == ["33.34", "33.33", "33.33"]


def test_by_use_who_used_nothing_pays_nothing():
    found = reckon(Terms(Method.USE, Decimal(10000)), ALL)
    assert euros(found) == ["120.00", "0.00", "9880.00"]


def test_mixed_the_parts_of_a_line_add_up():
    parts = {"equal": Decimal("0.4"), "residents": Decimal("0.6")}
    found = reckon(Terms(Method.MIXED, Decimal(1000), parts=parts), ALL)
    # 400 / 3 + 600 × 2 447 / 669 439 = 133,33… + 2,1931… = 135,5265…
    assert euros(found) == ["135.53", "135.99", "728.48"]
    assert [(str(step.by), step.sum) for step in found.shares[0].steps] == [
        ("equal", 400),
        ("residents", 600),
    ]


def test_floor_and_cap_bind_and_the_others_share_the_rest():
    found = reckon(Terms(Method.RESIDENTS, Decimal(40000), floor=Decimal(150), cap=Decimal(30000)), ALL)
    # Helsinki at the cap: 10 000 are left for 5 411 residents
    assert [share.limit for share in found.shares] == ["", "", "cap"]
    assert euros(found) == ["4522.27", "5477.73", "30000.00"]
    assert (found.shares[0].steps[0].sum, found.shares[0].steps[0].all) == (10000, 5411)


def test_a_floor_lifts_the_small_ones():
    found = reckon(Terms(Method.RESIDENTS, Decimal(40000), floor=Decimal(150)), ALL)
    assert [share.limit for share in found.shares] == ["floor", "", ""]
    assert found.shares[0].amount == 150
    assert found.total == 40000


def test_what_the_caps_leave_is_uncovered_and_never_pushed_above_one():
    found = reckon(Terms(Method.EQUAL, Decimal(100), cap=Decimal(30)), ALL)
    assert euros(found) == ["30.00"] * 3
    assert found.uncovered == 10


def test_a_first_year_of_eight_months_takes_eight_twelfths_of_everything():
    """The pattern of a national e-library: 0.70 € a resident, 8/12 in the first year."""
    found = reckon(
        Terms(Method.PRICE, price=Decimal("0.70"), months=8), [Participant("686", residents=2964, months=8)]
    )
    assert euros(found) == ["1383.20"]  # 2 964 × 0,70 = 2 074,80; × 8 / 12
    found = reckon(
        Terms(Method.EQUAL, Decimal(1200), floor=Decimal(150), months=8),
        [Participant(key, months=8) for key in "abc"],
    )
    assert (found.amount, found.floor, euros(found)) == (800, 100, ["266.67", "266.67", "266.66"])


def test_who_comes_in_mid_year_weighs_by_its_months():
    found = reckon(Terms(Method.EQUAL, Decimal(1800)), [Participant("a"), Participant("b", months=6)])
    assert euros(found) == ["1200.00", "600.00"]


def test_a_price_a_resident_has_its_smallest_and_largest_share():
    terms = Terms(Method.PRICE, price=Decimal("0.7"), floor=Decimal(2000), cap=Decimal(5000))
    found = reckon(terms, ALL)
    assert euros(found) == ["2000.00", "2074.80", "5000.00"]
    assert found.total == found.amount == Decimal("9074.80")


@pytest.mark.parametrize(
    ("terms", "people", "code", "keys"),
    [
        (Terms(Method.EQUAL, Decimal(1)), (), Code.NOBODY, ()),
        (Terms(Method.EQUAL), ALL, Code.NO_AMOUNT, ()),
        (Terms(Method.PRICE), ALL, Code.NO_PRICE, ()),
        (Terms(Method.EQUAL, Decimal(-1)), ALL, Code.NEGATIVE, ()),
        (Terms(Method.EQUAL, Decimal("0.005")), ALL, Code.CENTS, ()),
        (Terms(Method.EQUAL, Decimal(1), months=8), ALL, Code.MONTHS, ("009", "686", "091")),
        (Terms(Method.MIXED, Decimal(1), parts={"equal": Decimal("0.5")}), ALL, Code.PARTS, ()),
        (Terms(Method.MIXED, Decimal(1), parts={"area": Decimal(1)}), ALL, Code.PARTS, ()),
        (Terms(Method.RESIDENTS, Decimal(1)), (ALAVIESKA, Participant("686")), Code.RESIDENTS, ("686",)),
        (Terms(Method.USE, Decimal(1)), (ALAVIESKA, Participant("686")), Code.USE, ("686",)),
        (Terms(Method.USE, Decimal(1)), (RAUTALAMPI,), Code.NO_USE, ()),
        (Terms(Method.EQUAL, Decimal(1), floor=Decimal(2), cap=Decimal(1)), ALL, Code.LIMITS, ()),
        (Terms(Method.EQUAL, Decimal(1), floor=Decimal("0.5")), ALL, Code.FLOORS, ()),
    ],
)
def test_what_cannot_be_reckoned_is_refused_by_a_code(terms, people, code, keys):
    with pytest.raises(Refused) as refused:
        reckon(terms, people)
    assert (refused.value.code, refused.value.keys) == (code, keys)


def test_a_float_is_no_money():
    with pytest.raises(TypeError):
        reckon(Terms(Method.EQUAL, 0.1), ALL)


people = st.lists(
    st.tuples(st.integers(1, 700_000), st.integers(0, 10**6), st.integers(1, 12)), min_size=1, max_size=12
)
euro = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


@given(
    people,
    euro,
    st.sampled_from([Method.EQUAL, Method.RESIDENTS, Method.MIXED]),
    st.integers(1, 12),
    st.one_of(st.none(), euro),
    st.integers(0, 5000),
)
def test_the_sum_is_met_to_the_cent_and_every_line_can_be_reckoned_again(
    rows, amount, method, months, cap, floor
):
    participants = [Participant(f"{n}", r, u, min(m, months)) for n, (r, u, m) in enumerate(rows)]
    parts = {"equal": Decimal("0.25"), "residents": Decimal("0.75")} if method == Method.MIXED else {}
    terms = Terms(method, amount, floor=Decimal(floor) / 100, cap=cap, months=months, parts=parts)
    try:
        found = reckon(terms, participants)
    except Refused as refused:
        assert refused.code in {Code.LIMITS, Code.FLOORS}
        return
    assert found.total + found.uncovered == found.amount
    for share in found.shares:
        assert found.cap is None or share.amount <= found.cap
        if share.limit == "cap":
            assert share.amount == found.cap
        elif share.limit == "floor":
            assert share.amount == found.floor
        else:
            assert abs(Fraction(share.amount) - share.exact) < Fraction(1, 100) or found.uncovered
            assert sum(step.product for step in share.steps) == share.exact
