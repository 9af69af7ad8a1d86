"""What was used: suppliers' files as they came, what columns and places mean, the figures, each with its source."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.emails import hand_over
from consortium.models import AuditEvent
from consortium.models.mail import Priority
from consortium.workflow import Workflow
from members.models.municipality import Municipality
from members.tables import plain
from procurement.models.contract import Contract

READ = "procurement.tasks.read_usage"
TAKEN_UP_WITHIN = dt.timedelta(minutes=1)  # a file that has waited longer was lost with the broker
SILENT_AFTER = dt.timedelta(minutes=10)  # the largest report takes a minute: whoever is still at it is dead
MOST_TRIES = 3


class UsageState(models.TextChoices):
    """How far the reading of a file has come."""

    QUEUED = "queued", _("in the queue")
    READING = "reading", _("being read")
    COLUMNS = "columns", _("asks what the columns mean")
    PLACES = "places", _("asks whose figures they are")
    READ = "read", _("read")
    REFUSED = "refused", _("could not be read")
    ASIDE = "aside", _("set aside")


class Scope(models.TextChoices):
    """Whose use a figure is."""

    MUNICIPALITY = "municipality", _("one municipality")
    NETWORK = "network", _("a library network together")
    ALL = "all", _("all participants together")
    NOBODY = "nobody", _("nobody here: left out")


ASKING = frozenset({UsageState.COLUMNS, UsageState.PLACES})


class UsageFileQuerySet(models.QuerySet):
    """Questions to the files."""

    def left_behind(self, moment=None):
        """Return those a dead worker or broker left."""
        moment = moment or timezone.now()
        queued = Q(state=UsageState.QUEUED, asked_at__lt=moment - TAKEN_UP_WITHIN)
        reading = Q(state=UsageState.READING, asked_at__lt=moment - SILENT_AFTER)
        return self.filter(queued | reading).order_by("pk")


class UsageFile(Workflow):
    """A supplier's file of use: a COUNTER report or a sheet. Read by the worker; its bytes stay as they came.

    ``reason``: why it could not be read: a code of counter_report or usage_sheet, or "table" with the sentence of each
    language in ``said``. ``said`` of a file that was read: what its header says.
    """

    STEPS = {
        "map_columns": ({UsageState.COLUMNS}, UsageState.QUEUED),
        "map_places": ({UsageState.PLACES}, UsageState.QUEUED),
        "set_aside": ({UsageState.READ, UsageState.REFUSED, *ASKING}, UsageState.ASIDE),
    }

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="usage_files")
    name = models.CharField(_("file"), max_length=150)
    file = models.FileField(upload_to="usage/%Y/", max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=UsageState, default=UsageState.QUEUED)
    asked_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, blank=True)  # counter or sheet
    report = models.CharField(_("report"), max_length=10, blank=True)
    said = models.JSONField(default=dict)
    guess = models.JSONField(default=dict)  # what a sheet may mean, until a person has said
    unknown = models.JSONField(default=list)  # places that nobody has named yet
    reason = models.CharField(max_length=20, blank=True)
    faults = models.JSONField(default=list)  # [line, column, reason, what stands there]
    more_faults = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)  # metric → count, of everything that was read
    first_month = models.DateField(null=True, blank=True)
    last_month = models.DateField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("handed in"), default=clock.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    aside_reason = models.CharField(_("why it does not count"), max_length=300, blank=True)

    objects = UsageFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of use")
        verbose_name_plural = _("files of use")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "sha256"],
                condition=~Q(state="aside"),
                name="usagefile_once",
                violation_error_message=_("This very file has been handed in already. Nothing was changed."),
            ),
            models.CheckConstraint(
                name="usagefile_aside_with_reason",
                condition=Q(state="aside") & ~Q(aside_reason="") | ~Q(state="aside") & Q(aside_reason=""),
                violation_error_message=_("Give the reason: it stays on record."),
            ),
            models.CheckConstraint(
                name="usagefile_read_has_moment", condition=~Q(state="read") | Q(read_at__isnull=False)
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the file's page."""
        return reverse("procurement:usage_file", args=[self.contract_id, self.pk])

    @property
    def is_pending(self):
        """Tell whether the worker has it."""
        return self.state in {UsageState.QUEUED, UsageState.READING}

    @classmethod
    def receive(cls, contract, *, by, name, sha256, upload):
        """Keep a file and ask the worker to read it. Returns (row, whether it is new): the same file is kept once."""
        there = cls.objects.exclude(state=UsageState.ASIDE).filter(contract=contract, sha256=sha256)
        if found := there.first():
            return found, False
        row = cls(contract=contract, name=name[:150], sha256=sha256, size=upload.size, uploaded_by=by)
        row.file.save(sha256, upload, save=False)  # a name of its own may be longer than a disk takes
        try:
            with transaction.atomic():
                row.save()
                AuditEvent.record(row, "receive", by=by, contract=contract.pk, size=row.size)
        except IntegrityError:
            row.file.storage.delete(row.file.name)
            if found := there.first():
                return found, False
            raise
        hand_over(READ, row.pk, priority=Priority.LETTER)
        return row, True

    def take_up(self):
        """Take the row for this worker. Returns whether it is ours: not if another has it or too many ended."""
        moment = timezone.now()
        rows = type(self).objects.filter(pk=self.pk)
        silent = Q(state=UsageState.READING, asked_at__lt=moment - SILENT_AFTER)
        if rows.filter(silent, tries__gte=MOST_TRIES).update(state=UsageState.REFUSED, reason="worker"):
            return False
        free = Q(state=UsageState.QUEUED) | silent
        taken = rows.filter(free).update(state=UsageState.READING, asked_at=moment, tries=F("tries") + 1)
        self.refresh_from_db()
        return bool(taken)

    def answer(self, figures=(), **fields):
        """Write what the reading came to, with its figures, if the row is still this worker's."""
        with transaction.atomic():
            mine = type(self).objects.filter(pk=self.pk, state=UsageState.READING, asked_at=self.asked_at)
            if mine.update(**fields):
                UsageFigure.objects.bulk_create(figures, batch_size=2000)
        self.refresh_from_db()

    def map_columns(self, *, by, columns, fixed):
        """Remember what the columns of this contract's sheets mean, and read the file by it."""
        with self.step("map_columns", by=by):
            UsageMapping.objects.create(contract=self.contract, columns=columns, fixed=fixed, confirmed_by=by)
            self._again()

    def map_places(self, *, by, places):
        """Remember whose figures the places are, and read the file.

        ``places``: name → (scope, municipality or None, network or "").
        """
        with self.step("map_places", by=by, places=len(places)):
            for name, (scope, municipality, network) in places.items():
                facts = {"scope": scope, "municipality": municipality, "network": network, "name": name[:200]}
                UsagePlace.objects.create(
                    contract=self.contract, key=place_key(name), confirmed_by=by, **facts
                )
            self._again()

    def _again(self):
        self.asked_at, self.tries = timezone.now(), 0
        hand_over(READ, self.pk, priority=Priority.LETTER)

    def set_aside(self, *, by, reason):
        """Let the file no longer count, with the reason. Its figures stay on record; it can be handed in again."""
        with self.step("set_aside", by=by):
            self.aside_reason = reason


def place_key(name):
    """Return a place's name as two files write it alike."""
    return plain(name)[:200]


class UsageMapping(models.Model):
    """What the columns of a contract's sheets mean, as a person confirmed it. The newest that fits a file counts."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="usage_mappings")
    columns = models.JSONField()  # field → heading
    fixed = models.JSONField(default=dict)  # field → what the sheets leave unsaid
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("meaning of columns")
        verbose_name_plural = _("meanings of columns")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.contract_id} {self.pk}"


class UsagePlace(models.Model):
    """Whose figures a name in a contract's files stands for, as a person confirmed it. The newest of a name counts."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="usage_places")
    key = models.CharField(max_length=200, blank=True)
    name = models.CharField(_("name in the files"), max_length=200, blank=True)
    scope = models.CharField(_("whose figures"), max_length=12, choices=Scope)
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, related_name="+")
    network = models.CharField(_("library network"), max_length=60, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("place in files of use")
        verbose_name_plural = _("places in files of use")
        ordering = ["key", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="usageplace_scope_is_named",
                condition=Q(scope="municipality", municipality__isnull=False, network="")
                | Q(scope="network", municipality__isnull=True) & ~Q(network="")
                | Q(scope__in=["all", "nobody"], municipality__isnull=True, network=""),
                violation_error_message=_("Name the municipality or the network whose figures they are."),
            ),
        ]

    def __str__(self):
        return self.name


class UsageFigureQuerySet(models.QuerySet):
    """Questions to the figures."""

    def standing(self):
        """Return of these the ones that count: of files not set aside; what two files tell alike, by the newer one.

        Asked of figures already limited by what they are of (contract, whose, metric, months): it looks at no others.
        """
        same = (
            "contract_id",
            "place",
            "scope",
            "municipality_id",
            "network",
            "report",
            "service",
            "metric",
            "month",
        )
        rows = self.filter(file__state=UsageState.READ).order_by(*same, "-file_id").distinct(*same)
        return self.model.objects.filter(pk__in=rows.values("pk"))

    def of_months(self, months):
        """Return municipality's id → what it comes to in its months; left out: whoever lacks the figure of a month.

        ``months``: municipality's id → first days of months. Asked of figures limited to one report and metric.
        """
        known = {place: {} for place in months}
        rows = self.filter(municipality__in=months, month__in=set().union(*months.values())).standing()
        sums = rows.order_by().values("municipality", "month").annotate(total=Sum("count"))
        for place, month, total in sums.values_list("municipality", "month", "total"):
            known[place][month] = total
        return {
            place: sum(known[place][month] for month in own)
            for place, own in months.items()
            if own and own <= known[place].keys()
        }


class UsageFigure(models.Model):
    """How often something was used in a month, by one metric: whose use, of what, by which file. Never changed.

    ``place``: the name in the file; ``items``: how many titles of the file are added in it.
    """

    file = models.ForeignKey(UsageFile, models.PROTECT, related_name="figures")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="usage_figures")
    scope = models.CharField(_("whose use"), max_length=12, choices=Scope)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="usage_figures"
    )
    network = models.CharField(_("library network"), max_length=60, blank=True)
    place = models.CharField(_("name in the file"), max_length=200, blank=True)
    report = models.CharField(_("report"), max_length=10, blank=True)
    service = models.CharField(_("service"), max_length=200, blank=True)
    metric = models.CharField(_("metric"), max_length=100)
    month = models.DateField(_("month"))
    count = models.BigIntegerField(_("count"))
    items = models.PositiveIntegerField(default=1)

    objects = UsageFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of use")
        verbose_name_plural = _("figures of use")
        ordering = ["month", "pk"]
        indexes = [
            models.Index(fields=["municipality", "month"], name="usagefigure_municipality"),
            models.Index(fields=["contract", "month"], name="usagefigure_contract"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "place", "report", "service", "metric", "month"], name="usagefigure_once"
            ),
            models.CheckConstraint(name="usagefigure_not_negative", condition=Q(count__gte=0)),
            models.CheckConstraint(name="usagefigure_first_of_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="usagefigure_scope_is_named",
                condition=Q(scope="municipality", municipality__isnull=False, network="")
                | Q(scope="network", municipality__isnull=True) & ~Q(network="")
                | Q(scope="all", municipality__isnull=True, network=""),
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.month:%Y-%m} {self.metric}"
