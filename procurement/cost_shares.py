"""One bill shared among the participants of a contract: equally, by residents, by use, mixed, or at a price a resident.

Sums are in € without VAT. A year that is not whole (8 of 12 months) takes that part of the amount, the floor and the
cap. Shares of an amount meet it to the cent; what the caps leave is uncovered and never pushed above a cap.
"""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import gcd, lcm

from consortium.shares import split

CENT, ZERO, WHOLE = Decimal("0.01"), Decimal(0), Decimal(1)
YEAR = 12  # months


class Method(StrEnum):
    """By what the participants share."""

    EQUAL = "equal"
    RESIDENTS = "residents"
    USE = "use"
    MIXED = "mixed"
    PRICE = "price"  # a price a resident; the bill is what the shares make


SHARED = (
    "equal",
    "residents",
    "use",
)  # the parts of a mixed sharing, and the order in which a line tells them


class Code(StrEnum):
    """Why nothing can be reckoned; ``keys`` of the refusal are the participants it is about."""

    NOBODY = "nobody"
    NO_AMOUNT = "no_amount"
    NO_PRICE = "no_price"
    NEGATIVE = "negative"
    CENTS = "cents"
    MONTHS = "months"
    PARTS = "parts"
    RESIDENTS = "residents"
    USE = "use"
    NO_USE = "no_use"
    LIMITS = "limits"
    FLOORS = "floors"


class Refused(Exception):
    """The shares cannot be reckoned: ``code`` says why, ``keys`` for whom, ``figures`` by which sums."""

    def __init__(self, code, *, keys=(), **figures):
        self.code, self.keys, self.figures = code, tuple(keys), figures
        super().__init__(f"{code}: {', '.join(map(str, self.keys))}")


@dataclass(frozen=True)
class Participant:
    """One who shares. ``residents`` and ``use`` are None while not known; ``months`` of the contract's year."""

    key: str
    residents: int | None = None
    use: int | None = None
    months: int = YEAR


@dataclass(frozen=True)
class Terms:
    """What is shared and how. ``amount``, ``floor``, ``cap``: € of a whole year; ``price``: € a resident and year.

    ``months``: of the contract in this year. ``parts``: method → part of a mixed sharing, together 1.
    """

    method: Method
    amount: Decimal | None = None
    price: Decimal | None = None
    floor: Decimal = ZERO
    cap: Decimal | None = None
    months: int = YEAR
    parts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One product of a line: ``sum`` × ``own`` / ``all``, by what the participants share (€)."""

    by: str
    sum: Decimal | Fraction
    own: int
    all: int

    @property
    def product(self):
        """Return what it comes to, exactly (€)."""
        return Fraction(self.sum) * self.own / self.all


@dataclass(frozen=True)
class Share:
    """What one participant pays (€), and everything a person needs to reckon it again.

    ``steps`` add up to ``exact``; ``limit`` is "floor" or "cap" where that counts instead. ``odd``: the cents that
    rounding to whole cents gave or took (at most one either way).
    """

    key: str
    amount: Decimal
    residents: int | None
    use: int | None
    months: int
    steps: tuple
    exact: Fraction
    limit: str = ""

    def plain(self):
        """Return what a line tells as plain values: the limit, the products with sums as text, the odd cent."""
        return {
            "limit": self.limit,
            "steps": [[step.by, *_text(step.sum), step.own, step.all] for step in self.steps],
            "odd": f"{self.odd:f}",
            "exact": self.exact == self.amount,
        }

    @property
    def odd(self):
        """Return by how much the share differs from its exact figure rounded down to the cent (€)."""
        if self.limit:
            return ZERO
        return self.amount - Decimal(self.exact * 100 // 1) * CENT


@dataclass(frozen=True)
class Shares:
    """A year's shares in the order given; ``amount`` to be covered, ``floor`` and ``cap`` of these months (€)."""

    terms: Terms
    shares: tuple
    amount: Decimal
    uncovered: Decimal
    floor: Decimal
    cap: Decimal | None

    @property
    def total(self):
        """Return the sum of the shares (€)."""
        return sum((share.amount for share in self.shares), ZERO)

    @property
    def fingerprint(self):
        """Return what tells one result from another: every figure that is told of it."""
        told = [[share.key, f"{share.amount:f}", share.months, share.plain()] for share in self.shares]
        told += [f"{self.amount:f}", f"{self.uncovered:f}"]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def by_key(self):
        """Return key → Share."""
        return {share.key: share for share in self.shares}


def reckon(terms, participants):
    """Return the year's shares (€) as Shares; Σ shares + uncovered = the amount, to the cent.

    Each weighs by its own months of the contract's. Mixed: the parts of the amount weigh together, so that floor and
    cap bind each once. A price a resident is rounded to the nearest cent, half up. Raises Refused; TypeError for a
    float. Source: DOMAIN's pattern of a national e-library, 0.70 € a resident, 8/12 in the first year.
    """
    participants = tuple(participants)
    _check(terms, participants)
    part = Fraction(terms.months, YEAR)
    floor, cap = (None if s is None else _cents(Fraction(s) * part) for s in (terms.floor, terms.cap))
    if terms.method == Method.PRICE:
        return _priced(terms, participants, floor, cap)
    amount = _cents(Fraction(terms.amount) * part)
    unit = gcd(*(one.months for one in participants))  # months in common weigh nothing
    weights, parts = _weights(terms, participants, unit)
    if floor * len(participants) > amount:
        raise Refused(Code.FLOORS, floor=floor, count=len(participants), amount=amount)
    shared = split(amount, weights, cap=cap, floor=floor, exact=True)
    rate, limits = _limits(weights, shared, floor, cap)
    between = [one for one in participants if one.key not in limits]
    sums = [(name, rate * share, all_) for name, share, all_ in parts]
    if (
        len(parts) == 1 and between
    ):  # said as what is left of the bill and of the weights: whole figures, both
        name, rest = parts[0][0], amount - shared.uncovered - sum(shared.shares[key] for key in limits)
        sums = [(name, rest, sum(_own(one, name, unit) for one in between))]
    found = []
    for one in participants:
        steps = tuple(Step(name, sum_, _own(one, name, unit), all_) for name, sum_, all_ in sums)
        exact, limit = sum((step.product for step in steps), Fraction(0)), limits.get(one.key, "")
        share = shared.shares[one.key]
        found.append(Share(one.key, share, one.residents, one.use, one.months, steps, exact, limit))
    return Shares(terms, tuple(found), amount, shared.uncovered, floor, cap)


def _text(sum_):
    """Return (a sum as text, whether that is exact): of a fraction no more decimals than a hand would write."""
    exact = Fraction(sum_)
    for places in (2, 4, 6):
        if 10**places % exact.denominator == 0:
            return f"{Decimal(int(exact * 10**places)).scaleb(-places):f}", True
    return f"{Decimal(int(exact * 10**6)).scaleb(-6):f}", False


def _cents(sum_):
    """Return a fraction of a euro to the nearest cent, half up."""
    exact = Fraction(sum_)
    return (Decimal(exact.numerator * 1000 // exact.denominator) / 1000).quantize(CENT, ROUND_HALF_UP)


def _check(terms, participants):
    sums = {"amount": terms.amount, "price": terms.price, "floor": terms.floor, "cap": terms.cap}
    for name, value in sums.items():
        if isinstance(value, float):
            raise TypeError(f"The {name} must be a Decimal or a whole number, not a float.")
        if value is not None and value < 0:
            raise Refused(Code.NEGATIVE, name=name)
        if value is not None and name != "price" and Decimal(value) % CENT:
            raise Refused(Code.CENTS, name=name)
    if not participants:
        raise Refused(Code.NOBODY)
    if terms.cap is not None and terms.cap < terms.floor:
        raise Refused(Code.LIMITS, floor=terms.floor, cap=terms.cap)
    beyond = [one.key for one in participants if not 1 <= one.months <= terms.months]
    if beyond or not 1 <= terms.months <= YEAR:
        raise Refused(Code.MONTHS, keys=beyond)
    if terms.method == Method.PRICE and terms.price is None:
        raise Refused(Code.NO_PRICE)
    if terms.method != Method.PRICE and terms.amount is None:
        raise Refused(Code.NO_AMOUNT)
    parts = _parts(terms)
    if set(parts) - set(SHARED) or any(p < 0 for p in parts.values()) or sum(parts.values()) != WHOLE:
        raise Refused(Code.PARTS)
    used = {name for name, part in parts.items() if part}
    if "residents" in used or terms.method == Method.PRICE:
        lacking = [one.key for one in participants if not one.residents or one.residents < 0]
        if lacking:
            raise Refused(Code.RESIDENTS, keys=lacking)
    if "use" in used:
        lacking = [one.key for one in participants if one.use is None or one.use < 0]
        if lacking:
            raise Refused(Code.USE, keys=lacking)
        if not any(one.use for one in participants):
            raise Refused(Code.NO_USE)


def _parts(terms):
    if terms.method == Method.MIXED:
        return dict(terms.parts)
    return {"residents": WHOLE} if terms.method == Method.PRICE else {str(terms.method): WHOLE}


def _own(one, by, unit):
    """Return what a participant weighs in one of the parts; use is what it is, whatever the months."""
    months = one.months // unit
    return {"equal": months, "residents": (one.residents or 0) * months, "use": one.use}[by]


def _weights(terms, participants, unit):
    """Return (key → whole weight, [(part's name, the part in units of weight, sum of all that weigh in it)])."""
    parts = [
        (name, Fraction(part), sum(_own(one, name, unit) for one in participants))
        for name, part in sorted(_parts(terms).items(), key=lambda pair: SHARED.index(pair[0]))
        if part
    ]
    exact = {
        one.key: sum((part * _own(one, name, unit) / all_ for name, part, all_ in parts), Fraction(0))
        for one in participants
    }
    scale = lcm(*(weight.denominator for weight in exact.values()))
    weights = {key: int(weight * scale) for key, weight in exact.items()}
    return weights, [(name, part * scale, all_) for name, part, all_ in parts]


def _limits(weights, shared, floor, cap):
    """Return (€ a unit of weight for those between the limits, {key: "floor" or "cap"} of those at one).

    The shares in cents show who is at a limit but for a cent; the exact rate then settles it.
    """
    amount = sum(shared.shares.values())
    limits = {key: "cap" for key, share in shared.shares.items() if cap is not None and share == cap}
    limits |= {key: "floor" for key, share in shared.shares.items() if floor and share == floor != cap}
    rate = Fraction(0)
    for _again in range(len(weights) + 1):
        free = sum(weight for key, weight in weights.items() if key not in limits)
        taken = sum((cap if limit == "cap" else floor for limit in limits.values()), ZERO)
        if not free:
            return rate, limits
        rate = Fraction(amount - taken) / free
        strayed = [key for key, limit in limits.items() if not _holds(limit, rate * weights[key], floor, cap)]
        if not strayed:
            return rate, limits
        for key in strayed:
            del limits[key]
    return rate, limits


def _holds(limit, exact, floor, cap):
    return exact >= cap if limit == "cap" else exact <= floor


def _priced(terms, participants, floor, cap):
    found = []
    for one in participants:
        exact = Fraction(terms.price) * one.residents * one.months / YEAR
        amount, limit = _cents(exact), ""
        if cap is not None and amount > cap:
            amount, limit = cap, "cap"
        elif amount < floor:
            amount, limit = floor, "floor"
        steps = (Step("price", terms.price, one.residents * one.months, YEAR),)
        found.append(Share(one.key, amount, one.residents, one.use, one.months, steps, exact, limit))
    total = sum((share.amount for share in found), ZERO)
    return Shares(terms, tuple(found), total, ZERO, floor, cap)
