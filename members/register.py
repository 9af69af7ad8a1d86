"""The register's file: one municipality a line, every value checked before anything is stored.

The product's own file is ``members/data/municipalities.csv``. Sources: Statistics Finland's classification of
municipalities (number, names, region, languages), THL Sotkanet's indicator 127 (population), National Land Survey
(the centre's coordinates). The library networks come from an unofficial list and only fill what is empty.
"""

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext_lazy

FILE = Path(__file__).resolve().parent / "data" / "municipalities.csv"
SOURCE = "Statistics Finland"
SOURCES = {SOURCE: gettext_lazy("Statistics Finland")}  # in the page's language, as far as we know the words
NEEDED = (
    *("code", "name_fi", "name_sv", "region_code", "region_fi", "region_sv", "language"),
    *("population", "population_year", "latitude", "longitude"),
)
OPTIONAL = ("genitive_fi", "city", "library_network", "ended_on", "successor")
LANGUAGES = ("fi", "fi-sv", "sv-fi", "sv")
LONGEST_NAME = 60  # signs
OLDEST_FIGURE = 1990  # year
MOST_RESIDENTS = 2_000_000
LATITUDES = (Decimal("59.5"), Decimal("70.2"))  # degrees, WGS 84: Finland with its sea
LONGITUDES = (Decimal("19.0"), Decimal("31.7"))


def source_words(source):
    """Return who says how many live in a municipality, in the page's language where we know the words."""
    return str(SOURCES.get(source, source))


class UnreadableError(ValueError):
    """The file as a whole cannot be the register; the message says why."""


@dataclass(frozen=True)
class Problem:
    """One value that cannot be right, and where it stands."""

    line: int
    column: str
    reason: str

    def __str__(self):
        return f"line {self.line}, {self.column}: {self.reason}"


@dataclass
class Entry:
    """What one line says: values for the municipality, its population, and what it merged into."""

    code: str = ""
    values: dict = field(default_factory=dict)  # only what the file has a say about
    library_network: str = ""
    residents: int = 0
    counted_on: dt.date | None = None
    ended_on: dt.date | None = None
    successor: str = ""  # code


def read(path, today):
    """Return (entries, problems) of a register file in UTF-8, its values parted by commas or semicolons.

    Raises UnreadableError when there is no such file, it is no text, or columns are missing.
    """
    reader = csv.reader(io.StringIO(text := _text(path), newline=""), delimiter=_delimiter(text), strict=True)
    entries, problems, seen = [], [], {}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(path, header)
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            line = reader.line_num
            if len(values) != len(header):
                reason = f"{len(values)} values where the header has {len(header)} columns"
                problems.append(Problem(line, "the whole line", reason))
                continue
            row = dict(zip(header, (value.strip() for value in values), strict=True))
            entry, found = _entry(row, line, today)
            if entry.code in seen:
                found.append(Problem(line, "code", f"{entry.code} stands already on line {seen[entry.code]}"))
            elif entry.code:
                seen[entry.code] = line
            entries.append(entry)
            problems += found
    except csv.Error as error:
        raise UnreadableError(f"{path} is not a table: line {reader.line_num}: {error}.") from None
    if not entries and not problems:
        raise UnreadableError(f"{path} has a header but no municipality.")
    return entries, problems


def _text(path):
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UnreadableError(f"There is no file {path}.") from None
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UnreadableError(f"{path} is not text in UTF-8.") from None
    if "\0" in text:
        raise UnreadableError(f"{path} is not text in UTF-8.")
    return text


def _delimiter(text):
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _check_header(path, header):
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise UnreadableError(f"{path} lacks the columns {', '.join(missing)}.")
    twice = sorted({name for name in (*NEEDED, *OPTIONAL) if header.count(name) > 1})
    if twice:
        raise UnreadableError(f"{path} has two columns named {', '.join(twice)}.")
    if ("ended_on" in header) != ("successor" in header):
        raise UnreadableError(f"{path} must have both ended_on and successor, or neither.")


def _entry(row, line, today):
    """Return what a line says and what is wrong with it."""
    entry, problems = Entry(), []

    def take(column, check):
        try:
            return check(row[column])
        except ValueError as error:
            problems.append(Problem(line, column, str(error)))
            return None

    entry.code = take("code", _code) or ""
    entry.values = {
        column: take(column, _name) for column in ("name_fi", "name_sv", "region_fi", "region_sv")
    }
    entry.values["region_code"] = take("region_code", _region_code)
    entry.values["language"] = take("language", _language)
    entry.values["latitude"] = take("latitude", _between(LATITUDES))
    entry.values["longitude"] = take("longitude", _between(LONGITUDES))
    if row.get("genitive_fi"):
        entry.values["genitive_fi"] = take("genitive_fi", _name)
    if row.get("city"):
        entry.values["city"] = take("city", _yes_or_no)
    if row.get("library_network"):
        entry.library_network = take("library_network", _name) or ""
    entry.residents = take("population", _residents) or 0
    year = take("population_year", _year(today))
    entry.counted_on = dt.date(year, 12, 31) if year else None
    if row.get("ended_on") or row.get("successor"):
        entry.ended_on, entry.successor = take("ended_on", _day), take("successor", _code) or ""
        if entry.code and entry.successor == entry.code:
            problems.append(Problem(line, "successor", "a municipality is not its own successor"))
    return entry, problems


def _code(value):
    if not re.fullmatch(r"[0-9]{3}", value):
        raise ValueError(f"“{value}” is not three digits, for example 005")
    return value


def _region_code(value):
    if not re.fullmatch(r"[0-9]{2}", value):
        raise ValueError(f"“{value}” is not two digits, for example 01")
    return value


def _name(value):
    if not value:
        raise ValueError("is empty")
    if len(value) > LONGEST_NAME:
        raise ValueError(f"is longer than {LONGEST_NAME} signs")
    if not any(sign.isalpha() for sign in value) or "\ufffd" in value:
        raise ValueError(f"“{value}” is not a name")
    return value


def _language(value):
    if value not in LANGUAGES:
        raise ValueError(f"“{value}” is none of {', '.join(LANGUAGES)}")
    return value


def _yes_or_no(value):
    if value not in {"0", "1"}:
        raise ValueError(f"“{value}” is neither 0 nor 1")
    return value == "1"


def _residents(value):
    if not re.fullmatch(r"[0-9]+", value) or not 0 < int(value) <= MOST_RESIDENTS:
        raise ValueError(f"“{value}” is not a whole number of residents")
    return int(value)


def _year(today):
    def check(value):
        if not re.fullmatch(r"[0-9]{4}", value) or not OLDEST_FIGURE <= int(value) <= today.year:
            raise ValueError(f"“{value}” is not a year from {OLDEST_FIGURE} on")
        if dt.date(int(value), 12, 31) > today:
            raise ValueError(f"31.12.{value} has not come yet")
        return int(value)

    return check


def _between(limits):
    low, high = limits

    def check(value):
        try:
            number = Decimal(value.replace(",", "."))
        except InvalidOperation:
            raise ValueError(f"“{value}” is not a number of degrees") from None
        if not number.is_finite() or not low <= number <= high:
            raise ValueError(f"{value} does not lie in Finland ({low}-{high})")
        return number.quantize(Decimal("0.001"))

    return check


def _day(value):
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"“{value}” is not a day like 2025-01-01") from None
