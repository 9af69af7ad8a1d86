"""Suppliers' own sheets: guessed by their headings, read by a confirmed mapping, every unreadable line named."""

import datetime as dt
import io

import pytest
from openpyxl import Workbook

from members.tables import UnreadableListError
from procurement.usage_sheet import Mapping, Reason, WrongMappingError, as_count, guess, month_of, read_sheet

LONG = (
    "Kirjastojen käyttö 2027\n\nKunta;Kuukausi;Lainat\nAlavieska;1/2027;12\nVaasa;1/2027;1 234\n"
    "Vaasa;2/2027;1.234\nVaasa;1/2027;1 234\nYhteensä;;1246\nUtsjoki;kevät;3\n;1/2027;4\n"
).encode()
LOANS = Mapping({"place": "Kunta", "month": "Kuukausi", "count": "Lainat"}, {"metric": "loans"})


def xlsx(*rows):
    """Return a spreadsheet's bytes."""
    book, paper = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(paper)
    return paper.getvalue()


def said(sheet):
    """Return the figures shortly: place, month, metric, count."""
    return [(f.place, f"{f.month:%Y-%m}", f.metric, f.count) for f in sheet.figures]


def test_the_headings_tell_what_a_sheet_may_mean():
    found = guess(LONG)
    assert found.mapping.columns == {"place": "Kunta", "month": "Kuukausi", "count": "Lainat"}
    assert found.headings == ("Kunta", "Kuukausi", "Lainat")
    assert found.sample[0] == ("Alavieska", "1/2027", "12")


def test_unreadable_lines_are_named_with_line_column_and_reason_and_the_rest_is_read():
    found = read_sheet(LONG, "kaytto.csv", LOANS)
    assert said(found) == [("Alavieska", "2027-01", "loans", 12), ("Vaasa", "2027-01", "loans", 1234)]
    assert [(f.line, f.column, f.reason, f.value) for f in found.faults] == [
        (6, "Lainat", Reason.COUNT, "1.234"),
        (7, "Kunta", Reason.REPEATED, "5"),
        (8, "Kunta", Reason.SUM, "Yhteensä"),
        (9, "Kuukausi", Reason.MONTH, "kevät"),
        (10, "Kunta", Reason.MISSING, ""),
    ]
    assert found.totals == {"loans": 1246}


def test_a_sheet_with_a_column_a_month_and_a_column_of_sums():
    content = xlsx(
        ["Kommun", dt.datetime(2027, 1, 1), dt.datetime(2027, 2, 1), "Totalt"],
        ["Vasa", 12, None, 12],
        ["Korsnäs", "x", 3.0, 3],
    )
    found = read_sheet(content, "a.xlsx", Mapping({"place": "Kommun"}, {"metric": "lån"}))
    assert said(found) == [("Vasa", "2027-01", "lån", 12), ("Korsnäs", "2027-02", "lån", 3)]
    assert [(f.line, f.column, f.value) for f in found.faults] == [(3, "1/2027", "x")]
    assert found.months == (dt.date(2027, 1, 1), dt.date(2027, 2, 1))


def test_month_names_get_their_year_from_a_person():
    content = b"Kunta;tammikuu;helmikuu\nAlavieska;1;2\n"
    mapping = Mapping({"place": "Kunta"}, {"metric": "loans"})
    with pytest.raises(WrongMappingError) as wrong:
        read_sheet(content, "", mapping)
    assert wrong.value.reason == Reason.NO_MONTH
    found = read_sheet(content, "", Mapping(mapping.columns, {"metric": "loans", "year": "2027"}))
    assert said(found) == [("Alavieska", "2027-01", "loans", 1), ("Alavieska", "2027-02", "loans", 2)]


def test_a_sheet_of_one_month_without_a_column_for_it():
    content = b"Kirjasto,Kpl\nAlavieska,7\n"
    mapping = Mapping({"place": "Kirjasto", "count": "Kpl"}, {"metric": "loans", "month": "3/2027"})
    assert said(read_sheet(content, "", mapping)) == [("Alavieska", "2027-03", "loans", 7)]


def test_an_empty_cell_is_no_figure_and_a_nought_is_one():
    content = b"Kunta;Kuukausi;Lainat\nA;1/2027;\nA;2/2027;0\n"
    assert said(read_sheet(content, "", LOANS)) == [("A", "2027-02", "loans", 0)]


def test_a_mapping_that_does_not_fit_says_which_columns_are_missing():
    with pytest.raises(WrongMappingError) as wrong:
        read_sheet(b"Kunta;Kuukausi;Kpl\nA;1/2027;3\n", "", LOANS)
    assert (wrong.value.reason, wrong.value.columns) == (Reason.NO_COLUMN, ("Lainat",))


def test_a_column_that_stands_twice_is_refused():
    with pytest.raises(WrongMappingError) as wrong:
        read_sheet(b"Kunta;Kuukausi;Lainat;Lainat\nA;1/2027;3;4\n", "", LOANS)
    assert wrong.value.reason == Reason.TWICE


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_what_is_no_table_is_refused_in_words(content):
    with pytest.raises(UnreadableListError):
        read_sheet(content, "kuva.png", LOANS)


@pytest.mark.parametrize(
    "text",
    [
        "2027-03",
        "202703",
        "3/2027",
        "03.2027",
        "31.3.2027",
        "maaliskuu 2027",
        "mars 2027",
        "Mar-27",
        "March 2027",
    ],
)
def test_a_month_is_understood_as_suppliers_write_it(text):
    assert month_of(text) == dt.date(2027, 3, 1)


@pytest.mark.parametrize("text", ["13/2027", "kevät", "2027", "", None, "3/1800", "Q1 2027"])
def test_what_is_no_month_is_none(text):
    assert month_of(text) is None


@pytest.mark.parametrize("cell", ["1.234", "1,234", "-1", "1.5", 1.5, True, "x", "1 23", float("1e16"), -3])
def test_what_is_no_count_is_refused(cell):
    with pytest.raises(ValueError):
        as_count(cell)


@pytest.mark.parametrize(
    ("cell", "count"), [("1 234", 1234), ("12\u00a0345\u00a0678", 12345678), (3.0, 3), ("0", 0)]
)
def test_a_count_is_a_whole_number(cell, count):
    assert as_count(cell) == count
