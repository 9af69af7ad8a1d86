"""A commitment round: who is asked, until when, what silence means, and what the round has room for."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.deadlines import DAY, is_working_day
from consortium.models import AuditEvent, OutgoingEmail
from consortium.models.mail import MailState
from consortium.money import CENT
from members.models import Municipality
from procurement import round_emails
from procurement.models.awarding import put_earlier_answers
from procurement.models.procurement import Procurement
from procurement.models.words import CostRule, ProcurementState, Readers, Silence
from procurement.quota import Quota, room

GRACE = dt.timedelta(hours=1)  # what comes within it is kept, marked late
CLOSING_HOUR = dt.time(16, 0)
JULY = 7


@dataclass(frozen=True)
class Cost:
    """What a round would cost one municipality: € a year without VAT, and the residents it was reckoned from."""

    yearly: Decimal
    by_rule: Decimal  # before the smallest cost
    population: object = None  # the figure's row, where it was reckoned by residents


def closing_day(day, step=1):
    """Return the day, or the nearest one after it (``step=-1``: before it), on which a round may close."""
    while not is_working_day(day) or day.month == JULY:
        day += step * DAY
    return day


def closing_time(day):
    """Return the moment at which a round closes on a day: 16.00 in Helsinki."""
    return dt.datetime.combine(day, CLOSING_HOUR, tzinfo=clock.HELSINKI)


class RoundQuerySet(models.QuerySet):
    """Questions to the rounds."""

    def open(self, moment=None):
        """Return those that can be answered at the moment: not frozen yet, and their procurement still in its round."""
        rows = self.filter(closes_at__gte=moment or clock.now(), procurement__state=ProcurementState.ROUND)
        return rows.select_related("procurement")


class Round(models.Model):
    """The one round of a procurement. Open or frozen is read from the clock, never stored.

    ``cost_rate``: € a year without VAT, for a resident or for a municipality; ``cost_floor``: the least; the minimum
    and the quota are the round's own: committed volume (€ a year) and municipalities it needs, and how much interest
    it takes: at most ``quota_share`` times the committed volume, at most ``quota_most`` municipalities.
    """

    procurement = models.OneToOneField(Procurement, models.PROTECT, related_name="round")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closes_at = models.DateTimeField(_("closes"))
    silence = models.CharField(_("silence means"), max_length=10, choices=Silence, default=Silence.NOT_IN)
    runs_on_until = models.DateField(_("the present contract then runs until"), null=True, blank=True)
    cost_rule = models.CharField(
        _("estimate of the cost"), max_length=12, choices=CostRule, default=CostRule.UNKNOWN
    )
    cost_rate = models.DecimalField(_("€ a year"), max_digits=12, decimal_places=4, null=True, blank=True)
    cost_floor = models.DecimalField(
        _("smallest cost"), max_digits=12, decimal_places=2, default=Decimal(0), blank=True
    )
    minimum_volume = models.DecimalField(
        _("committed volume needed"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    minimum_members = models.PositiveSmallIntegerField(
        _("committed municipalities needed"), null=True, blank=True
    )
    quota_share = models.DecimalField(
        _("interested volume at most, as a share of the committed"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    quota_most = models.PositiveSmallIntegerField(
        _("interested municipalities at most"), null=True, blank=True
    )

    # Moved with every answer that begins to count: whoever has read the answers before it and counts on them is turned
    # away by the database at any isolation level, where the lock alone would show a snapshot that is out of date.
    turn = models.PositiveIntegerField(default=0, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment round")
        verbose_name_plural = _("commitment rounds")
        ordering = ["-closes_at"]
        constraints = [
            models.CheckConstraint(
                name="round_runs_on_until_a_day",
                condition=Q(silence="not_in", runs_on_until__isnull=True)
                | Q(silence="runs_on", runs_on_until__isnull=False),
                violation_error_message=_("Say until when the present contract runs on, if it does."),
            ),
            models.CheckConstraint(
                name="round_cost_has_rate",
                condition=Q(cost_rule="unknown", cost_rate__isnull=True)
                | ~Q(cost_rule="unknown") & Q(cost_rate__isnull=False, cost_rate__gt=0),
                violation_error_message=_("Give the sum that the estimate is reckoned from."),
            ),
            models.CheckConstraint(
                name="round_nothing_negative",
                condition=Q(cost_floor__gte=0)
                & (Q(minimum_volume__isnull=True) | Q(minimum_volume__gte=0))
                & (Q(quota_share__isnull=True) | Q(quota_share__gte=0)),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.closes_at:%Y-%m-%d}"

    def get_absolute_url(self):
        """Return the procurement's page."""
        return self.procurement.get_absolute_url()

    @classmethod
    def open(cls, procurement, *, by, municipalities=None, **terms):
        """Open the round of a procurement to its municipalities: all members of the day, or those given. Returns it.

        Raises ValidationError for a deadline that is past, on a closed day or in July.
        """
        with procurement.step("open_round", by=by, closes_at=terms["closes_at"]) as details:
            if not procurement.announced_on:
                procurement.announced_on = clock.today()
            round_ = cls(procurement=procurement, **terms)
            round_.refuse_deadline()
            round_.full_clean(exclude=["procurement"])
            round_.save()
            places = list(
                Municipality.objects.members_on(clock.today()) if municipalities is None else municipalities
            )
            if not places:
                raise ValidationError(_("Nobody would be asked: choose at least one municipality."))
            round_.answers.bulk_create(
                round_.answers.model(round=round_, municipality=place) for place in places
            )
            details["asked"] = len(places)
            details["drafts"] = put_earlier_answers(round_, by=by)
            round_emails.round_opened(round_, list(round_.answers.select_related("municipality")))
        return round_

    def ask(self, municipality, *, by):
        """Ask one more municipality, which has become a member since. Returns its answer, as yet silent."""
        with transaction.atomic():
            round_ = self.locked()
            if not round_.is_open():
                raise ValidationError(_("The round has closed: nobody new can be asked."))
            answer, is_new = round_.answers.get_or_create(municipality=municipality)
            if not is_new:
                raise ValidationError(_("%(name)s has been asked already.") % {"name": municipality.name})
            AuditEvent.record(round_, "ask", by=by, municipality=municipality.pk)
            round_emails.round_opened(round_, [answer])
        return answer

    def refuse_deadline(self):
        """Raise ValidationError for a deadline that is past, on a closed day or in July."""
        day = clock.date_of(self.closes_at)
        if self.closes_at <= clock.now():
            raise ValidationError({"closes_at": _("That moment has passed.")})
        if day.month == JULY:
            raise ValidationError({"closes_at": _("Nothing has its deadline in July.")})
        if not is_working_day(day):
            raise ValidationError({"closes_at": _("That is not a working day: choose another.")})

    @property
    def closes_on(self):
        """Return the day of the deadline in Helsinki."""
        return clock.date_of(self.closes_at)

    def is_open(self, moment=None):
        """Tell whether an answer given now counts at once."""
        return self.procurement.state == ProcurementState.ROUND and (moment or clock.now()) <= self.closes_at

    def takes_late(self, moment=None):
        """Tell whether an answer is still kept, marked late."""
        moment = moment or clock.now()
        return (
            self.procurement.state == ProcurementState.ROUND
            and self.closes_at < moment <= self.closes_at + GRACE
        )

    def is_frozen(self, moment=None):
        """Tell whether the deadline has passed: the list is then what it was at that minute."""
        return (moment or clock.now()) > self.closes_at

    @property
    def quota(self):
        """Return the round's limit of interest."""
        return Quota(self.quota_share, self.quota_most)

    def room(self, *, without=None):
        """Return what the round has room for, as the answers stand; ``without``: a municipality's own left out."""
        rows = self.answers.standing()
        return room(
            [a.reply() for a in rows if a.municipality_id != getattr(without, "pk", None)], self.quota
        )

    def locked(self):
        """Return this round read anew and locked to the end of the transaction: what is counted here stays true."""
        rows = type(self).objects.select_related("procurement").select_for_update(of=("self",), no_key=True)
        return rows.get(pk=self.pk)

    def extend(self, *, by, closes_at):
        """Move the deadline to a later moment while the round is open; answers stand and may be changed."""
        with transaction.atomic():
            round_ = self.locked()
            if not round_.is_open():
                raise ValidationError(
                    _("The round has closed: its list is frozen and the deadline is not moved.")
                )
            before, round_.closes_at = round_.closes_at, closes_at
            if closes_at <= before:
                raise ValidationError({"closes_at": _("The new deadline is later than the present one.")})
            round_.refuse_deadline()
            round_.save(update_fields=["closes_at"])
            AuditEvent.record(round_, "extend", by=by, before=before, closes_at=closes_at)
            answers = list(round_.answers.select_related("municipality", "standing"))
            _drop_earlier_news(answers)
            round_emails.round_extended(round_, answers)
        self.closes_at = round_.closes_at

    def cost_for(self, population):
        """Return the Cost of a municipality with this population row (or None), or None while it is not known."""
        if self.cost_rule == CostRule.UNKNOWN or (
            self.cost_rule == CostRule.PER_RESIDENT and population is None
        ):
            return None
        by_residents = self.cost_rule == CostRule.PER_RESIDENT
        reckoned = self.cost_rate * (population.count if by_residents else 1)
        reckoned = reckoned.quantize(CENT, rounding=ROUND_HALF_UP)
        return Cost(max(reckoned, self.cost_floor), reckoned, population if by_residents else None)

    def shows_who_is_in(self, user):
        """Tell whether a person, or a visitor, may read which municipalities take part, without their volumes."""
        if user.is_authenticated and user.is_staff:
            return True
        if not self.is_frozen():
            return False
        if self.procurement.is_decided or self.procurement.volumes_open_to == Readers.PUBLIC:
            return True
        return user.is_authenticated and (user.roles.active().exists() or bool(user.duties))


def _drop_earlier_news(answers):
    """Drop letters of an earlier deadline that have not left: the new one takes their place."""
    if not answers:
        return
    kind = ContentType.objects.get_for_model(answers[0])
    waiting = OutgoingEmail.objects.filter(about_type=kind, about_id__in=[answer.pk for answer in answers])
    stale = {round_emails.EXTENDED, round_emails.REMIND}
    waiting.filter(state=MailState.QUEUED, template__in=stale).update(
        state=MailState.DROPPED, next_try_at=None
    )
