"""Forms of the award: the decision, its sending and standstill, challenges, the contract, the end without result."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.templatetags.portal import money
from procurement import award_dates
from procurement.models import AppealKind, AppealOutcome, Award, Decider, Sending

LONGEST = 3000


def _text(label, longest=1000, **more):
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea, **more)


class WinnerField(forms.ModelChoiceField):
    """An offer that is first in the order."""

    def __init__(self, **kwargs):
        super().__init__(queryset=None, empty_label=None, **kwargs)
        self.costs = {}

    def label_from_instance(self, offer):
        """Return whose it is and what it costs the whole a year."""
        cost = self.costs.get(offer.pk)
        return f"{offer.name}, {money(cost.total)}" if cost else offer.name


class AwardForm(PortalForm):
    """The decision on the offers: who won, who decided, on what grounds. ``found``: the Comparison it rests on."""

    offer = WinnerField(label=_("Winner"))
    decider = forms.ChoiceField(label=_("Whose decision"), choices=Decider.choices)
    body_fi = forms.CharField(label=_("Who decided, in Finnish"), max_length=120)
    body_sv = forms.CharField(label=_("Who decided, in Swedish"), max_length=120)
    decided_on = TypedDateField(label=_("Date of the decision"))
    section = forms.CharField(
        label=_("Section (§)"), max_length=20, required=False, help_text=_("Helsinki's decision has one.")
    )
    case_number = forms.CharField(
        label=_("Case number"), max_length=40, required=False, help_text=_("For example HEL 2026-004117.")
    )
    reason_fi = _text(
        _("Reasons in Finnish"), LONGEST, help_text=_("Everyone reads them: nothing of other offers.")
    )
    reason_sv = _text(_("Reasons in Swedish"), LONGEST)

    def __init__(self, *args, found=None, **kwargs):
        super().__init__(*args, **kwargs)
        first = [place.key for place in found.places if place.place == 1]
        field = self.fields["offer"]
        field.costs = found.costs
        field.queryset = self.record.offers.standing().filter(pk__in=first).select_related("supplier")
        if found.lot is not None:
            field.required, field.empty_label = False, _("nobody: the lot ends without a contract")
        before = Award.objects.exclude(procurement=self.record).order_by("-pk").first()
        for name in ("body_fi", "body_sv") if before else ():
            self.fields[name].initial = getattr(before, name)
        self.fields["case_number"].initial = self.record.case_number

    def clean(self):
        """Ask for § and case number of a decision of Helsinki's."""
        cleaned = super().clean()
        if cleaned.get("decider") == Decider.HELSINKI:
            for name, words in (
                ("section", _("Give the section, for example § 12.")),
                ("case_number", _("Give the case number, for example HEL 2026-004117.")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return cleaned


class SendForm(PortalForm):
    """When and how the decision went to the tenderers; another last day of the standstill where one was decided."""

    sent_on = TypedDateField(label=_("Sent to the tenderers on"))
    sending = forms.ChoiceField(label=_("How it was sent"), choices=Sending.choices)
    standstill_until = TypedDateField(
        label=_("Last day of the standstill"),
        required=False,
        help_text=_("Empty: as the Act has it. A later day, or one that was chosen, is written here."),
    )
    standstill_source = forms.CharField(
        label=_("Where that day comes from"),
        max_length=200,
        required=False,
        help_text=_("For example decision § 12."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sent_on"].initial = clock.today()

    def clean(self):
        """Ask where a typed day comes from."""
        cleaned = super().clean()
        if cleaned.get("standstill_until") and not cleaned.get("standstill_source"):
            self.add_error("standstill_source", _("Say where the day comes from."))
        return cleaned

    @property
    def details(self):
        """Return what the step is called with: the typed days, and what the Act counts from the day of sending."""
        found = super().details
        _advice, table = award_dates.after(
            self.record,
            sent_on=found["sent_on"],
            sending=found["sending"],
            standstill_chosen=found["standstill_until"] is not None,
        )
        return found | {"timetable": table}


class RetimeForm(PortalForm):
    """Another last day of the standstill, and where it comes from."""

    standstill_until = TypedDateField(label=_("Last day of the standstill"))
    standstill_source = forms.CharField(label=_("Where that day comes from"), max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["standstill_until"].initial = self.record.standstill_until


class AppealForm(PortalForm):
    """That the award has been challenged, and how the participants manage meanwhile."""

    kind = forms.ChoiceField(label=_("What was filed"), choices=AppealKind.choices)
    filed_on = TypedDateField(label=_("Filed on"))
    known_on = TypedDateField(label=_("Known to us on"))
    filed_by = forms.CharField(label=_("Who filed it"), max_length=120, required=False)
    case_number = forms.CharField(label=_("Case number"), max_length=40, required=False)
    arrangement_fi = _text(
        _("Temporary arrangement in Finnish"),
        required=False,
        help_text=_("How the participants manage meanwhile. It stands in the notice to them."),
    )
    arrangement_sv = _text(_("Temporary arrangement in Swedish"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["known_on"].initial = clock.today()

    def clean(self):
        """Ask for the arrangement in both languages."""
        cleaned = super().clean()
        for name, other in (("arrangement_fi", "arrangement_sv"), ("arrangement_sv", "arrangement_fi")):
            if cleaned.get(other) and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Write it in both languages."))
        return cleaned


class ArrangeForm(PortalForm):
    """How the participants manage while a challenge is pending."""

    arrangement_fi = _text(_("Temporary arrangement in Finnish"))
    arrangement_sv = _text(_("Temporary arrangement in Swedish"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("arrangement_fi", "arrangement_sv"):
            self.fields[name].initial = getattr(self.record, name)


class SettleForm(PortalForm):
    """What came of a challenge."""

    outcome = forms.ChoiceField(label=_("What came of it"), choices=AppealOutcome.choices)
    settled_on = TypedDateField(label=_("Settled on"))
    note = _text(_("Note of the service centre"), 2000, required=False)


class AnnulForm(PortalForm):
    """When and why the decision was annulled."""

    on = TypedDateField(label=_("Annulled on"))
    reason_fi = _text(_("Why it was annulled, in Finnish"))
    reason_sv = _text(_("Why it was annulled, in Swedish"))


class ContractForm(PortalForm):
    """When the contract was signed."""

    signed_on = TypedDateField(label=_("Contract signed on"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].initial = clock.today()


class VoidForm(PortalForm):
    """Why the procurement ends without result, as everyone reads it."""

    reason_fi = _text(_("Why it ends without result, in Finnish"))
    reason_sv = _text(_("Why it ends without result, in Swedish"))
