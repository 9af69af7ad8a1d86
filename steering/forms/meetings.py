"""Forms of a meeting before it begins: its day, its call, who comes, which day fits."""

import datetime as dt
import re

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.templatetags.portal import clock_time, weekday_moment
from steering.models import Body, Coming, Fit
from steering.models.agenda import runs_body

JULY = 7
LINE = re.compile(
    r"^\s*(\d{1,2}\.\d{1,2}\.\d{4})\s+(?:klo\s+|kl\.?\s+)?(\d{1,2}[.:]\d{2})\s*[-–]\s*(\d{1,2}[.:]\d{2})\s*$"
)


class TypedTimeField(forms.TimeField):
    """An hour that is typed "13.00"; no picker."""

    default_error_messages = {"invalid": _("Write the time as hours.minutes, for example 13.00.")}

    def __init__(self, **kwargs):
        widget = forms.TimeInput(format="%H.%M", attrs={"class": "short", "autocomplete": "off"})
        told = {
            "input_formats": ["%H.%M", "%H:%M", "%H"],
            "widget": widget,
            "help_text": _("For example 13.00."),
        }
        super().__init__(**told | kwargs)


def at(day, hour):
    """Return a moment of Helsinki's day."""
    return dt.datetime.combine(day, hour, tzinfo=clock.HELSINKI)


class RevisionForm(PortalForm):
    """A form that was made from a certain state of its record; what somebody else saved meanwhile stands beside it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.record.revision

    def shown(self, row):
        """Return {field: what it holds} of a record, to be told beside what was typed."""
        return {name: getattr(row, name) for name in self.fields if hasattr(row, name)}

    def add_error(self, field, error):
        """Keep what was typed, take the newer state over, and say at each field what somebody else has saved."""
        super().add_error(field, error)
        codes = [getattr(each, "code", "") for each in (error if isinstance(error, list) else [error])]
        if field is not None or "overtaken" not in codes:
            return
        row = type(self.record)._base_manager.get(pk=self.record.pk)
        typed = dict(self.cleaned_data)
        for name, value in self.shown(row).items():
            if name in self.fields and name != "revision" and name in typed and typed[name] != value:
                words = _("Saved meanwhile: “%(theirs)s”. Yours is kept below.")
                told = self.fields[name].prepare_value(value)
                super().add_error(name, forms.ValidationError(words, params={"theirs": told or "–"}))
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = row.revision


class WhenForm(PortalForm):
    """When and where a meeting is held."""

    on = TypedDateField(label=_("Day"), required=False)
    starts = TypedTimeField(label=_("Begins"), required=False)
    ends = TypedTimeField(label=_("Ends"), required=False)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    link = forms.URLField(
        label=_("Link to take part from afar"),
        required=False,
        assume_scheme="https",
        help_text=_("Only those who are called see it."),
    )
    note_fi = forms.CharField(
        label=_("Note to the call, in Finnish"), max_length=1000, required=False, widget=forms.Textarea
    )
    note_sv = forms.CharField(
        label=_("Note to the call, in Swedish"), max_length=1000, required=False, widget=forms.Textarea
    )
    in_july = forms.BooleanField(
        label=_("It is held in July all the same"),
        required=False,
        help_text=_("In July there is nothing with a deadline, and no meeting unless it must be."),
    )
    is_dated = False  # whether the day must be given

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.record is not None:
            for name, value in self.shown(self.record).items():
                self.fields[name].initial = value

    def shown(self, row):
        """Return what the record holds, its moments as day and hours."""
        start, end = row.starts_at, row.ends_at
        return {
            "on": clock.date_of(start),
            "starts": start.astimezone(clock.HELSINKI).time() if start else None,
            "ends": end.astimezone(clock.HELSINKI).time() if end else None,
            **{name: getattr(row, name) for name in ("place", "link", "note_fi", "note_sv")},
        }

    def clean(self):
        """Hold day and hours together: all three, or none while days are asked for."""
        cleaned = super().clean()
        names = ("on", "starts", "ends")
        given = [name for name in names if cleaned.get(name) is not None]
        wrong = [name for name in names if name in self.errors]
        if wrong or (not given and not self.is_dated):
            return cleaned
        for name in names:
            if name not in given:
                self.add_error(name, _("Give day, beginning and end; or none, and ask which days fit."))
        if len(given) == len(names):
            if cleaned["ends"] <= cleaned["starts"]:
                self.add_error("ends", _("A meeting ends after it begins."))
            if cleaned["on"].month == JULY and not cleaned.get("in_july"):
                self.add_error(
                    "on", _("That day is in July. Choose another, or tick below that it is meant.")
                )
        return cleaned

    @property
    def details(self):
        """Return the facts with moments in place of day and hours."""
        told = super().details
        day, start, end = told.pop("on"), told.pop("starts"), told.pop("ends")
        told.pop("in_july")
        told["starts_at"] = at(day, start) if day else None
        told["ends_at"] = at(day, end) if day else None
        return told


class PlanForm(WhenForm):
    """A new meeting of one of the bodies that the person prepares meetings for."""

    body = forms.ModelChoiceField(label=_("Group"), queryset=Body.objects.none(), empty_label=None)
    field_order = ["body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Body.objects.current()
        if not self.by.is_staff:
            rows = rows.filter(pk__in=runs_body(self.by, clock.today()).values("pk"))
        self.fields["body"].queryset = rows
        self.fields["on"].help_text = _(
            "Leave day and hours empty to ask which days fit. For example 21.5.2027."
        )


class EditMeetingForm(WhenForm, RevisionForm):
    """What is planned of a meeting that has not been called."""


class ChangeMeetingForm(WhenForm, RevisionForm):
    """Another day, hour or place of a meeting that has been called."""

    is_dated = True


class CancelMeetingForm(PortalForm):
    """Why a meeting is not held; those called read it."""

    cancelled_fi = forms.CharField(
        label=_("Why is it not held? In Finnish"), max_length=1000, widget=forms.Textarea
    )
    cancelled_sv = forms.CharField(
        label=_("Why is it not held? In Swedish"), max_length=1000, widget=forms.Textarea
    )


class PersonField(forms.ModelChoiceField):
    """One of those called."""

    def label_from_instance(self, user):
        """Return the person's name."""
        return user.get_full_name()


class AnswerForm(PortalForm):
    """Whether one comes; whoever prepares the meeting also records another's answer."""

    coming = forms.ChoiceField(label=_("Do you come?"), choices=Coming.choices, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        calls = self.record.calls.standing()
        self.own = calls.filter(user=self.by).first()
        if self.own:
            self.fields["coming"].initial = self.own.coming
        if self.by.has_perm("steering.call_meeting", self.record):
            people = get_user_model().objects.filter(pk__in=calls.values("user")).order_by("name")
            person = PersonField(queryset=people, label=_("Whose answer?"), empty_label=_("Choose"))
            person.initial = self.own and self.own.user_id
            self.fields = {"user": person} | self.fields
            self.fields["coming"].label = _("Does the person come?")


class DaysField(forms.CharField):
    """Days with their hours, one a line: "3.9.2027 13.00–15.00"."""

    default_error_messages = {
        "unread": _("Line %(line)s: write day and hours, for example “3.9.2027 13.00–15.00”."),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"widget": forms.Textarea} | kwargs)

    def to_python(self, value):
        """Return [(beginning, end)]."""
        found = []
        for number, line in enumerate((super().to_python(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                day, start, end = LINE.match(line).groups()
                on = dt.datetime.strptime(day, "%d.%m.%Y").date()
                hours = [dt.datetime.strptime(t.replace(":", "."), "%H.%M").time() for t in (start, end)]
            except (AttributeError, ValueError):
                raise forms.ValidationError(
                    self.error_messages["unread"], "unread", {"line": number}
                ) from None
            found.append((at(on, hours[0]), at(on, hours[1])))
        return found


class PollForm(PortalForm):
    """Which days are offered, and until when one answers."""

    days = DaysField(
        label=_("Days offered, one a line"), help_text=_("For example: 3.9.2027 13.00–15.00. Two to twelve.")
    )
    answer_by = TypedDateField(label=_("Answer by"))


class FitForm(PortalForm):
    """Which of the days fit a person. ``record``: the poll."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = {row.day_id: row.fit for row in self.record.answers_of(self.by)}
        for day in self.record.days.all():
            self.fields[f"day_{day.pk}"] = forms.ChoiceField(
                label=f"{weekday_moment(day.starts_at)}–{clock_time(day.ends_at)}",
                choices=Fit.choices,
                widget=forms.RadioSelect,
                initial=own.get(day.pk),
            )

    @property
    def details(self):
        """Return {the day's pk: what was said of it}."""
        told = super().details
        return {"fits": {int(name.removeprefix("day_")): value for name, value in told.items()}}


class DayField(forms.ModelChoiceField):
    """One of the days offered."""

    def label_from_instance(self, day):
        """Return day and hours."""
        return f"{weekday_moment(day.starts_at)}–{clock_time(day.ends_at)}"


class ChooseForm(PortalForm):
    """The day that is chosen. ``record``: the poll."""

    day = DayField(queryset=None, label=_("Day"), widget=forms.RadioSelect, empty_label=None)
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    link = forms.URLField(label=_("Link to take part from afar"), required=False, assume_scheme="https")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].queryset = self.record.days.filter(starts_at__gt=clock.now())
        self.fields["place"].initial = self.record.meeting.place
        self.fields["link"].initial = self.record.meeting.link
