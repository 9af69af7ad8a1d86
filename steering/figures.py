"""The group's figures of a year: economy, results and content in numbers, each with its day and its list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.templatetags.portal import money, number, rate
from steering.models import Field, Subject, Tally
from steering.reckoning import EDITION, RECKONERS

EUROS, EUROS_FINE = "eur", "eur_fine"  # the latter below a cent: a cost by use
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Kind:
    """One number that is told of every year: its field, the subject it is stored with, what it counts."""

    key: str
    field: Field
    subject: Subject
    label: str
    unit: str = ""
    beside: str = ""  # words for what it stands beside: "of %(n)s", "at most %(n)s"


KINDS = [
    Kind("budget", Field.ECONOMY, Subject.MONEY, _("budget of the year"), EUROS, _("at most %(n)s")),
    Kind("costs", Field.ECONOMY, Subject.MONEY, _("actual costs"), EUROS, _("of a budget of %(n)s")),
    Kind("fees", Field.ECONOMY, Subject.MONEY, _("annual fees decided"), EUROS),
    Kind("largest_fee", Field.ECONOMY, Subject.MONEY, _("largest annual fee"), EUROS, _("at most %(n)s")),
    Kind("open", Field.ECONOMY, Subject.MONEY, _("invoices open, with VAT"), EUROS),
    Kind("members", Field.RESULTS, Subject.MEMBERS, _("member municipalities"), "", _("of %(n)s")),
    Kind("residents", Field.RESULTS, Subject.MEMBERS, _("residents of the members"), "", _("of %(n)s")),
    Kind(
        "procurements", Field.RESULTS, Subject.PROCUREMENTS, _("procurements decided"), "", _("%(n)s planned")
    ),
    Kind(
        "participation",
        Field.RESULTS,
        Subject.ROUNDS,
        _("taking part in the rounds closed"),
        "",
        _("of %(n)s asked"),
    ),
    Kind("use", Field.RESULTS, Subject.USE, _("uses of the e-materials")),
    Kind("cost_per_use", Field.RESULTS, Subject.USE, _("cost of one use, without VAT"), EUROS_FINE),
    Kind("services", Field.CONTENT, Subject.CONTENT, _("services in use")),
    Kind("languages", Field.CONTENT, Subject.CONTENT, _("languages of the material")),
    Kind("proposals", Field.RESULTS, Subject.WORK, _("proposals received")),
    Kind("actions", Field.RESULTS, Subject.WORK, _("actions done")),
    Kind("seats", Field.RESULTS, Subject.SEATS, _("members' seats filled"), "", _("of %(n)s")),
]
BY_KEY = {kind.key: kind for kind in KINDS}


@dataclass(frozen=True)
class Figure:
    """One number of a year, beside last year's.

    ``value``: a whole number, or € as Decimal by its ``unit``; None while nothing is known, never a false zero.
    ``of``: the whole or the limit beside which it stands, None without one. ``on``: the day it holds for, 31 December
    of a year that is over. ``url``: the list that comes to the same number.
    """

    key: str
    field: Field
    value: int | Decimal | None
    last_year: int | Decimal | None
    on: date
    url: str
    unit: str = ""
    of: int | Decimal | None = None
    last_of: int | Decimal | None = None

    @property
    def label(self):
        """Return what is counted, in the page's language."""
        return str(BY_KEY[self.key].label)

    @property
    def shown(self):
        """Return the number as it is written; empty while it is not known."""
        return written(self.value, self.unit)

    @property
    def shown_last(self):
        """Return last year's number as it is written; empty where it is not known."""
        return written(self.last_year, self.unit)

    @property
    def beside(self):
        """Return what the number stands beside, in words: "of 308", "at most 75 000,00 €"; empty without one."""
        words = BY_KEY[self.key].beside
        return words % {"n": written(self.of, self.unit)} if words and self.of is not None else ""


def written(value, unit):
    """Return a number of a unit as pages write it; empty for None."""
    if value is None:
        return ""
    if unit == EUROS_FINE and value < CENT:
        return rate(value)
    return money(value) if unit else number(value)


def figures(year, today=None):
    """Return the Figures of a year in the order of KINDS, from the stored totals.

    A year that is over stands as of 31 December, the present one as of today. Raises ValueError for a year to come.
    """
    return figures_and(year, today)[0]


def figures_and(year, today=None, *more):
    """Return (the Figures of a year, {(subject, year): Tally}) with ``more`` totals read in the same question."""
    today = today or clock.today()
    if year > today.year:
        raise ValueError(f"{year} is still to come.")
    stored = Tally.objects.read([*totals_of(year), *more], RECKONERS, EDITION, today)
    return [_figure(kind, year, stored) for kind in KINDS], stored


def totals_of(year):
    """Return the pairs of subject and year from which the Figures of a year are made."""
    return [(subject, of) for subject in {kind.subject for kind in KINDS} for of in (year - 1, year)]


def _figure(kind, year, stored):
    now, before = stored[kind.subject, year], stored[kind.subject, year - 1]
    value, of = now.number(kind.key)
    last, last_of = before.number(kind.key)
    url = reverse("steering:figure", args=[year, kind.key])
    return Figure(kind.key, kind.field, value, last, now.on, url, kind.unit, of, last_of)
