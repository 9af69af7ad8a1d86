"""What a person is trusted with from a day to a day: given once, ended with a last day, never moved."""

import datetime as dt

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models.audit import AuditEvent


class TenureQuerySet(models.QuerySet):
    """Questions to roles and duties."""

    def active(self, today=None):
        """Return those in force on the day; the last day is one of them."""
        today = today or clock.today()
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today), since__lte=today)

    def beyond(self, day):
        """Return those that last longer than the day, and those that only begin after it."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


class Tenure(models.Model):
    """A role or duty of one person (``user``), of one ``kind``, with who gave it. ``NOUN`` is its word in the acts."""

    NOUN = ""

    since = models.DateField(_("since"), default=clock.today)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @classmethod
    def _give(cls, user, *, by, since, until=None, **what):
        """Give it from a day on, or from the day after an earlier one ends. Returns (row, whether it is new).

        ``until``: its last day, where that is known; what begins later stays apart then. ``by`` is None for the
        portal's administrator at a command. Raises ValidationError for a closed account.
        """
        with transaction.atomic():
            people = get_user_model()._base_manager.select_for_update(no_key=True)  # two who give: once
            person = people.get(pk=user.pk)
            if not person.is_active:
                raise ValidationError(_("The account has been closed. Open it first."), code="closed")
            rows = cls.objects.filter(user=user, **what)
            if until:
                rows = rows.filter(since__lte=until)
            if running := rows.filter(ended_on__isnull=True).first():
                return running, False
            since, ended_on = since or clock.today(), rows.aggregate(last=Max("ended_on"))["last"]
            if ended_on and ended_on >= since:
                since = ended_on + dt.timedelta(days=1)
            if until and since > until:  # all of it is covered
                return rows.latest("ended_on"), False
            row = cls(user=user, since=since, ended_on=until, given_by=by, **what)
            row.full_clean(exclude=["given_by"])
            row.save()
            if person.last_day:  # who had left everything is back
                user.reopen(by=by)
            row._record("give", by, since=since, **({"until": until} if until else {}))
        return row, True

    def end(self, *, by, on=None):
        """End it with a day, its last. Returns whether that changed anything: an earlier last day stays.

        ``by`` is None for the portal's administrator at a command. Raises ValidationError when it begins only after
        the day.
        """
        on = on or clock.today()
        with transaction.atomic():
            self.refresh_from_db(
                from_queryset=type(self).objects.select_for_update(of=("self",), no_key=True)
            )
            if self.ended_on and self.ended_on <= on:
                return False
            before, self.ended_on = self.ended_on, on
            try:
                self.validate_constraints()
            except ValidationError:
                self.ended_on = before
                raise
            self.save()
            self._record("end", by, ended_on=on)
            self._ended(by)
        return True

    def cut(self, *, by, on=None):
        """End it with a day; one that would begin only later is removed. Returns whether anything changed."""
        on = on or clock.today()
        if self.since <= on:
            return self.end(by=by, on=on)
        with transaction.atomic():
            self._record("remove", by, since=self.since)
            self.delete()
        return True

    def _ended(self, by):
        """Do what follows from an end that has just been recorded."""

    def _about(self):
        """Return what the act names besides the person, by ids and short words."""
        return {"kind": self.kind}

    def _record(self, verb, by, **days):
        command = {"command": True} if by is None else {}
        about = {"person": self.user_id} | self._about()
        AuditEvent.record(self, f"{verb}_{self.NOUN}", by=by, **about, **days, **command)
