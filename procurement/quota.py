"""How much interest a commitment round has room for beside its commitments.

Volumes in € a year, without VAT, exact. The interested together may be at most committed volume × quota, as in the
KLKH150 round; a round may limit their number as well. A conditional yes counts as interested until accepted.
"""

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from consortium.fee_rules import ZERO
from consortium.shares import EXACT
from procurement.estimate import Answer, net_sum


@dataclass(frozen=True)
class Quota:
    """A round's limit: ``share`` of the committed volume (1 = as much), and ``most`` municipalities; None: none."""

    share: Decimal | None = None
    most: int | None = None


class Reply(NamedTuple):
    """A municipality's yes or interest: yearly volume (€), when it arrived, its reservation.

    ``arrived``: anything that sorts, such as a time or a running number; equal ones keep the order given.
    """

    key: object
    answer: Answer
    yearly: Decimal | None
    arrived: object = 0
    conditional: bool = False
    accepted: bool = False

    @property
    def counts_as(self):
        """The answer that it counts as; ValueError for one that is neither a yes nor interest."""
        answer = Answer(self.answer)
        return Answer.INTERESTED if self.conditional and not self.accepted else answer


class Hindrance(StrEnum):
    """Why an interest does not fit."""

    NO_VOLUME = "no_volume"  # without an estimate it cannot be held against a quota of volume
    FULL = "full"  # as many municipalities as the round takes
    VOLUME = "volume"  # its volume is more than what is left


@dataclass(frozen=True)
class Room:
    """What a round has room for: volumes in € a year; ``limit`` and ``left`` None where there is no such limit.

    ``fits``: the keys of the interested who fit, in order of arrival; ``waiting``: key → Hindrance of the others.
    """

    committed: Decimal
    interested: Decimal
    limit: Decimal | None
    places: int | None
    fits: tuple
    waiting: dict

    @property
    def left(self):
        """The volume (€) that is still open to the interested; None without a limit."""
        if self.limit is None:
            return None
        with localcontext(EXACT):
            return self.limit - self.interested

    @property
    def places_left(self):
        """How many more municipalities the round takes as interested; None without a limit."""
        return None if self.places is None else max(self.places - len(self.fits), 0)

    def hindrance(self, yearly):
        """Return why one more interested of so much volume (€ or None) does not fit, or None."""
        if self.places_left == 0:
            return Hindrance.FULL
        if self.limit is None:
            return None
        if yearly is None:
            return Hindrance.NO_VOLUME
        return Hindrance.VOLUME if net_sum(yearly, "yearly volume") > self.left else None


def room(replies, quota):
    """Return the Room of a round from its replies, the interested taken in the order of arrival.

    All that is committed counts, whenever it came. One who does not fit waits, and a smaller one after it may still
    fit. Late replies are the caller's to leave out until accepted. Raises TypeError for a float; ValueError for a
    figure below zero, one municipality twice, or an answer that is neither a yes nor interest.
    """
    replies = sorted(replies, key=lambda reply: reply.arrived)
    if len({reply.key for reply in replies}) < len(replies):
        raise ValueError("Each municipality has one answer.")
    if quota.most is not None and (not isinstance(quota.most, int) or quota.most < 0):
        raise ValueError(f"The places are a whole number, 0 or more: {quota.most}.")
    volumes = {
        reply.key: None if reply.yearly is None else net_sum(reply.yearly, "yearly volume")
        for reply in replies
    }
    with localcontext(EXACT):
        committed = sum((volumes[r.key] or ZERO for r in replies if r.counts_as is Answer.COMMITTED), ZERO)
        limit = None if quota.share is None else committed * net_sum(quota.share, "quota")
        found = Room(committed, ZERO, limit, quota.most, (), {})
        for reply in replies:
            if reply.counts_as is not Answer.INTERESTED:
                continue
            hindrance, yearly = found.hindrance(reply.yearly), volumes[reply.key] or ZERO
            if hindrance:
                found = replace(found, waiting=found.waiting | {reply.key: hindrance})
            else:
                found = replace(found, interested=found.interested + yearly, fits=(*found.fits, reply.key))
        return found
