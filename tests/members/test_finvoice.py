"""Finvoice files: valid against the schema, the same read back, refused in words."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban, iso11649
from stdnum.fi import ytunnus

from consortium.references import national, rf
from members.bill import (
    EXEMPT,
    OUTSIDE,
    RATED,
    ZERO_RATED,
    Bill,
    Buyer,
    Seller,
    is_address,
    is_reference,
    ovt,
)
from members.finvoice import finvoice, read

# How long one example takes depends on who else uses the machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HELSINKI = Seller(
    name="Helsingin kaupunki",
    business_id="0201256-6",
    iban="FI21 1234 5600 0007 85",
    bic="NDEAFIHH",
    address=ovt("0201256-6"),
    operator="003708599126",
    street="Pohjoisesplanadi 11",
    postcode="00170",
    town="Helsinki",
)
RAUTALAMPI = Buyer(
    name="Rautalammin kunta",
    business_id="0172718-0",
    address=ovt("0172718-0", "12"),
    operator="BAWCFI22",
    reference="Kirjasto 4410",
)
BILL = Bill(
    number="2027-0001",
    issued_on=dt.date(2027, 3, 1),
    due_on=dt.date(2027, 3, 31),
    seller=HELSINKI,
    buyer=RAUTALAMPI,
    net=Decimal("150.00"),
    text="Konsortion vuosimaksu 2027",
    reference=national(20270001),
    made_at=dt.datetime(2027, 3, 1, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    agreement="HEL 2026-001234",
    vat_reason="Ei arvonlisäveroa: jäsenmaksu",
    notes=("2 964 asukasta × 0,009 € = 26,68 €; pienin maksu 150,00 €.",),
    starts_on=dt.date(2027, 1, 1),
    ends_on=dt.date(2027, 12, 31),
)
CREDIT = replace(
    BILL, number="2027-0002", net=Decimal("-150.00"), credits="2027-0001", credited_on=dt.date(2027, 3, 1)
)


@pytest.fixture(scope="module")
def schema():
    [path] = [file for file in files("odoo-addon-account-edi-finvoice") if file.name == "Finvoice3.0.xsd"]
    return etree.XMLSchema(file=str(path.locate()))


def texts(content, path):
    """Return what stands in a file at a path."""
    return [element.text for element in etree.fromstring(content).findall(path)]


def test_the_schema_sees_a_fault(schema):
    root = etree.fromstring(finvoice(BILL))
    assert schema.validate(root)
    root.find("InvoiceDetails/InvoiceTotalVatIncludedAmount").text = "150.00"
    assert not schema.validate(root)


def test_what_the_file_says(schema):
    content = finvoice(BILL)
    schema.assertValid(etree.fromstring(content))
    assert content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    for path, text in {
        "MessageTransmissionDetails/MessageSenderDetails/FromIdentifier": "003702012566",
        "MessageTransmissionDetails/MessageReceiverDetails/ToIdentifier": "00370172718012",
        "MessageTransmissionDetails/MessageReceiverDetails/ToIntermediator": "BAWCFI22",
        "MessageTransmissionDetails/MessageDetails/MessageTimeStamp": "2027-03-01T08:30:00+02:00",
        "SellerPartyDetails/SellerPartyIdentifier": "0201256-6",
        "SellerInformationDetails/SellerAccountDetails/SellerAccountID": "FI2112345600000785",
        "InvoiceRecipientLanguageCode": "FI",
        "BuyerPartyDetails/BuyerOrganisationName": "Rautalammin kunta",
        "InvoiceDetails/InvoiceTypeCode": "INV01",
        "InvoiceDetails/InvoiceTypeText": "LASKU",
        "InvoiceDetails/InvoiceDate": "20270301",
        "InvoiceDetails/AgreementIdentifier": "HEL 2026-001234",
        "InvoiceDetails/BuyerReferenceIdentifier": "Kirjasto 4410",
        "InvoiceDetails/InvoiceTotalVatIncludedAmount": "150,00",
        "InvoiceDetails/VatSpecificationDetails/VatCode": "O",
        "InvoiceDetails/VatSpecificationDetails/VatRateAmount": "0,00",
        "InvoiceDetails/VatSpecificationDetails/VatFreeText": "Ei arvonlisäveroa: jäsenmaksu",
        "InvoiceDetails/PaymentTermsDetails/InvoiceDueDate": "20270331",
        "InvoiceRow/ArticleName": "Konsortion vuosimaksu 2027",
        "InvoiceRow/InvoicedQuantity": "1",
        "EpiDetails/EpiPaymentInstructionDetails/EpiRemittanceInfoIdentifier": "202700014",
        "EpiDetails/EpiPaymentInstructionDetails/EpiInstructedAmount": "150,00",
    }.items():
        assert texts(content, path) == [text], path
    assert texts(content, "InvoiceDetails/VatSpecificationDetails/VatRatePercent") == []
    assert texts(content, "SellerPartyDetails/SellerOrganisationTaxCode") == []


def test_a_credit_note_is_below_zero_and_names_its_invoice(schema):
    content = finvoice(CREDIT)
    schema.assertValid(etree.fromstring(content))
    for path, text in {
        "InvoiceDetails/InvoiceTypeCode": "INV02",
        "InvoiceDetails/InvoiceTypeCodeUN": "381",
        "InvoiceDetails/InvoiceTypeText": "HYVITYSLASKU",
        "InvoiceDetails/OriginalInvoiceNumber": "2027-0001",
        "InvoiceDetails/InvoiceTotalVatIncludedAmount": "-150,00",
        "InvoiceRow/InvoicedQuantity": "-1",
        "InvoiceRow/UnitPriceAmount": "150,00",
        "InvoiceRow/RowAmount": "-150,00",
        "EpiDetails/EpiPaymentInstructionDetails/EpiInstructedAmount": "-150,00",
    }.items():
        assert texts(content, path) == [text], path
    assert read(content).gross + read(finvoice(BILL)).gross == 0


def test_vat_to_the_cent(schema):
    bill = replace(BILL, net=Decimal("614.22"), vat_rate=Decimal("25.5"), vat_category=RATED, vat_reason="")
    content = finvoice(bill)
    schema.assertValid(etree.fromstring(content))
    assert bill.vat == Decimal("156.63")  # 156.6261
    assert texts(content, "InvoiceDetails/VatSpecificationDetails/VatRatePercent") == ["25,5"]
    assert texts(content, "InvoiceRow/RowVatRatePercent") == ["25,5"]
    assert texts(content, "InvoiceDetails/InvoiceTotalVatIncludedAmount") == ["770,85"]
    assert texts(content, "SellerPartyDetails/SellerOrganisationTaxCode") == ["FI02012566"]


def test_the_standard_is_claimed_only_with_both_postal_addresses(schema):
    path = "MessageTransmissionDetails/MessageDetails/SpecificationIdentifier"
    assert texts(finvoice(BILL), path) == []
    buyer = replace(RAUTALAMPI, street="Kuopiontie 11", postcode="77700", town="Rautalampi")
    content = finvoice(replace(BILL, buyer=buyer))
    schema.assertValid(etree.fromstring(content))
    assert texts(content, path) == ["EN16931"]


sums = st.integers(min_value=1, max_value=10**9).map(lambda cents: Decimal(cents) / 100)
signs = st.one_of(
    st.sampled_from("åäöÅÄÖšžčđŋ&<>\"'€–×"),
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\ufffe\uffff"),
)
names = st.lists(st.text(signs, min_size=2, max_size=9), min_size=1, max_size=3).map(" ".join)
business_ids = (
    st.integers(min_value=1, max_value=9_999_999)
    .map(lambda number: f"{number:07}")
    .filter(
        lambda digits: (
            -sum(w * int(d) for w, d in zip((7, 9, 10, 5, 8, 4, 2), digits, strict=True)) % 11 != 10
        )
    )
    .map(lambda digits: f"{digits}-{ytunnus_digit(digits)}")
)
references = st.one_of(
    st.integers(min_value=100, max_value=10**19 - 1).map(national),
    st.integers(min_value=100, max_value=10**19 - 1).map(lambda base: rf(national(base))),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=21).map(rf),
)
vats = st.sampled_from(
    [
        (Decimal(0), OUTSIDE, "Ei arvonlisäveroa <1 § & 4 §>"),
        (Decimal(0), EXEMPT, "Momsfri"),
        (Decimal(0), ZERO_RATED, ""),
        (Decimal("25.5"), RATED, ""),
        (Decimal("13.5"), RATED, ""),
        (Decimal("10"), RATED, ""),
        (Decimal("0.125"), RATED, ""),
    ]
)


def ytunnus_digit(digits):
    """Return the check digit of a Y-tunnus."""
    return -sum(w * int(d) for w, d in zip((7, 9, 10, 5, 8, 4, 2), digits, strict=True)) % 11


@st.composite
def bills(draw):
    """Draw a bill: invoice or credit note, in either language, with any sound numbers and texts."""
    rate, category, reason = draw(vats)
    number, sign = draw(business_ids), draw(st.sampled_from([1, -1]))
    postal = draw(st.sampled_from([{}, {"street": "Å & Ö <1>", "postcode": "22100", "town": "Mariehamn"}]))
    return replace(
        BILL,
        net=sign * draw(sums),
        credits="2026-9" if sign < 0 else "",
        credited_on=draw(st.sampled_from([None, dt.date(2026, 3, 1)])) if sign < 0 else None,
        buyer=Buyer(
            name=draw(names),
            business_id=number,
            address=draw(st.sampled_from([ovt(number), ovt(number, "KIRJ1"), "FI2112345600000785"])),
            operator="E204503",
            reference=draw(st.one_of(st.just(""), names)),
            language=draw(st.sampled_from(["fi", "sv"])),
            **postal,
        ),
        seller=replace(HELSINKI, name=draw(names), email=draw(st.sampled_from(["", "laskut@hel.example"]))),
        text=draw(names),
        notes=tuple(draw(st.lists(names, max_size=3))),
        agreement=draw(st.one_of(st.just(""), names)),
        reference=draw(references),
        vat_rate=rate,
        vat_category=category,
        vat_reason=reason,
    )


@unhurried
@given(bills())
def test_every_file_is_valid_and_reads_back_the_same(schema, bill):
    content = finvoice(bill)
    root = etree.fromstring(content)
    schema.assertValid(root)
    again = read(content)
    assert (again.net, again.vat, again.gross) == (bill.net, bill.vat, bill.gross)
    assert again == replace(bill, seller=replace(bill.seller, iban="FI2112345600000785"))
    ytunnus.validate(root.findtext("BuyerPartyDetails/BuyerPartyIdentifier"))
    iban.validate(root.findtext("EpiDetails/EpiPartyDetails/EpiBeneficiaryPartyDetails/EpiAccountID"))
    paid = root.find("EpiDetails/EpiPaymentInstructionDetails/EpiRemittanceInfoIdentifier")
    if paid.get("IdentificationSchemeName") == "ISO":
        iso11649.validate(paid.text)
    else:
        assert national(paid.text[:-1]) == paid.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"net": Decimal("0.00")}, "cannot be for"),
        ({"net": Decimal("0.005")}, "cannot be for"),
        ({"net": Decimal("NaN")}, "cannot be for"),
        ({"net": Decimal("Infinity")}, "cannot be for"),
        ({"net": Decimal("-1.00")}, "credit note"),
        ({"credits": "2026-1"}, "credit note"),
        ({"vat_reason": ""}, "reason"),
        ({"vat_category": RATED}, "does not fit"),
        ({"vat_rate": Decimal("25.5")}, "does not fit"),
        ({"vat_category": "AE"}, "category"),
        ({"vat_category": RATED, "vat_rate": Decimal("25.5")}, "reason"),
        ({"reference": "202700015"}, "reference"),
        ({"reference": "RF9911112"}, "reference"),
        ({"reference": ""}, "reference"),
        ({"number": ""}, "number has 1 to 20"),
        ({"number": "2027-00000000000000001"}, "number has 1 to 20"),
        ({"text": " "}, "text has 1 to 100"),
        ({"notes": ("a" * 513,)}, "note has 1 to 512"),
        ({"due_on": dt.date(2027, 2, 28)}, "due before"),
        ({"ends_on": None}, "time billed"),
        ({"ends_on": dt.date(2026, 12, 31)}, "time billed"),
        ({"made_at": dt.datetime(2027, 3, 1)}, "time zone"),
        ({"buyer": replace(RAUTALAMPI, business_id="0172718-1")}, "business ID"),
        ({"buyer": replace(RAUTALAMPI, address="003701727181")}, "e-invoice address"),
        ({"buyer": replace(RAUTALAMPI, address="")}, "e-invoice address"),
        ({"buyer": replace(RAUTALAMPI, operator="")}, "operator"),
        ({"buyer": replace(RAUTALAMPI, language="en")}, "written in"),
        ({"buyer": replace(RAUTALAMPI, street="Kuopiontie 11")}, "postal address"),
        ({"seller": replace(HELSINKI, iban="FI2112345600000786")}, "IBAN"),
        ({"seller": replace(HELSINKI, bic="NDEA")}, "BIC"),
        ({"text": "Maksu\x00"}, "XML"),
    ],
)
def test_what_no_invoice_can_hold_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        finvoice(replace(BILL, **changes))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not XML"),
        (b"<Finvoice", "not XML"),
        (b"%PDF-1.7", "not XML"),
        (b"<Invoice/>", "not Finvoice"),
        (b'<Finvoice Version="2.01"/>', "not Finvoice"),
        (b'<Finvoice Version="3.0"/>', "one row"),
        (b'<!DOCTYPE Finvoice [<!ENTITY a "b">]><Finvoice Version="3.0">&a;</Finvoice>', "document type"),
        (b" " * 2_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_finvoice_is_refused(content, sentence):
    with pytest.raises(ValueError, match=sentence):
        read(content)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            b'<RowVatExcludedAmount AmountCurrencyIdentifier="EUR">150,00',
            b'<RowVatExcludedAmount AmountCurrencyIdentifier="EUR">150,01',
            "add up",
        ),
        (
            b'<EpiInstructedAmount AmountCurrencyIdentifier="EUR">150,00',
            b'<EpiInstructedAmount AmountCurrencyIdentifier="EUR">150,05',
            "add up",
        ),
        (
            b'<InvoiceTotalVatExcludedAmount AmountCurrencyIdentifier="EUR">150,00',
            b'<InvoiceTotalVatExcludedAmount AmountCurrencyIdentifier="EUR">1.5',
            "number",
        ),
        (b'AmountCurrencyIdentifier="EUR"', b'AmountCurrencyIdentifier="SEK"', "euros"),
        (b">20270301<", b">20270230<", "not a day"),
        (b"INV01", b"PRI01", "neither an invoice"),
        (b"2027-03-01T", b"2027-13-01T", "moment"),
        (b"0172718-0<", b"0172718-1<", "business ID"),
    ],
)
def test_a_finvoice_that_does_not_hold_together_is_refused(old, new, sentence):
    content = finvoice(BILL)
    assert old in content
    with pytest.raises(ValueError, match=sentence):
        read(content.replace(old, new))


def test_a_strangers_credit_note_above_zero_is_read_as_below():
    content = finvoice(CREDIT).replace(b">-150,00<", b">150,00<")
    assert read(content).gross == Decimal(-150)


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        ("003702012566", True),
        ("0037 0201 2566 01", True),
        ("00370201256612345", True),
        ("003702012566123456", False),
        ("003702012567", False),
        ("FI21 1234 5600 0007 85", True),
        ("FI2112345600000786", False),
        ("0201256-6", False),
        ("", False),
    ],
)
def test_an_address_for_e_invoices(value, sound):
    assert is_address(value) is sound


def test_an_ovt_needs_a_sound_business_id():
    assert ovt("0201256-6", "12345") == "00370201256612345"
    for business_id, suffix in (("0201256-7", ""), ("0201256-6", "123456"), ("0201256-6", "a")):
        with pytest.raises(ValueError, match="OVT"):
            ovt(business_id, suffix)


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        ("1234561", True),
        ("123 4561", True),
        ("1234562", False),
        ("RF98 1111 2", True),
        ("RF9911112", False),
        ("", False),
        ("abc", False),
    ],
)
def test_a_payment_reference(value, sound):
    assert is_reference(value) is sound
