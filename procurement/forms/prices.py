"""Fields in which a person writes an offer's prices down: sums to the cent and finer, and tiers, one a line."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.money import CURRENCY, SPACES, AmbiguousAmountError, read_amount
from consortium.templatetags.portal import number
from procurement.price_rules import PLACES, Measure, Price, Reach, Tier
from procurement.price_words import COUNTED_BY, PER, REACHES

BETWEEN = re.compile(r"\t|;|:|=")
OPEN_END = re.compile(r"(yli|över|over|above|-|–|)", re.IGNORECASE)
MOST_TIERS = 20
LINES = 4


def read_price(text):
    """Return the price (€) that a text states, up to six decimals: "0,0215", "12 000,00", "0.9 €".

    Raises AmbiguousAmountError for "1,200", ValueError with a sentence for what is no price.
    """
    shown = SPACES.sub(" ", str(text)).strip()
    plain = re.sub(
        rf"^(?:{CURRENCY.pattern}) ?| ?(?:{CURRENCY.pattern})$", "", shown, count=1, flags=re.IGNORECASE
    )
    found = re.fullmatch(r"([0-9]{1,12})[.,]([0-9]+)", plain)
    grouped = found and len(found[2]) == 3 and len(found[1]) <= 3 and not found[1].startswith("0")
    if found and not grouped:
        decimals = found[2].rstrip("0")
        if len(decimals) > PLACES:
            raise ValueError(_("“%(text)s” has more than six decimals.") % {"text": shown[:40]})
        return Decimal(f"{found[1]}.{decimals or 0}")
    if grouped:
        large, small = Decimal(found[1] + found[2]), Decimal(f"{found[1]}.{found[2]}")
        words = _("“%(text)s” can be read in two ways: write %(large)s or %(small)s.")
        facts = {"text": shown, "large": f"{large},00", "small": f"{small.normalize():f}".replace(".", ",")}
        raise AmbiguousAmountError(words % facts, (large, small))
    return read_amount(shown)


class PriceField(forms.CharField):
    """One price in euros, up to six decimals; what cannot be read stays in the control with a sentence beside it."""

    def __init__(self, **kwargs):
        attrs = {"class": "short", "inputmode": "decimal", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value):
        """Return the price, None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_price(text)
        except ValueError as refusal:
            raise forms.ValidationError("%(sentence)s", "unread", {"sentence": str(refusal)}) from refusal

    def prepare_value(self, value):
        """Return what stands in the control."""
        return number(value) if isinstance(value, Decimal) else value


class TiersField(forms.CharField):
    """Tiers as text: a line each, "50: 0,90"; the last line the price alone. Pasted cells are read, too."""

    def __init__(self, **kwargs):
        attrs = {"rows": 4, "autocomplete": "off", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.Textarea(attrs=attrs))
        super().__init__(max_length=2000, **kwargs)

    def clean(self, value):
        """Return the Tiers, () for nothing."""
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > MOST_TIERS:
            raise forms.ValidationError(_("At most %(n)s tiers."), "many", {"n": MOST_TIERS})
        found, wrong = [], []
        for at, line in enumerate(lines, 1):
            try:
                found.append(self._tier(line))
            except ValueError as refusal:
                facts = {"line": at, "why": str(refusal)}
                wrong.append(forms.ValidationError(_("Line %(line)s: %(why)s"), "unread", facts))
        if wrong:
            raise forms.ValidationError(wrong)
        return tuple(found)

    @staticmethod
    def _tier(line):
        parts = [part.strip() for part in BETWEEN.split(line, maxsplit=1)]
        if len(parts) == 1 or OPEN_END.fullmatch(parts[0]):
            return Tier(None, read_price(parts[-1]))
        limit = read_amount(parts[0])
        return Tier(int(limit) if limit == int(limit) else limit, read_price(parts[1]))

    def prepare_value(self, value):
        """Return the tiers as they are typed."""
        if not isinstance(value, tuple | list):
            return value
        lines = [
            number(t.price) if t.up_to is None else f"{number(t.up_to)}: {number(t.price)}" for t in value
        ]
        return "\n".join(lines)


def price_fields(at):
    """Return {name: field} of one price line."""
    return {
        f"per_{at}": forms.ChoiceField(
            label=gettext_lazy("What the price is for"),
            required=False,
            choices=[
                ("", gettext_lazy("no price")),
                *((str(key.value), words) for key, words in PER.items()),
            ],
        ),
        f"rate_{at}": PriceField(
            label=gettext_lazy("Euros a year, without VAT"),
            required=False,
            help_text=gettext_lazy("For example 0,90. Empty when there are tiers."),
        ),
        f"measure_{at}": forms.ChoiceField(
            label=gettext_lazy("Tiers are counted"),
            required=False,
            choices=[
                ("", gettext_lazy("no tiers")),
                *((str(key.value), words) for key, words in COUNTED_BY.items()),
            ],
        ),
        f"tiers_{at}": TiersField(
            label=gettext_lazy("The tiers, one a line"),
            required=False,
            help_text=gettext_lazy(
                "Up to how many, then the price: 50: 0,90. On the last line the price alone."
            ),
        ),
        f"reach_{at}": forms.ChoiceField(
            label=gettext_lazy("What a tier prices"),
            required=False,
            choices=[(str(key.value), words) for key, words in REACHES.items()],
        ),
    }


def price_initial(model):
    """Return what the price lines begin with for a PriceModel."""
    found = {}
    for at, price in enumerate(model.prices):
        found |= {
            f"per_{at}": str(price.per),
            f"rate_{at}": price.rate,
            f"measure_{at}": str(price.measure or ""),
            f"tiers_{at}": price.tiers,
            f"reach_{at}": str(price.reach),
        }
    return found


def read_price_line(cleaned, at):
    """Return the Price of a line, None for an empty one. ValidationError beside the field for what is missing."""
    per, rate = cleaned.get(f"per_{at}"), cleaned.get(f"rate_{at}")
    measure, tiers = cleaned.get(f"measure_{at}"), cleaned.get(f"tiers_{at}")
    if not (per or measure or tiers or rate is not None):
        return None
    if not per:
        raise forms.ValidationError({f"per_{at}": _("Say what the price is for.")})
    if rate is None and not tiers:
        raise forms.ValidationError({f"rate_{at}": _("Give the price, or its tiers.")})
    if rate is not None and tiers:
        raise forms.ValidationError({f"tiers_{at}": _("Give either one price or tiers.")})
    if tiers and not measure:
        raise forms.ValidationError({f"measure_{at}": _("Say what the tiers are counted by.")})
    if not tiers:
        return Price(Measure(per), rate)
    return Price(Measure(per), None, tiers, Measure(measure), Reach(cleaned.get(f"reach_{at}") or Reach.ALL))
