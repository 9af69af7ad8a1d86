"""``load_agreement``: a version of the agreement from a file, as a draft; all of it or nothing."""

import re
import sys
import tomllib
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction

from consortium.models import AuditEvent
from members.management import tables_expected
from members.models import AgreementVersion, Clause
from members.package import example_clauses
from members.urls import VersionConverter

LANGUAGES = {"fi": "Finnish", "sv": "Swedish"}
LONGEST = {"number": 10, "title_fi": 120, "title_sv": 120}  # signs
KEYS = ("number", "title_fi", "title_sv", "text_fi", "text_sv")
HEADER = re.compile(r"^\s*\[\[\s*clauses\s*\]\]")
NOTHING = "Nothing was changed."


def read(path):
    """Return (clauses, problems) of a file shaped like ``members/texts/agreement.toml``; ``-`` is standard input.

    Raises CommandError when it is no such file at all.
    """
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = raw.decode("utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError:
        raise CommandError(f"There is no file {path}. {NOTHING}") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}. {NOTHING}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not text in UTF-8. {NOTHING}") from None
    except tomllib.TOMLDecodeError as error:
        raise CommandError(f"{path} is not TOML: {error}. {NOTHING}") from None
    clauses = content.pop("clauses", None)
    if content:
        raise CommandError(f"{path} has more than clauses: {', '.join(content)}. {NOTHING}")
    if not isinstance(clauses, list) or not clauses or not all(isinstance(c, dict) for c in clauses):
        raise CommandError(f"{path} has no [[clauses]]. {NOTHING}")
    return _checked(clauses, _lines(text, len(clauses)))


def _lines(text, count):
    """Return the line on which each clause begins; Nones where a text itself speaks of [[clauses]]."""
    lines = [at for at, line in enumerate(text.split("\n"), start=1) if HEADER.match(line)]
    return lines if len(lines) == count else [None] * count


def _checked(clauses, lines):
    """Return the clauses without spaces around their texts, and a sentence for each thing that is wrong."""
    found, problems, seen = [], [], set()
    for at, (clause, line) in enumerate(zip(clauses, lines, strict=True), start=1):
        number = clause.get("number")
        name = (
            f"clause {number}" if isinstance(number, str) and number.strip() else f"the clause at place {at}"
        )
        where = f"line {line}, {name}" if line else name
        wrong = _problems(clause)
        if not wrong:
            clause = {key: clause[key].strip() for key in KEYS}
            wrong = _differences(clause)
            if clause["number"] in seen:
                wrong.append("the number stands already on an earlier clause")
            seen.add(clause["number"])
            found.append(clause)
        problems += [f"{where}: {reason}" for reason in wrong]
    return found, problems


def _problems(clause):
    """Return what is missing, unknown, empty, too long or no text."""
    wrong = [f"{key} is unknown" for key in clause if key not in KEYS]
    for key in KEYS:
        if key not in clause:
            wrong.append(f"{key} is missing")
        elif not isinstance(clause[key], str):
            wrong.append(f"{key} is no text: put it in quotation marks")
        elif not clause[key].strip():
            wrong.append(f"{key} is empty")
        elif len(clause[key].strip()) > LONGEST.get(key, sys.maxsize):
            wrong.append(f"{key} is longer than {LONGEST[key]} signs")
    return wrong


def _differences(clause):
    """Return where the numbered paragraphs (4.1, 4.2, 1), a)) are not the same in both languages."""
    point = re.compile(
        rf"^\s*({re.escape(clause['number'])}(?:\.\d+)+|(?:\d+|[a-zåäö])\))\.?\s", re.MULTILINE
    )
    points = {language: point.findall(clause[f"text_{language}"]) for language in LANGUAGES}
    if points["fi"] == points["sv"]:
        return []
    said = [f"{', '.join(points[key]) or 'none'} in {name}" for key, name in LANGUAGES.items()]
    return [f"the numbered points differ: {'; '.join(said)}"]


class Command(BaseCommand):
    """Read, check, compare, store."""

    help = "Load a version of the agreement as a draft. Helsinki's decision on it is then recorded in the portal."

    def add_arguments(self, parser):
        """Take the file, the version's number, and whether it is only an example."""
        parser.add_argument("file", type=Path, metavar="FILE", help="TOML; - for standard input")
        parser.add_argument("--number", required=True, help="the version's number: 4, 4.1")
        parser.add_argument("--example", action="store_true", help="every page then says “example text”")

    @no_translations
    def handle(self, *, file, number, example, **options):
        """Load the version, once; every wrong clause is named. Raises CommandError."""
        if not re.fullmatch(VersionConverter.regex, number):
            raise CommandError(f"“{number}” is not a version's number like 4 or 4.1. {NOTHING}")
        clauses, problems = read(file)
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            one = len(problems) == 1
            raise CommandError(f"{len(problems)} {'thing is' if one else 'things are'} wrong. {NOTHING}")
        if not example and clauses == example_clauses():
            raise CommandError(f"This is the example text. Give --example. {NOTHING}")
        with tables_expected(), transaction.atomic():
            known = AgreementVersion.objects.select_for_update().filter(number=number).first()
            if known:
                self.compare(known, clauses, example)
                self.stdout.write(f"Version {number} is already there with this text. {NOTHING}")
                return
            version = AgreementVersion.objects.create(number=number, is_example=example)
            rows = [Clause(version=version, position=at, **c) for at, c in enumerate(clauses, start=1)]
            Clause.objects.bulk_create(rows)
            AuditEvent.record(version, "load_agreement", by=None, clauses=len(rows), command=True)
        self.stdout.write(
            f"Version {number}: {len(rows)} {'clause' if len(rows) == 1 else 'clauses'}, a draft"
            f"{' of example text' if example else ''}. "
            f"Record Helsinki's decision here: {settings.ADDRESS}{version.get_absolute_url()}"
        )

    def compare(self, known, clauses, example):
        """Refuse another text under a number that is taken. Raises CommandError."""
        if known.is_example != example:
            kind = "example text" if known.is_example else "no example"
            raise CommandError(f"Version {known.number} is there already and is {kind}. {NOTHING}")
        if known.clause_texts() != clauses:
            raise CommandError(
                f"Version {known.number} is there already with another text. Take the next number. {NOTHING}"
            )
