"""Forms of the catalogue of e-resources."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consortium.forms import EditForm, PortalForm, TypedDateField
from members.models import Municipality
from procurement.models import Contract, Material, MaterialLanguage, Resource


class ResourceForm(EditForm):
    """What the public reads of an e-resource."""

    languages = forms.MultipleChoiceField(
        label=_("Languages of the material"),
        choices=[(kind.value, capfirst(kind.label)) for kind in MaterialLanguage],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )

    url = forms.URLField(
        label=_("Address"),
        required=False,
        assume_scheme="https",
        help_text=_("Where a customer begins. It is public."),
    )

    class Meta:
        model = Resource
        fields = [
            *(
                "title",
                "material",
                "languages",
                "about_fi",
                "about_sv",
                "url",
                "help_fi",
                "help_sv",
                "contract",
            ),
        ]
        help_texts = {
            "help_fi": _("For example: your own library."),
            "help_sv": _("For example: your own library."),
            "contract": _("Left empty for what municipalities have bought alone."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["material"].choices = [
            ("", _("Choose the material")),
            *((kind.value, capfirst(kind.label)) for kind in Material),
        ]
        self.fields["contract"].queryset = Contract.objects.order_by("number")
        self.fields["contract"].empty_label = _("none")
        for name in ("about_fi", "about_sv"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 3, "maxlength": 300})


class HoldingForm(PortalForm):
    """That a municipality has it, bought alone."""

    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.none(),
        empty_label=_("Choose the municipality"),
    )
    starts_on = TypedDateField(label=_("First day"))
    last_day = TypedDateField(label=_("Last day"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.objects.current()


class HoldingEndForm(PortalForm):
    """The last day on which a municipality has it."""

    last_day = TypedDateField(label=_("Last day"))
