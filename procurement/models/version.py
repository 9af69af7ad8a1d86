"""One thing a municipality has said in a round, what was ruled on it, and what is prepared for it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models import Body
from members.models.decision import Channel
from procurement.models.words import AnswerKind, RulingKind


class Said(models.Model):
    """What an answer says, whoever wrote it. Amounts in € a year without VAT.

    ``until``: the day of our own meeting while preparing, the day from which a withdrawal holds. ``ceiling``: what the
    municipality pays at most, read by itself and the service centre.
    """

    kind = models.CharField(_("answer"), max_length=10, choices=AnswerKind)
    yearly = models.DecimalField(_("volume a year"), max_digits=12, decimal_places=2, null=True, blank=True)
    by_lot = models.JSONField(_("volume of each lot"), default=dict, blank=True)  # number -> "1200.00"
    ceiling = models.DecimalField(_("at most a year"), max_digits=12, decimal_places=2, null=True, blank=True)
    reservation = models.TextField(_("reservation"), max_length=1000, blank=True)
    until = models.DateField(_("date"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    body = models.CharField(_("who decided"), max_length=20, choices=Body, blank=True)
    body_name = models.CharField(_("the body's own name"), max_length=120, blank=True)
    decided_on = models.DateField(_("date of the decision"), null=True, blank=True)
    section = models.CharField(_("section (§)"), max_length=20, blank=True)
    case_number = models.CharField(_("case number"), max_length=40, blank=True)
    final_on = models.DateField(_("legally final on"), null=True, blank=True)
    contact_name = models.CharField(_("contact for the contract"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail"), blank=True)

    class Meta:
        abstract = True

    @property
    def body_shown(self):
        """Return the body's own name, or the kind of body while it has none."""
        return self.body_name or (self.get_body_display() if self.body else "")


class AnswerVersion(Said):
    """One thing said, never changed: a new word is a new version."""

    answer = models.ForeignKey("procurement.Answer", models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    answered_name = models.CharField(_("who answers"), max_length=120, blank=True)
    answered_title = models.CharField(_("title"), max_length=120, blank=True)
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel, blank=True)
    received_from = models.CharField(_("from whom"), max_length=120, blank=True)
    received_on = models.DateField(_("when it came"), null=True, blank=True)
    given_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(editable=False)
    late = models.BooleanField(default=False, editable=False)
    prepared_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("version of an answer")
        verbose_name_plural = _("versions of answers")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="answerversion_number"),
            models.CheckConstraint(
                name="answerversion_committed_volume",
                condition=~Q(kind="committed") | Q(yearly__isnull=False, yearly__gt=0),
                violation_error_message=_("A commitment says how much you mean to buy in a year."),
            ),
            models.CheckConstraint(
                name="answerversion_nothing_negative",
                condition=(Q(yearly__isnull=True) | Q(yearly__gte=0))
                & (Q(ceiling__isnull=True) | Q(ceiling__gte=0)),
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(
                name="answerversion_no_volume_without_yes",
                condition=Q(kind__in=["committed", "interested"])
                | Q(yearly__isnull=True, ceiling__isnull=True, reservation=""),
            ),
            models.CheckConstraint(
                name="answerversion_preparing_until",
                condition=Q(kind__in=["preparing", "withdrawn"], until__isnull=False)
                | ~Q(kind__in=["preparing", "withdrawn"]) & Q(until__isnull=True),
                violation_error_message=_("Give the day of your own meeting."),
            ),
            models.CheckConstraint(
                name="answerversion_withdrawn_with_reason",
                condition=~Q(kind="withdrawn") | ~Q(reason=""),
                violation_error_message=_("Say why the municipality withdraws."),
            ),
            models.CheckConstraint(
                name="answerversion_committed_by_decision",
                condition=~Q(kind="committed") | ~Q(body="") & Q(decided_on__isnull=False),
                violation_error_message=_(
                    "A commitment names the decision it rests on: who decided and when."
                ),
            ),
            models.CheckConstraint(
                name="answerversion_final_after_decision",
                condition=Q(final_on__isnull=True)
                | Q(decided_on__isnull=False, final_on__gte=F("decided_on")),
                violation_error_message=_("A decision cannot be final before it was made."),
            ),
            models.CheckConstraint(
                name="answerversion_answered_by_name_and_title",
                condition=Q(answered_name="", answered_title="")
                | ~Q(answered_name="") & ~Q(answered_title=""),
                violation_error_message=_("Give both the name and the title of the one who answers."),
            ),
            models.CheckConstraint(
                name="answerversion_on_behalf_whole",
                condition=Q(channel="", received_from="", received_on__isnull=True)
                | ~Q(channel="") & ~Q(received_from="") & Q(received_on__isnull=False),
                violation_error_message=_("Say how it came, from whom and when."),
            ),
        ]

    def __str__(self):
        return f"{self.answer_id} {self.number} {self.kind}"

    @property
    def counts_as_given(self):
        """Return what it counts as before anything is ruled on its reservation."""
        if self.kind == AnswerKind.COMMITTED and self.reservation:
            return AnswerKind.INTERESTED
        return AnswerKind(self.kind)

    @property
    def on_behalf(self):
        """Tell whether the service centre recorded it for the municipality."""
        return bool(self.channel)

    @property
    def asked_again_on(self):
        """Return the day after the municipality's own meeting, when it is asked again; None unless it prepares."""
        return self.until + dt.timedelta(days=1) if self.kind == AnswerKind.PREPARING else None

    @property
    def answered_by(self):
        """Return the name and title of the one who answered from a shared mailbox, or nothing."""
        return ", ".join(filter(None, [self.answered_name, self.answered_title]))

    def giver_as_known_to(self, reader):
        """Return who gave it; to a municipality the people of the service centre are one."""
        if self.given_by.is_staff and not reader.is_staff:
            return _("The service centre")
        return self.answered_name or self.given_by.get_full_name()


class Ruling(models.Model):
    """What the service centre decided on a version: on its lateness or its reservation, once each. Never changed."""

    LATENESS, CONDITION = "lateness", "condition"
    ABOUT = {
        RulingKind.LATE_ACCEPTED: LATENESS,
        RulingKind.LATE_REFUSED: LATENESS,
        RulingKind.CONDITION_ACCEPTED: CONDITION,
        RulingKind.CONDITION_REFUSED: CONDITION,
    }

    version = models.ForeignKey(AnswerVersion, models.PROTECT, related_name="rulings")
    about = models.CharField(max_length=10, editable=False)
    kind = models.CharField(_("ruling"), max_length=20, choices=RulingKind)
    reason = models.TextField(_("reason"), max_length=1000)
    by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("ruling on an answer")
        verbose_name_plural = _("rulings on answers")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "about"],
                name="ruling_once",
                violation_error_message=_("A colleague has ruled on this already."),
            ),
            models.CheckConstraint(name="ruling_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="ruling_about_its_kind",
                condition=Q(about="lateness", kind__in=["late_accepted", "late_refused"])
                | Q(about="condition", kind__in=["condition_accepted", "condition_refused"]),
            ),
        ]

    def __str__(self):
        return f"{self.version_id} {self.kind}"

    def save(self, **kwargs):
        """Write it once, with what it is about."""
        self.about = self.ABOUT[RulingKind(self.kind)]
        super().save(**kwargs)

    def clean(self):
        """Set what the ruling is about."""
        self.about = self.ABOUT[RulingKind(self.kind)]


class Draft(Said):
    """What has been prepared for a municipality; it counts only when the representative sends it.

    ``given_at``: when it was given to the representative to send; until then it is its writer's own.
    """

    answer = models.OneToOneField("procurement.Answer", models.CASCADE, related_name="draft")
    note = models.CharField(_("note to the representative"), max_length=300, blank=True)
    extract = models.FileField(
        _("extract of the minutes"), upload_to="answers/%Y/", blank=True, max_length=300
    )
    prepared_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+", editable=False)
    prepared_at = models.DateTimeField(default=clock.now, editable=False)
    given_at = models.DateTimeField(_("given to the representative"), null=True, editable=False)

    class Meta:
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")

    def __str__(self):
        return f"{self.answer_id} {self.kind}"


class AnswerExtract(models.Model):
    """An extract of the minutes behind an answer; it may come later. The newest holds; none is changed."""

    answer = models.ForeignKey("procurement.Answer", models.PROTECT, related_name="extracts")
    extract = models.FileField(_("extract of the minutes"), upload_to="answers/%Y/", max_length=300)
    given_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("extract behind an answer")
        verbose_name_plural = _("extracts behind answers")
        ordering = ["-pk"]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """Return the name of the file as people know it."""
        return self.extract.name.rpartition("/")[2]
