"""Shared costs and use for tests: a contract with its sharings and files, each made by its own verbs."""

import datetime as dt
import hashlib
import time
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium import clock
from procurement import usage_reading
from procurement.models import CostShare, UsageFile, UsageState, ValueSheet
from procurement.pages import costs, value
from procurement.value import value_of
from tests.contract_world import signed
from tests.factories import a_clerk
from tests.fee_world import make_ready

LOANS = {
    "columns": {"place": "Kirjasto", "month": "Kuukausi", "count": "Lainat"},
    "fixed": {"metric": "lainat"},
}


def sheet(rows):
    """Return a supplier's sheet in bytes. ``rows``: (place, month, count)."""
    return ("Kirjasto;Kuukausi;Lainat\n" + "".join(f"{p};{m};{n}\n" for p, m, n in rows)).encode()


def handed_in(contract, content, *, by=None, name="use.csv", read=True):
    """Return a file of use as it stands when the worker has had it."""
    upload = ContentFile(content, name)
    facts = {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "upload": upload}
    found, _is_new = UsageFile.receive(contract, by=by or a_clerk(), **facts)
    return again(found) if read else found


def again(file):
    """Read a file as the worker does, or wait for a worker that is at it already. Returns it."""
    if file.take_up():
        usage_reading.read(file)
    file.refresh_from_db()
    give_up_at = time.monotonic() + 30
    while file.state in {UsageState.QUEUED, UsageState.READING} and time.monotonic() < give_up_at:
        time.sleep(0.1)
        file.refresh_from_db()
    return file


def read_in(contract, content, *, by=None, name="use.csv"):
    """Return a sheet that has been read, its columns confirmed where they were not."""
    file = handed_in(contract, content, by=by, name=name)
    if file.state == "columns":
        file.map_columns(by=by or a_clerk(), **LOANS)
        file = again(file)
    return file


def a_sharing(contract, *, by=None, year=None, **terms):
    """Return a year's sharing that is being prepared: 1 200 € equally."""
    year = year or clock.today().year
    facts = {
        "method": "equal",
        "amount": Decimal(1200),
        "population_on": clock.today(),
        "ground": "Sopimus, 7 §",
    }
    return CostShare.begin(by=by or a_clerk(), contract=contract, year=year, **facts | terms)


def frozen(contract, *, by=None, **terms):
    """Return a year's sharing, frozen and told."""
    found = a_sharing(contract, by=by, **terms)
    found.freeze(by=by or a_clerk(), seen=found.reckon()[0].fingerprint)
    return found


def use_pages(world, people):
    """Return {URL name: arguments}: the municipalities' contract of three years, shared, used, half read."""
    by, home, year = people["staff"], world.places[0], clock.today().year
    period = {"begins_on": dt.date(year - 2, 1, 1), "ends_on": dt.date(year, 12, 31)}
    contract = signed(world.places, by=by, signed_on=dt.date(year - 3, 12, 1), **period)
    draft = a_sharing(contract, by=by, ground="zqground")
    standing = frozen(contract, by=by, year=year - 1, vat_rate=Decimal("25.5"))
    charged = frozen(contract, by=by, year=year - 2, vat_rate=Decimal("25.5"))
    ready, _lacking = costs.ledger_rows(charged)
    charged.charge(by=by, rows=[(line, vars(row)) for line, row in ready])
    asks = handed_in(contract, sheet([(home.name_fi, f"1/{year - 1}", 3)]), by=by, name="zqusage.csv")
    rows = [(home.name_fi, f"{month}/{year - 1}", 40 + month) for month in range(1, 13)]
    read = read_in(contract, sheet([*rows, (home.name_fi, "kevät", 3)]), by=by, name="zqusage2.csv")
    strange = read_in(contract, sheet([("Jokin muu", f"3/{year - 1}", 5)]), by=by, name="zqusage3.csv")
    paper = ValueSheet(
        municipality=home,
        year=year - 1,
        language="fi",
        figures=value.told(value_of(home, year - 1)),
        asked_by=by,
    )
    paper.save()
    make_ready(paper)
    costs_of = {"pk": contract.pk}
    shares = {"cost_share_edit": draft, "cost_share_freeze": draft, "cost_share": standing}
    shares |= {"cost_share_charge": standing, "cost_share_settle": standing, "cost_share_withdraw": standing}
    files = {"usage_columns": asks, "usage_places": strange}
    files |= {f"usage_{name}": read for name in ("file", "progress", "original", "aside")}
    at = dict.fromkeys(("contract_costs", "cost_share_new", "contract_use", "usage_figures"), costs_of)
    at |= {name: costs_of | {"share": share.pk} for name, share in shares.items()}
    at |= {name: costs_of | {"file": file.pk} for name, file in files.items()}
    at["cost_share_file"] = costs_of | {"share": charged.pk, "batch": 1, "kind": "csv"}
    at |= {name: {"code": home.code, "year": year - 1} for name in ("value", "value_progress")}
    at["value_file"] = at["value"] | {"language": "fi"}
    return {f"procurement:{name}": kwargs for name, kwargs in at.items()}
