"""COUNTER reports made by others: those in the source package of pycounter, read with totals equal to their own.

The package is kept as it came (requirements/samples.txt, `make setup`) and never installed.
"""

import csv
import io
import json
import sys
import tarfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from procurement.counter import LONGEST_FILE, read_report
from procurement.counter_report import Reason, UnreadableReportError

ARCHIVE = Path(sys.prefix) / "samples" / "pycounter-2.1.4.tar.gz"
FOLDER = "pycounter-2.1.4/pycounter/test/"


def sample(name):
    """Return a file of the package's own tests; without the package the test fails and says what to do."""
    if not ARCHIVE.exists():
        pytest.fail(f"{ARCHIVE} is not there: make setup")
    with tarfile.open(ARCHIVE) as archive:
        return archive.extractfile(FOLDER + name).read()


def own_totals(content):
    """Return the totals that a JSON report of release 5 states, added up here by hand."""
    totals = Counter()
    for item in json.loads(content)["Report_Items"]:
        for performance in item["Performance"]:
            for instance in performance["Instance"]:
                totals[instance["Metric_Type"]] += instance["Count"]
    return dict(totals)


@pytest.mark.parametrize(
    ("name", "report_id", "first"), [("sushi_simple.json", "TR_J1", 14), ("sushi_book.json", "TR_B1", 22)]
)
def test_json_reports_add_up_to_their_own_figures(name, report_id, first):
    content = sample(f"counter5/data/{name}")
    report = read_report(content)
    assert (report.header.report_id, report.header.release) == (report_id, "5")
    assert report.totals == own_totals(content)
    assert (report.faults, report.uses[0].counts[0]) == ((), first)  # what pycounter's own test reads first
    assert report.months == (date(2019, 1, 1), date(2019, 2, 1))


def test_the_table_of_turnaways_adds_up_to_its_own_column_of_totals():
    content = sample("counter5/data/tr_j2.tsv")
    report = read_report(content)
    lines = list(csv.reader(io.StringIO(content.decode()), delimiter="\t"))
    heads = [cell.replace(" ", "") for cell in next(row for row in lines if "Metric_Type" in row)]
    metric, total = heads.index("Metric_Type"), heads.index("Reporting_Period_Total")
    stated = Counter()
    for row in lines:
        if row[0].startswith("Journal ") and row[total]:
            stated[row[metric]] += int(row[total])
    assert report.totals == dict(stated) == {"Limit_Exceeded": 3}
    assert report.header.report_id == "TR_J2"
    assert len(report.months) == 6


def test_a_table_without_a_single_figure_has_no_totals_and_no_noughts():
    report = read_report(sample("counter5/data/tr_j1.tsv"))
    assert (report.totals, report.is_empty, report.says_no_usage) == ({}, True, False)
    assert report.header.institution == "Sample University"


def test_the_suppliers_refusal_is_told_as_its_notice():
    report = read_report(sample("counter5/data/not_authorized.json"))
    assert report.is_empty
    assert [(n.code, n.message) for n in report.header.exceptions] == [
        (2000, "Requestor Not Authorized to Access Service")
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("data/C4JR1.csv", "data/C4BR2.tsv", "data/PR1.tsv", "data/C4DB1.tsv", "data/simpleJR1.csv"),
        *("data/JR1.xlsx", "data/sushi_simple.xml", "data/C4JR1_bad.csv"),
    ],
)
def test_reports_of_release_4_are_refused_and_not_guessed_at(name):
    with pytest.raises(UnreadableReportError) as refused:
        read_report(sample(name))
    assert refused.value.reason in {Reason.NOT_COUNTER, Reason.KIND, Reason.RELEASE}


def test_fifty_megabytes_and_one_byte_are_refused_before_they_are_read():
    content = sample("counter5/data/sushi_simple.json")
    with pytest.raises(UnreadableReportError) as refused:
        read_report(content + b" " * (LONGEST_FILE + 1 - len(content)))
    assert refused.value.reason == Reason.TOO_LARGE
    assert read_report(content + b" " * (LONGEST_FILE - len(content))).totals == own_totals(content)
