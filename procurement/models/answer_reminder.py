"""Reminders of a round: to the silent before the deadline, and to those whose own meeting has passed, once each."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members.ladder import may_go_on
from procurement import round_emails
from procurement.models.answer import Answer
from procurement.models.round import JULY, Round
from procurement.models.words import AnswerKind

log = logging.getLogger(__name__)
DAYS_BEFORE = (14, 3)  # before the deadline
IN_PEACE = dt.timedelta(days=2)  # so long after a letter of the round nobody is reminded
BY_HAND = "by-hand"


@dataclass(frozen=True)
class Due:
    """A reminder that is to go today: to whom, on which occasion, and after which meeting of its own, if any."""

    answer: Answer
    occasion: str
    meeting_on: dt.date | None = None


class AnswerReminder(models.Model):
    """That a municipality has been reminded of a round on one occasion; written with its letters."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="reminders")
    occasion = models.CharField(_("occasion"), max_length=30)
    on = models.DateField(_("day"), default=clock.today)

    class Meta:
        verbose_name = _("reminder of a round")
        verbose_name_plural = _("reminders of rounds")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "occasion"], name="answerreminder_once_an_occasion"),
        ]

    def __str__(self):
        return f"{self.answer_id} {self.occasion}"

    @classmethod
    def send(cls, due, *, by=None):
        """Write one reminder with its letters, if the answer is still waited for. Returns it, or None.

        The answer is locked meanwhile: one that is just being given comes first, and of two who remind at once the
        second finds it done. A municipality gets one a day, whatever the occasion.
        """
        today = clock.today()
        with transaction.atomic():
            rows = Answer.objects.select_for_update(of=("self",), no_key=True)
            answer = rows.select_related("round__procurement", "municipality").get(pk=due.answer.pk)
            if today.month == JULY or not answer.is_asked(today):
                return None
            if cls.objects.filter(answer=answer, on=today).exists():  # one a day, by hand or by the clock
                return None
            try:
                with transaction.atomic():
                    reminder = cls.objects.create(answer=answer, occasion=due.occasion, on=today)
            except IntegrityError:  # the database's word: it has gone
                return None
            if not round_emails.remind(answer, meeting_on=due.meeting_on):
                reminder.delete()
                return None
            AuditEvent.record(answer, "remind", by=by, reminder=reminder.pk, occasion=due.occasion)
        return reminder


def waited_for(round_, today):
    """Return the round's answers that are still waited for, with the last reminder's day as ``reminded_on``."""
    passed = Q(standing__kind=AnswerKind.PREPARING, standing__until__lt=today)
    silent = Q(standing__isnull=True, versions__isnull=True)
    rows = round_.answers.filter(silent | passed).select_related("municipality", "standing")
    found = list(rows.annotate(reminded_on=Max("reminders__on")).order_by("municipality__sort_key_fi"))
    for answer in found:
        answer.round = round_
    return found


def due_in(round_, today):
    """Return what is due in a round today; "due and not yet gone", so that a missed run loses nothing."""
    if not round_.is_open():
        return []
    answers = waited_for(round_, today)
    gone = {
        (pk, occasion)
        for pk, occasion in AnswerReminder.objects.filter(answer__in=answers).values_list(
            "answer", "occasion"
        )
    }
    found = []
    for answer in answers:
        waiting = (due for due in _of(answer, round_, today) if (answer.pk, due.occasion) not in gone)
        found += [due] if (due := next(waiting, None)) else []
    return found


def _of(answer, round_, today):
    """Yield what the answer may be reminded of, the most useful first: our own meeting, then the deadline."""
    meeting_on = answer.standing.until if answer.standing else None
    if meeting_on:
        yield Due(answer, f"meeting-{meeting_on}", meeting_on)
    days_left = (round_.closes_on - today).days
    steps = [n for n in DAYS_BEFORE if days_left <= n]
    last = max(filter(None, [answer.reminded_on, clock.date_of(round_.opened_at)]))
    if steps and today - last >= IN_PEACE:
        yield Due(answer, f"{round_.closes_on}-{min(steps)}", meeting_on)


def send_due():
    """Write every reminder that is due today, on working days, never in July. Returns (written, left out, failed)."""
    today = clock.today()
    if not may_go_on(today):
        return 0, 0, 0
    counts = [0, 0, 0]
    for round_ in Round.objects.open():
        dues = due_in(round_, today)
        for due in dues:
            try:
                reminder = AnswerReminder.send(due)
            except Exception:  # one that cannot be written must not stop those behind it
                log.exception("reminder of answer %s failed", due.answer.pk)
                counts[2] += 1
            else:
                counts[0 if reminder else 1] += 1
    return tuple(counts)


def remind_by_hand(answers, *, by):
    """Remind chosen municipalities now. Returns the answers that got a letter; the others have answered meanwhile."""
    occasion = f"{BY_HAND}-{clock.today()}"
    sent = []
    for answer in answers:
        meeting_on = answer.standing.until if answer.standing else None
        if AnswerReminder.send(Due(answer, occasion, meeting_on), by=by):
            sent.append(answer)
    return sent
