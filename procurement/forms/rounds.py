"""Forms of a commitment round: its terms, a later deadline, and who is reminded."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.deadlines import is_working_day
from consortium.forms import PortalForm, TypedDateField
from consortium.money_fields import MoneyField, RateField, ShareField
from consortium.templatetags.portal import weekday_day
from members.models import Municipality
from procurement.models import CostRule, Readers, Silence, closing_time

MOST = Decimal("999999999.99")
JULY = 7
YES = "yes"


def whole_number(label, **kwargs):
    """Return a field for a count of municipalities that may be left empty."""
    words = _("Give a whole number, for example 60.")
    messages = dict.fromkeys(("invalid", "min_value"), words)
    attrs = {"class": "short", "inputmode": "numeric"}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=999,
        error_messages=messages,
        widget=forms.TextInput(attrs=attrs),
        **kwargs,
    )


def refuse_day(day):
    """Return the day; raises ValidationError for one that is past, in July or not a working day."""
    if day < clock.today():
        raise ValidationError(_("That day has passed."))
    if day.month == JULY:
        raise ValidationError(_("Nothing has its deadline in July."))
    if not is_working_day(day):
        raise ValidationError(_("That is not a working day: choose another."))
    return day


class OpenForm(PortalForm):
    """The terms of a round: until when, what silence means, what it costs, what it needs and has room for."""

    closes_on = TypedDateField(
        label=_("The round closes on"),
        help_text=_("At 16.00 in Finland, on a working day, not in July. For example 21.5.2027."),
    )
    silence = forms.ChoiceField(
        label=_("If a municipality does not answer"),
        choices=Silence.choices,
        initial=Silence.NOT_IN,
        widget=forms.RadioSelect,
    )
    runs_on_until = TypedDateField(label=_("The present contract then runs until"), required=False)
    cost_rule = forms.ChoiceField(
        label=_("Estimate of a municipality's cost"),
        choices=CostRule.choices,
        initial=CostRule.UNKNOWN,
        widget=forms.RadioSelect,
        help_text=_("Each municipality sees its own estimate and how it is reckoned."),
    )
    cost_rate = RateField(label=_("Euros a resident a year, without VAT"), required=False)
    cost_flat = MoneyField(
        label=_("Euros a municipality a year, without VAT"), required=False, max_value=MOST
    )
    cost_floor = MoneyField(label=_("Smallest cost a year"), required=False, max_value=MOST)
    minimum_volume = MoneyField(
        label=_("Committed volume the tender needs, a year without VAT"), required=False, max_value=MOST
    )
    minimum_members = whole_number(_("Committed municipalities the tender needs"))
    quota_share = ShareField(
        label=_("Interested volume at most, as a share of the committed"),
        required=False,
        max_value=Decimal("9.99"),
        help_text=_("For example 100 %: as much interest as there are commitments. Empty: no limit."),
    )
    quota_most = whole_number(_("Interested municipalities at most"), help_text=_("Empty: no limit."))

    def clean_closes_on(self):
        """Refuse a day on which no round may close."""
        return refuse_day(self.cleaned_data["closes_on"])

    def clean_quota_share(self):
        """Keep whole per cents: the quota is a rule that people reckon by hand."""
        share = self.cleaned_data["quota_share"]
        if share is None:
            return None
        whole = share.quantize(Decimal("0.01"))
        if whole != share:
            raise ValidationError(_("Give whole per cents, for example 100."))
        return whole

    def clean(self):
        """Ask for what the chosen rules need, and leave out what they do not."""
        cleaned = super().clean()
        if cleaned.get("silence") == Silence.RUNS_ON:
            if not cleaned.get("runs_on_until"):
                self.add_error("runs_on_until", _("Say until when the present contract runs on."))
        else:
            cleaned["runs_on_until"] = None
        rule = cleaned.get("cost_rule")
        needed = {CostRule.PER_RESIDENT: "cost_rate", CostRule.FLAT: "cost_flat"}.get(rule)
        if needed and not cleaned.get(needed) and needed not in self._errors:
            self.add_error(needed, _("Give the sum that the estimate is reckoned from."))
        cleaned["rate"] = cleaned.get(needed) if needed else None
        return cleaned

    @property
    def details(self):
        """Return the terms of the round."""
        cleaned = self.cleaned_data
        kept = ["silence", "runs_on_until", "cost_rule", "minimum_volume", "minimum_members"]
        kept += ["quota_share", "quota_most"]
        by_residents = cleaned["cost_rule"] == CostRule.PER_RESIDENT
        return {name: cleaned[name] for name in kept} | {
            "closes_at": closing_time(cleaned["closes_on"]),
            "cost_rate": cleaned["rate"],
            "cost_floor": (cleaned["cost_floor"] or Decimal(0)) if by_residents else Decimal(0),
        }


class ExtendForm(PortalForm):
    """A later deadline, told to all who are asked."""

    closes_on = TypedDateField(label=_("The new deadline, at 16.00"))

    def clean_closes_on(self):
        """Refuse a day on which no round may close, and one that is no later."""
        day = refuse_day(self.cleaned_data["closes_on"])
        if day <= self.record.closes_on:
            words = _("The deadline is %(day)s now: give a later day.")
            raise ValidationError(words, params={"day": weekday_day(self.record.closes_on)})
        return day

    @property
    def details(self):
        """Return the new moment."""
        return {"closes_at": closing_time(self.cleaned_data["closes_on"])}


class AskForm(PortalForm):
    """A member that has not been asked yet."""

    municipality = forms.ModelChoiceField(
        label=_("Municipality"), queryset=Municipality.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = self.record.answers.values("municipality")
        members = Municipality.objects.members_on(clock.today()).exclude(pk__in=asked)
        self.fields["municipality"].queryset = members


class RemindForm(PortalForm):
    """Which of those who have not answered are reminded now."""

    chosen = forms.MultipleChoiceField(
        label=_("Not answered"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args, answers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.answers = {str(answer.pk): answer for answer in answers}
        self.fields["chosen"].choices = [(pk, self._line(answer)) for pk, answer in self.answers.items()]
        self.fields["chosen"].valid_value = lambda value: str(
            value
        ).isdecimal()  # answered since: no one's mistake
        self.fields["chosen"].initial = list(self.answers)

    @staticmethod
    def _line(answer):
        if answer.reminded_on:
            words = _("{name}, reminded {day}")
            return format_lazy(words, name=answer.municipality.name, day=weekday_day(answer.reminded_on))
        return answer.municipality.name


class VolumesForm(PortalForm):
    """To whom the volumes are open, and why they are closed again."""

    to = forms.ChoiceField(
        label=_("Who may read what each municipality has said it will buy?"), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why are they closed again?"),
        max_length=300,
        required=False,
        help_text=_("Needed only if they are closed again."),
    )

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = choices

    def clean(self):
        """Closing what was open is told with its reason."""
        cleaned = super().clean()
        if cleaned.get("to") == Readers.STAFF and not cleaned.get("reason"):
            self.add_error("reason", _("Say why they are closed again."))
        return cleaned
