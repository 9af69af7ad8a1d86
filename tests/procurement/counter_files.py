"""COUNTER reports of our own, after the Code of Practice: tables and JSON of both releases."""

import csv
import io
import json
from datetime import date

import pytest

from procurement.counter import read_report
from procurement.counter_report import UnreadableReportError

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
NAMES = {
    "TR_J1": "Journal Requests (Controlled)",
    "TR_B1": "Book Requests (Controlled)",
    "PR": "Platform Report",
}
TITLE = ("Title", "Publisher", "Platform", "Proprietary_ID", "Online_ISSN")
ALAVA = ("Kirjasto", "Kustannus Oy", "Alusta", "A:1", "1234-5678")
MONTHS = ("Jan-2026", "Feb-2026", "Mar-2026")


def table(*rows, report="TR_J1", columns=TITLE, months=MONTHS, delimiter="\t", **header):
    """Return a tabular report's bytes: rows of cells under the columns, the metric, the total and the months."""
    said = {
        "Report_Name": NAMES.get(report, report),
        "Report_ID": report,
        "Release": "5.1",
        "Institution_Name": "Alavieskan kirjasto",
        "Institution_ID": "ISNI:1234123412341234",
        "Metric_Types": "Total_Item_Requests; Unique_Item_Requests",
        "Report_Filters": "Data_Type=Journal; Access_Method=Regular",
        "Report_Attributes": "",
        "Exceptions": "",
        "Reporting_Period": "Begin_Date=2026-01-01; End_Date=2026-03-31",
        "Created": "2026-04-02T09:11:12Z",
        "Created_By": "Kustannus Oy",
        "Registry_Record": "",
    } | header
    paper = io.StringIO()
    writer = csv.writer(paper, delimiter=delimiter, lineterminator="\n")
    writer.writerows([*said.items(), ()])
    if columns:
        writer.writerow([*columns, "Metric_Type", "Reporting_Period_Total", *months])
    writer.writerows(rows)
    return paper.getvalue().encode()


def answer(*items, report="TR_J1", release="5.1", **header):
    """Return a report in JSON as 5.1 writes its header."""
    said = {
        "Release": release,
        "Report_ID": report,
        "Report_Name": NAMES.get(report, report),
        "Created": "2026-04-02T09:11:12Z",
        "Created_By": "Kustannus Oy",
        "Institution_Name": "Alavieskan kirjasto",
        "Institution_ID": {"ISNI": ["1234123412341234"]},
        "Report_Filters": {
            "Metric_Type": ["Total_Item_Requests", "Unique_Item_Requests"],
            "Begin_Date": "2026-01-01",
            "End_Date": "2026-03-31",
            "Data_Type": ["Journal"],
        },
    } | header
    return json.dumps({"Report_Header": said, "Report_Items": list(items)}, indent=1).encode()


def journal(performance, **more):
    """Return an item of a title report as 5.1 writes it: performance is metric -> month -> count."""
    return {
        "Title": "Kirjasto",
        "Publisher": "Kustannus Oy",
        "Platform": "Alusta",
        "Item_ID": {"Proprietary": "A:1", "Online_ISSN": "1234-5678"},
        "Attribute_Performance": [{"Performance": performance}],
    } | more


def journal_of_5_0(*parts):
    """Return an item as 5.0 writes it; parts are (begin, end, metric, count)."""
    return {
        "Title": "Kirjasto",
        "Publisher": "Kustannus Oy",
        "Platform": "Alusta",
        "Item_ID": [{"Type": "Proprietary", "Value": "A:1"}, {"Type": "Online_ISSN", "Value": "1234-5678"}],
        "Performance": [
            {
                "Period": {"Begin_Date": begin, "End_Date": end},
                "Instance": [{"Metric_Type": metric, "Count": count}],
            }
            for begin, end, metric, count in parts
        ],
    }


def refused(content):
    """Return the error with which the content is refused."""
    with pytest.raises(UnreadableReportError) as error:
        read_report(content)
    return error.value


def faults(content):
    """Return (line, column, reason) of each fault."""
    return [(fault.line, fault.column, fault.reason) for fault in read_report(content).faults]


ROW = (*ALAVA, "Total_Item_Requests", 30, 10, 0, 20)
