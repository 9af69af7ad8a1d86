"""A meeting while it meets: opened, attendance marked, adjourned and resumed, gone on with another day, closed."""

import datetime as dt
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext, ngettext_lazy, override
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from steering.models.body import Body
from steering.models.facts import day_of, sitters
from steering.models.planning import CARRIED
from steering.models.untrue import HINDRANCES, refuse_untrue
from steering.models.untrue import at as clocked
from steering.models.words import MeetingState, MinutesState, MovementKind, Outcome
from steering.voting import Hindrance

MINUTE = dt.timedelta(minutes=1)
LITTLE = dt.timedelta(microseconds=1)


class Sitting:
    """What is done with a meeting on its day; for meetings. Each act takes the meeting's row first."""

    @property
    def in_hand(self):
        """Return the item that is being dealt with, or None."""
        return self.items.filter(opened_at__isnull=False, closed_at__isnull=True).first()

    @property
    def left(self):
        """Return the items that have not been taken up, in the order of the agenda."""
        return self.items.filter(opened_at__isnull=True).order_by("position")

    def begin(self, *, by, present=(), visitors=(), at=None):
        """Open the meeting with those who are there: accounts, and visitors by name. ``at``: a time of this day.

        The chair opens, or the vice-chair; where both are absent the meeting has to choose a chair first (C 47).
        Nobody's term ends meanwhile: who sat is reckoned from the terms.
        """
        with self._true("begin", by=by) as (details, now):
            self._hold_body()
            if clock.date_of(self.starts_at) != clock.today():
                raise ValidationError(_("A meeting is opened on its own day. Change its day first."), "day")
            at = self._moment(at, now, since=None)
            self.opened_at = at
            self.save()
            self._mark(MovementKind.ARRIVED, present, visitors, at, by, now)
            details |= {"at": at, "present": len(present)}

    def mark(self, *, by, kind, people=(), visitors=(), at=None):
        """Mark that people arrive, leave or drop out, now or at a time of this day that has passed.

        Raises ValidationError where the mark contradicts another one or what has been decided.
        """
        with self._true("mark", by=by, kind=kind) as (details, now):
            at = self._moment(at, now, since=self.opened_at)
            self._refuse_idle(kind, people, at)
            if not people and not visitors:
                raise ValidationError(_("Choose at least one person."), "nobody")
            rows = self._mark(kind, people, visitors, at, by, now)
            details |= {"at": at, "marks": [row.pk for row in rows]}

    def undo(self, *, by, movement):
        """Take a mark of attendance back; that it was there stays on record."""
        with self._true("mark", by=by, undone=movement) as (_details, now):
            self._take_mark_back(movement, now)

    def _take_mark_back(self, movement, now):
        row = self.movements.filter(pk=movement, undone_at__isnull=True).first()
        if row is None:
            raise ValidationError(_("The mark has been taken back already."), "undone")
        row.undone_at = now
        row.save()

    def adjourn(self, *, by, at=None):
        """Break the meeting off for a while, between items or in the midst of one, but never of a vote."""
        with self._true("adjourn", by=by) as (details, now):
            self._refuse_open_vote()
            at = self._moment(at, now, since=self.opened_at)
            self.recesses.create(began_at=at, began_by=by)
            details["at"] = at

    def resume(self, *, by, at=None):
        """Go on after the break, on the same day. ``at``: a time of that day; on a later one it has to be typed."""
        with self._true("resume", by=by) as (details, now):
            recess = self.recesses.get(ended_at__isnull=True)
            if clock.date_of(at or now) != clock.date_of(recess.began_at):
                raise ValidationError(
                    _(
                        "On another day the meeting goes on as a meeting of its own: give its day and hour. If it went "
                        "on after the break on the same day, write at what time."
                    ),
                    "day",
                )
            recess.ended_at = self._moment(at, now, since=recess.began_at)
            recess.ended_by = by
            recess.save()
            details["at"] = recess.ended_at

    def choose_chair(self, *, by, user, for_item=None):
        """Choose a chair from here on, or for one item alone, as an item of its own before the next. Returns it.

        As the first item where chair and vice-chair are absent (C 47).
        """
        with transaction.atomic():
            meeting = self.held()
            meeting._refuse_in_hand()
            following = for_item or meeting.left.first()
            last = meeting.items.aggregate(last=Max("position"))["last"] or 0
            position = following.position if following else last + 1
            meeting.items.filter(position__gte=position).update(position=F("position") + 1)
            row = meeting.items.model(meeting=meeting, position=position)
            for language in ("fi", "sv"):
                with override(language):
                    title = gettext("Choosing a chair")
                setattr(row, f"title_{language}", title)
            row.save()
            row.take_up(by=by)
            row.choose_chair(by=by, user=user, for_item=for_item)
        return row

    def carry_over(self, *, by):
        """Move every item that has not been dealt with to the next meeting. Returns how many."""
        with self._true("carry_over", by=by) as (details, now):
            self._refuse_in_hand()
            rows = self._move_rest(by, now)
            if not rows:
                raise ValidationError(_("Every item has been dealt with."), "none")
            details["items"] = [row.pk for row in rows]
        return len(rows)

    def continue_on(self, *, by, starts_at, ends_at, place="", link=""):
        """End for today and go on another day with what is left, as a meeting of its own. Returns that meeting.

        An item in the midst of which the meeting was adjourned goes on there, too. Those who sit on that day are called
        at once, a deputy where the seat is empty; the proposers of what is left are told of the day.
        """
        with self._true("continue_on", by=by, starts_at=starts_at) as (details, now):
            if not self.recesses.filter(ended_at__isnull=True).exists():
                self._refuse_in_hand()
            if clock.date_of(starts_at) <= clock.date_of(self.opened_at):
                raise ValidationError({"starts_at": _("Choose a later day.")})
            rows = self._move_rest(by, now)
            if not rows:
                raise ValidationError(_("Every item has been dealt with."), "none")
            self.closed_at = now
            self.recesses.filter(ended_at__isnull=True).update(ended_at=now, ended_by=by)
            row = self._next_day(rows, by, starts_at=starts_at, ends_at=ends_at, place=place, link=link)
            details["meeting"] = row.pk
        return row

    def close(self, *, by):
        """Close the meeting: every item has its outcome. The minutes are drafted from what was recorded."""
        with self._true("close", by=by) as (_details, now):
            self._refuse_in_hand()
            if left := self.left.count():
                words = ngettext_lazy(
                    "One item has not been dealt with. Take it up, or move it to the next meeting.",
                    "%(count)s items have not been dealt with. Take them up, or move them to the next meeting.",
                    left,
                )
                raise ValidationError(words, "left", {"count": left})
            self.closed_at = now

    def give_reasons(self, *, by, dissent, text):
        """Write the reasons of a dissent that came afterwards, until the minutes are sent to be checked."""
        with transaction.atomic():
            meeting = self.held()
            minutes = getattr(meeting, "minutes", None)
            if minutes is not None and minutes.state != MinutesState.DRAFT:
                raise ValidationError(HINDRANCES[Hindrance.TEXT_TOO_LATE], "text_too_late")
            rows = self.items.model.dissents.rel.related_model.objects.select_for_update(no_key=True)
            row = rows.filter(item__meeting=self, pk=dissent).first()
            if row is None:
                raise ValidationError(_("The dissent is there no more."), "gone")
            row.text, row.text_at = text, clock.now()
            row.full_clean(exclude=["item", "user", "recorded_by"])
            row.save()
            AuditEvent.record(self, "give_reasons", by=by, dissent=row.pk)

    # --- What the verbs share -----------------------------------------------------------------------------------

    @contextmanager
    def _true(self, verb, *, by, **details):
        """Take one step of the meeting and refuse what could not be true afterwards. Yields (details, the moment)."""
        with self.step(verb, by=by, **details) as recorded:
            now = clock.now()
            yield recorded, now
            self.save()
            refuse_untrue(self, now)

    def _moment(self, at, now, *, since):
        """Return the moment that was typed, or this one. A typed minute means a moment in it after what is recorded.

        Raises ValidationError for one to come or before ``since``.
        """
        if at is None:
            return now
        if at > now:
            raise ValidationError({"at": ValidationError(_("That time is still to come."), "to_come")})
        if clock.date_of(at) not in {clock.date_of(now), clock.date_of(since), day_of(self)}:
            raise ValidationError({"at": ValidationError(_("Give a time of the meeting's day."), "day")})
        last = self._last_recorded()
        if last and at <= last < at + MINUTE:
            at = min(last + LITTLE, now)
        if since and at < since:
            words = _("The meeting was opened at %(time)s.")
            if since != self.opened_at:
                words = _("The meeting was adjourned at %(time)s.")
            raise ValidationError({"at": ValidationError(words, "early", {"time": clocked(since)})})
        return at

    def _last_recorded(self):
        """Return the last moment at which something was settled, which a minute typed later cannot undo."""
        found = self.items.aggregate(
            opened=Max("opened_at"), closed=Max("closed_at"), voted=Max("ballots__closed_at")
        )
        return max((each for each in (*found.values(), self.opened_at) if each), default=None)

    def _mark(self, kind, people, visitors, at, by, now):
        """Write marks of attendance. Raises ValidationError for one without an account that may enter."""
        model, wanted = self.movements.model, {int(key) for key in people}
        known = set(get_user_model().objects.filter(pk__in=wanted).values_list("pk", flat=True))
        if wanted - known:
            raise ValidationError(_("Choose people who have been called."), "unknown")
        facts = {"meeting": self, "at": at, "kind": kind, "marked_by": by, "marked_at": now}
        rows = [model(user_id=key, **facts) for key in sorted(wanted)]
        rows += [model(visitor=" ".join(name.split()), **facts) for name in visitors if name.strip()]
        for row in rows:
            row.full_clean(exclude=["meeting", "user", "marked_by"])
        return model.objects.bulk_create(rows)

    def _refuse_idle(self, kind, people, at):
        """Raise ValidationError for one who leaves without being there, or arrives and is there."""
        marks = {}
        for row in self.movements.filter(user__in=people, undone_at__isnull=True, at__lte=at).order_by(
            "at", "pk"
        ):
            marks[row.user_id] = row
        names = sitters(self.body, day_of(self), "fi").users
        for key in map(int, people):
            before = marks.get(key)
            inside = before is not None and before.kind == MovementKind.ARRIVED
            if inside == (kind == MovementKind.ARRIVED):
                words = (
                    _("%(name)s was there already at that time.")
                    if inside
                    else _("%(name)s was not there at that time.")
                )
                name = names[key].get_full_name() if key in names else ""
                raise ValidationError(words, "idle", {"name": name})

    def _refuse_in_hand(self):
        if found := self.in_hand:
            words = _("§ %(number)s is in hand: settle it first.")
            raise ValidationError(words, "in_hand", {"number": found.number})

    def _refuse_open_vote(self):
        if (found := self.in_hand) and found.ballots.filter(closed_at__isnull=True).exists():
            raise ValidationError(_("A vote is open: close it first."), "vote")

    def _hold_body(self):
        """Hold the body's row until the transaction ends."""
        Body.objects.select_for_update(no_key=True).get(pk=self.body_id)

    def take_section(self):
        """Return the next section of the body's year; the body's row is held until the transaction ends."""
        self._hold_body()
        rows = self.items.model.objects.filter(meeting__body=self.body_id, meeting__year=self.year)
        return (rows.aggregate(last=Max("number"))["last"] or 0) + 1

    def _move_rest(self, by, now):
        """Give every item that was not settled the outcome that it is moved, and its section. The one in hand first."""
        rows = list(self.items.filter(outcome="").order_by(F("opened_at").asc(nulls_last=True), "position"))
        waiting = [row for row in rows if row.opened_at is None]
        for number, row in enumerate(waiting, start=self.take_section() if waiting else 0):
            row.number, row.opened_at = number, now
        for row in rows:
            row.closed_at, row.outcome = now, Outcome.MOVED
            row.save()
            row.conflicts.filter(left_at__isnull=False, back_at__isnull=True).update(back_at=now)
        AuditEvent.record_many(rows, "carry_over", by=by, meeting=self.pk)
        return rows

    def _next_day(self, rows, by, **facts):
        """Write the meeting with which this one goes on, with the items that are left. Returns it."""
        row = type(self)(body=self.body, made_by=by, continues=self, called_on=clock.today(), **facts)
        row.place, row.link = facts["place"] or self.place, facts["link"] or self.link
        row.state = MeetingState.CALLED
        for language in ("fi", "sv"):
            with override(language):
                note = gettext("Continues meeting %(number)s.") % {"number": self.number}
            setattr(row, f"note_{language}", note)
        row._take_number()
        row.full_clean(exclude=["made_by"])
        row.save()
        for place, item in enumerate(rows, start=1):
            carried = {name: getattr(item, name) for name in CARRIED}
            new = self.items.model.objects.create(meeting=row, position=place, moved_from=item, **carried)
            new.take_papers(item)
            if new.proposal and new.proposal.allows("put_on_agenda"):
                new.proposal.put_on_agenda(by=by, meeting=row)
        for term in row.seated():
            row.calls.create(term=term, user=term.user, called_at=clock.now())
        row.print_agenda(by=by)  # the letters leave with it
        AuditEvent.record(row, "continue", by=by, meeting=self.pk, number=row.number)
        return row
