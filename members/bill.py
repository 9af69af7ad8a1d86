"""A bill to a municipality: who bills whom for what, and what cannot stand in an invoice."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from stdnum import iban, iso11649
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fi import ytunnus

from consortium.references import national

CENT = Decimal("0.01")
LARGEST = 10**12  # euros
LANGUAGES = ("fi", "sv")
# UNTDID 5305: standard rate, zero rated, exempt, outside the scope of the tax.
RATED, ZERO_RATED, EXEMPT, OUTSIDE = "S", "Z", "E", "O"
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


@dataclass(frozen=True)
class Seller:
    """Who bills: the legal person, its account and its e-invoice address."""

    name: str
    business_id: str
    iban: str
    bic: str
    address: str
    operator: str
    street: str = ""
    postcode: str = ""
    town: str = ""
    email: str = ""


@dataclass(frozen=True)
class Buyer:
    """Who is billed: the municipality, its e-invoice address and the reference it has asked for."""

    name: str
    business_id: str
    address: str
    operator: str
    reference: str = ""
    language: str = "fi"
    street: str = ""
    postcode: str = ""
    town: str = ""


@dataclass(frozen=True)
class Bill:
    """One invoice, or a credit note: then ``net`` is below zero and ``credits`` names the invoice it takes back."""

    number: str
    issued_on: dt.date
    due_on: dt.date
    seller: Seller
    buyer: Buyer
    net: Decimal  # euros without VAT
    text: str  # what is billed, in the buyer's language
    reference: str  # viitenumero or RF
    made_at: dt.datetime
    agreement: str = ""
    vat_rate: Decimal = Decimal(0)  # percent
    vat_category: str = OUTSIDE
    vat_reason: str = ""  # why there is no VAT, in the buyer's language
    notes: tuple = ()  # free text, a paragraph each, in the buyer's language
    starts_on: dt.date | None = None  # the time billed
    ends_on: dt.date | None = None
    credits: str = ""
    credited_on: dt.date | None = None  # the day of the invoice taken back

    @property
    def vat(self):
        """Return the VAT in euros, to the nearest cent, half a cent away from zero."""
        return (self.net * self.vat_rate / 100).quantize(CENT, rounding=ROUND_HALF_UP)

    @property
    def gross(self):
        """Return what is to be paid, in euros with VAT; below zero for a credit note."""
        return self.net + self.vat

    @property
    def is_credit(self):
        """Say whether the bill is a credit note."""
        return bool(self.credits)


def ovt(business_id, suffix=""):
    """Return the OVT address of an organisation: 0037, the digits of its Y-tunnus, up to five signs of its own.

    Raises ValueError for what cannot be one. Source: ISO 6523, Finnish organisations' code 0037.
    """
    if not ytunnus.is_valid(business_id) or not re.fullmatch(r"[0-9A-Z]{0,5}", suffix):
        raise ValueError(f"{business_id!r} with {suffix!r} makes no OVT address.")
    return f"0037{ytunnus.compact(business_id)}{suffix}"


def is_address(value):
    """Say whether e-invoices can be sent there: an OVT (0037, a sound Y-tunnus, up to 5 signs) or an IBAN."""
    signs = value.replace(" ", "").upper()
    found = re.fullmatch(r"0037([0-9]{8})[0-9A-Z]{0,5}", signs)
    return bool(found and ytunnus.is_valid(found[1])) or iban.is_valid(signs)


def is_reference(value):
    """Say whether a payment reference is sound: an RF by ISO 11649, or a viitenumero by its check digit."""
    signs = value.replace(" ", "").upper()
    if signs.startswith("RF"):
        return iso11649.is_valid(signs)
    try:
        return national(signs[:-1]) == signs
    except ValueError:
        return False


def check(bill):
    """Raise ValueError with a sentence for a number, address, reference, sum, text or day that no invoice can hold.

    The longest texts are those of Finvoice 3.0.
    """
    seller, buyer = bill.seller, bill.buyer
    for party in (seller, buyer):
        try:
            ytunnus.validate(party.business_id)
        except NumberError:
            raise ValueError(f"{party.business_id!r} of {party.name} is not a business ID.") from None
        if not is_address(party.address):
            raise ValueError(f"{party.address!r} of {party.name} is not an e-invoice address.")
        _length(f"operator of {party.name}", party.operator, 2, 35)
        _length("name", party.name, 2, 70)
        postal = (party.street, party.postcode, party.town)
        if any(postal):
            for part in postal:
                _length(f"postal address of {party.name}", part, 2, 35)
    if not iban.is_valid(seller.iban):
        raise ValueError(f"{seller.iban!r} is not an IBAN.")
    if not BIC.fullmatch(seller.bic):
        raise ValueError(f"{seller.bic!r} is not a BIC.")
    if buyer.language not in LANGUAGES:
        raise ValueError(
            f"An invoice is written in one of {', '.join(LANGUAGES)}, not in {buyer.language!r}."
        )
    if not is_reference(bill.reference):
        raise ValueError(f"{bill.reference!r} is neither a reference number nor an RF reference.")
    for name, text, least, most in (
        ("number", bill.number, 1, 20),
        ("credited invoice", bill.credits, 0, 20),
        ("buyer's reference", buyer.reference, 0, 70),
        ("agreement number", bill.agreement, 0, 70),
        ("seller's e-mail", seller.email, 0, 70),
        ("text", bill.text, 1, 100),
        ("reason of no VAT", bill.vat_reason, 0, 70),
        *(("note", note, 1, 512) for note in bill.notes),
    ):
        _length(name, text, least, most)
    _check_sums(bill)
    if bill.made_at.tzinfo is None:
        raise ValueError(f"The moment of invoice {bill.number} has no time zone.")
    if bill.due_on < bill.issued_on:
        raise ValueError(f"Invoice {bill.number} would be due before its day.")
    if bool(bill.starts_on) != bool(bill.ends_on) or (bill.starts_on and bill.ends_on < bill.starts_on):
        raise ValueError(
            f"The time billed by invoice {bill.number} has no beginning, no end, or ends too early."
        )


def _check_sums(bill):
    if not bill.net.is_finite() or bill.net != bill.net.quantize(CENT) or not 0 < abs(bill.net) < LARGEST:
        raise ValueError(f"Invoice {bill.number} cannot be for {bill.net} €.")
    if (bill.net < 0) != bill.is_credit:
        raise ValueError(
            f"Invoice {bill.number}: a credit note, and only it, is below zero and names an invoice."
        )
    if bill.vat_category not in {RATED, ZERO_RATED, EXEMPT, OUTSIDE}:
        raise ValueError(f"{bill.vat_category!r} is no category of VAT used here.")
    if not 0 <= bill.vat_rate < 100 or (bill.vat_rate > 0) != (bill.vat_category == RATED):
        raise ValueError(f"VAT of {bill.vat_rate} % does not fit the category {bill.vat_category}.")
    if bill.vat_rate != round(bill.vat_rate, 3):
        raise ValueError(f"A VAT rate has at most three decimals, not {bill.vat_rate}.")
    if (bill.vat_category in {EXEMPT, OUTSIDE}) != bool(bill.vat_reason):
        raise ValueError(f"Invoice {bill.number}: no VAT needs its reason, and only that.")


def _length(name, text, least, most):
    if not least <= len(clean(text)) <= most:
        raise ValueError(f"The {name} has {least} to {most} signs, not {len(clean(text))}: {text[:40]!r}.")


def clean(text):
    """Return the text with single spaces and none around it, as an invoice holds it."""
    return " ".join(text.split())
