"""Forms of the meeting's record: one page, a form a verb; whatever is sent, the texts of the item in hand go along."""

import datetime as dt

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from steering.forms.record import ClockField
from steering.models import Answer, Choice, MovementKind


def _lines(text):
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class PeopleField(forms.TypedMultipleChoiceField):
    """Some of the people of the body, by their accounts."""

    def __init__(self, **kwargs):
        super().__init__(**{"coerce": int, "widget": forms.CheckboxSelectMultiple} | kwargs)


class RoomForm(PortalForm):
    """A form of the record's page; ``room`` is what the page shows."""

    def __init__(self, *args, room, **kwargs):
        self.room = room
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, record=room.meeting, by=room.user, **kwargs)
        for name, choices in self.choices(room).items():
            self.fields[name].choices = choices

    @staticmethod
    def choices(room):
        """Return the choices of each field that depends on the meeting."""
        return {}


class BeginForm(RoomForm):
    """Who is there when the meeting is opened."""

    present = PeopleField(label=_("Present"), required=False)
    visitors = forms.CharField(
        label=_("Others present"),
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("One a line: name and what the person is there for."),
    )
    at = ClockField(label=_("Opened at"), help_text=_("For example 13.00. Empty: now."))

    @staticmethod
    def choices(room):
        """Offer all who sit in the body."""
        return {"present": room.everyone}

    @property
    def details(self):
        """Return what ``begin`` is called with."""
        return super().details | {"visitors": _lines(self.cleaned_data["visitors"])}


class MarkForm(RoomForm):
    """Who arrives, leaves or drops out, and when."""

    people = PeopleField(label=_("Who"), required=False)
    arriving = forms.CharField(
        label=_("Somebody else"),
        required=False,
        max_length=160,
        help_text=_("Name, and what the person is there for."),
    )
    marked_at = ClockField(label=_("At"), help_text=_("For example 14.20. Empty: now."))
    kind = forms.ChoiceField(choices=MovementKind.choices, required=False, initial=MovementKind.ARRIVED)

    @staticmethod
    def choices(room):
        """Offer all who sit in the body."""
        return {"people": room.everyone}

    @property
    def details(self):
        """Return what ``mark`` is called with."""
        said = self.cleaned_data
        return {
            "kind": said["kind"] or MovementKind.ARRIVED,
            "people": said["people"],
            "visitors": _lines(said["arriving"]),
            "at": said["marked_at"],
        }


class VisitorForm(RoomForm):
    """A visitor who leaves; the name comes with the button."""

    visitor = forms.CharField(max_length=160)
    marked_at = ClockField(label=_("At"))

    @property
    def details(self):
        """Return what ``mark`` is called with."""
        said = self.cleaned_data
        return {"kind": MovementKind.LEFT, "visitors": [said["visitor"]], "at": said["marked_at"]}


class UndoForm(RoomForm):
    """A mark that is taken back; its number comes with the button."""

    movement = forms.IntegerField()


class CorrectionForm(RoomForm):
    """A mark that was wrong or forgotten, after the meeting has been closed."""

    undone = forms.TypedChoiceField(
        label=_("Mark to take back"), coerce=int, empty_value=None, required=False
    )
    correct_kind = forms.ChoiceField(label=_("Mark to make"), required=False)
    correct_person = forms.TypedChoiceField(label=_("Who"), coerce=int, empty_value=None, required=False)
    correct_at = ClockField(label=_("At"), help_text=_("For example 14.20."))
    because = forms.CharField(label=_("Why the attendance is corrected"), max_length=300)

    @staticmethod
    def choices(room):
        """Offer the marks that stand, and all who sit in the body."""
        marks = [
            (row["pk"], f"{row['time']} {row['kind']}: {row['name']}")
            for row in room.log
            if not row["undone"]
        ]
        return {
            "undone": [("", gettext("no mark")), *marks],
            "correct_kind": [("", gettext("no mark")), *MovementKind.choices],
            "correct_person": [("", gettext("the same as in the mark taken back")), *room.everyone],
        }

    @property
    def details(self):
        """Return what ``correct_attendance`` is called with: the time is of the meeting's day."""
        said = self.cleaned_data
        details = {"because": said["because"], "undone": said["undone"], "kind": said["correct_kind"]}
        if said["correct_at"]:
            day = clock.date_of(self.room.meeting.opened_at)
            details["at"] = dt.datetime.combine(day, said["correct_at"].timetz())
        mark = next((row for row in self.room.marks if row.pk == said["undone"]), None)
        if said["correct_person"]:
            details["people"] = [said["correct_person"]]
        elif mark and mark.user_id:
            details["people"] = [mark.user_id]
        elif mark:
            details["visitors"] = [mark.visitor]
        return details


class BreakForm(RoomForm):
    """When the meeting was adjourned or resumed."""

    broken_at = ClockField(label=_("At"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["broken_at"].help_text = self.room.break_hint

    @property
    def details(self):
        """Return what ``adjourn`` and ``resume`` are called with: a break ends on the day on which it began."""
        at = self.cleaned_data["broken_at"]
        return {"at": at and dt.datetime.combine(self.room.break_day, at.timetz())}


class ContinueForm(RoomForm):
    """On which day the meeting goes on with what is left."""

    day = TypedDateField(label=_("Goes on, on"))
    begins = ClockField(label=_("Begins"), required=True, help_text=_("For example 13.00."))
    ends = ClockField(label=_("Ends by plan"), required=True, help_text=_("For example 15.00."))
    place = forms.CharField(
        label=_("Place"), max_length=200, required=False, help_text=_("Empty: the same as today.")
    )

    @property
    def details(self):
        """Return what ``continue_on`` is called with."""
        said = self.cleaned_data
        return {
            "starts_at": dt.datetime.combine(said["day"], said["begins"].timetz()),
            "ends_at": dt.datetime.combine(said["day"], said["ends"].timetz()),
            "place": said["place"],
        }

    def clean(self):
        """Refuse an end before the beginning."""
        cleaned = super().clean()
        if cleaned.get("begins") and cleaned.get("ends") and cleaned["ends"] <= cleaned["begins"]:
            self.add_error("ends", _("A meeting ends after it begins."))
        return cleaned


class ChairForm(RoomForm):
    """Whom the meeting chooses as its chair."""

    chair = forms.TypedChoiceField(label=_("Chair chosen by the meeting"), coerce=int)
    for_item = forms.TypedChoiceField(
        label=_("The choice is for"), coerce=int, empty_value=None, required=False
    )

    @staticmethod
    def choices(room):
        """Offer those who sit with a vote now, and the items that are left."""
        items = [(row.pk, f"{row.position}. {row.title}") for row in room.left]
        return {"chair": room.voters, "for_item": [("", gettext("the meeting from here on")), *items]}

    @property
    def details(self):
        """Return what ``choose_chair`` is called with."""
        items = {row.pk: row for row in self.room.left}
        return {
            "user": self.room.users[self.cleaned_data["chair"]],
            "for_item": items.get(self.cleaned_data["for_item"]),
        }


class ConflictForm(RoomForm):
    """Who takes no part in the item, and why."""

    in_conflict = forms.TypedChoiceField(label=_("Who"), coerce=int)
    ground = forms.CharField(
        label=_("Ground"), max_length=300, help_text=_("For example: sits on the supplier's board.")
    )
    left_room = forms.BooleanField(label=_("has left the room"), required=False, initial=True)

    @staticmethod
    def choices(room):
        """Offer those who have a seat or are its deputy."""
        return {"in_conflict": room.seated}

    @property
    def details(self):
        """Return what ``conflict`` is called with."""
        said = self.cleaned_data
        left = clock.now() if said["left_room"] and self.room.is_present(said["in_conflict"]) else None
        return {"user": self.room.users[said["in_conflict"]], "ground": said["ground"], "left_at": left}


class NoConflictForm(RoomForm):
    """A conflict of interest that is taken back; its number comes with the button."""

    conflict = forms.IntegerField()


class UnanimousForm(RoomForm):
    """Whether anybody opposes the proposed decision."""

    opposed = PeopleField(label=_("Opposed by"), required=False)

    @staticmethod
    def choices(room):
        """Offer those who have a vote."""
        return {"opposed": room.voters}

    @property
    def details(self):
        """Return what ``put`` is called with."""
        return {"way": "consensus", "opposed": self.cleaned_data["opposed"]}


class RollCallForm(RoomForm):
    """The opening of a roll call."""

    @property
    def details(self):
        """Return what ``put`` is called with."""
        return {"way": "roll_call"}


class VotesForm(RoomForm):
    """The votes by name as the secretary hears them; what stays empty is not touched."""

    meant = forms.BooleanField(label=_("in place of a vote that was given before"), required=False)

    def __init__(self, *args, room, **kwargs):
        super().__init__(*args, room=room, **kwargs)
        for key, name in room.voters:
            self.fields[f"vote_{key}"] = forms.ChoiceField(
                label=name, choices=Choice.choices, widget=forms.RadioSelect, required=False
            )

    @property
    def details(self):
        """Return what ``cast_for`` is called with."""
        votes = {name: said for name, said in self.cleaned_data.items() if name.startswith("vote_") and said}
        return {
            "choices": {int(name.removeprefix("vote_")): said for name, said in votes.items()},
            "changes": self.cleaned_data["meant"],
        }


class DissentForm(RoomForm):
    """Who dissents, and on what reasons."""

    dissenter = forms.TypedChoiceField(label=_("Who"), coerce=int)
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=_("They may be given in writing before the minutes are checked."),
    )
    otherwise = forms.BooleanField(label=_("made a counter-proposal"), required=False)

    @staticmethod
    def choices(room):
        """Offer those who have a vote."""
        return {"dissenter": room.voters}

    @property
    def details(self):
        """Return what ``dissent`` is called with."""
        said = self.cleaned_data
        user = self.room.users[said["dissenter"]]
        return {"user": user, "text": said["reasons"], "proposed_otherwise": said["otherwise"]}


class ReasonsForm(RoomForm):
    """The reasons of a dissent that came in writing afterwards."""

    dissent = forms.TypedChoiceField(label=_("Whose dissent"), coerce=int)
    late_reasons = forms.CharField(label=_("Reasons"), max_length=2000, widget=forms.Textarea)

    @staticmethod
    def choices(room):
        """Offer the dissents of the item that have no reasons yet."""
        return {"dissent": [(row["pk"], row["label"]) for row in room.without_reasons]}

    @property
    def details(self):
        """Return what ``give_reasons`` is called with."""
        return {"dissent": self.cleaned_data["dissent"], "text": self.cleaned_data["late_reasons"]}


class ActionForm(RoomForm):
    """What is to be done, by whom and by when."""

    text_fi = forms.CharField(label=_("What is to be done, in Finnish"), max_length=300)
    text_sv = forms.CharField(label=_("What is to be done, in Swedish"), max_length=300, required=False)
    owner = forms.TypedChoiceField(label=_("Who does it"), coerce=int)
    due_on = TypedDateField(label=_("By"))

    @staticmethod
    def choices(room):
        """Offer all who sit in the body and the service centre's people."""
        return {"owner": room.owners}

    @property
    def details(self):
        """Return what ``add_action`` is called with."""
        return super().details | {"owner": self.room.users[self.cleaned_data["owner"]]}


class FollowsForm(RoomForm):
    """What the decision does beyond the minutes, by what the item comes from."""

    propose = forms.BooleanField(
        label=_("Propose this alternative to Helsinki"), required=False, initial=True
    )
    answer = forms.ChoiceField(label=_("The proposer is answered"), choices=Answer.choices)
    reason_fi = forms.CharField(label=_("Reasons in Finnish"), max_length=2000, widget=forms.Textarea)
    reason_sv = forms.CharField(label=_("Reasons in Swedish"), max_length=2000, widget=forms.Textarea)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.room.in_hand
        if row is None or row.budget_id is None:
            del self.fields["propose"]
        if row is None or row.proposal_id is None:
            for name in ("answer", "reason_fi", "reason_sv"):
                del self.fields[name]

    @property
    def follows(self):
        """Return what ``consequence.carry_out`` needs."""
        said, found = self.cleaned_data, {}
        if "propose" in said:
            found["propose"] = said["propose"]
        if "answer" in said:
            found["answer"] = {name: said[name] for name in ("answer", "reason_fi", "reason_sv")}
        return found


class VoteForm(PortalForm):
    """One's own vote, by phone or at the table."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice.choices, widget=forms.RadioSelect)
    ballot = forms.IntegerField(widget=forms.HiddenInput)
    changes = forms.BooleanField(label=_("I change the vote that I sent before."), required=False)
