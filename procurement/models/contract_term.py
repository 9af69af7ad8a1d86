"""What a contract says of its end, as states, choices and questions to the contracts."""

from django.db import models
from django.db.models import ExpressionWrapper, F, IntegerField, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from procurement import exits


class ContractState(models.TextChoices):
    """How far the last human act has taken a contract; whether it is in force is read from its days."""

    DRAFT = "draft", _("being made")
    SIGNED = "signed", _("signed")
    NOTICE = "notice", _("notice given")


class RenewalKind(models.TextChoices):
    """What can be decided before the end of a contract."""

    OPTION = "option", _("an option is used")
    RENEW = "renew", _("continued until a later day")
    RUN_ON = "run_on", _("runs on as it is")
    END = "end", _("not continued")


class AtEnd(models.TextChoices):
    """What happens at the end if nobody says anything."""

    ENDS = "ends", _("it ends")
    RUNS_ON = "runs_on", _("it runs on")


TERM = ["state", "silence", "ends_on", "notice_months", "renewal_months", "our_days", "notice_by", "ours_by"]
SLACK = 45  # days: July, and a row of closed days on each side of it


def term_of(state, silence, *days):
    """Return what the contract says of its end as exits.Term, from its fields in the order of ``TERM``."""
    ends_on, notice_months, renewal_months, our_days, notice_by, ours_by = days
    return exits.Term(
        ends_on=ends_on,
        runs_on=silence == AtEnd.RUNS_ON,
        notice_months=notice_months,
        renewal_months=renewal_months,
        our_days=our_days,
        notice_by=notice_by,
        ours_by=ours_by,
        notice_given=state == ContractState.NOTICE,
    )


class ContractQuerySet(models.QuerySet):
    """Questions to the contracts."""

    def visible_to(self, user):
        """Return those a person, or a visitor, may know of: one that is being made is the service centre's alone."""
        return self if user.is_authenticated and user.is_staff else self.exclude(state=ContractState.DRAFT)

    def in_force(self, day):
        """Return those in force on the day: signed, begun, and not ended; silence may let one run past its end."""
        runs = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        runs |= Q(silence=AtEnd.RUNS_ON, state=ContractState.SIGNED)
        return self.exclude(state=ContractState.DRAFT).filter(runs, begins_on__lte=day)

    def not_ended(self, day):
        """Return those in force on the day or still to begin."""
        runs = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        runs |= Q(silence=AtEnd.RUNS_ON, state=ContractState.SIGNED)
        return self.exclude(state=ContractState.DRAFT).filter(runs)

    def acting_until(self, until, today):
        """Return those not ended of which a day may come by then; a few more, for the working days are not reckoned.

        Our own day is at most ``our_days`` and a July before the last day for notice, and that so many months before
        the end.
        """
        whole = IntegerField()
        months = Coalesce("notice_months", 0, output_field=whole) * 31
        before_end = ExpressionWrapper(months + F("our_days") + SLACK, output_field=whole)
        before_notice = ExpressionWrapper(F("our_days") + SLACK, output_field=whole)
        near = Q(ends_on__lte=ExpressionWrapper(Value(until) + before_end, output_field=models.DateField()))
        near |= Q(
            notice_by__lte=ExpressionWrapper(Value(until) + before_notice, output_field=models.DateField())
        )
        near |= Q(ours_by__lte=until) | Q(silence=AtEnd.RUNS_ON, renewal_months__isnull=False)
        return self.not_ended(today).filter(near)

    def terms(self, *names):
        """Yield (values of the named fields, exits.Term) of each, without making a contract of the row."""
        for values in self.values_list(*names, *TERM):
            yield values[: len(names)], term_of(*values[len(names) :])

    def with_counts(self, day):
        """Add how many municipalities take part on the day."""
        taking_part = Q(participations__period__contains=day)
        return self.annotate(participants=models.Count("participations", filter=taking_part, distinct=True))
