"""Stored totals of the dashboard: reckoned when they are asked for, kept until what they come from has changed.

PostgreSQL marks a change of a source table in the transaction that makes it (``0002_guards``); whoever reads the totals
takes the marks away and reckons what they concern anew. A change that commits later leaves its mark for the next.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2s

from django.db import connection, models, transaction
from django.db.models import Exists, Q
from django.utils import timezone

from consortium import clock


class Subject(models.TextChoices):
    """What is reckoned together because it comes from the same tables."""

    MONEY = "money", "money"
    MEMBERS = "members", "members"
    GROWTH = "growth", "growth"
    MAP = "map", "map"
    PROCUREMENTS = "procurements", "procurements"
    ROUNDS = "rounds", "rounds"
    USE = "use", "use"
    CONTENT = "content", "content"
    WORK = "work", "work"
    SEATS = "seats", "seats"
    AHEAD = "ahead", "ahead"


@dataclass(frozen=True)
class Reckoned:
    """What a reckoning came to.

    ``numbers``: key → (number, what it stands beside), each a whole number, a Decimal or None; ``details``: plain
    values; ``holds_through``: the last day of it where time alone changes it, None where it does not.
    """

    numbers: dict = field(default_factory=dict)
    details: object = None
    holds_through: date | None = None


class TallyChange(models.Model):
    """A mark that something a subject is reckoned from has changed. Written by triggers, taken away by readers."""

    subject = models.CharField(max_length=12)

    class Meta:
        verbose_name = "change of a total"
        verbose_name_plural = "changes of totals"

    def __str__(self):
        return self.subject


class TallyQuerySet(models.QuerySet):
    """Questions to the totals."""

    def read(self, wanted, reckoners, edition, today=None):
        """Return {(subject, year): Tally} of the pairs that are wanted, every one as the tables have it now.

        One question while nothing has changed. ``reckoners``: subject → f(year, on, today) -> Reckoned; ``edition``: of
        the arithmetic: what an earlier one reckoned is reckoned again.
        """
        today, wanted = today or clock.today(), set(wanted)
        found, is_changed = self._standing(wanted, edition, today)
        if is_changed or found.keys() < wanted:
            found = self._renew(wanted, reckoners, edition, today)
        return found

    def stamp(self, wanted, edition, today):
        """Return the ``stamp_of`` the wanted totals; "" while one of them does not stand."""
        found, is_changed = self.defer("numbers", "details")._standing(set(wanted), edition, today)
        return "" if is_changed or found.keys() < set(wanted) else stamp_of(found)

    def _standing(self, wanted, edition, today):
        """Return what stands of the wanted, and whether a mark has been seen in the same moment."""
        pairs = Q(pk__in=[])
        for year in {year for _subject, year in wanted}:
            pairs |= Q(year=year, subject__in=sorted(s for s, y in wanted if y == year))
        rows = list(self.filter(pairs).annotate(is_changed=Exists(TallyChange.objects.all())))
        standing = {row.key: row for row in rows if row.stands(edition, today)}
        return standing, any(row.is_changed for row in rows)

    def _renew(self, wanted, reckoners, edition, today):
        """Take the marks away, then reckon what they concern; one reader at a time, the others wait for what it finds.

        Without the lock a row that another reader is still writing would not be seen here, and would outlive the mark
        that is taken away. It stops no reader of totals that stand, and nobody who works on what they come from.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {self.model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(f"DELETE FROM {TallyChange._meta.db_table} RETURNING subject")
            if changed := {subject for (subject,) in cursor.fetchall()}:
                self.filter(subject__in=changed).update(is_stale=True)
            found, _is_changed = self._standing(wanted, edition, today)
            for subject, year in sorted(wanted - found.keys()):
                on = min(today, clock.last_day(year))
                told = reckoners[subject](year, on, today)
                is_over = year < today.year
                facts = {
                    "on": on,
                    "edition": edition,
                    "reckoned_at": timezone.now(),
                    "is_stale": False,
                    "numbers": {key: [_plain(part) for part in pair] for key, pair in told.numbers.items()},
                    "details": told.details,
                    "holds_from": clock.first_day(year + 1) if is_over else today,
                    "holds_through": told.holds_through if is_over else today,
                }
                row, _is_new = self.update_or_create(subject=subject, year=year, defaults=facts)
                found[subject, year] = row
        return found


def stamp_of(found):
    """Return a text that tells this state of totals, {(subject, year): Tally}, from every other."""
    state = " ".join(f"{row.pk}:{row.reckoned_at.timestamp()}" for _key, row in sorted(found.items()))
    return blake2s(state.encode(), digest_size=16).hexdigest()


def _plain(value):
    """Return a number as JSON keeps it exactly: whole ones as numbers, decimals as text."""
    return f"{value:f}" if isinstance(value, Decimal) else value


class Tally(models.Model):
    """The totals of one subject in one year, as they stood on a day.

    They hold from ``holds_from`` to ``holds_through`` (None: until a mark), as far as time alone goes.
    """

    subject = models.CharField(max_length=12, choices=Subject)
    year = models.PositiveSmallIntegerField()
    on = models.DateField()
    edition = models.PositiveIntegerField()
    reckoned_at = models.DateTimeField()  # by the machine's own clock: no two reckonings have the same
    is_stale = models.BooleanField(default=False)
    numbers = models.JSONField(default=dict)
    details = models.JSONField(null=True)
    holds_from = models.DateField()
    holds_through = models.DateField(null=True)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = "stored total"
        verbose_name_plural = "stored totals"
        constraints = [
            models.UniqueConstraint(fields=["subject", "year"], name="tally_once_a_year"),
            models.CheckConstraint(name="tally_day_of_its_year", condition=Q(on__year=models.F("year"))),
        ]

    def __str__(self):
        return f"{self.subject} {self.year}"

    @property
    def key(self):
        """Return the pair by which it is asked for."""
        return Subject(self.subject), self.year

    def stands(self, edition, today):
        """Tell whether it is what the present arithmetic would find on the day, marks left aside."""
        in_time = self.holds_from <= today and (self.holds_through is None or today <= self.holds_through)
        return in_time and not self.is_stale and self.edition == edition

    def number(self, key):
        """Return (number, what it stands beside), each a whole number, a Decimal or None."""
        return tuple(
            Decimal(part) if isinstance(part, str) else part for part in self.numbers.get(key, (None, None))
        )
