"""Forms of written procedures: the matter, the answer, stepping aside, onto an agenda."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.deadlines import is_working_day
from consortium.forms import PortalForm, TypedDateField
from members.models import Alternative, AnnualBudget, BudgetState
from members.models.decision import Channel
from procurement.forms.awards import AwardForm
from procurement.models import Procurement, ProcurementState, closing_time, compare
from steering.models import (
    Answer,
    AsideKind,
    Body,
    Meeting,
    Position,
    Proposal,
    ProposalState,
    WrittenAnswer,
    WrittenMatter,
)

TEXTS = ("title", "background", "proposal")
SOURCES = ("proposal", "alternative", "procurement")
CAME_BY = [each for each in Channel.choices if each[0] != Channel.LINK]


class SourceField(forms.ModelChoiceField):
    """A record that the matter is about."""

    def __init__(self, queryset, **kwargs):
        super().__init__(queryset, required=False, empty_label=_("none of these"), **kwargs)

    def label_from_instance(self, record):
        """Return what the record is called."""
        if isinstance(record, Alternative):
            return _("Budget %(year)s, alternative %(letter)s") % {
                "year": record.budget.year,
                "letter": record.letter,
            }
        return f"{record.number} {record.title}" if isinstance(record, Proposal) else record.title


class MatterForm(PortalForm):
    """A matter in both languages, and the day by which the members answer."""

    body = forms.ModelChoiceField(Body.objects.none(), label=_("Group"), empty_label=None)
    proposal = SourceField(Proposal.objects.none(), label=_("The proposal that it answers"))
    alternative = SourceField(
        Alternative.objects.none(), label=_("The alternative of the budget that it proposes to Helsinki")
    )
    procurement = SourceField(
        Procurement.objects.none(), label=_("The procurement whose award decision it makes")
    )

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset, self.fields["body"].initial = bodies, bodies.first()
        for name in TEXTS:
            for code in ("fi", "sv"):
                model_field = WrittenMatter._meta.get_field(f"{name}_{code}")
                self.fields[model_field.name] = forms.CharField(
                    label=str(model_field.verbose_name).capitalize(),
                    max_length=model_field.max_length,
                    widget=forms.TextInput if name == "title" else forms.Textarea(attrs={"rows": 4}),
                )
        self.fields["answer_by"] = TypedDateField(
            label=_("Answer by"),
            help_text=_("At 16.00 on that day. Whoever is silent sends the matter to a meeting."),
        )
        proposals = Proposal.objects.visible_to(self.by).filter(state=ProposalState.RECEIVED)
        self.fields["proposal"].queryset = proposals.order_by("-pk")
        drafts = Alternative.objects.filter(
            budget__state=BudgetState.DRAFT, budget__in=AnnualBudget.objects.visible_to(self.by)
        )
        self.fields["alternative"].queryset = drafts.select_related("budget").order_by(
            "-budget__year", "number"
        )
        tendered = Procurement.objects.visible_to(self.by).filter(state=ProcurementState.TENDERING)
        self.fields["procurement"].queryset = tendered.order_by("pk")
        self.order_fields(
            ["body", *(name for name in self.fields if name not in {"body", *SOURCES}), *SOURCES]
        )
        self.fields["restricted_ground"] = forms.CharField(
            label=_("Ground, if it is not public"), max_length=200, required=False
        )
        self.fields["restricted_until"] = TypedDateField(label=_("Not public until"), required=False)

    def clean(self):
        """Refuse a day without a ground, and an hour that has passed."""
        cleaned = super().clean()
        if cleaned.get("restricted_until") and not cleaned.get("restricted_ground"):
            self.add_error("restricted_ground", _("Say on what ground it is not public."))
        if sum(cleaned.get(name) is not None for name in SOURCES) > 1:
            self.add_error(None, _("A matter comes from one record at most."))
        if cleaned.get("answer_by") and closing_time(cleaned["answer_by"]) <= clock.now():
            self.add_error("answer_by", _("That time has passed."))
        elif cleaned.get("answer_by") and not is_working_day(cleaned["answer_by"]):
            self.add_error("answer_by", _("Choose a working day."))
        return cleaned

    @property
    def details(self):
        """Return what the matter is begun with: the day as its hour."""
        facts = super().details
        return facts | {"deadline": closing_time(facts.pop("answer_by"))}


class AnswerForm(PortalForm):
    """A position; for one who records it as it came, also whose it is and how it came."""

    position = forms.ChoiceField(label=_("Answer"), choices=Position.choices, widget=forms.RadioSelect)
    because = forms.CharField(
        label=_("Reasons"),
        required=False,
        max_length=WrittenAnswer._meta.get_field("because").max_length,
        widget=forms.Textarea,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sitters = self.record.sitters
        if sitters.group.seat_of(self.by.pk) is None:
            keys = [key for seat in sitters.group.seats for key in (seat.member, seat.deputy) if key]
            people = {key: sitters.people[key].name for key in keys}
            self.fields["user"] = forms.TypedChoiceField(
                label=_("Whose answer"), choices=people.items(), coerce=int
            )
            self.fields["channel"] = forms.ChoiceField(label=_("How it came"), choices=CAME_BY)
            self.order_fields(["user", "channel", "position", "because"])

    @property
    def details(self):
        """Return what the step is called with: the person, where another than who sends."""
        facts = super().details
        if "user" in facts:
            facts["user"] = self.record.sitters.users[facts["user"]]
        return facts


class AsideForm(PortalForm):
    """Why one does not answer."""

    kind = forms.ChoiceField(label=_("Why"), choices=AsideKind.choices, widget=forms.RadioSelect)
    ground = forms.CharField(
        label=_("What the conflict of interest is"),
        required=False,
        max_length=300,
        help_text=_("Only for a conflict of interest: Administrative Procedure Act 434/2003, 28 §."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seat = self.record.sitters.group.seat_of(self.by.pk)
        if seat is not None and seat.member != self.by.pk:  # a deputy has no deputy
            self.fields["kind"].choices = [AsideKind.choices[0]]

    def clean(self):
        """Ask for the ground of a conflict."""
        cleaned = super().clean()
        if cleaned.get("kind") == AsideKind.CONFLICT and not cleaned.get("ground", "").strip():
            self.add_error("ground", _("Say what the conflict of interest is."))
        return cleaned


class AnswerProposalForm(PortalForm):
    """What the proposer is answered, as the members have settled."""

    answer = forms.ChoiceField(label=_("The proposer is answered"), choices=Answer.choices)
    reason_fi = forms.CharField(label=_("Reasons in Finnish"), max_length=2000, widget=forms.Textarea)
    reason_sv = forms.CharField(label=_("Reasons in Swedish"), max_length=2000, widget=forms.Textarea)

    @property
    def details(self):
        """Return what ``carry_out`` is called with."""
        return {"answer": super().details}


class ProposeForm(PortalForm):
    """That the alternative is proposed to Helsinki: nothing is asked."""

    @property
    def details(self):
        """Return what ``carry_out`` is called with."""
        return {"propose": True}


class WrittenAwardForm(AwardForm):
    """The award decision that the members have settled, cited by the matter's number."""

    def __init__(self, *args, record, **kwargs):
        self.matter, procurement = record, record.procurement
        self.lot = procurement.undecided_lots()[0]
        super().__init__(*args, record=procurement, found=compare(procurement, self.lot), **kwargs)
        told = {"body_fi": record.body.name_fi, "body_sv": record.body.name_sv, "section": record.section}
        for name, value in (told | {"decided_on": clock.date_of(record.ended_at or record.deadline)}).items():
            self.fields[name].initial = value

    @property
    def details(self):
        """Return what ``carry_out`` is called with."""
        return {"award": super().details | {"lot": self.lot}}


def carry_out_form(matter):
    """Return the form that carries a matter's outcome out."""
    if matter.proposal_id:
        return AnswerProposalForm
    return ProposeForm if matter.alternative_id else WrittenAwardForm


class MeetingField(forms.ModelChoiceField):
    """A meeting by its number and day."""

    def label_from_instance(self, meeting):
        """Return the number, and the day where there is one."""
        on = clock.date_of(meeting.starts_at)
        return ", ".join(filter(None, [meeting.number, f"{on:%-d.%-m.%Y}" if on else ""]))


class AgendaForm(PortalForm):
    """Onto the agenda of which meeting."""

    meeting = MeetingField(Meeting.objects.none(), label=_("Meeting"), empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Meeting.objects.filter(body=self.record.body, state__in=["planned", "called"])
        self.fields["meeting"].queryset = rows.order_by("starts_at", "pk")
