"""``load_demo``: the practice story, once."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members import demo
from members.management import register_expected, tables_expected
from members.models import Municipality


class Command(BaseCommand):
    """Load the story where there is none, and say who may sign in."""

    help = "Load the practice story: example agreement, demo tariff, invented joinings, one account for each role."

    def handle(self, **options):
        """Load and list the accounts. Raises CommandError in production, or when the register is not loaded."""
        if settings.PRODUCTION:
            raise CommandError(
                "PORTAL_PRODUCTION is on: the practice story is never loaded into a real copy."
            )
        with tables_expected():
            register_expected(Municipality.objects)
            demo.load()
        self.stdout.write("Accounts of the practice copy:")
        longest = max(len(account.email) for account in demo.ACCOUNTS)
        for account in demo.ACCOUNTS:
            self.stdout.write(f"  {account.email:<{longest}}  {account.says}")
