"""What one joins: versions of the agreement, each by a decision of the City of Helsinki."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.workflow import Workflow, refuse_day


class AgreementState(models.TextChoices):
    """Whether a version may be offered."""

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved by Helsinki")


class HelsinkiDecision(models.Model):
    """Which body of the City of Helsinki decided, when, under which section and case number."""

    body_fi = models.CharField(_("body in Finnish"), max_length=120, blank=True)
    body_sv = models.CharField(_("body in Swedish"), max_length=120, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    section = models.CharField(_("section"), max_length=20, blank=True)
    case_number = models.CharField(_("case number"), max_length=40, blank=True)

    class Meta:
        abstract = True

    DECIDED = (
        Q(decided_on__isnull=False) & ~Q(body_fi="") & ~Q(body_sv="") & ~Q(section="") & ~Q(case_number="")
    )

    @property
    def body(self):
        """Return the body's name in the page's language."""
        return self.body_sv if get_language() == "sv" else self.body_fi


def section_sign(section):
    """Return a section as it is written in a sentence: § 12; nothing for none, of a written procedure as it is."""
    return section if not section or section.startswith(("§", "kirj.")) else f"§ {section}"


class AgreementVersion(Workflow, HelsinkiDecision):
    """One version of the cooperation agreement; offered only after Helsinki has approved it."""

    STEPS = {"approve": ({AgreementState.DRAFT}, AgreementState.APPROVED)}

    number = models.CharField(_("version"), max_length=10, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=AgreementState, default=AgreementState.DRAFT)
    is_example = models.BooleanField(_("example text"), default=False)

    class Meta:
        verbose_name = _("version of the agreement")
        verbose_name_plural = _("versions of the agreement")
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agreementversion_approved_by_decision",
                condition=Q(state="draft") | HelsinkiDecision.DECIDED,
                violation_error_message=_(
                    "An approved version needs Helsinki's decision: body, date, § and case number."
                ),
            ),
        ]

    def __str__(self):
        return f"{_('Cooperation agreement')}, {_('version')} {self.number}"

    def get_absolute_url(self):
        """Return the version's page."""
        return reverse("members:agreement", args=[self.number])

    def approve(self, *, by, body_fi, body_sv, decided_on, section, case_number):
        """Record Helsinki's decision on the text; from then on it may be offered and no longer changes."""
        with self.step("approve", by=by, decided_on=decided_on, section=section, case_number=case_number):
            refuse_day("decided_on", decided_on)
            self.body_fi, self.body_sv = body_fi, body_sv
            self.decided_on, self.section, self.case_number = decided_on, section, case_number

    def clause_texts(self):
        """Return the clauses as plain dicts, in their order, for paper."""
        return list(self.clauses.values("number", "title_fi", "title_sv", "text_fi", "text_sv"))


class Clause(models.Model):
    """A numbered clause of one version, in both languages."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="clauses")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=10)
    title_fi = models.CharField(_("heading in Finnish"), max_length=120)
    title_sv = models.CharField(_("heading in Swedish"), max_length=120)
    text_fi = models.TextField(_("text in Finnish"))
    text_sv = models.TextField(_("text in Swedish"), blank=True)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="clause_number_once")]

    def __str__(self):
        return f"{self.number} {self.title_fi}"
