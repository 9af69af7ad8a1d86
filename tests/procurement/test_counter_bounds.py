"""COUNTER reports of releases 5 and 5.1, in tables and JSON: bounds, damage, whatever is written."""

import json

from hypothesis import given
from hypothesis import strategies as st

from procurement import counter, counter_json, counter_report
from procurement.counter import read_report
from procurement.counter_report import Reason, UnreadableReportError, figures
from tests.procurement.counter_files import (
    ALAVA,
    ROW,
    answer,
    journal,
    journal_of_5_0,
    refused,
    table,
)

# Bounds


def test_what_is_too_large_is_refused(monkeypatch):
    assert counter.LONGEST_FILE == 50 * 2**20
    monkeypatch.setattr(counter, "LONGEST_FILE", 100)
    assert refused(table(ROW)).reason == Reason.TOO_LARGE
    monkeypatch.setattr(counter, "LONGEST_FILE", 10**6)
    monkeypatch.setattr(counter, "MOST_LINES", 15)
    assert refused(table(ROW)).reason == Reason.TOO_MANY
    monkeypatch.setattr(counter_json, "MOST_SIGNS", 20)
    assert refused(answer(journal({}))).reason == Reason.TOO_MANY


def test_rows_and_faults_are_bounded(monkeypatch):
    rows = [(f"Lehti {number}", *ROW[1:]) for number in range(5)]
    monkeypatch.setattr(counter_report, "MOST_USES", 4)
    assert refused(table(*rows)).reason == Reason.TOO_MANY
    monkeypatch.setattr(counter_report, "MOST_FAULTS", 2)
    report = read_report(table(*[(*ALAVA, "Hits", 1, 1, 0, 0)] * 5))
    assert (len(report.faults), report.more_faults) == (2, 3)


# Whatever is written


cells = st.lists(st.none() | st.integers(0, 10**6), min_size=3, max_size=3)


@given(st.lists(cells, max_size=6))
def test_totals_are_those_of_the_report_and_gaps_the_months_without_figure(lines):
    rows = [
        (f"Lehti {number}", *ALAVA[1:], "Total_Item_Requests", sum(count or 0 for count in line), *line)
        for number, line in enumerate(lines)
    ]
    report = read_report(table(*rows))
    assert sum(report.totals.values()) == sum(row[6] for row in rows)
    assert sum(figures(report).values()) == sum(row[6] for row in rows)
    assert report.faults == ()
    if any(count is not None for line in lines for count in line):
        empty = [place for place in range(3) if all(line[place] is None for line in lines)]
        assert [month.month - 1 for month in report.gaps] == empty


WHOLE = {
    "table": table(ROW, ROW, Exceptions="3031: Usage Not Ready (x)"),
    "5.1": answer(journal({"Total_Item_Requests": {"2026-01": 1}})),
    "5": answer(journal_of_5_0(("2026-01-01", "2026-01-31", "No_License", 1)), release="5"),
}


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_damaged_file_is_read_or_refused_and_never_breaks(kind, data):
    content = bytearray(WHOLE[kind])
    start = data.draw(st.integers(0, len(content)))
    content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        read_report(bytes(content))
    except UnreadableReportError as error:
        assert error.reason in Reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.data())
def test_json_of_another_shape_is_named_or_refused_and_never_breaks(data):
    body = json.loads(WHOLE[data.draw(st.sampled_from(["5", "5.1"]))])
    node = body
    while isinstance(node, dict | list) and node:
        key = data.draw(st.sampled_from(sorted(node))) if isinstance(node, dict) else 0
        if not isinstance(node[key], dict | list) or data.draw(st.booleans()):
            node[key] = data.draw(json_values)
            break
        node = node[key]
    try:
        read_report(json.dumps(body).encode())
    except UnreadableReportError as error:
        assert error.reason in Reason
