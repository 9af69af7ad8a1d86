"""Statistics Finland's population file, as its table 11ra is downloaded: municipalities down, years across.

Read are CSV and .xlsx, municipalities as "KU091 Helsinki", "091" or a name in either language, years as columns or,
in a table for databases, as rows. Rows of the whole country and of regions are known and left out.
"""

import csv
import datetime as dt
import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from consortium.money import SPACES
from members.register import MOST_RESIDENTS, OLDEST_FIGURE, Problem
from members.tables import UnreadableListError, plain, shown, ways_to_read

FIRST_LINES = 20  # among which the header must stand: a title and the table's choices stand above it
LARGEST_COUNTRY = 10 * MOST_RESIDENTS
LAST_DAY = (12, 31)  # month, day: a year's column holds the population at its end
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
DATE = re.compile(r"(?<![0-9])([0-9]{1,2})\.([0-9]{1,2})\.((?:19|20)[0-9]{2})(?![0-9])")
MUNICIPALITY = re.compile(r"(?:KU)?([0-9]{1,3})(?:[\s:,.;–-]+(?P<name>\D.*))?", re.IGNORECASE)
OTHER_CODE = re.compile(r"(?!KU[0-9])[A-Z]{1,4}[0-9][0-9A-Z]{0,4}(?:\s.*)?")  # MK01, SK011, MA1, FI1B
AREA = re.compile(
    r"maakun|seutukun|hyvinvointialue|manner suomi|landskap|ekonomisk region|välfärdsområde|fasta finland"
    r"|mainland|sub regional|wellbeing|region of"
)


def _either(words):
    return frozenset(words.split("|"))


COUNTRY = _either(
    "sss|koko maa|sss koko maa|suomi|yhteensä|hela landet|sss hela landet|hela riket|finland|totalt|sammanlagt"
    "|whole country|sss whole country|total"
)
CODES = _either(
    "koodi|kuntakoodi|kuntanumero|kunnan numero|kuntanro|alue koodi|kod|kommunkod|kommunnummer|code|area code"
    "|municipality code"
)
PLACES = _either(
    "alue|kunta|kunnat|kunnan nimi|nimi|område|kommun|kommuner|kommunens namn|namn|area|region|municipality"
    "|municipalities|name"
)
YEARS = {"vuosi", "år", "year"}
KINDS = {"tiedot", "tieto", "uppgifter", "uppgift", "information", "contents", "sukupuoli", "kön", "sex"}
RESIDENTS = _either(
    "väkiluku|väestö|asukasluku|asukkaat|asukkaita|asukasmäärä|folkmängd|befolkning|invånare|invånarantal"
    "|population|residents|inhabitants|total population|number of residents"
)
BOTH = {"yhteensä", "totalt", "total"}  # men and women
MISSING = {"..", "...", "…", ".", "-", "–", ":"}


class DayError(UnreadableListError):
    """The day asked for is not in the file, or cannot be; the message says what is."""


@dataclass(frozen=True)
class PopulationFile:
    """What a file says of one day: residents by the code of the municipality, and what could not be read."""

    on: dt.date
    column: str  # as the file names it
    residents: dict  # code -> how many
    missing: tuple  # codes whose figure the file itself does not know
    country: int | None  # what the file says of the whole country
    renamed: tuple  # (code, name): names that differ from the register's
    problems: tuple  # Problem: line, column, reason
    sha256: str


@dataclass(frozen=True)
class _Columns:
    """Where things stand: places in a row."""

    first: int  # the first row below the header
    place: int
    code: int | None
    kinds: tuple
    year: int | None  # years as rows
    values: dict  # day or None -> [(place, label)]


def read(content, places, today, *, regions=(), name="", on=None):
    """Return what a population file says of a day as a PopulationFile; by itself of the newest day it has.

    ``content``: the file's bytes. ``places``: code -> names of every municipality, present and past. ``regions``:
    names of regions, which stand in the file beside municipalities. Raises UnreadableListError for what is no such
    file, and DayError for a day that is not in it. Lines that cannot be right are named, all of them.
    """
    known = _Known(places, regions)
    rows, columns = _find_table(content, name, known)
    if isinstance(rows[-1][1], csv.Error):
        sentence = _(
            "The list cannot be parted into columns: see the quotation marks on line %(line)s or before it."
        )
        raise UnreadableListError(sentence % {"line": rows[-1][0]})
    rows = _of_residents(rows[columns.first :], columns)
    if columns.year is not None:
        columns = _with_years_of(rows, columns)
    day, place, label = _column(columns, today, on)
    found = _Reading(known, columns, place, label)
    for number, row in rows:
        if columns.year is None or _day_of(_cell(row, columns.year)) == _end_of(day.year):
            found.take(number, row)
    if not found.residents and not found.problems:
        raise UnreadableListError(_("The file has its columns but not one figure of a municipality."))
    return PopulationFile(
        on=day,
        column=label,
        residents=found.residents,
        missing=tuple(sorted(found.missing)),
        country=found.country,
        renamed=tuple(found.renamed),
        problems=tuple(found.problems),
        sha256=hashlib.sha256(content).hexdigest(),
    )


class _Known:
    """Municipalities and regions by what a file may call them."""

    def __init__(self, places, regions):
        self.names = places
        self.regions = {plain(region) for region in regions}
        self.codes = defaultdict(set)
        for code, names in places.items():
            for name in names:
                self.codes[plain(name)].add(code)

    def called(self, text):
        """Return the codes of the municipalities of this name; of "Maarianhamina - Mariehamn" by either half."""
        if found := self.codes.get(plain(text)):
            return found
        halves = [self.codes.get(plain(half), set()) for half in re.split(r"\s[-–/]\s|/", text)]
        return set.union(*halves) if all(halves) else set()

    def is_other(self, text):
        """Tell whether it is a region or the like: known, but no municipality."""
        words = plain(text)
        return bool(OTHER_CODE.fullmatch(text) or words in self.regions or AREA.search(words))


class _Reading:
    """What the rows of one column say."""

    def __init__(self, known, columns, place, label):
        self.known, self.columns, self.place, self.label = known, columns, place, label
        self.residents, self.missing, self.renamed, self.problems = {}, set(), [], []
        self.country, self.lines = None, {}

    def take(self, number, row):
        """Read one row; what is wrong with it is kept."""
        text, cell = _place_text(row, self.columns), _cell(row, self.place)
        if not text and not _is_number(cell):
            return  # a blank row, or a second line of the header
        if plain(text) in COUNTRY:
            self.country = self._figure(number, cell, LARGEST_COUNTRY)
            return
        if not MUNICIPALITY.fullmatch(text) and not self.known.called(text):
            # What has no figure and is no municipality is a remark below the table.
            if shown(cell) and not self.known.is_other(text):
                self._wrong(number, _("No municipality of the register is called “%(text)s”."), text)
            return
        code = self._code(number, text)
        if not code:
            return
        if shown(cell) in MISSING:
            self.missing.add(code)
            return
        residents = self._figure(number, cell, MOST_RESIDENTS)
        if residents is not None:
            self.residents[code] = residents

    def _code(self, number, text):
        if found := MUNICIPALITY.fullmatch(text):
            code, name = found[1].zfill(3), (found["name"] or "").strip()
            if code not in self.known.names:
                sentence = _(
                    "The register has no municipality with the code %(text)s. "
                    "One that was merged must stand there with its successor."
                )
                self._wrong(number, sentence, code)
                return ""
            if name and code not in self.known.called(name):
                self.renamed.append((code, name))
        else:
            [code, *others] = sorted(self.known.called(text))
            if others:
                self._wrong(number, _("Several municipalities are called “%(text)s”: give the code."), text)
                return ""
        if code in self.lines:
            sentence = _("%(code)s stands already on line %(line)s.") % {
                "code": code,
                "line": self.lines[code],
            }
            self.problems.append(Problem(number, self.label, sentence))
            return ""
        self.lines[code] = number
        return code

    def _figure(self, number, cell, most):
        try:
            return _residents(cell, most)
        except ValueError:
            if shown(cell) in MISSING:
                return None
            sentence = _("“%(text)s” is not a whole number of residents.")
            self._wrong(number, sentence if shown(cell) else _("The figure is empty."), shown(cell))
            return None

    def _wrong(self, number, sentence, text):
        self.problems.append(Problem(number, self.label, sentence % {"text": text[:40]}))


def _cell(row, place):
    return row[place] if place is not None and place < len(row) else None


def _place_text(row, columns):
    """Return what a row is about: "KU091 Helsinki", "091", "Helsinki"."""
    cells = [_cell(row, columns.code), _cell(row, columns.place)]
    whole = [int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in cells]
    return SPACES.sub(" ", " ".join(filter(None, map(shown, whole)))).strip("' ")


def _is_number(cell):
    return (isinstance(cell, int | float) and not isinstance(cell, bool)) or bool(
        re.search("[0-9]", shown(cell))
    )


def _residents(cell, most):
    """Return a whole number of residents. Raises ValueError."""
    if isinstance(cell, bool):
        raise ValueError(cell)
    if isinstance(cell, int | float):
        number = int(cell) if cell == cell // 1 else 0
    else:
        text = SPACES.sub(" ", shown(cell)).strip()
        if not re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}(?: [0-9]{3}){1,2}", text, re.ASCII):
            raise ValueError(text)
        number = int(text.replace(" ", ""))
    if not 0 < number <= most:
        raise ValueError(cell)
    return number


def _end_of(year):
    return dt.date(year, *LAST_DAY)


def _day_of(cell):
    """Return the day that a header names, the end of its year where it is only a year; None for anything else."""
    if isinstance(cell, dt.datetime | dt.date):
        return dt.date(cell.year, cell.month, cell.day)
    text = shown(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    years = {int(year) for year in YEAR.findall(text)}
    if len(years) != 1 or (year := years.pop()) < OLDEST_FIGURE:
        return None
    if found := DATE.search(text):
        try:
            return dt.date(year, int(found[2]), int(found[1]))
        except ValueError:
            return None
    return _end_of(year)


def _kind(text):
    """Return what a column or row counts, without day and year: "Väkiluku 31.12. 2023" is "väkiluku"."""
    words = plain(YEAR.sub(" ", text)).split()
    return " ".join(word for word in words if word not in {"31", "12", "dec", "december", "joulukuuta"})


def _is_residents(text):
    kind = _kind(text)
    rest = " ".join(word for word in kind.split() if word not in BOTH)
    return kind in BOTH | RESIDENTS or rest in RESIDENTS


def _find_table(content, name, known):
    """Return the rows and columns of the way of reading that finds the most municipalities."""
    best, most, seen = None, 0, []
    for rows in ways_to_read(content, name):
        for place, (_number, row) in enumerate(rows[:FIRST_LINES]):
            if isinstance(row, csv.Error):
                break
            seen = max(seen, [shown(cell) for cell in row if shown(cell)], key=len)
            columns = _columns(row, place + 1)
            if columns is None:
                continue
            below = [r for _number, r in rows[place + 1 :] if not isinstance(r, csv.Error)]
            count = sum(_names_one(_place_text(r, columns), known) for r in below)
            if count > most:
                best, most = (rows, columns), count
    if best is None:
        sentence = _("No table of municipalities and their residents was found. Found: %(found)s.")
        raise UnreadableListError(
            sentence % {"found": ", ".join(f"“{label[:30]}”" for label in seen[:8]) or "–"}
        )
    return best


def _names_one(text, known):
    return bool(MUNICIPALITY.fullmatch(text) or known.called(text))


def _columns(row, first):
    """Return the columns of a header, None when the row is none."""
    labels = [shown(cell) for cell in row]
    heads = [_kind(label) for label in labels]

    def place_of(words):
        return next((at for at, head in enumerate(heads) if head in words), None)

    code, named, year = place_of(CODES), place_of(PLACES), place_of(YEARS)
    values = defaultdict(list)
    for at, cell in enumerate(row):
        if heads[at] in CODES | PLACES | KINDS:
            continue
        if year is None and (day := _day_of(cell)):
            values[day].append((at, labels[at]))
        elif _is_residents(labels[at]):
            values[None].append((at, labels[at]))
    if year is not None and not values:  # a table for databases calls its figures by the table's name
        values[None] = [(at, labels[at]) for at in range(max(year, named or 0) + 1, len(row)) if labels[at]][
            -1:
        ]
    if len(values) > 1:
        values.pop(None, None)
    at = [place for columns in values.values() for place, _label in columns]
    if named is None and code is None and at and min(at) > 0 and not labels[0]:
        named = 0  # in a spreadsheet of Statistics Finland the first column has no name
    if not at or (named is None and code is None):
        return None
    place = code if named is None else named
    before = (at for at in range(min(at)) if at not in (place, code, year))
    kinds = tuple(at for at in before if heads[at] in KINDS or not heads[at])
    return _Columns(first, place, None if place == code else code, kinds, year, dict(values))


def _of_residents(rows, columns):
    """Return the rows that count residents, where the table has rows of other kinds beside them."""
    rows = [(number, row) for number, row in rows if not isinstance(row, csv.Error)]
    for at in columns.kinds:
        kinds = {shown(_cell(row, at)) for _number, row in rows} - {""}
        if any(map(_is_residents, kinds)):
            rows = [(number, row) for number, row in rows if _is_residents(shown(_cell(row, at)))]
    return rows


def _with_years_of(rows, columns):
    """Return the columns with the days that stand in the rows."""
    days = {day for _number, row in rows if (day := _day_of(_cell(row, columns.year)))}
    return replace(columns, values=dict.fromkeys(days, columns.values[None]))


def _column(columns, today, on):
    """Return the day, the place and the label of the column to read."""
    days = sorted(filter(None, columns.values))
    if not days and on is None:
        raise DayError(_("The file names no year: write the day of its figures."))
    day = on or days[-1]
    if day > today:
        raise DayError(_("%(day)s has not come yet.") % {"day": f"{day:%-d.%-m.%Y}"})
    key = next((d for d in reversed(days) if d == day), None) or next(
        (d for d in reversed(days) if d.year == day.year), None
    )
    if days and key is None:
        years = ", ".join(str(d.year) for d in days[-8:])
        sentence = _("The file has no figures of %(year)s. It has %(years)s.")
        raise DayError(sentence % {"year": day.year, "years": years})
    found = columns.values[key]
    if len(found) > 1:
        found = [(at, label) for at, label in found if _is_residents(label)] or found
    if len(found) > 1:
        labels = ", ".join(f"“{label[:30]}”" for _at, label in found[:4])
        sentence = _("Several columns have figures of the same day: %(labels)s. Leave only the population.")
        raise UnreadableListError(sentence % {"labels": labels})
    return day, *found[0]
