"""Tables from outside: CSV in whatever encoding and with whatever delimiter, and .xlsx, read within bounds."""

import csv
import io
import re
import zipfile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

LONGEST_FILE = 10_000_000  # bytes
LONGEST_UNPACKED = 100_000_000  # bytes
MOST_LINES = 20_000
MOST_COLUMNS = 250  # a row is filled up to its last cell, and a sheet may have 16,384 columns
DELIMITERS = ";\t,"
ENCODINGS = ("cp1252", "iso8859-15", "cp850", "mac_roman")
# An old encoding is known by its letters: these are common in Finnish and Swedish, those occur.
COMMON, RARE = set("åäöÅÄÖ\u00a0"), set("éÉüÜšŠžŽáæøØ€§")


class UnreadableListError(ValueError):
    """The file as a whole cannot be the list it should be; the message says why and what to do."""


def plain(text):
    """Return a column's name or a cell's words without case, marks and spare spaces."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def shown(cell):
    """Return a cell as text without spaces around it."""
    return "" if cell is None else str(cell).strip()


def ways_to_read(content, name):
    """Return the ways in which the file can be a table, each a list of (line number, cells).

    ``content``: the file's bytes; what it is is judged by them, ``name`` is only for the sentence. Lines begin at 1;
    one that cannot be parted into cells ends its list with a csv.Error in their place. Raises UnreadableListError.
    """
    if not content.strip():
        raise UnreadableListError(_("The file is empty."))
    if len(content) > LONGEST_FILE:
        raise UnreadableListError(_("The file is too large: 10 MB at most."))
    if content.startswith(b"PK\x03\x04"):
        return _sheets(content)
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")):
        raise UnreadableListError(_kinds(name))
    text = _decoded(content)
    if text is None or text.lstrip().startswith("<"):
        raise UnreadableListError(_kinds(name))
    return [_parted(text, delimiter) for delimiter in DELIMITERS]


def _parted(text, delimiter):
    """Return the rows as parted by the delimiter; a line that cannot be parted ends them with its error."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def rows():
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            yield reader.line_num, error

    return _limited(rows())


def _kinds(name):
    sentence = _("%(name)s is neither CSV nor an .xlsx spreadsheet. Save the list as one of these.")
    return sentence % {"name": f"“{name}”" if name else _("The file")}


def _limited(rows):
    taken = []
    for row in rows:
        taken.append(row)
        if len(taken) > MOST_LINES:
            raise UnreadableListError(_("The list is too long: 20,000 lines at most."))
    return taken


def _sheets(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LONGEST_UNPACKED:
                raise UnreadableListError(_("The file is too large: 10 MB at most."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [_limited(_filled(sheet)) for sheet in book.worksheets]
    except UnreadableListError:
        raise
    except Exception:  # whatever a broken or foreign archive makes the reader stumble over
        raise UnreadableListError(
            _("The spreadsheet is broken or locked. Save it anew as .xlsx or CSV.")
        ) from None


def _filled(sheet):
    """Give the rows that hold anything: a formatted sheet has a million that don't."""
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
        if any(cell is not None for cell in row):
            yield number, row


def _decoded(content):
    """Return the file's text in the encoding that fits it best, None if it is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _text(content, encoding)
    if (text := _text(content, "utf-8")) is not None or b"\0" in content:
        return text
    tried = [text for encoding in ENCODINGS if (text := _text(content, encoding)) is not None]
    return min(tried, key=_strangeness, default=None)


def _text(content, encoding):
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\0-\x08\x0e-\x1f\x7f]", text) else text


def _strangeness(text):
    foreign = [sign for sign in text if sign > "\x7f" and sign not in COMMON]
    return sum(1 if sign in RARE else 2 for sign in foreign)
