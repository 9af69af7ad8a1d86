"""A decision handed in by the package's link, without an account."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from members import emails
from members.models.accession import Accession
from members.models.decision import Body, Decision, Outcome
from members.models.municipality import Municipality

A_DAY = 20  # so many of one matter in a day: nobody hands in more, and each keeps a file


class HandInQuerySet(models.QuerySet):
    """Questions to what was handed in."""

    def visible_to(self, user):
        """Return those of the accessions that the person may see; to an auditor only what has been recorded."""
        rows = self.filter(accession__in=Accession.objects.visible_to(user))
        if user.is_staff or not user.is_authenticated:
            return rows
        own = Q(accession__municipality__in=Municipality.objects.of(user))
        return rows.filter(own | Q(decision__isnull=False))

    def waiting(self):
        """Return what nobody has yet recorded or set aside, oldest first."""
        return self.filter(settled_at__isnull=True).order_by("received_at")


class HandIn(models.Model):
    """What a decision secretary sent: a handling with its extract. It counts when a person has recorded it."""

    accession = models.ForeignKey(Accession, models.CASCADE, related_name="hand_ins")
    body = models.CharField(_("who decided"), max_length=20, choices=Body)
    meeting_on = models.DateField(_("date of the meeting"))
    section = models.CharField(_("section (§)"), max_length=20, blank=True)
    case_number = models.CharField(_("case number"), max_length=40, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    condition = models.TextField(_("the change or condition, word for word"), blank=True)
    published_on = models.DateField(_("minutes published online on"), null=True, blank=True)
    extract = models.FileField(
        _("extract of the minutes"), upload_to="extracts/%Y/", blank=True, max_length=300
    )
    sender_name = models.CharField(_("your name"), max_length=120)
    sender_title = models.CharField(_("your title"), max_length=120)
    sender_email = models.EmailField(_("your e-mail address"))
    received_at = models.DateTimeField(_("received"), default=clock.now)
    decision = models.OneToOneField(
        Decision,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="handed_in",
        verbose_name=_("recorded as"),
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_reason = models.CharField(_("why it was set aside"), max_length=300, blank=True)

    objects = HandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-in")
        verbose_name_plural = _("hand-ins")
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                name="handin_published_after_meeting",
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("meeting_on")),
                violation_error_message=_("The minutes cannot have been published before the meeting."),
            ),
            models.CheckConstraint(
                name="handin_settled_by_someone",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.accession_id} {self.meeting_on}"

    @classmethod
    def receive(cls, accession, *, language, **handed):
        """Keep what was handed in, with a receipt in this language to its sender. Nothing is decided by it.

        Raises ValidationError when handing in is closed, or too much has come today.
        """
        with transaction.atomic():
            if not accession.takes_hand_ins():
                raise ValidationError(_("The decision can no longer be handed in here."), code="closed")
            since = clock.now() - dt.timedelta(days=1)
            if accession.hand_ins.filter(received_at__gt=since).count() >= A_DAY:
                raise ValidationError(
                    _("Too much has been handed in today. Send this one to the service centre by e-mail."),
                    code="many",
                )
            row = cls(accession=accession, **handed)
            row.full_clean(exclude=["settled_at", "settled_by"])
            row.save()
            AuditEvent.record(
                accession,
                "hand_in",
                by=None,
                hand_in=row.pk,
                outcome=row.outcome,
                meeting_on=row.meeting_on,
            )
            emails.handed_in(row, language)
        return row

    def set_aside(self, *, by, reason, remove_file=False):
        """Say why it is not recorded; its sender is told. The service centre can also remove the file for good.

        Raises ValidationError when it waits no longer, or its file is to go although a recorded entry carries it.
        """
        if remove_file and not by.is_staff:
            raise PermissionDenied
        with transaction.atomic():
            Accession.objects.select_for_update(no_key=True).get(pk=self.accession_id)  # as recording it does
            row = HandIn.objects.waiting().select_for_update(no_key=True).filter(pk=self.pk).first()
            if row is None:
                raise ValidationError(_("This has already been recorded or set aside."), code="settled")
            row.settled_at, row.settled_by, row.settled_reason = clock.now(), by, reason
            removes = remove_file and bool(row.extract)
            if removes:
                row._remove_file()
            row.save()
            AuditEvent.record(row.accession, "set_aside", by=by, hand_in=row.pk, file_removed=removes)
            emails.hand_in_set_aside(row)
        self.refresh_from_db()

    @property
    def file_is_recorded(self):
        """Tell whether a recorded entry, standing or struck, carries the file: it is then removed there only."""
        return (
            bool(self.extract)
            and Decision.objects.filter(extract=self.extract.name, recorded_at__isnull=False).exists()
        )

    def _remove_file(self):
        """Let go of the file, also from an entry that waits for the representative; it is deleted at the end."""
        if self.file_is_recorded:
            words = _("A recorded decision carries this file. It can be removed at that decision.")
            raise ValidationError({"remove_file": words})
        name, storage = self.extract.name, self.extract.storage
        self.accession.decisions.prepared().filter(extract=name).update(extract="")
        self.extract = ""
        transaction.on_commit(lambda: storage.delete(name))

    @property
    def sender(self):
        """Return name and title of the one who handed it in."""
        return f"{self.sender_name}, {self.sender_title}"
