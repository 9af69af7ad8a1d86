"""Commands of the members' app, and what they ask of the database before they begin."""

from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import ProgrammingError
from psycopg.errors import UndefinedColumn, UndefinedTable

WRONG_STATE = 2  # exit code: something must be typed first, or was typed wrongly


@contextmanager
def tables_expected():
    """Turn missing tables into a sentence with the command to type. Raises CommandError (exit code 2)."""
    try:
        yield
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable | UndefinedColumn):
            raise
        raise CommandError(
            "The database has no tables yet, or old ones. Type: python manage.py migrate",
            returncode=WRONG_STATE,
        ) from error


def register_expected(municipalities):
    """Return the municipalities; raise CommandError (exit code 2) when the register is empty."""
    if not municipalities.exists():
        raise CommandError(
            "The register is not loaded. Type: python manage.py load_municipalities", returncode=WRONG_STATE
        )
    return municipalities
