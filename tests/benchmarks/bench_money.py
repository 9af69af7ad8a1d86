"""What a year's money costs from the database: fees reckoned anew at 308 and 3,080 members, the ledger's file of 308.

Each beside the bare work: the arithmetic alone on payers that are there already, and the same rows written by csv,
openpyxl and as plain text of the e-invoices' length, with nothing checked. CPU time, medians.
"""

import csv
import datetime as dt
import io
import json
import os
import zipfile
from statistics import median
from time import process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

from django.db import connection  # noqa: E402  what follows needs the apps
from django.test.utils import CaptureQueriesContext  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from consortium import celery, clock  # noqa: E402
from consortium.fees import reckon  # noqa: E402
from members.models import LedgerFile, Membership, Municipality, Population  # noqa: E402
from members.models.payers import reckon_year  # noqa: E402
from tests.benchmarks.bench_fees import plain_tariff  # noqa: E402
from tests.benchmarks.bench_pages import scratch_database  # noqa: E402
from tests.factories import BudgetFactory, decided_budget, tariff_terms  # noqa: E402

ROUNDS = 9
SIZES = (308, 3_080)
SINCE = dt.date(2026, 1, 1)
TERMS = {"rate": "0.009", "floor": "150", "cap": "1500"}
BILLING = {
    "business_id": "0201256-6",
    "einvoice_address": "003702012566",
    "einvoice_operator": "BASWFIHH",
    "buyer_reference": "LIB-1",
}


def add_members(size):
    """Let municipalities belong, each with a population figure, until there are so many; copies beyond the register."""
    places = list(Municipality.objects.order_by("pk"))
    copies = Municipality.objects.bulk_create(
        Municipality(code=_code(index), **_like(places[index % len(places)]))
        for index in range(size - len(places))
    )
    figures = [200 + index * 7 for index in range(len(copies))]
    Population.objects.bulk_create(
        Population(municipality=place, on=dt.date(2022, 12, 31), count=count, source="-")
        for place, count in zip(copies, figures, strict=True)
    )
    without = Municipality.objects.filter(memberships=None)
    Membership.objects.bulk_create(Membership(municipality=place, period=(SINCE, None)) for place in without)


def _code(index):
    """Return three signs that no municipality has."""
    return f"{chr(65 + index // 676)}{chr(65 + index // 26 % 26)}{chr(65 + index % 26)}"


def _like(place):
    names = [f.name for f in Municipality._meta.concrete_fields if f.name not in {"id", "code", "successor"}]
    return {name: getattr(place, name) for name in names}


def in_turns(whole, bare):
    """Return the medians (s) of the CPU time of both, carried out in turns."""
    spent = [], []
    for _round in range(ROUNDS):
        for times, act in zip(spent, (whole, bare), strict=True):
            start = process_time()
            act()
            times.append(process_time() - start)
    return median(spent[0]), median(spent[1])


def figure(name, whole, bare, **more):
    """Return one figure: milliseconds, and the ratio to the bare work."""
    spent, reference = in_turns(whole, bare)
    ratio = round(spent / reference, 2)
    return {"name": name, "value": round(spent * 1000, 2), "unit": "ms", "ratio": ratio} | more


def recomputing(size):
    """Yield what reckoning a year from the database costs, beside the portal's arithmetic alone and plain numbers."""
    add_members(size)
    budget, terms = BudgetFactory.create(), tariff_terms(**TERMS)
    with CaptureQueriesContext(connection) as asked:
        found = reckon_year(budget, terms)
    payers, rule = [payee.payer for payee in found.payees], terms.rule()
    if len(payers) != size:
        raise AssertionError(f"{len(payers)} pay, not {size}.")
    if {key: int(fee * 100) for key, fee in found.by_code.items()} != plain_tariff(payers):
        raise AssertionError("The two differ: the ratio would mean nothing.")

    def whole():
        return reckon_year(budget, terms).fees.total

    def bare():
        return reckon(rule, payers, amount=budget.to_share, year=budget.year).total

    name = f"year from the database, {size} members"
    yield figure(f"{name}, to fees.reckon", whole, bare, queries=len(asked))
    yield figure(f"{name}, to plain numbers", whole, lambda: sum(plain_tariff(payers).values()))


def bare_csv(rows):
    """Write the rows and nothing else."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(rows)
    return stream.getvalue().encode()


def bare_xlsx(rows):
    """Write the rows into a sheet and nothing else."""
    book, stream = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(stream)
    return stream.getvalue()


def bare_zip(files):
    """Pack ready texts and nothing else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text)
    return stream.getvalue()


def files():
    """Yield what each of the ledger's files of 308 members costs, beside bare writing of the same content."""
    Municipality.objects.update(**BILLING)
    budget = decided_budget(year=2030, terms=tariff_terms(**TERMS))
    with clock.moved_to(dt.date(2030, 2, 4)):
        start = process_time()
        batch = budget.bill(by=budget.alternative.made_by)
        spent = process_time() - start
    lines = batch.lines.count()
    yield {
        "name": f"bill {lines} members: rows and files asked for",
        "value": round(spent * 1000),
        "unit": "ms",
    }
    made = {row.format: row.produce()[1] for row in LedgerFile.objects.filter(batch=batch)}
    rows = [line.split(";") for line in made["csv"].decode("utf-8-sig").splitlines()]
    with zipfile.ZipFile(io.BytesIO(made["zip"])) as archive:
        texts = [(name, archive.read(name)) for name in archive.namelist()]
    bare = {
        "csv": lambda: bare_csv(rows),
        "xlsx": lambda: bare_xlsx(rows),
        "zip": lambda: bare_zip(texts),
    }
    for row in LedgerFile.objects.filter(batch=batch):
        size = len(made[row.format])
        yield figure(f"ledger's file of {lines} as {row.format}", row.produce, bare[row.format], bytes=size)


def run():
    """Yield every figure, from a database of its own."""
    celery.app.send_task = lambda *args, **kwargs: None  # nobody works here
    with scratch_database():
        for size in SIZES:
            if size == SIZES[-1]:
                yield from files()
            yield from recomputing(size)


if __name__ == "__main__":
    for found in run():
        print(json.dumps(found, ensure_ascii=False), flush=True)
