"""Who holds which seat from when to when, by which appointment, and whom the group represents.

A candidate, Helsinki's appointment and a term are three records: nobody is elected. First and last days are both
included. Source: the appointment of the steering group (HEL 2019-002774): members, personal deputies and chair for two
years; representativeness is asked for by the consortium's slides.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from steering.quorum import Office

TENTH = Decimal("0.1")
ENDING = timedelta(days=183)  # our own: so long before its end a term is told of


class Place(StrEnum):
    """The two places of a seat."""

    MEMBER = "member"
    DEPUTY = "deputy"


@dataclass(frozen=True)
class Candidate:
    """One whom somebody has put forward for a place of a seat; gives no right. ``municipality``: its code."""

    seat: object
    person: object
    municipality: str
    place: Place = Place.MEMBER
    office: Office | None = None


@dataclass(frozen=True)
class Appointment:
    """Helsinki's decision that appoints, for a time with a first and a last day."""

    decided_on: date | None
    case_number: str
    starts_on: date
    ends_on: date
    section: str = ""
    decided_by: str = ""


@dataclass(frozen=True)
class Term:
    """A person's time in a place of a seat, by an appointment. ``ends_on``: the last day, whatever ended it."""

    seat: object
    person: object
    municipality: str
    starts_on: date
    ends_on: date
    place: Place = Place.MEMBER
    office: Office | None = None
    appointment: Appointment | None = None

    def holds(self, on):
        """Say whether the term is running on a day."""
        return self.starts_on <= on <= self.ends_on


class Hindrance(StrEnum):
    """Why people cannot be appointed, or terms cannot stand together."""

    NO_DECISION = "no_decision"  # day of the decision or case number is missing
    WRONG_DAYS = "wrong_days"  # ends before it starts
    NOBODY = "nobody"
    SEAT_TAKEN = "seat_taken"  # two people in one place at once
    PERSON_TWICE = "person_twice"  # one person in two places at once
    OFFICE_TWICE = "office_twice"  # two chairs, or two vice-chairs, at once
    DEPUTY_IN_OFFICE = "deputy_in_office"
    NOT_A_MEMBER = "not_a_member"  # the municipality does not belong to the consortium when the term starts


class Found(NamedTuple):
    """A Hindrance and the terms or candidates that it is about."""

    code: Hindrance
    about: tuple = ()


def clashes(terms):
    """Return what cannot stand together among the terms of one group, as Found with the two terms each (A 40)."""
    found = []
    for one, other in combinations(sorted(terms, key=lambda term: term.starts_on), 2):
        if one.starts_on > other.ends_on or other.starts_on > one.ends_on:
            continue
        if (one.seat, Place(one.place)) == (other.seat, Place(other.place)):
            found.append(Found(Hindrance.SEAT_TAKEN, (one, other)))
        elif one.office and one.office == other.office:
            found.append(Found(Hindrance.OFFICE_TWICE, (one, other)))
        if one.person == other.person:
            found.append(Found(Hindrance.PERSON_TWICE, (one, other)))
    return tuple(found)


def hindrances(appointment, candidates, terms, *, members):
    """Return what stands against appointing the candidates beside the terms of the group, as Found.

    ``members``: the codes of the municipalities that belong to the consortium on the appointment's first day.
    """
    candidates = tuple(candidates)
    found = []
    if appointment.decided_on is None or not appointment.case_number.strip():
        found.append(Found(Hindrance.NO_DECISION))
    if not candidates:
        found.append(Found(Hindrance.NOBODY))
    if appointment.ends_on < appointment.starts_on:
        return (*found, Found(Hindrance.WRONG_DAYS))
    strangers = tuple(each for each in candidates if each.municipality not in members)
    if strangers:
        found.append(Found(Hindrance.NOT_A_MEMBER, strangers))
    deputies = tuple(each for each in candidates if each.office and Place(each.place) is Place.DEPUTY)
    if deputies:
        found.append(Found(Hindrance.DEPUTY_IN_OFFICE, deputies))
    new = [_term(appointment, each) for each in candidates]
    before = set(clashes(terms))
    return (*found, *(each for each in clashes([*terms, *new]) if each not in before))


def _term(appointment, candidate):
    return Term(
        seat=candidate.seat,
        person=candidate.person,
        municipality=candidate.municipality,
        starts_on=appointment.starts_on,
        ends_on=appointment.ends_on,
        place=Place(candidate.place),
        office=candidate.office,
        appointment=appointment,
    )


# --- Whom the group represents ----------------------------------------------------------------------------


class Municipality(NamedTuple):
    """A member municipality as the table needs it; ``network`` may be empty."""

    code: str
    region: str
    language: str
    network: str
    residents: int


class Side(StrEnum):
    """By what the members are sorted."""

    REGION = "region"
    SIZE = "size"
    LANGUAGE = "language"
    NETWORK = "network"


SIZES = (5_000, 20_000, 100_000)  # our own: residents from which the next class begins


def size_class(residents, sizes=SIZES):
    """Return the class of a municipality by its residents: from how many, and below how many (None: no end)."""
    edges = (0, *sizes)
    place = sum(residents >= edge for edge in sizes)
    return edges[place], sizes[place] if place < len(sizes) else None


@dataclass(frozen=True)
class Row:
    """One class of members: what it is of the consortium and what it has of the seats.

    ``then``: its seats with the candidates. ``by_members``, ``by_residents``: how many of the seats taken would be its
    share, to 0.1.
    """

    side: Side
    value: object
    members: int
    residents: int
    seats: int
    then: int
    by_members: Decimal
    by_residents: Decimal

    @property
    def is_unseated(self):
        """Whether members of this class have nobody, the candidates counted."""
        return self.members > 0 and self.then == 0


@dataclass(frozen=True)
class Representation:
    """The table, and what is missing from the seats with the candidates: keys of seats, terms that end soon.

    ``strangers``: terms and candidates of municipalities that are no members, counted in no row.
    """

    on: date
    rows: tuple
    seats: int
    vacant: tuple
    deputies_missing: tuple
    ending: tuple
    strangers: tuple

    def of(self, side):
        """Return the rows of one side."""
        return tuple(row for row in self.rows if row.side is Side(side))


def representation(seats, terms, municipalities, *, on, candidates=(), sizes=SIZES, ending=ENDING):
    """Return the Representation of members' seats on a day, and with candidates in the places they stand for.

    ``seats``: keys of all seats; ``municipalities``: the members of that day. A term ends soon when its last day is
    within ``ending`` of the day and no later term of the place, nor a candidate, follows.
    """
    running = {(term.seat, Place(term.place)): term for term in terms if term.holds(on)}
    proposed = running | {(each.seat, Place(each.place)): each for each in candidates}
    known = {each.code: each for each in municipalities}
    now, then = (
        [
            known[h.municipality]
            for (_s, place), h in held.items()
            if place is Place.MEMBER and h.municipality in known
        ]
        for held in (running, proposed)
    )
    rows = []
    for side in Side:
        values = {_value(each, side, sizes) for each in known.values()}
        for value in sorted(values, key=lambda v: (v == "", v)):
            own = [each for each in known.values() if _value(each, side, sizes) == value]
            counts = [sum(_value(each, side, sizes) == value for each in held) for held in (now, then)]
            residents = sum(each.residents for each in own)
            everybody = sum(each.residents for each in known.values())
            shares = _share(len(then), len(own), len(known)), _share(len(then), residents, everybody)
            rows.append(Row(side, value, len(own), residents, *counts, *shares))
    soon = tuple(
        term
        for place, term in running.items()
        if term.ends_on <= on + ending
        and proposed[place] is term
        and not any(t.starts_on > term.ends_on for t in terms if (t.seat, Place(t.place)) == place)
    )
    vacant, missing = (
        tuple(seat for seat in seats if (seat, place) not in proposed)
        for place in (Place.MEMBER, Place.DEPUTY)
    )
    strangers = tuple(each for each in proposed.values() if each.municipality not in known)
    return Representation(on, tuple(rows), len(then), vacant, missing, soon, strangers)


def _value(municipality, side, sizes):
    return (
        size_class(municipality.residents, sizes) if side is Side.SIZE else getattr(municipality, side.value)
    )


def _share(seats, part, whole):
    """Return how many of the seats a part of the whole would have, to 0.1."""
    return (Decimal(seats * part) / whole).quantize(TENTH, ROUND_HALF_UP) if whole else Decimal("0.0")
