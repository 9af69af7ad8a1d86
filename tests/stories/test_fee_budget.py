"""What is typed about budget and fees is understood or asked about; nothing of a colleague is written over."""

import datetime as dt

import pytest

from consortium.models import Post
from members.models import AnnualBudget, Membership, Municipality, Population
from tests.factories import UserFactory, decided_budget, tariff_terms
from tests.stories.people import Page, Person
from tests.stories.test_fee_simulator import (
    NEW_YEAR,
    SIMULATOR,
    clerk,
    opens_budget,
    saves,
    scenario,
    settings_of_the_fee,
    steering,
)

__all__ = ["clerk", "settings_of_the_fee", "steering"]  # fixtures, used by their names


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("seven thousand", "is not a sum in euros"),
        ("1e9", "is not a sum in euros"),
        ("1,200", "can be read in two ways: write 1200 or 1,20, whichever you mean."),
        ("1 000 000 000", "Give at most 9 999 999,99 €."),
        ("-5", "is below zero"),
    ],
)
def test_a_sum_that_cannot_be_is_said_beside_its_field_and_nothing_is_lost(clerk, typed, words):
    page = clerk.presses(
        clerk.opens(NEW_YEAR), "Open the budget", total=typed, fi_1="Palkat", sv_1="Löner", planned_1="40 000"
    )
    assert words in page.wrong_with("total")
    assert [page.typed(name) for name in ("total", "fi_1", "planned_1")] == [typed, "Palkat", "40 000"]
    assert not AnnualBudget.objects.exists()


@pytest.mark.parametrize("typed", ["7.500,00", "7 500,00 €", "7500", "€ 7 500"])
def test_a_sum_is_understood_as_people_write_it(clerk, typed):
    opens_budget(clerk, total=typed, project_funding="", fi_1="Palkat", sv_1="Löner", planned_1=typed)
    budget = AnnualBudget.objects.get()
    assert (budget.total, budget.lines.get().planned) == (7500, 7500)
    assert "Fees come to 15 538,49 €" in scenario(clerk, cap=typed).part("Result")


@pytest.mark.parametrize(
    ("year", "words"), [("0", "Give a year from"), ("soon", "four digits"), ("2101", "Give a")]
)
def test_a_year_that_is_none_is_said_beside_its_field(clerk, year, words):
    page = opens_budget(clerk, year=year)
    assert words in page.wrong_with("year")
    assert clerk.opens(f"/en/fees/{year}/simulator/").status == 404


def test_without_population_figures_the_page_says_where_to_load_them(clerk):
    opens_budget(clerk)
    Population.objects.all().delete()
    page = scenario(clerk)
    assert page.says == "No population figures for 2026. Load them."
    assert page.link("Load population figures") == "/en/population/load/"
    assert "5 municipalities have no population figure: Alavieska, Espoo" in page.text
    assert dict(page.form("Reckon again").form_values())["rate"] == "0,021"


@pytest.mark.breaks("members.forms.budget.BudgetForm._merge")
def test_a_colleagues_change_of_the_budget_is_never_written_over(clerk, client_of):
    opens_budget(clerk, fi_1="Palkat", sv_1="Löner", planned_1="40 000")
    colleague = Person(client_of(UserFactory(is_staff=True, language="en")))
    mine, theirs = (who.opens("/en/fees/2028/edit/") for who in (clerk, colleague))
    colleague.presses(theirs, "Save", total="70 000", planned_1="45 000")
    page = clerk.presses(mine, "Save", total="72 000", members_on="1.2.2028")
    assert page.wrong_with("total") == (
        "Error: A colleague saved “70 000,00 €” here while you were writing. Yours is kept below."
    )
    assert page.typed("total") == "72 000"
    assert AnnualBudget.objects.get().total == 70000
    clerk.presses(page, "Save")  # knowingly now
    budget = AnnualBudget.objects.get()
    assert (budget.total, budget.members_on) == (72000, dt.date(2028, 2, 1))
    assert budget.lines.get().planned == 45000  # which only the colleague had changed


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 30])
def test_the_pages_ask_the_database_as_often_for_three_members_as_for_thirty(
    clerk, count, municipalities, django_assert_num_queries
):
    codes = list(Municipality.objects.values_list("code", flat=True))
    Membership.objects.all().delete()
    more = [
        "005",
        "010",
        "016",
        "018",
        "019",
        "020",
        "035",
        "043",
        "046",
        "047",
        "050",
        "051",
        "052",
        "060",
        "061",
    ]
    more += ["062", "065", "069", "071", "072", "074", "075", "076", "077", "078", "079"]
    municipalities(*more)
    for code in (codes + more)[:count]:
        Municipality.objects.get(code=code).join(dt.date(2026, 1, 1))
    decided_budget(2027, terms=tariff_terms("0.015", "150"))
    opens_budget(clerk)
    saves(clerk), saves(clerk, floor="120")
    for address, queries in QUERIES.items():
        clerk.opens(address)
        with django_assert_num_queries(queries):
            page = Page(clerk.browser.get(address))
        assert len(page.rows("Fees by municipality")) == count


QUERIES = {
    f"{SIMULATOR}?kind=tariff&rate=0,02&floor=100&cap=7500": 14,
    "/en/fees/2028/alternatives/A/": 15,
    "/en/fees/2028/compare/?with=A&with=B": 18,
}


@pytest.mark.breaks("members.pages.budget_work.duty_parts")
def test_the_steering_group_finds_the_year_that_is_being_prepared(clerk, steering):
    opens_budget(clerk)
    assert "A draft without alternatives." in steering.opens("/en/duties/").part("Preparation")
    saves(clerk)
    page = steering.opens("/en/duties/")
    assert "Compare the alternatives" in page.part("Preparation")
    assert page.link("Annual fee 2028") == "/en/fees/2028/"


@pytest.mark.breaks("members.models.budget.BudgetQuerySet.visible_to")
def test_the_accountant_cannot_tell_a_draft_from_a_year_without_a_budget(clerk, client_of):
    opens_budget(clerk)
    user = UserFactory(language="en")
    Post.give(user, "accountant", by=UserFactory(is_staff=True))
    accountant = Person(client_of(user))
    for page in ("invoices", "lists", "reconciliation", "open"):
        assert [accountant.opens(f"/en/fees/{year}/{page}/").status for year in (2028, 2031)] == [404, 404]
