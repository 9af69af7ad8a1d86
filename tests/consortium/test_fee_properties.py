"""A year's fees: what every kind of rule promises, and each line redone with pencil and paper."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from consortium.fees import (
    Band,
    Payer,
    Rule,
    joiner,
    reckon,
    reckoning,
    redo,
    refusals,
    with_vat,
)
from members import package

# How long one example takes depends on who else uses the machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CENT = Decimal("0.01")
SHARING = ("equal", "population", "mixed")
BUDGET = Decimal(75_000)


def by_paper(line):
    """The fee in whole units as fractions, from the figures on its line; nothing of the portal's arithmetic."""
    unit = Fraction(line.unit)
    if line.ground in ("free", "covered"):
        return Fraction(0)
    if line.band:
        assert line.above < line.residents and (line.band.up_to is None or line.residents <= line.band.up_to)
        by_rule = Fraction(line.band.fee)
    else:
        by_rule = Fraction(line.base) + Fraction(line.rate) * (line.residents or 0)
    by_rule = by_rule // unit * unit
    assert by_rule == line.product
    fee = max(by_rule, Fraction(line.floor))
    fee = fee if line.cap is None else min(fee, Fraction(line.cap))
    assert fee == line.full_year
    words = {"floor": fee > by_rule, "cap": fee < by_rule}
    assert words.get(line.ground, fee == by_rule)
    return fee * line.months / 12 // unit * unit


def by_fractions(amount, residents, part, rule):
    """Fees = clamp(part of the amount / payers + λ × residents), with the λ that meets the amount, rounded down."""
    base = amount * part / len(residents)
    floor, cap = Fraction(rule.floor), amount + 1 if rule.cap is None else Fraction(rule.cap)

    def paid(rate):
        return {key: min(max(base + rate * weight, floor), cap) for key, weight in residents.items()}

    turns = {(limit - base) / weight for limit in (floor, cap) for weight in residents.values()}
    turns = sorted({Fraction(0), *(turn for turn in turns if turn > 0)})
    start = max(turn for turn in turns if sum(paid(turn).values()) <= amount)
    end = next((turn for turn in turns if turn > start), start)
    low, high = sum(paid(start).values()), sum(paid(end).values())
    rate = start + (end - start) * (amount - low) / (high - low) if high > amount else end
    unit = Fraction(rule.unit)
    return {key: share // unit * unit for key, share in paid(rate).items()}


units = st.sampled_from([CENT, Decimal("0.05"), Decimal(1), Decimal("2.5"), Decimal(10)])
people = st.one_of(st.integers(1, 12), st.integers(1, 700_000))  # many equal ones, and as they are


@st.composite
def payers_of_a_year(draw, least=1):
    counts = draw(st.lists(people, min_size=least, max_size=10))
    return [
        Payer(key, residents, draw(st.sampled_from([12, 12, 12, 8, 5, 1, 0])), draw(st.booleans()))
        for key, residents in enumerate(counts)
    ]


@st.composite
def rules(draw, kinds=("tariff", "bands", "equal", "population", "mixed")):
    """A rule of any kind with limits that go together."""
    unit = draw(units)
    cap = draw(st.none() | st.integers(0, 3_000))
    floor = draw(st.integers(0, 300 if cap is None else min(cap, 300)))
    tops = sorted(draw(st.sets(people, max_size=4)))
    fees = sorted(draw(st.lists(st.integers(0, 4_000), min_size=len(tops) + 1, max_size=len(tops) + 1)))
    vat_rate, with_it = draw(st.sampled_from([(0, False), (0, True), ("25.5", False)]))
    return Rule(
        draw(st.sampled_from(kinds)),
        rate=draw(st.decimals(0, 2, places=6)),
        bands=tuple(Band(top, unit * fee) for top, fee in zip([*tops, None], fees, strict=True)),
        equal_part=draw(st.sampled_from([0, 1]) | st.decimals(0, 1, places=6)),
        floor=unit * floor,
        cap=None if cap is None else unit * cap,
        free_first_year=draw(st.booleans()),
        prorated=draw(st.sampled_from([True, True, False])),
        unit=unit,
        vat_rate=Decimal(vat_rate),
        cap_with_vat=with_it,
    )


@st.composite
def years(draw, **kinds):
    """A rule, payers and an amount that can be reckoned: just the floors, just the caps and all between."""
    rule, payers = draw(rules(**kinds)), draw(payers_of_a_year())
    most = rule.floor if rule.cap is None else rule.cap
    edges = st.sampled_from([rule.floor * len(payers), most * len(payers), Decimal(0)])
    amount = draw(edges | st.integers(0, 9_000_00).map(lambda cents: rule.floor * len(payers) + CENT * cents))
    return rule, payers, amount


@unhurried
@given(years())
def test_a_line_redone_with_pencil_and_paper_gives_the_same_cent(year):
    rule, payers, amount = year
    fees = reckon(rule, payers, amount=amount, year=2027)
    assert list(fees.by_key) == [payer.key for payer in payers]
    for payer in payers:
        line = reckoning(fees.by_key[payer.key], rule, payer)
        assert line.result == fees.by_key[payer.key].amount == redo(line) == by_paper(line)


@unhurried
@given(years())
def test_no_fee_is_below_0_or_above_the_cap_and_all_are_whole_units(year):
    rule, payers, amount = year
    for fee in reckon(rule, payers, amount=amount, year=2027).by_key.values():
        assert 0 <= fee.amount <= fee.full_year
        assert rule.cap is None or fee.full_year <= rule.cap
        assert fee.full_year >= rule.floor or fee.ground in ("free", "covered")
        assert fee.amount % rule.unit == fee.full_year % rule.unit == 0
        assert fee.amount.as_tuple().exponent == fee.full_year.as_tuple().exponent == -2


@unhurried
@given(years())
def test_sums_agree_and_sharing_never_passes_the_amount(year):
    rule, payers, amount = year
    fees = reckon(rule, payers, amount=amount, year=2027)
    assert fees.total == sum(fee.amount for fee in fees.by_key.values())
    assert fees.total + fees.uncovered - fees.surplus == amount
    assert fees.uncovered == 0 or fees.surplus == 0
    if rule.kind in SHARING:
        assert sum(fee.full_year for fee in fees.by_key.values()) <= amount
        assert fees.surplus == 0


@unhurried
@given(years(kinds=SHARING))
def test_what_sharing_leaves_uncovered_is_less_than_a_unit_a_payer_unless_all_pay_the_cap(year):
    rule, payers, amount = year
    fees = reckon(rule, payers, amount=amount, year=2027)
    shared = [fee for fee in fees.by_key.values() if fee.ground not in ("free", "covered")]
    left = amount - sum(fee.full_year for fee in shared)
    if shared and not (rule.cap is not None and all(fee.full_year == rule.cap for fee in shared)):
        assert left < rule.unit * (len(shared) + 1)  # one more for an amount that is no whole unit


@unhurried
@given(years())
def test_equal_basis_equal_fee_and_more_residents_never_pay_less(year):
    rule, payers, amount = year
    fees = reckon(rule, payers, amount=amount, year=2027).by_key
    paying = [payer for payer in payers if fees[payer.key].ground not in ("free", "covered")]
    for payer in paying:
        for other in paying:
            if payer.residents <= other.residents:
                assert fees[payer.key].full_year <= fees[other.key].full_year
                assert payer.months > other.months or fees[payer.key].amount <= fees[other.key].amount


@unhurried
@given(years(), people, st.integers(0, 12), st.booleans())
@example(
    (
        Rule("mixed", equal_part=Decimal("0.4"), cap=Decimal(7500)),
        [Payer(0, 1), Payer(1, 99)],
        Decimal(20_000),
    ),
    700_000,
    12,
    False,
)
def test_one_more_payer_never_raises_anyone(year, residents, months, first_year):
    rule, payers, amount = year
    more = [*payers, Payer("new", residents, months, first_year)]
    assume(not refusals(rule, more, amount))
    before = reckon(rule, payers, amount=amount, year=2027).amounts
    after = reckon(rule, more, amount=amount, year=2027).amounts
    assert all(after[key] <= fee for key, fee in before.items())


@unhurried
@given(years(), st.data())
def test_the_months_of_one_leave_all_others_alone(year, data):
    rule, payers, amount = year
    place = data.draw(st.integers(0, len(payers) - 1))
    moved = list(payers)
    moved[place] = payers[place]._replace(months=data.draw(st.integers(0, 12)))
    before = reckon(rule, payers, amount=amount, year=2027).by_key
    after = reckon(rule, moved, amount=amount, year=2027).by_key
    assert {key: fee for key, fee in before.items() if key != place} == {
        key: fee for key, fee in after.items() if key != place
    }
    assert before[place].full_year == after[place].full_year


@unhurried
@given(years(kinds=SHARING))
@example((Rule("mixed", equal_part=Decimal("0.9"), cap=Decimal(30)), [Payer(0, 1), Payer(1, 9)], Decimal(70)))
def test_shares_are_those_found_by_fractions(year):
    rule, payers, amount = year
    fees = reckon(rule, payers, amount=amount, year=2027).by_key
    shared = {p.key: p.residents for p in payers if fees[p.key].ground not in ("free", "covered")}
    part = {"equal": Decimal(1), "population": Decimal(0)}.get(rule.kind, rule.equal_part)
    if shared:
        truth = by_fractions(Fraction(amount // rule.unit * rule.unit), shared, Fraction(part), rule)
        assert {key: fees[key].full_year for key in shared} == truth


@unhurried
@given(years(), people)
def test_a_joiner_pays_by_the_frozen_line_as_an_equal_member_does(year, residents):
    rule, payers, amount = year
    assume(amount)
    fees = reckon(rule, payers, amount=amount, year=2027)
    for payer in payers:
        assert joiner(rule, payer, year=2027, base=fees.base, rate=fees.rate) == fees.by_key[payer.key]
    new = joiner(rule, Payer("new", residents, 8), year=2027, base=fees.base, rate=fees.rate)
    assert new.amount == new.full_year * (8 if rule.prorated else 12) / 12 // rule.unit * rule.unit
    assert rule.cap is None or new.full_year <= rule.cap


@unhurried
@given(rules(kinds=("tariff",)), people)
def test_a_tariff_gives_the_figures_of_the_joining_package(rule, residents):
    rule = Rule("tariff", rate=rule.rate, floor=rule.floor, cap=BUDGET if rule.cap is None else rule.cap)
    fee = joiner(rule, Payer("a", residents), year=2027)
    assert str(fee.amount) == str(package.fee(residents, rule.rate, rule.floor, rule.cap))
    terms = {"rate": str(rule.rate), "floor": str(rule.floor), "cap": str(rule.cap), "free_years": []}
    row = package.costs(residents, terms, 2027)[0]
    assert row == {
        "year": 2027,
        "amount": str(fee.amount),
        "by_population": str(fee.by_rule),
        "ground": fee.ground,
    }


@given(st.integers(0, 10**7), st.decimals(0, 100, places=2), units)
def test_no_fee_with_vat_passes_a_cap_with_vat(cap, rate, unit):
    rule = Rule("tariff", rate=Decimal(2), cap=cap * unit, unit=unit, vat_rate=rate, cap_with_vat=True)
    net = joiner(rule, Payer("a", 10**12), year=2027).amount
    assert net == rule.net_cap and with_vat(net, rate) <= rule.cap
    assert Fraction(net + unit) * (100 + Fraction(rate)) / 100 > rule.cap
