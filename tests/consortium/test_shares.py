"""Sharing money: the properties it promises, a plain reckoning beside it, and known figures."""

import csv
import decimal
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from consortium.shares import split

# How long one example takes depends on who else uses the machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CENT = Decimal("0.01")
REGISTER = Path(__file__).parents[2] / "members" / "data" / "municipalities.csv"


def by_hand(amount, weights, cap, floor):
    """The exact shares, as fractions, found by looking at every λ where a payer leaves its floor or meets its cap."""
    amount, floor = Fraction(amount), Fraction(floor)
    if cap is not None:
        cap = Fraction(cap)
        floor = min(floor, cap)

    def paid(rate):
        shares = {key: max(rate * Fraction(weight), floor) for key, weight in weights.items()}
        return shares if cap is None else {key: min(share, cap) for key, share in shares.items()}

    heavy = [Fraction(weight) for weight in weights.values() if weight]
    turns = sorted(
        {limit / weight for weight in heavy for limit in (floor, cap) if limit is not None} | {Fraction(0)}
    )
    # Beyond the last turn the sum grows without end, or not at all: one more λ, surely far enough.
    turns.append(turns[-1] + (amount + 1) / min(heavy))
    below = [rate for rate in turns if sum(paid(rate).values()) <= amount]
    if len(below) == len(turns):
        return paid(turns[-1])
    start, end = below[-1], turns[len(below)]
    low, high = sum(paid(start).values()), sum(paid(end).values())
    return paid(start + (end - start) * (amount - low) / (high - low))


def rounded_down(share, unit):
    return int(share / Fraction(unit)) * unit


whole_weights = st.integers(0, 700_000)
decimal_weights = st.decimals(0, 10_000, places=3)
small_weights = st.integers(0, 3)  # many equal ones


@st.composite
def sharings(draw):
    """An amount, payers and limits that can be shared: all at the floor, all at the cap and all between."""
    weights = draw(
        st.one_of(
            st.dictionaries(st.integers(0, 99), kind, min_size=1, max_size=12)
            for kind in (whole_weights, decimal_weights, small_weights, whole_weights | decimal_weights)
        )
    )
    assume(any(weights.values()))
    unit = draw(st.sampled_from([CENT, Decimal("0.05"), Decimal(1), Decimal("2.5")]))
    cap = draw(st.none() | st.integers(0, 2_000))
    floor = draw(st.just(0) | st.integers(0, 300))
    least = len(weights) * (floor if cap is None else min(cap, floor))
    amount = draw(st.just(least) | st.integers(least, least + 9_000))
    if cap is not None:
        amount = draw(
            st.just(amount) | st.just(max(least, cap * sum(1 for weight in weights.values() if weight)))
        )
    limits = {"cap": None if cap is None else cap * unit, "floor": floor * unit, "unit": unit}
    return amount * unit, weights, limits


@unhurried
@given(sharings())
@example((Decimal("300.00"), {"a": 1, "b": 9}, {"cap": None, "floor": Decimal(150), "unit": CENT}))
@example(
    (Decimal("7650.00"), {"a": 1, "b": 900}, {"cap": Decimal(7500), "floor": Decimal(150), "unit": CENT})
)
@example((Decimal("100.00"), {"a": 0, "b": 3}, {"cap": Decimal(40), "floor": Decimal(50), "unit": CENT}))
def test_it_equals_the_reckoning_by_hand(sharing):
    amount, weights, limits = sharing
    truth = by_hand(amount, weights, limits["cap"], limits["floor"])
    unit = limits["unit"]

    fair = split(amount, weights, **limits)
    assert fair.shares == {key: rounded_down(share, unit) for key, share in truth.items()}
    assert list(fair.shares) == list(weights)
    assert fair.uncovered == amount - sum(fair.shares.values())
    assert {share.as_tuple().exponent for share in fair.shares.values()} == {unit.as_tuple().exponent}

    exact = split(amount, weights, **limits, exact=True)
    remainders = {key: share - Fraction(fair.shares[key]) for key, share in truth.items()}
    odd = sum(remainders.values()) / Fraction(unit)
    assert odd.denominator == 1
    raised = sorted(truth, key=lambda key: (-remainders[key], key))[: int(odd)]
    assert exact.shares == {key: share + unit * (key in raised) for key, share in fair.shares.items()}
    assert exact.uncovered == amount - sum(exact.shares.values()) >= 0


@unhurried
@given(sharings(), st.booleans())
def test_nobody_pays_above_the_cap_or_below_the_floor(sharing, exact):
    amount, weights, limits = sharing
    result = split(amount, weights, **limits, exact=exact)
    cap = amount if limits["cap"] is None else limits["cap"]
    floor = limits["floor"] if limits["cap"] is None else min(limits["floor"], limits["cap"])
    assert all(floor <= share <= cap for share in result.shares.values())
    assert all(share % limits["unit"] == 0 for share in result.shares.values())
    assert all(result.shares[key] == floor for key, weight in weights.items() if not weight)


@unhurried
@given(sharings())
def test_fair_shares_follow_the_weights(sharing):
    amount, weights, limits = sharing
    shares = split(amount, weights, **limits).shares
    for key, weight in weights.items():
        for other, more in weights.items():
            assert weight != more or shares[key] == shares[other]
            assert weight > more or shares[key] <= shares[other]


@unhurried
@given(sharings())
def test_exact_shares_follow_the_weights_to_within_a_unit(sharing):
    amount, weights, limits = sharing
    shares = split(amount, weights, **limits, exact=True).shares
    for key, weight in weights.items():
        for other, more in weights.items():
            assert weight > more or shares[key] <= shares[other] + limits["unit"]


@unhurried
@given(sharings(), whole_weights | decimal_weights | small_weights, st.booleans())
def test_one_more_payer_never_raises_anyone(sharing, weight, exact):
    amount, weights, limits = sharing
    before = split(amount, weights, **limits, exact=exact).shares
    floor = limits["floor"] if limits["cap"] is None else min(limits["floor"], limits["cap"])
    assume(floor * (len(weights) + 1) <= amount)
    after = split(amount, weights | {100: weight}, **limits, exact=exact).shares
    slack = limits["unit"] if exact else 0
    assert all(after[key] <= share + slack for key, share in before.items())


@unhurried
@given(sharings())
def test_exact_shares_cover_the_amount_unless_all_are_at_the_cap(sharing):
    amount, weights, limits = sharing
    result = split(amount, weights, **limits, exact=True)
    assert sum(result.shares.values()) + result.uncovered == amount
    if result.uncovered:
        assert all(result.shares[key] == limits["cap"] for key, weight in weights.items() if weight)


@unhurried
@given(sharings())
def test_fair_shares_leave_less_than_a_unit_a_payer_uncovered(sharing):
    amount, weights, limits = sharing
    covered = split(amount, weights, **limits, exact=True)
    fair = split(amount, weights, **limits)
    assert 0 <= fair.uncovered - covered.uncovered < limits["unit"] * len(weights)


@unhurried
@given(sharings(), st.randoms(), st.integers(1, 1000))
def test_neither_the_order_nor_the_scale_of_the_weights_matters(sharing, random, factor):
    amount, weights, limits = sharing
    pairs = [(key, weight * factor) for key, weight in weights.items()]
    random.shuffle(pairs)
    assert split(amount, dict(pairs), **limits, exact=True) == split(amount, weights, **limits, exact=True)


def populations():
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return {row["code"]: int(row["population"]) for row in csv.DictReader(file)}


NAMED = {
    "091": "Helsinki",
    "049": "Espoo",
    "853": "Turku",
    "905": "Vaasa",
    "686": "Rautalampi",
    "009": "Alavieska",
}


@pytest.mark.parametrize(
    ("without", "floor", "expected"),
    [
        ((), 0, ["7500.00", "4205.35", "2726.21", "936.58", "40.83", "33.71", "1.53"]),
        (("091",), 0, ["4672.62", "3029.12", "1040.64", "45.37", "37.45", "1.70"]),
        ((), 150, ["5999.15", "2757.99", "1787.92", "614.24", "150.00", "150.00", "150.00"]),
    ],
)
def test_75000_euros_by_population(without, floor, expected):
    weights = {code: count for code, count in populations().items() if code not in without}
    assert len(weights) == 308 - len(without)
    smallest = min(weights, key=weights.get)  # Sottunga, 111 residents
    assert weights[smallest] == 111
    shown = [code for code in (*NAMED, smallest) if code in weights]

    # To a thousandth of a cent, rounded half up, these are the figures anyone gets with a calculator.
    fine = split(75_000, weights, cap=Decimal(7500), floor=Decimal(floor), unit=Decimal("0.00001")).shares
    figures = [fine[code].quantize(CENT, rounding=ROUND_HALF_UP) for code in shown]
    assert figures == [Decimal(figure) for figure in expected]

    fees = split(Decimal(75_000), weights, cap=Decimal(7500), floor=Decimal(floor))
    assert [fees.shares[code] for code in shown] == [
        fine[code].quantize(CENT, rounding=decimal.ROUND_DOWN) for code in shown
    ]
    assert fees.uncovered == 75_000 - sum(fees.shares.values())
    assert 0 <= fees.uncovered < Decimal("3.08")
    bill = split(Decimal(75_000), weights, cap=Decimal(7500), floor=Decimal(floor), exact=True)
    assert (sum(bill.shares.values()), bill.uncovered) == (75_000, 0)
    assert all(0 <= bill.shares[code] - fee <= CENT for code, fee in fees.shares.items())


def test_who_sits_at_the_floor_and_who_below_fifty_and_a_hundred_euros():
    weights = populations()
    fees = split(Decimal(75_000), weights, cap=Decimal(7500)).shares.values()
    assert sum(fee < 50 for fee in fees) == 107
    assert sum(fee < 100 for fee in fees) == 178
    floored = split(Decimal(75_000), weights, cap=Decimal(7500), floor=Decimal(150)).shares.values()
    assert sum(fee == 150 for fee in floored) == 242
    assert len(floored) * 150 == 46_200


def test_equal_shares_of_75000_euros():
    result = split(Decimal(75_000), dict.fromkeys(range(308), 1), cap=Decimal(7500))
    assert set(result.shares.values()) == {Decimal("243.50")}
    assert result.uncovered == Decimal("2.00")
    exact = split(Decimal(75_000), dict.fromkeys(range(308), 1), cap=Decimal(7500), exact=True).shares
    assert [key for key, share in exact.items() if share == Decimal("243.51")] == list(range(200))


@pytest.mark.parametrize(("payers", "uncovered"), [(9, 7_500), (10, 0), (1, 67_500)])
def test_fewer_than_ten_payers_never_raise_the_ceiling(payers, uncovered):
    weights = {str(number): number**3 for number in range(1, payers + 1)}
    result = split(Decimal(75_000), weights, cap=Decimal(7500), floor=Decimal(150))
    assert set(result.shares.values()) == {Decimal(7500)}
    assert result.uncovered == uncovered


def test_no_payers_leave_all_uncovered():
    result = split(Decimal(75_000), {}, cap=Decimal(7500), floor=Decimal(150))
    assert (result.shares, str(result.uncovered)) == ({}, "75000.00")


def test_a_payer_without_weight_pays_the_floor_even_when_others_are_at_the_cap():
    result = split(Decimal(1000), {"a": 0, "b": 5}, cap=Decimal(300), floor=Decimal(20))
    assert (result.shares, result.uncovered) == ({"a": Decimal(20), "b": Decimal(300)}, Decimal(680))


def test_the_cap_wins_over_the_floor():
    result = split(Decimal(100), {"a": 0, "b": 5}, cap=Decimal(20), floor=Decimal(70))
    assert result.shares == {"a": Decimal(20), "b": Decimal(20)}


def test_ties_go_by_key_not_by_order():
    result = split(Decimal("0.02"), {"c": 1, "a": 1, "b": 1}, exact=True)
    assert result.shares == {"c": 0, "a": CENT, "b": CENT}


def test_nothing_to_share_is_shared():
    result = split(Decimal(0), {"a": 2, "b": 0}, cap=Decimal(7500), exact=True)
    assert (result.shares, result.uncovered) == ({"a": 0, "b": 0}, 0)


def test_a_caller_who_reckons_roughly_gets_exact_shares():
    with decimal.localcontext(prec=3) as context:
        context.traps[decimal.Inexact] = True
        result = split(Decimal("75000.01"), {"a": Decimal("1.000001"), "b": 1}, exact=True)
    assert result.shares == {"a": Decimal("37500.02"), "b": Decimal("37499.99")}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"amount": Decimal(-1)}, "amount must not be negative"),
        ({"amount": Decimal(-1), "weights": {}}, "amount must not be negative"),
        ({"weights": {"a": 3, "b": -1}}, "weight must not be negative"),
        ({"weights": {"a": 3, "b": Decimal("-0.001")}}, "weight must not be negative"),
        ({"cap": Decimal(-5)}, "cap must not be negative"),
        ({"floor": Decimal(-5)}, "floor must not be negative"),
        ({"amount": Decimal("0.001")}, "amount must be a multiple of 0.01"),
        ({"cap": Decimal("0.015")}, "cap must be a multiple of 0.01"),
        ({"floor": Decimal("0.015")}, "floor must be a multiple of 0.01"),
        ({"amount": Decimal("1.50"), "unit": Decimal(1)}, "amount must be a multiple of 1"),
        ({"amount": Decimal("NaN")}, "amount must be a multiple"),
        ({"amount": Decimal("Infinity")}, "amount must be a multiple"),
        ({"cap": Decimal("Infinity")}, "cap must be a multiple"),
        ({"weights": {"a": 1, "b": Decimal("NaN")}}, "weight must be a finite number"),
        ({"weights": {"a": 1, "b": Decimal("Infinity")}}, "weight must be a finite number"),
        ({"unit": Decimal(0)}, "unit must be more than zero"),
        ({"unit": Decimal("NaN")}, "unit must be more than zero"),
        ({"weights": {"a": 0, "b": Decimal("0.0")}}, "At least one payer must have a weight above zero"),
        ({"floor": Decimal("50.01")}, "smallest shares together exceed the amount"),
        ({"floor": Decimal(60), "cap": Decimal(51)}, "smallest shares together exceed the amount"),
        ({"floor": Decimal(150), "weights": {"a": 1}}, "smallest shares together exceed the amount"),
    ],
)
def test_what_cannot_be_shared_is_refused_in_a_sentence(arguments, sentence):
    arguments = {"amount": Decimal(100), "weights": {"a": 1, "b": 2}} | arguments
    with pytest.raises(ValueError, match=sentence):
        split(**arguments)


@pytest.mark.parametrize(
    "arguments",
    [{"amount": 100.0}, {"cap": 7500.0}, {"floor": 0.5}, {"unit": 0.01}, {"weights": {"a": 1, "b": 0.5}}],
)
def test_floats_are_refused(arguments):
    arguments = {"amount": Decimal(100), "weights": {"a": 1, "b": 2}} | arguments
    with pytest.raises(TypeError):
        split(**arguments)
