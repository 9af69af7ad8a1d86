"""Forms of suppliers: written down, changed, withdrawn, bought by another."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms import PortalForm, TypedDateField
from members.models.municipality import check_business_id
from procurement.models import Supplier, SupplierLanguage

FIELDS = (*("name", "business_id", "foreign_id", "contact_name", "email", "phone", "website", "language"),)


class SupplierForm(PortalForm):
    """Who sells, and whom one writes to there."""

    name = forms.CharField(label=_("Name"), max_length=120)
    business_id = forms.CharField(
        label=_("Business ID"),
        max_length=9,
        required=False,
        validators=[check_business_id],
        help_text=_("For example 0201256-6. Empty for a company abroad."),
    )
    foreign_id = forms.CharField(label=_("Register number abroad"), max_length=40, required=False)
    contact_name = forms.CharField(label=_("Contact person"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("The award decision is told to this address.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    language = forms.ChoiceField(
        label=_("Language of letters"), choices=SupplierLanguage.choices, initial=SupplierLanguage.FINNISH
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record:
            for name in FIELDS:
                self.fields[name].initial = getattr(self.record, name)


class LeaveForm(PortalForm):
    """From when, and what has happened: the words stand in the letters to those concerned."""

    on = TypedDateField(label=_("From"))
    reason_fi = forms.CharField(
        label=_("What has happened, in Finnish"), max_length=1000, widget=forms.Textarea
    )
    reason_sv = forms.CharField(
        label=_("What has happened, in Swedish"), max_length=1000, widget=forms.Textarea
    )


class MergeForm(LeaveForm):
    """Which supplier has bought it, from when."""

    into = forms.ModelChoiceField(label=_("Bought by"), queryset=None, empty_label=None)
    field_order = ["form_key", "into", "on", "reason_fi", "reason_sv"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Supplier.objects.active().exclude(pk=self.record.pk)
