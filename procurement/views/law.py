"""The law helper: estimated value, thresholds, what follows with the §, and a timetable. Advice, and said so."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_url
from procurement.forms.law import INSIDE, LawForm
from procurement.models import Stage
from procurement.pages import law as pages
from procurement.pages.stages import written
from procurement.readings import VOLUMES, note_reading
from procurement.views.procurement import procurement_of


@require_http_methods(["GET", "POST"])
def procurement_law(request, pk):
    """Reckon what the Act asks of a procurement; nothing is written."""
    return _law(request, pk)


@require_POST
def law_write(request, pk):
    """Write the timetable to the stages as it is reckoned and typed over."""
    return _law(request, pk, write=True)


def _law(request, pk, *, write=False):
    found = procurement_of(request, pk)
    if not request.user.has_perm("procurement.plan_procurement", found):
        raise PermissionDenied
    today, rows = clock.today(), list(found.stages.all())
    starts_on = pages.first_day(found, today)
    form = LawForm(
        request.POST or None, record=found, by=request.user, stages=rows, initial={"starts_on": starts_on}
    )
    reckoning = None
    if request.method == "POST":
        if before := answered_before(request):
            return before
        if form.is_valid():
            reckoning = pages.reckon(found, **form.assumptions)
            answer = write and attempt(
                form, lambda: _save(found, reckoning, form, request.user), by=request.user
            )
            if answer:
                return HttpResponseRedirect(answer)
    elif found.setting not in INSIDE:  # inside a framework nothing is reckoned before its ceiling is known
        reckoning = pages.reckon(found, **LawForm.begun_with(rows, starts_on))
    if reckoning and reckoning.estimate.buyers:
        note_reading(request.user, found, VOLUMES)
    return render(request, "procurement/law.html", _context(found, form, reckoning))


def _save(procurement, reckoning, form, by):
    lines = [
        (line.stage.value, line.on, form.cleaned_data[f"why_{line.stage}"], True)
        if line.typed and form.cleaned_data[f"on_{line.stage}"]
        else (line.stage.value, line.reckoned_on, written(line.source), False)
        for line in reckoning.timetable.lines
    ]
    Stage.put_all(procurement, lines, by=by, among=pages.STAGES)
    return receipt_url(procurement, AuditEvent.objects.about(procurement).first())


def _context(procurement, form, reckoning):
    context = {
        "procurement": procurement,
        "form": form,
        "reckoning": reckoning,
        "stages_url": reverse("procurement:stages", args=[procurement.pk]),
    }
    if reckoning is None:
        return context
    return context | {
        "value": pages.value_lines(reckoning),
        "thresholds": pages.threshold_facts(reckoning),
        "points": pages.point_rows(reckoning),
        "lines": pages.timetable_rows(reckoning, form),
    }
