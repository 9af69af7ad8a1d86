"""Population figures: which there are, and loading a file of them after seeing what it means."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of
from consortium.templatetags.portal import day, moment, number
from members.forms.population import PopulationFileForm, PopulationLoadForm, packed, unpacked
from members.models import Municipality, Population
from members.models.population import LOAD, compare_figures, figures_as_a_whole, store_figures
from members.register import source_words

LISTED_PROBLEMS = 100


@require_safe
def population_list(request):
    """The days of which there are figures, each with its source, how many and who loaded them."""
    if not request.user.has_perm("members.list_population"):
        raise PermissionDenied
    today = clock.today()
    everyone = Municipality.objects.current(today)
    known = Population.objects.filter(municipality__in=everyone).order_by("-on", "source")
    days = list(known.values("on", "source").annotate(places=Count("pk"), total=Sum("count")))
    loads = AuditEvent.objects.about(figures_as_a_whole()).filter(verb=LOAD)
    loaded = {}
    for act in loads.order_by("at", "pk"):
        loaded[act.details["on"], act.details["source"]] = act
    for row in days:
        row["act"] = loaded.get((row["on"].isoformat(), row["source"]))
        row["who"] = source_words(row["source"])
    newest = [row for row in days if row["on"] == days[0]["on"]]
    context = {
        "days": days,
        "newest": days[0]["on"] if days else None,
        "count": sum(row["places"] for row in newest),
        "total": sum(row["total"] for row in newest),
        "of": everyone.count(),
        "receipt": _receipt(receipt_of(request, figures_as_a_whole())),
        "may_load": request.user.has_perm("members.manage_population"),
    }
    return render(request, "members/population_list.html", context)


def _receipt(act):
    if act is None:
        return None
    told = act.details
    counted = _("%(new)s new, %(changed)s changed, %(same)s as they were")
    return {
        "title": _("Loaded"),
        "rows": [
            (_("What"), _("Population figures loaded")),
            (_("Day of the figures"), day(told["on"])),
            (_("Source"), source_words(told["source"])),
            (_("Figures"), counted % {key: number(told[key]) for key in ("new", "changed", "same")}),
            (_("Residents in all"), number(told["total"])),
            (_("When"), moment(act.at)),
            (_("Receipt"), act.number),
            (
                _("What next"),
                _(
                    "What is reckoned from now on uses these figures. Fees already decided keep the figures "
                    "they were decided with."
                ),
            ),
        ],
    }


@require_http_methods(["GET", "POST"])
def population_load(request):
    """Choose a file; read what it means, while nothing is stored; load it."""
    if not request.user.has_perm("members.manage_population"):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    if "rows" in request.POST:
        return _load(request)
    form = PopulationFileForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        return _preview(request, form.content(), form.comparison)
    problems = form.problems[:LISTED_PROBLEMS]
    context = {"form": form, "problems": problems, "more": len(form.problems) - len(problems)}
    return render(request, "members/population_load.html", context)


def _preview(request, content, comparison, refused=None):
    """Show what the figures mean beside what is known. Nothing is stored."""
    rows = packed(content, comparison)
    if refused:
        form = refused
        form.data = form.data.copy()
        form.data["rows"] = rows  # what is shown now is what the next press is about
    else:
        asks_reason = bool(comparison.changed)
        form = PopulationLoadForm(initial={"rows": rows}, asks_reason=asks_reason, by=request.user)
    names = Municipality.objects.in_bulk([code for code, _name in content["renamed"]], field_name="code")
    context = {
        "form": form,
        "on": dt.date.fromisoformat(content["on"]),
        "source": source_words(content["source"]),
        "column": content["column"],
        "comparison": comparison,
        "country": content["country"],
        "difference": content["country"] - comparison.total if content["country"] else 0,
        "renamed": [(names[code], name) for code, name in content["renamed"]],
    }
    return render(request, "members/population_preview.html", context)


def _load(request):
    """Store what the preview showed; if that no longer holds, show how things now stand."""
    content, today = unpacked(request.POST["rows"], request.user), clock.today()
    if content is None:
        messages.error(request, _("The preview is too old to be loaded. Choose the file again."))
        return redirect("members:population_load")
    on, figures = dt.date.fromisoformat(content["on"]), content["residents"]
    comparison = compare_figures(on, figures, today)
    form = PopulationLoadForm(request.POST, asks_reason=bool(comparison.changed), by=request.user)
    if form.is_valid():

        def load():
            _found, act = store_figures(
                on,
                figures,
                content["source"],
                by=request.user,
                today=today,
                reason=form.cleaned_data.get("reason", ""),
                expected=content["before"],
                file=content["file"],
            )
            back = reverse("members:population_list")
            return f"{back}?receipt={act.pk}" if act else back

        if answer := attempt(form, load, by=request.user):
            if "?" not in answer:
                messages.info(request, _("Nothing was changed: each of these figures is there already."))
            return HttpResponseRedirect(answer)
        comparison = compare_figures(on, figures, today)
    return _preview(request, content, comparison, form)
