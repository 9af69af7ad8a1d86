"""Forms of the year's steps: the steering group's proposal, Helsinki's decision, a merger settled by a person."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium.forms import KeyedForm, PortalForm, TypedDateField
from consortium.templatetags.portal import money, number
from members.models import Alternative, AnnualBudget


class AlternativeField(forms.ModelChoiceField):
    """One of a year's saved alternatives, by its letter, with its name and sum."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Alternative"))
        super().__init__(queryset=Alternative.objects.none(), empty_label=None, **kwargs)
        self.error_messages["required"] = _("Choose the alternative.")

    def label_from_instance(self, row):
        """Return how an alternative is told from another: A, by population: 74 998,20 €, 40 municipalities."""
        name = f"{row.letter}, {row.title or row.get_kind_display()}"
        words = ngettext("%(n)s municipality", "%(n)s municipalities", len(row.fees))
        return f"{name}: {money(row.total)}, {words % {'n': number(len(row.fees))}}"


class ProposeForm(PortalForm):
    """What the steering group proposed, and when."""

    alternative = AlternativeField()
    proposed_on = TypedDateField(label=_("Date of the steering group's meeting"))
    proposed_section = forms.CharField(
        label=_("Section (§)"),
        max_length=20,
        required=False,
        help_text=_("Of the minutes, if it is known. For example § 12."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alternative"].queryset = self.record.alternatives.order_by("-number")
        self.fields["alternative"].initial = self.record.proposal_id


class DecideForm(PortalForm):
    """Helsinki's decision on the year's fees."""

    alternative = AlternativeField(label=_("Alternative of the decision"))
    body_fi = forms.CharField(label=_("Who decided, in Finnish"), max_length=120)
    body_sv = forms.CharField(label=_("Who decided, in Swedish"), max_length=120)
    decided_on = TypedDateField(label=_("Date of Helsinki's decision"))
    section = forms.CharField(label=_("Section (§)"), max_length=20)
    case_number = forms.CharField(
        label=_("Case number"), max_length=40, help_text=_("For example HEL 2026-004117.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alternative"].queryset = self.record.alternatives.order_by("-number")
        self.fields["alternative"].initial = self.record.proposal_id
        if before := AnnualBudget.objects.decided().exclude(pk=self.record.pk).first():
            self.fields["body_fi"].initial, self.fields["body_sv"].initial = before.body_fi, before.body_sv


class MergerForm(KeyedForm):
    """What a person has decided on the fee and the contracts of a merged municipality."""

    text = forms.CharField(
        label=_("What was decided"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("Fee of the year, membership, contracts; who decided. It is kept as a note."),
        error_messages={"required": _("Write what was decided on the fee and the contracts.")},
    )
