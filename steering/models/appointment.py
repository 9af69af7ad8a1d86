"""Who is put forward, and whom Helsinki appoints: two records, and the terms that the decision starts a third."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow, refuse_day
from members.models import Municipality
from members.models.agreement import HelsinkiDecision
from steering import seat_emails
from steering.models import seating
from steering.models.body import Body, Seat
from steering.models.term import DAY, Term, call_anew
from steering.models.words import CandidateState, Office, Place, SeatKind


class Appointment(HelsinkiDecision):
    """The City of Helsinki's decision that appoints people to a body for a time, its first and last day included."""

    body_of = models.ForeignKey(Body, models.PROTECT, related_name="appointments")
    starts_on = models.DateField(_("first day of the term"))
    ends_on = models.DateField(_("last day of the term"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="appointment_by_decision",
                condition=HelsinkiDecision.DECIDED,
                violation_error_message=_(
                    "An appointment needs Helsinki's decision: body, date, § and case number."
                ),
            ),
            models.CheckConstraint(
                name="appointment_days",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The term's last day cannot come before its first."),
            ),
        ]

    def __str__(self):
        return f"{self.case_number} {self.starts_on}"

    @classmethod
    def record(cls, *, by, body, candidates, starts_on, ends_on, **decision):
        """Record whom Helsinki's decision appoints: each one's term begins on its first day. Returns the appointment.

        Each gets a duty for the term, a letter, and an account if there is none. Raises ValidationError with every
        reason why the candidates cannot sit together, and WrongState for one who is no candidate any more.
        """
        row = cls(body_of=body, starts_on=starts_on, ends_on=ends_on, recorded_by=by, **decision)
        row.full_clean(exclude=["recorded_by"])
        refuse_day("decided_on", row.decided_on)
        with transaction.atomic():
            Body.objects.select_for_update(no_key=True).get(pk=body.pk)
            chosen = Candidate.objects.filter(seat__body=body, pk__in=[each.pk for each in candidates])
            chosen = list(chosen.select_related("seat", "municipality"))
            terms = body.terms.select_related("seat", "user", "municipality")
            if found := seating.hindrances(row, chosen, terms):
                raise ValidationError(found)
            row.save()
            for candidate in chosen:
                candidate.appoint(by=by, appointment=row)
            call_anew(body.pk)
            AuditEvent.record(row, "appoint", by=by, body=body.pk, candidates=[each.pk for each in chosen])
        return row


class Candidate(Workflow):
    """One who has been put forward for a place; gives no right before Helsinki's appointment."""

    STEPS = {
        "withdraw": ({CandidateState.PUT_FORWARD}, CandidateState.WITHDRAWN),
        "appoint": ({CandidateState.PUT_FORWARD}, CandidateState.APPOINTED),
    }

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="candidates")
    place = models.CharField(_("place"), max_length=8, choices=Place, default=Place.MEMBER)
    office = models.CharField(_("office"), max_length=8, choices=Office, blank=True)
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="candidates"
    )
    put_forward_by = models.CharField(_("put forward by"), max_length=200)
    put_forward_on = models.DateField(_("put forward on"), default=clock.today)
    state = models.CharField(
        _("state"), max_length=12, choices=CandidateState, default=CandidateState.PUT_FORWARD
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["seat__number", "-place", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "place", "email"],
                condition=Q(state="put_forward"),
                name="candidate_once",
                violation_error_message=_("The person is a candidate for this place already."),
            ),
            models.CheckConstraint(
                name="candidate_deputy_without_office",
                condition=~Q(place="deputy") | Q(office=""),
                violation_error_message=_("A deputy is neither chair nor vice-chair."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the body's page."""
        return self.seat.body.get_absolute_url()

    @classmethod
    def put_forward(cls, *, by, seat, **facts):
        """Write down that somebody has put a person forward for a place of a seat. Returns the candidate."""
        row = cls(seat=seat, recorded_by=by, **facts)
        row.email = row.email.strip().lower()
        row.full_clean(exclude=["recorded_by"])
        refuse_day("put_forward_on", row.put_forward_on)
        if seat.kind == SeatKind.MEMBER and row.municipality is None:
            raise ValidationError({"municipality": _("Say whose people the member represents.")})
        if seat.kind != SeatKind.MEMBER and (row.place == Place.DEPUTY or row.office):
            raise ValidationError(_("Only a member's seat has a deputy and a chair."), "no_member")
        row.save()
        facts = {"seat": seat.pk, "place": row.place, "municipality": row.municipality_id}
        AuditEvent.record(row, "put_forward", by=by, **facts)
        return row

    def withdraw(self, *, by):
        """Take the person off the list of candidates."""
        with self.step("withdraw", by=by):
            pass

    def appoint(self, *, by, appointment):
        """Begin the term that Helsinki's decision gives the candidate. Returns it."""
        with self.step("appoint", by=by, appointment=appointment.pk):
            user, is_new = seating.account_of(self, by=by)
            term = Term.begin(
                by=by,
                body_of=appointment.body_of,
                seat=self.seat,
                place=self.place,
                office=self.office,
                user=user,
                title=self.title,
                municipality=self.municipality,
                period=(appointment.starts_on, appointment.ends_on + DAY),
                appointment=appointment,
                candidate=self,
            )
            seat_emails.appointed(term, is_new=is_new)
        return term
