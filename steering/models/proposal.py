"""Proposals of the members: from two sentences to their result, followed by the one who made them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AccessLog, AuditEvent
from consortium.models.audit import AccessKind
from consortium.workflow import Workflow, refuse_day
from members.models import Municipality
from members.models.decision import Channel
from procurement.models import UNDER_WAY, Procurement
from procurement.models.paper import RESTRICTED_IN
from steering import proposal_emails
from steering.models.agenda import TENDER_RUNS
from steering.models.proposal_set import CARRIED_OUT, ProposalQuerySet
from steering.models.words import Answer, MeetingState, ProposalState

UNSETTLED = frozenset({ProposalState.SUBMITTED, ProposalState.RECEIVED, ProposalState.AGENDA})
TRIES = 5  # of taking the next number, while others take it at the same time


class Proposal(Workflow):
    """What a municipality proposes to the steering group. Followed by anybody, unless it concerns a running tender.

    ``restricted_*``: why it is not public and the last day of that (621/1999), None until somebody opens it. One that
    concerns a ``procurement`` is restricted from its round's opening to its award by itself, unless it is opened.
    """

    STEPS = {
        "edit": ({ProposalState.SUBMITTED}, None),
        "support": (UNSETTLED, None),
        "take_back": (UNSETTLED, None),
        "receive": ({ProposalState.SUBMITTED}, ProposalState.RECEIVED),
        "restrict": (UNSETTLED, None),
        "open": (set(ProposalState), None),
        "put_on_agenda": ({ProposalState.RECEIVED, ProposalState.AGENDA}, ProposalState.AGENDA),
        "return_from_agenda": ({ProposalState.AGENDA}, ProposalState.RECEIVED),
        "decide": ({ProposalState.RECEIVED, ProposalState.AGENDA}, ProposalState.DECIDED),
        "become": ({ProposalState.RECEIVED, ProposalState.AGENDA, ProposalState.DECIDED}, None),
        "finish": ({ProposalState.DECIDED}, ProposalState.DONE),
        "withdraw": ({ProposalState.SUBMITTED, ProposalState.RECEIVED}, ProposalState.WITHDRAWN),
    }

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveSmallIntegerField(editable=False)
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="proposals")
    title = models.CharField(_("what is proposed"), max_length=120)
    text = models.TextField(_("what and why, in two sentences or more"), max_length=4000)
    language = models.CharField(_("language of the proposal"), max_length=2, default="fi")
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState, default=ProposalState.SUBMITTED
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel, blank=True)
    received_from = models.CharField(_("from whom"), max_length=120, blank=True)
    came_on = models.DateField(_("when it came"), null=True, blank=True)
    follows = models.ForeignKey(  # one that was returned to be prepared
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", editable=False
    )
    received_on = models.DateField(_("received"), null=True, blank=True, editable=False)
    procurement = models.ForeignKey(  # the running tender that it concerns
        Procurement, models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    restricted_ground = models.CharField(_("why it is not public"), max_length=200, blank=True)
    restricted_until = models.DateField(_("not public until"), null=True, blank=True)
    opened_in_tender = models.BooleanField(
        default=False, editable=False
    )  # by a person, while the tender runs
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    in_writing = models.ForeignKey(
        "steering.WrittenMatter", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    reason_fi = models.TextField(_("reasons in Finnish"), max_length=2000, blank=True)
    reason_sv = models.TextField(_("reasons in Swedish"), max_length=2000, blank=True)
    decided_on = models.DateField(_("decided"), null=True, blank=True, editable=False)
    decided_in = models.ForeignKey(  # None: answered by chair and secretary without a meeting
        "steering.Item", models.PROTECT, null=True, blank=True, related_name="decided_proposals"
    )
    became_procurement = models.ForeignKey(
        Procurement, models.PROTECT, null=True, blank=True, related_name="came_of", editable=False
    )
    became_project = models.ForeignKey(
        "steering.Project", models.PROTECT, null=True, blank=True, related_name="came_of", editable=False
    )
    result_fi = models.TextField(_("result in Finnish"), max_length=2000, blank=True)
    result_sv = models.TextField(_("result in Swedish"), max_length=2000, blank=True)
    finished_on = models.DateField(_("done"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="proposal_number"),
            models.CheckConstraint(
                name="proposal_decided_with_reasons",
                condition=Q(state__in=["submitted", "received", "agenda", "withdrawn"], answer="")
                | Q(state__in=["decided", "done"], decided_on__isnull=False)
                & ~Q(answer="")
                & ~Q(reason_fi="")
                & ~Q(reason_sv=""),
                violation_error_message=_(
                    "A proposal is decided with its answer and reasons in both languages."
                ),
            ),
            models.CheckConstraint(
                name="proposal_done_with_result",
                condition=~Q(state="done")
                | Q(finished_on__isnull=False) & ~Q(result_fi="") & ~Q(result_sv=""),
                violation_error_message=_("Say in both languages what came of the proposal."),
            ),
            models.CheckConstraint(
                name="proposal_received_has_day",
                condition=Q(state__in=["submitted", "withdrawn"]) | Q(received_on__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_restricted_with_ground",
                condition=Q(restricted_until__isnull=True) | ~Q(restricted_ground=""),
                violation_error_message=_("Say on what ground it is not public."),
            ),
            models.CheckConstraint(
                name="proposal_on_behalf_whole",
                condition=Q(channel="", received_from="", came_on__isnull=True)
                | ~Q(channel="") & ~Q(received_from="") & Q(came_on__isnull=False),
                violation_error_message=_("Say how it came, from whom and when."),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        """Return the proposal's page."""
        return reverse("steering:proposal", args=[self.pk])

    @property
    def number(self):
        """Return the number by which it is cited: 3/2027."""
        return f"{self.serial}/{self.year}"

    @property
    def in_tender(self):
        """Tell whether it is closed because a tender that it concerns is running."""
        return bool(
            self.procurement_id and not self.opened_in_tender and self.procurement.state in RESTRICTED_IN
        )

    def is_restricted(self, today=None):
        """Tell whether it is kept from the public and from members on a day."""
        return self.in_tender or self._has_ground(today)

    def _has_ground(self, today=None):
        until = self.restricted_until
        return bool(self.restricted_ground) and (until is None or until >= (today or clock.today()))

    def is_on_agenda(self):
        """Tell whether some meeting still has it on its agenda."""
        return self.items.filter(outcome="").exclude(meeting__state=MeetingState.CANCELLED).exists()

    def is_being_settled(self):
        """Tell whether an agenda or a written procedure under way has it."""
        return self.is_on_agenda() or self.written_matters.unfinished().exists()

    def is_told_whole(self, today=None):
        """Tell whether anybody may read the reasons: those of a restricted item are not for all."""
        item = self.decided_in or self.in_writing
        return not self.is_restricted(today) and not (item is not None and item.is_restricted(today))

    def opened(self, by):
        """Keep in the log that somebody has read a restricted one."""
        if self.is_restricted():
            user = by if by.is_authenticated else None
            AccessLog.objects.create(kind=AccessKind.READ, user=user, what=f"steering.proposal {self.pk}")

    @property
    def ground(self):
        """Return why it is not public today, in words, or an empty text."""
        if self._has_ground():
            return self.restricted_ground
        return str(TENDER_RUNS) if self.in_tender else ""

    @property
    def reason(self):
        """Return the reasons of the answer in the page's language."""
        return self.reason_sv if get_language() == "sv" else self.reason_fi

    @property
    def result(self):
        """Return what came of it, in the page's language."""
        return self.result_sv if get_language() == "sv" else self.result_fi

    @classmethod
    def make(cls, municipality, *, by, procurement=None, follows=None, **said):
        """Write down what a member proposes; what concerns a procurement under way is restricted. Returns it."""
        if not Municipality.objects.members_on(clock.today()).filter(pk=municipality.pk).exists():
            raise ValidationError({"municipality": _("Only a member makes proposals.")}, code="no_member")
        row = cls(municipality=municipality, made_by=by, follows=follows, **said)
        row._concern(procurement)
        if row.came_on:
            refuse_day("came_on", row.came_on)
        with transaction.atomic():
            row._take_number()
            facts = {"municipality": municipality.pk, "channel": row.channel}
            AuditEvent.record(row, "submit", by=by, number=row.number, **facts)
            if row.channel:
                proposal_emails.recorded(row)
        return row

    def _take_number(self):
        """Save it under the next number of the year; two that come at the same moment get two numbers."""
        self.year = clock.today().year
        for left in reversed(range(TRIES)):
            last = type(self).objects.filter(year=self.year).aggregate(last=Max("serial"))["last"] or 0
            self.serial = last + 1
            self.full_clean(exclude=["made_by"], validate_unique=False, validate_constraints=False)
            try:
                with transaction.atomic():
                    self.save()
                return
            except IntegrityError:
                self.pk = None
                if not left:
                    raise

    def _concern(self, procurement):
        """Let it be restricted while a procurement is tendered."""
        if procurement is None:
            return
        if procurement.state not in UNDER_WAY:
            raise ValidationError({"procurement": _("That procurement is no longer under way.")})
        self.procurement, self.opened_in_tender = procurement, False
        if self.pk:
            self.items.update(concerns=procurement, opened_in_tender=False)  # closed wherever it has stood

    def edit(self, *, by, revision, title, text):
        """Write it better until it is received. ``revision``: the one the form was made from."""
        with self.step("edit", by=by):
            refuse_overtaken(self, revision)
            self.title, self.text = title, text
            self.revision += 1
            self.full_clean(exclude=["made_by"])

    def support(self, *, by, municipality):
        """Record that another member supports it."""
        with self.step("support", by=by, municipality=municipality.pk):
            if municipality.pk == self.municipality_id:
                raise ValidationError(_("It is the municipality's own proposal."), code="own")
            if self.is_restricted():
                raise ValidationError(_("A restricted proposal is not open for support."), code="restricted")
            if not Municipality.objects.members_on(clock.today()).filter(pk=municipality.pk).exists():
                raise ValidationError({"municipality": _("Only a member supports proposals.")})
            row = Support(proposal=self, municipality=municipality, by=by)
            row.full_clean(exclude=["by"])
            row.save()

    def take_back(self, *, by, municipality):
        """Take a municipality's support back; the history keeps that it was there."""
        with self.step("take_back", by=by, municipality=municipality.pk):
            found, _rows = self.supports.filter(municipality=municipality).delete()
            if not found:
                raise ValidationError(_("The municipality does not support the proposal."), code="none")

    def receive(self, *, by, procurement=None):
        """Take it in; the proposer is told. One that concerns a procurement under way is restricted, and told so."""
        with self.step("receive", by=by, procurement=procurement and procurement.pk):
            self._concern(procurement)
            self.received_on = clock.today()
            proposal_emails.received(self)

    def restrict(self, *, by, ground="", until=None, procurement=None):
        """Keep it from the public: on a ground until a day or until it is opened, or while a procurement runs."""
        with self.step("restrict", by=by, procurement=procurement and procurement.pk, until=until):
            if not (ground or procurement):
                raise ValidationError({"ground": _("Say on what ground it is not public.")})
            if until is not None and until < clock.today():
                raise ValidationError({"until": _("Choose a later day.")})
            self._concern(procurement)
            self.restricted_ground, self.restricted_until = ground, until if ground else None
            proposal_emails.restricted(self)

    def open(self, *, by):
        """Let everybody read it again."""
        with self.step("open", by=by):
            if not self.is_restricted():
                raise ValidationError(_("The proposal is not restricted."), code="open")
            self.restricted_ground, self.restricted_until = "", None
            self.opened_in_tender = self.procurement_id is not None

    def put_on_agenda(self, *, by, meeting):
        """Record that a meeting takes it up, this one or, when it was moved, the next; the proposer is told."""
        with self.step("put_on_agenda", by=by, meeting=meeting.pk):
            proposal_emails.on_agenda(self, meeting)

    def return_from_agenda(self, *, by):
        """Record that it was taken off the agenda and waits again; the proposer is told."""
        with self.step("return_from_agenda", by=by):
            proposal_emails.off_agenda(self)

    def decide(self, *, by, answer, reason_fi, reason_sv, item=None, in_writing=None):
        """Answer it with reasons, under a meeting's ``item``, ``in_writing`` or by itself; those concerned are told."""
        with self.step("decide", by=by, answer=answer, item=item and item.pk):
            if item is None and self.is_on_agenda():
                raise ValidationError(
                    _("It is on a meeting's agenda: the meeting answers it."), code="agenda"
                )
            self.answer, self.decided_in, self.decided_on = answer, item, clock.today()
            self.in_writing = in_writing
            self.reason_fi, self.reason_sv = reason_fi, reason_sv
            self.full_clean(exclude=["made_by"])
            proposal_emails.decided(self)

    def become(self, *, by, procurement=None, project=None, new=None):
        """Record what came of it: a procurement or a project; each page then leads to the other.

        ``new``: the texts of a procurement that is begun for it. Returns the procurement or project.
        """
        with self.step("become", by=by) as details:
            if [procurement, project, new].count(None) != 2:
                raise ValidationError(_("Choose one: a procurement, a project or a new procurement."))
            if project is not None:
                self.became_project = project
            else:
                self.became_procurement = procurement or Procurement.begin(by=by, **new)
            found = project or self.became_procurement
            details[found._meta.model_name] = found.pk
        return found

    def finish(self, *, by, result_fi, result_sv):
        """Say what came of it; the proposer is told. Not before its actions are done."""
        with self.step("finish", by=by):
            if self.answer not in CARRIED_OUT:
                raise ValidationError(_("Nothing was to come of the proposal: it was not accepted."))
            if self.actions.open().exists():
                raise ValidationError(_("An action of the proposal is still to be done."), code="actions")
            self.result_fi, self.result_sv = result_fi, result_sv
            self.finished_on = clock.today()
            proposal_emails.done(self)

    def withdraw(self, *, by):
        """Take it back before a meeting takes it up."""
        with self.step("withdraw", by=by):
            pass

    def still_tells(self, template):
        """Tell whether a letter about it is still true when it is about to leave."""
        name = template.rpartition("/")[2]
        if name == "proposal_agenda":
            return self.state != ProposalState.RECEIVED
        if name == "proposal_off_agenda":
            return self.state == ProposalState.RECEIVED
        return name != "proposal_restricted" or bool(self.restricted_ground or self.procurement_id)


def refuse_overtaken(record, revision):
    """Raise ValidationError when somebody else has saved the record since the form was made from ``revision``."""
    if revision != record.revision:
        raise ValidationError(
            _("A colleague has changed this meanwhile. Nothing was saved; look at it and change it again."),
            code="overtaken",
        )


class Support(models.Model):
    """Another municipality that supports a proposal."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="supports")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="supports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        ordering = ["municipality__sort_key_fi"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "municipality"],
                name="support_once",
                violation_error_message=_("The municipality supports the proposal already."),
            ),
        ]

    def __str__(self):
        return f"{self.proposal_id} {self.municipality_id}"
