"""Rules, payers and amounts that do not go together: each refused by name, with ways out that work."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consortium.fees import (
    Payer,
    Refused,
    Rule,
    joiner,
    reckon,
    refusals,
)

CENT = Decimal("0.01")
CAP, FLOOR, BUDGET = Decimal(7500), Decimal(150), Decimal(75_000)
TARIFF = Rule("tariff", rate=Decimal("0.009"), floor=FLOOR, cap=CAP)
SHARED = {
    "equal": Rule("equal", floor=FLOOR, cap=CAP),
    "population": Rule("population", floor=FLOOR, cap=CAP),
    "mixed": Rule("mixed", equal_part=Decimal("0.4"), floor=FLOOR, cap=CAP),
}
TWO = (Payer("a", 10), Payer("b", 20))


def codes(rule, payers=TWO, amount=BUDGET, **year):
    return [refusal.code for refusal in refusals(rule, payers, amount, **year)]


def bands(*pairs):
    return Rule("bands", bands=tuple((up_to, Decimal(fee)) for up_to, fee in pairs))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("tariff"), "rate_missing"),
        (Rule("tariff", rate=Decimal("0.0090001")), "too_fine"),
        (Rule("tariff", rate=Decimal("1e-500000")), "too_fine"),
        (Rule("tariff", rate=Decimal("-0.009")), "negative"),
        (Rule("tariff", rate=Decimal("NaN")), "not_a_number"),
        (Rule("tariff", rate=Decimal("1e900000")), "too_large"),
        (Rule("equal", floor=Decimal(-1)), "negative"),
        (Rule("equal", cap=Decimal(-1)), "negative"),
        (Rule("equal", cap=Decimal("Infinity")), "not_a_number"),
        (Rule("equal", floor=Decimal("0.001")), "too_fine"),
        (Rule("equal", floor=Decimal(15), unit=Decimal(10)), "not_in_unit"),
        (Rule("equal", cap=Decimal(15), unit=Decimal(10)), "not_in_unit"),
        (Rule("equal", unit=Decimal(0)), "unit_zero"),
        (Rule("equal", unit=Decimal("0.001")), "too_fine"),
        (Rule("equal", vat_rate=Decimal("25.555")), "too_fine"),
        (Rule("equal", floor=Decimal(200), cap=Decimal(150)), "floor_above_cap"),
        (Rule("mixed"), "equal_part_missing"),
        (Rule("mixed", equal_part=Decimal("1.1")), "equal_part_above_all"),
        (Rule("bands"), "bands_missing"),
        (bands((10, 5), (10, 6), (None, 7)), "bands_not_ascending"),
        (bands((0, 5), (None, 7)), "bands_not_ascending"),
        (bands((None, 5), (10, 6), (None, 7)), "bands_not_ascending"),
        (bands((10, 5), (20, 6)), "bands_not_open"),
        (bands((10, 5), (None, 4)), "band_fee_falls"),
        (bands((10, -5), (None, 4)), "negative"),
    ],
)
def test_an_impossible_rule_is_refused(rule, code):
    assert codes(rule) in ([code], [code] * 2)
    with pytest.raises(Refused, match=code) as raised:
        reckon(rule, [Payer("a", 10)], amount=BUDGET, year=2027)
    assert raised.value.refusals[0].code == code
    with pytest.raises(Refused, match=code):
        joiner(rule, Payer("a", 10), year=2027, base=0, rate=0)


def test_impossible_payers_years_and_amounts_are_refused():
    assert codes(TARIFF, []) == ["no_payers"]
    assert codes(TARIFF, year=0) == codes(TARIFF, year="2027") == ["year"]
    assert codes(TARIFF, amount=Decimal(-1)) == ["negative"]
    assert codes(TARIFF, amount=Decimal("0.001")) == ["too_fine"]
    assert codes(SHARED["equal"], amount=None) == ["amount_missing"]
    (missing,) = refusals(TARIFF, [Payer("a", None), Payer("b", 0), Payer("c", 1)])
    assert (missing.code, missing.figures) == ("no_residents", {"keys": ("a", "b"), "payers": 2})
    assert codes(TARIFF, [], year=0, amount=Decimal(-1)) == ["negative", "no_payers", "year"]


def test_a_floor_times_payers_above_the_amount_comes_with_ways_out_that_work():
    payers = [Payer(number, 100 * number) for number in range(1, 309)]
    for rule in SHARED.values():
        (refusal,) = refusals(rule, payers, Decimal(40_000))
        assert refusal.code == "floor_above_amount"
        assert refusal.figures == {
            "floor": 150,
            "payers": 308,
            "needed": 46_200,
            "amount": 40_000,
            "missing": 6_200,
        }
        lower, more = refusal.ways
        assert (lower.code, lower.figures) == ("lower", {"name": "floor", "value": Decimal("129.87")})
        assert (more.code, more.figures) == ("raise", {"name": "amount", "value": 46_200})
        assert refusals(rule, payers, more.figures["value"]) == []
        fits = Rule(rule.kind, equal_part=rule.equal_part, floor=lower.figures["value"], cap=CAP)
        assert reckon(fits, payers, amount=Decimal(40_000), year=2027).total <= 40_000
    assert refusals(TARIFF, payers, Decimal(40_000)) == []  # a tariff has a surplus instead


@given(
    st.sampled_from([CENT, Decimal("2.5"), Decimal(10)]),
    st.integers(1, 10_000),
    st.integers(1, 10_000),
    st.decimals(0, 30, places=1),
    st.booleans(),
)
def test_the_ways_out_of_a_floor_above_the_cap_work(unit, floor, cap, vat_rate, with_it):
    limits = {"unit": unit, "vat_rate": vat_rate, "cap_with_vat": with_it}
    found = refusals(
        Rule("equal", floor=unit * floor, cap=unit * cap, **limits), [Payer("a", 1)], unit * floor
    )
    assume(found)
    assert [refusal.code for refusal in found] == ["floor_above_cap"]
    lower, higher = found[0].ways
    assert lower.figures["name"] == "floor" and higher.figures["name"] == "cap"
    least, enough = lower.figures["value"], higher.figures["value"]
    for rule in (
        Rule("equal", floor=least, cap=unit * cap, **limits),
        Rule("equal", floor=unit * floor, cap=enough, **limits),
    ):
        assert refusals(rule, [Payer("a", 1)], unit * floor) == []
    assert refusals(
        Rule("equal", floor=unit * floor, cap=enough - unit, **limits), [Payer("a", 1)], unit * floor
    )


def test_who_is_free_in_the_first_year_needs_no_floor():
    payers = [Payer("old", 10), Payer("new", 10, first_year=True)]
    assert codes(Rule("equal", floor=FLOOR), payers, Decimal(200)) == ["floor_above_amount"]
    assert codes(Rule("equal", floor=FLOOR, free_first_year=True), payers, Decimal(200)) == []


def test_a_cap_times_payers_below_the_amount_is_no_refusal():
    assert codes(Rule("population", cap=Decimal(5))) == []


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"rule": Rule("lottery")}),
        (ValueError, {"payers": [Payer("a", 1), Payer("a", 2)]}),
        (ValueError, {"payers": [Payer("a", 1, 13)]}),
        (ValueError, {"payers": [Payer("a", 1, -1)]}),
        (TypeError, {"payers": [Payer("a", 1.5)]}),
        (TypeError, {"amount": 75_000.0}),
        (TypeError, {"amount": "75000"}),
        (TypeError, {"rule": Rule("tariff", rate=0.009)}),
        (TypeError, {"rule": Rule("equal", cap=7500.0)}),
    ],
)
def test_what_no_form_can_give_is_an_error(error, arguments):
    arguments = {"rule": TARIFF, "payers": [Payer("a", 1)], "amount": BUDGET} | arguments
    with pytest.raises(error) as raised:
        reckon(**arguments, year=2027)
    assert not isinstance(raised.value, Refused)
