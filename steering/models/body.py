"""Bodies of the consortium and their seats: what is there to be filled, whoever sits in it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from steering.models.words import BodyKind, SeatKind


class BodyQuerySet(models.QuerySet):
    """Questions to the bodies."""

    def current(self, today=None):
        """Return those that exist on a day."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today or clock.today()))

    def of(self, user, today=None):
        """Return those in which a person sits on a day, in whatever place."""
        return self.filter(terms__user=user, terms__period__contains=today or clock.today())


class Body(models.Model):
    """A group that meets: the steering group, an expert or a working group; and its rules of procedure.

    ``chair_settles``: a tie goes by the chair's vote; ``deputy_for_conflict``: a deputy sits for one in conflict.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=BodyKind, default=BodyKind.STEERING)
    name_fi = models.CharField(_("name in Finnish"), max_length=120)
    name_sv = models.CharField(_("name in Swedish"), max_length=120)
    founded_on = models.DateField(_("founded"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    chair_settles = models.BooleanField(_("a tie goes by the chair's vote"), default=True)
    deputy_for_conflict = models.BooleanField(_("the deputy sits for a member in conflict"), default=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="steering", ended_on__isnull=True),
                name="body_one_steering_group",
                violation_error_message=_("The consortium has one steering group at a time."),
            ),
            models.CheckConstraint(
                name="body_ends_after_founded",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("founded_on")),
                violation_error_message=_("A body cannot end before it is founded."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the body's page."""
        return reverse("steering:body", args=[self.pk])

    @property
    def name(self):
        """Return the name in the page's language."""
        return self.name_sv if get_language() == "sv" else self.name_fi

    @classmethod
    def found(cls, *, by, seats=(), **facts):
        """Write down a body and its seats (kinds of seats in their order). Returns it."""
        row = cls(**facts)
        row.full_clean()
        row.save()
        Seat.objects.bulk_create(Seat(body=row, number=n, kind=kind) for n, kind in enumerate(seats, start=1))
        AuditEvent.record(row, "found", by=by, kind=row.kind, seats=len(seats))
        return row


class Seat(models.Model):
    """One seat of a body. A vacant seat is still a seat: quorum counts it."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=SeatKind, default=SeatKind.MEMBER)
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["body", "number"]
        constraints = [models.UniqueConstraint(fields=["body", "number"], name="seat_number")]

    def __str__(self):
        return f"{self.body} {self.number}"
