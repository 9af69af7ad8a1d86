"""The group's meeting over the database on one afternoon, Wednesday 9.6.2027, and a clock that is set by hand."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from consortium import clock
from steering.models import MovementKind
from tests.steering_world import meeting, steering_group

DAY = dt.date(2027, 6, 9)


def it_is(time):
    """Set the portal's clock to a time of the afternoon: "14.20"."""
    hour, minute = map(int, time.split("."))
    settings.MOVED_TODAY = f"{DAY}T{hour:02}:{minute:02}:00"
    clock.STARTED = timezone.now()


def at(time):
    """Return a moment of the afternoon."""
    hour, minute = map(int, time.split("."))
    return dt.datetime.combine(DAY, dt.time(hour, minute), tzinfo=clock.HELSINKI)


def titles(*names):
    """Return items with those titles and a proposed decision."""
    return [
        {
            "title_fi": name,
            "title_sv": f"{name} (sv)",
            "proposal_fi": f"{name}: hyväksytään.",
            "proposal_sv": f"{name}: godkänns.",
        }
        for name in names
    ]


DECIDED = {"decision_fi": "Hyväksyttiin.", "decision_sv": "Godkändes."}
NOTED = {"decision_fi": "Merkittiin tiedoksi.", "decision_sv": "Antecknades för kännedom."}


class Hall:
    """A called meeting with its people: ``m[0]`` presides, ``v[n]`` is the deputy of ``m[n]``, ``s`` the secretary."""

    def __init__(self, *, seats=11, items=("Ensimmäinen", "Toinen", "Kolmas"), **facts):
        it_is("12.00")
        self.group = steering_group(seats=seats, **facts)
        self.m, self.v, self.s = self.group.members, self.group.deputies, self.group.secretary
        rows = [titles(item)[0] if isinstance(item, str) else item for item in items]
        self.meeting = meeting(self.group, items=rows, starts_at=at("13.00"))

    def item(self, place):
        """Return the item at a place of the agenda, as the row stands."""
        return self.meeting.items.get(position=place)

    def begin(self, time="13.00", present=None, visitors=()):
        """Open the meeting with members by number (all by default), or with accounts."""
        it_is(time)
        people = self.m if present is None else present
        people = [self.m[n] if isinstance(n, int) else n for n in people]
        self.meeting.refresh_from_db()
        self.meeting.begin(by=self.s, present=[user.pk for user in people], visitors=visitors)
        return self

    def arrive(self, time, *people):
        """Mark at a time that people arrive."""
        self._mark(MovementKind.ARRIVED, time, people)

    def leave(self, time, *people):
        """Mark at a time that people leave."""
        self._mark(MovementKind.LEFT, time, people)

    def drop(self, time, *people):
        """Mark at a time that people's connection breaks."""
        self._mark(MovementKind.DROPPED, time, people)

    def _mark(self, kind, time, people):
        it_is(time)
        self.meeting.mark(by=self.s, kind=kind, people=[user.pk for user in people])

    def take(self, place, time):
        """Take an item up. Returns it."""
        it_is(time)
        row = self.item(place)
        row.take_up(by=self.s)
        return row

    def decide(self, place, time, **more):
        """Take an item up and decide it at a time. Returns it."""
        row = self.take(place, time)
        row.decide(by=self.s, **DECIDED, **more)
        return row
