"""A meeting as it was held: what the secretary recorded, and what in it cannot be true.

Everything the minutes say follows from this. Moments are times with a zone; persons are keys of the caller's. Source:
STORIES part 6; Kuntalaki 410/2015 103-107 § as a model.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from consortium import clock
from steering.quorum import RULES, Act, Group, Rules, is_present, quorum, stretches
from steering.voting import Dissent, Vote, dissent_hindrance


class Person(NamedTuple):
    """Who somebody is in the minutes."""

    name: str
    title: str = ""
    municipality: str = ""


class Restriction(NamedTuple):
    """Why an item is not public, and the last day of that; None: until it is ended by a decision (621/1999)."""

    ground: str
    ends_on: date | None = None


class Conflict(NamedTuple):
    """One who is in conflict in an item: on what ground, left when, back when."""

    person: object
    ground: str
    left_at: datetime | None = None
    back_at: datetime | None = None


class Task(NamedTuple):
    """What is to be done, by whom, by when."""

    text: str
    owner: object
    due_on: date


class Break(NamedTuple):
    """A stretch during which the meeting was adjourned."""

    began_at: datetime
    ended_at: datetime


class Outcome(StrEnum):
    """How an item ended."""

    DECIDED = "decided"
    CHAIR_CHOSEN = "chair_chosen"
    NOTED = "noted"
    MOVED = "moved"  # to the next meeting


@dataclass(frozen=True)
class Item:
    """An item as it was dealt with. ``votes``: every way it was put, in order; the last one stands.

    ``chosen``: the chair whom the meeting chose under this item, for ``chosen_for`` alone or, None, from here on.
    """

    number: int
    title: str
    opened_at: datetime
    closed_at: datetime
    proposal: str = ""
    outcome: Outcome | None = None
    decision: str = ""
    votes: tuple[Vote, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    dissents: tuple[Dissent, ...] = ()
    tasks: tuple[Task, ...] = ()
    chosen: object | None = None
    chosen_for: int | None = None
    restriction: Restriction | None = None
    discussion: str = ""
    proposed_by: str = ""
    seconded_by: str = ""

    @property
    def in_conflict(self):
        """Those who are in conflict in the item."""
        return frozenset(conflict.person for conflict in self.conflicts)

    @property
    def decided_at(self):
        """The moment at which the quorum counts: the close of the last vote, else of the item."""
        return self.votes[-1].closed_at if self.votes else self.closed_at


class Fault(StrEnum):
    """What cannot be true, or is not finished."""

    NUMBERS = "numbers"  # not one after the other: a gap would hide an item
    ORDER_OF_TIME = "order_of_time"
    NO_QUORUM = "no_quorum"
    NOT_SETTLED = "not_settled"  # called decided, and the vote settled nothing
    VOTE_OUTDATED = "vote_outdated"  # attendance or conflicts were corrected after it was counted
    CHOSEN_NOT_SEATED = "chosen_not_seated"
    DISSENT = "dissent"
    NO_OUTCOME = "no_outcome"
    NO_TEXT = "no_text"
    CHECKERS = "checkers"

    @property
    def is_unfinished(self):
        """Whether a draft can still be composed with it."""
        return self in {Fault.NO_OUTCOME, Fault.NO_TEXT, Fault.CHECKERS}


class Found(NamedTuple):
    """A Fault, the number of its item (None: the meeting's) and its figures."""

    code: Fault
    number: int | None = None
    figures: dict = {}


@dataclass(frozen=True)
class Meeting:
    """The facts of a meeting. ``people``: key → Person; ``checkers``: keys of the two who check the minutes."""

    body: str
    number: str
    place: str
    called_on: date
    opened_at: datetime
    closed_at: datetime
    group: Group
    people: dict
    movements: tuple
    items: tuple[Item, ...]
    checkers: tuple = ()
    breaks: tuple = ()
    rules: Rules = field(default=RULES)

    @cached_property
    def attendance(self):
        """Person → Stretches."""
        return stretches(self.movements)

    def chosen_for(self, item):
        """Return the chair whom the meeting chose for an item, or None; the latest choice counts."""
        found = [
            each.chosen
            for each in self.items
            if each.chosen is not None
            and each.number < item.number
            and each.chosen_for in (None, item.number)
        ]
        return found[-1] if found else None

    def quorum_of(self, item, at=None):
        """Return the Quorum of an item, at the moment that counts or at another."""
        return quorum(
            self.group,
            self.attendance,
            item.decided_at if at is None else at,
            in_conflict=item.in_conflict,
            chosen=self.chosen_for(item),
            rules=self.rules,
        )

    @cached_property
    def quorums(self):
        """Number → Quorum of each item."""
        return {item.number: self.quorum_of(item) for item in self.items}

    @property
    def held_on(self):
        """The meeting's day in Helsinki."""
        return clock.date_of(self.opened_at)

    @property
    def opener(self):
        """Who could open the meeting by office, or None: then its first item is to choose a chair (C 47)."""
        return quorum(self.group, self.attendance, self.opened_at, rules=self.rules).chair


def faults(meeting):
    """Return what cannot be true or is unfinished in a meeting, as Found, in the order of the items."""
    found = []
    numbers = [item.number for item in meeting.items]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers)) if numbers else []):
        found.append(Found(Fault.NUMBERS))
    times = [
        meeting.opened_at,
        *(t for i in meeting.items for t in (i.opened_at, i.closed_at)),
        meeting.closed_at,
    ]
    if times != sorted(times):
        found.append(Found(Fault.ORDER_OF_TIME))
    for item in meeting.items:
        found += _faults_of(meeting, item)
    seated = [p for p in meeting.checkers if meeting.group.seat_of(p) and p in meeting.attendance]
    if len(set(seated)) < 2 or len(seated) != len(meeting.checkers):
        found.append(Found(Fault.CHECKERS, None, {"checkers": meeting.checkers}))
    return tuple(found)


def _faults_of(meeting, item):
    """Yield the faults of one item."""
    reached = meeting.quorum_of(item)
    figures = {
        "present": reached.present,
        "seats": reached.seats,
        "needed": reached.needed,
        "lacks": reached.lacks,
    }
    needed = {Outcome.DECIDED: Act.DECIDE, Outcome.CHAIR_CHOSEN: Act.CHOOSE_CHAIR}.get(item.outcome)
    if item.outcome is None:
        yield Found(Fault.NO_OUTCOME, item.number)
    elif needed and needed not in reached.acts and Act.DECIDE not in reached.acts:
        yield Found(Fault.NO_QUORUM, item.number, figures)
    elif item.outcome is Outcome.DECIDED and item.votes and item.votes[-1].result is None:
        yield Found(Fault.NOT_SETTLED, item.number, {"ground": item.votes[-1].ground})
    if item.outcome in {Outcome.DECIDED, Outcome.NOTED} and not item.decision.strip():
        yield Found(Fault.NO_TEXT, item.number)
    for vote in item.votes:
        anew = meeting.quorum_of(item, vote.closed_at)
        if vote.quorum != anew:
            strangers = tuple(v.person for v in vote.voices if v.person not in anew.voters)
            yield Found(Fault.VOTE_OUTDATED, item.number, {"at": vote.closed_at, "people": strangers})
    if (item.chosen is not None) != (item.outcome is Outcome.CHAIR_CHOSEN) or (
        item.chosen is not None and item.chosen not in reached.voters
    ):
        yield Found(Fault.CHOSEN_NOT_SEATED, item.number, {"person": item.chosen})
    for dissent in item.dissents:
        why = (
            dissent_hindrance(dissent, item.votes[-1], item_closed_at=item.closed_at)
            if item.votes
            else "took_no_part"
        )
        if why:
            yield Found(Fault.DISSENT, item.number, {"person": dissent.person, "why": why})


def here_now(meeting, person, item):
    """Say whether a person was in the room when an item was settled."""
    return is_present(meeting.attendance, person, item.decided_at)
