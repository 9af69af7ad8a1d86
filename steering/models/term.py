"""Who sits where, from a day to a day: by Helsinki's appointment, until the term or the person ends it."""

import datetime as dt
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members.models import Municipality
from steering import seat_emails
from steering.models import seating
from steering.models.body import Body, Seat
from steering.models.words import Office, Place, SeatKind

DAY = dt.timedelta(days=1)


def _same(*names):
    """Return the expressions of an exclusion constraint that stand for equality; btree_gist is not needed."""
    return [(Func(name, name, Value("[]"), function="int8range"), RangeOperators.OVERLAPS) for name in names]


class TermQuerySet(models.QuerySet):
    """Questions to the terms."""

    def on(self, day):
        """Return those that run on a day."""
        return self.filter(period__contains=day)

    def not_over(self, day):
        """Return those that run on a day or begin after it."""
        return self.filter(period__endswith__gt=day)

    def of_body(self, body):
        """Return those of a body."""
        return self.filter(body_of=body)


class Term(models.Model):
    """A person's time in a place of a seat, by an appointment; half-open, the last day is inside.

    ``municipality``: whose people the person represents; experts and the secretary may have none.
    """

    TRIGGERS = {
        "term_of_its_own_body": _("The seat or the appointment is of another body."),
        "term_fits_its_seat": _("Only a member's seat has a deputy and a chair."),
    }

    body_of = models.ForeignKey(Body, models.PROTECT, related_name="terms", editable=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="terms")
    place = models.CharField(_("place"), max_length=8, choices=Place, default=Place.MEMBER)
    office = models.CharField(_("office"), max_length=8, choices=Office, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="terms")
    title = models.CharField(_("title"), max_length=120, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="terms"
    )
    period = DateRangeField(_("period"))
    appointment = models.ForeignKey("steering.Appointment", models.PROTECT, related_name="terms")
    candidate = models.OneToOneField(
        "steering.Candidate", models.PROTECT, null=True, blank=True, related_name="term"
    )
    ended_because = models.CharField(_("why it ended early"), max_length=200, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["seat__number", "-place", "period"]
        constraints = [
            ExclusionConstraint(
                name="term_one_member_a_seat",
                expressions=[*_same("seat"), ("period", RangeOperators.OVERLAPS)],
                condition=Q(place="member"),
                violation_error_message=_("Somebody else holds the seat during this time."),
            ),
            ExclusionConstraint(
                name="term_one_deputy_a_seat",
                expressions=[*_same("seat"), ("period", RangeOperators.OVERLAPS)],
                condition=Q(place="deputy"),
                violation_error_message=_("The seat has another deputy during this time."),
            ),
            ExclusionConstraint(
                name="term_one_place_a_person",
                expressions=[*_same("body_of", "user"), ("period", RangeOperators.OVERLAPS)],
                violation_error_message=_("The person sits in another place of the body during this time."),
            ),
            ExclusionConstraint(
                name="term_one_chair",
                expressions=[*_same("body_of"), ("period", RangeOperators.OVERLAPS)],
                condition=Q(office="chair"),
                violation_error_message=_("The body has another chair during this time."),
            ),
            ExclusionConstraint(
                name="term_one_vice",
                expressions=[*_same("body_of"), ("period", RangeOperators.OVERLAPS)],
                condition=Q(office="vice"),
                violation_error_message=_("The body has another vice-chair during this time."),
            ),
            models.CheckConstraint(
                name="term_deputy_without_office",
                condition=~Q(place="deputy") | Q(office=""),
                violation_error_message=_("A deputy is neither chair nor vice-chair."),
            ),
            models.CheckConstraint(
                name="term_has_days",
                condition=Q(
                    period__startswith__isnull=False, period__endswith__isnull=False, period__isempty=False
                ),
                violation_error_message=_("A term has a first and a last day."),
            ),
        ]

    def __str__(self):
        return f"{self.seat_id} {self.user_id} {self.period}"

    @property
    def starts_on(self):
        """Return the first day."""
        return self.period.lower

    @property
    def ends_on(self):
        """Return the last day."""
        return self.period.upper - DAY

    def still_tells(self, template):
        """Tell whether a letter about the term is still true when it leaves: one that ended has not just begun."""
        return bool(self.ended_because) == template.endswith("term_ends")

    def holds(self, day):
        """Tell whether the term runs on a day."""
        return self.starts_on <= day <= self.ends_on

    @classmethod
    def begin(cls, *, by, **facts):
        """Write a term with the duty that it brings. Returns it."""
        row = cls(**facts)
        row.full_clean()
        row.save()
        seating.give_duty(row, by=by)
        return row

    def resign(self, *, by, last_day, because, deputy_takes_over=False):
        """End the term with an earlier day, and the duty with it; the seat stays empty or the deputy takes it.

        Raises ValidationError for a day outside the term or before ``ends_earliest``, also where the municipality left
        the consortium before that, and when there is no deputy who could take over.
        """
        with self._held():
            if not self.starts_on <= last_day < self.ends_on:
                words = _("The last day is one of the term's, before %(day)s.")
                raise ValidationError(
                    {"last_day": ValidationError(words, params={"day": _day(self.ends_on)})}
                )
            earliest = self.ends_earliest()
            if earliest and last_day < earliest:
                words = _(
                    "The group met, or was asked in writing, on %(day)s, and the person sat in it: the last day is "
                    "that day or later."
                )
                raise ValidationError({"last_day": ValidationError(words, "sat", {"day": _day(earliest)})})
            self._end("resign", last_day, because, by)
            if deputy_takes_over:
                self._hand_over(by)
            call_anew(self.body_of_id)

    def ends_earliest(self):
        """Return the last day of the term on which the body met or was asked in writing, or None.

        Who sat there is reckoned from the terms: one that ended before would take the person's part out of the record.
        """
        found = [
            clock.date_of(moment)
            for rows in (self.body_of.meetings, self.body_of.written_matters)
            for moment in rows.filter(opened_at__isnull=False).values_list("opened_at", flat=True)
        ]
        return max((day for day in found if self.holds(day)), default=None)

    def step_down(self, *, by, because):
        """Remove a term that has not begun: the candidate does not take the place. The history keeps that it was."""
        with self._held():
            if self.starts_on <= clock.today():
                raise ValidationError(_("The term has begun: it is ended with a last day."), "begun")
            if self.calls.exists():
                raise ValidationError(_("The person has been called to a meeting already."), "called")
            seating.cut_duty(self, by=by, on=self.starts_on - DAY)
            facts = {"seat": self.seat_id, "user": self.user_id, "from": self.starts_on}
            AuditEvent.record(self.appointment, "step_down", by=by, because=because, **facts)
            self.delete()

    def take_over(self, *, by):
        """Let the deputy take the seat of a member whose term ended early. Returns the deputy's term as a member."""
        with self._held():
            seat = self._hand_over(by)
            call_anew(self.body_of_id)
        return seat

    def free_from(self):
        """Return the first day on which another can hold the seat after this term: never one of the past."""
        return max(self.ends_on + DAY, clock.today())

    def is_free(self):
        """Tell whether the seat is empty after this term, which ended early."""
        after = Term.objects.on(self.free_from()).filter(seat=self.seat_id, place=Place.MEMBER)
        return bool(self.ended_because) and not after.exists()

    def successor_now(self):
        """Return the term of the personal deputy who sits today, or None."""
        if self.place != Place.MEMBER:
            return None
        return Term.objects.on(clock.today()).filter(seat=self.seat_id, place=Place.DEPUTY).first()

    def successor(self):
        """Return the deputy's term that could take the seat after this one, or None.

        A deputy of a municipality that is no member on that day cannot: the seat would not change hands.
        """
        first = self.free_from()
        if self.place != Place.MEMBER or self.seat.kind != SeatKind.MEMBER:
            return None
        deputies = Term.objects.on(first).filter(seat=self.seat_id, place=Place.DEPUTY)
        members = Municipality.objects.members_on(first)
        return deputies.filter(municipality__in=members).select_related("user", "municipality").first()

    @contextmanager
    def _held(self):
        """Hold the body, so that two who change its seats come one after the other, and read the term anew."""
        with transaction.atomic():
            Body.objects.select_for_update(no_key=True).get(pk=self.body_of_id)
            if not Term.objects.filter(pk=self.pk).exists():
                raise ValidationError(_("The term was removed meanwhile."), "removed")
            self.refresh_from_db(fields=["place", "period", "ended_because", "user", "office"])
            yield

    def _end(self, verb, last_day, because, by):
        seating.cut_duty(self, by=by, on=last_day)
        self.period, self.ended_because = (self.starts_on, last_day + DAY), because
        self.full_clean()
        self.save()
        self.refresh_from_db(fields=["period"])
        AuditEvent.record(self, verb, by=by, last_day=last_day)
        seat_emails.ended(self)

    def _hand_over(self, by):
        """Move the deputy into the seat from the first free day, for as long as the deputy was appointed."""
        deputy, first = self.successor(), self.free_from()
        if not self.ended_because or deputy is None:
            raise ValidationError(_("There is no deputy who could take the seat."), "no_deputy")
        seating.cut_duty(deputy, by=by, on=first - DAY)
        facts = {"deputy": deputy.pk, "user": deputy.user_id}
        if deputy.starts_on == first:  # nothing of the deputy's time is left
            deputy.place = Place.MEMBER
            deputy.full_clean()
            deputy.save()
            seating.give_duty(deputy, by=by)
            seat = deputy
        else:
            period = (first, deputy.period.upper)
            deputy.period = (deputy.starts_on, first)
            deputy.save()
            names = ("body_of", "seat", "user", "title", "municipality", "appointment")
            same = {name: getattr(deputy, name) for name in names}
            seat = Term.begin(by=by, place=Place.MEMBER, period=period, **same)
        AuditEvent.record(self, "take_over", by=by, term=seat.pk, **facts)
        seat_emails.appointed(seat, took_over=True)
        return seat


def call_anew(body):
    """Let the calls of a body's coming meetings follow a change of its seats. ``body``: its number; it is held."""
    meetings = apps.get_model("steering", "Meeting").objects.filter(body=body)
    for meeting in meetings.coming().order_by("pk"):
        meeting.reseat()


def _day(day):
    return f"{day:%-d.%-m.%Y}"
