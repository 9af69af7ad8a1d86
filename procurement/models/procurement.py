"""A joint procurement: what is bought together, how, how far it is, and who may read what of it."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, PostKind
from consortium.workflow import Workflow
from procurement import estimate
from procurement.models.awarding import Awarding
from procurement.models.words import Kind, Procedure, ProcurementState, Readers, Setting

ZERO = Decimal(0)
UNDER_WAY = frozenset({ProcurementState.PREPARED, ProcurementState.ROUND, ProcurementState.TENDERING})
DECIDED = frozenset({ProcurementState.AWARDED, ProcurementState.CONTRACTED, ProcurementState.ENDED})


class ProcurementQuerySet(models.QuerySet):
    """Questions to the procurements."""

    def announced(self):
        """Return those that have been told of."""
        return self.filter(announced_on__isnull=False)

    def visible_to(self, user):
        """Return those a person, or a visitor, may know of: drafts are the service centre's alone."""
        return self if user.is_authenticated and user.is_staff else self.announced()

    def under_way(self):
        """Return those without an award yet."""
        return self.filter(state__in=UNDER_WAY)


class Procurement(Awarding, Workflow):
    """What the municipalities buy together, from its preparation to the end of its contract.

    ``months``: the contract's length without options, None when open-ended; ``one_off``: € once, without VAT;
    ``maximum``: the ceiling (€ without VAT), read by the service centre alone.
    """

    STEPS = {
        "edit": (UNDER_WAY, None),
        "announce": ({ProcurementState.PREPARED}, None),
        "open_round": ({ProcurementState.PREPARED}, ProcurementState.ROUND),
        "tender": ({ProcurementState.ROUND}, ProcurementState.TENDERING),
        "award": ({ProcurementState.TENDERING}, ProcurementState.AWARDED),
        "take_back": ({ProcurementState.AWARDED}, ProcurementState.TENDERING),
        "contract": ({ProcurementState.AWARDED}, ProcurementState.CONTRACTED),
        "void": (UNDER_WAY | {ProcurementState.AWARDED}, ProcurementState.VOID),
        "start_again": ({ProcurementState.VOID}, None),
        "end": ({ProcurementState.CONTRACTED}, ProcurementState.ENDED),
        "open_volumes": (set(ProcurementState) - {ProcurementState.PREPARED}, None),
        "close_volumes": (set(ProcurementState) - {ProcurementState.PREPARED}, None),
    }

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveSmallIntegerField(editable=False)
    title_fi = models.CharField(_("title in Finnish"), max_length=120)
    title_sv = models.CharField(_("title in Swedish"), max_length=120)
    summary_fi = models.TextField(_("what is bought, for whom, in Finnish"), max_length=1200)
    summary_sv = models.TextField(_("what is bought, for whom, in Swedish"), max_length=1200)
    state = models.CharField(
        _("state"), max_length=10, choices=ProcurementState, default=ProcurementState.PREPARED
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.GOODS_SERVICES)
    setting = models.CharField(_("leads to"), max_length=20, choices=Setting, default=Setting.CONTRACT)
    procedure = models.CharField(_("procedure"), max_length=12, choices=Procedure, default=Procedure.OPEN)
    cpv = ArrayField(models.CharField(max_length=10), verbose_name=_("CPV codes"), default=list, blank=True)
    months = models.PositiveSmallIntegerField(
        _("months without options"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    one_off = models.DecimalField(_("paid once"), max_digits=12, decimal_places=2, default=ZERO)
    maximum = models.DecimalField(_("ceiling"), max_digits=12, decimal_places=2, null=True, blank=True)
    price_weight = models.PositiveSmallIntegerField(_("points for the price"), default=100)
    case_number = models.CharField(_("case number"), max_length=40, blank=True)
    hilma_url = models.URLField(_("notice in Hilma"), blank=True)
    announced_on = models.DateField(_("members told on"), null=True, blank=True, editable=False)
    volumes_open_to = models.CharField(
        _("volumes open to"), max_length=12, choices=Readers, default=Readers.STAFF, editable=False
    )
    void_reason_fi = models.TextField(_("why it ended, in Finnish"), blank=True)
    void_reason_sv = models.TextField(_("why it ended, in Swedish"), blank=True)
    started_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="started", editable=False
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+", editable=False)

    objects = ProcurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint procurement")
        verbose_name_plural = _("joint procurements")
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="procurement_number"),
            models.CheckConstraint(
                name="procurement_nothing_negative",
                condition=Q(one_off__gte=0) & (Q(maximum__isnull=True) | Q(maximum__gte=0)),
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                name="procurement_months_counted",
                condition=Q(months__isnull=True) | Q(months__gte=1, months__lte=240),
                violation_error_message=_(
                    "Give the months of the contract, 1 to 240, or leave it open-ended."
                ),
            ),
            models.CheckConstraint(
                name="procurement_price_weight",
                condition=Q(price_weight__lte=100),
                violation_error_message=_("The points for the price are 0 to 100."),
            ),
            models.CheckConstraint(
                name="procurement_void_has_reason",
                condition=~Q(state="void") | ~Q(void_reason_fi="") & ~Q(void_reason_sv=""),
                violation_error_message=_("Say in both languages why it ended without result."),
            ),
            models.CheckConstraint(
                name="procurement_round_announced",
                condition=Q(state="prepared") | Q(announced_on__isnull=False),
            ),
            models.CheckConstraint(
                name="procurement_volumes_open_in_time",
                condition=Q(volumes_open_to="staff")
                | Q(volumes_open_to="members") & ~Q(state__in=["prepared"])
                | Q(volumes_open_to="public") & Q(state__in=["awarded", "contracted", "ended"]),
                violation_error_message=_(
                    "Volumes are opened to the members from the freeze on, to the public from the award on."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        """Return the procurement's page."""
        return reverse("procurement:procurement", args=[self.pk])

    @property
    def number(self):
        """Return its number as people say it: 2027-3."""
        return f"{self.year}-{self.serial}"

    @property
    def title(self):
        """Return the title in the page's language."""
        return self.title_sv if get_language() == "sv" else self.title_fi

    @property
    def summary(self):
        """Return the summary in the page's language."""
        return self.summary_sv if get_language() == "sv" else self.summary_fi

    @property
    def void_reason(self):
        """Return why it ended without result, in the page's language."""
        return self.void_reason_sv if get_language() == "sv" else self.void_reason_fi

    @property
    def is_decided(self):
        """Tell whether the award has been made; it stays so."""
        return self.state in DECIDED

    @property
    def term(self):
        """Return how long it runs with its options, as the law's arithmetic reads it."""
        options = tuple(estimate.Option(o.number, o.months, o.amount) for o in self.options.all())
        return estimate.Term(self.months, options)

    @classmethod
    def begin(cls, *, by, lots=(), options=(), **facts):
        """Write a new procurement as a draft of the service centre. Returns it.

        ``lots``: pairs of titles (fi, sv); ``options``: pairs of months and € more.
        """
        year = clock.today().year
        last = cls.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0
        row = cls(year=year, serial=last + 1, made_by=by, **facts)
        row.full_clean(exclude=["made_by"])
        row.save()
        row._write_parts(lots, options)
        AuditEvent.record(row, "begin", by=by, number=row.number)
        return row

    def edit(self, *, by, revision, lots=None, options=None, **facts):
        """Change what is planned. ``revision``: the one the form was made from; refused when another came between."""
        with self.step("edit", by=by, fields=sorted(facts)):
            if revision != self.revision:
                raise ValidationError(
                    _(
                        "A colleague has changed this meanwhile. Nothing was saved; look at it and change it again."
                    ),
                    code="overtaken",
                )
            for name, value in facts.items():
                setattr(self, name, value)
            self.revision += 1
            self.full_clean(exclude=["made_by"])
            self._write_parts(lots, options)

    def _write_parts(self, lots, options):
        if lots is not None and [(lot.title_fi, lot.title_sv) for lot in self.lots.all()] != list(lots):
            if self.state != ProcurementState.PREPARED:
                raise ValidationError(_("The lots can no longer be changed: the round has been opened."))
            self.lots.all().delete()
            rows = enumerate(lots, start=1)
            Lot.objects.bulk_create(
                Lot(procurement=self, number=n, title_fi=fi, title_sv=sv) for n, (fi, sv) in rows
            )
        if options is not None:
            self.options.all().delete()
            rows = enumerate(options, start=1)
            Option.objects.bulk_create(
                Option(procurement=self, number=n, months=months, amount=amount)
                for n, (months, amount) in rows
            )

    def announce(self, *, by):
        """Let the members and the public know of it."""
        with self.step("announce", by=by):
            if self.announced_on:
                raise ValidationError(_("It has been announced already."))
            self.announced_on = clock.today()

    def tender(self, *, by):
        """Begin the tendering with the frozen list."""
        with self.step("tender", by=by):
            if not self.round.is_frozen():
                raise ValidationError(_("The round is still open: the list freezes at its deadline."))

    def end(self, *, by):
        """Close it when its contract has ended."""
        with self.step("end", by=by):
            pass

    def open_volumes(self, *, by, to):
        """Let members or everyone read the volumes; not before the freeze, to the public not before the award."""
        with self.step("open_volumes", by=by, readers=to):
            if not self.round.is_frozen():
                raise ValidationError(_("The volumes stay closed until the list is frozen."))
            self.volumes_open_to = to

    def close_volumes(self, *, by, reason):
        """Take the volumes back to the service centre; that they were open stays on record with the reason."""
        with self.step("close_volumes", by=by, reason=reason):
            self.volumes_open_to = Readers.STAFF

    def shows_volumes_to(self, user):
        """Tell whether a person, or a visitor, may read what each municipality has said it will buy."""
        if user.is_authenticated and user.is_staff:
            return True
        round_ = getattr(self, "round", None)
        if not round_ or not round_.is_frozen():
            return False
        if self.volumes_open_to == Readers.PUBLIC:
            return True
        if not user.is_authenticated:
            return False
        if PostKind.AUDITOR in user.duties:
            return True
        return self.volumes_open_to == Readers.MEMBERS and user.roles.active().exists()


class Lot(models.Model):
    """A part that is tendered and awarded by itself."""

    procurement = models.ForeignKey(Procurement, models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField(_("number"))
    title_fi = models.CharField(_("title in Finnish"), max_length=120)
    title_sv = models.CharField(_("title in Swedish"), max_length=120)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["procurement", "number"], name="lot_number")]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def title(self):
        """Return the title in the page's language."""
        return self.title_sv if get_language() == "sv" else self.title_fi


class Option(models.Model):
    """Months that the contract may be continued, or € more that may be bought, without VAT."""

    procurement = models.ForeignKey(Procurement, models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField(_("number"))
    months = models.PositiveSmallIntegerField(_("months more"), default=0)
    amount = models.DecimalField(_("€ more"), max_digits=12, decimal_places=2, default=ZERO)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["procurement", "number"], name="option_number"),
            models.CheckConstraint(
                name="option_says_something",
                condition=Q(amount__gte=0) & (Q(months__gt=0) | Q(amount__gt=0)),
                violation_error_message=_("An option has months or a sum."),
            ),
        ]

    def __str__(self):
        return f"{self.number}: {self.months} + {self.amount}"
