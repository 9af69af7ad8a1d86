"""A municipality's own fees, for its people and those who read every fee; the statement as PDF."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consortium import clock
from consortium.documents import file_response
from consortium.models import DocumentState
from members.models import FeePaper, FeePaperKind, Municipality
from members.pages import home
from members.pages import our_fees as pages


def _municipality(request, code):
    """Return the municipality to its own people and to those who read every fee; 404 to others."""
    found = get_object_or_404(Municipality.objects.prefetch_related("memberships"), code=code)
    user = request.user
    if not (user.has_perm("members.view_fees") or user.roles.active().filter(municipality=found).exists()):
        raise Http404
    request.acts_for = found.code
    return found


@require_safe
def our_fees(request, code):
    """This year's fee and the earlier ones: how reckoned, decision, invoice, corrections; forwarded as PDF."""
    place = _municipality(request, code)
    years = pages.years(request.user, place)
    context = {
        "municipality": place,
        "years": years,
        "says": pages.says(place, years),
        "may_edit": request.user.has_perm("members.edit_municipality", place),
        "main_file": pages.main_file(years),
        "estimate": "" if years else home.estimate(place, clock.today()),
        "contact_email": settings.CONTACT_EMAIL,
    }
    return render(request, "members/our_fees.html", context)


@require_safe
def fee_statement(request, code, year, language):
    """The newest statement of a year's fee in a language, as PDF."""
    place = _municipality(request, code)
    papers = FeePaper.objects.visible_to(request.user).filter(
        kind=FeePaperKind.STATEMENT, municipality=place, budget__year=year, language=language
    )
    found = papers.newest().first()
    if found is None or found.state != DocumentState.READY:
        raise Http404
    return file_response(found.file, name=found.filename, content_type=found.content_type)
