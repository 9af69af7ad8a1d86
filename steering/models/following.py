"""What a written procedure is about, and what its outcome does on that record: as a meeting's decision does."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models import Alternative
from procurement.models import Procurement
from procurement.models.paper import RESTRICTED_IN
from steering.models import consequence
from steering.models.agenda import TENDER_RUNS
from steering.models.proposal import Proposal
from steering.models.words import Choice, ProposalState, WrittenState

ONE_SOURCE = models.CheckConstraint(
    name="writtenmatter_one_source",
    condition=Q(proposal__isnull=True, alternative__isnull=True)
    | Q(proposal__isnull=True, procurement__isnull=True)
    | Q(alternative__isnull=True, procurement__isnull=True),
    violation_error_message=_("A matter comes from one record at most."),
)
CARRIED_OUT = models.CheckConstraint(
    name="writtenmatter_carried_out_once_settled",
    condition=Q(carried_out_at__isnull=True) | Q(state="settled"),
)


class Following(models.Model):
    """The record that a written procedure is about, at most one, and the act that carries its outcome out."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, null=True, blank=True, related_name="written_matters"
    )
    alternative = models.ForeignKey(  # of a budget, to be proposed to Helsinki
        Alternative, models.PROTECT, null=True, blank=True, related_name="+"
    )
    procurement = models.ForeignKey(Procurement, models.PROTECT, null=True, blank=True, related_name="+")
    carried_out_at = models.DateTimeField(_("carried out"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def section(self):
        """Return by what its decision is cited where a meeting's has its section: kirj./skr. 2/2027."""
        return f"kirj./skr. {self.number}"

    @property
    def cited(self):
        """Return how a proposal that it answers names it: see Proposal.decide."""
        return {"in_writing": self}

    @property
    def settled_on(self):
        """Return the day on which it was settled."""
        return clock.date_of(self.ended_at)

    @property
    def budget(self):
        """Return the budget of its alternative, or None."""
        return self.alternative.budget if self.alternative_id else None

    @property
    def budget_id(self):
        """Return the number of that budget, or None."""
        return self.alternative.budget_id if self.alternative_id else None

    @property
    def concerns(self):
        """Return the procurement that it concerns, its own or its proposal's, or None."""
        return self.proposal.procurement if self.proposal_id else self.procurement

    @property
    def concerns_id(self):
        """Return the number of that procurement, or None."""
        return self.proposal.procurement_id if self.proposal_id else self.procurement_id

    @property
    def in_tender(self):
        """Tell whether it is closed because its own procurement is being tendered: nobody opens it before the award."""
        return bool(self.procurement_id) and self.procurement.state in RESTRICTED_IN

    def has_ground(self, today=None):
        """Tell whether a ground of its own keeps it from the public on a day."""
        until = self.restricted_until
        return bool(self.restricted_ground) and (until is None or until >= (today or clock.today()))

    def is_restricted(self, today=None):
        """Tell whether it is kept from the public on a day: by itself, as its proposal is, or by a running tender."""
        if self.has_ground(today) or self.in_tender:
            return True
        return bool(self.proposal_id) and self.proposal.is_restricted(today)

    @property
    def closed_because(self):
        """Return why it is not public today, in words, or an empty text."""
        if self.has_ground():
            return self.restricted_ground
        if self.in_tender:
            return str(TENDER_RUNS)
        return self.proposal.ground if self.proposal_id else ""

    def restriction(self):
        """Return the fields that keep an agenda item about it from the public while it is restricted."""
        source = self if self.has_ground() or not self.proposal_id else self.proposal
        names = ("restricted_ground", "restricted_until")
        found = {"concerns_id": self.concerns_id} | {name: getattr(source, name) for name in names}
        return found | {"opened_in_tender": bool(self.proposal_id and self.proposal.opened_in_tender)}

    def inherit_restriction(self):
        """Take over its proposal's ground, as an item does; what closes the proposal later closes it live."""
        proposal = self.proposal
        if (
            not self.restricted_ground
            and proposal
            and proposal.restricted_ground
            and proposal.is_restricted()
        ):
            self.restricted_ground = proposal.restricted_ground
            self.restricted_until = proposal.restricted_until

    def is_waiting(self, standing=None):
        """Tell whether its outcome is still to be carried out on its record. ``standing``: how it stands by the clock.

        Not once the record has gone on without it: withdrawn or answered, on an agenda, proposed, awarded.
        """
        told = standing or self
        if told.state != WrittenState.SETTLED or self.carried_out_at is not None:
            return False
        if self.proposal_id:
            return self.proposal.allows("decide") and not self.proposal.is_on_agenda()
        if told.result != Choice.FOR:
            return False
        if self.alternative_id:
            return self.budget.allows("propose") and self.budget.proposal_id != self.alternative_id
        return bool(self.procurement_id) and self.procurement.allows("award")

    def may_go_to_meeting(self):
        """Tell whether an agenda can still take its matter: not when its proposal is answered, withdrawn or on one."""
        return not self.proposal_id or self.proposal.state == ProposalState.RECEIVED

    def refuse_taken(self):
        """Raise ValidationError where its proposal does not wait to be answered, or is being settled elsewhere."""
        if not self.proposal_id:
            return
        # held: one who puts it on an agenda meanwhile comes after
        self.proposal = held = Proposal.objects.select_for_update(no_key=True).get(pk=self.proposal_id)
        if held.state == ProposalState.AGENDA:
            raise ValidationError({"proposal": _("It is on a meeting's agenda: the meeting answers it.")})
        if held.state != ProposalState.RECEIVED:
            words = _("Only a received proposal that nobody has answered is settled in writing.")
            raise ValidationError({"proposal": words})
        rows = held.written_matters
        other = rows.unfinished().first() or rows.waiting_for_meeting().first()
        if other:
            words = _("The proposal is already in the written procedure %(number)s.")
            raise ValidationError({"proposal": ValidationError(words, params={"number": other.number})})

    def carry_out(self, *, by, **follows):
        """Carry the outcome out by the record's own verb, once. ``follows``: as ``consequence.carry_out`` takes it."""
        with transaction.atomic():
            if self.state == WrittenState.OPEN:
                self.settle()  # the time is over and nobody has closed it yet
            with self.step("carry_out", by=by):
                if not self.is_waiting():
                    raise ValidationError(_("There is nothing of it to carry out any more."), "carried_out")
                consequence.carry_out(self, by=by, result=self.result, **follows)
                self.carried_out_at = clock.now()
