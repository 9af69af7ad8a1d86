"""What is done with a year from the proposal to its closing: acts, receipts, who has been told, who joined later."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import documents
from consortium.gather import Part
from consortium.models import DocumentState
from consortium.templatetags.portal import day, moment, money, number
from members.models import BudgetState
from members.models.merging import mergers
from members.pages import scenario
from members.views.accession import who

DONE = {
    "begin": gettext_lazy("Budget opened"),
    "edit": gettext_lazy("Budget changed"),
    "alternative": gettext_lazy("Alternative saved"),
    "propose": gettext_lazy("Proposal of the steering group recorded"),
    "decide": gettext_lazy("Helsinki's decision recorded and the fees frozen"),
    "assess": gettext_lazy("Fee of a new member decided"),
    "tell": gettext_lazy("Letters about the fee written"),
    "bill": gettext_lazy("File for the ledger made"),
    "read": gettext_lazy("List from the ledger read"),
    "account": gettext_lazy("Actual costs recorded"),
    "close": gettext_lazy("Year closed"),
}


def _step(name, budget):
    return reverse(f"members:budget_{name}", args=[budget.year])


def acts(user, budget, today):
    """Return the steps from the proposal to the closing that the person may take now, the main one first."""
    open_steps, found = set(budget.steps_open_to(user)), []
    if "decide" in open_steps:
        found.append({"label": _("Record Helsinki's decision"), "url": _step("decide", budget)})
    if "propose" in open_steps and budget.alternatives.exists():
        label = _("Record the steering group's proposal")
        if budget.state == BudgetState.PROPOSED:
            label = _("Record another proposal")
        found.append({"label": label, "url": _step("propose", budget)})
    if "tell" in open_steps and budget.untold().exists():
        found.append({"label": _("Tell the members their fee"), "url": _step("tell", budget)})
    if "assess" in open_steps and budget.unassessed():
        found.append({"label": _("Members without a fee"), "url": _step("joiners", budget)})
    return found


def parts(user, budget, today):
    """Return who has been told and what is still to be done; for those who read every fee."""
    if not budget.is_frozen or not user.has_perm("members.view_fees"):
        return []
    untold, all_of_them = budget.untold().count(), budget.assessments.standing().count()
    links = []
    for merger in mergers(budget) if user.is_staff else ():
        words = _("Fee and contracts of the merged municipality: %(name)s") % {"name": merger.successor.name}
        links.append(
            {
                "label": words,
                "url": reverse("members:budget_merger", args=[budget.year, merger.successor.code]),
            }
        )
    if "close" in budget.steps_open_to(user):
        links.append({"label": _("Close the year"), "url": _step("close", budget)})
    context = {"says": told_sentence(budget, all_of_them - untold, all_of_them), "links": links}
    return [Part(_("Letters to the members"), "members/parts/budget_told.html", context)]


def told_sentence(budget, told, all_of_them):
    """Return how many members have been told their fee, and since when."""
    if not told:
        return _("The members have not been told their fee yet.")
    words = ngettext(
        "%(told)s of %(n)s member has been told its fee, the first on %(day)s.",
        "%(told)s of %(n)s members have been told their fee, the first on %(day)s.",
        all_of_them,
    )
    return words % {"told": number(told), "n": number(all_of_them), "day": day(budget.told_on)}


def receipt(event, budget, reader):
    """Return the receipt of a step for partials/receipt.html."""
    rows = [(_("What"), DONE.get(event.verb, event.verb)), (_("Year"), budget.year)]
    details = event.details
    if event.verb in {"propose", "decide"}:
        rows.append((_("Alternative"), details["alternative"]))
    if event.verb == "decide":
        rows += [(_("Fees"), number(details["fees"])), (_("Sum"), money(details["total"]))]
    if event.verb == "tell":
        words = ngettext("%(n)s member was told", "%(n)s members were told", details["told"])
        rows.append((_("Letters"), words % {"n": number(details["told"])}))
    rows += [
        (_("When"), moment(event.at)),
        (_("Who"), who(event, reader)),
        (_("Receipt"), event.number),
        (_("What next"), next_sentence(budget)),
    ]
    return {"rows": rows}


def next_sentence(budget):
    """Return what comes next in the year."""
    words = {
        BudgetState.DRAFT: _("The steering group proposes one of the alternatives."),
        BudgetState.PROPOSED: _("The City of Helsinki decides. The fees are frozen with its decision."),
        BudgetState.DECIDED: _("Each member is told its fee; after that the file for the ledger is made."),
        BudgetState.INVOICED: _("The ledger's lists of payments are read as they come."),
        BudgetState.CLOSED: _("Nothing: the year is closed."),
    }
    if budget.state == BudgetState.DECIDED and budget.told_on:
        return _("The file for the ledger is made.")
    return words[budget.state]


def frozen_facts(budget, alternative):
    """Return what the decision freezes: (fact, value) of an alternative, as it was saved."""
    rest = alternative.total - budget.to_share
    name = _("Above the amount to be shared") if rest > 0 else _("Uncovered")
    facts = [
        (_("Alternative"), f"{alternative.letter} {alternative.title}".strip()),
        (_("Municipalities that pay"), number(len(alternative.fees))),
        (_("Sum of the fees"), money(alternative.total)),
        (_("To be shared"), money(budget.to_share)),
    ]
    if rest:
        facts.append((name, money(abs(rest))))
    return facts


def stale_words(budget, alternative):
    """Return why an alternative cannot be decided as it was saved, or nothing."""
    if alternative.expected:
        return _("It reckons with municipalities that have not joined.")
    return scenario.why_stale(alternative, budget)


def statements_progress(budget, *, live=False):
    """Return how far the making of the statements is, as the live part of a page."""
    papers = budget.statements()
    counts = documents.progress(papers)
    made = counts["ready"] + counts["failed"]
    if not counts["total"]:
        says = _("No statement has been asked for.")
    elif counts["running"]:
        says = _("%(made)s of %(total)s statements made.") % {"made": made, "total": counts["total"]}
    elif counts["failed"]:
        says = _("%(ready)s of %(total)s statements are ready, %(failed)s failed.") % counts
    else:
        says = _("All %(total)s statements are ready.") % counts
    failed = [p for p in papers.select_related("municipality") if p.state == DocumentState.FAILED]
    link = {"url": _step("tell", budget), "label": _("Go on to the letters")} if live else None
    return {
        "id": "statements",
        "poll_url": reverse("members:budget_statements", args=[budget.year]) if counts["running"] else "",
        "says": says,
        "done": made,
        "total": counts["total"],
        "link": None if counts["running"] else link,
        "template": "members/failed_statements.html",
        "failed": failed if counts["failed"] else [],
    }
