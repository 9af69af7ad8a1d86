"""The days of a procurement's stages: planned ones typed with where they come from, and when each came about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_url
from consortium.templatetags.portal import weekday_day
from procurement.forms.procurement import StageDoneForm, StagePlanForm
from procurement.models import Stage, StageKind
from procurement.pages import stages as pages
from procurement.views.procurement import procurement_of

form_page = require_http_methods(["GET", "POST"])


def _procurement(request, pk):
    found = procurement_of(request, pk)
    if not request.user.has_perm("procurement.plan_procurement", found):
        raise PermissionDenied
    return found


@require_safe
def stages(request, pk):
    """All stages in their usual order, with links to type the days."""
    found, today = _procurement(request, pk), clock.today()
    known = {stage.kind for stage in pages.in_order(found)}
    others = [
        {"label": kind.label, "acts": pages.stage_acts(found, kind)}
        for kind in StageKind
        if kind not in known
    ]
    context = {
        "procurement": found,
        "steps": pages.path(found, today, plans=True),
        "others": others,
        "law_url": reverse("procurement:procurement_law", args=[found.pk]),
    }
    return render(request, "procurement/stages.html", context)


def _kind(kind):
    if kind not in StageKind:
        raise Http404
    return StageKind(kind)


def _stage_form(request, procurement, form, act, head):
    """Show the form of one day, or write it and go back to the stages."""

    def write():
        act()
        return receipt_url(procurement, AuditEvent.objects.about(procurement).first())

    if request.method == "POST":
        if before := answered_before(request):
            return before
        if form.is_valid() and (answer := attempt(form, write, by=request.user)):
            return HttpResponseRedirect(answer)
    back = {
        "url": reverse("procurement:stages", args=[procurement.pk]),
        "label": _("Back to the stages, without an entry"),
    }
    head |= {"kind": _("Joint procurement"), "title": procurement.title, "form": form, "back": back}
    return render(request, "form.html", head)


@form_page
def stage_plan(request, pk, kind):
    """Type the planned day of a stage, and where it comes from; it stays whatever is reckoned later."""
    found, kind = _procurement(request, pk), _kind(kind)
    stage = found.stages.filter(kind=kind).first()
    initial = (
        {"planned_on": stage.planned_on, "source": stage.source if stage.typed else ""} if stage else None
    )
    form = StagePlanForm(request.POST or None, initial=initial, by=request.user)
    says = _("The typed day goes before a reckoned one.")
    if stage and stage.planned_on and not stage.typed:
        words = _("Now planned %(day)s, by: %(source)s.")
        facts = {"day": weekday_day(stage.planned_on), "source": pages.read_source(stage)}
        says = f"{words % facts} {says}"
    head = {"says": says, "button": _("Plan: %(stage)s") % {"stage": kind.label}}
    return _stage_form(
        request, found, form, lambda: Stage.put(found, kind, by=request.user, **form.details), head
    )


@form_page
def stage_done(request, pk, kind):
    """Write when a stage came about."""
    found, kind = _procurement(request, pk), _kind(kind)
    stage = found.stages.filter(kind=kind).first()
    form = StageDoneForm(
        request.POST or None,
        initial={"done_on": stage.done_on} if stage and stage.done_on else None,
        by=request.user,
    )
    says = _("The planned day stays beside it.")
    head = {"says": says, "button": _("It came about: %(stage)s") % {"stage": kind.label}}

    def done():
        Stage.done(found, kind, by=request.user, on=form.cleaned_data["done_on"])

    return _stage_form(request, found, form, done, head)
