"""What the record of a meeting shows: who is there, the quorum of every item, the item in hand, what is left."""

from functools import cached_property

from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from consortium import clock
from consortium.templatetags.portal import weekday_day
from steering import meeting as held
from steering.models import RUNNING, BallotWay, Choice, MeetingState, MinutesState, Outcome
from steering.models.facts import facts_of, vote_of
from steering.models.untrue import GROUNDS, REFUSALS, lack_words, present_words
from steering.models.untrue import at as clocked
from steering.pages.room_people import People
from steering.quorum import Act, lost_from, quorum

# What a button has done, told above the sentence of state when the page comes back.
DONE = {
    "begin": gettext_lazy("The meeting is open."),
    "mark": gettext_lazy("Marked."),
    "visitor": gettext_lazy("Marked."),
    "undo": gettext_lazy("The mark is taken back."),
    "adjourn": gettext_lazy("The meeting is adjourned."),
    "resume": gettext_lazy("The meeting goes on."),
    "choose_chair": gettext_lazy("The choice of the chair is recorded."),
    "carry_over": gettext_lazy("What was left is moved to the next meeting."),
    "continue_on": gettext_lazy("The meeting goes on another day; those who sit are called to it."),
    "close": gettext_lazy("The meeting is closed."),
    "correct": gettext_lazy("The attendance is corrected."),
    "write": gettext_lazy("Saved."),
    "take_up": gettext_lazy("The item is in hand."),
    "put_back": gettext_lazy("The item is back on the agenda."),
    "set_aside": gettext_lazy("The vote is set aside."),
    "reopen": gettext_lazy("The item is in hand again."),
    "conflict": gettext_lazy("The conflict of interest is recorded."),
    "no_conflict": gettext_lazy("The entry is taken back."),
    "unanimous": gettext_lazy("Recorded how the item was put."),
    "roll_call": gettext_lazy("The roll call is open."),
    "votes": gettext_lazy("The votes are recorded."),
    "close_vote": gettext_lazy("The vote is closed and counted."),
    "dissent": gettext_lazy("The dissent is recorded."),
    "reasons": gettext_lazy("The reasons are recorded."),
    "action": gettext_lazy("The action is recorded; whoever does it gets a letter."),
    "decide": gettext_lazy("The decision is recorded."),
    "note": gettext_lazy("The item is noted."),
    "put_off": gettext_lazy("The item is moved to the next meeting."),
}


class Room(People):
    """A meeting as it stands at this moment, for the one who records it."""

    def __init__(self, meeting, user):
        self.meeting, self.user, self.now = meeting, user, clock.now()
        self.facts = facts_of(meeting, get_language(), now=self.now)
        self.group, self.people = self.facts.group, self.facts.people
        wanted = ("conflicts__user", "ballots__casts", "actions__owner", "dissents__user")
        rows = meeting.items.select_related(
            "proposal", "budget", "alternative", "procurement", "concerns", "chosen"
        )
        self.items = list(rows.prefetch_related(*wanted).order_by("position"))
        self.marks = list(meeting.movements.select_related("user"))
        self.calls = {call.user_id: call for call in meeting.calls.filter(released_at__isnull=True)}

    # --- Items and their quorum ----------------------------------------------------------------------------

    @cached_property
    def in_hand(self):
        """The item that is being dealt with, or None."""
        return next((row for row in self.items if row.is_in_hand), None)

    @cached_property
    def left(self):
        """The items that have not been taken up."""
        return [row for row in self.items if row.opened_at is None]

    @property
    def next(self):
        """The item that comes next, or None."""
        return self.left[0] if self.left else None

    @property
    def needs_chair(self):
        """Whether enough are there and nobody presides: the meeting chooses a chair first (C 47)."""
        return Act.CHOOSE_CHAIR in self.current.acts

    @cached_property
    def quorums(self):
        """Place on the agenda → Quorum: of what is settled as it was then, of the rest at this moment."""
        taken = {item.number: item for item in self.facts.items}
        number, found = max(taken, default=0), {}
        for row in self.items:
            if row.number in taken:
                item = taken[row.number]
                found[row.position] = self.facts.quorum_of(item, None if row.outcome else self.now)
                continue
            number += 1
            conflicts = tuple(
                held.Conflict(each.user_id, each.ground) for each in row.conflicts.all() if not each.undone_at
            )
            item = held.Item(number, row.title, self.now, self.now, conflicts=conflicts)
            found[row.position] = self.facts.quorum_of(item, self.now)
        return found

    @cached_property
    def current(self):
        """The quorum of the item in hand, or of the room where none is."""
        if self.in_hand:
            return self.quorums[self.in_hand.position]
        chosen = self.facts.chosen_for(held.Item(10**6, "", self.now, self.now))
        return quorum(self.group, self.facts.attendance, self.now, chosen=chosen, rules=self.facts.rules)

    @property
    def lost_from(self):
        """The place on the agenda from which on there is no quorum, or None."""
        return lost_from(self.quorums)

    @cached_property
    def recess(self):
        """The break that has not ended, or None."""
        return self.meeting.recesses.filter(ended_at__isnull=True).first()

    @property
    def break_day(self):
        """The day of the break that has not ended, or today."""
        adjourned = self.meeting.state == MeetingState.ADJOURNED and self.recess
        return clock.date_of(self.recess.began_at if adjourned else self.now)

    @property
    def break_hint(self):
        """Return how the time of a break is told; on a later day it cannot be now."""
        if self.break_day == clock.date_of(self.now):
            return _("Empty: now.")
        return _("On %(day)s, for example 14.20.") % {"day": weekday_day(self.break_day)}

    # --- The item in hand ----------------------------------------------------------------------------------------

    @cached_property
    def ballots(self):
        """The votes on the item in hand, each told in words."""
        if self.in_hand is None:
            return []
        found, item = self.facts, self.facts.items[-1]
        told = []
        for ballot in self.in_hand.ballots.all():
            vote = vote_of(ballot, self.in_hand, found, item, self.marks, at=ballot.closed_at or self.now)
            told.append(self._told(ballot, vote))
        return told

    def _told(self, ballot, vote):
        counts = _("for %(for)s, against %(against)s, blank %(blank)s") % {
            str(choice): number for choice, number in vote.counts.items()
        }
        if ballot.way == BallotWay.CONSENSUS:
            counts = ", ".join(self.name_of(key) for key in vote.opposed)
        given = {cast.user_id: cast for cast in ballot.casts.all()}
        return {
            "ballot": ballot,
            "way": ballot.get_way_display(),
            "open": ballot.closed_at is None,
            "aside": ballot.set_aside_at is not None,
            "time": clocked(ballot.closed_at or ballot.opened_at),
            "counts": counts,
            "result": ballot.get_result_display() if ballot.result else "",
            "ground": GROUNDS[vote.ground] if ballot.closed_at else "",
            "voices": [(self.name_of(v.person), held_choice(v.choice)) for v in vote.voices],
            "silent": [self.name_of(key) for key in vote.silent],
            "refused": [(self.name_of(r.cast.person), REFUSALS[r.why]) for r in vote.refused],
            "sent": {
                key: (cast.choice, cast.sent_by_id == key, clocked(cast.at)) for key, cast in given.items()
            },
        }

    @property
    def open_ballot(self):
        """The vote that is open, or None."""
        return next((each for each in self.ballots if each["open"]), None)

    @property
    def last_result(self):
        """The last vote that was closed and settled something, or None."""
        last = self.last_vote
        return last if last and last["result"] else None

    @property
    def last_vote(self):
        """The last vote that was counted and stands, or None."""
        last = self.ballots[-1] if self.ballots else None
        return last if last and not last["open"] and not last["aside"] else None

    @property
    def may_decide(self):
        """Whether the item in hand can be decided now."""
        if self.last_result:
            return True
        return Act.DECIDE in self.current.acts and self.open_ballot is None and self.last_vote is None

    @property
    def can_put(self):
        """Whether the item in hand can be put now."""
        return self.open_ballot is None and Act.DECIDE in self.current.acts

    @property
    def lack(self):
        """Return why there is no quorum for the item in hand, as a sentence."""
        return lack_words(self.current)

    @property
    def conflicts(self):
        """The conflicts of interest in the item in hand."""
        rows = [each for each in self.in_hand.conflicts.all() if not each.undone_at]
        away = _("left the room at %(time)s")
        return [
            {
                "pk": each.pk,
                "name": each.user.get_full_name(),
                "ground": each.ground,
                "left": away % {"time": clocked(each.left_at)} if each.left_at else "",
            }
            for each in rows
        ]

    @property
    def voters_now(self):
        """Those who have a vote in the roll call that is open: what each has given, and the three choices."""
        sent, rows = self.open_ballot["sent"], []
        for key, name in self.voters:
            choice, own, time = sent.get(key, ("", False, ""))
            words = _("%(choice)s, sent at %(time)s") if own else _("%(choice)s, heard at %(time)s")
            given = words % {"choice": Choice(choice).label, "time": time} if choice else _("not yet")
            options = [
                {"value": value, "label": label, "checked": value == choice}
                for value, label in Choice.choices
            ]
            rows.append({"key": key, "name": name, "given": given, "options": options})
        return rows

    @property
    def dissents(self):
        """Names of those who dissent from the decision in hand."""
        return [each.user.get_full_name() for each in self.in_hand.dissents.all()]

    @cached_property
    def without_reasons(self):
        """Dissents whose reasons may still follow: until the minutes are sent to be checked."""
        minutes = getattr(self.meeting, "minutes", None)
        if minutes is not None and minutes.state != MinutesState.DRAFT:
            return []
        rows = [
            (row, each) for row in self.items if row.number for each in row.dissents.all() if not each.text
        ]
        words = _("§ %(number)s: %(name)s")
        return [
            {
                "pk": each.pk,
                "label": words % {"number": row.number, "name": each.user.get_full_name()},
            }
            for row, each in rows
        ]

    @property
    def actions(self):
        """What the item in hand has had done."""
        return list(self.in_hand.actions.all())

    @property
    def can_put_back(self):
        """Whether nothing has been recorded of the item in hand that would be lost."""
        return not self.ballots and not self.actions

    # --- Words ---------------------------------------------------------------------------------------------------

    @property
    def standing(self):
        """Return who is there and whether there is a quorum, as a sentence (STORIES 6.7)."""
        found = self.current
        words = present_words(found)
        if self.meeting.state == MeetingState.CLOSED:
            return ""
        if self.needs_chair:
            return lack_words(found)
        if self.lost_from:
            return _("%(present)s, no quorum from item %(number)s.") % {
                "present": words,
                "number": self.lost_from,
            }
        if not found.is_reached:
            return lack_words(found)
        return _("%(present)s, %(needed)s needed: quorum.") % {"present": words, "needed": found.needed}

    def says(self):
        """Return the page's sentence of state."""
        meeting = self.meeting
        if meeting.state == MeetingState.CALLED:
            words = _("Called for %(day)s at %(time)s. Mark who is there, and open the meeting.")
            return words % {"day": weekday_day(meeting.starts_at), "time": clocked(meeting.starts_at)}
        if meeting.state == MeetingState.CLOSED:
            return _("Closed at %(time)s. The minutes are drafted from this record.") % {
                "time": clocked(meeting.closed_at)
            }
        if meeting.state == MeetingState.ADJOURNED:
            return _("Adjourned at %(time)s.") % {
                "time": clocked(self.recess.began_at) if self.recess else ""
            }
        return self.standing

    def agenda(self):
        """Return every item with its state in words, and what can be done with it."""
        rows = []
        for row in self.items:
            found = self.quorums[row.position]
            lack = "" if row.outcome or self.meeting.state not in RUNNING else lack_words(found)
            in_conflict = [self.name_of(c.user_id) for c in row.conflicts.all() if not c.undone_at]
            rows.append(
                {
                    "row": row,
                    "state": self._state(row),
                    "done": bool(row.outcome),
                    "in_hand": row.is_in_hand,
                    "lack": lack,
                    "restricted": row.is_restricted(),
                    "in_conflict": ", ".join(in_conflict),
                    "can_reopen": self.meeting.state == MeetingState.OPEN and row == self.last_settled,
                    "can_take": self.meeting.state == MeetingState.OPEN
                    and self.in_hand is None
                    and row.opened_at is None,
                }
            )
        return rows

    @property
    def last_settled(self):
        """The item that was settled last, while it can be taken up again; or None."""
        done = [row for row in self.items if row.outcome]
        last = max(done, key=lambda row: row.number, default=None)
        return last if self.in_hand is None else None

    def _state(self, row):
        if row.outcome:
            words = _("§ %(number)s, %(outcome)s at %(time)s")
            facts = {"outcome": Outcome(row.outcome).label, "time": clocked(row.closed_at)}
            return words % (facts | {"number": row.number})
        if row.is_in_hand:
            return _("§ %(number)s, in hand since %(time)s") % {
                "number": row.number,
                "time": clocked(row.opened_at),
            }
        return _("waits")

    @property
    def counted(self):
        """Return how many items there are."""
        count = len(self.items)
        return ngettext("%(n)s matter", "%(n)s matters", count) % {"n": count}


def held_choice(choice):
    """Return what a vote was given for, in words."""
    return Choice(str(choice)).label


def as_proposed(item, language):
    """Return the ready text of a decision by the proposed one; nothing where nothing is proposed in a language."""
    proposed = getattr(item, f"proposal_{language}")
    with override(language):
        return _("As proposed: %(text)s") % {"text": proposed} if proposed else ""
