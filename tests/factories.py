"""Records for tests: as little as each needs to be true. Accessions reach their state through their own verbs."""

import datetime as dt
import hashlib
from decimal import Decimal

import factory
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from consortium import clock
from consortium.models import DocumentState
from members import example, register
from members.models import (
    Accession,
    AccessionState,
    AgreementVersion,
    AnnualBudget,
    BillingTerms,
    Body,
    Clause,
    Contact,
    ContactKind,
    Decision,
    FeeLimits,
    HandIn,
    Municipality,
    Offer,
    Outcome,
    Population,
    Role,
    RoleKind,
    Scheme,
    ask_for_packages,
)

DAY = dt.timedelta(days=1)
# Codes that no municipality has, so that none meets one that a test names or loads.
TAKEN_CODES = {line[:3] for line in register.FILE.read_text(encoding="utf-8").splitlines()}
FREE_CODES = [str(n) for n in range(999, 499, -1) if str(n) not in TAKEN_CODES]
HELSINKI = {
    "body_fi": "Kulttuurin ja vapaa-ajan lautakunta",
    "body_sv": "Kultur- och fritidsnämnden",
    "section": "§ 112",
    "case_number": "HEL 2026-004117",
}


class UserFactory(DjangoModelFactory):
    """A person; ``is_staff=True`` for one of the service centre."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@kunta.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    password = factory.django.Password(None)  # codes only, unless one is given


class PopulationFactory(DjangoModelFactory):
    """How many lived in a municipality at the end of 2022."""

    class Meta:
        model = Population

    municipality = factory.SubFactory("tests.factories.MunicipalityFactory", population=False)
    on = dt.date(2022, 12, 31)
    count = 2447
    source = "Statistics Finland"


class MunicipalityFactory(DjangoModelFactory):
    """A Finnish-speaking municipality of 2,447 residents; ``population=False`` for one without a figure."""

    class Meta:
        model = Municipality
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: FREE_CODES[n % len(FREE_CODES)])
    name_fi = factory.Sequence(lambda n: f"Kunta {n}")
    name_sv = factory.SelfAttribute("name_fi")
    genitive_fi = factory.LazyAttribute(lambda m: f"{m.name_fi}n")
    region_code = "11"
    region_fi = "Pohjois-Savo"
    region_sv = "Norra Savolax"
    language = "fi"
    latitude = Decimal("62.622")
    longitude = Decimal("26.835")
    registry_email = factory.LazyAttribute(lambda m: f"kirjaamo@kunta{m.code}.example")

    @factory.post_generation
    def population(self, create, extracted, **kwargs):
        """Residents at the end of 2022."""
        if create and extracted is not False:
            PopulationFactory(municipality=self, count=extracted or 2447)


class RoleFactory(DjangoModelFactory):
    """A representative since yesterday; ``kind="librarian"`` for one who prepares."""

    class Meta:
        model = Role

    user = factory.SubFactory(UserFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    kind = RoleKind.REPRESENTATIVE
    since = factory.LazyFunction(lambda: clock.today() - DAY)


class ContactFactory(DjangoModelFactory):
    """A library director's address."""

    class Meta:
        model = Contact

    municipality = factory.SubFactory(MunicipalityFactory)
    kind = ContactKind.DIRECTOR
    title = "Kirjastonjohtaja"
    email = factory.Sequence(lambda n: f"johtaja{n}@kunta.example")


class AgreementVersionFactory(DjangoModelFactory):
    """A version with two clauses, approved by Helsinki; ``approved=False`` for a draft."""

    class Meta:
        model = AgreementVersion
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"{n + 1}")
    is_example = True

    @factory.post_generation
    def clauses(self, create, extracted, **kwargs):
        """Two clauses in both languages."""
        for at, (fi, sv) in enumerate([("Osapuolet", "Parter"), ("Tarkoitus", "Syfte")], start=1):
            ClauseFactory(version=self, position=at, number=str(at), title_fi=fi, title_sv=sv)

    @factory.post_generation
    def approved(self, create, extracted, **kwargs):
        """Helsinki's decision, three months ago."""
        if extracted is not False:
            self.approve(by=a_clerk(), decided_on=clock.today() - 90 * DAY, **HELSINKI)


class ClauseFactory(DjangoModelFactory):
    """One clause of a draft."""

    class Meta:
        model = Clause

    version = factory.SubFactory(AgreementVersionFactory, approved=False)
    position = 9
    number = "9"
    title_fi = "Voimaantulo"
    title_sv = "Ikraftträdande"
    text_fi = "Sopimus tulee voimaan, kun Helsinki on vahvistanut liittymisen."
    text_sv = "Avtalet träder i kraft när Helsingfors har bekräftat anslutningen."


class TariffFactory(DjangoModelFactory):
    """0.009 € a resident, at least 150 €, at most 7,500 €, from 1.1. of this year."""

    class Meta:
        model = Scheme
        django_get_or_create = ["valid_from"]

    valid_from = factory.LazyFunction(lambda: clock.today().replace(month=1, day=1))
    rate = Decimal("0.009")
    floor = Decimal("150")
    cap = Decimal("7500")
    decided_on = factory.LazyAttribute(lambda t: t.valid_from - 60 * DAY)
    body_fi = HELSINKI["body_fi"]
    body_sv = HELSINKI["body_sv"]
    section = "§ 140"
    case_number = "HEL 2026-005230"


class OfferFactory(DjangoModelFactory):
    """An open offer: decisions final in half a year, membership from the 1 January after."""

    class Meta:
        model = Offer

    version = factory.SubFactory(AgreementVersionFactory)
    tariff = factory.SubFactory(TariffFactory)
    decide_by = factory.LazyFunction(lambda: example.deadline(clock.today()))
    joins_on = factory.LazyAttribute(lambda o: example.joining_day(o.decide_by))
    case_number = HELSINKI["case_number"]


def a_clerk():
    """Return a person of the service centre, the first there is."""
    return get_user_model().objects.filter(is_staff=True, is_active=True).first() or UserFactory(
        is_staff=True
    )


def handling(outcome=Outcome.APPROVED, *, meeting_on=None, **fields):
    """Return what one records of a board's meeting sixty days ago, whose minutes came out a week later."""
    meeting_on = meeting_on or clock.today() - 60 * DAY
    return {
        "body": Body.BOARD,
        "meeting_on": meeting_on,
        "section": "61",
        "case_number": "KunDno-2026-62",
        "outcome": outcome,
        "published_on": meeting_on + 7 * DAY,
        "condition": "Vuosimaksu on enintään 200 €." if outcome == Outcome.APPROVED_CHANGED else "",
    } | fields


def ready_packages(accession):
    """Give the accession ready files in its languages, without the cost of making them."""
    for row in ask_for_packages(Accession.objects.filter(pk=accession.pk), by=a_clerk()):
        content = b"%PDF-1.7 a small stand-in"
        row.file.save(row.filename, ContentFile(content), save=False)
        row.state, row.made_at, row.size = DocumentState.READY, timezone.now(), len(content)
        row.sha256 = hashlib.sha256(content).hexdigest()
        row.save()


def walk(accession, state, *, by=None):
    """Bring a new accession to a state by its own verbs, at the service centre's hand. Returns it."""
    by, today, path = by or a_clerk(), clock.today(), AccessionState
    if state == path.STOPPED:
        accession.stop(by=by, reason="Kunta yhdistyy toiseen.")
    elif state != path.PREPARED:
        ready_packages(accession)
        accession.send(by=by)
    if state == path.IN_PREPARATION:
        accession.schedule(by=by, meeting_on=today + 14 * DAY, meeting_body=Body.BOARD)
    decided = {path.CONDITIONAL: Outcome.APPROVED_CHANGED, path.REJECTED: Outcome.REJECTED}
    if state in {*decided, path.APPROVED, path.FINAL, path.CONFIRMED}:
        accession.decide(by=by, **handling(decided.get(state, Outcome.APPROVED)))
    if state in {path.FINAL, path.CONFIRMED}:
        accession.sign(by=by, signed_on=today - 10 * DAY, signatory="Kunnanjohtaja")
        accession.finalise(
            by=by,
            finality_on=accession.deciding.final_on,
            finality_ground="certificate",
            finality_note="Kirjaamo",
        )
    if state == path.CONFIRMED:
        accession.confirm(
            by=by,
            confirmed_on=today,
            confirmed_body="Kirjastopalvelujen johtaja",
            confirmed_section="44",
            confirmed_case_number="HEL 2026-006001",
            joins_on=accession.offer.joins_on,
        )
    return accession


class AccessionFactory(DjangoModelFactory):
    """An accession in any state: ``AccessionFactory(state="approved")`` has been through the steps before it."""

    class Meta:
        model = Accession

    municipality = factory.SubFactory(MunicipalityFactory)
    offer = factory.SubFactory(OfferFactory)
    state = AccessionState.PREPARED

    @classmethod
    def _create(cls, model, *args, state, **fields):
        return walk(super()._create(model, *args, **fields), state)


class DecisionFactory(DjangoModelFactory):
    """A recorded handling by a board, put straight into the chain: the accession's state does not follow."""

    class Meta:
        model = Decision

    accession = factory.SubFactory(AccessionFactory, state=AccessionState.SENT)
    body = Body.BOARD
    meeting_on = factory.LazyFunction(lambda: clock.today() - 60 * DAY)
    outcome = Outcome.APPROVED
    recorded_by = factory.LazyFunction(a_clerk)
    recorded_at = factory.LazyFunction(timezone.now)


class HandInFactory(DjangoModelFactory):
    """A board's approval, handed in by a decision secretary an hour ago and not yet recorded."""

    class Meta:
        model = HandIn

    accession = factory.SubFactory(AccessionFactory, state=AccessionState.SENT)
    body = Body.BOARD
    meeting_on = factory.LazyFunction(lambda: clock.today() - 7 * DAY)
    section = "61"
    outcome = Outcome.APPROVED
    extract = factory.django.FileField(filename="ote.pdf", data=b"%PDF-1.7 a small stand-in")
    sender_name = "Sanna Esimerkki"
    sender_title = "hallintosihteeri"
    sender_email = "sanna@kunta.example"


class FeeLimitsFactory(DjangoModelFactory):
    """The limits of the agreement: 7,500 € a municipality, 75,000 € a year."""

    class Meta:
        model = FeeLimits
        django_get_or_create = ["valid_from"]

    valid_from = dt.date(2014, 1, 1)
    per_municipality = Decimal(7500)
    per_year = Decimal(75000)
    decided_on = dt.date(2013, 9, 2)
    body_fi, body_sv = HELSINKI["body_fi"], HELSINKI["body_sv"]
    section, case_number = "§ 80", "HEL 2013-001"


class BillingTermsFactory(DjangoModelFactory):
    """How invoices are made: no VAT, numbers by the portal, Helsinki as invoicer."""

    class Meta:
        model = BillingTerms
        django_get_or_create = ["valid_from"]

    valid_from = dt.date(2014, 1, 1)
    vat_reason_fi, vat_reason_sv = "Ei arvonlisäverollista myyntiä", "Inte momspliktig försäljning"
    vat_decision = "Verohallinto 12.11.2013"
    account, cost_centre = "3590", "4512"
    seller_name, seller_business_id = "Helsingin kaupunki", "0201256-6"
    seller_iban, seller_bic = "FI2112345600000785", "NDEAFIHH"
    seller_einvoice_address, seller_einvoice_operator = "003702012566", "BASW"


class BudgetFactory(DjangoModelFactory):
    """A year's budget in draft; limits and settings of invoicing are there."""

    class Meta:
        model = AnnualBudget
        django_get_or_create = ["year"]

    year = 2028
    total = Decimal(75000)
    members_on = factory.LazyAttribute(lambda budget: dt.date(budget.year, 1, 1))

    @classmethod
    def _create(cls, model, *args, **kwargs):
        FeeLimitsFactory()
        BillingTermsFactory()
        return super()._create(model, *args, **kwargs)


def tariff_terms(rate="0.021", floor="100", cap="7500", **more):
    """Return terms of a tariff, as a simulator would hold them; ``kind`` and the rest may be given."""
    kind = more.pop("kind", "tariff")
    return Scheme(kind=kind, rate=Decimal(rate), floor=Decimal(floor), cap=Decimal(cap), **more)


def payer(code=None, *, residents=2447, since=dt.date(2026, 1, 1), billable=True, **details):
    """Return a member with a population figure of 2025 and, unless told otherwise, all that an invoice needs."""
    if billable:
        details = {
            "business_id": "0201256-6",
            "einvoice_address": "003702012566",
            "einvoice_operator": "BASW",
            "buyer_reference": "LIB-1",
        } | details
    place = MunicipalityFactory(**({"code": code} if code else {}), **details)
    Population.objects.filter(municipality=place).delete()
    Population.objects.create(
        municipality=place, on=dt.date(2025, 12, 31), count=residents, source="Statistics Finland"
    )
    place.join(since)
    return place


def decided_budget(year=2028, *, by=None, terms=None, **figures):
    """Return a budget whose fees Helsinki has decided by a tariff, on members that are there."""
    by = by or UserFactory(is_staff=True)
    budget = BudgetFactory(year=year, **figures)
    with clock.moved_to(dt.date(year - 1, 6, 7)):
        alternative = budget.save_alternative(terms or tariff_terms(), by=by)
        budget.propose(by=by, alternative=alternative, proposed_on=dt.date(year - 1, 6, 7))
    with clock.moved_to(dt.date(year - 1, 8, 18)):
        budget.decide(by=by, alternative=alternative, decided_on=dt.date(year - 1, 8, 18), **HELSINKI)
    return budget
