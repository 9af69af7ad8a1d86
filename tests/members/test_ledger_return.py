"""The ledger's list back: encodings, column names, amounts and days, what cannot be read."""

import csv
import datetime as dt
import hashlib
import io
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from openpyxl import Workbook

from consortium.references import national, rf
from members.ledger_return import read_return
from members.tables import LONGEST_FILE, UnreadableListError

# How long one example takes depends on who else uses the machine.
unhurried = trying(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FINNISH = """Laskunumero;Viitenumero;Sopimusnumero;Y-tunnus;Asiakas;Laskutettu;Maksettu;Maksupäivä;Tila;Palautuksen syy
9000001;{0};HEL 1;0172718-0;Rautalampi;150,00;150,00;15.3.2027;Maksettu;
9000002;{1};HEL 2;;Äänekoski;"7 500,00 €";"7.000,00";16.03.2027;;
9000003;{2};;;Mäntyharju;150,00;150,00;2027-03-15;;
9000003;{2};;;Mäntyharju;150,00;150,00;20270318;;
9000004;{3};;;Öja;"150,00";0,00;;Palautettu;Tilaajan viite puuttuu
9000005;12344;;;Tuntematon;99,00;99,00;15.3.2027;Maksettu;
;;;;;;;;;
Yhteensä;;;;;8 049,00;7 549,00;;;
"""
REFERENCES = [national(20270000 + number) for number in range(4)]
TEXT = FINNISH.format(*REFERENCES).replace("\n", "\r\n")


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def as_sheet(rows, title=None):
    """Return a spreadsheet's bytes."""
    book = Workbook()
    for row in ([[title], []] if title else []) + rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le-bom",
        "cp1252",
        "iso8859-1",
        "iso8859-15",
        "cp850",
        "mac_roman",
    ],
)
def test_a_list_is_read_in_any_common_encoding(encoding):
    text = TEXT
    if encoding in {"iso8859-1", "cp850", "mac_roman"}:
        text = text.replace(" €", "")
    if encoding == "utf-16-le-bom":
        content = b"\xff\xfe" + text.encode("utf-16-le")
    else:
        content = text.encode(encoding)
    found = read_return(content, "ledger.csv")
    assert found.problems == ()
    assert [line.customer for line in found.lines] == [
        "Rautalampi", "Äänekoski", "Mäntyharju", "Mäntyharju", "Öja", "Tuntematon",
    ]  # fmt: skip
    assert [line.line for line in found.lines] == [2, 3, 4, 5, 6, 7]
    assert found.lines[1].invoiced == Decimal("7500.00")
    assert found.lines[1].paid == Decimal("7000.00")
    assert found.lines[0].paid_on == dt.date(2027, 3, 15)
    assert [line.paid_on.day for line in found.lines[2:4]] == [15, 18]
    assert (found.lines[4].status, found.lines[4].reason) == ("returned", "Tilaajan viite puuttuu")
    assert found.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize(
    "head",
    [
        "Laskun numero|Viite|Summa|Maksettu summa|Maksettu pvm|Tilanne",
        "Fakturanummer|Referensnummer|Fakturabelopp|Betalt|Betalningsdag|Läge",
        "Invoice number|Reference|Amount invoiced|Amount paid|Paid on|Status",
        "INVOICE_NO.|Payment-reference|invoiced|PAID|payment date|state",
    ],
)
def test_columns_are_known_in_three_languages(head, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(["Myyntireskontra 1.4.2027"])
    writer.writerow(head.split("|"))
    writer.writerow(["9000001", f"RF{rf(REFERENCES[0])[2:]}", "1 150,50", "150.50", "1.4.2027", "paid"])
    found = read_return(stream.getvalue().encode())
    assert found.problems == ()
    [line] = found.lines
    assert (line.line, line.invoice, line.invoiced, line.paid) == (
        3,
        "9000001",
        Decimal("1150.50"),
        Decimal("150.50"),
    )
    assert (line.paid_on, line.status) == (dt.date(2027, 4, 1), "paid")


def test_a_ledgers_own_column_names_are_a_setting():
    content = b"Tosite;Kohdistettu\n1;150,00\n"
    with pytest.raises(UnreadableListError):
        read_return(content)
    [line] = read_return(content, headers={"Tosite": "invoice", "Kohdistettu": "paid"}).lines
    assert (line.invoice, line.paid) == ("1", Decimal(150))


def test_a_spreadsheet_is_read_with_its_numbers_and_days():
    content = as_sheet(
        [
            ["Laskunumero", "Viite", "Y-tunnus", "Laskutettu", "Maksettu", "Maksupäivä"],
            [9000001, 202700011.0, 1727180, 150, 0.1 + 0.2, dt.datetime(2027, 3, 15)],
            ["9000002", "RF98 1111 2", "FI01727180", "7 500,00 €", -150.0, "15.3.2027"],
            [None, None, None, None, None, None],
            ["Yhteensä", None, None, 7650, 0, None],
        ],
        title="Konsortio 2027",
    )
    found = read_return(content, "ledger.xlsx")
    assert found.problems == ()
    one, two = found.lines
    assert (one.line, one.invoice, one.reference, one.business_id) == (4, "9000001", "202700011", "0172718-0")
    assert (one.invoiced, one.paid, one.paid_on) == (Decimal(150), Decimal("0.30"), dt.date(2027, 3, 15))
    assert (two.invoiced, two.paid, two.business_id) == (Decimal(7500), Decimal(-150), "0172718-0")
    assert two.paid_on == dt.date(2027, 3, 15)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Laskutettu", "1e9", "not a sum"),
        ("Laskutettu", "sata", "not a sum"),
        ("Laskutettu", "1.200", "two ways"),
        ("Maksettu", "1150,001", "more than two decimals"),
        ("Maksettu", "#ARVO!", "not a sum"),
        ("Maksupäivä", "31.2.2027", "not a day"),
        ("Maksupäivä", "15.3.27", "not a day"),
        ("Maksupäivä", "3/15/2027", "not a day"),
        ("Maksupäivä", "15.3.1927", "not a day"),
        ("Y-tunnus", "0172718-1", "not a business ID"),
        ("Viite", "2,027E+15", "shortened"),
        ("Laskunumero", "9E+06", "shortened"),
    ],
)
def test_a_line_that_cannot_be_right_is_named_and_the_others_stand(column, value, reason):
    head = ["Laskunumero", "Viite", "Y-tunnus", "Laskutettu", "Maksettu", "Maksupäivä"]
    good = ["9000001", REFERENCES[0], "0172718-0", "150,00", "150,00", "15.3.2027"]
    bad = [value if name == column else cell for name, cell in zip(head, good, strict=True)]
    for content in (
        "\n".join(";".join(row) for row in (head, good, bad, good)).encode(),
        as_sheet([head, good, bad, good]),
    ):
        found = read_return(content)
        assert [line.line for line in found.lines] == [2, 4]
        [problem] = found.problems
        assert (problem.line, problem.column) == (3, column)
        assert reason in problem.reason


def test_a_number_that_a_spreadsheet_has_rounded_is_named():
    content = as_sheet(
        [["Viite", "Maksettu"], [12345678901234567890, 150], [float(10**17), 150], [REFERENCES[0], 150]]
    )
    found = read_return(content)
    assert [problem.line for problem in found.problems] == [2, 3]
    assert [line.reference for line in found.lines] == [REFERENCES[0]]


def test_formatted_but_empty_rows_are_no_lines():
    book = Workbook()
    book.active.append(["Viite", "Maksettu"])
    book.active.append([REFERENCES[0], 150])
    for number in range(3, 20_500):
        book.active.cell(number, 1).number_format = "@"
    book.active.cell(20_600, 1, REFERENCES[1])
    book.active.cell(20_600, 2, "1e9")
    stream = io.BytesIO()
    book.save(stream)
    found = read_return(stream.getvalue())
    assert [line.line for line in found.lines] == [2]
    assert [problem.line for problem in found.problems] == [20_600]


def test_a_line_that_names_nobody_is_named():
    found = read_return(b"Laskunumero;Maksettu\n;150,00\n9;1\n")
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, "Laskunumero")]
    assert len(found.lines) == 1


def test_a_header_repeated_on_each_page_is_no_line():
    found = read_return(
        b"Laskunumero;Maksettu\n1;150,00\nLaskunumero;Maksettu\n2;150,00\nYhteens\xe4;300,00\n"
    )
    assert [line.invoice for line in found.lines] == ["1", "2"]
    assert found.problems == ()


def broken_sheet():
    """Return a spreadsheet cut in half."""
    content = as_sheet([["Viite", "Maksettu"], ["1", 2]])
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"%PDF-1.7 ...", "neither CSV nor"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "neither CSV nor"),
        (b"\x89PNG\r\n\x1a\n", "neither CSV nor"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "neither CSV nor"),
        (b"\x00\x01\x02\x03" * 99, "neither CSV nor"),
        (b"\xff\xfe\x00", "neither CSV nor"),
        (b"<html><table><tr><td>Viite</td></tr></table>", "neither CSV nor"),
        (b"PK\x03\x04" + b"\x00" * 99, "broken or locked"),
        (broken_sheet(), "broken or locked"),
        (b"Hyv\xe4\xe4 p\xe4iv\xe4\xe4, t\xe4ss\xe4 lista.", "No column holds"),
        (b"Asiakas;Laskutettu;Maksettu\nRautalampi;1;1\n", "No column holds"),
        (b"Laskunumero;Asiakas\n1;Rautalampi\n", "no column for amounts"),
        (b"Viite;Maksettu;Suoritus\n1;2;3\n", "Two columns mean the same"),
        (b"Viite;Maksettu\n", "not one line"),
        (b'Viite;Maksettu\n1;2\n"2;3\n3;4\n', "quotation marks"),
        (b"Viite;Maksettu\n" + b"1;2\n" * 20_001, "too long"),
        (b"x" * (LONGEST_FILE + 1), "too large"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(content, sentence):
    with pytest.raises(UnreadableListError, match=sentence):
        read_return(content, "lista.dat")


@unhurried
@given(st.binary(max_size=300))
def test_junk_is_never_more_than_refused(content):
    for start in (b"", b"PK\x03\x04", b"Viite;Maksettu\n1;"):
        try:
            found = read_return(start + content, "junk")
        except UnreadableListError as refusal:
            assert str(refusal)
        else:
            assert found.lines or found.problems


@unhurried
@given(
    st.lists(st.integers(min_value=-(10**9), max_value=10**9), min_size=1, max_size=20),
    st.sampled_from(["csv", "xlsx"]),
)
def test_amounts_come_back_to_the_cent(cents, kind):
    sums = [Decimal(number) / 100 for number in cents]
    rows = [["Laskunumero", "Maksettu"], *([f"9{place}", amount] for place, amount in enumerate(sums))]
    if kind == "xlsx":
        content = as_sheet(rows)
    else:
        content = "\n".join(
            f"{name};{amount:.2f}".replace(".", ",") if name != "Laskunumero" else f"{name};{amount}"
            for name, amount in rows
        ).encode()
    found = read_return(content)
    assert found.problems == ()
    assert [line.paid for line in found.lines] == sums
