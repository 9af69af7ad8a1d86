"""A year's fees in known figures: by every kind of rule, joiners, free years, VAT, changes."""

import csv
import decimal
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from consortium.fees import (
    Band,
    Change,
    Payer,
    Rule,
    compare,
    full_months,
    joiner,
    reckon,
    reckoning,
    redo,
    to_share,
    with_vat,
)
from consortium.shares import split

CENT = Decimal("0.01")
CAP, FLOOR, BUDGET = Decimal(7500), Decimal(150), Decimal(75_000)
REGISTER = Path(__file__).parents[2] / "members" / "data" / "municipalities.csv"
TARIFF = Rule("tariff", rate=Decimal("0.009"), floor=FLOOR, cap=CAP)
BANDS = Rule(
    "bands",
    bands=(Band(5_000, Decimal(100)), Band(50_000, Decimal(400)), Band(None, Decimal(3_000))),
    floor=FLOOR,
    cap=Decimal(2_000),
)
SHARED = {
    "equal": Rule("equal", floor=FLOOR, cap=CAP),
    "population": Rule("population", floor=FLOOR, cap=CAP),
    "mixed": Rule("mixed", equal_part=Decimal("0.4"), floor=FLOOR, cap=CAP),
}


def municipalities(without=()):
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return [
            Payer(row["code"], int(row["population"]))
            for row in csv.DictReader(file)
            if row["code"] not in without
        ]


NAMED = {
    "091": "Helsinki",
    "049": "Espoo",
    "853": "Turku",
    "905": "Vaasa",
    "686": "Rautalampi",
    "009": "Alavieska",
}


@pytest.mark.parametrize(
    ("without", "floor", "to_the_nearest_cent"),
    [
        ((), 0, ["7500.00", "4205.35", "2726.21", "936.58", "40.83", "33.71"]),
        (("091",), 0, ["4672.62", "3029.12", "1040.64", "45.37", "37.45"]),
        ((), 150, ["5999.15", "2757.99", "1787.92", "614.24", "150.00", "150.00"]),
    ],
)
def test_75000_euros_by_population(without, floor, to_the_nearest_cent):
    payers = municipalities(without)
    fees = reckon(Rule("population", floor=Decimal(floor), cap=CAP), payers, amount=BUDGET, year=2027)
    shown = [code for code in NAMED if code in fees.amounts]
    for code, figure in zip(shown, map(Decimal, to_the_nearest_cent), strict=True):
        assert figure - CENT <= fees.amounts[code] <= figure  # a fee leaves out the parts of a cent
    assert (
        fees.amounts
        == split(BUDGET, {p.key: p.residents for p in payers}, cap=CAP, floor=Decimal(floor)).shares
    )
    assert len(fees.by_key) == 308 - len(without)
    assert 0 <= fees.uncovered < Decimal("3.08")


def test_75000_euros_with_a_floor_in_figures():
    fees = reckon(SHARED["population"], municipalities(), amount=BUDGET, year=2027)
    assert {NAMED.get(code, code): str(fees.amounts[code]) for code in [*NAMED, "766"]} == {
        "Helsinki": "5999.15",
        "Espoo": "2757.99",
        "Turku": "1787.92",
        "Vaasa": "614.23",  # 67 988 × 0,00903449 = 614,2368…
        "Rautalampi": "150.00",
        "Alavieska": "150.00",
        "766": "150.00",  # Sottunga
    }
    assert (str(fees.base), str(fees.rate)) == ("0.00", "0.00903449")
    assert (len(fees.at_floor), fees.at_cap) == (242, ())
    assert (fees.total, fees.uncovered, fees.surplus) == (Decimal("74999.66"), Decimal("0.34"), 0)
    assert (fees.smallest, fees.median, fees.largest) == (150, 150, Decimal("5999.15"))
    assert (fees.by_key["686"].ground, fees.by_key["905"].ground) == ("floor", "population")


def test_helsinki_at_the_cap_and_sottunga_without_a_floor():
    fees = reckon(Rule("population", cap=CAP), municipalities(), amount=BUDGET, year=2027)
    assert (fees.by_key["091"].ground, fees.amounts["091"], fees.at_cap) == ("cap", 7500, ("091",))
    assert (fees.smallest, fees.amounts["766"], fees.at_floor) == (Decimal("1.52"), Decimal("1.52"), ())
    assert sum(fee < 50 for fee in fees.amounts.values()) == 107
    assert sum(fee < 100 for fee in fees.amounts.values()) == 178


def test_alavieska_and_helsinki_by_tariff():
    fees = reckon(TARIFF, municipalities(), amount=BUDGET, year=2027)
    alavieska, helsinki = fees.by_key["009"], fees.by_key["091"]
    assert (str(alavieska.amount), str(alavieska.by_rule), alavieska.ground) == ("150.00", "22.02", "floor")
    assert (str(helsinki.amount), helsinki.ground) == ("5976.25", "rate")
    line = reckoning(alavieska, TARIFF, Payer("009", 2447))
    assert (line.residents, line.rate, line.floor, line.cap, line.months) == (
        2447,
        Decimal("0.009"),
        150,
        7500,
        12,
    )
    assert reckon(TARIFF, municipalities(), year=2027).uncovered is None
    assert (fees.total, fees.uncovered, fees.surplus) == (Decimal("74852.02"), Decimal("147.98"), 0)
    less = reckon(TARIFF, municipalities(), amount=Decimal(40_000), year=2027)
    assert (less.uncovered, less.surplus) == (0, Decimal("34852.02"))


def test_equal_shares_leave_two_euros():
    fees = reckon(SHARED["equal"], municipalities(), amount=BUDGET, year=2027)
    assert set(fees.amounts.values()) == {Decimal("243.50")}
    assert (fees.uncovered, fees.by_key["091"].ground) == (2, "equal")


def test_equal_shares_need_no_population():
    payers = [Payer("a", None), Payer("b", 5)]
    fees = reckon(SHARED["equal"], payers, amount=Decimal(1000), year=2027)
    assert fees.amounts == {"a": 500, "b": 500}
    assert redo(reckoning(fees.by_key["a"], SHARED["equal"], payers[0])) == 500


def test_mixed_is_an_equal_part_and_a_rate():
    rule = Rule("mixed", equal_part=Decimal("0.4"))
    payers = [Payer("a", 100), Payer("b", 200)]
    fees = reckon(rule, payers, amount=Decimal(1000), year=2027)
    assert (fees.base, fees.rate, fees.amounts) == (200, 2, {"a": 400, "b": 600})
    for part in ("0.00", "1.00"):
        ends = reckon(Rule("mixed", equal_part=Decimal(part)), payers, amount=Decimal(900), year=2027)
        assert ends.amounts == ({"a": 450, "b": 450} if Decimal(part) else {"a": 300, "b": 600})
    capped = Rule("mixed", equal_part=Decimal("0.4"), cap=Decimal(550))
    fees = reckon(capped, payers, amount=Decimal(1000), year=2027)
    assert (fees.base, fees.amounts, fees.by_key["b"].ground) == (200, {"a": 450, "b": 550}, "cap")


def test_bands_count_their_upper_end_in_and_obey_floor_and_cap():
    payers = [Payer(residents, residents) for residents in (1, 5_000, 5_001, 50_000, 50_001)]
    fees = reckon(BANDS, payers, year=2027)
    assert list(fees.amounts.values()) == [150, 150, 400, 400, 2000]
    assert [fee.ground for fee in fees.by_key.values()] == ["floor", "floor", "band", "band", "cap"]
    line = reckoning(fees.by_key[5_001], BANDS, payers[2])
    assert (line.above, line.band, line.rate) == (5_000, Band(50_000, Decimal(400)), None)


@pytest.mark.parametrize(("payers", "uncovered"), [(9, 7_500), (10, 0), (1, 67_500)])
@pytest.mark.parametrize("kind", SHARED)
def test_fewer_than_ten_payers_never_raise_75000_and_it_is_said(kind, payers, uncovered):
    fees = reckon(SHARED[kind], [Payer(n, n**3) for n in range(1, payers + 1)], amount=BUDGET, year=2027)
    assert set(fees.amounts.values()) == {CAP}
    assert (fees.uncovered, len(fees.at_cap)) == (uncovered, payers)


def test_a_joiner_from_may_pays_eight_twelfths_and_nobody_else_moves():
    months = full_months(date(2027, 5, 1), 2027)
    before = reckon(TARIFF, municipalities(("905",)), amount=BUDGET, year=2027)
    after = reckon(
        TARIFF, [*municipalities(("905",)), Payer("905", 67_988, months)], amount=BUDGET, year=2027
    )
    assert after.amounts["905"] == Decimal("407.92")  # 611,89 × 8 / 12 = 407,926…
    assert {key: after.amounts[key] for key in before.amounts} == before.amounts


@pytest.mark.parametrize(
    ("joined_on", "left_on", "months"),
    [
        (date(2027, 5, 1), None, 8),
        (date(2027, 5, 2), None, 7),
        (date(2027, 1, 1), None, 12),
        (date(2014, 3, 9), None, 12),
        (date(2027, 12, 1), None, 1),
        (date(2027, 12, 2), None, 0),
        (date(2028, 1, 1), None, 0),
        (date(2020, 1, 1), date(2026, 12, 31), 0),
        (date(2020, 1, 1), date(2027, 12, 31), 12),
        (date(2020, 1, 1), date(2027, 12, 30), 11),
        (date(2027, 2, 1), date(2027, 2, 28), 1),
    ],
)
def test_full_months(joined_on, left_on, months):
    assert full_months(joined_on, 2027, left_on) == months


def test_a_free_year_and_a_free_first_year():
    payers = [Payer("old", 60_000), Payer("new", 60_000, 8, first_year=True)]
    free = reckon(Rule("tariff", rate=Decimal("0.01"), free_years=(2027,)), payers, amount=BUDGET, year=2027)
    assert [(str(fee.amount), fee.ground, fee.by_rule) for fee in free.by_key.values()] == [
        ("0.00", "free", 600)
    ] * 2
    assert (free.uncovered, free.smallest, free.at_floor) == (BUDGET, 0, ())
    for kind, rule in SHARED.items():
        rule = Rule(kind, equal_part=rule.equal_part, free_first_year=True)
        fees = reckon(rule, payers, amount=Decimal(900), year=2027)
        assert fees.amounts == {"old": 900, "new": 0}, kind
        assert fees.by_key["new"].ground == "free"
    tariff = Rule("tariff", rate=Decimal("0.01"), floor=FLOOR, free_first_year=True)
    fees = reckon(tariff, payers, year=2027)
    assert (fees.smallest, fees.median, fees.largest, fees.at_floor) == (600, 600, 600, ())
    assert (
        reckon(Rule("equal", free_first_year=True), payers[1:], amount=Decimal(900), year=2027).uncovered
        == 900
    )


@pytest.mark.parametrize("rule", [TARIFF, BANDS, *SHARED.values()], ids=lambda rule: rule.kind)
def test_project_money_above_the_budget_leaves_nothing_to_pay(rule):
    amount, surplus = to_share(Decimal(60_000), Decimal(61_000))
    assert (amount, surplus) == (0, 1000)
    fees = reckon(rule, municipalities(), amount=amount, year=2027)
    assert {(fee.amount, fee.ground) for fee in fees.by_key.values()} == {(0, "covered")}
    assert (fees.total, fees.uncovered, fees.surplus) == (0, 0, 0)
    assert to_share(Decimal(75_000), Decimal(61_000)) == (14_000, 0)


def test_vat_is_added_to_the_nearest_cent_and_a_cap_with_vat_lowers_the_net_cap():
    assert str(with_vat(Decimal("150.00"), Decimal("25.5"))) == "188.25"
    assert [with_vat(Decimal(net), 50) for net in ("0.01", "0.03")] == [Decimal("0.02"), Decimal("0.05")]
    rule = Rule("population", cap=CAP, vat_rate=Decimal("25.5"), cap_with_vat=True)
    fees = reckon(rule, municipalities(), amount=BUDGET, year=2027)
    assert (fees.amounts["091"], fees.at_cap) == (Decimal("5976.09"), ("091",))
    assert with_vat(fees.amounts["091"], rule.vat_rate) <= CAP < with_vat(Decimal("5976.10"), rule.vat_rate)


def test_changes_in_euros_and_per_cent():
    before = {"a": Decimal(150), "b": Decimal(0), "left": Decimal("80.00"), "same": Decimal(3)}
    after = {"new": Decimal(150), "a": Decimal(200), "b": Decimal(10), "same": Decimal(3)}
    assert compare(before, after) == {
        "new": Change(0, 150, 150, None),
        "a": Change(150, 200, 50, Decimal("33.3")),
        "b": Change(0, 10, 10, None),
        "same": Change(3, 3, 0, 0),
        "left": Change(80, 0, -80, -100),
    }


def test_a_joiner_to_a_shared_year_needs_its_frozen_figures():
    with pytest.raises(ValueError, match="frozen"):
        joiner(SHARED["population"], Payer("a", 10), year=2027)


def test_a_caller_who_reckons_roughly_gets_exact_fees():
    with decimal.localcontext(prec=3) as context:
        context.traps[decimal.Inexact] = True
        fees = reckon(SHARED["mixed"], municipalities(), amount=BUDGET, year=2027)
        figures = (fees.total, fees.uncovered, fees.surplus, fees.median, fees.rule.net_cap)
        line = reckoning(fees.by_key["905"], fees.rule, Payer("905", 67_988))
        assert redo(line) == line.result == Decimal("584.89")
    again = reckon(SHARED["mixed"], municipalities(), amount=BUDGET, year=2027)
    assert figures == (again.total, again.uncovered, again.surplus, again.median, CAP)
    assert fees == again
