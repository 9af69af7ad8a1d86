"""How the annual fee is reckoned: the terms, the versions that Helsinki has decided, and the limits above them all."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.fees import Band, Rule
from consortium.templatetags.portal import day, money, rate
from members import package
from members.models.agreement import HelsinkiDecision

CENT = Decimal("0.01")


class SchemeKind(models.TextChoices):
    """What a fee is made of."""

    TARIFF = "tariff", _("€ per resident")
    BANDS = "bands", _("by classes of population")
    EQUAL = "equal", _("an amount in equal shares")
    POPULATION = "population", _("an amount by population")
    MIXED = "mixed", _("an amount partly in equal shares, partly by population")


class Terms(models.Model):
    """What a year's fees are reckoned by. Amounts in € without VAT; ``bands`` are pairs of residents up to, and fee."""

    kind = models.CharField(
        _("how the fee is reckoned"), max_length=10, choices=SchemeKind, default=SchemeKind.TARIFF
    )
    rate = models.DecimalField(_("€ per resident"), max_digits=9, decimal_places=6, null=True, blank=True)
    floor = models.DecimalField(_("smallest fee"), max_digits=8, decimal_places=2)
    cap = models.DecimalField(_("largest fee"), max_digits=8, decimal_places=2)
    bands = models.JSONField(_("classes of population"), default=list, blank=True, encoder=DjangoJSONEncoder)
    equal_part = models.DecimalField(
        _("part in equal shares"), max_digits=7, decimal_places=6, null=True, blank=True
    )
    free_years = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("free years")
    )
    free_first_year = models.BooleanField(_("the first year is free"), default=False)
    prorated = models.BooleanField(_("by full months"), default=True)
    unit = models.DecimalField(_("rounded down to"), max_digits=6, decimal_places=2, default=CENT)
    population_back = models.PositiveSmallIntegerField(
        _("population at the end of the year so many years before"), default=2
    )

    class Meta:
        abstract = True

    WELL_FORMED = (
        Q(floor__gte=0, unit__gt=0)
        & (Q(kind="tariff", rate__isnull=False, rate__gte=0) | ~Q(kind="tariff"))
        & (Q(kind="mixed", equal_part__isnull=False, equal_part__gte=0, equal_part__lte=1) | ~Q(kind="mixed"))
        & (~Q(kind="bands") | ~Q(bands=[]))
    )

    def rule(self, billing=None):
        """Return the terms as the arithmetic takes them; ``billing`` says how VAT bears on the largest fee."""
        vat = {} if billing is None else {"vat_rate": billing.vat_rate, "cap_with_vat": billing.cap_with_vat}
        return Rule(
            self.kind,
            rate=self.rate,
            bands=tuple(Band(up_to, Decimal(fee)) for up_to, fee in self.bands),
            equal_part=self.equal_part,
            floor=self.floor,
            cap=self.cap,
            free_years=tuple(self.free_years),
            free_first_year=self.free_first_year,
            prorated=self.prorated,
            unit=self.unit,
            **vat,
        )

    def set_terms(self, other):
        """Take over another's terms, field by field."""
        for field in Terms._meta.local_fields:
            setattr(self, field.name, getattr(other, field.name))

    def same_terms(self, other):
        """Tell whether both reckon alike."""
        return all(getattr(self, f.name) == getattr(other, f.name) for f in Terms._meta.local_fields)


class DatedQuerySet(models.QuerySet):
    """Questions to what holds from a day on; such models are ordered with the newest first."""

    def on(self, day):
        """Return the row in force on the day, or None."""
        return self.filter(valid_from__lte=day).order_by(*self.model._meta.ordering).first()


class SchemeQuerySet(DatedQuerySet):
    """Questions to the decided schemes; of two from the same day the one decided last is in force."""

    def tariffs(self):
        """Return those by which a municipality can reckon its fee before the others are known."""
        return self.filter(kind=SchemeKind.TARIFF)


class Scheme(Terms, HelsinkiDecision):
    """One version of how fees are reckoned, valid from a day by Helsinki's decision. The usual kind is a tariff."""

    valid_from = models.DateField(_("valid from"))

    objects = SchemeQuerySet.as_manager()

    # Constraints that triggers keep: their names and what they say to people.
    TRIGGERS = {
        "scheme_cap_within_limits": _("The largest fee is above the limit that Helsinki has decided."),
    }

    class Meta:
        verbose_name = _("scheme of fees")
        verbose_name_plural = _("schemes of fees")
        ordering = ["-valid_from", "-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="scheme_well_formed",
                condition=Terms.WELL_FORMED,
                violation_error_message=_("The scheme lacks a figure, or one of its figures is negative."),
            ),
            models.CheckConstraint(
                name="scheme_floor_below_cap",
                condition=Q(floor__lte=F("cap")),
                violation_error_message=_("The smallest fee cannot exceed the largest."),
            ),
            models.CheckConstraint(name="scheme_by_decision", condition=HelsinkiDecision.DECIDED),
            models.UniqueConstraint(
                fields=["valid_from", "decided_on", "section"],
                name="scheme_decided_once",
                violation_error_message=_("This decision is already recorded from that day."),
            ),
        ]

    def __str__(self):
        what = rate(self.rate) if self.kind == SchemeKind.TARIFF else self.get_kind_display()
        return f"{what} ({day(self.valid_from)})"

    def clean(self):
        """Raise ValidationError beside the largest fee when it is above the limit in force, as PostgreSQL would."""
        limits = FeeLimits.objects.on(self.valid_from) if self.valid_from else None
        most = limits.per_municipality if limits else package.MOST
        if self.cap is not None and self.cap > most:
            words = _("The fee is at most %(most)s a municipality.")
            raise ValidationError({"cap": ValidationError(words, code="limit", params={"most": money(most)})})

    @property
    def terms(self):
        """Return a tariff as plain values, as they are frozen on a package."""
        return {
            "rate": f"{self.rate.normalize():f}",
            "floor": f"{self.floor:.2f}",
            "cap": f"{self.cap:.2f}",
            "valid_from": self.valid_from.isoformat(),
            "free_years": self.free_years,
        }

    def fee(self, residents, year):
        """Return a tariff's fee in € for a whole year: residents × rate, within floor and cap, rounded down."""
        if year in self.free_years:
            return Decimal("0.00")
        return package.fee(residents, self.rate, self.floor, self.cap)


class FeeLimits(HelsinkiDecision):
    """What no fee and no year may exceed, from a day on, in € without VAT, by Helsinki's decision. Never changed."""

    valid_from = models.DateField(_("valid from"), unique=True)
    per_municipality = models.DecimalField(_("largest fee of a municipality"), max_digits=8, decimal_places=2)
    per_year = models.DecimalField(_("largest budget of a year"), max_digits=9, decimal_places=2)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("limits of the fee")
        verbose_name_plural = _("limits of the fee")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="feelimits_above_zero", condition=Q(per_municipality__gt=0, per_year__gt=0)
            ),
            models.CheckConstraint(name="feelimits_by_decision", condition=HelsinkiDecision.DECIDED),
        ]

    def __str__(self):
        return f"{self.per_municipality} / {self.per_year} ({self.valid_from})"
