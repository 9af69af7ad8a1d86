"""Every municipality's package: 341 files that are read aloud without fault, with the right sums and numbers."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest
from django.conf import settings

from consortium.management.commands import serve_demo
from tests.drill.practice import of_test

LANGUAGES = {"fi": ["fi"], "fi-sv": ["fi", "sv"], "sv-fi": ["sv", "fi"], "sv": ["sv"]}
FILES = 341  # 259 in Finnish, 33 in both languages, 16 in Swedish
RATE, FLOOR, CAP = 9, 150_00, 7500_00  # thousandths of a euro a resident; cents
PASSED = re.compile(r"PASS +\d{3}-(fi|sv)\.pdf: 0 error\(s\), 0 warning\(s\)")
SUM = re.compile(r"^(20\d\d): ([\d\u202f]+,\d\d)\u00a0€", re.M)


def in_cents(text):
    """Return a written sum in whole cents."""
    return int(re.sub(r"\D", "", text))


def yearly(population):
    """Return the fee in cents, reckoned in whole numbers: rounded down, then floor and cap."""
    return min(max(population * RATE // 10, FLOOR), CAP)


@pytest.fixture(scope="module")
def made(request, tmp_path_factory, django_db_setup, django_db_blocker):
    """The folder of one run of the command over the whole register, and what it said."""
    folder = tmp_path_factory.mktemp("packages")
    environment = serve_demo.environment() | {
        "DATABASE_URL": of_test(settings.DATABASE_URL),
        "DATABASE_OWNER_URL": of_test(settings.DATABASE_OWNER_URL),
    }

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert manage("load_municipalities").returncode == 0
    result = manage("joining_packages", "--all", "--output", str(folder), "--json")
    assert result.returncode == 0, result.stderr[-2000:]
    print("\n" + " ".join(result.stderr.split()[-12:]))
    return folder, json.loads(result.stdout)


def register():
    """Return the rows of the product's register file."""
    path = settings.BASE_DIR / "members" / "data" / "municipalities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_for_each_municipality_and_language(made):
    """308 municipalities, 341 files, named by code and language."""
    folder, _said = made
    wanted = {f"{row['code']}-{lang}.pdf" for row in register() for lang in LANGUAGES[row["language"]]}
    assert {path.name for path in folder.iterdir()} == wanted
    assert len(wanted) == FILES


def test_every_file_can_be_read_aloud(made):
    """outloud: PASS, no error, no warning, for all."""
    folder, _said = made
    paths = sorted(folder.glob("*.pdf"))
    checker = Path(sys.executable).with_name("outloud")
    halves = [paths[::2], paths[1::2]]
    running = [
        subprocess.Popen(
            [checker, "--quiet", "--fail-on", "warning", *half], stdout=subprocess.PIPE, text=True
        )
        for half in halves
    ]
    lines = [line for process in running for line in process.communicate()[0].splitlines()]
    print(f"\n{lines[0]}\n… {lines[-1]}")
    assert [line for line in lines if line.startswith(("FAIL", "WARN"))] == []
    assert [process.returncode for process in running] == [0, 0]
    assert sum(bool(PASSED.match(line)) for line in lines) == FILES


def test_sums_and_page_numbers_of_every_file(made):
    """Three years' sums as reckoned by hand; "n / N" on every page."""
    folder, _said = made
    pages = 0
    for row in register():
        for language in LANGUAGES[row["language"]]:
            name = f"{row['code']}-{language}.pdf"
            with pymupdf.open(folder / name) as document:
                texts = [page.get_text() for page in document]
            total = len(texts)
            for number, text in enumerate(texts, start=1):
                assert f"{number} / {total}" in text, f"{name}, page {number}"
            found = dict(SUM.findall("\n".join(texts)))
            sums = [in_cents(found[year]) for year in sorted(found)]
            assert sums == [yearly(int(row["population"]))] * 3, f"{name}: {found}"
            called = row["name_sv"] if language == "sv" else row["genitive_fi"]
            assert called in " ".join(" ".join(texts).split()), name
            pages += total
    print(f"\n{pages} pages")
