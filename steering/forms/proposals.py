"""Forms of proposals: made in two sentences, supported, received, answered, followed to what came of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.forms import PortalForm, TypedDateField
from consortium.uploads import DocumentField
from members.models import Municipality
from procurement.forms.sharing import CAME_BY, PlaceField
from procurement.models import UNDER_WAY, Procurement
from steering.models import ActionState, Answer, Meeting, Project


def own_members(user):
    """Return the member municipalities that a person may speak for today: the service centre for each."""
    members = Municipality.objects.members_on(clock.today())
    return members if user.is_staff else members & Municipality.objects.of(user)


def both(label_fi, label_sv, most, **kwargs):
    """Return two text fields, one a language."""
    make = {"max_length": most, "widget": forms.Textarea(attrs={"rows": 3})} | kwargs
    return [forms.CharField(label=label, **make) for label in (label_fi, label_sv)]


class RevisionForm(PortalForm):
    """A form made from one state of the record. Overtaken, it shows both values and keeps what was typed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    TEXTS = ()  # the fields that it changes

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in (*self.TEXTS, "revision"):
            self.fields[name].initial = getattr(self.record, name)

    def clean(self):
        """Say beside each field what somebody else has saved meanwhile; sent again, this one is kept, knowingly."""
        cleaned = super().clean()
        if cleaned.get("revision") == self.record.revision:
            return cleaned
        for name in self.TEXTS:
            theirs = getattr(self.record, name)
            if name in cleaned and cleaned[name] != theirs:
                words = _(
                    "Somebody else saved “%(theirs)s” here while you were writing. Yours is kept below."
                )
                self.add_error(name, forms.ValidationError(words, params={"theirs": shown(theirs)}))
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = self.record.revision
        cleaned["revision"] = self.record.revision
        return cleaned


def shown(value):
    """Return a value as a sentence tells it: a person by name, a day in figures."""
    if hasattr(value, "get_full_name"):
        return value.get_full_name()
    return f"{value:%-d.%-m.%Y}" if hasattr(value, "isoformat") else str(value)


class ProcurementField(forms.ModelChoiceField):
    """A joint procurement that is under way and that the person knows of."""

    def __init__(self, **kwargs):
        super().__init__(
            Procurement.objects.none(),
            **{"label": _("Joint procurement"), "required": False, "empty_label": _("Not chosen")} | kwargs,
        )

    def offer(self, user):
        """Take those that may be chosen."""
        self.queryset = Procurement.objects.visible_to(user).filter(state__in=UNDER_WAY)

    def label_from_instance(self, procurement):
        """Return its number and title."""
        return f"{procurement.number} {procurement.title}"


class ProposalForm(PortalForm):
    """What a member proposes. Two sentences suffice; the service centre says on whose behalf, and how it came."""

    municipality = PlaceField()
    title = forms.CharField(
        label=_("What do you propose?"), max_length=120, help_text=_("A heading of a few words.")
    )
    text = forms.CharField(
        label=_("What and why"),
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("Two sentences suffice. All who follow the steering group's work read this."),
    )
    procurement = ProcurementField(
        label=_("Does it concern a joint procurement that is under way?"),
        empty_label=_("No"),
        help_text=_("If it does, it is not public from the opening of the round to the award."),
    )
    file = DocumentField(label=_("File, now or later"), required=False)
    file_title = forms.CharField(label=_("Title of the file"), max_length=120, required=False)

    def __init__(self, *args, follows=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.follows = follows
        self.fields["municipality"].offer(own_members(self.by))
        self.fields["procurement"].offer(self.by)
        if follows is not None:
            self.fields["municipality"].initial = follows.municipality_id
            self.fields["title"].initial, self.fields["text"].initial = follows.title, follows.text
        if self.by.is_staff:
            self.fields["channel"] = forms.ChoiceField(label=_("How did it come?"), choices=CAME_BY)
            self.fields["received_from"] = forms.CharField(label=_("From whom?"), max_length=120)
            self.fields["came_on"] = TypedDateField(label=_("When did it come?"), initial=clock.today)

    def clean(self):
        """A file has a title."""
        cleaned = super().clean()
        if cleaned.get("file") and not cleaned.get("file_title"):
            self.add_error("file_title", _("Give the file a title, and choose it again."))
        return cleaned


class EditProposalForm(RevisionForm):
    """A better wording of a proposal."""

    TEXTS = ("title", "text")
    title, text = (ProposalForm.base_fields[name] for name in TEXTS)


class AttachmentForm(PortalForm):
    """A file of a proposal."""

    title = forms.CharField(label=_("Title of the file"), max_length=120)
    file = DocumentField(label=_("File"))


class SupportForm(PortalForm):
    """Which member supports the proposal."""

    municipality = PlaceField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = own_members(self.by).exclude(pk=self.record.municipality_id)
        self.fields["municipality"].offer(places.exclude(supports__proposal=self.record))


class TakeBackForm(PortalForm):
    """Whose support is taken back."""

    municipality = PlaceField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = Municipality.objects.filter(supports__proposal=self.record)
        if not self.by.is_staff:
            places = places & Municipality.objects.of(self.by)
        self.fields["municipality"].offer(places)


class ReceiveForm(PortalForm):
    """Whether what is received concerns a procurement under way."""

    procurement = ProcurementField(
        label=_("Does it concern a joint procurement that is under way?"),
        empty_label=_("No"),
        help_text=_("If it does, it is not public from the opening of the round to the award."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procurement"].offer(self.by)
        self.fields["procurement"].initial = self.record.procurement_id


class RestrictForm(PortalForm):
    """Why a proposal is not public, and for how long."""

    procurement = ProcurementField(
        label=_("Does it concern a joint procurement that is under way?"),
        empty_label=_("No"),
        help_text=_("Then it is not public from the opening of the round to the award; no ground is needed."),
    )
    ground = forms.CharField(
        label=_("Another ground"),
        max_length=200,
        required=False,
        help_text=_(
            "The provision of the Act on the Openness of Government Activities (621/1999), in short."
        ),
    )
    until = TypedDateField(
        label=_("Last day"), required=False, help_text=_("Empty: until somebody opens it.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procurement"].offer(self.by)


class AgendaForm(PortalForm):
    """The meeting that takes the proposal up."""

    meeting = forms.ModelChoiceField(
        label=_("Meeting"), queryset=Meeting.objects.none(), empty_label=_("Choose the meeting")
    )

    def __init__(self, *args, meetings, label, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["meeting"]
        field.queryset, field.label_from_instance = meetings, label
        if len(meetings) == 1:
            field.initial, field.empty_label = meetings[0].pk, None


class DecideForm(PortalForm):
    """The answer to a proposal, with reasons in both languages."""

    answer = forms.ChoiceField(label=_("Answer"), choices=Answer.choices, widget=forms.RadioSelect)
    reason_fi, reason_sv = both(_("Reasons in Finnish"), _("Reasons in Swedish"), 2000)


class BecomeForm(PortalForm):
    """What the proposal becomes: a procurement that exists or a new one, or a project."""

    procurement = ProcurementField(label=_("A joint procurement under way"))
    project = forms.ModelChoiceField(
        label=_("Or a project"), queryset=Project.objects.none(), required=False, empty_label=_("Not chosen")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procurement"].offer(self.by)
        self.fields["project"].queryset = Project.objects.exclude(state="ended")
        if self.by.has_perm("procurement.add_procurement"):
            title_fi, title_sv = (
                forms.CharField(label=label, max_length=120, required=False)
                for label in (_("Or a new procurement: title in Finnish"), _("Title in Swedish"))
            )
            summary_fi, summary_sv = both(
                _("What is bought and for whom, in Finnish"),
                _("What is bought and for whom, in Swedish"),
                1200,
                required=False,
            )
            new = {"title_fi": title_fi, "title_sv": title_sv}
            self.fields |= new | {"summary_fi": summary_fi, "summary_sv": summary_sv}

    NEW = ("title_fi", "title_sv", "summary_fi", "summary_sv")

    def clean(self):
        """Exactly one of the three is chosen; a new procurement has all its texts."""
        cleaned = super().clean()
        texts = {name: cleaned.pop(name, "") for name in self.NEW}
        begun = any(texts.values())
        if [bool(cleaned.get("procurement")), bool(cleaned.get("project")), begun].count(True) != 1:
            self.add_error("procurement", _("Choose one: a procurement, a project or a new procurement."))
        elif begun:
            for name in [name for name in self.NEW if not texts[name]]:
                self.add_error(name, _("A new procurement needs its title and text in both languages."))
            cleaned["new"] = texts
        return cleaned


class FinishForm(PortalForm):
    """What came of a proposal; it begins with what was said of its actions."""

    result_fi, result_sv = both(_("What came of it, in Finnish"), _("What came of it, in Swedish"), 2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        done = self.record.actions.filter(state=ActionState.DONE).order_by("ended_on", "pk")
        done = done.exclude(pk__in=self.record.actions.restricted().values("pk"))
        for name in ("result_fi", "result_sv"):
            said = [getattr(action, name) for action in done]
            self.fields[name].initial = "\n".join(filter(None, said))[:2000]
