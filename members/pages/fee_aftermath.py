"""What became of a fee: its invoices as sent, what the ledger says of them, letters, and who did what when.

``trail``: the fee with all that belongs to it, and its reader; see fee_audit.
"""

from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium.gather import Part
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import MailState
from consortium.templatetags.portal import day, moment, money, number, weekday_day
from members.models import (
    AnnualBudget,
    Assessment,
    Invoice,
    InvoiceBatch,
    LedgerEntry,
    LedgerLine,
    LedgerReturn,
    Municipality,
)
from members.models.population import CORRECT
from members.pages.invoices import COLOUR, state_words
from members.reports import follow

MAIL_COLOUR = {
    MailState.SENT: "done",
    MailState.QUEUED: "waiting",
    MailState.REFUSED: "refused",
    MailState.RETURNED: "refused",
}
ACTS = {
    "begin": gettext_lazy("Budget opened"),
    "propose": gettext_lazy("Steering group's proposal recorded"),
    "decide": gettext_lazy("Helsinki's decision recorded and the fees frozen"),
    "assess": gettext_lazy("Fee of a member who joined later written"),
    "tell": gettext_lazy("The municipality told its fee"),
    "bill": gettext_lazy("Invoice put into a file for the ledger"),
    "read": gettext_lazy("List from the ledger read"),
    "set_aside": gettext_lazy("List from the ledger set aside"),
    "credit": gettext_lazy("Fee credited"),
    "correct": gettext_lazy("Fee corrected"),
    "close": gettext_lazy("Year closed"),
    CORRECT: gettext_lazy("Population figure corrected"),
}


# The invoice, and what the ledger says


def invoices(trail):
    """Return the part of the invoices: numbers, sums, and the customer's details as they were sent."""
    batches = InvoiceBatch.objects.filter(lines__invoice__in=trail.invoices).distinct()
    batches = {b.pk: b for b in batches.select_related("made_by").prefetch_related("files")}
    lines = list(_ledger_lines(trail.invoices))
    rows = [
        {
            "title": _invoice_title(invoice),
            "facts": _invoice_facts(trail, invoice),
            "sent": [
                _as_sent(trail, line, batches[line.batch_id])
                for line in lines
                if line.invoice_id == invoice.pk
            ],
        }
        for invoice in trail.invoices
    ]
    lacking = ""
    if not rows:
        lacking = _("There is no invoice yet.")
        if not trail.fee.amount:
            lacking = _("Nothing is to be paid, so there is no invoice.")
    note = ngettext("%(n)s invoice", "%(n)s invoices", len(rows)) % {"n": len(rows)}
    return Part(
        _("Invoice"), "members/parts/fee_invoices.html", {"rows": rows, "lacking": lacking}, note=note
    )


def _ledger_lines(invoices):
    return LedgerLine.objects.filter(invoice__in=invoices).order_by("batch__number")


def _invoice_title(invoice):
    if invoice.is_internal:
        return _("Internal entry")
    name = invoice.number or _("numbered by the ledger")
    return (_("Credit note %(number)s") if invoice.credits_id else _("Invoice %(number)s")) % {"number": name}


def _invoice_facts(trail, invoice):
    facts = [
        (_("Reference number"), invoice.reference),
        (_("Agreement number"), invoice.agreement),
        (_("Dated"), day(invoice.issued_on)),
        (_("Due on"), weekday_day(invoice.due_on)),
        (_("Without VAT"), money(invoice.net)),
        _tax(trail, invoice),
        (_("To be paid"), money(invoice.gross)),
    ]
    if invoice.credits:
        facts.append((_("Credits the invoice"), str(invoice.credits)))
    note = next((each for each in trail.invoices if each.credits_id == invoice.pk), None)
    if note:
        facts.append((_("Credited by"), str(note)))
    return facts


def _tax(trail, invoice):
    if not invoice.vat_rate:  # outside the scope or exempt is not a rate of 0 %
        return _("VAT"), trail.budget.billing.get_vat_category_display()
    return _("VAT %(rate)s") % {"rate": f"{number(invoice.vat_rate)}\u00a0%"}, money(invoice.vat)


def _as_sent(trail, line, batch):
    """Return a customer's details as they went out in a file for the ledger; the file for those who may open it."""
    files = []
    if trail.sees_all:
        files = [
            {"label": f.get_format_display(), "url": reverse("members:ledger_file", args=[f.key])}
            for f in batch.files.all()
        ]
    missing = _("missing")
    return {
        "when": _("File %(number)s, made on %(day)s by %(who)s")
        % {"number": batch.number, "day": moment(batch.made_at), "who": trail.who(batch.made_by)},
        "facts": [
            (_("Customer"), line.customer),
            (_("Business ID"), line.business_id),
            (_("E-invoice address"), line.einvoice_address or missing),
            (_("Operator"), line.operator or missing),
            (_("Buyer's reference"), line.buyer_reference or missing),
            (_("Text"), line.text),
        ],
        "files": files,
    }


def payments(trail):
    """Return the part of the payments: how far each invoice is paid, with the ledger's own lines."""
    found = follow(Invoice.objects.filter(pk__in=[invoice.pk for invoice in trail.invoices]))
    by_invoice = {stand.invoice.pk: stand for stand in found}
    entries = LedgerEntry.objects.filter(from_invoice__in=trail.invoices).order_by("returned", "line")
    entries = list(entries.select_related("returned__read_by"))
    rows = []
    for invoice in trail.invoices:
        stand = by_invoice[invoice.pk]
        rows.append(
            {
                "title": _invoice_title(invoice),
                "state": {"word": state_words(stand), "css": COLOUR[stand.state]},
                "facts": [
                    (_("To be paid"), money(invoice.gross)),
                    (_("Paid"), money(stand.paid)),
                    (_("Open"), money(stand.open)),
                ],
                "entries": [_entry(trail, e) for e in entries if e.from_invoice_id == invoice.pk],
            }
        )
    return Part(
        _("Payments"),
        "members/parts/fee_payments.html",
        {"rows": rows},
        note=_("As the city's ledger says"),
    )


def _entry(trail, entry):
    """Return a line of the ledger's list as it was read, and of which list it is."""
    told = []
    if entry.invoiced is not None:
        told.append(_("invoiced %(sum)s") % {"sum": money(entry.invoiced)})
    if entry.paid is not None:
        told.append(_("paid %(sum)s") % {"sum": money(entry.paid)})
    if entry.paid_on:
        told.append(_("paid on %(day)s") % {"day": day(entry.paid_on)})
    told += filter(None, [entry.said, entry.reason])
    returned = entry.returned
    facts = {"line": entry.line, "who": trail.who(returned.read_by), "name": returned.name}
    words = (
        _("Line %(line)s of %(name)s, read by %(who)s") if trail.sees_all else _("Line of the ledger's list")
    )
    note = words % facts
    if returned.set_aside_at:
        words = _("The list was set aside on %(day)s and does not count.")
        note = f"{note}. {words % {'day': day(returned.set_aside_at)}}"
    return {
        "when": weekday_day(returned.read_at),
        "what": "; ".join(told) or _("named in the list"),
        "note": note,
    }


# Letters and acts


def letters(trail):
    """Return the part of the letters about the fee and about its invoicing details, with their delivery."""
    kinds = ContentType.objects.get_for_models(Assessment, Municipality)
    about = Q(about_type=kinds[Assessment], about_id__in=[row.pk for row in trail.chain])
    about |= Q(
        about_type=kinds[Municipality],
        about_id=trail.fee.municipality_id,
        template="members/emails/invoicing_details",
    )
    found = OutgoingEmail.objects.filter(about).order_by("-pk")
    rows = [
        {
            "when": weekday_day(letter.sent_at or letter.queued_at),
            "what": letter.subject,
            "lang": letter.language,
            "text": letter.to,
            "state": {"word": letter.get_state_display(), "css": MAIL_COLOUR.get(letter.state, "")},
            "note": letter.reason,
        }
        for letter in found
    ]
    note = ngettext("%(n)s letter", "%(n)s letters", len(rows)) % {"n": number(len(rows))}
    return Part(
        _("Letters"), "members/parts/letters.html", {"rows": rows}, note=note, is_list=True, folds=True
    )


OF_THE_YEAR = ("propose", "decide", "close")  # acts on the budget that concern each of its fees


def events(trail):
    """Return the part of the acts that concern this fee, the latest first."""
    budget, pks = trail.budget, [row.pk for row in trail.chain]
    batches = {line.batch.number for line in _ledger_lines(trail.invoices).select_related("batch")}
    lists = set(
        LedgerReturn.objects.filter(entries__from_invoice__in=trail.invoices).values_list("pk", flat=True)
    )
    kinds = ContentType.objects.get_for_models(Assessment, AnnualBudget, LedgerReturn, Municipality)
    of_year = Q(record_type=kinds[AnnualBudget], record_id=budget.pk)
    about = of_year & Q(verb__in=OF_THE_YEAR)
    about |= of_year & Q(verb="assess", details__municipality=trail.fee.municipality_id)
    about |= of_year & Q(verb="bill", details__batch__in=list(batches))
    about |= Q(record_type=kinds[Assessment], record_id__in=pks)
    about |= Q(record_type=kinds[LedgerReturn], record_id__in=lists)
    about |= Q(record_type=kinds[Municipality], record_id=trail.fee.municipality_id, verb=CORRECT)
    history = [
        {
            "when": event.at,
            "what": ACTS.get(event.verb, event.verb),
            "who": trail.who(event.by),
            "note": _details(event),
        }
        for event in AuditEvent.objects.filter(about).select_related("by")
    ]
    return Part(
        _("Events"),
        "members/parts/history.html",
        {"history": history},
        note=_("The latest first"),
        is_list=True,
        folds=True,
    )


def _details(event):
    """Return what an act says of itself: before and after, the letter, the section."""
    d = event.details
    if "before" in d and "after" in d:
        before, after = d["before"], d["after"]
        if event.verb == "correct":
            before, after = money(Decimal(before)), money(Decimal(after))
        return _("before %(before)s, after %(after)s") % {"before": before, "after": after}
    if event.verb == "decide":
        words = _("alternative %(letter)s, %(section)s, %(case)s: %(n)s fees, %(sum)s together")
        return words % {
            "letter": d.get("alternative", ""),
            "section": d.get("section", ""),
            "case": d.get("case_number", ""),
            "n": number(d.get("fees", 0)),
            "sum": money(Decimal(d.get("total", "0"))),
        }
    if event.verb == "propose":
        return _("alternative %(letter)s") % {"letter": d.get("alternative", "")}
    if event.verb == "bill":
        return _("file %(number)s") % {"number": d.get("batch", "")}
    if event.verb in {"credit", "assess"} and d.get("amount"):
        return money(Decimal(d["amount"]))
    return ""
