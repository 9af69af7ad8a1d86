"""One year's bill of a contract shared among its participants: prepared, frozen with its figures, charged."""

from collections import defaultdict
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, PostKind
from consortium.workflow import Workflow
from members.models.municipality import Municipality
from members.models.payers import population_rows
from procurement import cost_emails, cost_shares
from procurement.cost_shares import Participant, Refused, Terms
from procurement.models.contract import Contract, ContractState
from procurement.models.participation import months_in
from procurement.models.usage import UsageFigure

ZERO = Decimal(0)


class CostMethod(models.TextChoices):
    """By what a bill is shared."""

    EQUAL = "equal", _("equally")
    RESIDENTS = "residents", _("by residents")
    USE = "use", _("by use")
    MIXED = "mixed", _("mixed")
    PRICE = "price", _("price a resident")


class CostShareState(models.TextChoices):
    """How far the sharing of a year has come."""

    DRAFT = "draft", _("being prepared")
    FROZEN = "frozen", _("frozen")
    CHARGED = "charged", _("charged")
    WITHDRAWN = "withdrawn", _("shares taken back")


STANDING = frozenset({CostShareState.FROZEN, CostShareState.CHARGED})


class CostShareQuerySet(models.QuerySet):
    """Questions to the sharings."""

    def visible_to(self, user):
        """Return all to staff; to auditor and accountant those that are no drafts; to others none."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        if {PostKind.AUDITOR, PostKind.ACCOUNTANT} & user.duties:
            return self.exclude(state=CostShareState.DRAFT)
        return self.none()

    def standing(self):
        """Return those that have been frozen and not taken back."""
        return self.filter(state__in=STANDING)


class CostShare(Workflow):
    """How a contract's bill of one year is shared. Amounts are € without VAT, of a whole year; Σ shares meets the bill.

    ``months``: of the contract in the year; ``price``: € a resident; the parts of a mixed sharing are 0 to 1.
    """

    STEPS = {
        "edit": ({CostShareState.DRAFT}, None),
        "freeze": ({CostShareState.DRAFT}, CostShareState.FROZEN),
        "settle": (STANDING, None),
        "charge": (STANDING, CostShareState.CHARGED),
        "withdraw": ({CostShareState.DRAFT, CostShareState.FROZEN}, CostShareState.WITHDRAWN),
    }

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="cost_shares")
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(
        _("state"), max_length=10, choices=CostShareState, default=CostShareState.DRAFT, editable=False
    )
    method = models.CharField(_("shared"), max_length=10, choices=CostMethod, default=CostMethod.RESIDENTS)
    amount = models.DecimalField(
        _("bill of a whole year"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    price = models.DecimalField(
        _("price a resident and year"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    floor = models.DecimalField(_("smallest share"), max_digits=10, decimal_places=2, default=ZERO)
    cap = models.DecimalField(_("largest share"), max_digits=12, decimal_places=2, null=True, blank=True)
    months = models.PositiveSmallIntegerField(
        _("months of the contract in the year"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    equal_part = models.DecimalField(max_digits=7, decimal_places=6, default=ZERO)
    residents_part = models.DecimalField(max_digits=7, decimal_places=6, default=ZERO)
    use_part = models.DecimalField(max_digits=7, decimal_places=6, default=ZERO)
    population_on = models.DateField(_("residents on"))
    use_report = models.CharField(_("use is counted by the report"), max_length=10, blank=True)
    use_metric = models.CharField(_("use is counted as"), max_length=100, blank=True)
    use_from = models.DateField(_("use from"), null=True, blank=True)
    use_to = models.DateField(_("use until"), null=True, blank=True)
    ground = models.CharField(_("which decision or agreement says so"), max_length=200)
    vat_rate = models.DecimalField(_("VAT %"), max_digits=4, decimal_places=2, null=True, blank=True)
    vat_note = models.CharField(_("VAT in words"), max_length=70, blank=True)
    account = models.CharField(_("account"), max_length=20, blank=True)
    cost_centre = models.CharField(_("cost centre"), max_length=20, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    billed = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    uncovered = models.DecimalField(max_digits=12, decimal_places=2, null=True, editable=False)
    frozen_on = models.DateField(_("frozen on"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("why the shares were taken back"), max_length=300, blank=True)

    objects = CostShareQuerySet.as_manager()

    TRIGGERS = {"costshare_frozen": _("The figures of shares that were frozen are not changed.")}

    class Meta:
        verbose_name = _("cost sharing")
        verbose_name_plural = _("cost sharings")
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "year"],
                condition=~Q(state="withdrawn"),
                name="costshare_once_a_year",
                violation_error_message=_("The costs of this contract and year are shared already."),
            ),
            models.CheckConstraint(name="costshare_year", condition=Q(year__gte=2013, year__lt=2100)),
            models.CheckConstraint(
                name="costshare_nothing_negative",
                condition=Q(floor__gte=0, equal_part__gte=0, residents_part__gte=0, use_part__gte=0)
                & (Q(amount__isnull=True) | Q(amount__gte=0))
                & (Q(price__isnull=True) | Q(price__gte=0))
                & (Q(cap__isnull=True) | Q(cap__gte=0)),
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                name="costshare_amount_or_price",
                condition=Q(method="price", price__isnull=False, amount__isnull=True)
                | ~Q(method="price") & Q(amount__isnull=False, price__isnull=True),
                violation_error_message=_(
                    "Give the bill of a whole year, or the price a resident: one of them."
                ),
            ),
            models.CheckConstraint(
                name="costshare_use_is_named",
                condition=Q(method__in=["equal", "residents", "price"])
                | Q(method="mixed", use_part=0)
                | ~Q(use_metric="")
                & Q(use_from__isnull=False, use_to__isnull=False, use_to__gte=F("use_from")),
                violation_error_message=_("Say which use counts: its metric, and from when until when."),
            ),
            models.CheckConstraint(
                name="costshare_frozen_with_sums",
                condition=~Q(state__in=["frozen", "charged"])
                | Q(frozen_on__isnull=False, billed__isnull=False, uncovered__isnull=False),
            ),
            models.CheckConstraint(
                name="costshare_withdrawn_with_reason",
                condition=Q(state="withdrawn") & ~Q(withdrawn_reason="") | ~Q(state="withdrawn"),
                violation_error_message=_("Give the reason: it stays on record."),
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.year}"

    def get_absolute_url(self):
        """Return the page of the year's sharing."""
        return reverse("procurement:cost_share", args=[self.contract_id, self.pk])

    @property
    def is_frozen(self):
        """Tell whether the shares stand as they were frozen."""
        return self.state in STANDING

    @property
    def terms(self):
        """Return the terms as the arithmetic takes them."""
        parts = {"equal": self.equal_part, "residents": self.residents_part, "use": self.use_part}
        is_mixed = self.method == CostMethod.MIXED
        return Terms(
            method=cost_shares.Method(self.method),
            amount=self.amount,
            price=self.price,
            floor=self.floor,
            cap=self.cap,
            months=self.months,
            parts=parts if is_mixed else {},
        )

    @property
    def counts_use(self):
        """Tell whether use weighs."""
        return self.method == CostMethod.USE or (self.method == CostMethod.MIXED and bool(self.use_part))

    @classmethod
    def begin(cls, *, by, contract, year, **terms):
        """Begin the sharing of a contract's year. Returns it; ValidationError where one stands, or terms contradict."""
        _refuse_draft(contract)
        with transaction.atomic():
            row = cls(contract=contract, year=year, **terms)
            row.full_clean()
            row.save()
            AuditEvent.record(row, "begin", by=by, contract=contract.pk, year=year)
        return row

    def edit(self, *, by, revision, **terms):
        """Change the terms. ``revision``: the one that was looked at."""
        with self.step("edit", by=by) as details:
            details["changed"] = self._change(revision, terms)

    def settle(self, *, by, revision, vat_rate, vat_note, account, cost_centre):
        """Say how shares that stand go to the ledger; the shares stay, and so do the files that were made."""
        ways = {"vat_rate": vat_rate, "vat_note": vat_note, "account": account, "cost_centre": cost_centre}
        with self.step("settle", by=by) as details:
            details["changed"] = self._change(revision, ways)

    def _change(self, revision, values):
        """Set the fields if ``revision`` is still the newest. Returns {field: [before, after]} of what differs."""
        if revision != self.revision:
            words = _(
                "A colleague has changed this meanwhile. Nothing was saved; look at it and change it again."
            )
            raise ValidationError(words, code="overtaken")
        before = {name: str(getattr(self, name)) for name in values}
        for name, value in values.items():
            setattr(self, name, value)
        self.revision += 1
        self.clean_fields()
        return {n: [b, str(getattr(self, n))] for n, b in before.items() if b != str(getattr(self, n))}

    def participants(self):
        """Return [(municipality, Participant, population row or None)] of who shares, by name, as things stand today.

        A participant's months are the contract's, less the full months in which it takes no part; none: left out.
        """
        whole = months_in(self.contract.begins_on, self.contract.last_day, self.year)
        own = {}
        in_year = (clock.first_day(self.year), clock.first_day(self.year + 1))
        for part in self.contract.participations.filter(period__overlap=in_year).select_related(
            "municipality"
        ):
            starts_on = max(part.starts_on, self.contract.begins_on)
            last = min(filter(None, [part.last_day, self.contract.last_day]), default=None)
            own.setdefault(part.municipality, 0)
            own[part.municipality] += months_in(starts_on, last, self.year)
        places = sorted(own, key=lambda place: place.sort_key_fi)
        population = population_rows([place.pk for place in places], self.population_on)
        use = self._use(places) if self.counts_use else {}
        found = []
        for place in places:
            row, months = population.get(place.pk), self.months - (whole - own[place])
            if months > 0 and (own[place] or not whole):
                known = use.get(place.pk)
                found.append((place, Participant(place.code, row and row.count, known, months), row))
        return found

    def _use(self, places):
        """Return municipality's id → its use in its own of the months that count; nothing where one is not known."""
        months = defaultdict(set)
        for part in self.contract.participations.filter(municipality__in=places):
            months[part.municipality_id] |= part.months_between(self.use_from, self.use_to)
        rows = UsageFigure.objects.filter(contract=self.contract_id, metric=self.use_metric)
        return rows.filter(report=self.use_report).of_months(months)

    def reckon(self):
        """Return (the year's shares reckoned now, as cost_shares.Shares; participants() as used). Raises Refused."""
        found = self.participants()
        return cost_shares.reckon(self.terms, [one for _place, one, _row in found]), found

    def freeze(self, *, by, seen):
        """Freeze the shares with the figures used, and tell each participant its own. Returns the lines.

        ``seen``: the fingerprint of the preview that was looked at. ValidationError when the figures are others now.
        """
        with self.step("freeze", by=by) as details:
            _refuse_draft(self.contract)
            try:
                reckoned, found = self.reckon()
            except Refused as refused:
                raise ValidationError(
                    _("The shares cannot be reckoned as things stand."), code=refused.code
                ) from None
            if reckoned.fingerprint != seen:
                raise ValidationError(
                    _("The figures have changed since you looked: see the new shares and freeze those."),
                    code="changed",
                )
            self.billed, self.uncovered, self.frozen_on = reckoned.amount, reckoned.uncovered, clock.today()
            self.save()  # PostgreSQL takes lines on frozen shares alone
            lines = CostShareLine.objects.bulk_create(
                CostShareLine.of(self, place, row, reckoned.by_key[place.code]) for place, _one, row in found
            )
            details |= {"lines": len(lines), "total": str(reckoned.total)}
            details["told"] = cost_emails.shares_frozen(self, lines)
        return lines

    def charge(self, *, by, rows):
        """Keep a file for the ledger. ``rows``: (line, ledger row as plain values) without gaps. Returns the batch."""
        with self.step("charge", by=by) as details:
            if not rows:
                raise ValidationError(
                    _("No share can be charged: each is in a file already, or lacks a detail."),
                    code="nothing",
                )
            number = (self.batches.aggregate(last=Max("number"))["last"] or 0) + 1
            batch = self.batches.create(number=number, rows=[plain for _line, plain in rows], made_by=by)
            taken = self.lines.filter(pk__in=[line.pk for line, _plain in rows], batch__isnull=True)
            if taken.update(batch=batch) != len(rows):
                raise ValidationError(_("A colleague has charged one of these already. Nothing was changed."))
            details |= {"batch": number, "rows": len(rows)}
        return batch

    def withdraw(self, *, by, reason):
        """Take the sharing back before it is charged; participants that were told are told this, too."""
        with self.step("withdraw", by=by) as details:
            self.withdrawn_reason = reason
            lines = self.lines.select_related("municipality")
            details["told"] = cost_emails.shares_withdrawn(self, lines, reason)


class CostBatch(models.Model):
    """Shares that went to the ledger in one file, with the buyers' details as they were. Never changed."""

    cost_share = models.ForeignKey(CostShare, models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField(_("number"))
    rows = models.JSONField(encoder=DjangoJSONEncoder)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=clock.now)

    class Meta:
        verbose_name = _("file of cost shares")
        verbose_name_plural = _("files of cost shares")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["cost_share", "number"], name="costbatch_number_once")]

    def __str__(self):
        return f"{self.cost_share_id}/{self.number}"


class CostShareLine(models.Model):
    """What one municipality pays of a year's bill (€ without VAT), with every figure it was reckoned from."""

    cost_share = models.ForeignKey(CostShare, models.PROTECT, related_name="lines")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="cost_lines")
    amount = models.DecimalField(_("share"), max_digits=12, decimal_places=2)
    residents = models.PositiveIntegerField(_("residents"), null=True)
    residents_on = models.DateField(_("residents on"), null=True)
    residents_source = models.CharField(_("source"), max_length=120, blank=True)
    use = models.BigIntegerField(_("use"), null=True)
    months = models.PositiveSmallIntegerField(_("months"))
    reckoning = models.JSONField()
    batch = models.ForeignKey(CostBatch, models.PROTECT, null=True, related_name="lines")

    TRIGGERS = {"costshareline_kept": _("The figures of shares that were frozen are not changed.")}

    class Meta:
        verbose_name = _("cost share")
        verbose_name_plural = _("cost shares")
        ordering = ["municipality__sort_key_fi"]
        constraints = [
            models.UniqueConstraint(fields=["cost_share", "municipality"], name="costshareline_once"),
            models.CheckConstraint(name="costshareline_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.cost_share_id} {self.municipality_id}: {self.amount}"

    @classmethod
    def of(cls, cost_share, municipality, population, share):
        """Return the line, not saved, of one participant."""
        return cls(
            cost_share=cost_share,
            municipality=municipality,
            amount=share.amount,
            residents=population.count if population else None,
            residents_on=population.on if population else None,
            residents_source=population.source if population else "",
            use=share.use,
            months=share.months,
            reckoning=share.plain(),
        )


def _refuse_draft(contract):
    if contract.state == ContractState.DRAFT:
        words = _("The contract is still being made. Its costs can be shared when it has been signed.")
        raise ValidationError(words, code="unsigned")
