"""Sums of money as people and spreadsheets write them."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _

CENT = Decimal("0.01")
LONGEST = 12  # digits before the decimals: more is a slip of the keyboard, not a sum
SPACES = re.compile("[ \t\u00a0\u2007\u2009\u202f]+")
CURRENCY = re.compile(r"(?:€|eur|euroa?)", re.IGNORECASE)
# What a spreadsheet's binary arithmetic may add to a sum of cents: 0.1 + 0.2 is stored as 0.30000000000000004.
NOISE = Decimal("0.000001")


class AmbiguousAmountError(ValueError):
    """A sum that can be read in two ways; ``readings`` holds both, in euros, the larger first."""

    def __init__(self, message, readings):
        super().__init__(message)
        self.readings = readings


def read_amount(text, *, signed=False):
    """Return the sum that a text states, in euros and cents: "7 500,00 €", "7.500,00", "7500", "1,5".

    ``signed``: whether it may be below zero, the minus before or after it, as ledgers write it. Raises
    AmbiguousAmountError for "1,200" and "1.200", which may be twelve hundred or one point two, and ValueError,
    each with a sentence for the person who wrote it, for anything else that is no sum of whole cents.
    """
    shown = SPACES.sub(" ", str(text)).strip()
    plain = _without_currency(shown)
    negative, plain = _sign(plain)
    if not plain:
        raise ValueError(_("Give a sum in euros, for example 7 500,00."))
    if not re.fullmatch(r"[0-9 .,]+", plain):
        raise ValueError(
            _("“%(text)s” is not a sum in euros: use digits, for example 7 500,00.") % _in(shown)
        )
    whole, cents = _parts(plain, shown)
    if len(whole.lstrip("0")) > LONGEST:
        raise ValueError(_("“%(text)s” is too large to be a sum in euros.") % _in(shown))
    amount = Decimal(f"{whole}.{cents or 0}").quantize(CENT)
    if negative and amount and not signed:
        raise ValueError(_("“%(text)s” is below zero: give a sum of 0 € or more.") % _in(shown))
    return -amount if negative and amount else amount


def read_number(value, *, signed=False):
    """Return the sum that a spreadsheet holds as a number, in euros and cents.

    ``value``: int, Decimal or a spreadsheet's float, whose stray far decimals are left out. ``signed`` and what is
    raised as with ``read_amount``.
    """
    number = Decimal(str(value))
    shown = _in(f"{number:f}" if number.is_finite() else str(value))
    if not number.is_finite():
        raise ValueError(_("“%(text)s” is not a sum in euros: use digits, for example 7 500,00.") % shown)
    if number.copy_abs() >= 10**LONGEST:
        raise ValueError(_("“%(text)s” is too large to be a sum in euros.") % shown)
    amount = number.quantize(CENT, rounding=ROUND_HALF_EVEN)
    if abs(number - amount) > NOISE:
        raise ValueError(_("“%(text)s” has more than two decimals: give euros and cents.") % shown)
    if amount < 0 and not signed:
        raise ValueError(_("“%(text)s” is below zero: give a sum of 0 € or more.") % shown)
    return amount + 0  # no minus before a zero


def _in(shown):
    return {"text": shown if len(shown) <= 40 else f"{shown[:40]}…"}


def _without_currency(text):
    """Take away one mark of the currency, before or after the sum."""
    for pattern in (rf"({CURRENCY.pattern})\s*(?P<sum>.*)", rf"(?P<sum>.*?)\s*({CURRENCY.pattern})"):
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found:
            return found["sum"]
    return text


def _sign(text):
    """Return whether there is a minus, and the rest."""
    found = re.fullmatch(r"([-−–])? ?(.*?) ?([-−–])?", text, re.DOTALL)
    before, rest, after = found.groups()
    return (True, rest) if bool(before) != bool(after) else (False, text)


def _parts(text, shown):
    """Return the digits before and after the decimal mark."""
    marks = re.sub(r"[0-9 ]", "", text)
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        # "7.500,00": the last mark parts off the decimals
        whole, cents = text.rsplit(marks[-1], 1)
        thousands = marks[0]
    elif len(marks) > 1:  # "1.200.000"
        whole, cents, thousands = text, "", marks[0]
    elif marks and (found := re.fullmatch(rf"([1-9][0-9]{{0,2}}){re.escape(marks)}([0-9]{{3}})", text)):
        raise _ambiguous(shown, *found.groups())
    elif marks:
        whole, cents = text.split(marks)
        thousands = " "
    else:
        whole, cents, thousands = text, "", " "
    grouped = re.escape(thousands)
    sound = re.fullmatch(rf"[0-9]+|[0-9]{{1,3}}(?:{grouped}[0-9]{{3}})+", whole)
    if not sound or not re.fullmatch(r"[0-9]*", cents) or (marks and text.endswith(marks[-1])):
        raise ValueError(
            _("“%(text)s” is not a sum in euros: use digits, for example 7 500,00.") % _in(shown)
        )
    if len(cents) > 2:
        raise ValueError(_("“%(text)s” has more than two decimals: give euros and cents.") % _in(shown))
    return whole.replace(thousands, ""), cents


def _ambiguous(shown, whole, rest):
    large, small = Decimal(whole + rest), Decimal(f"{whole}.{rest}")
    words = {"large": f"{whole}{rest}", "small": f"{small.quantize(CENT)}".replace(".", ",")}
    sentence = _("“%(text)s” can be read in two ways: write %(large)s or %(small)s, whichever you mean.")
    return AmbiguousAmountError(sentence % (_in(shown) | words), (large.quantize(CENT), small))
