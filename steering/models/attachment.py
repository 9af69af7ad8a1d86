"""Files of a proposal: read by whoever may read the proposal, removed by hand when they should not have been there."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from steering.models.proposal import UNSETTLED, Proposal

MOST = 5  # files of one proposal


class AttachmentQuerySet(models.QuerySet):
    """Questions to the attachments."""

    def kept(self):
        """Return those that have not been removed."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, user):
        """Return those a person, or a visitor, may open: as the proposal."""
        return self.kept().filter(proposal__in=Proposal.objects.visible_to(user))


class Attachment(models.Model):
    """One file of a proposal. One that is removed is gone; that it was there stays on record."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="attachments")
    title = models.CharField(_("title of the file"), max_length=120)
    file = models.FileField(_("file"), upload_to="proposals/%Y/", max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="attachment_removed_is_gone",
                condition=Q(removed_at__isnull=True) & ~Q(file="") | Q(removed_at__isnull=False, file=""),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the proposal's page."""
        return self.proposal.get_absolute_url()

    @classmethod
    def add(cls, proposal, *, by, file, title):
        """Put a file to a proposal that nobody has answered. Returns the attachment."""
        with transaction.atomic():
            held = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
            if held.state not in UNSETTLED:
                raise ValidationError(_("The proposal has been answered: nothing is added to it any more."))
            if held.attachments.kept().count() >= MOST:
                words = _("A proposal has at most %(most)s files.")
                raise ValidationError(words, code="many", params={"most": MOST})
            row = cls(proposal=held, added_by=by, file=file, title=title)
            row.full_clean(exclude=["added_by"])
            row.save()
            AuditEvent.record(held, "attach", by=by, attachment=row.pk)
        return row

    def remove(self, *, by):
        """Remove the file for good, for example one with somebody's personal data; the log keeps that it was there."""
        with transaction.atomic():
            row = type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
            if row.removed_at:
                raise ValidationError(_("The file has been removed already."), code="removed")
            storage, name = row.file.storage, row.file.name
            row.file, row.removed_at = "", clock.now()
            row.save()
            AuditEvent.record(row.proposal, "remove_attachment", by=by, attachment=row.pk)
            transaction.on_commit(lambda: storage.delete(name))
