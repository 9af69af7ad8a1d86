"""Contracts for tests: made by their own verbs, with participants, a list of taking into use and e-resources."""

import datetime as dt
from itertools import count

from consortium import clock
from procurement.models import AtEnd, Contract, Participation, Resource, Supplier, UseKind, UseStep
from tests.factories import DAY, MunicipalityFactory, a_clerk

NUMBERS = count(1)


def a_supplier(name=None, *, by=None):
    """Return a supplier in business."""
    return Supplier.begin(by=by or a_clerk(), name=name or f"Toimittaja {next(NUMBERS)} Oy")


def drafted(*, by=None, supplier=None, options=(), **facts):
    """Return a contract that is being made: a year from 1 January, three months of notice."""
    n, year = next(NUMBERS), clock.today().year
    by = by or a_clerk()
    return Contract.make(
        by=by,
        options=options,
        supplier=supplier or a_supplier(by=by),
        **{
            "number": f"KS {n}/{year}",
            "title_fi": f"E-lehdet {n}",
            "title_sv": f"E-tidskrifter {n}",
            "begins_on": dt.date(year, 1, 1),
            "ends_on": dt.date(year, 12, 31),
            "notice_months": 3,
        }
        | facts,
    )


def signed(places=1, *, by=None, signed_on=None, **facts):
    """Return a signed contract in which these municipalities take part; a number makes so many."""
    by = by or a_clerk()
    contract = drafted(by=by, **facts)
    if isinstance(places, int):
        places = [MunicipalityFactory() for _n in range(places)]
    for n, place in enumerate(places, start=1):
        Participation.begin(contract, place, by=by, yearly=1000 + n)
    contract.sign(by=by, signed_on=signed_on or min(clock.today(), contract.begins_on))
    return contract


def runs_on(**facts):
    """Return terms of a contract that runs on a year at a time."""
    return {"silence": AtEnd.RUNS_ON, "renewal_months": 12} | facts


def told(participation, *kinds, by=None):
    """Tell parts of a municipality's list of taking into use; all of them without ``kinds``."""
    said = {
        UseKind.CONTACT: {"name": "Kirsi Kirjasto", "email": "kirsi@kunta.example"},
        UseKind.TECHNICAL: {"method": "sip2", "text": "sip2.kunta.example, portti 6001"},
        UseKind.MATERIAL: {"text": "Julisteet tilattu."},
        UseKind.DATE: {"on": clock.today() + 7 * DAY},
    }
    for kind in kinds or UseKind:
        UseStep.tell(participation, kind, by=by or a_clerk(), **said[kind])


def a_resource(contract=None, **facts):
    """Return an e-resource of the catalogue: e-books in Finnish."""
    n = next(NUMBERS)
    return Resource.objects.create(
        contract=contract,
        **{
            "title": f"E-kirjahylly {n}",
            "material": "ebooks",
            "languages": ["fi"],
            "about_fi": "Lainattavia e-kirjoja.",
            "about_sv": "E-böcker att låna.",
            "help_fi": "Oma kirjasto",
            "help_sv": "Ditt bibliotek",
        }
        | facts,
    )
