"""An urgent matter between meetings, settled in writing: only if all have answered and nobody asks for a meeting.

Source: Kuntalaki 410/2015 100 § as a model: a matter is dealt with when all have stated their position and the time
has run out; it goes to the meeting if even one asks for that or has not stated a position.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from steering.quorum import RULES, Movement, Way, quorum, stretches
from steering.voting import Cast, Choice, Ground, by_roll_call


class Position(StrEnum):
    """What one can answer. There is no blank: it would be no position."""

    FOR = "for"
    AGAINST = "against"
    MEETING = "meeting"  # asks for the matter to be dealt with in a meeting


class State(StrEnum):
    """Where a written procedure stands."""

    OPEN = "open"
    SETTLED = "settled"
    TO_MEETING = "to_meeting"


class Reason(StrEnum):
    """Why a matter goes to the meeting."""

    ASKED = "asked"
    NOT_ALL_ANSWERED = "not_all_answered"
    NO_QUORUM = "no_quorum"
    TIE = "tie"


class Uncounted(StrEnum):
    """Why an answer does not count; told to the one who gave it."""

    EARLY = "early"
    LATE = "late"
    NO_SEAT = "no_seat"
    CONFLICT = "conflict"
    BESIDE_MEMBER = "beside_member"  # a deputy where the member answers for the seat
    AFTER_REQUEST = "after_request"  # somebody had already asked for a meeting


class Answer(NamedTuple):
    """A position as it was given; a later one of the same person takes its place until the time runs out."""

    person: object
    position: Position
    at: datetime


@dataclass(frozen=True)
class Written:
    """A written procedure at a moment. ``answers``: seat's key → the Answer that stands; ``missing``: who owes one.

    ``result``: FOR or AGAINST once settled. ``asked_by``: who asked for a meeting. ``lacks``: what is missing from a
    quorum of those who may answer. ``ended_at``: when it was settled or went to the meeting.
    """

    state: State
    answers: dict
    missing: tuple
    uncounted: tuple
    reasons: tuple = ()
    result: Choice | None = None
    ground: Ground | None = None
    asked_by: object | None = None
    lacks: tuple = ()
    ended_at: datetime | None = None


def written(
    group, answers, *, opened_at, deadline, now, called=frozenset(), in_conflict=frozenset(), rules=RULES
):
    """Return the Written procedure as it stands at ``now``.

    Each seat answers once: its member; the deputy in a seat without a member, in conflict's stead, or when ``called``
    (the member is hindered), and a member who answers after all answers for the seat. A seat in which both are in
    conflict, or without anybody, takes no part; more than half of the seats must still do, chair or vice-chair among
    them. The first request for a meeting ends the procedure at once; it settles only when the deadline (which itself is
    in time) is over, by the greater number, a tie by the chair's position. Raises ValueError for a deadline that is
    not after the opening, or answers from after ``now``.
    """
    if deadline <= opened_at:
        raise ValueError("The deadline comes after the opening.")
    if any(answer.at > now for answer in answers):
        raise ValueError("No answer comes from the future.")
    places = {seat.key: _places(seat, called, in_conflict, rules) for seat in group.seats}
    standing, uncounted, asked = {}, [], None
    for answer in sorted(answers, key=lambda each: each.at):
        answer = answer._replace(position=Position(answer.position))
        why = _uncounted(answer, group, places, in_conflict, opened_at, deadline)
        key = None if why else group.seat_of(answer.person).key
        if not why and asked:
            why = Uncounted.AFTER_REQUEST
        elif not why and key in standing and answer.person != standing[key].person:
            earlier = standing[key]
            if answer.person != places[key][0]:
                why = Uncounted.BESIDE_MEMBER
            else:
                uncounted.append((earlier, Uncounted.BESIDE_MEMBER))
        if why:
            uncounted.append((answer, why))
            continue
        standing[key] = answer
        asked = answer if answer.position is Position.MEETING else None
    missing = tuple(own[-1] for key, own in places.items() if own and key not in standing)
    able = [standing[key].person if key in standing else own[-1] for key, own in places.items() if own]
    facts = {"answers": standing, "missing": missing, "uncounted": tuple(uncounted)}
    facts["lacks"] = _quorum(group, able, opened_at, deadline, in_conflict, rules).lacks
    if asked:
        reasons = (Reason.ASKED,)
        return Written(State.TO_MEETING, reasons=reasons, asked_by=asked.person, ended_at=asked.at, **facts)
    if now <= deadline:
        return Written(State.OPEN, **facts)
    reasons = (Reason.NOT_ALL_ANSWERED,) if missing else ()
    reasons += (Reason.NO_QUORUM,) if facts["lacks"] else ()
    vote = None if reasons else _vote(group, standing, opened_at, deadline, in_conflict, rules)
    if vote is not None and vote.result is None:
        reasons = (Reason.TIE,)
    if reasons:
        return Written(State.TO_MEETING, reasons=reasons, ended_at=deadline, **facts)
    return Written(State.SETTLED, result=vote.result, ground=vote.ground, ended_at=deadline, **facts)


def _quorum(group, people, opened_at, deadline, in_conflict, rules):
    """Return the Quorum as if those people had sat together all the time."""
    there = stretches(Movement(person, opened_at, Way.ARRIVED) for person in people)
    return quorum(group, there, deadline, in_conflict=in_conflict, rules=rules)


def _vote(group, standing, opened_at, deadline, in_conflict, rules):
    there = stretches(Movement(answer.person, opened_at, Way.ARRIVED) for answer in standing.values())
    casts = [Cast(answer.person, Choice(answer.position.value), answer.at) for answer in standing.values()]
    return by_roll_call(
        group, there, casts, opened_at=opened_at, closed_at=deadline, in_conflict=in_conflict, rules=rules
    )


def _places(seat, called, in_conflict, rules):
    """Return who may answer for a seat, the one who goes first at the head; the last is who is waited for."""
    member = seat.member if seat.member not in in_conflict else None
    deputy = seat.deputy if seat.deputy not in in_conflict else None
    barred = seat.member is not None and member is None
    if member is not None:
        return (member, deputy) if deputy is not None and deputy in called else (member,)
    return (deputy,) if deputy is not None and (rules.deputy_for_conflict or not barred) else ()


def _uncounted(answer, group, places, in_conflict, opened_at, deadline):
    seat = group.seat_of(answer.person)
    if seat is None:
        return Uncounted.NO_SEAT
    if answer.at < opened_at:
        return Uncounted.EARLY
    if answer.at > deadline:
        return Uncounted.LATE
    if answer.person in in_conflict:
        return Uncounted.CONFLICT
    return None if answer.person in places[seat.key] else Uncounted.BESIDE_MEMBER
