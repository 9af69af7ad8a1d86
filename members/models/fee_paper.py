"""Papers about the fee: a municipality's own figure for letter and treasurer, the steering group's comparison."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.models import Document, DocumentQuerySet
from members import fee_paper
from members.models.budget import AnnualBudget
from members.models.municipality import Municipality


class FeePaperKind(models.TextChoices):
    """What a paper is for."""

    STATEMENT = "statement", _("the municipality's fee")
    PROPOSAL = "proposal", _("alternatives for the steering group")


class FeePaperQuerySet(DocumentQuerySet):
    """Questions to the papers."""

    def visible_to(self, user):
        """Return a municipality's own statements, or all by one's duty; what is prepared on a draft as drafts are."""
        proposals = Q(kind=FeePaperKind.PROPOSAL, budget__in=AnnualBudget.objects.visible_to(user))
        if user.has_perm("members.view_fees"):
            return self.filter(Q(kind=FeePaperKind.STATEMENT) | proposals)
        if not user.is_authenticated:
            return self.none()
        own = user.roles.active().values("municipality")
        statements = Q(kind=FeePaperKind.STATEMENT, municipality__in=own)
        return self.filter(statements | proposals if user.has_perm("members.view_drafts") else statements)

    def newest(self):
        """Return the newest of each kind, municipality and language."""
        names = ("budget_id", "kind", "municipality_id", "language")
        return self.order_by(*names, "-pk").distinct(*names)


class FeePaper(Document):
    """A PDF about a year's fee, from figures frozen when it was asked for. A later one is a new row."""

    budget = models.ForeignKey(AnnualBudget, models.PROTECT, related_name="papers")
    kind = models.CharField(_("kind"), max_length=10, choices=FeePaperKind)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="fee_papers"
    )

    objects = FeePaperQuerySet.as_manager()

    class Meta(Document.Meta):
        verbose_name = _("paper about the fee")
        verbose_name_plural = _("papers about the fee")
        constraints = [
            *Document.Meta.constraints,
            models.CheckConstraint(
                name="feepaper_statement_of_a_municipality",
                condition=Q(kind="statement", municipality__isnull=False)
                | Q(kind="proposal", municipality__isnull=True),
            ),
        ]

    def __str__(self):
        return self.filename

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        return f"{self.figures['file']}-{self.language}.pdf"

    def make(self):
        """Make the file; where the members have been told already, the municipality's letter leaves with it."""
        made = super().make()
        if made and self.kind == FeePaperKind.STATEMENT and self.budget.told_on:
            with suppress(ValidationError):  # another language is still to come, or nobody can be told
                self.budget.tell(by=self.asked_by)
        return made

    def produce(self):
        """Make the paper from the frozen figures."""
        make = {FeePaperKind.STATEMENT: fee_paper.statement, FeePaperKind.PROPOSAL: fee_paper.proposal}
        return self.filename, make[self.kind](self.figures, self.language)
