"""The call of a meeting: who is called, who comes, and who sits for whom."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from steering import call_emails
from steering.models.words import Coming, MeetingState, Place, SeatKind

TOLD_TO_CALENDARS = ("starts_at", "ends_at", "place", "link")


class Calling:
    """What is done with a meeting from its call on; for meetings."""

    def call(self, *, by):
        """Call everybody who sits on its day. The agenda is made, and the letters leave with it.

        A seat without a member is called by its deputy. Items that have waited come onto the agenda first.
        """
        with self.step("call", by=by) as details:
            if self.starts_at is None:
                raise ValidationError(_("Choose the day first."))
            self.refuse_past()
            self._fill(by)
            if not self.items.exists():
                raise ValidationError(_("The agenda is empty. Put at least one item on it."))
            self.called_on, self.changed_at = clock.today(), clock.now()
            self.revision += 1
            self.save()  # the papers and calls that follow rest on it
            terms = self.seated()
            if not terms:
                raise ValidationError(
                    _("Nobody sits in the group on that day. Record its appointment first.")
                )
            for term in terms:
                self.calls.create(term=term, user=term.user, called_at=clock.now())
            details["called"] = len(terms)
            self.print_agenda(by=by)

    def seated(self):
        """Return the terms of those who are called at once: members, experts, secretary; a deputy in an empty seat."""
        rows = self._terms()
        filled = {term.seat_id for term in rows if term.place == Place.MEMBER}
        return [term for term in rows if term.place == Place.MEMBER or term.seat_id not in filled]

    def _terms(self):
        rows = self.body.terms.filter(period__contains=self.on)
        rows = rows.filter(Q(seat__ended_on__isnull=True) | Q(seat__ended_on__gte=self.on))
        return list(rows.select_related("user", "seat").order_by("seat__number", "-place"))

    def deputy_of(self, call):
        """Return the term of the personal deputy of the one who was called, on the meeting's day, or None."""
        if call.term.place != Place.MEMBER or call.term.seat.kind != SeatKind.MEMBER:
            return None
        rows = self.body.terms.filter(period__contains=self.on, seat=call.term.seat_id, place=Place.DEPUTY)
        return rows.select_related("user", "seat").first()

    def standing_calls(self):
        """Return the calls that stand, with who is called and in what place, in the order of the seats."""
        rows = self.calls.filter(released_at__isnull=True)
        names = ("user", "term__user", "term__seat", "term__municipality")
        return list(rows.select_related(*names).order_by("term__seat__number", "-term__place"))

    def print_agenda(self, *, by):
        """Have the agenda made anew as files: one for everybody, one for those who read all of it; both languages."""
        apps.get_model("steering", "AgendaPaper").ask(self, by=by)

    def send_call(self):
        """Write to those called who have not been told, once the agenda's files are there. Returns how many."""
        paper = apps.get_model("steering", "AgendaPaper")
        meeting = self.held()
        if meeting.state != MeetingState.CALLED:
            return 0
        papers = paper.objects.open_files(meeting)
        if papers is None:
            return 0
        waiting = [call for call in meeting.standing_calls() if call.told_at is None]
        for call in waiting:
            call.tell(meeting, papers)
        return len(waiting)

    def change(self, *, by, revision, **facts):
        """Change day, hour, place or link after the call: calendars are told, and who comes is asked anew.

        Whoever sits no longer on the new day is told so; whoever has begun meanwhile is called. Its number, and so
        its year, stays.
        """
        with self.step("change", by=by, fields=sorted(facts)):
            self.refuse_stale(revision)
            before = {name: getattr(self, name) for name in TOLD_TO_CALENDARS}
            for name, value in facts.items():
                setattr(self, name, value)
            self.full_clean(exclude=["made_by"])
            self.revision += 1
            changed = [name for name, value in before.items() if getattr(self, name) != value]
            if not changed:
                return
            if self.starts_at != before["starts_at"]:
                self.refuse_past()
                self._refuse_another_year()
            self.sequence, self.changed_at = self.sequence + 1, clock.now()
            self.save()
            if {"starts_at", "ends_at"} & set(changed):
                self.calls.update(coming="", answered_at=None)
                self._call_anew()
            for call in self.standing_calls():
                if call.told_at is not None:
                    call.tell_change(self, before["starts_at"])
            self.print_agenda(by=by)

    def _refuse_another_year(self):
        """Raise ValidationError for a day outside the year in which it is numbered: its number has been told."""
        if self.on.year != self.year:
            words = _(
                "The meeting was called as %(number)s. For a day of another year cancel it and call a new one: the "
                "items come onto that agenda by themselves."
            )
            raise ValidationError({"on": ValidationError(words, "year", {"number": self.number})})

    def _call_anew(self, because="moved"):
        """Release those who do not sit on its day, and call those who do. Returns the calls made or renewed."""
        terms = {term.pk: term for term in self._terms()}
        known = {call.term_id: call for call in self.calls.select_related("user", "term__seat")}
        for term_id, call in known.items():
            if term_id not in terms and call.released_at is None:
                call.release(self, because=because)
        found = []
        for term in self.seated():
            call = known.get(term.pk)
            if call is None:
                found.append(self._called(term))
            elif call.released_at is not None:
                call.renew(self)
                found.append(call)
        return found

    def _called(self, term):
        """Call a person. Calendars that have cancelled a state take only a later one in."""
        if self.calls.filter(user=term.user, released_at__isnull=False, told_at__isnull=False).exists():
            self.sequence, self.changed_at = self.sequence + 1, clock.now()
        return self.calls.create(term=term, user=term.user, called_at=clock.now())

    def reseat(self):
        """Follow a change of the seats: take back the calls of those who sit no longer on its day, call who does.

        One who is called already and gets another place keeps the call. A new member's deputy is not needed; a new
        deputy is called where the member does not come. Nothing happens once it has been opened.
        """
        with transaction.atomic():
            meeting = self.held()
            if meeting.state != MeetingState.CALLED or meeting.ends_at < clock.now():
                return
            meeting._keep_called()
            new = meeting._call_anew(because="term")
            papers = apps.get_model("steering", "AgendaPaper").objects.open_files(meeting)
            standing = {(call.term.seat_id, call.term.place): call for call in meeting.standing_calls()}
            for call in new:
                deputy = standing.get((call.term.seat_id, Place.DEPUTY))
                if deputy and call.has_vote and not call.as_deputy:
                    deputy.release(meeting, instead=call, because="seated")
                if papers is not None:  # else the letter leaves with the agenda's files
                    call.tell(meeting, papers)
            for call in standing.values():
                term = meeting.deputy_of(call) if call.coming == Coming.NO else None
                if term is not None:
                    meeting._ask(term, meeting.calls.filter(term=term).first(), call)
            meeting.save(update_fields=["sequence", "changed_at"])

    def _keep_called(self):
        """Give the standing calls of those who sit in another place now to their new terms."""
        terms = {term.user_id: term for term in self.seated()}
        for call in self.standing_calls():
            term = terms.get(call.user_id)
            if term is not None and term.pk != call.term_id and not self.calls.filter(term=term).exists():
                call.term = term
                call.save(update_fields=["term"])

    def cancel(self, *, by, cancelled_fi, cancelled_sv):
        """Call it off with the reason; calendars are told. Its items come onto the next agenda by themselves."""
        with self.step("cancel", by=by):
            self.cancelled_fi, self.cancelled_sv = cancelled_fi, cancelled_sv
            self.sequence, self.changed_at = self.sequence + 1, clock.now()
            self.revision += 1
            for call in self.standing_calls() if self.called_on else []:
                if call.told_at is not None:
                    call_emails.cancelled(call, self)

    def answer(self, *, by, coming, user=None):
        """Record whether somebody who was called comes; a member's "no" calls the member's own deputy at once.

        A member who comes after all takes the seat back, and the deputy is told. ``user``: for whom ``by`` answers.
        """
        user = user or by
        with self.step("answer", by=by, person=user.pk, coming=coming):
            rows = self.calls.select_for_update(of=("self",), no_key=True)
            rows = rows.select_related("user", "term__seat", "term__user")
            call = rows.filter(user=user, released_at__isnull=True).first()
            if call is None:
                raise ValidationError(_("The person has not been called to this meeting."), code="not_called")
            call.coming, call.answered_at = Coming(coming), clock.now()
            call.save(update_fields=["coming", "answered_at"])
            term = self.deputy_of(call)
            if term is None:
                return
            deputy = self.calls.select_related("user", "term__seat", "term__user").filter(term=term).first()
            if coming == Coming.NO:
                self._ask(term, deputy, call)
            elif deputy is not None and deputy.released_at is None:
                deputy.release(self, instead=call)

    def _ask(self, term, deputy, call):
        """Call a member's deputy, or call the deputy again who was released before."""
        if deputy is None:
            deputy = self._called(term)
        elif deputy.released_at is None:
            return
        else:
            deputy.renew(self)
        papers = apps.get_model("steering", "AgendaPaper").objects.open_files(self)
        deputy.tell(self, papers or [], instead=call)

    def still_tells(self, template):
        """Tell whether a letter about it is still true when it is about to leave."""
        return self.state == MeetingState.PLANNED or not template.endswith(("poll_asked", "poll_chosen"))
