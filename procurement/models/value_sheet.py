"""One page a year for a municipality: what it paid, what it used. A PDF from figures frozen when it was asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium.models import Document, DocumentQuerySet, PostKind
from members.models.municipality import Municipality
from procurement import value_paper

FILES = {"fi": "vuosi-yhdella-sivulla", "sv": "aret-pa-en-sida"}


class ValueSheetQuerySet(DocumentQuerySet):
    """Questions to the sheets."""

    def visible_to(self, user):
        """Return a municipality's own, or all to the service centre and the auditor."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff or PostKind.AUDITOR in user.duties:
            return self
        return self.filter(municipality__in=user.roles.active().values("municipality"))

    def newest(self):
        """Return the newest of each municipality, year and language."""
        names = ("municipality_id", "year", "language")
        return self.order_by(*names, "-pk").distinct(*names)


class ValueSheet(Document):
    """A municipality's year as PDF in one language. Later figures make a new row; the old file stays."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="value_sheets")
    year = models.PositiveSmallIntegerField(_("year"))

    objects = ValueSheetQuerySet.as_manager()

    class Meta(Document.Meta):
        verbose_name = _("year on one page")
        verbose_name_plural = _("years on one page")
        constraints = [
            *Document.Meta.constraints,
            models.CheckConstraint(name="valuesheet_year", condition=models.Q(year__gte=2013, year__lt=2100)),
        ]

    def __str__(self):
        return self.filename

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        return f"{FILES[self.language]}-{self.year}-{self.municipality.code}-{self.language}.pdf"

    def produce(self):
        """Make the page from the frozen figures."""
        return self.filename, value_paper.one_page(self.figures, self.language)
