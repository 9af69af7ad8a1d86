"""What a municipality says in a round: its versions, which of them counts, and what was ruled on it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import refuse_day
from members.models import Municipality
from procurement import estimate, quota, round_emails
from procurement.models.answer_refusals import Overtaken, RuledUnseen, closed, full, refuse_what_cannot_be
from procurement.models.round import JULY, Round
from procurement.models.version import AnswerExtract, AnswerVersion, Draft, Ruling
from procurement.models.words import AnswerKind, ProcurementState, RulingKind

COUNTED = frozenset({AnswerKind.COMMITTED, AnswerKind.INTERESTED})  # those that bring volume
VOICES = {AnswerKind.COMMITTED: estimate.Answer.COMMITTED, AnswerKind.INTERESTED: estimate.Answer.INTERESTED}


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

    def with_late(self):
        """Add whether the newest word came late and nobody has ruled on it."""
        newer = AnswerVersion.objects.filter(answer=OuterRef("answer"), number__gt=OuterRef("number"))
        waiting = AnswerVersion.objects.filter(answer=OuterRef("pk"), late=True)
        waiting = waiting.exclude(rulings__about=Ruling.LATENESS).exclude(Exists(newer))
        return self.annotate(is_late=Exists(waiting))

    def conditional(self):
        """Return those whose reservation nobody has ruled on."""
        ruled = Ruling.objects.filter(version=OuterRef("standing"), about=Ruling.CONDITION)
        rows = self.filter(standing__kind=AnswerKind.COMMITTED).exclude(standing__reservation="")
        return rows.exclude(Exists(ruled))


def _of(answer, round_):
    answer.round = round_
    return answer


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

    def give(self, *, by, seen, kind, extract=None, **said):
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
                raise closed(round_)
            refuse_what_cannot_be(by, kind, said)
            newest = answer.newest
            if newest and newest.number != seen:
                raise Overtaken(newest, by)
            draft = Draft.objects.filter(answer=answer).first()
            version = answer._add(
                newest,
                by=by,
                at=moment,
                late=late,
                kind=kind,
                prepared_by=draft.prepared_by if draft else None,
                **said,
            )
            if not late:
                answer._stand_on(version, round_)
            answer._keep(extract or (draft and draft.extract.name), by)
            if draft:
                draft.delete()
            event = AuditEvent.record(
                answer, "give", by=by, version=version.number, kind=kind, late=late, channel=version.channel
            )
            round_emails.receipt(answer, version, event)
        self._follow(answer)
        return version

    def attach(self, *, by, extract):
        """Add the extract of the minutes behind the answer, at any time; the answer itself does not change."""
        with transaction.atomic():
            _round, answer = self._locked()
            if not answer.versions.exists():
                raise ValidationError(_("There is no answer yet that it could belong to."))
            row = answer._keep(extract, by)
            AuditEvent.record(answer, "attach", by=by, extract=row.pk)
        return row

    def prepare(self, *, by, hand_over=True, extract=None, **said):
        """Keep an answer ready for the representative, who alone sends it. Returns the draft.

        ``hand_over``: tell the representatives; else it stays with its writer. What was prepared before is replaced.
        """
        with transaction.atomic():
            round_, answer = self._locked()
            if not (round_.is_open() or round_.takes_late()):
                raise closed(round_)
            earlier = Draft.objects.filter(answer=answer).first()
            draft = Draft(
                answer=answer,
                prepared_by=by,
                extract=extract or (earlier.extract.name if earlier else ""),
                **said,
            )
            if earlier:
                draft.given_at = earlier.given_at
                earlier.delete()
            draft.full_clean(exclude=["answer", "prepared_by"])
            draft.save()
            AuditEvent.record(answer, "prepare", by=by, kind=draft.kind)
            if hand_over:
                answer._hand_over(draft, by)
        return draft

    def hand_over(self, *, by):
        """Give what has been prepared to the representatives, with a letter to each. Returns the draft."""
        with transaction.atomic():
            round_, answer = self._locked()
            draft = Draft.objects.filter(answer=answer).first()
            if draft is None:
                raise ValidationError(_("Nothing has been prepared yet."))
            if not round_.is_open():
                raise closed(round_)
            answer._hand_over(draft, by)
        return draft

    def _hand_over(self, draft, by):
        draft.given_at = clock.now()
        draft.save(update_fields=["given_at"])
        told = round_emails.prepared(self, draft)
        if not told:
            raise ValidationError(
                _(
                    "%(name)s has no representative: ask the registry to name one. Nothing was given to anybody."
                ),
                code="nobody",
                params={"name": self.municipality.name},
            )
        AuditEvent.record(self, "hand_over", by=by, told=told)

    def ask_for_representative(self, *, by):
        """Ask the registry to name who answers for the municipality; once a day."""
        with transaction.atomic():
            _round, answer = self._locked()
            asked = AuditEvent.objects.about(answer).filter(verb="ask_for_representative").first()
            if asked and clock.date_of(asked.at) == clock.today():
                raise ValidationError(_("The registry has been asked today already. Nothing was sent."))
            if not round_emails.name_a_representative(answer):
                raise ValidationError(_("The registry's address is not known. Tell the service centre."))
            AuditEvent.record(answer, "ask_for_representative", by=by)

    def rule(self, version, kind, *, by, reason):
        """Decide on a late answer or on a reservation, once, with a reason. Returns the ruling.

        ``version``: the one that was read; RuledUnseen when a newer one has come.
        Nobody is added to the list, and nothing on it is changed, once the tendering has begun (Hankintalaki 42 §:
        the notice names the users).
        """
        with transaction.atomic():
            round_, answer = self._locked()
            ruling = Ruling(version=version, kind=kind, reason=reason, by=by)
            ruling.full_clean(exclude=["by"])
            if version.answer_id != answer.pk:
                raise PermissionDenied
            if ruling.about == Ruling.LATENESS and not version.late:
                raise ValidationError(_("The answer was not late."))
            if ruling.about == Ruling.CONDITION and not version.reservation:
                raise ValidationError(_("The answer has no reservation."))
            accepts = kind in {RulingKind.LATE_ACCEPTED, RulingKind.CONDITION_ACCEPTED}
            if accepts and round_.procurement.state != ProcurementState.ROUND:
                raise ValidationError(
                    _("The tendering has begun with the frozen list: nothing can be added to it any more."),
                    code="tendering",
                )
            if newer := answer.versions.filter(number__gt=version.number).order_by("-number").first():
                raise RuledUnseen(newer, by)
            ruling.save()
            if kind == RulingKind.LATE_ACCEPTED:
                answer._stand_on(version, round_)
            AuditEvent.record(answer, "rule", by=by, version=version.number, kind=kind)
            round_emails.ruled(answer, ruling)
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
            if on < round_.closes_on:
                raise ValidationError({"on": _("That is before the list was frozen.")})
            said |= {"until": on, "reason": reason}
            version = answer._add(
                answer.newest, by=by, at=clock.now(), late=False, kind=AnswerKind.WITHDRAWN, **said
            )
            answer._point_at(version)
            AuditEvent.record(answer, "withdraw", by=by, version=version.number, on=on)
            round_emails.withdrawn(answer, version)
        self._follow(answer)
        return version

    def is_asked(self, today):
        """Tell whether an answer is still waited for: nothing was said, or our own meeting has passed in silence."""
        if not self.round.is_open():
            return False
        newest = self.newest
        return newest is None or (newest.kind == AnswerKind.PREPARING and newest.until < today)

    def still_tells(self, template):
        """Tell whether a letter about it is still true: nobody is asked for what has been given or is closed."""
        if template == round_emails.REMIND:
            return self.is_asked(clock.today())
        if template == round_emails.PREPARED:
            return self.round.is_open() and Draft.objects.filter(answer=self, given_at__isnull=False).exists()
        if template in {round_emails.OPENED, round_emails.EXTENDED, round_emails.NAME_ONE}:
            return self.round.is_open()
        return True

    def holds_back(self, template):
        """Tell whether a letter must wait: a reminder never leaves in July."""
        return template == round_emails.REMIND and clock.today().month == JULY

    def usual(self):
        """Return what the municipality said it would buy last time (€ a year without VAT), or None.

        That is its own earlier answer of this round, else the one in the round before of which this procurement is
        the continuation.
        """
        before = self.versions.filter(yearly__isnull=False).order_by("-number").first()
        if before:
            return before.yearly
        earlier = Answer.objects.filter(
            municipality=self.municipality_id, round__procurement__started=self.round.procurement_id
        )
        return earlier.values_list("standing__yearly", flat=True).first()

    def _locked(self):
        """Lock the round, then this answer: whoever answers at the same moment waits for us."""
        round_ = self.round.locked()
        rows = Answer.objects.select_for_update(of=("self",), no_key=True).select_related(
            "standing", "municipality"
        )
        return round_, _of(rows.get(pk=self.pk), round_)

    def _keep(self, extract, by):
        """Keep a file with the answer; nothing for none."""
        return AnswerExtract.objects.create(answer=self, extract=extract, given_by=by) if extract else None

    def _add(self, newest, *, by, at, **said):
        version = AnswerVersion(
            answer=self, number=newest.number + 1 if newest else 1, given_by=by, given_at=at, **said
        )
        version.full_clean(exclude=["answer", "given_by", "prepared_by"])
        version.save()
        return version

    def _stand_on(self, version, round_):
        """Let a version count, if the round has room for the interest it brings.

        Interest that stands already is not turned away for being said again with no more volume.
        """
        if version.counts_as_given == AnswerKind.INTERESTED and not self._stays_within(version):
            found = round_.room(without=self.municipality)
            hindrance = found.hindrance(version.yearly)
            if hindrance:
                why = full(hindrance, found, reserved=bool(version.reservation))
                raise ValidationError(" ".join(map(str, why)), code=hindrance.value)
        self._point_at(version)

    def _stays_within(self, version):
        before = self.standing
        return (
            before is not None
            and self.counts_as == AnswerKind.INTERESTED
            and before.yearly is not None
            and version.yearly is not None
            and version.yearly <= before.yearly
        )

    def _point_at(self, version):
        Round.objects.filter(pk=self.round_id).update(turn=F("turn") + 1)
        self.standing = version
        self.__dict__.pop("condition_ruling", None)
        self.save(update_fields=["standing"])

    def _follow(self, answer):
        self.standing = answer.standing
        self.__dict__.pop("condition_ruling", None)
