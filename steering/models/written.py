"""An urgent matter between meetings, settled in writing only if all have answered and nobody asks for a meeting."""

from dataclasses import replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow
from members.models.decision import Channel
from steering import voting, written_emails
from steering import written as reckoned
from steering.models.agenda import refuse_volumes
from steering.models.body import Body
from steering.models.facts import sitters
from steering.models.following import CARRIED_OUT, ONE_SOURCE, Following
from steering.models.meeting import Item
from steering.models.words import BodyKind, Choice, Position, SeatKind, WrittenState
from steering.models.written_set import WrittenQuerySet
from steering.quorum import Rules

UNCOUNTED = {
    reckoned.Uncounted.EARLY: _("The time to answer has not begun."),
    reckoned.Uncounted.LATE: _("The time to answer is over. Nothing was recorded."),
    reckoned.Uncounted.NO_SEAT: _("Only members, and deputies in their place, answer."),
    reckoned.Uncounted.CONFLICT: _("One who is in conflict of interest does not answer."),
    reckoned.Uncounted.BESIDE_MEMBER: _(
        "The member answers for the seat: one seat, one answer. A deputy answers when the member says so."
    ),
    reckoned.Uncounted.AFTER_REQUEST: _("A meeting has been asked for: the matter goes there."),
}
TERM_ENDED = _("The term in the group has ended: only those who sit in it now answer.")


class AsideKind(models.TextChoices):
    """Why a member does not answer; the deputy does."""

    CONFLICT = "conflict", _("conflict of interest")
    HINDERED = "hindered", _("cannot answer in time")


class Reason(models.TextChoices):
    """Why a matter goes to the meeting."""

    ASKED = reckoned.Reason.ASKED.value, _("a meeting was asked for")
    NOT_ALL = reckoned.Reason.NOT_ALL_ANSWERED.value, _("not all had answered in time")
    NO_QUORUM = reckoned.Reason.NO_QUORUM.value, _("too few could take part")
    TIE = reckoned.Reason.TIE.value, _("the answers were equally many")


class WrittenMatter(Following, Workflow):
    """A matter that the members of a body answer in writing by a moment. How it stands the clock tells on reading."""

    STEPS = {
        "answer": ({WrittenState.OPEN}, None),
        "step_aside": ({WrittenState.OPEN}, None),
        "settle": ({WrittenState.OPEN}, None),
        "carry_out": ({WrittenState.OPEN, WrittenState.SETTLED}, None),
        "put_on_agenda": ({WrittenState.OPEN, WrittenState.TO_MEETING}, WrittenState.TO_MEETING),
        "open": (set(WrittenState), None),
    }

    body = models.ForeignKey(Body, models.PROTECT, related_name="written_matters")
    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveSmallIntegerField(editable=False)
    title_fi = models.CharField(_("title in Finnish"), max_length=160)
    title_sv = models.CharField(_("title in Swedish"), max_length=160)
    background_fi = models.TextField(_("background in Finnish"), max_length=6000)
    background_sv = models.TextField(_("background in Swedish"), max_length=6000)
    proposal_fi = models.TextField(_("proposed decision in Finnish"), max_length=3000)
    proposal_sv = models.TextField(_("proposed decision in Swedish"), max_length=3000)
    restricted_ground = models.CharField(_("why it is not public"), max_length=200, blank=True)
    restricted_until = models.DateField(_("not public until"), null=True, blank=True)
    opened_at = models.DateTimeField(_("sent to the members"), default=clock.now, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    deadline = models.DateTimeField(_("answer by"))
    state = models.CharField(_("state"), max_length=10, choices=WrittenState, default=WrittenState.OPEN)
    result = models.CharField(_("result"), max_length=8, choices=Choice, blank=True, editable=False)
    ground = models.CharField(max_length=12, blank=True, editable=False)  # a voting.Ground
    reasons = models.JSONField(default=list, editable=False)  # of Reason
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    item = models.OneToOneField(
        Item, models.PROTECT, null=True, blank=True, related_name="written_matter", editable=False
    )

    objects = WrittenQuerySet.as_manager()

    class Meta:
        verbose_name = _("written procedure")
        verbose_name_plural = _("written procedures")
        ordering = ["-year", "-serial"]
        constraints = [
            ONE_SOURCE,
            CARRIED_OUT,
            models.UniqueConstraint(fields=["body", "year", "serial"], name="writtenmatter_number"),
            models.CheckConstraint(
                name="writtenmatter_deadline_after_opening",
                condition=Q(deadline__gt=F("opened_at")),
                violation_error_message=_("The time to answer ends after it begins."),
            ),
            models.CheckConstraint(
                name="writtenmatter_ended_whole",
                condition=Q(state="open", ended_at__isnull=True, result="", item__isnull=True)
                | Q(state="settled", ended_at__isnull=False, item__isnull=True) & ~Q(result="")
                | Q(state="to_meeting", ended_at__isnull=False, result="") & ~Q(reasons=[]),
            ),
            models.CheckConstraint(
                name="writtenmatter_restricted_with_ground",
                condition=Q(restricted_until__isnull=True) | ~Q(restricted_ground=""),
                violation_error_message=_("Say on what ground it is not public."),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        """Return the matter's page."""
        return reverse("steering:written", args=[self.pk])

    @property
    def number(self):
        """Return the number by which it is cited: 2/2027."""
        return f"{self.serial}/{self.year}"

    def _in(self, name):
        return getattr(self, f"{name}_sv" if get_language() == "sv" else f"{name}_fi")

    @property
    def title(self):
        """Return the title in the page's language."""
        return self._in("title")

    @property
    def background(self):
        """Return the background in the page's language."""
        return self._in("background")

    @property
    def proposed(self):
        """Return the proposed decision in the page's language."""
        return self._in("proposal")

    # --- How it stands ---

    @cached_property
    def sitters(self):
        """Return who sat in the body on the day on which it was sent."""
        return sitters(self.body, clock.date_of(self.opened_at), get_language() or "fi")

    def standing(self, now=None, more=()):
        """Return the steering.written.Written as it stands; ``more``: answers that are about to be given.

        How one ended is what was written down then, whatever is recorded of the seats later.
        """
        now = now or clock.now()
        asides = list(self.asides.all())
        given = [
            reckoned.Answer(row.user_id, reckoned.Position(row.position), row.at)
            for row in self.answers.all()
        ]
        found = reckoned.written(
            self.sitters.group,
            [*given, *more],
            opened_at=self.opened_at,
            deadline=self.deadline,
            now=now,
            called=frozenset(row.deputy_id for row in asides if row.deputy_id),
            in_conflict=frozenset(row.user_id for row in asides if row.kind == AsideKind.CONFLICT),
            rules=Rules(
                chair_settles=self.body.chair_settles, deputy_for_conflict=self.body.deputy_for_conflict
            ),
        )
        return found if self.ended_at is None else replace(found, **self._outcome())

    def _outcome(self):
        """Return how it ended, as it was written down, in the fields of a steering.written.Written."""
        return {
            "state": reckoned.State(self.state),
            "result": voting.Choice(self.result) if self.result else None,
            "ground": voting.Ground(self.ground) if self.ground else None,
            "reasons": tuple(reckoned.Reason(reason) for reason in self.reasons),
            "asked_by": self.asked_by_id,
            "ended_at": self.ended_at,
        }

    def asked(self):
        """Return the numbers of those who answer for the seats: the members, the deputy in a seat without one."""
        keys = [seat.member or seat.deputy for seat in self.sitters.group.seats]
        return [key for key in keys if key]

    def is_seated(self, user):
        """Tell whether the person still sits in a member's seat of the body, as member or deputy."""
        terms = self.body.terms.on(clock.today()).filter(seat__kind=SeatKind.MEMBER)
        return terms.filter(user=user).exists()

    # --- Steps ---

    @classmethod
    def begin(cls, *, by, body, **facts):
        """Send a matter to the members of a body, who answer by a moment. Returns the matter."""
        with transaction.atomic():
            body = Body.objects.select_for_update(no_key=True).get(pk=body.pk)
            row = cls(body=body, opened_by=by, opened_at=clock.now(), **facts)
            if row.deadline <= row.opened_at:
                raise ValidationError({"deadline": _("That time has passed.")})
            row.year = clock.date_of(row.opened_at).year
            rows = cls.objects.filter(body=body, year=row.year)
            row.serial = (rows.aggregate(last=Max("serial"))["last"] or 0) + 1
            row.refuse_taken()
            row.inherit_restriction()
            if body.kind != BodyKind.STEERING and (row.proposal or row.alternative or row.procurement):
                raise ValidationError(
                    {"body": _("The steering group alone decides on that.")}, code="other_body"
                )
            row.full_clean(exclude=["opened_by"])
            if not row.asked():
                raise ValidationError(_("Nobody sits in the group who could answer."))
            row.save()
            AuditEvent.record(row, "begin", by=by, body=body.pk, deadline=row.deadline)
            for key in row.asked():
                written_emails.asked(row, row.sitters.users[key])
        return row

    def answer(self, *, by, position, user=None, because="", channel=""):
        """Give a member's or a called deputy's position, one's own or, by the secretary, as it came by ``channel``.

        A later one of the same person takes its place until the time is over; the first request for a meeting ends it.
        """
        user = user or by
        with self.step("answer", by=by, user=user.pk, channel=channel):
            now = clock.now()
            given = reckoned.Answer(user.pk, reckoned.Position(position), now)
            found = self.standing(now, [given])
            refused = [why for answer, why in found.uncounted if answer == given]
            if refused:
                raise ValidationError(UNCOUNTED[refused[0]], code=refused[0].value)
            if not self.is_seated(user):
                raise ValidationError(TERM_ENDED, code="term_ended")
            row = WrittenAnswer(matter=self, user=user, position=position, at=now, because=because)
            row.channel, row.sent_by = channel, by
            row.full_clean()
            row.save()
            # a hindered member who answers after all: the deputy reads no further
            self.asides.filter(user=user, kind=AsideKind.HINDERED).update(deputy_ended_at=now)
            if found.state == reckoned.State.TO_MEETING:
                self._end(found)

    def step_aside(self, *, by, kind, ground=""):
        """Say that one does not answer, being in conflict or hindered; the member's own deputy is asked by letter."""
        with self.step("step_aside", by=by, kind=kind) as details:
            if clock.now() > self.deadline:
                raise ValidationError(UNCOUNTED[reckoned.Uncounted.LATE], code="late")
            seat = self.sitters.group.seat_of(by.pk)
            if seat is None or (kind == AsideKind.HINDERED and by.pk != seat.member):
                raise ValidationError(UNCOUNTED[reckoned.Uncounted.NO_SEAT], code="no_seat")
            if not self.is_seated(by):
                raise ValidationError(TERM_ENDED, code="term_ended")
            free = kind == AsideKind.HINDERED or self.body.deputy_for_conflict
            deputy = self.sitters.users.get(seat.deputy) if by.pk == seat.member and free else None
            deputy = deputy if deputy and self.is_seated(deputy) else None
            row = Aside(matter=self, user=by, kind=kind, ground=ground, deputy=deputy)
            row.full_clean()
            row.save()
            details["deputy"] = deputy.pk if deputy else None
            if deputy:
                written_emails.asked_deputy(self, deputy, by)

    def settle(self, *, by=None):
        """Write down how it ended, once its time is over; all who answer are told. ``by`` None: the clock did it."""
        with self.step("settle", by=by):
            found = self.standing()
            if found.state == reckoned.State.OPEN:
                raise ValidationError(_("The time to answer is still running."))
            self._end(found)

    def _end(self, found):
        """Take over the outcome that was reckoned, and tell those who answer."""
        self.state = WrittenState(found.state.value)
        self.result = found.result.value if found.result else ""
        self.ground = found.ground.value if found.ground else ""
        self.reasons = [reason.value for reason in found.reasons]
        self.asked_by_id, self.ended_at = found.asked_by, found.ended_at
        for key in {*self.asked(), *(row.deputy_id for row in self.asides.all())} & self.sitters.users.keys():
            written_emails.ended(self, self.sitters.users[key])

    def open(self, *, by, contains_volumes, meant=False):
        """Lift the restriction before its day; what was settled is then public. Volumes only if ``meant``."""
        with self.step("open", by=by, contains_volumes=contains_volumes):
            if not self.is_restricted():
                raise ValidationError(_("It is public already."))
            refuse_volumes(self, contains_volumes=contains_volumes, meant=meant)
            if self.proposal_id and self.proposal.is_restricted():
                raise ValidationError(_("Its proposal is not public. Open the proposal first."))
            if self.in_tender:
                raise ValidationError(_("A tender is running: it is not public before the award."))
            self.restricted_ground, self.restricted_until = "", None

    def put_on_agenda(self, *, by, meeting):
        """Put a matter that was not settled in writing on the agenda of a meeting of the body."""
        with self.step("put_on_agenda", by=by, meeting=meeting.pk):
            if self.ended_at is None:
                found = self.standing()
                if found.state != reckoned.State.TO_MEETING:
                    raise ValidationError(_("The time to answer is still running, or the matter is settled."))
                self._end(found)
            if self.item_id:
                raise ValidationError(_("The matter is on an agenda already."), code="on_agenda")
            if meeting.body_id != self.body_id:
                raise ValidationError({"meeting": _("Choose a meeting of the same group.")})
            names = ("title", "background", "proposal")
            texts = {
                f"{name}_{code}": getattr(self, f"{name}_{code}") for name in names for code in ("fi", "sv")
            }
            limits = {"restricted_ground": self.restricted_ground, "restricted_until": self.restricted_until}
            source = {"proposal": self.proposal, "procurement": self.procurement}
            source |= {"alternative": self.alternative, "budget": self.budget}
            self.save()  # from here on it is not settled in writing: the agenda takes it
            self.item = meeting.add(by=by, **texts, **limits, **source)


class WrittenAnswer(models.Model):
    """One answer as it was given. Never changed: one that is meant anew is another row."""

    matter = models.ForeignKey(WrittenMatter, models.PROTECT, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="written_answers")
    position = models.CharField(_("answer"), max_length=8, choices=Position)
    because = models.TextField(pgettext_lazy("of an answer", "reasons"), max_length=2000, blank=True)
    at = models.DateTimeField(default=clock.now)
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("written answer")
        verbose_name_plural = _("written answers")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="writtenanswer_on_behalf_says_how",
                condition=Q(user=F("sent_by"), channel="") | ~Q(user=F("sent_by")) & ~Q(channel=""),
                violation_error_message=_("Say how the answer came."),
            ),
        ]

    def __str__(self):
        return f"{self.matter_id} {self.user_id} {self.position}"


class Aside(models.Model):
    """One who does not answer, and the deputy who was asked to. ``deputy_ended_at``: the member answered after all."""

    matter = models.ForeignKey(WrittenMatter, models.PROTECT, related_name="asides")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("why"), max_length=8, choices=AsideKind)
    ground = models.CharField(_("ground"), max_length=300, blank=True)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="written_for"
    )
    at = models.DateTimeField(default=clock.now)
    deputy_ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("one who does not answer")
        verbose_name_plural = _("those who do not answer")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "user", "kind"],
                name="aside_once",
                violation_error_message=_("That is recorded already."),
            ),
            models.CheckConstraint(
                name="aside_conflict_says_ground",
                condition=~Q(kind="conflict") | ~Q(ground=""),
                violation_error_message=_("Say what the conflict of interest is."),
            ),
        ]

    def __str__(self):
        return f"{self.matter_id} {self.user_id} {self.kind}"
