"""A municipality's own fees: each year's figure with its reckoning, decision, invoice and corrections."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium.models import DocumentState
from consortium.templatetags.portal import day, money, number, place, put_in
from members.fee_words import reckoning_line
from members.models import Assessment, FeePaper, FeePaperKind, settlements
from members.pages.decisions import decision_words
from members.register import source_words
from members.scheme_words import vat_words
from members.settlement import PaymentState


def years(user, municipality):
    """Return the municipality's years that the person may read, the newest first, each as the page shows it.

    The same questions to the database for any number of years.
    """
    rows = Assessment.objects.visible_to(user).filter(municipality=municipality)
    rows = rows.select_related("budget__billing", "invoice", "credits", "instead_of")
    by_year, taken_back = {}, {}
    for row in rows.order_by("-budget__year", "-version", "-pk"):
        row.municipality = municipality
        by_year.setdefault(row.budget.year, []).append(row)
        if row.is_credit:
            taken_back[row.credits_id] = row
    invoices = [row.invoice for found in by_year.values() for row in found if hasattr(row, "invoice")]
    for found in by_year.values():
        for row in found:
            if hasattr(row, "invoice"):
                row.invoice.assessment = row
    settled = settlements(invoices) if invoices else {}
    papers = {}
    for paper in _papers(user, municipality):
        papers.setdefault(paper.figures["assessment"], []).append(paper)
    return [_year(year, found, taken_back, settled, papers) for year, found in by_year.items()]


def _papers(user, municipality):
    rows = FeePaper.objects.visible_to(user).filter(kind=FeePaperKind.STATEMENT, municipality=municipality)
    return rows.newest().select_related("budget")


def _year(year, rows, taken_back, settled, papers):
    """Return one year: the standing fee first, then what was taken back."""
    charges = [row for row in rows if not row.is_credit]
    standing = next((row for row in charges if row.pk not in taken_back), None)
    newest = standing or charges[0]
    own = [paper for row in charges[:1] for paper in papers.get(row.pk, ())] if standing else []
    return {
        "year": year,
        "amount": standing.amount if standing else None,
        "fee": newest,
        "facts": _facts(newest, standing, settled),
        "earlier": [_earlier(row, taken_back[row.pk], settled) for row in charges if row.pk in taken_back],
        "files": [
            _file(paper, newest.municipality.code) for paper in own if paper.state == DocumentState.READY
        ],
        "in_making": any(paper.state != DocumentState.READY for paper in own),
        "url": newest.get_absolute_url(),
    }


def _facts(row, standing, settled):
    facts = [
        (_("How it is reckoned"), f"{reckoning_line(row.line)}."),
        (_("Residents"), _population(row)),
        (_("Months of membership"), _("%(months)s of 12") % {"months": row.months}),
        (_("Decision"), decision_words(row.budget)),
        (_("Taxation"), vat_words(row.budget.billing, row.amount)),
    ]
    if standing:
        facts += _invoice(row, settled)
    return [(name, value) for name, value in facts if value]


def _population(row):
    if row.residents is None:
        return ""
    return f"{number(row.residents)}, {day(row.residents_on)}, {source_words(row.residents_source)}"


def _invoice(row, settled):
    """Return the facts of the invoice: its number, days, and what the city's ledger says of it."""
    if not row.amount:
        return [(_("Invoice"), _("There is nothing to pay."))]
    invoice = getattr(row, "invoice", None)
    if invoice is None:
        words = _("Not invoiced yet. The City of Helsinki sends the invoice.")
        if row.is_internal:
            words = _("Not entered yet in Helsinki's own books.")
        return [(_("Invoice"), words)]
    if invoice.is_internal:
        return [
            (
                _("Entry"),
                _("Internal entry in Helsinki's own books, %(day)s.") % {"day": day(invoice.issued_on)},
            )
        ]
    settlement = settled[invoice.pk]
    known = invoice.number or next((line.invoice for line in settlement.lines if line.invoice), "")
    words = _("%(number)s, dated %(day)s, due on %(due)s, %(sum)s")
    facts = {"day": day(invoice.issued_on), "due": day(invoice.due_on), "sum": money(invoice.gross)}
    if not known:
        words, known = _("Reference %(number)s, dated %(day)s, due on %(due)s, %(sum)s"), invoice.reference
    return [(_("Invoice"), words % (facts | {"number": known})), (_("Payment"), _state(settlement))]


def _state(settlement):
    """Return what the ledger says of an invoice, in words."""
    facts = {"paid": money(settlement.paid), "open": money(settlement.open), "over": money(-settlement.open)}
    facts["day"] = day(settlement.paid_on)
    words = {
        PaymentState.UNKNOWN: _("The ledger has not told of a payment yet."),
        PaymentState.OPEN: _("Open: %(open)s."),
        PaymentState.PART_PAID: _("Part-paid: %(paid)s, still open %(open)s."),
        PaymentState.PAID: _("Paid on %(day)s.") if settlement.paid_on else _("Paid."),
        PaymentState.OVERPAID: _("Paid %(over)s too much. The City of Helsinki settles it."),
        PaymentState.PAID_TWICE: _("Paid twice. The City of Helsinki settles it."),
        PaymentState.RETURNED: _("The invoice came back. It is sent again."),
        PaymentState.CREDITED: _("Credited."),
    }
    return words[settlement.state] % facts


def _earlier(row, credit, settled):
    """Return a fee that was taken back, with its reason, in a sentence."""
    words = _("Fee %(fee)s was taken back as a whole on %(day)s. Reason: %(reason)s")
    sentence = words % {"fee": money(row.amount), "day": day(credit.made_at), "reason": credit.reason}
    invoice, note = getattr(row, "invoice", None), getattr(credit, "invoice", None)
    if invoice and invoice.number and note and note.number:
        words = _("Invoice %(number)s, credit note %(credit)s.")
        sentence = f"{sentence} {words % {'number': invoice.number, 'credit': note.number}}"
    return sentence


def _file(paper, code):
    url = reverse("members:fee_statement", args=[code, paper.budget.year, paper.language])
    return {"label": paper.get_language_name(), "url": url, "size": paper.size, "lang": paper.language}


def says(municipality, found):
    """Return the newest year's fee in a sentence."""
    if not found:
        return _("No fee has been decided yet.")
    newest = found[0]
    facts = {"name": place(municipality), "year": newest["year"]}
    if newest["amount"] is None:
        return put_in(
            _("The fee of %(name)s for %(year)s was taken back; a new one has not been decided."), **facts
        )
    words = _("The annual fee of %(name)s for %(year)s is %(fee)s.")
    return put_in(words, fee=money(newest["amount"]), **facts)


def main_file(found):
    """Return the newest year's statement in the page's language, else in any, or None."""
    files = found[0]["files"] if found else []
    return next((f for f in files if f["lang"] == get_language()), files[0] if files else None)
