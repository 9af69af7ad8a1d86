"""The dashboard of a year, and the list behind each of its numbers."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium import clock
from consortium.lists import RowList
from steering.figures import BY_KEY, figures
from steering.pages import dashboard as pages
from steering.pages.figure_lists import behind


def _may_look(request, year, today):
    if not request.user.has_perm("steering.view_dashboard"):
        raise PermissionDenied
    if not pages.FIRST <= year <= today.year:
        raise Http404


@require_safe
def dashboard(request, year=None):
    """How the consortium stands: this year as of today, an earlier one as it stood at its end."""
    today = clock.today()
    year = year or today.year
    _may_look(request, year, today)
    return render(request, "steering/dashboard.html", {"year": year, "page": pages.drawn(year, today)})


@require_safe
def figure(request, year, key):
    """The rows behind one number of the dashboard, and what they come to."""
    today = clock.today()
    _may_look(request, year, today)
    if key not in BY_KEY:
        raise Http404
    found = next(row for row in figures(year, today) if row.key == key)
    told = behind(found, today)
    listing = RowList(
        request,
        told.rows,
        told.columns,
        caption=found.label[:1].upper() + found.label[1:],
        filename=f"{key}-{year}",
    )
    context = {
        "figure": found,
        "year": year,
        "is_now": year == today.year,
        "list": listing,
        "foot": told.foot(),
        "note": told.note,
        "title": _("%(what)s %(year)s") % {"what": listing.caption, "year": year},
    }
    return listing.export() or render(request, "steering/figure.html", context)
