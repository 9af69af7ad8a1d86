"""Keys that make sending a form twice harmless."""

import uuid

from django.conf import settings
from django.db import models

from consortium import clock


class FormKey(models.Model):
    """A form that has been carried out, and the page that answered it. Kept for two days."""

    KEPT_DAYS = 2

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    answer = models.CharField(max_length=500)
    used_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self):
        return str(self.key)
