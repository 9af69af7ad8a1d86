"""An invitation to act for a municipality: one-time, with an end, renewable, revocable."""

import datetime as dt
import secrets
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, Language, OutgoingEmail
from consortium.models.mail import MailState
from members import emails
from members.models.municipality import Municipality
from members.models.people import Role, RoleKind

VALID_DAYS = 14
A_DAY = 20  # so many does a municipality's own person invite in a day
NAMED = "name_successor"  # the act of a leaver, whose right then ends before the successor has answered


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
    LAPSED = "lapsed", _("lapsed: the inviter no longer acts here")


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

    def get_absolute_url(self):
        """Return the page that the letter's link opens."""
        return reverse("members:invitation", args=[self.key])

    @property
    def state(self):
        """Return what can be said of it today."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        if self.expires_on < clock.today():
            return InvitationState.EXPIRED
        return InvitationState.WAITING if self._is_backed() else InvitationState.LAPSED

    @property
    def is_waiting(self):
        """Tell whether it can be accepted today."""
        return self.state == InvitationState.WAITING

    @property
    def account(self):
        """Return the account of its address, or None."""
        return get_user_model().objects.filter(email__iexact=self.email).first()

    def _is_backed(self):
        """Tell whether the inviter may still invite here, or asked the person to go on when leaving."""
        inviter = self.invited_by
        if inviter.is_staff or not inviter.is_active:
            return inviter.is_active
        if inviter.roles.representing().filter(municipality=self.municipality_id).exists():
            return True
        return AuditEvent.objects.about(self).filter(verb=NAMED, by=inviter).exists()

    @classmethod
    def invite(cls, municipality, *, by, email, kind, language):
        """Ask an address to act for a municipality, by a letter with one link. Returns the invitation.

        Raises ValidationError for one who has the role already, is asked already, or whose account is closed, and
        when a municipality's person has invited too many today.
        """
        today = cls.objects.filter(invited_by=by, invited_at__gt=clock.now() - dt.timedelta(days=1))
        if not by.is_staff and today.count() >= A_DAY:
            raise ValidationError(
                _("You have sent %(n)s invitations today. Go on tomorrow, or ask the service centre."),
                code="many",
                params={"n": A_DAY},
            )
        row = cls(municipality=municipality, email=email.lower(), kind=kind, language=language, invited_by=by)
        account = row.account
        if account and not account.is_active:
            words = _("The account of this address has been closed. The service centre can open it again.")
            raise ValidationError({"email": words})
        running = Role.objects.filter(
            user=account, municipality=municipality, kind=kind, ended_on__isnull=True
        )
        if account and running.exists():
            raise ValidationError({"email": _("The person already has this role in the municipality.")})
        with transaction.atomic():
            row.full_clean(exclude=["accepted_by", "revoked_by", "accepted_at", "revoked_at"])
            row.save()
            row._record("invite_person", by)
            emails.person_invited(row)
        return row

    def renew(self, *, by):
        """Write anew with a new key: the old link is dead, and fourteen days begin again."""
        with self._open():
            self.key, self.expires_on, self.invited_at = new_key(), new_expiry(), clock.now()
            self.invited_by = by
            self.save()
            self._record("renew_invitation", by)
            kind = ContentType.objects.get_for_model(self)
            waiting = OutgoingEmail.objects.filter(about_type=kind, about_id=self.pk, state=MailState.QUEUED)
            waiting.update(state=MailState.DROPPED, next_try_at=None)  # it would carry the dead link
            emails.person_invited(self)

    def revoke(self, *, by):
        """Take it back: its link tells only that it is no longer in force.

        ``by`` is None when the portal's administrator ends the inviter's right by a command: it then runs out.
        """
        with self._open():
            if by is None:
                self.expires_on = min(self.expires_on, clock.today() - dt.timedelta(days=1))
            else:
                self.revoked_at, self.revoked_by = clock.now(), by
            self.save()
            self._record("revoke_invitation", by, **({"command": True} if by is None else {}))

    def name_successor(self, *, by):
        """Keep that the inviter leaves and asks the person to go on: it then outlives the inviter's own right."""
        self._record(NAMED, by)

    def welcome(self):
        """Return the account of its address, made now where there is none. It holds no right before it is accepted.

        A person who has left is let in by the waiting invitation, and is back only with its acceptance.
        Raises ValidationError when it is no longer in force, or for a closed account.
        """
        with self._open(waiting=True):
            person = self.account
            if person is None:
                try:
                    with transaction.atomic():
                        person = get_user_model().objects.create_user(self.email, language=self.language)
                except (IntegrityError, ValidationError):  # the same press a moment earlier
                    person = self.account
                    if person is None:
                        raise
            if not person.is_active:
                raise ValidationError(_("The account of this address has been closed."), code="closed")
        return person

    def accept(self, *, by, name, title, language, is_shared=False):
        """Let the invited person act for the municipality. Returns the role; the link is used up.

        A mailbox that several people read stays one. Raises ValidationError when it is no longer in force, when ``by``
        is somebody else than the one invited, or for a closed account.
        """
        with self._open(waiting=True):
            if by.email.lower() != self.email.lower():
                raise ValidationError(_("The invitation is for another address."), code="other")
            by.name, by.title, by.language, by.is_shared = name, title, language, by.is_shared or is_shared
            by.edited_at = clock.now()
            by.full_clean(exclude=["password"])
            by.save(update_fields=["name", "title", "language", "is_shared", "edited_at"])
            role = Role.give(by, self.municipality, self.kind, by=self.invited_by)[0]
            self.accepted_at, self.accepted_by = clock.now(), by
            self.save()
            self._record("accept_invitation", by, role=role.pk)
        return role

    def still_tells(self, template):
        """Tell whether its letter is still true: the link it carries opens something."""
        return self.is_waiting

    @contextmanager
    def _open(self, *, waiting=False):
        """Hold the row while something is done to it. Raises ValidationError when it is used or revoked.

        ``waiting``: also when it has expired, or the inviter may no longer invite.
        """
        with transaction.atomic():
            rows = type(self).objects.select_for_update(of=("self",), no_key=True)
            self.refresh_from_db(from_queryset=rows)
            closed = {InvitationState.ACCEPTED, InvitationState.REVOKED}
            closed |= {InvitationState.EXPIRED, InvitationState.LAPSED} if waiting else set()
            if self.state in closed:
                words = _("The invitation is no longer in force. Nothing was changed.")
                raise ValidationError(words, code="closed")
            yield

    def _record(self, verb, by, **details):
        AuditEvent.record(self, verb, by=by, municipality=self.municipality_id, kind=self.kind, **details)
