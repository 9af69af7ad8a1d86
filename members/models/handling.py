"""How a municipality's handling of the matter is recorded: its chain of decisions, and what each leaves behind."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.workflow import Workflow, WrongState
from members import emails
from members.models.decision import Decision, Outcome
from members.models.offer import new_digits
from members.models.states import AccessionState

MOVED = [  # what an entry carries to the municipality it belongs to
    "body",
    "body_name",
    "meeting_on",
    "section",
    "case_number",
    "outcome",
    "condition",
    "minutes_published",
    "published_on",
    "stated_final_on",
    "next_meeting_on",
    "presenter",
    "prepared_by",
    "recorded_by",
    "answered_name",
    "answered_title",
    "channel",
    "received_from",
    "received_on",
]


class Overtaken(ValidationError):
    """Somebody else has recorded meanwhile: says whose entry stands, since when and what it says."""

    def __init__(self, decision, reader):
        self.decision = decision
        at = decision.recorded_at.astimezone(clock.HELSINKI)
        super().__init__(
            _(
                "%(who)s recorded this on %(day)s at %(time)s: %(meeting)s, %(outcome)s. That entry stands. "
                "Yours was not recorded; what you wrote is below. If it is yours that holds, submit it as a change."
            ),
            code="recorded",
            params={
                "who": decision.recorder_as_known_to(reader),
                "day": f"{at:%-d.%-m.%Y}",
                "time": f"{at:%H.%M}",
                "meeting": _meeting_of(decision),
                "outcome": decision.get_outcome_display(),
            },
        )


class Handling(Workflow):
    """The steps of an accession that concern its chain of decisions; the accession itself holds the rows' fields."""

    AFTER = {
        Outcome.APPROVED: AccessionState.APPROVED,
        Outcome.APPROVED_CHANGED: AccessionState.CONDITIONAL,
        Outcome.REJECTED: AccessionState.REJECTED,
    }

    class Meta:
        abstract = True

    @property
    def standing(self):
        """Return the chain as it stands: recorded and not corrected, in the order of the meetings."""
        return list(self.decisions.standing().select_related("moved_from__accession__municipality"))

    def prepare(self, *, by, seen=None, hand_in=None, **handling):
        """Keep a librarian's entry ready for the representative; it counts only when she records it."""
        with self.step("prepare", by=by):
            self._refuse_unseen(seen, by)
            earlier = self.decisions.prepared().first()
            self._add_decision(prepared_by=by, **_extract_of([earlier, hand_in], handling))
            if earlier:
                earlier.delete()
            emails.decision_prepared(self, by)

    def decide(self, *, by, seen=None, hand_in=None, **handling):
        """Record one handling of the chain; the outcome tells where the matter then stands.

        ``seen`` is the newest entry known when the form was opened (0 for none), ``hand_in`` what it began from.
        """
        with self.step(
            "decide", by=by, outcome=handling["outcome"], meeting_on=handling["meeting_on"]
        ) as details:
            _refuse_nameless(by, handling)
            if other := self._of_the_same_meeting(handling):
                raise Overtaken(other, by)
            self._refuse_unseen(seen, by)
            prepared = self.decisions.prepared().first()
            decision = self._add_decision(
                recorded_by=by,
                recorded_at=clock.now(),
                prepared_by=prepared.prepared_by if prepared else None,
                **_extract_of([prepared, hand_in], handling),
            )
            self.decisions.prepared().delete()
            details["decision"] = decision.pk
            self._settle_hand_ins(decision, hand_in, by=by)
            self._stand_as_chain_says()
            emails.decision_recorded(self, decision)

    def correct(self, *, by, corrects, correction_reason, hand_in=None, **handling):
        """Strike an entry by a new one; finality that rested on the old one is opened again."""
        with self.step("correct", by=by, struck=corrects.pk) as details:
            if correction := self.decisions.standing().filter(corrects=corrects).first():
                raise Overtaken(correction, by)
            if not self.decisions.standing().filter(pk=corrects.pk).exists():
                raise WrongState(self, "correct")
            _refuse_nameless(by, handling)
            if other := self._of_the_same_meeting(handling, but=corrects):
                raise ValidationError({"meeting_on": _recorded_already(other)})
            decision = self._add_decision(
                recorded_by=by,
                recorded_at=clock.now(),
                corrects=corrects,
                correction_reason=correction_reason,
                **_extract_of([hand_in, corrects], handling),
            )
            details["decision"] = decision.pk
            self._settle_hand_ins(decision, hand_in, by=by)
            alike = (decision.outcome, decision.condition) == (corrects.outcome, corrects.condition)
            if alike and corrects.pk == self.deciding_id:
                self._rest_on(decision)
            else:
                self._stand_as_chain_says()
            emails.decision_recorded(self, decision)

    def move(self, *, by, decision, to, reason):
        """Move an entry to the municipality whose decision it is; both chains then tell where each matter stands."""
        with self.step("move", by=by, decision=decision.pk, moved_to=to.pk):
            if to.pk == self.pk or not self.decisions.standing().filter(pk=decision.pk).exists():
                raise WrongState(self, "move")
            decision.moved_to = to.receive(by=by, decision=decision, reason=reason)
            decision.save()
            self._stand_as_chain_says()
            emails.decision_moved(decision)

    def receive(self, *, by, decision, reason):
        """Record an entry that was made for another municipality by mistake. Returns the entry."""
        with self.step("receive", by=by, came_from=decision.accession_id) as details:
            kept = {name: getattr(decision, name) for name in MOVED} | {"extract": decision.extract.name}
            if other := self._of_the_same_meeting(kept):
                raise Overtaken(other, by)
            received = self._add_decision(recorded_at=clock.now(), correction_reason=reason, **kept)
            details["decision"] = received.pk
            self.decisions.prepared().delete()
            self._stand_as_chain_says()
        return received

    @property
    def hand_in_closes_on(self):
        """Return the last day on which the decision can be handed in without an account."""
        return self.hand_in_until or self.offer.decide_by

    def takes_hand_ins(self, today=None):
        """Tell whether the decision can be handed in: while it can be recorded, and until the round ends."""
        return self.allows("decide") and self.hand_in_closes_on >= (today or clock.today())

    def renew(self, *, by, hand_in_until):
        """Open the handing in again: new digits until a new day, in a letter to the registry."""
        with self.step("renew", by=by, until=hand_in_until):
            if hand_in_until < clock.today():
                raise ValidationError({"hand_in_until": _("That day has passed.")})
            self.hand_in_code, self.hand_in_until = new_digits(), hand_in_until
            emails.hand_in_renewed(self)

    def _rest_on(self, decision):
        """Put the corrected entry in the place of the deciding one: what was decided is the same, its dates are not."""
        self.deciding = decision
        if self.state == AccessionState.FINAL:
            self.state = AccessionState.APPROVED
        self._open_finality()

    def _of_the_same_meeting(self, handling, but=None):
        """Return the entry that stands for the same meeting, or None. Namesakes of a kind are told apart."""
        standing = self.decisions.standing().filter(body=handling["body"], meeting_on=handling["meeting_on"])
        name = handling.get("body_name")
        for other in standing.exclude(pk=but.pk) if but else standing:
            if not name or not other.body_name or other.body_name == name:
                return other
        return None

    def _refuse_unseen(self, seen, by):
        """Nobody adds to a chain that has grown unseen since the form was opened."""
        newest = self.newest_entry
        if seen is not None and newest and newest.pk != seen and newest.moved_to_id is None:
            raise Overtaken(newest, by)

    @property
    def newest_entry(self):
        """Return what was recorded last, or None; a correction is an entry, too."""
        return self.decisions.filter(recorded_at__isnull=False).order_by("-pk").first()

    def _settle_hand_ins(self, decision, hand_in, *, by):
        """What was handed in about this meeting no longer waits: the one the entry began from is known by it."""
        same = self.hand_ins.waiting().filter(body=decision.body, meeting_on=decision.meeting_on)
        begun_from = self.hand_ins.waiting().filter(pk=hand_in.pk).first() if hand_in else same.first()
        settled = {"settled_at": clock.now(), "settled_by": by}
        if begun_from:
            self.hand_ins.filter(pk=begun_from.pk).update(decision=decision, **settled)
        same.update(**settled)

    def _add_decision(self, **fields):
        decision = Decision(accession=self, **fields)
        decision.full_clean()
        decision.save()
        return decision

    def _stand_as_chain_says(self):
        """Set the state by the last standing handling; what rested on another decision is open again."""
        last = self.decisions.standing().last()
        if last is None:
            self._stand_undecided()
            return
        deciding = last if last.outcome in self.AFTER else None
        if deciding and deciding == self.deciding:
            return  # an earlier link was corrected: Helsinki's view and finality rest on this one
        self.state = self.AFTER.get(last.outcome, AccessionState.IN_PREPARATION)
        self.meeting_on, self.meeting_body = (
            last.next_meeting_on,
            last.next_body if last.next_meeting_on else "",
        )
        self._open_finality()
        self.view, self.view_on, self.view_by = "", None, None
        self.signed_on, self.signatory = None, ""
        self.deciding = deciding
        self.aside_until, self.aside_reason = None, ""  # what it was put aside for has come

    def _stand_undecided(self):
        """Set the matter back to where it was before the first handling: the only entry belonged elsewhere."""
        self.state = AccessionState.SENT
        self.meeting_on, self.meeting_body, self.deciding = None, "", None
        self._open_finality()
        self.view, self.view_on, self.view_by = "", None, None
        self.signed_on, self.signatory = None, ""

    def _open_finality(self):
        self.finality_on, self.finality_by, self.finality_ground, self.finality_note = None, None, "", ""


def _refuse_nameless(by, handling):
    """An official answer is a person's: one who writes from a shared mailbox says who answers."""
    if by.is_nameless and not by.is_staff and not handling.get("answered_name"):
        raise ValidationError({"answered_name": _("Say who answers: name and title.")})


def _meeting_of(decision):
    section = f", § {decision.section}" if decision.section else ""
    return f"{decision.body_shown} {decision.meeting_on:%-d.%-m.%Y}{section}"


def _recorded_already(decision):
    words = _(
        "This meeting has its own entry: %(meeting)s, %(outcome)s. Check the day, or correct that entry."
    )
    return ValidationError(
        words,
        code="recorded",
        params={"meeting": _meeting_of(decision), "outcome": decision.get_outcome_display()},
    )


def _extract_of(earlier, handling):
    """Carry the file of the first of the earlier rows that has one over when no new one came."""
    kept = next((row.extract.name for row in earlier if row and row.extract), "")
    return {**handling, "extract": handling.get("extract") or kept}
