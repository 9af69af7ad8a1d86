"""Plans of action: a year's goals in the three fields, each with indicators: a target, and what it came to."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow
from steering.models.meeting import Item
from steering.models.project import Project
from steering.models.proposal import refuse_overtaken
from steering.models.words import Field, PaperState

MOST_INDICATORS = 3


class Unit(models.TextChoices):
    """In what an indicator is counted."""

    COUNT = "count", _("a number")
    EURO = "euro", _("euros")
    PERCENT = "percent", _("per cent")


class PlanQuerySet(models.QuerySet):
    """Questions to the plans."""

    def visible_to(self, user):
        """Return those a person may read: published ones everybody, drafts those who prepare them and the group."""
        if user.has_perm("steering.read_drafts"):
            return self
        return self.filter(state=PaperState.PUBLISHED)


class Plan(Workflow):
    """The plan of action of one year. Once published it is changed with the reason beside it, never in silence."""

    STEPS = {
        "edit": ({PaperState.DRAFT}, None),
        "write_goal": (set(PaperState), None),
        "remove_goal": (set(PaperState), None),
        "publish": ({PaperState.DRAFT}, PaperState.PUBLISHED),
        "account": ({PaperState.PUBLISHED}, None),
    }

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    intro_fi = models.TextField(_("introduction in Finnish"), max_length=3000, blank=True)
    intro_sv = models.TextField(_("introduction in Swedish"), max_length=3000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.DRAFT)
    decided_in = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="plans")
    published_on = models.DateField(_("published"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan of action")
        verbose_name_plural = _("plans of action")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(name="plan_year", condition=Q(year__gte=2013, year__lt=2100)),
            models.CheckConstraint(
                name="plan_published_whole",
                condition=Q(state="draft", published_on__isnull=True)
                | Q(state="published", published_on__isnull=False) & ~Q(intro_fi="") & ~Q(intro_sv=""),
                violation_error_message=_("Write the introduction in both languages before publishing."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.year}"

    def get_absolute_url(self):
        """Return the plan's page."""
        return reverse("steering:plan", args=[self.year])

    @property
    def intro(self):
        """Return the introduction in the page's language."""
        return self.intro_sv if get_language() == "sv" else self.intro_fi

    @classmethod
    def begin(cls, *, by, year):
        """Begin the plan of a year as a draft. Returns it."""
        row = cls(year=year, made_by=by)
        row.full_clean(exclude=["made_by"])
        with transaction.atomic():
            row.save()
            AuditEvent.record(row, "begin", by=by, year=year)
        return row

    def edit(self, *, by, revision, intro_fi, intro_sv):
        """Write the introduction. ``revision``: the one the form was made from; refused when another came between."""
        with self.step("edit", by=by):
            self._take(revision)
            self.intro_fi, self.intro_sv = intro_fi, intro_sv

    def _take(self, revision):
        refuse_overtaken(self, revision)
        self.revision += 1

    def write_goal(self, *, by, revision, indicators, goal=None, because_fi="", because_sv="", **facts):
        """Add a goal or write one anew, with its indicators in their order. Returns the goal.

        ``indicators``: dicts of names, unit, target; what has been recorded on the same place stays.
        """
        with self.step("write_goal", by=by) as details:
            self._take(revision)
            self._explain(by, because_fi, because_sv)
            last = self.goals.aggregate(last=models.Max("number"))["last"] or 0
            row = self.goals.get(pk=goal.pk) if goal else Goal(plan=self, number=last + 1)
            for name, value in facts.items():
                setattr(row, name, value)
            row.full_clean()
            row.save()
            row.write_indicators(indicators)
            details["goal"] = row.pk
        return row

    def remove_goal(self, *, by, revision, goal, because_fi="", because_sv=""):
        """Take a goal out of the plan."""
        with self.step("remove_goal", by=by, goal=goal.pk):
            self._take(revision)
            self._explain(by, because_fi, because_sv)
            self.goals.filter(pk=goal.pk).delete()

    def _explain(self, by, because_fi, because_sv):
        """Keep why a published plan is changed; a draft needs no reason."""
        if self.state == PaperState.DRAFT:
            return
        row = PlanChange(plan=self, by=by, because_fi=because_fi, because_sv=because_sv)
        row.full_clean(exclude=["by"])
        row.save()

    def publish(self, *, by, revision, decided_in=None):
        """Let everybody read it. Each field has a goal, and each goal something to be measured by."""
        with self.step("publish", by=by, decided_in=decided_in.pk if decided_in else None):
            self._take(revision)
            fields = set(self.goals.values_list("field", flat=True))
            if missing := [Field(field).label for field in Field.values if field not in fields]:
                words = _("No goal yet for: %(fields)s.")
                raise ValidationError(words, params={"fields": ", ".join(map(str, missing))})
            if self.goals.filter(indicators__isnull=True).exists():
                raise ValidationError(_("Each goal needs an indicator by which it is measured."))
            self.decided_in, self.published_on = decided_in, clock.today()

    def account(self, *, by, indicator, actual, actual_on):
        """Record what an indicator came to on a day; an earlier figure stays in the history."""
        with self.step("account", by=by, indicator=indicator.pk, actual=str(actual)) as details:
            row = Indicator.objects.get(goal__plan=self, pk=indicator.pk)
            if row.figure:
                raise ValidationError(_("The portal reckons this indicator itself."))
            if actual_on > clock.today():
                raise ValidationError({"actual_on": _("That day is still to come.")})
            details["before"] = str(row.actual)
            row.actual, row.actual_on = actual, actual_on
            row.full_clean()
            row.save()


class Goal(models.Model):
    """One goal of a plan, in one of the three fields; a project may serve it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="goals")
    number = models.PositiveSmallIntegerField()
    field = models.CharField(_("field"), max_length=8, choices=Field)
    text_fi = models.CharField(_("goal in Finnish"), max_length=300)
    text_sv = models.CharField(_("goal in Swedish"), max_length=300)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="goals")

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="goal_number")]

    def __str__(self):
        return self.text

    @property
    def text(self):
        """Return the goal in the page's language."""
        return self.text_sv if get_language() == "sv" else self.text_fi

    def write_indicators(self, told):
        """Write the indicators anew in their order; what was recorded of one by hand stays with its place."""
        kept = {row.number: row for row in self.indicators.all()}
        for number, facts in enumerate(told, start=1):
            row = kept.pop(number, None) or Indicator(goal=self, number=number)
            for name, value in facts.items():
                setattr(row, name, value)
            if row.figure:
                row.actual = row.actual_on = None
            row.full_clean()
            row.save()
        Indicator.objects.filter(pk__in=[row.pk for row in kept.values()]).delete()


class Indicator(models.Model):
    """By what a goal is measured: a target and what it came to.

    ``figure``: the dashboard's number that it follows by itself; empty where a person records it.
    """

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="indicators")
    number = models.PositiveSmallIntegerField()
    name_fi = models.CharField(_("indicator in Finnish"), max_length=160)
    name_sv = models.CharField(_("indicator in Swedish"), max_length=160)
    unit = models.CharField(_("unit"), max_length=7, choices=Unit, default=Unit.COUNT)
    at_most = models.BooleanField(_("the less, the better"), default=False)
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=2)
    figure = models.CharField(_("number of the dashboard"), max_length=40, blank=True)
    actual = models.DecimalField(_("came to"), max_digits=12, decimal_places=2, null=True, blank=True)
    actual_on = models.DateField(_("day of the figure"), null=True, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["goal", "number"], name="indicator_number"),
            models.CheckConstraint(
                name="indicator_actual_has_day",
                condition=Q(actual__isnull=True, actual_on__isnull=True)
                | Q(actual__isnull=False, actual_on__isnull=False),
                violation_error_message=_("Give the figure and its day."),
            ),
            models.CheckConstraint(
                name="indicator_figure_not_by_hand",
                condition=Q(figure="") | Q(actual__isnull=True),
                violation_error_message=_("The portal reckons this indicator itself."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """Return the name in the page's language."""
        return self.name_sv if get_language() == "sv" else self.name_fi

    def is_met(self, actual):
        """Tell whether a figure reaches the target."""
        return actual <= self.target if self.at_most else actual >= self.target


class PlanChange(models.Model):
    """Why a published plan was changed. Append-only; stands on the plan's page."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="changes")
    changed_on = models.DateField(_("changed"), default=clock.today)
    because_fi = models.CharField(_("reason in Finnish"), max_length=300)
    because_sv = models.CharField(_("reason in Swedish"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("change of a plan")
        verbose_name_plural = _("changes of plans")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.plan_id} {self.changed_on}"

    @property
    def because(self):
        """Return the reason in the page's language."""
        return self.because_sv if get_language() == "sv" else self.because_fi
