"""How an item is decided: by consensus or by roll call, with ties, and who may dissent.

Who may vote is judged at the close of the vote (C 50): each seat once, by whoever sits in it then. There is no secret
ballot. Source: Kuntalaki 104 and 106 § as a model; where a rule is the portal's own, it says so.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from steering.quorum import RULES, Quorum, Role, is_present, quorum


class Choice(StrEnum):
    """What a vote is given for: the proposal, or against it (for the counter-proposal); a blank counts for neither."""

    FOR = "for"
    AGAINST = "against"
    BLANK = "blank"


class Way(StrEnum):
    """How an item was put."""

    CONSENSUS = "consensus"
    ROLL_CALL = "roll_call"


class Refusal(StrEnum):
    """Why a vote that was sent does not count; each is told to the sender."""

    EARLY = "early"
    LATE = "late"  # after the vote was closed
    NO_SEAT = "no_seat"  # experts, the secretary, visitors
    NOT_PRESENT = "not_present"  # at the close: left, or dropped out
    CONFLICT = "conflict"
    BESIDE_MEMBER = "beside_member"  # the seat is the member's: the deputy has no vote
    SENT_TWICE = "sent_twice"  # the same again: harmless
    ANOTHER_CHOICE = "another_choice"  # the first stands; one who means it sends it as a change (as in C 23)


class Ground(StrEnum):
    """What the result rests on, or why there is none."""

    UNOPPOSED = "unopposed"
    MAJORITY = "majority"
    CHAIR = "chair"  # a tie, settled by the chair's vote
    NO_QUORUM = "no_quorum"
    OPPOSED = "opposed"  # no consensus: a vote is to be taken
    TIE = "tie"  # and nobody's vote settles it
    NO_VOTES = "no_votes"  # nobody voted, or all blank


class Cast(NamedTuple):
    """A vote as it was sent. ``changes``: knowingly in place of the person's own earlier one."""

    person: object
    choice: Choice
    at: datetime
    changes: bool = False


class Voice(NamedTuple):
    """A vote that counts: the seat's key, whose vote it was, and the member whose deputy gave it, or None."""

    seat: object
    person: object
    choice: Choice
    deputy_for: object | None = None


class Refused(NamedTuple):
    """A vote that does not count, and why."""

    cast: Cast
    why: Refusal


@dataclass(frozen=True)
class Vote:
    """The outcome of putting an item. ``result``: FOR or AGAINST, None where nothing was decided.

    ``voices`` in the order of the seats; ``silent``: those who had a vote and gave none; ``opposed``: who broke a
    consensus. ``quorum`` is that of the close.
    """

    way: Way
    quorum: Quorum
    result: Choice | None
    ground: Ground
    voices: tuple = ()
    silent: tuple = ()
    refused: tuple = ()
    opposed: tuple = ()
    opened_at: datetime | None = None  # of a roll call

    @property
    def counts(self):
        """Choice → number of votes."""
        found = Counter(voice.choice for voice in self.voices)
        return {choice: found[choice] for choice in Choice}

    @property
    def closed_at(self):
        """The moment that decided who could vote."""
        return self.quorum.at

    def choice_of(self, person):
        """Return what a person's vote was given for, or None."""
        return next((voice.choice for voice in self.voices if voice.person == person), None)


def by_consensus(group, attendance, *, at, opposed=(), in_conflict=frozenset(), chosen=None, rules=RULES):
    """Return the Vote of an item that nobody who has a vote opposes; opposed by one, it is left to a roll call."""
    found = quorum(group, attendance, at, in_conflict=in_conflict, chosen=chosen, rules=rules)
    against = tuple(person for person in opposed if person in found.voters)
    if not found.is_reached:
        return Vote(Way.CONSENSUS, found, None, Ground.NO_QUORUM, opposed=against)
    if against:
        return Vote(Way.CONSENSUS, found, None, Ground.OPPOSED, opposed=against)
    return Vote(Way.CONSENSUS, found, Choice.FOR, Ground.UNOPPOSED)


def by_roll_call(
    group, attendance, casts, *, opened_at, closed_at, in_conflict=frozenset(), chosen=None, rules=RULES
):
    """Return the Vote taken between two moments, both included; the second decides who may vote.

    A person's first vote stands unless changed knowingly before the close. The greater number of votes decides, blanks
    apart; a tie goes by the vote of whoever presides at the close, where that one voted for either. Raises ValueError
    for a close before the opening. Source: Kuntalaki 104 §; C 50.
    """
    if closed_at < opened_at:
        raise ValueError("A vote closes after it was opened.")
    found = quorum(group, attendance, closed_at, in_conflict=in_conflict, chosen=chosen, rules=rules)
    standing, refused = {}, []
    for cast in sorted(casts, key=lambda each: each.at):
        cast = cast._replace(choice=Choice(cast.choice))
        why = _refusal(cast, standing, group, attendance, found, opened_at, in_conflict)
        if why:
            refused.append(Refused(cast, why))
        else:
            standing[cast.person] = cast.choice
    voices = tuple(
        Voice(s.seat.key, person, standing[person], s.seat.member if s.as_deputy else None)
        for person, s in found.voters.items()
        if person in standing
    )
    silent = tuple(person for person in found.voters if person not in standing)
    result, ground = _result(found, voices, rules)
    return Vote(Way.ROLL_CALL, found, result, ground, voices, silent, tuple(refused), opened_at=opened_at)


def _refusal(cast, standing, group, attendance, found, opened_at, in_conflict):
    if cast.at < opened_at:
        return Refusal.EARLY
    if cast.at > found.at:
        return Refusal.LATE
    if cast.person not in found.voters:
        return _no_vote(cast.person, group, attendance, found.at, in_conflict)
    if cast.person in standing:
        if standing[cast.person] == cast.choice:
            return Refusal.SENT_TWICE
        return None if cast.changes else Refusal.ANOTHER_CHOICE
    return None


def _no_vote(person, group, attendance, at, in_conflict):
    """Return why a person has no vote at a moment."""
    if group.role_of(person) not in {Role.MEMBER, Role.DEPUTY}:
        return Refusal.NO_SEAT
    if person in in_conflict:
        return Refusal.CONFLICT
    if not is_present(attendance, person, at):
        return Refusal.NOT_PRESENT
    member = group.seat_of(person).member
    return Refusal.CONFLICT if member in in_conflict else Refusal.BESIDE_MEMBER


def _result(found, voices, rules):
    if not found.is_reached:
        return None, Ground.NO_QUORUM
    ayes, noes = (sum(v.choice is choice for v in voices) for choice in (Choice.FOR, Choice.AGAINST))
    if not ayes + noes:
        return None, Ground.NO_VOTES
    if ayes != noes:
        return (Choice.FOR if ayes > noes else Choice.AGAINST), Ground.MAJORITY
    chairs = next((v.choice for v in voices if v.person == found.chair), Choice.BLANK)
    if rules.chair_settles and chairs is not Choice.BLANK:
        return chairs, Ground.CHAIR
    return None, Ground.TIE


class Gone(NamedTuple):
    """One with a seat who was there when a vote was opened and went before its close; ``back_at``: or None."""

    person: object
    left_at: datetime
    dropped: bool
    back_at: datetime | None


def gone_during(group, attendance, opened_at, closed_at):
    """Return those of the seats who left or dropped out during a vote, for the minutes (C 50)."""
    found = []
    for seat in group.seats:
        for person in (seat.member, seat.deputy):
            own = attendance.get(person, ()) if person is not None else ()
            for number, stretch in enumerate(own):
                if stretch.holds(opened_at) and stretch.left is not None and stretch.left <= closed_at:
                    back = own[number + 1].arrived if number + 1 < len(own) else None
                    back = back if back is not None and back <= closed_at else None
                    found.append(Gone(person, stretch.left, stretch.dropped, back))
    return tuple(found)


class Dissent(NamedTuple):
    """A dissent: whose, when it was announced, its text (may follow), and whether a counter-proposal was theirs."""

    person: object
    announced_at: datetime
    text: str = ""
    text_at: datetime | None = None
    proposed_otherwise: bool = False


class Hindrance(StrEnum):
    """Why a dissent cannot be entered."""

    TOOK_NO_PART = "took_no_part"
    DID_NOT_OPPOSE = "did_not_oppose"
    BEFORE_DECISION = "before_decision"
    NOT_AT_ONCE = "not_at_once"
    TEXT_TOO_LATE = "text_too_late"


def dissent_hindrance(dissent, vote, *, item_closed_at, checked_at=None):
    """Return why a dissent from a decision cannot be entered, or None.

    Open to one who took part and voted against the decision or proposed otherwise. It is announced as soon as the
    decision is made, here: before the item is closed; its text comes before the minutes are checked. Source: Kuntalaki
    106 §.
    """
    if dissent.person not in vote.quorum.voters:
        return Hindrance.TOOK_NO_PART
    choice = vote.choice_of(dissent.person)
    opposed = vote.result is not None and choice not in (None, Choice.BLANK, vote.result)
    if not (opposed or dissent.proposed_otherwise):
        return Hindrance.DID_NOT_OPPOSE
    if dissent.announced_at < vote.closed_at:
        return Hindrance.BEFORE_DECISION
    if dissent.announced_at > item_closed_at:
        return Hindrance.NOT_AT_ONCE
    if checked_at is not None and dissent.text_at is not None and dissent.text_at >= checked_at:
        return Hindrance.TEXT_TOO_LATE
    return None
