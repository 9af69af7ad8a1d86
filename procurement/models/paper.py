"""Papers of a procurement: who may read each, when it was published or taken back, and how often it was opened."""

from collections import Counter

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AccessLog, AuditEvent
from consortium.models.audit import AccessKind
from consortium.workflow import Workflow
from members.models import Municipality
from procurement.models.procurement import DECIDED, Procurement
from procurement.models.words import AnswerKind, ProcurementState, Readers

RESTRICTED_IN = frozenset(
    {ProcurementState.ROUND, ProcurementState.TENDERING}
)  # from the opening to the award
TAKING_PART = [AnswerKind.COMMITTED, AnswerKind.INTERESTED]
WIDER = {reader: place for place, reader in enumerate(Readers)}


class PaperKind(models.TextChoices):
    """What a paper is."""

    PLAN = "plan", _("plan")
    STEERING = "steering", _("paper of the steering group")
    CALL = "call", _("call for tenders")
    MATERIAL = "material", _("material for the municipalities")
    DECISION = "decision", _("decision")
    LETTER = "letter", _("letter or notice")
    OTHER = "other", _("other paper")


class PaperState(models.TextChoices):
    """Whether others than the service centre may read it."""

    KEPT = "kept", _("the service centre's own")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("taken back")


class PaperQuerySet(models.QuerySet):
    """Questions to the papers."""

    def visible_to(self, user):
        """Return those a person, or a visitor, may read.

        What the service centre keeps to itself the auditor reads once the matter has been decided.
        """
        rows = self.filter(procurement__in=Procurement.objects.visible_to(user))
        if user.is_authenticated and user.is_staff:
            return rows
        seen = Q(audience=Readers.PUBLIC)
        if user.has_perm("procurement.read_shared"):
            seen |= Q(audience=Readers.MEMBERS)
        if user.is_authenticated:
            taking_part = Procurement.objects.filter(
                round__answers__standing__kind__in=TAKING_PART,
                round__answers__municipality__in=Municipality.objects.of(user),
            )
            seen |= Q(audience=Readers.PARTICIPANTS, procurement__in=taking_part)
        if user.has_perm("procurement.audit_papers"):
            seen |= Q(audience=Readers.PARTICIPANTS)
            seen |= Q(procurement__state__in=[*DECIDED, ProcurementState.VOID])
        return rows.filter(seen)


class Paper(Workflow):
    """One file of a procurement. It is the service centre's own until somebody publishes it."""

    STEPS = {
        "publish": (set(PaperState), PaperState.PUBLISHED),
        "withdraw": ({PaperState.PUBLISHED}, PaperState.WITHDRAWN),
    }

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="papers")
    title = models.CharField(_("title"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fi")
    kind = models.CharField(_("kind"), max_length=10, choices=PaperKind)
    file = models.FileField(_("file"), upload_to="papers/%Y/", max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.KEPT)
    audience = models.CharField(_("who may read it"), max_length=12, choices=Readers, default=Readers.STAFF)
    contains_volumes = models.BooleanField(_("contains volumes, ceilings or offers"), default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    audience_at = models.DateTimeField(default=clock.now, editable=False)  # since when these may read it
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("why it was taken back"), max_length=300, blank=True)
    was_open_to = models.CharField(max_length=12, choices=Readers, blank=True, editable=False)
    openings = models.PositiveIntegerField(_("opened while it was published"), null=True, editable=False)

    objects = PaperQuerySet.as_manager()

    TRIGGERS = {
        "paper_volumes_in_time": _(
            "The paper contains volumes: members may read them from the freeze on, the public from the award on."
        ),
    }

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="paper_open_only_when_published",
                condition=Q(state="published", published_at__isnull=False, published_by__isnull=False)
                & ~Q(audience="staff")
                | ~Q(state="published") & Q(audience="staff"),
            ),
            models.CheckConstraint(
                name="paper_withdrawn_whole",
                condition=Q(
                    state="withdrawn",
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                    openings__isnull=False,
                )
                & ~Q(withdrawn_reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True),
                violation_error_message=_("Say why the paper is taken back."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the procurement's page."""
        return reverse("procurement:procurement", args=[self.procurement_id])

    @property
    def log_name(self):
        """Return what the access log calls a reading of this paper."""
        return f"procurement.paper {self.pk}"

    @classmethod
    def add(cls, procurement, *, by, file, **facts):
        """Put a file to the procurement, for the service centre alone. Returns the paper."""
        row = cls(procurement=procurement, added_by=by, file=file, **facts)
        row.full_clean(exclude=["added_by"])
        row.save()
        facts = {"procurement": procurement.pk, "contains_volumes": row.contains_volumes}
        AuditEvent.record(row, "add", by=by, **facts)
        return row

    def publish(self, *, by, audience, contains_volumes, meant=False):
        """Let others read it. Whether it contains volumes is asked each time.

        One that does is published only where the volumes may be read, and before they have been opened there only
        when the person says that it is ``meant``.
        """
        with self.step("publish", by=by, audience=audience, contains_volumes=contains_volumes):
            if audience == Readers.STAFF:
                raise ValidationError({"audience": _("Choose who else may read it.")})
            if contains_volumes:
                self._refuse_volumes(audience, meant)
            if self.audience == Readers.STAFF:
                self.published_by, self.published_at = by, clock.now()
            self.audience, self.contains_volumes = audience, contains_volumes
            self.audience_at = clock.now()
            self.withdrawn_by = self.withdrawn_at = self.openings = None
            self.withdrawn_reason = self.was_open_to = ""

    def _refuse_volumes(self, audience, meant):
        """Raise ValidationError where the volumes are closed by law or by the service centre's own word."""
        procurement = self.procurement
        round_ = getattr(procurement, "round", None)
        in_time = procurement.is_decided if audience == Readers.PUBLIC else round_ and round_.is_frozen()
        if not in_time:
            raise ValidationError(self.TRIGGERS["paper_volumes_in_time"], code="too_early")
        if WIDER[procurement.volumes_open_to] < WIDER[audience] and not meant:
            raise ValidationError(
                {"meant": _("This contains volumes, and they have not been opened to these readers.")}
            )

    def withdraw(self, *, by, reason):
        """Take it back to the service centre; how often it was opened meanwhile stays on record."""
        with self.step("withdraw", by=by) as details:
            self.openings = details["openings"] = len(self.readings())
            self.was_open_to = details["audience"] = self.audience
            self.audience, self.audience_at = Readers.STAFF, clock.now()
            self.withdrawn_by, self.withdrawn_at, self.withdrawn_reason = by, clock.now(), reason

    def opened(self, by):
        """Keep in the log that somebody, or a visitor, has opened it."""
        user = by if by.is_authenticated else None
        AccessLog.objects.create(kind=AccessKind.READ, user=user, what=self.log_name)

    def readings(self):
        """Return when and by whom others than the service centre have opened it since it was published."""
        return openings_of([self]).get(self.pk, [])


def openings_of(papers):
    """Return {pk: [(moment, user's pk or None)]} of the readings of published papers, in one question."""
    since = {paper.log_name: paper for paper in papers if paper.published_at}
    rows = AccessLog.objects.filter(kind=AccessKind.READ, what__in=since).exclude(user__is_staff=True)
    found = {}
    for what, at, user in rows.order_by("at").values_list("what", "at", "user"):
        paper = since[what]
        if at >= paper.published_at and not (paper.withdrawn_at and at > paper.withdrawn_at):
            found.setdefault(paper.pk, []).append((at, user))
    return found


def counted(readings):
    """Return how often visitors and how often people with an account opened a paper."""
    tally = Counter("visitors" if user is None else "people" for _at, user in readings)
    return tally["visitors"], tally["people"]
