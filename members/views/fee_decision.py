"""A year's steps: the steering group's proposal, Helsinki's decision, letters to the members, joiners, closing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import documents
from consortium.fees import Refused
from consortium.forms import PortalForm
from consortium.steps import answered_before, attempt, take_step
from consortium.templatetags.portal import money, number
from members.fee_words import reckoning_line, refusal_words
from members.forms.fee_decision import DecideForm, MergerForm, ProposeForm
from members.models import AnnualBudget, FeePaper, FeePaperKind
from members.models.merging import mergers, settle_merger
from members.pages import budget_decision as pages
from members.register import source_words
from members.scheme_words import scheme_sentences

step_page = require_http_methods(["GET", "POST"])


def _budget(request, year):
    """Return the year's budget among those the person may see, or 404."""
    rows = AnnualBudget.objects.visible_to(request.user).select_related("scheme", "billing", "proposal")
    return get_object_or_404(rows, year=year)


def _allowed(request, budget, verb):
    if not request.user.has_perm(f"members.{verb}_annualbudget", budget):
        raise PermissionDenied


def _head(budget, title, says, button):
    """Return the words of a step's page."""
    return {
        "kind": _("Annual fee %(year)s") % {"year": budget.year},
        "title": title,
        "says": says,
        "button": button,
    }


@step_page
def budget_propose(request, year):
    """Record which alternative the steering group proposes to Helsinki."""
    found = _budget(request, year)
    _allowed(request, found, "propose")
    head = _head(
        found,
        _("Proposal of the steering group"),
        _("The steering group proposes one alternative; the City of Helsinki decides."),
        _("Record the proposal for %(year)s") % {"year": found.year},
    )
    alternatives = found.alternatives.order_by("-number") if request.method == "GET" else ()
    stale = [(row, words) for row in alternatives if (words := pages.stale_words(found, row))]
    return take_step(
        request, found, "propose", ProposeForm, template="members/budget_step.html", stale=stale, **head
    )


@step_page
def budget_decide(request, year):
    """Record Helsinki's decision; every fee is frozen with it."""
    found = _budget(request, year)
    _allowed(request, found, "decide")
    head = _head(
        found,
        _("Helsinki's decision on the fees"),
        _(
            "With the decision each fee is frozen: later changes of population or members change none of them."
        ),
        _("Record the decision and freeze the fees for %(year)s") % {"year": found.year},
    )
    proposal = found.proposal
    context = {
        "terms": scheme_sentences(proposal, year=found.year) if proposal else [],
        "facts": pages.frozen_facts(found, proposal) if proposal else [],
        "stale": [(proposal, words)] if proposal and (words := pages.stale_words(found, proposal)) else [],
        "proposal": proposal,
    }
    return take_step(
        request, found, "decide", DecideForm, template="members/budget_step.html", **context, **head
    )


@step_page
def budget_tell(request, year):
    """Write to each member its fee, once; who cannot be told is named before."""
    found = _budget(request, year)
    _allowed(request, found, "tell")
    head = _head(
        found,
        _("Letters about the fee"),
        _(
            "Each member gets its own fee and its reckoning: the registry with the statement as PDF, and the people."
        ),
        "",
    )
    if not found.is_frozen:
        return take_step(request, found, "tell", PortalForm, **head)  # too early: says so, or 403
    ready, waiting, unreachable = found.letters_to_go()
    words = ngettext("Write to %(n)s member", "Write to %(n)s members", len(ready))
    context = {
        "ready": len(ready),
        "waiting": [row.municipality for row in waiting],
        "unreachable": [row.municipality for row in unreachable],
        "job": pages.statements_progress(found),
    }
    if ready:
        head["button"] = words % {"n": number(len(ready))}
    return take_step(
        request, found, "tell", PortalForm, template="members/budget_tell.html", **context, **head
    )


@require_safe
def budget_statements(request, year):
    """The live part of the page of the letters: how far the statements are."""
    found = _budget(request, year)
    _allowed(request, found, "tell")
    return render(request, "partials/progress.html", {"job": pages.statements_progress(found, live=True)})


@require_POST
def statement_retry(request, key):
    """Put a statement that could not be made back into the queue."""
    rows = FeePaper.objects.visible_to(request.user).filter(kind=FeePaperKind.STATEMENT)
    found = get_object_or_404(rows.select_related("budget"), key=key)
    _allowed(request, found.budget, "tell")
    if documents.try_again(found):
        messages.success(request, _("The file is being made again."))
    return HttpResponseRedirect(reverse("members:budget_tell", args=[found.budget.year]))


@step_page
def budget_joiners(request, year):
    """Members who joined after the decision: what each would pay; one press writes one fee."""
    found = _budget(request, year)
    _allowed(request, found, "assess")
    if not found.is_frozen:
        messages.info(request, _("The fee for %(year)s is not frozen yet; decide it first.") % {"year": year})
        return HttpResponseRedirect(found.get_absolute_url())
    back = reverse("members:budget_joiners", args=[found.year])
    if request.method == "POST" and (before := answered_before(request)):
        return before
    memberships = found.unassessed() if found.allows("assess") else []
    form = PortalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = request.POST.get("membership", "")
        chosen = next((m for m in memberships if str(m.pk) == asked), None)
        if chosen is None:
            messages.error(request, _("This can no longer be done; the page shows how things now stand."))
            return HttpResponseRedirect(back)

        def assess():
            row = found.assess(chosen, by=request.user)
            words = _(
                "The fee of %(name)s for %(year)s is %(fee)s. The letter leaves when its statement is made."
            )
            if not found.told_on:
                words = _("The fee of %(name)s for %(year)s is %(fee)s. It is told with the others.")
            facts = {"name": chosen.municipality.name, "year": found.year, "fee": money(row.amount)}
            messages.success(request, words % facts)
            return back

        if answer := attempt(form, assess, by=request.user):
            return HttpResponseRedirect(answer)
        found.refresh_from_db()
    context = {
        "budget": found,
        "form": form,
        "rows": [_joiner(found, m) for m in _reckoned(found, memberships)],
    }
    return render(request, "members/budget_joiners.html", context)


def _reckoned(budget, memberships):
    """Return (membership, its fee or None, why it cannot be reckoned) of each; one that fails stops nobody."""
    try:
        return [(m, fee, "") for m, fee in zip(memberships, budget.joiners_fees(memberships), strict=True)]
    except Refused:
        pass
    found = []
    for membership in memberships:
        try:
            found.append((membership, budget.joiners_fees([membership])[0], ""))
        except Refused as refused:
            names = {membership.municipality.code: membership.municipality.name}
            words = " ".join(refusal_words(refusal, names)[1] for refusal in refused.refusals)
            found.append((membership, None, words))
    return found


def _joiner(budget, reckoned):
    membership, fee, wrong = reckoned
    return {
        "membership": membership,
        "municipality": membership.municipality,
        "fee": fee,
        "line": reckoning_line(fee.line) if fee else "",
        "wrong": wrong,
        "form": PortalForm(auto_id=False),
    }


@step_page
def budget_merger(request, year, code):
    """A merger between a member and one that is not: what the joint municipality would pay; a person decides."""
    found = _budget(request, year)
    _allowed(request, found, "assess")
    if before := answered_before(request):
        return before
    merger = next((m for m in mergers(found) if m.successor.code == code), None)
    if merger is None:
        messages.info(request, _("This has been settled, or there is no such merger in the year."))
        return HttpResponseRedirect(found.get_absolute_url())
    form = MergerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def settle():
            settle_merger(found, merger, by=request.user, text=form.cleaned_data["text"])
            messages.success(request, _("What was decided is kept as a note. No fee was moved."))
            return merger.successor.get_absolute_url()

        if answer := attempt(form, settle, by=request.user):
            return HttpResponseRedirect(answer)
    line = merger.line
    context = {
        "budget": found,
        "merger": merger,
        "form": form,
        "line": reckoning_line(line) if line else "",
        "fee": line.result if line else None,
        "parts": [
            {"part": part, "source": source_words(part.population.source) if part.population else ""}
            for part in merger.parts
        ],
    }
    return render(request, "members/budget_merger.html", context)


@step_page
def budget_close(request, year):
    """Close the year, with what is then no longer possible."""
    found = _budget(request, year)
    _allowed(request, found, "close")
    head = _head(
        found,
        _("Close the year"),
        _("After that no fee is written, corrected, told or invoiced on the year. Payments are still read."),
        _("Close the year %(year)s") % {"year": found.year},
    )
    context = {"unsettled": _unsettled(found) if found.is_frozen else []}
    return take_step(
        request, found, "close", PortalForm, template="members/budget_step.html", **context, **head
    )


def _unsettled(budget):
    """Return what is still undone in the year, as sentences."""
    counts = [
        (budget.untold().count(), _("Members not told their fee: %(n)s.")),
        (len(budget.unassessed()), _("Members without a fee: %(n)s.")),
        (budget.to_bill().count(), _("Fees and credits not invoiced: %(n)s.")),
    ]
    return [words % {"n": number(n)} for n, words in counts if n]
