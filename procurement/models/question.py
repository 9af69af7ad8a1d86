"""Questions about a procurement: asked by one, answered to all."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow
from members.models import Municipality
from procurement import needs_emails
from procurement.models.procurement import Procurement
from procurement.models.words import ProcurementState

CLOSED = frozenset({ProcurementState.VOID, ProcurementState.ENDED})


class QuestionState(models.TextChoices):
    """How far a question is."""

    ASKED = "asked", _("waits for an answer")
    ANSWERED = "answered", _("answered")


class QuestionQuerySet(models.QuerySet):
    """Questions to the questions."""

    def waiting(self):
        """Return those without an answer, the oldest first."""
        return self.filter(state=QuestionState.ASKED).order_by("asked_at", "pk")

    def visible_to(self, user):
        """Return those answered to all for everyone who takes part, one's own municipality's, all for the centre."""
        if not user.has_perm("procurement.read_shared"):
            return self.none()
        rows = self.filter(procurement__in=Procurement.objects.visible_to(user))
        if user.is_staff:
            return rows
        own = Q(municipality__in=Municipality.objects.of(user))
        return rows.filter(own | Q(state=QuestionState.ANSWERED, shared=True))


class Question(Workflow):
    """What one municipality asks about a procurement; its answer is shared with all, without saying who asked."""

    STEPS = {
        "answer": ({QuestionState.ASKED}, QuestionState.ANSWERED),
        "correct": ({QuestionState.ANSWERED}, None),
    }

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="questions")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="questions")
    state = models.CharField(_("state"), max_length=10, choices=QuestionState, default=QuestionState.ASKED)
    text = models.TextField(_("question"), max_length=1200)
    language = models.CharField(_("language of the question"), max_length=2, default="fi")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked"), default=clock.now, editable=False)
    question_fi = models.TextField(_("question as all read it, in Finnish"), max_length=1200, blank=True)
    question_sv = models.TextField(_("question as all read it, in Swedish"), max_length=1200, blank=True)
    answer_fi = models.TextField(_("answer in Finnish"), max_length=3000, blank=True)
    answer_sv = models.TextField(_("answer in Swedish"), max_length=3000, blank=True)
    shared = models.BooleanField(_("shared with all"), default=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    corrected_at = models.DateTimeField(_("corrected"), null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="question_answered_whole",
                condition=Q(state="asked", answered_at__isnull=True, answered_by__isnull=True)
                | Q(state="answered", answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(question_fi="")
                & ~Q(question_sv="")
                & ~Q(answer_fi="")
                & ~Q(answer_sv=""),
                violation_error_message=_("Write question and answer in both languages."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.pk}"

    def get_absolute_url(self):
        """Return where it stands: on the procurement's page."""
        return reverse("procurement:procurement", args=[self.procurement_id])

    @property
    def shown(self):
        """Return the question as all read it, in the page's language; as it was asked while it waits."""
        if self.state == QuestionState.ASKED:
            return self.text
        return self.question_sv if get_language() == "sv" else self.question_fi

    @property
    def answer_text(self):
        """Return the answer in the page's language."""
        return self.answer_sv if get_language() == "sv" else self.answer_fi

    @classmethod
    def ask(cls, procurement, municipality, *, by, text, language):
        """Ask the service centre about a procurement, for a municipality. Returns the question."""
        if procurement.state in CLOSED:
            raise ValidationError(_("The procurement has ended: nothing is asked about it here any more."))
        row = cls(
            procurement=procurement, municipality=municipality, asked_by=by, text=text, language=language
        )
        row.full_clean(exclude=["asked_by"])
        row.save()
        AuditEvent.record(row, "ask", by=by, procurement=procurement.pk, municipality=municipality.pk)
        return row

    def answer(self, *, by, question_fi, question_sv, answer_fi, answer_sv, shared=True):
        """Answer it to all, or to the one who asked alone where the question is that one's own matter."""
        with self.step("answer", by=by, shared=shared):
            self.question_fi, self.question_sv = question_fi, question_sv
            self.answer_fi, self.answer_sv, self.shared = answer_fi, answer_sv, shared
            self.answered_by, self.answered_at = by, clock.now()
            needs_emails.answered(self)

    def correct(self, *, by, **said):
        """Write the answer better; the page says that it was corrected, and the asker gets it anew."""
        with self.step("correct", by=by, fields=sorted(n for n, v in said.items() if getattr(self, n) != v)):
            for name, value in said.items():
                setattr(self, name, value)
            self.corrected_at = clock.now()
            needs_emails.answered(self)
