"""What the meeting's own page tells while it meets and after: who is there, the item in hand, what was decided."""

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Part
from consortium.templatetags.portal import weekday_day
from steering.models import RUNNING, Item, MeetingState, Outcome
from steering.models.facts import facts_of
from steering.models.untrue import at as clocked
from steering.models.untrue import lack_words, present_words
from steering.quorum import quorum


def acts(user, meeting, today):
    """Return the record for whoever records it, from its day on, and the vote for those who sit."""
    found, running = [], meeting.state in RUNNING
    if user.has_perm("steering.record_meeting", meeting):
        if running or (meeting.state == MeetingState.CALLED and meeting.on == today):
            label = _("Record the meeting") if running else _("Open the meeting and record it")
            url = reverse("steering:record", args=[meeting.pk])
            found.append({"label": label, "url": url, "main": True})
    elif running and user.has_perm("steering.close_meeting", meeting):
        url = reverse("steering:record", args=[meeting.pk])
        found.append({"label": _("The record as it stands"), "url": url})
    if meeting.state == MeetingState.OPEN and user.has_perm("steering.vote_meeting", meeting):
        main = not found or not found[0].get("main")
        found.append(
            {"label": _("To the vote"), "url": reverse("steering:vote", args=[meeting.pk]), "main": main}
        )
    return found


def now(user, meeting, today):
    """Return who is there at this moment and what is in hand, for those who sit and the service centre."""
    if meeting.state not in RUNNING or not user.is_authenticated:
        return []
    if not user.has_perm("steering.view_meeting", meeting):
        return []
    moment = clock.now()
    facts = facts_of(meeting, get_language(), now=moment)
    item = facts.items[-1] if facts.items and facts.items[-1].outcome is None else None
    found = (
        facts.quorum_of(item, moment)
        if item
        else quorum(facts.group, facts.attendance, moment, rules=facts.rules)
    )
    words = _("%(present)s, %(needed)s needed: quorum.")
    standing = lack_words(found) or words % {"present": present_words(found), "needed": found.needed}
    lines = [standing]
    if item:
        in_hand = _("§ %(number)s in hand since %(time)s.")
        lines.append(in_hand % {"number": item.number, "time": clocked(item.opened_at)})
        if Item.objects.visible_to(user, today).filter(meeting=meeting, number=item.number).exists():
            lines.append(item.title)
    elif meeting.state == MeetingState.ADJOURNED:
        lines.append(_("The meeting is adjourned."))
    note = _("at %(time)s") % {"time": clocked(moment)}
    return [Part(_("At this moment"), "steering/parts/sentences.html", {"lines": lines}, note=note)]


def settled(user, meeting, today):
    """Return what has been decided so far, and what is to be done, to those who sit; the public reads the minutes."""
    if meeting.opened_at is None or not user.is_authenticated:
        return []
    if not user.has_perm("steering.view_meeting", meeting):
        return []
    rows = Item.objects.visible_to(user, today).filter(meeting=meeting).exclude(outcome="")
    rows = list(rows.prefetch_related("actions__owner").order_by("number"))
    context = {"rows": [_row(item) for item in rows], "empty": _("Nothing has been settled yet.")}
    note = ngettext("%(n)s matter", "%(n)s matters", len(rows)) % {"n": len(rows)}
    return [Part(_("Decisions"), "steering/parts/rows.html", context, note=note, is_list=True)]


def _row(item):
    actions = [
        _("%(text)s %(owner)s, by %(day)s.")
        % {
            "text": f"{each.text.rstrip(' .')}.",
            "owner": each.owner.get_full_name(),
            "day": weekday_day(each.due_on),
        }
        for each in item.actions.all()
    ]
    said = item.decision if item.outcome in {Outcome.DECIDED, Outcome.NOTED} else ""
    return {
        "when": f"§ {item.number}",
        "small": item.get_outcome_display(),
        "what": item.title,
        "url": item.get_absolute_url(),
        "text": said,
        "note": " ".join(actions),
    }
