"""Reference numbers on invoices: the Finnish viitenumero and the international RF reference."""

import re
from itertools import cycle


def national(base):
    """The viitenumero made of a number of one's own: its digits and one check digit, as text.

    ``base``: 3 to 19 digits (text or whole number), not beginning with zero, since banks drop leading
    zeros and two bases would become one reference. Weights 7, 3, 1 from the right; the check digit fills
    the sum up to a full ten. Raises ValueError for anything else.
    Source: Finance Finland, structure of the domestic reference (kotimaisen viitteen rakenneohje).
    """
    digits = str(base)
    if not re.fullmatch(r"[1-9][0-9]{2,18}", digits):
        raise ValueError(
            f"A reference number is made of 3 to 19 digits, the first not zero, not of {digits!r}."
        )
    total = sum(
        weight * int(digit) for weight, digit in zip(cycle((7, 3, 1)), reversed(digits), strict=False)
    )
    return f"{digits}{-total % 10}"


def rf(reference):
    """The international form of a reference: RF, two check digits, the reference itself, as text.

    ``reference``: 1 to 21 digits or letters A-Z (text or whole number); a Finnish one comes complete from
    ``national``. The check digits make the whole, turned round and with letters as 10-35, leave 1 when
    divided by 97. Raises ValueError for anything else. Source: ISO 11649.
    """
    text = str(reference)
    if not re.fullmatch(r"[0-9A-Za-z]{1,21}", text):
        raise ValueError(f"An RF reference is made of 1 to 21 digits or letters A-Z, not of {text!r}.")
    text = text.upper()
    number = int("".join(str(int(sign, 36)) for sign in f"{text}RF00"))
    return f"RF{98 - number % 97:02}{text}"
