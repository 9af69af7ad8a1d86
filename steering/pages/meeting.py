"""The page of a meeting: how things stand, what the person may do now, and its parts, one function a subject."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium.gather import Part
from consortium.models import AuditEvent, DocumentState
from consortium.templatetags.portal import (
    clock_time,
    day,
    file_size,
    long_weekday_day,
    moment,
    place_name,
    weekday_day,
    weekday_moment,
)
from steering.models import AgendaPaper, Coming, Item, ItemPaper, MeetingState, ReadBy, SeatKind
from steering.pages import minutes_part, room_part
from steering.pages.item_decision import knows

CALLED_AHEAD = dt.timedelta(days=14)
VERBS = {
    "plan": gettext_lazy("Meeting planned"),
    "edit": gettext_lazy("Plan changed"),
    "call": gettext_lazy("Called"),
    "change": gettext_lazy("Time or place changed; calendars told"),
    "cancel": gettext_lazy("Cancelled"),
    "answer": gettext_lazy("Answer to the call"),
    "add_item": gettext_lazy("Item put on the agenda"),
    "remove_item": gettext_lazy("Item taken off the agenda"),
    "ask_days": gettext_lazy("Days asked for"),
    "answer_days": gettext_lazy("Days answered"),
    "choose_day": gettext_lazy("Day chosen"),
    "begin": gettext_lazy("Opened"),
    "mark": gettext_lazy("Attendance marked"),
    "adjourn": gettext_lazy("Adjourned"),
    "resume": gettext_lazy("Resumed"),
    "give_reasons": gettext_lazy("Reasons of a dissent recorded"),
    "carry_over": gettext_lazy("Items left moved to the next meeting"),
    "continue_on": gettext_lazy("Goes on another day"),
    "continue": gettext_lazy("Called to go on"),
    "close": gettext_lazy("Meeting ended"),
}
ACTS = {
    "call": gettext_lazy("Call the meeting"),
    "edit": gettext_lazy("Change the plan"),
    "change": gettext_lazy("Change time or place"),
    "cancel": gettext_lazy("Cancel the meeting"),
}
LANGUAGE_NAMES = {"fi": gettext_lazy("in Finnish"), "sv": gettext_lazy("in Swedish")}


def title(meeting):
    """Return what the meeting is called on pages."""
    return _("%(body)s: meeting %(number)s") % {"body": meeting.body.name, "number": meeting.number}


def when(meeting):
    """Return day and hours inside a sentence."""
    facts = {
        "day": long_weekday_day(meeting.starts_at),
        "start": clock_time(meeting.starts_at),
        "end": clock_time(meeting.ends_at),
    }
    return _("%(day)s at %(start)s–%(end)s") % facts


def call_due_on(meeting):
    """Return the day by which the call leaves: two weeks before; None while the day is open."""
    return meeting.on - CALLED_AHEAD if meeting.on else None


def sits_in(user, meeting):
    """Tell whether the person reads who comes: whoever sits in the body or was called, and the service centre."""
    if not user.is_authenticated:
        return False
    if user.is_staff or user.has_perm("steering.view_meeting", meeting):
        return True
    return meeting.calls.standing().filter(user=user).exists()


def own_call(user, meeting):
    """Return the person's own call to the meeting, or None."""
    if not user.is_authenticated:
        return None
    rows = meeting.calls.standing().filter(user=user)
    return rows.select_related("term__seat").first()


def says(user, meeting, today):
    """Return how things stand with the meeting, in a sentence or two."""
    if meeting.state == MeetingState.PLANNED:
        if meeting.starts_at is None:
            return _("Being planned. The day is still open.")
        facts = {"when": when(meeting), "due": day(call_due_on(meeting))}
        return _("Planned for %(when)s. Its call is due by %(due)s.") % facts
    if meeting.state == MeetingState.CANCELLED:
        return _("Cancelled. It is not held.")
    if meeting.state == MeetingState.CALLED:
        words = _("Called for %(when)s.") % {"when": when(meeting)}
        call = own_call(user, meeting)
        return f"{words} {_answer_words(call)}" if call else words
    if meeting.state == MeetingState.CLOSED:
        facts = {"day": long_weekday_day(meeting.opened_at), "end": clock_time(meeting.closed_at)}
        return _("Held %(day)s; it ended at %(end)s.") % facts
    return _("It is %(state)s.") % {"state": meeting.get_state_display()}


def _answer_words(call):
    if call.coming == Coming.YES:
        return _("You have said that you come.")
    if call.coming == Coming.NO:
        return _("You have said that you do not come.")
    return _("You have not said yet whether you come.")


# --- What may be done ---------------------------------------------------------------------------------------------


def acts(user, meeting, today):
    """Return what the person may do with the meeting before it begins, the main act first."""
    if not user.is_authenticated:
        return []
    found, at = [], [meeting.pk]
    open_to = meeting.steps_open_to(user)
    call = own_call(user, meeting)
    if "answer" in open_to and meeting.state == MeetingState.CALLED:
        if call:
            label = _("Change your answer") if call.coming else _("Say whether you come")
            url = reverse("steering:meeting_answer", args=at)
            found.append({"label": label, "url": url, "main": not call.coming})
        elif "change" in open_to:
            found.append(
                {"label": _("Record somebody's answer"), "url": reverse("steering:meeting_answer", args=at)}
            )
    found += _poll_acts(user, meeting, today)
    has_items = "call" in open_to and (meeting.items.exists() or any(meeting.waiting(today)))
    if user.has_perm("steering.add_item", meeting) and meeting.state in Item.STEPS["edit"]:
        url = reverse("steering:item_new", args=at)
        found.append(
            {"label": _("Put an item on the agenda"), "url": url, "main": "call" in open_to and not has_items}
        )
    if "edit" in open_to and meeting.starts_at is None and getattr(meeting, "poll", None) is None:
        found.append({"label": _("Ask which day fits"), "url": reverse("steering:poll_new", args=at)})
    for verb, label in ACTS.items():
        if verb not in open_to or (verb == "call" and meeting.starts_at is None):
            continue
        url = reverse(f"steering:meeting_{verb}", args=at)
        found.append({"label": str(label), "url": url, "main": verb == "call" and has_items})
    if "change" in open_to or "edit" in open_to:
        found.append(
            {"label": _("Make the agenda file anew"), "url": reverse("steering:agenda_again", args=at)}
        )
    return found


def _poll_acts(user, meeting, today):
    poll = getattr(meeting, "poll", None)
    if poll is None or meeting.state != MeetingState.PLANNED or poll.chosen_id is not None:
        return []
    asked = user.has_perm("steering.answer_datepoll", poll)
    if not asked and not user.has_perm("steering.choose_datepoll", poll):
        return []
    main = poll.is_open(today) and asked and not poll.answers_of(user).exists()
    url = reverse("steering:poll", args=[meeting.pk])
    if main or not user.has_perm("steering.choose_datepoll", poll):
        return [{"label": _("Which day fits?"), "url": url, "main": main}]
    return [{"label": _("Choose the day"), "url": url, "main": not poll.is_open(today)}]


# --- Parts --------------------------------------------------------------------------------------------------------


def facts(user, meeting, today):
    """Return when and where the meeting is; the link only for whoever sits or was called."""
    rows = []
    if meeting.starts_at:
        rows.append((_("When"), f"{weekday_moment(meeting.starts_at)}–{clock_time(meeting.ends_at)}"))
    rows.append((_("Where"), meeting.place or _("Not given yet")))
    inside = sits_in(user, meeting)
    context = {
        "rows": rows,
        "link": meeting.link if inside else "",
        "note": meeting.note,
        "cancelled": _cancelled(meeting),
        "calendar": "",
    }
    call = own_call(user, meeting)
    comes = call and call.told_at and call.coming != Coming.NO
    if comes and meeting.state == MeetingState.CALLED:
        context["calendar"] = reverse("steering:meeting_calendar", args=[meeting.pk])
    return [Part(_("Time and place"), "steering/parts/meeting_facts.html", context)]


def _cancelled(meeting):
    if meeting.state != MeetingState.CANCELLED:
        return ""
    sv, fi = meeting.cancelled_sv, meeting.cancelled_fi
    return sv if meeting.body.name == meeting.body.name_sv and sv else fi


def coming(user, meeting, today):
    """Return who comes, seat by seat, for whoever sits; seats from which nobody comes are said first."""
    over = meeting.state == MeetingState.CLOSED  # who came is told by the minutes
    if meeting.called_on is None or over or not sits_in(user, meeting):
        return []
    calls = meeting.standing_calls()
    members = {call.term.seat_id: call for call in calls if call.has_vote and not call.as_deputy}
    rows = [_coming_row(call, members, calls) for call in calls]
    empty = meeting.empty_seats(calls) if meeting.state == MeetingState.CALLED else []
    context = {
        "rows": rows,
        "empty": [_empty_words(seat, members.get(seat.pk)) for seat in empty],
        "in_the_making": any(call.told_at is None for call in calls),
    }
    yes = sum(1 for call in calls if call.coming == Coming.YES and call.has_vote)
    seats = meeting.body.seats.filter(kind=SeatKind.MEMBER).count()
    note = _("%(n)s come, %(all)s seats") % {"n": yes, "all": seats}
    return [Part(_("Who comes"), "steering/parts/coming.html", context, note=note, is_list=True)]


def _coming_row(call, members, calls):
    words = {Coming.YES: (_("coming"), "done"), Coming.NO: (_("not coming"), "refused")}
    word, css = words.get(call.coming, (_("no answer yet"), "waiting"))
    place = place_name(call.term.municipality) if call.term.municipality else ""
    member = members.get(call.term.seat_id)
    if call.as_deputy and member:
        role = _("deputy, for %(member)s") % {"member": member.user.get_full_name()}
    elif call.as_deputy:
        role = _("deputy, in a seat without a member")
    elif call.term.office:
        role = call.term.get_office_display()
    elif call.term.seat.kind == SeatKind.MEMBER:
        role = _("member")
    else:
        role = call.term.seat.get_kind_display()
    answered = moment(call.answered_at) if call.answered_at else ""
    return {
        "seat": call.term.seat.number if call.term.seat.kind == SeatKind.MEMBER else "",
        "name": call.user.get_full_name(),
        "text": ", ".join(filter(None, [str(role), place])),
        "state": {"word": word, "css": css},
        "note": answered,
    }


def _empty_words(seat, call):
    if call is None:
        return _("Seat %(number)s has neither member nor deputy.") % {"number": seat.number}
    facts = {"number": seat.number, "name": call.user.get_full_name()}
    return _("Seat %(number)s: %(name)s does not come, and no deputy comes in the place.") % facts


def agenda(user, meeting, today):
    """Return the agenda as far as the person may read it; of what is not public only the number."""
    shown = list(
        Item.objects.visible_to(user, today).filter(meeting=meeting).select_related("concerns", "proposal")
    )
    prepares = user.is_authenticated and user.has_perm("steering.add_item", meeting)
    due = call_due_on(meeting)
    if meeting.called_on is None and not shown and not prepares:
        words = _("Not yet published.")
        if due and meeting.state == MeetingState.PLANNED:
            words = _("Not yet published; due %(day)s.") % {"day": weekday_day(due)}
        return [Part(_("Agenda"), "steering/parts/agenda.html", {"nothing": words})]
    papers = _papers(user, [item.pk for item in shown], today)
    told = any(item.outcome for item in shown) and knows(user, meeting)
    readable = {item.pk: item for item in shown}
    rows = []
    for pk, position, number in meeting.items.order_by("position").values_list("pk", "position", "number"):
        item = readable.get(pk)
        label = f"{number} §" if number else str(position)
        if item is None:
            if meeting.called_on:
                rows.append({"number": label, "closed": True})
            continue
        rows.append(
            {
                "number": label,
                "title": item.title,
                "url": item.get_absolute_url(),
                "restricted": _("Not public: %(ground)s") % {"ground": item.ground}
                if item.is_restricted(today)
                else "",
                "outcome": item.get_outcome_display() if told and item.outcome else "",
                "papers": papers.get(pk, []),
            }
        )
    moved, actions = meeting.waiting(today) if prepares else ([], [])
    context = {
        "rows": rows,
        "waiting": [*(str(action) for action in actions), *(item.title for item in moved)],
        "files": _files(user, meeting),
        "failed": _failed(meeting) if prepares else False,
    }
    note = ngettext("%(n)s item on the agenda", "%(n)s items on the agenda", len(rows)) % {"n": len(rows)}
    return [Part(_("Agenda"), "steering/parts/agenda.html", context, note=note, is_list=True)]


def _papers(user, items, today):
    found = {}
    rows = ItemPaper.objects.visible_to(user, today).standing().filter(item__in=items)
    for paper in rows.order_by("pk"):
        found.setdefault(paper.item_id, []).append(
            {
                "title": paper.title,
                "lang": paper.language,
                "url": reverse("steering:paper_file", args=[paper.pk]),
                "size": file_size(paper.file.size),
            }
        )
    return found


def _files(user, meeting):
    """Return the newest files of the agenda that the person may read, those who read all of it the whole one."""
    rows = list(AgendaPaper.objects.visible_to(user).filter(meeting=meeting).newest())
    ready = [row for row in rows if row.state == DocumentState.READY]
    whole = [row for row in ready if row.read_by == ReadBy.SEATED]
    return [
        {
            "label": _("Agenda, %(language)s") % {"language": LANGUAGE_NAMES[row.language]},
            "url": reverse("steering:agenda_file", args=[row.pk]),
            "lang": row.language,
            "size": row.size,
        }
        for row in whole or ready
    ]


def _failed(meeting):
    rows = AgendaPaper.objects.filter(meeting=meeting).newest()
    return any(row.state == DocumentState.FAILED for row in rows)


def history(user, meeting, today):
    """Return what has been done with the meeting, for those who prepare it and the auditor."""
    allowed = user.is_authenticated and (
        user.has_perm("steering.edit_meeting", meeting) or user.has_perm("steering.list_meetings")
    )
    if not allowed:
        return []
    readable = Item.objects.visible_to(user, today).filter(meeting=meeting)
    titles = {item.pk: item.title for item in readable}
    rows = [
        {
            "when": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "who": who(event, user),
            "note": titles.get(event.details.get("item"), ""),
        }
        for event in AuditEvent.objects.about(meeting)
    ]
    return [Part(_("History"), "steering/parts/history.html", {"history": rows}, is_list=True)]


def who(event, reader):
    """Return who did it, as the reader may know it."""
    if event.by is None:
        return _("The portal")
    return _("The service centre") if event.by.is_staff and not reader.is_staff else event.by.get_full_name()


# f(user, meeting, today) -> gather.Parts of the meeting's page, in the order in which they stand
PARTS = [facts, room_part.now, agenda, coming, room_part.settled, minutes_part.part, history]
# f(user, meeting, today) -> {"label", "url", "main"}: the first with "main" is the page's one filled button
ACT_FUNCTIONS = [room_part.acts, minutes_part.acts, acts]


def parts(user, meeting, today, offered):
    """Return the parts of the page; acts without room in its head stand in a part of their own, before the history."""
    found = [part for function in PARTS for part in function(user, meeting, today)]
    rest = [{"what": act["label"], "url": act["url"]} for act in offered[2:]]
    if rest:
        part = Part(_("What can be done"), "steering/parts/acts.html", {"rows": rest}, is_list=True)
        found.insert(1, part)
    return found


def all_acts(user, meeting, today):
    """Return everything the person may do with the meeting now, the main act first."""
    found = [act for function in ACT_FUNCTIONS for act in function(user, meeting, today)]
    return sorted(found, key=lambda act: not act.get("main"))


def list_rows(user, today):
    """Return what stands above the list of meetings: nothing, or the link to plan one."""
    if not user.is_authenticated or not user.has_perm("steering.plan_meeting"):
        return None
    return {"url": reverse("steering:meeting_new"), "label": _("Plan a meeting")}
