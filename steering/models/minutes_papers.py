"""Minutes on paper, and for how long people's names stay on the pages of published minutes."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.deadlines import Remedy, appeal_last_day
from consortium.models import AuditEvent, Document, DocumentQuerySet
from members.models.scheme import DatedQuerySet
from steering import minutes_paper

FILES = {"fi": "poytakirja", "sv": "protokoll"}
EXTRACTS = {"fi": "poytakirjanote", "sv": "protokollsutdrag"}
# Kuntalaki 410/2015 140 § as a model: names leave the net when the time to ask for rectification is over, 14 days from
# the 7th day after publication. The group's own choice is a row.
USUAL_DAYS = 21


class PaperForm(models.TextChoices):
    """Which of the forms of the minutes a paper is."""

    FULL = "full", _("full form")
    PUBLISHED = "published", _("published form")
    NAMELESS = "nameless", _("published form without names")
    EXTRACT = "extract", _("extract")


class NamesPeriod(models.Model):
    """For how many days from their publication on minutes are shown with people's names, for those published since."""

    valid_from = models.DateField(_("for minutes published from"), unique=True)
    days = models.PositiveSmallIntegerField(_("days with names"))
    decision = models.CharField(_("decision on it"), max_length=160)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("period with names")
        verbose_name_plural = _("periods with names")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="namesperiod_days",
                condition=Q(days__gte=7, days__lte=3650),
                violation_error_message=_("Names stay for at least 7 days and at most 3650."),
            ),
        ]

    def __str__(self):
        return f"{self.valid_from} {self.days}"

    @classmethod
    def settle(cls, *, by, valid_from, days, decision):
        """Write down how long names stay on minutes published from a day on. Returns the row."""
        row = cls(valid_from=valid_from, days=days, decision=decision, made_by=by)
        if valid_from < clock.today():
            raise ValidationError({"valid_from": _("Choose today or a later day.")})
        row.full_clean(exclude=["made_by"])
        row.save()
        AuditEvent.record(row, "settle", by=by, days=days, valid_from=valid_from)
        return row


def last_day_of_names(published_on):
    """Return the last day on which minutes first published on a day are shown with people's names."""
    row = NamesPeriod.objects.on(published_on)
    if row:
        return published_on + dt.timedelta(days=row.days)
    return appeal_last_day(published_on, Remedy.RECTIFICATION)  # a holiday at its end moves it: 150/1930 5 §


class MinutesPaper(Document):
    """Minutes as PDF in one language and form, from what was frozen. Published anew they are new rows.

    ``hides``: the numbers of the items of which only the number is in it.
    """

    minutes = models.ForeignKey("steering.Minutes", models.PROTECT, related_name="papers")
    form = models.CharField(_("form"), max_length=10, choices=PaperForm)
    section = models.PositiveSmallIntegerField(_("section"), null=True, blank=True)
    hides = models.JSONField(default=list)

    objects = DocumentQuerySet.as_manager()

    class Meta(Document.Meta):
        verbose_name = _("minutes on paper")
        verbose_name_plural = _("minutes on paper")
        ordering = ["-pk"]
        constraints = [
            *Document.Meta.constraints,
            models.CheckConstraint(
                name="minutespaper_extract_of_one_item",
                condition=Q(form="extract", section__isnull=False)
                | ~Q(form="extract") & Q(section__isnull=True),
            ),
        ]

    def __str__(self):
        return self.filename

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        number = self.minutes.meeting.number.replace("/", "-")
        if self.form == PaperForm.EXTRACT:
            return f"{EXTRACTS[self.language]}-{number}-{self.section}-{self.language}.pdf"
        whole = f"-{self.form}" if self.form == PaperForm.FULL else ""
        return f"{FILES[self.language]}-{number}{whole}-{self.language}.pdf"

    def produce(self):
        """Make the paper from the frozen values."""
        template = "minutes_extract" if self.form == PaperForm.EXTRACT else "minutes"
        return self.filename, minutes_paper.paper(self.figures, template)
