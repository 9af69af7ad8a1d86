"""That a municipality takes part in a contract: from when to when, with how much, and why it left."""

import datetime as dt
from calendar import monthrange
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.fees import full_months
from consortium.models import AuditEvent
from consortium.workflow import refuse_day
from members.models import Municipality
from procurement import contract_emails
from procurement.models.contract import Contract
from procurement.models.words import AnswerKind

DAY = dt.timedelta(days=1)


class ParticipationQuerySet(models.QuerySet):
    """Questions to who takes part in what."""

    def on(self, day):
        """Return those whose own period covers the day, whatever the contract's state."""
        return self.filter(period__contains=day)

    def in_use(self, day):
        """Return those in a contract that is in force on the day."""
        return self.on(day).filter(contract__in=Contract.objects.in_force(day))

    def of_supplier(self, supplier):
        """Return those in the contracts of a supplier: with ``not_left(day)``, whom to tell when it is bought."""
        return self.filter(contract__supplier=supplier).select_related("municipality", "contract")

    def not_left(self, day):
        """Return those that take part on the day or later, in a contract that is in force or still to begin."""
        later = Q(period__contains=day) | Q(period__startswith__gt=day)
        return self.filter(later, contract__in=Contract.objects.not_ended(day))

    def to_use(self, day):
        """Return those of them that tell what taking into use needs."""
        return self.not_left(day).filter(contract__asks_use=True)


class Participation(models.Model):
    """A municipality's part in a contract. ``yearly``: the volume it took part with, € a year without VAT.

    ``period`` has no end of its own while the municipality stays as long as the contract runs.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="participations")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="participations")
    period = DateRangeField(_("period"))
    yearly = models.DecimalField(_("volume a year"), max_digits=12, decimal_places=2, null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawal known on"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("reason"), max_length=300, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminded_on = models.DateField(_("reminded of taking into use on"), null=True, blank=True, editable=False)

    objects = ParticipationQuerySet.as_manager()

    TRIGGERS = {
        "participation_stays": _("That a municipality has taken part in a signed contract is not removed."),
        "participation_withdrawal_stands": _("A withdrawal stays on record; taking part again is a new row."),
    }

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["municipality__sort_key_fi"]
        constraints = [
            ExclusionConstraint(  # int8range stands in for `=`, so btree_gist is not needed
                name="participation_no_overlap",
                expressions=[
                    (
                        Func("contract", "contract", Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func("municipality", "municipality", Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "The municipality already takes part in this contract at that time."
                ),
            ),
            models.CheckConstraint(
                name="participation_has_first_day",
                condition=Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("A participation begins on a day and lasts at least one."),
            ),
            models.CheckConstraint(
                name="participation_withdrawn_with_reason",
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False, period__endswith__isnull=False)
                & ~Q(withdrawn_reason=""),
                violation_error_message=_("A withdrawal has its day, its reason and a last day."),
            ),
            models.CheckConstraint(
                name="participation_volume_not_negative",
                condition=Q(yearly__isnull=True) | Q(yearly__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.municipality_id} {self.period}"

    def get_absolute_url(self):
        """Return the page on which its municipality takes the contract into use."""
        return reverse("procurement:use_list", args=[self.contract_id, self.municipality.code])

    @property
    def starts_on(self):
        """Return the first day."""
        return self.period.lower

    @property
    def last_day(self):
        """Return the last day of its own, or None while it stays as long as the contract."""
        return self.period.upper - DAY if self.period.upper else None

    def months_between(self, first, last):
        """Return the months, by their first days, from that of ``first`` to that of ``last`` in which it took part."""
        starts_on = max(self.starts_on, self.contract.begins_on)
        ends_on = min(filter(None, [self.last_day, self.contract.last_day]), default=last)
        if starts_on > ends_on:
            return set()
        last = last.replace(day=monthrange(last.year, last.month)[1])
        begins, ends = max(starts_on, first), min(ends_on, last)
        numbers = range(begins.year * 12 + begins.month - 1, ends.year * 12 + ends.month)
        return {dt.date(number // 12, number % 12 + 1, 1) for number in numbers}

    @classmethod
    def begin(cls, contract, municipality, *, by, starts_on=None, yearly=None):
        """Add a municipality to a contract from a day on, by default the contract's first. Returns it.

        ValidationError for one that is in it already; the list of a framework is fixed by its call for tenders.
        """
        with contract.step("add", by=by, municipality=municipality.pk):
            if contract.procurement_id and not contract.may_take_part().filter(pk=municipality.pk).exists():
                words = _(
                    "%(name)s is not on the frozen list of %(number)s: who may use the contract was named in the call "
                    "for tenders (Hankintalaki 42 §)."
                )
                facts = {"name": municipality.name, "number": contract.procurement.number}
                raise ValidationError({"municipality": ValidationError(words, "unlisted", facts)})
            row = cls(
                contract=contract,
                municipality=municipality,
                period=(starts_on or contract.begins_on, None),
                yearly=yearly,
            )
            row.full_clean()
            row.save()
        return row

    @classmethod
    def take_committed(cls, contract, *, by):
        """Add those that are committed on the frozen list, with their volumes. Returns how many.

        Those on it as interested may be added later; nobody else may.
        """
        rows = []
        for answer in contract.listed():
            if answer.counts_as == AnswerKind.COMMITTED:
                yearly = answer.standing.yearly
                if contract.lot_id:
                    said = answer.standing.by_lot.get(str(contract.lot.number))
                    if said is None and answer.standing.by_lot:
                        continue  # it committed to other lots
                    yearly = Decimal(said) if said is not None else yearly
                rows.append(
                    cls(
                        contract=contract,
                        municipality=answer.municipality,
                        period=(contract.begins_on, None),
                        yearly=yearly,
                    )
                )
        with contract.step("add", by=by, municipalities=[row.municipality_id for row in rows]):
            cls.objects.bulk_create(rows)
        return len(rows)

    def leave_out(self, *, by, reason):
        """Take the municipality off a contract that is still being made; the act and its reason stay on record."""
        with self.contract.step("leave_out", by=by, municipality=self.municipality_id, reason=reason):
            Participation.objects.filter(pk=self.pk).delete()

    def withdraw(self, *, by, withdrawn_on, last_day, reason):
        """Record that the municipality leaves the contract: why, known since when, and its last day."""
        with self.contract.step(
            "withdraw", by=by, municipality=self.municipality_id, last_day=last_day, withdrawn_on=withdrawn_on
        ):
            refuse_day("withdrawn_on", withdrawn_on)
            row = Participation.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            if row.withdrawn_on:
                raise ValidationError(self.TRIGGERS["participation_withdrawal_stands"], code="withdrawn")
            if last_day < row.starts_on:
                raise ValidationError({"last_day": _("The last day cannot come before the first.")})
            row.period = (row.starts_on, last_day + DAY)
            row.withdrawn_on, row.withdrawn_by, row.withdrawn_reason = withdrawn_on, by, reason
            row.full_clean()
            row.save()
            contract_emails.tell(contract_emails.WITHDRAWN, [row])
        self.refresh_from_db()

    def is_under_way(self, day):
        """Tell whether the municipality takes part on the day or later, in a contract that has not ended."""
        last = self.last_day
        return not self.contract.has_ended(day) and (last is None or last >= day)

    def still_tells(self, template):
        """Tell whether a letter about it is still true when it is about to leave."""
        today = clock.today()
        if template == contract_emails.USE:
            return self.is_under_way(today) and bool(self.missing())
        return True

    def holds_back(self, template):
        """Tell whether a letter must wait: a reminder never leaves in July."""
        return template == contract_emails.USE and clock.today().month == contract_emails.JULY

    def missing(self):
        """Return the parts of its list of taking into use that nobody has told yet."""
        told = {step.kind for step in self.steps.all()}
        return [kind for kind in self.steps.model.KINDS if kind not in told]

    def remind_use(self, *, by):
        """Ask the municipality for what is missing in its list, once a day. Returns whether it was asked."""
        with transaction.atomic():
            row = Participation.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            today = clock.today()
            asked = row.contract.asks_use and row.is_under_way(today) and row.missing()
            if row.reminded_on == today or not asked:
                return False
            if not contract_emails.tell(contract_emails.USE, [row], missing=row.missing()):
                return False
            row.reminded_on = today
            row.save(update_fields=["reminded_on"])
            AuditEvent.record(row, "remind_use", by=by)
        self.reminded_on = today
        return True


def months_in(starts_on, last_day, year):
    """Return the full months of a year between two days; ``last_day`` None: without end."""
    if starts_on.year > year or (last_day and last_day.year < year):
        return 0
    return full_months(starts_on, year, last_day)
