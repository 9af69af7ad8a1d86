"""The form of the law helper: what the reckoning assumes, and the days that are typed over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms import PortalForm, TypedDateField
from consortium.money import AmbiguousAmountError, read_amount
from consortium.money_fields import MoneyField
from procurement import law
from procurement.forms.procurement import MOST
from procurement.models import Setting, StageKind
from procurement.timetable import Sending, Stage

INSIDE = {Setting.INSIDE_FRAMEWORK, Setting.INSIDE_DPS}
FRAME = ("frame_maximum", "frame_noticed_on", "frame_spent", "frame_ends_on")


class OthersField(forms.CharField):
    """Other purchases that may belong to the same whole, one a line: a name, a semicolon, its value."""

    default_error_messages = {
        "unread": _(
            "Line %(line)s: write a name, a semicolon and a sum, for example “Audiobooks; 40 000 €”."
        ),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "widget": forms.Textarea} | kwargs)

    def to_python(self, value):
        """Return law.Parts."""
        found = []
        for number, line in enumerate((super().to_python(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            name, _semicolon, amount = line.rpartition(";")
            try:
                found.append(law.Part(name.strip(), read_amount(amount)))
            except (AmbiguousAmountError, ValueError):
                name = ""
            if not name.strip():
                raise forms.ValidationError(self.error_messages["unread"], "unread", {"line": number})
        return found


class LawForm(PortalForm):
    """What the timetable and the advice assume. Nothing of it decides anything."""

    starts_on = TypedDateField(
        label=_("The notice, or the invitation to tender, is sent on"),
        help_text=_("The thresholds of this day count."),
    )
    yearly = MoneyField(
        label=_("Volume a year, while there are no answers"),
        required=False,
        max_value=MOST,
        help_text=_("Without VAT, all buyers together. Left aside once there are answers."),
    )
    others = OthersField(
        label=_("Other purchases that may belong to the same whole"),
        help_text=_("One a line: name; value without VAT. Empty: none."),
    )
    electronic = forms.BooleanField(label=_("Tenders come electronically"), required=False, initial=True)
    sending = forms.ChoiceField(
        label=_("The decision is sent"),
        choices=[(Sending.EMAIL.value, _("by e-mail")), (Sending.LETTER.value, _("by post"))],
        initial=Sending.EMAIL.value,
    )
    standstill_chosen = forms.BooleanField(
        label=_("A standstill is kept though the Act does not ask for it"), required=False
    )
    frame_maximum = MoneyField(label=_("Ceiling of the framework or system"), max_value=MOST)
    frame_noticed_on = TypedDateField(label=_("Its notice was sent on"))
    frame_spent = MoneyField(label=_("Bought of it so far"), required=False, max_value=MOST)
    frame_ends_on = TypedDateField(label=_("It ends on"), required=False)

    def __init__(self, *args, stages=(), **kwargs):
        super().__init__(*args, **kwargs)
        if self.record.setting not in INSIDE:
            for name in FRAME:
                del self.fields[name]
        known = {stage.kind: stage for stage in stages}
        for stage in Stage:
            label, row = StageKind(stage.value).label, known.get(stage.value)
            typed = row is not None and row.typed
            self.fields[f"on_{stage}"] = TypedDateField(
                label=_("Typed day: %(stage)s") % {"stage": label},
                required=False,
                help_text="",
                initial=row.planned_on if typed else None,
            )
            self.fields[f"why_{stage}"] = forms.CharField(
                label=_("Where the typed day comes from: %(stage)s") % {"stage": label},
                required=False,
                max_length=200,
                initial=row.source if typed else "",
            )

    @property
    def assumed(self):
        """Return the fields above the timetable."""
        return [self[name] for name in self.fields if not name.startswith(("on_", "why_", "form_"))]

    def clean(self):
        """Demand where a typed day comes from; a framework's first known day before its last."""
        cleaned = super().clean()
        for stage in Stage:
            if cleaned.get(f"on_{stage}") and not cleaned.get(f"why_{stage}"):
                self.add_error(f"why_{stage}", _("Say where the day comes from."))
        return cleaned

    @property
    def typed(self):
        """Return stage -> the day typed for it."""
        days = {stage.value: self.cleaned_data.get(f"on_{stage}") for stage in Stage}
        return {stage: on for stage, on in days.items() if on}

    @property
    def assumptions(self):
        """Return what the reckoning is called with."""
        facts = self.cleaned_data
        names = ("starts_on", "yearly", "others", "electronic", "sending", "standstill_chosen")
        found = {name: facts[name] for name in names} | {"typed": self.typed, "frame": None}
        if "frame_maximum" in self.fields:
            spent = {"spent": facts["frame_spent"]} if facts["frame_spent"] else {}
            found["frame"] = law.Frame(
                facts["frame_maximum"], facts["frame_noticed_on"], ends_on=facts["frame_ends_on"], **spent
            )
        return found

    @classmethod
    def begun_with(cls, stages, starts_on):
        """Return what a reckoning is called with before anything has been typed."""
        typed = {stage.kind: stage.planned_on for stage in stages if stage.typed}
        return {
            "starts_on": starts_on,
            "electronic": True,
            "sending": Sending.EMAIL,
            "typed": {kind: on for kind, on in typed.items() if kind in set(Stage)},
        }
