"""The ladder of reminders: after how many days each rung comes, and each occasion on which one has gone."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import MailState
from members import ladder, reminder_emails
from members.ladder import Rung
from members.models.accession import Accession
from members.models.municipality import Municipality

log = logging.getLogger(__name__)


class ReminderRule(models.Model):
    """After how many days a rung comes (for the deadline: how many before), and whether it is in use."""

    rung = models.CharField(_("reminder"), max_length=20, choices=Rung, unique=True)
    days = models.PositiveSmallIntegerField(_("days"))
    in_use = models.BooleanField(_("in use"), default=True)
    edited_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("rule of a reminder")
        verbose_name_plural = _("rules of reminders")
        constraints = [
            models.CheckConstraint(
                name="reminderrule_within_a_year",
                condition=Q(days__lte=365),
                violation_error_message=_("Give at most 365 days."),
            ),
        ]

    def __str__(self):
        return f"{self.rung} {self.days}"

    @classmethod
    def of(cls, rung):
        """Return the rule of a rung: what staff have set, or the default as a row not yet saved."""
        return cls.objects.filter(rung=rung).first() or cls(rung=rung, days=ladder.DEFAULT_DAYS[rung])

    @classmethod
    def every(cls):
        """Return the rule of each rung, in the ladder's order."""
        known = {rule.rung: rule for rule in cls.objects.all()}
        return [known.get(rung) or cls(rung=rung, days=ladder.DEFAULT_DAYS[rung]) for rung in Rung]

    @classmethod
    def days_in_use(cls):
        """Return {rung: days} of the rules in use."""
        return {Rung(rule.rung): rule.days for rule in cls.every() if rule.in_use}


@dataclass(frozen=True)
class Planned:
    """A reminder that goes on a day unless something happens before: to which municipality, in which matter, why."""

    on: dt.date
    municipality: Municipality
    accession: Accession | None
    ask: ladder.Ask

    @property
    def key(self):
        """Return the words by which a page names it."""
        return f"{self.municipality.pk}.{self.ask.rung}.{self.ask.occasion}"

    @property
    def about(self):
        """Return the record it is about."""
        return self.accession or self.municipality


class ReminderQuerySet(models.QuerySet):
    """Questions to the reminders."""

    def visible_to(self, user):
        """Return all to the service centre, to others none: they have the letters."""
        return self if user.is_staff else self.none()

    def plan(self, first, last, *, municipality=None, days=None):
        """Return what goes from the first day to the last if nothing else happens, by day and name.

        One at a time a municipality, the most useful; nothing else for a week, but what a meeting decided is asked
        at any rate. ``days``: {rung: days}, else those of the rules.
        """
        calendar = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
        calendar, found = [day for day in calendar if ladder.may_go_on(day)], []
        if not calendar:
            return []
        days = ReminderRule.days_in_use() if days is None else days
        only = {"municipality": municipality} if municipality else {}
        gone, last_on = self._gone(only)
        for place, waiting in _waiting(days, {first.year, last.year}, only):
            waiting = [pair for pair in waiting if _key(place, *pair) not in gone]
            went_on = last_on.get(place.pk)
            for day in calendar:
                ask = ladder.most_useful(ask for _record, ask in waiting if ask.is_due_on(day))
                if ask and ladder.may_follow(ask.rung, went_on, day):
                    record = next(record for record, other in waiting if other is ask)
                    found.append(Planned(day, place, record, ask))
                    waiting.remove((record, ask))
                    went_on = day
        return sorted(found, key=lambda planned: (planned.on, planned.municipality.sort_key_fi))

    def still(self, planned, today, *, ahead=False):
        """Return what was planned, as the rows now stand, or None when it is not to be asked today.

        ``ahead``: a person sends it before its day or on a closed one; never in July.
        """
        place = planned.municipality
        if not ahead:
            now = self.plan(today, today, municipality=place)
            return next((p for p in now if p.key == planned.key), None)
        gone, last_on = self._gone({"municipality": place})
        soon = not ladder.may_follow(planned.ask.rung, last_on.get(place.pk), today)
        if soon or today.month == ladder.JULY:
            return None
        days = ReminderRule.days_in_use()
        for fresh, waiting in _waiting(days, {today.year}, {"municipality": place}):
            for record, ask in waiting:
                found = Planned(today, fresh, record, ask)
                if found.key == planned.key and ask.holds_on(today) and _key(fresh, record, ask) not in gone:
                    return found
        return None

    def _gone(self, only):
        """Return the keys of those that have gone, and {municipality: the day of the last}."""
        gone, last_on = set(), {}
        for row in self.filter(**only):
            gone.add((row.municipality_id, row.accession_id, row.rung, row.occasion))
            last_on[row.municipality_id] = max(row.on, last_on.get(row.municipality_id, row.on))
        return gone, last_on


def _key(municipality, accession, ask):
    return municipality.pk, accession.pk if accession else None, ask.rung, ask.occasion


def _waiting(days, years, only):
    """Return pairs: a municipality, and (accession or None, question with its days) of all it can be asked."""
    rows, found = list(Accession.objects.on_the_ladder().filter(**only)), {}
    for accession in rows:
        questions = ladder.due(ladder.asks(accession), days)
        found[accession.municipality] = [(accession, ask) for ask in questions]
    if Rung.CONTACTS in days:
        under_way = {accession.municipality: accession for accession in rows}
        chosen = {"pk": only["municipality"].pk} if only else {}
        members = Municipality.objects.members_on(clock.today()).filter(**chosen)
        for place in {*members, *under_way}:
            for year in years:
                if ask := ladder.contacts(place, under_way.get(place), year):
                    found.setdefault(place, []).append((None, ask.after(days[Rung.CONTACTS])))
    return found.items()


class Reminder(models.Model):
    """That a municipality has been reminded of one thing on one occasion; written with its letters."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="reminders")
    accession = models.ForeignKey(Accession, models.CASCADE, null=True, blank=True, related_name="reminders")
    rung = models.CharField(_("reminder"), max_length=20, choices=Rung)
    occasion = models.CharField(_("occasion"), max_length=20)  # the day, year or meeting it is about
    on = models.DateField(_("day"), default=clock.today)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "accession", "rung", "occasion"],
                name="reminder_once_an_occasion",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.municipality_id} {self.rung} {self.occasion}"

    @classmethod
    def send_planned(cls, planned, *, by=None):
        """Write one planned reminder with its letters today, if it is still to be asked. Returns it, or None.

        The municipality and the matter are locked meanwhile: an answer that is just being recorded comes first, and
        of two who remind at once the second finds it done. Raises what writing the letters raises; then there is
        neither reminder nor letter. With ``by``, a person sends it before its day.
        """
        today = clock.today()
        with transaction.atomic():
            place = Municipality.objects.select_for_update(no_key=True).get(pk=planned.municipality.pk)
            if planned.accession:
                Accession.objects.select_for_update(of=("self",), no_key=True).get(pk=planned.accession.pk)
            found = cls.objects.still(planned, today, ahead=by is not None)
            recipients = found and reminder_emails.recipients_of(place, found.ask.rung)
            if not recipients:
                return None
            try:
                with transaction.atomic():
                    reminder = cls.objects.create(
                        municipality=place,
                        accession=found.accession,
                        rung=found.ask.rung,
                        occasion=found.ask.occasion,
                        on=today,
                    )
            except IntegrityError:  # the database's word: it has gone
                return None
            _drop_waiting(found.about)
            reminder_emails.remind(found, recipients)
            AuditEvent.record(found.about, "remind", by=by, rung=found.ask.rung, reminder=reminder.pk)
        return reminder


def _drop_waiting(about):
    """Drop reminders of the same matter that have not left: what is asked now takes their place."""
    kind = ContentType.objects.get_for_model(about)
    waiting = OutgoingEmail.objects.filter(about_type=kind, about_id=about.pk, state=MailState.QUEUED)
    waiting.filter(template__startswith=reminder_emails.REMIND).update(
        state=MailState.DROPPED, next_try_at=None
    )


def send_due():
    """Write every reminder that is due today.

    Returns three lists of what was planned: written; left out, as nobody can be written to or it was done meanwhile;
    failed.
    """
    written, left, failed = [], [], []
    today = clock.today()
    for planned in Reminder.objects.plan(today, today):
        try:
            reminder = Reminder.send_planned(planned)
        except Exception:  # one that cannot be written must not stop those behind it
            log.exception("reminder %s failed", planned.key)
            failed.append(planned)
        else:
            (written if reminder else left).append(planned)
    return written, left, failed
