"""That a participant has been told of a contract's end before we decide on it; once for each end."""

import datetime as dt
import logging

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members import ladder
from procurement import contract_emails
from procurement.models.contract import Contract, ContractState
from procurement.models.participation import Participation

log = logging.getLogger(__name__)
AHEAD = dt.timedelta(days=60)  # before our own deadline: two rounds of a board's meetings


class ExitReminderQuerySet(models.QuerySet):
    """Questions to the reminders."""

    def due(self, today):
        """Return the participations to be told today: our deadline is near, nobody has decided, none has gone."""
        if not ladder.may_go_on(today):
            return []
        ends = {c.pk: c.exit(today).ends_on for c in open_exits(today) if is_near(c, today)}
        rows = (
            Participation.objects.on(today)
            .filter(contract__in=ends)
            .select_related("contract", "municipality")
        )
        gone = set(self.filter(participation__in=rows).values_list("participation", "occasion"))
        return [row for row in rows if (row.pk, ends[row.contract_id]) not in gone]


def open_exits(today):
    """Return the contracts whose next end waits for a decision: signed, dated, not settled."""
    rows = Contract.objects.not_ended(today).filter(state=ContractState.SIGNED)
    return [row for row in rows.select_related("supplier").prefetch_related("decisions") if row.waits(today)]


def is_near(contract, today):
    """Tell whether our own deadline is near enough to tell the participants, and not yet over."""
    ours_on = contract.exit(today).ours_on
    return ours_on - AHEAD <= today <= ours_on


class ExitReminder(models.Model):
    """One participant, one end of its contract; written with its letters. ``occasion``: the end it was about."""

    participation = models.ForeignKey(Participation, models.PROTECT, related_name="exit_reminders")
    occasion = models.DateField()
    on = models.DateField(_("day"), default=clock.today)

    objects = ExitReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of a contract's end")
        verbose_name_plural = _("reminders of contracts' ends")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["participation", "occasion"], name="exitreminder_once_an_end")
        ]

    def __str__(self):
        return f"{self.participation_id} {self.occasion}"

    def get_absolute_url(self):
        """Return the contract's page."""
        return self.participation.contract.get_absolute_url()

    @classmethod
    def send(cls, participation):
        """Tell one participant of the next end today, if it is still open. Returns the reminder, or None."""
        today = clock.today()
        with transaction.atomic():
            contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(
                pk=participation.contract_id
            )
            row = Participation.objects.select_related("municipality").get(pk=participation.pk)
            row.contract = contract
            way = contract.exit(today)
            if not row.is_under_way(today) or not contract.waits(today) or today > way.ours_on:
                return None
            try:
                with transaction.atomic():
                    reminder = cls.objects.create(participation=row, occasion=way.ends_on, on=today)
            except IntegrityError:  # the database's word: it has gone
                return None
            if not contract_emails.tell(contract_emails.EXIT, [row], about=reminder, exit=way):
                transaction.set_rollback(True)
                return None
            AuditEvent.record(row, "remind_exit", by=None, occasion=way.ends_on)
        return reminder

    def still_tells(self, template):
        """Tell whether the letter is still true: the same end is open and our deadline has not passed."""
        today, contract = clock.today(), self.participation.contract
        way = contract.exit(today)
        same = contract.waits(today) and way.ends_on == self.occasion and today <= way.ours_on
        return same and self.participation.is_under_way(today)

    def holds_back(self, template):
        """Tell whether the letter must wait: a reminder never leaves in July."""
        return clock.today().month == ladder.JULY


def send_due_exits():
    """Write every reminder of a contract's end that is due today. Returns (written, left out, failed)."""
    written, left, failed = [], [], []
    for participation in ExitReminder.objects.due(clock.today()):
        try:
            reminder = ExitReminder.send(participation)
        except Exception:  # one that cannot be written must not stop those behind it
            log.exception("reminder of the end of contract %s failed", participation.contract_id)
            failed.append(participation)
        else:
            (written if reminder else left).append(participation)
    return written, left, failed
