"""What an offer costs in a year: for all who take part together, and for each municipality.

Sums in €, without VAT, exact to the cent. A price is for a unit (a municipality, a resident, a user or licence, a
euro of volume) or for the whole contract; tiers are there only where the supplier's offer has them. What is priced
for the whole is shared with ``consortium.shares.split(exact=True)``, so that the bill is met to the cent. Source:
the consortium's joint procurements (KLKH150; e-kirjasto: 0.70 € a resident, 8/12 in the first year).
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from math import floor
from statistics import median_low
from typing import NamedTuple

from consortium.fee_rules import CENT, ZERO, Refusal, Refused
from consortium.fees import compare
from consortium.shares import EXACT, split
from procurement.price_rules import (
    Measure,
    Participant,
    Price,
    PriceModel,
    Reach,
    Tier,
    refusals,
    total_of,
    units_of,
)

__all__ = [  # with what a price is made of and refused by, so that callers import one module
    "Cost",
    "Costs",
    "Joining",
    "Jump",
    "Measure",
    "Part",
    "Participant",
    "Price",
    "PriceModel",
    "Reach",
    "Refusal",
    "Refused",
    "Row",
    "Tier",
    "by_municipality",
    "if_joined",
    "over_years",
    "reckon",
    "redo",
    "refusals",
    "to_next_tier",
    "total_of",
    "typical",
    "units_of",
]


class Part(NamedTuple):
    """One part of a municipality's cost (€).

    Its own: ``units`` × ``rate`` × months / 12. Shared: ``units`` of ``total`` of the sum ``whole``, to within one
    cent. ``minimum_each``: what is missing from the smallest fee, ``rate``; ``minimum``: shared alike.
    """

    code: str
    amount: Decimal
    units: Decimal | int
    rate: Decimal | None = None
    whole: Decimal | None = None
    total: Decimal | int | None = None


class Cost(NamedTuple):
    """What a municipality pays (€), and the parts it is made of."""

    amount: Decimal
    parts: tuple


@dataclass(frozen=True)
class Costs:
    """What all pay by one offer: key → Cost; ``tiers``: the place of the tier of each price, or None."""

    by_key: dict
    months: int
    tiers: tuple

    @cached_property
    def amounts(self):
        """Key → € a year."""
        return {key: cost.amount for key, cost in self.by_key.items()}

    @cached_property
    def total(self):
        """The cost of the whole (€), which is exactly what all pay together."""
        with localcontext(EXACT):
            return sum(self.amounts.values(), ZERO)


def reckon(model, participants, *, shared_by=Measure.RESIDENTS, months=12):
    """Return the Costs (€) of a year of so many months, rounded to the nearest cent, half a cent up.

    The months lessen every price and smallest fee alike. ``shared_by``: how a price of the whole contract, and what
    is missing from its smallest fee, is shared. The sum of a price that is cheaper for the part above a limit is
    shared by its own units: all pay the same average. Raises Refused with the reasons; TypeError for a float.
    """
    participants = tuple(participants)
    found = refusals(model, participants, shared_by=shared_by, months=months)
    if found:
        raise Refused(found)
    with localcontext(EXACT):
        parts = {participant.key: [] for participant in participants}
        tiers = []
        for price in model.prices:
            total = total_of(participants, price.measure) if price.tiers else None
            tiers.append(price.tier_at(total))
            if price.for_whole:
                by = shared_by if price.per == Measure.CONTRACT else price.per
                _share(parts, participants, price.per, by, _cents(_sum_of_whole(price, total), months))
                continue
            rate = price.rate_at(total)
            for participant in participants:
                units = units_of(participant, price.per)
                amount = _cents(Fraction(units) * Fraction(rate), months)
                parts[participant.key].append(Part(str(price.per), amount, units, rate))
        _raise_each(parts, model.minimum_each, months)
        paid = sum((part.amount for own in parts.values() for part in own), ZERO)
        missing = _cents(model.minimum, months) - paid
        if missing > 0:
            _share(parts, participants, "minimum", shared_by, missing)
        costs = {key: Cost(_sum(own), tuple(own)) for key, own in parts.items()}
        return Costs(costs, months, tuple(tiers))


def redo(cost, months=12):
    """Reckon a municipality's cost (€) anew from its line alone; each shared part may be one cent off."""
    with localcontext(EXACT):
        paid = ZERO
        for part in cost.parts:
            if part.code == "minimum_each":
                paid = max(paid, _cents(part.rate, months))
            elif part.whole is None:
                paid += _cents(Fraction(part.units) * Fraction(part.rate), months)
            elif part.total:
                paid += _cents(Fraction(part.whole) * Fraction(part.units) / Fraction(part.total), 12)
        return paid


def over_years(model, participants, years, *, shared_by=Measure.RESIDENTS):
    """Return the cost of the whole (€) over years of so many months each: (8, 12, 12)."""
    participants = tuple(participants)
    with localcontext(EXACT):
        return sum((reckon(model, participants, shared_by=shared_by, months=n).total for n in years), ZERO)


class Row(NamedTuple):
    """What one municipality would pay: offer → €, and the offers by which it would pay least."""

    amounts: dict
    lowest: tuple


def by_municipality(models, participants, *, shared_by=Measure.RESIDENTS, months=12):
    """Return municipality → Row from a mapping offer → PriceModel; raises as ``reckon`` does."""
    participants = tuple(participants)
    costs = {
        offer: reckon(model, participants, shared_by=shared_by, months=months).amounts
        for offer, model in models.items()
    }
    rows = {}
    for participant in participants:
        amounts = {offer: of_all[participant.key] for offer, of_all in costs.items()}
        least = min(amounts.values(), default=None)
        rows[participant.key] = Row(amounts, tuple(offer for offer in amounts if amounts[offer] == least))
    return rows


class Jump(NamedTuple):
    """A price whose tier changes: its place among the prices, and the tiers before and after."""

    price: int
    before: Tier
    after: Tier


@dataclass(frozen=True)
class Joining:
    """What changes when more join: key → Change (``consortium.fees``) for those already there, and tiers."""

    before: Costs
    after: Costs
    changes: dict
    jumps: tuple


def if_joined(model, participants, joiners, *, shared_by=Measure.RESIDENTS, months=12):
    """Return the Joining when ``joiners`` come to the participants; raises as ``reckon`` does."""
    participants = tuple(participants)
    before = reckon(model, participants, shared_by=shared_by, months=months)
    after = reckon(model, (*participants, *joiners), shared_by=shared_by, months=months)
    changes = compare(before.amounts, {key: after.amounts[key] for key in before.amounts})
    jumps = tuple(
        Jump(place, price.tiers[old], price.tiers[new])
        for place, (price, old, new) in enumerate(zip(model.prices, before.tiers, after.tiers, strict=True))
        if old != new
    )
    return Joining(before, after, changes, jumps)


def typical(keys, participants):
    """Return a participant for each key, with the (lower) median figures of those who are there already.

    Raises ValueError when nobody is.
    """
    participants = tuple(participants)
    if not participants:
        raise ValueError("There is nobody to take the median of.")
    figures = {}
    for name in ("residents", "users", "volume"):
        known = [value for value in (getattr(one, name) for one in participants) if value is not None]
        figures[name] = median_low(known) if known else None
    return tuple(Participant(key, **figures) for key in keys)


def to_next_tier(price, participants):
    """Return what more of the measure brings the next tier, and that tier; None in the last one or without tiers.

    A limit belongs to the tier below it, so a whole measure needs one more, a volume one cent.
    Raises TypeError when a participant's figure is not known.
    """
    if not price.tiers:
        return None
    total = total_of(participants, price.measure)
    place = price.tier_at(total)
    if place + 1 == len(price.tiers):
        return None
    with localcontext(EXACT):
        least = CENT if price.measure == Measure.VOLUME else 1
        return price.tiers[place].up_to - total + least, price.tiers[place + 1]


def _sum_of_whole(price, total):
    """A year's sum of a price that is for the whole, € as a fraction."""
    if price.reach == Reach.ALL or not price.tiers:
        return Fraction(price.rate_at(total))
    amount, below = Fraction(0), 0
    for tier in price.tiers:
        upper = total if tier.up_to is None else min(total, tier.up_to)
        amount += Fraction(upper - below) * Fraction(tier.price)
        below = upper
    return amount


def _share(parts, participants, code, by, whole):
    weights = {participant.key: units_of(participant, by) for participant in participants}
    total = sum(weights.values())
    shares = split(whole, weights, exact=True).shares if whole else dict.fromkeys(weights, ZERO)
    for key, share in shares.items():
        parts[key].append(Part(str(code), share, weights[key], whole=whole, total=total))


def _raise_each(parts, minimum_each, months):
    least = _cents(minimum_each, months)
    for own in parts.values():
        missing = least - _sum(own)
        if missing > 0:
            own.append(Part("minimum_each", missing, 1, minimum_each))


def _sum(parts):
    return sum((part.amount for part in parts), ZERO)


def _cents(yearly, months):
    """So many months of a yearly sum, to the nearest cent, half a cent up."""
    cents = floor(Fraction(yearly) * months * 100 / 12 + Fraction(1, 2))
    return EXACT.multiply(CENT, cents)
