"""``add_staff``: a person of the service centre, so that somebody can begin."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from consortium.models import Language
from members.management import tables_expected


def add_person_arguments(parser):
    """Take who it is: an address, and what a new person is called."""
    parser.add_argument("email", metavar="EMAIL", help="the address the person signs in with")
    parser.add_argument("--name", help="needed for a new person; a known one keeps the name there is")
    parser.add_argument("--language", choices=Language.values, help="of pages and letters: fi, if none")


def person_of(email, stdout, *, name, language, title=None):
    """Return the person with the address, new or known; say what of a known one stays. Raises CommandError."""
    people, email = get_user_model().objects, email.strip()
    given = {"name": (name or "").strip(), "title": (title or "").strip(), "language": language}
    given = {field: value for field, value in given.items() if value}
    person = people.filter(email__iexact=email).first()
    if person is None:
        if "name" not in given:
            raise CommandError(f"Nobody has the address {email} yet. Give --name. Nothing was changed.")
        try:
            return people.create_user(email, **given)
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} Nothing was changed.") from None
    if not person.is_active:
        raise CommandError(f"{person.email} may no longer sign in. Nothing was changed.")
    for field, value in given.items():
        if getattr(person, field) != value:
            stdout.write(f"{person.email} is known: the {field} stays “{getattr(person, field)}”.")
    return person


class Command(BaseCommand):
    """Find or make the person, let them in."""

    help = "Make a person one of the service centre. They sign in with a code sent to the address."

    def add_arguments(self, parser):
        """Take who it is."""
        add_person_arguments(parser)

    @no_translations
    def handle(self, *, email, name, language, **options):
        """Let the person in, once. Raises CommandError."""
        with tables_expected(), transaction.atomic():
            person = person_of(email, self.stdout, name=name, language=language)
            who = f"{person.get_full_name()} ({person.email})"
            if not person.make_staff(by=None):
                self.stdout.write(f"{who} already belongs to the service centre. Nothing was changed.")
                return
        self.stdout.write(f"{who} now belongs to the service centre.")
