"""What was done, for ever, and who looked, for a time."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium import clock


class AuditEventQuerySet(models.QuerySet):
    """Questions to the history."""

    def about(self, *records):
        """Return the events of these records, newest first."""
        wanted = models.Q(pk__in=[])
        for record in records:
            kind = ContentType.objects.get_for_model(record)
            wanted |= models.Q(record_type=kind, record_id=record.pk)
        return self.filter(wanted).select_related("by")


class AuditEvent(models.Model):
    """One official act: who did what to which record, when. Append-only; holds ids and dates, never names."""

    at = models.DateTimeField(_("when"), default=clock.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    verb = models.CharField(_("act"), max_length=40)
    record_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    record_id = models.BigIntegerField()
    subject = GenericForeignKey("record_type", "record_id")
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="auditevent_record")]

    def __str__(self):
        return f"{self.verb} {self.record_type_id}:{self.record_id}"

    @property
    def number(self):
        """Return the number of its receipt: the year of the act in Finland and a running number."""
        return f"{clock.date_of(self.at):%Y}-{self.pk:04d}"

    @classmethod
    def record_many(cls, records, verb, *, by, **details):
        """Write the same act for many records in one statement."""
        cls.objects.bulk_create(cls(subject=r, verb=verb, by=_person(by), details=details) for r in records)

    @classmethod
    def record(cls, record, verb, *, by, **details):
        """Write one act. ``by`` is the person, or None when the portal itself acted (sending, making a file)."""
        return cls.objects.create(subject=record, verb=verb, by=_person(by), details=details)


def _person(by):
    return by if by is not None and by.is_authenticated else None


class AccessKind(models.TextChoices):
    """Why an entry is in the access log."""

    SIGN_IN = "sign_in", _("signed in")
    SIGN_OUT = "sign_out", _("signed out")
    REFUSED = "refused", _("sign-in refused")
    READ = "read", _("read restricted matter")


class AccessLog(models.Model):
    """A sign-in or a reading of restricted matter. Kept for a year."""

    KEPT_DAYS = 365

    at = models.DateTimeField(_("when"), default=clock.now, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AccessKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    what = models.CharField(_("what"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.kind} {self.what}"
