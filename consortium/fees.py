"""A year's fees of all municipalities by one rule, each redone by hand from one line.

Whatever the kind, a fee is: equal part + residents × rate, rounded down to the unit, at least the floor, at
most the cap; then by full months, rounded down again. A tariff and bands say their figures; sharing an amount
finds them with ``consortium.shares.split`` and says them with as few decimals as give every share to the unit.
Currency is €, without VAT; a rate of VAT is in per cent. Source: the consortium's slides (at most 7,500 € a
municipality); the kinds of rule are decisions of our own.
"""

import decimal
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from itertools import count
from math import ceil
from statistics import median
from typing import NamedTuple

from consortium.fee_rules import (
    CENT,
    GROUNDS,
    PLACES,
    SHARING,
    ZERO,
    Band,
    Payer,
    Refusal,
    Refused,
    Rule,
    Way,
    euros,
    exact_number,
    line_refusals,
    refusals,
    with_vat,
)
from consortium.shares import EXACT, split

__all__ = [  # with what a rule is made of and refused by, so that callers import one module
    "Band",
    "Change",
    "Fee",
    "Fees",
    "Payer",
    "Reckoning",
    "Refusal",
    "Refused",
    "Rule",
    "Way",
    "compare",
    "full_months",
    "joiner",
    "reckon",
    "reckoning",
    "redo",
    "refusals",
    "to_share",
    "with_vat",
]


class Fee(NamedTuple):
    """A fee (€) with what it was reckoned from; ``by_rule`` is what floor and cap have not touched.

    ``ground``: rate, band, equal, population or mixed where they change nothing, else floor or cap; free in a
    free year; covered when nothing is left to be paid. ``base`` + residents × ``rate``: None for bands.
    """

    amount: Decimal
    full_year: Decimal
    months: int
    ground: str
    by_rule: Decimal
    base: Decimal | None
    rate: Decimal | None


@dataclass(frozen=True)
class Fees:
    """The fees of a year by key, in the order of the payers; sums in €."""

    by_key: dict
    rule: Rule
    amount: Decimal | None  # what they are held against
    base: Decimal | None
    rate: Decimal | None

    @cached_property
    def amounts(self):
        """Key → fee (€)."""
        return {key: fee.amount for key, fee in self.by_key.items()}

    @cached_property
    def total(self):
        """The sum of all fees (€)."""
        with localcontext(EXACT):
            return sum(self.amounts.values(), ZERO)

    @property
    def uncovered(self):
        """What the amount is above the fees (€); None when there was no amount."""
        return None if self.amount is None else _excess(self.amount, self.total)

    @property
    def surplus(self):
        """What the fees are above the amount (€); None when there was no amount."""
        return None if self.amount is None else _excess(self.total, self.amount)

    def _keys_at(self, limit):
        return tuple(key for key, fee in self.by_key.items() if fee.full_year == limit)

    @cached_property
    def at_cap(self):
        """The keys of those whose whole year costs the largest fee."""
        return () if self.rule.cap is None else self._keys_at(self.rule.net_cap)

    @cached_property
    def at_floor(self):
        """The keys of those whose whole year costs the smallest fee."""
        return self._keys_at(self.rule.floor) if self.rule.floor else ()

    @cached_property
    def _paid(self):
        return sorted(amount for amount in self.amounts.values() if amount) or [ZERO]

    @property
    def smallest(self):
        """The smallest fee of those who pay anything (€)."""
        return self._paid[0]

    @property
    def median(self):
        """The median fee of those who pay anything (€), rounded down to the cent."""
        cents = int(median(map(Fraction, self._paid)) * 100)
        return EXACT.multiply(CENT, cents)

    @property
    def largest(self):
        """The largest fee (€)."""
        return self._paid[-1]


def reckon(rule, payers, *, amount=None, year):
    """Return the fees of a year (€). ``amount``: to be shared; for a tariff and bands only held against the sum.

    The months of one payer move no other's fee. One whose first year is free takes no part in the sharing.
    With nothing to be paid (amount 0) every fee is 0. Raises Refused with the reasons; TypeError for a float.
    """
    payers = list(payers)
    found = refusals(rule, payers, amount, year=year)
    if found:
        raise Refused(found)
    with localcontext(EXACT):
        base, rate = _terms(rule, payers, amount)
        fees = _fees(rule, payers, year, base, rate, covered=amount is not None and not amount)
        return Fees(fees, rule, amount, base, rate)


def joiner(rule, payer, *, year, base=None, rate=None, covered=False):
    """Return the fee (€) of one who joins after the freeze, by the frozen ``base`` and ``rate`` of the year.

    ``covered``: nothing was to be paid that year, so this fee is 0 as the others are. A tariff and bands have theirs
    in the rule. Raises Refused, and ValueError when a shared year's are not given.
    """
    found = line_refusals(rule, [payer], year=year)
    if found:
        raise Refused(found)
    if rule.kind not in SHARING:
        base, rate = _terms(rule, [payer], None)
    elif base is None or rate is None:
        raise ValueError("The frozen equal part and rate of the year are needed.")
    with localcontext(EXACT):
        return _fees(rule, [payer], year, base, rate, covered=covered)[payer.key]


def full_months(joined_on, year, left_on=None):
    """Return the full months (0 to 12) of the year between the first and the last day of a membership."""
    return sum(
        joined_on <= date(year, month, 1)
        and (left_on is None or left_on >= date(year, month, monthrange(year, month)[1]))
        for month in range(1, 13)
    )


def to_share(total, project_funding):
    """Return what is left to be paid of a budget and what project money is above it (€); neither below 0."""
    return _excess(total, project_funding), _excess(project_funding, total)


class Change(NamedTuple):
    """Two fees and the second's distance from the first, in € and in per cent; None where the first is 0."""

    before: Decimal
    after: Decimal
    euros: Decimal
    percent: Decimal | None


def compare(before, after):
    """Return key → Change of two mappings key → € (``Fees.amounts``); who is missing pays 0. Per cent to 0.1."""
    changes = {}
    with localcontext(decimal.Context(prec=40)):
        for key in [*after, *(key for key in before if key not in after)]:
            old, new = before.get(key, ZERO), after.get(key, ZERO)
            percent = ((new - old) * 100 / old).quantize(Decimal("0.1"), ROUND_HALF_UP) if old else None
            changes[key] = Change(old, new, new - old, percent)
    return changes


@dataclass(frozen=True)
class Reckoning:
    """One fee's line, so that anyone can redo it: amounts in €, ``band`` with the end of the one before it."""

    kind: str
    residents: int | None
    base: Decimal | None
    rate: Decimal | None
    above: int | None
    band: Band | None
    product: Decimal
    floor: Decimal
    cap: Decimal | None
    full_year: Decimal
    months: int
    ground: str
    unit: Decimal
    result: Decimal


def reckoning(fee, rule, payer):
    """Return the line of a fee that ``reckon`` or ``joiner`` gave for the payer by the rule."""
    above, band = None, None
    if rule.kind == "bands":
        place = rule.band_of(payer.residents)
        above, band = rule.bands[place - 1][0] if place else 0, Band(*rule.bands[place])
    return Reckoning(
        kind=rule.kind,
        residents=payer.residents,
        base=fee.base,
        rate=fee.rate,
        above=above,
        band=band,
        product=fee.by_rule,
        floor=rule.floor,
        cap=rule.net_cap,
        full_year=fee.full_year,
        months=fee.months,
        ground=fee.ground,
        unit=rule.unit,
        result=fee.amount,
    )


def redo(line):
    """Reckon a fee (€) anew from the figures on its line alone, step by step as a person would."""
    if line.ground in ("free", "covered"):
        return ZERO
    with localcontext(EXACT):
        by_rule = line.band.fee if line.band else line.base + (line.residents or 0) * line.rate
        fee = max(by_rule // line.unit * line.unit, line.floor)
        fee = fee if line.cap is None else min(fee, line.cap)
        return euros(line.unit) * (fee * line.months // (12 * line.unit))


def _fees(rule, payers, year, base, rate, *, covered):
    """Key → Fee: the one line for every kind, in whole units."""
    unit, own, free_year = euros(rule.unit), GROUNDS[rule.kind], year in rule.free_years
    lowest, highest = _limits(rule)
    if rule.kind == "bands":
        by_band = [int(fee // rule.unit) for _up_to, fee in rule.bands]
    else:
        whole_base, whole_rate, whole_unit = _integers(base, rate, rule.unit)
    fees = {}
    for payer in payers:
        if rule.kind == "bands":
            by_rule = by_band[rule.band_of(payer.residents)]
        else:
            by_rule = (whole_base + whole_rate * (payer.residents or 0)) // whole_unit
        full = by_rule if by_rule > lowest else lowest
        full = full if highest is None or full < highest else highest
        ground = own if full == by_rule else "floor" if full > by_rule else "cap"
        if free_year or rule.frees(payer):
            full, ground = 0, "free"
        elif covered:
            full, ground = 0, "covered"
        months = payer.months if rule.prorated else 12
        paid = unit * (full * months // 12)
        fees[payer.key] = Fee(paid, unit * full, months, ground, unit * by_rule, base, rate)
    return fees


def _terms(rule, payers, amount):
    """The equal part (€) and the rate (€ a resident) of the line; None for bands."""
    if rule.kind == "bands":
        return None, None
    if rule.kind == "tariff":
        return ZERO, Decimal(rule.rate)
    sharing = [payer for payer in payers if not rule.frees(payer)]
    if not (sharing and amount):
        return ZERO, ZERO
    part = {"equal": Decimal(1), "population": Decimal(0)}.get(rule.kind, rule.equal_part)
    residents = [1 if rule.kind == "equal" else payer.residents for payer in sharing]
    return _said(rule, residents, int(Decimal(amount) // rule.unit), *_integers(Decimal(part), Decimal(1)))


def _said(rule, residents, total, part, whole):
    """The equal part and the rate that give each its share of so many units, with as few decimals as will do.

    The true share is clamp(part / whole × total / payers + λ × residents). λ falls when one more pays: at the old
    λ the others' equal parts lose together at most what the new one's brings. To stay exact the sharing is done
    in grains, so fine that each one's equal part is a whole number of them.
    """
    lowest, highest = _limits(rule)
    payers, equal = len(residents), total * part
    grains = payers * whole  # in one unit
    if highest is not None and highest * grains <= equal:
        shares = [highest] * payers
    else:
        rest = split(
            total * (whole - part) * payers,
            dict(enumerate(residents)),
            cap=None if highest is None else highest * grains - equal,
            floor=max(lowest * grains - equal, 0),
            unit=1,
        )
        shares = [(equal + int(share)) // grains for share in rest.shares.values()]
    for places in count():
        scale = 10**places
        base = equal * scale // grains
        low, high = _bounds(shares, residents, base, scale, lowest, highest)
        if high is None or low < high:
            break
    unit = Fraction(rule.unit)
    rate = _shortest(low * unit / scale, None if high is None else high * unit / scale)
    return euros(rule.unit) * Decimal(base).scaleb(-places), rate


def _bounds(shares, residents, base, scale, lowest, highest):
    """Between which rates (from, below) everyone's line gives its share; None where there is no end."""
    low, low_by = 0, 1
    high, high_by = None, 1
    for share, weight in zip(shares, residents, strict=True):  # fractions compared crosswise, for speed
        least = share * scale - base
        if share > lowest and least * low_by > low * weight:
            low, low_by = least, weight
        if share != highest and (high is None or (least + scale) * high_by < high * weight):
            high, high_by = least + scale, weight
    return Fraction(low, low_by), None if high is None else Fraction(high, high_by)


def _shortest(low, high):
    """The number with the fewest decimals from low on and below high, or close to low where there is no end."""
    high = low + Fraction(1, 10 ** PLACES["rate"]) if high is None else high
    for places in count():
        number = ceil(low * 10**places)
        if number < high * 10**places:
            return Decimal(number).scaleb(-places)


def _limits(rule):
    """Floor and cap in whole units; None for no cap."""
    cap = rule.net_cap
    return int(rule.floor // rule.unit), None if cap is None else int(cap // rule.unit)


def _excess(amount, other):
    """What one amount is above another (€), never below 0."""
    with localcontext(EXACT):
        return max(exact_number(amount, "amount") - exact_number(other, "amount"), ZERO)


def _integers(*numbers):
    """The numbers as whole ones in the same proportions."""
    places = max(0, *(-number.as_tuple().exponent for number in numbers))
    return [int(number.scaleb(places)) for number in numbers]
