"""Forms of what is shared in a procurement: questions, papers, groups, wishes."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.uploads import DocumentField
from members.models import Municipality
from members.models.decision import Channel
from procurement.models import UNDER_WAY, Paper, PaperKind, Procurement, Readers

CAME_BY = [choice for choice in Channel.choices if choice[0] != Channel.LINK]


class PlaceField(forms.ModelChoiceField):
    """One of the municipalities that a person acts for; the only one is chosen beforehand."""

    def __init__(self, **kwargs):
        super().__init__(
            Municipality.objects.none(), **{"label": _("Municipality"), "empty_label": _("Choose")} | kwargs
        )

    def offer(self, places):
        """Take the municipalities that may be chosen."""
        self.queryset = places.order_by("sort_key_fi")
        if len(self.queryset) == 1:
            self.initial, self.empty_label = self.queryset[0].pk, None

    def label_from_instance(self, place):
        """Return the municipality's name in the page's language."""
        return place.name


class OnBehalfForm(PortalForm):
    """A form that the service centre also fills in for a municipality: then it says how, from whom and when."""

    TYPED_BY_STAFF = ("channel", "received_from", "received_on")
    places = Municipality.objects.current

    municipality = PlaceField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.by.is_staff:
            self.fields["municipality"].offer(self.places())
            self.fields["channel"] = forms.ChoiceField(label=_("How did it come?"), choices=CAME_BY)
            self.fields["received_from"] = forms.CharField(label=_("From whom?"), max_length=120)
            self.fields["received_on"] = TypedDateField(label=_("When did it come?"), initial=clock.today)
        else:
            self.fields["municipality"].offer(Municipality.objects.of(self.by))


def _both(label_fi, label_sv, most):
    fields = {"fi": label_fi, "sv": label_sv}
    return [forms.CharField(label=label, max_length=most, widget=forms.Textarea) for label in fields.values()]


class QuestionForm(PortalForm):
    """A question about a procurement."""

    municipality = PlaceField(label=_("For which municipality do you ask?"))
    text = forms.CharField(
        label=_("Your question"),
        max_length=1200,
        widget=forms.Textarea,
        help_text=_("Question and answer are shared with all, without your municipality's name."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].offer(Municipality.objects.of(self.by))


class AnswerQuestionForm(PortalForm):
    """The answer in both languages, and the question as all read it."""

    question_fi, question_sv = _both(
        _("Question as all read it, in Finnish"), _("Question as all read it, in Swedish"), 1200
    )
    answer_fi, answer_sv = _both(_("Answer in Finnish"), _("Answer in Swedish"), 3000)
    shared = forms.BooleanField(
        label=_("Shared with all"),
        required=False,
        initial=True,
        help_text=_("Leave out the tick when the question is the municipality's own matter alone."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("question_fi", "question_sv", "answer_fi", "answer_sv"):
            self.fields[name].initial = getattr(self.record, name)
        if not self.record.question_fi:
            own = "question_sv" if self.record.language == "sv" else "question_fi"
            self.fields[own].initial = self.record.text


class CorrectAnswerForm(AnswerQuestionForm):
    """A better wording; with whom it is shared stays."""

    shared = None


class PaperForm(PortalForm):
    """A file of a procurement, for the service centre until it is published."""

    title = forms.CharField(label=_("Title of the paper"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=PaperKind.choices)
    language = forms.ChoiceField(
        label=_("Language of the paper"), choices=Paper._meta.get_field("language").choices
    )
    file = DocumentField(label=_("File"))
    contains_volumes = forms.TypedChoiceField(
        label=_("Does it contain volumes, ceilings or offers?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )


class PublishForm(PortalForm):
    """Who may read a paper. Whether it contains volumes is asked each time, with no answer beforehand."""

    contains_volumes = forms.TypedChoiceField(
        label=_("Does this contain volumes, ceilings or offers?"),
        choices=[("yes", _("Yes, it does")), ("no", _("No, I have looked through it"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=[choice for choice in Readers.choices if choice[0] != Readers.STAFF],
        widget=forms.RadioSelect,
    )
    meant = forms.BooleanField(
        label=_("It contains volumes, and these readers are meant to see them"), required=False
    )


class WithdrawPaperForm(PortalForm):
    """Why a paper is taken back."""

    reason = forms.CharField(label=_("Why is it taken back?"), max_length=300)


class CallForm(PortalForm):
    """What a group does, and until when one offers to take part."""

    text_fi, text_sv = _both(_("What the group does, in Finnish"), _("What the group does, in Swedish"), 1200)
    offer_by = TypedDateField(label=_("Offer by"))


class OfferSeatForm(PortalForm):
    """An offer to take part in a group."""

    municipality = PlaceField()
    about = forms.CharField(
        label=_("What would you bring to the group?"),
        max_length=300,
        required=False,
        help_text=_("A word on your work is enough. The service centre reads it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].offer(Municipality.objects.of(self.by))


class NameSeatForm(PortalForm):
    """A person who has agreed to take part, by the address of the account."""

    email = forms.EmailField(label=_("E-mail address of the person"))
    municipality = PlaceField(required=False, help_text=_("Needed when the person acts for several."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["municipality"].offer(Municipality.objects.current())

    def clean(self):
        """Find the person and the municipality for which the person acts."""
        cleaned = super().clean()
        email, place = cleaned.get("email"), cleaned.get("municipality")
        if not email:
            return cleaned
        user = get_user_model().objects.filter(email__iexact=email, is_active=True).first()
        places = list(Municipality.objects.of(user)) if user else []
        if not places:
            self.add_error("email", _("Nobody with this address acts for a municipality here."))
        elif place and place not in places:
            self.add_error("municipality", _("The person does not act for this municipality."))
        elif not place and len(places) > 1:
            self.add_error("municipality", _("The person acts for several: choose one."))
        else:
            cleaned |= {"user": user, "municipality": place or places[0]}
        return cleaned


class DeclineSeatForm(PortalForm):
    """Why there is no seat; the person reads it."""

    reason = forms.CharField(
        label=_("Why is there no seat?"), max_length=300, help_text=_("The person reads it.")
    )


class WishForm(OnBehalfForm):
    """What a municipality wishes for, why, and how much it would be used."""

    what = forms.CharField(
        label=_("What do you wish for?"), max_length=120, help_text=_("For example: audiobooks in Swedish.")
    )
    why = forms.CharField(label=_("Why?"), max_length=1200, widget=forms.Textarea)
    use = forms.CharField(
        label=_("How much would it be used?"),
        max_length=300,
        help_text=_("For example: 40 loans a month, all upper secondary schools."),
    )


class EditWishForm(PortalForm):
    """A better wording of a wish."""

    what, why, use = (WishForm.base_fields[name] for name in ("what", "why", "use"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("what", "why", "use"):
            self.fields[name].initial = getattr(self.record, name)


class EndorseForm(PortalForm):
    """For which municipality one wishes for the same."""

    municipality = PlaceField()
    use = forms.CharField(label=_("How much would it be used?"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = Municipality.objects.current() if self.by.is_staff else Municipality.objects.of(self.by)
        places = places.exclude(pk=self.record.municipality_id)
        self.fields["municipality"].offer(places.exclude(endorsements__wish=self.record))


class TakeBackForm(PortalForm):
    """Whose endorsement is taken back."""

    municipality = PlaceField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = Municipality.objects.filter(endorsements__wish=self.record)
        if not self.by.is_staff:
            places = places & Municipality.objects.of(self.by)
        self.fields["municipality"].offer(places)


class GatherForm(PortalForm):
    """The procurement that a wish becomes a part of."""

    procurement = forms.ModelChoiceField(
        label=_("Procurement"),
        queryset=Procurement.objects.none(),
        empty_label=_("Choose the procurement"),
        help_text=_("Prepare a new one first, if none fits."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procurement"].queryset = Procurement.objects.filter(state__in=UNDER_WAY)


class DeclineWishForm(PortalForm):
    """Why a wish is not taken forward; those who wished for it read it."""

    answer_fi, answer_sv = _both(
        _("Why it is not taken forward, in Finnish"), _("Why it is not taken forward, in Swedish"), 1200
    )
