"""The central purchasing body's own form, printed filled in, and the marks of what has been sent to it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.documents import request_document
from consortium.models import AuditEvent, Document
from consortium.workflow import refuse_day
from members.models import Body, Municipality
from procurement import commitment_list as listed
from procurement import handover_paper
from procurement.models.handover import figures_of, rows_of
from procurement.models.round import Round


class CommitmentForm(Document):
    """The central purchasing body's form printed filled in: for one municipality, or for all that stand on the list."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="forms")
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Document.Meta):
        verbose_name = _("commitment form")
        verbose_name_plural = _("commitment forms")
        ordering = ["-pk"]

    def __str__(self):
        return self.filename

    @classmethod
    def ask(cls, round_, *, by, language, municipality=None):
        """Have the form printed for a municipality, or one file for all. Returns the row.

        Raises ValidationError while the round is open and for who is not on the list.
        """
        if not round_.is_frozen():
            raise ValidationError(_("The round is still open: the list freezes at its deadline."))
        rows = [row for row in rows_of(round_) if row.counts]
        if municipality is not None:
            rows = [row for row in rows if row.code == municipality.code]
        if not rows:
            raise ValidationError(
                _("The municipality is not on the list.") if municipality else _("The list is empty.")
            )
        with transaction.atomic():
            form = cls(
                round=round_, municipality=municipality, language=language, figures=figures_of(round_, rows)
            )
            request_document(form, by=by)
            AuditEvent.record(round_, "print_form", by=by, forms=len(rows))
        return form

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        whose = self.figures["rows"][0]["code"] if self.municipality_id else "all"
        return f"{self.figures['procurement']['number']}-form-{whose}-{self.language}.pdf"

    def produce(self):
        """Make the paper from the frozen figures."""
        rows = [listed.Row.thawed(plain) for plain in self.figures["rows"]]
        return self.filename, handover_paper.forms(self.figures, rows, dict(Body.choices), self.language)


class FormSent(models.Model):
    """The mark that a municipality's own form has gone to the central purchasing body, on a day."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="forms_sent")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="forms_sent")
    sent_on = models.DateField(_("form sent on"))
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("form sent")
        verbose_name_plural = _("forms sent")
        constraints = [models.UniqueConstraint(fields=["round", "municipality"], name="formsent_once")]

    def __str__(self):
        return f"{self.round_id} {self.municipality_id} {self.sent_on}"

    @classmethod
    def mark(cls, round_, municipalities, *, by, on):
        """Mark the forms of some municipalities as sent on a day; with no day take the marks away. Returns how many."""
        if on:
            refuse_day("on", on)
        with transaction.atomic():
            round_.locked()
            cls.objects.filter(round=round_, municipality__in=municipalities).delete()
            places = list(municipalities)
            if on:
                cls.objects.bulk_create(
                    cls(round=round_, municipality=place, sent_on=on, marked_by=by) for place in places
                )
            codes = sorted(place.code for place in places)
            AuditEvent.record(round_, "mark_forms", by=by, on=on, municipalities=codes)
        return len(places)
