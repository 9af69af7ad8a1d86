"""The decision on the offers: who won and by what arithmetic, when it was sent, what bars the contract."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consortium import clock
from consortium.deadlines import DAY, next_working_day
from consortium.models import AuditEvent, PostKind
from consortium.templatetags.portal import weekday_day
from consortium.workflow import Workflow, refuse_day
from members.models.agreement import HelsinkiDecision
from procurement import award_emails
from procurement.models.comparison import compare
from procurement.models.offer import Offer
from procurement.models.offer_words import (
    AwardState,
    Decider,
    OfferState,
    Sending,
)
from procurement.models.procurement import Lot, Procurement
from procurement.models.stage import Stage
from procurement.models.words import ProcurementState, StageKind
from procurement.thresholds import ACT, DIRECTIVE

STANDING = [AwardState.DECIDED, AwardState.SENT, AwardState.CONTRACTED]
KNOWN_TO_ALL = [AwardState.SENT, AwardState.CONTRACTED]


class AwardQuerySet(models.QuerySet):
    """Questions to the awards."""

    def standing(self):
        """Return those that have not been annulled."""
        return self.filter(state__in=STANDING)

    def visible_to(self, user):
        """Return all to the service centre, to the auditor too; to everyone else those sent to the tenderers."""
        if user.is_authenticated and (user.is_staff or PostKind.AUDITOR in user.duties):
            return self
        return self.filter(sent_on__isnull=False)


class Award(Workflow, HelsinkiDecision):
    """One decision on the offers for a procurement or a lot. Without ``offer``: the lot ends without a contract.

    ``ranking``: the order and its arithmetic as they were (``Comparison.as_frozen``); ``dates``: what was reckoned from
    the day it was sent. ``standstill_until``: its last day, with its source; None where the Act has none.
    """

    STEPS = {
        "send": ({AwardState.DECIDED}, AwardState.SENT),
        "retime": ({AwardState.SENT}, None),
        "appeal": ({AwardState.SENT, AwardState.CONTRACTED}, None),
        "contract": ({AwardState.SENT}, AwardState.CONTRACTED),
        "annul": ({AwardState.DECIDED, AwardState.SENT}, AwardState.ANNULLED),
        "lapse": ({AwardState.DECIDED, AwardState.SENT}, AwardState.ANNULLED),
    }
    TRIGGERS = {
        "award_kept": gettext_lazy("A decision is not changed: annul it and record a new one."),
        "award_contract_barred": gettext_lazy(
            "An appeal is pending or has been upheld: no contract is made of this award."
        ),
    }

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="awards")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="awards")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True, related_name="awards")
    decider = models.CharField(
        gettext_lazy("whose decision"), max_length=12, choices=Decider, default=Decider.HELSINKI
    )
    reason_fi = models.TextField(gettext_lazy("reasons in Finnish"), max_length=3000)
    reason_sv = models.TextField(gettext_lazy("reasons in Swedish"), max_length=3000)
    ranking = models.JSONField(default=dict, editable=False)
    state = models.CharField(
        gettext_lazy("state"), max_length=10, choices=AwardState, default=AwardState.DECIDED, editable=False
    )
    sent_on = models.DateField(gettext_lazy("sent on"), null=True, blank=True)
    sending = models.CharField(gettext_lazy("how it was sent"), max_length=6, choices=Sending, blank=True)
    standstill_until = models.DateField(gettext_lazy("last day of the standstill"), null=True, blank=True)
    standstill_source = models.CharField(gettext_lazy("source"), max_length=200, blank=True)
    dates = models.JSONField(default=list, editable=False)
    contracted_on = models.DateField(gettext_lazy("contract made on"), null=True, blank=True)
    annulled_on = models.DateField(gettext_lazy("annulled on"), null=True, blank=True)
    annul_reason_fi = models.TextField(
        gettext_lazy("why it was annulled, in Finnish"), max_length=1000, blank=True
    )
    annul_reason_sv = models.TextField(
        gettext_lazy("why it was annulled, in Swedish"), max_length=1000, blank=True
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("award decision")
        verbose_name_plural = gettext_lazy("award decisions")
        ordering = ["lot__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["procurement", "lot"],
                condition=~Q(state="annulled"),
                nulls_distinct=False,
                name="award_one_stands",
                violation_error_message=gettext_lazy("An award has been recorded already."),
            ),
            models.CheckConstraint(
                name="award_decided_by_someone",
                condition=HelsinkiDecision.DECIDED
                | Q(decider="central_body", decided_on__isnull=False) & ~Q(body_fi="") & ~Q(body_sv=""),
                violation_error_message=gettext_lazy("Give the decision: body, date, § and case number."),
            ),
            models.CheckConstraint(name="award_has_reasons", condition=~Q(reason_fi="") & ~Q(reason_sv="")),
            models.CheckConstraint(
                name="award_without_offer_of_a_lot", condition=Q(offer__isnull=False) | Q(lot__isnull=False)
            ),
            models.CheckConstraint(
                name="award_sent_whole",
                condition=Q(sent_on__isnull=True, sending="", standstill_until__isnull=True)
                | Q(sent_on__isnull=False) & ~Q(sending=""),
            ),
            models.CheckConstraint(
                name="award_sent_before_contract",
                condition=Q(state="decided", sent_on__isnull=True)
                | Q(state="annulled")
                | Q(state__in=["sent", "contracted"], sent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="award_standstill_has_source",
                condition=Q(standstill_until__isnull=True) | ~Q(standstill_source=""),
                violation_error_message=gettext_lazy("Say where the standstill comes from."),
            ),
            models.CheckConstraint(
                name="award_contract_after_standstill",
                condition=Q(contracted_on__isnull=True)
                | Q(standstill_until__isnull=True)
                | Q(contracted_on__gt=models.F("standstill_until")),
                violation_error_message=gettext_lazy(
                    "The contract cannot be made before the standstill has ended."
                ),
            ),
            models.CheckConstraint(
                name="award_contracted_on_a_day",
                condition=Q(state="contracted", contracted_on__isnull=False)
                | ~Q(state="contracted") & Q(contracted_on__isnull=True),
            ),
            models.CheckConstraint(
                name="award_annulled_with_reason",
                condition=~Q(state="annulled") & Q(annulled_on__isnull=True)
                | Q(state="annulled", annulled_on__isnull=False)
                & ~Q(annul_reason_fi="")
                & ~Q(annul_reason_sv=""),
                violation_error_message=gettext_lazy("Say when and why the decision was annulled."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.lot_id or ''}"

    def get_absolute_url(self):
        """Return the decision's page."""
        return reverse("procurement:award", args=[self.pk])

    @property
    def title(self):
        """Return what it is about: the procurement, or its lot, in the page's language."""
        if self.lot is None:
            return self.procurement.title
        return _("%(title)s, lot %(lot)s") % {"title": self.procurement.title, "lot": self.lot}

    @property
    def reason(self):
        """Return the reasons in the page's language."""
        return self.reason_sv if get_language() == "sv" else self.reason_fi

    @property
    def annul_reason(self):
        """Return why it was annulled, in the page's language."""
        return self.annul_reason_sv if get_language() == "sv" else self.annul_reason_fi

    @property
    def winner(self):
        """Return the winner's name, or nothing where there is no contract."""
        return self.offer.supplier.name if self.offer else ""

    @property
    def is_public(self):
        """Tell whether it holds before everyone: it was sent and has not been annulled."""
        return self.state in KNOWN_TO_ALL

    def still_tells(self, template):
        """Tell whether a letter about it still holds: of an annulled decision only that it was annulled."""
        return self.state != AwardState.ANNULLED or template == award_emails.ANNULLED

    def date_of(self, stage):
        """Return the day that was reckoned for a stage of the timetable when it was sent, as text, or nothing."""
        return next((line["on"] for line in self.dates if line["stage"] == stage), "")

    def send(self, *, by, sent_on, sending, timetable, standstill_until=None, standstill_source=""):
        """Note that the decision went to the tenderers, and write the portal's letters to them and the participants.

        ``timetable``: timetable.Timetable reckoned from the day; its standstill holds unless another day is typed with
        its source. Raises ValidationError for a day earlier than the Act allows.
        """
        with self.step("send", by=by, sent_on=sent_on, sending=sending) as details:
            refuse_day("sent_on", sent_on, since=self.decided_on)
            self.sent_on, self.sending = sent_on, sending
            self._time(timetable, standstill_until, standstill_source)
            details["standstill_until"] = self.standstill_until
            self._put_stages(by)
            award_emails.tenderers_told(self)
            award_emails.participants_told(self)

    def retime(self, *, by, standstill_until, standstill_source):
        """Put another last day of the standstill, with where it comes from; never an earlier one than the Act's."""
        with self.step("retime", by=by, before=self.standstill_until, standstill_until=standstill_until):
            self._refuse_early(standstill_until, self.date_of("standstill_least"))
            self.standstill_until, self.standstill_source = standstill_until, standstill_source
            self._put_stages(by)

    def _time(self, table, typed_until, typed_source):
        self.dates = [
            {
                "stage": str(line.stage),
                "on": line.on.isoformat(),
                "source": _source(line.source),
                "checked": line.source.checked,
            }
            for line in table.lines
        ]
        line = table.line(StageKind.STANDSTILL.value)
        binding = line is not None and bool(line.limit)
        if binding:
            self.dates.append(
                {"stage": "standstill_least", "on": line.limit_on.isoformat(), "source": "", "checked": True}
            )
        if typed_until is not None:
            self._refuse_early(typed_until, line.limit_on.isoformat() if binding else "")
            self.standstill_until, self.standstill_source = typed_until, typed_source
        elif line is not None:
            self.standstill_until, self.standstill_source = line.on, _source(line.source) or typed_source

    @staticmethod
    def _refuse_early(day, least):
        if least and day and day.isoformat() < least:
            words = _("The Act has the standstill last at least until %(day)s.")
            raise ValidationError(
                {"standstill_until": ValidationError(words, "early", {"day": weekday_day(least)})}
            )

    def _put_stages(self, by):
        """Write the days counted from the decision among the procurement's stages, where they belong to it all."""
        if self.lot_id is not None:
            return
        Stage.done(self.procurement, StageKind.DECISION, by=by, on=self.decided_on)
        Stage.done(self.procurement, StageKind.SENT, by=by, on=self.sent_on)
        if self.standstill_until:
            Stage.put(
                self.procurement,
                StageKind.STANDSTILL,
                by=by,
                planned_on=self.standstill_until,
                source=self.standstill_source,
            )

    def bars(self, day=None):
        """Return why no contract can be made on a day, each as a sentence; an empty list when it can."""
        day = day or clock.today()
        if self.offer is None:
            return [_("The lot ended without a contract.")]
        if self.state == AwardState.ANNULLED:
            return [_("The decision has been annulled.")]
        found = [appeal.bar for appeal in self.appeals.all() if appeal.bar]
        if self.sent_on is None:
            found.append(_("The decision has not been sent to the tenderers yet."))
        elif self.standstill_until and day <= self.standstill_until:
            words = _(
                "The standstill runs until %(last)s (%(source)s). A contract can be made from %(first)s."
            )
            facts = {"last": weekday_day(self.standstill_until), "source": cited(self.standstill_source)}
            found.append(
                words % (facts | {"first": weekday_day(next_working_day(self.standstill_until + DAY))})
            )
        if self.offer.state == OfferState.WITHDRAWN:
            found.append(_("%(supplier)s has withdrawn its offer.") % {"supplier": self.winner})
        return found

    def contract(self, *, by, signed_on):
        """Note that the contract has been made. Raises ValidationError with the reasons while it is barred."""
        with transaction.atomic():
            procurement = Procurement.objects.select_for_update(of=("self",), no_key=True).get(
                pk=self.procurement_id
            )
            with self.step("contract", by=by, signed_on=signed_on):
                refuse_day("signed_on", signed_on, since=self.sent_on)
                if found := self.bars(signed_on):
                    raise ValidationError(found, code="barred")
                self.contracted_on = signed_on
            procurement.contracts_made(by=by)

    def annul(self, *, by, on, reason_fi, reason_sv):
        """Annul the decision, on rectification or by a court; the offers are then decided on anew. All are told."""
        with transaction.atomic():
            procurement = Procurement.objects.select_for_update(of=("self",), no_key=True).get(
                pk=self.procurement_id
            )
            with self.step("annul", by=by, on=on):
                refuse_day("on", on, since=self.decided_on)
                self.annulled_on, self.annul_reason_fi, self.annul_reason_sv = on, reason_fi, reason_sv
                if self.sent_on:
                    award_emails.award_annulled(self)
            if procurement.state == ProcurementState.AWARDED:
                procurement.take_back(by=by)

    def lapse(self, *, by, reason_fi, reason_sv):
        """Annul it because the whole procurement ends without result; the letters of that tell it."""
        with self.step("lapse", by=by):
            self.annulled_on, self.annul_reason_fi, self.annul_reason_sv = clock.today(), reason_fi, reason_sv

    def compared(self):
        """Return the Comparison of the offers that it decides on, as they stand now."""
        return compare(self.procurement, self.lot)

    def appeal(self, *, by, kind, filed_on, known_on, **facts):
        """Note that the award has been challenged; no contract is made while it is pending. Participants are told."""
        with self.step("appeal", by=by, kind=kind, filed_on=filed_on):
            refuse_day("filed_on", filed_on, since=self.sent_on)
            refuse_day("known_on", known_on, since=filed_on)
            row = self.appeals.model(award=self, kind=kind, filed_on=filed_on, known_on=known_on, **facts)
            row.full_clean(exclude=["award"])
            row.save()
            AuditEvent.record(row, "file", by=by, award=self.pk)
            award_emails.appeal_filed(row)
        return row


def cited(text):
    """Return where a day comes from, with the statute by its name where it is one."""
    named = text.replace(ACT, _("Procurement Act %(statute)s") % {"statute": ACT})
    return named.replace(DIRECTIVE, _("Directive %(statute)s") % {"statute": DIRECTIVE})


def _source(source):
    """Return a section as it is written: Act 1397/2016, 129 §; nothing for a practice of our own."""
    return f"{source.statute}, {source.section}" if source.statute else ""
