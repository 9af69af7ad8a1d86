"""The ladder of reminders: after how many days each rung comes, and each occasion on which one has gone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models.accession import Accession
from members.models.municipality import Municipality


class Rung(models.TextChoices):
    """What a reminder is about."""

    OPEN = "open", _("package not opened")
    MEETING = "meeting", _("no date of a meeting")
    RESULT = "result", _("meeting passed without a result")
    PUBLISHED = "published", _("date of publication missing")
    FINALITY = "finality", _("appeal period over, finality not confirmed")
    SIGNATURE = "signature", _("signature missing")
    DEADLINE = "deadline", _("deadline near")
    CONTACTS = "contacts", _("contacts to be confirmed in January")


class ReminderRule(models.Model):
    """After how many days a rung comes (for the deadline: how many before), and whether it is in use."""

    rung = models.CharField(_("reminder"), max_length=20, choices=Rung, unique=True)
    days = models.PositiveSmallIntegerField(_("days"))
    in_use = models.BooleanField(_("in use"), default=True)
    edited_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("rule of a reminder")
        verbose_name_plural = _("rules of reminders")
        constraints = [
            models.CheckConstraint(
                name="reminderrule_within_a_year",
                condition=Q(days__lte=365),
                violation_error_message=_("Give at most 365 days."),
            ),
        ]

    def __str__(self):
        return f"{self.rung} {self.days}"


class Reminder(models.Model):
    """That a municipality has been reminded of one thing on one occasion; written with its letters."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="reminders")
    accession = models.ForeignKey(Accession, models.CASCADE, null=True, blank=True, related_name="reminders")
    rung = models.CharField(_("reminder"), max_length=20, choices=Rung)
    occasion = models.CharField(_("occasion"), max_length=20)  # the day, year or meeting it is about
    on = models.DateField(_("day"), default=clock.today)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "accession", "rung", "occasion"],
                name="reminder_once_an_occasion",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.municipality_id} {self.rung} {self.occasion}"
