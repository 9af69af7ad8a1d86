"""The year's page for those who prepare the fee: how far it is, the alternatives, and what comes next."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.gather import Part
from consortium.templatetags.portal import day, long_weekday_day, money, weekday_day
from members.models import AnnualBudget, BudgetState
from members.models.budget import OPEN_STATES
from members.pages import fee_tables, scenario


def list_acts(user, today):
    """Return what the person may do on the page of all years."""
    if not user.has_perm("members.manage_budget"):
        return []
    return [{"label": _("Open a year's budget"), "url": reverse("members:budget_new")}]


def acts(user, budget, today):
    """Return the one act that takes a year which is being prepared further, then changing its figures."""
    if budget.is_frozen or not user.has_perm("members.view_drafts"):
        return []
    made, year = budget.alternatives.count(), budget.year
    found = []
    if made < 2 and user.has_perm("members.alternative_annualbudget", budget):
        found.append({"label": _("Reckon the fees"), "url": reverse("members:simulator", args=[year])})
    elif made:
        found.append({"label": _("Compare the alternatives"), "url": reverse("members:compare", args=[year])})
    if user.has_perm("members.edit_annualbudget", budget):
        found.append({"label": _("Change the budget"), "url": reverse("members:budget_edit", args=[year])})
    return found


def duty_parts(user):
    """Return the years that are being prepared, for those of the steering group."""
    if not user.has_perm("members.view_drafts"):
        return []
    budgets = AnnualBudget.objects.filter(state__in=OPEN_STATES)
    rows = [
        {"what": _("Annual fee %(year)s") % {"year": b.year}, "url": b.get_absolute_url(), "text": _state(b)}
        for b in budgets.select_related("proposal")
    ]
    if not rows:
        return []
    return [Part(_("Preparation"), "members/parts/links.html", {"rows": rows}, is_list=True)]


def parts(user, budget, today):
    """Return the preparation: for those who prepare, and what was proposed for those whom it concerns."""
    if not user.has_perm("members.view_alternatives"):
        return []
    prepares = user.has_perm("members.view_drafts")
    if budget.state == BudgetState.DRAFT and not prepares:
        return []
    rows = [_row(row, budget) for row in budget.alternatives.select_related("made_by")]
    context = {
        "budget": budget,
        "state": _state(budget),
        "rows": rows,
        "several": len(rows) > 1,
        "prepares": prepares and user.has_perm("members.alternative_annualbudget", budget),
        "may_add": budget.allows("alternative") and user.has_perm("members.alternative_annualbudget", budget),
        "may_account": budget.allows("account")
        and user.has_perm("members.account_annualbudget", budget)
        and budget.lines.exists(),
    }
    return [Part(_("Preparation"), "members/parts/budget_work.html", context)]


def _state(budget):
    """Return how far the preparation is, and what comes next, in words."""
    if budget.state == BudgetState.DRAFT:
        if not budget.alternatives.exists():
            return _("A draft without alternatives. Reckon the fees and save the first one.")
        return _(
            "A draft. Compare the alternatives; the steering group then proposes one of them to Helsinki."
        )
    words = _("The steering group proposed alternative %(letter)s on %(day)s.")
    told = words % {"letter": budget.proposal.letter, "day": long_weekday_day(budget.proposed_on)}
    if budget.state == BudgetState.PROPOSED:
        return " ".join([told, _("Helsinki decides next; nothing is frozen yet.")])
    decided = _("Helsinki decided on alternative %(letter)s on %(day)s; the fees are frozen.")
    facts = {"letter": budget.alternative.letter, "day": day(budget.decided_on)}
    return f"{told} {decided % facts}"


def _row(row, budget):
    """Return an alternative as a row: when and by whom, what it comes to, and whether it still holds."""
    shown = scenario.of_alternative(row, budget, {})
    parts = [_("Sum %(sum)s") % {"sum": money(row.total)}, fee_tables.difference(shown.fees)]
    stale = scenario.why_stale(row, budget)
    if stale:
        state = {"word": stale, "css": "waiting"}
    elif row.pk == budget.alternative_id:
        state = {"word": _("Decided by Helsinki"), "css": "done"}
    elif row.pk == budget.proposal_id:
        state = {"word": _("Proposed to Helsinki"), "css": "waiting"}
    else:
        state = {"word": "" if budget.is_frozen else _("Up to date"), "css": ""}
    return {
        "when": weekday_day(row.made_at),
        "what": scenario.title_of(row),
        "url": row.get_absolute_url(),
        "text": f"{', '.join(filter(None, parts))}. {fee_tables.who_pay(shown)}.",
        "state": state if state["word"] else None,
        "note": scenario.terms_words(row, budget.year),
    }
