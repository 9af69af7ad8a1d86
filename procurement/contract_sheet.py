"""A sheet of contracts as a service centre keeps it: a line a contract, or a line a contract and municipality.

Lines with the same contract number are one contract: what is empty on a later line is as on the first. Columns are
known by their heads in Finnish, Swedish or English, in any order; days may be dates or text, sums as people write them.
"""

import csv
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from stdnum.fi import ytunnus

from consortium.money import read_amount, read_number
from members.register import Problem
from members.tables import UnreadableListError, plain, shown, ways_to_read

FIRST_LINES = 10  # among which the header must stand
MOST_MONTHS = 120
LONGEST = {"number": 40, "title_fi": 120, "title_sv": 120, "supplier": 120}
NEEDED = ("number", "title_fi", "title_sv", "supplier", "signed_on", "begins_on")
DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})|([0-9]{4})-([0-9]{2})-([0-9]{2})")
CODE = re.compile(r"(?:KU)?([0-9]{1,3})(?![0-9])[\s:,.–-]*(.*)", re.IGNORECASE | re.DOTALL)
BETWEEN = re.compile(r"[;,\n]| ja | och | and ")


def _either(words):
    return frozenset(words.split("|"))


HEADS = {
    "number": _either("sopimusnumero|sopimuksen numero|avtalsnummer|avtalets nummer|contract number|number"),
    "title_fi": _either("nimi suomeksi|sopimus|nimi|namn på finska|title in finnish|title fi|nimi fi"),
    "title_sv": _either("nimi ruotsiksi|namn på svenska|namn|avtal|title in swedish|title sv|nimi sv"),
    "supplier": _either("toimittaja|leverantör|supplier"),
    "business_id": _either("y tunnus|toimittajan y tunnus|fo nummer|leverantörens fo nummer|business id"),
    "signed_on": _either("allekirjoitettu|undertecknat|undertecknad|signed|signed on"),
    "begins_on": _either("alkaa|alkupäivä|börjar|första dagen|first day|begins|begins on"),
    "ends_on": _either("päättyy|loppupäivä|viimeinen päivä|slutar|sista dagen|last day|ends|ends on"),
    "silence": _either("jos ei irtisanota|hiljaisuus|om inget sägs|tystnad|if nothing is said|silence"),
    "renewal_months": _either(
        "jatkuu kuukautta kerrallaan|fortsätter månader i taget|runs on months at a time"
    ),
    "notice_months": _either(
        "irtisanomisaika kk|irtisanomisaika|uppsägningstid mån|uppsägningstid|months of notice"
    ),
    "notice_by": _either("viimeinen irtisanomispäivä|sista uppsägningsdag|last day for notice"),
    "options": _either("optiot kk|optiot|optioner mån|optioner|options months|options"),
    "municipality": _either("kunta|kunnat|kommun|kommuner|municipality|municipalities"),
    "yearly": _either("arvo vuodessa|volyymi vuodessa|volym per år|volume a year|yearly volume"),
}
SILENCES = {
    "ends": _either("päättyy|slutar|upphör|ends|it ends"),
    "runs_on": _either("jatkuu|fortsätter|runs on|it runs on"),
}


@dataclass
class Entry:
    """One contract of the sheet: its facts, its options in months, and {code: volume (€ a year) or None}."""

    line: int
    facts: dict = field(default_factory=dict)
    supplier: str = ""
    business_id: str = ""
    options: list = field(default_factory=list)
    participants: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)  # code -> line

    @property
    def number(self):
        """Return the contract's number."""
        return self.facts["number"]


@dataclass(frozen=True)
class Place:
    """A municipality as the sheet may name it; ``successor``: the code it was merged into, with the last day."""

    code: str
    names: tuple
    successor: str = ""
    ended_on: dt.date | None = None


@dataclass(frozen=True)
class ContractSheet:
    """What a sheet says; ``problems``: what cannot be right, with its line, column and reason."""

    entries: tuple
    problems: tuple
    sha256: str


def read(content, places, today, *, name=""):
    """Return what the sheet says as a ContractSheet.

    ``content``: the file's bytes; ``places``: Place of every municipality, present and past. Raises
    UnreadableListError for what is no such sheet.
    """
    rows, columns, labels = _find_table(content, name)
    reading = _Reading(places, columns, labels, today)
    for number, row in rows:
        if isinstance(row, csv.Error):
            sentence = _(
                "The list cannot be parted into columns: see the quotation marks on line %(line)s or before it."
            )
            raise UnreadableListError(sentence % {"line": number})
        if any(shown(cell) for cell in row):
            reading.take(number, row)
    if not reading.entries and not reading.problems:
        raise UnreadableListError(_("The sheet has its columns but not one contract."))
    reading.finish()
    problems = sorted(reading.problems, key=lambda problem: problem.line or 0)
    return ContractSheet(
        tuple(reading.entries.values()), tuple(problems), hashlib.sha256(content).hexdigest()
    )


def _find_table(content, name):
    """Return (rows below the header, column -> place, column -> its label) of the way of reading that knows most."""
    best, most, seen = None, 0, []
    for rows in ways_to_read(content, name):
        for at, (_number, row) in enumerate(rows[:FIRST_LINES]):
            if isinstance(row, csv.Error):
                break
            labels = [shown(cell) for cell in row]
            seen = max(seen, [label for label in labels if label], key=len)
            heads = [plain(label) for label in labels]
            columns = {}
            for column, words in HEADS.items():
                place = next(
                    (n for n, head in enumerate(heads) if head in words and n not in columns.values()), None
                )
                if place is not None:
                    columns[column] = place
            if "number" in columns and len(columns) > most:
                best, most = (
                    (rows[at + 1 :], columns, {c: labels[n] for c, n in columns.items()}),
                    len(columns),
                )
    if best is None:
        sentence = _(
            "No table of contracts was found: it has a column for the contract number. Found: %(found)s."
        )
        raise UnreadableListError(
            sentence % {"found": ", ".join(f"“{label[:30]}”" for label in seen[:8]) or "–"}
        )
    missing = [column for column in NEEDED if column not in best[1]]
    if missing:
        sentence = _("The sheet lacks the columns: %(columns)s.")
        raise UnreadableListError(sentence % {"columns": ", ".join(column_words(c) for c in missing)})
    return best


def column_words(column):
    """Return what a column is called, in the page's language."""
    return {
        "number": _("contract number"),
        "title_fi": _("title in Finnish"),
        "title_sv": _("title in Swedish"),
        "supplier": _("supplier"),
        "business_id": _("business ID"),
        "signed_on": _("signed on"),
        "begins_on": _("first day"),
        "ends_on": _("last day"),
        "silence": _("if nothing is said"),
        "renewal_months": _("months it then runs on at a time"),
        "notice_months": _("months of notice"),
        "notice_by": _("last day for notice"),
        "options": _("options in months"),
        "municipality": _("municipality"),
        "yearly": _("volume a year"),
    }[column]


class _Reading:
    """What the rows say, contract by contract."""

    def __init__(self, places, columns, labels, today):
        self.columns, self.labels, self.today = columns, labels, today
        self.places = {place.code: place for place in places}
        self.called = {}
        for place in places:
            for known in place.names:
                self.called.setdefault(plain(known), set()).add(place.code)
        self.entries, self.problems = {}, []

    def take(self, line, row):
        """Read one row; what is wrong with it is kept."""
        cells = {column: row[at] if at < len(row) else None for column, at in self.columns.items()}
        number = shown(cells["number"])
        if not number:
            self._wrong(line, "number", _("The contract number is empty."))
            return
        entry = self.entries.get(number)
        if entry is None:
            entry = self.entries[number] = Entry(line, {"number": number})
        for column, cell in cells.items():
            if column in {"municipality", "yearly", "number"} or not shown(cell):
                continue
            try:
                self._put(entry, column, READERS[column](cell), line)
            except ValueError as refusal:
                self._wrong(line, column, str(refusal))
        self._participants(entry, cells, line)

    def _put(self, entry, column, value, line):
        """Keep a fact; a later line may repeat it but not contradict it."""
        held = (
            getattr(entry, column)
            if column in {"supplier", "business_id", "options"}
            else entry.facts.get(column)
        )
        if held and held != value:
            raise ValueError(
                _("Another value than on line %(line)s for the same contract.") % {"line": entry.line}
            )
        if column in {"supplier", "business_id", "options"}:
            setattr(entry, column, value)
        else:
            entry.facts[column] = value

    def _participants(self, entry, cells, line):
        text = shown(cells.get("municipality"))
        yearly, volume = None, cells.get("yearly")
        if shown(volume):
            try:
                yearly = _amount(volume)
            except ValueError as refusal:
                self._wrong(line, "yearly", str(refusal))
                return
        if not text:
            if yearly is not None:
                self._wrong(line, "municipality", _("A volume without a municipality."))
            return
        names = [part.strip() for part in BETWEEN.split(text) if part.strip()]
        if len(names) > 1 and yearly is not None:
            self._wrong(
                line, "municipality", _("Several municipalities in one cell and one volume: a line each.")
            )
            return
        for known in names:
            try:
                code = self._code(known)
            except ValueError as refusal:
                self._wrong(line, "municipality", str(refusal))
                continue
            if code in entry.participants:
                self._wrong(
                    line,
                    "municipality",
                    _("%(name)s stands already on line %(line)s.")
                    % {"name": known, "line": entry.lines[code]},
                )
                continue
            entry.participants[code], entry.lines[code] = yearly, line

    def _code(self, text):
        """Return the code of a municipality that exists today. Raises ValueError with a sentence."""
        found = CODE.fullmatch(text)
        codes = {found[1].zfill(3)} & self.places.keys() if found else self.called.get(plain(text), set())
        if not codes:
            raise ValueError(_("No municipality of the register is called “%(text)s”.") % {"text": text[:40]})
        if len(codes) > 1:
            raise ValueError(
                _("Several municipalities are called “%(text)s”: give the code.") % {"text": text[:40]}
            )
        place = self.places[next(iter(codes))]
        if place.ended_on and place.ended_on <= self.today:
            raise ValueError(
                _("The code %(code)s ended on %(day)s, use %(successor)s.")
                % {"code": place.code, "day": f"{place.ended_on:%-d.%-m.%Y}", "successor": place.successor}
            )
        return place.code

    def finish(self):
        """Refuse what a contract lacks or what contradicts itself."""
        for entry in self.entries.values():
            told = {problem.column for problem in self.problems if problem.line == entry.line}
            for column in NEEDED:
                held = entry.supplier if column == "supplier" else entry.facts.get(column)
                if not held and self.labels[column] not in told:
                    self._wrong(entry.line, column, _("It is empty."))
            self._refuse_terms(entry)

    def _refuse_terms(self, entry):
        facts = entry.facts
        begins, ends, silence = facts.get("begins_on"), facts.get("ends_on"), facts.get("silence")
        if ends is None and silence == "ends":
            self._wrong(
                entry.line, "silence", _("A contract without a last day runs on until notice is given.")
            )
        if begins and ends and ends < begins:
            self._wrong(entry.line, "ends_on", _("A contract cannot end before it begins."))
        if facts.get("signed_on") and facts["signed_on"] > self.today:
            self._wrong(entry.line, "signed_on", _("That day is still to come."))
        if facts.get("notice_by") and (not ends or facts["notice_by"] > ends):
            self._wrong(entry.line, "notice_by", _("The last day for notice cannot come after the end."))
        facts.setdefault("silence", "ends" if ends else "runs_on")
        if facts.get("renewal_months") and (facts["silence"] != "runs_on" or not ends):
            self._wrong(
                entry.line,
                "renewal_months",
                _("Only a contract with an end that runs on does so some months at a time."),
            )

    def _wrong(self, line, column, reason):
        self.problems.append(Problem(line, self.labels.get(column) or column_words(column), reason))


def _text(column):
    def check(cell):
        text = " ".join(shown(cell).split())
        if len(text) > LONGEST[column]:
            raise ValueError(_("Longer than %(n)s signs.") % {"n": LONGEST[column]})
        return text

    return check


def _business_id(cell):
    text = shown(cell)
    if not ytunnus.is_valid(text):
        raise ValueError(_("“%(text)s” is not a business ID: check the digits.") % {"text": text[:40]})
    return ytunnus.format(text)


def _day(cell):
    if isinstance(cell, dt.datetime | dt.date):
        return dt.date(cell.year, cell.month, cell.day)
    text = shown(cell)
    found = DAY.fullmatch(text)
    try:
        if not found:
            raise ValueError
        if found[3]:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return dt.date(int(found[4]), int(found[5]), int(found[6]))
    except ValueError:
        raise ValueError(_("“%(text)s” is not a day: write 31.12.2027.") % {"text": text[:40]}) from None


def _months(cell):
    text = shown(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    found = re.fullmatch(r"([0-9]{1,3})\s*(?:kk|kuukautta|mån|månader|months)?", text)
    if not found or not 0 < int(found[1]) <= MOST_MONTHS:
        raise ValueError(_("“%(text)s” is not a number of months.") % {"text": text[:40]})
    return int(found[1])


def _options(cell):
    return [_months(part) for part in re.split(r"\s*[+;,/]\s*", shown(cell))]


def _silence(cell):
    words = plain(shown(cell))
    for kind, known in SILENCES.items():
        if words in known:
            return kind
    raise ValueError(_("“%(text)s” is neither “ends” nor “runs on”.") % {"text": shown(cell)[:40]})


def _amount(cell):
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return read_number(cell)
    return read_amount(shown(cell))


READERS = {
    "title_fi": _text("title_fi"),
    "title_sv": _text("title_sv"),
    "supplier": _text("supplier"),
    "business_id": _business_id,
    "signed_on": _day,
    "begins_on": _day,
    "ends_on": _day,
    "silence": _silence,
    "renewal_months": _months,
    "notice_months": _months,
    "notice_by": _day,
    "options": _options,
}
