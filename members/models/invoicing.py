"""Billing a year's fees: the batch for the ledger, and the ledger's lists read back."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium import clock
from consortium.documents import request_document
from consortium.fees import with_vat
from consortium.lists import NOT_IN_XML
from consortium.references import national, rf
from members.ledger import LedgerRow, gaps
from members.ledger_return import RETURNED
from members.models.billing import Numbering, ReferenceKind


class Invoicing:
    """The verbs of a decided budget that bill its fees and read what the ledger says of them."""

    def to_bill(self):
        """Return the fees and credits that have no invoice yet, those of nothing left out, by name.

        A fee credited before it was billed is not billed, and neither is its credit.
        """
        rows = self.assessments.filter(invoice__isnull=True).exclude(amount=0)
        rows = rows.exclude(credits__isnull=True, credited_by__isnull=False)
        rows = rows.exclude(credits__isnull=False, credits__invoice__isnull=True)
        return rows.select_related("municipality", "credits__invoice").order_by(
            "municipality__sort_key_fi", "pk"
        )

    def bill(self, *, by):
        """Make one batch of every fee that can be billed; those with gaps stay for the next one. Returns the batch.

        Numbers follow each other in the order of the names. Raises ValidationError when nothing can be billed.
        """
        with self.step("bill", by=by) as details:
            ready, lacking = self.waiting()
            if not ready:
                raise ValidationError(
                    _("No fee can be billed: each has its invoice already, or lacks a detail."),
                    code="nothing",
                )
            invoices = self._invoices(ready, self._agreements(ready))
            self.invoices.model.objects.bulk_create(invoices)
            batch = self._batch(invoices, by)
            details |= {"batch": batch.number, "invoices": len(invoices), "left": len(lacking)}
        return batch

    def bill_again(self, invoices, *, by):
        """Send invoices that came back once more, under the same numbers, with the customers' details of today."""
        with self.step("bill", by=by) as details:
            invoices = self._read_again(invoices)
            if any(i.said_at and i.sent_at and i.sent_at > i.said_at for i in invoices):
                raise ValidationError(
                    _("A colleague has already sent one of these again. Nothing was changed."), code="again"
                )
            if not all(map(_came_back, invoices)):
                raise ValidationError(
                    _("One of these has not come back, or has been credited. Nothing was changed."),
                    code="not_returned",
                )
            agreements = {i.assessment.municipality_id: i.agreement for i in invoices}
            lacking = [
                i.assessment.municipality.name for i in invoices if self.gaps_of(i.assessment, agreements)
            ]
            if lacking:
                raise ValidationError(
                    _("A detail is still missing: %(names)s."), params={"names": ", ".join(lacking)}
                )
            batch = self._batch(invoices, by)
            details |= {"batch": batch.number, "again": [i.pk for i in invoices]}
        return batch

    def _read_again(self, invoices):
        """Return the invoices as they now are, in their order, with when the ledger last spoke of each (``said_at``)
        and when it last left (``sent_at``).
        """
        counts = Q(entries__returned__set_aside_at__isnull=True)
        rows = self.invoices.select_related("assessment__municipality", "credits", "credited_by").annotate(
            said_at=Max("entries__returned__read_at", filter=counts), sent_at=Max("lines__batch__made_at")
        )
        rows = rows.prefetch_related("entries__returned")
        found = rows.in_bulk([invoice.pk for invoice in invoices])
        return [found[invoice.pk] for invoice in invoices]

    def waiting(self):
        """Return (the fees that can be billed now, [(fee, its gaps)] of those that lack a detail), by name."""
        rows = list(self.to_bill())
        agreements = self._agreements(rows) if rows else {}
        found = [(row, self.gaps_of(row, agreements)) for row in rows]
        return [row for row, gaps in found if not gaps], [(row, gaps) for row, gaps in found if gaps]

    def gaps_of(self, assessment, agreements=None):
        """Return what keeps a fee from being billed, as members of ledger.Gap."""
        place = assessment.municipality
        if agreements is None:
            agreements = self._agreements([assessment])
        return gaps(
            LedgerRow(
                customer=place.name_fi,
                amount=assessment.amount,
                text="-",
                business_id=place.business_id,
                einvoice_address=place.einvoice_address,
                operator=_typed(place.einvoice_operator),
                buyer_reference=_typed(place.buyer_reference),
                agreement=agreements[place.pk],
                vat_rate=self.billing.vat_rate,
                vat_treatment=self.billing.vat_category,
                internal=assessment.is_internal,
            )
        )

    def _agreements(self, rows):
        """Return municipality's id -> the case number under which Helsinki confirmed its joining, else the budget's."""
        day = clock.last_day(self.year)
        found = dict.fromkeys((row.municipality_id for row in rows), self.case_number)
        confirmed = self.assessments.filter(
            municipality__in=found, municipality__memberships__period__startswith__lte=day
        ).exclude(municipality__memberships__accession__confirmed_case_number="")
        pairs = confirmed.order_by("municipality__memberships__period").values_list(
            "municipality", "municipality__memberships__accession__confirmed_case_number"
        )
        return found | {pk: number for pk, number in pairs if number}

    def _invoices(self, rows, agreements):
        """Return the invoices, not saved, with the next numbers of the year."""
        model, billing, today = self.invoices.model, self.billing, clock.today()
        serial, made = self.last_serial, []
        for row in rows:
            internal = row.is_internal
            numbered = billing.numbering == Numbering.PORTAL and not internal
            serial += numbered
            gross = with_vat(row.amount, billing.vat_rate)
            made.append(
                model(
                    budget=self,
                    assessment=row,
                    serial=serial if numbered else None,
                    number=f"{self.year}{serial:05d}" if numbered else None,
                    reference=self._reference(row),
                    agreement=agreements[row.municipality_id],
                    issued_on=today,
                    due_on=today + dt.timedelta(days=billing.payment_days),
                    net=row.amount,
                    vat_rate=billing.vat_rate,
                    vat=gross - row.amount,
                    gross=gross,
                    is_internal=internal,
                    credits=row.credits.invoice if row.is_credit else None,
                )
            )
        return made

    def _reference(self, row):
        """Return the reference number: year, municipality's code and the row's own number with a check digit."""
        number = national(f"{self.year}{row.municipality.code}{row.pk:06d}")
        return rf(number) if self.billing.reference_kind == ReferenceKind.RF else number

    def _batch(self, invoices, by):
        """Write the batch with a line for each invoice, and ask for its files."""
        number = (self.batches.aggregate(last=Max("number"))["last"] or 0) + 1
        batch = self.batches.create(number=number, made_by=by)
        lines = [_line(batch, invoice) for invoice in invoices]
        batch.lines.model.objects.bulk_create(lines)
        model = batch.files.model
        plain = model.figures_of(batch, lines)
        for kind in model.format.field.choices:
            request_document(model(batch=batch, format=kind[0], language="fi", figures=plain), by=by)
        return batch

    def read_list(self, found, *, by, name, file):
        """Keep the ledger's list (a LedgerList) with each of its lines, whatever they say. Returns the row.

        Raises ValidationError when the same file has been read before.
        """
        with self.step("read", by=by, name=name, sha256=found.sha256) as details:
            row = self.returns.model(
                budget=self,
                sha256=found.sha256,
                name=name,
                problems=[[p.line, p.column, p.reason] for p in found.problems],
                read_by=by,
            )
            row.validate_constraints()
            row.file.save(found.sha256, file, save=False)  # a name of its own may be longer than a disk takes
            try:
                row.save()
            except IntegrityError:
                row.file.storage.delete(row.file.name)
                raise
            row.keep(found.lines)
            details |= {"lines": len(found.lines), "problems": len(found.problems)}
        return row


def _came_back(invoice):
    """Tell whether the newest list that names an invoice has it as returned and unpaid, and no credit has ended it."""
    counts = [entry for entry in invoice.entries.all() if not entry.returned.set_aside_at]
    newest = max((entry.returned_id for entry in counts), default=None)
    lines = [entry for entry in counts if entry.returned_id == newest]
    is_back = bool(lines) and max(lines, key=lambda entry: entry.line).status == RETURNED
    return is_back and not any(entry.paid for entry in lines) and not hasattr(invoice, "credited_by")


def _typed(text):
    """Return what a municipality has typed without the signs that would stop the whole file."""
    return " ".join(NOT_IN_XML.sub(" ", text).split())


def _line(batch, invoice):
    """Return the line, not saved, of an invoice in a batch, in the language of the municipality's majority."""
    place = invoice.assessment.municipality
    language = place.languages[0]
    with override(language):
        words = _("Credit of the annual fee %(year)s") if invoice.credits_id else _("Annual fee %(year)s")
        text = f"{_('Consortium of public libraries')}: {words % {'year': batch.budget.year}}"
    return batch.lines.model(
        batch=batch,
        invoice=invoice,
        customer=getattr(place, f"name_{language}"),
        business_id=place.business_id,
        einvoice_address=place.einvoice_address,
        operator=_typed(place.einvoice_operator),
        buyer_reference=_typed(place.buyer_reference),
        language=language,
        text=text,
    )
