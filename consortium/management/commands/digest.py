"""``digest``: write the service centre's people what waits, once a day."""

from django.core.management.base import BaseCommand

from consortium import digest


class Command(BaseCommand):
    """Write the summaries of the day; the clock does the same each working morning."""

    help = "Write each person of the service centre what waits; not on closed days, not in July, once a day."

    def handle(self, **options):
        """Write, and say how many."""
        self.stdout.write(f"{digest.write_all()} letters written.")
