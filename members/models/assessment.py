"""The fee of one municipality for one year, frozen with what it was reckoned from; corrected by credit and new line."""

from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.fees import Band, Reckoning, reckoning
from consortium.models import AuditEvent
from members.models.budget import AnnualBudget
from members.models.freezing import exact_text
from members.models.municipality import Municipality, Population
from members.models.payers import Payee
from members.package import HELSINKI

# What a credit does not take over from the fee.
NOT_COPIED = {"id", "amount", "credits", "instead_of", "reason", "made_by", "made_at"}


class AssessmentQuerySet(models.QuerySet):
    """Questions to the fees."""

    def charges(self):
        """Return the fees without the credits."""
        return self.filter(credits__isnull=True)

    def standing(self):
        """Return the fees that no credit has taken back."""
        taken_back = self.model.objects.filter(credits=OuterRef("pk"))
        return self.charges().filter(~Exists(taken_back))

    def untold(self):
        """Return those about which the municipality has had no letter."""
        kind = ContentType.objects.get_for_model(self.model)
        told = AuditEvent.objects.filter(record_type=kind, verb="tell", record_id=OuterRef("pk"))
        return self.filter(~Exists(told))

    def visible_to(self, user):
        """Return those that the person may read in full: one's own municipalities', or all by one's duty."""
        if user.has_perm("members.view_fees"):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(municipality__in=user.roles.active().values("municipality"))


class Assessment(models.Model):
    """A fee in € without VAT, below zero for a credit. Written once, never changed: PostgreSQL refuses it."""

    budget = models.ForeignKey(AnnualBudget, models.PROTECT, related_name="assessments")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="assessments")
    version = models.PositiveSmallIntegerField(default=1)
    population = models.ForeignKey(
        Population, models.PROTECT, null=True, related_name="+", verbose_name=_("population figure")
    )
    residents = models.PositiveIntegerField(_("residents"), null=True)
    residents_on = models.DateField(_("residents on"), null=True)
    residents_source = models.CharField(_("source"), max_length=120, blank=True)
    months = models.PositiveSmallIntegerField(_("months"))
    terms = models.JSONField(encoder=DjangoJSONEncoder)
    by_rule = models.DecimalField(max_digits=20, decimal_places=2)
    full_year = models.DecimalField(_("fee of a whole year"), max_digits=8, decimal_places=2)
    ground = models.CharField(max_length=10)
    amount = models.DecimalField(_("fee"), max_digits=8, decimal_places=2)
    joined_later = models.BooleanField(_("joined after the fees were decided"), default=False)
    credits = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credited_by",
        verbose_name=_("takes back"),
    )
    instead_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("instead of"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=clock.now)

    objects = AssessmentQuerySet.as_manager()

    TRIGGERS = {
        "assessment_within_limit": _("The fee would pass the limit that Helsinki has decided."),
        "assessment_of_decided_budget": _("Fees are written only on a decided budget that is not closed."),
        "assessment_credits_the_whole": _("A credit takes the whole fee back, once."),
        "assessment_after_a_credit": _("The municipality has a fee for the year: credit it first."),
    }

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        ordering = ["municipality__sort_key_fi", "version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "municipality", "version"],
                condition=Q(credits__isnull=True),
                name="assessment_once",
                violation_error_message=_("The municipality already has a fee for the year."),
            ),
            models.CheckConstraint(
                name="assessment_only_credits_below_zero",
                condition=Q(credits__isnull=True, amount__gte=0) | Q(credits__isnull=False, amount__lte=0),
                violation_error_message=_("A fee is never below zero."),
            ),
            models.CheckConstraint(
                name="assessment_months",
                condition=Q(months__lte=12),
                violation_error_message=_("A year has 12 months."),
            ),
            models.CheckConstraint(
                name="assessment_correction_has_reason",
                condition=Q(credits__isnull=True, instead_of__isnull=True) | ~Q(reason=""),
                violation_error_message=_("Give the reason of the correction."),
            ),
            models.CheckConstraint(
                name="assessment_first_or_instead",
                condition=Q(credits__isnull=False)
                | Q(version=1, instead_of__isnull=True)
                | Q(version__gt=1, instead_of__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.budget_id} {self.municipality_id}: {self.amount}"

    def get_absolute_url(self):
        """Return the page on which the fee is reckoned and followed."""
        return reverse("members:assessment", args=[self.pk])

    @classmethod
    def of_fee(cls, budget, payee, fee, rule, *, by, **more):
        """Return a row, not saved, of a fee as the arithmetic gave it for one who pays."""
        line, population = reckoning(fee, rule, payee.payer), payee.population
        return cls(
            budget=budget,
            municipality=payee.municipality,
            population=population,
            residents=line.residents,
            residents_on=population.on if population else None,
            residents_source=population.source if population else "",
            months=line.months,
            by_rule=line.product,
            full_year=line.full_year,
            ground=line.ground,
            amount=line.result,
            terms={
                "kind": line.kind,
                "base": exact_text(line.base),
                "rate": exact_text(line.rate),
                "above": line.above,
                "band": [line.band.up_to, exact_text(line.band.fee)] if line.band else None,
                "floor": exact_text(line.floor),
                "cap": exact_text(line.cap),
                "unit": exact_text(line.unit),
            },
            made_by=by,
            **more,
        )

    @property
    def is_credit(self):
        """Tell whether the row takes another back."""
        return self.credits_id is not None

    @property
    def is_internal(self):
        """Tell whether it is Helsinki's own: an entry in its books, not an invoice."""
        return self.municipality.code == HELSINKI

    def still_tells(self, template):
        """Tell whether a letter about the fee is still true: it has not been taken back meanwhile."""
        return not Assessment.objects.filter(credits=self).exists()

    @property
    def line(self):
        """Return the reckoning from the row alone, so that anyone can redo it."""
        terms = self.terms
        band = Band(terms["band"][0], Decimal(terms["band"][1])) if terms["band"] else None
        return Reckoning(
            kind=terms["kind"],
            residents=self.residents,
            base=_number(terms["base"]),
            rate=_number(terms["rate"]),
            above=terms["above"],
            band=band,
            product=self.by_rule,
            floor=Decimal(terms["floor"]),
            cap=_number(terms["cap"]),
            full_year=self.full_year,
            months=self.months,
            ground=self.ground,
            unit=Decimal(terms["unit"]),
            result=abs(self.amount),
        )

    def credit(self, *, by, reason):
        """Take the whole fee back, with a reason. Returns the credit. ValidationError when it cannot be taken back."""
        with transaction.atomic():
            budget = AnnualBudget.objects.select_for_update(no_key=True).get(pk=self.budget_id)
            if not budget.is_running:
                raise ValidationError(
                    _("The year has been closed: nothing more is credited on it."), code="closed"
                )
            if self.is_credit:
                raise ValidationError(_("A credit is not taken back: write a new fee."), code="credit")
            if Assessment.objects.filter(credits=self).exists():
                raise ValidationError(_("This fee has already been credited."), code="credited")
            names = [f.name for f in self._meta.concrete_fields if f.name not in NOT_COPIED]
            row = Assessment(
                **{name: getattr(self, name) for name in names},
                amount=-self.amount,
                credits=self,
                reason=reason,
                made_by=by,
            )
            row.full_clean()
            row.save()
            AuditEvent.record(self, "credit", by=by, amount=str(self.amount), credit=row.pk)
        return row

    def reckoned_for(self, population, months):
        """Return (who pays, fee, rule) for another population figure and months, by the year's frozen rate.

        Raises consortium.fees.Refused. A year that is free for new members stays free for them.
        """
        rule, year = self.budget.scheme.rule(self.budget.billing), self.budget.year
        is_first = self.municipality.memberships.filter(period__startswith__year=year).exists()
        payee = Payee(self.municipality, None, population, months, is_first)
        return payee, self.budget.reckon_joiner(rule, payee.payer), rule

    def correct(self, *, by, reason, population, months):
        """Credit the whole and write a new fee for the right population figure and months, by the frozen rate.

        A fee that has been credited already gets the new one alone. Returns the new row.
        """
        with transaction.atomic():
            AnnualBudget.objects.select_for_update(no_key=True).get(pk=self.budget_id)
            if Assessment.objects.filter(instead_of=self).exists():
                raise ValidationError(_("This fee has already been corrected."), code="corrected")
            if not Assessment.objects.filter(credits=self).exists():
                self.credit(by=by, reason=reason)
            payee, fee, rule = self.reckoned_for(population, months)
            row = Assessment.of_fee(
                self.budget,
                payee,
                fee,
                rule,
                by=by,
                version=self.version + 1,
                instead_of=self,
                reason=reason,
                joined_later=self.joined_later,
            )
            row.full_clean()
            row.save()
            self.budget.ask_for_statements([row], by=by)
            AuditEvent.record(
                self, "correct", by=by, before=str(self.amount), after=str(row.amount), new=row.pk
            )
        return row


def _number(text):
    return None if text is None else Decimal(text)
