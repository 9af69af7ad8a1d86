"""What pages tell of shared costs: terms in words, the table of shares, what the ledger still lacks."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from consortium.lists import Column
from consortium.templatetags.portal import day, money, number, place, place_name, rate
from members.ledger import LedgerRow, gaps
from members.package import HELSINKI
from members.register import source_words
from procurement.cost_words import reckoning_line, use_words
from procurement.models import CostMethod, CostShareLine

NEEDED = (
    "customer",
    "business_id",
    "einvoice_address",
    "operator",
    "buyer_reference",
    "amount",
    "vat",
    "text",
)


@dataclass(frozen=True)
class Row:
    """One line of the table, stored or as it would be frozen now."""

    line: CostShareLine

    def __getattr__(self, name):
        """Return what the line says of itself."""
        return getattr(self.line, name)

    @property
    def name_key(self):
        """Return what the table sorts names by."""
        return self.line.municipality.sort_key_fi


def preview_rows(cost_share, reckoned, found):
    """Return the rows of shares that are not frozen yet."""
    return [
        Row(CostShareLine.of(cost_share, place_, row, reckoned.by_key[place_.code]))
        for place_, _one, row in found
    ]


def stored_rows(cost_share):
    """Return the rows as they were frozen."""
    return [Row(line) for line in cost_share.lines.select_related("municipality", "batch")]


def columns(cost_share):
    """Return the columns of the shares' table; some stand in the files alone."""
    found = [
        Column(
            "name",
            _("Municipality"),
            lambda row: place_name(row.municipality),
            lambda row: place(row.municipality),
            url=lambda row: row.municipality.get_absolute_url(),
            order_by=("name_key",),
        ),
        Column("code", _("Code"), lambda row: row.municipality.code, on_page=False),
        Column(
            "residents",
            _("Residents"),
            lambda row: row.residents,
            lambda row: number(row.residents) if row.residents is not None else "–",
            order_by=("residents",),
            css="num",
        ),
        Column("residents_on", _("Residents as of"), lambda row: row.residents_on, on_page=False),
        Column(
            "residents_source", _("Source"), lambda row: source_words(row.residents_source), on_page=False
        ),
    ]
    if cost_share.counts_use:
        found.append(
            Column(
                "use",
                _("Use"),
                lambda row: row.use,
                lambda row: number(row.use),
                order_by=("use",),
                css="num",
            )
        )
    return [
        *found,
        Column("months", _("Months"), lambda row: row.months, order_by=("months",), css="num"),
        Column(
            "amount",
            _("Share, € without VAT"),
            lambda row: row.amount,
            lambda row: money(row.amount),
            order_by=("amount",),
            css="num",
        ),
        Column("line", _("How it is reckoned"), reckoning_line),
    ]


def terms(cost_share):
    """Return the terms as (what, value), as they stand on the page."""
    rows = [(_("Shared"), _method(cost_share))]
    if cost_share.amount is not None:
        rows.append((_("Bill of a whole year"), money(cost_share.amount)))
    if cost_share.price is not None:
        rows.append((_("Price a resident and year"), rate(cost_share.price)))
    rows.append(
        (_("Months of the contract in the year"), _("%(months)s of 12") % {"months": cost_share.months})
    )
    if cost_share.floor:
        rows.append((_("Smallest share of a whole year"), money(cost_share.floor)))
    if cost_share.cap is not None:
        rows.append((_("Largest share of a whole year"), money(cost_share.cap)))
    rows.append(
        (_("Residents"), _("the newest figure on %(day)s or before") % {"day": day(cost_share.population_on)})
    )
    if cost_share.counts_use:
        span = f"{cost_share.use_from:%-m/%Y}–{cost_share.use_to:%-m/%Y}"
        counted = use_words(cost_share.use_report, cost_share.use_metric)
        rows.append((_("Use"), f"{counted}, {span}"))
    rows.append((_("Based on"), cost_share.ground))
    vat = _("not settled")
    if cost_share.vat_rate or cost_share.vat_note:
        vat = f"{number(cost_share.vat_rate or 0)} % {cost_share.vat_note}".strip()
    return [*rows, (_("VAT"), vat)]


def _method(cost_share):
    if cost_share.method != CostMethod.MIXED:
        return cost_share.get_method_display()
    parts = [
        (_("equally"), cost_share.equal_part),
        (_("by residents"), cost_share.residents_part),
        (_("by use"), cost_share.use_part),
    ]
    return ", ".join(f"{words} {number(part * 100)} %" for words, part in parts if part)


def ledger_rows(cost_share):
    """Return (rows that can be charged, [(line, its gaps)]): the shares not charged yet, as the ledger takes them."""
    ready, lacking, texts = [], [], _texts(cost_share)
    for line in cost_share.lines.filter(batch__isnull=True).exclude(amount=0).select_related("municipality"):
        row = _ledger_row(cost_share, line, texts)
        found = gaps(row, NEEDED)
        if found:
            lacking.append((line, found))
        else:
            ready.append((line, row))
    return ready, lacking


def _texts(cost_share):
    """Return language → the text of an invoice."""
    found = {}
    for language in ("fi", "sv"):
        with override(language):
            words = {"title": cost_share.contract.title, "year": cost_share.year}
            found[language] = _("Consortium of public libraries: %(title)s %(year)s") % words
    return found


def _ledger_row(cost_share, line, texts):
    """Return a share as a row of the ledger's file, its text in the municipality's first language."""
    municipality = line.municipality
    language = municipality.languages[0]
    return LedgerRow(
        customer=getattr(municipality, f"name_{language}"),
        amount=line.amount,
        text=texts[language],
        business_id=municipality.business_id,
        einvoice_address=municipality.einvoice_address,
        operator=municipality.einvoice_operator,
        buyer_reference=municipality.buyer_reference,
        agreement=cost_share.contract.number,
        vat_rate=cost_share.vat_rate,
        vat_treatment=cost_share.vat_note,
        account=cost_share.account,
        cost_centre=cost_share.cost_centre,
        code=municipality.code,
        internal=municipality.code == HELSINKI,
    )


def letters():
    """Return (template, what the letter is called)."""
    called = {
        "share_frozen": _("share of a contract's costs"),
        "share_withdrawn": _("share of costs taken back"),
    }
    return [(f"procurement/emails/{name}", words) for name, words in called.items()]
