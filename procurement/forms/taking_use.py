"""Forms of taking into use: one part of a municipality's list each, short enough for a phone."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consortium.forms import PortalForm, TypedDateField
from procurement.models import Identification, UseKind


class ContactForm(PortalForm):
    """Whom the supplier can ask."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("One of the two is enough. Both are given to the supplier."),
    )

    def clean(self):
        """Refuse a contact that nobody can reach."""
        cleaned = super().clean()
        if not self.errors and not (cleaned.get("email") or cleaned.get("phone")):
            self.add_error("email", _("Give an e-mail address or a telephone number."))
        return cleaned


class TechnicalForm(PortalForm):
    """How the service knows the library's customers."""

    method = forms.ChoiceField(
        label=_("How customers are identified"),
        choices=[(kind.value, capfirst(kind.label)) for kind in Identification],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how customers are identified.")},
    )
    text = forms.CharField(
        label=_("What the supplier must know"),
        max_length=600,
        required=False,
        widget=forms.Textarea,
        help_text=_(
            "For example the library system, an address, a port. No passwords: those go by telephone."
        ),
    )


class MaterialForm(PortalForm):
    """Whether customers and staff will know of it."""

    text = forms.CharField(
        label=_("What you have, or what you still need"),
        max_length=600,
        widget=forms.Textarea,
        help_text=_("For example: poster and link on our pages are ready, staff trained on 12.5."),
        error_messages={"required": _("Write a few words about the material.")},
    )


class DateForm(PortalForm):
    """From which day customers can use it."""

    on = TypedDateField(label=_("Customers can use it from"))


FORMS = {
    UseKind.CONTACT: ContactForm,
    UseKind.TECHNICAL: TechnicalForm,
    UseKind.MATERIAL: MaterialForm,
    UseKind.DATE: DateForm,
}
