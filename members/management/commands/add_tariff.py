"""``add_tariff``: what a year costs from a day on, as Helsinki has decided."""

import argparse
from decimal import Decimal, InvalidOperation

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from consortium import clock
from consortium.models import AuditEvent
from members.management import tables_expected
from members.management.commands.give_role import day
from members.models import Scheme

FIELDS = (
    *("valid_from", "rate", "floor", "cap", "free_years"),
    *("body_fi", "body_sv", "decided_on", "section", "case_number"),
)


def amount(text):
    """Return the exact amount of a text like 0.009 or 0,009. Raises argparse's error."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise argparse.ArgumentTypeError(f"“{text}” is not an amount like 0.009")
    return value


def words(text):
    """Return the text with single spaces. Raises argparse's error when nothing is left."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return " ".join(text.split())


class Command(BaseCommand):
    """Check, compare, store."""

    help = "Store a tariff and Helsinki's decision on it. It is what offers and packages reckon with from its day on."

    def add_arguments(self, parser):
        """Take the tariff and the decision."""
        parser.add_argument("--valid-from", type=day, required=True, metavar="DATE", help="like 2027-01-01")
        parser.add_argument("--rate", type=amount, required=True, help="€ per resident, like 0.009")
        parser.add_argument("--floor", type=amount, required=True, help="smallest fee, €")
        parser.add_argument("--cap", type=amount, required=True, help="largest fee, €: at most 7500")
        parser.add_argument("--free-years", type=int, nargs="+", default=[], metavar="YEAR")
        parser.add_argument(
            "--body-fi", type=words, required=True, metavar="NAME", help="who decided, in Finnish"
        )
        parser.add_argument(
            "--body-sv", type=words, required=True, metavar="NAME", help="who decided, in Swedish"
        )
        parser.add_argument("--decided-on", type=day, required=True, metavar="DATE", help="like 2026-08-25")
        parser.add_argument("--section", type=words, required=True, metavar="§", help="like '§ 112'")
        parser.add_argument("--case-number", type=words, required=True, help="like 'HEL 2026-004117'")

    @no_translations
    def handle(self, **options):
        """Store the tariff, once. Raises CommandError."""
        given = {field: options[field] for field in FIELDS}
        given["free_years"] = sorted(set(given["free_years"]))
        self.check_days(**given)
        valid_from = given["valid_from"]
        with tables_expected(), transaction.atomic():
            known = Scheme.objects.filter(valid_from=valid_from).first()
            if known:
                self.compare(known, given)
                self.stdout.write(f"The tariff from {valid_from} is already there. Nothing was changed.")
                return
            tariff = Scheme(**given)
            try:
                tariff.full_clean()
            except ValidationError as error:
                raise CommandError(f"{' '.join(told(error))} Nothing was changed.") from None
            tariff.save()
            AuditEvent.record(tariff, "add_tariff", by=None, valid_from=valid_from, command=True)
        self.stdout.write(
            f"Tariff from {valid_from}: {tariff.terms['rate']} € a resident, at least {tariff.terms['floor']} €, "
            f"at most {tariff.terms['cap']} €; free years: {', '.join(map(str, tariff.free_years)) or 'none'}."
        )

    def check_days(self, *, valid_from, decided_on, free_years, **others):
        """Refuse days and years that cannot be. Raises CommandError."""
        if decided_on > clock.today():
            raise CommandError(f"--decided-on: {decided_on} is still to come. Nothing was changed.")
        for year in free_years:
            if not valid_from.year <= year <= valid_from.year + 20:
                raise CommandError(
                    f"--free-years: {year} does not lie within twenty years from {valid_from}. Nothing was changed."
                )

    def compare(self, known, given):
        """Refuse other terms from the same day: offers may rest on those there are. Raises CommandError."""
        others = [
            f"{field} is {said(getattr(known, field))}, not {said(value)}"
            for field, value in given.items()
            if getattr(known, field) != value
        ]
        if others:
            raise CommandError(
                f"From {known.valid_from} there is another tariff: {'; '.join(others)}. Nothing was changed."
            )


def said(value):
    """Return a value as people write it: an amount without the zeros that end it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def told(error):
    """Return the refusals, each with the option it is about."""
    for field, messages in error.message_dict.items():
        option = "" if field == NON_FIELD_ERRORS else f"--{field.replace('_', '-')}: "
        yield from (f"{option}{message}" for message in messages)
