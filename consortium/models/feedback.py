"""What readers say of the portal's accessibility, and the answer they are owed."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models.audit import AuditEvent


class FeedbackQuerySet(models.QuerySet):
    """Questions to the feedback."""

    def unanswered(self):
        """Return what still waits for its answer, oldest first."""
        return self.filter(answered_at__isnull=True).order_by("received_at")


class Feedback(models.Model):
    """One message on accessibility. It is answered within 14 days (Act 306/2019, section 8)."""

    DAYS = 14

    text = models.TextField(_("what did not work"), max_length=5000)
    page = models.CharField(_("on which page"), max_length=300, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fi")
    received_at = models.DateTimeField(_("received"), default=clock.now)
    answer = models.TextField(_("answer"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                name="feedback_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self):
        return f"{self.pk}"

    def get_absolute_url(self):
        """Return the page on which the service centre reads and answers it."""
        return reverse("feedback_answer", args=[self.pk])

    @property
    def answer_by(self):
        """Return the 14th day from its arrival."""
        return clock.date_of(self.received_at) + dt.timedelta(days=self.DAYS)

    @property
    def number(self):
        """Return the number by which both sides call it."""
        return f"{clock.date_of(self.received_at):%Y}-{self.pk:04d}"

    def still_tells(self, template):
        """Tell whether a letter about it still holds: what has come has come."""
        return True

    def reply(self, *, by, answer):
        """Record the one answer. ValidationError when a colleague has been faster."""
        with transaction.atomic():
            row = Feedback.objects.select_for_update().get(pk=self.pk)
            if row.answered_at:
                raise ValidationError(
                    _("This has been answered meanwhile. Nothing was changed."), code="answered"
                )
            self.answer, self.answered_at, self.answered_by = answer, clock.now(), by
            self.save(update_fields=["answer", "answered_at", "answered_by"])
            AuditEvent.record(self, "reply", by=by)
