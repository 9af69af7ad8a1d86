"""Forms of a procurement itself: what is bought, and the days of its stages."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.money import AmbiguousAmountError, read_amount
from consortium.money_fields import MoneyField
from consortium.templatetags.portal import money
from procurement.forms.cpv import CpvField
from procurement.models import Kind, Procedure, Setting

MOST = Decimal("9999999999.99")
MOST_MONTHS = 240


class LotsField(forms.CharField):
    """Lots, one a line: the title in Finnish, a slash, the title in Swedish."""

    default_error_messages = {
        "pair": _("Line %(line)s: write the title in Finnish, a slash and the title in Swedish."),
        "long": _("Line %(line)s: a title has at most 120 characters."),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "widget": forms.Textarea} | kwargs)

    def to_python(self, value):
        """Return [(fi, sv)]."""
        if isinstance(value, list):
            return value
        found = []
        for number, line in enumerate((super().to_python(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            pair = [title.strip() for title in line.split("/")]
            if len(pair) != 2 or not all(pair):
                raise forms.ValidationError(self.error_messages["pair"], "pair", {"line": number})
            if max(len(title) for title in pair) > 120:
                raise forms.ValidationError(self.error_messages["long"], "long", {"line": number})
            found.append(tuple(pair))
        return found

    def prepare_value(self, value):
        """Return the lots as lines."""
        return "\n".join(" / ".join(pair) for pair in value) if isinstance(value, list) else value


class OptionsField(forms.CharField):
    """Options, one a line: months, or a sum with its euro sign, or both with a semicolon between."""

    default_error_messages = {
        "unread": _("Line %(line)s: write months, or a sum with €, for example “12” or “12; 5 000 €”."),
        "months": _("Line %(line)s: give 1 to 240 months."),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "widget": forms.Textarea} | kwargs)

    def to_python(self, value):
        """Return [(months, € more)]."""
        if isinstance(value, list):
            return value
        lines = enumerate((super().to_python(value) or "").splitlines(), start=1)
        return [self._option(number, line) for number, line in lines if line.strip()]

    def _option(self, number, line):
        months, amount = 0, Decimal(0)
        for part in line.split(";"):
            if "€" in part:
                try:
                    amount += read_amount(part)
                except (AmbiguousAmountError, ValueError):
                    raise self._refusal("unread", number) from None
            elif found := re.fullmatch(r"(\d{1,3})(\s*\D{0,12})?", part.strip()):
                months += int(found[1])
            else:
                raise self._refusal("unread", number)
        if not (0 <= months <= MOST_MONTHS) or amount < 0 or amount > MOST or not (months or amount):
            raise self._refusal("months", number)
        return months, amount

    def _refusal(self, code, number):
        return forms.ValidationError(self.error_messages[code], code, {"line": number})

    def prepare_value(self, value):
        """Return the options as lines."""
        if not isinstance(value, list):
            return value
        return "\n".join(
            "; ".join([*([str(months)] if months else []), *([money(amount)] if amount else [])])
            for months, amount in value
        )


def _number(label, **kwargs):
    attrs = {"class": "short", "inputmode": "numeric", "autocomplete": "off"}
    return forms.IntegerField(label=label, widget=forms.TextInput(attrs=attrs), **kwargs)


class ProcurementForm(PortalForm):
    """What is bought together, for whom, for how long, and how tenders are asked for."""

    title_fi = forms.CharField(label=_("Title in Finnish"), max_length=120)
    title_sv = forms.CharField(label=_("Title in Swedish"), max_length=120)
    summary_fi = forms.CharField(
        label=_("What is bought and for whom, in Finnish"), max_length=1200, widget=forms.Textarea
    )
    summary_sv = forms.CharField(
        label=_("What is bought and for whom, in Swedish"), max_length=1200, widget=forms.Textarea
    )
    lots = LotsField(label=_("Lots"), help_text=_("One a line: Finnish / Swedish. Empty: no lots."))
    cpv = CpvField(label=_("CPV codes"), help_text=_("Write a code, or a word to find it by."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    setting = forms.ChoiceField(label=_("Leads to"), choices=Setting.choices)
    procedure = forms.ChoiceField(label=_("Procedure"), choices=Procedure.choices)
    months = _number(
        _("Months of the contract, without options"),
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=_("Empty: open-ended."),
    )
    options = OptionsField(
        label=_("Options"),
        help_text=_("One a line: months, or a sum, or both. For example “12” or “12; 5 000 €”."),
    )
    one_off = MoneyField(
        label=_("Paid once"), required=False, max_value=MOST, help_text=_("Without VAT. Empty: nothing.")
    )
    maximum = MoneyField(
        label=_("Ceiling"),
        required=False,
        max_value=MOST,
        help_text=_("Without VAT, for the whole time. Only the service centre reads it."),
    )
    price_weight = _number(_("Points for the price, of 100"), min_value=0, max_value=100, initial=100)
    case_number = forms.CharField(
        label=_("Case number"), max_length=40, required=False, help_text=_("For example HEL 2027-004117.")
    )
    hilma_url = forms.URLField(
        label=_("Address of the notice in Hilma"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("When it is published."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.record
        if row is None:
            del self.fields["revision"]
            return
        for name in self.fields.keys() & {field.name for field in row._meta.concrete_fields}:
            self.fields[name].initial = getattr(row, name)
        self.fields["one_off"].initial = row.one_off or None
        self.fields["lots"].initial = [(lot.title_fi, lot.title_sv) for lot in row.lots.all()]
        self.fields["options"].initial = [(option.months, option.amount) for option in row.options.all()]

    def clean_one_off(self):
        """Return 0 € for nothing."""
        return self.cleaned_data["one_off"] or Decimal(0)

    def clean_revision(self):
        """Return the revision that the form was made from; a form without one was made from none."""
        return self.cleaned_data["revision"] or 0


class StagePlanForm(PortalForm):
    """The planned day of a stage and where it comes from."""

    planned_on = TypedDateField(label=_("Planned day"))
    source = forms.CharField(
        label=_("Where the day comes from"),
        max_length=200,
        help_text=_(
            "For example: decision of the division director § 24/2027, or agreed with Hansel on 3.2."
        ),
    )


class StageDoneForm(PortalForm):
    """When a stage came about."""

    done_on = TypedDateField(label=_("When did it come about?"), initial=clock.today)
