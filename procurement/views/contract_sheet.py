"""Taking in a sheet of contracts: the file, what it means while nothing is written, then all of it or nothing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import number
from procurement.contract_sheet import HEADS, column_words
from procurement.forms.contract_sheet import SheetForm, TakeInForm, packed, unpacked
from procurement.models.contract_import import compare_sheet, take_in_sheet

LISTED_PROBLEMS = 100


@require_http_methods(["GET", "POST"])
def contract_import(request):
    """Choose a sheet; read what it means; write it."""
    if not request.user.has_perm("procurement.manage_contracts"):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    if "rows" in request.POST:
        return _take_in(request)
    form = SheetForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        return _preview(request, form.sheet, form.meaning)
    problems = form.problems[:LISTED_PROBLEMS]
    context = {
        "form": form,
        "problems": problems,
        "more": len(form.problems) - len(problems),
        "columns": [(column_words(column), ", ".join(sorted(words))) for column, words in HEADS.items()],
    }
    return render(request, "procurement/contract_import.html", context)


def _preview(request, sheet, meaning, refused=None):
    """Show what the sheet means beside what is on record. Nothing is written."""
    rows = packed(sheet, request.user)
    form = refused or TakeInForm(initial={"rows": rows}, by=request.user)
    if refused:
        form.data = form.data.copy()
        form.data["rows"] = rows
    context = {
        "form": form,
        "meaning": meaning,
        "new": len(meaning.new),
        "added": [(contract, len(codes)) for contract, codes in meaning.added],
    }
    return render(request, "procurement/contract_preview.html", context)


def _take_in(request):
    """Write what the preview showed; if that no longer holds, say so."""
    sheet = unpacked(request.POST["rows"], request.user)
    if sheet is None:
        messages.error(request, _("The preview is too old to be loaded. Choose the file again."))
        return redirect("procurement:contract_import")
    form, done = TakeInForm(request.POST, by=request.user), []
    if form.is_valid():

        def take_in():
            done.append(take_in_sheet(sheet, by=request.user))
            return reverse("procurement:contract_list")

        if answer := attempt(form, take_in, by=request.user):
            _tell(request, done)
            return HttpResponseRedirect(answer)
    return _preview(request, sheet, compare_sheet(sheet), form)


def _tell(request, done):
    """Say what was written; nothing where the same form had been sent before."""
    for meaning in done:
        if meaning.changes_nothing:
            messages.info(request, _("Nothing was changed: all of it is on record already."))
            continue
        words = ngettext("%(n)s contract was written", "%(n)s contracts were written", len(meaning.new))
        more = ngettext("%(n)s participation", "%(n)s participations", meaning.participants)
        facts = {"n": number(len(meaning.new))}, {"n": number(meaning.participants)}
        messages.success(request, f"{words % facts[0]}, {more % facts[1]}.")
