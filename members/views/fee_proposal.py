"""The steering group's paper on a year's alternatives: asked for, followed, read."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.documents import file_response
from consortium.models import DocumentState
from consortium.steps import answered_before, attempt
from members.forms.simulator import SaveForm
from members.models import FeePaper, FeePaperKind
from members.pages import fee_proposal
from members.views.simulator import readable


def _for_duty(request, year):
    """Return the year's budget for those whose duty lets them read its papers."""
    budget = readable(request, year)
    if not (request.user.has_perm("members.view_drafts") or request.user.has_perm("members.view_fees")):
        raise PermissionDenied
    return budget


@require_http_methods(["GET", "POST"])
def fee_proposal_page(request, year):
    """The steering group's paper on some alternatives: asked for with POST, followed and read with GET."""
    if request.method == "POST":
        budget = readable(request, year)
        if not request.user.has_perm("members.view_drafts"):
            raise PermissionDenied
        return _ask_paper(request, budget)
    budget = _for_duty(request, year)
    context = {"budget": budget, "job": fee_proposal.progress(request.user, budget)}
    return render(request, "members/fee_proposal.html", context)


def _ask_paper(request, budget):
    """Ask for the paper once a form, and go to the page that follows it."""
    if before := answered_before(request):
        return before
    back = reverse("members:fee_proposal", args=[budget.year])
    wanted = set(request.POST.getlist("with"))
    chosen = [row for row in budget.alternatives.all() if row.letter in wanted]
    if not 1 <= len(chosen) <= 3:
        messages.error(request, _("Choose the alternatives of the paper: one, two or three."))
        return HttpResponseRedirect(reverse("members:compare", args=[budget.year]))
    form = SaveForm(request.POST, by=request.user)

    def ask():
        fee_proposal.ask(budget, chosen, by=request.user)
        return back

    answer = attempt(form, ask, by=request.user) if form.is_valid() else None
    return HttpResponseRedirect(answer or back)


@require_safe
def fee_proposal_progress(request, year):
    """The live part of the paper's page."""
    budget = _for_duty(request, year)
    return render(request, "partials/progress.html", {"job": fee_proposal.progress(request.user, budget)})


@require_safe
def fee_proposal_file(request, key):
    """A paper, for those who may read it; every one stays at its address."""
    papers = FeePaper.objects.visible_to(request.user).filter(kind=FeePaperKind.PROPOSAL)
    found = get_object_or_404(papers, key=key, state=DocumentState.READY)
    return file_response(found.file, name=found.filename, content_type=found.content_type)
