"""What a municipality says in a round: its versions, which of them counts, and what was ruled on it."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from consortium import clock
from consortium.models import AuditEvent
from consortium.templatetags.portal import money
from consortium.workflow import refuse_day
from members.models import Municipality
from procurement import estimate, quota
from procurement.models.round import Round
from procurement.models.version import AnswerVersion, Ruling
from procurement.models.words import AnswerKind, RulingKind

COUNTED = frozenset({AnswerKind.COMMITTED, AnswerKind.INTERESTED})  # those that bring volume
VOICES = {AnswerKind.COMMITTED: estimate.Answer.COMMITTED, AnswerKind.INTERESTED: estimate.Answer.INTERESTED}


class Overtaken(ValidationError):
    """Somebody has answered for the municipality meanwhile: whose answer stands, since when and what it says."""

    def __init__(self, version, reader):
        self.version = version
        at = version.given_at.astimezone(clock.HELSINKI)
        facts = {
            "who": version.giver_as_known_to(reader),
            "day": f"{at:%-d.%-m.%Y}",
            "time": f"{at:%H.%M}",
            "answer": version.get_kind_display(),
        }
        super().__init__(
            _(
                "%(who)s answered on %(day)s at %(time)s: %(answer)s. That answer stands. "
                "Yours was not sent; what you wrote is below. If it is yours that holds, send it as a change."
            ),
            code="answered",
            params=facts,
        )


class AnswerQuerySet(models.QuerySet):
    """Questions to the answers."""

    def visible_to(self, user):
        """Return a municipality's own to its people, all to the service centre, frozen rounds' to the auditor."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        own = Q(municipality__in=Municipality.objects.of(user))
        if user.has_perm("procurement.audit_answers"):
            own |= Q(round__closes_at__lt=clock.now())
        return self.filter(own)

    def with_ruling(self):
        """Add what has been ruled on the reservation of the answer that stands."""
        ruling = Ruling.objects.filter(version=OuterRef("standing"), about=Ruling.CONDITION)
        return self.select_related("standing", "municipality").annotate(
            condition_ruling=Subquery(ruling.values("kind")[:1])
        )

    def standing(self):
        """Return those that bring volume, with what they count as, in the order in which they arrived."""
        rows = self.with_ruling().filter(standing__kind__in=COUNTED)
        return rows.order_by("standing__given_at", "standing_id")

    def silent(self):
        """Return those of whom nothing has been heard."""
        return self.filter(standing__isnull=True, versions__isnull=True)


class Answer(models.Model):
    """One municipality in one round. ``standing``: the version that counts; None while nothing counts."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="answers")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="answers")
    standing = models.ForeignKey(
        "procurement.AnswerVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["municipality__sort_key_fi"]
        constraints = [models.UniqueConstraint(fields=["round", "municipality"], name="answer_once")]

    def __str__(self):
        return f"{self.round_id} {self.municipality_id}"

    def get_absolute_url(self):
        """Return the page of this municipality in this procurement."""
        return reverse("procurement:ours", args=[self.round.procurement_id, self.municipality.code])

    @property
    def newest(self):
        """Return the last thing said, counted or not, or None."""
        return self.versions.order_by("-number").first()

    @property
    def counts_as(self):
        """Return the kind it counts as: a yes with a reservation is interest until the reservation is accepted."""
        version = self.standing
        if version is None:
            return None
        if version.kind == AnswerKind.COMMITTED and version.reservation and not self.reservation_accepted:
            return AnswerKind.INTERESTED
        return AnswerKind(version.kind)

    @property
    def reservation_accepted(self):
        """Tell whether the reservation of the answer that stands has been accepted."""
        if not hasattr(self, "condition_ruling"):
            found = self.standing.rulings.filter(about=Ruling.CONDITION).first()
            self.condition_ruling = found.kind if found else None
        return self.condition_ruling == RulingKind.CONDITION_ACCEPTED

    def reply(self):
        """Return the answer that stands as the quota counts it."""
        version = self.standing
        return quota.Reply(
            self.municipality_id,
            VOICES[AnswerKind(version.kind)],
            version.yearly,
            (version.given_at, version.pk),
            bool(version.reservation),
            self.reservation_accepted,
        )

    def give(self, *, by, seen, kind, **said):
        """Give the municipality's answer, or change it. Returns the version.

        ``seen``: the number of the newest version when the form was opened, 0 for none; ``said``: the fields of
        AnswerVersion. Within the hour after the deadline it is kept, marked late, and does not count. Raises
        Overtaken, and ValidationError when it is too late or when the quota of interest is full.
        """
        with transaction.atomic():
            round_, answer = self._locked()
            moment = clock.now()
            late = not round_.is_open(moment)
            if late and not (round_.takes_late(moment) or said.get("channel")):
                raise ValidationError(
                    _(
                        "The round closed on %(day)s at %(time)s, and the list is frozen. Your answer was not sent. "
                        "The service centre can tell what may still be done."
                    ),
                    code="closed",
                    params=_told(round_.closes_at),
                )
            newest = answer.newest
            if newest and newest.number != seen:
                raise Overtaken(newest, by)
            version = answer._add(newest, by=by, at=moment, late=late, kind=kind, **said)
            if not late:
                answer._stand_on(version, round_)
            AuditEvent.record(answer, "give", by=by, version=version.number, kind=kind, late=late)
        self._follow(answer)
        return version

    def rule(self, version, kind, *, by, reason):
        """Decide on a late answer or on a reservation, once, with a reason. Returns the ruling."""
        with transaction.atomic():
            round_, answer = self._locked()
            ruling = Ruling(version=version, kind=kind, reason=reason, by=by)
            ruling.full_clean(exclude=["by", "version"])
            if ruling.about == Ruling.LATENESS and not version.late:
                raise ValidationError(_("The answer was not late."))
            if ruling.about == Ruling.CONDITION and not version.reservation:
                raise ValidationError(_("The answer has no reservation."))
            if newer := answer.versions.filter(number__gt=version.number).order_by("-number").first():
                raise Overtaken(newer, by)
            ruling.save()
            if kind == RulingKind.LATE_ACCEPTED:
                answer._stand_on(version, round_)
            AuditEvent.record(answer, "rule", by=by, version=version.number, kind=kind, reason=reason)
        self._follow(answer)
        return ruling

    def withdraw(self, *, by, on, reason, **said):
        """Write that the municipality withdraws after the freeze; the frozen list stays. Returns the version."""
        refuse_day("on", on)
        with transaction.atomic():
            round_, answer = self._locked()
            if not round_.is_frozen():
                raise ValidationError(_("The round is open: the municipality can change its answer."))
            if answer.counts_as not in COUNTED:
                raise ValidationError(_("The municipality is not on the list."))
            said |= {"until": on, "reason": reason}
            version = answer._add(
                answer.newest, by=by, at=clock.now(), late=False, kind=AnswerKind.WITHDRAWN, **said
            )
            answer._point_at(version)
            AuditEvent.record(answer, "withdraw", by=by, version=version.number, on=on, reason=reason)
        self._follow(answer)
        return version

    def _locked(self):
        """Lock the round, then this answer: whoever answers at the same moment waits for us."""
        round_ = self.round.locked()
        rows = Answer.objects.select_for_update(of=("self",), no_key=True).select_related(
            "standing", "municipality"
        )
        answer = rows.get(pk=self.pk)
        answer.round = round_
        return round_, answer

    def _add(self, newest, *, by, at, **said):
        version = AnswerVersion(
            answer=self, number=newest.number + 1 if newest else 1, given_by=by, given_at=at, **said
        )
        version.full_clean(exclude=["answer", "given_by"])
        version.save()
        return version

    def _stand_on(self, version, round_):
        """Let a version count, if the round has room for the interest it brings."""
        if version.counts_as_given == AnswerKind.INTERESTED:
            found = round_.room(without=self.municipality)
            hindrance = found.hindrance(version.yearly)
            if hindrance:
                raise ValidationError(_full(hindrance, found), code=hindrance.value)
        self._point_at(version)

    def _point_at(self, version):
        self.standing = version
        self.save(update_fields=["standing"])

    def _follow(self, answer):
        self.standing = answer.standing
        self.__dict__.pop("condition_ruling", None)


def _told(moment):
    at = moment.astimezone(clock.HELSINKI)
    return {"day": f"{at:%-d.%-m.%Y}", "time": f"{at:%H.%M}"}


def _full(hindrance, room):
    """Return in words why one more interested municipality does not fit."""
    if hindrance == quota.Hindrance.NO_VOLUME:
        return _("Give an estimate: the round takes interest only as far as there are commitments.")
    if hindrance == quota.Hindrance.FULL:
        return _(
            "The round has all the interested municipalities it takes. You can commit, or say no. Nothing was sent."
        )
    return pgettext(
        "quota",
        "The round has room for interest of %(left)s a year; your estimate is above it. Nothing was sent.",
    ) % {"left": money(room.left)}
