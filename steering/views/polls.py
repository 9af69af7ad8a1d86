"""Which day fits: days are offered, answered and chosen."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of
from consortium.templatetags.portal import clock_time, long_weekday_day, weekday_moment
from steering.forms import meetings as forms
from steering.models import DatePoll, Fit
from steering.pages import meeting as pages
from steering.views.meetings import back_to, head_of, meeting_of, receipt_words, write

form_page = require_http_methods(["GET", "POST"])


def _poll(request, pk):
    """Return the meeting's date poll for those who sit or prepare, or 404."""
    meeting = meeting_of(request, pk)
    found = getattr(meeting, "poll", None)
    may = found and (
        request.user.has_perm("steering.answer_datepoll", found)
        or request.user.has_perm("steering.choose_datepoll", found)
        or request.user.has_perm("steering.list_meetings")
    )
    if not may:
        raise Http404
    found.meeting = meeting
    return found


@form_page
def poll_new(request, pk):
    """Offer days and ask everybody who sits which of them fit."""
    meeting = meeting_of(request, pk)
    if not request.user.has_perm("steering.edit_meeting", meeting):
        raise PermissionDenied
    form = forms.PollForm(request.POST or None, by=request.user)

    def ask():
        DatePoll.ask(meeting, by=request.user, **form.details)

    says = _("Everybody who sits gets a letter. Deputies are not asked. You choose the day afterwards.")
    return write(request, meeting, form, ask, head_of(meeting, says, _("Ask which day fits")))


@form_page
def poll(request, pk):
    """The days, what each has answered, and one's own answer."""
    found, user, today = _poll(request, pk), request.user, clock.today()
    asked = found.people(today)
    may = found.is_open(today) and user.pk in {person.pk for person in asked}
    form = forms.FitForm(request.POST or None, by=user, record=found) if may else None
    if request.method == "POST":
        if before := answered_before(request):
            return before
        if form is None:
            raise PermissionDenied

        def give():
            found.answer(by=user, **form.details)
            event = AuditEvent.objects.about(found.meeting).first()
            return f"{reverse('steering:poll', args=[pk])}?receipt={event.pk}"

        if form.is_valid() and (answer := attempt(form, give, by=user)):
            return HttpResponseRedirect(answer)
    event = receipt_of(request, found.meeting)
    rows, answered = _rows(found)
    acts = []
    if found.chosen_id is None and user.has_perm("steering.choose_datepoll", found):
        url = reverse("steering:poll_choose", args=[pk])
        acts = [{"label": _("Choose the day"), "url": url, "main": not may}]
    counted = ngettext("%(n)s of %(all)s has answered", "%(n)s of %(all)s have answered", answered)
    context = {
        "kind": pages.title(found.meeting),
        "title": _("Which day fits?"),
        "says": _says(found, today),
        "acts": acts,
        "form": form,
        "button": _("Send my answer"),
        "rows": rows,
        "counted": counted % {"n": answered, "all": len(asked)},
        "receipt": receipt_words(event, pages.VERBS[event.verb]) if event and event.by == user else None,
        "back": back_to(found.meeting),
    }
    return render(request, "steering/poll.html", context)


def _says(poll, today):
    if poll.chosen_id:
        return _("Chosen: %(when)s.") % {"when": weekday_moment(poll.chosen.starts_at)}
    if poll.is_open(today):
        facts = {"day": long_weekday_day(poll.answer_by)}
        return _("Answer by %(day)s. Who has not answered is not counted.") % facts
    return _("The time to answer is over. No day has been chosen yet.")


def _rows(poll):
    """Return (the days with their counts, how many have answered)."""
    people, rows = set(), []
    for day in poll.days.prefetch_related("answers__user"):
        said = {fit: [] for fit in Fit.values}
        for answer in day.answers.all():
            said[answer.fit].append(answer.user.get_full_name())
            people.add(answer.user_id)
        rows.append(
            {
                "day": f"{weekday_moment(day.starts_at)}–{clock_time(day.ends_at)}",
                "yes": len(said[Fit.YES]),
                "maybe": len(said[Fit.MAYBE]),
                "no": len(said[Fit.NO]),
                "cannot": ", ".join(said[Fit.NO]),
            }
        )
    return rows, len(people)


@form_page
def poll_choose(request, pk):
    """Choose the day: the meeting gets it, and everybody who was asked is told."""
    found = _poll(request, pk)
    if not request.user.has_perm("steering.choose_datepoll", found):
        raise PermissionDenied
    form = forms.ChooseForm(request.POST or None, by=request.user, record=found)

    def choose():
        found.choose(by=request.user, **form.details)

    says = _("Everybody who was asked is told. The call follows with the agenda.")
    head = head_of(found.meeting, says, _("Choose the day and tell everybody"))
    return write(request, found.meeting, form, choose, head)
