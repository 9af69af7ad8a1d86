"""The city's ledger: the file it gets, one row a bill, and what such a row still lacks."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from stdnum.fi import ytunnus

from consortium.lists import FORMULA, NOT_IN_XML, as_csv, as_xlsx
from members.bill import is_address, is_reference


@dataclass(frozen=True)
class LedgerRow:
    """What the ledger must know to bill one municipality once. ``amount`` is in euros, below zero for a credit."""

    customer: str
    amount: Decimal
    text: str  # in the buyer's language
    business_id: str = ""
    einvoice_address: str = ""
    operator: str = ""
    buyer_reference: str = ""
    agreement: str = ""
    vat_rate: Decimal | None = None  # percent; None while nothing is settled
    vat_treatment: str = ""  # in words, with the reason of no VAT
    account: str = ""
    cost_centre: str = ""
    reference: str = ""  # viitenumero or RF, where the portal gives it
    number: str = ""  # of the invoice, where the portal numbers
    code: str = ""  # of the municipality
    internal: bool = False  # the seller's own entry: nothing is sent


COLUMNS = {
    "code": _("Municipality code"),
    "number": _("Invoice number"),
    "customer": _("Customer"),
    "business_id": _("Business ID"),
    "einvoice_address": _("E-invoice address"),
    "operator": _("E-invoice operator"),
    "buyer_reference": _("Buyer's reference"),
    "agreement": _("Agreement number"),
    "amount": _("Amount, €"),
    "vat_rate": _("VAT %"),
    "vat_treatment": _("VAT treatment"),
    "text": _("Text"),
    "account": _("Account"),
    "cost_centre": _("Cost centre"),
    "reference": _("Reference number"),
    "internal": _("Internal entry"),
}
DEFAULT_COLUMNS = tuple(key for key in COLUMNS if key not in {"number", "internal"})
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
# Of the seller's own entry the ledger asks no address: the money only moves between its accounts.
NOT_FOR_INTERNAL = {
    "business_id",
    "einvoice_address",
    "operator",
    "buyer_reference",
    "agreement",
    "reference",
}


class Gap(TextChoices):
    """What a row lacks before the ledger can bill it."""

    CUSTOMER = "customer", _("the customer's name is missing")
    BUSINESS_ID = "business_id", _("the business ID is missing")
    BUSINESS_ID_WRONG = "business_id_wrong", _("the business ID's check digit is wrong")
    EINVOICE_ADDRESS = "einvoice_address", _("the e-invoice address is missing")
    EINVOICE_ADDRESS_WRONG = "einvoice_address_wrong", _("the e-invoice address is not an OVT or an IBAN")
    OPERATOR = "operator", _("the e-invoice operator is missing")
    BUYER_REFERENCE = "buyer_reference", _("the buyer's reference is missing")
    AGREEMENT = "agreement", _("the agreement number is missing")
    AMOUNT = "amount", _("there is no amount")
    VAT = "vat", _("the VAT treatment is not settled")
    TEXT = "text", _("the text of the invoice is missing")
    ACCOUNT = "account", _("the account is missing")
    COST_CENTRE = "cost_centre", _("the cost centre is missing")
    REFERENCE = "reference", _("the reference number is missing")
    REFERENCE_WRONG = "reference_wrong", _("the reference number's check digit is wrong")


CHECKS = {  # what is there must be sound, needed or not
    "business_id": (ytunnus.is_valid, Gap.BUSINESS_ID_WRONG),
    "einvoice_address": (is_address, Gap.EINVOICE_ADDRESS_WRONG),
    "reference": (is_reference, Gap.REFERENCE_WRONG),
}


def gaps(row, needed=NEEDED):
    """Return what keeps the ledger from billing the row, as Gap members in a fixed order; empty when nothing does.

    ``needed``: the values that must be there, by Gap's plain words ("vat" for the treatment).
    """
    found = []
    for gap in Gap:
        value = gap.value
        if value.endswith("_wrong"):
            continue
        if not _is_there(row, value):
            if value in needed and not (row.internal and value in NOT_FOR_INTERNAL):
                found.append(gap)
        elif value in CHECKS and not CHECKS[value][0](getattr(row, value)):
            found.append(CHECKS[value][1])
    return found


def _is_there(row, value):
    if value == "amount":
        return bool(row.amount)
    if value == "vat":
        return row.vat_rate is not None and bool(row.vat_rate or row.vat_treatment.strip())
    return bool(getattr(row, value).strip())


def csv_file(rows, columns=DEFAULT_COLUMNS, *, decimal=","):
    """Return the rows as CSV in bytes: semicolons, byte order mark, amounts with the decimal mark asked for.

    ``columns``: keys of COLUMNS in the order wanted. Raises ValueError for a column or decimal mark there is not.
    """
    if decimal not in {",", "."}:
        raise ValueError(f"The decimal mark is a comma or a point, not {decimal!r}.")

    def written(value):
        return f"{value:f}".replace(".", decimal) if isinstance(value, Decimal) else value

    return as_csv(
        [[written(value) for value in line] for line in _table(rows, columns)], "ledger.csv"
    ).content


def xlsx_file(rows, columns=DEFAULT_COLUMNS):
    """Return the rows as a spreadsheet in bytes: amounts as numbers, addresses and references as text."""
    return as_xlsx(_table(rows, columns), "ledger.xlsx").content


def _table(rows, columns):
    unknown = [key for key in columns if key not in COLUMNS]
    if unknown or not columns or len(set(columns)) < len(columns):
        raise ValueError(f"These are not the columns of a ledger file, each once: {', '.join(columns)}.")
    head = [str(COLUMNS[key]) for key in columns]
    return [head, *([_cell(getattr(row, key)) for key in columns] for row in rows)]


def _cell(value):
    """Return a value of a row so that no spreadsheet takes it for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return value
    text = NOT_IN_XML.sub("", " ".join(value.split()))
    return f"'{text}" if FORMULA.match(text) else text
