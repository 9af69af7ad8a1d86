"""Meetings on the pages that gather: what waits before them, when they are, and what a search finds on agendas."""

import datetime as dt

from django.conf import settings
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import clock
from consortium.gather import Hit, Occasion, Part, Task
from consortium.models import DocumentState
from consortium.rows import row
from consortium.templatetags.portal import clock_time, day, weekday_moment
from steering.models import (
    AgendaPaper,
    BodyKind,
    Call,
    DatePoll,
    Item,
    ItemPaper,
    Meeting,
    MeetingState,
    Place,
    PollAnswer,
)
from steering.models.agenda import runs_body
from steering.pages import meeting as pages

CALL_AHEAD = dt.timedelta(days=7)
DEADLINES_AHEAD = dt.timedelta(days=60)
MOST = 20
KIND = gettext_lazy("meeting")


# --- What waits for those who prepare -----------------------------------------------------------------------------


def _prepared(meetings, today):
    """Return what waits for whoever prepares these meetings: a day, the call, the files, seats without anybody."""
    rows = meetings.select_related("body", "poll").order_by("starts_at", "pk")
    found = []
    for meeting in rows.filter(state=MeetingState.PLANNED):
        poll = getattr(meeting, "poll", None)
        number = {"number": meeting.number}
        if meeting.starts_at is None and poll and poll.answer_by < today:
            url = reverse("steering:poll", args=[meeting.pk])
            title = _("Choose the day of meeting %(number)s") % number
            found.append(Task(title=title, url=url, since=poll.answer_by, kind=KIND))
        elif meeting.starts_at is None and poll is None:
            title = _("Find a day for meeting %(number)s") % number
            url = meeting.get_absolute_url()
            found.append(Task(title=title, url=url, since=clock.date_of(meeting.changed_at), kind=KIND))
        elif meeting.starts_at and pages.call_due_on(meeting) <= today + CALL_AHEAD:
            found.append(_call_task(meeting))
    return [*found, *_not_opened(rows, today), *_failed(meetings), *_empty(meetings)]


def _not_opened(meetings, today):
    facts = {"text": _("Its day has passed. Change its day, or cancel it."), "kind": KIND}
    return [
        Task(
            title=_("Meeting %(number)s was not opened") % {"number": meeting.number},
            url=meeting.get_absolute_url(),
            since=meeting.on,
            **facts,
        )
        for meeting in meetings.filter(state=MeetingState.CALLED, starts_at__date__lt=today)
    ]


def _call_task(meeting):
    return Task(
        title=_("Call meeting %(number)s") % {"number": meeting.number},
        url=meeting.get_absolute_url(),
        text=_("It is held on %(when)s. The call goes two weeks before.")
        % {"when": weekday_moment(meeting.starts_at)},
        due_on=pages.call_due_on(meeting),
        kind=KIND,
    )


def _failed(meetings):
    rows = AgendaPaper.objects.filter(meeting__in=meetings.filter(state=MeetingState.CALLED)).newest()
    failed = {paper.meeting_id: paper for paper in rows if paper.state == DocumentState.FAILED}
    known = Meeting.objects.in_bulk(failed)
    return [
        Task(
            title=_("The agenda file of meeting %(number)s could not be made") % {"number": known[pk].number},
            url=known[pk].get_absolute_url(),
            text=_("Letters of the call wait for it. Make it anew."),
            since=clock.date_of(paper.asked_at),
            kind=KIND,
        )
        for pk, paper in failed.items()
    ]


def _empty(meetings):
    """Return a line a coming meeting with seats from which nobody comes."""
    calls = Call.objects.standing().select_related("term__seat", "user")
    rows = meetings.filter(state=MeetingState.CALLED, ends_at__gte=clock.now()).select_related("body")
    rows = rows.prefetch_related("body__seats", Prefetch("calls", calls, to_attr="standing"))
    found = []
    for meeting in rows:
        seats = meeting.empty_seats(meeting.standing)
        if not seats:
            continue
        words = ngettext("%(n)s empty seat", "%(n)s empty seats", len(seats)) % {"n": len(seats)}
        facts = {"seats": words, "number": meeting.number}
        found.append(
            Task(
                title=_("%(seats)s in meeting %(number)s") % facts,
                url=meeting.get_absolute_url(),
                text=_("Neither the member nor a deputy comes: %(numbers)s.")
                % {"numbers": ", ".join(str(seat.number) for seat in seats)},
                due_on=meeting.on,
                kind=KIND,
            )
        )
    return found


def tasks(user, today):
    """Return what waits for the service centre before meetings."""
    return _prepared(Meeting.objects.all(), today) if user.is_staff else []


def deadlines(user, today):
    """Return the days by which calls leave, and the days of meetings, within sixty days."""
    if not user.is_staff:
        return []
    until = today + DEADLINES_AHEAD
    found = []
    rows = Meeting.objects.filter(
        starts_at__isnull=False, state__in=[MeetingState.PLANNED, MeetingState.CALLED]
    )
    for meeting in rows.select_related("body").order_by("starts_at"):
        due = pages.call_due_on(meeting)
        if meeting.state == MeetingState.PLANNED and today + CALL_AHEAD < due <= until:
            found.append(_call_task(meeting))
        if today <= meeting.on <= until:
            title = _("%(body)s meets: %(number)s") % {"body": meeting.body.name, "number": meeting.number}
            text = f"{clock_time(meeting.starts_at)}–{clock_time(meeting.ends_at)} {meeting.place}".strip()
            url = meeting.get_absolute_url()
            found.append(Task(title=title, url=url, text=text, due_on=meeting.on, kind=KIND))
    return found


# --- What waits for those who sit ---------------------------------------------------------------------------------


def _own_calls(user):
    """Return the calls that stand for a person to meetings that are to come."""
    rows = Call.objects.standing().filter(user=user, meeting__state=MeetingState.CALLED)
    rows = rows.filter(meeting__ends_at__gte=clock.now()).order_by("meeting__starts_at")
    return rows.select_related("meeting__body", "term__seat")


def duty_tasks(user, today):
    """Return what waits for one who sits or prepares: answers to a call, days that fit, a call to be made."""
    found = [_to_answer(call) for call in _own_calls(user).filter(coming="")]
    polls = DatePoll.objects.open(today).filter(
        meeting__body__terms__user=user,
        meeting__body__terms__period__contains=today,
        meeting__body__terms__place=Place.MEMBER,
    )
    answered = PollAnswer.objects.filter(user=user).values("day__poll")
    for poll in polls.exclude(pk__in=answered).select_related("meeting__body").distinct():
        title = _("Say which day fits: %(body)s") % {"body": poll.meeting.body.name}
        url = reverse("steering:poll", args=[poll.meeting_id])
        found.append(Task(title=title, url=url, due_on=poll.answer_by, kind=KIND))
    if not user.is_staff:
        found += _prepared(Meeting.objects.filter(body__in=runs_body(user, today)), today)
        presided = user.terms.filter(period__contains=today).exclude(office="").values("body_of")
        kept = runs_body(user, today).values("pk")
        found += _empty(Meeting.objects.filter(body__in=presided).exclude(body__in=kept))
    return found


def _to_answer(call):
    meeting = call.meeting
    title = _("Say whether you come: %(body)s, meeting %(number)s")
    text = _("%(when)s. If you do not come, your deputy is called at once.")
    if not call.has_vote or call.as_deputy:
        text = _("%(when)s.")
    return Task(
        title=title % {"body": meeting.body.name, "number": meeting.number},
        url=reverse("steering:meeting_answer", args=[meeting.pk]),
        text=text % {"when": weekday_moment(meeting.starts_at)},
        due_on=meeting.on,
        kind=KIND,
    )


def duties(user, today):
    """Return the meetings to come to which one who sits has answered."""
    rows = [row(_answered(call), today) for call in _own_calls(user).exclude(coming="")]
    if not rows:
        return []
    note = ngettext("%(n)s meeting to come", "%(n)s meetings to come", len(rows)) % {"n": len(rows)}
    return [Part(_("Meetings"), "members/parts/links.html", {"rows": rows}, note=note, is_list=True)]


def _answered(call):
    meeting = call.meeting
    facts = {"when": weekday_moment(meeting.starts_at), "said": call.get_coming_display()}
    return Task(
        title=_("%(body)s meets: %(number)s") % {"body": meeting.body.name, "number": meeting.number},
        url=meeting.get_absolute_url(),
        text=_("%(when)s. You have answered: %(said)s.") % facts,
        due_on=meeting.on,
        kind=KIND,
    )


def occasions(user, today):
    """Return the meetings of one's calendar: those one is called to, and planned ones of one's own groups."""
    called = Call.objects.standing().filter(user=user).exclude(coming="no")
    rows = Meeting.objects.filter(starts_at__isnull=False)
    asked = rows.filter(calls__in=called).exclude(state__in=[MeetingState.CANCELLED, MeetingState.PLANNED])
    own = user.terms.filter(period__contains=today, place=Place.MEMBER).values("body_of")
    planned = rows.filter(state=MeetingState.PLANNED, body__in=own)
    found = []
    for meeting in (asked | planned).distinct().select_related("body"):
        words = _("%(body)s: meeting %(number)s at %(time)s")
        if meeting.state == MeetingState.PLANNED:
            words = _("Planned: %(body)s, meeting %(number)s at %(time)s")
        facts = {
            "body": meeting.body.name,
            "number": meeting.number,
            "time": clock_time(meeting.starts_at),
        }
        url = settings.ADDRESS + meeting.get_absolute_url()
        found.append(Occasion(f"meeting-{meeting.pk}", meeting.on, words % facts, url, meeting.place))
    return found


# --- For everybody ------------------------------------------------------------------------------------------------


def meetings(today):
    """Return the called meetings of the steering group that are to come."""
    rows = Meeting.objects.coming().filter(body__kind=BodyKind.STEERING).select_related("body")
    return [
        Task(
            title=_("%(body)s: meeting %(number)s") % {"body": meeting.body.name, "number": meeting.number},
            url=meeting.get_absolute_url(),
            text=f"{clock_time(meeting.starts_at)}–{clock_time(meeting.ends_at)} {meeting.place}".strip(),
            due_on=meeting.on,
            kind=KIND,
        )
        for meeting in rows
    ]


def search(user, words):
    """Return the items of agendas that the person may read and that hold the words, and meetings by their number."""
    titled = Q(title_fi__icontains=words) | Q(title_sv__icontains=words)
    texts = Q(background_fi__icontains=words) | Q(background_sv__icontains=words)
    rows = Item.objects.visible_to(user).filter(titled | texts, number__isnull=True)
    rows = rows.exclude(meeting__state=MeetingState.CANCELLED).select_related("meeting__body")
    found = [
        Hit(_("Meetings and items"), item.title, item.get_absolute_url(), pages.title(item.meeting))
        for item in rows.order_by("-meeting__starts_at", "position")[:MOST]
    ]
    serial, _slash, year = words.strip().partition("/")
    if serial.isdecimal() and year.isdecimal() and len(serial) < 4 and len(year) == 4:
        for meeting in (
            Meeting.objects.visible_to(user).filter(serial=serial, year=year).select_related("body")
        ):
            why = day(meeting.starts_at) if meeting.starts_at else _("Day still open")
            found.append(Hit(_("Meetings and items"), pages.title(meeting), meeting.get_absolute_url(), why))
    return found


def letters():
    """Return (template, what the letter is called) of the letters about meetings."""
    called = {
        "meeting_called": _("call to a meeting"),
        "meeting_called_deputy": _("call to a meeting, as deputy"),
        "meeting_released": _("call taken back"),
        "meeting_changed": _("meeting changed"),
        "meeting_cancelled": _("meeting cancelled"),
        "poll_asked": _("days for a meeting asked for"),
        "poll_chosen": _("day of a meeting chosen"),
    }
    return [(f"steering/emails/{name}", label) for name, label in called.items()]


def my_data(user):
    """Return the meetings to which the person was called with the answers, days answered, and papers added."""
    calls = Call.objects.filter(user=user).select_related("meeting").order_by("pk")
    answers = PollAnswer.objects.filter(user=user).select_related("day").order_by("pk")
    papers = ItemPaper.objects.filter(added_by=user).order_by("pk")
    return [
        (
            "meetings_called_to",
            [
                {
                    "meeting": call.meeting.number,
                    "called": call.called_at,
                    "answer": call.coming,
                    "answered": call.answered_at,
                    "released": call.released_at,
                }
                for call in calls
            ],
        ),
        ("meeting_days", [{"day": row.day.starts_at, "answer": row.fit, "at": row.at} for row in answers]),
        ("meeting_papers", [{"title": row.title, "added": row.added_at} for row in papers]),
    ]
