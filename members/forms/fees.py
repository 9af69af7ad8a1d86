"""Forms for how the annual fee is reckoned."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.fee_rules import CENT, YEARS, line_refusals
from consortium.fees import Band, Payer, Rule
from consortium.money import SPACES, read_amount
from consortium.money_fields import MoneyField, RateField, ShareField, bare_sum
from consortium.templatetags.portal import money, number
from members.fee_words import over_word, refusal_words
from members.models.scheme import SchemeKind

ZERO = Decimal("0.00")
MOST_CLASSES = 30
LONGEST_SHOWN = 40
OVER = {"", "over", "yli", "över"}  # whatever the page's language
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:[ .,][0-9]{3}){1,2}")
NEEDED = {SchemeKind.TARIFF: "rate", SchemeKind.BANDS: "bands", SchemeKind.MIXED: "equal_part"}
UNITS = {CENT: _("the cent"), Decimal(1): _("whole euros")}


def _short(text):
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


class BandsField(forms.CharField):
    """Classes of population and their fees (€), a line each, the last without an end: a tuple of Band."""

    default_error_messages = {
        "required": _("Give the classes, one on each line, for example 2 000: 150."),
        "line": _("Line %(line)s: %(sentence)s"),
        "many": _("Give at most %(most)s classes."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "widget", forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"})
        )
        super().__init__(strip=False, empty_value=(), **kwargs)

    def to_python(self, value):
        """Return the bands; raises ValidationError with a sentence for each line that cannot be read."""
        text = super().to_python(value)
        lines = [(at, line) for at, line in enumerate(str(text or "").splitlines(), 1) if line.strip()]
        if len(lines) > MOST_CLASSES:
            raise self._error("many", most=MOST_CLASSES)
        bands, wrong = [], []
        for at, line in lines:
            try:
                bands.append(_band(line, bands[-1].up_to if bands else None))
            except ValueError as refusal:
                wrong.append(self._error("line", line=at, sentence=str(refusal)))
        if wrong:
            raise forms.ValidationError(wrong)
        return tuple(bands)

    def prepare_value(self, value):
        """Return what stands in the control: bands as lines, text as it was typed."""
        if value is None or isinstance(value, str):
            return value
        return "\n".join(
            f"{over_word() if up_to is None else number(up_to)}: {bare_sum(Decimal(fee))}"
            for up_to, fee in value
        )

    def _error(self, code, **params):
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


def _band(line, before):
    """Return the Band of a line; ``before``: where the class before it ends."""
    shown = {"line": _short(SPACES.sub(" ", line).strip())}
    parts = re.split(r"[:;=\t]", line.strip(" "), maxsplit=1)
    if len(parts) < 2:
        raise ValueError(
            _("“%(line)s” lacks a colon between the residents and the fee, as in 2 000: 150.") % shown
        )
    end, fee = (SPACES.sub(" ", part).strip() for part in parts)
    is_open = re.fullmatch(r"(over|yli|över)?(?: ?([0-9][0-9 .,]*))?", end, re.IGNORECASE)
    if (
        end and is_open and is_open[1] and is_open[2]
    ):  # "over 50 000": must go on where the class before it ends
        if _residents(is_open[2]) != before:
            raise ValueError(_("“%(line)s” does not go on where the class before it ends.") % shown)
        up_to = None
    elif end.lower() in OVER:
        up_to = None
    else:
        up_to = _residents(end)
        if up_to is None:
            words = _("“%(line)s” does not begin with a number of residents, as in 2 000: 150.")
            raise ValueError(words % shown)
    return Band(up_to, read_amount(fee))


def _residents(text):
    """Return a whole number typed with or without marks between its thousands; None for anything else."""
    return int(re.sub(r"[ .,]", "", text)) if WHOLE_NUMBER.fullmatch(text) else None


class YearsField(forms.CharField):
    """Years typed with commas or spaces between them, "2027, 2028" or "2027–2029": a tuple, in order, each once."""

    default_error_messages = {
        "year": _("“%(year)s” is not a year from %(first)s to %(last)s. Write for example 2027, 2028."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "short", "autocomplete": "off"}))
        super().__init__(empty_value=(), **kwargs)

    def to_python(self, value):
        """Return the years; raises ValidationError with a sentence for each that is none."""
        joined = re.sub(r"\s*[-–]\s*", "–", str(super().to_python(value) or ""))
        years, wrong = set(), []
        for part in filter(None, re.split(r"[\s,;]+", joined)):
            found = re.fullmatch(r"([0-9]{4})(?:–([0-9]{4}))?", part)
            first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
            if first in YEARS and last in YEARS and first <= last:
                years.update(range(first, last + 1))
            else:
                limits = {"year": _short(part), "first": YEARS[0], "last": YEARS[-1]}
                wrong.append(forms.ValidationError(self.error_messages["year"], code="year", params=limits))
        if wrong:
            raise forms.ValidationError(wrong)
        return tuple(sorted(years))

    def prepare_value(self, value):
        """Return what stands in the control: years as a list, text as it was typed."""
        return value if value is None or isinstance(value, str) else ", ".join(map(str, value))


class RuleForm(forms.Form):
    """How a year's fees are reckoned; works with GET, and together with PortalForm with POST.

    ``largest``: what no fee may exceed (€), None for no limit. A form that is valid makes a rule that can be reckoned
    with by itself; whether it goes with the payers and the amount, ``consortium.fees`` says: see ``refuse``.
    """

    kind = forms.ChoiceField(label=_("Scheme"), choices=SchemeKind.choices)
    rate = RateField(label=_("Euros a resident"), required=False)
    bands = BandsField(
        label=_("Classes of population"),
        required=False,
        help_text=_(
            "One class on each line: residents up to, a colon, the fee. The last line begins with “over”."
        ),
    )
    equal_part = ShareField(
        label=_("Part shared equally, %"),
        required=False,
        help_text=_("The rest is shared by population."),
    )
    floor = MoneyField(label=_("Smallest fee"), required=False)
    cap = MoneyField(label=_("Largest fee"), required=False)
    free_years = YearsField(label=_("Free years"), required=False, help_text=_("For example 2027, 2028."))
    free_first_year = forms.BooleanField(label=_("The first year of a new member is free"), required=False)
    prorated = forms.BooleanField(
        label=_("A member for a part of the year pays for its full months"), required=False, initial=True
    )
    unit = forms.TypedChoiceField(
        label=_("Fees are rounded down to"),
        choices=[(str(unit), label) for unit, label in UNITS.items()],
        coerce=Decimal,
        required=False,
        empty_value=CENT,
        initial=str(CENT),
    )

    def __init__(self, *args, largest=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.largest = largest
        if largest is None:
            return
        for name in ("floor", "cap"):
            self.fields[name].max_value = largest
            self.fields[name].error_messages["max_value"] = _("No fee may be above %(limit)s.")
        self.fields["cap"].help_text = _("Empty: %(largest)s, the largest that is allowed.") % {
            "largest": money(largest)
        }

    @staticmethod
    def initial_of(rule):
        """Return what the form begins with when it shows a rule (consortium.fees.Rule)."""
        names = (
            "kind",
            "rate",
            "bands",
            "equal_part",
            "floor",
            "cap",
            "free_years",
            "free_first_year",
            "prorated",
        )
        unit = next((str(unit) for unit in UNITS if unit == rule.unit), str(CENT))
        return {name: getattr(rule, name) for name in names} | {"unit": unit}

    def _clean_fields(self):
        super()._clean_fields()
        # What another kind needs is left alone, whatever stands there: it may be wanted again.
        needed = NEEDED.get(self.cleaned_data.get("kind"))
        for name in NEEDED.values():
            if "kind" in self.cleaned_data and name != needed:
                self._errors.pop(name, None)
                self.cleaned_data[name] = () if name == "bands" else None

    def clean(self):
        """Demand what the kind needs, keep fees within what is allowed, and refuse a rule that contradicts itself."""
        cleaned = super().clean() or self.cleaned_data
        for _up_to, fee in cleaned.get("bands") or ():
            if self.largest is not None and fee > self.largest:
                words = _("The fee of a class, %(fee)s, is above %(limit)s, which no fee may be.")
                params = {"fee": money(fee), "limit": money(self.largest)}
                self.add_error("bands", forms.ValidationError(words, code="max_value", params=params))
                break
        if not self.errors:
            self.refuse(line_refusals(self.rule(), [Payer("anybody", 1)]))
        return cleaned

    def rule(self, *, vat_rate=Decimal(0), cap_with_vat=False):
        """Return the rule that was typed (consortium.fees.Rule); ``vat_rate`` in per cent."""
        return Rule(**self._figures, vat_rate=vat_rate, cap_with_vat=cap_with_vat)

    @property
    def terms(self):
        """Return the same as the fields of the model of terms; what the kind does not need is empty."""
        figures = self._figures
        return figures | {
            "bands": [[up_to, str(fee)] for up_to, fee in figures["bands"]],
            "free_years": list(figures["free_years"]),
        }

    @property
    def _figures(self):
        typed = {name: self.cleaned_data[name] for name in RuleForm.base_fields}
        typed["floor"] = ZERO if typed["floor"] is None else typed["floor"]
        typed["cap"] = self.largest if typed["cap"] is None else typed["cap"]
        return typed

    def refuse(self, refusals, names=None):
        """Say beside each field, or above them all, why the rule cannot be reckoned with, and the ways out."""
        said = set()
        for refusal in refusals:
            name, sentence = refusal_words(refusal, names)
            if sentence not in said:
                said.add(sentence)
                self.add_error(
                    name if name in self.fields else None, forms.ValidationError(sentence, refusal.code)
                )
