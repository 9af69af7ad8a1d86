"""What exact sharing costs beside the same sum in plain whole numbers: 308 payers and 100,000.

One JSON line a size: the median in milliseconds and its ratio to the reference's in the same run.
"""

import json
import random
import sys
from bisect import bisect_left, bisect_right
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from statistics import median
from time import perf_counter

# As a script it has only its own folder on the path.
sys.path.insert(0, str(Path(__file__).parents[2]))

from consortium.shares import split

# payers, amount in €, largest share in €, rounds; the amounts leave payers at the floor, at the cap and between
SIZES = [(308, 75_000, 1_500, 301), (100_000, 25_000_000, 1_500, 11)]
FLOOR = 150


def plain(total, weights, cap, floor):
    """The reference: the same sharing in whole cents, nothing checked, no Decimal made.

    It searches as ``split`` does, so that the ratio is the price of checks and Decimals and nothing else.
    """
    order = sorted(weights.values())
    sums = list(accumulate(order, initial=0))
    payers = len(order)

    def raised(level, weight):
        low = bisect_right(order, floor * weight // level)
        top = bisect_left(order, -(-cap * weight // level))
        return (floor * low + cap * (payers - top)) * weight + level * (sums[top] - sums[low])

    low = bisect_left(order, True, key=lambda weight: raised(floor, weight) < total * weight)
    top = bisect_left(order, True, lo=low, key=lambda weight: raised(cap, weight) <= total * weight)
    rest = total - floor * low - cap * (payers - top)
    between = sums[top] - sums[low]
    light, heavy = order[low], order[top]
    shares = {
        key: weight * rest // between if light <= weight < heavy else floor if weight < light else cap
        for key, weight in weights.items()
    }
    return shares, total - sum(shares.values())


def run():
    """Yield one figure a size: name, value and unit of the median, ratio to the reference."""
    for payers, amount, cap, rounds in SIZES:
        draw = random.Random(payers)
        weights = {key: 100 + int(draw.lognormvariate(8.7, 1.2)) for key in range(payers)}  # like populations
        exact, whole = [], []
        for _ in range(rounds):
            start = perf_counter()
            result = split(Decimal(amount), weights, cap=Decimal(cap), floor=Decimal(FLOOR))
            middle = perf_counter()
            cents, uncovered = plain(amount * 100, weights, cap * 100, FLOOR * 100)
            exact.append(middle - start)
            whole.append(perf_counter() - middle)
        if {key: int(share * 100) for key, share in result.shares.items()} != cents:
            raise AssertionError("The two sums differ: the ratio would mean nothing.")
        if result.uncovered * 100 != uncovered or not {FLOOR * 100, cap * 100} < set(cents.values()):
            raise AssertionError("The figures must reach the floor, the cap and what lies between.")
        yield {
            "name": f"split {payers} payers",
            "value": round(median(exact) * 1000, 3),
            "unit": "ms",
            "ratio": round(median(exact) / median(whole), 2),
        }


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure))
