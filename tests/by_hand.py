"""SQL by hand, as the role that the portal works in: carried out, refused by a constraint, or forbidden."""

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction


def run(text, *values, **named):
    """Carry out one statement as the portal would, with values in their order or by their names."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, named or values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(text, *values, **named):
    """Return the name of the constraint by which PostgreSQL refuses the statement."""
    with pytest.raises(IntegrityError) as refusal:
        run(text, *values, **named)
    return refusal.value.__cause__.diag.constraint_name


def forbidden(text, *values):
    """Tell whether the role lacks the right."""
    with pytest.raises(ProgrammingError) as refusal:
        run(text, *values)
    return isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def updating(make, **change):
    """Return an act that makes a row and changes it past the model."""

    def act():
        row = make()
        type(row)._base_manager.filter(pk=row.pk).update(**change)

    return act


def again(row, **change):
    """Write a second row like the first, but for what is changed, past the model."""
    row = type(row)._base_manager.get(pk=row.pk)
    row.pk, row._state.adding = None, True
    for name, value in change.items():
        setattr(row, name, value)
    type(row)._base_manager.bulk_create([row])
    return row
