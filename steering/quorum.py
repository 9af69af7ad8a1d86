"""Who sits in which seat at a moment of a meeting, and what may be done with an item then.

Persons are keys of the caller's; moments are times that can be compared. One seat, one vote: the member's, or in
the member's place the personal deputy's. Source: Kuntalaki 410/2015 97 and 103 § and Hallintolaki 434/2003 27-28 §
as a model (the group is no organ of a municipality); where a rule is the portal's own, it says so.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class Office(StrEnum):
    """What a member does besides sitting; it belongs to the person, so a deputy never takes it over."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"


class Role(StrEnum):
    """As what a person is in the room; only the first two can ever have a vote."""

    MEMBER = "member"
    DEPUTY = "deputy"
    EXPERT = "expert"
    SECRETARY = "secretary"
    VISITOR = "visitor"


class Way(StrEnum):
    """How a person came or went; coming back is arriving again."""

    ARRIVED = "arrived"
    LEFT = "left"
    DROPPED = "dropped"  # the connection of a remote one broke


class Empty(StrEnum):
    """Why nobody sits in a seat."""

    VACANT = "vacant"
    CONFLICT = "conflict"
    ABSENT = "absent"


class Basis(StrEnum):
    """The seats of which more than half must be taken.

    ALL_SEATS, the default, is the wording of 103 § ("more than half of the members are present"): one in conflict may
    not be present (Hallintolaki 27 §) and counts as away, so conflicts alone can take the quorum of an item (C 49).
    """

    ALL_SEATS = "all_seats"
    NOT_IN_CONFLICT = "not_in_conflict"  # without the seats that a conflict of interest leaves empty


class Lack(StrEnum):
    """What is missing from a quorum."""

    TOO_FEW = "too_few"
    NO_CHAIR = "no_chair"


class Act(StrEnum):
    """What may be done with an item."""

    DECIDE = "decide"
    CHOOSE_CHAIR = "choose_chair"
    NOTE = "note"
    MOVE = "move"  # to the next meeting


@dataclass(frozen=True)
class Rules:
    """The group's rules of procedure, each with the portal's default.

    ``chair_settles``: a tie goes by the chair's vote (104 §). ``deputy_for_conflict``: the deputy takes the seat of a
    member in conflict for that item, as in municipal organs.
    """

    basis: Basis = Basis.ALL_SEATS
    chair_settles: bool = True
    deputy_for_conflict: bool = True


RULES = Rules()


@dataclass(frozen=True)
class Seat:
    """A seat of a group: its member (None: vacant), the member's personal deputy and the member's office.

    Whether a deputy goes on in a seat that has lost its member staff decide: if not, the caller gives none.
    """

    key: object
    member: object | None
    deputy: object | None = None
    office: Office | None = None


@dataclass(frozen=True)
class Group:
    """The seats of a body on the day of a meeting, its experts and its secretary. A vacant seat is still a seat.

    Raises ValueError without seats, for a person in two places, an expert with a seat, or an office held twice.
    """

    seats: tuple
    experts: frozenset = frozenset()
    secretary: object | None = None

    def __post_init__(self):
        people = [p for seat in self.seats for p in (seat.member, seat.deputy) if p is not None]
        offices = [seat.office for seat in self.seats if seat.office]
        if not self.seats or len({seat.key for seat in self.seats}) < len(self.seats):
            raise ValueError("A group has seats, each with a key of its own.")
        if len(set(people)) < len(people) or set(people) & set(self.experts):
            raise ValueError("A person has one place in a group.")
        if len(set(offices)) < len(offices) or any(s.office and s.member is None for s in self.seats):
            raise ValueError("A group has one chair and one vice-chair, and both are members.")

    def seat_of(self, person):
        """Return the seat that a person is the member or the deputy of, or None."""
        return next((s for s in self.seats if person is not None and person in (s.member, s.deputy)), None)

    def role_of(self, person):
        """Return as what a person is in the room: a seat goes before the secretary's duty."""
        seat = self.seat_of(person)
        if seat:
            return Role.MEMBER if seat.member == person else Role.DEPUTY
        if person is not None and person == self.secretary:
            return Role.SECRETARY
        return Role.EXPERT if person in self.experts else Role.VISITOR


class Movement(NamedTuple):
    """One mark in the list of attendance."""

    person: object
    at: datetime
    way: Way


class Stretch(NamedTuple):
    """A stretch of time in the room: from the first moment on, not at the second; None: still there."""

    arrived: datetime
    left: datetime | None = None
    dropped: bool = False

    def holds(self, at):
        """Say whether the person was there at the moment."""
        return self.arrived <= at and (self.left is None or at < self.left)


def stretches(movements):
    """Return person → Stretches, from the marks in any order. A mark that repeats the one before changes nothing.

    Raises ValueError for one who leaves before arriving.
    """
    found = {}
    for person, at, way in sorted(movements, key=lambda mark: mark.at):
        own = found.setdefault(person, [])
        inside = bool(own) and own[-1].left is None
        if Way(way) is Way.ARRIVED:
            if not inside:
                own.append(Stretch(at))
        elif inside:
            own[-1] = Stretch(own[-1].arrived, at, Way(way) is Way.DROPPED)
        elif not own:
            raise ValueError(f"Nobody leaves before arriving: {person}, {at}.")
    return {person: tuple(own) for person, own in found.items()}


def is_present(attendance, person, at):
    """Say whether a person was in the room at a moment. ``attendance``: what ``stretches`` returned."""
    return any(stretch.holds(at) for stretch in attendance.get(person, ()))


class Sitting(NamedTuple):
    """One seat at one moment for one item: who sits there with its vote, or why nobody does."""

    seat: Seat
    person: object | None
    empty: Empty | None = None

    @property
    def as_deputy(self):
        """Whether the seat is taken by the member's deputy."""
        return self.person is not None and self.person == self.seat.deputy


def sitting(group, attendance, at, *, in_conflict=frozenset(), rules=RULES):
    """Return the Sitting of each seat at a moment, for an item in which some persons are in conflict.

    The member sits when there and free to; else the deputy of that very seat, who is there and free to. One in
    conflict does not sit even when still in the room. Source: C 48; Hallintolaki 27-28 §.
    """
    return tuple(_sitting(seat, attendance, at, in_conflict, rules) for seat in group.seats)


def _sitting(seat, attendance, at, in_conflict, rules):
    barred = seat.member is not None and seat.member in in_conflict
    if seat.member is not None and not barred and is_present(attendance, seat.member, at):
        return Sitting(seat, seat.member)
    deputy_there = seat.deputy is not None and is_present(attendance, seat.deputy, at)
    if deputy_there and seat.deputy not in in_conflict and (rules.deputy_for_conflict or not barred):
        return Sitting(seat, seat.deputy)
    if barred or (deputy_there and seat.deputy in in_conflict):
        return Sitting(seat, None, Empty.CONFLICT)
    return Sitting(seat, None, Empty.VACANT if seat.member is None else Empty.ABSENT)


@dataclass(frozen=True)
class Quorum:
    """What a group can do at a moment. ``seats``: those that count, ``needed``: more than half of them.

    ``chair``: who presides, or None; ``sittings``: every seat, those that do not count included.
    """

    at: datetime
    sittings: tuple
    seats: int
    chair: object | None

    @cached_property
    def voters(self):
        """Person → Sitting of those who have a vote."""
        return {each.person: each for each in self.sittings if each.person is not None}

    @property
    def present(self):
        """How many seats are taken."""
        return len(self.voters)

    @property
    def needed(self):
        """How many seats must be taken."""
        return self.seats // 2 + 1

    @property
    def lacks(self):
        """The Lacks, in the order in which they are told; none where there is a quorum."""
        few = (Lack.TOO_FEW,) if self.present < self.needed else ()
        return few if self.chair is not None else (*few, Lack.NO_CHAIR)

    @property
    def is_reached(self):
        """Whether the item can be decided."""
        return not self.lacks

    @property
    def acts(self):
        """What may be done with the item (STORIES 6.5, 6.7): a meeting of enough people may always choose a chair."""
        if self.is_reached:
            return (Act.DECIDE, Act.NOTE, Act.MOVE)
        return (Act.NOTE, Act.MOVE) if Lack.TOO_FEW in self.lacks else (Act.CHOOSE_CHAIR, Act.NOTE, Act.MOVE)


def quorum(group, attendance, at, *, in_conflict=frozenset(), chosen=None, rules=RULES):
    """Return the Quorum of a moment for an item. ``chosen``: the chair whom the meeting chose, if it did.

    The chair presides when sitting, else the vice-chair, else the chosen one: whoever comes first in this order takes
    over on arrival (our own rule). A deputy of the chair sits as a member only. Source: 103 §; C 47-49.
    """
    sittings = sitting(group, attendance, at, in_conflict=in_conflict, rules=rules)
    left_out = sum(each.empty is Empty.CONFLICT for each in sittings)
    seats = len(sittings) - (left_out if Basis(rules.basis) is Basis.NOT_IN_CONFLICT else 0)
    sits = {each.person for each in sittings} - {None}
    by_office = {seat.office: seat.member for seat in group.seats if seat.office}
    order = (by_office.get(Office.CHAIR), by_office.get(Office.VICE_CHAIR), chosen)
    return Quorum(at, sittings, seats, next((person for person in order if person in sits), None))


def moments(attendance):
    """Return every moment at which somebody came or went, in order."""
    found = {at for own in attendance.values() for stretch in own for at in stretch[:2] if at is not None}
    return tuple(sorted(found))


def lost_from(by_item):
    """Return the number of the item from which on to the last one there is no quorum, or None.

    ``by_item``: number → Quorum in the meeting's order. One item without a quorum between others is not meant (C 49).
    """
    found = None
    for number, each in by_item.items():
        if each.is_reached:
            found = None
        elif found is None:
            found = number
    return found


class Time(NamedTuple):
    """A stretch in the room as the minutes tell it: with the seat's vote or, a deputy beside the member, without."""

    person: object
    start: datetime
    end: datetime | None
    votes: bool


def times(seat, attendance):
    """Return the Times of a seat's member and deputy in order, conflicts of interest apart (C 48: times of both)."""
    found = []
    marks = moments({p: attendance.get(p, ()) for p in (seat.member, seat.deputy) if p is not None})
    for start, end in zip(marks, (*marks[1:], None), strict=False):
        member, deputy = (
            p is not None and is_present(attendance, p, start) for p in (seat.member, seat.deputy)
        )
        for person, there, votes in ((seat.member, member, True), (seat.deputy, deputy, not member)):
            if there:
                found = _prolonged(found, Time(person, start, end, votes))
    return tuple(found)


def _prolonged(found, new):
    """Return the list with one Time more, joined to the same person's last one where nothing changed between."""
    for place, old in enumerate(found):
        if old.person == new.person and old.votes == new.votes and old.end == new.start:
            return [*found[:place], old._replace(end=new.end), *found[place + 1 :]]
    return [*found, new]
