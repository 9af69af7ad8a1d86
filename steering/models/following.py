"""What a written procedure is about, and what its outcome does on that record: as a meeting's decision does."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models import Alternative
from procurement.models import Procurement
from procurement.models.paper import RESTRICTED_IN
from steering.models import consequence
from steering.models.agenda import TENDER_RUNS
from steering.models.proposal import Proposal
from steering.models.words import Choice, WrittenState

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

    def inherit_restriction(self):
        """Keep it from the public where its proposal is, or while a tender that it concerns is running."""
        if self.restricted_ground:
            return
        proposal = self.proposal
        if proposal is not None and proposal.restricted_ground and proposal.is_restricted():
            self.restricted_ground, self.restricted_until = (
                proposal.restricted_ground,
                proposal.restricted_until,
            )
        tender = proposal.procurement if proposal is not None else self.procurement
        if tender is not None and tender.state in RESTRICTED_IN and not self.restricted_ground:
            with translation.override("fi"):
                self.restricted_ground = str(TENDER_RUNS)

    def is_waiting(self, standing=None):
        """Tell whether its outcome is still to be carried out. ``standing``: how it stands by the clock."""
        told = standing or self
        if told.state != WrittenState.SETTLED or self.carried_out_at is not None:
            return False
        accepted = told.result == Choice.FOR and (self.alternative_id or self.procurement_id)
        return bool(self.proposal_id or accepted)

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
