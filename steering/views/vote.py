"""The vote that somebody who sits sends from the own phone."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from consortium.steps import attempt
from steering.forms import room as forms
from steering.models.untrue import REFUSALS
from steering.pages.vote import OwnVote
from steering.views.room import log_reading, meeting_of


@require_http_methods(["GET", "POST"])
def vote(request, pk):
    """The vote that is open, for one who sits: what is put, the own vote, and what became of it."""
    meeting = meeting_of(request, pk)
    if not request.user.has_perm("steering.vote_meeting", meeting):
        raise PermissionDenied
    own = OwnVote(meeting, request.user)
    form = forms.VoteForm(request.POST or None, by=request.user, initial=own.initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data

        def act():
            if own.ballot is None or own.ballot.pk != said["ballot"]:
                raise ValidationError(REFUSALS["late"], "late")
            own.item.cast(by=request.user, choice=said["choice"], changes=said["changes"])
            return reverse("steering:vote", args=[meeting.pk]) + "?sent=1"

        if answer := attempt(form, act, by=request.user):
            return HttpResponseRedirect(answer)
        own = OwnVote(meeting, request.user)
    log_reading(request.user, [own.item] if own.item else [], f"steering.vote {meeting.pk}")
    context = {"meeting": meeting, "own": own, "form": form, "sent": "sent" in request.GET}
    return render(request, "steering/vote.html", context)
