"""What a COUNTER report says, however it was written down: its header, its use by month, and what could not be read.

Counts are whole events; months are their first days. Source: COUNTER Code of Practice, releases 5.0.3 and 5.1, sections
3.2 (header and body), 3.3.4 (metric types) and 4.1-4.4 (reports).
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

MOST_USES = 300_000  # rows, or an item's metrics
MOST_FAULTS = 1_000  # kept; those past them are only counted
MOST_DIGITS, LONGEST_SHOWN = 15, 80  # of a count; characters of a value that a fault repeats
YEARS = range(1990, 2101)
NO_USAGE = 3030  # the exception that says: the months are known, and nothing was used

# Sections 4.1-4.4: the reports of each family, and the column that names what was used.
REPORTS = {
    "PR": ("PR", "PR_P1"),
    "DR": ("DR", "DR_D1", "DR_D2"),
    "TR": ("TR", "TR_B1", "TR_B2", "TR_B3", "TR_J1", "TR_J2", "TR_J3", "TR_J4"),
    "IR": ("IR", "IR_A1", "IR_M1"),
}
NAMED_BY = {"PR": "Platform", "DR": "Database", "TR": "Title", "IR": "Item"}
FAMILY = {report: family for family, reports in REPORTS.items() for report in reports}
# Section 3.3.4. A supplier's own metric has its namespace and a colon before it (section 11.4).
METRICS = {
    *("Searches_Platform", "Searches_Regular", "Searches_Automated", "Searches_Federated"),
    *("Total_Item_Investigations", "Unique_Item_Investigations", "Unique_Title_Investigations"),
    *("Total_Item_Requests", "Unique_Item_Requests", "Unique_Title_Requests", "No_License", "Limit_Exceeded"),
}
IDENTIFIERS = ("DOI", "Proprietary_ID", "ISBN", "Print_ISSN", "Online_ISSN", "URI")
SHORT_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Reason(StrEnum):
    """Why a file (down to NAME_TWICE), a line or a value (from MISSING on) was not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"  # a spreadsheet, a PDF, a picture
    ENCODING = "encoding"
    NOT_COUNTER = "not_counter"
    RELEASE = "release"
    REPORT = "report"
    JSON = "json"
    TOO_DEEP = "too_deep"
    TOO_MANY = "too_many"
    LONG_LINE = "long_line"
    NAME_TWICE = "name_twice"
    MISSING = "missing"
    METRIC = "metric"
    COUNT = "count"
    MONTH = "month"
    OUTSIDE = "outside"
    TOTAL = "total"
    CELLS = "cells"
    QUOTE = "quote"
    SHAPE = "shape"
    DATE = "date"
    REPEATED = "repeated"
    SECOND = "second"


class UnreadableReportError(ValueError):
    """The file as a whole cannot be read as a COUNTER report: ``reason``, and the line and value it was seen at."""

    def __init__(self, reason, value="", line=0):
        self.reason, self.value, self.line = reason, shown(value), line
        super().__init__(f"{reason}: {self.value}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that cannot be right: its line (1 is the first), its column or its place in the JSON, and why."""

    line: int
    column: str
    reason: Reason
    value: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the supplier itself says is missing or special. Source: appendix F (5.0) and D (5.1), section 3.2.1."""

    code: int
    message: str = ""
    data: str = ""


@dataclass(frozen=True)
class Header:
    """The header of a report; texts as written, None for a date that is missing or unreadable. Section 3.2.1."""

    report_id: str = ""
    report_name: str = ""
    release: str = ""
    institution: str = ""
    institution_id: str = ""
    metric_types: tuple = ()
    filters: tuple = ()  # (name, value)
    attributes: tuple = ()  # (name, value)
    exceptions: tuple = ()
    begins: dt.date | None = None
    ends: dt.date | None = None
    created: dt.datetime | None = None
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """The use of one thing by one metric. ``counts`` go with ``months``; a month without a figure is in neither.

    ``total``: over the reporting period; equal to the sum of ``counts`` where there are any. ``fingerprint``: of what
    the row describes, with its attributes and metric, without its figures: the same in another file, TSV or JSON.
    """

    line: int
    platform: str
    name: str  # of the title, the database or the item; of the platform in a platform report
    publisher: str
    identifiers: tuple  # (column, value)
    data_type: str
    access_type: str
    access_method: str
    year_published: str
    metric: str
    months: tuple
    counts: tuple
    total: int
    fingerprint: bytes


class Figure(NamedTuple):
    """What one count in ``figures`` is of."""

    platform: str
    name: str
    identifiers: tuple
    metric: str
    month: dt.date


@dataclass(frozen=True)
class Report:
    """A report as read. ``sha256`` tells the same file sent twice; ``more_faults``: those past the ones kept."""

    sha256: str
    encoding: str
    header: Header
    uses: tuple
    faults: tuple
    more_faults: int = 0

    @property
    def is_empty(self):
        """Whether it holds no figure at all."""
        return not self.uses

    @property
    def says_no_usage(self):
        """Whether the supplier says that nothing was used, which is a known nought and no gap in knowledge."""
        return any(exception.code == NO_USAGE for exception in self.header.exceptions)

    @property
    def is_monthly(self):
        """Whether figures are by month: not so with Exclude_Monthly_Details or a granularity of Total."""
        return not self.uses or any(use.months for use in self.uses)

    @property
    def months(self):
        """The months of the reporting period; those that have figures where the period is unreadable."""
        seen = {month for use in self.uses for month in use.months}
        begins = self.header.begins or min(seen, default=None)
        ends = self.header.ends or max(seen, default=None)
        return months_between(begins, ends) if begins and ends else ()

    @property
    def gaps(self):
        """The months of the period without any figure. JSON leaves noughts out (section 3.3.9)."""
        if not self.is_monthly:
            return ()
        seen = {month for months in {use.months for use in self.uses} for month in months}
        return tuple(month for month in self.months if month not in seen)

    @property
    def totals(self):
        """The total of each metric over the period. Never add metrics up: a request is an investigation as well."""
        totals = Counter()
        for use in self.uses:
            totals[use.metric] += use.total
        return dict(totals)


def figures(report):
    """Return the counts by platform, thing used, metric and month: Figure -> count, attributes added together."""
    counts = Counter()
    for use in report.uses:
        for month, count in zip(use.months, use.counts, strict=True):
            counts[Figure(use.platform, use.name, use.identifiers, use.metric, month)] += count
    return counts


class Gathering:
    """Uses and faults as they are found; one row twice is counted once and named."""

    def __init__(self):
        self.uses, self.faults, self.more_faults = [], [], 0
        self._places, self._shared = {}, {}

    def fault(self, line, column, reason, value=""):
        """Name a value that cannot be right."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, column, reason, shown(value)))
        else:
            self.more_faults += 1

    def use(self, line, told, metric, counts, total, named_by, at="{}"):
        """Take one row, or name what is wrong with it.

        ``told``: column -> text of what describes it; ``counts``: month -> count; ``total``: as stated, or None;
        ``named_by``: the column of its name; ``at``: how a column is shown as a place.
        """
        told = {column: value for column, value in told.items() if value}
        lacks = self._lacks(told, metric, counts, total, named_by)
        if lacks:
            column, reason, value = lacks
            self.fault(line, at.format(column), reason, value)
            return
        identity = "\x1f".join(f"{column}\x1e{value}" for column, value in sorted(told.items()))
        fingerprint = hashlib.blake2b(f"{identity}\x1f{metric}".encode(), digest_size=16).digest()
        use = Use(
            line,
            *(self._one(told.get(column, "")) for column in ("Platform", named_by, "Publisher")),
            self._one(tuple((column, told[column]) for column in IDENTIFIERS if column in told)),
            *(
                self._one(told.get(column, ""))
                for column in ("Data_Type", "Access_Type", "Access_Method", "YOP")
            ),
            self._one(metric),
            self._one(tuple(sorted(counts))),
            self._one(tuple(counts[month] for month in sorted(counts))),
            sum(counts.values()) if counts else total,
            fingerprint,
        )
        place = self._places.setdefault(fingerprint, len(self.uses))
        if place < len(self.uses):
            self._again(place, use, at.format("Metric_Type"))
            return
        if place >= MOST_USES:
            raise UnreadableReportError(Reason.TOO_MANY, str(MOST_USES), line)
        self.uses.append(use)

    def report(self, header, sha256, encoding):
        """Return the Report, without the uses that the header says cannot be."""
        begins, ends = header.begins, header.ends
        attributes = {name.casefold(): value.casefold() for name, value in header.attributes}
        if attributes.get("granularity") == "total":
            self.uses = [replace(use, months=(), counts=()) for use in self.uses]
        wrong = {
            months: month
            for months in {use.months for use in self.uses}
            for month in months
            if (begins and month < begins.replace(day=1)) or (ends and month > ends)
        }
        for use in self.uses:
            if use.months in wrong:
                self.fault(use.line, f"{wrong[use.months]:%Y-%m}", Reason.OUTSIDE, use.name)
        uses = tuple(use for use in self.uses if use.months not in wrong)
        return Report(sha256, encoding, header, uses, tuple(self.faults), self.more_faults)

    def _lacks(self, told, metric, counts, total, named_by):
        if not metric:
            return "Metric_Type", Reason.MISSING, ""
        if metric not in METRICS and ":" not in metric:
            return "Metric_Type", Reason.METRIC, metric
        if "Platform" not in told:
            return "Platform", Reason.MISSING, ""
        # Section 3.2.2: a title or an item without a name has an identifier; a database has its name.
        if named_by not in told and (named_by == "Database" or not any(key in told for key in IDENTIFIERS)):
            return named_by, Reason.MISSING, ""
        if counts and total is not None and sum(counts.values()) != total:
            return "Reporting_Period_Total", Reason.TOTAL, f"{total} ≠ {sum(counts.values())}"
        if not counts and total is None:
            return "Reporting_Period_Total", Reason.MISSING, ""
        return None

    def _again(self, place, use, column):
        """Take the months that are new of what was told before; the same again is named and not counted."""
        first = self.uses[place]
        before = dict(zip(first.months, first.counts, strict=True))
        now = dict(zip(use.months, use.counts, strict=True))
        if before and now and not before.keys() & now.keys():
            both = dict(sorted((before | now).items()))
            months, counts = self._one(tuple(both)), tuple(both.values())
            self.uses[place] = replace(first, months=months, counts=counts, total=sum(counts))
        else:
            same = (first.months, first.counts, first.total) == (use.months, use.counts, use.total)
            self.fault(use.line, column, Reason.REPEATED if same else Reason.SECOND, str(first.line))

    def _one(self, value):
        return self._shared.setdefault(value, value)


def shown(value):
    """Return a value as a fault repeats it: one line, cut when long."""
    text = " ".join(str(value)[: 2 * LONGEST_SHOWN].split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def as_count(value):
    """Return a count: a whole number from nought up, as JSON's number or as digits. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**MOST_DIGITS:
        return value
    if isinstance(value, str) and re.fullmatch(rf"[0-9]{{1,{MOST_DIGITS}}}", value.strip()):
        return int(value)
    raise ValueError


def as_month(text):
    """Return the first day of a month written Jan-2022 (section 3.2.2), 2022-01 (JSON) or Jan-22; None for others."""
    if found := re.fullmatch(r"([A-Za-z]{3})[-. ]([0-9]{4}|[0-9]{2})", text.strip()):
        name, year = found[1].casefold(), int(found[2]) + (2000 if len(found[2]) == 2 else 0)
        number = SHORT_MONTHS.index(name) + 1 if name in SHORT_MONTHS else 0
    elif found := re.fullmatch(r"([0-9]{4})-([0-9]{2})(-01)?", text.strip()):
        year, number = int(found[1]), int(found[2])
    else:
        return None
    return dt.date(year, number, 1) if number in range(1, 13) and year in YEARS else None


def as_day(text):
    """Return a day written 2022-01-31; None for anything else."""
    try:
        day = dt.date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def as_moment(text):
    """Return a moment written as RFC 3339, or a day as its first moment, in UTC where it names no zone; or None."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def months_between(begins, ends):
    """Return the first days of the months from one day to another, both their months among them."""
    first, last = begins.year * 12 + begins.month - 1, ends.year * 12 + ends.month - 1
    return tuple(dt.date(place // 12, place % 12 + 1, 1) for place in range(first, last + 1))


def make_header(told, gathering, lines=None):
    """Return the Header of what was told: element -> text, Exceptions as Notice, filters as (name, value).

    ``lines``: the line of each element. Raises UnreadableReportError for a report or a release that is not read here.
    """
    lines = lines or {}
    release = told.get("Release", "")
    if not re.fullmatch(r"5(\.[01](\.[0-9]+){0,2})?", release):
        raise UnreadableReportError(Reason.RELEASE, release, lines.get("Release", 0))
    report_id = told.get("Report_ID", "").upper()
    if report_id not in FAMILY:
        raise UnreadableReportError(Reason.REPORT, report_id, lines.get("Report_ID", 0))
    exceptions = told.get("Exceptions", ())
    days = [as_day(day) for day in told.get("Period", ())]
    begins, ends = days if len(days) == 2 and None not in days and days[0] <= days[1] else (None, None)
    if begins is None and not (exceptions and not days):
        gathering.fault(
            lines.get("Reporting_Period", 1),
            "Reporting_Period",
            Reason.DATE,
            " ".join(told.get("Period", ())),
        )
    created = as_moment(told.get("Created", ""))
    if created is None:
        gathering.fault(lines.get("Created", 1), "Created", Reason.DATE, told.get("Created", ""))
    return Header(
        report_id,
        told.get("Report_Name", ""),
        release,
        told.get("Institution_Name", ""),
        told.get("Institution_ID", ""),
        tuple(told.get("Metric_Types", ())),
        tuple(told.get("Report_Filters", ())),
        tuple(told.get("Report_Attributes", ())),
        tuple(exceptions),
        begins,
        ends,
        created,
        told.get("Created_By", ""),
    )
