"""Forms of a contract: what it says, its signing, what is decided before its end, who takes part."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField
from members.models import Municipality
from procurement.models import AtEnd, RenewalKind, Supplier

MOST_OPTIONS = 10
MONTHS = {"class": "short", "inputmode": "numeric", "autocomplete": "off"}


def _months(label, most, **kwargs):
    widget = forms.NumberInput(attrs=MONTHS)
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, widget=widget, **{"required": False} | kwargs
    )


class ContractForm(PortalForm):
    """What a contract says of itself and of its end."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.CharField(label=_("Number of the contract"), max_length=40)
    title_fi = forms.CharField(label=_("Title in Finnish"), max_length=120)
    title_sv = forms.CharField(label=_("Title in Swedish"), max_length=120)
    supplier = forms.ModelChoiceField(
        label=_("Supplier"), queryset=Supplier.objects.active(), empty_label=_("Choose the supplier")
    )
    begins_on = TypedDateField(label=_("First day"))
    ends_on = TypedDateField(
        label=_("Last day"),
        required=False,
        help_text=_("Without options. Left empty, the contract is open-ended."),
    )
    options = forms.CharField(
        label=_("Options in months"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        help_text=_("For example 12 + 12. Only those that have not been used."),
    )
    silence = forms.ChoiceField(
        label=_("If nothing is said before the end"),
        choices=[(kind.value, capfirst(kind.label)) for kind in AtEnd],
        widget=forms.RadioSelect,
        initial=AtEnd.ENDS,
    )
    renewal_months = _months(
        _("Months it then runs on at a time"),
        120,
        help_text=_("Only for a contract that runs on. Left empty, it runs on until notice is given."),
    )
    notice_months = _months(
        _("Months of notice"),
        60,
        help_text=_("Also for telling that an option is used. Left empty: up to the end."),
    )
    notice_by = TypedDateField(
        label=_("Last day for notice"),
        required=False,
        help_text=_("Only if the contract says another day than the months give."),
    )
    our_days = forms.IntegerField(
        label=_("Days before it by which we decide"),
        min_value=0,
        max_value=365,
        initial=60,
        widget=forms.NumberInput(attrs=MONTHS),
        help_text=_("The day is moved to a working day, and never falls in July."),
    )
    ours_by = TypedDateField(
        label=_("Our own deadline"),
        required=False,
        help_text=_("Only if we want another day than this gives."),
    )
    yearly = MoneyField(
        label=_("Awarded price a year, without VAT"), required=False, help_text=_("It is public.")
    )

    asks_use = forms.BooleanField(
        label=_("Ask the participants what taking into use needs"), required=False, initial=True
    )

    def clean_options(self):
        """Return the options in months, in their order."""
        text = self.cleaned_data["options"]
        if not text.strip():
            return []
        parts = re.split(r"\s*[+,;]\s*", text.strip())
        if len(parts) > MOST_OPTIONS or not all(
            re.fullmatch(r"[0-9]{1,3}", part) and 1 <= int(part) <= 120 for part in parts
        ):
            raise ValidationError(_("Write the months of each option, for example 12 + 12."))
        return [int(part) for part in parts]

    @property
    def facts(self):
        """Return what the contract is made or corrected with."""
        facts = dict(self.details)
        del facts["revision"]
        return facts | {"options": [(months, None) for months in facts["options"]]}


class SignForm(PortalForm):
    """When the contract was signed."""

    signed_on = TypedDateField(label=_("Signed on"), initial=clock.today)


class DropForm(PortalForm):
    """Why a contract that was being made is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)


class DecideForm(PortalForm):
    """What was decided before the end, by whom."""

    kind = forms.ChoiceField(label=_("What was decided"), widget=forms.RadioSelect)
    option = forms.ModelChoiceField(
        label=_("Option"), queryset=None, required=False, empty_label=_("Choose the option")
    )
    ends_on = TypedDateField(
        label=_("New last day"), required=False, help_text=_("Only when it is continued without an option.")
    )
    decided_on = TypedDateField(label=_("Date of the decision"), initial=clock.today)
    body_fi = forms.CharField(label=_("Who decided, in Finnish"), max_length=120)
    body_sv = forms.CharField(label=_("Who decided, in Swedish"), max_length=120)
    section = forms.CharField(
        label=_("Section (§)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    case_number = forms.CharField(label=_("Case number"), max_length=40, required=False)
    note_fi = forms.CharField(
        label=_("A sentence to the participants, in Finnish"), max_length=300, required=False
    )
    note_sv = forms.CharField(
        label=_("A sentence to the participants, in Swedish"), max_length=300, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        unused = self.record.options.filter(decision__isnull=True)
        self.fields["option"].queryset = unused
        self.fields["option"].label_from_instance = lambda option: (
            _("option %(number)s, %(months)s months")
            % {
                "number": option.number,
                "months": option.months,
            }
        )
        kinds = [kind for kind in RenewalKind if self._can(kind, unused)]
        self.fields["kind"].choices = [(kind.value, capfirst(kind.label)) for kind in kinds]
        if not unused:
            del self.fields["option"]

    def _can(self, kind, unused):
        if kind == RenewalKind.OPTION:
            return bool(unused)
        return kind != RenewalKind.RUN_ON or self.record.silence == AtEnd.RUNS_ON

    def clean(self):
        """Refuse an option or a day that does not belong to what was decided, and one that is missing."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind == RenewalKind.OPTION and "option" in self.fields and not cleaned.get("option"):
            self.add_error("option", _("Choose an option that has not been used."))
        if kind == RenewalKind.RENEW and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Give a last day that is later than the present one."))
        if kind != RenewalKind.OPTION:
            cleaned["option"] = None
        if kind != RenewalKind.RENEW:
            cleaned["ends_on"] = None
        if bool(cleaned.get("note_fi")) != bool(cleaned.get("note_sv")):
            self.add_error(
                "note_sv" if cleaned.get("note_fi") else "note_fi", _("Write it in both languages.")
            )
        return cleaned


class NoticeForm(PortalForm):
    """That notice was given to the supplier."""

    given_on = TypedDateField(label=_("Notice given on"), initial=clock.today)
    ends_on = TypedDateField(label=_("Last day of the contract"))
    note_fi = forms.CharField(
        label=_("A sentence to the participants, in Finnish"), max_length=300, required=False
    )
    note_sv = forms.CharField(
        label=_("A sentence to the participants, in Swedish"), max_length=300, required=False
    )

    def clean(self):
        """Refuse a sentence in one language alone."""
        cleaned = super().clean()
        if bool(cleaned.get("note_fi")) != bool(cleaned.get("note_sv")):
            self.add_error(
                "note_sv" if cleaned.get("note_fi") else "note_fi", _("Write it in both languages.")
            )
        return cleaned


class AddForm(PortalForm):
    """A municipality that takes part."""

    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.none(),
        empty_label=_("Choose the municipality"),
    )
    starts_on = TypedDateField(label=_("First day"))
    yearly = MoneyField(label=_("Volume a year, without VAT"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = self.record.may_take_part()
        self.fields["starts_on"].initial = self.record.begins_on

    def clean_starts_on(self):
        """Refuse a day before the contract begins."""
        day = self.cleaned_data["starts_on"]
        if day < self.record.begins_on:
            raise ValidationError(
                _("The contract begins on %(day)s."), params={"day": f"{self.record.begins_on:%-d.%-m.%Y}"}
            )
        return day


class WithdrawForm(PortalForm):
    """That a municipality leaves the contract."""

    withdrawn_on = TypedDateField(label=_("Known on"), initial=clock.today)
    last_day = TypedDateField(label=_("Last day in the contract"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("The municipality reads it, too."),
    )


class LeaveOutForm(PortalForm):
    """That a municipality is left out of a contract that is being made."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)
