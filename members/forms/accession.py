"""Forms that drive the steps of an accession."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.uploads import DocumentField
from members.models import Body, Outcome
from members.models.decision import Channel
from members.models.states import FinalityGround

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class SendForm(PortalForm):
    """Sending needs no more than the press: the page shows what leaves and to whom."""


class ScheduleForm(PortalForm):
    """When the municipality's body meets."""

    meeting_on = TypedDateField(label=_("Date of the meeting"))
    meeting_body = forms.ChoiceField(label=_("Which body meets?"), choices=Body, widget=forms.RadioSelect)

    def clean_meeting_on(self):
        """Refuse a day that has passed: then there is a decision to record."""
        day = self.cleaned_data["meeting_on"]
        if day < clock.today():
            raise ValidationError(_("That day has passed. If the body met, record what it decided."))
        return day


class DecisionForm(PortalForm):
    """One handling of the matter, as its minutes tell it."""

    body = forms.ChoiceField(label=_("Who decided?"), choices=Body, widget=forms.RadioSelect)
    body_name = forms.CharField(
        label=_("The body's own name"),
        max_length=120,
        required=False,
        help_text=_("For example Committee for Education and Culture. May be left empty."),
    )
    meeting_on = TypedDateField(label=_("Date of the meeting"))
    section = forms.CharField(
        label=_("Section (§)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    case_number = forms.CharField(
        label=_("The municipality's case number"),
        max_length=40,
        required=False,
        help_text=_("For example RauDno-2024-62. May be left empty."),
    )
    outcome = forms.ChoiceField(label=_("What was decided?"), choices=Outcome, widget=forms.RadioSelect)
    condition = forms.CharField(
        label=_("The change or condition, word for word"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Only if the body approved with a change or condition."),
    )
    next_meeting_on = TypedDateField(
        label=_("Next meeting on the matter"),
        required=False,
        help_text=_("If it goes on to another meeting and the day is known. For example 21.5.2027."),
    )
    minutes_published = forms.ChoiceField(
        label=_("Are the minutes published online?"),
        choices=[("yes", _("Yes, or they will be")), ("no", _("No, they are not published"))],
        initial="yes",
        widget=forms.RadioSelect,
    )
    published_on = TypedDateField(
        label=_("Minutes published online on"),
        required=False,
        help_text=_(
            "The appeal period is reckoned from this day. If you do not know it yet, it can be added later."
        ),
    )
    stated_final_on = TypedDateField(
        label=_("Date of finality, as the municipality states it"),
        required=False,
        help_text=_("Only if the minutes are not published, or on Åland: then nothing is reckoned."),
    )
    presenter = forms.CharField(label=_("Presenter"), max_length=120, required=False)
    extract = DocumentField(label=_("Extract of the minutes"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.by is not None and self.by.is_staff:
            self._ask_how_it_came()
        prepared = self.record.decisions.prepared().first() if self.record else None
        if prepared and not self.is_bound:
            self.fill_from(prepared)
        if self.record and self.record.municipality.is_aland:
            for name in ("minutes_published", "published_on"):
                del self.fields[name]

    def _ask_how_it_came(self):
        """Staff record on behalf: how it came, from whom, when."""
        self.fields["channel"] = forms.ChoiceField(
            label=_("How did it come to the service centre?"), choices=Channel, widget=forms.RadioSelect
        )
        self.fields["received_from"] = forms.CharField(label=_("From whom?"), max_length=120)
        self.fields["received_on"] = TypedDateField(label=_("When did it come?"), initial=clock.today)

    def fill_from(self, decision):
        """Begin from an earlier entry: a librarian's, or the one that is corrected."""
        for name in self.fields:
            if name not in {"form_key", "extract", "channel", "received_from", "received_on"}:
                self.initial[name] = getattr(decision, name, None)
        self.initial["minutes_published"] = "yes" if decision.minutes_published else "no"

    def clean_section(self):
        """Keep the number; the sign is written by the page."""
        return self.cleaned_data["section"].replace("§", "").strip()

    def clean(self):
        """Turn the words into the step's values; days that cannot be are said beside their fields."""
        cleaned = super().clean()
        today = clock.today()
        cleaned["minutes_published"] = (
            cleaned.get("minutes_published") != "no" and "minutes_published" in self.fields
        )
        for name in ("meeting_on", "published_on"):
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, _("That day is still to come. Only what has happened can be recorded."))
        if (
            cleaned.get("published_on")
            and cleaned.get("meeting_on")
            and cleaned["published_on"] < cleaned["meeting_on"]
        ):
            self.add_error("published_on", _("The minutes cannot have been published before the meeting."))
        if cleaned.get("outcome") == Outcome.APPROVED_CHANGED and not cleaned.get("condition"):
            self.add_error("condition", _("Write the change or condition as it stands in the minutes."))
        return cleaned


class CorrectForm(DecisionForm):
    """The same, in place of an entry that was wrong."""

    correction_reason = forms.CharField(label=_("Why is the earlier entry corrected?"), max_length=300)

    def __init__(self, *args, corrects=None, **kwargs):
        self.corrects = corrects
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fill_from(corrects)
        self.order_fields(["correction_reason"])

    @property
    def details(self):
        """Return the step's values with the entry that is struck."""
        return super().details | {"corrects": self.corrects}


class RespondForm(PortalForm):
    """Helsinki's view on an approval with a change or condition."""

    accepted = forms.ChoiceField(
        label=_("Does the decision stand as a decision to join?"),
        choices=[("yes", _("Yes, with the change or condition")), ("no", _("No, it is not a joining"))],
        widget=forms.RadioSelect,
    )
    view = forms.CharField(
        label=_("Helsinki's view, as it is told to the municipality"), widget=forms.Textarea
    )
    view_on = TypedDateField(label=_("Date of the view"), initial=clock.today)

    def clean_accepted(self):
        """Return True or False."""
        return self.cleaned_data["accepted"] == "yes"


class SignForm(PortalForm):
    """The municipality's signature."""

    signed_on = TypedDateField(label=_("Signed on"), initial=clock.today)
    signatory = forms.CharField(
        label=_("Signed by"),
        max_length=120,
        help_text=_("Name and title, for example Maija Esimerkki, Municipal Manager."),
    )

    def clean_signed_on(self):
        """Refuse a day that is still to come."""
        if self.cleaned_data["signed_on"] > clock.today():
            raise ValidationError(_("That day is still to come."))
        return self.cleaned_data["signed_on"]


class FinaliseForm(PortalForm):
    """The ground on which a person records that the decision is legally final."""

    finality_on = TypedDateField(label=_("Legally final on"))
    finality_ground = forms.ChoiceField(
        label=_("On what ground?"), choices=FinalityGround, widget=forms.RadioSelect
    )
    finality_note = forms.CharField(
        label=_("Who said so, and when?"),
        max_length=300,
        help_text=_("For example: registry, certificate of 4.1.2027."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record and self.record.deciding:
            self.fields["finality_on"].initial = self.record.deciding.final_on


class ConfirmForm(PortalForm):
    """Helsinki's decision on the joining, and the day from which the municipality is a member."""

    confirmed_on = TypedDateField(label=_("Date of Helsinki's decision"), initial=clock.today)
    confirmed_body = forms.CharField(label=_("Who decided?"), max_length=120)
    confirmed_section = forms.CharField(label=_("Section (§)"), max_length=20)
    confirmed_case_number = forms.CharField(label=_("Case number"), max_length=40)
    joins_on = TypedDateField(label=_("Member from"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record:
            self.fields["joins_on"].initial = max(self.record.offer.joins_on, clock.today())
            self.fields["confirmed_case_number"].initial = self.record.offer.case_number

    def clean_confirmed_section(self):
        """Keep the number; the sign is written by the page."""
        return self.cleaned_data["confirmed_section"].replace("§", "").strip()


class ReasonForm(PortalForm):
    """A reason on record, for stopping or reopening."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea)
