"""Minutes and written procedures on the pages that gather: what waits, what was decided, what a search finds."""

import re

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Hit, Task
from steering.models import (
    Item,
    Meeting,
    Minutes,
    MinutesPaper,
    MinutesState,
    Outcome,
    PaperForm,
    Remark,
    WrittenAnswer,
    WrittenMatter,
)
from steering.models.agenda import runs_body
from steering.pages import written

NEWEST = 5
MOST = 20
SECTION = re.compile(r"§?\s*(\d{1,4})\s*(?:§)?")


def _waits(meetings):
    """Return what the one who writes the minutes does with those of some meetings, as Tasks."""
    rows = meetings.filter(state="closed").select_related("body", "minutes").order_by("closed_at")
    rows = rows.filter(Q(minutes__isnull=True) | ~Q(minutes__state=MinutesState.PUBLISHED))
    found = []
    for meeting in rows:
        minutes = getattr(meeting, "minutes", None)
        state = minutes.state if minutes else MinutesState.DRAFT
        title = {
            MinutesState.DRAFT: _("Send the minutes %(number)s to the checkers"),
            MinutesState.CHECKING: _("The minutes %(number)s are being checked"),
            MinutesState.CHECKED: _("Attach the signed minutes %(number)s"),
            MinutesState.SIGNED: _("Publish the minutes %(number)s"),
        }[state]
        found.append(
            Task(
                title=title % {"number": meeting.number},
                url=reverse("steering:minutes", args=[meeting.pk]),
                text=_checking_says(minutes) if state == MinutesState.CHECKING else "",
                since=clock.date_of(minutes.sent_at if minutes and minutes.sent_at else meeting.closed_at),
                kind=_("minutes"),
            )
        )
    return found


def _checking_says(minutes):
    done = sum(1 for at in (minutes.first_approved_at, minutes.second_approved_at) if at)
    return _("%(n)s of 2 checkers have approved.") % {"n": done}


def outdated(today):
    """Return the tasks of published minutes whose papers hide other items than are restricted today."""
    published = {"minutes__state": MinutesState.PUBLISHED}
    closed = {}
    items = Item.objects.restricted(today).filter(
        number__isnull=False, meeting__minutes__state=MinutesState.PUBLISHED
    )
    for meeting, number in items.values_list("meeting", "number"):
        closed.setdefault(meeting, []).append(number)
    papers = MinutesPaper.objects.filter(form=PaperForm.PUBLISHED, **published)
    papers = papers.order_by("minutes_id", "-pk").distinct("minutes_id").select_related("minutes__meeting")
    found = []
    for paper in papers:
        if sorted(paper.hides) != sorted(closed.get(paper.minutes.meeting_id, [])):
            found.append(
                Task(
                    title=_("Publish the minutes %(number)s anew") % {"number": paper.minutes.meeting.number},
                    url=paper.minutes.get_absolute_url(),
                    text=_("Other items are public than when their PDF was made."),
                    since=clock.date_of(paper.minutes.published_at),
                    kind=_("minutes"),
                )
            )
    return found


def tasks(user, today):
    """Return what waits for the service centre: minutes to be sent, signed, published, matters for an agenda."""
    if not user.is_staff:
        return []
    return [*_waits(Meeting.objects.all()), *outdated(today), *written.to_settle(user, today)]


def duty_tasks(user, today):
    """Return what waits for one who sits: minutes to be checked or written, matters to be answered."""
    waiting = Q(first_checker=user, first_approved_at__isnull=True)
    waiting |= Q(second_checker=user, second_approved_at__isnull=True)
    rows = Minutes.objects.filter(waiting, state=MinutesState.CHECKING).select_related("meeting")
    found = [
        Task(
            title=_("Check the minutes %(number)s") % {"number": each.meeting.number},
            url=each.get_absolute_url(),
            text=_("Approve them, or say what should be corrected."),
            since=clock.date_of(each.sent_at),
            kind=_("minutes"),
        )
        for each in rows
    ]
    found += written.to_answer(user)
    if not user.is_staff:
        found += _waits(Meeting.objects.filter(body__in=runs_body(user, today)))
    return found


# --- What was decided ------------------------------------------------------------------------------------------


def _decided(today):
    """Return the items decided in meetings whose minutes everybody may read."""
    rows = Item.objects.public(today).filter(
        meeting__minutes__state=MinutesState.PUBLISHED, outcome=Outcome.DECIDED, number__isnull=False
    )
    return rows.select_related("meeting__body")


def decisions(today):
    """Return the newest decisions of the steering group that everybody may read."""
    rows = _decided(today).order_by("-meeting__opened_at", "number")[:NEWEST]
    found = [
        Task(
            title=item.title,
            url=reverse("steering:minutes_item", args=[item.meeting_id, item.number]),
            text=item.decision,
            note=f"{item.meeting.body.name}, § {item.number}",
            since=clock.date_of(item.meeting.opened_at),
            done=True,
        )
        for item in rows
    ]
    settled = WrittenMatter.objects.public(today).select_related("body").order_by("-ended_at")[:NEWEST]
    found += [
        Task(
            title=each.title,
            url=each.get_absolute_url(),
            text=_("Settled in writing: %(result)s.")
            % {"result": _("accepted") if each.result == "for" else _("rejected")},
            note=_("%(body)s, written procedure %(number)s")
            % {"body": each.body.name, "number": each.number},
            since=clock.date_of(each.ended_at),
            done=True,
        )
        for each in settled
    ]
    return sorted(found, key=lambda task: task.since, reverse=True)[:NEWEST]


def search(user, words):
    """Return the items of minutes, and the written matters, that the person may read and that hold the words."""
    about = Q(title_fi__icontains=words) | Q(title_sv__icontains=words)
    texts = Q(decision_fi__icontains=words) | Q(decision_sv__icontains=words)
    of_section = SECTION.fullmatch(words.strip())
    if of_section and "§" in words:
        about |= Q(number=int(of_section[1]))
    minutes = Minutes.objects.visible_to(user)
    rows = Item.objects.visible_to(user).filter(
        about | texts, number__isnull=False, meeting__minutes__in=minutes
    )
    rows = rows.select_related("meeting__body").order_by("-meeting__opened_at", "number")[:MOST]
    found = [
        Hit(
            _("Decisions of the steering group"),
            f"§ {item.number} {item.title}",
            reverse("steering:minutes_item", args=[item.meeting_id, item.number]),
            f"{item.meeting.body.name} {item.meeting.number}",
        )
        for item in rows
    ]
    proposed = Q(proposal_fi__icontains=words) | Q(proposal_sv__icontains=words)
    about = Q(title_fi__icontains=words) | Q(title_sv__icontains=words) | proposed
    matters = WrittenMatter.objects.visible_to(user).filter(about).select_related("body")[:MOST]
    found += [
        Hit(
            _("Written procedures"),
            each.title,
            each.get_absolute_url(),
            f"{each.body.name} {each.number}, {each.get_state_display()}",
        )
        for each in matters
    ]
    return found


def letters():
    """Return (template, what the letter is called) of the letters about minutes and written procedures."""
    called = {
        "minutes_check": _("minutes to be checked"),
        "minutes_remark": _("remark on the minutes"),
        "written_asked": _("written procedure: answer asked for"),
        "written_deputy": _("written procedure: answer asked of the deputy"),
        "written_ended": _("written procedure: outcome"),
    }
    return [(f"steering/emails/{name}", label) for name, label in called.items()]


def my_data(user):
    """Return the person's answers in writing, the minutes checked, and the remarks made on them."""
    answers = WrittenAnswer.objects.filter(user=user).select_related("matter").order_by("pk")
    checked = Minutes.objects.filter(Q(first_checker=user) | Q(second_checker=user)).select_related("meeting")
    remarks = Remark.objects.filter(by=user).select_related("minutes__meeting")
    return [
        (
            "written_answers",
            [
                {
                    "matter": each.matter.number,
                    "answer": each.position,
                    "because": each.because,
                    "at": each.at,
                    "how_it_came": each.channel,
                }
                for each in answers
            ],
        ),
        (
            "minutes_checked",
            [
                {
                    "minutes": each.meeting.number,
                    "approved": each.first_approved_at
                    if each.first_checker_id == user.pk
                    else each.second_approved_at,
                }
                for each in checked
            ],
        ),
        (
            "remarks_on_minutes",
            [{"minutes": each.minutes.meeting.number, "text": each.text, "at": each.at} for each in remarks],
        ),
    ]
