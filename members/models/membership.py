"""Belonging to the consortium: a stretch of time, never a flag."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members.models.municipality import Municipality


class MembershipQuerySet(models.QuerySet):
    """Questions to the memberships."""

    def on(self, day):
        """Return those that cover the day."""
        return self.filter(period__contains=day)


class Membership(models.Model):
    """A stretch of time during which a municipality belongs to the consortium; half-open, the last day is inside."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="memberships")
    period = DateRangeField(_("period"))
    accession = models.OneToOneField(
        "members.Accession", models.PROTECT, null=True, blank=True, related_name="membership"
    )
    notice_on = models.DateField(_("notice given on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["-period"]
        constraints = [
            ExclusionConstraint(  # int8range stands in for `=`, so btree_gist is not needed
                name="membership_no_overlap",
                expressions=[
                    (
                        Func("municipality", "municipality", Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The municipality is already a member during this time."),
            ),
            models.CheckConstraint(
                name="membership_has_first_day",
                condition=Q(period__startswith__isnull=False, period__isempty=False),
                violation_error_message=_("A membership begins on a day and lasts at least one."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality_id} {self.period}"

    @property
    def starts_on(self):
        """Return the first day."""
        return self.period.lower

    @property
    def last_day(self):
        """Return the last day, or None while no notice has been given."""
        return self.period.upper - dt.timedelta(days=1) if self.period.upper else None

    def covers(self, day):
        """Tell whether the day lies within it."""
        return day in self.period

    def leave(self, *, by, notice_on, last_day):
        """Record the notice: the membership ends with its last day, usually 31.12.; the next one is a new row."""
        with transaction.atomic():
            row = Membership.objects.select_for_update(no_key=True).get(pk=self.pk)
            if row.period.upper and row.period.upper <= clock.today():
                raise ValidationError(_("This membership has already ended."), code="ended")
            if last_day < row.starts_on or last_day < notice_on:
                raise ValidationError(
                    {"last_day": _("The last day cannot come before the notice or the first day.")}
                )
            row.period, row.notice_on = (row.starts_on, last_day + dt.timedelta(days=1)), notice_on
            row.full_clean()
            row.save()
            AuditEvent.record(row, "leave", by=by, notice_on=notice_on, last_day=last_day)
        self.refresh_from_db()
