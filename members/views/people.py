"""Who acts for a municipality: its people and invitations on one page, and what is done to them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.steps import answered_before, attempt, carry_out
from consortium.templatetags.portal import day
from members.forms.people import InviteForm, LastDayForm, LeavingForm
from members.models import Invitation, Municipality, Role
from members.models.leaving import Next, leave
from members.pages import people as parts

both = require_http_methods(["GET", "POST"])


def _municipality(request, code, right):
    """Return the municipality if the person has the right there, else 403; unknown codes are 404."""
    found = get_object_or_404(Municipality, code=code)
    if not request.user.has_perm(f"members.{right}", found):
        raise PermissionDenied
    return found


def _day_asked(request):
    """Return (the day the address asks about, what is wrong with it)."""
    asked = request.GET.get("on", "")
    if not asked:
        return clock.today(), ""
    try:
        return TypedDateField().clean(asked.replace("\0", "")), ""
    except ValidationError as error:
        return clock.today(), " ".join(error.messages)


@both
def people(request, code):
    """Who acts for the municipality, on a chosen day, and who has been asked; from here colleagues are invited."""
    found = _municipality(request, code, "view_municipality_people")
    manages = request.user.has_perm("members.manage_people", found)
    form = InviteForm(request.POST or None, record=found, by=request.user) if manages else None
    if request.method == "POST":
        if not manages:
            raise PermissionDenied
        if before := answered_before(request):
            return before
        if form.is_valid():

            def invite():
                Invitation.invite(found, by=request.user, **form.details)
                return request.path

            answer = attempt(form, invite, by=request.user)
            if answer:
                words = _("A letter with the invitation is on its way to %(address)s.")
                messages.success(request, words % {"address": form.cleaned_data["email"]})
                return HttpResponseRedirect(answer)
    on, wrong = _day_asked(request)
    context = {
        "municipality": found,
        "on": on,
        "wrong_day": wrong,
        "asked": request.GET.get("on", ""),
        "is_today": on == clock.today(),
        "rows": parts.role_rows(request.user, found, on, manages=manages),
        "invitations": parts.invitation_rows(found),
        "manages": manages,
        "form": form,
        "key_form": PortalForm(),
    }
    return render(request, "members/people.html", context)


def _invitation(request, pk):
    """Return the invitation with its municipality if the person manages people there."""
    return _managed(request, get_object_or_404(Invitation.objects.select_related("municipality"), pk=pk))


def _managed(request, row):
    """Return the row if the person manages the people of its municipality: else 404, or 403 to who may read there."""
    if not request.user.has_perm("members.view_municipality_people", row.municipality):
        raise Http404
    if not request.user.has_perm("members.manage_people", row.municipality):
        raise PermissionDenied
    return row


def _press(request, row, act, words):
    """Carry out what a single button does, once, and go back to the people's page with its words."""
    form, back = PortalForm(request.POST), reverse("members:people", args=[row.municipality.code])
    form.is_valid()

    def once():
        act(by=request.user)
        messages.success(request, words)
        return back

    try:
        carry_out(form, once, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(back)


@require_POST
def invitation_renew(request, pk):
    """Write the invitation anew; the link sent before is dead."""
    row = _invitation(request, pk)
    words = _("A new letter is on its way to %(address)s. The earlier link no longer opens anything.")
    return _press(request, row, row.renew, words % {"address": row.email})


@require_POST
def invitation_revoke(request, pk):
    """Take the invitation back."""
    row = _invitation(request, pk)
    words = _("The invitation to %(address)s was taken back.")
    return _press(request, row, row.revoke, words % {"address": row.email})


@both
def role_end(request, pk):
    """End a person's role with a day; the consequence in a sentence before the button."""
    role = _managed(request, get_object_or_404(Role.objects.select_related("municipality", "user"), pk=pk))
    place, person = role.municipality, role.user
    back = reverse("members:people", args=[place.code])
    if before := answered_before(request):
        return before
    form = LastDayForm(request.POST or None, record=place, by=request.user)
    if request.method == "POST" and form.is_valid():

        def end():
            role.end(by=request.user, on=form.cleaned_data["last_day"])
            facts = {"who": person.get_full_name(), "day": day(role.ended_on)}
            messages.success(request, _("%(who)s: the last day is %(day)s.") % facts)
            _say_earlier(request, role.ended_on, form)
            return back

        if answer := attempt(form, end, by=request.user):
            return HttpResponseRedirect(answer)
    says = _(
        "%(who)s can act for %(name)s until the end of the last day. What waits stays the municipality's."
    )
    context = {
        "kind": capfirst(role.get_kind_display()),
        "title": person.get_full_name(),
        "says": says % {"who": person.get_full_name(), "name": place.name},
        "about": "" if parts.others_answer(role) else parts.nobody_answers(place),
        "heading": _("Last day"),
        "form": form,
        "button": _("End the role: %(who)s, %(name)s") % {"who": person.get_full_name(), "name": place.name},
        "back": {"url": back, "label": _("Back to the people")},
    }
    return render(request, "act.html", context)


def _say_earlier(request, stored, form):
    """Say why the day is another than the one typed: an earlier last day stays."""
    if stored < form.cleaned_data["last_day"]:
        messages.info(request, _("An earlier last day had been recorded, and it stays."))


@both
def people_leave(request, code):
    """One's own leaving: the last day, and who goes on."""
    place = _municipality(request, code, "leave_municipality")
    if before := answered_before(request):
        return before
    form = LeavingForm(request.POST or None, record=place, by=request.user)
    if request.method == "POST" and form.is_valid():

        def go():
            left = leave(request.user, place, **form.details)
            messages.success(request, _left(place, left))
            _say_earlier(request, left.last_day, form)
            return reverse("account")

        if answer := attempt(form, go, by=request.user):
            return HttpResponseRedirect(answer)
    answers = request.user.roles.representing().filter(municipality=place)
    context = {
        "kind": _("I am leaving"),
        "title": place.name,
        "says": _("After your last day you can no longer act for %(name)s. What waits for it stays.")
        % {"name": place.of_name},
        "about": _("The successor sees what waits, what has been done and its reasons.")
        if answers.exists()
        else "",
        "heading": _("Your last day"),
        "form": form,
        "button": _("I leave the matters of %(name)s") % {"name": place.of_name},
        "back": {"url": reverse("account"), "label": _("Back to my details")},
    }
    return render(request, "act.html", context)


def _left(place, left):
    """Return the receipt of a leaving: until when, and what was done so that somebody goes on."""
    words = {
        Next.INVITED: _(
            "Your last day for %(name)s is %(day)s. %(address)s is invited as the representative."
        ),
        Next.WAITING: _(
            "Your last day for %(name)s is %(day)s. %(address)s has been invited already: that letter still holds."
        ),
        Next.ANSWERS: _("Your last day for %(name)s is %(day)s. %(address)s answers for it already."),
        Next.OTHERS: _("Your last day for %(name)s is %(day)s. Others go on answering for it."),
        Next.REGISTRY: _("Your last day for %(name)s is %(day)s. Who goes on is asked of the municipality."),
        Next.STAFF: _("Your last day for %(name)s is %(day)s. The service centre asks who goes on."),
        Next.NOBODY: _("Your last day for %(name)s is %(day)s."),
    }
    return words[left.next] % {"name": place.name, "day": day(left.last_day), "address": left.successor}


@both
def people_confirm(request, code):
    """Are these right? One press, once a year."""
    found = _municipality(request, code, "confirm_people")
    if request.method == "POST":
        if before := answered_before(request):
            return before
        form, home = PortalForm(request.POST), found.get_absolute_url()
        if found in Municipality.objects.of(request.user):
            home = reverse("member_home", args=[found.code])
        form.is_valid()

        def confirm():
            found.confirm_people(by=request.user)
            return home

        answer = carry_out(form, confirm, by=request.user)
        messages.success(
            request,
            _("Thank you: the people and addresses of %(name)s are confirmed.") % {"name": found.name},
        )
        return HttpResponseRedirect(answer)
    today = clock.today()
    context = {"municipality": found, "part": parts.right_part(request.user, found, today)}
    return render(request, "members/people_confirm.html", context)
