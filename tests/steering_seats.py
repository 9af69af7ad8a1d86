"""Candidates and appointments for tests, and the pages of bodies and seats for the tables of access."""

import datetime as dt

from django.utils.text import slugify

from consortium import clock
from members.models import Municipality
from steering.models import Appointment, Body, BodyKind, Candidate, Place, SeatKind
from tests.factories import DAY, HELSINKI
from tests.procurement_factories import member

PLANTED = "zqcandidate"  # name, title, address and who put forward of one who is only a candidate


def body(by, *, members=3, kind=BodyKind.WORKING, experts=0, secretaries=0):
    """Found a body with empty seats."""
    kinds = [SeatKind.MEMBER] * members + [SeatKind.EXPERT] * experts + [SeatKind.SECRETARY] * secretaries
    names = {"name_fi": "Työryhmä", "name_sv": "Arbetsgruppen"}
    return Body.found(by=by, kind=kind, founded_on=dt.date(2026, 1, 1), seats=kinds, **names)


def candidate(found, number, name, *, by, place=Place.MEMBER, municipality=None, **more):
    """Put a person forward for a seat of a body; a member's seat without a municipality gets a member of its own."""
    seat = found.seats.get(number=number)
    if municipality is None and seat.kind == SeatKind.MEMBER:
        municipality = member()
    told = {"email": f"{slugify(name)}@seats.example", "put_forward_by": "Kirjastokimppa"} | more
    return Candidate.put_forward(by=by, seat=seat, place=place, name=name, municipality=municipality, **told)


def appoint(found, *candidates, by, starts_on=None, ends_on=None, **decision):
    """Record Helsinki's decision on candidates, from ten days ago to the end of next year unless said otherwise."""
    today = clock.today()
    told = HELSINKI | {"decided_on": today - 20 * DAY} | decision
    return Appointment.record(
        by=by,
        body=found,
        candidates=candidates,
        starts_on=starts_on or today - 10 * DAY,
        ends_on=ends_on or dt.date(today.year + 1, 12, 31),
        **told,
    )


def seats_pages(group, people):
    """Return {URL name: arguments} of the pages of bodies and seats."""
    return pages_of(people["staff"], [member() for _n in range(3)])


def seats_scene(_body, people):
    """Return the same for the practice copy: a working group beside its steering group."""
    return pages_of(people["staff"], list(Municipality.objects.members_on(clock.today())[:3]))


def pages_of(staff, places):
    """Return the same: a body with a member, one whose term ended early with a deputy left, and a candidate."""
    found = body(staff)
    first = candidate(found, 1, "Jäsen", by=staff, municipality=places[0], email="jasen@seats.example")
    left = candidate(found, 2, "Lähtenyt", by=staff, municipality=places[1], email="lahtenyt@seats.example")
    deputy = candidate(
        found, 2, "Vara", by=staff, place=Place.DEPUTY, municipality=places[2], email="vara@seats.example"
    )
    appoint(found, first, left, deputy, by=staff)
    left.term.resign(by=staff, last_day=clock.today() - DAY, because="Uusi työ")
    waiting = candidate(
        found,
        3,
        PLANTED,
        by=staff,
        municipality=places[0],
        title=PLANTED,
        put_forward_by=PLANTED,
    )
    at = {name: {"pk": found.pk} for name in ("body", "representation", "candidate_new", "appointment_new")}
    at |= {"candidate_withdraw": {"pk": waiting.pk}}
    at |= {"term_resign": {"pk": first.term.pk}, "term_take_over": {"pk": left.term.pk}}
    return {f"steering:{name}": arguments for name, arguments in at.items()}
