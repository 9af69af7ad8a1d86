"""What a year's fees cost beside the bare arithmetic: 308 payers and 3,080, by tariff and by population.

The reference reckons the same cents in plain whole numbers: nothing checked, no Decimal, no line to redo. One JSON
line a figure: the median of CPU time in milliseconds and its ratio to the reference's in the same run.
"""

import json
import random
import sys
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import process_time

# As a script it has only its own folder on the path.
sys.path.insert(0, str(Path(__file__).parents[2]))

from consortium.fees import Payer, Rule, reckon
from tests.benchmarks.bench_shares import plain as plain_shares

SIZES = [(308, 301), (3_080, 51)]  # payers, rounds
FLOOR, CAP, EACH = 150, 1_500, 250  # € a payer; payers are at the floor, at the cap and between
LIMITS = {"floor": Decimal(FLOOR), "cap": Decimal(CAP)}
TARIFF = Rule("tariff", rate=Decimal("0.009"), **LIMITS)
POPULATION = Rule("population", **LIMITS)


def plain_tariff(payers):
    """Cents by key at 9 thousandths of a euro a resident."""
    return {
        key: min(max(residents * 9 // 10, FLOOR * 100), CAP * 100) * months // 12
        for key, residents, months, _first_year in payers
    }


def plain_population(payers):
    """Cents by key of an amount shared, prorated."""
    residents = {payer.key: payer.residents for payer in payers}
    shares, _uncovered = plain_shares(EACH * 100 * len(payers), residents, CAP * 100, FLOOR * 100)
    return {payer.key: shares[payer.key] * payer.months // 12 for payer in payers}


def run():
    """Yield one figure a kind and size: name, value and unit of the median, ratio to the reference."""
    for rule, reference in ((TARIFF, plain_tariff), (POPULATION, plain_population)):
        for size, rounds in SIZES:
            draw = random.Random(size)
            payers = [
                Payer(key, 100 + int(draw.lognormvariate(8.7, 1.2)), draw.choice([12, 12, 12, 8]))
                for key in range(size)
            ]
            amount = Decimal(EACH * size)
            whole, bare = [], []
            for _ in range(rounds):
                start = process_time()
                fees = reckon(rule, payers, amount=amount, year=2027)
                fees.total  # noqa: B018 it is reckoned when asked for
                middle = process_time()
                cents = reference(payers)
                sum(cents.values())
                whole.append(middle - start)
                bare.append(process_time() - middle)
            if {key: int(fee * 100) for key, fee in fees.amounts.items()} != cents:
                raise AssertionError("The two differ: the ratio would mean nothing.")
            if not (fees.at_floor and fees.at_cap):
                raise AssertionError("The figures must reach the floor and the cap.")
            yield {
                "name": f"fees by {rule.kind}, {size} payers",
                "value": round(median(whole) * 1000, 3),
                "unit": "ms",
                "ratio": round(median(whole) / median(bare), 2),
            }


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure))
