"""The minutes on the page of their meeting: how far they are, who checks them, and what the reader does with them."""

from django.utils.translation import gettext as _

from consortium.gather import Part
from consortium.templatetags.portal import day, moment
from steering.models import MeetingState, Minutes, MinutesState
from steering.pages.minutes import is_insider


def _readable(user, meeting):
    """Return the minutes of a closed meeting to those who may open them, else None."""
    if meeting.state != MeetingState.CLOSED:
        return None
    found = Minutes.of(meeting)
    if found.pk is None:
        return found if user.has_perm("steering.word_minutes", found) else None
    return found if Minutes.objects.visible_to(user).filter(pk=found.pk).exists() else None


def part(user, meeting, today):
    """Return the minutes' state with its day, and for the body's own people the checkers."""
    found = _readable(user, meeting)
    if found is None:
        return []
    facts = [(_("State"), found.get_state_display())]
    if found.state == MinutesState.PUBLISHED:
        facts.append((_("First published"), day(found.first_published_on)))
    if is_insider(user, found):
        facts += [
            (_("Checker"), f"{person.get_full_name()}, {_said(approved_at)}")
            for person, approved_at in found.checkers
        ]
    context = {"facts": facts, "url": found.get_absolute_url(), "label": _("Read the minutes")}
    return [Part(_("The minutes"), "members/parts/facts.html", context)]


def _said(approved_at):
    return (
        _("approved %(moment)s") % {"moment": moment(approved_at)} if approved_at else _("not yet approved")
    )


def acts(user, meeting, today):
    """Return what the person does next with the minutes: check them, or bring them to their end."""
    if not user.is_authenticated:
        return []
    found = _readable(user, meeting)
    if found is None:
        return []
    if found.awaits(user):
        return [{"label": _("Check the minutes"), "url": found.get_absolute_url(), "main": True}]
    writes = user.has_perm("steering.word_minutes", found)
    if writes and found.state not in {MinutesState.PUBLISHED, MinutesState.CHECKING}:
        return [{"label": _("Finish the minutes"), "url": found.get_absolute_url(), "main": True}]
    return []
