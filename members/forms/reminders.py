"""Forms of the reminders: which go now, and after how many days each comes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms import EditForm, PortalForm
from members.models import ReminderRule


class ChooseForm(PortalForm):
    """Which of the planned reminders go now."""

    chosen = forms.MultipleChoiceField(label=_("Reminders"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, planned=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(p.key, self._line(p)) for p in planned]
        self.fields["chosen"].error_messages["required"] = _("Choose at least one.")

    @staticmethod
    def _line(planned):
        return f"{planned.municipality.name}: {planned.ask.rung.label}"


class SendForm(PortalForm):
    """The same once the letters have been read. What can no longer be asked is left out, and said."""

    chosen = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].valid_value = lambda value: (
            True
        )  # a thing that is done is no mistake of the sender's


class RuleForm(EditForm):
    """After how many days a reminder comes, and whether it is in use."""

    days = forms.IntegerField(
        label=_("Days"),
        min_value=0,
        max_value=365,
        error_messages={
            "min_value": _("Give 0 days or more."),
            "max_value": _("Give at most 365 days."),
            "invalid": _("Give the days as a whole number, for example 14."),
        },
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )

    class Meta:
        model = ReminderRule
        fields = ["days", "in_use"]
