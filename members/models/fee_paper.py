"""Papers about the fee: a municipality's own figure for letter and treasurer, the steering group's comparison."""

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
        """Return all for those whose duty it is, else the statements of one's own municipalities."""
        if user.has_perm("members.view_fees"):
            return self
        if not user.is_authenticated:
            return self.none()
        own = user.roles.active().values("municipality")
        return self.filter(kind=FeePaperKind.STATEMENT, municipality__in=own)

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

    @property
    def content_type(self):
        """Return the file's media type."""
        return "application/pdf"

    def as_attachment(self):
        """Return what a letter needs to carry the file."""
        return {"name": self.filename, "path": self.file.name, "type": self.content_type}

    def produce(self):
        """Make the paper from the frozen figures."""
        make = {FeePaperKind.STATEMENT: fee_paper.statement, FeePaperKind.PROPOSAL: fee_paper.proposal}
        return self.filename, make[self.kind](self.figures, self.language)
