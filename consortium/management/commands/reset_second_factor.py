"""``reset_second_factor``: for a person of whom app, passkeys and recovery codes are all lost."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consortium import devices, emails
from consortium.models import AuditEvent, User

REASONS = [
    "lost",
    "stolen",
    "broken",
    "replaced",
]  # words of ours: the history is for ever and holds no free text


class Command(BaseCommand):
    """Remove a person's second factor on the word of two others, and write down who they were."""

    help = "Remove a lost second factor. Two other people of the service centre must have made sure whom it is about."

    def add_arguments(self, parser):
        """Take the person, the reason and the two who answer for it."""
        parser.add_argument("email", help="whose second factor is lost")
        parser.add_argument("--because", required=True, choices=REASONS, help="what became of the device")
        parser.add_argument(
            "--by", required=True, metavar="EMAIL", help="who in the service centre asks for it"
        )
        parser.add_argument("--and", required=True, dest="second", metavar="EMAIL", help="who else made sure")

    def handle(self, *, email, because, by, second, **options):
        """Remove, end sessions, record, and tell the person by letter. Raises CommandError and changes nothing."""
        person, first, second = found(email), answering(by), answering(second)
        if len({person.pk, first.pk, second.pk}) < 3:
            raise CommandError("The person and the two who answer for it must be three different people.")
        with transaction.atomic():
            removed, _by_kind = Authenticator.objects.filter(user=person).delete()
            if not removed:
                raise CommandError(f"{person.email} has no second factor.")
            devices.end_all(person)
            details = {"second": second.pk, "because": because}
            AuditEvent.record(person, "reset_second_factor", by=first, **details)
            emails.queue(
                "consortium/emails/second_factor_reset",
                person.email,
                person.language,
                first=first.name,
                second=second.name,
                page=emails.absolute("mfa_index", person.language),
            )
        self.stdout.write(f"{person.email} has no second factor now and was signed out everywhere.")


def found(email):
    """Return the person with the address; raise CommandError for nobody."""
    person = User.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        raise CommandError(f"Nobody has the address {email}.")
    return person


def answering(email):
    """Return a person of the service centre who may be here today; raise CommandError for anybody else."""
    person = found(email)
    if not (person.is_staff and person.may_enter()):
        raise CommandError(f"{person.email} does not work in the service centre.")
    return person
