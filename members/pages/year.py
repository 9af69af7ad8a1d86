"""The service centre's deadlines, and the year in numbers that open their lists."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Line, Task
from consortium.templatetags.portal import day
from members.filters import MEMBER, NOT_INVITED
from members.models import (
    Accession,
    AccessionState,
    Membership,
    Municipality,
    Offer,
)
from members.pages.staff import ANSWERING

AHEAD = dt.timedelta(days=60)


def deadlines(user, today):
    """Return the rounds whose decisions must be final within sixty days."""
    if not user.is_staff:
        return []
    waiting = Count("accessions", filter=Q(accessions__state__in=[*ANSWERING, AccessionState.PREPARED]))
    offers = Offer.objects.filter(decide_by__range=(today, today + AHEAD)).annotate(waiting=waiting)
    return [
        Task(
            title=_("Decisions of the round should be final: membership from %(day)s")
            % {"day": day(offer.joins_on)},
            url=offer.get_absolute_url(),
            note=ngettext(
                "%(n)s decision is not yet final.", "%(n)s decisions are not yet final.", offer.waiting
            )
            % {"n": offer.waiting},
            due_on=offer.decide_by,
        )
        for offer in offers.filter(waiting__gt=0).order_by("decide_by", "pk")
    ]


def year(user, today):
    """Return the year as lines of counts. Each count is of the rows in the list that its address opens."""
    if not user.is_staff:
        return []
    newest = Accession.objects.filter(municipality=OuterRef("pk")).order_by("-pk").values("state")[:1]
    member = Exists(Membership.objects.on(today).filter(municipality=OuterRef("pk")))
    rows = Municipality.objects.current().annotate(standing=Subquery(newest), belongs=member).order_by()
    counts, members, free = defaultdict(int), 0, 0
    for state, belongs, n in rows.values_list("standing", "belongs").annotate(n=Count("pk")):
        counts[state] += n
        members += n if belongs else 0
        free += n if state is None and not belongs else 0
    closed = [AccessionState.REJECTED, AccessionState.STOPPED]
    path = [state for state in AccessionState if state not in closed]
    return [
        Line(
            _("Municipalities"),
            [_count(_("members"), members, MEMBER), _count(_("not invited"), free, NOT_INVITED)],
        ),
        Line(_("Joining"), [_count(state.label, counts[state], state) for state in path]),
        Line(_("Closed"), [_count(state.label, counts[state], state) for state in closed]),
    ]


def _count(word, number, state):
    return word, number, f"{reverse('members:municipality_list')}?state={state}"
