"""What a meeting's record is refused for, in sentences: what cannot be true, who has no vote, what a vote lacks."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium.clock import HELSINKI
from steering.meeting import Fault, faults
from steering.models.facts import facts_of
from steering.quorum import Lack
from steering.voting import Ground, Hindrance, Refusal

FAULTS = {
    Fault.NUMBERS: _("The sections would not follow one another."),
    Fault.ORDER_OF_TIME: _("The times would not follow one another."),
    Fault.NO_QUORUM: _(
        "§ %(number)s has been decided, and there would have been no quorum for it. Take it up again first, "
        "or give a time after the decision."
    ),
    Fault.NOT_SETTLED: _("The vote on § %(number)s settled nothing."),
    Fault.VOTE_OUTDATED: _(
        "The vote on § %(number)s has been counted, and others would have had a vote then. Set that vote aside first, "
        "or give a time after its close."
    ),
    Fault.CHOSEN_NOT_SEATED: _("The chair is chosen among those who sit with a vote."),
    Fault.DISSENT: _("One who dissents from § %(number)s would have had no part in the decision."),
}
REFUSALS = {
    Refusal.EARLY: _("The vote had not begun yet."),
    Refusal.LATE: _("The vote has been closed: this one came after it and does not count."),
    Refusal.NO_SEAT: _("Only one who sits in a member's seat has a vote."),
    Refusal.NOT_PRESENT: _("Only one who is present has a vote. Ask the secretary to mark the arrival."),
    Refusal.CONFLICT: _("A conflict of interest has been recorded in this item: the vote does not count."),
    Refusal.BESIDE_MEMBER: _(
        "The member is present and has the seat's vote; the deputy has none beside the member."
    ),
    Refusal.SENT_TWICE: _("The same vote had come already. It counts once."),
    Refusal.ANOTHER_CHOICE: _(
        "Another vote of the same person had come already, and the first one stands. Say that it is meant as a change."
    ),
}
GROUNDS = {
    Ground.UNOPPOSED: _("unopposed"),
    Ground.MAJORITY: _("by a majority of the votes"),
    Ground.CHAIR: _("a tie, settled by the vote of the chair"),
    Ground.NO_QUORUM: _("no quorum at the close of the vote: nothing was decided"),
    Ground.OPPOSED: _("not unanimous: a vote is to be taken"),
    Ground.TIE: _("a tie that nobody's vote settles: nothing was decided"),
    Ground.NO_VOTES: _("nobody voted for or against: nothing was decided"),
}
HINDRANCES = {
    Hindrance.TOOK_NO_PART: _("Only one who took part in the decision dissents from it."),
    Hindrance.DID_NOT_OPPOSE: _(
        "Only one who voted against the decision, or made a counter-proposal, dissents from it."
    ),
    Hindrance.BEFORE_DECISION: _("A dissent is announced after the vote."),
    Hindrance.NOT_AT_ONCE: _("A dissent is announced before the item is closed."),
    Hindrance.TEXT_TOO_LATE: _("The minutes have been checked: the reasons come too late."),
}


def at(moment):
    """Return a time of day as it is written: 14.20."""
    return f"{moment.astimezone(HELSINKI):%-H.%M}"


def present_words(found):
    """Return how many are present of how many: "5 of 11 present"."""
    words = ngettext("%(present)s of %(seats)s present", "%(present)s of %(seats)s present", found.present)
    return words % {"present": found.present, "seats": found.seats}


def lack_words(found):
    """Return why there is no quorum, as a sentence; an empty text where there is one."""
    if Lack.TOO_FEW in found.lacks:
        words = _("%(present)s of %(seats)s present, %(needed)s needed: no quorum.")
    elif Lack.NO_CHAIR in found.lacks:
        words = _("Neither chair nor vice-chair takes part: the meeting chooses a chair first.")
    else:
        return ""
    return words % {"present": found.present, "seats": found.seats, "needed": found.needed}


def refuse_without_quorum(found):
    """Raise ValidationError where an item cannot be decided: it is noted or moved to the next meeting."""
    if not found.is_reached:
        words = _("%(lack)s The item can only be noted or moved to the next meeting.")
        raise ValidationError(words, "no_quorum", {"lack": lack_words(found)})


def refuse_untrue(meeting, now):
    """Raise ValidationError with what could not be true in a meeting as it is recorded now. Returns its facts."""
    try:
        facts = facts_of(meeting, "fi", now=now)
        _there = facts.attendance
    except ValueError:  # steering.quorum.stretches
        raise ValidationError(
            _("Nobody leaves before arriving. Look at the person's other marks."), "order"
        ) from None
    found = [each for each in faults(facts) if not Fault(each.code).is_unfinished]
    if found:
        words = [
            ValidationError(FAULTS[each.code], str(each.code), {"number": each.number}) for each in found
        ]
        raise ValidationError(words)
    return facts
