"""Faults found by attacking the fees: covered years, hostile lists and texts, steps of a year that is not decided."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from openpyxl import Workbook, load_workbook

from consortium import clock
from consortium.models import Post
from members import tables
from members.ledger_return import read_return
from members.models import LedgerEntry, LedgerFormat, LedgerReturn, Municipality
from members.models.merging import mergers
from tests.factories import (
    BudgetFactory,
    MunicipalityFactory,
    UserFactory,
    decided_budget,
    payer,
    tariff_terms,
)
from tests.stories.people import Page, Person, file_called

pytestmark = pytest.mark.django_db
LISTS = "/en/fees/2028/lists/"
HEAD = "Laskunumero;Laskutettu;Maksettu;Tila;Asiakas"


@pytest.fixture
def accountant(client_of, staff, today_is):
    """The city's accountant, in March 2028."""
    today_is("2028-03-06")
    user = UserFactory(email="kirsi@hel.example", language="en")
    Post.give(user, "accountant", by=staff, since=dt.date(2028, 1, 1))
    return Person(client_of(user))


@pytest.fixture
def billed(accountant, staff):
    """The year 2028 with two members, billed."""
    payer("009", residents=1000)
    payer("686", residents=10000)
    budget = decided_budget(2028)
    budget.bill(by=staff)
    return budget


def reads(budget, *lines, by, head=HEAD):
    """Read a list of the ledger."""
    content = "\n".join([head, *lines]).encode()
    return budget.read_list(read_return(content), by=by, name="lista.csv", file=ContentFile(content))


# --- Project money covers the whole year -------------------------------------------------------------------------

KINDS = {
    "tariff": {},
    "bands": {"bands": [[None, "200.00"]]},
    "equal": {},
    "population": {},
    "mixed": {"equal_part": Decimal("0.5")},
}


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_year_that_project_money_covers_joiners_and_corrections_are_0_too(staff, kind):
    payer("009")
    budget = decided_budget(
        total=Decimal(1000),
        project_funding=Decimal(1000),
        project_decision="OKM/1/520/2027",
        terms=tariff_terms(kind=kind, **KINDS[kind]),
    )
    [fee] = budget.assessments.all()
    assert (fee.amount, fee.ground) == (0, "covered")
    payer("686", since=dt.date(2028, 5, 1))
    with clock.moved_to(dt.date(2028, 5, 2)):
        [membership] = budget.unassessed()
        joined = budget.assess(membership, by=staff)
        put_right = fee.correct(
            by=staff, reason="The figure was wrong.", population=fee.population, months=12
        )
    assert [(row.amount, row.ground) for row in (joined, put_right)] == [(0, "covered")] * 2


# --- Lists of the ledger -----------------------------------------------------------------------------------------


def test_a_line_with_endless_texts_is_kept_as_far_as_there_is_room(accountant, billed):
    number, endless = billed.invoices.earliest("pk").number, "x" * 5000
    lines = [f"{number};100,00;0,00;{endless};{endless}", f"{endless};1,00;1,00;maksettu;Kunta"]
    content = "\n".join([HEAD, *lines]).encode()
    page = accountant.presses(
        accountant.opens(LISTS), "Read the list", file=file_called("lista.csv", content)
    )
    assert page.says == "1 line belongs to an invoice. 1 line belongs to none."
    known, unknown = LedgerEntry.objects.order_by("line")
    assert (known.from_invoice.number, known.customer) == (number, "x" * 300)
    assert unknown.invoice == "x" * 200
    assert LedgerReturn.objects.get().file.read() == content


def test_a_list_may_have_the_longest_of_names(accountant, billed):
    name = f"{'ä' * 140}.csv"  # 284 bytes, of which a disk takes 255
    content = f"{HEAD}\n{billed.invoices.earliest('pk').number};100,00;100,00;maksettu;Kunta".encode()
    page = accountant.presses(accountant.opens(LISTS), "Read the list", file=file_called(name, content))
    assert page.says == "1 line belongs to an invoice."
    assert LedgerReturn.objects.get().name == name


def test_signs_that_no_spreadsheet_holds_do_not_stop_the_list_as_a_spreadsheet(accountant, billed, staff):
    found = reads(billed, "9;1,00;1,00;maksettu;Ku\ufffenta\x0b", by=staff)
    answer = accountant.browser.get(f"/en/fees/lists/{found.pk}/", {"format": "xlsx"})
    cells = [cell for row in load_workbook(io.BytesIO(answer.content)).active.values for cell in row]
    assert "Kunta" in cells


def test_a_sheet_with_a_cell_in_the_last_column_takes_no_memory_for_those_before(monkeypatch):
    widths = []
    monkeypatch.setattr(tables, "_limited", lambda rows: widths.extend(len(row) for _n, row in rows))
    book, stream = Workbook(), io.BytesIO()
    book.active.cell(1, 1, "Laskunumero")
    book.active.cell(2, 16384, "x")
    book.save(stream)
    tables.ways_to_read(stream.getvalue(), "lista.xlsx")
    assert widths and max(widths) <= tables.MOST_COLUMNS


def test_a_list_of_another_ledger_does_not_swell_the_reconciliation(accountant, billed, staff):
    reads(billed, *(f"{n};1,00;1,00;maksettu;Kunta" for n in range(1, 302)), by=staff)
    page = accountant.opens("/en/fees/2028/reconciliation/")
    assert "301 lines" in page.part("Unknown lines")
    assert "201 more are not listed." in page.part("Unknown lines")
    assert page.part("Unknown lines").count("of lista.csv") == 100


# --- Sending again -----------------------------------------------------------------------------------------------


def test_only_what_came_back_is_sent_again_whatever_a_form_shows(billed, staff):
    first, second = billed.invoices.order_by("pk")
    reads(
        billed,
        f"{first.number};100,00;100,00;maksettu;Kunta",
        f"{second.number};210,00;0,00;palautettu;Kunta",
        by=staff,
    )
    for wanted in ([first], [first, second]):
        with pytest.raises(ValidationError) as refused:
            billed.bill_again(wanted, by=staff)
        assert refused.value.code == "not_returned"
    second.assessment.credit(by=staff, reason="Not a member.")
    billed.bill(by=staff)
    with pytest.raises(ValidationError) as refused:
        billed.bill_again([second], by=staff)
    assert refused.value.code == "not_returned"


def test_a_buyers_reference_that_xml_cannot_hold_does_not_stop_the_others(staff):
    payer("009")
    payer("686", buyer_reference="OV\ufffe\x0177")
    budget = decided_budget(2028)
    budget.bill(by=staff)
    file = budget.batches.get().files.exclude(format__in=[LedgerFormat.CSV, LedgerFormat.XLSX]).get()
    _name, content = file.produce()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        bills = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    assert len(bills) == 2
    assert "OV 77" in "".join(bills)


# --- A year that has not been decided ----------------------------------------------------------------------------


def test_joiners_and_mergers_of_a_draft_lead_back_to_the_year(client_of, staff, today_is):
    today_is("2027-06-07")
    place = payer("009")
    gone = MunicipalityFactory(name_fi="Ulkokunta")
    Municipality.objects.filter(pk=gone.pk).update(ended_on=dt.date(2028, 1, 1), successor=place)
    budget = BudgetFactory(year=2028)
    assert mergers(budget) == []
    browser = client_of(staff)
    for address in ("/en/fees/2028/joiners/", "/en/fees/2028/mergers/009/"):
        for answer in (browser.get(address), browser.post(address)):
            assert (answer.status_code, answer.url) == (302, "/en/fees/2028/")
    page = Page(browser.get("/en/fees/2028/joiners/", follow=True))
    assert page.path == "/en/fees/2028/"
