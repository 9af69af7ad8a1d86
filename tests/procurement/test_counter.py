"""COUNTER reports of releases 5 and 5.1, in tables and JSON: files of our own, after the Code of Practice."""

import hashlib
import json
from datetime import date

import pytest

from procurement.counter import read_report
from procurement.counter_report import Figure, Notice, Reason, figures
from tests.procurement.counter_files import (
    ALAVA,
    FEBRUARY,
    JANUARY,
    MARCH,
    ROW,
    answer,
    faults,
    journal,
    journal_of_5_0,
    refused,
    table,
)


def test_a_table_gives_header_figures_and_its_own_totals():
    report = read_report(table(ROW, (*ALAVA, "Unique_Item_Requests", 12, 4, 0, 8)))
    header = report.header
    assert (header.report_id, header.release, header.institution) == ("TR_J1", "5.1", "Alavieskan kirjasto")
    assert (header.begins, header.ends, header.created_by) == (JANUARY, date(2026, 3, 31), "Kustannus Oy")
    assert header.created.isoformat() == "2026-04-02T09:11:12+00:00"
    assert header.filters == (("Data_Type", "Journal"), ("Access_Method", "Regular"))
    assert header.metric_types == ("Total_Item_Requests", "Unique_Item_Requests")
    assert report.totals == {"Total_Item_Requests": 30, "Unique_Item_Requests": 12}
    ids = (("Proprietary_ID", "A:1"), ("Online_ISSN", "1234-5678"))
    assert figures(report)[Figure("Alusta", "Kirjasto", ids, "Total_Item_Requests", MARCH)] == 20
    assert (report.faults, report.gaps, report.is_empty) == ((), (), False)


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_separators_and_encodings(delimiter, encoding):
    row = ("Åländsk läsning; ä, ö", *ROW[1:])
    content = table(row, delimiter=delimiter).decode().encode(encoding)
    [use] = read_report(content).uses
    assert (use.name, use.total) == ("Åländsk läsning; ä, ö", 30)


def test_json_of_5_1_and_5_0_and_the_table_tell_the_same():
    months = {"2026-01": 10, "2026-03": 20}
    newer = read_report(answer(journal({"Total_Item_Requests": months})))
    parts = [
        ("2026-01-01", "2026-01-31", "Total_Item_Requests", 10),
        ("2026-03-01", "2026-03-31", "Total_Item_Requests", 20),
    ]
    filters = [{"Name": "Begin_Date", "Value": "2026-01-01"}, {"Name": "End_Date", "Value": "2026-03-31"}]
    institution = [{"Type": "ISNI", "Value": "1234123412341234"}]
    older = read_report(
        answer(journal_of_5_0(*parts), release="5", Report_Filters=filters, Institution_ID=institution)
    )
    paper = read_report(table((*ALAVA, "Total_Item_Requests", 30, 10, "", 20)))
    assert figures(newer) == figures(older) == figures(paper)
    assert newer.totals == older.totals == paper.totals == {"Total_Item_Requests": 30}
    assert {use.fingerprint for report in (newer, older, paper) for use in report.uses} == {
        newer.uses[0].fingerprint
    }
    assert newer.gaps == older.gaps == paper.gaps == (FEBRUARY,)
    assert newer.header.institution_id == older.header.institution_id == paper.header.institution_id
    assert (older.header.begins, older.header.ends) == (newer.header.begins, newer.header.ends)


def test_each_family_is_named_by_its_own_column():
    platform = read_report(
        table(
            ("Alusta", "Book", "Searches_Platform", 1, 1, 0, 0),
            report="PR",
            columns=("Platform", "Data_Type"),
        )
    )
    database = read_report(
        table(
            ("Kanta", "Alusta", "Searches_Regular", 2, 2, 0, 0),
            report="DR_D1",
            columns=("Database", "Platform"),
        )
    )
    assert [(use.name, use.platform, use.data_type) for use in platform.uses] == [
        ("Alusta", "Alusta", "Book")
    ]
    assert [(use.name, use.platform) for use in database.uses] == [("Kanta", "Alusta")]
    item = {"Item": "Artikkeli", "Platform": "Alusta", "Item_ID": {"DOI": "10.1/a"}}
    item["Attribute_Performance"] = [
        {"Access_Method": method, "Performance": {"Total_Item_Requests": {"2026-01": count}}}
        for method, count in (("Regular", 3), ("TDM", 4))
    ]
    parent = {"Title": "Lehti", "Data_Type": "Journal", "Item_ID": {"DOI": "10.1"}, "Items": [item]}
    items = read_report(answer(parent, report="IR"))
    assert [(use.name, use.access_method, use.total) for use in items.uses] == [
        ("Artikkeli", "Regular", 3),
        ("Artikkeli", "TDM", 4),
    ]
    assert items.uses[0].identifiers == (("DOI", "10.1/a"),)


def test_one_chapter_under_two_parents_is_two_and_under_one_is_one():
    item = journal({"No_License": {"2026-01": 3}}) | {"Item": "Luku"}
    del item["Title"]
    parents = [
        {"Title": name, "Item_ID": {"DOI": doi}, "Items": [item]} for name, doi in (("A", "1"), ("B", "2"))
    ]
    assert read_report(answer(*parents, report="IR")).totals == {"No_License": 6}
    twice = read_report(answer(parents[0], parents[0], report="IR"))
    assert (twice.totals, [fault.reason for fault in twice.faults]) == ({"No_License": 3}, [Reason.REPEATED])


def test_totals_alone_have_no_months_and_no_gaps():
    paper = read_report(table((*ALAVA, "Total_Item_Requests", 30), months=()))
    said = answer(
        journal({"Total_Item_Requests": {"2026-01": 30}}), Report_Attributes={"granularity": "Total"}
    )
    spans = answer(journal_of_5_0(("2026-01-01", "2026-03-31", "Total_Item_Requests", 30)), release="5")
    for report in (paper, read_report(said), read_report(spans)):
        assert report.totals == {"Total_Item_Requests": 30}
        assert (report.is_monthly, report.gaps, dict(figures(report))) == (False, (), {})


# What is empty, and why


def test_no_usage_is_a_known_nought_and_an_empty_report_is_not():
    sentence = "No Usage Available for Requested Dates"
    for content in (
        table(Exceptions=f"3030: {sentence}"),
        table(columns=(), Exceptions=f"3030: {sentence}"),
        answer(Exceptions=[{"Code": 3030, "Message": sentence}]),
    ):
        report = read_report(content)
        assert (report.is_empty, report.says_no_usage, report.faults) == (True, True, ())
        assert report.header.exceptions == (Notice(3030, sentence),)
        assert report.gaps == (JANUARY, FEBRUARY, MARCH)
    silent = read_report(table())
    assert (silent.is_empty, silent.says_no_usage) == (True, False)


def test_other_exceptions_are_kept_with_what_they_add():
    told = "3031: Usage Not Ready for Requested Dates (to 2026-12-31; however, only to 2026-02-28); 3040: Partial Data"
    report = read_report(table(ROW, Exceptions=told))
    assert report.header.exceptions == (
        Notice(3031, "Usage Not Ready for Requested Dates", "to 2026-12-31; however, only to 2026-02-28"),
        Notice(3040, "Partial Data"),
    )
    assert len(report.uses) == 1
    for body in ({"Code": 1011, "Message": "Queued"}, [{"Code": "1011", "Message": "Queued"}]):
        alone = read_report(json.dumps(body).encode())
        assert alone.header.exceptions == (Notice(1011, "Queued"),)
        assert (alone.header.report_id, alone.is_empty) == ("", True)


# What cannot be right


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ((*ALAVA, "Total_Item_Requests", 31, 10, 0, 20), "Reporting_Period_Total", Reason.TOTAL),
        ((*ALAVA, "Total_Item_Requests", 30, "1,0", 0, 20), "Jan-2026", Reason.COUNT),
        ((*ALAVA, "Total_Item_Requests", 30, 10, -1, 21), "Feb-2026", Reason.COUNT),
        ((*ALAVA, "Total_Item_Requests", "3e1", 10, 0, 20), "Reporting_Period_Total", Reason.COUNT),
        ((*ALAVA, "Total_Item_Requests", "9" * 16, "", "", ""), "Reporting_Period_Total", Reason.COUNT),
        ((*ALAVA, "Total_Downloads", 30, 10, 0, 20), "Metric_Type", Reason.METRIC),
        ((*ALAVA, "", 30, 10, 0, 20), "Metric_Type", Reason.MISSING),
        (("Kirjasto", "", "", "A:1", "", "Total_Item_Requests", 30, 10, 0, 20), "Platform", Reason.MISSING),
        (("", "", "Alusta", "", "", "Total_Item_Requests", 30, 10, 0, 20), "Title", Reason.MISSING),
        ((*ROW, "20"), "11", Reason.CELLS),
        (("Kirja\nsto", *ROW[1:]), "Title", Reason.QUOTE),
    ],
)
def test_a_malformed_line_is_left_out_and_named(row, column, reason):
    good = ("Toinen", "", "Alusta", "A:2", "", "Total_Item_Requests", 1, 1, 0, 0)
    report = read_report(table(good, row))
    line = 18 if reason == Reason.QUOTE else 17
    assert [(fault.line, fault.column, fault.reason) for fault in report.faults] == [(line, column, reason)]
    assert report.totals == {"Total_Item_Requests": 1}


def test_a_month_outside_the_period_or_no_month_at_all():
    row = (*ALAVA, "Total_Item_Requests", 30, 10, 0, 20)
    assert faults(table(row, months=("Jan-2026", "Feb-2026", "Apr-2026"))) == [
        (16, "2026-04", Reason.OUTSIDE)
    ]
    found = faults(table(row, months=("Jan-2026", "Feb-2026", "Foo-2026")))
    assert found == [(15, "Foo-2026", Reason.MONTH), (16, "Reporting_Period_Total", Reason.TOTAL)]
    assert refused(table(row, months=("Jan-2026", "Feb-2026", "Jan-26"))).reason == Reason.NAME_TWICE


def test_json_names_the_line_and_the_place():
    first = journal({"Total_Item_Requests": {"2026-01": 1}})
    wrong = journal({"Total_Item_Requests": {"2026-01": 1.5}}, Title="Toinen")
    content = answer(first, wrong)
    place = "Report_Items[1].Attribute_Performance[0].Performance.Total_Item_Requests.2026-01"
    [fault] = read_report(content).faults
    assert (fault.column, fault.reason, fault.value) == (place, Reason.COUNT, "1.5")
    assert '"Toinen"' in content.decode().splitlines()[fault.line]
    for item, column, reason in (
        (7, "Report_Items[0]", Reason.SHAPE),
        ({"Title": "x", "Platform": "y"}, "Report_Items[0]", Reason.SHAPE),
        (
            journal({"Total_Item_Requests": {"2026-13": 1}}),
            f"{place.replace('[1]', '[0]')[:-2]}13",
            Reason.MONTH,
        ),
        (
            journal({"Hits": {"2026-01": 1}}),
            "Report_Items[0].Attribute_Performance[0].Metric_Type",
            Reason.METRIC,
        ),
        (journal_of_5_0(("2026-01", "", "", 1)), "Report_Items[0].Performance[0].Period", Reason.MONTH),
    ):
        [fault] = read_report(answer(item)).faults
        assert (fault.column, fault.reason) == (column, reason)


def test_a_header_without_period_or_time_is_named_and_the_figures_kept():
    report = read_report(table(ROW, Reporting_Period="spring", Created="2026-02-30"))
    assert [(fault.line, fault.column, fault.reason) for fault in report.faults] == [
        (10, "Reporting_Period", Reason.DATE),
        (11, "Created", Reason.DATE),
    ]
    assert (report.header.begins, report.months) == (None, (JANUARY, FEBRUARY, MARCH))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"\xef\xbb\xbf \r\n", Reason.EMPTY),
        (b"PK\x03\x04....", Reason.KIND),
        (b"%PDF-1.7", Reason.KIND),
        (b"\xff\xfeA", Reason.ENCODING),
        (b"invoice;sum\n1;2\n", Reason.NOT_COUNTER),
        (b"[1, 2]", Reason.NOT_COUNTER),
        (b"{}", Reason.NOT_COUNTER),
        (table(ROW, Release="4"), Reason.RELEASE),
        (table(ROW, report="JR1"), Reason.REPORT),
        (answer(release="6"), Reason.RELEASE),
        (answer()[:-5], Reason.JSON),
        (answer() + b"x", Reason.JSON),
        (b'{"Report_Header": ' + b"[" * 100_000, Reason.TOO_DEEP),
        (b'{"Report_Header": {"Release": "5", "Release": "5.1"}}', Reason.NAME_TWICE),
        (b'{"Report_Header": {"Release": ' + b"9" * 5000 + b"}}", Reason.JSON),
        (b"Report_ID\tTR\t" + b"x" * 200_000, Reason.QUOTE),
        (b"Report_ID\tTR" + b"\t" * 1_100_000, Reason.LONG_LINE),
    ],
)
def test_what_is_no_such_report_is_refused_with_a_reason(content, reason):
    error = refused(content)
    assert error.reason == reason
    assert len(str(error)) < 150


# The same again


def test_the_same_file_is_known_by_its_fingerprint():
    content = table(ROW)
    assert read_report(content).sha256 == hashlib.sha256(content).hexdigest() == read_report(content).sha256
    assert read_report(content + b"\n").sha256 != read_report(content).sha256


def test_the_same_row_twice_counts_once_and_two_figures_are_told_apart():
    other = (*ALAVA, "Total_Item_Requests", 31, 11, 0, 20)
    report = read_report(table(ROW, ROW, other))
    assert [(fault.line, fault.reason, fault.value) for fault in report.faults] == [
        (17, Reason.REPEATED, "16"),
        (18, Reason.SECOND, "16"),
    ]
    assert report.totals == {"Total_Item_Requests": 30}
    again = read_report(table(other))
    assert again.uses[0].fingerprint == report.uses[0].fingerprint


def test_json_that_gives_an_item_month_by_month_is_put_together():
    items = [journal({"Total_Item_Requests": {f"2026-0{month}": month}}) for month in (3, 1)]
    [use] = read_report(answer(*items)).uses
    assert (use.months, use.counts, use.total) == ((JANUARY, MARCH), (1, 3), 4)
