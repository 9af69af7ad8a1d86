"""Tasks as the rows of a page: in the margin the day to act on, or for how long something has waited."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.templatetags.portal import weekday_day


def row(task, today):
    """Return a task as partials/rows.html draws it."""
    takes = ngettext("Takes about %(n)s minute.", "Takes about %(n)s minutes.", task.minutes)
    takes = takes % {"n": task.minutes} if task.minutes else ""
    when, small = _margin(task, today)
    return {
        "when": when,
        "small": small,
        "small_css": "waiting" if task.due_on and task.due_on < today and not task.paused_until else "",
        "what": task.title,
        "url": task.url,
        "text": task.text,
        "note": " ".join(filter(None, [task.note, takes])),
        "takes": takes,
        "link": task.link,
    }


def _margin(task, today):
    """Return the two lines that hang in the margin."""
    if task.paused_until:
        return weekday_day(task.paused_until), task.kind
    if task.due_on:
        left = (task.due_on - today).days
        words = ngettext("%(n)s day", "%(n)s days", left) % {"n": left} if left > 0 else _("today")
        words = _("the day has passed") if left < 0 else words
        return weekday_day(task.due_on), ", ".join(filter(None, [str(task.kind), words]))
    if task.done:
        return weekday_day(task.since), ""
    age = task.age(today)
    waited = _("today") if age == 0 else ngettext("%(n)s day", "%(n)s days", age or 0) % {"n": age}
    return waited if age is not None else "", task.kind
