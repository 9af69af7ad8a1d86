"""The agreement's versions: public once Helsinki has approved them."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.steps import take_step
from members.forms.offer import ApproveForm
from members.models import AgreementState, AgreementVersion, Scheme
from members.pages import budget_facts
from members.scheme_words import scheme_sentences


def _visible(user):
    """Return all versions to the service centre, the approved ones to everyone."""
    rows = AgreementVersion.objects.all()
    return rows if user.is_staff else rows.filter(state=AgreementState.APPROVED)


@login_not_required
@require_safe
def agreement_list(request):
    """The versions, the newest first, and the fee: what has been decided for this year and the next."""
    today = clock.today()
    context = {
        "versions": _visible(request.user),
        "fees": budget_facts.year_parts(today),
        "limits": budget_facts.limits_part(today),
        "schemes": [(s.valid_from, " ".join(scheme_sentences(s))) for s in Scheme.objects.all()],
    }
    return render(request, "members/agreement_list.html", context)


@login_not_required
@require_safe
def agreement(request, number):
    """One version, clause by clause."""
    version = get_object_or_404(_visible(request.user), number=number)
    can_approve = version.allows("approve") and request.user.has_perm(
        "members.approve_agreementversion", version
    )
    context = {"version": version, "clauses": version.clauses.all(), "can_approve": can_approve}
    return render(request, "members/agreement.html", context)


@require_http_methods(["GET", "POST"])
def agreement_approve(request, number):
    """Record Helsinki's decision on a version."""
    version = get_object_or_404(_visible(request.user), number=number)
    return take_step(
        request,
        version,
        "approve",
        ApproveForm,
        kind=_("Agreement"),
        title=str(version),
        says=_("A draft: Helsinki has not approved it, and it cannot be offered."),
        button=_("Record Helsinki's decision"),
    )
