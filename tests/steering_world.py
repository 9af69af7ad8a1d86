"""A small steering group for tests: eleven members' seats with deputies, an expert and a secretary, one meeting."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from consortium import clock
from consortium.models import Post, PostKind
from steering.models import Appointment, Body, Call, Item, Meeting, Office, Place, SeatKind, Term
from tests.factories import HELSINKI, UserFactory
from tests.procurement_factories import member

MEMBERS = 11
SEATS = [*([SeatKind.MEMBER] * MEMBERS), SeatKind.EXPERT, SeatKind.SECRETARY]
DUTIES = {SeatKind.EXPERT: PostKind.EXPERT, SeatKind.SECRETARY: PostKind.SECRETARY}


@dataclass
class Group:
    """The body and who sits in it: ``members[n]`` has ``deputies[n]``; the first presides, the second is vice-chair."""

    body: Body
    members: list = field(default_factory=list)
    deputies: list = field(default_factory=list)
    places: list = field(default_factory=list)  # the members' municipalities
    expert: object = None
    secretary: object = None
    by: object = None

    @property
    def chair(self):
        """Return the chair."""
        return self.members[0]

    @property
    def vice(self):
        """Return the vice-chair."""
        return self.members[1]


def steering_group(*, seats=MEMBERS, deputies=True, by=None, places=()):
    """Write down a steering group whose terms run from last year to the next, straight into the tables."""
    today = clock.today()
    by = by or UserFactory(is_staff=True)
    start, end = dt.date(today.year - 1, 1, 1), dt.date(today.year + 1, 1, 1)
    kinds = [*([SeatKind.MEMBER] * seats), SeatKind.EXPERT, SeatKind.SECRETARY]
    body = Body.found(
        by=by, name_fi="Ohjausryhmä", name_sv="Styrgruppen", founded_on=dt.date(2026, 1, 1), seats=kinds
    )
    decision = Appointment.objects.create(
        body_of=body,
        starts_on=start,
        ends_on=end - dt.timedelta(days=1),
        decided_on=start,
        recorded_by=by,
        **HELSINKI,
    )
    group = Group(body, by=by, places=list(places))

    def sits(seat, place, duty, office="", municipality=None):
        user = UserFactory()
        Term.objects.create(
            body_of=body,
            seat=seat,
            place=place,
            office=office,
            user=user,
            municipality=municipality,
            period=(start, end),
            appointment=decision,
        )
        Post.objects.create(user=user, kind=duty, since=start, given_by=by)
        return user

    for number, seat in enumerate(body.seats.all()):
        if seat.kind == SeatKind.MEMBER:
            if number >= len(group.places):
                group.places.append(member())
            office = {0: Office.CHAIR, 1: Office.VICE}.get(number, "")
            duty = PostKind.CHAIR if office == Office.CHAIR else PostKind.MEMBER
            own = group.places[number]
            group.members.append(sits(seat, Place.MEMBER, duty, office, own))
            if deputies:
                group.deputies.append(sits(seat, Place.DEPUTY, PostKind.DEPUTY, "", own))
        elif seat.kind == SeatKind.EXPERT:
            group.expert = sits(seat, Place.MEMBER, PostKind.EXPERT)
        else:
            group.secretary = sits(seat, Place.MEMBER, PostKind.SECRETARY)
    return group


def meeting(group, *, items=(), starts_at=None, state="called", **facts):
    """Return a meeting of the group with items (titles or dicts); unless planned, all but the deputies are called."""
    starts_at = starts_at or (clock.now() + dt.timedelta(days=14)).replace(minute=0, second=0, microsecond=0)
    year = timezone.localtime(starts_at).year
    row = Meeting.objects.create(
        body=group.body,
        year=year,
        serial=Meeting.objects.filter(body=group.body, year=year).count() + 1,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        place="Keskustakirjasto Oodi",
        made_by=group.by,
        state=state,
        called_on=None if state == "planned" else clock.today(),
        **facts,
    )
    for position, item in enumerate(items, start=1):
        told = item if isinstance(item, dict) else {"title_fi": item, "title_sv": f"{item} (sv)"}
        Item.objects.create(meeting=row, position=position, **told)
    if state != "planned":
        terms = Term.objects.on(clock.today()).filter(body_of=group.body, place=Place.MEMBER)
        Call.objects.bulk_create(
            Call(meeting=row, term=term, user=term.user, called_at=clock.now()) for term in terms
        )
    return row
