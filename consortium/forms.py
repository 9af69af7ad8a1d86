"""Forms as people meet them: typed dates, one-time keys, and edits that overwrite nobody."""

import datetime as dt
import uuid

from crispy_forms.helper import FormHelper
from django import forms
from django.core import signing
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium import clock, keeping

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
DATE_FORMATS = ["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"]


class TypedDateField(forms.DateField):
    """A date that is typed "21.5.2027"; no picker."""

    default_error_messages = {
        "invalid": _("Write the date as day.month.year, for example 21.5.2027."),
        "required": _("Write the date, for example 21.5.2027."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("input_formats", DATE_FORMATS)
        kwargs.setdefault("help_text", _("For example 21.5.2027."))
        widget = forms.DateInput(format="%-d.%-m.%Y", attrs={"class": "short", "autocomplete": "off"})
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]


DJANGOS = [_("This field is required.")]  # named here so that it has the portal's own words in each language


class KeyedForm(forms.Form):
    """A form that carries a one-time key, so that sending it twice is harmless."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = self._new_key
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        self.written_before = {} if self.is_bound else keeping.typed_in(self)

    def _new_key(self):
        return uuid.UUID(keeping.mark_of(self) + uuid.uuid4().hex[8:])

    def get_initial_for_field(self, field, field_name):
        """Return what was written here before the page was lost by signing out, else what the form begins with."""
        if field_name in self.written_before:
            return self.written_before[field_name]
        return super().get_initial_for_field(field, field_name)

    @property
    def helper(self):
        """Return crispy's helper: the page writes the form element and its button."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class PortalForm(KeyedForm):
    """A plain form that drives a step: knows the record and the person."""

    def __init__(self, *args, record=None, by=None, **kwargs):
        self.record, self.by = record, by
        super().__init__(*args, **kwargs)

    @property
    def details(self):
        """Return what the step is called with: everything typed, without the key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}


class EditForm(KeyedForm, forms.ModelForm):
    """An editing form that never overwrites what somebody else has saved meanwhile: it shows both values.

    The form carries, signed, what it showed when it was opened. A field only the other one changed keeps their value.
    """

    edited_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["edited_at"].initial = self._shown(self.instance)

    def _shown(self, row):
        return signing.dumps(
            [row.edited_at.isoformat(), {n: str(getattr(row, n)) for n in self._meta.fields}]
        )

    def clean(self):
        """Refuse a stale form: each field that both changed says both values."""
        cleaned = super().clean()
        if self.instance.pk is None:
            return cleaned
        row = type(self.instance)._base_manager.select_for_update().get(pk=self.instance.pk)
        try:
            edited_at, shown = signing.loads(self.data.get(self.add_prefix("edited_at"), ""))
        except signing.BadSignature:
            edited_at, shown = "", {}
        if edited_at == row.edited_at.isoformat():
            return cleaned
        for name in [n for n in self._meta.fields if n in cleaned]:
            theirs, mine, before = getattr(row, name), cleaned[name], shown.get(name)
            if str(theirs) == before or theirs == mine:
                continue
            if str(mine) == before:
                cleaned[name] = theirs
                continue
            words = _("Somebody else saved “%(theirs)s” here while you were writing. Yours is kept below.")
            self.add_error(name, forms.ValidationError(words, params={"theirs": theirs}))
        self.data = self.data.copy()
        self.data[self.add_prefix("edited_at")] = self._shown(row)
        return cleaned

    def save(self, commit=True):
        """Save and note the moment."""
        self.instance.edited_at = clock.now()
        with transaction.atomic():
            return super().save(commit)
