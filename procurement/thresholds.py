"""Threshold values of public procurement as dated rows: which are in force on a day, and what level a value reaches.

Sums in €, without VAT. The rows are facts that change: callers may give their own; ``THRESHOLDS`` is what is known
without them. Source: Hankintalaki 1397/2016, 25-26 §, and the sums the European
Commission gives for two years at a time.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from consortium.fee_rules import exact_number


class Kind(StrEnum):
    """What is bought, as far as the thresholds differ."""

    GOODS_SERVICES = "goods_services"
    ANNEX_E = (
        "annex_e"  # special services of annex E; those of social and health care are no matter of libraries
    )


class Level(StrEnum):
    """How far the Act applies to a value (25-26 §)."""

    BELOW = "below"  # below the national threshold
    NATIONAL = "national"
    EU = "eu"


@dataclass(frozen=True)
class Source:
    """Where a rule stands: the statute and its section. No statute: a practice of the portal's own.

    ``checked`` is False where the section, or the figure, still waits to be read there by a person: pages say so.
    """

    statute: str
    section: str = ""
    checked: bool = True


ACT = "1397/2016"
DIRECTIVE = "2014/24/EU"


@dataclass(frozen=True)
class Threshold:
    """A threshold (€ without VAT), in force from one day to another, both included; no last day: until changed."""

    kind: Kind
    level: Level
    amount: Decimal
    begins_on: date
    ends_on: date | None
    source: Source

    def holds(self, day):
        """Say whether the row is in force on the day."""
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Standing:
    """The row to go by on a day, and whether it is only the last one known, out of force on that day."""

    row: Threshold
    provisional: bool = False


def _two_years(amount, first_year, *, checked=True):
    first, last = date(first_year, 1, 1), date(first_year + 1, 12, 31)
    source = Source(ACT, "26 §", checked)
    return Threshold(Kind.GOODS_SERVICES, Level.EU, Decimal(amount), first, last, source)


IN_FORCE = date(2017, 1, 1)  # the Act
THRESHOLDS = (
    Threshold(Kind.GOODS_SERVICES, Level.NATIONAL, Decimal(60_000), IN_FORCE, None, Source(ACT, "25 §")),
    Threshold(Kind.ANNEX_E, Level.NATIONAL, Decimal(300_000), IN_FORCE, None, Source(ACT, "25 §")),
    Threshold(Kind.ANNEX_E, Level.EU, Decimal(750_000), IN_FORCE, None, Source(ACT, "26 §")),
    # The European Commission's, revised every second year, for authorities other than the central government's.
    _two_years(221_000, 2018, checked=False),
    _two_years(214_000, 2020, checked=False),
    _two_years(215_000, 2022),
    _two_years(221_000, 2024),
    _two_years(216_000, 2026),
)


def faults(rows):
    """Return what is wrong with a table of thresholds: pairs of a code and the row; an empty list when nothing.

    Codes: amount_not_positive, ends_before_it_begins, overlap (with the row before it of its kind and level),
    level_has_none (a row for below the national threshold). TypeError for an amount that is a float.
    """
    found = []
    for row in rows:
        amount = exact_number(row.amount, "threshold")
        if not amount.is_finite() or amount <= 0:
            found.append(("amount_not_positive", row))
        if row.ends_on is not None and row.ends_on < row.begins_on:
            found.append(("ends_before_it_begins", row))
        if Level(row.level) is Level.BELOW:
            found.append(("level_has_none", row))
    ordered = sorted(rows, key=lambda row: (Kind(row.kind), Level(row.level), row.begins_on))
    for before, row in pairwise(ordered):
        alike = (before.kind, before.level) == (row.kind, row.level)
        if alike and (before.ends_on is None or row.begins_on <= before.ends_on):
            found.append(("overlap", row))
    return found


def in_force(kind, level, on, rows=THRESHOLDS):
    """Return the Standing of a threshold on a day: the row in force, else the last that ended, as provisional.

    None when the day is before every row. A procurement goes by the day its notice is sent. ValueError for a
    kind or level that does not exist, and for two rows in force at once. Source: Hankintalaki 25-27 §.
    """
    fitting = [row for row in rows if (row.kind, row.level) == (Kind(kind), Level(level))]
    holding = [row for row in fitting if row.holds(on)]
    if len(holding) > 1:
        raise ValueError(f"Two thresholds are in force on {on}: {holding[0].amount} and {holding[1].amount}.")
    if holding:
        return Standing(holding[0])
    past = [row for row in fitting if row.ends_on is not None and row.ends_on < on]
    if not past:
        return None
    return Standing(max(past, key=lambda row: row.ends_on), provisional=True)


def level_of(value, kind, on, rows=THRESHOLDS):
    """Return the Level that a value (€ without VAT) reaches on a day; None when no row says it.

    A value just at a threshold has reached it. TypeError for a float, ValueError as ``in_force``.
    Source: Hankintalaki 25-26 §.
    """
    value = exact_number(value, "value")
    national = in_force(kind, Level.NATIONAL, on, rows)
    eu = in_force(kind, Level.EU, on, rows)
    if national is None:
        return None
    if value < national.row.amount:
        return Level.BELOW
    if eu is None:
        return None
    return Level.NATIONAL if value < eu.row.amount else Level.EU
