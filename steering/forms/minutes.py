"""Forms of minutes: who checks, wording, approval, the signed file, publication, corrections."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.models import User
from consortium.uploads import DocumentField
from steering.forms.proposals import shown
from steering.models import Correction, Item, MinutesState, Remark

WORDED = ("title", "discussion", "decision")


class PersonField(forms.ModelChoiceField):
    """A person by name and title."""

    def label_from_instance(self, user):
        """Return the name, and the title where there is one."""
        return ", ".join(filter(None, [user.get_full_name(), user.title]))


class CheckersForm(PortalForm):
    """The two who check, of those who sat in the meeting."""

    first = PersonField(
        User.objects.none(), label=_("First checker"), empty_label=None, widget=forms.RadioSelect
    )
    second = PersonField(
        User.objects.none(), label=_("Second checker"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        facts = self.record.facts("fi")
        there = [key for key in facts.attendance if facts.group.seat_of(key)]
        people = User.objects.filter(pk__in=there).order_by("name", "pk")
        for name, chosen in (
            ("first", self.record.first_checker_id),
            ("second", self.record.second_checker_id),
        ):
            self.fields[name].queryset, self.fields[name].initial = people, chosen

    def clean(self):
        """Refuse the same person twice beside the second field."""
        cleaned = super().clean()
        if cleaned.get("first") and cleaned["first"] == cleaned.get("second"):
            self.add_error("second", _("Choose another person than the first checker."))
        return cleaned


class WordForm(PortalForm):
    """The texts of one item of a draft; overtaken by somebody else's, both are shown and nothing typed is lost."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, item, **kwargs):
        self.item = item
        super().__init__(*args, **kwargs)
        needs_decision = item.outcome in {"decided", "noted"}
        for name in WORDED:
            for code in ("fi", "sv"):
                model_field = Item._meta.get_field(f"{name}_{code}")
                self.fields[model_field.name] = forms.CharField(
                    label=str(model_field.verbose_name).capitalize(),
                    max_length=model_field.max_length,
                    required=name == "title" or (name == "decision" and needs_decision),
                    widget=forms.TextInput if name == "title" else forms.Textarea(attrs={"rows": 4}),
                    initial=getattr(item, model_field.name),
                )
        self.fields["revision"].initial = item.revision

    def clean(self):
        """Say beside each field what somebody else has saved meanwhile; sent again, this one is kept, knowingly."""
        cleaned = super().clean()
        if cleaned.get("revision") != self.item.revision:
            for name in cleaned.keys() - {"revision", "form_key"}:
                theirs = getattr(self.item, name)
                if cleaned[name] != theirs:
                    words = _(
                        "Somebody else saved “%(theirs)s” here while you were writing. Yours is kept below."
                    )
                    self.add_error(name, forms.ValidationError(words, params={"theirs": shown(theirs)}))
            self.data = self.data.copy()
            self.data[self.add_prefix("revision")] = self.item.revision
            cleaned["revision"] = self.item.revision
        return cleaned

    @property
    def details(self):
        """Return what the step is called with: the item along with what was typed."""
        return super().details | {"item": self.item}


class ItemField(forms.ModelChoiceField):
    """An item of the meeting by its section and title."""

    def label_from_instance(self, item):
        """Return § and title."""
        return f"§ {item.number} {item.title}"


class RemarkForm(PortalForm):
    """What a checker wants corrected, in which item."""

    item = ItemField(Item.objects.none(), label=_("Item"), required=False, empty_label=_("the whole"))
    text = forms.CharField(
        label=_("What should be corrected"),
        max_length=Remark._meta.get_field("text").max_length,
        widget=forms.Textarea,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Item.objects.visible_to(self.by).filter(meeting=self.record.meeting_id, number__isnull=False)
        self.fields["item"].queryset = rows.order_by("number")


class ReworkForm(PortalForm):
    """Why the minutes go back to the draft."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class SignForm(PortalForm):
    """The signed file and the day of signing."""

    file = DocumentField(label=_("Signed minutes"))
    signed_on = TypedDateField(label=_("Signed on"))


class NamesForm(PortalForm):
    """Asks about the names that stand in free texts; the question is there only when there are some."""

    names_checked = forms.BooleanField(label=_("I have looked at these names: they may stay"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        found = self.record.names_found()
        told = "; ".join(f"§ {number}: {name}" for number, name in found)
        if found:
            self.fields["names_checked"].help_text = format_lazy(
                _("Names found in titles and texts, those of restricted items included: {names}."), names=told
            )
        elif not self.asks():
            del self.fields["names_checked"]

    def asks(self):
        """Return whether the question stands even while no name is found."""
        return False


class CorrectForm(NamesForm):
    """A dated correction of one item in both languages; the names in it are asked about with the others."""

    def __init__(self, *args, item, **kwargs):
        self.item = item
        super().__init__(*args, **kwargs)
        names = self.fields.pop("names_checked", None)
        for name in ("was", "right", "reason"):
            for code in ("fi", "sv"):
                model_field = Correction._meta.get_field(f"{name}_{code}")
                self.fields[model_field.name] = forms.CharField(
                    label=str(model_field.verbose_name).capitalize(),
                    max_length=model_field.max_length,
                    widget=forms.TextInput if name == "reason" else forms.Textarea(attrs={"rows": 2}),
                )
        if names is not None and self.asks():
            self.fields["names_checked"] = names  # last, after what it is about

    def asks(self):
        """Return whether the minutes are published anew by it."""
        return self.record.state == MinutesState.PUBLISHED

    @property
    def details(self):
        """Return what the step is called with: the item along with what was typed."""
        return super().details | {"item": self.item}


class NamesPeriodForm(PortalForm):
    """From which day on names stay on minutes for how many days."""

    valid_from = TypedDateField(label=_("For minutes published from"))
    days = forms.IntegerField(
        label=_("Days with names"),
        min_value=7,
        max_value=3650,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        help_text=_("Counted from the first publication."),
    )
    decision = forms.CharField(
        label=_("Decision on it"),
        max_length=160,
        help_text=_("For example the steering group, § 12, 8.6.2027."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today()
