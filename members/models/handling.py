"""How a municipality's handling of the matter is recorded: its chain of decisions, and what each leaves behind."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.workflow import Workflow, WrongState
from members import emails
from members.models.decision import Decision, Outcome
from members.models.states import AccessionState


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
        return list(self.decisions.standing())

    def prepare(self, *, by, **handling):
        """Keep a librarian's entry ready for the representative; it counts only when she records it."""
        with self.step("prepare", by=by):
            earlier = self.decisions.prepared().first()
            self._add_decision(prepared_by=by, **_extract_of(earlier, handling))
            if earlier:
                earlier.delete()
            emails.decision_prepared(self, by)

    def decide(self, *, by, **handling):
        """Record one handling of the chain; the outcome tells where the matter then stands."""
        with self.step(
            "decide", by=by, outcome=handling["outcome"], meeting_on=handling["meeting_on"]
        ) as details:
            self._refuse_the_same_meeting(**handling)
            prepared = self.decisions.prepared().first()
            decision = self._add_decision(
                recorded_by=by,
                recorded_at=clock.now(),
                prepared_by=prepared.prepared_by if prepared else None,
                **_extract_of(prepared, handling),
            )
            self.decisions.prepared().delete()
            details["decision"] = decision.pk
            self._stand_as_chain_says()
            emails.decision_recorded(self, decision)

    def correct(self, *, by, corrects, correction_reason, **handling):
        """Strike an entry by a new one; finality that rested on the old one is opened again."""
        with self.step("correct", by=by, struck=corrects.pk) as details:
            if not self.decisions.standing().filter(pk=corrects.pk).exists():
                raise WrongState(self, "correct")
            decision = self._add_decision(
                recorded_by=by,
                recorded_at=clock.now(),
                corrects=corrects,
                correction_reason=correction_reason,
                **_extract_of(corrects, handling),
            )
            details["decision"] = decision.pk
            alike = (decision.outcome, decision.condition) == (corrects.outcome, corrects.condition)
            if alike and corrects.pk == self.deciding_id:
                self._rest_on(decision)
            else:
                self._stand_as_chain_says()
            emails.decision_recorded(self, decision)

    def _rest_on(self, decision):
        """Put the corrected entry in the place of the deciding one: what was decided is the same, its dates are not."""
        self.deciding = decision
        if self.state == AccessionState.FINAL:
            self.state = AccessionState.APPROVED
        self._open_finality()

    def _refuse_the_same_meeting(self, *, body, meeting_on, body_name="", **handling):
        """Two who record at once record the same meeting: one entry stands. Namesakes of a kind are told apart."""
        others = self.decisions.standing().filter(body=body, meeting_on=meeting_on)
        if any(not body_name or not d.body_name or d.body_name == body_name for d in others):
            raise ValidationError(
                _("What this meeting decided has already been recorded. If the entry is wrong, correct it."),
                code="recorded",
            )

    def _add_decision(self, **fields):
        decision = Decision(accession=self, **fields)
        decision.full_clean()
        decision.save()
        return decision

    def _stand_as_chain_says(self):
        """Set the state by the last standing handling; what rested on another decision is open again."""
        last = self.decisions.standing().last()
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

    def _open_finality(self):
        self.finality_on, self.finality_by, self.finality_ground, self.finality_note = None, None, "", ""


def _extract_of(earlier, handling):
    """Carry the earlier row's file over when no new one came."""
    if earlier and earlier.extract and not handling.get("extract"):
        return {**handling, "extract": earlier.extract.name}
    return handling
