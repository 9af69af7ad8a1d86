"""The ledger's list read back: invoice numbers, payments and returned invoices, as CSV or a spreadsheet."""

import csv
import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from stdnum.fi import ytunnus

from consortium.money import read_amount, read_number
from members.register import Problem
from members.tables import UnreadableListError, plain, shown, ways_to_read

FIRST_LINES = 20  # among which the header must stand: ledgers put a title above it
MOST_DIGITS = 15  # that a spreadsheet keeps of a number
YEARS = range(2000, 2100)
IDENTIFIERS = ("invoice", "reference", "agreement", "business_id")
RETURNED, PAID, OPEN, CREDITED = "returned", "paid", "open", "credited"

HEADERS = {
    "invoice": "laskunumero|laskun numero|lasku nro|laskunro|laskun nro|lasku|fakturanummer|fakturanr|faktura nr"
    "|faktura|invoice number|invoice no|invoice",
    "reference": "viitenumero|viite|viitenro|maksuviite|referensnummer|referens|betalningsreferens"
    "|reference number|reference|payment reference",
    "agreement": "sopimusnumero|sopimusnro|sopimuksen numero|sopimus|avtalsnummer|avtalsnr|avtal|agreement number"
    "|agreement",
    "business_id": "y tunnus|ytunnus|asiakkaan y tunnus|fo nummer|fo nr|organisationsnummer|business id",
    "customer": "asiakas|asiakkaan nimi|nimi|kund|kundens namn|kundnamn|namn|customer|customer name|name",
    "invoiced": "laskutettu|laskun summa|laskutettu summa|laskun loppusumma|laskutettu määrä|summa|määrä|fakturerat"
    "|fakturabelopp|fakturerat belopp|belopp|amount invoiced|invoiced|invoice amount|amount",
    "paid": "maksettu|suoritus|suoritettu|maksettu summa|maksettu määrä|maksu|betalt|betald|betalat|betalat belopp"
    "|betalning|amount paid|paid|payment|paid amount",
    "paid_on": "maksupäivä|maksettu pvm|maksupvm|suorituspäivä|suorituspvm|maksun päivä|betalningsdag"
    "|betalningsdatum|betald den|betaldatum|paid on|payment date|date paid",
    "status": "tila|tilanne|status|laskun tila|läge|fakturans läge|state|invoice status",
    "reason": "palautuksen syy|palautussyy|syy|returorsak|orsak|orsak till retur|returned reason|return reason"
    "|reason|reason for return",
}
STATES = {
    RETURNED: "palautettu|palautunut|palautui|hylätty|returnerad|avvisad|returned|rejected|bounced",
    PAID: "maksettu|suoritettu|betald|betalt|betalad|paid|settled",
    OPEN: "avoin|maksamatta|lähetetty|laskutettu|öppen|obetald|skickad|fakturerad|open|unpaid|sent|invoiced",
    CREDITED: "hyvitetty|krediterad|credited",
}
TOTALS = {"yhteensä", "summa", "kaikki yhteensä", "totalt", "sammanlagt", "total", "sum", "totals"}
FIELDS = {name: field for field, names in HEADERS.items() for name in names.split("|")}
STATUSES = {name: state for state, names in STATES.items() for name in names.split("|")}


@dataclass(frozen=True)
class ReturnedLine:
    """What the ledger says on one line. Amounts are in euros, None where the list has none."""

    line: int
    invoice: str = ""
    reference: str = ""
    agreement: str = ""
    business_id: str = ""
    customer: str = ""
    invoiced: Decimal | None = None
    paid: Decimal | None = None
    paid_on: dt.date | None = None
    status: str = ""  # returned, paid, open, credited or nothing
    reason: str = ""  # why it was returned
    said: str = ""  # the status in the ledger's own words


@dataclass(frozen=True)
class LedgerList:
    """A list as read: its lines, what could not be read, and the fingerprint by which the same file is known."""

    sha256: str
    lines: tuple
    problems: tuple  # Problem: line, column as the file names it, reason


def read_return(content, name="", headers=None):
    """Return what the ledger's list says, line by line, as a LedgerList.

    ``content``: the file's bytes, a spreadsheet (.xlsx) or CSV parted by semicolons, commas or tabs in UTF-8, UTF-16
    or an older encoding. ``headers``: further column names of this ledger, name -> field of ReturnedLine. A line
    with a value that cannot be right is left out and named. Raises UnreadableListError for any other kind of file.
    """
    fingerprint = hashlib.sha256(content).hexdigest()
    known = FIELDS | {plain(key): field for key, field in (headers or {}).items()}
    rows, columns, first = _find_table(content, name, known)
    lines, problems = [], []
    header = [shown(cell) for cell in rows[first - 1][1]]
    for number, row in rows[first:]:
        cells = {field: row[place] for field, (place, _label) in columns.items() if place < len(row)}
        words = [shown(cell) for cell in row]
        if not any(words) or words == header or _is_total(row, cells):  # a header is repeated on each page
            continue
        line, found = _line(number, cells, {field: label for field, (_place, label) in columns.items()})
        problems += found
        if not found:
            lines.append(line)
    if not lines and not problems:
        raise UnreadableListError(_("The list has its column names but not one line."))
    return LedgerList(fingerprint, tuple(lines), tuple(problems))


def canonical_reference(value):
    """Return a payment reference in the form by which two are compared: an RF of a viitenumero as that number."""
    signs = re.sub(r"\s", "", value).upper()
    if found := re.fullmatch(r"RF[0-9]{2}([0-9]+)", signs):
        signs = found[1]
    return signs.lstrip("0")


def _find_table(content, name, known):
    """Return the numbered rows, the columns by field, and the place of the first row below the header."""
    best, seen = None, []
    for rows in ways_to_read(content, name):
        for place, (_number, row) in enumerate(rows[:FIRST_LINES]):
            if isinstance(row, csv.Error):
                break
            columns, twice = _columns(row, known)
            if len(columns) >= 2 and (best is None or len(columns) > len(best[1])):
                best = (rows, columns, place + 1, twice)
            seen = max(seen, [shown(cell) for cell in row if shown(cell)], key=len)
    if best is None or not set(IDENTIFIERS) & best[1].keys():
        found = ", ".join(f"“{label[:30]}”" for label in seen[:12]) or "–"
        sentence = _(
            "No column holds invoice numbers, references, agreement numbers or business IDs. Found: %(found)s."
        )
        raise UnreadableListError(sentence % {"found": found})
    rows, columns, first, twice = best
    number, row = rows[-1]
    if isinstance(row, csv.Error):
        sentence = _(
            "The list cannot be parted into columns: see the quotation marks on line %(line)s or before it."
        )
        raise UnreadableListError(sentence % {"line": number})
    if twice:
        sentence = _("Two columns mean the same: “%(one)s” and “%(other)s”. Take one away.")
        raise UnreadableListError(sentence % {"one": twice[0], "other": twice[1]})
    if not {"invoiced", "paid", "status"} & columns.keys():
        raise UnreadableListError(
            _("The list has no column for amounts invoiced, amounts paid or the status.")
        )
    return rows, columns, first


def _columns(row, known):
    columns, twice = {}, ()
    for place, cell in enumerate(row):
        field = known.get(plain(shown(cell)))
        if field in columns:
            twice = (columns[field][1], shown(cell))
        elif field:
            columns[field] = (place, shown(cell))
    return columns, twice


def _is_total(row, cells):
    first = next((shown(cell) for cell in row if shown(cell)), "")
    return plain(first) in TOTALS and not any(
        shown(cells.get(field)) for field in IDENTIFIERS if shown(cells.get(field)) != first
    )


def _line(number, cells, labels):
    """Return what a line says and what is wrong with it."""
    problems = []

    def take(field, read, absent=""):
        cell = cells.get(field)
        if not shown(cell):
            return absent
        try:
            return read(cell)
        except ValueError as error:
            problems.append(Problem(number, labels[field], str(error)))
            return absent

    line = ReturnedLine(
        line=number,
        invoice=take("invoice", _identifier),
        reference=take("reference", _identifier),
        agreement=take("agreement", _identifier),
        business_id=take("business_id", _business_id),
        customer=take("customer", shown),
        invoiced=take("invoiced", _amount, None),
        paid=take("paid", _amount, None),
        paid_on=take("paid_on", _day, None),
        reason=take("reason", shown),
        said=take("status", shown),
    )
    state = STATUSES.get(plain(line.said), "")
    line = replace(line, status=state or (RETURNED if line.reason else ""))
    if not problems and not any(getattr(line, field) for field in IDENTIFIERS):
        label = next(labels[field] for field in IDENTIFIERS if field in labels)
        problems.append(
            Problem(number, label, _("The line names no invoice, reference, agreement or business ID."))
        )
    return line, problems


def _identifier(cell):
    """Return a number or name as text; what a spreadsheet has shortened is refused."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = re.sub(r"\s+", " ", str(cell)).strip().lstrip("'")
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+", text) or (
        isinstance(cell, int) and len(text) > MOST_DIGITS
    ):
        sentence = _(
            "A spreadsheet has shortened this number (%(text)s): make the column text and save the list anew."
        )
        raise ValueError(sentence % {"text": text})
    return text


def _business_id(cell):
    text = _identifier(cell).upper().removeprefix("FI")
    if isinstance(cell, int | float):
        text = text.zfill(8)  # a spreadsheet has dropped the zero in front
    if not ytunnus.is_valid(text):
        raise ValueError(_("“%(text)s” is not a business ID: check its digits.") % {"text": text[:40]})
    return ytunnus.format(text)


def _amount(cell):
    if isinstance(cell, bool):
        cell = str(cell)
    return read_number(cell, signed=True) if isinstance(cell, int | float) else read_amount(cell, signed=True)


def _day(cell):
    if isinstance(cell, dt.datetime):
        day = cell.date()
    elif isinstance(cell, dt.date):
        day = cell
    else:
        day = _written_day(shown(cell))
    if day is None or day.year not in YEARS:
        raise ValueError(_("“%(text)s” is not a day like 1.3.2027.") % {"text": shown(cell)[:40]})
    return day


def _written_day(text):
    text = re.sub(r"[ T]00?[:.]00([:.]00)?$", "", text)
    for pattern in (
        r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})",
        r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    ):
        if found := re.fullmatch(pattern, text, re.ASCII):
            try:
                return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
