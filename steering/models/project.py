"""National projects: with whom, on whose money and decision, for how long, and what came of them."""

from decimal import Decimal

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow, refuse_day
from members.models import Municipality
from steering.models.meeting import Item
from steering.models.proposal import refuse_overtaken
from steering.models.words import Field, ProjectState

ZERO = Decimal(0)
UNDER_WAY = frozenset({ProjectState.PLANNED, ProjectState.RUNNING})


class ProjectQuerySet(models.QuerySet):
    """Questions to the projects."""

    def in_year(self, year):
        """Return those that lasted for some part of a year, or got money for it."""
        during = Q(starts_on__year__lte=year) & (Q(ended_on__isnull=True) | Q(ended_on__year__gte=year))
        return self.filter(during | Exists(Grant.objects.filter(project=OuterRef("pk"), year=year)))

    def with_money(self):
        """Return them with ``granted`` and ``used``: the sums of their grants (€)."""
        sums = {name: Coalesce(Sum(f"grants__{name}"), ZERO) for name in ("granted", "used")}
        return self.annotate(**sums)


class Project(Workflow):
    """A project for the whole country that the consortium leads or takes part in. Public from its first entry."""

    STEPS = {
        "edit": (UNDER_WAY, None),
        "grant": (UNDER_WAY, None),
        "account": (set(ProjectState), None),  # what was used is often known after the end
        "start": ({ProjectState.PLANNED}, ProjectState.RUNNING),
        "end": (UNDER_WAY, ProjectState.ENDED),
        "reopen": ({ProjectState.ENDED}, ProjectState.RUNNING),
    }

    name_fi = models.CharField(_("name in Finnish"), max_length=120)
    name_sv = models.CharField(_("name in Swedish"), max_length=120)
    about_fi = models.TextField(_("what it is for, in Finnish"), max_length=1200)
    about_sv = models.TextField(_("what it is for, in Swedish"), max_length=1200)
    field = models.CharField(_("field"), max_length=8, choices=Field, default=Field.CONTENT)
    starts_on = models.DateField(_("begins"))
    ends_on = models.DateField(_("ends by plan"))
    state = models.CharField(_("state"), max_length=8, choices=ProjectState, default=ProjectState.PLANNED)
    decided_in = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="projects")
    result_fi = models.TextField(_("result in Finnish"), max_length=2000, blank=True)
    result_sv = models.TextField(_("result in Swedish"), max_length=2000, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="project_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A project cannot end before it begins."),
            ),
            models.CheckConstraint(
                name="project_ended_with_result",
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(result_fi="") & ~Q(result_sv="")
                | ~Q(state="ended") & Q(ended_on__isnull=True),
                violation_error_message=_("Say in both languages what came of the project."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the project's page."""
        return reverse("steering:project", args=[self.pk])

    @property
    def name(self):
        """Return the name in the page's language."""
        return self.name_sv if get_language() == "sv" else self.name_fi

    @property
    def about(self):
        """Return what it is for, in the page's language."""
        return self.about_sv if get_language() == "sv" else self.about_fi

    @property
    def result(self):
        """Return what came of it, in the page's language."""
        return self.result_sv if get_language() == "sv" else self.result_fi

    @classmethod
    def begin(cls, *, by, partners=(), **facts):
        """Write a project down. ``partners``: [(municipality or name, whether it leads)]. Returns the project."""
        with transaction.atomic():
            row = cls(made_by=by, **facts)
            row.full_clean(exclude=["made_by"])
            row.save()
            row._write_partners(partners)
            AuditEvent.record(row, "begin", by=by, decided_in=row.decided_in_id)
        return row

    def edit(self, *, by, revision, partners=None, **facts):
        """Change what is planned. ``revision``: the one the form was made from; refused when another came between."""
        with self.step("edit", by=by, fields=sorted(facts)):
            refuse_overtaken(self, revision)
            for name, value in facts.items():
                setattr(self, name, value)
            self.revision += 1
            self.full_clean(exclude=["made_by"])
            if partners is not None:
                self._write_partners(partners)

    def _write_partners(self, partners):
        self.partners.all().delete()
        for number, (who, leads) in enumerate(partners, start=1):
            place = who if isinstance(who, Municipality) else None
            row = Partner(project=self, number=number, municipality=place, leads=leads)
            row.name = "" if place else who
            row.full_clean()
            row.save()

    def start(self, *, by):
        """Record that the work has begun."""
        with self.step("start", by=by):
            pass

    def grant(self, *, by, year, amount, funder, decision, decided_on, case_number=""):
        """Record money granted for a year (€) and the decision that grants it. Returns the grant."""
        with self.step("grant", by=by, year=year, amount=str(amount)):
            refuse_day("decided_on", decided_on)
            row = Grant(
                project=self,
                year=year,
                granted=amount,
                funder=funder,
                decision=decision,
                decided_on=decided_on,
                case_number=case_number,
            )
            row.full_clean()
            row.save()
        return row

    def account(self, *, by, grant, used):
        """Record how much of a grant (€) has been used; an earlier figure stays in the history."""
        with self.step("account", by=by, grant=grant.pk, used=str(used)) as details:
            row = self.grants.get(pk=grant.pk)
            details["before"] = str(row.used)
            row.used, row.used_on = used, clock.today()
            row.full_clean()
            row.save()

    def end(self, *, by, result_fi, result_sv, ended_on):
        """Record that it is over, and what came of it. One that never began ends with the reason as its result."""
        with self.step("end", by=by, ended_on=ended_on):
            refuse_day("ended_on", ended_on)
            self.result_fi, self.result_sv, self.ended_on = result_fi, result_sv, ended_on

    def reopen(self, *, by, reason):
        """Go on with one that was ended too early; its result stays as a text to be written anew."""
        with self.step("reopen", by=by, reason=reason):
            self.ended_on = None


class Partner(models.Model):
    """One with whom a project is done: a municipality of the register, or another by its name."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="partners")
    number = models.PositiveSmallIntegerField()
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="projects"
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    leads = models.BooleanField(_("leads the project"), default=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["-leads", "number"]
        constraints = [
            models.CheckConstraint(
                name="partner_is_one",
                condition=Q(municipality__isnull=False, name="") | Q(municipality__isnull=True) & ~Q(name=""),
                violation_error_message=_("A partner is a municipality, or another by its name."),
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(leads=True),
                name="partner_one_leads",
                violation_error_message=_("One partner leads the project."),
            ),
            models.UniqueConstraint(
                fields=["project", "municipality"],
                name="partner_once",
                violation_error_message=_("The municipality is named twice."),
            ),
        ]

    def __str__(self):
        return self.name or str(self.municipality)


class Grant(models.Model):
    """Money for a project in one year (€): who grants it by which decision, and how much has been used."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="grants")
    year = models.PositiveSmallIntegerField(_("year"))
    funder = models.CharField(_("who grants it"), max_length=120)
    decision = models.CharField(_("decision"), max_length=120)
    decided_on = models.DateField(_("decided on"))
    case_number = models.CharField(_("case number"), max_length=40, blank=True)
    granted = models.DecimalField(_("granted"), max_digits=11, decimal_places=2)
    used = models.DecimalField(_("used"), max_digits=11, decimal_places=2, default=ZERO)
    used_on = models.DateField(_("day of the figure"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["year", "pk"]
        constraints = [
            models.CheckConstraint(name="grant_year", condition=Q(year__gte=2013, year__lt=2100)),
            models.CheckConstraint(
                name="grant_positive",
                condition=Q(granted__gt=0),
                violation_error_message=_("A grant is more than nothing."),
            ),
            models.CheckConstraint(
                name="grant_used_within",
                condition=Q(used__gte=0, used__lte=F("granted")),
                violation_error_message=_("No more of a grant is used than was granted."),
            ),
        ]

    def __str__(self):
        return f"{self.project_id} {self.year} {self.decision}"
