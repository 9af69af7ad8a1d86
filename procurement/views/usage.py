"""Suppliers' files of use: handed in, read by the worker, asked about, set aside; every figure with its source."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.documents import file_response
from consortium.lists import ListPage
from consortium.steps import answered_before, attempt, receipt_of, take_step
from consortium.templatetags.portal import moment
from procurement.forms.usage import ColumnsForm, PlacesForm, SetAsideForm, UsageFileForm
from procurement.models import Contract, UsageFigure, UsageFile
from procurement.pages import usage as pages
from procurement.usage_words import fault_words, file_source

LISTED = 200
step_page = require_http_methods(["GET", "POST"])


def _contract(request, pk):
    """Return the contract to those who may read its use: 404 for one they may not know of, 403 for the others."""
    found = get_object_or_404(Contract.objects.visible_to(request.user).select_related("supplier"), pk=pk)
    if not request.user.has_perm("procurement.view_usage"):
        raise PermissionDenied
    return found


def _file(request, pk, file):
    contract = _contract(request, pk)
    found = get_object_or_404(UsageFile.objects.select_related("uploaded_by"), pk=file, contract=contract)
    found.contract = contract
    return found


@step_page
def contract_use(request, pk):
    """Hand in a supplier's file; what has been read, and which months are missing of whom."""
    contract = _contract(request, pk)
    acts = request.user.has_perm("procurement.manage_usage")
    if request.method == "POST":
        if not acts:
            raise PermissionDenied
        if before := answered_before(request):
            return before
    form = UsageFileForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        kept = {}

        def receive():
            upload = form.cleaned_data["file"]
            facts = {"name": upload.name, "sha256": form.cleaned_data["sha256"], "upload": upload}
            row, kept["new"] = UsageFile.receive(contract, by=request.user, **facts)
            return row.get_absolute_url()

        if answer := attempt(form, receive, by=request.user):
            if kept.get("new") is False:
                messages.info(request, _("This very file has been handed in before. Nothing was changed."))
            return HttpResponseRedirect(answer)
    years, year = _years(request, contract)
    rows, joint = pages.gap_rows(contract, year, clock.today())
    files = list(contract.usage_files.select_related("uploaded_by"))
    context = {
        "contract": contract,
        "form": form,
        "acts": acts,
        "files": [{"file": f, "says": pages.state_words(f), "css": pages.css(f)} for f in files],
        "years": years,
        "year": year,
        "gaps": rows,
        "joint": joint,
        "lacking": sum(bool(row["missing"]) for row in rows),
    }
    return render(request, "procurement/contract_use.html", context)


def _years(request, contract):
    """Return (the contract's years, the one that the address asks for, else the newest)."""
    years, asked = pages.years(contract, clock.today()), request.GET.get("year", "")
    return years, int(asked) if asked.isdecimal() and int(asked) in years else years[0]


@require_safe
def usage_figures(request, pk):
    """Every figure of a year that counts, with its source and whose it is."""
    contract = _contract(request, pk)
    years, year = _years(request, contract)
    of_year = {"month__gte": clock.first_day(year), "month__lte": clock.last_day(year)}
    rows = (
        UsageFigure.objects.filter(contract=contract, **of_year)
        .standing()
        .select_related("file", "municipality")
    )
    listing = ListPage(
        request,
        rows.order_by("-month", "service", "metric", "municipality__sort_key_fi", "pk"),
        pages.columns(),
        caption=_("Figures of use %(year)s") % {"year": year},
        filename=f"use-{year}",
    )
    context = {"contract": contract, "list": listing, "years": years, "year": year}
    return listing.export() or render(request, "procurement/usage_figures.html", context)


@require_safe
def usage_file(request, pk, file):
    """One file: how far its reading is, what it says, what could not be read, line by line."""
    found = _file(request, pk, file)
    user = request.user
    event = receipt_of(request, found)
    context = {
        "contract": found.contract,
        "file": found,
        "job": pages.progress(found),
        "css": pages.css(found),
        "source": file_source(found) if found.kind else "",
        "totals": pages.totals(found),
        "span": pages.span(found),
        "faults": [
            (line, column, fault_words(reason), value)
            for line, column, reason, value in found.faults[:LISTED]
        ],
        "more": max(0, len(found.faults) - LISTED) + found.more_faults,
        "may": {
            verb: found.allows(verb) and user.has_perm(f"procurement.{verb}_usagefile", found)
            for verb in ("map_columns", "map_places", "set_aside")
        },
        "places": _places(found),
        "receipt": event and _receipt(event, found),
    }
    return render(request, "procurement/usage_file.html", context)


def _places(found):
    """Return [(name in the file, whose use it is)] of the places whose figures were taken."""
    rows = found.figures.select_related("municipality").order_by("place").distinct("place")
    return [(row.place, pages.whose(row)) for row in rows]


def _receipt(event, found):
    what = {
        "map_columns": _("The meaning of the columns kept for this contract"),
        "map_places": _("Whose figures they are kept for this contract"),
        "set_aside": _("The file set aside: its figures no longer count"),
    }.get(event.verb)
    if what is None:
        return None
    rows = [
        (_("What"), what),
        (_("File"), found.name),
        (_("When"), moment(event.at)),
        (_("Receipt"), event.number),
    ]
    return {"rows": rows, "title": _("Done")}


@require_safe
def usage_progress(request, pk, file):
    """How far the reading is, for the page that waits."""
    found = _file(request, pk, file)
    return render(request, "partials/progress.html", {"job": pages.progress(found)})


@require_safe
def usage_original(request, pk, file):
    """The file as it came."""
    found = _file(request, pk, file)
    return file_response(found.file, name=found.name, content_type="application/octet-stream")


def _head(found, title, says, button):
    return {"kind": found.contract.title, "title": title, "says": says, "button": button}


@step_page
def usage_columns(request, pk, file):
    """Say what the columns of a sheet mean; remembered for the contract."""
    found = _file(request, pk, file)
    says = _(
        "The headings gave the proposals below. What you confirm is remembered for this contract's next files."
    )
    head = _head(found, _("What do the columns mean?"), says, _("Keep and read the file"))
    guess = found.guess
    columns = zip(guess.get("headings", ()), zip(*guess.get("sample", ()), strict=False), strict=False)
    return take_step(
        request,
        found,
        "map_columns",
        ColumnsForm,
        template="procurement/usage_columns.html",
        **head,
        sample=[(heading, "; ".join(filter(None, cells))) for heading, cells in columns],
    )


@step_page
def usage_places(request, pk, file):
    """Say whose figures the names in a file stand for; remembered for the contract."""
    found = _file(request, pk, file)
    says = _(
        "Figures of a network or of all are told as such and never divided. What you confirm is remembered."
    )
    head = _head(found, _("Whose figures are these?"), says, _("Keep and read the file"))
    return take_step(request, found, "map_places", PlacesForm, **head)


@step_page
def usage_aside(request, pk, file):
    """Let a file no longer count, with the reason."""
    found = _file(request, pk, file)
    says = _(
        "Its figures no longer count. They stay on record with the reason, and the file can be handed in again."
    )
    head = _head(found, _("Set the file aside"), says, _("Set aside"))
    return take_step(request, found, "set_aside", SetAsideForm, **head)
