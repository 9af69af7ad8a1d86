"""One handling of the matter as the minutes tell it: what every form that asks for it has in common."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.uploads import DocumentField
from members.models import Body, Outcome
from members.models.decision import GOES_ON


class OneLineField(forms.CharField):
    """Words that stand in one line of a letter: whatever space is among them becomes a plain one."""

    def to_python(self, value):
        """Return the words with one space between them."""
        return " ".join(super().to_python(value).split())


class HandlingForm(PortalForm):
    """Who decided what, when and under which paragraph, with the extract.

    A field of ``INSIDE`` opens with the choice that asks for it, one of ``MORE`` under a line at the end.
    """

    INSIDE = {"condition": ("outcome", Outcome.APPROVED_CHANGED)}
    LATER = {"next_meeting_on"}  # asked where the matter goes on
    MORE = []
    ASIDE = {"form_key", "date_is_right"}  # of the form itself, not of the handling

    body = forms.ChoiceField(label=_("Who decided?"), choices=Body, widget=forms.RadioSelect)
    meeting_on = TypedDateField(label=_("Date of the meeting"))
    date_is_right = forms.BooleanField(
        label=_("The date is right: the meeting was before the package was sent"), required=False
    )
    outcome = forms.ChoiceField(label=_("What was decided?"), choices=Outcome, widget=forms.RadioSelect)
    condition = forms.CharField(
        label=_("The change or condition, word for word"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Only if the body approved with a change or condition."),
    )
    section = OneLineField(
        label=_("Section (§)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    case_number = OneLineField(
        label=_("The municipality's case number"),
        max_length=40,
        required=False,
        help_text=_("For example RauDno-2024-62. May be left empty."),
    )
    published_on = TypedDateField(
        label=_("Minutes published online on"),
        required=False,
        help_text=_(
            "The appeal period is reckoned from this day. If you do not know it yet, it can be added later."
        ),
    )
    extract = DocumentField(label=_("Extract of the minutes"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.known_day = None  # a day that has been asked about before
        if not self.is_bound:
            del self.fields["date_is_right"]
        if self.record and self.record.municipality.is_aland:
            del self.fields["published_on"]

    def keep_file(self, row):
        """Say that the extract of an earlier entry stays unless a new one is chosen."""
        field = self.fields["extract"]
        name = row.extract.name.rpartition("/")[2]
        field.required = False
        field.help_text = format_lazy(
            "{} {}",
            format_lazy(_("“{name}” is here already; choose a file only to replace it."), name=name),
            field.help_text,
        )

    @property
    def details(self):
        """Return the handling's values, without what is the form's own."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.ASIDE}

    def clean_section(self):
        """Keep the number; the sign is written by the page."""
        return self.cleaned_data["section"].replace("§", "").strip()

    def clean(self):
        """Say beside its field which day cannot be, ask once about one that is unlikely."""
        cleaned = super().clean()
        for name in ("meeting_on", "published_on"):
            if cleaned.get(name) and cleaned[name] > clock.today():
                self.add_error(name, _("That day is still to come. Only what has happened can be recorded."))
        if (
            cleaned.get("published_on")
            and cleaned.get("meeting_on")
            and cleaned["published_on"] < cleaned["meeting_on"]
        ):
            self.add_error("published_on", _("The minutes cannot have been published before the meeting."))
        self._ask_about_an_early_day(cleaned)
        self._compare_outcome_and_condition(cleaned)
        return cleaned

    def _ask_about_an_early_day(self, cleaned):
        """A meeting before the package was sent may be true: ask whether the date is right, and believe the answer."""
        sent_on = clock.date_of(self.record.sent_at) if self.record else None
        day = cleaned.get("meeting_on")
        if not (sent_on and day and day < sent_on and day != self.known_day):
            del self.fields["date_is_right"]
        elif not cleaned.get("date_is_right"):
            words = _(
                "The package was sent only on %(sent)s. Is %(day)s right? If it is, tick the box below."
            )
            days = {"sent": f"{sent_on:%-d.%-m.%Y}", "day": f"{day:%-d.%-m.%Y}"}
            self.add_error("meeting_on", ValidationError(words, params=days))

    def _compare_outcome_and_condition(self, cleaned):
        changed = cleaned.get("outcome") == Outcome.APPROVED_CHANGED
        if changed and not cleaned.get("condition"):
            self.add_error("condition", _("Write the change or condition as it stands in the minutes."))
        if cleaned.get("outcome") == Outcome.APPROVED and cleaned.get("condition"):
            words = _(
                "You have written a change or condition. Choose “approved with a change or condition”, "
                "or empty that field."
            )
            self.add_error("outcome", words)

    def rows(self):
        """Return the fields for the page in their order, each with its choices where they open other fields."""
        for field in self.visible_fields():
            opener = self.INSIDE.get(field.name, ("",))[0]
            if field.name not in self.MORE and opener not in self.fields:
                yield {"field": field, "answers": self._answers(field), "later": field.name in self.LATER}

    def _answers(self, field):
        """Return (choice, the field it opens or None, whether the matter goes on with it) where choices open fields."""
        inner = {value: name for name, (of, value) in self.INSIDE.items() if of == field.name}
        if not inner:
            return []
        found = []
        for option in field:
            value = option.data["value"]
            name = inner.get(value)
            found.append((option, self[name] if name in self.fields else None, value in GOES_ON))
        return found

    @property
    def more(self):
        """Return the fields that are seldom needed."""
        return [self[name] for name in self.MORE if name in self.fields]

    @property
    def more_is_open(self):
        """Tell whether one of the seldom needed fields holds something, or is wrong."""
        return any(field.errors or field.value() for field in self.more)
