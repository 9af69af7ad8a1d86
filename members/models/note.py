"""What the service centre writes down about a municipality's matters."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium import clock
from members.models.municipality import Municipality


class Note(models.Model):
    """One remark about matters, not about people; read by the service centre alone."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.pk}"
