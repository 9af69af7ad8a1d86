"""Sessions in the database; for a while after one has ended, its row and cookie still tell whose it was."""

import datetime as dt

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from consortium.keeping import KEPT, SECONDS

REMEMBERED = dt.timedelta(days=2)  # so long after its end a session lets in nobody, but names its owner


class SessionStore(db.SessionStore):
    """Django's; what a visitor wrote before signing in again stays no longer than it can be shown."""

    has_ended = False

    def load(self):
        """Read the session, and note whether there was one that has ended."""
        key, data = self.session_key, super().load()
        self.has_ended = self.session_key is None and self.exists(key)
        return data

    def is_empty(self):
        """Let the browser keep the cookie of a session that has ended, as long as its row is there."""
        return super().is_empty() and not self.has_ended

    def get_expiry_age(self, **kwargs):
        """Return how long the browser keeps the cookie, in seconds: longer than the session, which the row ends."""
        return super().get_expiry_age(**kwargs) + int(REMEMBERED.total_seconds())

    def create_model_instance(self, data):
        """Return the row; it ends soon when it holds the writing of somebody who is not signed in."""
        row = super().create_model_instance(data)
        if KEPT in data and SESSION_KEY not in data:
            row.expire_date = min(row.expire_date, timezone.now() + dt.timedelta(seconds=SECONDS))
        return row
