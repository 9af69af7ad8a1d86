"""One fee from its figures to its payment: everything on one page, so that anyone can reckon it by hand."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.models import Assessment
from members.pages import fee_audit


@require_safe
def assessment(request, pk):
    """A fee: its reckoning, decision, invoice, payments, and who did what; own people see no other person's name."""
    rows = Assessment.objects.visible_to(request.user).select_related(
        *("municipality", "budget__scheme", "budget__billing", "budget__proposal", "budget__alternative")
    )
    found = get_object_or_404(rows, pk=pk)
    request.acts_for = found.municipality.code  # the header names the municipality whose page this is
    trail = fee_audit.trail_of(found, request.user)
    acts = fee_audit.acts(trail)
    context = {
        "assessment": found,
        "kind": _("Annual fee %(year)s") % {"year": found.budget.year},
        "says": fee_audit.says(trail),
        "main_act": acts[0] if acts else None,
        "other_act": acts[1] if len(acts) > 1 else None,
        "parts": fee_audit.parts(trail),
    }
    return render(request, "members/assessment.html", context)
