"""Files the portal makes itself: first a row with the figures used, then a task, then a file that never changes."""

import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consortium import clock

TAKEN_UP_WITHIN = dt.timedelta(minutes=1)  # a row that has waited longer was lost with the broker
SILENT_AFTER = dt.timedelta(minutes=5)  # a file takes a second: whoever is still at it is dead
MOST_TRIES = 5  # a file that ends its worker so many times is not tried again by itself


class DocumentState(models.TextChoices):
    """How far the making has come."""

    QUEUED = "queued", _("in the queue")
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class DocumentQuerySet(models.QuerySet):
    """Questions to the documents of one kind."""

    def left_behind(self, moment=None):
        """Return those a dead worker or broker left: queued for a minute, or being made for five."""
        moment = moment or timezone.now()
        queued = Q(state=DocumentState.QUEUED, asked_at__lt=moment - TAKEN_UP_WITHIN)
        making = Q(state=DocumentState.MAKING, begun_at__lt=moment - SILENT_AFTER)
        return self.filter(queued | making).order_by("pk")

    def unfinished(self):
        """Return those that are still to come."""
        return self.filter(state__in=[DocumentState.QUEUED, DocumentState.MAKING])


def document_path(document, filename):
    """Return an address that can't be guessed and is never used twice."""
    return f"documents/{document._meta.model_name}/{document.key}/{filename}"


class Document(models.Model):
    """A file made by the worker from figures frozen on the row. A change makes a new row; the old file stays."""

    content_type = "application/pdf"  # a kind that is made otherwise says so

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=2)
    figures = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=8, choices=DocumentState, default=DocumentState.QUEUED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    begun_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(_("made"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    file = models.FileField(upload_to=document_path, max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_ready_has_file",
                condition=Q(state="ready", made_at__isnull=False) & ~Q(file="") & ~Q(sha256="")
                | ~Q(state="ready"),
            ),
        ]

    def get_language_name(self):
        """Return the name of the file's language in the page's language."""
        return dict(settings.LANGUAGES)[self.language]

    def as_attachment(self):
        """Return what a letter needs to carry the file."""
        return {"name": self.filename, "path": self.file.name, "type": self.content_type}

    def produce(self):
        """Return the file's name and bytes, from the row's figures alone."""
        raise TypeError("a kind of document says how it is made")

    def make(self):
        """Make the file unless somebody else is at it or it is there. Returns whether this call made it."""
        if not self._begin():
            return False
        try:
            self._clear()
            name, content = self.produce()
            self.file.save(name, ContentFile(content), save=False)
        except Exception as error:
            self._finish(state=DocumentState.FAILED, reason=f"{type(error).__name__}: {error}"[:500])
            raise
        return self._finish(
            state=DocumentState.READY,
            made_at=clock.now(),
            reason="",
            file=self.file.name,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )

    def _begin(self):
        """Take the row for this worker: from queued, or from a worker that has been silent for five minutes."""
        rows = type(self)._base_manager.filter(pk=self.pk)
        moment = timezone.now()
        silent = Q(state=DocumentState.MAKING, begun_at__lt=moment - SILENT_AFTER)
        if rows.filter(silent, tries__gte=MOST_TRIES).update(
            state=DocumentState.FAILED, reason=_("The worker ended each time the file was being made.")
        ):
            return False
        if not rows.filter(Q(state=DocumentState.QUEUED) | silent).update(
            state=DocumentState.MAKING, begun_at=moment, tries=F("tries") + 1
        ):
            return False
        self.refresh_from_db()
        return True

    def _clear(self):
        """Remove the files of those who died over this row between writing a file and noting it."""
        storage, folder = self.file.storage, document_path(self, "")
        if storage.exists(folder):
            for name in storage.listdir(folder)[1]:
                storage.delete(f"{folder}{name}")

    def _finish(self, **fields):
        """Write the outcome if the row is still this worker's: one file a row, whoever comes second is dropped."""
        with transaction.atomic():
            rows = type(self)._base_manager.filter(
                pk=self.pk, state=DocumentState.MAKING, begun_at=self.begun_at
            )
            kept = rows.update(**fields)
        for name, value in fields.items():
            setattr(self, name, value)
        if not kept and "file" in fields:
            self.file.storage.delete(fields["file"])
        return bool(kept)

    def try_again(self):
        """Put a failed one back into the queue. Returns whether there was anything to do."""
        rows = type(self)._base_manager.filter(pk=self.pk, state=DocumentState.FAILED)
        found = rows.update(state=DocumentState.QUEUED, asked_at=timezone.now(), reason="", tries=0)
        self.refresh_from_db()
        return bool(found)
