"""What everyone finds of the annual fee, and an auditor's way from an invoice back to the decision."""

import csv
import datetime as dt
import io
from decimal import ROUND_DOWN, Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation

from consortium.models import Post
from members.ledger_return import read_return
from members.models import Municipality, Population
from tests.factories import UserFactory, decided_budget, tariff_terms
from tests.stories.people import Person

TOLD = {
    "fi": {
        "front": "/",
        "fees": "/fees/",
        "year": "/fees/2028/",
        "words": "vuosimaksu 2028",
        "found": "Talousarvio ja maksut 2028",
        "undecided": "Vuoden 2028 maksusta ei ole vielä päätetty.",
        "decision": ("Päätös", "Kulttuurin ja vapaa-ajan lautakunta § 112"),
        "limits": ("Rajat", "Suurin maksu on 614,23 €, 6 885,77 € rajan alapuolella."),
        "money": ("Raha", "75 000,00 €"),
        "table": "Maksut 2028",
        "fee": ("Vuosimaksu", "69 015 asukasta × 0,0089 € = 614,23 €"),
        "every": "Talousarvio ja kaikkien maksut 2028",
        "news": "Ajankohtaista",
    },
    "sv": {
        "front": "/sv/",
        "fees": "/sv/fees/",
        "year": "/sv/fees/2028/",
        "words": "årsavgift 2028",
        "found": "Budget och avgifter 2028",
        "undecided": "Avgiften för 2028 har inte fastställts ännu.",
        "decision": ("Beslut", "Kultur- och fritidsnämnden § 112"),
        "limits": ("Gränser", "Den största avgiften är 614,23 €, 6 885,77 € under gränsen."),
        "money": ("Pengar", "75 000,00 €"),
        "table": "Avgifter 2028",
        "fee": ("Årsavgift", "69 015 invånare × 0,0089 € = 614,23 €"),
        "every": "Budget och allas avgifter 2028",
        "news": "Aktuellt",
    },
}


@pytest.fixture
def members(municipalities, today_is):
    """Vaasa and Rautalampi belong; the fee of 2028 is not decided yet."""
    today_is("2027-08-17")
    municipalities("905", "686")
    for code, residents in (("905", 69015), ("686", 2964)):
        place = Municipality.objects.get(code=code)
        Municipality.objects.filter(pk=place.pk).update(
            business_id="0201256-6",
            einvoice_address="003702012566",
            einvoice_operator="BASW",
            buyer_reference=f"LIB-{code}",
        )
        Population.objects.filter(municipality=place).delete()
        Population.objects.create(
            municipality=place, on=dt.date(2026, 12, 31), count=residents, source="Statistics Finland"
        )
        place.join(dt.date(2027, 1, 1))


def english(name, *args):
    """Return an address of the English pages."""
    with translation.override("en"):
        return reverse(name, args=args)


def page_of(fee):
    """Return a fee's own page in English."""
    return english("members:assessment", fee.pk)


def decide(staff):
    """Let Helsinki decide the fees of 2028 on 18.8.2027: 0.0089 € a resident, at least 150 €."""
    return decided_budget(2028, by=staff, terms=tariff_terms("0.0089", "150"))


@pytest.mark.breaks(
    "members.pages.budget_facts._limits",
    "members.pages.budget_facts._money",
    "members.pages.budget_facts.says",
    "members.pages.budget_facts.fee_in_words",
    "members.pages.decisions._budgets",
    "members.pages.fee_search.years",
    "members.pages.municipality_fee.fee_part",
    "members.scheme_words.scheme_sentences",
)
def test_a48_the_fee_that_helsinki_decided_is_found_by_everyone_with_its_reckoning(
    visitor, members, staff, today_is
):
    for told in TOLD.values():
        assert visitor.opens(told["year"]).status == 404
        assert told["undecided"] in visitor.opens(told["fees"]).text
    decide(staff)
    today_is("2027-08-19")
    for told in TOLD.values():
        found = visitor.opens(f"{told['front']}search/", q=told["words"])
        page = visitor.opens(found.link(told["found"]))
        assert page.path == told["year"] and "18.8.2027" in page.says and "764,23 €" in page.says
        for heading, words in (told["decision"], told["limits"], told["money"]):
            assert words in page.part(heading)
        rows = page.rows(told["table"])
        assert [(row[1], row[4]) for row in rows] == [("2 964", "150,00 €"), ("69 015", "614,23 €")]
        assert told["undecided"] not in visitor.opens(told["fees"]).text

        its_own = visitor.opens(f"{told['front']}municipality/905/")
        heading, words = told["fee"]
        assert words in its_own.part(heading) and its_own.link(told["every"]) == told["year"]
        assert told["found"].split()[-1] in visitor.opens(told["front"]).part(told["news"])


@pytest.mark.breaks(
    "members.views.fees_public.columns",
    "members.views.fees_public.explained",
    "members.views.fees_public._foot",
)
def test_a_years_fees_are_a_table_for_everyone_whose_columns_are_explained(visitor, members, staff, today_is):
    def euros(cell):  # as Finnish spreadsheets write it
        assert "," in cell
        return Decimal(cell.replace(",", "."))

    budget = decide(staff)
    today_is("2027-08-19")
    page = visitor.opens("/en/fees/2028/")
    content = visitor.opens("/en/fees/2028/", format="csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert [row["Municipality"] for row in rows] == ["Rautalampi", "Vaasa"]
    for row in rows:
        exact = (Decimal(row["Residents"]) * Decimal("0.0089")).quantize(Decimal("0.01"), ROUND_DOWN)
        assert euros(row["By the scheme, €"]) == exact
        assert euros(row["Fee"]) == max(exact, Decimal(150)) and row["Months"] == "12"
        assert row["Residents on"] == "2026-12-31" and row["Source"] == "Statistics Finland"
    assert sum(euros(row["Fee"]) for row in rows) == budget.assessed == Decimal("764.23")
    explained = page.part("Columns of the table")
    for column in rows[0]:
        assert column in explained
    assert "2 members 764,23 €" in page.part("Every member's fee")


@pytest.fixture
def auditor(client_of):
    """Somebody whose only duty is to audit."""
    user = UserFactory(name="Aada Tilintarkastaja", language="en")
    Post.give(user, "auditor", by=UserFactory(is_staff=True))
    return Person(client_of(user))


def paid_in_part(budget, fee, staff):
    """Read a list of the ledger in which the fee is paid but for 14.23 €."""
    content = (
        "Laskunumero;Viitenumero;Laskutettu;Maksettu;Maksupäivä;Tila\n"
        f"{fee.invoice.number};{fee.invoice.reference};{fee.amount};600,00;20.3.2028;\n"
    ).encode()
    budget.read_list(read_return(content), by=staff, name="lista-3.csv", file=ContentFile(content))


@pytest.mark.breaks(
    "members.pages.fee_search.invoices",
    "members.pages.fee_audit._reckoning",
    "members.pages.fee_audit._decision",
    "members.pages.fee_audit._membership",
    "members.pages.fee_aftermath.invoices",
    "members.pages.fee_aftermath.payments",
    "members.pages.fee_aftermath.events",
    "members.views.fee_audit.assessment",
)
def test_the_auditor_goes_from_an_invoice_to_the_decision(auditor, members, staff, today_is):
    budget = decide(staff)
    today_is("2028-03-01")
    budget.bill(by=staff)
    fee = budget.assessments.get(municipality__code="905")
    today_is("2028-03-21")
    paid_in_part(budget, fee, staff)

    duties = auditor.opens(english("duties"))
    page = auditor.opens(duties.form("Find").get("action"), q=fee.invoice.number, go=1)
    assert page.path == page_of(fee)
    assert "614,23 €" in page.says and "Vaasa" in page.text
    reckoned = page.part("Reckoning")
    assert "Residents on 31.12.2026, Statistics Finland 69 015" in reckoned
    assert (Decimal(69015) * Decimal("0.0089")).quantize(Decimal("0.01"), ROUND_DOWN) == Decimal("614.23")
    for words in (
        "69 015 residents × 0,0089 € = 614,23 €",
        "12 of 12",
        "Smallest fee 150,00 €",
        "7 500,00 €",
    ):
        assert words in reckoned
    assert "from 1.1.2027" in page.part("Membership")
    decided = page.part("Decision")
    for words in ("§ 112, 18.8.2027, HEL 2026-004117", "alternative A", "7.6.2027", staff.get_full_name()):
        assert words in decided
    invoice = page.part("Invoice")
    for words in (
        fee.invoice.number,
        fee.invoice.reference,
        "614,23 €",
        "LIB-905",
        "003702012566",
        "Finvoice",
    ):
        assert words in invoice
    payments = page.part("Payments")
    for words in ("part-paid", "600,00 €", "14,23 €", "Line 2 of lista-3.csv", "paid on 20.3.2028"):
        assert words in payments
    events = page.part("Events")
    assert "Helsinki's decision recorded" in events and staff.get_full_name() in events
    assert auditor.opens(english("search"), q="Vaasa").link("Vaasa, annual fee 2028")


@pytest.mark.breaks("members.pages.fee_audit._chain", "members.pages.fee_audit.says")
def test_a_corrected_fee_shows_its_chain_and_the_first_invoice_leads_to_the_new_fee(
    auditor, members, staff, today_is
):
    budget = decide(staff)
    today_is("2028-03-01")
    budget.bill(by=staff)
    fee = budget.assessments.get(municipality__code="905")
    today_is("2028-03-05")
    fee.correct(by=staff, reason="It left on 30.6.2028.", population=fee.population, months=6)
    budget.bill(by=staff)
    page = auditor.opens(page_of(fee))
    assert "It was credited on 5.3.2028; in its place stands 307,11 €." in page.says
    chain = page.part("Corrections")
    for words in ("Fee 614,23 €", "Credit \u2212614,23 €", "New fee 307,11 €", "It left on 30.6.2028."):
        assert words in chain
    assert staff.get_full_name() in chain
    after = auditor.opens(page.link("New fee"))
    assert "6 of 12 months: 307,11 €" in after.part("Reckoning")
    invoices = after.part("Invoice")
    assert "3 invoices" in invoices and "Credit note 202800003" in invoices
    assert "Credited by 202800003" in invoices


@pytest.mark.breaks("members.pages.fee_audit.Trail.who")
def test_the_municipality_reads_its_own_fee_without_the_names_of_others_and_nobody_elses(
    person, members, staff, today_is
):
    budget = decide(staff)
    own = budget.assessments.get(municipality__code="905")
    other = budget.assessments.get(municipality__code="686")
    director = person("905")
    page = director.opens(page_of(own))
    assert "69 015 residents" in page.part("Reckoning") and "The service centre" in page.part("Events")
    assert staff.get_full_name() not in page.text
    assert director.opens(page_of(other)).status == 404
    assert director.opens(english("search"), q="Vaasa").offers("Vaasa, annual fee 2028")
    assert not director.opens(english("search"), q="Rautalampi").offers("Rautalampi, annual fee")
