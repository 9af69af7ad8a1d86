"""Estimated value of a procurement: the largest total, with options and extensions, all buyers, whole duration.

Sums in €, without VAT; exact, and rounded up to the cent, for it is the largest total. Source: Hankintalaki
1397/2016, 27-30 §.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from math import ceil

from consortium.fee_rules import CENT, ZERO, exact_number
from consortium.shares import EXACT

OPEN_ENDED_MONTHS = 48  # a contract without an end counts as 48 times its monthly value


class Answer(StrEnum):
    """The answers that bring volume to a procurement; both count in its estimated value."""

    COMMITTED = "committed"
    INTERESTED = "interested"


@dataclass(frozen=True)
class Volume:
    """What one municipality means to buy in a year (€ without VAT); None when it has not said."""

    key: object
    yearly: Decimal | None
    answer: Answer = Answer.COMMITTED
    in_aland: bool = False


@dataclass(frozen=True)
class Option:
    """An option or extension: months more at the yearly volumes, or a sum (€ without VAT) more, or both."""

    key: object
    months: int = 0
    amount: Decimal = ZERO


@dataclass(frozen=True)
class Term:
    """How long a contract runs: whole months, or None when open-ended; and its options."""

    months: int | None
    options: tuple = ()

    @property
    def counted_months(self):
        """The months that the value is reckoned from: with all extensions; 48 for an open-ended contract."""
        if self.months is None:
            return OPEN_ENDED_MONTHS
        return self.months + sum(option.months for option in self.options)


@dataclass(frozen=True)
class Estimate:
    """An estimated value with what it was reckoned from; sums in € without VAT, for the whole duration.

    ``value`` = yearly × months / 12 + optional sums + ``one_off``, up to the cent; ``committed_value`` is the same
    with only those who are committed. ``missing``: the keys of those who gave no volume. ``aland``: those in Åland.
    """

    value: Decimal
    committed_value: Decimal
    yearly: Decimal
    committed_yearly: Decimal
    term: Term
    option_amounts: Decimal
    one_off: Decimal
    buyers: tuple
    missing: tuple
    aland: tuple

    @property
    def interested_value(self):
        """What those who are only interested add to the value."""
        with localcontext(EXACT):
            return self.value - self.committed_value


def estimate(volumes, term, *, one_off=ZERO):
    """Return the Estimate of a procurement from its buyers' yearly volumes.

    ``one_off``: sums that do not depend on time, such as setting up, or prizes paid to tenderers. Several lots are
    one procurement: give the volumes of them all. Extensions add nothing to 48 months of an open-ended contract;
    optional sums do. Raises TypeError for a float; ValueError for a sum below zero or no number, months that are no
    whole number above zero, and one option twice. Source: Hankintalaki 27-30 §.
    """
    volumes = tuple(volumes)
    _check_term(term)
    with localcontext(EXACT):
        yearly = committed = ZERO
        for volume in volumes:
            if volume.yearly is not None:
                sum_of_year = net_sum(volume.yearly, "yearly volume")
                yearly += sum_of_year
                if Answer(volume.answer) is Answer.COMMITTED:
                    committed += sum_of_year
        option_amounts = sum((net_sum(option.amount, "option") for option in term.options), ZERO)
        one_off = net_sum(one_off, "one-off sum")
        rest = option_amounts + one_off
        return Estimate(
            value=_over(yearly, term.counted_months, rest),
            committed_value=_over(committed, term.counted_months, rest),
            yearly=yearly,
            committed_yearly=committed,
            term=term,
            option_amounts=option_amounts,
            one_off=one_off,
            buyers=tuple(dict.fromkeys(volume.key for volume in volumes)),
            missing=tuple(volume.key for volume in volumes if volume.yearly is None),
            aland=tuple(dict.fromkeys(volume.key for volume in volumes if volume.in_aland)),
        )


def _over(yearly, months, rest):
    cents = ceil((Fraction(yearly) * months / 12 + Fraction(rest)) * 100)
    return EXACT.multiply(CENT, cents)


def net_sum(number, name):
    """Return a sum (€ without VAT) as a Decimal. TypeError for a float, ValueError below zero or for no number."""
    number = exact_number(number, name)
    if not number.is_finite() or number < 0:
        raise ValueError(f"The {name} must be a sum of 0 € or more: {number}.")
    return number


def _check_term(term):
    lengths = [] if term.months is None else [term.months]
    lengths += [option.months for option in term.options if option.months]
    if not all(isinstance(months, int) and months > 0 for months in lengths):
        raise ValueError(f"A time is a whole number of months, one or more: {lengths}.")
    keys = [option.key for option in term.options]
    if len(set(keys)) != len(keys):
        raise ValueError(f"One option is there twice: {keys}.")
