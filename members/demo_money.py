"""The practice copy's fees: budgets proposed, decided, told and invoiced, and what the ledger said of the invoices.

Nothing here happened. Sums, account numbers and business IDs are invented; every act goes through its own verb.
"""

import datetime as dt
from decimal import Decimal

from django.core.files.base import ContentFile
from stdnum.fi import ytunnus

from consortium import clock
from members.demo_story import FIRST_MEMBERS, LATER_MEMBERS, on
from members.example import COMMITTEE, DAY
from members.ledger import COLUMNS
from members.ledger_return import read_return
from members.models import (
    AnnualBudget,
    BillingTerms,
    FeeLimits,
    Municipality,
    Population,
    Scheme,
    SchemeKind,
)
from members.package import HELSINKI

SELLER = "0201256-6"  # the City of Helsinki
OPERATOR = "BASWFIHH"
LACKING = {  # what nobody has told yet
    "478": "einvoice_address",  # Maarianhamina
    "499": "buyer_reference",  # Mustasaari
    "507": "business_id",  # Mäntyharju
}
RECOUNTED = "167"  # Joensuu, whose population figure was put right after the fee had been invoiced
# What a year's money goes to.
LINES = [
    ("Koordinaattorin työ", "Koordinatorns arbete"),
    ("Kilpailutukset ja juristin apu", "Upphandlingar och juristens hjälp"),
    ("Portaali ja tietojärjestelmät", "Portalen och datasystemen"),
    ("Viestintä ja koulutus", "Kommunikation och utbildning"),
]


def live(staff, chair, accountant, today):
    """Live the years up to today: the last one and this one, next year's decision, and a draft of the one after."""
    year = today.year
    _settle_terms(staff, year)
    _give_billing_details()
    first = _decided(year - 1, (21_500, 9_000, 11_000, 3_700), staff, chair, project=Decimal(30_000))
    _invoice(first, FIRST_LIST, staff, accountant)
    first.account(
        by=accountant, actual=dict(enumerate(map(Decimal, (21_480, 7_950, 11_320, 3_105)), start=1))
    )
    running = _decided(year, (9_000, 4_400, 5_200, 2_500), staff, chair)
    if dt.date(year, 4, 16) <= today:
        _invoice(running, SECOND_LIST, staff, accountant)
        _recount(running, accountant)
    if dt.date(year, 9, 4) <= today:
        budget = _decided(year + 1, (9_500, 4_500, 5_000, 2_300), staff, chair, month=6)
        year = budget.year
    _draft(year + 1, staff, chair, today)


def _settle_terms(staff, year):
    """Record the limits and how invoices are made."""
    with on(dt.date(2013, 12, 2)) as day:
        FeeLimits.objects.create(
            valid_from=dt.date(2014, 1, 1),
            per_municipality=Decimal(7_500),
            per_year=Decimal(75_000),
            decided_on=day,
            section="§ 171",
            case_number="HEL 2013-014322",
            **COMMITTEE,
        )
    BillingTerms.objects.create(
        valid_from=clock.first_day(year - 1),
        vat_reason_fi="Ei arvonlisäverollista myyntiä",
        vat_reason_sv="Inte momspliktig försäljning",
        vat_decision=f"Verohallinnon ohjaus 12.11.{year - 2}",
        account="359000",
        cost_centre="4512100",
        columns=list(COLUMNS),  # the portal numbers the invoices, so the ledger is told the numbers
        seller_name="Helsingin kaupunki",
        seller_business_id=SELLER,
        seller_iban="FI2112345600000785",
        seller_bic="NDEAFIHH",
        seller_einvoice_address="003702012566",
        seller_einvoice_operator=OPERATOR,
        seller_street="PL 1",
        seller_postcode="00099",
        seller_town="HELSINGIN KAUPUNKI",
    )


def _business_id(code):
    """Return an invented business ID with a sound check digit."""
    return next(
        f"99{code}{tail:02d}-{digit}"
        for tail in range(100)
        for digit in range(10)
        if ytunnus.is_valid(f"99{code}{tail:02d}-{digit}")
    )


def _give_billing_details():
    """Give each member what an invoice needs, but for three."""
    places = list(Municipality.objects.filter(code__in=FIRST_MEMBERS + LATER_MEMBERS))
    fields = ["business_id", "einvoice_address", "einvoice_operator", "buyer_reference"]
    for place in places:
        place.business_id = SELLER if place.code == HELSINKI else _business_id(place.code)
        place.einvoice_address = f"0037{place.business_id.replace('-', '')}"
        place.einvoice_operator, place.buyer_reference = OPERATOR, f"KIRJASTO-{place.code}"
        if place.code in LACKING:
            setattr(place, LACKING[place.code], "")
    Municipality.objects.bulk_update(places, fields)


# --- A year's decision -------------------------------------------------------------------------------------------


def _make(documents):
    """Make the files that are still to come."""
    for document in documents.unfinished():
        document.make()


def _begin(year, sums, staff, day, project=Decimal(0)):
    """Open a year's budget with its lines."""
    lines = [
        {"name_fi": fi, "name_sv": sv, "planned": Decimal(planned)}
        for (fi, sv), planned in zip(LINES, sums, strict=True)
    ]
    with on(day):
        return AnnualBudget.begin(
            by=staff,
            year=year,
            lines=lines,
            total=Decimal(sum(sums)),
            project_funding=project,
            project_decision=f"Opetus- ja kulttuuriministeriö, OKM/41/610/{year - 1}" if project else "",
            members_on=clock.first_day(year),
        )


def _decided(year, sums, staff, chair, *, project=Decimal(0), month=12):
    """Take a year's budget from its draft to the letters. Returns it.

    The two first years are decided in December, when their members have been confirmed; later ones in August.
    """
    early = month < 12
    budget = _begin(year, sums, staff, dt.date(year - 1, month - 2, 3), project)
    with on(dt.date(year - 1, month, 4) if early else dt.date(year - 1, month, 11)) as met_on:
        terms = Scheme.objects.tariffs().on(clock.first_day(year))
        chosen = budget.save_alternative(terms, by=chair, title="Nykyinen taksa")
        budget.propose(by=chair, alternative=chosen, proposed_on=met_on, proposed_section="§ 4")
    with on(dt.date(year - 1, 8, 25) if early else dt.date(year - 1, 12, 16)) as decided_on:
        budget.decide(
            by=staff,
            alternative=chosen,
            decided_on=decided_on,
            section="§ 131" if early else "§ 188",
            case_number=f"HEL {year - 1}-009{year % 100}7",
            **COMMITTEE,
        )
    with on(dt.date(year - 1, 9, 3) if early else dt.date(year - 1, 12, 21)):
        _make(budget.papers)
        budget.tell(by=staff)
    return budget


def _draft(year, staff, chair, today):
    """Prepare a year's budget: two alternatives lie side by side."""
    budget = _begin(year, (12_000, 5_000, 6_000, 3_000), staff, today - 40 * DAY)
    with on(today - 26 * DAY):
        dearer = Scheme(
            kind=SchemeKind.TARIFF, rate=Decimal("0.0105"), floor=Decimal(180), cap=Decimal(7_500)
        )
        budget.save_alternative(dearer, by=staff, title="Taksa nousee")
    with on(today - 19 * DAY):
        shared = Scheme(
            kind=SchemeKind.MIXED,
            equal_part=Decimal("0.2"),
            floor=Decimal(180),
            cap=Decimal(7_500),
            free_first_year=True,
        )
        budget.save_alternative(shared, by=chair, title="Viidennes tasan, ensimmäinen vuosi maksuton")


# --- Invoices and the ledger's word of them ----------------------------------------------------------------------

# code -> how it went, as the ledger says: (share of the sum paid, times, words, reason)
PAID, HALF, TWICE = (1, 1, "Maksettu", ""), (Decimal("0.5"), 1, "", ""), (1, 2, "Maksettu", "")
OPEN = (0, 1, "Avoin", "")
BACK = (0, 1, "Palautettu", "Verkkolaskuosoite ei ole käytössä")
FIRST_LIST = {"837": HALF, "564": TWICE, "179": BACK, "638": OPEN}  # Tampere, Oulu, Jyväskylä, Porvoo
# Kuopio, Lahti, Rovaniemi, Joensuu, Porvoo
SECOND_LIST = {"297": HALF, "398": TWICE, "698": BACK, "167": OPEN, "638": OPEN}
HEAD = "Laskunumero;Viitenumero;Sopimusnumero;Asiakas;Laskutettu;Maksettu;Maksupäivä;Tila;Palautuksen syy"


def _invoice(budget, story, staff, accountant):
    """Make the file on a day of February, and read the ledger's list in March."""
    with on(dt.date(budget.year, 2, 3)):
        _make(budget.bill(by=accountant).files)
    with on(dt.date(budget.year, 3, 24)) as day:
        _read(budget, story, accountant, day)


def _read(budget, story, accountant, day):
    """Read the ledger's list of a day: what each invoice came to, and one that nobody knows."""
    rows = [HEAD]
    invoices = budget.invoices.filter(is_internal=False).select_related("assessment__municipality")
    for invoice in invoices:
        place = invoice.assessment.municipality
        share, times, status, reason = story.get(place.code, PAID)
        paid = (invoice.gross * share).quantize(Decimal("0.01"))
        on_day = f"{invoice.due_on - 2 * DAY:%d.%m.%Y}" if paid else ""
        cells = [invoice.number, invoice.reference, invoice.agreement, place.name_fi, invoice.gross, paid]
        rows += [";".join([*(str(cell) for cell in cells), on_day, status, reason])] * times
    rows.append(f"{budget.year}90817;;;Kirjakauppa Esimerkki;84.00;84.00;{day:%d.%m.%Y};Maksettu;")
    content = "\r\n".join(rows).replace(".00;", ",00;").encode("utf-8-sig")
    name = f"reskontra-{day:%Y-%m-%d}.csv"
    budget.read_list(read_return(content, name), by=accountant, name=name, file=ContentFile(content))


def _recount(budget, accountant):
    """A population figure was wrong: the fee is credited whole and written anew, and both go to the ledger."""
    wrong = budget.assessments.select_related("municipality").get(municipality__code=RECOUNTED)
    figure = Population.objects.create(
        municipality=wrong.municipality,
        on=clock.last_day(budget.year - 2),
        count=wrong.residents + 412,
        source=wrong.residents_source,
    )
    with on(dt.date(budget.year, 4, 14)):
        reason = "Asukasluku oli väärältä vuodelta."
        wrong.correct(by=accountant, reason=reason, population=figure, months=wrong.months)
        _make(budget.papers)  # and the letter leaves with it
    with on(dt.date(budget.year, 4, 16)):
        _make(budget.bill(by=accountant).files)
