"""The fee simulator: a scenario in the address, alternatives saved from it, and their comparison."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.fees import Refused
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of
from consortium.templatetags.portal import day, number
from members.forms.fees import NEEDED
from members.forms.simulator import USUAL_FLOOR, YEARS_BACK, SaveForm, SiftForm, SimulatorForm, scenario_of
from members.models import (
    AnnualBudget,
    Membership,
    Municipality,
    Population,
    Scheme,
    SchemeKind,
)
from members.models.payers import reckon_year
from members.pages import fee_chart, fee_tables, scenario


def readable(request, year):
    """Return the year's budget for those who may read its alternatives, else answer 404 or 403."""
    found = get_object_or_404(AnnualBudget.objects.visible_to(request.user), year=year)
    if not request.user.has_perm("members.view_alternatives", found):
        raise PermissionDenied
    return found


def _own_codes(user):
    """Return the codes of the municipalities that the person acts for."""
    return set(Municipality.objects.of(user).values_list("code", flat=True))


@require_http_methods(["GET", "POST"])
def simulator(request, year):
    """Reckon a scenario of the year's fees; POST keeps it as an alternative. Members read what was proposed."""
    budget = readable(request, year)
    prepares = request.user.has_perm("members.alternative_annualbudget", budget)
    if request.method == "POST" and not prepares:
        raise PermissionDenied
    if before := answered_before(request):
        return before
    data = request.POST if request.method == "POST" else _scenario_asked(request, budget, prepares)
    form = SimulatorForm(data, budget=budget, initial={"floor": USUAL_FLOOR, "cap": budget.fee_cap})
    reckoned, refused = _reckon(form) if form.is_bound else (None, False)
    save_form = SaveForm(request.POST or None, by=request.user)
    if request.method == "POST" and reckoned and save_form.is_valid():
        answer = attempt(save_form, lambda: _save(budget, form, request.user), by=request.user)
        if answer:
            return HttpResponseRedirect(answer)
    context = {
        "budget": budget,
        "form": save_form if save_form.errors else form,
        "terms_form": form,
        "save_form": save_form,
        "prepares": prepares,
        "may_save": prepares and budget.allows("alternative"),
        "may_edit": request.user.has_perm("members.edit_annualbudget", budget) and budget.allows("edit"),
        "no_figures": refused and _no_figures(form),
        "kind": _kind(form),
        "kept": [
            pair for pair in form.pairs if pair[0] in NEEDED.values() and pair[0] != NEEDED.get(_kind(form))
        ],
        "year_before": budget.year - 1,
    }
    context["says"] = _says(budget, context, reckoned)
    if reckoned is None:
        members = Membership.objects.on(budget.members_on).count()
        words = ngettext("%(n)s municipality is a member.", "%(n)s municipalities are members.", members)
        context["members_words"] = words % {"n": number(members)}
        return render(request, "members/simulator.html", context)
    return _result(request, budget, form, reckoned, context)


def _kind(form):
    """Return the kind of scheme whose figures the page shows."""
    kind = form["kind"].value()
    return kind if kind in SchemeKind.values else SchemeKind.TARIFF


def _says(budget, context, reckoned):
    """Return what the page is for and how things stand, in a sentence or two."""
    if context["no_figures"]:
        return _("No population figures for %(year)s. Load them.") % {"year": context["no_figures"]}
    if not context["prepares"]:
        words = _("What the steering group proposed for %(year)s; each fee is reckoned by the same line.")
        return words % {"year": budget.year}
    if budget.is_frozen:
        return _("Helsinki has decided the fees for %(year)s. What is reckoned here changes nothing.") % {
            "year": budget.year
        }
    draft = _("A draft for the steering group.")
    if reckoned is None:
        give = _("Give the figures and reckon the fees.")
        return f"{draft} {give}"
    count = len(reckoned.payees)
    words = ngettext(
        "The result is about %(n)s municipality; nothing has been decided, and Helsinki decides.",
        "The result is about %(n)s municipalities; nothing has been decided, and Helsinki decides.",
        count,
    )
    return f"{draft} {words % {'n': number(count)}}"


def _scenario_asked(request, budget, prepares):
    """Return the scenario that the address asks for; else the proposal's, the running one, the newest, or None."""
    if not prepares:
        return scenario_of(budget.proposal, budget.proposal.expected) if budget.proposal else None
    if "kind" in request.GET:
        return request.GET
    terms = Scheme.objects.on(clock.first_day(budget.year)) or budget.alternatives.last()
    if terms is None:
        return None
    data = scenario_of(terms, getattr(terms, "expected", ()))
    for name in SiftForm.NAMES:
        if request.GET.get(name):
            data[name] = request.GET[name]
    return data


def _reckon(form):
    """Return the fees of a valid scenario and whether they were refused, the reasons then written on the form."""
    if not form.is_valid():
        return None, False
    try:
        reckoned = reckon_year(form.budget, form.scheme, expected=form.cleaned_data["joining"])
    except Refused as refusal:
        codes = [key for reason in refusal.refusals for key in reason.figures.get("keys", ())]
        places = Municipality.objects.filter(code__in=codes)
        form.refuse(refusal.refusals, {place.code: place.name for place in places})
        return None, True
    form.refuse_above_limit(reckoned)
    return (None if form.errors else reckoned), False


def _no_figures(form):
    """Return the year whose population is not known of anybody, or None."""
    last = clock.last_day(form.budget.year - (form.cleaned_data.get("population_back") or YEARS_BACK[0]))
    return None if Population.objects.filter(on__lte=last).exists() else last.year


def _save(budget, form, by):
    """Keep the scenario and return the page that compares it with the one saved before, else its own."""
    made = budget.save_alternative(
        form.scheme, by=by, title=form.cleaned_data["title"], expected=form.cleaned_data["joining"]
    )
    event = AuditEvent.objects.about(budget).first()
    letters = [row.letter for row in budget.alternatives.order_by("-number")[:2]]
    if len(letters) == 1:
        return f"{made.get_absolute_url()}?receipt={event.pk}"
    chosen = "&".join(f"with={letter}" for letter in reversed(letters))
    return f"{reverse('members:compare', args=[budget.year])}?{chosen}&receipt={event.pk}"


def _result(request, budget, form, reckoned, context):
    """Show the reckoned scenario: figures in words, chart, and the table of municipalities, also as a file."""
    prepares = context["prepares"]
    before = scenario.fees_before(budget.year)
    name = _("This scenario") if prepares else scenario.title_of(budget.proposal)
    found = scenario.of_reckoned(reckoned, budget.year, before, name)
    carried = form.pairs if prepares else []
    filters = SiftForm(form.data if prepares else request.GET, carried=carried)
    lines = filters.sift(found.lines)
    table = fee_tables.one_year(request, budget, found, lines, reckoned=reckoned)
    context |= {
        "scenario": found,
        "changes": scenario.changes_words(found),
        "members_words": scenario.members_words(found, budget.members_on),
        "floor_url": f"?{form.query}&limit=floor#by" if prepares else "?limit=floor#by",
        "filters": filters,
        "list": table,
        "sheet_foot": fee_tables.sums(lines, budget.year),
        "all_url": f"?{form.query}" if prepares else "?",
        "is_sifted": len(lines) != len(found.lines),
        "own": fee_tables.own_lines(found, _own_codes(request.user), reckoned),
        "figures_on": fee_tables.figures_on(reckoned),
        **fee_chart.chart(found, budget, reckoned),
    }
    return table.export() or render(request, "members/simulator.html", context)


def _alternative(budget, letter):
    """Return the alternative of the letter, or 404."""
    for row in budget.alternatives.select_related("made_by"):
        if row.letter == letter.upper():
            return row
    raise Http404


@require_safe
def alternative(request, year, letter):
    """One saved alternative, every figure as it was saved, and whether it still holds."""
    budget = readable(request, year)
    found = _alternative(budget, letter)
    shown = scenario.of_alternative(found, budget, scenario.fees_before(year))
    filters = SiftForm(request.GET)
    lines = filters.sift(shown.lines)
    table = fee_tables.one_year(request, budget, shown, lines, letter=found.letter)
    stale = scenario.why_stale(found, budget)
    again = f"{reverse('members:simulator', args=[year])}?{_query(found)}"
    event = receipt_of(request, budget)
    others = [row for row in budget.alternatives.all() if row.pk != found.pk]
    made = {"day": day(found.made_at), "name": found.made_by.get_full_name(), "letter": found.letter}
    context = {
        "budget": budget,
        "alternative": found,
        "scenario": shown,
        "title": scenario.title_of(found),
        "says": _("Saved on %(day)s by %(name)s. The figures are those of that day.") % made,
        "changes": scenario.changes_words(shown),
        "result_note": scenario.members_words(shown, budget.members_on) if not stale else "",
        "floor_url": "?limit=floor#by",
        "compare_url": _compare_url(budget, found, others),
        "terms": scenario.terms_words(found, year),
        "stale": stale,
        "again_url": again,
        "prepares": request.user.has_perm("members.alternative_annualbudget", budget)
        and budget.allows("alternative"),
        "receipt": event and fee_tables.receipt(event, budget),
        "others": others,
        "filters": filters,
        "list": table,
        "sheet_foot": fee_tables.sums(lines, year),
        "all_url": "?",
        "is_sifted": len(lines) != len(shown.lines),
        "own": fee_tables.own_lines(shown, _own_codes(request.user)),
    }
    return table.export() or render(request, "members/alternative.html", context)


def _compare_url(budget, found, others):
    """Return the page that shows the alternative beside the proposal, or else beside the newest other one."""
    beside = next((row for row in others if row.pk == budget.proposal_id), others[-1] if others else None)
    letters = sorted(row.letter for row in (found, beside) if row)
    return f"{reverse('members:compare', args=[budget.year])}?{urlencode({'with': letters}, doseq=True)}"


def _query(found):
    """Return a saved alternative's terms as the query of the simulator's address."""
    return scenario_of(found, found.expected, found.title).urlencode()


@require_safe
def compare(request, year):
    """Two or three saved alternatives side by side, with every municipality's fee by each."""
    budget = readable(request, year)
    everyone = list(budget.alternatives.all())
    wanted = {letter.upper() for letter in request.GET.getlist("with")}
    chosen = [row for row in everyone if row.letter in wanted] if wanted else everyone[-3:]
    event = receipt_of(request, budget)
    context = {
        "budget": budget,
        "says": _(
            "Saved alternatives side by side, with each municipality's fee and its change from %(year)s."
        )
        % {"year": year - 1},
        "may_again": request.user.has_perm("members.alternative_annualbudget", budget)
        and budget.allows("alternative"),
        "everyone": [
            (row, scenario.title_of(row), scenario.terms_words(row, year), row in chosen) for row in everyone
        ],
        "chosen": chosen,
        "fits": 2 <= len(chosen) <= 3,
        "receipt": event and fee_tables.receipt(event, budget),
        "may_ask": request.user.has_perm("members.view_drafts"),
        "key_form": SaveForm(by=request.user),
    }
    if not context["fits"]:
        return render(request, "members/compare.html", context)
    before = scenario.fees_before(year)
    shown = [scenario.of_alternative(row, budget, before) for row in chosen]
    stale = [scenario.why_stale(row, budget) for row in chosen]
    titles = [_("Alternative %(letter)s") % {"letter": row.letter} for row in chosen]
    table = fee_tables.side_by_side(request, budget, shown, [row.letter for row in chosen])
    context |= {
        "list": table,
        "sheet_foot": fee_tables.sums_side_by_side(shown, year),
        "facts": [
            (label, list(zip(titles, cells, strict=True))) for label, cells in fee_tables.facts(shown, stale)
        ],
        "columns": titles,
        "again": [
            (title, words, f"{reverse('members:simulator', args=[year])}?{_query(row)}")
            for row, title, words in zip(chosen, titles, stale, strict=True)
            if words
        ],
        "own": fee_tables.own_side_by_side(shown, _own_codes(request.user)),
    }
    return table.export() or render(request, "members/compare.html", context)
