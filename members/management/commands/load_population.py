"""``load_population``: Statistics Finland's population file, all of it or nothing; a second run changes nothing."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import IntegrityError

from consortium import clock
from members import register
from members.management import register_expected, tables_expected
from members.management.commands.give_role import day
from members.models import Municipality
from members.models.population import compare_figures, heirless_sentence, names_of_places, store_figures
from members.population_file import read
from members.tables import UnreadableListError

NOTHING = "Nothing was changed."


class Command(BaseCommand):
    """Read, check, compare, store."""

    help = "Load population figures of one day: CSV or .xlsx as Statistics Finland's table 11ra gives it."

    def add_arguments(self, parser):
        """Take the file, its day and source, why figures are changed, and whether only to show."""
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or .xlsx")
        parser.add_argument(
            "--on", type=day, metavar="DATE", help="like 2025-12-31; by itself the end of the newest year"
        )
        parser.add_argument("--source", default=register.SOURCE, help="who says so, at most 120 signs")
        parser.add_argument("--reason", default="", help="why figures that are there already are changed")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")

    @no_translations
    def handle(self, *, file, on, source, reason, dry_run, **options):
        """Load the figures; every wrong line is named and nothing is stored. Raises CommandError."""
        source, reason = " ".join(source.split()), " ".join(reason.split())
        if not 0 < len(source) <= 120 or len(reason) > 300:
            raise CommandError(f"--source takes 1 to 120 signs, --reason at most 300. {NOTHING}")
        today = clock.today()
        with tables_expected():
            register_expected(Municipality.objects)
            found = self.read(file, on, today)
            comparison = compare_figures(found.on, found.residents, today)
            self.refuse([*found.problems, *map(heirless_sentence, comparison.heirless)])
            for line in told(comparison):
                self.stdout.write(line)
            if comparison.changed and not reason and not dry_run:
                raise CommandError(f"Figures of {found.on:%-d.%-m.%Y} would change: give --reason. {NOTHING}")
            act = None
            if not dry_run:
                act = self.store(found, source, reason, today)
        counted = (
            f"{found.on:%-d.%-m.%Y}: {len(comparison.new)} new, {len(comparison.changed)} changed, "
            f"{comparison.same} unchanged; {comparison.total} residents in all."
        )
        self.stdout.write(f"Would be: {counted}" if dry_run else counted if act else f"{counted} {NOTHING}")

    def read(self, file, on, today):
        """Return what the file says. Raises CommandError."""
        places, regions = names_of_places()
        try:
            content = file.read_bytes()
            return read(content, places, today, regions=regions, name=file.name, on=on)
        except FileNotFoundError:
            raise CommandError(f"There is no file {file}. {NOTHING}") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}. {NOTHING}") from None
        except UnreadableListError as error:
            raise CommandError(f"{file}: {error} {NOTHING}") from None

    def refuse(self, problems):
        """Name each problem on stderr and end, if there are any."""
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            lines = len(problems)
            raise CommandError(f"{lines} {'line is' if lines == 1 else 'lines are'} wrong. {NOTHING}")

    def store(self, found, source, reason, today):
        """Store the figures. Returns the act, None if all is there already. Raises CommandError."""
        try:
            _found, act = store_figures(
                found.on,
                found.residents,
                source,
                by=None,
                today=today,
                reason=reason,
                file=found.sha256,
                command=True,
            )
        except ValidationError as error:
            raise CommandError(f"{' '.join(error.messages)} {NOTHING}") from None
        except IntegrityError:
            raise CommandError(f"Somebody else loaded figures at the same moment. {NOTHING}") from None
        return act


def told(comparison):
    """Return what a person should look at, a line each."""
    for row in comparison.merged:
        parts = " + ".join(f"{m.code} {m.name_fi} {residents}" for m, residents in row.parts)
        yield f"summed: {parts} = {row.residents}"
    for d in comparison.changed:
        yield f"of the same day: {d.municipality.code} {d.municipality.name_fi} {d.before} → {d.after}"
    for d in comparison.notable:
        yield (
            f"over 5 %: {d.municipality.code} {d.municipality.name_fi} {d.before} ({d.before_on:%-d.%-m.%Y}) "
            f"→ {d.after}, {d.per_cent:+} %"
        )
    for m in comparison.absent:
        yield f"no figure: {m.code} {m.name_fi}"
