"""``remind``: write the reminders that are due, or show them."""

import datetime as dt
import json
from contextlib import nullcontext

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations

from consortium import clock
from members import ladder, reminder_emails
from members.management import WRONG_STATE, register_expected, tables_expected
from members.models import Municipality, Reminder, send_due


class Command(BaseCommand):
    """Plan, write, say who, what, why and when."""

    help = (
        "Write the reminders that are due today and have not gone; the clock does the same every morning. "
        "Exit codes: 0 done, 1 a reminder could not be written, 2 something must be set up or was typed wrongly."
    )

    def add_arguments(self, parser):
        """Take another day, whether only to show, and the form of the answer."""
        parser.add_argument(
            "--on", metavar="DATE", help="as if it were this day, 2027-02-04; practice copies only"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would go, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")

    @no_translations
    def handle(self, *, on, dry_run, **options):
        """Remind, or show. Raises CommandError."""
        with self.day(on), tables_expected():
            register_expected(Municipality.objects)
            today = clock.today()
            if dry_run:
                written, left, failed = Reminder.objects.plan(today, today), [], []
            else:
                written, left, failed = send_due()
            rows = [self.row(planned) for planned in written]
            say = self.say_json if options["json"] else self.say_lines
            say(today, dry_run, rows, [self.row(p) for p in left], [self.row(p) for p in failed])
        if failed:
            raise CommandError(f"{len(failed)} could not be written; the log says why. The rest has gone.")

    def day(self, on):
        """Return the block in which the run is on its day. Raises CommandError (exit code 2)."""
        if not on:
            return nullcontext()
        if settings.PRODUCTION:
            words = "--on is for practice copies: in production a reminder goes on its day."
            raise CommandError(words, returncode=WRONG_STATE)
        try:
            return clock.moved_to(dt.date.fromisoformat(on))
        except ValueError:
            raise CommandError(f"“{on}” is not a day like 2027-02-04.", returncode=WRONG_STATE) from None

    def row(self, planned):
        """Return a reminder as plain values."""
        recipients = reminder_emails.recipients_of(planned.municipality, planned.ask.rung)
        return {
            "municipality": planned.municipality.code,
            "name": planned.municipality.name_fi,
            "accession": planned.accession and planned.accession.pk,
            "what": str(planned.ask.rung),
            "why": str(planned.ask.rung.label),
            "occasion": planned.ask.occasion,
            "due_from": planned.ask.first.isoformat(),
            "to": [{"address": r.address, "languages": r.languages} for r in recipients],
        }

    def say_json(self, today, dry_run, written, left, failed):
        """Print one document."""
        told = {"on": today.isoformat(), "dry_run": dry_run, "closed_day": not ladder.may_go_on(today)}
        told |= {"reminders": written, "left_out": left, "failed": failed}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))

    def say_lines(self, today, dry_run, written, left, failed):
        """Print a line a reminder, then how many."""
        if not ladder.may_go_on(today):
            self.stdout.write(f"{today}: no reminders on a closed day or in July.")
            return
        for word, rows in (
            ("would go" if dry_run else "written", written),
            ("left out", left),
            ("failed", failed),
        ):
            for row in rows:
                to = ", ".join(f"{r['address']} ({'+'.join(r['languages'])})" for r in row["to"])
                self.stdout.write(
                    f"{word}: {row['municipality']} {row['name']}: {row['why']} ({row['occasion']}), "
                    f"due from {row['due_from']}, to {to or 'nobody: no address'}"
                )
        number = len(written)
        self.stdout.write(
            f"{today}: {number} {'reminder' if number == 1 else 'reminders'}"
            f"{' would go' if dry_run else ' written'}, {len(left)} left out, {len(failed)} failed."
        )
