"""The order of offers: requirements, points for quality and price, and the arithmetic, to be redone by hand.

Prices in € without VAT for the whole. An offer's points for the price are lowest ÷ own × weight; for a quality
criterion given ÷ best possible × weight; each rounded to two decimals, half up, before they are added, so that the
order follows from the figures that are shown. Source: Hankintalaki 1397/2016, 93 § (ground of award and weights),
123 § (the decision gives its reasons).
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor
from typing import NamedTuple

from consortium.fee_rules import CENT, Refusal, Refused
from consortium.shares import EXACT
from procurement.price_rules import figure_refusals


class Criterion(NamedTuple):
    """A quality criterion: its weight in points, and the best mark that can be given."""

    key: object
    weight: Decimal
    best: Decimal = Decimal(5)


@dataclass(frozen=True)
class Grounds:
    """What offers are judged by: the price's weight, quality criteria, and requirements that must be met."""

    price_weight: Decimal
    criteria: tuple = ()
    requirements: tuple = ()

    @property
    def weights_total(self):
        """The most points an offer can get; 100 as a rule."""
        with localcontext(EXACT):
            return sum((criterion.weight for criterion in self.criteria), Decimal(self.price_weight))


@dataclass(frozen=True)
class Offer:
    """An offer: its price (€), requirement → whether it is met, criterion → mark given."""

    key: object
    price: Decimal
    met: dict
    marks: dict


class Term(NamedTuple):
    """One term of the arithmetic: dividend ÷ divisor × weight = points; ``code`` is price or the criterion's key."""

    code: object
    dividend: Decimal
    divisor: Decimal
    weight: Decimal
    points: Decimal


@dataclass(frozen=True)
class Place:
    """An offer's place; None when it is excluded, with the requirements it does not meet. ``tied``: with whom."""

    place: int | None
    key: object
    price: Decimal
    terms: tuple = ()
    points: Decimal | None = None
    tied: tuple = ()
    unmet: tuple = ()

    def arithmetic(self, show="{:f}".format):
        """Return the line: "90000.00 ÷ 100000.00 × 60 = 54.00; 4 ÷ 5 × 40 = 32.00; 54.00 + 32.00 = 86.00"."""
        products = [
            f"{show(term.dividend)} ÷ {show(term.divisor)} × {show(term.weight)} = {show(term.points)}"
            for term in self.terms
        ]
        addends = " + ".join(show(term.points) for term in self.terms)
        return "; ".join([*products, f"{addends} = {show(self.points)}"] if products else [])


def rank(grounds, offers):
    """Return the Places, best first, the excluded last in the order given; equal points share a place: 1, 1, 3.

    The lowest price is that of the offers which meet all requirements. Nothing breaks a tie here: a person decides
    as the call for tenders says. Raises Refused with the reasons; TypeError for a float.
    """
    offers = tuple(offers)
    found = refusals(grounds, offers)
    if found:
        raise Refused(found)
    unmet = {offer.key: tuple(key for key in grounds.requirements if not offer.met[key]) for offer in offers}
    judged = [offer for offer in offers if not unmet[offer.key]]
    lowest = min((offer.price for offer in judged), default=None)
    with localcontext(EXACT):
        terms = {offer.key: _terms(grounds, offer, lowest) for offer in judged}
        points = {key: sum((term.points for term in own), Decimal("0.00")) for key, own in terms.items()}
    places = []
    for offer in sorted(judged, key=lambda offer: -points[offer.key]):
        own = points[offer.key]
        place = 1 + sum(others > own for others in points.values())
        tied = tuple(key for key, others in points.items() if others == own and key != offer.key)
        places.append(Place(place, offer.key, offer.price, terms[offer.key], own, tied))
    excluded = [offer for offer in offers if unmet[offer.key]]
    return places + [Place(None, offer.key, offer.price, unmet=unmet[offer.key]) for offer in excluded]


def refusals(grounds, offers):
    """Return why offers cannot be ranked, as codes with figures, all at once; an empty list when they can.

    A requirement that nobody has judged is a reason: it is neither met nor unmet. Raises TypeError for a figure that
    is not exact, ValueError for one key twice.
    """
    offers = tuple(offers)
    for keys in (
        [offer.key for offer in offers],
        ["price", *(criterion.key for criterion in grounds.criteria)],
    ):
        if len(set(keys)) < len(keys):
            raise ValueError(f"One key is there twice: {keys}.")
    found = [] if offers else [Refusal("no_offers")]
    wrong = figure_refusals("price_weight", grounds.price_weight, 2)
    for criterion in grounds.criteria:
        figures = {"criterion": criterion.key}
        wrong += figure_refusals("weight", criterion.weight, 2, **figures)
        faults = figure_refusals("best", criterion.best, 2, **figures)
        wrong += faults or ([] if criterion.best else [Refusal("best_zero", figures)])
    found += wrong or ([] if grounds.weights_total else [Refusal("no_weights")])
    for offer in offers:
        found += _of_offer(grounds, offer)
    return found


def _of_offer(grounds, offer):
    own = {"offer": offer.key}
    found = figure_refusals("price", offer.price, 2, **own)
    for key in grounds.requirements:
        if not isinstance(offer.met.get(key), bool):
            found.append(Refusal("requirement_not_judged", own | {"requirement": key}))
    if any(offer.met.get(key) is False for key in grounds.requirements):
        return found  # what is excluded gets no marks
    for criterion in grounds.criteria:
        mark = offer.marks.get(criterion.key)
        figures = own | {"criterion": criterion.key}
        if mark is None:
            found.append(Refusal("mark_missing", figures))
            continue
        faults = figure_refusals("mark", mark, 2, **figures)
        if not faults and mark > criterion.best:
            faults = [Refusal("mark_above_best", figures | {"value": mark, "best": criterion.best})]
        found += faults
    return found


def _terms(grounds, offer, lowest):
    terms = [_term("price", lowest, offer.price, grounds.price_weight)] if grounds.price_weight else []
    for criterion in grounds.criteria:
        terms.append(_term(criterion.key, offer.marks[criterion.key], criterion.best, criterion.weight))
    return tuple(terms)


def _term(code, dividend, divisor, weight):
    # Who asks nothing has the lowest price, too: full points, though 0 ÷ 0 is nothing.
    part = Fraction(dividend) / Fraction(divisor) if divisor else Fraction(1)
    hundredths = floor(part * Fraction(weight) * 100 + Fraction(1, 2))
    figures = (Decimal(dividend), Decimal(divisor), Decimal(weight))
    return Term(code, *figures, EXACT.multiply(CENT, hundredths))
