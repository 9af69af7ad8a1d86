"""Who acts for a municipality, and whom one writes to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models.municipality import Municipality


class RoleKind(models.TextChoices):
    """What a person may do for a municipality."""

    REPRESENTATIVE = "representative", _("representative")
    LIBRARIAN = "librarian", _("librarian")


class RoleQuerySet(models.QuerySet):
    """Questions to people's roles."""

    def active(self, today=None):
        """Return the roles in force on the day; leaving ends them that day's midnight."""
        today = today or clock.today()
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today), since__lte=today)

    def representing(self, today=None):
        """Return the representatives' roles in force on the day."""
        return self.active(today).filter(kind=RoleKind.REPRESENTATIVE)


class Role(models.Model):
    """What one person may do for one municipality, from a day to a day, and who gave it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles", verbose_name=_("person")
    )
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="roles")
    kind = models.CharField(_("role"), max_length=20, choices=RoleKind)
    since = models.DateField(_("since"), default=clock.today)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

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


class ContactKind(models.TextChoices):
    """Why one writes to a contact."""

    DIRECTOR = "director", _("library director")
    SECRETARY = "secretary", _("decision secretary")
    INVOICING = "invoicing", _("invoicing")
    OTHER = "other", _("other")


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
