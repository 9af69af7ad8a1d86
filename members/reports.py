"""A year's invoices against what the ledger's lists say of them, to the cent. All sums are in €."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.models import AuditEvent
from members.models import (
    Invoice,
    LedgerEntry,
    LedgerLine,
    LedgerReturn,
    Municipality,
    settlements,
)
from members.models.municipality import ASK_INVOICING
from members.settlement import PaymentState, Settlement

ZERO = Decimal("0.00")
SETTLED = {PaymentState.PAID, PaymentState.OPEN}  # what needs nobody's eye while the amounts agree


@dataclass
class Followed:
    """One invoice, what was last sent of it, and what the ledger's newest list that names it says."""

    invoice: Invoice
    settlement: Settlement
    line: LedgerLine  # as it was last sent
    read_at: dt.datetime | None = None  # when that list was read
    is_contained: bool = False  # a credit note that the ledger tells by calling its invoice credited

    @property
    def municipality(self):
        """Return the buyer."""
        return self.invoice.assessment.municipality

    @property
    def sort_key(self):
        """Return what the buyer sorts by in the page's language."""
        place = self.municipality
        return place.sort_key_sv if get_language() == "sv" else place.sort_key_fi

    @property
    def number(self):
        """Return the invoice's number, nothing where the ledger numbers."""
        return self.invoice.number or ""

    @property
    def due_on(self):
        """Return the day by which it should be paid."""
        return self.invoice.due_on

    @property
    def state(self):
        """Return the PaymentState."""
        return self.settlement.state

    @property
    def is_own_entry(self):
        """Tell whether it is Helsinki's internal entry, of which no list has said anything."""
        return self.invoice.is_internal and not self.settlement.lines

    @property
    def is_sent_again(self):
        """Tell whether it came back and has left once more since."""
        return self.state == PaymentState.RETURNED and self.line.batch.made_at > self.read_at

    @property
    def is_returned(self):
        """Tell whether it came back and waits to be sent again."""
        return self.state == PaymentState.RETURNED and not self.is_sent_again and not self.is_credited

    @property
    def is_credited(self):
        """Tell whether it has been credited as a whole."""
        return getattr(self.invoice, "credited_by", None) is not None

    @property
    def reason(self):
        """Return why it came back, in the ledger's words."""
        found = (line.reason or line.said for line in reversed(self.settlement.lines))
        return next(filter(None, found), "")

    @property
    def claimed(self):
        """Return what is to be paid, with VAT (€)."""
        return self.invoice.gross

    @property
    def paid(self):
        """Return what the ledger has as paid (€)."""
        return self.settlement.paid

    @property
    def open(self):
        """Return what is still to be paid (€); below zero: paid too much, or a credit to be paid out."""
        return ZERO if self.is_own_entry else self.settlement.open

    @property
    def is_of_a_credit(self):
        """Tell whether it is one of a pair that comes to nothing: credited as a whole, or the credit note itself."""
        return self.is_credited or self.invoice.credits_id is not None

    @property
    def billed(self):
        """Return what the ledger has billed (€); None where its list tells no amount, or nothing of the invoice.

        What the ledger calls credited agrees when it has been credited here too, with or without a line of the note.
        """
        if self.is_of_a_credit and (self.is_contained or self.state == PaymentState.CREDITED):
            return self.claimed
        return (
            ZERO if self.state in {PaymentState.RETURNED, PaymentState.CREDITED} else self.settlement.invoiced
        )

    @property
    def strangers(self):
        """Return the ledger's lines on this invoice that name another business ID than the buyer's."""
        own = self.line.business_id
        return [line for line in self.settlement.lines if own and line.business_id not in {"", own}]


@dataclass
class Part:
    """One reason why the two sums differ: how many invoices or lines, and by how much (€)."""

    label: str
    count: int
    amount: Decimal


@dataclass
class Reconciliation:
    """A year's invoices against the ledger's lists: equal to the cent, or every cent of the difference told."""

    rows: list  # Followed
    doubts: list = field(default_factory=list)  # LedgerEntry that belong to none
    newest: LedgerReturn | None = None

    @cached_property
    def compared(self):
        """Return the invoices that the ledger must have: all but the city's internal entry."""
        return [row for row in self.rows if not row.is_own_entry]

    @property
    def internal(self):
        """Return the sum of internal entries of which no list says anything (€)."""
        return sum((row.claimed for row in self.rows if row.is_own_entry), ZERO)

    @property
    def net(self):
        """Return what the portal has invoiced without VAT, the internal entry included (€)."""
        return sum((row.invoice.net for row in self.rows), ZERO)

    @property
    def gross(self):
        """Return the same with VAT (€)."""
        return sum((row.claimed for row in self.rows), ZERO)

    @property
    def claimed(self):
        """Return what the portal has invoiced, with VAT, without the internal entry (€)."""
        return sum((row.claimed for row in self.compared), ZERO)

    @property
    def billed(self):
        """Return what the ledger has invoiced, lines that belong to none included (€)."""
        return sum((row.billed or ZERO for row in self.compared), ZERO) + self.billed_elsewhere

    @property
    def difference(self):
        """Return how much more than the portal the ledger has invoiced (€)."""
        return self.billed - self.claimed

    @property
    def paid(self):
        """Return what the ledger has as paid on the invoices (€)."""
        return sum((row.paid for row in self.rows), ZERO)

    @property
    def billed_elsewhere(self):
        """Return what has been invoiced on lines that belong to none (€)."""
        return sum((entry.invoiced or ZERO for entry in self.doubts), ZERO)

    @property
    def paid_in_all(self):
        """Return what the ledger has as paid, lines that belong to none included (€)."""
        return self.paid + self.paid_elsewhere

    @property
    def count(self):
        """Return how many invoices and lines are compared."""
        return len(self.compared) + len(self.doubts)

    @property
    def paid_elsewhere(self):
        """Return what has been paid on lines that belong to none (€)."""
        return sum((entry.paid or ZERO for entry in self.doubts), ZERO)

    @property
    def open(self):
        """Return what is still to be paid (€)."""
        return sum((row.open for row in self.rows), ZERO)

    @property
    def overpaid(self):
        """Return what has been paid above the sums of the invoices (€); it lessens what is open."""
        too_much = {PaymentState.OVERPAID, PaymentState.PAID_TWICE}
        return sum((-row.open for row in self.rows if row.state in too_much), ZERO)

    @cached_property
    def parts(self):
        """Return the difference part by part; their sum is the difference, to the cent."""
        silent = [r for r in self.compared if not r.settlement.lines and r.billed is None]
        untold = [r for r in self.compared if r.settlement.lines and r.billed is None]
        back = [r for r in self.compared if r.state == PaymentState.RETURNED]
        gone = [r for r in self.compared if r.state == PaymentState.CREDITED and not r.is_of_a_credit]
        other = [
            r
            for r in self.compared
            if r.billed is not None and r.billed != r.claimed and r not in back and r not in gone
        ]
        found = [
            (_("Not in the ledger's list"), silent),
            (_("In the list without an amount"), untold),
            (_("Returned"), back),
            (_("Credited in the ledger, not here"), gone),
            (_("Invoiced with another amount"), other),
        ]
        parts = [
            Part(label, len(rows), sum(((r.billed or ZERO) - r.claimed for r in rows), ZERO))
            for label, rows in found
            if rows
        ]
        if self.doubts:
            label = _("Lines that belong to no invoice")
            parts.append(Part(label, len(self.doubts), self.billed_elsewhere))
        return parts

    @property
    def by_state(self):
        """Return (state, number, claimed, billed, paid, open) of each state that occurs, in their order."""
        found = []
        for state in PaymentState:
            rows = [r for r in self.compared if r.state == state]
            if rows:
                sums = [
                    sum((getattr(r, n) or ZERO for r in rows), ZERO)
                    for n in ("claimed", "billed", "paid", "open")
                ]
                found.append((state, len(rows), *sums))
        return found

    @property
    def amiss(self):
        """Return the invoices that somebody should look at, as the ledger says them."""
        return [r for r in self.compared if is_amiss(r)]


def is_amiss(row):
    """Tell whether the ledger says of an invoice something else than that it is open or paid, as it was sent."""
    if row.state == PaymentState.CREDITED:
        return not row.is_of_a_credit
    if row.state == PaymentState.UNKNOWN:
        return row.billed is None
    return row.state not in SETTLED or row.billed not in {None, row.claimed} or bool(row.strangers)


# --- Reading it ------------------------------------------------------------------------------------------------


def follow(invoices):
    """Return the invoices of a query set as Followed, by name, in five questions whatever their number."""
    rows = list(
        invoices.select_related("assessment__municipality", "credited_by", "credits", "budget").order_by(
            "assessment__municipality__sort_key_fi", "pk"
        )
    )
    pks = [row.pk for row in rows]
    said = settlements(rows)
    standing = LedgerEntry.objects.filter(from_invoice__in=pks, returned__set_aside_at__isnull=True)
    read = dict(standing.order_by().values_list("from_invoice").annotate(Max("returned__read_at")))
    sent = LedgerLine.objects.filter(invoice__in=pks).select_related("batch").order_by("batch__made_at", "pk")
    lines = {line.invoice_id: line for line in sent}
    found = [Followed(row, said[row.pk], lines[row.pk], read.get(row.pk)) for row in rows]
    credited = {row.invoice.pk for row in found if row.state == PaymentState.CREDITED}
    for row in found:
        row.is_contained = not row.settlement.lines and row.invoice.credits_id in credited
    return found


def reconcile(budget):
    """Return the year's Reconciliation."""
    lists = list(budget.returns.filter(set_aside_at__isnull=True).order_by("-pk"))
    return Reconciliation(follow(budget.invoices.all()), doubts_of(lists), lists[0] if lists else None)


def doubts_of(lists):
    """Return the lines that belong to no invoice: of the newest list, and of earlier ones that it does not replace.

    ``lists``: those that count, the newest first. A later list replaces an earlier one when it names all its invoices.
    """
    named, doubts = {}, {}
    entries = LedgerEntry.objects.filter(returned__in=lists).select_related("returned").order_by("line")
    for entry in entries:
        if entry.from_invoice_id:
            named.setdefault(entry.returned_id, set()).add(entry.from_invoice_id)
        else:
            doubts.setdefault(entry.returned_id, []).append(entry)
    found, later = [], []
    for row in lists:
        own = named.get(row.pk, set())
        if not (own and any(own <= others for others in later)):
            found += doubts.get(row.pk, [])
        later.append(own)
    return found


def asked(municipalities):
    """Return municipality's id -> the newest event of asking it for what an invoice lacks."""
    kind = ContentType.objects.get_for_model(Municipality)
    events = AuditEvent.objects.filter(
        record_type=kind, record_id__in=municipalities, verb=ASK_INVOICING
    ).select_related("by")
    return {event.record_id: event for event in events.order_by("at", "pk")}
