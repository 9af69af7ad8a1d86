"""Finding fees: a year by its words for everyone; an invoice or a municipality's fee for whom it concerns."""

import re

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.gather import Hit, Part
from consortium.templatetags.portal import money, place_name
from members.ledger_return import canonical_reference
from members.models import AnnualBudget, Assessment, Invoice
from members.pages.decisions import decision_words

MOST = 20
# What people call the fee and the budget in the three languages, in whatever case.
FEE_WORDS = re.compile(
    r"fees?|annual|budgets?|(vuosi|jäsen)?maksu\w*|budjet\w*|talousarvio\w*|(års|medlems)?avgift\w*|budget\w*",
    re.I,
)
YEAR = re.compile(r"20\d\d")
REFERENCE = re.compile(r"(RF\d{2})?[\d\s]{4,30}", re.I)


def years(user, words):
    """Yield the years' pages that words such as "fee 2028" mean; one not decided is answered, too."""
    parts = words.split()
    asked = [int(part) for part in parts if YEAR.fullmatch(part)]
    if not parts or not all(YEAR.fullmatch(part) or FEE_WORDS.fullmatch(part) for part in parts):
        return
    budgets = AnnualBudget.objects.visible_to(user)
    for budget in budgets.filter(year__in=asked) if asked else budgets[:MOST]:
        why = decision_words(budget) if budget.is_frozen else budget.get_state_display()
        title = _("Budget and fees %(year)s") % {"year": budget.year}
        yield Hit(_("Annual fee"), title, budget.get_absolute_url(), why)
    known = set(budgets.filter(year__in=asked).values_list("year", flat=True))
    why = [_("The fee for %(year)s has not been decided yet.") % {"year": y} for y in asked if y not in known]
    if len(parts) > len(asked):
        yield Hit(_("Annual fee"), _("The annual fee year by year"), reverse("members:fees"), " ".join(why))


def invoices(user, words):
    """Yield the fees whose invoice has this number or reference, among those that the person may read in full."""
    signs = re.sub(r"\s", "", words)
    if not user.is_authenticated or not REFERENCE.fullmatch(words):
        return
    plain = canonical_reference(signs)
    its = Q(number=signs) | Q(reference__endswith=plain)  # an RF ends with the national number
    rows = Invoice.objects.filter(its, assessment__in=Assessment.objects.visible_to(user))
    rows = rows.select_related("assessment__municipality", "assessment__budget").order_by("-pk")
    for invoice in rows[:MOST]:
        if signs == invoice.number or canonical_reference(invoice.reference) == plain:
            why = _("Invoice %(number)s, reference %(reference)s, %(sum)s") % {
                "number": invoice.number or _("numbered by the ledger"),
                "reference": invoice.reference,
                "sum": money(invoice.gross),
            }
            yield _hit(invoice.assessment, _("Invoices"), why)


def of_municipalities(user, municipalities):
    """Yield the fees of municipalities among those that the person may read in full, the newest year first."""
    if not user.is_authenticated or not municipalities:
        return
    rows = Assessment.objects.visible_to(user).standing().filter(municipality__in=municipalities)
    for fee in rows.select_related("municipality", "budget").order_by("-budget__year", "pk")[:MOST]:
        yield _hit(fee, _("Fees"), money(fee.amount))


def _hit(fee, group, why):
    what = _("annual fee %(year)s") % {"year": fee.budget.year}
    return Hit(group, f"{place_name(fee.municipality)}, {what}", fee.get_absolute_url(), why)


def look_up(user, *args):
    """Return the field by which those whose duty it is find any fee, as a list of one Part or none."""
    if not user.has_perm("members.view_fees"):
        return []
    return [Part(_("Find a fee"), "members/parts/fee_lookup.html", {})]
