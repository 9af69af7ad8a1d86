"""An offer to join: a version of the agreement, a tariff and a deadline, put to chosen municipalities."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.deadlines import is_working_day, previous_working_day
from consortium.models import AuditEvent
from members.models.agreement import AgreementState, AgreementVersion
from members.models.scheme import Scheme

JULY = 7
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code():
    """Return an address code of eight signs that cannot be mistaken for one another."""
    return "".join(secrets.choice(CODE_SIGNS) for _i in range(8))


def new_digits():
    """Return six digits that stand in the letter alone and are asked for when something is handed in."""
    return f"{secrets.randbelow(10**6):06d}"


def check_deadline(day):
    """Raise ValidationError when nobody would be there: in July, or on a closed day."""
    if day.month == JULY:
        raise ValidationError(_("Nothing has its deadline in July. Choose a day in June or August."))
    if not is_working_day(day):
        raise ValidationError(
            _("That is not a working day. The working day before it is %(day)s."),
            params={"day": f"{previous_working_day(day):%-d.%-m.%Y}"},
        )


class OfferQuerySet(models.QuerySet):
    """Questions to the offers."""

    def latest_open(self, today=None):
        """Return the newest offer whose deadline has not passed, or None."""
        return self.filter(decide_by__gte=today or clock.today()).order_by("-pk").first()


class Offer(models.Model):
    """What is put to the municipalities of one round: the text, the price, and by when the decision must be final."""

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="offers", verbose_name=_("version of the agreement")
    )
    tariff = models.ForeignKey(Scheme, models.PROTECT, related_name="offers", verbose_name=_("tariff"))
    decide_by = models.DateField(_("decision final by"), validators=[check_deadline])
    joins_on = models.DateField(_("membership from"))
    case_number = models.CharField(_("Helsinki's case number"), max_length=40)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="offer_final_before_membership",
                condition=Q(decide_by__lt=F("joins_on")),
                violation_error_message=_("The decision must be final before the membership begins."),
            ),
        ]

    def __str__(self):
        return f"{self.joins_on:%-d.%-m.%Y}"

    def get_absolute_url(self):
        """Return the offer's page."""
        return reverse("members:offer", args=[self.pk])

    @property
    def is_open(self):
        """Tell whether its deadline is still ahead."""
        return self.decide_by >= clock.today()

    def clean(self):
        """Refuse a version that Helsinki has not approved."""
        if self.version_id and self.version.state != AgreementState.APPROVED:
            raise ValidationError({"version": _("Only a version that Helsinki has approved can be offered.")})

    def invite(self, municipalities, *, by):
        """Open an accession for each municipality that has none open and is no member. Returns those opened."""
        if not self.is_open:
            raise ValidationError(
                _("The deadline of this round has passed. Open a new round."), code="closed"
            )
        with transaction.atomic():
            free = municipalities.current().exclude(accessions__state__in=self.accessions.model.OPEN)
            free = free.exclude(memberships__period__contains=self.joins_on).order_by("sort_key_fi")
            opened = self.accessions.bulk_create(
                [self.accessions.model(municipality=m, offer=self) for m in free]
            )
            AuditEvent.record_many(opened, "invite", by=by, offer=self.pk)
        return opened
