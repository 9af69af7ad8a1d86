"""Forms of handing in a decision without an account, and of what the service centre does with it."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium.forms import KeyedForm
from consortium.uploads import LIMIT_MB, DocumentField
from members.forms.handling import HandlingForm, OneLineField


class DigitsForm(forms.Form):
    """The six digits that stand in the letter and nowhere else."""

    digits = forms.CharField(
        label=_("The six digits in the letter"),
        max_length=20,
        help_text=_("They stand in the letter that came to the registry with the package."),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
    )


class HandInForm(HandlingForm):
    """What the minutes say, the extract, and who sends it."""

    ASIDE = HandlingForm.ASIDE | {"digits"}
    field_order = ["digits", "body", "meeting_on", "date_is_right", "outcome", "condition", "section"]
    field_order += ["case_number", "published_on", "extract", "sender_name", "sender_title", "sender_email"]

    digits = forms.CharField(
        label=_("The six digits in the letter"), max_length=20, required=False, widget=forms.HiddenInput
    )
    extract = DocumentField(
        label=_("Extract of the minutes"),
        help_text=format_lazy(
            _("Needed. PDF or photo (JPEG, PNG, HEIC), at most {limit} MB."), limit=LIMIT_MB
        ),
        error_messages={"required": _("Choose the file of the extract.")},
    )
    sender_name = OneLineField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    sender_title = OneLineField(
        label=_("Your title"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    sender_email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The receipt goes to this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def refuse_digits(self, words):
        """Ask for the digits anew, in sight; everything else stays as it was typed."""
        self.fields["digits"].widget = forms.TextInput(attrs={"class": "short", "inputmode": "numeric"})
        self.add_error("digits", words)


class SetAsideForm(KeyedForm):
    """Why something that was handed in is not recorded."""

    reason = forms.CharField(
        label=_("Why is it not recorded?"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("The sender reads this."),
    )
    remove_file = forms.BooleanField(
        label=_("Remove the file for good: it holds somebody's personal data or is not ours"), required=False
    )

    def __init__(self, *args, row, by, **kwargs):
        super().__init__(*args, **kwargs)
        if not by.is_staff or row.file_is_recorded or not row.extract:
            del self.fields["remove_file"]
        if not by.is_staff and row.extract:
            self.fields["reason"].help_text = _(
                "The sender reads this. If the file holds somebody's personal data, do not set it aside: "
                "write to the service centre, which removes the file."
            )


class RemoveFileForm(KeyedForm):
    """Removing a file needs no more than the press: the page says what follows."""
