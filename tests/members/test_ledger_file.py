"""The ledger's file: columns in their order, sums to the cent, no formulas, gaps named."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from consortium.references import national
from members.bill import ovt
from members.ledger import DEFAULT_COLUMNS, Gap, LedgerRow, csv_file, gaps, xlsx_file
from members.ledger_return import read_return
from members.register import FILE
from members.settlement import Claim, PaymentState, settle

ROW = LedgerRow(
    customer="Rautalammin kunta",
    amount=Decimal("150.00"),
    text="Konsortion vuosimaksu 2027",
    business_id="0172718-0",
    einvoice_address="003701727180",
    operator="BAWCFI22",
    buyer_reference="Kirjasto 4410",
    agreement="HEL 2026-001234",
    vat_rate=Decimal(0),
    vat_treatment="Ei arvonlisäveroa: jäsenmaksu",
    account="3250",
    cost_centre="27100",
    reference=national(20270686),
    code="686",
)


def business_id(number):
    """Return the first sound Y-tunnus from a number on."""
    while True:
        number += 1
        digits = f"{number:07}"
        check = -sum(w * int(d) for w, d in zip((7, 9, 10, 5, 8, 4, 2), digits, strict=True)) % 11
        if check != 10:
            return f"{digits}-{check}"


def rows_of_all():
    """Return a row for each of the 308 municipalities, the Swedish-speaking ones in Swedish."""
    with FILE.open(encoding="utf-8") as file:
        register = list(csv.DictReader(file))
    rows = []
    for place, line in enumerate(register):
        number, swedish = business_id(1000 * place), line["language"].startswith("sv")
        rows.append(
            replace(
                ROW,
                code=line["code"],
                customer=line["name_sv" if swedish else "name_fi"],
                amount=min(
                    max(Decimal(line["population"]) * Decimal("0.009"), Decimal(150)), Decimal(7500)
                ).quantize(Decimal("0.01")),
                text="Konsortiets årsavgift 2027" if swedish else "Konsortion vuosimaksu 2027",
                business_id=number,
                einvoice_address=ovt(number),
                reference=national(2027000 + place),
            )
        )
    return rows


def table(content):
    """Return the rows of a CSV file of ours."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_one_file_of_308_rows_adds_up_in_both_forms():
    rows = rows_of_all()
    content = csv_file(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    head, *lines = table(content)
    assert len(lines) == 308
    assert len(head) == len(DEFAULT_COLUMNS)
    place = DEFAULT_COLUMNS.index("amount")
    total = sum(row.amount for row in rows)
    assert sum(Decimal(line[place].replace(",", ".")) for line in lines) == total
    sheet = load_workbook(io.BytesIO(xlsx_file(rows))).active
    assert sheet.max_row == 309
    amounts = [
        cell.value for cell in sheet.iter_cols(min_col=place + 1, max_col=place + 1, min_row=2).__next__()
    ]
    assert sum(Decimal(str(value)) for value in amounts) == total
    assert not any(gaps(row) for row in rows)


def test_columns_are_those_asked_for_in_their_order():
    columns = ("amount", "einvoice_address", "customer", "vat_rate")
    assert table(csv_file([ROW], columns))[1] == ["150,00", "003701727180", "Rautalammin kunta", "0"]
    assert table(csv_file([ROW], columns, decimal="."))[1][0] == "150.00"
    sheet = load_workbook(io.BytesIO(xlsx_file([ROW], columns))).active
    assert [cell.value for cell in sheet[2]] == [150, "003701727180", "Rautalammin kunta", 0]


@pytest.mark.parametrize("columns", [(), ("amount", "amount"), ("amount", "iban")])
def test_columns_there_are_not_are_refused(columns):
    with pytest.raises(ValueError, match="columns"):
        csv_file([ROW], columns)


def test_a_decimal_mark_is_a_comma_or_a_point():
    with pytest.raises(ValueError, match="decimal mark"):
        csv_file([ROW], decimal=";")


def test_a_credit_is_below_zero_and_vat_not_settled_is_empty():
    row = replace(ROW, amount=Decimal("-150.00"), vat_rate=None)
    assert table(csv_file([row], ("amount", "vat_rate")))[1] == ["-150,00", ""]


@pytest.mark.parametrize("text", ["=1+1", "+358", "-1", "@a", "\t=1", " =1"])
def test_no_text_becomes_a_formula(text):
    row = replace(ROW, customer=text, buyer_reference=text)
    columns = ("customer", "buyer_reference")
    for value in table(csv_file([row], columns))[1]:
        assert value.startswith("'")
    cells = load_workbook(io.BytesIO(xlsx_file([row], columns))).active[2]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.value.startswith("'") for cell in cells)


def test_signs_that_part_columns_and_lines_stay_in_their_cell():
    row = replace(ROW, text='Maksu; "2027"\r\nÅland & <ö>\x01')
    assert table(csv_file([row], ("text", "amount")))[1] == ['Maksu; "2027" Åland & <ö>', "150,00"]
    assert (
        load_workbook(io.BytesIO(xlsx_file([row], ("text",)))).active["A2"].value
        == 'Maksu; "2027" Åland & <ö>'
    )


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, []),
        ({"einvoice_address": "", "operator": ""}, [Gap.EINVOICE_ADDRESS, Gap.OPERATOR]),
        ({"buyer_reference": "  "}, [Gap.BUYER_REFERENCE]),
        ({"business_id": "0172718-1"}, [Gap.BUSINESS_ID_WRONG]),
        ({"business_id": ""}, [Gap.BUSINESS_ID]),
        ({"einvoice_address": "003701727181"}, [Gap.EINVOICE_ADDRESS_WRONG]),
        ({"reference": "202706860"}, [Gap.REFERENCE_WRONG]),
        ({"reference": ""}, []),
        ({"vat_rate": None}, [Gap.VAT]),
        ({"vat_treatment": ""}, [Gap.VAT]),
        ({"vat_treatment": "", "vat_rate": Decimal("25.5")}, []),
        ({"amount": Decimal(0)}, [Gap.AMOUNT]),
        ({"customer": "", "text": ""}, [Gap.CUSTOMER, Gap.TEXT]),
        (
            {
                "internal": True,
                "einvoice_address": "",
                "operator": "",
                "buyer_reference": "",
                "business_id": "",
            },
            [],
        ),
        ({"internal": True, "text": ""}, [Gap.TEXT]),
    ],
)
def test_gaps_are_named(changes, lacking):
    assert gaps(replace(ROW, **changes)) == lacking


def test_what_is_needed_is_a_setting():
    row = replace(ROW, account="", cost_centre="", reference="", agreement="", operator="")
    needed = ("account", "cost_centre", "reference", "agreement")
    assert gaps(row, needed) == [Gap.AGREEMENT, Gap.ACCOUNT, Gap.COST_CENTRE, Gap.REFERENCE]


def test_our_own_file_reads_back():
    """Column names of the file out that the ledger keeps are known when the list comes back."""
    rows = rows_of_all()
    for content in (csv_file(rows), xlsx_file(rows)):
        found = read_return(content)
        assert found.problems == ()
        settlements, doubts = settle(
            [Claim(row.code, row.amount, reference=row.reference) for row in rows], found.lines
        )
        assert doubts == []
        assert {each.state for each in settlements} == {PaymentState.OPEN}
        assert sum(each.difference for each in settlements) == 0
