"""Who answers, asked where the account does not say it: a shared mailbox, or a person whose name is unknown."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.handling import OneLineField
from members.rules import represents


def ask_who_answers(form):
    """Add the answering person's name and title to the form of an official answer, where they are needed."""
    by, record = form.by, form.record
    if by is None or record is None or by.is_staff or not by.is_nameless or not represents(by, record):
        return
    form.fields["answered_name"] = OneLineField(
        label=_("Who answers for the municipality?"),
        max_length=120,
        help_text=_(
            "Your own name. This address is read by several people, or your name is not known here yet."
        ),
    )
    form.fields["answered_title"] = OneLineField(label=_("Your title"), max_length=120)


def ask_signatory_by_title(form):
    """Ask the title in a field of its own where the account does not say who signs."""
    by = form.by
    if by is None or by.is_staff or not by.is_nameless:
        return
    form.fields["signatory"].label, form.fields["signatory"].help_text = _("Signed by (name)"), ""
    form.fields["signatory"].max_length = 60
    form.fields["signatory_title"] = forms.CharField(label=_("The signatory's title"), max_length=55)
