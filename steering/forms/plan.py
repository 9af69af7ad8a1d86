"""Forms of a plan of action: its introduction, its goals with their indicators, what they came to."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium import clock, keeping
from consortium.forms import PortalForm, TypedDateField
from consortium.money import SPACES
from consortium.money_fields import MoneyField
from consortium.templatetags.portal import day, number
from steering.figures import KINDS
from steering.forms.project import RevisedForm, text, year_field
from steering.models import Field, Item, Outcome, PaperState, Plan, Project, ProjectState, Unit
from steering.models.plan import MOST_INDICATORS

MOST = Decimal("9999999999.99")
UNITS = {kind.key: kind.unit for kind in KINDS}
NAMES = ("name_fi", "name_sv", "figure", "unit", "target", "at_most")


def read_number(typed):
    """Return a number of at most two decimals; raises ValueError with a sentence."""
    found = re.fullmatch(r"([0-9]{1,10})(?:,([0-9]{1,2}))?", SPACES.sub("", typed))
    if not found:
        raise ValueError(_("Write the number in digits, decimals after a comma: 5 500 000 or 62,5."))
    return Decimal(f"{found[1]}.{found[2] or 0}")


class NumberField(MoneyField):
    """A plain number, not below 0."""

    default_error_messages = {"required": _("Give a number, for example 220.")}
    read = staticmethod(read_number)
    show_with_unit = staticmethod(number)


class NewPlanForm(PortalForm):
    """The year of a new plan."""

    year = year_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year + 1

    def clean_year(self):
        """Refuse a year that has a plan."""
        year = self.cleaned_data["year"]
        if Plan.objects.filter(year=year).exists():
            raise forms.ValidationError(_("There is a plan for %(year)s already."), params={"year": year})
        return year


class IntroForm(RevisedForm):
    """The introduction of a plan."""

    intro_fi = text(_("Introduction in Finnish"), 3000)
    intro_sv = text(_("Introduction in Swedish"), 3000)

    def stored(self):
        """Return the introduction as it is now."""
        return {name: getattr(self.record, name) for name in ("intro_fi", "intro_sv")}


class GoalForm(RevisedForm):
    """A goal, and up to three indicators by which it is measured."""

    field = forms.ChoiceField(label=_("Field"), choices=Field.choices)
    text_fi = text(_("Goal in Finnish"), 300)
    text_sv = text(_("Goal in Swedish"), 300)
    project = forms.ModelChoiceField(
        label=_("Project that serves it"), queryset=None, required=False, empty_label=_("no project")
    )

    def __init__(self, *args, goal=None, **kwargs):
        self.goal = goal
        super().__init__(*args, **kwargs)
        projects = Project.objects.exclude(state=ProjectState.ENDED)
        if goal:
            projects |= Project.objects.filter(pk=goal.project_id)
        self.fields["project"].queryset = projects
        known = list(goal.indicators.all()) if goal else []
        self.rows = range(1, MOST_INDICATORS + 1)
        for at in self.rows:
            self._add_indicator(at, known[at - 1] if at <= len(known) else None)
        if self.record.state == PaperState.PUBLISHED:
            add_reasons(self)
        self.written_before = {} if self.is_bound else keeping.typed_in(self)

    def stored(self):
        """Return the goal as it is now; nothing for one that is new."""
        names = ("field", "text_fi", "text_sv", "project") if self.goal else ()
        return {name: getattr(self.goal, name) for name in names}

    def _add_indicator(self, at, row):
        figures = [("", _("recorded by a person")), *((kind.key, kind.label) for kind in KINDS)]
        made = {
            "name_fi": forms.CharField(label=_("Measured by, in Finnish"), max_length=160, required=False),
            "name_sv": forms.CharField(label=_("Measured by, in Swedish"), max_length=160, required=False),
            "figure": forms.ChoiceField(
                label=_("Where the figure comes from"), choices=figures, required=False
            ),
            "unit": forms.ChoiceField(label=_("Unit, where a person records it"), choices=Unit.choices),
            "target": NumberField(label=_("Target"), required=False, max_value=MOST),
            "at_most": forms.BooleanField(
                label=_("The target is the most there may be, not the least"), required=False
            ),
        }
        for name in NAMES:
            self.fields[f"{name}_{at}"] = made[name]
            made[name].initial = getattr(row, name) if row else None

    @property
    def goal_fields(self):
        """Return the fields above the indicators."""
        return [self[name] for name in ("field", "text_fi", "text_sv", "project")]

    @property
    def indicator_rows(self):
        """Return the fields of each indicator."""
        return [[self[f"{name}_{at}"] for name in NAMES] for at in self.rows]

    @property
    def reasons(self):
        """Return the fields that say why a published plan is changed."""
        return [self[name] for name in ("because_fi", "because_sv") if name in self.fields]

    @property
    def hidden(self):
        """Return what the page does not show."""
        return [self["form_key"], self["revision"]]

    def clean(self):
        """Demand whole indicators; one that is left empty is left out."""
        cleaned = super().clean()
        cleaned["indicators"] = []
        for at in self.rows:
            row = {name: cleaned.get(f"{name}_{at}") for name in NAMES}
            if not (row["name_fi"] or row["name_sv"] or row["target"] is not None):
                continue
            for name, words in (
                ("name_fi", _("Give the indicator a name in Finnish.")),
                ("name_sv", _("Give the indicator a name in Swedish.")),
                ("target", _("Give a target, for example 220.")),
            ):
                if row[name] in (None, "") and f"{name}_{at}" not in self.errors:
                    self.add_error(f"{name}_{at}", words)
            if row["figure"]:
                row["unit"] = Unit.EURO if UNITS.get(row["figure"]) else Unit.COUNT
            cleaned["indicators"].append(row)
        return cleaned

    @property
    def details(self):
        """Return what the goal is written with."""
        names = ("revision", "field", "text_fi", "text_sv", "project", "indicators")
        reasons = [name for name in ("because_fi", "because_sv") if name in self.fields]
        return {name: self.cleaned_data[name] for name in (*names, *reasons)} | {"goal": self.goal}


def add_reasons(form):
    """Add the fields that say why a published plan is changed."""
    for name, label in (
        ("because_fi", _("Why the published plan is changed, in Finnish")),
        ("because_sv", _("Why the published plan is changed, in Swedish")),
    ):
        form.fields[name] = forms.CharField(label=label, max_length=300)


class RemoveGoalForm(RevisedForm):
    """Why a goal leaves a published plan."""

    def __init__(self, *args, goal=None, **kwargs):
        self.goal = goal
        super().__init__(*args, **kwargs)
        if self.record.state == PaperState.PUBLISHED:
            add_reasons(self)

    @property
    def details(self):
        """Return what the step takes."""
        return super().details | {"goal": self.goal}


def decided_choice():
    """Return the field of the item in which the steering group approved a paper: the latest decided ones."""
    return forms.ModelChoiceField(
        label=_("Approved by the steering group in"),
        queryset=None,
        required=False,
        empty_label=_("not in a meeting"),
    )


def fill_decided(field):
    """Give the field its choices: the items decided within about a year and a half."""
    since = clock.today().year - 1
    rows = Item.objects.public().filter(outcome=Outcome.DECIDED, meeting__year__gte=since)
    field.queryset = rows.select_related("meeting").order_by("-meeting__year", "-number")
    field.label_from_instance = lambda row: f"§ {row.number}, {day(row.meeting.starts_at)}, {row.title}"


class PublishPlanForm(RevisedForm):
    """Where the steering group approved the plan."""

    decided_in = decided_choice()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fill_decided(self.fields["decided_in"])


class AccountForm(PortalForm):
    """What an indicator came to by a day."""

    actual = NumberField(label=_("Came to"), max_value=MOST)
    actual_on = TypedDateField(label=_("Day of the figure"), initial=clock.today)

    def __init__(self, *args, indicator=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.fields["actual"].initial = indicator.actual
        self.fields["actual"].label = indicator.name

    @property
    def details(self):
        """Return what the step takes."""
        return super().details | {"indicator": self.indicator}
