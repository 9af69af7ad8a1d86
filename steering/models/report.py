"""Annual reports: filled by the portal from its figures, edited by people, frozen when they are published."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.documents import request_document
from consortium.models import AuditEvent, Document, DocumentQuerySet
from consortium.workflow import Workflow
from steering import report_paper
from steering.models.meeting import Item
from steering.models.proposal import refuse_overtaken
from steering.models.words import PaperState

CHANGED = _("Figures or texts have changed since you opened this page. Read them again.")
FILES = {"fi": "toimintakertomus", "sv": "verksamhetsberattelse"}


class SectionKind(models.TextChoices):
    """The sections of a report, in their order."""

    PREFACE = "preface", _("To the reader")
    ECONOMY = "economy", _("Economy")
    RESULTS = "results", _("Results")
    CONTENT = "content", _("Content")
    DECISIONS = "decisions", _("Decisions of the steering group")
    ACTIONS = "actions", _("What was done")
    PROJECTS = "projects", _("National projects")
    OUTLOOK = "outlook", _("The year ahead")


# The portal can write these from its figures; the others are a person's words alone.
FILLED = frozenset(SectionKind) - {SectionKind.PREFACE, SectionKind.OUTLOOK}


class ReportQuerySet(models.QuerySet):
    """Questions to the reports."""

    def visible_to(self, user):
        """Return those a person may read: once published everybody, drafts those who prepare them and the group."""
        if user.has_perm("steering.read_drafts"):
            return self
        return self.filter(editions__isnull=False).distinct()


class AnnualReport(Workflow):
    """The report of one year. Its public face is its newest edition, whatever is being changed meanwhile."""

    STEPS = {
        "write": ({PaperState.DRAFT}, None),
        "fill": ({PaperState.DRAFT}, None),
        "publish": ({PaperState.DRAFT}, PaperState.PUBLISHED),
        "reopen": ({PaperState.PUBLISHED}, PaperState.DRAFT),
    }

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.DRAFT)
    decided_in = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="reports")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("annual report")
        verbose_name_plural = _("annual reports")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(name="annualreport_year", condition=Q(year__gte=2013, year__lt=2100)),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.year}"

    def get_absolute_url(self):
        """Return the report's page."""
        return reverse("steering:report", args=[self.year])

    @classmethod
    def draft(cls, *, by, year):
        """Begin the report of a year; the portal fills what nobody has written. Returns it."""
        row = cls(year=year, made_by=by)
        row.full_clean(exclude=["made_by"])
        if year > clock.today().year:
            raise ValidationError({"year": _("That year is still to come.")})
        with transaction.atomic():
            row.save()
            ReportSection.objects.bulk_create(ReportSection(report=row, kind=kind) for kind in SectionKind)
            AuditEvent.record(row, "draft", by=by, year=year)
        return row

    def write(self, *, by, kind, revision, text_fi, text_sv, with_list=True, filled_fi="", filled_sv=""):
        """Write a section. ``filled_*``: what the portal would say in its place, to tell when that has changed.

        ``revision``: the section's when the form was made; refused when another came between.
        """
        with self.step("write", by=by, kind=kind):
            row = self._section(kind, revision)
            texts = ["\n".join(text.splitlines()) for text in (text_fi, text_sv)]
            if texts == [filled_fi, filled_sv]:  # nobody wrote anything: the portal goes on filling it
                texts = ["", ""]
            row.text_fi, row.text_sv = texts
            row.filled_fi, row.filled_sv = (filled_fi, filled_sv) if any(texts) else ("", "")
            row.with_list = with_list
            row.full_clean()
            row.save()

    def fill(self, *, by, kind, revision):
        """Let the portal's own sentences stand in a section again; what was written there goes."""
        with self.step("fill", by=by, kind=kind):
            row = self._section(kind, revision)
            row.text_fi = row.text_sv = row.filled_fi = row.filled_sv = ""
            row.save()

    def _section(self, kind, revision):
        row = self.sections.get(kind=kind)
        refuse_overtaken(row, revision)
        row.revision += 1
        return row

    def publish(self, *, by, contents, seen, decided_in=None, because_fi="", because_sv=""):
        """Freeze an edition and have it made as PDF in both languages. Returns the edition.

        ``contents``: {language: plain values} as they are now; ``seen``: the digest of those that the person read.
        """
        with self.step("publish", by=by) as details:
            if self.year >= clock.today().year:
                raise ValidationError(_("The year is not over, so its figures are not final yet."), "early")
            number = details["edition"] = self.editions.count() + 1
            if report_paper.digest(contents) != seen:
                raise ValidationError(CHANGED, "changed")
            self.decided_in = decided_in or self.decided_in
            because = {"sv": because_sv}
            own = {"edition": number, "published_on": clock.today().isoformat()}
            told = {
                lang: said | own | {"because": because.get(lang, because_fi)}
                for lang, said in contents.items()
            }
            edition = Edition(
                report=self,
                number=number,
                contents=told,
                because_fi=because_fi,
                because_sv=because_sv,
                published_by=by,
            )
            edition.full_clean(exclude=["published_by"])
            edition.save()
            for lang in FILES:
                request_document(ReportPaper(edition=edition, language=lang, figures=told[lang]), by=by)
        return edition

    def reopen(self, *, by, reason):
        """Prepare a corrected edition; the one published stays as it is, at its address, until then."""
        with self.step("reopen", by=by, reason=reason):
            pass

    def edition(self):
        """Return the newest edition, or None before the first."""
        return self.editions.order_by("-number").first()


class ReportSection(models.Model):
    """One section as a person has written it; empty while the portal's own sentences stand there."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="sections")
    kind = models.CharField(max_length=10, choices=SectionKind)
    text_fi = models.TextField(_("text in Finnish"), max_length=8000, blank=True)
    text_sv = models.TextField(_("text in Swedish"), max_length=8000, blank=True)
    filled_fi = models.TextField(blank=True, editable=False)
    filled_sv = models.TextField(blank=True, editable=False)
    with_list = models.BooleanField(_("the portal's own list below the text"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("section of a report")
        verbose_name_plural = _("sections of reports")
        constraints = [
            models.UniqueConstraint(fields=["report", "kind"], name="reportsection_once"),
            models.CheckConstraint(
                name="reportsection_in_both_languages",
                condition=Q(text_fi="", text_sv="") | ~Q(text_fi="") & ~Q(text_sv=""),
                violation_error_message=_("Write the section in both languages."),
            ),
        ]

    def __str__(self):
        return f"{self.report_id} {self.kind}"

    def text(self, language):
        """Return what a person has written here, in a language; empty where the portal's sentences stand."""
        return self.text_sv if language == "sv" else self.text_fi


class Edition(models.Model):
    """A published state of a report, both languages, figures included. Append-only; a later one says why."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    contents = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    because_fi = models.CharField(_("what was corrected, in Finnish"), max_length=300, blank=True)
    because_sv = models.CharField(_("what was corrected, in Swedish"), max_length=300, blank=True)
    published_on = models.DateField(_("published"), default=clock.today, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("edition of a report")
        verbose_name_plural = _("editions of reports")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="edition_number"),
            models.CheckConstraint(
                name="edition_later_says_why",
                condition=Q(number=1) | ~Q(because_fi="") & ~Q(because_sv=""),
                violation_error_message=_("Say in both languages what was corrected."),
            ),
        ]

    def __str__(self):
        return f"{self.report_id}/{self.number}"

    def because(self, language):
        """Return what was corrected, in a language."""
        return self.because_sv if language == "sv" else self.because_fi


class ReportPaper(Document):
    """An edition as PDF in one language."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="papers")

    objects = DocumentQuerySet.as_manager()

    class Meta(Document.Meta):
        verbose_name = _("annual report as PDF")
        verbose_name_plural = _("annual reports as PDF")
        constraints = [
            *Document.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "language"], name="reportpaper_once"),
        ]

    def __str__(self):
        return self.filename

    @property
    def filename(self):
        """Return the name under which it is downloaded."""
        return f"{FILES[self.language]}-{self.figures['year']}-{self.figures['edition']}-{self.language}.pdf"

    def produce(self):
        """Make the paper from the edition's frozen contents."""
        return self.filename, report_paper.report(self.figures, self.language)
