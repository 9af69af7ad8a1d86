"""A municipality's year on one page: what it paid and used, for its own people, the service centre and the auditor."""

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.documents import file_response, request_document
from consortium.forms import PortalForm
from consortium.models import DocumentState
from consortium.steps import answered_before, attempt
from members.models import Municipality
from procurement.models import ValueSheet
from procurement.pages import value as pages
from procurement.value import value_of

FIRST_YEAR = 2013


def _municipality(request, code, year):
    """Return the municipality to those who may read its years; 404 to others, and for a year that is still to come."""
    found = get_object_or_404(Municipality, code=code)
    if (
        not request.user.has_perm("procurement.view_value", found)
        or not FIRST_YEAR <= year <= clock.today().year
    ):
        raise Http404
    request.acts_for = found.code
    return found


@require_http_methods(["GET", "POST"])
def value(request, code, year):
    """What was paid and used in a year, and what is not known; the same as PDF in each language of the municipality."""
    place = _municipality(request, code, year)
    if request.method == "POST" and (before := answered_before(request)):
        return before
    found = value_of(place, year)
    form = PortalForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():

        def ask():
            for language in place.languages:
                with override(language):
                    figures = pages.told(found)
                sheet = ValueSheet(municipality=place, year=year, language=language, figures=figures)
                request_document(sheet, by=request.user)
            return f"{reverse('procurement:value', args=[code, year])}#paper"

        if answer := attempt(form, ask, by=request.user):
            return HttpResponseRedirect(answer)
    years = range(clock.today().year, FIRST_YEAR - 1, -1)
    context = {
        "municipality": place,
        "year": year,
        "told": pages.told(found),
        "form": form if not form.is_bound else PortalForm(by=request.user),
        "before": year - 1 if year - 1 in years else None,
        "after": year + 1 if year + 1 in years else None,
        "job": _papers(request, place, year),
    }
    return render(request, "procurement/value.html", context)


def _papers(request, place, year):
    return pages.paper_progress(pages.papers(request.user, place, year), place, year)


@require_safe
def value_progress(request, code, year):
    """How far the PDF is, for the page that waits."""
    place = _municipality(request, code, year)
    return render(request, "partials/progress.html", {"job": _papers(request, place, year)})


@require_safe
def value_file(request, code, year, language):
    """The newest PDF of a year in a language."""
    place = _municipality(request, code, year)
    rows = ValueSheet.objects.visible_to(request.user).filter(
        municipality=place, year=year, language=language
    )
    found = rows.filter(state=DocumentState.READY).order_by("-pk").first()
    if found is None:
        raise Http404
    return file_response(found.file, name=found.filename, content_type=found.content_type)
