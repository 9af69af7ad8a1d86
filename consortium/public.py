"""Parts of pages that tell everyone the same and belong to no single app: what is bought together, what was decided."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import gather
from consortium.gather import Part
from consortium.rows import row
from consortium.templatetags.portal import number

LATEST = 5  # decisions on the front page
NEWS = 3  # on a member's own page
RECENT = dt.timedelta(days=365)


def services(today, municipality=None):
    """Return what is bought together and in use: by all, or by one municipality."""
    found = gather.collect(gather.SERVICES, today, municipality)
    words = ngettext("%(n)s service in use", "%(n)s services in use", len(found))
    return Part(
        _("Services") if municipality else _("Bought together"),
        "consortium/services.html",
        {"services": found, "municipality": municipality},
        note=words % {"n": number(len(found))},
    )


def _decided(today):
    """Return the public decisions up to the day, the newest first."""
    decided = [task for task in gather.collect(gather.DECISIONS, today) if task.since <= today]
    return sorted(decided, key=lambda task: task.since, reverse=True)


def decisions(today):
    """Return the next meetings and the latest decisions, each with its day, section and case number."""
    meetings = sorted(gather.collect(gather.MEETINGS, today), key=gather.by_deadline)
    decided = _decided(today)[:LATEST]
    coming = ngettext("%(n)s meeting to come", "%(n)s meetings to come", len(meetings)) % {"n": len(meetings)}
    latest = ngettext("the latest decision", "the %(n)s latest decisions", len(decided)) % {"n": len(decided)}
    return Part(
        _("Meetings and decisions"),
        "consortium/decisions.html",
        {
            "meetings": [row(task, today) for task in meetings],
            "decisions": [row(task, today) for task in decided],
        },
        note=f"{coming}, {latest}" if decided else coming,
        is_list=True,
    )


def news(today):
    """Return what has lately been decided for all members, three at most."""
    recent = [task for task in _decided(today) if task.since >= today - RECENT][:NEWS]
    return Part(
        _("New"),
        "consortium/news.html",
        {"news": [row(task, today) for task in recent]},
        note=ngettext("%(n)s item", "%(n)s items", len(recent)) % {"n": number(len(recent))},
        is_list=True,
    )
