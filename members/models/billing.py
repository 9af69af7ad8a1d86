"""How the fee is invoiced: the settings of a day on, by which the city's ledger and the invoices are written."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum import iban

from members import bill, ledger
from members.models.municipality import check_business_id, check_einvoice_address
from members.models.scheme import DatedQuerySet


class Vat(models.TextChoices):
    """How VAT is treated, by the codes of UNTDID 5305."""

    RATED = bill.RATED, _("VAT is added")
    ZERO_RATED = bill.ZERO_RATED, _("zero rate")
    EXEMPT = bill.EXEMPT, _("exempt from VAT")
    OUTSIDE = bill.OUTSIDE, _("outside the scope of VAT")


class Numbering(models.TextChoices):
    """Who gives the invoices their numbers."""

    PORTAL = "portal", _("the portal, without gaps")
    LEDGER = "ledger", _("the city's ledger")


class ReferenceKind(models.TextChoices):
    """Which reference number a payment carries."""

    NATIONAL = "national", _("Finnish reference number")
    RF = "rf", _("international RF reference")


def check_iban(value):
    """Raise ValidationError unless the account number is a sound IBAN."""
    if not iban.is_valid(value):
        raise ValidationError(_("This is not an IBAN: check the digits."))


def check_bic(value):
    """Raise ValidationError unless it has the form of a bank's BIC."""
    if not bill.BIC.fullmatch(value):
        raise ValidationError(_("This is not a BIC, for example NDEAFIHH."))


def check_columns(keys):
    """Raise ValidationError for a column that the ledger's file does not know, or one twice."""
    unknown = [key for key in keys if key not in ledger.COLUMNS]
    if unknown or len(set(keys)) != len(keys):
        raise ValidationError(_("A column is unknown or stands there twice."))


def default_columns():
    """Return the columns of the ledger's file while nobody has chosen others."""
    return list(ledger.DEFAULT_COLUMNS)


class BillingTerms(models.Model):
    """How invoices are made from a day on: VAT by the tax decision, account, numbers, seller. A change is a new row."""

    valid_from = models.DateField(_("valid from"), unique=True)
    vat_category = models.CharField(_("VAT"), max_length=1, choices=Vat, default=Vat.OUTSIDE)
    vat_rate = models.DecimalField(_("VAT %"), max_digits=4, decimal_places=2, default=Decimal(0))
    vat_reason_fi = models.CharField(_("why there is no VAT, in Finnish"), max_length=70, blank=True)
    vat_reason_sv = models.CharField(_("why there is no VAT, in Swedish"), max_length=70, blank=True)
    vat_decision = models.CharField(_("decision on the tax"), max_length=120)
    cap_with_vat = models.BooleanField(_("the largest fee includes VAT"), default=False)
    account = models.CharField(_("account"), max_length=20)
    cost_centre = models.CharField(_("cost centre"), max_length=20)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=21)
    numbering = models.CharField(
        _("who numbers the invoices"), max_length=6, choices=Numbering, default=Numbering.PORTAL
    )
    reference_kind = models.CharField(
        _("reference number"), max_length=8, choices=ReferenceKind, default=ReferenceKind.NATIONAL
    )
    helsinki_pays = models.BooleanField(_("Helsinki pays its share, as an internal entry"), default=True)
    columns = ArrayField(
        models.CharField(max_length=20),
        default=default_columns,
        validators=[check_columns],
        verbose_name=_("columns of the ledger's file"),
    )
    seller_name = models.CharField(_("invoicer"), max_length=70)
    seller_business_id = models.CharField(
        _("invoicer's business ID"), max_length=9, validators=[check_business_id]
    )
    seller_iban = models.CharField(_("account number (IBAN)"), max_length=34, validators=[check_iban])
    seller_bic = models.CharField(_("BIC"), max_length=11, validators=[check_bic])
    seller_einvoice_address = models.CharField(
        _("invoicer's e-invoice address"), max_length=35, validators=[check_einvoice_address]
    )
    seller_einvoice_operator = models.CharField(_("invoicer's e-invoice operator"), max_length=35)
    seller_street = models.CharField(_("street address"), max_length=35, blank=True)
    seller_postcode = models.CharField(_("postal code"), max_length=5, blank=True)
    seller_town = models.CharField(_("post office"), max_length=35, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("settings of invoicing")
        verbose_name_plural = _("settings of invoicing")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="billingterms_vat_fits",
                condition=Q(vat_category="S", vat_rate__gt=0, vat_rate__lt=100)
                | Q(~Q(vat_category="S"), vat_rate=0),
                violation_error_message=_("VAT that is added needs its rate; otherwise the rate is 0."),
            ),
            models.CheckConstraint(
                name="billingterms_reason_of_no_vat",
                condition=Q(vat_category__in=["S", "Z"], vat_reason_fi="", vat_reason_sv="")
                | Q(vat_category__in=["E", "O"]) & ~Q(vat_reason_fi="") & ~Q(vat_reason_sv=""),
                violation_error_message=_("Say why there is no VAT, in both languages, and only then."),
            ),
        ]

    def __str__(self):
        return f"{self.valid_from} {self.get_vat_category_display()}"

    @property
    def vat_reason(self):
        """Return why there is no VAT, in the page's language."""
        return self.vat_reason_sv if get_language() == "sv" else self.vat_reason_fi

    def seller(self):
        """Return the invoicer as an invoice names it."""
        return bill.Seller(
            name=self.seller_name,
            business_id=self.seller_business_id,
            iban=self.seller_iban,
            bic=self.seller_bic,
            address=self.seller_einvoice_address,
            operator=self.seller_einvoice_operator,
            street=self.seller_street,
            postcode=self.seller_postcode,
            town=self.seller_town,
        )
