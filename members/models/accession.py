"""A municipality's way into the consortium, step by recorded step."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, DocumentState, PostKind
from consortium.workflow import refuse_day
from members import emails, ladder, reminder_emails
from members.models.decision import Body, Decision
from members.models.handling import Handling
from members.models.municipality import Municipality
from members.models.offer import Offer, new_code, new_digits
from members.models.states import AccessionState, FinalityGround, Hindrance


class AccessionQuerySet(models.QuerySet):
    """Questions to the accessions."""

    def visible_to(self, user):
        """Return all to the service centre and the auditor, to others those of municipalities they have a role in."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff or PostKind.AUDITOR in user.duties:
            return self
        return self.filter(municipality__in=Municipality.objects.of(user))

    def undecided(self):
        """Return those whose municipality has not answered yet."""
        states = [AccessionState.PREPARED, AccessionState.SENT, AccessionState.IN_PREPARATION]
        return self.filter(state__in=states)

    def open(self):
        """Return those still under way."""
        return self.filter(state__in=Accession.OPEN)

    def in_hand(self, today=None):
        """Return those that are not put aside on the day."""
        return self.exclude(aside_until__gt=today or clock.today())

    def on_the_ladder(self):
        """Return those that a reminder can be about, with all that the ladder reads."""
        handled = Q(
            decisions__recorded_at__isnull=False,
            decisions__correction__isnull=True,
            decisions__moved_to__isnull=True,
        )
        reopened = AuditEvent.objects.filter(
            record_type__app_label="members",
            record_type__model="accession",
            record_id=OuterRef("pk"),
            verb="reopen",
        )
        rows = self.filter(state__in=ladder.UNDER_WAY).select_related(
            "municipality", "offer", "deciding__accession__municipality"
        )
        return rows.annotate(
            last_handling_on=Max("decisions__meeting_on", filter=handled),
            reopened_at=Subquery(reopened.order_by("-at").values("at")[:1]),
        )


class Accession(Handling):
    """One municipality's answer to one offer, from the invitation to Helsinki's confirmation."""

    HANDLED = {
        AccessionState.SENT,
        AccessionState.IN_PREPARATION,
        AccessionState.CONDITIONAL,
        AccessionState.APPROVED,
        AccessionState.FINAL,
        AccessionState.REJECTED,
    }
    REOPENED = HANDLED - {AccessionState.SENT, AccessionState.IN_PREPARATION} | {AccessionState.STOPPED}
    OPEN = [
        AccessionState.PREPARED,
        AccessionState.SENT,
        AccessionState.IN_PREPARATION,
        AccessionState.CONDITIONAL,
        AccessionState.APPROVED,
        AccessionState.FINAL,
    ]
    STEPS = {
        "send": ({AccessionState.PREPARED}, AccessionState.SENT),
        "schedule": ({AccessionState.SENT, AccessionState.IN_PREPARATION}, AccessionState.IN_PREPARATION),
        "prepare": ({AccessionState.SENT, AccessionState.IN_PREPARATION}, None),
        "decide": (HANDLED, None),
        "respond": ({AccessionState.CONDITIONAL}, None),
        "sign": ({AccessionState.APPROVED, AccessionState.FINAL}, None),
        "finalise": ({AccessionState.APPROVED}, AccessionState.FINAL),
        "confirm": ({AccessionState.FINAL}, AccessionState.CONFIRMED),
        "correct": (HANDLED, None),
        "move": (HANDLED, None),
        "receive": (HANDLED, None),
        "renew": (HANDLED, None),
        "reopen": (REOPENED, None),
        "revoke": ({AccessionState.CONFIRMED}, AccessionState.FINAL),
        "stop": (set(OPEN), AccessionState.STOPPED),
        "put_aside": (set(OPEN), None),
    }
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="accessions")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="accessions")
    state = models.CharField(
        _("state"), max_length=20, choices=AccessionState, default=AccessionState.PREPARED
    )
    code = models.CharField(max_length=8, unique=True, default=new_code, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    opened_at = models.DateTimeField(_("link first opened"), null=True)
    meeting_on = models.DateField(_("next meeting"), null=True, blank=True)
    meeting_body = models.CharField(_("the body that meets"), max_length=20, choices=Body, blank=True)
    deciding = models.ForeignKey(Decision, models.SET_NULL, null=True, related_name="+")
    view = models.TextField(_("Helsinki's view"), blank=True)
    view_on = models.DateField(_("date of the view"), null=True)
    view_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField(_("signed on"), null=True)
    signatory = models.CharField(_("signed by"), max_length=120, blank=True)
    finality_on = models.DateField(_("legally final on"), null=True)
    finality_ground = models.CharField(_("ground"), max_length=15, choices=FinalityGround, blank=True)
    finality_note = models.CharField(_("from whom and when"), max_length=300, blank=True)
    finality_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateField(_("confirmed on"), null=True)
    confirmed_body = models.CharField(_("who confirmed"), max_length=120, blank=True)
    confirmed_section = models.CharField(_("section (§)"), max_length=20, blank=True)
    confirmed_case_number = models.CharField(_("case number"), max_length=40, blank=True)
    closing_reason = models.CharField(_("reason"), max_length=300, blank=True)
    aside_until = models.DateField(_("put aside until"), null=True, blank=True)
    aside_reason = models.CharField(_("why it is put aside"), max_length=300, blank=True)
    hand_in_code = models.CharField(max_length=6, default=new_digits, editable=False)
    hand_in_until = models.DateField(_("handing in open until"), null=True, blank=True)

    objects = AccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("accession")
        verbose_name_plural = _("accessions")
        ordering = ["municipality__sort_key_fi"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=~Q(state__in=["confirmed", "rejected", "stopped"]),
                name="accession_one_open",
                violation_error_message=_("The municipality's joining is already under way."),
            ),
            models.CheckConstraint(
                name="accession_signed_by_someone",
                condition=Q(signed_on__isnull=True, signatory="")
                | (Q(signed_on__isnull=False) & ~Q(signatory="")),
            ),
            models.CheckConstraint(
                name="accession_final_on_a_ground",
                condition=Q(finality_on__isnull=True, finality_by__isnull=True, finality_ground="")
                | (Q(finality_on__isnull=False, finality_by__isnull=False) & ~Q(finality_ground="")),
            ),
            models.CheckConstraint(
                name="accession_confirmed_when_final_and_signed",
                condition=~Q(state="confirmed")
                | (
                    Q(finality_on__isnull=False, signed_on__isnull=False, confirmed_on__isnull=False)
                    & ~Q(confirmed_case_number="")
                ),
                violation_error_message=_(
                    "Confirming requires recorded finality, a signature and Helsinki's decision."
                ),
            ),
            models.CheckConstraint(
                name="accession_aside_with_reason",
                condition=Q(aside_until__isnull=True, aside_reason="")
                | (Q(aside_until__isnull=False) & ~Q(aside_reason="")),
                violation_error_message=_("Say in a word why the matter is put aside."),
            ),
            models.CheckConstraint(
                name="accession_sent_has_time",
                condition=Q(state="prepared") | Q(sent_at__isnull=False) | Q(state="stopped"),
            ),
        ]

    def __str__(self):
        return f"{self.municipality} → {self.offer_id}"

    def get_absolute_url(self):
        """Return the accession's page."""
        return reverse("members:accession", args=[self.pk])

    @property
    def is_open(self):
        """Tell whether it is still under way."""
        return self.state in self.OPEN

    def hindrance(self, verb, today=None):
        """Return why a step that the state allows must still wait, or None."""
        if verb == "send":
            if not self.offer.is_open:
                return Hindrance.CLOSED
            if "sv" in self.municipality.languages and self.offer.version.clauses.filter(text_sv="").exists():
                return Hindrance.NO_SWEDISH
            if not self.municipality.registry_email:
                return Hindrance.NO_ADDRESS
            pdfs = [p for p in self.newest_packages() if p.format == "pdf"]
            ready = {p.language for p in pdfs if p.state == DocumentState.READY}
            if not set(self.municipality.languages) <= ready:
                return Hindrance.NO_PACKAGE
        if verb == "finalise":
            if self.deciding.final_on is None:
                return None if not self.deciding.is_reckoned else Hindrance.NO_DATE
            if self.deciding.final_on > (today or clock.today()):
                return Hindrance.PERIOD_RUNNING
        if verb == "confirm" and not self.signed_on:
            return Hindrance.NOT_SIGNED
        return None

    def newest_packages(self):
        """Return the newest package row of each language and format, PDF first."""
        rows = self.packages.order_by("language", "-format", "-version").distinct("language", "format")
        return sorted(rows, key=lambda p: self.municipality.languages.index(p.language))

    def ready_packages(self):
        """Return the newest file that is there of each language and format, PDF first."""
        rows = self.packages.filter(state=DocumentState.READY).order_by("language", "-format", "-version")
        return list(rows.distinct("language", "format"))

    def _unhindered(self, verb):
        hindrance = self.hindrance(verb)
        if hindrance:
            raise ValidationError(hindrance.label, code=hindrance.value)

    def send(self, *, by):
        """Send the package to the registry and the named people, each in the municipality's languages."""
        with self.step("send", by=by):
            self._unhindered("send")
            self.sent_at = clock.now()
            emails.package_sent(self)

    def schedule(self, *, by, meeting_on, meeting_body):
        """Record when the municipality's body meets; until then nobody is reminded."""
        with self.step("schedule", by=by, meeting_on=meeting_on, body=meeting_body):
            self.meeting_on, self.meeting_body = meeting_on, meeting_body

    def respond(self, *, by, accepted, view, view_on):
        """Record Helsinki's view on an approval with a change: as it stands a joining, or not."""
        with self.step("respond", by=by, accepted=accepted, view_on=view_on):
            refuse_day("view_on", view_on, since=self.deciding.meeting_on)
            self.view, self.view_on, self.view_by = view, view_on, by
            self.state = AccessionState.APPROVED if accepted else AccessionState.REJECTED
            emails.view_given(self, accepted=accepted)

    def sign(self, *, by, signed_on, signatory):
        """Record that the municipality has signed; it may do so before its decision is final (143 §)."""
        with self.step("sign", by=by, signed_on=signed_on):
            if signed_on < self.deciding.meeting_on:
                raise ValidationError(
                    {"signed_on": _("The agreement cannot have been signed before the decision.")}
                )
            self.signed_on, self.signatory = signed_on, signatory

    def finalise(self, *, by, finality_on, finality_ground, finality_note):
        """Record, on a ground, that the decision is legally final; never by reckoning alone."""
        with self.step("finalise", by=by, finality_on=finality_on, ground=finality_ground):
            self._unhindered("finalise")
            earliest = self.deciding.final_on
            if earliest and finality_on < earliest:
                sentence = _("By its publication date the decision cannot be final before %(day)s.")
                raise ValidationError(
                    {"finality_on": ValidationError(sentence, params={"day": f"{earliest:%-d.%-m.%Y}"})}
                )
            refuse_day("finality_on", finality_on, since=self.deciding.meeting_on)
            self.finality_on, self.finality_by = finality_on, by
            self.finality_ground, self.finality_note = finality_ground, finality_note

    def confirm(
        self, *, by, confirmed_on, confirmed_body, confirmed_section, confirmed_case_number, joins_on
    ):
        """Record Helsinki's decision; the membership begins on its day by itself."""
        with self.step("confirm", by=by, joins_on=joins_on, case_number=confirmed_case_number) as details:
            self._unhindered("confirm")
            refuse_day("confirmed_on", confirmed_on, since=self.finality_on)
            if joins_on < confirmed_on:
                raise ValidationError(
                    {"joins_on": _("The membership cannot begin before Helsinki's decision.")}
                )
            self.confirmed_on, self.confirmed_body = confirmed_on, confirmed_body
            self.confirmed_section, self.confirmed_case_number = confirmed_section, confirmed_case_number
            details["membership"] = self.municipality.join(joins_on, accession=self).pk
            emails.accession_confirmed(self, joins_on)

    def revoke(self, *, by, reason):
        """Take a wrong confirmation back while the membership has not begun; the confirmation stays in the history."""
        with self.step("revoke", by=by, case_number=self.confirmed_case_number) as details:
            if self.membership.starts_on <= clock.today():
                raise ValidationError(
                    _("The membership has begun. Record that it ends instead."), code="begun"
                )
            details["joins_on"] = self.membership.starts_on
            self.membership.delete()
            self.closing_reason = reason
            self.confirmed_on, self.confirmed_body = None, ""
            self.confirmed_section, self.confirmed_case_number = "", ""
            emails.confirmation_revoked(self)

    def reopen(self, *, by, reason):
        """Take the matter up again, with a reason on record: what rested on the decision is open as well."""
        with self.step("reopen", by=by):
            self.state = AccessionState.IN_PREPARATION if self.sent_at else AccessionState.PREPARED
            self.closing_reason, self.deciding = reason, None
            self.signed_on, self.signatory = None, ""
            self.view, self.view_on, self.view_by = "", None, None
            self._open_finality()
            emails.matter_reopened(self)

    def stop(self, *, by, reason):
        """End the matter without a decision, with a reason on record."""
        with self.step("stop", by=by):
            self.closing_reason = reason
            emails.matter_stopped(self)

    def put_aside(self, *, by, aside_until, aside_reason):
        """Leave the matter out of the queue and the reminders until a day; no day, or one that has come, ends it."""
        ahead = bool(aside_until) and aside_until > clock.today()
        with self.step("put_aside", by=by, until=aside_until if ahead else None):
            self.aside_until, self.aside_reason = (aside_until, aside_reason) if ahead else (None, "")

    @property
    def is_aside(self):
        """Tell whether it is put aside today."""
        return bool(self.aside_until) and self.aside_until > clock.today()

    def still_tells(self, template):
        """Tell whether a letter is still true: nobody is asked to decide what is decided or stopped."""
        if template == "members/emails/send":
            return self.state in {AccessionState.SENT, AccessionState.IN_PREPARATION}
        if template == "members/emails/handed_in":
            return self.hand_ins.waiting().exists()
        if template == "members/emails/renew":
            return self.takes_hand_ins()
        if template == "members/emails/prepare":
            return self.decisions.prepared().exists()
        if template == "members/emails/stop":
            return self.state == AccessionState.STOPPED
        if template.startswith(reminder_emails.REMIND):
            return self._is_still_asked(template.removeprefix(reminder_emails.REMIND))
        return True

    def _is_still_asked(self, rung):
        """Tell whether a reminder still makes sense: today, or on the day for which a practice copy wrote it."""
        row = Accession.objects.on_the_ladder().filter(pk=self.pk).first()
        newest = self.reminders.first()
        day = max(clock.today(), newest.on) if newest else clock.today()
        return row is not None and any(a.rung == rung and a.holds_on(day) for a in ladder.asks(row))

    def holds_back(self, template):
        """Tell whether a letter must wait: a reminder that has not left by the end of June waits for August."""
        return template.startswith(reminder_emails.REMIND) and clock.today().month == ladder.JULY

    def note_opened(self):
        """Keep when the package's own page was first opened."""
        Accession.objects.filter(pk=self.pk, opened_at__isnull=True).update(opened_at=clock.now())


def confirm_together(accessions, *, by, **decision):
    """Confirm a signing list in one go: all of them, or none if one is refused."""
    with transaction.atomic():
        for accession in accessions:
            accession.confirm(by=by, **decision)
