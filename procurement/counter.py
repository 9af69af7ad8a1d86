"""COUNTER reports of suppliers read: JSON as its API (SUSHI) gives it, and tab or comma separated tables.

Reports PR, DR, TR and IR with their standard views, of releases 5 and 5.1. Source: COUNTER Code of Practice,
sections 3.2 (formats), 3.3 (attributes, noughts), 5 (delivery), 11 (suppliers' own columns) and appendix D.
"""

import codecs
import csv
import hashlib
import io
import re

from procurement.counter_json import HEADERS, read_json
from procurement.counter_report import (
    FAMILY,
    NAMED_BY,
    Gathering,
    Notice,
    Reason,
    UnreadableReportError,
    as_count,
    as_month,
    make_header,
)

LONGEST_FILE = 50 * 2**20  # bytes
LONGEST_LINE = 1_000_000  # characters
MOST_LINES = 1_000_000
FIRST_LINES = 40  # among which the column names stand: section 3.2.1 has them on line 14 or 15
DELIMITERS = "\t;,"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
OTHER_KINDS = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
)
LISTS = ("Metric_Types", "Report_Filters", "Report_Attributes", "Exceptions", "Reporting_Period")
ELEMENTS = {name.casefold(): name for name in (*HEADERS, *LISTS)}
TOTAL, METRIC = "reporting_period_total", "metric_type"


def read_report(content):
    """Return what a COUNTER report says, as a Report (counter_report).

    ``content``: the file's bytes, at most LONGEST_FILE. A row with a value that cannot be right is left out and named
    among the faults; so is one that stands twice. Raises UnreadableReportError for a file that is no such report.
    """
    if len(content) > LONGEST_FILE:
        raise UnreadableReportError(Reason.TOO_LARGE, str(len(content)))
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise UnreadableReportError(Reason.EMPTY)
    if content.startswith(OTHER_KINDS):
        raise UnreadableReportError(Reason.KIND)
    sha256, encoding = hashlib.sha256(content).hexdigest(), encoding_of(content)
    is_json = content[:1000].decode(encoding, "ignore").lstrip()[:1] in ("{", "[")
    header, gathering = (read_json if is_json else _read_table)(content, encoding)
    return gathering.report(header, sha256, encoding)


def encoding_of(content):
    """Return the encoding: UTF-8 as sections 5.1 and 5.2 demand, or what spreadsheets save instead.

    Raises UnreadableReportError when the bytes are text in none of them.
    """
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), "")
    if not encoding and b"\0" in content[:200]:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            for start in range(0, len(content), 2**20):
                decoder.decode(content[start : start + 2**20])
            decoder.decode(b"", True)
            return name
        except UnicodeError:
            continue
    raise UnreadableReportError(Reason.ENCODING, encoding)


def _read_table(content, encoding):
    delimiter = _delimiter(content, encoding)
    gathering, told, lines = Gathering(), {}, {}
    rows = _rows(content, encoding, delimiter)
    columns = None
    for line, row in rows:
        if METRIC in (_plain(cell) for cell in row):
            columns = row
            break
        element = ELEMENTS.get(_plain(row[0])) if row else None
        if element:
            told[element], lines[element] = (row[1].strip() if len(row) > 1 else ""), line
        elif line > FIRST_LINES:
            break
    if "Report_ID" not in told:
        raise UnreadableReportError(Reason.NOT_COUNTER)
    header = make_header(told | _lists(told), gathering, lines)
    if columns is not None:
        _read_rows(rows, _Columns(columns, line, gathering), NAMED_BY[FAMILY[header.report_id]], gathering)
    elif not header.exceptions:
        gathering.fault(line, "Metric_Type", Reason.MISSING)
    return header, gathering


class _Columns:
    """Which column of a table holds what. A month that cannot be read is named; a column that stands twice, refused."""

    def __init__(self, names, line, gathering):
        self.names = [name.strip() for name in names]
        self.told, self.months, self.metric, self.total = {}, {}, None, None
        seen = set()
        for place, name in enumerate(self.names):
            plain, month = _plain(name), as_month(name)
            if plain and (month or plain) in seen:
                raise UnreadableReportError(Reason.NAME_TWICE, name, line)
            seen.add(month or plain)
            if plain == METRIC:
                self.metric = place
            elif plain == TOTAL:
                self.total = place
            elif month:
                self.months[place] = month
            elif plain and self.metric is not None:  # only the total and months stand after the metric
                gathering.fault(line, name, Reason.MONTH, name)
            elif plain:
                self.told[place] = re.sub(r"\s", "", name)


def _read_rows(rows, columns, named_by, gathering):
    width = len(columns.names)
    for line, row in rows:
        if not any(row):
            continue
        if any("\n" in cell for cell in row):
            gathering.fault(line, columns.names[0], Reason.QUOTE, row[0])
            continue
        if any(row[width:]):
            gathering.fault(line, str(width + 1), Reason.CELLS, next(filter(None, row[width:])))
            continue
        row += [""] * (width - len(row))
        counts, place = {}, columns.total
        try:
            total = as_count(row[place]) if place is not None and row[place].strip() else None
            for place, month in columns.months.items():
                if row[place].strip():
                    counts[month] = as_count(row[place])
        except ValueError:
            gathering.fault(line, columns.names[place], Reason.COUNT, row[place])
            continue
        if not counts and total is None:  # a row of empty cells says nothing: no figure, and nothing wrong
            continue
        told = {name: row[place].strip() for place, name in columns.told.items()}
        gathering.use(line, told, row[columns.metric].strip(), counts, total, named_by)


def _rows(content, encoding, delimiter):
    """Yield (number of its last line, cells); bounded in lines and in the length of each."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")

    def lines():
        while line := text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise UnreadableReportError(Reason.LONG_LINE, line, reader.line_num + 1)
            if reader.line_num >= MOST_LINES:
                raise UnreadableReportError(Reason.TOO_MANY, str(MOST_LINES), reader.line_num)
            yield line

    reader = csv.reader(lines(), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UnreadableReportError(Reason.QUOTE, str(error), reader.line_num) from error


def _delimiter(content, encoding):
    """Return what parts the columns: that by which the first lines hold most elements of a report's header."""
    start = content[:20_000].decode(encoding, "ignore")

    def elements(delimiter):
        lines = (line for line in start.splitlines()[:FIRST_LINES] if delimiter in line)
        return sum(_plain(line.split(delimiter)[0].strip(' "')) in ELEMENTS for line in lines)

    return max(DELIMITERS, key=elements)


def _plain(name):
    """Return a name without the blanks and capitals in which suppliers differ: “Reporting_ Period_Total”."""
    return re.sub(r"\s", "", name).casefold()


def _lists(told):
    """Return those elements that hold several values, parted as section 3.2.1 parts them."""
    said = {name: told.get(name, "") for name in LISTS}

    def pairs(text):
        return tuple(tuple(part.split("=", 1)) for part in text.split("; ") if "=" in part)

    notices = []
    for part in re.split(r";\s*(?=[0-9]{1,5}\s*:)", said["Exceptions"]):
        if found := re.fullmatch(r"([0-9]{1,5})\s*:\s*(.*?)\s*(?:\((.*)\))?", part.strip(), re.DOTALL):
            notices.append(Notice(int(found[1]), found[2], found[3] or ""))
        elif part.strip():
            notices.append(Notice(0, part.strip()))  # code 0 is free text (appendix D)
    return {
        "Metric_Types": [name.strip() for name in said["Metric_Types"].split(";") if name.strip()],
        "Report_Filters": pairs(said["Report_Filters"]),
        "Report_Attributes": pairs(said["Report_Attributes"]),
        "Exceptions": notices,
        "Period": re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said["Reporting_Period"]),
    }
