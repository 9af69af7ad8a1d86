"""What an offer's prices are made of, who takes part, and why costs cannot be reckoned from them.

Sums in €, without VAT. What is refused comes as codes with figures, which pages put into words.
"""

import decimal
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from consortium.fee_rules import LARGEST, ZERO, Refusal, exact_number
from consortium.shares import EXACT

PLACES = 6  # decimals of a price; a longer one cannot be reckoned by hand


class Measure(StrEnum):
    """What a price is for, what a tier's limit counts, what a cost is shared by."""

    CONTRACT = "contract"  # one price for the whole: no measure of a tier or of sharing
    PARTICIPANTS = "participants"  # as a price: a flat fee for each; as sharing: equally
    RESIDENTS = "residents"
    USERS = "users"  # or licences
    VOLUME = "volume"  # € a year; as a price: € for each € at list price, 0.92 being 8 % off


class Reach(StrEnum):
    """Which units a tier's price is for, as the offer says."""

    ALL = "all"  # the tier that the total falls in prices every unit
    PART = "part"  # each tier prices only the units between its limit and the one before


class Participant(NamedTuple):
    """A municipality that takes part: residents, users or licences, yearly volume (€); None where not known."""

    key: object
    residents: int | None = None
    users: int | None = None
    volume: Decimal | None = None


class Tier(NamedTuple):
    """A price (€ a year) up to so much of the measure, this included; None for no end."""

    up_to: Decimal | int | None
    price: Decimal


@dataclass(frozen=True)
class Price:
    """A yearly price: ``rate`` (€) for one unit of ``per``, or ``tiers`` by the total of ``measure``."""

    per: Measure
    rate: Decimal | None = None
    tiers: tuple = ()
    measure: Measure | None = None
    reach: Reach = Reach.ALL

    @property
    def for_whole(self):
        """Say whether it yields one sum for all, to be shared."""
        return self.per == Measure.CONTRACT or bool(self.tiers and self.reach == Reach.PART)

    def tier_at(self, total):
        """Return the place of the tier that a total of the measure falls in; None without tiers."""
        for place, tier in enumerate(self.tiers):
            if tier.up_to is None or total <= tier.up_to:
                return place
        return None

    def rate_at(self, total):
        """Return the price of one unit (€) when the measure totals so much and a tier prices every unit."""
        return self.tiers[self.tier_at(total)].price if self.tiers else self.rate


@dataclass(frozen=True)
class PriceModel:
    """An offer's prices, which add up, and its smallest yearly fees (€): of each municipality, of the whole."""

    prices: tuple
    minimum_each: Decimal = ZERO
    minimum: Decimal = ZERO


def units_of(participant, measure):
    """Return how much of a measure a participant has; None where it is not known."""
    return 1 if measure == Measure.PARTICIPANTS else getattr(participant, Measure(measure))


def total_of(participants, measure):
    """Return the total of a measure: municipalities, residents, users, or volume in €; TypeError if one is None."""
    with localcontext(EXACT):
        return sum(units_of(participant, measure) for participant in participants)


def refusals(model, participants, *, shared_by=Measure.RESIDENTS, months=12):
    """Return why costs cannot be reckoned, as codes with figures, all at once; an empty list when they can.

    Raises TypeError for a figure that is not exact and ValueError for what no form can give: an unknown word,
    months beyond 1 to 12, one key twice.
    """
    participants = tuple(participants)
    if not (isinstance(months, int) and 1 <= months <= 12):
        raise ValueError(f"A year has 1 to 12 months: {months}.")
    if Measure(shared_by) is Measure.CONTRACT:
        raise ValueError("A cost is shared by something that each municipality has.")
    if len({participant.key for participant in participants}) < len(participants):
        raise ValueError("Each municipality must have a key of its own.")
    found = [] if participants else [Refusal("no_participants")]
    found += [] if model.prices else [Refusal("no_prices")]
    for name in ("minimum_each", "minimum"):
        found += figure_refusals(name, getattr(model, name), 2)
    for place, price in enumerate(model.prices):
        found += _of_price(place, price)
    if any(price.per == Measure.CONTRACT for price in model.prices) or model.minimum:
        shared = (shared_by,)
    else:
        shared = ()
    return found + _of_participants(model, participants, shared)


def figure_refusals(name, number, places, **figures):
    """Return why a figure cannot be reckoned with: no number, below zero, too large, too many decimals."""
    number = exact_number(number, name)
    figures = {"name": name, "value": number} | figures
    if not number.is_finite():
        return [Refusal("not_a_number", figures)]
    if number < 0:
        return [Refusal("negative", figures)]
    if number > LARGEST:
        return [Refusal("too_large", figures | {"most": LARGEST})]
    # Not in the exact context: a number may come with a million decimals.
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, decimal.Context(prec=40))
    return [] if rounded == number else [Refusal("too_fine", figures | {"places": places})]


def _of_price(place, price):
    Measure(price.per), Reach(price.reach)
    if (price.rate is None) != bool(price.tiers):
        return [Refusal("rate_or_tiers", {"price": place})]
    if not price.tiers:
        return figure_refusals("rate", price.rate, PLACES, price=place)
    found, places = [], 2 if price.measure == Measure.VOLUME else 0
    for tier in price.tiers:
        found += figure_refusals("tier", tier.price, PLACES, price=place)
        found += [] if tier.up_to is None else figure_refusals("up_to", tier.up_to, places, price=place)
    if price.measure is None or Measure(price.measure) is Measure.CONTRACT:
        found.append(Refusal("measure_missing", {"price": place}))
    elif price.reach == Reach.PART and price.per != price.measure:
        # "The part above 50 municipalities" says nothing of residents: which of them would it be?
        found.append(Refusal("part_of_another_measure", {"price": place}))
    if found:  # limits that are no numbers cannot be compared
        return found
    for before, after in pairwise([Tier(0, ZERO), *price.tiers]):
        if before.up_to is None or (after.up_to is not None and after.up_to <= before.up_to):
            found.append(Refusal("tiers_not_ascending", {"price": place, "up_to": after.up_to}))
    if price.tiers[-1].up_to is not None:
        found.append(Refusal("tiers_not_open", {"price": place, "up_to": price.tiers[-1].up_to}))
    return found


def _of_participants(model, participants, shared):
    needed = {price.per for price in model.prices} | {price.measure for price in model.prices if price.tiers}
    needed = (needed | set(shared)) - {Measure.CONTRACT, Measure.PARTICIPANTS, None}
    found = []
    for measure in sorted(needed):
        known = [(one.key, units_of(one, measure)) for one in participants]
        without = tuple(key for key, units in known if units is None)
        if without:
            found.append(Refusal("figure_missing", {"measure": measure, "keys": without}))
            continue
        places = 2 if measure == Measure.VOLUME else 0
        wrong = [fault for key, units in known for fault in figure_refusals(measure, units, places, key=key)]
        found += wrong
        if measure in shared and known and not wrong and not any(units for _key, units in known):
            found.append(Refusal("nothing_to_share_by", {"measure": measure}))
    return found
