"""The order of offers, worked by hand, and its arithmetic redone from the line alone."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.ranking import Criterion, Grounds, Offer, Refused, rank, refusals

D = Decimal
GROUNDS = Grounds(D(60), (Criterion("ease", D(25)), Criterion("support", D(15), D(10))), ("languages", "law"))
MET = {"languages": True, "law": True}


def offer(key, price, ease=5, support=10, **met):
    return Offer(key, D(price), MET | met, {"ease": D(ease), "support": D(support)})


def test_three_offers_in_order_with_the_arithmetic():
    first, second, out = rank(
        GROUNDS, [offer("B", 120_000), offer("C", 1, law=False), offer("A", 100_000, 4, 7)]
    )
    assert (first.key, first.place, first.points) == ("A", 1, D("90.50"))
    assert (second.key, second.place, second.points) == ("B", 2, D("90.00"))
    assert first.arithmetic() == (
        "100000 ÷ 100000 × 60 = 60.00; 4 ÷ 5 × 25 = 20.00; 7 ÷ 10 × 15 = 10.50; 60.00 + 20.00 + 10.50 = 90.50"
    )
    assert (out.key, out.place, out.unmet, out.arithmetic()) == ("C", None, ("law",), "")


def test_an_excluded_offer_lowers_nobodys_points_for_price():
    alone, _out = rank(GROUNDS, [offer("A", 100), offer("B", 1, languages=False, law=False)])
    assert alone.points == 100
    assert _out.unmet == ("languages", "law")


def test_equal_points_share_a_place_and_are_said():
    places = rank(GROUNDS, [offer("D", 200), offer("B", 100), offer("A", 100), offer("C", 300)])
    assert [(p.key, p.place, p.tied) for p in places] == [
        ("B", 1, ("A",)),
        ("A", 1, ("B",)),
        ("D", 3, ()),
        ("C", 4, ()),
    ]


def test_price_alone_and_quality_alone():
    assert [p.key for p in rank(Grounds(D(100)), [offer("A", 3), offer("B", 2)])] == ["B", "A"]
    quality = Grounds(D(0), (Criterion("ease", D(100)),))
    assert [(p.key, len(p.terms)) for p in rank(quality, [offer("A", 3, 1), offer("B", 9, 2)])] == [
        ("B", 1),
        ("A", 1),
    ]


def test_an_offer_without_price_gets_all_points_and_the_others_none():
    free, dear = rank(Grounds(D(100)), [offer("A", 10), offer("B", 0)])
    assert (free.key, free.points, dear.points) == ("B", 100, 0)


def test_points_are_rounded_half_up_before_they_are_added():
    place = rank(Grounds(D(1), (Criterion("ease", D("0.25"), D(10)),)), [offer("A", 1, 5), offer("B", 3, 1)])[
        1
    ]
    assert [term.points for term in place.terms] == [D("0.33"), D("0.03")]  # 0.333… and 0.025
    assert place.points == D("0.36")


def test_what_cannot_be_ranked_is_refused_with_a_code():
    def codes(grounds, *offers):
        return [found.code for found in refusals(grounds, offers)]

    assert codes(GROUNDS) == ["no_offers"]
    assert codes(Grounds(D(0)), offer("A", 1)) == ["no_weights"]
    assert codes(Grounds(D(1), (Criterion("ease", D(1), D(0)),)), offer("A", 1, 0)) == ["best_zero"]
    assert codes(GROUNDS, offer("A", 1, 6)) == ["mark_above_best"]
    assert codes(GROUNDS, Offer("A", D(1), {"law": True}, {"ease": D(1)})) == [
        "requirement_not_judged",
        "mark_missing",
    ]
    assert codes(GROUNDS, Offer("A", D("-1"), MET | {"law": False}, {})) == ["negative"]
    with pytest.raises(Refused, match="mark_above_best"):
        rank(GROUNDS, [offer("A", 1, 6)])
    with pytest.raises(TypeError):
        rank(GROUNDS, [Offer("A", 1.5, MET, {"ease": D(1), "support": D(1)})])
    with pytest.raises(ValueError, match="twice"):
        rank(GROUNDS, [offer("A", 1), offer("A", 2)])


offers = st.lists(
    st.tuples(st.decimals(0, 10**6, places=2), st.integers(0, 5), st.integers(0, 10), st.booleans()),
    min_size=1,
    max_size=6,
).map(
    lambda rows: [
        offer(n, price, ease, support, law=law) for n, (price, ease, support, law) in enumerate(rows)
    ]
)


def by_hand(line):
    """Redo each product of a line and the sum, from its text alone."""
    *products, addition = line.split("; ")
    points = []
    for product in products:
        left, right = product.split(" = ")
        fraction, weight = left.split(" × ")
        dividend, divisor = map(D, fraction.split(" ÷ "))
        exact = D(weight) * (dividend / divisor if divisor else 1)
        assert abs(exact - D(right)) <= D("0.005") + D("1e-20")
        points.append(D(right))
    addends, total = addition.split(" = ")
    assert [*map(D, addends.split(" + "))] == points
    assert sum(points) == D(total)
    return D(total).quantize(D("0.01"), ROUND_HALF_UP)


@settings(max_examples=60, deadline=None)
@given(offers)
def test_any_order_follows_from_the_lines(those):
    places = rank(GROUNDS, those)
    assert sorted(place.key for place in places) == sorted(one.key for one in those)
    judged = [place for place in places if place.place is not None]
    assert {place.key for place in judged} == {one.key for one in those if one.met["law"]}
    points = [by_hand(place.arithmetic()) for place in judged]
    assert points == sorted(points, reverse=True)
    for place, own in zip(judged, points, strict=True):
        assert place.place == 1 + sum(other > own for other in points)
        assert len(place.tied) == points.count(own) - 1
        assert 0 <= own <= GROUNDS.weights_total == 100
    if judged:
        least = min(place.price for place in judged)
        assert all(place.terms[0].points == 60 for place in judged if place.price == least)
