"""What the real joining package costs beside naive WeasyPrint: processor time, files a second, memory."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

from members import package  # noqa: E402  what follows needs the apps
from tests.benchmarks import bench_pdf  # noqa: E402

LIMIT = 0.55  # processor time ÷ naive; 0.42 is the aim
FLAT = 1.2  # resident bytes after 200 files ÷ after 20
RATE = {"rate": "0.009", "floor": "150.00", "cap": "7500.00", "valid_from": "2027-01-01", "free_years": []}


def figures():
    """Return the facts of Alavieska's package, as they stand on its row."""
    decide_by = package.date.fromisoformat("2027-05-21")
    return {
        "municipality": {
            "code": "009",
            "name_fi": "Alavieska",
            "name_sv": "Alavieska",
            "genitive_fi": "Alavieskan",
            "city": False,
            "language": "fi",
            "aland": False,
            "registry_email": "kirjaamo@alavieska.example",
        },
        "population": {"count": 2447, "on": "2022-12-31", "source": "Statistics Finland"},
        "offer": {
            "case_number": "HEL 2026-004117",
            "decide_by": decide_by.isoformat(),
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
        "tariff": RATE,
        "costs": package.costs(2447, RATE, 2028),
        "timetable": package.timetable(decide_by, False),
        "address": "http://127.0.0.1:8000/p/7K4M2XQP",
        "code": "7K4M2XQP",
        "contact": {"name": "", "email": "palvelukeskus@konsortio.example"},
    }


def run():
    """Yield the figures of bench_pdf, taken on the real pages, with their limits."""
    facts = figures()
    own = package.package_html(facts, "fi").replace(
        "2\u202f447", "2 447"
    )  # where each file gets its own number
    constant = package.constant_html(
        facts["agreement"], package.example_clauses(), "fi", facts["offer"]["case_number"], False
    )
    limits = {"package CPU": LIMIT, "memory": FLAT}
    for figure in bench_pdf.run(own, [constant]):
        limit = next((limit for start, limit in limits.items() if figure["name"].startswith(start)), None)
        yield figure | {"name": f"real pages: {figure['name']}", "limit": limit}


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure, ensure_ascii=False), flush=True)
