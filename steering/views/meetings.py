"""Meetings: the list, the page of one, and what is done with it before it begins."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.lists import Column, ListPage
from consortium.models import AuditEvent, DocumentState
from consortium.steps import answered_before, attempt, receipt_of, receipt_url, take_entry, take_step
from consortium.templatetags.portal import moment, weekday_moment
from steering import call_emails
from steering.filters import MeetingFilter
from steering.forms import meetings as forms
from steering.models import AgendaPaper, Coming, Meeting
from steering.pages import meeting as pages

form_page = require_http_methods(["GET", "POST"])
FORM = "form.html"


def meeting_of(request, pk):
    """Return the meeting among those the person may know of, or 404."""
    rows = Meeting.objects.visible_to(request.user).select_related("body", "poll")
    return get_object_or_404(rows, pk=pk)


def back_to(meeting):
    """Return the link from the page of an act back to the meeting."""
    return {"url": meeting.get_absolute_url(), "label": _("Back, without an entry")}


def head_of(meeting, says, button):
    """Return the words around the form of an act on the meeting."""
    title = pages.title(meeting)
    return {"kind": _("Meeting"), "title": title, "says": says, "button": button, "back": back_to(meeting)}


def write(request, meeting, form, act, head):
    """Show a form that is no step of one record, or carry it out: back to the meeting's page with its receipt."""

    def carry():
        act()
        return meeting

    return take_entry(request, form, carry, **head)


def receipt_words(event, words):
    """Return the receipt of an act on the page of its record."""
    rows = [(_("What"), words), (_("When"), moment(event.at)), (_("Number of the receipt"), event.number)]
    return {"title": _("Recorded"), "rows": rows}


# --- The list -----------------------------------------------------------------------------------------------------


def _columns(language):
    body = "body__name_sv" if language == "sv" else "body__name_fi"
    return [
        Column(
            "number",
            _("Meeting"),
            lambda r: r.number,
            url=lambda r: r.get_absolute_url(),
            order_by=("year", "serial"),
        ),
        Column("body", _("Group"), lambda r: r.body.name, order_by=(body,)),
        Column(
            "starts",
            _("When"),
            lambda r: r.starts_at,
            lambda r: weekday_moment(r.starts_at) or _("Day still open"),
            order_by=("starts_at",),
        ),
        Column("place", _("Where"), lambda r: r.place, lambda r: r.place or _("Not given yet")),
        Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
    ]


@login_not_required
@require_safe
def meeting_list(request):
    """The meetings that the person may know of, the latest first."""
    rows = Meeting.objects.visible_to(request.user).select_related("body")
    listing = ListPage(
        request,
        rows,
        _columns(get_language()),
        filterset=MeetingFilter,
        caption=_("Meetings"),
        default_sort="-number",
        filename="meetings",
    )
    if answer := listing.export():
        return answer
    main_act = pages.list_rows(request.user, clock.today())
    return render(request, "steering/meeting_list.html", {"list": listing, "main_act": main_act})


@login_not_required
@require_safe
def meeting(request, pk):
    """One meeting: when and where, who comes, the agenda, and what the person may do now."""
    found, today, user = meeting_of(request, pk), clock.today(), request.user
    event = receipt_of(request, found) if user.is_authenticated else None
    offered = pages.all_acts(user, found, today)
    context = {
        "kind": {"label": _("Meetings"), "url": reverse("steering:meeting_list")},
        "title": pages.title(found),
        "says": pages.says(user, found, today),
        "acts": offered[:2],
        "receipt": _receipt(event) if event and event.by == user else None,
        "parts": pages.parts(user, found, today, offered),
    }
    return render(request, "steering/meeting.html", context)


def _receipt(event):
    told = {"yes": _("You come."), "no": _("You do not come. Your deputy, if you have one, has been asked.")}
    receipt = receipt_words(event, pages.VERBS.get(event.verb, event.verb))
    if event.verb == "answer" and event.details.get("person") == event.by_id:
        receipt["rows"].insert(1, (_("Answer"), told[event.details["coming"]]))
    return receipt


# --- Planning and calling -----------------------------------------------------------------------------------------


@form_page
def meeting_new(request):
    """Plan a meeting, with its day or without."""
    if not request.user.has_perm("steering.plan_meeting"):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    form = forms.PlanForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():

        def plan():
            found = Meeting.plan(by=request.user, **form.details)
            return receipt_url(found, AuditEvent.objects.about(found).filter(verb="plan").first())

        if answer := attempt(form, plan, by=request.user):
            return HttpResponseRedirect(answer)
    context = {
        "form": form,
        "kind": _("Meetings"),
        "title": _("Plan a meeting"),
        "says": _("Nobody is called yet. What has waited comes onto the agenda by itself."),
        "button": _("Save the plan"),
        "back": {"url": reverse("steering:meeting_list"), "label": _("Back, without an entry")},
    }
    return render(request, FORM, context)


@form_page
def meeting_edit(request, pk):
    """Change what is planned."""
    found = meeting_of(request, pk)
    head = head_of(found, _("Nobody is called yet, so nobody is told."), _("Save the plan"))
    return take_step(request, found, "edit", forms.EditMeetingForm, template=FORM, **head)


@form_page
def meeting_call(request, pk):
    """Call everybody who sits."""
    found = meeting_of(request, pk)
    return take_step(
        request,
        found,
        "call",
        PortalForm,
        template=FORM,
        **head_of(found, _called(found), _("Call the meeting")),
    )


def _called(meeting):
    if meeting.starts_at is None:
        return _("Choose the day first.")
    words = _(
        "Members, experts and the secretary get a letter with agenda and calendar entry. Public items open."
    )
    if clock.today() > pages.call_due_on(meeting):
        return f"{words} {_('Less than two weeks are left: say in the note why the call is late.')}"
    return words


@form_page
def meeting_change(request, pk):
    """Change time or place of a meeting that has been called."""
    found = meeting_of(request, pk)
    says = _("Everybody called is told, calendars too. When the time moves, who comes is asked anew.")
    head = head_of(found, says, _("Change the meeting and tell everybody"))
    return take_step(request, found, "change", forms.ChangeMeetingForm, template=FORM, **head)


@form_page
def meeting_cancel(request, pk):
    """Cancel a meeting."""
    found = meeting_of(request, pk)
    says = _("Everybody called is told, calendars too. The items come onto the next agenda by themselves.")
    head = head_of(found, says, _("Cancel the meeting"))
    return take_step(request, found, "cancel", forms.CancelMeetingForm, template=FORM, **head)


@form_page
def meeting_answer(request, pk):
    """Say whether one comes; a "no" calls one's own deputy at once."""
    found = meeting_of(request, pk)
    says = _("If you do not come, your personal deputy is called at once and gets the papers.")
    button = _("Send my answer")
    if request.user.has_perm("steering.edit_meeting", found):
        says = _("If a member does not come, the personal deputy is called at once and gets the papers.")
        button = _("Record the answer")
    head = head_of(found, says, button)
    return take_step(request, found, "answer", forms.AnswerForm, template=FORM, **head)


@form_page
def agenda_again(request, pk):
    """Have the agenda's files made anew from the agenda as it stands."""
    found = meeting_of(request, pk)
    if not request.user.has_perm("steering.call_meeting", found):
        raise PermissionDenied
    form = PortalForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():

        def ask():
            found.print_agenda(by=request.user)
            return found.get_absolute_url()

        if answer := attempt(form, ask, by=request.user):
            return HttpResponseRedirect(answer)
    says = _(
        "The files are made from the agenda as it now stands. Letters that waited for them leave with them."
    )
    return render(request, FORM, {"form": form, **head_of(found, says, _("Make the agenda file anew"))})


@login_not_required
@require_safe
def agenda_file(request, pk):
    """A file of an agenda, for those who may read it; the whole one is kept in the log."""
    found = get_object_or_404(AgendaPaper.objects.visible_to(request.user).select_related("meeting"), pk=pk)
    if found.state != DocumentState.READY:
        raise Http404
    found.opened(request.user)
    return file_response(found.file, name=found.filename, content_type=found.content_type)


@require_safe
def meeting_calendar(request, pk):
    """The meeting for the person's own calendar."""
    found = meeting_of(request, pk)
    call = pages.own_call(request.user, found)
    if call is None or found.starts_at is None or call.coming == Coming.NO:
        raise Http404
    method, content = call_emails.calendar_of(call, found)
    headers = {
        "Content-Disposition": 'attachment; filename="meeting.ics"',
        "Cache-Control": "private, no-store",
    }
    kind = f"text/calendar; method={method.value}; charset=utf-8"
    return HttpResponse(content, content_type=kind, headers=headers)
