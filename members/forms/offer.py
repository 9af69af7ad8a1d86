"""Forms for offers and for the City of Helsinki's decisions on them."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from members.models import AgreementState, AgreementVersion, Municipality, MunicipalityLanguage, Offer, Scheme
from members.models.offer import check_deadline


class OfferForm(PortalForm):
    """What is put to the municipalities of one round."""

    version = forms.ModelChoiceField(
        label=_("Version of the agreement"),
        queryset=AgreementVersion.objects.none(),
        empty_label=_("Choose the version"),
    )
    tariff = forms.ModelChoiceField(
        label=_("Tariff"), queryset=Scheme.objects.tariffs(), empty_label=_("Choose the tariff")
    )
    decide_by = TypedDateField(
        label=_("The decision should be legally final by"),
        validators=[check_deadline],
        help_text=_("A working day, not in July. For example 21.5.2027."),
    )
    joins_on = TypedDateField(label=_("Membership from"))
    case_number = forms.CharField(
        label=_("Helsinki's case number"), max_length=40, help_text=_("For example HEL 2026-004117.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = AgreementVersion.objects.filter(state=AgreementState.APPROVED)

    def clean(self):
        """Refuse an offer whose days contradict each other."""
        cleaned = super().clean()
        decide_by, joins_on = cleaned.get("decide_by"), cleaned.get("joins_on")
        if decide_by and decide_by <= clock.today():
            self.add_error("decide_by", _("That day has passed."))
        if decide_by and joins_on and joins_on <= decide_by:
            self.add_error("joins_on", _("The decision must be final before the membership begins."))
        return cleaned

    def make(self, by):
        """Save the offer and return it."""
        offer = Offer(opened_by=by, **self.details)
        offer.full_clean()
        offer.save()
        return offer


class InviteForm(PortalForm):
    """Which municipalities the offer is put to."""

    names = forms.CharField(
        label=_("Municipalities"),
        required=False,
        widget=forms.Textarea,
        help_text=_(
            "Names or codes, one on each line or parted by commas. Leave empty to choose by language or region."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("any")), *MunicipalityLanguage.choices]
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    everyone = forms.BooleanField(
        label=_("All who are not members and have no joining under way"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = "region_sv" if get_language() == "sv" else "region_fi"
        regions = Municipality.objects.order_by(name).values_list("region_code", name).distinct()
        self.fields["region"].choices = [("", _("any")), *regions]

    def clean(self):
        """Find the municipalities; a name that fits none is said beside the field."""
        cleaned = super().clean()
        rows = Municipality.objects.current()
        names = [
            n.strip() for line in cleaned.get("names", "").splitlines() for n in line.split(",") if n.strip()
        ]
        if names:
            found = {n: rows.filter(code=n).first() or self._by_name(rows, n) for n in names}
            unknown = [n for n, m in found.items() if m is None]
            if unknown:
                self.add_error(
                    "names", _("No municipality by this name: %(names)s.") % {"names": ", ".join(unknown)}
                )
            rows = rows.filter(pk__in=[m.pk for m in found.values() if m])
        elif not (cleaned.get("language") or cleaned.get("region") or cleaned.get("everyone")):
            self.add_error("names", _("Say which municipalities are invited."))
        if cleaned.get("language"):
            rows = rows.filter(language=cleaned["language"])
        if cleaned.get("region"):
            rows = rows.filter(region_code=cleaned["region"])
        cleaned["municipalities"] = rows
        return cleaned

    @staticmethod
    def _by_name(rows, name):
        return rows.filter(name_fi__iexact=name).first() or rows.filter(name_sv__iexact=name).first()


class ApproveForm(PortalForm):
    """Helsinki's decision on a version of the agreement."""

    body_fi = forms.CharField(label=_("Who decided, in Finnish"), max_length=120)
    body_sv = forms.CharField(label=_("Who decided, in Swedish"), max_length=120)
    decided_on = TypedDateField(label=_("Date of Helsinki's decision"))
    section = forms.CharField(label=_("Section (§)"), max_length=20)
    case_number = forms.CharField(label=_("Case number"), max_length=40)


class SigningForm(PortalForm):
    """Helsinki's one decision on every joining of the signing list."""

    confirmed_on = TypedDateField(label=_("Date of Helsinki's decision"), initial=clock.today)
    confirmed_body = forms.CharField(label=_("Who decided?"), max_length=120)
    confirmed_section = forms.CharField(label=_("Section (§)"), max_length=20)
    confirmed_case_number = forms.CharField(label=_("Case number"), max_length=40)
    joins_on = TypedDateField(label=_("Members from"))
    chosen = forms.MultipleChoiceField(
        label=_("Municipalities of the decision"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, accessions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.accessions = list(accessions)
        self.fields["chosen"].choices = [(a.pk, self._line(a)) for a in self.accessions]
        self.fields["chosen"].initial = [a.pk for a in self.accessions]

    @staticmethod
    def _line(accession):
        deciding = accession.deciding
        section = f" § {deciding.section}" if deciding.section else ""
        return (
            f"{accession.municipality.name}: {deciding.body_shown}{section}, {deciding.meeting_on:%-d.%-m.%Y}"
        )

    @property
    def decision(self):
        """Return what is recorded on each."""
        return {k: v for k, v in self.details.items() if k != "chosen"}

    @property
    def confirmed(self):
        """Return the chosen accessions."""
        wanted = set(self.cleaned_data["chosen"])
        return [a for a in self.accessions if str(a.pk) in wanted]
