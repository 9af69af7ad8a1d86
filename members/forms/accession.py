"""Forms that drive the steps of an accession."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from members.forms.answering import ask_signatory_by_title, ask_who_answers
from members.forms.handling import HandlingForm, OneLineField
from members.models import Body
from members.models.decision import GOES_ON, Channel
from members.models.handling import Overtaken
from members.models.states import FinalityGround

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class SendForm(PortalForm):
    """Sending needs no more than the press: the page shows what leaves and to whom."""


class ScheduleForm(PortalForm):
    """When the municipality's body meets."""

    meeting_on = TypedDateField(label=_("Date of the meeting"))
    meeting_body = forms.ChoiceField(label=_("Which body meets?"), choices=Body, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record:
            last = next(reversed(self.record.standing), None)
            guess = last.next_body if last else Body.BOARD  # most likely; the choice stays in sight
            self.initial["meeting_body"] = self.record.meeting_body or guess
            self.initial["meeting_on"] = self.record.meeting_on

    def clean_meeting_on(self):
        """Refuse a day that has passed: then there is a decision to record."""
        day = self.cleaned_data["meeting_on"]
        if day < clock.today():
            raise ValidationError(_("That day has passed. If the body met, record what it decided."))
        return day


class DecisionForm(HandlingForm):
    """One handling of the matter, to be recorded; begun from what is known of it already."""

    INSIDE = HandlingForm.INSIDE | {
        "published_on": ("minutes_published", "yes"),
        "stated_final_on": ("minutes_published", "no"),
    }
    MORE = ["body_name", "presenter"]
    TYPED_BY_STAFF = {"channel", "received_from", "received_on"}
    field_order = [
        "body",
        "meeting_on",
        "date_is_right",
        "outcome",
        "condition",
        "next_meeting_on",
        "section",
    ]
    field_order += ["case_number", "minutes_published", "published_on", "stated_final_on", "extract"]

    body_name = OneLineField(
        label=_("The body's own name"),
        max_length=120,
        required=False,
        help_text=_("For example Committee for Education and Culture. May be left empty."),
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
    stated_final_on = TypedDateField(
        label=_("Date of finality, as the municipality states it"),
        required=False,
        help_text=_("Only if the minutes are not published, or on Åland: then nothing is reckoned."),
    )
    presenter = OneLineField(label=_("Presenter"), max_length=120, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    hand_in = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.overtaken_by = None
        if self.by is not None and self.by.is_staff:
            self._ask_how_it_came()
        ask_who_answers(self)
        if self.record:
            self._begin_from_what_is_known()
        if self.record and self.record.municipality.is_aland:
            del self.fields["minutes_published"]

    def _ask_how_it_came(self):
        """Staff record on behalf: how it came, from whom, when."""
        self.fields["channel"] = forms.ChoiceField(
            label=_("How did it come to the service centre?"), choices=Channel, widget=forms.RadioSelect
        )
        self.fields["received_from"] = OneLineField(label=_("From whom?"), max_length=120)
        self.fields["received_on"] = TypedDateField(label=_("When did it come?"), initial=clock.today)

    def _begin_from_what_is_known(self):
        """A librarian's entry goes before what was handed in, and that before the meeting that was recorded."""
        newest = self.record.newest_entry
        self.initial["seen"] = newest.pk if newest else 0
        handed = self.record.hand_ins.waiting().first()
        prepared = self.record.decisions.prepared().first()
        if handed:
            self.initial["hand_in"] = handed.pk
            self._say_how_it_was_handed_in(handed)
        if begun_from := prepared or handed:
            self.fill_from(begun_from)
        else:
            self._fill_from_the_meeting()
        if with_file := next((row for row in (prepared, handed) if row and row.extract), None):
            self.keep_file(with_file)

    def _say_how_it_was_handed_in(self, handed):
        self.initial["channel"] = Channel.LINK
        self.initial["received_from"] = handed.sender[:120]
        self.initial["received_on"] = clock.date_of(handed.received_at)

    def _fill_from_the_meeting(self):
        """The body that was to meet, and the day when it has come; else the body to which the last one passed it on."""
        record, last = self.record, next(reversed(self.record.standing), None)
        self.initial["body"] = record.meeting_body or (last.next_body if last else None)
        if record.meeting_on and record.meeting_on <= clock.today():
            self.initial["meeting_on"] = record.meeting_on
        if last:
            self.initial["case_number"] = last.case_number

    def fill_from(self, earlier):
        """Begin from an earlier entry: a librarian's, one that was handed in, or the one that is corrected."""
        for name in self.fields.keys() - self.ASIDE - self.TYPED_BY_STAFF - {"extract", "seen", "hand_in"}:
            self.initial[name] = getattr(earlier, name, None)
        self.initial["minutes_published"] = "yes" if getattr(earlier, "minutes_published", True) else "no"

    def clean_hand_in(self):
        """Return the row that the form began from while it still waits, or None."""
        return self.record.hand_ins.waiting().filter(pk=self.cleaned_data["hand_in"]).first()

    def clean(self):
        """Turn the words into the step's values; what the choices do not ask for is left out."""
        cleaned = super().clean()
        asks_publication = "minutes_published" in self.fields
        cleaned["minutes_published"] = cleaned.get("minutes_published") != "no" and asks_publication
        if cleaned["minutes_published"]:
            cleaned["stated_final_on"] = None
        elif asks_publication:
            cleaned["published_on"] = None
        if cleaned.get("outcome") not in GOES_ON:
            cleaned["next_meeting_on"] = None
        return cleaned

    def add_error(self, field, error):
        """Also keep the entry that was faster: the page offers to change it, and from now on it has been seen."""
        super().add_error(field, error)
        for refusal in self.non_field_errors().as_data():
            if isinstance(refusal, Overtaken):
                self.overtaken_by = refusal.decision
                self.data = self.data.copy()
                self.data["seen"] = self.record.newest_entry.pk

    @property
    def is_of_the_same_meeting(self):
        """Tell whether the entry that was faster is of this very meeting: then this one can only take its place."""
        other, typed = self.overtaken_by, self.cleaned_data
        return (other.body, other.meeting_on) == (typed.get("body"), typed.get("meeting_on"))

    @property
    def change_reason(self):
        """Return the field in which one who came second says why her entry should hold."""
        return ChangeForm(self.data)["correction_reason"]


class ChangeForm(forms.Form):
    """Why an entry should take the place of the one that was there first."""

    correction_reason = forms.CharField(
        label=_("Why should yours hold instead?"),
        max_length=300,
        required=False,
        help_text=_("Needed only if you submit yours as a change."),
    )


class CorrectForm(DecisionForm):
    """The same, in place of an entry that was wrong."""

    correction_reason = forms.CharField(label=_("Why is the earlier entry corrected?"), max_length=300)

    def __init__(self, *args, corrects=None, **kwargs):
        self.corrects = corrects
        super().__init__(*args, **kwargs)
        del self.fields["seen"]  # what it strikes has been seen
        if corrects.minutes_published and not corrects.published_on:  # most often the day alone is added
            self.initial["correction_reason"] = _("The day of publication is added.")
        self.known_day = corrects.meeting_on
        self.fill_from(corrects)
        if corrects.extract:
            self.keep_file(corrects)
        self.order_fields(["correction_reason"])

    def _begin_from_what_is_known(self):
        """A correction begins from the entry it corrects."""

    @property
    def details(self):
        """Return the step's values with the entry that is struck."""
        return super().details | {"corrects": self.corrects}


class RenewForm(PortalForm):
    """Until when the decision can be handed in again."""

    hand_in_until = TypedDateField(label=_("Handing in is open until"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record:
            in_a_month = clock.today() + dt.timedelta(days=30)
            self.fields["hand_in_until"].initial = max(self.record.offer.decide_by, in_a_month)

    def clean_hand_in_until(self):
        """Refuse a day that has passed."""
        if self.cleaned_data["hand_in_until"] < clock.today():
            raise ValidationError(_("That day has passed."))
        return self.cleaned_data["hand_in_until"]


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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ask_signatory_by_title(self)

    def clean(self):
        """Put name and title together where they were asked apart."""
        cleaned = super().clean()
        if title := cleaned.pop("signatory_title", ""):
            cleaned["signatory"] = f"{cleaned.get('signatory', '')}, {title}"
        return cleaned

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


class PutAsideForm(PortalForm):
    """Until when, and why, the matter is left out of the queue and the reminders."""

    aside_until = TypedDateField(
        label=_("Put aside until"),
        required=False,
        help_text=_("For example 21.5.2027. Empty, or a day that has come, takes the matter up at once."),
    )
    aside_reason = forms.CharField(
        label=_("Why, in a word"),
        max_length=300,
        required=False,
        help_text=_("For example: director on leave, call the deputy."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record and self.record.is_aside:
            self.initial = {"aside_until": self.record.aside_until, "aside_reason": self.record.aside_reason}

    def clean(self):
        """Ask for the reason where there is a day to wait for."""
        cleaned = super().clean()
        until = cleaned.get("aside_until")
        ahead = until and until > clock.today()
        if ahead and not cleaned.get("aside_reason", "").strip():
            self.add_error("aside_reason", _("Say in a word why the matter is put aside."))
        if not ahead and "aside_until" in cleaned and not self.record.is_aside:
            self.add_error("aside_until", _("Write a day that is still to come: the matter is not aside."))
        return cleaned
