"""A decision handed in by the package's link, without an account."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models.accession import Accession
from members.models.decision import Body, Decision, Outcome


class HandInQuerySet(models.QuerySet):
    """Questions to what was handed in."""

    def waiting(self):
        """Return what nobody has yet recorded or set aside, oldest first."""
        return self.filter(settled_at__isnull=True).order_by("received_at")


class HandIn(models.Model):
    """What a decision secretary sent: a handling with its extract. It counts when a person has recorded it."""

    accession = models.ForeignKey(Accession, models.CASCADE, related_name="hand_ins")
    body = models.CharField(_("who decided"), max_length=20, choices=Body)
    meeting_on = models.DateField(_("date of the meeting"))
    section = models.CharField(_("section (§)"), max_length=20, blank=True)
    case_number = models.CharField(_("case number"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    condition = models.TextField(_("the change or condition, word for word"), blank=True)
    published_on = models.DateField(_("minutes published online on"), null=True, blank=True)
    extract = models.FileField(
        _("extract of the minutes"), upload_to="extracts/%Y/", blank=True, max_length=300
    )
    sender_name = models.CharField(_("your name"), max_length=120)
    sender_title = models.CharField(_("your title"), max_length=120)
    sender_email = models.EmailField(_("your e-mail address"))
    received_at = models.DateTimeField(_("received"), default=clock.now)
    decision = models.OneToOneField(
        Decision,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="handed_in",
        verbose_name=_("recorded as"),
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_reason = models.CharField(_("why it was set aside"), max_length=300, blank=True)

    objects = HandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-in")
        verbose_name_plural = _("hand-ins")
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                name="handin_published_after_meeting",
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("meeting_on")),
                violation_error_message=_("The minutes cannot have been published before the meeting."),
            ),
            models.CheckConstraint(
                name="handin_settled_by_someone",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.accession_id} {self.meeting_on}"
