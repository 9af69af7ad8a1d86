"""Forms of invoicing: the file, sending again, the ledger's list, and putting a fee right."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.fees import Refused
from consortium.forms import PortalForm, TypedDateField
from consortium.templatetags.portal import money, place_name
from consortium.uploads import TableField
from members.fee_words import refusal_words
from members.ledger_return import read_return
from members.models import BudgetState
from members.settlement import PaymentState
from members.tables import UnreadableListError

REASON = _("Give the reason: it stays on record.")


class AgainForm(PortalForm):
    """Which of the invoices that came back are sent once more."""

    invoices = forms.MultipleChoiceField(
        label=_("Invoices to send again"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the invoices to send again.")},
    )

    def __init__(self, *args, rows=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = {str(row.invoice.pk): row for row in rows}
        self.fields["invoices"].choices = [
            (pk, f"{place_name(row.municipality)}, {money(row.claimed)}") for pk, row in self.rows.items()
        ]
        self.fields["invoices"].initial = list(self.rows)

    @property
    def chosen(self):
        """Return the invoices that were chosen."""
        return [self.rows[pk].invoice for pk in self.cleaned_data["invoices"]]


class InvoiceFilterForm(forms.Form):
    """What of the year's invoices is shown."""

    q = forms.CharField(label=_("Municipality or number"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *PaymentState.choices]
    )

    def sift(self, rows):
        """Return the rows that fit what was asked."""
        if not self.is_valid():
            return rows
        words, state = self.cleaned_data["q"].casefold(), self.cleaned_data["state"]
        return [row for row in rows if _fits(row, words) and state in {"", row.state}]


def _fits(row, words):
    place, invoice = row.municipality, row.invoice
    named = (place.name_fi, place.name_sv, place.code, invoice.number or "", invoice.reference)
    return any(words in text.casefold() for text in named)


class LedgerListForm(PortalForm):
    """A list of the ledger; what cannot be read of it is said beside the file, or line by line once it is kept."""

    file = TableField(label=_("The ledger's list"), error_messages={"required": _("Choose the file.")})

    def clean(self):
        """Read the list; a file that is none is refused in words."""
        cleaned = super().clean()
        upload = cleaned.get("file")
        if upload:
            try:
                upload.seek(0)
                cleaned["found"] = read_return(upload.read(), name=upload.name[:60])
            except UnreadableListError as error:
                self.add_error("file", str(error))
        return cleaned


class AsideForm(PortalForm):
    """Why a list that was read does not count."""

    reason = forms.CharField(
        label=_("Why does the list not count?"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("For example: the list of another year was read by mistake."),
        error_messages={"required": REASON},
    )


class DayForm(forms.Form):
    """The day on which one looks at what is open."""

    on = TypedDateField(label=_("Open on"), required=False, help_text=_("For example 31.12.2028."))


class CreditForm(PortalForm):
    """Why a fee is taken back as a whole."""

    reason = forms.CharField(
        label=_("Reason of the credit"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("The municipality and the auditor read it."),
        error_messages={"required": REASON},
    )


class CorrectForm(PortalForm):
    """The right population figure and months of a fee, and why; the new sum is shown before anything is written."""

    population = forms.ModelChoiceField(
        label=_("The right population figure"),
        queryset=None,
        empty_label=None,
        error_messages={"required": _("Choose the population figure.")},
    )
    months = forms.TypedChoiceField(
        label=_("Full months of the year"), choices=[(n, str(n)) for n in range(1, 13)], coerce=int
    )
    reason = forms.CharField(
        label=_("Reason of the correction"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("The municipality and the auditor read it."),
        error_messages={"required": REASON},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    fee = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fee, figures = self.record, self.record.municipality.populations.order_by("-on")
        field = self.fields["population"]
        field.queryset = figures
        field.required = figures.exists()
        field.initial, self.fields["months"].initial = fee.population_id, fee.months

    def clean(self):
        """Reckon the new fee, by the year's frozen rate; what cannot be reckoned is said in words."""
        cleaned = super().clean()
        if "population" in cleaned and "months" in cleaned:
            try:
                _payee, self.fee, _rule = self.record.reckoned_for(cleaned["population"], cleaned["months"])
            except Refused as refused:
                for refusal in refused.refusals:
                    self.add_error(None, refusal_words(refusal)[1])
        return cleaned

    @property
    def is_seen(self):
        """Tell whether the person has been shown the very sum that would be written."""
        return self.fee is not None and self.cleaned_data.get("seen") == str(self.fee.amount)

    @property
    def details(self):
        """Return what the correction is called with."""
        return {name: self.cleaned_data[name] for name in ("population", "months", "reason")}


def usual_day(budget):
    """Return the day on which a year's open items are looked at: its last one, today while it lasts."""
    last = clock.last_day(budget.year)
    return min(last, clock.today()) if budget.state != BudgetState.CLOSED else last
