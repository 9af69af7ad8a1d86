"""Pages of invoicing: what is typed and what is uploaded, costs that do not grow, open items by age, dated settings."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from consortium import clock
from consortium.models import AuditEvent, Post
from members.ledger_return import read_return
from members.models import BillingTerms, FeeLimits, Invoice, LedgerReturn
from members.reports import reconcile
from members.year_end import Age, by_age, open_items, year_end
from tests.factories import BudgetFactory, UserFactory, decided_budget, payer, tariff_terms
from tests.stories.people import Page, Person, file_called

pytestmark = pytest.mark.django_db
INVOICES = "/en/fees/2028/invoices/"
LISTS = "/en/fees/2028/lists/"
HEAD = "Laskunumero;Laskutettu;Maksettu;Maksupäivä;Tila"


@pytest.fixture
def accountant(client_of, staff, today_is):
    """The city's accountant, in March 2028."""
    today_is("2028-03-06")
    user = UserFactory(email="kirsi@hel.example", language="en")
    Post.give(user, "accountant", by=staff, since=dt.date(2028, 1, 1))
    return Person(client_of(user))


@pytest.fixture
def billed(accountant, staff):
    """The year 2028 with three members, billed."""
    for code, residents in (("009", 1000), ("686", 10000), ("981", 20000)):
        payer(code, residents=residents)
    budget = decided_budget(2028)
    budget.bill(by=staff)
    return budget


def reads(budget, *lines, by):
    """Read a list of the ledger."""
    content = "\n".join([HEAD, *lines]).encode()
    return budget.read_list(
        read_return(content), by=by, name="lista.csv", file=file_called("lista.csv", content)
    )


# --- What is uploaded and typed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 not a list", "is neither CSV nor an .xlsx spreadsheet"),
        (b"PK\x03\x04 broken", "The spreadsheet is broken or locked."),
        (b"Nimi;Osoite\nAlavieska;Kirkkotie 1\n", "No column holds invoice numbers"),
        (f"{HEAD}\n".encode(), "The list has its column names but not one line."),
    ],
    ids=["empty", "pdf", "broken", "columns", "no lines"],
)
def test_a_file_that_is_no_list_is_refused_beside_the_field(accountant, billed, content, says):
    page = accountant.presses(
        accountant.opens(LISTS), "Read the list", file=file_called("lista.csv", content)
    )
    assert says in page.wrong_with("file")
    assert not LedgerReturn.objects.exists()


def test_lines_that_cannot_be_read_are_named_and_the_others_kept(accountant, billed):
    number = Invoice.objects.earliest("pk").number
    content = f"{HEAD}\n{number};100,00;100,00;1.4.2028;maksettu\nx;viisi euroa;;;avoin\n{number};1,200;;32.1.2028;\n"
    file = file_called("lista.csv", content.encode())
    page = accountant.presses(accountant.opens(LISTS), "Read the list", file=file)
    assert page.says == "1 line belongs to an invoice. 3 values could not be read."
    assert [row[:2] for row in page.rows("Lines of the file")] == [
        ["Line 3", "Laskutettu"],
        ["Line 4", "Laskutettu"],
        ["Line 4", "Maksupäivä"],
    ]
    assert "can be read in two ways" in page.rows("Lines of the file")[1][2]
    raw = accountant.opens(page.link("The file as it came"))
    assert raw.content == content.encode()


def test_a_list_needs_invoices_to_be_held_against(accountant):
    payer("009")
    decided_budget(2028)
    assert "Make the file for the ledger first." in accountant.opens(LISTS).text
    answer = accountant.browser.post(
        LISTS, {"file": file_called("l.csv", f"{HEAD}\n1;1,00;;;avoin".encode())}
    )
    assert "This can no longer be done" in Page(answer).text
    assert not LedgerReturn.objects.exists()


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        *(("7.500,00", 7500), ("7 500,00 €", 7500), ("8000", 8000)),
        *((wrong, None) for wrong in ("75OO", "1e9", "7,500", "-5", "0", "80000")),
    ],
)
def test_limits_are_typed_as_people_write_sums(accountant, typed, held):
    decision = {"body_fi": "Valtuusto", "body_sv": "Fullmäktige", "decided_on": "1.2.2028"}
    decision |= {
        "section": "§ 3",
        "case_number": "HEL 2028-1",
        "valid_from": "1.1.2029",
        "per_year": "75 000,00 €",
    }
    page = accountant.opens(accountant.opens("/en/fees/limits/").link("Record a new decision"))
    page = accountant.presses(page, "Record the limits", per_municipality=typed, **decision)
    if held is None:
        assert page.wrong_with("per_municipality")
        assert page.typed("per_municipality") == typed
        assert page.typed("section") == "§ 3"
        assert not FeeLimits.objects.exists()
    else:
        row = FeeLimits.objects.get()
        assert (row.per_municipality, row.per_year) == (held, 75000)
        assert "Recorded: in force from 1.1.2029." in page.text
        assert AuditEvent.objects.about(row).get().verb == "begin"


def test_limits_cannot_rest_on_a_decision_still_to_come(accountant):
    decision = {
        "body_fi": "V",
        "body_sv": "F",
        "decided_on": "1.2.2029",
        "section": "§ 3",
        "case_number": "HEL 1",
    }
    sums = {"valid_from": "1.1.2029", "per_municipality": "7500", "per_year": "75000"}
    page = accountant.presses(
        accountant.opens("/en/fees/limits/new/"), "Record the limits", **decision, **sums
    )
    assert "That day is still to come." in page.wrong_with("decided_on")


def test_settings_of_invoicing_begin_with_the_newest_and_a_change_is_a_new_row(accountant, billed):
    old = BillingTerms.objects.get()
    page = accountant.opens(accountant.opens("/en/fees/invoicing/").link("New settings from a day on"))
    assert page.typed("account") == "3590"
    columns = page.typed("columns").strip().splitlines()
    assert columns[:2] == ["Municipality code", "Customer"]
    page = accountant.presses(
        page,
        "Record the settings",
        valid_from="1.1.2029",
        vat_category="S",
        vat_rate="25,5 %",
        vat_reason_fi="",
        vat_reason_sv="",
        vat_decision="Verohallinto 2.2.2028, 77/2028",
        seller_iban="fi21 1234 5600 0007 85",
        columns="Määrä, €\nKunden\nE-invoice address".replace("Kunden", "Kund"),
    )
    assert "Recorded: in force from 1.1.2029." in page.text
    new = BillingTerms.objects.exclude(pk=old.pk).get()
    assert (new.vat_rate, new.seller_iban) == (Decimal("25.5"), "FI2112345600000785")
    assert new.columns == ["amount", "customer", "einvoice_address"]
    assert "VAT is added, 25,5 %" in page.part("From 1.1.2029")
    assert "in force" in page.part("From 1.1.2014")
    billed.refresh_from_db()
    assert billed.billing == old  # a year keeps the settings it was decided with


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("seller_iban", "FI21 1234 5600 0007 86", "This is not an IBAN"),
        ("seller_bic", "NDEA", "This is not a BIC"),
        ("seller_business_id", "0201256-7", "This is not a business ID"),
        ("seller_einvoice_address", "003712345678", "This is not an e-invoice address"),
        ("columns", "Asiakas\nHinta", "“Hinta” is not a column."),
        ("columns", "Asiakas\nCustomer", "stands there twice"),
        ("vat_rate", "kymmenen", "is not a part in per cent"),
        ("vat_rate", "25,5", "the rate is 0"),
        ("vat_reason_sv", "", "Say in Swedish why there is no VAT."),
        ("payment_days", "0", "Give 1 to 180 days."),
        ("seller_street", "Pohjoisesplanadi 11", ""),
        ("valid_from", "1.1.2014", "already exists"),
    ],
)
def test_each_setting_is_checked_beside_its_field_and_nothing_typed_is_lost(
    accountant, billed, field, typed, says
):
    page = accountant.opens("/en/fees/invoicing/new/")
    page = accountant.presses(page, "Record the settings", **{"valid_from": "1.1.2029", field: typed})
    wrong = "seller_postcode" if field == "seller_street" else field
    assert says in page.wrong_with(wrong)
    assert page.wrong_with(wrong)
    assert (
        page.typed(field).strip() == typed.replace("\n", "\r\n") or page.typed(field).split() == typed.split()
    )
    assert BillingTerms.objects.count() == 1


# --- What is open on a day ---------------------------------------------------------------------------------------


def test_open_items_are_aged_as_of_a_day_and_a_credit_is_taken_off(billed, staff, today_is):
    """100 € due 27.3.2028 and unpaid, 210 € part-paid on 30.3., 420 € credited; all made on 6.3.2028."""
    a, b, c = Invoice.objects.order_by("gross")  # the names, and so the numbers, come in any order
    reads(billed, f"{b.number};210,00;60,00;30.3.2028;avoin", f"{a.number};{a.gross};;;avoin", by=staff)
    c.assessment.credit(by=staff, reason="Väärä.")
    billed.bill(by=staff)

    def sums(*day):
        return {age: total for age, _n, total in by_age(open_items(dt.date(*day))) if total}

    assert sums(2028, 3, 27) == {Age.NOT_DUE: 310}
    assert sums(2028, 3, 28) == {Age.MONTH: 310}  # a day late
    assert sums(2028, 3, 30) == {Age.MONTH: 250}
    assert sums(2028, 4, 26) == {Age.MONTH: 250}  # 30 days
    assert sums(2028, 4, 27) == {Age.TWO: 250}
    assert sums(2028, 5, 27) == {Age.THREE: 250}
    assert sums(2028, 6, 26) == {Age.MORE: 250}
    assert sums(2028, 3, 5) == {}
    reads(billed, f"{c.number};420,00;420,00;1.4.2028;maksettu", by=staff)
    assert sums(2028, 4, 2)[Age.BACK] == -420  # paid although credited: to be paid back
    year = year_end(billed, dt.date(2028, 12, 31))
    assert (year.decided, year.invoiced, year.surplus) == (310, 310, 310 - 75000)


def test_the_page_of_open_items_and_its_spreadsheet_hold_the_same(accountant, billed):
    page = accountant.opens("/en/fees/2028/open/", on="31.12.2028")
    assert page.says == "3 claims are open, 730,00 € with VAT, by what the ledger's lists say."
    assert "Over 90 days late (3) 730,00 € " in page.part("By age")
    assert "Shortfall 74 270,00 €" in page.part("The year 2028")
    assert page.part("Memberships") == "Memberships 0 memberships began. 0 memberships ended."
    rows = page.rows("Open on 31.12.2028")
    file = accountant.opens(f"/en/fees/2028/open/{page.link('Excel')}")
    table = list(load_workbook(io.BytesIO(file.content)).active.values)
    assert len(table) == 1 + len(rows) == 4
    assert sum(Decimal(str(row[-1])) for row in table[1:]) == 730
    assert "Write the date" in accountant.opens("/en/fees/2028/open/", on="kesällä").text


def test_every_cent_of_a_difference_is_told(billed, staff):
    a, b, c = Invoice.objects.order_by("gross")
    lines = [f"{a.number};100,05;;;avoin", f"{b.number};210,00;;;palautettu", "77;12,34;;;avoin"]
    reads(billed, *lines, by=staff)
    stand = reconcile(billed)
    assert sum(part.amount for part in stand.parts) == stand.difference == Decimal("-617.61")
    assert [(part.count, part.amount) for part in stand.parts] == [
        (1, -420), (1, -210), (1, Decimal("0.05")), (1, Decimal("12.34")),
    ]  # fmt: skip
    assert stand.claimed == 730
    later = f"{a.number};100,00;;;avoin", f"{b.number};210,00;;;avoin", f"{c.number};420,00;;;avoin"
    reads(billed, *later, by=staff)  # names all that the first named: its unknown line has gone with it
    assert (reconcile(billed).difference, reconcile(billed).doubts) == (0, [])


# --- What pages cost, and who sees nothing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["invoice_list", "reconciliation", "open_items", "ledger_return", "ledger_list_page"]
)
def test_pages_cost_the_same_for_3_and_for_30_members(
    name, accountant, staff, django_assert_max_num_queries, django_assert_num_queries
):
    counted = []
    for year, residents in ((2028, range(3)), (2029, range(27))):
        for n in residents:
            payer(residents=5000 + 100 * n, **({"buyer_reference": ""} if n % 3 == 2 else {}))
        budget = decided_budget(year)
        budget.bill(by=staff)
        first, *others = budget.invoices.order_by("pk")
        lines = [f"{i.number};{i.gross};;;{'palautettu' if i.pk % 2 else 'avoin'}" for i in others]
        returned = reads(budget, *lines, "1;5,00;;;avoin", by=staff)
        first.assessment.credit(by=staff, reason="Väärä.")
        args = [returned.pk] if name == "ledger_list_page" else [year]
        address = reverse(f"members:{name}", args=args)
        accountant.browser.get(address)
        with django_assert_max_num_queries(40) as found:
            assert accountant.browser.get(address).status_code == 200
        counted.append(len(found))
    assert counted[0] == counted[1], counted


def test_the_year_that_is_not_frozen_says_what_comes_first(accountant, staff):
    payer("009")
    budget = BudgetFactory(year=2030)
    assert accountant.opens("/en/fees/2030/invoices/").status == 404  # drafts are not the accountant's
    budget.propose(
        by=staff, alternative=budget.save_alternative(tariff_terms(), by=staff), proposed_on=clock.today()
    )
    assert accountant.opens("/en/fees/2030/invoices/").says == (
        "The fee for 2030 is not frozen yet; decide it first."
    )
    assert accountant.opens("/en/fees/2030/reconciliation/").path == "/en/fees/2030/invoices/"
    answer = accountant.browser.post("/en/fees/2030/invoices/make/", {})
    assert answer.status_code == 200
    assert not Invoice.objects.exists()


def test_pressing_twice_makes_one_file(accountant, staff):
    payer("009")
    budget = decided_budget(2028)
    page = accountant.opens(INVOICES)
    first = accountant.presses(page, "Make the file")
    again = accountant.presses(page, "Make the file")
    assert first.path == again.path
    assert budget.batches.count() == 1
    assert AuditEvent.objects.about(budget).filter(verb="bill").count() == 1


def test_a_municipality_is_asked_once_a_day(accountant, billed, today_is):
    place = payer("418", buyer_reference="", registry_email="")
    billed.refresh_from_db()
    billed.assess(place.memberships.get(), by=UserFactory(is_staff=True))
    page = accountant.presses(accountant.opens(INVOICES), "Ask")
    assert "has nobody to ask: add the registry's address first." in page.text
    type(place).objects.filter(pk=place.pk).update(registry_email="kirjaamo@418.example")
    other = accountant.opens(INVOICES)
    page = accountant.presses(accountant.opens(INVOICES), "Ask")
    assert "1 municipality was asked" in page.text
    assert "has been asked today already. Nothing was sent." in accountant.presses(other, "Ask").text
    assert AuditEvent.objects.about(place).filter(verb="ask_invoicing").count() == 1
    today_is("2028-03-20")
    assert accountant.opens(INVOICES).offers("Ask")
    assert "1 municipality has not told what its invoice lacks, 2028" in accountant.opens("/en/duties/").text
