"""Procurements: the list, the page of one, and what the service centre writes of it."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.lists import Column, ListPage
from consortium.steps import take_entry, take_step
from consortium.templatetags.portal import day, weekday_day
from procurement.filters import ProcurementFilter
from procurement.forms.procurement import ProcurementForm
from procurement.models import Procurement
from procurement.pages import facts
from procurement.pages import procurement as page
from procurement.pages.stages import next_stage

form_page = require_http_methods(["GET", "POST"])


def procurement_of(request, pk):
    """Return the procurement among those the person may know of, or 404."""
    rows = Procurement.objects.visible_to(request.user).select_related("round")
    found = get_object_or_404(rows.prefetch_related("stages"), pk=pk)
    if round_ := facts.round_of(found):
        round_.procurement = found
    return found


def back_to(procurement):
    """Return the link from the page of an act back to the procurement."""
    return {"url": procurement.get_absolute_url(), "label": _("Back, without an entry")}


def _columns(language):
    today = clock.today()

    def following(row):
        stage = next_stage(row, today)
        return f"{stage.get_kind_display()} {weekday_day(stage.planned_on)}" if stage else ""

    def closes(row):
        round_ = facts.round_of(row)
        return round_.closes_at if round_ else None

    title = "title_sv" if language == "sv" else "title_fi"
    return [
        Column(
            "title",
            _("Procurement"),
            lambda r: r.title,
            url=lambda r: r.get_absolute_url(),
            order_by=(title,),
        ),
        Column("number", _("Number"), lambda r: r.number, order_by=("year", "serial")),
        Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
        Column(
            "closes",
            _("Round closes"),
            closes,
            lambda r: day(closes(r)) or _("No round yet"),
            order_by=("round__closes_at",),
        ),
        Column("next", _("Next"), following, lambda r: following(r) or _("Nothing planned")),
        Column("cpv", _("CPV codes"), lambda r: ", ".join(r.cpv), on_page=False),
        Column("hilma", _("Notice in Hilma"), lambda r: r.hilma_url, on_page=False),
    ]


@login_not_required
@require_safe
def procurement_list(request):
    """The joint procurements that the person may know of, the newest first."""
    rows = Procurement.objects.visible_to(request.user).select_related("round").prefetch_related("stages")
    listing = ListPage(
        request,
        rows,
        _columns(get_language()),
        filterset=ProcurementFilter,
        caption=_("Joint procurements"),
        default_sort="-number",
        filename="procurements",
    )
    if answer := listing.export():
        return answer
    context = {"list": listing, "acts": page.list_acts(request.user, clock.today())}
    return render(request, "procurement/procurement_list.html", context)


@login_not_required
@require_safe
def procurement(request, pk):
    """One procurement: what is bought, how far it is, questions, papers, who takes part."""
    found, today, user = procurement_of(request, pk), clock.today(), request.user
    acts = page.acts(user, found, today)
    context = {
        "procurement": found,
        "says": facts.says(found, today),
        "receipt": facts.receipt_of(user, found, request.GET.get("receipt", "")),
        "main_act": acts[0] if acts else None,
        "other_act": acts[1] if len(acts) > 1 else None,
        "parts": page.parts(user, found, today, acts),
    }
    return render(request, "procurement/procurement.html", context)


@form_page
def procurement_new(request):
    """Write a new procurement as a draft of the service centre."""
    if not request.user.has_perm("procurement.add_procurement"):
        raise PermissionDenied
    form = ProcurementForm(request.POST or None, by=request.user)

    def begin():
        return Procurement.begin(by=request.user, **form.details)

    context = {
        "kind": _("Joint procurement"),
        "title": _("Prepare a procurement"),
        "says": _("It is a draft of the service centre until the members are told of it."),
        "button": _("Save the draft"),
        "back": {"url": reverse("procurement:procurement_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, begin, **context)


@form_page
def procurement_edit(request, pk):
    """Change what is planned, until the award."""
    found = procurement_of(request, pk)
    context = {
        "kind": _("Joint procurement"),
        "title": found.title,
        "says": _("Lots are fixed once the round has been opened."),
        "button": _("Save the plan: %(title)s") % {"title": found.title},
        "back": back_to(found),
    }
    return take_step(request, found, "edit", ProcurementForm, template="form.html", **context)


@form_page
def procurement_announce(request, pk):
    """Let the members and the public know of the procurement."""
    found = procurement_of(request, pk)
    context = {
        "kind": _("Joint procurement"),
        "title": found.title,
        "says": _("The members and the public then see its title, what is bought, and the stages."),
        "button": _("Tell the members: %(title)s") % {"title": found.title},
        "back": back_to(found),
    }
    return take_step(request, found, "announce", PortalForm, template="form.html", **context)


@form_page
def procurement_end(request, pk):
    """Close a procurement whose contract has ended."""
    found = procurement_of(request, pk)
    context = {
        "kind": _("Joint procurement"),
        "title": found.title,
        "says": _("Its contract has ended. The page, its papers and decisions stay."),
        "button": _("Close the procurement: %(title)s") % {"title": found.title},
        "back": back_to(found),
    }
    return take_step(request, found, "end", PortalForm, template="form.html", **context)
