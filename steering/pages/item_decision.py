"""What a meeting decided, on the page of its item: to those who sit at once, to everybody from the minutes on."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.gather import Part
from steering import minutes as composed
from steering.minutes_paper import DECISIONS
from steering.minutes_words import correction_words, words
from steering.models import MeetingState, Minutes
from steering.models.consequence import section_of
from steering.models.facts import facts_of
from steering.pages.minutes import is_insider, spoken

VOTES = {"roll_call", "chair_settled_for", "chair_settled_against", "put_again"}
VOTES |= {"vote_tie", "vote_no_votes", "vote_no_quorum"}


def knows(user, meeting):
    """Tell whether the person may know how items ended: whoever sits or prepares, then who reads the minutes."""
    if user.is_authenticated and (user.is_staff or user.has_perm("steering.vote_meeting", meeting)):
        return True
    return _reads_minutes(user, meeting)


def part(user, item, today):
    """Return how an item ended: its section, the vote's numbers, the decision and its corrections."""
    if not item.outcome:
        return []
    if not knows(user, item.meeting):
        told = _("The meeting has dealt with the matter. What was decided is told here with the minutes.")
        return [Part(_("The decision"), "steering/parts/sentences.html", {"lines": [told]})]
    language = spoken()
    try:
        entry = _text(user, item.meeting, language).entry(item.number)
    except composed.Untrue:
        return []
    lines = [
        (words(line, language), line.key in DECISIONS)
        for line in entry.lines
        if line.key in VOTES | DECISIONS
    ]
    lines += [(correction_words(each, language), True) for each in entry.corrections]
    url = ""
    if item.meeting.state == MeetingState.CLOSED and _reads_minutes(user, item.meeting):
        url = reverse("steering:minutes_item", args=[item.meeting_id, item.number])
    context = {"lines": lines, "language": language, "url": url}
    return [Part(_("The decision"), "steering/parts/item_decision.html", context, note=section_of(item))]


def _reads_minutes(user, meeting):
    return Minutes.objects.visible_to(user).filter(meeting=meeting).exists()


def _text(user, meeting, language):
    """Return the minutes as the person may read them; while the meeting meets, as they would be now."""
    if meeting.state != MeetingState.CLOSED:
        return composed.compose(facts_of(meeting, language))
    minutes = Minutes.of(meeting)
    return minutes.seen_by(user, language) if is_insider(user, minutes) else minutes.shown(language)
