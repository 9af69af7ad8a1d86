"""A year's budget: opened, changed without overwriting anybody, and its costs as they came out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_url, take_step
from members.forms.budget import AccountForm, BudgetForm, NewBudgetForm
from members.models import AnnualBudget


@require_http_methods(["GET", "POST"])
def budget_new(request):
    """Open a year's budget as a draft."""
    if not request.user.has_perm("members.manage_budget"):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    form = NewBudgetForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():

        def begin():
            budget = AnnualBudget.begin(by=request.user, **form.details)
            return receipt_url(budget, AuditEvent.objects.about(budget).first())

        if answer := attempt(form, begin, by=request.user):
            return HttpResponseRedirect(answer)
    return render(request, "members/budget_edit.html", {"form": form})


def _budget(request, year):
    return get_object_or_404(AnnualBudget.objects.visible_to(request.user), year=year)


@require_http_methods(["GET", "POST"])
def budget_edit(request, year):
    """Change the figures of a budget that has not been decided."""
    budget = _budget(request, year)
    return take_step(request, budget, "edit", BudgetForm, template="members/budget_edit.html", budget=budget)


@require_http_methods(["GET", "POST"])
def budget_account(request, year):
    """Record what the cost lines came to."""
    budget = _budget(request, year)
    context = {
        "kind": _("Budget %(year)s") % {"year": year},
        "title": _("What the costs came to"),
        "says": _("Give each sum when it is known; the others may be left empty."),
        "button": _("Record the costs"),
    }
    if not request.user.has_perm("members.account_annualbudget", budget):
        raise PermissionDenied
    if not budget.lines.exists():
        messages.info(request, _("The budget has no cost lines, so there is nothing to record."))
        return HttpResponseRedirect(budget.get_absolute_url())
    return take_step(request, budget, "account", AccountForm, **context)
