"""What is typed into a meeting's record as it goes: times of the day, and the texts of the item in hand."""

import datetime as dt
import re

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import KeyedForm
from steering.models.dealing import TEXTS

LONGEST = 3000
CLOCKED = re.compile(r"(?:klo|kl\.?)?\s*(\d{1,2})(?:[.:\s]?([0-5]\d))?$")


class ClockField(forms.CharField):
    """A time of day that is typed "14.20", on the meeting's day; empty: now."""

    default_error_messages = {"unread": _("Write the time as hour.minute, for example 14.20.")}

    def __init__(self, **kwargs):
        attrs = {"class": "short", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(**{"required": False, "widget": forms.TextInput(attrs=attrs)} | kwargs)

    def clean(self, value):
        """Return the moment today, or None."""
        text = super().clean(value).strip().lower()
        if not text:
            return None
        found = CLOCKED.match(text)
        if not found or int(found[1]) > 23:
            raise forms.ValidationError(self.error_messages["unread"], "unread")
        time = dt.time(int(found[1]), int(found[2] or 0))
        return dt.datetime.combine(clock.today(), time, tzinfo=clock.HELSINKI)


class TextsForm(KeyedForm):
    """What is said and decided in the item in hand; carries, signed, the texts that its writer began from."""

    decision_fi = forms.CharField(label=_("Decision in Finnish"), max_length=LONGEST, widget=forms.Textarea)
    decision_sv = forms.CharField(label=_("Decision in Swedish"), max_length=LONGEST, widget=forms.Textarea)
    discussion_fi = forms.CharField(
        label=_("Discussion in Finnish"), max_length=LONGEST, widget=forms.Textarea
    )
    discussion_sv = forms.CharField(
        label=_("Discussion in Swedish"), max_length=LONGEST, widget=forms.Textarea
    )
    proposed_by = forms.CharField(label=_("Who proposed"), max_length=120)
    seconded_by = forms.CharField(label=_("Who seconded"), max_length=120)
    of_item = forms.IntegerField(widget=forms.HiddenInput)
    began_from = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, row, **kwargs):
        self.row = row
        super().__init__(*args, auto_id="texts_%s", **kwargs)
        for name in TEXTS:
            self.fields[name].required = False
            self.fields[name].initial = getattr(row, name)
            self.fields[name].widget.attrs["data-text"] = ""
        self.fields["of_item"].initial = row.pk
        self.fields["began_from"].initial = self.shown()

    def shown(self):
        """Return the row's texts as they are now, signed."""
        return signing.dumps({name: getattr(self.row, name) for name in TEXTS}, salt=f"texts {self.row.pk}")

    @property
    def texts(self):
        """Return {field: text} as typed, with the line ends of the database."""
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in TEXTS}

    @property
    def before(self):
        """Return the texts that the writer began from; a page without them began from empty ones."""
        try:
            return signing.loads(self.cleaned_data["began_from"], salt=f"texts {self.row.pk}")
        except signing.BadSignature:
            return dict.fromkeys(TEXTS, "")

    def look_again(self):
        """Let the form begin from the texts as they are now: what is typed stays, and goes in their place next."""
        self.data = self.data.copy()
        self.data["began_from"] = self.shown()
