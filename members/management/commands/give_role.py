"""``give_role``: who answers or prepares for a municipality."""

import argparse
import datetime as dt

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from members.management import register_expected, tables_expected
from members.management.commands.add_staff import add_person_arguments, person_of
from members.models import Municipality, Role, RoleKind


def day(text):
    """Return the day of a text like 2027-01-01. Raises argparse's error."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a day like 2027-01-01") from None


def municipality_of(code):
    """Return the municipality with the code. Raises CommandError; exit code 2 when the register is empty."""
    found = register_expected(Municipality.objects).filter(code=code).first()
    if found is None:
        raise CommandError(
            f"There is no municipality {code}. A code has three digits, for example 009. Nothing was changed."
        )
    return found


class Command(BaseCommand):
    """Find or make the person, give the role."""

    help = "Let a person answer (representative) or prepare (librarian) for a municipality."

    def add_arguments(self, parser):
        """Take who, where, which role, from when."""
        add_person_arguments(parser)
        parser.add_argument("code", metavar="CODE", help="the municipality's number: three digits")
        parser.add_argument("kind", choices=RoleKind.values)
        parser.add_argument("--title", help="for example Kirjastonjohtaja")
        parser.add_argument(
            "--since", type=day, metavar="DATE", help="first day, like 2027-01-01; else today"
        )

    @no_translations
    def handle(self, *, email, code, kind, since, name, title, language, **options):
        """Give the role, once. Raises CommandError."""
        with tables_expected(), transaction.atomic():
            municipality = municipality_of(code)
            person = person_of(email, self.stdout, name=name, title=title, language=language)
            try:
                role, is_new = Role.give(person, municipality, kind, by=None, since=since)
            except ValidationError as error:
                raise CommandError(f"{' '.join(error.messages)} Nothing was changed.") from None
        who = f"{person.get_full_name()} ({person.email})"
        what = f"{kind} of {code} {municipality.name_fi} from {role.since} on."
        self.stdout.write(f"{who} is {what}" if is_new else f"{who} is already {what} Nothing was changed.")
