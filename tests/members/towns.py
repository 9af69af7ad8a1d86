"""Towns with the figures of their joining packages, and ways to read what was written for them."""

import copy
import re

from members import package

THIN, NO_BREAK = "\u202f", "\u00a0"
TARIFF = {"rate": "0.009", "floor": "150.00", "cap": "7500.00", "valid_from": "2027-01-01", "free_years": []}
TOWNS = {
    "alavieska": ("009", "Alavieska", "Alavieska", "Alavieskan", False, "fi", 2447),
    "vaasa": ("905", "Vaasa", "Vasa", "Vaasan", True, "fi-sv", 67988),
    "korsnas": ("280", "Korsnäs", "Korsnäs", "Korsnäsin", False, "sv-fi", 2024),
    "sottunga": ("766", "Sottunga", "Sottunga", "Sottungan", False, "sv", 111),
    "helsinki": ("091", "Helsinki", "Helsingfors", "Helsingin", True, "fi-sv", 664028),
    "pedersore": ("599", "Pedersören kunta", "Pedersöre", "Pedersören kunnan", False, "sv-fi", 11206),
}


def figures_of(town):
    """Return what a joining package of this town is made from."""
    code, name_fi, name_sv, genitive, city, language, population = TOWNS[town]
    aland = language == "sv"
    return {
        "municipality": {
            "code": code,
            "name_fi": name_fi,
            "name_sv": name_sv,
            "genitive_fi": genitive,
            "city": city,
            "language": language,
            "aland": aland,
            "registry_email": f"registry@{code}.example",
        },
        "population": {"count": population, "on": "2022-12-31", "source": "Statistics Finland"},
        "offer": {
            "case_number": "HEL 2026-004117",
            "decide_by": "2027-05-21",
            "joins_on": "2028-01-01",
            "made_on": "2026-11-22",
        },
        "agreement": {
            "number": "3",
            "body_fi": "Kulttuurin ja vapaa-ajan lautakunta",
            "body_sv": "Kultur- och fritidsnämnden",
            "decided_on": "2026-08-25",
            "section": "§ 112",
            "case_number": "HEL 2026-004117",
            "example": True,
        },
        "tariff": copy.deepcopy(TARIFF),
        "costs": package.costs(population, TARIFF, 2028),
        "timetable": package.timetable("2027-05-21", aland),
        "address": "http://127.0.0.1:8000/p/7K4M2XQP",
        "code": "7K4M2XQP",
        "contact": {"name": "Karin Berg", "email": "service@consortium.example"},
    }


def leaves(value, path=()):
    """Yield each sentence of nested texts with the path to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, (*path, at))
    else:
        yield path, value


def flat(text):
    """Text on one line, with ordinary spaces."""
    return re.sub(r"\s+", " ", text.replace(THIN, " ").replace(NO_BREAK, " "))
