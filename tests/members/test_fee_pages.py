"""Pages of the fee: who reads what, the same work for few members and many, and what no page tells."""

import datetime as dt
import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from consortium.models import AuditEvent, Post
from members.ledger_return import read_return
from members.models import AnnualBudget, Assessment
from tests.factories import RoleFactory, UserFactory, decided_budget, payer, tariff_terms
from tests.money_world import draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is("2027-09-01")


@pytest.fixture
def auditor(client_of):
    user = UserFactory()
    Post.give(user, "auditor", by=UserFactory(is_staff=True))
    return client_of(user)


def told(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.parametrize("count", [3, 60])
def test_the_public_pages_cost_the_same_for_any_number_of_members(
    client, count, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(AnnualBudget, "ask_for_statements", lambda *args, **kwargs: None)
    for at in range(count):
        payer(residents=1000 + at)
    decided_budget()
    client.get("/fees/2028/")  # what is kept between requests
    with django_assert_max_num_queries(8):
        assert f"{count} members" in told(client.get("/fees/2028/"))
    with django_assert_max_num_queries(6):
        client.get("/fees/")
    with django_assert_max_num_queries(3):
        assert told(client.get("/fees/2028/?format=csv")).count("\n") == count + 1


@pytest.mark.parametrize("count", [3, 60])
def test_a_fees_own_page_costs_the_same_for_any_number_of_members(
    auditor, count, staff, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(AnnualBudget, "ask_for_statements", lambda *args, **kwargs: None)
    for at in range(count):
        payer(residents=1000 + at)
    budget = decided_budget(by=staff)
    budget.bill(by=staff)
    fee = Assessment.objects.first()
    lines = "".join(f"{i.number};{i.reference};100,00;100,00;\n" for i in budget.invoices.all())
    content = f"Laskunumero;Viitenumero;Laskutettu;Maksettu;Tila\n{lines}".encode()
    budget.read_list(read_return(content), by=staff, name="x.csv", file=ContentFile(content))
    address = fee.get_absolute_url()
    auditor.get(address)
    with django_assert_max_num_queries(28):
        assert "x.csv" in told(auditor.get(address))


def test_a_draft_is_nobodys_but_those_who_prepare_it(client, client_of, staff, auditor):
    payer()
    draft(2029, staff)
    director = RoleFactory().user
    for browser in (client, client_of(director), auditor):
        assert browser.get("/fees/2029/").status_code == 404
        for address in ("/fees/", "/search/?q=2029", "/search/?q=fee+2029", "/decisions/"):
            page = told(browser.get(address))
            assert not any(word in page for word in ("zqdraft", "zqcost", "zqalternative", "60\u202f000"))
    page = told(client_of(staff).get("/fees/2029/"))
    assert "zqdraft" in page and "zqcost" in page


def test_from_the_proposal_on_a_member_reads_the_budget_and_the_public_does_not(client, client_of, staff):
    payer()
    budget = draft(2029, staff)
    alternative = budget.save_alternative(tariff_terms(), by=staff)
    budget.propose(by=staff, alternative=alternative, proposed_on=dt.date(2027, 9, 1))
    assert client.get("/fees/2029/").status_code == 404
    page = told(client_of(RoleFactory().user).get("/fees/2029/"))
    assert "Helsinki decides" in page and "55\u202f000,00" in page


def read(browser, address):
    """Return a page's text with plain spaces."""
    return told(browser.get(address)).replace("\u202f", " ").replace("\xa0", " ")


def test_project_money_that_covers_everything_is_said_and_nobody_pays(client, staff):
    payer(residents=900_000)
    decided_budget(total=5000, project_funding=5400, project_decision="OKM 12/2027")
    page = read(client, "/fees/2028/")
    assert "Project money exceeds the budget by 400,00 €" in page and "OKM 12/2027" in page
    assert "The sum of the fees is 0,00 €" in page
    assert "Nobody pays anything in 2028." in read(client, "/fees/")


def test_a_fee_at_the_limit_and_a_surplus_are_said_in_words(client, staff):
    payer(residents=900_000)
    decided_budget(terms=tariff_terms("0.021", "0"), total=7000)
    page = read(client, "/fees/2028/")
    assert "The largest fee is 7 500,00 €, at the limit." in page
    assert "67 500,00 € below the limit" in page and "Surplus" in page and "500,00 €" in page


def test_a_credited_fee_leaves_the_public_sum_and_its_reason_stays_inside(client, client_of, staff):
    place, other = payer(residents=69015), payer()
    budget = decided_budget(by=staff)
    fee = budget.assessments.get(municipality=place)
    fee.credit(by=staff, reason="zqcredit")
    page = told(client.get("/fees/2028/"))
    assert place.name not in page.split("<tbody")[-1] and "zqcredit" not in page
    own = RoleFactory(municipality=place).user
    assert "zqcredit" in told(client_of(own).get(fee.get_absolute_url()))
    neighbour = client_of(RoleFactory(municipality=other).user)
    assert neighbour.get(fee.get_absolute_url()).status_code == 404
    assert "zqcredit" not in told(neighbour.get("/fees/2028/"))


def test_an_unknown_number_finds_nothing_and_a_spaced_reference_finds_its_fee(auditor, staff):
    payer()
    budget = decided_budget(by=staff)
    budget.bill(by=staff)
    invoice = budget.invoices.get()
    spaced = " ".join(invoice.reference[i : i + 5] for i in range(0, len(invoice.reference), 5))
    answer = auditor.get(reverse("search"), {"q": spaced, "go": 1})
    assert answer.status_code == 302 and answer.url == invoice.assessment.get_absolute_url()
    assert auditor.get(reverse("search"), {"q": "202899999", "go": 1}).status_code == 200


def test_receipts_and_the_field_for_invoices_are_for_those_whose_duty_it_is(client, client_of, staff):
    payer()
    budget = decided_budget(by=staff)
    event = AuditEvent.objects.about(budget).get(verb="decide").pk
    for browser in (client, client_of(RoleFactory().user)):
        page = told(browser.get(f"/fees/2028/?receipt={event}"))
        assert "Find a fee" not in page and "Receipt" not in page
    page = told(client_of(staff).get(f"/fees/2028/?receipt={event}"))
    assert "Find a fee" in page and "Receipt" in page


def test_the_public_figures_are_those_of_the_simulator_to_the_cent(client, staff):
    for residents in (5_000, 10_001, 10_002, 750_000):  # the last one's fee is the largest by the rate itself
        payer(residents=residents)
    decided_budget(terms=tariff_terms("0.01", "0"), total=7700)
    page = read(client, "/fees/2028/")
    assert "the median 100,01 €" in page and "1 the largest." in page


def test_helsinkis_own_entry_is_not_open_on_its_fees_page(auditor, staff):
    payer("091", residents=664_028)
    budget = decided_budget(by=staff)
    budget.bill(by=staff)
    page = re.sub(r"<[^>]+>|\s+", " ", read(auditor, budget.assessments.get().get_absolute_url()))
    payments = re.sub(" +", " ", page[page.index("Payments") :])
    assert "internal entry" in payments and "Paid 0,00 € Open 0,00 €" in payments
