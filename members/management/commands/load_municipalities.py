"""``load_municipalities``: the register from a file, all of it or nothing; a second run changes nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consortium import clock
from members import register
from members.management import tables_expected
from members.models import Municipality, Population
from members.models.municipality import sort_key


class Command(BaseCommand):
    """Read, check, compare, store."""

    help = (
        "Load Finland's municipalities. What people have entered (network, registry, business ID, e-invoice address) "
        "stays; a network is only filled in where there is none."
    )

    def add_arguments(self, parser):
        """Take a file and whether only to show."""
        parser.add_argument(
            "file", nargs="?", type=Path, default=register.FILE, help="the product's own, if none"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")

    def handle(self, *, file, dry_run, **options):
        """Load the file; every wrong value is named and nothing is stored. Raises CommandError."""
        try:
            entries, problems = register.read(file, clock.today())
        except register.UnreadableError as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        self.refuse(problems)
        with tables_expected(), transaction.atomic():
            self.compare(entries)
            if not dry_run:
                self.store(entries)
        new, changed = len(self.new), len(self.changes)
        if dry_run:
            for code, words in sorted([*self.new_lines(), *self.changes.items()]):
                self.stdout.write(f"{code} {words}")
        left = len(self.known.keys() - {entry.code for entry in entries})
        if options["verbosity"]:
            same = len(entries) - new - changed
            self.stdout.write(
                f"{'Would be: ' if dry_run else ''}{new} new, {changed} changed, {same} unchanged"
                + (f"; {left} in the register but not in the file stay as they are." if left else ".")
            )

    def refuse(self, problems):
        """Name each problem on stderr and end, if there are any."""
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            lines = len({problem.line for problem in problems})
            raise CommandError(
                f"{lines} {'line is' if lines == 1 else 'lines are'} wrong. Nothing was changed."
            )

    def compare(self, entries):
        """Find what is new and what the file says otherwise than the register."""
        self.known = {
            m.code: m
            for m in Municipality.objects.select_related("successor").select_for_update(of=("self",))
        }
        days = {entry.counted_on for entry in entries}
        self.figures = {(f.municipality_id, f.on): f for f in Population.objects.filter(on__in=days)}
        codes = {entry.code for entry in entries} | self.known.keys()
        for entry in entries:
            if entry.successor and entry.successor not in codes:
                raise CommandError(
                    f"{entry.code}: there is no successor {entry.successor}. Nothing was changed."
                )
        self.new = [entry for entry in entries if entry.code not in self.known]
        self.changes = {}
        for entry in entries:
            if entry.code in self.known and (words := self.differences(entry)):
                self.changes[entry.code] = f"{entry.values['name_fi']}: {', '.join(words)}"

    def differences(self, entry):
        """Return what the file says otherwise about a known municipality, as words; take it over on the object."""
        found, words = self.known[entry.code], []
        values = entry.values | (
            {"library_network": entry.library_network} if not found.library_network else {}
        )
        if entry.ended_on:
            values["ended_on"] = entry.ended_on
        for name, value in values.items():
            before = getattr(found, name)
            if before != value:
                words.append(f"{name} {before if before not in ('', None) else '–'} → {value}")
                setattr(found, name, value)
        if entry.successor and (not found.successor or found.successor.code != entry.successor):
            words.append(f"successor → {entry.successor}")
        figure = self.figures.get((found.pk, entry.counted_on))
        if not figure or figure.count != entry.residents:
            before = figure.count if figure else "–"
            words.append(f"population {entry.counted_on:%-d.%-m.%Y} {before} → {entry.residents}")
        return words

    def new_lines(self):
        """Return (code, words) of what would be new."""
        return [
            (entry.code, f"{entry.values['name_fi']}: new, {entry.residents} residents") for entry in self.new
        ]

    def store(self, entries):
        """Write what is new and what has changed, then the population, then who merged into whom."""
        made = [
            Municipality(
                code=entry.code,
                library_network=entry.library_network,
                sort_key_fi=sort_key(entry.values["name_fi"]),
                sort_key_sv=sort_key(entry.values["name_sv"]),
                **entry.values,
            )
            for entry in self.new
        ]
        Municipality.objects.bulk_create(made)
        self.known |= {municipality.code: municipality for municipality in made}
        touched = [entry for entry in entries if entry.code in self.changes]
        changed = [self.known[entry.code] for entry in touched]
        for entry, municipality in zip(touched, changed, strict=True):
            municipality.sort_key_fi, municipality.sort_key_sv = (
                sort_key(municipality.name_fi),
                sort_key(municipality.name_sv),
            )
            municipality.edited_at = clock.now()
            if entry.ended_on:
                municipality.successor = self.known[entry.successor]
        fields = {name for entry in touched for name in entry.values}
        if changed:
            extra = {"library_network", "sort_key_fi", "sort_key_sv", "edited_at", "ended_on", "successor"}
            Municipality.objects.bulk_update(changed, sorted(fields | extra))
        self.store_populations([*self.new, *touched])
        for entry in self.new:
            if entry.ended_on:
                Municipality.objects.filter(code=entry.code).update(
                    ended_on=entry.ended_on, successor=self.known[entry.successor]
                )

    def store_populations(self, entries):
        """Write the figures, each with its day and source; one that was wrong is put right."""
        Population.objects.bulk_create(
            [
                Population(
                    municipality=self.known[entry.code],
                    on=entry.counted_on,
                    count=entry.residents,
                    source=register.SOURCE,
                )
                for entry in entries
            ],
            update_conflicts=True,
            unique_fields=["municipality", "on"],
            update_fields=["count", "source"],
        )
