"""A 21: a municipality's own fee on one page, with earlier years, and as a PDF that is forwarded."""

import datetime as dt
from decimal import Decimal

import outloud
import pymupdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium import clock
from members.models import Assessment, Municipality
from tests.factories import HELSINKI, PopulationFactory, decided_budget
from tests.stories.test_fee_decision import august, decided, members

__all__ = ["august", "decided", "members"]  # fixtures, used by their names


def text_of(content):
    """Return the words of a PDF, every space a plain one."""
    with pymupdf.open(stream=content, filetype="pdf") as document:
        return " ".join(" ".join(page.get_text() for page in document).split())


@pytest.fixture
def paid_2027(members, staff, today_is, run_worker):
    """The fees of 2027 have been invoiced; Rautalampi's was wrong and has been credited."""
    Municipality.objects.update(
        business_id="0201256-6",
        einvoice_address="003702012566",
        einvoice_operator="BASW",
        buyer_reference="LIB-1",
    )
    budget = decided_budget(2027, total=Decimal(2000))
    with clock.moved_to(dt.date(2027, 2, 15)):
        budget.bill(by=staff)
        wrong = Assessment.objects.get(municipality__code="686")
        population = PopulationFactory(municipality=wrong.municipality, on=dt.date(2023, 12, 31), count=9000)
        wrong.correct(by=staff, reason="Wrong population.", population=population, months=12)
    return budget


@pytest.mark.breaks("members.pages.our_fees.years", "members.pages.our_fees.says")
def test_a21_our_fee_on_one_page_with_earlier_years(paid_2027, decided, person, run_worker):
    run_worker()
    page = person("686").opens("/en/municipalities/686/fees/")
    assert page.says == "The annual fee of Rautalampi for 2028 is 189,00 €."
    now, before = page.part("2028"), page.part("2027")
    assert "9 000 residents × 0,021 € = 189,00 €." in now
    assert "Residents 9 000, 31.12.2023, Statistics Finland" in now
    assert "Months of membership 12 of 12" in now
    assert "18.8.2027, HEL 2026-004117" in now
    assert "Not invoiced yet." in now
    assert "Fee 100,00 € was taken back as a whole on 15.2.2027. Reason: Wrong population." in before
    assert "palvelukeskus" in page.part("Ask")
    alavieska = person("009").opens("/en/municipalities/009/fees/").part("2027")
    assert "Invoice 202700001, dated 15.2.2027, due on 8.3.2027, 100,00 €" in alavieska
    assert "Payment The ledger has not told of a payment yet." in alavieska


@pytest.mark.breaks("members.fee_paper.statement", "members.views.our_fees.fee_statement")
def test_a21_the_page_is_forwarded_as_a_pdf_that_can_be_read_aloud(decided, person, run_worker, tmp_path):
    run_worker()
    director = person("905")
    page = director.opens("/en/municipalities/905/fees/")
    assert page.link("Download the fee for 2028 as PDF") == "/en/municipalities/905/fees/2028/fi.pdf"
    told = {}
    for language in ("fi", "sv"):
        content = director.opens(f"/en/municipalities/905/fees/2028/{language}.pdf").content
        told[language] = text_of(content)
        file = tmp_path / f"{language}.pdf"
        file.write_bytes(content)
        result = outloud.check(str(file))
        assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)
        with pymupdf.open(stream=content, filetype="pdf") as document:
            assert (document.language, len(document)) == (language, 1)
            assert (
                document.metadata["title"]
                == {"fi": "Vuosimaksu 2028: Vaasa", "sv": "Årsavgift 2028: Vasa"}[language]
            )
    assert "67 988 asukasta × 0,021 € = 1 427,74 €" in told["fi"]
    assert "67 988 invånare × 0,021 € = 1 427,74 €" in told["sv"]
    for said in told.values():
        for fact in ("31.12.2022", "7 500,00 €", "75 000,00 €", "18.8.2027", "§ 112", "HEL 2026-004117", "@"):
            assert fact in said
    assert HELSINKI["body_fi"] in told["fi"]
    assert HELSINKI["body_sv"] in told["sv"]


@pytest.mark.breaks(
    "members.views.our_fees._municipality", "members.models.fee_paper.FeePaperQuerySet.visible_to"
)
def test_a21_a_neighbour_reads_neither_the_page_nor_the_statement(decided, person, visitor, run_worker):
    run_worker()
    own, neighbour = person("905"), person("686")
    for address in ("/en/municipalities/905/fees/", "/en/municipalities/905/fees/2028/fi.pdf"):
        assert own.opens(address).status == 200
        assert neighbour.opens(address).status == 404
        assert visitor.opens(address).path != address
    assert own.opens("/en/municipalities/905/fees/2029/fi.pdf").status == 404
    assert neighbour.opens("/en/municipalities/686/fees/2028/sv.pdf").status == 404  # Finnish alone


def test_our_fees_cost_the_same_for_any_number_of_years(decided, person, staff, run_worker):
    Municipality.objects.update(
        einvoice_address="003702012566", einvoice_operator="BASW", business_id="0201256-6"
    )
    Municipality.objects.update(buyer_reference="LIB-1")
    decided.bill(by=staff)
    director = person("686")
    address = "/en/municipalities/686/fees/"
    director.opens(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        director.opens(address)
    for year in (2026, 2027):
        decided_budget(year, total=Decimal(2000)).bill(by=staff)
    with CaptureQueriesContext(connection) as three:
        page = director.opens(address)
    assert page.text.count("How it is reckoned") == 3
    assert len(one) == len(three)
