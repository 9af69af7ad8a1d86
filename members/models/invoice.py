"""Invoices: each fee is billed once, in a batch that the city's ledger takes in as one file; none is changed."""

import io
import zipfile
from dataclasses import asdict, fields
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from consortium import clock
from consortium.models import Document
from members.bill import Bill, Buyer, Seller
from members.finvoice import finvoice
from members.ledger import LedgerRow, csv_file, xlsx_file
from members.models.assessment import Assessment
from members.models.budget import AnnualBudget

ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same file from the same figures


class Invoice(models.Model):
    """The claim of one fee, or the credit note of one credit. Sums in €; never changed or removed, numbers have no gap.

    ``number`` is empty where the ledger gives its own, and for Helsinki's internal entry.
    """

    budget = models.ForeignKey(AnnualBudget, models.PROTECT, related_name="invoices")
    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="invoice")
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(_("invoice number"), max_length=20, null=True, unique=True)
    reference = models.CharField(_("reference number"), max_length=25, unique=True)
    agreement = models.CharField(_("agreement number"), max_length=70)
    issued_on = models.DateField(_("dated"))
    due_on = models.DateField(_("due on"))
    net = models.DecimalField(_("without VAT"), max_digits=9, decimal_places=2)
    vat_rate = models.DecimalField(_("VAT %"), max_digits=4, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=9, decimal_places=2)
    gross = models.DecimalField(_("to be paid"), max_digits=9, decimal_places=2)
    is_internal = models.BooleanField(_("internal entry"), default=False)
    credits = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="credited_by", verbose_name=_("credits")
    )

    TRIGGERS = {
        "invoice_number_follows": _("Invoice numbers follow each other without gaps."),
        "invoice_of_open_year": _("The year has been closed: nothing more is invoiced on it."),
        "invoice_of_its_fee": _("An invoice is for its fee, no more and no less."),
    }

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["budget", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "serial"], condition=Q(serial__isnull=False), name="invoice_serial_once"
            ),
            models.CheckConstraint(
                name="invoice_number_with_serial",
                condition=Q(serial__isnull=True, number__isnull=True)
                | Q(serial__isnull=False, number__isnull=False, is_internal=False),
            ),
            models.CheckConstraint(
                name="invoice_sums_up", condition=Q(gross=models.F("net") + models.F("vat"))
            ),
        ]

    def __str__(self):
        return self.number or self.reference

    def get_absolute_url(self):
        """Return the page of the fee it bills."""
        return reverse("members:assessment", args=[self.assessment_id])


class InvoiceBatch(models.Model):
    """Invoices that went to the ledger together, as one file in several formats."""

    budget = models.ForeignKey(AnnualBudget, models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField(_("number"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=clock.now)

    class Meta:
        verbose_name = _("file for the ledger")
        verbose_name_plural = _("files for the ledger")
        ordering = ["budget", "number"]
        constraints = [models.UniqueConstraint(fields=["budget", "number"], name="invoicebatch_number_once")]

    def __str__(self):
        return f"{self.budget_id}-{self.number}"


class LedgerLine(models.Model):
    """One invoice in one file, with the customer's details as they were that day. A returned one gets a new line."""

    batch = models.ForeignKey(InvoiceBatch, models.PROTECT, related_name="lines")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    customer = models.CharField(_("customer"), max_length=70)
    business_id = models.CharField(_("business ID"), max_length=9)
    einvoice_address = models.CharField(_("e-invoice address"), max_length=35, blank=True)
    operator = models.CharField(_("e-invoice operator"), max_length=35, blank=True)
    buyer_reference = models.CharField(_("buyer's reference"), max_length=70, blank=True)
    language = models.CharField(_("language"), max_length=2)
    text = models.CharField(_("text"), max_length=100)

    class Meta:
        verbose_name = _("line of a file for the ledger")
        verbose_name_plural = _("lines of files for the ledger")
        ordering = ["batch", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "invoice"], name="ledgerline_once_a_batch")]

    def __str__(self):
        return f"{self.batch_id} {self.invoice_id}"

    def ledger_row(self):
        """Return it as the ledger's file holds it."""
        invoice, billing = self.invoice, self.invoice.budget.billing
        with override(self.language):
            treatment = " ".join(filter(None, [str(billing.get_vat_category_display()), billing.vat_reason]))
        return LedgerRow(
            customer=self.customer,
            amount=invoice.net,
            text=self.text,
            business_id=self.business_id,
            einvoice_address=self.einvoice_address,
            operator=self.operator,
            buyer_reference=self.buyer_reference,
            agreement=invoice.agreement,
            vat_rate=invoice.vat_rate,
            vat_treatment=treatment,
            account=billing.account,
            cost_centre=billing.cost_centre,
            reference=invoice.reference,
            number=invoice.number or "",
            code=invoice.assessment.municipality.code,
            internal=invoice.is_internal,
        )

    def bill(self):
        """Return it as an e-invoice states it."""
        invoice, billing, original = self.invoice, self.invoice.budget.billing, self.invoice.credits
        year = invoice.budget.year
        with override(self.language):
            reason = billing.vat_reason
        return Bill(
            number=invoice.number or invoice.reference,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            seller=billing.seller(),
            buyer=Buyer(
                name=self.customer,
                business_id=self.business_id,
                address=self.einvoice_address,
                operator=self.operator,
                reference=self.buyer_reference,
                language=self.language,
            ),
            net=invoice.net,
            text=self.text,
            reference=invoice.reference,
            made_at=self.batch.made_at,
            agreement=invoice.agreement,
            vat_rate=invoice.vat_rate,
            vat_category=billing.vat_category,
            vat_reason=reason,
            starts_on=clock.first_day(year),
            ends_on=clock.last_day(year),
            credits=(original.number or original.reference) if original else "",
            credited_on=original.issued_on if original else None,
        )


class LedgerFormat(models.TextChoices):
    """In which form a batch is taken along."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    FINVOICE = "zip", "Finvoice 3.0"


CONTENT_TYPES = {
    LedgerFormat.CSV: "text/csv",
    LedgerFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    LedgerFormat.FINVOICE: "application/zip",
}


class LedgerFile(Document):
    """A batch as one file: the ledger's rows as CSV or a spreadsheet, or the e-invoices, one Finvoice each."""

    batch = models.ForeignKey(InvoiceBatch, models.PROTECT, related_name="files")
    format = models.CharField(_("format"), max_length=4, choices=LedgerFormat)

    class Meta(Document.Meta):
        verbose_name = _("file for the ledger")
        verbose_name_plural = _("files for the ledger")
        constraints = [
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["batch", "format"], name="ledgerfile_format_once"),
        ]

    def __str__(self):
        return self.filename

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        what = "finvoice" if self.format == LedgerFormat.FINVOICE else "ledger"
        return f"{what}-{self.figures['year']}-{self.figures['number']}.{self.format}"

    @property
    def content_type(self):
        """Return the file's media type."""
        return CONTENT_TYPES[self.format]

    @staticmethod
    def figures_of(batch, lines):
        """Return what the files of a batch are made from, as plain values."""
        return {
            "year": batch.budget.year,
            "number": batch.number,
            "columns": list(batch.budget.billing.columns),
            "rows": [asdict(line.ledger_row()) for line in lines],
            "bills": [asdict(line.bill()) for line in lines if not line.invoice.is_internal],
        }

    def produce(self):
        """Make the file from the frozen lines."""
        with override(self.language):
            if self.format == LedgerFormat.FINVOICE:
                return self.filename, _zipped([_bill(b) for b in self.figures["bills"]])
            rows = [_ledger_row(row) for row in self.figures["rows"]]
            make = csv_file if self.format == LedgerFormat.CSV else xlsx_file
            return self.filename, make(rows, tuple(self.figures["columns"]))


def _zipped(bills):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for bill in bills:
            archive.writestr(zipfile.ZipInfo(f"finvoice-{bill.number}.xml", ZIP_TIME), finvoice(bill))
    return packed.getvalue()


def _ledger_row(plain):
    rate = plain["vat_rate"]
    return LedgerRow(
        **plain | {"amount": Decimal(plain["amount"]), "vat_rate": None if rate is None else Decimal(rate)}
    )


def _bill(plain):
    """Return a bill from plain values: days, moments and sums from their text."""
    read = {"issued_on": parse_date, "due_on": parse_date, "starts_on": parse_date, "ends_on": parse_date}
    read |= {"credited_on": parse_date, "made_at": parse_datetime, "net": Decimal, "vat_rate": Decimal}
    read |= {"seller": lambda p: Seller(**p), "buyer": lambda p: Buyer(**p), "notes": tuple}
    names = {f.name for f in fields(Bill)}
    return Bill(
        **{n: read[n](v) if n in read and v is not None else v for n, v in plain.items() if n in names}
    )
