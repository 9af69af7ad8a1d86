"""Suppliers' own figures of use: spreadsheets and CSV, read by a mapping of columns that a person has confirmed.

A sheet has a line a figure (a column of months, a column of counts) or a column a month. A row of sums is left out and
named, so that nothing counts twice; an empty cell is no figure, never a nought.
"""

import csv
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum

from members.tables import plain, shown, ways_to_read

FIRST_LINES = 20  # among which the column names must stand: suppliers put a title above them
MOST_DIGITS, LONGEST_SHOWN, MOST_FAULTS = 15, 80, 1_000
YEARS = range(1990, 2101)
FIELDS = ("month", "year", "place", "service", "metric", "title", "count")
FIXED = (
    "month",
    "year",
    "place",
    "service",
    "metric",
)  # what a sheet may leave unsaid and a person then says

HEADINGS = {
    "month": "kuukausi|kk|kuu|ajanjakso|jakso|pvm|päivä|månad|månader|period|datum|month|date|reporting period",
    "year": "vuosi|år|year",
    "place": "kunta|kirjasto|organisaatio|asiakas|toimipiste|laitos|kirjastokimppa|kommun|bibliotek|organisation|kund"
    "|biblioteksgrupp|municipality|library|institution|institution name|organization|customer|network",
    "service": "palvelu|aineisto|tuote|tietokanta|kokoelma|tjänst|material|produkt|databas|service|platform|product"
    "|database|collection",
    "metric": "mittari|suure|tapahtuma|tyyppi|mätare|mått|händelse|typ|metric|metric type|event|type|measure",
    "title": "nimeke|teos|lehti|nimi|titel|verk|tidning|title|item|name",
    "count": "määrä|lukumäärä|kpl|käyttö|lainat|lainaukset|lataukset|antal|lån|nedladdningar|användning|count|uses"
    "|usage|loans|downloads|checkouts|total item requests|quantity",
}
KNOWN = {name: column for column, names in HEADINGS.items() for name in names.split("|")}
SUMS = {
    "yhteensä",
    "summa",
    "kaikki yhteensä",
    "koko maa yhteensä",
    "totalt",
    "sammanlagt",
    "total",
    "totals",
    "sum",
}
MONTHS = {  # "kuu" and its "ta" are taken off before
    **{1: "tammi|januari|january|jan", 2: "helmi|februari|february|feb", 3: "maalis|mars|march|mar"},
    **{4: "huhti|april|apr", 5: "touko|maj|may", 6: "kesä|juni|june|jun", 7: "heinä|juli|july|jul"},
    **{8: "elo|augusti|august|aug", 9: "syys|september|sep|sept", 10: "loka|oktober|october|oct|okt"},
    **{11: "marras|november|nov", 12: "joulu|december|dec"},
}
NUMBERS = {name: number for number, names in MONTHS.items() for name in names.split("|")}


class Reason(StrEnum):
    """Why a line or a value (down to SUM) was not taken, or why the mapping does not fit the file."""

    MONTH = "month"
    COUNT = "count"
    MISSING = "missing"
    REPEATED = "repeated"
    SUM = "sum"
    QUOTE = "quote"
    NO_COLUMN = "no_column"
    TWICE = "twice"
    NO_COUNT = "no_count"
    NO_MONTH = "no_month"
    NO_LINES = "no_lines"


class WrongMappingError(ValueError):
    """The mapping does not fit the file: ``reason``, and the columns it is about."""

    def __init__(self, reason, *columns):
        self.reason, self.columns = reason, columns
        super().__init__(f"{reason}: {', '.join(columns)}")


@dataclass(frozen=True)
class Mapping:
    """What the columns of a supplier's sheets mean. ``columns``: field → heading; ``fixed``: field → what is unsaid.

    Without a column or a fixed value for the month, each column headed by a month holds its counts.
    """

    columns: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)

    @property
    def is_wide(self):
        """Tell whether the months are columns."""
        return "month" not in self.columns and "month" not in self.fixed


@dataclass(frozen=True)
class Guess:
    """What a sheet may mean, for a person to confirm: its headings, the mapping guessed, the first lines below them."""

    headings: tuple
    mapping: Mapping
    sample: tuple


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that could not be read: its line, its column as the file names it, why, and what stands there."""

    line: int
    column: str
    reason: Reason
    value: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One count: of a service by one metric in a month (its first day) at a place, as the sheet names them."""

    line: int
    month: dt.date
    place: str
    service: str
    metric: str
    title: str
    count: int


@dataclass(frozen=True)
class Sheet:
    """A sheet as read. ``sha256`` tells the same file sent twice; ``more_faults``: those past the ones kept."""

    sha256: str
    figures: tuple
    faults: tuple
    more_faults: int = 0

    @property
    def months(self):
        """Return the months that have a figure, in order."""
        return tuple(sorted({figure.month for figure in self.figures}))

    @property
    def places(self):
        """Return the places that the sheet names, in order."""
        return tuple(sorted({figure.place for figure in self.figures}))

    @property
    def totals(self):
        """Return the total of each metric; metrics are never added together."""
        totals = {}
        for figure in self.figures:
            totals[figure.metric] = totals.get(figure.metric, 0) + figure.count
        return totals


def guess(content, name=""):
    """Return what the sheet's columns may mean, by their headings, as a Guess.

    Raises UnreadableListError (members.tables) for what is no table at all.
    """
    best = None
    for rows in ways_to_read(content, name):
        for place, (_line, row) in enumerate(rows[:FIRST_LINES]):
            if isinstance(row, csv.Error):
                break
            found, months = _known(row)
            words = [shown(cell) for cell in row]
            rank = (len(found) + min(len(months), 2), sum(map(bool, words)) if not place else 0)
            if best is None or rank > best[0]:
                best = rank, words, found, rows[place + 1 : place + 4]
    _rank, words, found, below = best or (None, [], {}, [])
    headings = tuple(dict.fromkeys(filter(None, words)))
    lines, at = [row for _n, row in below if not isinstance(row, csv.Error)], list(map(words.index, headings))
    sample = tuple(tuple(_cell(row[n]) if n < len(row) else "" for n in at) for row in lines)
    return Guess(headings, Mapping(columns=found), sample)


def read_sheet(content, name, mapping):
    """Return the figures of a supplier's sheet as a Sheet; a line that cannot be right is left out and named.

    ``content``: the file's bytes, at most members.tables.LONGEST_FILE. Lines of one month, place, service and metric
    add up where they differ in anything else; the very same line twice is named and counted once. Raises
    UnreadableListError for what is no table, WrongMappingError where the mapping does not fit it.
    """
    rows, heads, first = _table(content, name, mapping)
    reader = _Reader(mapping, heads)
    for line, row in rows[first:]:
        if isinstance(row, csv.Error):
            reader.fault(line, "", Reason.QUOTE)
        elif any(shown(cell) for cell in row):
            reader.take(line, row)
    if not reader.figures and not reader.faults:
        raise WrongMappingError(Reason.NO_LINES)
    return Sheet(
        hashlib.sha256(content).hexdigest(), tuple(reader.figures), tuple(reader.faults), reader.more
    )


def _known(row):
    """Return ({field: heading} of the columns whose headings say what they are, the headings that are months)."""
    found, months = {}, []
    for cell in row:
        if month_of(cell, year=2000) and not isinstance(cell, int | float):
            months.append(cell)
            continue
        name = KNOWN.get(plain(shown(cell)))
        if name and name not in found:
            found[name] = shown(cell)
    return found, months


def _table(content, name, mapping):
    """Return (rows, the head row's cells, place of the first row below it) of the sheet that has the headings."""
    wanted, nearest, twice = set(map(plain, mapping.columns.values())), None, ()
    for rows in ways_to_read(content, name):
        for place, (_line, row) in enumerate(rows[:FIRST_LINES]):
            if isinstance(row, csv.Error):
                break
            heads = [plain(shown(cell)) for cell in row]
            lacking = wanted - set(heads)
            if not lacking and (wanted or _known(row)[1]):
                twice = [head for head in wanted if heads.count(head) > 1]
                if twice:
                    raise WrongMappingError(Reason.TWICE, *twice)
                return rows, row, place + 1
            if nearest is None or len(lacking) < len(nearest):
                nearest = lacking
    names = [label for label in mapping.columns.values() if plain(label) in (nearest or wanted)]
    raise WrongMappingError(Reason.NO_COLUMN if names else Reason.NO_MONTH, *names)


class _Reader:
    """The lines of one sheet, taken one by one."""

    def __init__(self, mapping, heads):
        self.mapping, self.labels = mapping, [_head(cell) for cell in heads]
        self.figures, self.faults, self.more, self.seen = [], [], 0, {}
        plains = [plain(label) for label in self.labels]
        self.at = {name: plains.index(plain(label)) for name, label in mapping.columns.items()}
        self.months = {}
        if mapping.is_wide:
            year = as_year(mapping.fixed.get("year"))
            taken = set(self.at.values())
            for place, cell in enumerate(heads):
                if place not in taken and (month := month_of(cell, year=year)):
                    if month in self.months.values():
                        raise WrongMappingError(Reason.TWICE, self.labels[place])
                    self.months[place] = month
            if not self.months:
                raise WrongMappingError(Reason.NO_MONTH)
        elif "count" not in self.at:
            raise WrongMappingError(Reason.NO_COUNT)

    def fault(self, line, column, reason, value=""):
        """Name a value that could not be read."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, column, reason, _short(value)))
        else:
            self.more += 1

    def take(self, line, row):
        """Take the figures of one line, or name what is wrong with it."""
        words = [_cell(cell) for cell in row]
        if [word for word in words if word] == [label for label in self.labels if label]:
            return  # the head again, as on each page of a printed list
        first = next(word for word in words if word)
        if plain(first) in SUMS or plain(self._told("place", words)) in SUMS:
            self.fault(line, self.labels[words.index(first)], Reason.SUM, first)
            return
        if (before := self.seen.setdefault(tuple(words), line)) != line:
            self.fault(line, self.labels[0], Reason.REPEATED, str(before))
            return
        told = {name: self._told(name, words) for name in ("place", "service", "metric", "title")}
        lacking = next((n for n in ("place", "service", "metric") if n in self.at and not told[n]), None)
        if lacking:
            self.fault(line, self.labels[self.at[lacking]], Reason.MISSING)
            return
        for place, month in self._months(line, row):
            self._count(line, place, month, row, told)

    def _told(self, name, words):
        place = self.at.get(name)
        if place is None:
            return str(self.mapping.fixed.get(name, "")).strip()
        return words[place] if place < len(words) else ""

    def _months(self, line, row):
        """Return (place of the count, its month) of a line."""
        if self.months:
            return list(self.months.items())
        place = self.at.get("month")
        cell = self.mapping.fixed.get("month") if place is None else _at(row, place)
        at_year = self.at.get("year")
        year = as_year(self.mapping.fixed.get("year") if at_year is None else _at(row, at_year))
        month = month_of(cell, year=year)
        if month is None:
            column = self.labels[place] if place is not None else ""
            self.fault(line, column, Reason.MONTH if shown(cell) else Reason.MISSING, shown(cell))
            return []
        return [(self.at["count"], month)]

    def _count(self, line, place, month, row, told):
        cell = _at(row, place)
        if not shown(cell):
            return
        try:
            count = as_count(cell)
        except ValueError:
            self.fault(line, self.labels[place], Reason.COUNT, shown(cell))
            return
        self.figures.append(Figure(line, month, count=count, **told))


def _at(row, place):
    return row[place] if place < len(row) else None


def _cell(cell):
    """Return a cell as text: a whole number without the point that a spreadsheet gives it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else shown(cell)


def _head(cell):
    """Return a column's name; of one that is a day, its month, as people write it."""
    return f"{cell.month}/{cell.year}" if isinstance(cell, dt.date) else shown(cell)


def _short(value):
    text = " ".join(str(value)[: 2 * LONGEST_SHOWN].split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def as_count(cell):
    """Return a count: a whole number from nought up, thousands parted by spaces alone. Raises ValueError.

    "1.234" and "1,234" are refused: they are one thing in one country and another in the next.
    """
    if isinstance(cell, bool):
        raise ValueError(cell)
    if isinstance(cell, int | float):
        if cell != int(cell) or not 0 <= cell < 10**MOST_DIGITS:
            raise ValueError(cell)
        return int(cell)
    text = re.sub(r"(?<=[0-9])[ \u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))", "", shown(cell))
    if not re.fullmatch(rf"[0-9]{{1,{MOST_DIGITS}}}", text):
        raise ValueError(cell)
    return int(text)


def as_year(cell):
    """Return a year, or None for what is none."""
    text = _cell(cell)
    return int(text) if re.fullmatch("[0-9]{4}", text) and int(text) in YEARS else None


def month_of(cell, *, year=None):
    """Return the first day of the month that a cell names, or None.

    Understood: a day, 2027-01, 202701, 1/2027, 01.2027, 31.1.2027, tammikuu 2027, januari 2027, Jan-27; with ``year``
    also a month alone, by name or by its number.
    """
    if isinstance(cell, dt.datetime | dt.date):
        return dt.date(cell.year, cell.month, 1) if cell.year in YEARS else None
    text = _cell(cell).casefold()
    number, found_year = _written_month(text)
    found_year = found_year or year
    if not number or found_year not in YEARS:
        return None
    return dt.date(found_year, number, 1)


def _written_month(text):
    """Return (number of the month, year or None) of a text; (None, None) for what names no month."""
    for pattern in (
        r"(?P<y>\d{4})[-./ ](?P<m>\d{1,2})(?:[-./](?P<d>\d{1,2}))?(?:[ t]00:00(?::00)?)?",
        r"(?:(?P<d>\d{1,2})\. ?)?(?P<m>\d{1,2})[-./] ?(?P<y>\d{4})",
        r"(?P<y>\d{4})(?P<m>\d{2})",
        r"(?P<m>\d{1,2})",
        r"(?P<name>[a-zåäö]+)[.]?[-/ ]*(?P<y>\d{4}|\d{2})?",
        r"(?P<y>\d{4})[-/ ]*(?P<name>[a-zåäö]+)",
    ):
        found = re.fullmatch(pattern, text, re.ASCII if "name" not in pattern else 0)
        if not found:
            continue
        told = found.groupdict()
        year = int(told["y"]) + (2000 if len(told["y"]) == 2 else 0) if told.get("y") else None
        number = (
            NUMBERS.get(told["name"].removesuffix("ta").removesuffix("kuu"))
            if told.get("name")
            else int(told["m"])
        )
        if number and 1 <= number <= 12 and int(told.get("d") or 1) <= 31:
            return number, year
        return None, None
    return None, None
