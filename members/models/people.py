"""Who acts for a municipality, and whom one writes to."""

import datetime as dt

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
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

    def beyond(self, day):
        """Return those that last longer than the day, and those that only begin after it."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


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

    @classmethod
    def give(cls, user, municipality, kind, *, by, since=None):
        """Give a person a role from a day on, or from the day after an earlier one of the kind ends.

        ``by`` is None when the portal's administrator gives it by a command. Returns (role, whether it is new).
        Raises ValidationError for a closed account, or when the municipality has been merged into another by that day.
        """
        with transaction.atomic():
            people = get_user_model()._base_manager.select_for_update(no_key=True)  # two who give: once
            person = people.get(pk=user.pk)
            if not person.is_active:
                raise ValidationError(_("The account has been closed. Open it first."), code="closed")
            rows = cls.objects.filter(user=user, municipality=municipality, kind=kind)
            if running := rows.filter(ended_on__isnull=True).first():
                return running, False
            since, ended_on = since or clock.today(), rows.aggregate(last=Max("ended_on"))["last"]
            if ended_on and ended_on >= since:
                since = ended_on + dt.timedelta(days=1)
            if municipality.ended_on and municipality.ended_on <= since:
                names = {"name": municipality.name, "other": municipality.successor.name}
                raise ValidationError(_("%(name)s was merged into %(other)s."), "merged", names)
            role = cls(user=user, municipality=municipality, kind=kind, since=since, given_by=by)
            role.full_clean(exclude=["given_by"])
            role.save()
            if person.last_day:  # who had left everything is back
                user.reopen(by=by)
            role._record("give_role", by, since=since)
        return role, True

    def end(self, *, by, on=None):
        """End the role with a day, its last. Returns whether that changed anything: an earlier last day stays.

        ``by`` is None when the portal's administrator ends it by a command. Raises ValidationError when the role
        begins only after the day.
        """
        on = on or clock.today()
        with transaction.atomic():
            self.refresh_from_db(
                from_queryset=type(self).objects.select_for_update(of=("self",), no_key=True)
            )
            if self.ended_on and self.ended_on <= on:
                return False
            before, self.ended_on = self.ended_on, on
            try:
                self.validate_constraints()
            except ValidationError:
                self.ended_on = before
                raise
            self.save()
            self._record("end_role", by, ended_on=on)
            if on <= clock.today() and (by is None or by.pk != self.user_id):
                self._take_back_invitations(by)
        return True

    def cut(self, *, by, on=None):
        """End the role with a day; one that would begin only later is removed. Returns whether anything changed."""
        on = on or clock.today()
        if self.since <= on:
            return self.end(by=by, on=on)
        with transaction.atomic():
            self._record("remove_role", by, since=self.since)
            self.delete()
        return True

    def _take_back_invitations(self, by):
        """Take back whom the person has asked here: another has ended the right to ask, with this very day."""
        if self.kind == RoleKind.REPRESENTATIVE and not self.user.is_staff:
            for row in self.municipality.invitations.waiting().filter(invited_by=self.user_id):
                row.revoke(by=by)

    def _record(self, verb, by, **days):
        """Keep the act: whose role, where and which, by ids."""
        command = {"command": True} if by is None else {}
        ids = {"person": self.user_id, "municipality": self.municipality_id, "kind": self.kind}
        AuditEvent.record(self, verb, by=by, **ids, **days, **command)


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
