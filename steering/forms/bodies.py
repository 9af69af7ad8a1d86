"""Forms of bodies and seats: a new body, candidates, Helsinki's appointment, the end of a term."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.templatetags.portal import place_name
from members.models import Municipality
from steering.models import Appointment, BodyKind, Candidate, CandidateState, Office, Place, SeatKind
from steering.seat_emails import role_of

MOST_SEATS = 25


class BodyForm(PortalForm):
    """A new body and how many seats of each kind it has."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BodyKind.choices)
    name_fi = forms.CharField(label=_("Name in Finnish"), max_length=120)
    name_sv = forms.CharField(label=_("Name in Swedish"), max_length=120)
    founded_on = TypedDateField(label=_("Founded on"), initial=clock.today)
    members = forms.IntegerField(label=_("Members' seats"), min_value=1, max_value=MOST_SEATS)
    experts = forms.IntegerField(
        label=_("Experts' seats"),
        min_value=0,
        max_value=MOST_SEATS,
        initial=0,
        help_text=_("Without a vote."),
    )
    secretaries = forms.IntegerField(
        label=_("Secretaries' seats"), min_value=0, max_value=MOST_SEATS, initial=1
    )

    chair_settles = forms.BooleanField(
        label=_("A tie goes by the chair's vote"), required=False, initial=True
    )
    deputy_for_conflict = forms.BooleanField(
        label=_("The deputy sits for a member who has a conflict of interest"), required=False, initial=True
    )

    @property
    def details(self):
        """Return the facts of the body, its seats as kinds in their order."""
        told = super().details
        numbers = {
            SeatKind.MEMBER: told.pop("members"),
            SeatKind.EXPERT: told.pop("experts"),
            SeatKind.SECRETARY: told.pop("secretaries"),
        }
        return told | {"seats": [kind for kind, number in numbers.items() for _n in range(number)]}


class SeatField(forms.ModelChoiceField):
    """One of a body's seats."""

    def __init__(self, **kwargs):
        super().__init__(queryset=None, label=_("Seat"), empty_label=_("Choose"), **kwargs)

    def label_from_instance(self, seat):
        """Return its number and kind."""
        return gettext("%(number)s, %(kind)s") % {"number": seat.number, "kind": seat.get_kind_display()}


class PlaceOfPeopleField(forms.ModelChoiceField):
    """The municipality whose people somebody represents."""

    def label_from_instance(self, place):
        """Return its name in the page's language."""
        return place_name(place)


class CandidateForm(PortalForm):
    """Somebody who is put forward for a place. ``record``: the body."""

    seat = SeatField()
    place = forms.ChoiceField(label=_("Place"), choices=Place.choices, widget=forms.RadioSelect)
    office = forms.ChoiceField(
        label=_("Office"), choices=[("", pgettext_lazy("office", "none")), *Office.choices], required=False
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("An account is made for the address when Helsinki appoints the person."),
    )
    municipality = PlaceOfPeopleField(
        queryset=Municipality.objects.none(),
        label=_("Municipality"),
        required=False,
        empty_label=_("none: an expert or a secretary"),
    )
    put_forward_by = forms.CharField(
        label=_("Who put the person forward?"), max_length=200, help_text=_("A municipality or a network.")
    )
    put_forward_on = TypedDateField(label=_("When?"), initial=clock.today)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seat"].queryset = self.record.seats.filter(ended_on__isnull=True)
        self.fields["place"].initial = Place.MEMBER
        self.fields["office"].initial = ""
        self.fields["municipality"].queryset = Municipality.objects.current().order_by("sort_key_fi")


class CandidatesField(forms.ModelMultipleChoiceField):
    """The candidates whom one decision appoints."""

    def __init__(self, **kwargs):
        super().__init__(queryset=None, widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, candidate):
        """Return seat, place, name and municipality."""
        facts = {"number": candidate.seat.number, "role": role_of(candidate), "name": candidate.name}
        words = gettext("Seat %(number)s, %(role)s: %(name)s") % facts
        return f"{words}, {place_name(candidate.municipality)}" if candidate.municipality else words


class AppointmentForm(PortalForm):
    """Helsinki's decision that appoints candidates for a time. ``record``: the body."""

    candidates = CandidatesField(label=_("Whom the decision appoints"))
    starts_on = TypedDateField(label=_("First day of the term"))
    ends_on = TypedDateField(label=_("Last day of the term"))
    body_fi = forms.CharField(label=_("Who decided, in Finnish"), max_length=120)
    body_sv = forms.CharField(label=_("Who decided, in Swedish"), max_length=120)
    decided_on = TypedDateField(label=_("Date of Helsinki's decision"))
    section = forms.CharField(label=_("Section (§)"), max_length=20, help_text=_("For example § 12."))
    case_number = forms.CharField(
        label=_("Case number"), max_length=40, help_text=_("For example HEL 2026-004117.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["candidates"]
        rows = Candidate.objects.filter(seat__body=self.record, state=CandidateState.PUT_FORWARD)
        field.queryset = rows.select_related("seat", "municipality")
        field.initial = [row.pk for row in field.queryset]
        before = Appointment.objects.order_by("-pk").first()
        for name in ("body_fi", "body_sv") if before else ():
            self.fields[name].initial = getattr(before, name)


class ResignForm(PortalForm):
    """The last day of a term that ends early, why, and who has the seat then. ``record``: the term."""

    last_day = TypedDateField(label=_("Last day"))
    because = forms.CharField(
        label=_("Why does it end?"), max_length=200, help_text=_("For the service centre and the person.")
    )
    deputy_takes_over = forms.TypedChoiceField(
        label=_("Who has the seat then?"),
        choices=[("yes", _("The deputy takes it")), ("no", _("Nobody, until Helsinki appoints somebody"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )

    def __init__(self, *args, leaves_on=None, earliest=None, has_deputy=False, **kwargs):
        super().__init__(*args, **kwargs)
        if earliest:
            words = gettext("%(day)s or later: the group met then, or was asked in writing.")
            self.fields["last_day"].help_text = words % {"day": f"{earliest:%-d.%-m.%Y}"}
        if leaves_on:
            self.fields["last_day"].initial = max(leaves_on, earliest or leaves_on)
            self.fields["because"].initial = gettext("The municipality leaves the consortium")
        if not has_deputy:
            del self.fields["deputy_takes_over"]


class StepDownForm(PortalForm):
    """Why a term that has not begun is removed."""

    because = forms.CharField(
        label=_("Why is it removed?"), max_length=200, help_text=_("For the service centre.")
    )
