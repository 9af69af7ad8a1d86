"""A municipality's handling of the matter: a chain of decisions, and when each can be legally final."""

import datetime as dt

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import clock, deadlines
from consortium.models import AuditEvent


class Body(models.TextChoices):
    """Who decided in the municipality."""

    COUNCIL = "council", _("council")
    BOARD = "board", _("board")
    COMMITTEE = "committee", _("committee")
    SUBCOMMITTEE = "subcommittee", _("sub-committee")
    OFFICE_HOLDER = "office_holder", _("office-holder")


class Outcome(models.TextChoices):
    """What came of a handling."""

    PROPOSED = "proposed", _("proposed onwards")
    APPROVED = "approved", _("approved")
    APPROVED_CHANGED = "approved_changed", _("approved with a change or condition")
    REJECTED = "rejected", _("rejected")
    RETURNED = "returned", _("returned for preparation")
    TABLED = "tabled", _("tabled")
    WITHDRAWN = "withdrawn", _("withdrawn from the agenda")
    TAKEN_OVER = "taken_over", _("taken over by the board")


class AppealState(models.TextChoices):
    """What can be said today about appeals against a decision."""

    NOT_PUBLISHED = "not_published", _("waits for the minutes to be published")
    RUNNING = "running", _("appeal period running")
    OVER = "over", _("time is over, absence of appeal not yet confirmed")
    ASK = "ask", _("date of finality asked from the municipality")
    FINAL = "final", _("legally final")


class Channel(models.TextChoices):
    """How something reached the service centre that recorded it on behalf of the municipality."""

    MAIL = "mail", _("e-mail")
    LETTER = "letter", pgettext_lazy("channel", "letter")
    PHONE = "phone", _("telephone")
    LINK = "link", _("handed in on the package's page")


GOES_ON = {"proposed", "returned", "tabled", "withdrawn", "taken_over"}  # there is another meeting to come
PASSED_ON = {Outcome.PROPOSED, Outcome.TAKEN_OVER}
ONWARDS = {
    Body.OFFICE_HOLDER: Body.COMMITTEE,
    Body.SUBCOMMITTEE: Body.COMMITTEE,
    Body.COMMITTEE: Body.BOARD,
    Body.BOARD: Body.COUNCIL,
}


class DecisionQuerySet(models.QuerySet):
    """Questions to the chain."""

    def standing(self):
        """Return what has been recorded and neither corrected nor moved since, in the order of the meetings."""
        rows = self.filter(recorded_at__isnull=False, correction__isnull=True, moved_to__isnull=True)
        return rows.order_by("meeting_on", "pk")

    def prepared(self):
        """Return what a librarian has filled in and the representative has not yet recorded."""
        return self.filter(recorded_at__isnull=True).order_by("-pk")


class Decision(models.Model):
    """One handling by one body. Never changed afterwards: a correction is a new row that strikes this one."""

    accession = models.ForeignKey("members.Accession", models.CASCADE, related_name="decisions")
    body = models.CharField(_("who decided"), max_length=20, choices=Body)
    body_name = models.CharField(_("the body's own name"), max_length=120, blank=True)
    meeting_on = models.DateField(_("date of the meeting"))
    section = models.CharField(_("section (§)"), max_length=20, blank=True)
    case_number = models.CharField(_("case number"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    condition = models.TextField(_("the change or condition, word for word"), blank=True)
    minutes_published = models.BooleanField(_("the minutes are published online"), default=True)
    published_on = models.DateField(_("minutes published online on"), null=True, blank=True)
    stated_final_on = models.DateField(
        _("date of finality, as the municipality states it"), null=True, blank=True
    )
    next_meeting_on = models.DateField(_("next meeting"), null=True, blank=True)
    presenter = models.CharField(_("presenter"), max_length=120, blank=True)
    extract = models.FileField(
        _("extract of the minutes"), upload_to="extracts/%Y/", blank=True, max_length=300
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    answered_name = models.CharField(_("who answers"), max_length=120, blank=True)
    answered_title = models.CharField(_("title"), max_length=120, blank=True)
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel, blank=True)
    received_from = models.CharField(_("from whom"), max_length=120, blank=True)
    received_on = models.DateField(_("when it came"), null=True, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    correction_reason = models.CharField(_("why it is corrected"), max_length=300, blank=True)
    moved_to = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_from",
        verbose_name=_("moved to the right municipality as"),
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["meeting_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="decision_published_after_meeting",
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("meeting_on")),
                violation_error_message=_("The minutes cannot have been published before the meeting."),
            ),
            models.CheckConstraint(
                name="decision_stated_final_after_meeting",
                condition=Q(stated_final_on__isnull=True) | Q(stated_final_on__gte=F("meeting_on")),
                violation_error_message=_("A decision cannot be final before the meeting."),
            ),
            models.CheckConstraint(
                name="decision_recorded_by_someone",
                condition=Q(recorded_at__isnull=True, recorded_by__isnull=True, prepared_by__isnull=False)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_condition_said",
                condition=~Q(outcome="approved_changed") | ~Q(condition=""),
                violation_error_message=_("Write the change or condition as it stands in the minutes."),
            ),
            models.CheckConstraint(
                name="decision_answered_by_name_and_title",
                condition=Q(answered_name="", answered_title="")
                | ~Q(answered_name="") & ~Q(answered_title=""),
                violation_error_message=_("Give both the name and the title of the one who answers."),
            ),
            models.CheckConstraint(
                name="decision_on_behalf_whole",
                condition=Q(channel="", received_from="", received_on__isnull=True)
                | (~Q(channel="") & ~Q(received_from="") & Q(received_on__isnull=False)),
                violation_error_message=_("Say how it came, from whom and when."),
            ),
            models.CheckConstraint(
                name="decision_correction_has_reason",
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
                violation_error_message=_("Say why the earlier entry is corrected."),
            ),
        ]

    def __str__(self):
        return f"{self.get_body_display()} {self.section} {self.meeting_on}"

    @property
    def body_shown(self):
        """Return the body's own name, or the kind of body while it has none."""
        return self.body_name or self.get_body_display()

    @property
    def next_body(self):
        """Return who most likely handles the matter next: the same body again, or the one it was passed on to."""
        return ONWARDS.get(self.body, self.body) if self.outcome in PASSED_ON else self.body

    @property
    def answered_by(self):
        """Return the name and title of the one who answered from a shared mailbox, or nothing."""
        return ", ".join(filter(None, [self.answered_name, self.answered_title]))

    @property
    def on_behalf(self):
        """Tell whether the service centre recorded it for the municipality."""
        return bool(self.channel)

    @property
    def extract_name(self):
        """Return the name of the file as people know it."""
        return self.extract.name.rpartition("/")[2]

    @property
    def replaced_by(self):
        """Return the name of the file that took the place of this entry's, or nothing while its own one holds."""
        correction = getattr(self, "correction", None)
        if not (self.extract and correction and correction.extract):
            return ""
        return "" if correction.extract.name == self.extract.name else correction.extract_name

    def recorder_as_known_to(self, reader):
        """Return who recorded it; to a municipality the people of the service centre are one."""
        if self.recorded_by.is_staff and not reader.is_staff:
            return _("The service centre")
        return self.answered_name or self.recorded_by.get_full_name()

    @property
    def remedy(self):
        """Return how it can be challenged: a council's by appeal (30 days), all others' by rectification (14)."""
        return deadlines.Remedy.APPEAL if self.body == Body.COUNCIL else deadlines.Remedy.RECTIFICATION

    @property
    def is_reckoned(self):
        """Tell whether the Act gives a date: not for unpublished minutes (140.2 §), not on Åland."""
        return self.minutes_published and not self.accession.municipality.is_aland

    @property
    def known_on(self):
        """Return the 7th day after publication, when a member of the municipality is deemed informed (140 §)."""
        return (
            deadlines.deemed_known_on(self.published_on) if self.is_reckoned and self.published_on else None
        )

    @property
    def last_appeal_day(self):
        """Return the last day of the period, or None where none is reckoned."""
        return deadlines.appeal_last_day(self.published_on, self.remedy) if self.known_on else None

    @property
    def final_on(self):
        """Return the earliest day it can be final: reckoned, or as the municipality states; None when unknown."""
        if self.is_reckoned:
            return self.last_appeal_day + dt.timedelta(days=1) if self.last_appeal_day else None
        return self.stated_final_on

    def appeal_state(self, today=None):
        """Return what can be said on the day; "final" only when a person has confirmed it."""
        today = today or clock.today()
        if self.accession.finality_on and self.accession.deciding_id == self.pk:
            return AppealState.FINAL
        if not self.is_reckoned:
            return AppealState.ASK
        if not self.published_on:
            return AppealState.NOT_PUBLISHED
        return AppealState.RUNNING if today <= self.last_appeal_day else AppealState.OVER

    def remove_extract(self, *, by):
        """Remove the file for good, wherever it was carried along; the log keeps that it was there."""
        accession = self.accession
        with transaction.atomic():
            name, storage = self.extract.name, self.extract.storage
            rows = Decision.objects.filter(extract=name)
            pks = list(rows.values_list("pk", flat=True))
            accession.hand_ins.filter(extract=name).update(extract="")
            rows.update(extract="")
            AuditEvent.record(accession, "remove_file", by=by, decisions=pks)
            transaction.on_commit(lambda: storage.delete(name))
        self.refresh_from_db()
