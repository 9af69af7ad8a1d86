"""Where the stories begin: the register loaded, an agreement and a tariff decided, people with accounts."""

import csv
import datetime as dt

import pytest
from django.core.management import call_command

from consortium.models import OutgoingEmail
from members import package, register
from members.models import AgreementVersion, Municipality
from tests.conftest import Browser
from tests.factories import ClauseFactory, RoleFactory, TariffFactory, UserFactory
from tests.stories.people import Person

ADDRESS = "kirjaamo@{code}.example"


@pytest.fixture(autouse=True)
def begins(db, today_is):
    """Each story begins in November 2026, before the round that leads to memberships from 1.1.2028."""
    today_is("2026-11-02")


@pytest.fixture
def paper(monkeypatch):
    """Make small stand-ins instead of PDFs, for stories that are not about what the paper says."""
    monkeypatch.setattr(package, "make_pdf", lambda figures, clauses, language: b"%PDF-1.7 a stand-in")
    monkeypatch.setattr(package, "make_docx", lambda figures, language: b"PK a stand-in")


@pytest.fixture
def municipalities(tmp_path):
    """Load the chosen lines of the register by its command, and give each a registry: ``municipalities("686")``."""

    def load(*codes):
        with register.FILE.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        chosen = tmp_path / "register.csv"
        with chosen.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(row for row in rows if row["code"] in codes)
        call_command("load_municipalities", chosen, verbosity=0)
        for code in codes:
            Municipality.objects.filter(code=code).update(registry_email=ADDRESS.format(code=code))

    return load


@pytest.fixture
def visitor():
    """Somebody without an account."""
    return Person(Browser())


@pytest.fixture
def person(client_of):
    """Return a signed-in person of a municipality: ``person("686")``; ``kind="librarian"`` for one who prepares."""

    def sign_in(code, *, email=None, name="", **fields):
        user = UserFactory(
            email=email or f"johtaja@{code}.example", name=name or f"Director of {code}", language="en"
        )
        RoleFactory(
            user=user, municipality=Municipality.objects.get(code=code), since=dt.date(2026, 1, 1), **fields
        )
        return Person(client_of(user))

    return sign_in


class ServiceCentre(Person):
    """A person of the service centre, with the round of joining in hand."""

    round = "/en/offers/1/"

    def __init__(self, browser, run_worker):
        super().__init__(browser)
        self.run_worker = run_worker

    def opens_round(self, *names, decide_by="21.5.2027", joins_on="1.1.2028"):
        """Open a round and invite municipalities to it. Returns the round's page."""
        page = self.opens("/en/offers/new/")
        page = self.presses(page, **self.terms(page), decide_by=decide_by, joins_on=joins_on)
        self.round = page.path
        return self.does(page, "Invite", names="\n".join(names))

    def terms(self, page):
        """Return the newest text and price of the form that opens a round, with Helsinki's case number."""
        newest = {
            n: page.main.xpath(f"//select[@name='{n}']/option[last()]/@value")[0]
            for n in ("version", "tariff")
        }
        return newest | {"case_number": "HEL 2026-004117"}

    def sends_packages(self):
        """Have the packages of the round made, and send those that can leave. Returns the round's page."""
        self.presses(self.opens(self.round), "Make the packages")
        self.run_worker()
        page = self.presses(self.opens(self.round), "Send")
        self.run_worker()
        return page

    def matter_of(self, name):
        """Return the page of a municipality's joining."""
        return self.opens(self.opens(self.round).link(name))

    def records(self, name, **handling):
        """Record a handling that came by mail, on behalf of the municipality. Returns the matter's page."""
        said = {"channel": "mail", "received_from": "registry"} | handling
        return self.does(self.matter_of(name), "Record the decision", **said)


@pytest.fixture
def clerk(client_of, staff, run_worker):
    """The service centre, the text and the price decided on."""
    draft = AgreementVersion.objects.create(number="3", is_example=True)
    for at, clause in enumerate(package.example_clauses(), start=1):
        ClauseFactory(version=draft, position=at, **clause)
    TariffFactory(valid_from=dt.date(2027, 1, 1), decided_on=dt.date(2026, 9, 15))
    found = ServiceCentre(client_of(staff), run_worker)
    found.does(
        found.opens("/en/agreement/3/"),
        "Record Helsinki's decision",
        body_fi="Kulttuurin ja vapaa-ajan lautakunta",
        body_sv="Kultur- och fritidsnämnden",
        decided_on="25.8.2026",
        section="§ 112",
        case_number="HEL 2026-004117",
    )
    return found


@pytest.fixture
def letters():
    """Return the letters written so far to an address, or all: ``letters("kirjaamo@686.example")``."""

    def written(to=""):
        return list(OutgoingEmail.objects.filter(to__contains=to).order_by("pk"))

    return written
