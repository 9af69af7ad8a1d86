"""CPV codes: the part of the common procurement vocabulary that libraries and their e-materials need, and its search.

Names: the vocabulary of 2008 (Commission Regulation (EC) No 213/2008) in three languages, as the Publications Office
of the European Union gives them in the code lists of its eForms SDK. A code outside the table has no name here.
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

TABLE_FILE = Path(__file__).resolve().parent / "data" / "cpv.csv"
TYPED = re.compile(r"(\d{8})(?:\s*[-–]\s*(\d)|(\d))?")
WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7)
LANGUAGES = ("en", "fi", "sv")


class Entry(NamedTuple):
    """A code of the table with its names."""

    code: str
    en: str
    fi: str
    sv: str

    def name(self, language):
        """Return the name in a language; English for one that the table has not."""
        return getattr(self, language) if language in LANGUAGES else self.en


class NotACode(ValueError):
    """What was typed has not the form of a code: eight digits, a hyphen and a check digit."""


class DoubtfulDigit(ValueError):
    """The last digit is not the one that the other eight give. ``code``: as typed; ``expected``: that one."""

    def __init__(self, code, expected):
        self.code, self.expected = code, expected
        super().__init__(f"{code}: the check digit would be {expected}")


def _read_table():
    with TABLE_FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Entry(**row) for row in csv.DictReader(file, delimiter=";")}


TABLE = _read_table()
BY_STEM = {code[:8]: entry for code, entry in TABLE.items()}


def check_digit(stem):
    """Return the digit that the first eight give: their sum by the weights 3 7 1 3 7 1 3 7, its last digit.

    Nowhere published as a rule that holds: it was read from the vocabulary itself and gives all but a few of its
    codes (not 92225100-7, 48628000-9, 03300000-2). The Commission has said that some digits went wrong in the
    revision of 2008 and stay so (OP-TED/ePO, discussion 589). So a digit that differs is a doubt, no proof.
    """
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, stem, strict=True)) % 10


def read(typed, *, as_printed=False):
    """Return a code as it is written, NNNNNNNN-N. A code of the table may be typed without its last digit.

    ``as_printed``: the person has seen it so in the vocabulary, and a doubtful last digit stands. Raises NotACode, and
    DoubtfulDigit for a code outside the table whose last digit is not the one reckoned, or that contradicts the table.
    """
    found = TYPED.fullmatch(typed.strip())
    if not found:
        raise NotACode(typed)
    stem, digit = found[1], found[2] or found[3]
    known = BY_STEM.get(stem)
    if known and digit in {None, known.code[-1]}:
        return known.code
    if digit is None:
        raise NotACode(typed)
    code = f"{stem}-{digit}"
    expected = int(known.code[-1]) if known else check_digit(stem)
    if int(digit) != expected and (known or not as_printed):
        raise DoubtfulDigit(code, expected)
    return code


def name(code, language):
    """Return the name of a code in a language, "" for one outside the table."""
    entry = TABLE.get(code)
    return entry.name(language) if entry else ""


def search(asked, limit=20):
    """Return the entries that fit what was typed: the beginning of a code, or words in any of the three languages.

    Each word must begin a word of one name, or stand inside one when it has four letters or more. Entries whose own
    words begin so come first; within that the table's order, which is the vocabulary's.
    """
    asked = asked.strip().casefold()
    if not asked:
        return []
    if asked[0].isdigit():
        digits = re.sub(r"[\s–-]", "", asked)
        return [entry for code, entry in TABLE.items() if code.replace("-", "").startswith(digits)][:limit]
    words = re.findall(r"\w+", asked)
    found = [(_fit(entry, words), entry) for entry in TABLE.values()]
    fitting = [(fit, entry) for fit, entry in found if fit is not None]
    return [entry for _fit_, entry in sorted(fitting, key=lambda pair: pair[0])][:limit]


def _fit(entry, words):
    """Return 0 where each word begins a word of one name, 1 where it stands inside one, None where neither."""
    fits = [_fit_in(name.casefold(), words) for name in entry[1:]]
    return min((fit for fit in fits if fit is not None), default=None)


def _fit_in(name, words):
    parts = re.findall(r"\w+", name)
    if words and all(any(part.startswith(word) for part in parts) for word in words):
        return 0
    if words and all(len(word) >= 4 and word in name for word in words):
        return 1
    return None


def nature(code):
    """Return what a code is as a rule: "supplies", "works" or "services".

    By its division: 03 to 44 and 48 are goods, 45 works, 50 to 98 services.
    """
    division = int(code[:2])
    if division == 45:
        return "works"
    return "supplies" if division < 45 or division == 48 else "services"
