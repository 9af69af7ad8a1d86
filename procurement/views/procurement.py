"""Procurements: the list and the page of one."""

from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def procurement_list(request):
    """Joint procurements that the person may see."""
    return render(request, "procurement/procurement_list.html", {})
