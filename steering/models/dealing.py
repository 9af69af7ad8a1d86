"""An item while the meeting deals with it: taken up, put, voted on, dissented from, settled."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import WrongState
from steering.models import consequence
from steering.models.facts import facts_of
from steering.models.untrue import GROUNDS, lack_words, refuse_untrue
from steering.models.untrue import at as clocked
from steering.models.voting_acts import VotingActs
from steering.models.words import MeetingState, Outcome
from steering.quorum import Act

TEXTS = ("decision_fi", "decision_sv", "discussion_fi", "discussion_sv", "proposed_by", "seconded_by")


class Settled(ValidationError):
    """An item was to be dealt with that somebody else has settled meanwhile."""

    def __init__(self, item):
        self.item = item
        words = _("§ %(number)s was settled at %(time)s: %(outcome)s. Nothing was changed.")
        facts = {
            "number": item.number,
            "time": clocked(item.closed_at),
            "outcome": item.get_outcome_display(),
        }
        super().__init__(words, "settled", facts)


class Overwritten(ValidationError):
    """A text was to be saved over one that somebody else has saved meanwhile; ``theirs``: {field: their text}."""

    def __init__(self, theirs):
        self.theirs = theirs
        super().__init__(
            _(
                "Somebody else has written here meanwhile: look at theirs below. Yours is kept; "
                "what you send next stands in its place."
            ),
            "overtaken",
        )


class Dealing(VotingActs):
    """What is done with an item on the day; for items. Each act takes the meeting's row, then the item's."""

    @property
    def is_in_hand(self):
        """Tell whether the meeting is dealing with it now."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def section(self):
        """Return the section by which its decision is cited: § 12/2027."""
        return f"§ {self.number}/{self.meeting.year}"

    @property
    def cited(self):
        """Return how a proposal that it answers names it: see Proposal.decide."""
        return {"item": self}

    @property
    def settled_on(self):
        """Return the day of its meeting."""
        return clock.date_of(self.meeting.opened_at)

    def take_up(self, *, by):
        """Begin to deal with it; it gets its section. One item at a time is in hand."""
        with self._dealing("take_up", by=by, waiting=True) as (details, now, meeting):
            if other := meeting.in_hand:
                words = _("§ %(number)s is in hand: settle it first.")
                raise ValidationError(words, "in_hand", {"number": other.number})
            self.number, self.opened_at = meeting.take_section(), now
            details["number"] = self.number

    def put_back(self, *, by):
        """Give it back to the agenda, when it was taken up too early and nothing has been put yet."""
        with self._dealing("put_back", by=by) as (details, _now, _meeting):
            if self.ballots.exists() or self.actions.exists():
                raise ValidationError(_("Something has been recorded of it already: settle it."), "recorded")
            details["number"] = self.number
            self.number = self.opened_at = None

    def write(self, *, by, before, **texts):
        """Write down what is said and decided, as it goes. ``before``: the texts that the writer began from.

        A text that only somebody else has changed stays theirs. Raises Overwritten where both have changed one.
        """
        with self._dealing("write", by=by) as (details, _now, _meeting):
            details["fields"] = self._put_texts(texts, before)

    def _put_texts(self, texts, before):
        """Set the texts that the writer has changed. Returns their names; raises Overwritten."""
        if texts.keys() - set(TEXTS):
            raise TypeError(f"An item has no text {sorted(texts.keys() - set(TEXTS))}.")
        mine = {name: text for name, text in texts.items() if before is None or text != before.get(name, "")}
        theirs = {
            name: getattr(self, name)
            for name, text in mine.items()
            if before is not None and getattr(self, name) not in (before.get(name, ""), text)
        }
        if theirs:
            raise Overwritten(theirs)
        for name, text in mine.items():
            setattr(self, name, text)
        self.revision += bool(mine)
        self.clean_fields(exclude=[field.name for field in self._meta.fields if field.name not in TEXTS])
        return sorted(mine)

    def conflict(self, *, by, user, ground, left_at=None):
        """Record that somebody has a conflict of interest here: on what ground, and when the person left the room.

        Declared beforehand or in the item; not after it was put, unless the vote is taken again.
        """
        with self._dealing("conflict", by=by, waiting=None) as (details, now, meeting):
            left_at = meeting._moment(left_at, now, since=meeting.opened_at) if left_at else None
            row = self.conflicts.model(item=self, user=user, ground=ground, left_at=left_at, marked_by=by)
            row.marked_at = now
            row.full_clean(exclude=["item", "user", "marked_by"])
            row.validate_constraints()
            row.save()
            details |= {"conflict": row.pk, "user": user.pk}

    def no_conflict(self, *, by, conflict):
        """Take a conflict of interest back that was recorded in error."""
        with self._dealing("no_conflict", by=by, waiting=None, conflict=conflict) as (
            _details,
            now,
            _meeting,
        ):
            row = self.conflicts.filter(pk=conflict, undone_at__isnull=True).first()
            if row is None:
                raise ValidationError(_("The entry has been taken back already."), "undone")
            row.undone_at = now
            row.save()

    def decide(self, *, by, before=None, follows=None, **texts):
        """Settle the item by a decision and carry it out: what it decides on is told by that record's own verb.

        Not put before, it is put now, by consensus. ``follows``: what ``consequence.carry_out`` needs. Raises
        ValidationError without a quorum, and where the last vote settled nothing.
        """
        with self._settling("decide", Outcome.DECIDED, by, before, texts) as (details, now, _meeting):
            last = self.ballots.filter(set_aside_at__isnull=True).last()
            if last is None:
                last = self._put_unopposed(by, now)
            if not last.result:
                raise ValidationError(GROUNDS[last.ground], "not_settled")
            details["result"] = last.result
            consequence.carry_out(self, by=by, result=last.result, **(follows or {}))

    def note(self, *, by, before=None, **texts):
        """Settle it without a decision: what was told is noted. Possible without a quorum, too."""
        with self._settling("note", Outcome.NOTED, by, before, texts):
            pass

    def put_off(self, *, by, before=None, **texts):
        """Move it to the next meeting, on whose agenda it stands by itself."""
        with self._settling("put_off", Outcome.MOVED, by, before, texts):
            pass

    def reopen(self, *, by):
        """Take up again the item that was settled last, when nothing has been carried out: its vote is set aside."""
        with self._dealing("reopen", by=by, settled=True) as (details, now, meeting):
            meeting._refuse_in_hand()
            if meeting.items.filter(number__gt=self.number).exists():
                raise ValidationError(_("Only the item that was settled last is taken up again."), "not_last")
            if self.outcome == Outcome.DECIDED and consequence.is_carried_out(self):
                raise ValidationError(
                    _("The decision has been carried out. What is wrong in it is corrected in the minutes."),
                    "carried_out",
                )
            if type(self)._base_manager.filter(moved_from=self).exists():
                raise ValidationError(
                    _("It stands on the next agenda already. Take it up there."), "moved_on"
                )
            details["was"] = self.outcome
            if self.outcome == Outcome.DECIDED:
                details["ballot"] = self._set_last_aside(by, now)
            self.closed_at, self.outcome, self.chosen, self.chosen_for = None, "", None, None

    def choose_chair(self, *, by, user, for_item=None):
        """Settle the item by the choice of a chair for the meeting from here on, or for one item alone (C 47)."""
        with self._settling("choose_chair", Outcome.CHAIR_CHOSEN, by, None, {}) as (details, now, meeting):
            found = facts_of(meeting, "fi", now=now)
            reached = found.quorum_of(found.items[-1])
            if not {Act.CHOOSE_CHAIR, Act.DECIDE} & set(reached.acts):
                raise ValidationError(lack_words(reached), "no_quorum")
            if user.pk not in reached.voters:
                words = _("The chair is chosen among those who sit with a vote.")
                raise ValidationError({"user": ValidationError(words, "not_seated")})
            self.chosen, self.chosen_for = user, for_item
            details |= {"user": user.pk, "for_item": for_item and for_item.pk}

    def add_action(self, *, by, **facts):
        """Have something done by somebody by a day; its item's proposal then shows it. Returns the action."""
        with transaction.atomic():
            meeting = self.meeting = self.meeting.held()
            self._refuse_not_open(meeting, "add_action")
            if self.opened_at is None:
                raise ValidationError(_("The item has not been taken up yet."), "waiting")
            return self.actions.model.make(by=by, decided_in=self, proposal=self.proposal, **facts)

    # --- What the verbs share -----------------------------------------------------------------------------------

    @contextmanager
    def _dealing(self, verb, *, by, waiting=False, settled=False, **details):
        """Take meeting and item, run the block, save and record it; refuse what could not be true afterwards.

        ``waiting``: whether the item is still to be taken up; None: either. ``settled``: whether it has its outcome.
        Yields (details, the moment, meeting).
        """
        try:
            with transaction.atomic():
                meeting = self.meeting = self.meeting.held()
                rows = type(self)._base_manager.select_for_update(of=("self",), no_key=True)
                self.refresh_from_db(fields=self._columns(), from_queryset=rows)
                self._refuse_not_open(meeting, verb)
                if self.outcome and not settled:
                    raise Settled(self)
                if settled and not self.outcome:
                    raise ValidationError(_("The item has not been settled yet."), "not_settled")
                if waiting is not None and waiting != (self.opened_at is None):
                    raise ValidationError(
                        _("The item has been taken up already.")
                        if waiting
                        else _("The item has not been taken up yet."),
                        "in_hand" if waiting else "waiting",
                    )
                now = clock.now()
                yield details, now, meeting
                self.validate_constraints()
                self.save()
                AuditEvent.record(self, verb, by=by, **details)
                refuse_untrue(meeting, now)
        except Exception:
            if not transaction.get_connection().needs_rollback:
                self.refresh_from_db(fields=self._columns())
            raise

    def _columns(self):
        """Return the names of the row's own columns: what it points at is not read anew."""
        return [field.attname for field in self._meta.concrete_fields]

    @staticmethod
    def _refuse_not_open(meeting, verb):
        if meeting.state != MeetingState.OPEN:
            raise WrongState(meeting, verb)

    @contextmanager
    def _settling(self, verb, outcome, by, before, texts):
        """Settle the item in hand with an outcome; whoever is back from a conflict of interest is back now."""
        with self._dealing(verb, by=by) as (details, now, meeting):
            if self.ballots.filter(closed_at__isnull=True).exists():
                raise ValidationError(_("A vote is open: close it first."), "vote")
            self._put_texts(texts, before)
            self.closed_at, self.outcome = now, outcome
            yield details, now, meeting
            self.conflicts.filter(left_at__isnull=False, back_at__isnull=True).update(back_at=now)
            details["number"] = self.number
