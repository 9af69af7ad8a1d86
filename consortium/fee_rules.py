"""How a year's fees are reckoned: the rule, who pays, and why a rule cannot be reckoned with.

Currency is €, without VAT unless said; a rate of VAT is in per cent. What is refused comes as codes with figures
and ways out, which pages put into words.
"""

import decimal
from bisect import bisect_left
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from math import ceil
from operator import itemgetter
from typing import NamedTuple

from consortium.shares import EXACT

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
GROUNDS = {"tariff": "rate", "bands": "band", "equal": "equal", "population": "population", "mixed": "mixed"}
SHARING = ("equal", "population", "mixed")
YEARS = range(2000, 2100)  # a year outside is a slip of the pen
# How many decimals a person may give; longer ones cannot be reckoned by hand.
PLACES = {"rate": 6, "equal_part": 6, "vat_rate": 2}
LARGEST = Decimal(10) ** 12  # a figure beyond it is a slip, and would only make the arithmetic slow


class Band(NamedTuple):
    """A class of population and its fee (€): up to so many residents, these included; None for no end."""

    up_to: int | None
    fee: Decimal


@dataclass(frozen=True)
class Rule:
    """How fees are reckoned: ``kind`` is tariff, bands, equal, population or mixed; the last three share an amount.

    ``rate``: € a resident. ``bands``: pairs as in ``Band``. ``equal_part``: of the amount, 0 to 1, for mixed.
    """

    kind: str
    rate: Decimal | None = None
    bands: tuple = ()
    equal_part: Decimal | None = None
    floor: Decimal = Decimal(0)
    cap: Decimal | None = None
    free_years: tuple = ()
    free_first_year: bool = False
    prorated: bool = True
    unit: Decimal = CENT
    vat_rate: Decimal = Decimal(0)
    cap_with_vat: bool = False

    @property
    def net_cap(self):
        """The largest fee without VAT (€); None where there is no cap."""
        if self.cap is None or not self.cap_with_vat:
            return self.cap
        with localcontext(EXACT):
            units = Fraction(self.cap) * 100 / (100 + Fraction(self.vat_rate)) // Fraction(self.unit)
            return euros(self.unit) * units

    def band_of(self, residents):
        """Return the place of the band that so many residents are in."""
        return bisect_left(self.bands, residents, hi=len(self.bands) - 1, key=itemgetter(0))

    def frees(self, payer):
        """Say whether the payer is free because this is its first year."""
        return self.free_first_year and payer.first_year


class Payer(NamedTuple):
    """One who pays: its residents, its full months of membership in the year, whether the year is its first."""

    key: object
    residents: int | None
    months: int = 12
    first_year: bool = False


class Way(NamedTuple):
    """A way out of a refusal: what to do, with the figures that would do."""

    code: str
    figures: dict


@dataclass(frozen=True)
class Refusal:
    """Why a rule cannot be reckoned with, as a code and figures for a sentence, and the ways out."""

    code: str
    figures: dict = field(default_factory=dict)
    ways: tuple = ()


class Refused(ValueError):
    """The rule, the payers and the amount do not go together; ``refusals`` says why."""

    def __init__(self, refusals):
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals


def with_vat(net, rate):
    """Return the amount (€) with VAT of ``rate`` per cent, to the nearest cent, half a cent up."""
    with localcontext(EXACT):
        gross = exact_number(net, "net") * (100 + exact_number(rate, "rate")) * CENT
        return gross.quantize(CENT, ROUND_HALF_UP)


def euros(unit):
    """Return the unit with two decimals, so that amounts made of it have them."""
    return Decimal(unit).quantize(CENT, context=EXACT)


def exact_number(number, name):
    """Return the number as a Decimal; raises TypeError for a float and whatever else is not exact."""
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise TypeError(f"The {name} must be a Decimal or a whole number, not {type(number).__name__}.")
    return Decimal(number)


def refusals(rule, payers, amount=None, *, year=None):
    """Return why fees cannot be reckoned, all reasons at once; an empty list when they can.

    A cap that leaves a part of the amount uncovered is no reason. Raises TypeError for what is no number and
    ValueError for what no form can give: an unknown kind, months beyond 12, one key twice.
    """
    payers = list(payers)
    found = _of_number("amount", amount) + line_refusals(rule, payers, year=year)
    if not found and rule.kind in SHARING:
        found = _of_amount(rule, payers, amount)
    return found


def line_refusals(rule, payers, *, year=None):
    """Return why the payers' lines cannot be reckoned whatever the amount; raises as ``refusals`` does."""
    return _of_rule(rule) + _of_payers(rule, payers) + _of_year(year)


def _of_number(name, number, places=2):
    if number is None:
        return []
    number = exact_number(number, name)
    if not number.is_finite():
        return [Refusal("not_a_number", {"name": name})]
    figures = {"name": name, "value": number}
    if number < 0:
        return [Refusal("negative", figures, (Way("raise", {"name": name, "value": Decimal(0)}),))]
    if number > LARGEST:
        return [Refusal("too_large", figures | {"most": LARGEST})]
    # Not in the exact context: a number may come with a million decimals.
    with localcontext(decimal.Context(prec=40)):
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded != number:
        way = Way("round", {"name": name, "value": rounded})
        return [Refusal("too_fine", figures | {"places": places}, (way,))]
    return []


def _of_rule(rule):
    if rule.kind not in GROUNDS:
        raise ValueError(f"There is no such kind of rule: {rule.kind}.")
    found = []
    for name in ("rate", "equal_part", "floor", "cap", "unit", "vat_rate"):
        found += _of_number(name, getattr(rule, name), PLACES.get(name, 2))
    for _up_to, fee in rule.bands:
        found += _of_number("band", fee)
    if not (found or rule.unit):
        found.append(Refusal("unit_zero", {}, (Way("raise", {"name": "unit", "value": CENT}),)))
    if found:  # nothing more can be said about such figures
        return found
    with localcontext(EXACT):
        limits = [("floor", rule.floor), *([] if rule.cap is None else [("cap", rule.cap)])]
        for name, value in limits + [("band", fee) for _up_to, fee in rule.bands]:
            if value % rule.unit:
                lower = value // rule.unit * rule.unit
                ways = (
                    Way("lower", {"name": name, "value": lower}),
                    Way("raise", {"name": name, "value": lower + rule.unit}),
                )
                found.append(Refusal("not_in_unit", {"name": name, "value": value, "unit": rule.unit}, ways))
        cap = rule.net_cap
        if cap is not None and rule.floor > cap:
            enough = Fraction(rule.floor) * (100 + Fraction(rule.vat_rate if rule.cap_with_vat else 0)) / 100
            enough = euros(rule.unit) * ceil(enough / Fraction(rule.unit))
            ways = (
                Way("lower", {"name": "floor", "value": cap}),
                Way("raise", {"name": "cap", "value": enough}),
            )
            found.append(Refusal("floor_above_cap", {"floor": rule.floor, "cap": cap}, ways))
    if rule.kind == "tariff" and rule.rate is None:
        found.append(Refusal("rate_missing"))
    if rule.kind == "mixed" and rule.equal_part is None:
        found.append(Refusal("equal_part_missing"))
    elif rule.kind == "mixed" and rule.equal_part > 1:
        way = Way("lower", {"name": "equal_part", "value": Decimal(1)})
        found.append(Refusal("equal_part_above_all", {"value": rule.equal_part}, (way,)))
    return found + (_of_bands(rule.bands) if rule.kind == "bands" else [])


def _of_bands(bands):
    if not bands:
        return [Refusal("bands_missing")]
    found = []
    for (up_to, fee), (next_up_to, next_fee) in pairwise([(0, Decimal(0)), *bands]):
        figures = {"up_to": next_up_to, "before": up_to}
        if up_to is None or (next_up_to is not None and next_up_to <= up_to):
            found.append(Refusal("bands_not_ascending", figures))
        if next_fee < fee:
            fees = {"fee": next_fee, "fee_before": fee}
            found.append(
                Refusal("band_fee_falls", figures | fees, (Way("raise", {"name": "band", "value": fee}),))
            )
    if bands[-1][0] is not None:
        found.append(Refusal("bands_not_open", {"up_to": bands[-1][0]}, (Way("open_last_band", {}),)))
    return found


def _of_payers(rule, payers):
    if not payers:
        return [Refusal("no_payers")]
    if len({payer.key for payer in payers}) < len(payers):
        raise ValueError("Each payer must have a key of its own.")
    if not {type(payer.residents) for payer in payers} <= {int, type(None)}:
        raise TypeError("Residents must be a whole number.")
    if not {payer.months for payer in payers} <= set(range(13)):
        raise ValueError("A year has 0 to 12 full months.")
    if rule.kind == "equal":
        return []
    without = tuple(payer.key for payer in payers if (payer.residents or 0) <= 0)
    return [Refusal("no_residents", {"keys": without, "payers": len(without)})] if without else []


def _of_year(year):
    return [] if year is None or year in YEARS else [Refusal("year", {"year": year})]


def _of_amount(rule, payers, amount):
    if amount is None:
        return [Refusal("amount_missing")]
    sharing = sum(not rule.frees(payer) for payer in payers)
    with localcontext(EXACT):
        needed = rule.floor * sharing
        if not amount or needed <= amount:
            return []
        fits = euros(rule.unit) * int(Fraction(amount) / sharing // Fraction(rule.unit))
        figures = {"floor": rule.floor, "payers": sharing, "needed": needed, "amount": amount}
        ways = (
            Way("lower", {"name": "floor", "value": fits}),
            Way("raise", {"name": "amount", "value": needed}),
        )
        return [Refusal("floor_above_amount", figures | {"missing": needed - amount}, ways)]
