"""Actions on the pages that gather: the late ones at the service centre, one's own on one's own page."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Occasion, Task
from consortium.templatetags.portal import long_weekday_day, weekday_day
from steering.models import Action

ORDER = ("finish", "edit", "drop", "reopen")


def says(action):
    """Return how things stand with an action, in a sentence with its day."""
    facts = {"name": action.owner.get_full_name()}
    if action.state == "done":
        return _("Done on %(day)s.") % {"day": long_weekday_day(action.ended_on)}
    if action.state == "dropped":
        return _("Dropped on %(day)s.") % {"day": long_weekday_day(action.ended_on)}
    facts["day"] = long_weekday_day(action.due_on)
    if action.is_overdue():
        return _("Late: %(name)s was to do this by %(day)s. It stands on the next agenda by itself.") % facts
    return _("%(name)s does this by %(day)s.") % facts


def acts(user, action):
    """Return what the person may do with an action now, the main act first."""
    open_to = action.steps_open_to(user)
    return [
        {
            "label": act_words(verb),
            "url": reverse(f"steering:action_{verb}", args=[action.pk]),
            "main": verb == "finish",
        }
        for verb in ORDER
        if verb in open_to
    ]


def act_words(verb):
    """Return what an act's link and button say."""
    return {
        "finish": _("Record that it is done"),
        "edit": _("Change the action"),
        "drop": _("Drop the action"),
        "reopen": _("Take it up again"),
    }[verb]


def tasks(user, today):
    """Return the late actions, one's own that are still to be done, and those whose owner has left."""
    if not user.is_staff:
        return []
    rows = list(Action.objects.open().select_related("owner").order_by("due_on", "pk"))
    late = [row for row in rows if row.due_on < today]
    own = [row for row in rows if row.owner_id == user.pk and row.due_on >= today]
    without = [row for row in rows if not row.owner.is_active]
    found = [_own(row) for row in own]
    if late:
        words = ngettext("%(n)s action is late", "%(n)s actions are late", len(late))
        found.append(_many(late, words, "?state=late"))
    if without:
        words = ngettext(
            "Find somebody for %(n)s action: its owner has left",
            "Find somebody for %(n)s actions: their owners have left",
            len(without),
        )
        found.append(_many(without, words, "?state=without"))
    return found


def _own(row):
    return Task(
        title=row.text, url=row.get_absolute_url(), due_on=row.due_on, kind=_("action"), since=None, text=""
    )


def _many(rows, words, query):
    names = "; ".join(f"{row.text} ({row.owner.get_full_name()})" for row in rows[:3])
    return Task(
        title=words % {"n": len(rows)},
        url=reverse("steering:action_list") + query,
        text=names,
        since=rows[0].due_on,
        kind=_("action"),
    )


def duty_tasks(user, today):
    """Return one's own actions that are still to be done."""
    return [_own(row) for row in Action.objects.open().filter(owner=user).order_by("due_on", "pk")]


def occasions(user, today):
    """Return the days of one's own actions for one's calendar."""
    own = Action.objects.open().filter(owner=user)
    closed = set(own.restricted(today).values_list("pk", flat=True))
    return [
        Occasion(
            key=f"action-{row.pk}",
            on=row.due_on,
            title=_("Action") if row.pk in closed else _("Action: %(text)s") % {"text": row.text},
            url=settings.ADDRESS + row.get_absolute_url(),
            text=_("By %(day)s.") % {"day": weekday_day(row.due_on)},
        )
        for row in own
    ]


def my_data(user):
    """Return the actions that were the person's to do."""
    rows = Action.objects.filter(owner=user).order_by("pk")
    told = [
        {"text": row.text_fi, "due": row.due_on, "state": row.state, "result": row.result_fi} for row in rows
    ]
    return [("actions", told)]
