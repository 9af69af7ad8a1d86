"""Meetings of the day on the pages that gather: to be recorded, or meeting now; and what is kept of who was there."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import clock
from consortium.gather import Task
from consortium.templatetags.portal import clock_time
from steering.models import RUNNING, Cast, Conflict, Dissent, Meeting, MeetingState, Movement
from steering.models.agenda import runs_body

KIND = gettext_lazy("meeting")


def _to_record(meetings, today):
    """Return the meetings of today that wait for their record, and those that were begun and not closed."""
    called = Q(state=MeetingState.CALLED, starts_at__date=today)
    found = []
    for meeting in (
        meetings.filter(called | Q(state__in=RUNNING)).select_related("body").order_by("starts_at")
    ):
        facts = {"body": meeting.body.name, "number": meeting.number}
        title = _("Open and record: %(body)s, meeting %(number)s")
        text = _("It begins at %(time)s.") % {"time": clock_time(meeting.starts_at)}
        if meeting.state in RUNNING:
            title = _("Record: %(body)s, meeting %(number)s")
            text = _("It is %(state)s.") % {"state": meeting.get_state_display()}
        url = reverse("steering:record", args=[meeting.pk])
        day = clock.date_of(meeting.opened_at or meeting.starts_at)
        found.append(Task(title=title % facts, url=url, text=text, due_on=day, kind=KIND))
    return found


def tasks(user, today):
    """Return the meetings that the service centre can record today."""
    return _to_record(Meeting.objects.all(), today) if user.is_staff else []


def duty_tasks(user, today):
    """Return the meetings that a secretary records today, and those in which one who sits can vote now."""
    if not user.is_authenticated or user.is_staff:
        return []
    kept = runs_body(user, today)
    found = _to_record(Meeting.objects.filter(body__in=kept), today)
    sat = user.terms.filter(period__contains=today).values("body_of")
    rows = Meeting.objects.filter(state=MeetingState.OPEN, body__in=sat).exclude(body__in=kept)
    for meeting in rows.select_related("body"):
        facts = {"body": meeting.body.name, "number": meeting.number}
        title = _("Meets now: %(body)s, meeting %(number)s") % facts
        url = reverse("steering:vote", args=[meeting.pk])
        text = _("A vote that is open is on this page.")
        found.append(
            Task(title=title, url=url, text=text, due_on=clock.date_of(meeting.opened_at), kind=KIND)
        )
    return found


def my_data(user):
    """Return what was recorded of the person in meetings: times, conflicts of interest, votes, dissents."""
    marks = Movement.objects.filter(user=user).select_related("meeting").order_by("pk")
    conflicts = Conflict.objects.filter(user=user).select_related("item__meeting").order_by("pk")
    casts = Cast.objects.filter(user=user).select_related("ballot__item__meeting").order_by("pk")
    dissents = Dissent.objects.filter(user=user).select_related("item__meeting").order_by("pk")

    def where(item):
        return {"meeting": item.meeting.number, "section": item.number}

    return [
        (
            "meeting_attendance",
            [
                {"meeting": m.meeting.number, "at": m.at, "mark": m.kind, "taken_back": m.undone_at}
                for m in marks
            ],
        ),
        (
            "conflicts_of_interest",
            [where(c.item) | {"ground": c.ground, "taken_back": c.undone_at} for c in conflicts],
        ),
        ("votes", [where(c.ballot.item) | {"vote": c.choice, "at": c.at} for c in casts]),
        ("dissents", [where(d.item) | {"reasons": d.text, "at": d.at} for d in dissents]),
    ]
