"""A merger between members and others: what the joint municipality would pay. Nothing moves by itself."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from consortium import clock
from consortium.fees import Payer, Reckoning, Refused, full_months, reckoning
from consortium.models import AuditEvent
from members.models.membership import Membership
from members.models.municipality import Municipality, Population
from members.models.note import Note
from members.models.payers import population_day, population_rows

SETTLED = "settle_merger"


@dataclass(frozen=True)
class MergedPart:
    """One of those that became one: whether it was a member, its population figure, its standing fees of the year."""

    municipality: Municipality
    was_member: bool
    population: Population | None
    is_counted: bool  # a figure that is older than the successor's is already in that
    fees: list


@dataclass(frozen=True)
class Merger:
    """Municipalities that became one in a budget's year: of some the fee was frozen, others were no members.

    ``residents``: all together; ``line``: what they would pay by the frozen scheme, None where it cannot be reckoned.
    """

    successor: Municipality
    on: object
    parts: list
    residents: int | None
    months: int
    line: Reckoning | None

    @property
    def members(self):
        """Return the names of those that were members."""
        return [part.municipality for part in self.parts if part.was_member]

    @property
    def others(self):
        """Return those that were not."""
        return [part.municipality for part in self.parts if not part.was_member]


def mergers(budget):
    """Return the mergers of a frozen budget's year between members and others, still to be settled by a person."""
    if not budget.is_frozen:
        return []
    year = budget.year
    ended = Municipality.objects.filter(ended_on__range=(clock.first_day(year), clock.last_day(year)))
    groups = {}
    for place in ended.select_related("successor").order_by("sort_key_fi"):
        groups.setdefault(place.successor, []).append(place)
    settled = AuditEvent.objects.about(*groups).filter(verb=SETTLED, details__year=year) if groups else ()
    done = {event.record_id for event in settled}
    groups = {heir: places for heir, places in groups.items() if heir.pk not in done}
    everyone = [place.pk for heir, places in groups.items() for place in (heir, *places)]
    rows = population_rows(everyone, population_day(budget.scheme, year)) if everyone else {}
    memberships, fees = {}, {}
    for membership in Membership.objects.filter(municipality__in=everyone) if everyone else ():
        memberships.setdefault(membership.municipality_id, []).append(membership)
    for fee in budget.assessments.standing().filter(municipality__in=everyone) if everyone else ():
        fees.setdefault(fee.municipality_id, []).append(fee)
    found = [_merger(budget, heir, places, rows, memberships, fees) for heir, places in groups.items()]
    return [merger for merger in found if merger.members and merger.others]


def _merger(budget, heir, places, rows, memberships, fees):
    on = max(place.ended_on for place in places)
    own = rows.get(heir.pk)
    parts = []
    for place in (heir, *places):
        before = (place.ended_on or on) - timedelta(days=1)
        row = rows.get(place.pk)
        counted = row is not None and (place == heir or own is None or row.on >= own.on)
        held = memberships.get(place.pk, ())
        days = {before, on} if place == heir else {before}  # the heir may have joined on the very day
        was = any(membership.covers(day) for membership in held for day in days)
        parts.append(MergedPart(place, was, row, counted, fees.get(place.pk, [])))
    known = all(part.population for part in parts)
    residents = sum(part.population.count for part in parts if part.is_counted) if known else None
    months = full_months(on, budget.year)
    return Merger(heir, on, parts, residents, months, _line(budget, heir, residents, months))


def _line(budget, heir, residents, months):
    rule, payer = budget.scheme.rule(budget.billing), Payer(heir.code, residents, months)
    try:
        return reckoning(budget.reckon_joiner(rule, payer), rule, payer)
    except Refused:
        return None


def settle_merger(budget, merger, *, by, text):
    """Keep what a person has decided on the fee and the contracts of a merger, as a note; the question is then done."""
    with transaction.atomic():
        note = Note.objects.create(municipality=merger.successor, by=by, text=text)
        AuditEvent.record(merger.successor, SETTLED, by=by, year=budget.year, note=note.pk)
    return note
