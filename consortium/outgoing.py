"""Which process sends which letter: claims that end with the process that holds them.

A claim is an advisory lock of PostgreSQL on the letter's number, held by the session: it lives through the
transactions in which each outcome is noted, and a killed worker holds none.
"""

from contextlib import contextmanager

from django.db import connection
from django.db.models import prefetch_related_objects

from consortium.models import OutgoingEmail

AT_ONCE = 100  # letters claimed together
TRUE_FOR = 1  # seconds for which what was read of a letter and its record is trusted
OTHERS = 50  # letters ahead that others may hold
MAILING = 308, 0  # the lock of whoever sends the mailings; its two numbers are no letter's


def _asked(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def claimed(which, number, *, without=()):
    """Give up to so many due letters of those that nobody else has, the most urgent first, with their records."""
    due = OutgoingEmail.objects.due().filter(which).exclude(pk__in=without)
    waiting = list(due.values_list("pk", flat=True)[: number + OTHERS])
    ours = []
    if waiting:
        free = "SELECT pk FROM unnest(%s::bigint[]) AS letter (pk) WHERE pg_try_advisory_lock(pk) LIMIT %s"
        ours = _asked(free, waiting, number)
    try:
        letters = list(due.filter(pk__in=ours)) if ours else []  # as they are now that they are ours
        if letters:
            prefetch_related_objects(letters, "about")
        yield letters
    finally:
        if ours:
            _asked("SELECT pg_advisory_unlock(pk) FROM unnest(%s::bigint[]) AS letter (pk)", ours)


@contextmanager
def only_mailing():
    """Give whether this process is now the one that sends mailings.

    While it is, an outcome is noted without waiting for the disk: a mailing waits for a thousand notes, and should the
    database server itself crash, what the last half second noted is tried again under the same Message-ID.
    """
    (is_ours,) = _asked("SELECT pg_try_advisory_lock(%s, %s)", *MAILING)
    try:
        if is_ours:
            _asked("SELECT set_config('synchronous_commit', 'off', false)")
        yield is_ours
    finally:
        if is_ours:
            _asked("SELECT set_config('synchronous_commit', 'on', false)")
            _asked("SELECT pg_advisory_unlock(%s, %s)", *MAILING)
