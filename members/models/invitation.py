"""An invitation to act for a municipality: one-time, with an end, renewable, revocable."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import Language
from members.models.municipality import Municipality
from members.models.people import RoleKind

VALID_DAYS = 14


def new_key():
    """Return the secret of an invitation's address."""
    return secrets.token_urlsafe(24)


def new_expiry():
    """Return the last day of an invitation made today."""
    return clock.today() + dt.timedelta(days=VALID_DAYS)


class InvitationState(models.TextChoices):
    """What can be said of an invitation today."""

    WAITING = "waiting", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


class InvitationQuerySet(models.QuerySet):
    """Questions to the invitations."""

    def waiting(self, today=None):
        """Return those that can be accepted on the day."""
        return self.open().filter(expires_on__gte=today or clock.today())

    def open(self):
        """Return those neither accepted nor revoked, expired ones among them: they can be renewed."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """One address asked to act for one municipality in one role."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    kind = models.CharField(_("role"), max_length=20, choices=RoleKind)
    language = models.CharField(_("language of the letter"), max_length=2, choices=Language)
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited"), default=clock.now)
    expires_on = models.DateField(_("valid until"), default=new_expiry)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                "municipality",
                "kind",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
                violation_error_message=_("This address has already been invited. Renew the invitation."),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_someone",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_revoked_by_someone",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_not_both",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.municipality_id} {self.kind}"

    @property
    def state(self):
        """Return what can be said of it today."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.WAITING if self.expires_on >= clock.today() else InvitationState.EXPIRED
