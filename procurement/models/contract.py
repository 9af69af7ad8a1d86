"""A contract bought together: its period and way out, its options, and what has been decided on it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow, refuse_day
from members.models import Municipality
from procurement import contract_emails, exits
from procurement.models.contract_term import (
    TERM,
    AtEnd,
    ContractQuerySet,
    ContractState,
    RenewalKind,
    term_of,
)


class Contract(Workflow):
    """What was bought from one supplier, from which day to which, and how one gets out of it.

    ``ends_on``: the last day with the options used so far, None when open-ended; ``notice_by`` and ``ours_by``: days
    typed from the contract, else reckoned; ``yearly``: the awarded price, € a year without VAT, public.
    """

    STEPS = {
        "edit": ({ContractState.DRAFT, ContractState.SIGNED}, None),
        "sign": ({ContractState.DRAFT}, ContractState.SIGNED),
        "decide": ({ContractState.SIGNED}, None),
        "give_notice": ({ContractState.SIGNED}, ContractState.NOTICE),
        "add": ({ContractState.DRAFT, ContractState.SIGNED}, None),
        "leave_out": ({ContractState.DRAFT}, None),
        "withdraw": ({ContractState.SIGNED, ContractState.NOTICE}, None),
        "drop": ({ContractState.DRAFT}, None),
        "remind_use": ({ContractState.SIGNED, ContractState.NOTICE}, None),
    }

    supplier = models.ForeignKey("procurement.Supplier", models.PROTECT, related_name="contracts")
    procurement = models.ForeignKey(
        "procurement.Procurement", models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    lot = models.ForeignKey(
        "procurement.Lot", models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    award = models.OneToOneField(
        "procurement.Award", models.PROTECT, null=True, blank=True, related_name="contract_made"
    )
    title_fi = models.CharField(_("title in Finnish"), max_length=120)
    title_sv = models.CharField(_("title in Swedish"), max_length=120)
    number = models.CharField(_("number of the contract"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=ContractState, default=ContractState.DRAFT)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    begins_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    silence = models.CharField(_("if nothing is said"), max_length=10, choices=AtEnd, default=AtEnd.ENDS)
    renewal_months = models.PositiveSmallIntegerField(
        _("months it then runs on at a time"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    notice_months = models.PositiveSmallIntegerField(
        _("months of notice"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    notice_by = models.DateField(_("last day for notice"), null=True, blank=True)
    our_days = models.PositiveSmallIntegerField(
        _("days before it by which we decide"), default=60, validators=[MaxValueValidator(365)]
    )
    ours_by = models.DateField(_("our own deadline"), null=True, blank=True)
    yearly = models.DecimalField(
        _("awarded price a year"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    asks_use = models.BooleanField(_("participants tell what taking into use needs"), default=True)
    given_on = models.DateField(_("notice given on"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ContractQuerySet.as_manager()

    TRIGGERS = {
        "contract_stays_signed": _("A signed contract is neither removed nor made a draft again."),
        "contract_notice_stands": _("Notice that has been given is not taken back here."),
        "contract_after_award": _("The award it rests on does not let the contract be made yet."),
        "contractoption_stays_used": _("An option that has been used stays used."),
    }

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-begins_on", "number"]
        constraints = [
            models.CheckConstraint(
                name="contract_ends_after_it_begins",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                violation_error_message=_("A contract cannot end before it begins."),
            ),
            models.CheckConstraint(
                name="contract_signed_has_day",
                condition=Q(state="draft") | Q(signed_on__isnull=False),
                violation_error_message=_("Say when the contract was signed."),
            ),
            models.CheckConstraint(
                name="contract_notice_has_days",
                condition=Q(state="notice", given_on__isnull=False, ends_on__isnull=False)
                | ~Q(state="notice") & Q(given_on__isnull=True),
                violation_error_message=_("Notice has the day it was given and the contract's last day."),
            ),
            models.CheckConstraint(
                name="contract_open_ended_runs_on",
                condition=Q(ends_on__isnull=False) | Q(silence="runs_on"),
                violation_error_message=_("A contract without a last day runs on until notice is given."),
            ),
            models.CheckConstraint(
                name="contract_renewal_where_it_runs_on",
                condition=Q(renewal_months__isnull=True)
                | Q(silence="runs_on", ends_on__isnull=False, renewal_months__gte=1),
                violation_error_message=_(
                    "Only a contract with an end that runs on does so some months at a time."
                ),
            ),
            models.CheckConstraint(
                name="contract_our_day_before_notice",
                condition=Q(ours_by__isnull=True)
                | Q(notice_by__isnull=True)
                | Q(ours_by__lte=F("notice_by")),
                violation_error_message=_("Our own deadline cannot come after the last day for notice."),
            ),
            models.CheckConstraint(
                name="contract_notice_before_end",
                condition=Q(notice_by__isnull=True) | Q(ends_on__isnull=False, notice_by__lte=F("ends_on")),
                violation_error_message=_("The last day for notice cannot come after the end."),
            ),
            models.CheckConstraint(
                name="contract_price_not_negative",
                condition=Q(yearly__isnull=True) | Q(yearly__gte=0),
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        """Return the contract's page."""
        return reverse("procurement:contract", args=[self.pk])

    @property
    def title(self):
        """Return the title in the page's language."""
        return self.title_sv if get_language() == "sv" else self.title_fi

    @property
    def title_language(self):
        """Return the language of the title that is shown."""
        return "sv" if get_language() == "sv" else "fi"

    @property
    def last_day(self):
        """Return the last day that is certain, or None while silence lets the contract run on."""
        runs_on = self.silence == AtEnd.RUNS_ON and self.state != ContractState.NOTICE
        return None if runs_on else self.ends_on

    def has_ended(self, day):
        """Tell whether its last day has passed."""
        return self.state != ContractState.DRAFT and self.last_day is not None and self.last_day < day

    def exit(self, today):
        """Return the next way out as exits.Exit; None when it has ended or is still being made."""
        if self.state == ContractState.DRAFT:
            return None
        return exits.next_exit(term_of(*(getattr(self, name) for name in TERM)), today)

    def settled(self, ends_on):
        """Return the decision that says what happens at this end, or None while nobody has decided."""
        found = [d for d in self.decisions.all() if d.settles_on == ends_on]
        return found[-1] if found else None

    def listed(self):
        """Return the answers of its procurement's frozen list that bring volume; none without a procurement."""
        round_ = getattr(self.procurement, "round", None) if self.procurement_id else None
        return list(round_.answers.standing()) if round_ else []

    def may_take_part(self):
        """Return the municipalities that may still be added: of a procurement those on its list, else any of today."""
        rows = Municipality.objects.current(clock.today())
        if self.procurement_id:
            rows = rows.filter(pk__in=[answer.municipality_id for answer in self.listed()])
        return rows

    def waits(self, today):
        """Tell whether its next end waits for a decision: signed, with a last day for notice, nobody has decided."""
        way = self.exit(today) if self.state == ContractState.SIGNED else None
        return way is not None and way.is_dated and not self.settled(way.ends_on)

    @classmethod
    def make(cls, *, by, options=(), **facts):
        """Write a contract that is being made. Returns it.

        ``options``: pairs of months and the last day for using them, None for the last day for notice.
        """
        with transaction.atomic():
            row = cls(**facts)
            row.full_clean()
            row.save()
            row.put_options(options)
            AuditEvent.record(row, "make", by=by, number=row.number)
        return row

    def edit(self, *, by, revision, options=None, **facts):
        """Correct what the contract says; before and after stay on record.

        ``revision``: the one the form was made from; refused when another came between.
        """
        with self.step("edit", by=by) as details:
            if revision != self.revision:
                raise ValidationError(
                    _(
                        "A colleague has changed this meanwhile. Nothing was saved; look at it and change it again."
                    ),
                    code="overtaken",
                )
            before = {name: str(getattr(self, name)) for name in facts}
            for name, value in facts.items():
                setattr(self, name, value)
            self.revision += 1
            self.clean_fields()
            self.clean()
            after = {name: str(getattr(self, name)) for name in facts}
            details["changed"] = {
                name: [before[name], after[name]] for name in facts if before[name] != after[name]
            }
            if options is not None:
                self.put_options(options)

    def put_options(self, options):
        """Set the options that have not been used."""
        self.options.filter(decision__isnull=True).delete()
        start = (self.options.aggregate(last=Max("number"))["last"] or 0) + 1  # a used one keeps its number
        for number, (months, use_by) in enumerate(options, start=start):
            self.options.create(number=number, months=months, use_by=use_by)

    def sign(self, *, by, signed_on):
        """Record the signatures; the participants are told. Barred while the award it rests on is."""
        with self.step("sign", by=by, signed_on=signed_on):
            refuse_day("signed_on", signed_on)
            self.signed_on = signed_on
            if (
                self.award_id and self.award.contracted_on is None
            ):  # barred while an appeal or the standstill runs
                self.award.contract(by=by, signed_on=signed_on)
            self._tell(contract_emails.SIGNED)

    def decide(self, *, by, kind, decided_on, body_fi, body_sv, section="", case_number="", **facts):
        """Record what was decided on going on, move the end, and tell the participants. Returns the decision.

        ``option``: the option used; ``ends_on``: the new last day of one that is continued; ``note_fi``, ``note_sv``.
        """
        with self.step("decide", by=by, kind=kind, decided_on=decided_on) as details:
            refuse_day("decided_on", decided_on)
            before, option = self.ends_on, facts.pop("option", None)
            settles_on = self._settles_on()
            ends_on = self._moved_end(kind, option, facts.pop("ends_on", None))
            decision = self.decisions.model(
                contract=self,
                kind=kind,
                settles_on=settles_on,
                ends_on=ends_on,
                decided_on=decided_on,
                body_fi=body_fi,
                body_sv=body_sv,
                section=section,
                case_number=case_number,
                recorded_by=by,
                **facts,
            )
            decision.full_clean()
            decision.save()
            if option:
                option.decision = decision
                option.save(update_fields=["decision"])
            if ends_on != before:
                self.ends_on, self.notice_by, self.ours_by = ends_on, None, None
            details |= {"decision": decision.pk, "before": before, "ends_on": ends_on}
            self._tell(contract_emails.DECIDED, decision=decision)
        return decision

    def _settles_on(self):
        """Return the end that a decision of today is about."""
        way_out = self.exit(clock.today())
        return way_out.ends_on if way_out else self.ends_on

    def _moved_end(self, kind, option, ends_on):
        if kind == RenewalKind.OPTION:
            if option is None or option.contract_id != self.pk or option.decision_id:
                raise ValidationError({"option": _("Choose an option that has not been used.")})
            return exits.extended(self.ends_on, option.months) if self.ends_on else None
        if kind == RenewalKind.RENEW:
            if ends_on is None or (self.ends_on and ends_on <= self.ends_on):
                raise ValidationError({"ends_on": _("Give a last day that is later than the present one.")})
            return ends_on
        if kind == RenewalKind.RUN_ON and self.silence != AtEnd.RUNS_ON:
            raise ValidationError({"kind": _("This contract ends by itself: use an option or continue it.")})
        return self.ends_on

    def give_notice(self, *, by, given_on, ends_on, note_fi="", note_sv=""):
        """Record that notice was given to the supplier, and the last day that follows; the participants are told."""
        with self.step("give_notice", by=by, given_on=given_on, ends_on=ends_on):
            refuse_day("given_on", given_on)
            if ends_on < given_on:
                raise ValidationError({"ends_on": _("The last day cannot come before the notice.")})
            self.given_on, self.ends_on, self.renewal_months = given_on, ends_on, None
            self.notice_by = self.ours_by = None
            self._tell(contract_emails.NOTICE, notes={"fi": note_fi, "sv": note_sv})

    def drop(self, *, by, reason):
        """Give up a contract that was being made: the draft goes, the act and its reason stay on record."""
        with transaction.atomic():
            row = Contract.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if not row.allows("drop"):
                raise ValidationError(self.TRIGGERS["contract_stays_signed"], code="signed")
            AuditEvent.record(
                row.procurement or row.supplier, "drop", by=by, number=row.number, reason=reason
            )
            row.participations.all().delete()
            row.delete()

    def _tell(self, template, **context):
        """Write to the participants of today or of the first day."""
        rows = self.participations.filter(period__contains=max(clock.today(), self.begins_on))
        rows = list(rows.select_related("municipality"))
        for row in rows:
            row.contract = self
        contract_emails.tell(template, rows, **context)
