"""Forms of the lists for the central purchasing body: what is shown, made, handed over, printed and marked."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.lists import PlainSelect
from members.models import Municipality
from procurement.commitment_list import ChangeKind, Standing

LANGUAGES = [code for code, _name in settings.LANGUAGES]
LACKING = ("business_id", "contact_name", "contact_email")
ALL = ("", _("All"))


class SiftForm(forms.Form):
    """Which lines of a list are shown and downloaded."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        widget=PlainSelect,
        choices=[
            ALL,
            (Standing.COMMITTED.value, _("committed")),
            (Standing.INTERESTED.value, _("interested")),
            (Standing.WITHDRAWN.value, _("withdrawn")),
        ],
    )
    special = forms.ChoiceField(
        label=_("Only"),
        required=False,
        widget=PlainSelect,
        choices=[
            ALL,
            ("marked", _("late, with a reservation, withdrawn")),
            ("lacking", _("business ID or contact missing")),
            ("not_final", _("decision not known to be final")),
        ],
    )

    def sift(self, rows):
        """Return the lines that fit; a word that is no choice asks nothing."""
        self.is_valid()
        answer = self.cleaned_data.get("answer", "")
        special = self.cleaned_data.get("special", "")
        rows = [row for row in rows if not answer or row.answer == answer]
        if special == "marked":
            return [row for row in rows if row.late or row.reservation or row.withdrawn_on]
        if special == "lacking":
            return [row for row in rows if row.counts and not all(getattr(row, key) for key in LACKING)]
        if special == "not_final":
            return [row for row in rows if row.answer == Standing.COMMITTED and not row.final_on]
        return rows

    @property
    def asked(self):
        """Return in words what was asked for, "" for everything."""
        self.is_valid()
        chosen = (
            (self.fields[name].label, dict(self.fields[name].choices).get(self.cleaned_data.get(name)))
            for name in self.fields
            if self.cleaned_data.get(name)
        )
        return "; ".join(f"{label}: {word}" for label, word in chosen)


class ChangesSiftForm(SiftForm):
    """Which differences are shown and downloaded."""

    special = None
    answer = None
    change = forms.ChoiceField(
        label=pgettext_lazy("column of differences", "Change"),
        required=False,
        widget=PlainSelect,
        choices=[
            ALL,
            (ChangeKind.ADDED.value, _("added")),
            (ChangeKind.CHANGED.value, _("changed")),
            (ChangeKind.REMOVED.value, _("removed")),
        ],
    )

    def sift(self, changes):
        """Return the differences that fit."""
        self.is_valid()
        kind = self.cleaned_data.get("change", "")
        return [change for change in changes if not kind or change.kind == kind]


class LanguageForm(PortalForm):
    """The language of a file to be made; the central purchasing body reads Finnish."""

    language = forms.ChoiceField(label=_("Language of the file"), choices=settings.LANGUAGES, initial="fi")


class SendForm(PortalForm):
    """To which address a list is sent."""

    to = forms.EmailField(
        label=_("Address of the central purchasing body"),
        max_length=200,
        error_messages={"required": _("Give the address the list is sent to.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].initial = type(self.record).last_address()


class HandOverForm(PortalForm):
    """When and to whom a list was handed over otherwise."""

    on = TypedDateField(label=_("Handed over on"))
    to = forms.CharField(
        label=_("To whom"),
        max_length=200,
        help_text=_("For example the name of the category manager, or where the file was uploaded."),
        error_messages={"required": _("Say to whom the list was handed over.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class PrintForm(forms.Form):
    """Whose form is printed, and in which language."""

    language = forms.ChoiceField(
        label=_("Language of the form"), choices=settings.LANGUAGES[:2], initial="fi"
    )
    municipality = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, codes=(), **kwargs):
        self.codes = codes
        super().__init__(*args, **kwargs)

    def clean_municipality(self):
        """Return the municipality, or None for all that are on the list."""
        code = self.cleaned_data["municipality"]
        if code and code not in self.codes:
            raise forms.ValidationError(_("The municipality is not on the list."))
        return Municipality.objects.get(code=code) if code else None


class MarkForm(PortalForm):
    """Whose own forms have been sent, and when."""

    municipalities = forms.MultipleChoiceField(
        label=_("Municipalities"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one municipality.")},
    )
    on = TypedDateField(
        label=_("Form sent on"),
        required=False,
        help_text=_("For example 21.5.2027. Leave empty to take the marks away."),
    )

    def __init__(self, *args, rows=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipalities"].choices = [(row.code, row.code) for row in rows]
        self.fields["on"].initial = clock.today()
