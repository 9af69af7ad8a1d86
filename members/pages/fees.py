"""What the front pages tell of the annual fee: what a municipality was told, and what waits for the service centre."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, money, number
from members.models import AnnualBudget
from members.models.merging import mergers

NAMED = 3
LATEST = 3  # receipts of fees told


def told(municipality):
    """Return the latest fees that the municipality has been told, as receipts."""
    fees = {row.pk: row for row in municipality.assessments.charges().select_related("budget")}
    events = AuditEvent.objects.about(*fees.values()).filter(verb="tell") if fees else ()
    return [
        Task(
            title=_("Annual fee %(year)s decided: %(fee)s")
            % {"year": fees[event.record_id].budget.year, "fee": money(fees[event.record_id].amount)},
            url=reverse("members:our_fees", args=[municipality.code]),
            note=_("Told by letter on %(day)s.") % {"day": day(event.at)},
            since=clock.date_of(event.at),
            done=True,
        )
        for event in list(events)[:LATEST]
    ]


def tasks(user, today):
    """Return what waits for the service centre with the fees: members to tell, joiners without one, mergers."""
    if not user.is_staff:
        return []
    rows = AnnualBudget.objects.running().select_related("scheme", "billing")
    found = []
    for budget in rows.order_by("year"):
        found += [*_to_tell(budget), *_to_assess(budget, today)]
        found += [_merged(budget, merger, today) for merger in mergers(budget)]
    return found


def _names(places):
    names = ", ".join(place.name for place in places[:NAMED])
    more = len(places) - NAMED
    if more <= 0:
        return names
    words = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more)
    return words % {"names": names, "n": number(more)}


def _to_tell(budget):
    untold = [row.municipality for row in budget.untold()]
    if untold:
        words = ngettext(
            "Fees for %(year)s decided, %(n)s member not told",
            "Fees for %(year)s decided, %(n)s members not told",
            len(untold),
        )
        yield Task(
            title=words % {"year": budget.year, "n": number(len(untold))},
            url=reverse("members:budget_tell", args=[budget.year]),
            text=f"{_names(untold)}.",
            since=budget.decided_on,
            kind=_("annual fee"),
        )


def _to_assess(budget, today):
    joined = budget.unassessed()
    if joined:
        words = ngettext(
            "%(n)s member of %(year)s joined after the decision and has no fee",
            "%(n)s members of %(year)s joined after the decision and have no fee",
            len(joined),
        )
        yield Task(
            title=words % {"year": budget.year, "n": number(len(joined))},
            url=reverse("members:budget_joiners", args=[budget.year]),
            text=f"{_names([membership.municipality for membership in joined])}.",
            since=min([today, *(membership.starts_on for membership in joined)]),
            kind=_("annual fee"),
        )


def _merged(budget, merger, today):
    text = _("Joint population is not known.")
    if merger.line:
        words = _("Joint population %(n)s: by the frozen scheme the fee for %(year)s would be %(fee)s.")
        facts = {"n": number(merger.residents), "year": budget.year, "fee": money(merger.line.result)}
        text = words % facts
    return Task(
        title=_("Fee and contracts of the merged municipality: %(name)s") % {"name": merger.successor.name},
        url=reverse("members:budget_merger", args=[budget.year, merger.successor.code]),
        text=text,
        note=_("Members: %(members)s. Not members: %(others)s. Nothing moves by itself.")
        % {"members": _names(merger.members), "others": _names(merger.others)},
        since=min(today, merger.on),
        kind=_("merger"),
    )
