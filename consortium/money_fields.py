"""Form fields for money as people write it: sums, rates a resident, and parts of a whole in per cent."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.money import CURRENCY, SPACES, AmbiguousAmountError, read_amount
from consortium.templatetags.portal import money, number, rate

WHOLE = Decimal(1)
LONGEST_SHOWN = 40


def bare_sum(value):
    """Return a sum (€) as it stands in a control, whose unit stands beside it: 7 500,00."""
    return _bare(money(value))


def _bare(shown):
    return shown.rstrip("€%\u00a0")


class _TypedNumberField(forms.Field):
    """A number typed as text: what cannot be read stays in the control, with a sentence beside it.

    ``min_value`` and ``max_value``: in the unit of the cleaned value; both are allowed.
    """

    default_error_messages = {
        # Not a sentence of one field alone, so that a summary of errors says which field it is about.
        "unread": "%(sentence)s",
        "ambiguous": "%(sentence)s",
        "min_value": _("Give at least %(limit)s."),
        "max_value": _("Give at most %(limit)s."),
    }

    def __init__(self, *, min_value=None, max_value=None, **kwargs):
        attrs = {"class": "short", "inputmode": "decimal", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)
        self.min_value, self.max_value = min_value, max_value

    def to_python(self, value):
        """Return the number that was typed, None for nothing; raises ValidationError with a sentence."""
        if value is None or isinstance(value, Decimal | int):
            return None if value is None else Decimal(value)
        if not SPACES.sub("", str(value)):
            return None
        try:
            return self.read(str(value))
        except AmbiguousAmountError as question:
            raise self._error("ambiguous", sentence=str(question)) from question
        except ValueError as refusal:
            raise self._error("unread", sentence=str(refusal)) from refusal

    def validate(self, value):
        """Refuse nothing where something is required, and what is out of bounds."""
        super().validate(value)
        if value is None:
            return
        if self.min_value is not None and value < self.min_value:
            raise self._error("min_value", limit=self.show_with_unit(self.min_value))
        if self.max_value is not None and value > self.max_value:
            raise self._error("max_value", limit=self.show_with_unit(self.max_value))

    def prepare_value(self, value):
        """Return what stands in the control: a number in the portal's way, text as it was typed."""
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return _bare(self.show_with_unit(Decimal(value)))
        return value

    def _error(self, code, **params):
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


class MoneyField(_TypedNumberField):
    """A sum in whole cents (€), not below 0: "7.500,00", "7 500,00 €"; "1,200" is answered with a question."""

    default_error_messages = {"required": _("Give a sum in euros, for example 7 500,00.")}
    read = staticmethod(read_amount)
    show_with_unit = staticmethod(money)


class RateField(_TypedNumberField):
    """Euros a resident, up to six decimals and below 1 000 €: "0,021". A mark is always the decimal one."""

    default_error_messages = {"required": _("Give the euros a resident, for example 0,021.")}
    show_with_unit = staticmethod(rate)

    @staticmethod
    def read(text):
        """Return the rate (€ a resident); raises ValueError with a sentence."""
        return _read_decimal(
            text,
            CURRENCY.pattern,
            places=6,
            refused=_("“%(text)s” is not euros a resident: use digits, for example 0,021."),
            too_fine=_("“%(text)s” has more than six decimals, which nobody could reckon by hand."),
        )


class ShareField(_TypedNumberField):
    """A part of a whole, typed and shown in per cent ("40", "12,5 %"), cleaned to 0 to 1."""

    default_error_messages = {"required": _("Give the part in per cent, for example 40.")}

    def __init__(self, *, min_value=Decimal(0), max_value=WHOLE, **kwargs):
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    @staticmethod
    def read(text):
        """Return the part of one; raises ValueError with a sentence."""
        percent = _read_decimal(
            text,
            "%",
            places=4,
            refused=_("“%(text)s” is not a part in per cent: use digits, for example 40."),
            too_fine=_("“%(text)s” has more than four decimals, which nobody could reckon by hand."),
        )
        return percent.scaleb(-2)

    @staticmethod
    def show_with_unit(value):
        """Return a part of one in per cent: 0.125 as 12,5 %."""
        return f"{number(value.scaleb(2))}\u00a0%"


def _read_decimal(text, mark, *, places, refused, too_fine):
    """Return a small number that has no thousands: at most three digits before the decimal mark."""
    shown = SPACES.sub(" ", text).strip()
    plain = re.sub(rf"^(?:{mark}) ?| ?(?:{mark})$", "", shown, count=1, flags=re.IGNORECASE)
    found = re.fullmatch(r"0*([0-9]{1,3})(?:[.,]([0-9]+))?", plain)
    words = {"text": shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"}
    if not found:
        raise ValueError(refused % words)
    whole, decimals = found[1], (found[2] or "").rstrip("0")
    if len(decimals) > places:
        raise ValueError(too_fine % words)
    return Decimal(f"{whole}.{decimals or 0}")
