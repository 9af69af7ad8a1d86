"""What offers cost, worked by hand; and what must hold of any offer."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.prices import (
    Measure,
    Participant,
    Price,
    PriceModel,
    Reach,
    Refused,
    Tier,
    by_municipality,
    if_joined,
    over_years,
    reckon,
    redo,
    refusals,
    to_next_tier,
    typical,
)

CONTRACT, EACH, RESIDENTS, USERS, VOLUME = Measure
D = Decimal
TOWNS = (
    Participant("Alavieska", 2_500, 10, D("1200")),
    Participant("Turku", 200_000, 400, D("84000")),
    Participant("Ypäjä", 2_483, 5, D("900.50")),
)


def of(*prices, towns=TOWNS, shared_by=RESIDENTS, months=12, **others):
    """Return key → € by the prices."""
    return reckon(PriceModel(prices, **others), towns, shared_by=shared_by, months=months).amounts


def codes(*prices, towns=TOWNS, shared_by=RESIDENTS, **others):
    return [found.code for found in refusals(PriceModel(prices, **others), towns, shared_by=shared_by)]


def test_a_resident_costs_the_rate_and_eight_months_of_it_in_the_first_year():
    price = Price(RESIDENTS, D("0.70"))
    assert of(price) == {"Alavieska": D("1750.00"), "Turku": D("140000.00"), "Ypäjä": D("1738.10")}
    # 2 483 × 0.70 × 8 / 12 = 1 158.7333…; 2 500 × 0.70 × 8 / 12 = 1 166.666…
    assert of(price, months=8) == {"Alavieska": D("1166.67"), "Turku": D("93333.33"), "Ypäjä": D("1158.73")}
    assert over_years(PriceModel((price,)), TOWNS, (8, 12)) == D("95658.73") + D("143488.10")


def test_a_flat_fee_is_for_each_municipality_or_shared_when_for_the_whole():
    assert set(of(Price(EACH, D(1000))).values()) == {D("1000.00")}
    shared = of(Price(CONTRACT, D(100)), shared_by=EACH)
    assert shared == {"Alavieska": D("33.34"), "Turku": D("33.33"), "Ypäjä": D("33.33")}
    assert of(Price(CONTRACT, D(1000)), shared_by=USERS) == {
        "Alavieska": D("24.10"),  # 10 / 415 × 1 000 = 24.096
        "Turku": D("963.85"),  # 963.855: the smaller remainder of the two that are left over
        "Ypäjä": D("12.05"),
    }


def test_users_volume_and_a_flat_fee_add_up():
    amounts = of(Price(USERS, D("12.50")), Price(VOLUME, D("0.92")), Price(EACH, D(100)))
    assert amounts["Ypäjä"] == D("62.50") + D("828.46") + D("100")


@pytest.mark.parametrize(("participants", "rate"), [(50, 1000), (51, 900), (100, 900), (101, 800)])
def test_a_tier_by_participants_prices_them_all_its_limit_included(participants, rate):
    price = Price(EACH, tiers=(Tier(50, D(1000)), Tier(100, D(900)), Tier(None, D(800))), measure=EACH)
    towns = [Participant(number) for number in range(participants)]
    assert set(of(price, towns=towns).values()) == {D(rate)}


def test_a_tier_may_price_only_the_part_above_and_all_pay_the_same_average():
    tiers = (Tier(100_000, D("0.70")), Tier(None, D("0.50")))
    whole = reckon(PriceModel((Price(RESIDENTS, tiers=tiers, measure=RESIDENTS, reach=Reach.PART),)), TOWNS)
    assert whole.total == D("122491.50")  # 100 000 × 0.70 + 104 983 × 0.50
    assert whole.amounts["Alavieska"] == D("1493.92")  # 122 491.50 × 2 500 / 204 983 = 1 493.923
    part = Price(RESIDENTS, tiers=tiers, measure=RESIDENTS, reach=Reach.PART)
    assert of(part, shared_by=EACH) == whole.amounts  # equal sharing is for prices of the whole contract
    assert of(Price(RESIDENTS, tiers=tiers, measure=RESIDENTS))["Alavieska"] == D("1250.00")


def test_a_tier_by_residents_covered_or_volume_may_price_something_else():
    tiers = (Tier(200_000, D(9000)), Tier(None, D(6000)))
    assert sum(of(Price(CONTRACT, tiers=tiers, measure=RESIDENTS)).values()) == 6000
    tiers = (Tier(D("86100.50"), D("1.00")), Tier(None, D("0.90")))
    price = Price(RESIDENTS, tiers=tiers, measure=VOLUME)
    assert of(price)["Alavieska"] == D("2500.00")
    assert to_next_tier(price, TOWNS) == (D("0.01"), tiers[1])
    more = Participant("Vaasa", 1, 0, D("0.01"))
    assert of(price, towns=(*TOWNS, more))["Alavieska"] == D("2250.00")
    assert to_next_tier(price, (*TOWNS, more)) is None


def test_smallest_fees_of_each_and_of_the_whole():
    price = Price(RESIDENTS, D("0.10"))
    assert of(price, minimum_each=D(249)) == {
        "Alavieska": D("250.00"),
        "Turku": D("20000.00"),
        "Ypäjä": D("249.00"),
    }
    lifted = reckon(PriceModel((price,), minimum=D(30_000)), TOWNS, shared_by=EACH)
    assert lifted.total == 30_000  # 9 501.70 is missing
    assert lifted.by_key["Alavieska"].parts[-1].amount in (D("3167.23"), D("3167.24"))
    assert reckon(PriceModel((price,), minimum=D(30_000)), TOWNS, months=8).total == 20_000
    assert of(price, minimum=D("20498.30")) == of(price)


def test_each_would_pay_by_each_offer_and_the_cheapest_is_named_with_its_equals():
    offers = {
        "A": PriceModel((Price(RESIDENTS, D("0.40")),)),
        "B": PriceModel((Price(EACH, D(1000)),)),
    }
    rows = by_municipality(offers, TOWNS)
    assert rows["Alavieska"].lowest == ("A", "B")
    assert rows["Turku"] == ({"A": D("80000.00"), "B": D("1000.00")}, ("B",))
    assert rows["Ypäjä"].lowest == ("A",)


def test_ten_more_bring_the_next_tier_and_everyone_pays_less():
    tiers = (Tier(10, D(1000)), Tier(None, D(800)))
    model = PriceModel((Price(EACH, tiers=tiers, measure=EACH), Price(RESIDENTS, D("0.10"))))
    joiners = typical([f"new {number:02}" for number in range(10)], TOWNS)
    assert joiners[0] == Participant("new 00", 2_500, 10, D("1200"))
    joining = if_joined(model, TOWNS, joiners)
    assert joining.changes["Alavieska"] == (D("1250.00"), D("1050.00"), D("-200.00"), D("-16.0"))
    assert [(jump.price, jump.before, jump.after) for jump in joining.jumps] == [(0, *tiers)]
    assert set(joining.changes) == {"Alavieska", "Turku", "Ypäjä"}
    assert to_next_tier(model.prices[0], TOWNS) == (8, tiers[1])
    assert if_joined(model, TOWNS, joiners[:7]).jumps == ()
    with pytest.raises(ValueError, match="nobody"):
        typical(["new"], [])


def test_what_cannot_be_reckoned_is_refused_with_a_code():
    one = Price(EACH, D(1))
    open_tier = Tier(None, D(1))
    assert codes() == ["no_prices"]
    assert codes(one, towns=()) == ["no_participants"]
    assert codes(Price(EACH)) == codes(Price(EACH, D(1), (open_tier,), EACH)) == ["rate_or_tiers"]
    assert codes(Price(EACH, D("0.1234567"))) == ["too_fine"]
    assert codes(Price(EACH, D("0.70000000"))) == []
    assert codes(Price(EACH, D(-1)), minimum=D("NaN")) == ["not_a_number", "negative"]
    assert codes(Price(EACH, D("1e13"))) == ["too_large"]
    assert codes(Price(EACH, tiers=(open_tier,))) == ["measure_missing"]
    assert codes(Price(EACH, tiers=(open_tier,), measure=CONTRACT)) == ["measure_missing"]
    assert codes(Price(EACH, tiers=(Tier(5, D(2)),), measure=EACH)) == ["tiers_not_open"]
    assert codes(Price(EACH, tiers=(Tier(5, D(2)), Tier(5, D(2)), open_tier), measure=EACH)) == [
        "tiers_not_ascending"
    ]
    assert codes(Price(EACH, tiers=(open_tier, Tier(5, D(2)), open_tier), measure=EACH)) == [
        "tiers_not_ascending"
    ]
    assert codes(Price(RESIDENTS, tiers=(open_tier,), measure=EACH, reach=Reach.PART)) == [
        "part_of_another_measure"
    ]
    assert codes(Price(EACH, tiers=(Tier(D("5.5"), D(2)), open_tier), measure=EACH)) == ["too_fine"]
    unknown = [Participant("Salo", None, 0, D(1)), Participant("Pori", 5, 0, D("1.001"))]
    (missing,) = refusals(PriceModel((Price(RESIDENTS, D(1)),)), unknown)
    assert (missing.code, missing.figures["keys"]) == ("figure_missing", ("Salo",))
    assert codes(Price(CONTRACT, D(1)), towns=unknown) == ["figure_missing"]
    assert codes(Price(CONTRACT, D(1)), towns=unknown, shared_by=USERS) == ["nothing_to_share_by"]
    assert codes(Price(VOLUME, D(1)), towns=unknown) == ["too_fine"]
    with pytest.raises(Refused, match="no_prices"):
        reckon(PriceModel(()), TOWNS)
    with pytest.raises(TypeError):
        of(Price(EACH, 0.7))
    for wrong in ({"months": 0}, {"months": 13}, {"shared_by": CONTRACT}, {"towns": TOWNS + TOWNS}):
        with pytest.raises(ValueError, match=r"months|shared by|key"):
            of(one, **wrong)


rates = st.decimals(0, 1000, places=4)
towns = st.lists(
    st.tuples(st.integers(1, 700_000), st.integers(0, 5000), st.decimals(0, 10**6, places=2)),
    min_size=1,
    max_size=8,
).map(lambda rows: tuple(Participant(f"{place:03}", *row) for place, row in enumerate(rows)))


@st.composite
def prices(draw, per):
    """A price of any kind that is not refused."""
    own = draw(per)
    if draw(st.booleans()):
        return Price(own, draw(rates))
    part = own != CONTRACT and draw(st.booleans())
    measure = own if part else draw(st.sampled_from([EACH, RESIDENTS, USERS, VOLUME]))
    limits = sorted(draw(st.sets(st.integers(1, 10**6), max_size=3)))
    tiers = tuple(Tier(limit, draw(rates)) for limit in [*limits, None])
    return Price(own, tiers=tiers, measure=measure, reach=Reach.PART if part else Reach.ALL)


models = st.builds(
    PriceModel,
    st.lists(prices(st.sampled_from(Measure)), min_size=1, max_size=3).map(tuple),
    st.decimals(0, 2000, places=2),
    st.decimals(0, 10**6, places=2),
)


@settings(max_examples=60, deadline=None)
@given(models, towns, st.integers(1, 12), st.sampled_from([EACH, RESIDENTS]))
def test_any_cost_is_whole_cents_redone_from_its_line_and_no_less_than_the_smallest(
    model, those, months, shared_by
):
    costs = reckon(model, those, shared_by=shared_by, months=months)
    assert costs.total == sum(costs.amounts.values())
    assert costs.total >= Fraction(model.minimum) * months / 12 - Fraction(1, 200)
    for cost in costs.by_key.values():
        assert cost.amount == sum(part.amount for part in cost.parts)
        assert re.fullmatch(r"\d+\.\d\d", str(cost.amount))
        assert cost.amount >= Fraction(model.minimum_each) * months / 12 - Fraction(1, 200)
        shared = [part for part in cost.parts if part.whole is not None]
        assert abs(redo(cost, months) - cost.amount) <= D("0.01") * len(shared)
    for code, whole in {
        (p.code, p.whole) for c in costs.by_key.values() for p in c.parts if p.whole is not None
    }:
        alike = [
            p.amount for c in costs.by_key.values() for p in c.parts if (p.code, p.whole) == (code, whole)
        ]
        assert sum(alike) == whole * (len(alike) // len(those))  # met to the cent


@settings(max_examples=60, deadline=None)
@given(prices(st.sampled_from([EACH, RESIDENTS, USERS, VOLUME])), towns)
def test_a_tier_prices_what_it_says_it_does(price, those):
    """Summed anew from the offer's own words, apart from the code that is tested."""

    def total_of(measure):
        return sum(1 if measure == EACH else Fraction(getattr(town, measure)) for town in those)

    if not price.tiers or price.reach == Reach.ALL:
        fitting = [t.price for t in price.tiers if t.up_to is None or total_of(price.measure) <= t.up_to]
        flat = fitting[0] if price.tiers else price.rate
        assert of(price, towns=those) == of(Price(price.per, flat), towns=those)
        return
    total, lower, expected = total_of(price.per), 0, Fraction(0)
    for tier in price.tiers:
        upper = total if tier.up_to is None else tier.up_to
        if total > lower:
            expected += (min(total, upper) - lower) * Fraction(tier.price)
        lower = upper
    assert abs(Fraction(sum(of(price, towns=those).values())) - expected) <= Fraction(1, 200)
