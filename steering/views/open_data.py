"""Open data: what may be taken along, under which licence, what each column means."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from steering.pages import open_data as pages


@login_not_required
@require_safe
def open_data(request):
    """All tables that anybody may take along, and the licence."""
    context = {"tables": pages.TABLES, "others": pages.others(), "licence": pages.LICENCE}
    return render(request, "steering/open_data.html", context)


@login_not_required
@require_safe
def open_table(request, name):
    """One table as a page and as a file, with its columns explained."""
    table = pages.BY_NAME.get(name)
    if table is None:
        raise Http404
    listing = table.listing(request, get_language())
    context = {
        "table": table,
        "list": listing,
        "columns": table.explained(get_language()),
        "licence": pages.LICENCE,
    }
    return listing.export() or render(request, "steering/open_table.html", context)
