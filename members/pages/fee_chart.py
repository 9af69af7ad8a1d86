"""The drawing of the fee by residents, with its figures as a table."""

from decimal import Decimal

from django.utils.translation import gettext as _

from consortium.curves import Curve, Mark, fee_curve
from consortium.fees import Payer, joiner
from consortium.templatetags.portal import money, number, place_name
from members.models import AnnualBudget

STEPS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
MARKED = (Decimal("0.2"), Decimal("0.55"), Decimal("0.85"))  # of the way from the smallest to the largest


def chart(found, budget, reckoned):
    """Return the drawing of fee by residents and its table, as far as there is anything to draw."""
    if not found.fees.total:
        return {"drawing": "", "steps": []}
    curves = [Curve(found.name, _curve(found.fees.rule, found.year, reckoned.fees))]
    before = AnnualBudget.objects.decided().filter(year=budget.year - 1).select_related("scheme").first()
    last = _curve_of(before)
    if last:
        curves.append(Curve(_("Year %(year)s") % {"year": budget.year - 1}, last))
    drawing = fee_curve(
        curves,
        _marks(found),
        title=_("Annual fee by number of residents"),
        description=_(
            "The smallest fee paid is %(smallest)s and the largest %(largest)s. The figures are in the tables below."
        )
        % {"smallest": money(found.fees.smallest), "largest": money(found.fees.largest)},
    )
    steps = [
        (number(residents), money(last(residents)) if last else "", money(curves[0].fee(residents)))
        for residents in STEPS
    ]
    return {"drawing": drawing, "steps": steps, "has_last": bool(last)}


def _curve(rule, year, fees):
    """Return residents → fee (€) of a whole year by the line that was found."""

    def fee(residents):
        return joiner(rule, Payer("x", residents), year=year, base=fees.base, rate=fees.rate).full_year

    return fee


def _curve_of(budget):
    """Return the same by a decided year's frozen line, or None."""
    if budget is None or not budget.scheme or not budget.assessed:
        return None
    rule = budget.scheme.rule(budget.billing)
    return lambda residents: budget.reckon_joiner(rule, Payer("x", residents)).full_year


def _marks(found):
    """Return up to four municipalities to name on the line: small, middling, large, the largest."""
    lines = sorted(
        (line for line in found.lines if line.residents and line.months == 12), key=lambda r: r.residents
    )
    if not lines:
        return []
    places = {int(part * (len(lines) - 1)) for part in MARKED} | {len(lines) - 1}
    return [
        Mark(place_name(line.municipality), line.residents, line.amount)
        for line in (lines[at] for at in sorted(places))
    ]
