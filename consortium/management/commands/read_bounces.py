"""``read_bounces``: read delivery reports and note on each letter that it came back, or is late."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consortium import bounces


class Command(BaseCommand):
    """Read the reports once; the clock does the same every ten minutes."""

    help = "Read RFC 3464 delivery reports from PORTAL_BOUNCES: a Maildir or a folder over IMAP."

    def add_arguments(self, parser):
        """Take another place than the setting's."""
        parser.add_argument("place", nargs="?", help="maildir:///path or imaps://user:password@host/folder")

    def handle(self, *, place, **options):
        """Read, and say how many were what."""
        if not (place or settings.BOUNCES):
            raise CommandError("PORTAL_BOUNCES is not set: say where the reports lie.")
        try:
            counts = bounces.read(place)
        except bounces.NotReadable as error:
            raise CommandError(f"The reports cannot be read: {error}") from error
        self.stdout.write(
            f"{counts['returned']} came back, {counts['late']} late, {counts['nothing_new']} known already; "
            f"left where they lie: {counts['unmatched']} about no letter of ours, "
            f"{counts['not_understood']} no delivery report."
        )
