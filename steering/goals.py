"""What the goals of a plan came to: figures that the portal reckons itself, and those that people recorded."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from consortium import clock
from consortium.templatetags.portal import day, money, number
from steering.figures import BY_KEY, figures
from steering.models import Field, Indicator, Unit


@dataclass(frozen=True)
class Measure:
    """One indicator with what it came to by a day; ``actual`` is None while nobody knows."""

    indicator: Indicator
    actual: Decimal | int | None
    on: date | None
    is_over: bool = True  # the plan's year: until then a target may still be reached, or passed

    @property
    def target(self):
        """Return the target in words."""
        words = _("at most %(target)s") if self.indicator.at_most else _("at least %(target)s")
        return words % {"target": written(self.indicator.target, self.indicator.unit)}

    @property
    def shown(self):
        """Return what it came to, in words."""
        return _("Not known yet") if self.actual is None else written(self.actual, self.indicator.unit)

    @property
    def met(self):
        """Return whether the target is reached, in words; nothing while nobody knows."""
        if self.actual is None:
            return ""
        if not self.indicator.is_met(self.actual):
            return _("not reached") if self.is_over or self.indicator.at_most else _("not reached yet")
        return _("reached") if self.is_over or not self.indicator.at_most else _("within the target so far")

    @property
    def where_from(self):
        """Return where the figure comes from: the dashboard's number or a person, and its day."""
        source = str(BY_KEY[self.indicator.figure].label) if self.indicator.figure in BY_KEY else ""
        return ", ".join(words for words in (source, day(self.on) if self.on else "") if words)

    def told(self):
        """Return it in plain values, in the page's language."""
        return {
            "name": self.indicator.name,
            "target": self.target,
            "actual": self.shown,
            "met": self.met,
            "is_met": self.actual is not None and self.indicator.is_met(self.actual),
            "from": self.where_from,
        }


def written(value, unit):
    """Return a figure of a unit as pages write it."""
    if unit == Unit.EURO:
        return money(value)
    shown = number(value)
    return f"{shown}\u00a0%" if unit == Unit.PERCENT else shown


def measured(plan, today=None):
    """Return [(goal, [Measure])] of a plan. The dashboard's figures are as of its year, once that has begun."""
    today = today or clock.today()
    goals = list(plan.goals.select_related("project").prefetch_related("indicators"))
    wanted = any(row.figure for goal in goals for row in goal.indicators.all())
    known = wanted and plan.year <= today.year
    found = {figure.key: figure for figure in figures(plan.year, today)} if known else {}
    is_over = plan.year < today.year
    return [(goal, [_measure(row, found, is_over) for row in goal.indicators.all()]) for goal in goals]


def _measure(indicator, found, is_over):
    if not indicator.figure:
        return Measure(indicator, indicator.actual, indicator.actual_on, is_over)
    figure = found.get(indicator.figure)
    actual, on = (figure.value, figure.on) if figure else (None, None)
    return Measure(indicator, actual, on, is_over)


def by_field(rows):
    """Return [(field's label, rows)] of measured goals in the order of the fields, also of those without a goal."""
    return [(Field(field).label, [row for row in rows if row[0].field == field]) for field in Field.values]
