"""Finvoice 3.0: a bill as the XML that municipalities' systems receive, and read back from it.

Source: Finance Finland, Finvoice 3.0 implementation guidelines and schema; EN 16931 for what a public buyer must get.
The frame in which a bank or operator carries the message is theirs, not written here.
"""

import datetime as dt
import re
from decimal import Decimal

from lxml import etree
from stdnum import iban
from stdnum.fi import ytunnus

from members.bill import OUTSIDE, Bill, Buyer, Seller, check, clean

VERSION = "3.0"
STANDARD = "EN16931"
LONGEST_FILE = 2_000_000  # bytes
WORDS = {  # what the document is called in the buyer's language: invoice, credit note, piece
    "fi": ("LASKU", "HYVITYSLASKU", "kpl"),
    "sv": ("FAKTURA", "KREDITFAKTURA", "st"),
}
TYPES = {False: ("INV01", "380"), True: ("INV02", "381")}  # is it a credit note: Finvoice's code, UNTDID 1001
CREDIT_TRANSFER = "58"  # UNTDID 4461: SEPA credit transfer


def finvoice(bill):
    """Return the bill as Finvoice 3.0, XML in UTF-8; it is said to keep EN 16931 if both postal addresses are known.

    Amounts are in euros, those of a credit note below zero with the quantity -1. Raises ValueError with a sentence
    for a number, address, reference, sum, text or day that cannot stand in an invoice.
    """
    check(bill)
    root = etree.Element("Finvoice", Version=VERSION)
    for path, content, *attributes in (*_parties(bill), *_details(bill), *_row(bill), *_payment(bill)):
        if content is not None and content != "":
            _put(root, path, content, *attributes)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read(content):
    """Return the bill that a Finvoice 3.0 file of one row states.

    Raises ValueError with a sentence for what is no Finvoice, lacks what a bill must have, or does not add up. A
    credit note of others may state its sums above zero; here they are below.
    """
    if len(content) > LONGEST_FILE:
        raise ValueError("The file is too large to be one invoice.")
    # Entities stay unread, so that a file can neither swell nor fetch another.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"The file is not XML: {error}.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("The file declares a document type; a Finvoice has none.")
    if root.tag != "Finvoice" or root.get("Version") != VERSION:
        raise ValueError(f"The file is not Finvoice {VERSION}.")
    if len(root.findall("InvoiceRow")) != 1:
        raise ValueError("The invoice has not exactly one row.")
    bill = _bill(root)
    check(bill)
    for path, stated in (
        ("InvoiceDetails/InvoiceTotalVatAmount", bill.vat),
        ("InvoiceDetails/InvoiceTotalVatIncludedAmount", bill.gross),
        ("InvoiceRow/RowVatExcludedAmount", bill.net),
        ("EpiDetails/EpiPaymentInstructionDetails/EpiInstructedAmount", bill.gross),
    ):
        if abs(_amount(root, path)) != abs(stated):
            raise ValueError(
                f"The invoice does not add up: {path} says {_amount(root, path)} €, not {stated} €."
            )
    return bill


# Contents are (path, content, attributes) in the schema's order: content is text, an amount or a day; empty ones
# are left out.


def _parties(bill):
    seller, buyer = bill.seller, bill.buyer
    sent = "MessageTransmissionDetails"
    account = "SellerInformationDetails/SellerAccountDetails"
    return [
        (f"{sent}/MessageSenderDetails/FromIdentifier", _compact(seller.address)),
        (f"{sent}/MessageSenderDetails/FromIntermediator", seller.operator),
        (f"{sent}/MessageReceiverDetails/ToIdentifier", _compact(buyer.address)),
        (f"{sent}/MessageReceiverDetails/ToIntermediator", buyer.operator),
        (f"{sent}/MessageDetails/MessageIdentifier", f"{ytunnus.compact(seller.business_id)}-{bill.number}"),
        (f"{sent}/MessageDetails/MessageTimeStamp", bill.made_at.isoformat(timespec="seconds")),
        (
            f"{sent}/MessageDetails/SpecificationIdentifier",
            STANDARD if seller.street and buyer.street else "",
        ),
        *_party("Seller", seller, bill),
        ("SellerOrganisationUnitNumber", _compact(seller.address)),
        ("SellerCommunicationDetails/SellerEmailaddressIdentifier", seller.email),
        (f"{account}/SellerAccountID", iban.compact(seller.iban), {"IdentificationSchemeName": "IBAN"}),
        (f"{account}/SellerBic", seller.bic, {"IdentificationSchemeName": "BIC"}),
        ("InvoiceRecipientLanguageCode", buyer.language.upper()),
        *_party("Buyer", buyer, bill),
        ("BuyerOrganisationUnitNumber", _compact(buyer.address)),
    ]


def _party(kind, party, bill):
    # EN 16931, BR-O-02: outside the scope of VAT neither party's VAT number stands on the invoice.
    tax_code = "" if bill.vat_category == OUTSIDE else f"FI{ytunnus.compact(party.business_id)}"
    details, postal = f"{kind}PartyDetails/{kind}", f"{kind}PartyDetails/{kind}PostalAddressDetails"
    return [
        (f"{details}PartyIdentifier", ytunnus.format(party.business_id)),
        (f"{details}OrganisationName", party.name),
        (f"{details}OrganisationTaxCode", tax_code),
        (f"{postal}/{kind}StreetName", party.street),
        (f"{postal}/{kind}TownName", party.town),
        (f"{postal}/{kind}PostCodeIdentifier", party.postcode),
        (f"{postal}/CountryCode", "FI" if party.street else ""),
    ]


def _details(bill):
    code, code_un = TYPES[bill.is_credit]
    vat = "VatSpecificationDetails"
    details = [
        ("InvoiceTypeCode", code, {"CodeListAgencyIdentifier": "SPY"}),
        ("InvoiceTypeCodeUN", code_un),
        ("InvoiceTypeText", WORDS[bill.buyer.language][bill.is_credit]),
        ("OriginCode", "Original"),
        ("InvoiceNumber", bill.number),
        ("InvoiceDate", bill.issued_on),
        ("OriginalInvoiceNumber", bill.credits),
        ("OriginalInvoiceDate", bill.credited_on),
        ("InvoicingPeriodStartDate", bill.starts_on),
        ("InvoicingPeriodEndDate", bill.ends_on),
        ("AgreementIdentifier", bill.agreement),
        ("BuyerReferenceIdentifier", bill.buyer.reference),
        ("RowsTotalVatExcludedAmount", bill.net),
        ("InvoiceTotalVatExcludedAmount", bill.net),
        ("InvoiceTotalVatAmount", bill.vat),
        ("InvoiceTotalVatIncludedAmount", bill.gross),
        (f"{vat}/VatBaseAmount", bill.net),
        (f"{vat}/VatRatePercent", _rate(bill)),
        (f"{vat}/VatCode", bill.vat_category),
        (f"{vat}/VatRateAmount", bill.vat),
        (f"{vat}/VatFreeText", bill.vat_reason),
        *(("InvoiceFreeText", note) for note in bill.notes),
        ("PaymentTermsDetails/InvoiceDueDate", bill.due_on),
    ]
    return [(f"InvoiceDetails/{path}", *rest) for path, *rest in details]


def _row(bill):
    quantity = {"QuantityUnitCode": WORDS[bill.buyer.language][2], "QuantityUnitCodeUN": "C62"}
    row = [
        ("ArticleName", bill.text),
        # EN 16931, BR-27: the unit price is never below zero; a credit note's quantity is.
        ("InvoicedQuantity", "-1" if bill.is_credit else "1", quantity),
        ("UnitPriceAmount", abs(bill.net)),
        ("UnitPriceNetAmount", abs(bill.net)),
        ("RowPositionIdentifier", "1"),
        ("RowVatRatePercent", _rate(bill)),
        ("RowVatCode", bill.vat_category),
        ("RowVatAmount", bill.vat),
        ("RowVatExcludedAmount", bill.net),
        ("RowAmount", bill.gross),
    ]
    return [(f"InvoiceRow/{path}", *rest) for path, *rest in row]


def _payment(bill):
    reference = _compact(bill.reference)
    identified = {"IdentificationSchemeName": "ISO" if reference.startswith("RF") else "SPY"}
    bank, paid_to = "EpiPartyDetails/EpiBfiPartyDetails", "EpiPartyDetails/EpiBeneficiaryPartyDetails"
    pay, seller = "EpiPaymentInstructionDetails", bill.seller
    payment = [
        ("EpiIdentificationDetails/EpiDate", bill.issued_on),
        ("EpiIdentificationDetails/EpiReference", reference),
        (f"{bank}/EpiBfiIdentifier", seller.bic, {"IdentificationSchemeName": "BIC"}),
        (f"{paid_to}/EpiNameAddressDetails", clean(seller.name)[:35]),
        (f"{paid_to}/EpiAccountID", iban.compact(seller.iban), {"IdentificationSchemeName": "IBAN"}),
        (f"{pay}/EpiRemittanceInfoIdentifier", reference, identified),
        (f"{pay}/EpiInstructedAmount", bill.gross),
        (f"{pay}/EpiCharge", "SHA", {"ChargeOption": "SHA"}),
        (f"{pay}/EpiDateOptionDate", bill.due_on),
        (f"{pay}/EpiPaymentMeansCode", CREDIT_TRANSFER),
    ]
    return [(f"EpiDetails/{path}", *rest) for path, *rest in payment]


def _compact(text):
    return text.replace(" ", "").upper()


def _rate(bill):
    """Return the rate with a comma; outside the scope of VAT there is none to be said (EN 16931, BR-O-05)."""
    return "" if bill.vat_category == OUTSIDE else f"{bill.vat_rate.normalize():f}".replace(".", ",")


def _put(root, path, content, attributes=None):
    """Add an element at the path, under the last element of each name on the way or a new one."""
    *groups, name = path.split("/")
    place = root
    for group in groups:
        last = place[-1] if len(place) else None
        place = last if last is not None and last.tag == group else etree.SubElement(place, group)
    element = etree.SubElement(place, name, attributes or {})
    if isinstance(content, Decimal):
        element.set("AmountCurrencyIdentifier", "EUR")
        content = f"{content:.2f}".replace(".", ",")
    elif isinstance(content, dt.date):
        element.set("Format", "CCYYMMDD")
        content = f"{content:%Y%m%d}"
    element.text = clean(content)


def _bill(root):
    details = "InvoiceDetails"
    message = "MessageTransmissionDetails"
    code = _text(root, f"{details}/InvoiceTypeCode")
    if code not in {known for known, _code in TYPES.values()}:
        raise ValueError(f"The file is neither an invoice nor a credit note but {code!r}.")
    net = _amount(root, f"{details}/InvoiceTotalVatExcludedAmount")
    account = "SellerInformationDetails/SellerAccountDetails"
    return Bill(
        number=_text(root, f"{details}/InvoiceNumber"),
        issued_on=_day(root, f"{details}/InvoiceDate"),
        due_on=_day(root, f"{details}/PaymentTermsDetails/InvoiceDueDate"),
        seller=Seller(
            **_read_party(root, "Seller"),
            address=_text(root, f"{message}/MessageSenderDetails/FromIdentifier"),
            operator=_text(root, f"{message}/MessageSenderDetails/FromIntermediator"),
            iban=_text(root, f"{account}/SellerAccountID"),
            bic=_text(root, f"{account}/SellerBic"),
            email=_text(root, "SellerCommunicationDetails/SellerEmailaddressIdentifier"),
        ),
        buyer=Buyer(
            **_read_party(root, "Buyer"),
            address=_text(root, f"{message}/MessageReceiverDetails/ToIdentifier"),
            operator=_text(root, f"{message}/MessageReceiverDetails/ToIntermediator"),
            reference=_text(root, f"{details}/BuyerReferenceIdentifier"),
            language=_text(root, "InvoiceRecipientLanguageCode").lower() or "fi",
        ),
        net=-abs(net) if code == TYPES[True][0] else net,
        text=_text(root, "InvoiceRow/ArticleName"),
        reference=_text(root, "EpiDetails/EpiPaymentInstructionDetails/EpiRemittanceInfoIdentifier").lstrip(
            "0"
        ),
        made_at=_moment(root, f"{message}/MessageDetails/MessageTimeStamp"),
        agreement=_text(root, f"{details}/AgreementIdentifier"),
        vat_rate=_number(root, f"{details}/VatSpecificationDetails/VatRatePercent", "0"),
        vat_category=_text(root, f"{details}/VatSpecificationDetails/VatCode"),
        vat_reason=_text(root, f"{details}/VatSpecificationDetails/VatFreeText"),
        notes=tuple(clean(note.text or "") for note in root.findall(f"{details}/InvoiceFreeText")),
        starts_on=_day(root, f"{details}/InvoicingPeriodStartDate"),
        ends_on=_day(root, f"{details}/InvoicingPeriodEndDate"),
        credits=_text(root, f"{details}/OriginalInvoiceNumber"),
        credited_on=_day(root, f"{details}/OriginalInvoiceDate"),
    )


def _read_party(root, kind):
    details, postal = f"{kind}PartyDetails/{kind}", f"{kind}PartyDetails/{kind}PostalAddressDetails"
    return {
        "name": _text(root, f"{details}OrganisationName"),
        "business_id": _text(root, f"{details}PartyIdentifier"),
        "street": _text(root, f"{postal}/{kind}StreetName"),
        "town": _text(root, f"{postal}/{kind}TownName"),
        "postcode": _text(root, f"{postal}/{kind}PostCodeIdentifier"),
    }


def _text(root, path):
    return clean(root.findtext(path) or "")


def _number(root, path, absent=""):
    text = _text(root, path) or absent
    if not re.fullmatch(r"-?[0-9]{1,15}(,[0-9]{1,5})?", text):
        raise ValueError(f"{path} is {text!r}, not a number with a comma.")
    return Decimal(text.replace(",", "."))


def _amount(root, path):
    element = root.find(path)
    if element is not None and element.get("AmountCurrencyIdentifier") != "EUR":
        raise ValueError(f"{path} is not in euros.")
    return _number(root, path)


def _day(root, path):
    text = _text(root, path)
    try:
        return dt.datetime.strptime(text, "%Y%m%d").date() if text else None
    except ValueError:
        raise ValueError(f"{path} is {text!r}, not a day like 20270301.") from None


def _moment(root, path):
    try:
        return dt.datetime.fromisoformat(_text(root, path))
    except ValueError:
        raise ValueError(f"{path} is not a moment.") from None
