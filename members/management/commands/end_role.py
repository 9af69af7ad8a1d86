"""``end_role``: a person no longer acts for a municipality."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from members.management import tables_expected
from members.management.commands.give_role import day, municipality_of


class Command(BaseCommand):
    """Find the person's roles in the municipality, end them."""

    help = "End every role of a person in a municipality. What they did stays on record."

    def add_arguments(self, parser):
        """Take who, where, which last day."""
        parser.add_argument("email", metavar="EMAIL", help="the address the person signs in with")
        parser.add_argument("code", metavar="CODE", help="the municipality's number: three digits")
        parser.add_argument("--on", type=day, metavar="DATE", help="last day, like 2027-01-01; else today")

    @no_translations
    def handle(self, *, email, code, on, **options):
        """End the roles, all or none. Raises CommandError."""
        with tables_expected(), transaction.atomic():
            municipality = municipality_of(code)
            place, email = f"{code} {municipality.name_fi}", email.strip()
            person = get_user_model().objects.filter(email__iexact=email).first()
            if person is None:
                raise CommandError(f"Nobody has the address {email}. Nothing was changed.")
            roles = list(person.roles.filter(municipality=municipality).order_by("kind", "since"))
            if not roles:
                raise CommandError(f"{person.email} has no role in {place}. Nothing was changed.")
            try:
                ended = [role for role in roles if role.end(by=None, on=on)]
            except ValidationError as error:
                raise CommandError(f"{' '.join(error.messages)} Nothing was changed.") from None
        for role in ended:
            self.stdout.write(
                f"{person.get_full_name()} ({person.email}) is {role.kind} of {place} until {role.ended_on}."
            )
        if not ended:
            last = max(role.ended_on for role in roles)
            self.stdout.write(
                f"{person.get_full_name()} ({person.email}) had a role in {place} until {last}. Nothing was changed."
            )
