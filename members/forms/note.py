"""The form for a note of the service centre's."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms import KeyedForm


class NoteForm(KeyedForm):
    """One note about a municipality's matters."""

    text = forms.CharField(
        label=_("New note"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("About matters, not about people. The person may ask to read this."),
        error_messages={
            "required": _("Write the note, for example: the matter is on the board's list in May.")
        },
    )
