"""A 17, C 36-39: the fee is reckoned before it is decided, anyone can redo it, and it never passes the limits."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from consortium.models import Post
from members.models import AnnualBudget, Membership, Municipality, Population
from tests.factories import (
    HELSINKI,
    BillingTermsFactory,
    FeeLimitsFactory,
    UserFactory,
    decided_budget,
    tariff_terms,
)
from tests.stories.people import Person

DECISION = {
    "body_fi": HELSINKI["body_fi"],
    "body_sv": HELSINKI["body_sv"],
    "decided_on": "18.8.2027",
    "section": "§ 140",
    "case_number": "HEL 2027-005230",
}

CAPITAL, ESPOO, VAASA, ALAVIESKA, SOTTUNGA, RAUTALAMPI = "091", "049", "905", "009", "766", "686"
NEW_YEAR = "/en/fees/new/"
SIMULATOR = "/en/fees/2028/simulator/"
TARIFF = {"kind": "tariff", "rate": "0,021", "floor": "100", "cap": "7 500"}


@pytest.fixture(autouse=True)
def settings_of_the_fee(begins, municipalities, today_is):
    """The limits and the settings of invoicing; five members since 2026; it is June 2027."""
    municipalities(CAPITAL, ESPOO, VAASA, ALAVIESKA, SOTTUNGA, RAUTALAMPI)
    FeeLimitsFactory()
    BillingTermsFactory()
    for code in (CAPITAL, ESPOO, VAASA, ALAVIESKA, SOTTUNGA):
        Municipality.objects.get(code=code).join(dt.date(2026, 1, 1))
    today_is("2027-06-07")


@pytest.fixture
def clerk(client_of, staff):
    """Somebody of the service centre."""
    return Person(client_of(staff))


@pytest.fixture
def steering(client_of):
    """A member of the steering group."""
    user = UserFactory(language="en")
    Post.give(user, "member", by=UserFactory(is_staff=True))
    return Person(client_of(user))


def opens_budget(clerk, **figures):
    """Open the budget of 2028 through its page. Returns the year's page."""
    page = clerk.opens(clerk.opens("/en/fees/").link("Open a year's budget"))
    figures = {
        "year": "2028",
        "total": "75 000",
        "project_funding": "8 000",
        "members_on": "1.1.2028",
    } | figures
    figures.setdefault("project_decision", "OKM/31/520/2027" if figures["project_funding"] else "")
    return clerk.presses(page, "Open the budget", **figures)


def reckons(person, page, **typed):
    """Fill in the scenario of the simulator and press; it is sent with GET, as its address says."""
    form = page.form("Reckon again")
    values = {name: value for name, value in form.form_values() if value} | typed
    names = {e.get("name") for e in form.iter("input", "select", "textarea")}
    asked = {name: value for name, value in values.items() if value and (name in names or name in typed)}
    return person.opens(form.get("action").partition("#")[0], **asked)


def scenario(person, **terms):
    """Return the page of a scenario, by the address that anybody who prepares may be sent."""
    return person.opens(SIMULATOR, **TARIFF | {"prorated": "on"} | terms)


def saves(person, **terms):
    """Save a scenario as an alternative. Returns what comes next."""
    return person.presses(scenario(person, **terms), "Save and compare")


def read_csv(page):
    """Return a file's lines, the first one its heads."""
    return list(csv.reader(io.StringIO(page.content.decode("utf-8-sig")), delimiter=";"))


# A 17


@pytest.mark.breaks(
    "members.models.payers.reckon_year",
    "members.pages.scenario.of_reckoned",
    "members.pages.fee_tables.one_year",
)
def test_a17_a_scenario_says_its_sum_its_limits_and_each_ones_change(clerk):
    decided_budget(2027, terms=tariff_terms("0.015", "150"))
    page = opens_budget(clerk)
    page = clerk.opens(page.link("Reckon the fees"))
    assert "Budget 2028 75 000,00 € Project money" in page.part("To be shared")
    assert "To be covered by fees 67 000,00 €" in page.part("To be shared")
    page = reckons(clerk, page, **TARIFF)
    told = page.part("Result")
    assert "Fees come to 15 538,49 €, uncovered 51 461,51 €." in told
    assert "At the largest fee: 1; at the smallest: 2." in told
    assert "Smallest fee paid 100,00 €, median 1 427,74 €, largest 7 500,00 €." in told
    assert "On average 0,015 € a resident. At the largest fee: Helsinki." in told
    assert "Beside 2027 2 pay more, 2 less and 1 the same." in told
    assert page.rows("Fees by municipality, 2028") == [
        ["Helsinki largest fee", "664 028", "7 500,00 €", "7 500,00 €", "0,00 €", "0,0 %"],
        ["Espoo", "305 274", "4 579,11 €", "6 410,75 €", "+1 831,64 €", "+40,0 %"],
        ["Vaasa", "67 988", "1 019,82 €", "1 427,74 €", "+407,92 €", "+40,0 %"],
        ["Alavieska smallest fee", "2 447", "150,00 €", "100,00 €", "−50,00 €", "−33,3 %"],
        ["Sottunga smallest fee", "111", "150,00 €", "100,00 €", "−50,00 €", "−33,3 %"],
    ]
    assert "5 municipalities in all 1 039 848 13 398,93 € 15 538,49 € +2 139,56 € +16,0 %" in page.text


@pytest.mark.breaks("members.forms.simulator.SiftForm.sift", "consortium.lists.ListPage.export")
def test_a17_the_table_is_filtered_and_its_files_have_exactly_its_rows(clerk):
    decided_budget(2027, terms=tariff_terms("0.015", "150"))
    opens_budget(clerk)
    page = scenario(clerk, change="less")
    assert "2 municipalities. Show all Download these 2 rows (CSV)" in page.text
    assert [row[0] for row in page.rows("Fees by")] == ["Alavieska smallest fee", "Sottunga smallest fee"]
    lines = read_csv(clerk.opens(f"{SIMULATOR}{page.link('Download these 2 rows')}"))
    assert [line[0] for line in lines[1:]] == ["Alavieska", "Sottunga"]
    how = (
        dict(zip(lines[0], lines[1], strict=True))["How reckoned"]
        .replace("\u202f", " ")
        .replace("\u00a0", " ")
    )
    assert how == "2 447 residents × 0,021 € = 51,38 €; smallest fee 100,00 €"
    assert clerk.opens(f"{SIMULATOR}{page.link('Excel')}").content.startswith(b"PK")


@pytest.mark.breaks("members.forms.simulator.SimulatorForm.refuse_above_limit")
def test_a17_no_scenario_passes_the_limits_of_a_fee_and_of_a_year(clerk):
    opens_budget(clerk)
    page = scenario(clerk, cap="7 500,01")
    assert page.wrong_with("cap") == "Error: No fee may be above 7 500,00 €."
    FeeLimitsFactory(valid_from=dt.date(2028, 1, 1), per_year=Decimal(10000))
    AnnualBudget.objects.filter(year=2028).update(total=9000)  # and with it the limit of 2028
    page = scenario(clerk, floor="0")
    assert page.wrong_with("rate") == (
        "Error: The fees would come to 15 392,20 €, which is 5 392,20 € above 10 000,00 €, the limit of a year. "
        "Lower the rate to 0,009616 €, or lower the smallest fee."
    )
    assert not page.offers("Save and compare")
    with pytest.raises(ValidationError):
        AnnualBudget.objects.get().save_alternative(tariff_terms(floor="0"), by=UserFactory(is_staff=True))
    page = scenario(clerk, floor="0", rate="0,009616")
    assert page.offers("Save and compare")
    assert "Fees come to 9 999," in page.part("Result")


@pytest.mark.breaks(
    "members.models.freezing.Freezing.save_alternative", "members.pages.fee_tables.side_by_side"
)
def test_a17_two_schemes_are_saved_and_stand_side_by_side(clerk, steering):
    decided_budget(2027, terms=tariff_terms("0.015", "150"))
    opens_budget(clerk, total="10 000", project_funding="")
    page = saves(clerk, title="Lower floor")
    assert page.path == "/en/fees/2028/alternatives/A/"
    assert "Alternative A saved" in page.text
    page = saves(steering, kind="population", floor="150", rate="")
    assert page.path == "/en/fees/2028/compare/"
    sums = {row[0]: row[1:] for row in page.rows("Sums")}
    assert sums["Sum of the fees"][0] == "15 538,49 €"
    assert sums["Sum of the fees"][1] == "9 999,98 €"
    assert sums["At the largest fee"] == ["1", "0"]
    assert page.rows("Fees by municipality and alternative")[-1] == [
        "Sottunga",
        "111",
        "150,00 €",
        "100,00 €",
        "−50,00 € −33,3 %",
        "150,00 €",
        "0,00 € 0,0 %",
    ]
    assert clerk.opens(f"{page.path}{page.link('Excel')}").content.startswith(b"PK")


@pytest.mark.breaks("members.forms.simulator.SimulatorForm._group")
def test_a17_those_who_may_join_are_reckoned_apart(clerk):
    opens_budget(clerk)
    page = scenario(clerk, group="outside")
    assert "5 municipalities are members on 1.1.2028 and pay." in page.text
    assert "1 more is reckoned with as if it joined: Rautalampi." in page.text
    assert ["Rautalampi smallest fee, not yet a member", "2 964"] in [
        row[:2] for row in page.rows("Fees by municipality")
    ]
    page = scenario(clerk, expected="rautalampi, Atlantis")
    assert page.wrong_with("expected") == "Error: No municipality by this name: Atlantis."
    assert "rautalampi, Atlantis" in page.form("Reckon again").form_values()[0][1]


@pytest.mark.breaks("members.pages.fee_tables.own_lines", "members.models.budget.BudgetQuerySet.visible_to")
def test_a17_a_member_reads_the_proposal_its_own_line_first_and_drafts_never(
    clerk, person, staff, visitor, client_of
):
    opens_budget(clerk)
    saves(clerk)
    member, budget = person(ALAVIESKA), AnnualBudget.objects.get()
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=staff)
    auditor = Person(client_of(auditor))
    pages = [SIMULATOR, "/en/fees/2028/alternatives/A/", "/en/fees/2028/compare/", "/en/fees/2028/"]
    for page in pages:
        assert member.opens(page).status == 404
        assert auditor.opens(page).status == 404
    proposal = budget.alternatives.get()
    budget.propose(by=staff, alternative=proposal, proposed_on=dt.date(2027, 6, 7))
    page = member.opens(SIMULATOR)
    assert page.part("Our municipality") == (
        "Our municipality Alavieska Fee 2027 none, new Fee 2028 100,00 € "
        "2 447 residents × 0,021 € = 51,38 €; smallest fee 100,00 €"
    )
    assert len(page.rows("Fees by municipality")) == 5
    assert not page.offers("Save") and not page.offers("Reckon again")
    assert member.opens(SIMULATOR, **TARIFF | {"rate": "0,5"}).part("Our municipality") == page.part(
        "Our municipality"
    )
    assert member.browser.post(SIMULATOR, TARIFF).status_code == 403
    for page in pages:
        assert auditor.opens(page).status == 200
    assert visitor.browser.get(SIMULATOR).status_code == 302
    assert visitor.opens("/en/fees/2028/").status == 404


# C 36


@pytest.mark.breaks("members.models.budget.Alternative.stale", "members.models.budget.AnnualBudget.edit")
def test_c36_a_budget_changed_after_the_preview_is_reckoned_again_before_it_is_frozen(clerk, staff, today_is):
    opens_budget(clerk)
    page = saves(clerk, kind="equal", rate="")
    assert page.says.endswith("The figures are those of that day.")
    budget = AnnualBudget.objects.get()
    today_is("2027-06-10")
    budget.propose(by=staff, alternative=budget.alternatives.get(), proposed_on=dt.date(2027, 6, 9))
    today_is("2027-08-12")
    page = clerk.opens("/en/fees/2028/")
    clerk.does(page, "Change the budget", total="70 000")
    page = clerk.opens("/en/fees/2028/alternatives/A/")
    assert "Budget changed 12.8.2027, reckon again." in page.says
    assert "Fees come to 37 500,00 €" in page.part("Result")  # as it was saved
    today_is("2027-08-18")
    page = clerk.opens("/en/fees/2028/decide/")
    assert "Alternative A must be reckoned again. Budget changed 12.8.2027" in page.text
    refused = clerk.presses(page, "Record the decision", **DECISION)
    assert "The budget was changed on 12.8.2027: reckon alternative A again." in refused.text
    budget.refresh_from_db()
    assert AnnualBudget.objects.get().state == "proposed"
    assert not budget.assessments.exists()
    page = clerk.opens("/en/fees/2028/alternatives/A/")
    page = clerk.opens(page.link("Reckon again"))
    assert dict(page.form("Reckon again").form_values())["kind"] == "equal"
    page = clerk.presses(page, "Save and compare")
    assert (
        page.text.count("Budget changed 12.8.2027, reckon again.") == 2
    )  # of A alone, above and in the table
    chosen = budget.alternatives.last()
    page = clerk.opens("/en/fees/2028/decide/")
    clerk.presses(page, "Record the decision", alternative=str(chosen.pk), **DECISION)
    budget.refresh_from_db()
    assert budget.alternative.letter == "B"
    assert "Helsinki decided on alternative B on 18.8.2027" in clerk.opens("/en/fees/2028/").text


# C 37


@pytest.mark.breaks("consortium.fees.to_share")
def test_c37_project_money_above_the_budget_leaves_nothing_to_pay(clerk):
    opens_budget(clerk, total="60 000", project_funding="64 500,50")
    page = scenario(clerk)
    assert "To be covered by fees 0,00 €" in page.part("To be shared")
    assert "Project money exceeds the budget by 4 500,50 €" in page.part("To be shared")
    assert page.part("Result").startswith("Result Fees come to 0,00 €, uncovered 0,00 €. Every fee is 0 €.")
    assert [row[3] for row in page.rows("Fees by municipality")] == ["0,00 €"] * 5
    assert "−" not in " ".join(row[3] for row in page.rows("Fees by municipality"))
    saves(clerk)
    assert set(AnnualBudget.objects.get().alternatives.get().fees[ESPOO][:1]) == {"0.00"}


# C 38


@pytest.mark.breaks("members.forms.fees.RuleForm.refuse", "members.fee_words.refusal_words")
def test_c38_what_cannot_hold_together_is_said_in_words_with_the_ways_out(clerk):
    opens_budget(clerk, total="1 000", project_funding="")
    page = scenario(clerk, kind="equal", floor="250", title="Much too high")
    assert page.wrong_with("floor") == (
        "Error: The smallest fee 250,00 € times 5 members is 1 250,00 €, which is above the amount to be shared, "
        "1 000,00 €. Lower the smallest fee to 200,00 € or raise the amount by 250,00 €."
    )
    typed = dict(page.form("Reckon again").form_values())
    assert (typed["floor"], typed["title"], typed["kind"]) == ("250", "Much too high", "equal")
    assert not page.offers("Save and compare")
    page = scenario(clerk, kind="equal", floor="200")  # the way out that was offered
    assert "Fees come to 1 000,00 €, uncovered 0,00 €." in page.part("Result")
    page = scenario(clerk, kind="population", floor="0", cap="100")  # cap × members below the amount
    assert "Fees come to 500,00 €, uncovered 500,00 €. At the largest fee: 5;" in page.part("Result")
    page = scenario(clerk, floor="300", cap="200")
    assert "Lower the smallest fee to 200,00 € or raise the largest fee to 300,00 €." in page.wrong_with(
        "floor"
    )


# C 39


@pytest.mark.breaks("members.models.payers.payees")
@pytest.mark.parametrize("kind", ["equal", "population", "mixed"])
def test_c39_equal_populations_pay_equal_fees_and_the_odd_cents_stay(clerk, kind):
    Population.objects.filter(municipality__code__in=[ALAVIESKA, SOTTUNGA, VAASA]).update(count=2447)
    Membership.objects.filter(municipality__code__in=[CAPITAL, ESPOO]).delete()
    opens_budget(clerk, total="1 000", project_funding="")
    page = scenario(clerk, kind=kind, floor="0", rate="", equal_part="40")
    assert [row[3] for row in page.rows("Fees by municipality")] == ["333,33 €"] * 3
    assert "Fees come to 999,99 €, uncovered 0,01 €." in page.part("Result")
