"""Who is in the room: everybody with a place in the body, their times, and the marks made."""

from functools import cached_property

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from steering.models import Coming, MovementKind, Office, SeatKind
from steering.models.facts import day_of, sitters
from steering.models.untrue import at as clocked
from steering.quorum import Office as Presides

OFFICES = {Presides.CHAIR: Office.CHAIR.label, Presides.VICE_CHAIR: Office.VICE.label}


class People:
    """The people of a meeting as it stands now; part of what its record shows."""

    @cached_property
    def users(self):
        """Account number → account of all who sit in the body, or work in the service centre."""
        found = dict(sitters(self.meeting.body, day_of(self.meeting), "fi").users)
        staff = {user.pk: user for user in get_user_model().objects.staff()}
        return found | staff | {self.user.pk: self.user}

    def name_of(self, key):
        """Return a person's name."""
        return self.people[key].name if key in self.people else self.users[key].get_full_name()

    @cached_property
    def everyone(self):
        """(account number, name) of all who sit in the body, seat by seat, then experts and the secretary."""
        keys = [key for seat in self.group.seats for key in (seat.member, seat.deputy) if key]
        keys += [*self.group.experts, *([self.group.secretary] if self.group.secretary else [])]
        found = [(key, self.name_of(key)) for key in keys]
        if self.user.pk not in keys and self.user.is_staff:
            found.append((self.user.pk, self.user.get_full_name()))
        return found

    @property
    def seated(self):
        """(account number, name) of those with a seat, and of their deputies."""
        return [
            (key, self.name_of(key)) for seat in self.group.seats for key in (seat.member, seat.deputy) if key
        ]

    @property
    def voters(self):
        """(account number, name) of those who have a vote now, in the item in hand."""
        return [(key, self.name_of(key)) for key in self.current.voters]

    @property
    def owners(self):
        """(account number, name) of those who can be given something to do."""
        keys = [key for key, _name in self.everyone]
        return [
            *self.everyone,
            *((key, user.get_full_name()) for key, user in self.users.items() if key not in keys),
        ]

    def is_present(self, key):
        """Say whether somebody is in the room now."""
        return any(stretch.holds(self.now) for stretch in self.facts.attendance.get(key, ()))

    def attendance(self, ticked):
        """Return the list of attendance: everybody with their place, and where they are. ``ticked``: chosen numbers."""
        rows = []
        for seat in self.group.seats:
            for key, is_deputy in ((seat.member, False), (seat.deputy, True)):
                if key:
                    rows.append(self._row(key, ticked, seat, is_deputy))
            if seat.member is None:
                rows.append(
                    {"seat": seat.key, "words": _("Seat %(number)s is vacant.") % {"number": seat.key}}
                )
        rows += [self._row(key, ticked) for key, _name in self.everyone if self.group.seat_of(key) is None]
        return rows

    def _row(self, key, ticked, seat=None, is_deputy=False):
        own = self.facts.attendance.get(key, ())
        present = bool(own) and own[-1].left is None
        state = _("not here")
        if present:
            state = _("here since %(time)s") % {"time": clocked(own[-1].arrived)}
        elif own and own[-1].dropped:
            state = _("connection lost at %(time)s") % {"time": clocked(own[-1].left)}
        elif own:
            state = _("left at %(time)s") % {"time": clocked(own[-1].left)}
        call = self.calls.get(key)
        answer = Coming(call.coming).label if call and call.coming else ""
        place = self.people[key].municipality if key in self.people else ""
        return {
            "key": key,
            "seat": seat.key if seat else "",
            "name": self.name_of(key),
            "place": place,
            "role": self._role(key, seat, is_deputy),
            "state": state,
            "present": present,
            "votes": key in self.current.voters,
            "beside": present and is_deputy and key not in self.current.voters,
            "checked": key in ticked,
            "coming": (call is not None and call.coming == Coming.YES) or key == self.user.pk,
            "answer": answer,
        }

    def _role(self, key, seat, is_deputy):
        if is_deputy:
            member = self.name_of(seat.member) if seat.member else ""
            return _("deputy of %(name)s") % {"name": member} if member else _("deputy, the seat is vacant")
        if seat:
            return OFFICES.get(seat.office) or _("member")
        if key == self.group.secretary:
            return SeatKind.SECRETARY.label
        return SeatKind.EXPERT.label if key in self.group.experts else _("service centre")

    @property
    def visitors(self):
        """Visitors who are in the room."""
        return [key for key in self.facts.attendance if isinstance(key, str) and self.is_present(key)]

    @property
    def log(self):
        """The marks of attendance, the newest first: what was marked, and whether it can be taken back."""
        return [
            {
                "pk": mark.pk,
                "time": clocked(mark.at),
                "name": mark.visitor or mark.user.get_full_name(),
                "kind": MovementKind(mark.kind).label,
                "undone": mark.undone_at is not None,
            }
            for mark in reversed(self.marks)
        ]
