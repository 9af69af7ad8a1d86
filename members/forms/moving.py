"""The form that moves an entry to the municipality it belongs to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms import PortalForm
from members.models import Accession


class ByName(forms.ModelChoiceField):
    """An accession chosen by its municipality's name."""

    def label_from_instance(self, accession):
        """Return the municipality's name."""
        return accession.municipality.name


class MoveForm(PortalForm):
    """Whose decision it is, and why it moves."""

    to = ByName(
        label=_("Which municipality's decision is it?"),
        queryset=Accession.objects.none(),
        empty_label=_("Choose the municipality"),
        help_text=_("Those whose joining is under way."),
    )
    reason = forms.CharField(
        label=_("Why is it moved?"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("Both municipalities are told this."),
    )

    def __init__(self, *args, decision=None, **kwargs):
        self.decision = decision
        super().__init__(*args, **kwargs)
        rows = Accession.objects.filter(state__in=Accession.HANDLED).exclude(pk=self.record.pk)
        self.fields["to"].queryset = rows.select_related("municipality")

    @property
    def details(self):
        """Return the step's values with the entry that is moved."""
        return super().details | {"decision": self.decision}
