"""The service centre's letter of the day: one a person and day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models.mail import OutgoingEmail


class Digest(models.Model):
    """That one person was told on one day what waits; written with its letter, so that a second run writes none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    on = models.DateField()
    letter = models.ForeignKey(OutgoingEmail, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day")]

    def __str__(self):
        return f"{self.user_id} {self.on}"

    def still_tells(self, template):
        """Tell whether the letter is still true when it leaves: yesterday's summary is not sent today."""
        return self.on == clock.today()
