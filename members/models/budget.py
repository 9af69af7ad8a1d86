"""A year's budget, from its draft to its closing; the fees that Helsinki decides on it are frozen with it."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.fees import to_share
from consortium.models import AuditEvent
from consortium.templatetags.portal import day
from consortium.workflow import Workflow, refuse_day
from members.models.agreement import HelsinkiDecision
from members.models.billing import BillingTerms
from members.models.freezing import Freezing, figures_of
from members.models.invoicing import Invoicing
from members.models.payers import reckon_year
from members.models.scheme import FeeLimits, Scheme, Terms
from members.models.telling import Telling

ZERO = Decimal(0)


class BudgetState(models.TextChoices):
    """How far a year's budget is."""

    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed by the steering group")
    DECIDED = "decided", _("decided by Helsinki")
    INVOICED = "invoiced", _("invoiced")
    CLOSED = "closed", _("closed")


OPEN_STATES = frozenset({BudgetState.DRAFT, BudgetState.PROPOSED})
RUNNING_STATES = frozenset({BudgetState.DECIDED, BudgetState.INVOICED})  # frozen, and not closed yet


class Stale(models.TextChoices):
    """Why a saved alternative must be reckoned again."""

    BUDGET = "budget", _("the budget has been changed since")
    FIGURES = "figures", _("members or population figures have changed since")


class BudgetQuerySet(models.QuerySet):
    """Questions to the budgets."""

    def decided(self):
        """Return those that Helsinki has decided: they are public."""
        return self.exclude(state__in=OPEN_STATES)

    def running(self):
        """Return those on which fees are still written, told and invoiced."""
        return self.filter(state__in=RUNNING_STATES)

    def visible_to(self, user):
        """Return those that the person may read: from the proposal on every member, drafts those who prepare."""
        if user.has_perm("members.view_drafts"):
            return self
        if user.has_perm("members.view_fees") or (user.is_authenticated and user.roles.active().exists()):
            return self.exclude(state=BudgetState.DRAFT)
        return self.decided()


class AnnualBudget(Freezing, Telling, Invoicing, Workflow, HelsinkiDecision):
    """One year's budget: what it costs, what project money pays, how the rest is shared. Amounts in € without VAT.

    ``assessed`` is the sum of the year's fees net of credits; PostgreSQL alone moves it, with each fee, and lets it
    never pass ``ceiling``. ``fee_cap`` and ``ceiling`` are the limits in force on 1 January, copied by PostgreSQL.
    """

    STEPS = {
        "edit": (OPEN_STATES, None),
        "alternative": (OPEN_STATES, None),
        "propose": (OPEN_STATES, BudgetState.PROPOSED),
        "decide": ({BudgetState.PROPOSED}, BudgetState.DECIDED),
        "assess": (RUNNING_STATES, None),
        "tell": (RUNNING_STATES, None),
        "bill": (RUNNING_STATES, BudgetState.INVOICED),
        "read": ({BudgetState.INVOICED, BudgetState.CLOSED}, None),
        "account": ({*RUNNING_STATES, BudgetState.CLOSED}, None),
        "close": (RUNNING_STATES, BudgetState.CLOSED),
    }

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=BudgetState, default=BudgetState.DRAFT)
    total = models.DecimalField(_("budget"), max_digits=9, decimal_places=2)
    project_funding = models.DecimalField(_("project money"), max_digits=9, decimal_places=2, default=ZERO)
    project_decision = models.CharField(_("decision on the project money"), max_length=200, blank=True)
    members_on = models.DateField(_("members as of"))
    revision = models.PositiveIntegerField(default=1, editable=False)
    changed_on = models.DateField(default=clock.today, editable=False)
    proposal = models.ForeignKey(
        "members.Alternative", models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_on = models.DateField(_("the steering group's meeting"), null=True, blank=True)
    proposed_section = models.CharField(_("the steering group's section"), max_length=20, blank=True)
    alternative = models.ForeignKey(
        "members.Alternative", models.PROTECT, null=True, blank=True, related_name="+"
    )
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, blank=True, related_name="budgets")
    billing = models.ForeignKey(BillingTerms, models.PROTECT, null=True, blank=True, related_name="+")
    # equal part and rate of a shared year, exact, as text
    frozen = models.JSONField(default=dict, editable=False)
    told_on = models.DateField(_("members told on"), null=True, blank=True)
    fee_cap = models.DecimalField(max_digits=8, decimal_places=2, default=ZERO, editable=False)
    ceiling = models.DecimalField(max_digits=9, decimal_places=2, default=ZERO, editable=False)
    assessed = models.DecimalField(max_digits=9, decimal_places=2, default=ZERO, editable=False)
    last_serial = models.PositiveIntegerField(default=0, editable=False)

    objects = BudgetQuerySet.as_manager()

    KEPT_BY_TRIGGERS = frozenset({"fee_cap", "ceiling", "assessed", "last_serial"})
    TRIGGERS = {
        "annualbudget_limits_known": _(
            "Record first the limits of the fee and the budget, with Helsinki's decision."
        ),
        "annualbudget_frozen": _("The figures of a decided budget are not changed."),
        "annualbudget_counters": _("The sum of the fees and the last invoice number follow the rows alone."),
    }

    class Meta:
        verbose_name = _("annual budget")
        verbose_name_plural = _("annual budgets")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(name="annualbudget_year", condition=Q(year__gte=2013, year__lt=2100)),
            models.CheckConstraint(
                name="annualbudget_nothing_negative",
                condition=Q(total__gte=0, project_funding__gte=0),
                violation_error_message=_("An amount of the budget cannot be negative."),
            ),
            models.CheckConstraint(
                name="annualbudget_total_within_ceiling",
                condition=Q(total__lte=F("ceiling")),
                violation_error_message=_(
                    "The budget is above the limit of a year that Helsinki has decided."
                ),
            ),
            models.CheckConstraint(
                name="annualbudget_fees_within_ceiling",
                condition=Q(assessed__gte=0, assessed__lte=F("ceiling")),
                violation_error_message=_("The year's fees would pass the limit that Helsinki has decided."),
            ),
            models.CheckConstraint(
                name="annualbudget_proposed_by_meeting",
                condition=Q(state="draft") | Q(proposal__isnull=False, proposed_on__isnull=False),
                violation_error_message=_(
                    "A proposal names its alternative and the steering group's meeting."
                ),
            ),
            models.CheckConstraint(
                name="annualbudget_decided_by_helsinki",
                condition=Q(state__in=["draft", "proposed"])
                | HelsinkiDecision.DECIDED
                & Q(alternative__isnull=False, scheme__isnull=False, billing__isnull=False),
                violation_error_message=_(
                    "A decided budget needs Helsinki's decision: body, date, §, case number and the alternative."
                ),
            ),
            models.CheckConstraint(
                name="annualbudget_project_money_by_decision",
                condition=Q(project_funding=0) | ~Q(project_decision=""),
                violation_error_message=_("Say which decision grants the project money."),
            ),
        ]

    def __str__(self):
        return str(self.year)

    def save(self, *, update_fields=None, **kwargs):
        """Write the row but for what PostgreSQL alone moves, and read that back."""
        if self._state.adding:
            super().save(**kwargs)
        else:
            names = update_fields or [f.name for f in self._meta.concrete_fields if not f.primary_key]
            super().save(update_fields=[n for n in names if n not in self.KEPT_BY_TRIGGERS], **kwargs)
        self.refresh_from_db(fields=self.KEPT_BY_TRIGGERS)

    def get_absolute_url(self):
        """Return the budget's page."""
        return reverse("members:budget", args=[self.year])

    @property
    def to_share(self):
        """Return what the fees should cover (€), never below 0."""
        return to_share(self.total, self.project_funding)[0]

    @property
    def project_surplus(self):
        """Return what project money exceeds the budget by (€)."""
        return to_share(self.total, self.project_funding)[1]

    @property
    def surplus(self):
        """Return what the fees decided bring above the amount they should cover (€); below zero: uncovered."""
        return self.assessed - self.to_share

    @property
    def is_frozen(self):
        """Tell whether the fees have been decided; they stay so when the year is closed."""
        return self.state not in OPEN_STATES

    @property
    def is_running(self):
        """Tell whether fees are still written, told and invoiced on the year."""
        return self.state in RUNNING_STATES

    def limits(self):
        """Return the limits in force on 1 January, or None while none are recorded."""
        return FeeLimits.objects.on(clock.first_day(self.year))

    @classmethod
    def begin(cls, *, by, year, lines=(), **figures):
        """Open a year's budget as a draft, with its cost lines. Returns it.

        Raises ValidationError beside the field for a year that is there, a sum above the limit, or unknown limits.
        """
        with transaction.atomic():
            budget = cls(year=year, **figures)
            budget._take_limits()
            budget.full_clean()
            budget.save()
            budget._put_lines(lines)
            AuditEvent.record(budget, "begin", by=by, year=year)
        return budget

    def _take_limits(self):
        """Hold the limits in force, as PostgreSQL will set them. Raises ValidationError while none are recorded."""
        limits = self.limits()
        if limits is None:
            raise ValidationError(self.TRIGGERS["annualbudget_limits_known"], code="limits")
        self.fee_cap, self.ceiling = limits.per_municipality, limits.per_year

    def edit(self, *, by, revision, lines=None, **figures):
        """Change the figures. Alternatives saved before must be reckoned again.

        ``revision`` is the one that was looked at: raises ValidationError when somebody has changed it meanwhile.
        """
        with self.step("edit", by=by) as details:
            if revision != self.revision:
                raise ValidationError(
                    _(
                        "A colleague changed the budget on %(day)s. Look at the figures and enter yours again."
                    ),
                    code="changed",
                    params={"day": day(self.changed_on)},
                )
            self._take_limits()
            before = {name: str(getattr(self, name)) for name in figures}
            for name, value in figures.items():
                setattr(self, name, value)
            self.clean_fields(exclude=[f.name for f in self._meta.fields if f.name not in figures])
            changed = {n: [b, str(getattr(self, n))] for n, b in before.items() if b != str(getattr(self, n))}
            if lines is not None and self._put_lines(lines):
                changed["lines"] = len(lines)
            if changed:
                self.revision, self.changed_on = self.revision + 1, clock.today()
            details["changed"] = changed

    def _put_lines(self, lines):
        """Set the cost lines to the given ones, in their order. Returns whether that changed anything."""
        if list(self.lines.values("name_fi", "name_sv", "planned")) == list(lines):
            return False
        self.lines.all().delete()
        CostLine.objects.bulk_create(
            CostLine(budget=self, position=at, **line) for at, line in enumerate(lines, 1)
        )
        return True

    def account(self, *, by, actual):
        """Record what cost lines came to: {position: €, or None}."""
        with self.step("account", by=by, lines=len(actual)):
            for position, amount in actual.items():
                self.lines.filter(position=position).update(actual=amount)

    def propose(self, *, by, alternative, proposed_on, proposed_section=""):
        """Record the steering group's proposal to Helsinki: one alternative, by its meeting."""
        with self.step("propose", by=by, alternative=alternative.letter, proposed_on=proposed_on):
            refuse_day("proposed_on", proposed_on)
            alternative.refuse_stale(self)
            self.proposal = alternative
            self.proposed_on, self.proposed_section = proposed_on, proposed_section

    def close(self, *, by):
        """Close the year: nothing more is assessed or invoiced on it."""
        with self.step("close", by=by, assessed=str(self.assessed)):
            pass


class CostLine(models.Model):
    """One line of a year's costs, in €: planned with the budget, actual when it is known."""

    budget = models.ForeignKey(AnnualBudget, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name_fi = models.CharField(_("cost in Finnish"), max_length=80)
    name_sv = models.CharField(_("cost in Swedish"), max_length=80)
    planned = models.DecimalField(_("planned"), max_digits=9, decimal_places=2)
    actual = models.DecimalField(_("actual"), max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("cost line")
        verbose_name_plural = _("cost lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "position"], name="costline_position_once"),
            models.CheckConstraint(name="costline_not_negative", condition=Q(planned__gte=0)),
        ]

    def __str__(self):
        return self.name_fi

    @property
    def name(self):
        """Return the name in the page's language."""
        return self.name_sv if get_language() == "sv" else self.name_fi


class Alternative(Terms):
    """A saved scenario of a budget, known by its letter: its terms, and every fee as reckoned then. Never changed.

    ``fees``: municipality's code -> [amount (€, text), months, residents]; ``expected``: codes of those who are
    reckoned with as if they joined.
    """

    budget = models.ForeignKey(AnnualBudget, models.PROTECT, related_name="alternatives")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("name"), max_length=80, blank=True)
    revision = models.PositiveIntegerField()
    expected = models.JSONField(default=list, blank=True)
    fees = models.JSONField(default=dict)
    total = models.DecimalField(_("sum of the fees"), max_digits=12, decimal_places=2)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("alternative")
        verbose_name_plural = _("alternatives")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="alternative_number_once"),
            models.CheckConstraint(
                name="alternative_well_formed",
                condition=Terms.WELL_FORMED,
                violation_error_message=_("The scheme lacks a figure, or one of its figures is negative."),
            ),
        ]

    def __str__(self):
        return f"{self.letter} {self.budget_id}"

    def get_absolute_url(self):
        """Return the alternative's page."""
        return reverse("members:alternative", args=[self.budget.year, self.letter])

    @property
    def letter(self):
        """Return the number as people call it: A, B … Z, AA."""
        number, letters = self.number, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return letters

    def stale(self, budget):
        """Return (why it must be reckoned again or None, its fees reckoned now or None). May raise Refused."""
        if self.revision != budget.revision:
            return Stale.BUDGET, None
        now = reckon_year(budget, self, expected=self.expected)
        return (None if figures_of(now) == self.fees else Stale.FIGURES), now

    def refuse_stale(self, budget):
        """Return its fees as they are reckoned now; raise ValidationError unless they are those that were saved.

        What Helsinki decides on names members who are there: one reckoned with expected members is not decided.
        """
        if self.budget_id != budget.pk:
            raise ValidationError(_("The alternative belongs to another year."))
        if self.expected:
            raise ValidationError(_("This alternative reckons with municipalities that have not joined."))
        reason, now = self.stale(budget)
        if reason == Stale.BUDGET:
            words = _("The budget was changed on %(day)s: reckon alternative %(letter)s again.")
        elif reason:
            words = _(
                "Members or population figures have changed since alternative %(letter)s: reckon it again."
            )
        else:
            return now
        facts = {"letter": self.letter, "day": day(budget.changed_on)}
        raise ValidationError({"alternative": ValidationError(words, code="stale", params=facts)})
