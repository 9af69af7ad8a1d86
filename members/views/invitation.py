"""The page that an invitation's link opens, and its acceptance. Opening does nothing; only pressing does."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consortium import emails
from consortium.sign_in import ask_code
from consortium.steps import answered_before, attempt
from members.forms.people import AcceptForm
from members.models import Invitation, RoleKind


def _found(key):
    return Invitation.objects.select_related("municipality", "invited_by").filter(key=key).first()


def _gone(request, row):
    """Answer a link that opens nothing: used, run out, taken back or unknown; each says what to do."""
    status = 404 if row is None else 200
    mine = row is not None and row.accepted_by_id is not None and row.accepted_by_id == request.user.pk
    return render(request, "members/invitation_gone.html", {"invitation": row, "mine": mine}, status=status)


def _is_for(row, user):
    return user.email.lower() == row.email.lower()


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request, key):
    """Who invites to what; pressing sends a code to the invited address, whoever has opened the link."""
    row = _found(key)
    if row is None or not row.is_waiting:
        return _gone(request, row)
    accept = reverse("members:invitation_accept", args=[key])
    if request.user.is_authenticated:
        if _is_for(row, request.user):
            return HttpResponseRedirect(accept)
        return render(request, "members/invitation_other.html", {"invitation": row})
    if request.method == "POST":
        try:
            person = row.welcome()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("members:invitation", key)
        return _send_code(request, person, accept)
    return render(request, "members/invitation.html", {"invitation": row})


def _send_code(request, person, after):
    """Begin signing in for the invited address, as if it had been typed on the page of signing in."""
    typed = request.POST.copy()
    typed["email"], typed["next"] = person.email, emails.personal(after, person)
    request.POST = typed
    return ask_code(request)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation_accept(request, key):
    """The invited person says who they are and begins to act for the municipality."""
    if before := answered_before(request):
        return before
    row = _found(key)
    if row is None or not row.is_waiting:
        return _gone(request, row)
    if not _is_for(row, request.user):
        return redirect("members:invitation", key)
    form = AcceptForm(request.POST or None, record=row, by=request.user)
    if request.method == "POST" and form.is_valid():

        def accept():
            row.accept(by=request.user, **form.details)
            with translation.override(form.cleaned_data["language"]):
                return reverse("member_home", args=[row.municipality.code])

        if answer := attempt(form, accept, by=request.user):
            with translation.override(form.cleaned_data["language"]):
                messages.success(request, _now_acting(row))
            return HttpResponseRedirect(answer)
        if not row.is_waiting:  # somebody was faster: the same person in another window, or who took it back
            return _gone(request, row)
    context = {"invitation": row, "form": form, "button": _accept_words(row)}
    return render(request, "members/invitation_accept.html", context)


def _accept_words(row):
    """Return what the button says; it names the municipality."""
    if row.kind == RoleKind.REPRESENTATIVE:
        return _("Act for %(name)s as representative") % {"name": row.municipality.of_name}
    return _("Act for %(name)s as librarian") % {"name": row.municipality.of_name}


def _now_acting(row):
    facts = {"name": row.municipality.name, "role": row.get_kind_display()}
    return _("You now act for %(name)s: %(role)s.") % facts
