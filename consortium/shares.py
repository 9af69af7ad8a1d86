"""Sharing an amount of money by weights, with a smallest and a largest share, in exact arithmetic."""

import decimal
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import accumulate, repeat
from operator import mul

# Never rounds, whatever the caller's own context says; what is not a number shows as NaN, not as a trap.
EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[])


@dataclass(frozen=True)
class Split:
    """An amount shared: what each payer pays, in the order given, and what nobody pays."""

    shares: dict
    uncovered: Decimal


def split(amount, weights, *, cap=None, floor=Decimal(0), unit=Decimal("0.01"), exact=False):
    """Share an amount among payers: each pays λ × weight, but at least ``floor`` and at most ``cap``.

    λ is such that the shares make up the amount; where the caps do not allow it, the rest is uncovered.
    The cap wins over the floor. ``weights``: payer → whole number or Decimal. ``amount``, ``cap``, ``floor``
    and ``unit`` in one currency (€). ``exact=False`` rounds each share down to the unit: equal weights pay
    the same, more weight never pays less, one more payer never raises anyone. ``exact=True`` then hands the
    odd units to the largest remainders, ties in order of key, so that the sum is met to the unit.

    Raises ValueError for a negative amount, weight, cap or floor; for one that is no multiple of the unit;
    when no payer has a weight above zero; when the floors together exceed the amount. TypeError for a float.
    """
    with localcontext(EXACT):
        unit = _decimal(unit, "unit")
        if not (unit.is_finite() and unit > 0):
            raise ValueError(f"The unit must be more than zero: {unit}.")
        total = _units(amount, unit, "amount")
        lowest = _units(floor, unit, "floor")
        highest = None if cap is None else _units(cap, unit, "cap")
        units = []
        if weights:
            keys = list(weights) if exact else None
            units = _shared(total, _whole(weights.values()), lowest, highest, keys)
        shares = dict(zip(weights, map(mul, repeat(unit), units), strict=True))
        return Split(shares, unit * (total - sum(units)))


def _decimal(number, name):
    if not isinstance(number, (int, Decimal)):
        raise TypeError(f"The {name} must be a Decimal or a whole number, not {type(number).__name__}.")
    return Decimal(number)


def _units(money, unit, name):
    money = _decimal(money, name)
    if money % unit != 0:  # true of infinity and NaN, too
        raise ValueError(f"The {name} must be a multiple of {unit}: {money}.")
    if money < 0:
        raise ValueError(f"The {name} must not be negative: {money}.")
    return int(money // unit)


def _whole(weights):
    """The weights as whole numbers in the same proportions."""
    total = sum(weights)  # of one kind with its terms: a float or a fraction among them shows here
    if isinstance(total, int):
        return list(weights)
    if not _decimal(total, "sum of the weights").is_finite():
        raise ValueError("A weight must be a finite number.")
    # An exact sum has as many decimal places as the term that has most.
    places = max(-total.as_tuple().exponent, 0)
    return list(map(int, map(mul, weights, repeat(10**places))))


def _shared(total, weights, lowest, highest, keys):
    """Each payer's whole units, in the order of the weights; odd units are handed out if keys are given."""
    ordered = sorted(weights)
    payers = len(ordered)
    idle = bisect_right(ordered, 0)  # payers of weight zero: no λ lifts them above the floor
    if ordered[0] < 0:
        raise ValueError("A weight must not be negative.")
    if idle == payers:
        raise ValueError("At least one payer must have a weight above zero.")
    if highest is None:
        highest = max(total, lowest)  # a cap that nobody can reach
    lowest = min(lowest, highest)
    if lowest * payers > total:
        raise ValueError("The smallest shares together exceed the amount.")
    if highest * (payers - idle) + lowest * idle <= total:
        return [highest if weight else lowest for weight in weights]

    sums = list(accumulate(ordered, initial=0))

    def raised(level, weight):
        """What λ = level / weight brings in from all, times weight: no fraction is ever needed."""
        at_floor = bisect_right(ordered, lowest * weight // level)
        below_cap = bisect_left(ordered, -(-highest * weight // level))
        between = sums[below_cap] - sums[at_floor]
        return (lowest * at_floor + highest * (payers - below_cap)) * weight + level * between

    # A payer is above the floor if λ = floor / weight does not yet raise enough, and at the cap if
    # λ = cap / weight does not raise too much. The heavier the payer, the sooner either is true.
    free = idle
    if lowest:
        free = bisect_left(ordered, True, lo=idle, key=lambda weight: raised(lowest, weight) < total * weight)
    first = max(free, payers - total // highest)  # the amount does not hold more caps than this
    capped = bisect_left(
        ordered, True, lo=first, key=lambda weight: raised(highest, weight) <= total * weight
    )
    rest = total - lowest * free - highest * (payers - capped)
    weight_of_rest = sums[capped] - sums[free]  # λ = rest / weight_of_rest
    heavy = ordered[capped] if capped < payers else ordered[-1] + 1
    light = ordered[free] if free < payers else heavy

    units = [
        weight * rest // weight_of_rest if light <= weight < heavy else lowest if weight < light else highest
        for weight in weights
    ]
    odd = total - sum(units)
    if keys and odd:
        remainders = [weight * rest % weight_of_rest if light <= weight < heavy else 0 for weight in weights]
        for i in _largest(remainders, keys, odd):
            units[i] += 1
    return units


def _largest(remainders, keys, count):
    """The places of so many largest remainders, equal ones in the order of their keys."""
    least = sorted(remainders)[-count]
    chosen = [i for i, remainder in enumerate(remainders) if remainder > least]
    equal = [i for i, remainder in enumerate(remainders) if remainder == least]
    equal.sort(key=keys.__getitem__)
    return chosen + equal[: count - len(chosen)]
