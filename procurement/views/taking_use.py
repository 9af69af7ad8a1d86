"""Taking into use: a municipality's short list, and who is stuck."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.lists import Column, RowList
from consortium.steps import answered_before, attempt, carry_out
from consortium.templatetags.portal import day, number, place, place_name
from procurement.forms.taking_use import FORMS
from procurement.models import ContractState, Participation, UseKind, UseStep
from procurement.pages.taking_use import ASKS, Standing, step_rows, told_words
from procurement.views.contract import contract_of


def _participation(request, pk, code):
    """Return a municipality's part in a contract, to its own people, the service centre and the auditor; 404 else."""
    rows = Participation.objects.select_related("contract__supplier", "municipality").prefetch_related(
        "steps"
    )
    rows = rows.filter(contract=pk, municipality__code=code, contract__asks_use=True)
    row = rows.exclude(contract__state=ContractState.DRAFT).order_by("-period").first()
    if row is None or not request.user.has_perm("procurement.view_use_list", row):
        raise Http404
    request.acts_for = row.municipality.code
    return row


@require_safe
def use_list(request, pk, code):
    """What one municipality tells so that a contract can be taken into use: four things, each on its own line."""
    row = _participation(request, pk, code)
    today = clock.today()
    may_tell = request.user.has_perm("procurement.tell_use", row) and row.is_under_way(today)
    missing = row.missing()
    context = {
        "participation": row,
        "contract": row.contract,
        "municipality": row.municipality,
        "rows": step_rows(row, may_tell=may_tell),
        "missing": missing,
        "next_url": _step_url(row, missing[0]) if missing and may_tell else "",
        "next_label": str(ASKS[missing[0]]) if missing else "",
        "begins": row.contract.begins_on,
        "is_under_way": row.is_under_way(today),
    }
    return render(request, "procurement/use_list.html", context)


def _step_url(row, kind):
    return reverse("procurement:use_step", args=[row.contract_id, row.municipality.code, kind.value])


@require_http_methods(["GET", "POST"])
def use_step(request, pk, code, kind):
    """Tell one part of the list, or tell it anew."""
    if kind not in UseKind.values:
        raise Http404
    row, kind = _participation(request, pk, code), UseKind(kind)
    if not request.user.has_perm("procurement.tell_use", row):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    told = next((step for step in row.steps.all() if step.kind == kind), None)
    initial = (
        {name: getattr(told, name) for name in FORMS[kind].base_fields if hasattr(told, name)} if told else {}
    )
    form = FORMS[kind](request.POST or None, record=row, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():

        def tell():
            UseStep.tell(row, kind, by=request.user, **form.details)
            return row.get_absolute_url()

        if answer := attempt(form, tell, by=request.user):
            messages.success(request, _("Received: %(what)s.") % {"what": kind.label})
            return HttpResponseRedirect(answer)
    context = {
        "kind": row.contract.title,
        "title": place(row.municipality),
        "says": ASKS[kind],
        "heading": capfirst(str(kind.label)),
        "form": form,
        "button": _("Tell it for %(name)s") % {"name": row.municipality.of_name},
        "back": {"url": row.get_absolute_url(), "label": _("Back to the list")},
    }
    return render(request, "act.html", context)


# --- Who is stuck --------------------------------------------------------------------------------------------


@require_safe
def use_standing(request, pk):
    """How far each participant is, those who are stuck first; the same rows for the supplier as a file."""
    if not request.user.has_perm("procurement.list_use"):
        raise PermissionDenied
    found, today = contract_of(request.user, pk), clock.today()
    rows = Participation.objects.to_use(today).filter(contract=found).select_related("municipality")
    standings = [Standing(row, found, today) for row in rows.prefetch_related("steps")]
    waiting = [standing for standing in standings if standing.missing]
    everyone = request.GET.get("all") == "1"
    listing = RowList(
        request,
        sorted(standings if everyone else waiting, key=lambda s: (-s.days, s.name)),
        _columns(),
        caption=_("Every participant") if everyone else _("Something is missing"),
        filename=f"taking-into-use-{found.pk}",
    )
    context = {
        "contract": found,
        "list": listing,
        "waiting": len(waiting),
        "total": len(standings),
        "everyone": everyone,
        "may_remind": request.user.has_perm("procurement.remind_use_contract", found) and bool(waiting),
        "key_form": PortalForm(),
    }
    return listing.export() or render(request, "procurement/use_standing.html", context)


def _columns():
    own = "sv" if get_language() == "sv" else "fi"

    def told(kind, part):
        return lambda s: part(s.told.get(kind)) if s.told.get(kind) else ""

    return [
        Column(
            "name",
            _("Municipality"),
            lambda s: place_name(s.row.municipality),
            lambda s: place(s.row.municipality),
            url=lambda s: s.row.get_absolute_url(),
            order_by=(f"sort_{own}",),
        ),
        Column("missing", _("Missing"), lambda s: s.missing_words or _("nothing")),
        Column("days", _("Days waited"), lambda s: s.days if s.missing else 0, order_by=("days",), css="num"),
        Column(
            "reminded",
            _("Reminded"),
            lambda s: s.row.reminded_on,
            lambda s: day(s.row.reminded_on) or _("not yet"),
        ),
        Column("contact", _("Contact"), told(UseKind.CONTACT, told_words)),
        Column("technical", _("Technical data"), told(UseKind.TECHNICAL, told_words)),
        Column("material", _("Material"), told(UseKind.MATERIAL, told_words), on_page=False),
        Column(
            "date",
            _("Day"),
            told(UseKind.DATE, lambda step: step.on),
            told(UseKind.DATE, lambda s: day(s.on)),
        ),
    ]


@require_POST
def use_remind(request, pk):
    """Ask everyone who has something missing for it; each at most once a day."""
    found = contract_of(request.user, pk)
    if not request.user.has_perm("procurement.remind_use_contract", found):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    back, asked = reverse("procurement:use_standing", args=[found.pk]), []
    form = PortalForm(request.POST, by=request.user)
    if not form.is_valid():
        return HttpResponseRedirect(back)

    def remind():
        rows = Participation.objects.to_use(clock.today()).filter(contract=found)
        for row in rows.select_related("contract", "municipality").prefetch_related("steps"):
            if row.remind_use(by=request.user):
                asked.append(row)
        return back

    answer = carry_out(form, remind, by=request.user)
    words = ngettext("%(n)s municipality was asked.", "%(n)s municipalities were asked.", len(asked))
    messages.success(
        request, words % {"n": number(len(asked))} + " " + _("Each is asked at most once a day.")
    )
    return HttpResponseRedirect(answer)
