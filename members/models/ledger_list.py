"""What the city's ledger says of the invoices: its lists as they were read, line by line."""

from collections import defaultdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members.ledger_return import ReturnedLine
from members.models.budget import AnnualBudget
from members.models.invoice import Invoice
from members.settlement import Claim, Doubt, Settlement, settle

FIELDS = (
    *("line", "invoice", "reference", "agreement", "business_id", "customer"),
    *("invoiced", "paid", "paid_on", "status", "reason", "said"),
)


class LedgerReturn(models.Model):
    """One list of the ledger, as a file and as lines. It states how things stand; a later list says it anew."""

    budget = models.ForeignKey(AnnualBudget, models.PROTECT, related_name="returns")
    name = models.CharField(_("file"), max_length=150)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="ledger/%Y/", max_length=300)
    problems = models.JSONField(default=list)  # [line, column, reason] of what could not be read
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read"), default=clock.now)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_aside_reason = models.CharField(_("why it does not count"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("list from the ledger")
        verbose_name_plural = _("lists from the ledger")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "sha256"],
                condition=models.Q(set_aside_at__isnull=True),
                name="ledgerreturn_once",
                violation_error_message=_("This very list has already been read. Nothing was changed."),
            ),
            models.CheckConstraint(
                name="ledgerreturn_set_aside_by_whom",
                condition=models.Q(set_aside_at__isnull=True, set_aside_by__isnull=True, set_aside_reason="")
                | models.Q(set_aside_at__isnull=False, set_aside_by__isnull=False)
                & ~models.Q(set_aside_reason=""),
            ),
        ]

    def __str__(self):
        return self.name

    def keep(self, lines):
        """Write the lines, each with the invoice it belongs to or the doubt."""
        invoices = list(self.budget.invoices.select_related("assessment__municipality"))
        settlements, doubts = settle([claim_of(i) for i in invoices], lines)
        rows = [self._entry(line, from_invoice_id=s.claim.key) for s in settlements for line in s.lines]
        rows += [self._entry(line, doubt=doubt) for line, doubt in doubts]
        LedgerEntry.objects.bulk_create(sorted(rows, key=lambda row: row.line))

    def _entry(self, line, **more):
        said = {name: _fitting(name, getattr(line, name)) for name in FIELDS}
        return LedgerEntry(returned=self, **said, **more)

    def set_aside(self, *, by, reason):
        """Let the list no longer count, with the reason: a wrong file was read."""
        with transaction.atomic():
            row = LedgerReturn.objects.select_for_update(no_key=True).get(pk=self.pk)
            if row.set_aside_at:
                raise ValidationError(_("This list has already been set aside."), code="set_aside")
            row.set_aside_at, row.set_aside_by, row.set_aside_reason = clock.now(), by, reason
            row.full_clean(exclude={"problems"})  # none is what a list should have
            row.save()
            AuditEvent.record(row, "set_aside", by=by)
        self.refresh_from_db()


class LedgerEntry(models.Model):
    """One line of a list, as the ledger wrote it; the portal settles nothing. Amounts in €, with VAT."""

    returned = models.ForeignKey(LedgerReturn, models.PROTECT, related_name="entries")
    from_invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="entries")
    doubt = models.CharField(_("doubt"), max_length=10, choices=Doubt, blank=True)
    line = models.PositiveIntegerField(_("line"))
    invoice = models.CharField(_("invoice number"), max_length=200, blank=True)
    reference = models.CharField(_("reference number"), max_length=200, blank=True)
    agreement = models.CharField(_("agreement number"), max_length=200, blank=True)
    business_id = models.CharField(_("business ID"), max_length=200, blank=True)
    customer = models.CharField(_("customer"), max_length=300, blank=True)
    invoiced = models.DecimalField(_("invoiced"), max_digits=14, decimal_places=2, null=True)
    paid = models.DecimalField(_("paid"), max_digits=14, decimal_places=2, null=True)
    paid_on = models.DateField(_("paid on"), null=True)
    status = models.CharField(max_length=10, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    said = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a list from the ledger")
        verbose_name_plural = _("lines of lists from the ledger")
        ordering = ["returned", "line"]
        constraints = [
            models.CheckConstraint(
                name="ledgerentry_known_or_doubted",
                condition=models.Q(from_invoice__isnull=False, doubt="")
                | models.Q(from_invoice__isnull=True) & ~models.Q(doubt=""),
            ),
            models.UniqueConstraint(fields=["returned", "line"], name="ledgerentry_line_once"),
        ]

    def __str__(self):
        return f"{self.returned_id}:{self.line}"

    def as_line(self):
        """Return it as it was read."""
        return ReturnedLine(**{name: getattr(self, name) for name in FIELDS})


def _fitting(name, value):
    """Return a value of a list's line as the record has room for it; the file itself stays whole."""
    return value[: LedgerEntry._meta.get_field(name).max_length] if isinstance(value, str) else value


def claim_of(invoice):
    """Return what an invoice claims, as the ledger's lines are held against it."""
    return Claim(
        key=invoice.pk,
        amount=invoice.gross,
        number=invoice.number or "",
        reference=invoice.reference,
        agreement=invoice.agreement,
        business_id=invoice.assessment.municipality.business_id,
    )


def settlements(invoices):
    """Return invoice's id -> its Settlement by the newest list that names it, in one query whatever their number.

    ``invoices``: with their assessments and municipalities, else each is read by itself.
    """
    invoices = list(invoices)
    entries = LedgerEntry.objects.filter(
        from_invoice__in=[i.pk for i in invoices], returned__set_aside_at__isnull=True
    )
    newest = defaultdict(list)
    for entry in entries.order_by("returned_id", "line"):  # "returned" would follow that model's own order
        rows = newest[entry.from_invoice_id]
        if rows and rows[-1].returned_id != entry.returned_id:
            rows.clear()
        rows.append(entry)
    return {i.pk: Settlement(claim_of(i), [e.as_line() for e in newest[i.pk]]) for i in invoices}
