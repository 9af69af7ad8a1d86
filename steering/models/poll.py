"""Which day fits: days offered for a meeting, what each has answered, and the one that was chosen."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import WrongState
from steering import call_emails
from steering.models.meeting import Meeting
from steering.models.words import MeetingState, Place

MOST_DAYS = 12


class Fit(models.TextChoices):
    """Whether a day fits."""

    YES = "yes", _("fits")
    MAYBE = "maybe", _("fits if need be")
    NO = "no", _("does not fit")


class PollQuerySet(models.QuerySet):
    """Questions to the date polls."""

    def open(self, today=None):
        """Return those that may still be answered: no day chosen, the last day not over."""
        rows = self.filter(meeting__state=MeetingState.PLANNED, chosen__isnull=True)
        return rows.filter(answer_by__gte=today or clock.today())


class DatePoll(models.Model):
    """The question which of some days fits, put to those who sit in the body; open until the day it names."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="poll")
    answer_by = models.DateField(_("answer by"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    chosen = models.OneToOneField(
        "steering.PollDay", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    chosen_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("date poll")
        verbose_name_plural = _("date polls")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="datepoll_chosen_has_time",
                condition=Q(chosen__isnull=True, chosen_at__isnull=True)
                | Q(chosen__isnull=False, chosen_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.meeting_id}"

    def get_absolute_url(self):
        """Return the meeting's page."""
        return self.meeting.get_absolute_url()

    def is_open(self, today=None):
        """Tell whether it may still be answered."""
        is_planned = self.meeting.state == MeetingState.PLANNED
        return is_planned and self.chosen_id is None and self.answer_by >= (today or clock.today())

    def people(self, today=None):
        """Return those who are asked: everybody who sits today, without the deputies."""
        terms = self.meeting.body.terms.filter(period__contains=today or clock.today(), place=Place.MEMBER)
        return [term.user for term in terms.select_related("user", "seat").order_by("seat__number")]

    def answers_of(self, user):
        """Return what a person has said of the days."""
        return PollAnswer.objects.filter(day__poll=self, user=user)

    @classmethod
    def ask(cls, meeting, *, by, days, answer_by):
        """Offer days (pairs of beginning and end) and ask everybody who sits by letter. Returns the poll."""
        with transaction.atomic():
            meeting = meeting.held()
            if meeting.state != MeetingState.PLANNED:
                raise WrongState(meeting, "poll")
            if meeting.starts_at is not None:
                raise ValidationError(_("The meeting has its day already."))
            if not 2 <= len(days) <= MOST_DAYS:
                raise ValidationError({"days": _("Offer two to twelve times.")})
            if answer_by < clock.today() or any(clock.date_of(start) <= answer_by for start, _end in days):
                raise ValidationError(
                    {"answer_by": _("Choose a day from today on, before the first of the days.")}
                )
            poll = cls(meeting=meeting, asked_by=by, answer_by=answer_by)
            poll.full_clean(exclude=["asked_by"])
            poll.save()
            for start, end in sorted(days):
                day = PollDay(poll=poll, starts_at=start, ends_at=end)
                day.full_clean()
                day.save()
            people = poll.people()
            AuditEvent.record(meeting, "ask_days", by=by, days=len(days), asked=len(people))
            call_emails.poll_asked(poll, people)
        return poll

    def answer(self, *, by, fits):
        """Record which days fit a person: ``fits`` {PollDay's pk: Fit} for each day, in place of an earlier answer."""
        with transaction.atomic():
            self._hold()
            if not self.is_open():
                raise ValidationError(_("The poll has closed."), code="closed")
            if by.pk not in {user.pk for user in self.people()}:
                raise ValidationError(_("Only those who sit in the group answer."), code="not_asked")
            days = set(self.days.values_list("pk", flat=True))
            if set(fits) != days:
                raise ValidationError(_("Say of each day whether it fits."))
            PollAnswer.objects.filter(day__poll=self, user=by).delete()
            rows = [PollAnswer(day_id=pk, user=by, fit=Fit(fit)) for pk, fit in fits.items()]
            PollAnswer.objects.bulk_create(rows)
            AuditEvent.record(self.meeting, "answer_days", by=by)

    def choose(self, *, by, day, place="", link=""):
        """Choose one of the days: the meeting gets it, and everybody who was asked is told."""
        with transaction.atomic():
            self._hold()
            if self.meeting.state != MeetingState.PLANNED or self.chosen_id is not None:
                raise WrongState(self.meeting, "poll")
            if day.poll_id != self.pk:
                raise ValidationError({"day": _("Choose one of the days.")})
            facts = {"starts_at": day.starts_at, "ends_at": day.ends_at}
            facts |= {"place": place or self.meeting.place, "link": link or self.meeting.link}
            self.meeting.edit(by=by, revision=self.meeting.revision, **facts)
            self.chosen, self.chosen_at = day, clock.now()
            self.save()
            AuditEvent.record(self.meeting, "choose_day", by=by, day=day.pk)
            call_emails.poll_chosen(self, self.people())

    def _hold(self):
        """Lock the meeting, then read this row anew."""
        meeting = self.meeting.held()
        self.refresh_from_db()
        self.meeting = meeting


class PollDay(models.Model):
    """One of the days offered, with its hours."""

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="days")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("day offered")
        verbose_name_plural = _("days offered")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "starts_at"],
                name="pollday_once",
                violation_error_message=_("The same time stands twice."),
            ),
            models.CheckConstraint(
                name="pollday_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A meeting ends after it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.poll_id} {self.starts_at}"


class PollAnswer(models.Model):
    """What one person has said of one day."""

    day = models.ForeignKey(PollDay, models.CASCADE, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="poll_answers")
    fit = models.CharField(_("fits"), max_length=5, choices=Fit)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("answer to a date poll")
        verbose_name_plural = _("answers to date polls")
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(fields=["day", "user"], name="pollanswer_once")]

    def __str__(self):
        return f"{self.day_id} {self.user_id} {self.fit}"
