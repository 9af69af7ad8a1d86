"""Who acts for a municipality, and whom one writes to."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models.tenure import Tenure, TenureQuerySet
from members.models.municipality import Municipality


class RoleKind(models.TextChoices):
    """What a person may do for a municipality."""

    REPRESENTATIVE = "representative", _("representative")
    LIBRARIAN = "librarian", _("librarian")


class RoleQuerySet(TenureQuerySet):
    """Questions to people's roles."""

    def representing(self, today=None):
        """Return the representatives' roles in force on the day."""
        return self.active(today).filter(kind=RoleKind.REPRESENTATIVE)


class Role(Tenure):
    """What one person may do for one municipality, from a day to a day, and who gave it."""

    NOUN = "role"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles", verbose_name=_("person")
    )
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="roles")
    kind = models.CharField(_("role"), max_length=20, choices=RoleKind)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["municipality__sort_key_fi", "-kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "municipality", "kind"],
                condition=Q(ended_on__isnull=True),
                name="role_once_a_person",
                violation_error_message=_("The person already has this role in the municipality."),
            ),
            models.CheckConstraint(
                name="role_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                violation_error_message=_("A role cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.kind} {self.municipality_id}"

    @classmethod
    def give(cls, user, municipality, kind, *, by, since=None):
        """Give a person a role from a day on, or from the day after an earlier one of the kind ends.

        ``by`` is None when the portal's administrator gives it by a command. Returns (role, whether it is new).
        Raises ValidationError for a closed account, or when the municipality has been merged into another by that day.
        """
        return cls._give(user, by=by, since=since, municipality=municipality, kind=kind)

    def clean(self):
        """Refuse a municipality that has been merged into another by the role's first day."""
        place = self.municipality
        if place.ended_on and place.ended_on <= self.since:
            names = {"name": place.name, "other": place.successor.name}
            raise ValidationError(_("%(name)s was merged into %(other)s."), "merged", names)

    def _ended(self, by):
        if self.ended_on <= clock.today() and (by is None or by.pk != self.user_id):
            self._take_back_invitations(by)

    def _take_back_invitations(self, by):
        """Take back whom the person has asked here: another has ended the right to ask, with this very day."""
        if self.kind == RoleKind.REPRESENTATIVE and not self.user.is_staff:
            for row in self.municipality.invitations.waiting().filter(invited_by=self.user_id):
                row.revoke(by=by)

    def _about(self):
        return {"municipality": self.municipality_id, "kind": self.kind}


class ContactKind(models.TextChoices):
    """Why one writes to a contact."""

    DIRECTOR = "director", _("library director")
    SECRETARY = "secretary", _("decision secretary")
    INVOICING = "invoicing", _("invoicing")
    OTHER = "other", _("other")


class ContactQuerySet(models.QuerySet):
    """Questions to the contacts."""

    def active(self, today=None):
        """Return those that one writes to on the day; the last day is one of them."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today or clock.today()))


class Contact(models.Model):
    """An address of a municipality and what it is for; not by itself a right to anything."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="contacts")
    kind = models.CharField(_("what for"), max_length=20, choices=ContactKind)
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    edited_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(
                name="contact_can_be_reached",
                condition=~Q(email="") | ~Q(phone=""),
                violation_error_message=_("Give an e-mail address or a telephone number."),
            ),
        ]

    def __str__(self):
        return self.name or self.title or self.email

    def clean(self):
        """Keep name and title on one line: they stand in letters."""
        super().clean()
        self.name, self.title = " ".join(self.name.split()), " ".join(self.title.split())
