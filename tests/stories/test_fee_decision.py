"""A 18, A 22 and C 40: fees decided, frozen and told; joiners; a merger."""

import datetime as dt
from decimal import Decimal

import pytest

from consortium import clock
from consortium.models import AuditEvent
from members.models import AnnualBudget, Assessment, Municipality, Population
from tests.factories import HELSINKI, BudgetFactory, PopulationFactory, decided_budget, payer, tariff_terms
from tests.stories.people import Person

DECISION = {
    "body_fi": HELSINKI["body_fi"],
    "body_sv": HELSINKI["body_sv"],
    "decided_on": "18.8.2027",
    "section": "§ 140",
    "case_number": "HEL 2027-005230",
}


@pytest.fixture(autouse=True)
def august(today_is):
    """The fees of 2028 are decided in August 2027."""
    today_is("2027-08-20")


@pytest.fixture
def clerk(client_of, staff):
    """Somebody of the service centre."""
    return Person(client_of(staff))


@pytest.fixture
def members(municipalities):
    """Alavieska, Rautalampi and Vaasa belong to the consortium."""
    municipalities("009", "686", "905")
    for place in Municipality.objects.all():
        place.join(dt.date(2026, 1, 1))


@pytest.fixture
def proposed(members, staff):
    """The steering group has proposed 0.021 € a resident for 2028, at least 100 €."""
    with clock.moved_to(dt.date(2027, 6, 7)):
        budget = BudgetFactory(year=2028, total=Decimal(2000))
        alternative = budget.save_alternative(tariff_terms(), by=staff)
        budget.propose(by=staff, alternative=alternative, proposed_on=dt.date(2027, 6, 7))
    return budget


@pytest.fixture
def decided(members):
    """Helsinki has decided these fees."""
    return decided_budget(2028, total=Decimal(2000))


def fees():
    """Return code -> the standing fee (€, as text)."""
    rows = Assessment.objects.standing().values_list("municipality__code", "amount")
    return {code: str(amount) for code, amount in rows}


FEES = {"009": "100.00", "686": "100.00", "905": "1427.74"}  # 67 988 × 0,021 €


# --- A 18 ----------------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "members.models.budget.AnnualBudget.propose", "members.forms.fee_decision.ProposeForm.__init__"
)
def test_a18_the_steering_group_proposes_one_alternative(clerk, members, staff):
    with clock.moved_to(dt.date(2027, 6, 7)):
        budget = BudgetFactory(year=2028, total=Decimal(2000))
        for rate in ("0.018", "0.021"):
            budget.save_alternative(tariff_terms(rate), by=staff)
    page = clerk.opens(clerk.opens("/en/fees/2028/").link("Record the steering group's proposal"))
    assert (
        clerk.presses(page, "Record the proposal", proposed_on="30.8.2027")
        .wrong_with("proposed_on")
        .endswith("That day is still to come.")
    )
    b = str(budget.alternatives.get(number=2).pk)
    page = clerk.presses(
        page, "Record the proposal", alternative=b, proposed_on="7.6.2027", proposed_section="12"
    )
    assert "Proposal of the steering group recorded Year 2028 Alternative B" in page.part("Received")
    assert page.offers("Record Helsinki's decision")
    assert str(AnnualBudget.objects.get().proposal) == f"B {budget.pk}"


@pytest.mark.breaks("members.models.freezing.Freezing.decide", "members.pages.budget_decision.frozen_facts")
def test_a18_a_fee_is_frozen_only_with_the_decisions_data(clerk, proposed):
    page = clerk.opens(clerk.opens("/en/fees/2028/").link("Record Helsinki's decision"))
    assert "Municipalities that pay 3 Sum of the fees 1 627,74 € To be shared 2 000,00 €" in page.text
    for missing in DECISION:
        refused = clerk.presses(page, "Record the decision", **(DECISION | {missing: ""}))
        assert refused.wrong_with(missing)
        assert fees() == {}
    done = clerk.presses(page, "Record the decision and freeze the fees for 2028", **DECISION)
    assert "Alternative A Fees 3 Sum 1 627,74 €" in done.part("Received")
    assert fees() == FEES
    rows = Assessment.objects.select_related("population").all()
    assert {row.residents for row in rows} == {2447, 2964, 67988}
    assert all((row.population.count, row.population.on) == (row.residents, row.residents_on) for row in rows)
    assert clerk.presses(page, "Record the decision", **DECISION).path == done.path  # sent twice
    assert Assessment.objects.count() == 3


@pytest.mark.breaks("members.models.budget.Alternative.stale", "members.pages.budget_decision.stale_words")
def test_a18_what_has_changed_since_the_proposal_is_said_before_the_decision_and_refused(
    clerk, proposed, staff
):
    with clock.moved_to(dt.date(2027, 8, 12)):
        proposed.edit(by=staff, revision=proposed.revision, total=Decimal(2100))
    page = clerk.opens("/en/fees/2028/decide/")
    assert "Alternative A must be reckoned again. Budget changed 12.8.2027" in page.text
    refused = clerk.presses(page, "Record the decision", **DECISION)
    assert "reckon alternative A again" in refused.wrong_with("alternative")
    assert fees() == {}


@pytest.mark.breaks("members.models.assessment.Assessment.line", "members.pages.our_fees.years")
def test_a18_a_later_change_of_a_population_row_changes_no_fee(clerk, decided, person, run_worker):
    run_worker()
    director = person("905")
    before = director.opens("/en/municipalities/905/fees/").part("2028")
    assert "67 988 residents × 0,021 € = 1 427,74 €, rounded down to the cent" in before
    Population.objects.filter(municipality__code="905").update(count=70000)
    PopulationFactory(
        municipality=Municipality.objects.get(code="905"), on=dt.date(2026, 12, 31), count=71000
    )
    assert director.opens("/en/municipalities/905/fees/").part("2028") == before
    assert fees() == FEES
    assert "1 427,74 €" in clerk.opens("/en/fees/2028/").text


@pytest.mark.breaks(
    "members.models.telling.Telling.tell",
    "members.models.telling.Telling.letters_to_go",
    "members.emails.fee_decided",
)
def test_a18_each_member_is_told_its_own_figure_with_the_reckoning(
    clerk, decided, person, letters, run_worker
):
    person("905", email="johtaja@vaasa.example")
    Municipality.objects.filter(code="686").update(registry_email="")
    assert (
        "Fees for 2028 decided, 3 members not told Alavieska, Rautalampi, Vaasa."
        in clerk.opens("/en/home/").text
    )
    page = clerk.opens("/en/fees/2028/tell/")
    assert "0 of 4 statements made." in page.text
    assert not page.offers("Write to")  # the letters wait for what goes along
    run_worker()
    page = clerk.opens("/en/fees/2028/tell/")
    assert "1 member cannot be told: its registry has no address." in page.text
    assert page.offers("Rautalampi")
    done = clerk.presses(page, "Write to 2 members")
    assert "2 members were told" in done.part("Received")
    assert "2 of 3 members have been told their fee, the first on 20.8.2027." in done.part(
        "Letters to the members"
    )

    [finnish, swedish] = letters("kirjaamo@905.example")
    assert " ".join(swedish.subject.split()) == "Vasa: årsavgiften 2028 är 1 427,74 €"
    assert " ".join(finnish.subject.split()) == "Vaasa: vuosimaksu 2028 on 1 427,74 €"
    assert [file["name"] for file in finnish.attachments] == ["vuosimaksu-2028-905-fi.pdf"]
    assert [file["name"] for file in swedish.attachments] == ["arsavgift-2028-905-sv.pdf"]
    [own] = letters("johtaja@vaasa.example")
    plain = " ".join(own.body.split())
    assert "67 988 residents × 0,021 € = 1 427,74 €, rounded down to the cent." in plain
    assert f"Decision of the City of Helsinki: {HELSINKI['body_fi']}, 18.8.2027" in plain
    assert own.body.count("http") == 1
    assert "/en/municipalities/905/fees/" in own.body
    assert own.attachments == []

    assert "1 member not told Rautalampi." in clerk.opens("/en/home/").text
    assert not clerk.opens("/en/fees/2028/tell/").offers("Write to")
    Municipality.objects.filter(code="686").update(registry_email="kirjaamo@686.example")
    clerk.presses(clerk.opens("/en/fees/2028/tell/"), "Write to 1 member")
    assert len(letters()) == 5  # Alavieska's, Vaasa's two and its director's, Rautalampi's
    assert "not told" not in clerk.opens("/en/home/").text
    assert AuditEvent.objects.about(*Assessment.objects.all()).filter(verb="tell").count() == 3


@pytest.mark.breaks("members.models.assessment.Assessment.still_tells")
def test_a18_a_letter_about_a_fee_that_was_taken_back_meanwhile_does_not_leave(
    decided, staff, letters, run_worker
):
    run_worker()
    decided.tell(by=staff)
    Assessment.objects.get(municipality__code="009").credit(by=staff, reason="Väärä väkiluku.")
    run_worker()
    states = {letter.to: letter.state for letter in letters()}
    assert states["kirjaamo@686.example"] == "sent"
    assert states["kirjaamo@009.example"] != "sent"


@pytest.mark.breaks("members.pages.home.membership_facts", "members.pages.fees.told")
def test_a18_the_members_front_page_shows_the_decided_fee_and_that_it_was_told(
    decided, person, staff, run_worker
):
    run_worker()
    decided.tell(by=staff)
    page = person("686").opens("/en/home/686/")
    assert "The annual fee for 2028 is 100,00 €, without VAT." in page.part("Membership")
    assert "Annual fee 2028 decided: 100,00 € Told by letter on 20.8.2027." in page.part("Done")
    assert page.link("Our annual fees") == "/en/municipalities/686/fees/"


# --- A 22 ----------------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "members.models.freezing.Freezing.assess", "members.models.freezing.Freezing.joiners_fees"
)
def test_a22_a_joiner_from_may_pays_8_12_of_the_frozen_rate(
    clerk, decided, municipalities, staff, letters, run_worker, today_is
):
    run_worker()
    decided.tell(by=staff)
    told = len(letters())
    assert "Uncovered 372,26 €" in clerk.opens("/en/fees/2028/").part("Money")
    municipalities("009", "686", "905", "499")  # Mustasaari, 19 691 residents
    Municipality.objects.get(code="499").join(dt.date(2028, 5, 1))
    today_is("2028-05-02")
    assert "1 member of 2028 joined after the decision and has no fee" in clerk.opens("/en/home/").text
    page = clerk.opens(clerk.opens("/en/fees/2028/").link("Members without a fee"))
    residents = Municipality.objects.get(code="499").population_on(clock.today()).count
    whole = (residents * Decimal("0.021")).quantize(Decimal("0.01"), "ROUND_DOWN")
    fee = (whole * 8 / 12).quantize(Decimal("0.01"), "ROUND_DOWN")
    written = f"{fee}".replace(".", ",")
    assert f"Fee {written} €, 8 of 12 months." in page.text
    assert "8 of 12 months:" in page.text
    done = clerk.presses(page, "Write the fee of")
    assert f"is {written} €. The letter leaves when its statement is made." in done.text
    assert "Every member of the year has its fee." in done.text
    assert fees() == FEES | {"499": str(fee)}
    left = f"{Decimal('372.26') - fee}".replace(".", ",")
    assert f"Uncovered {left} €" in clerk.opens("/en/fees/2028/").part("Money")

    run_worker()  # the statements in both languages, then the letters by themselves
    new = letters()[told:]
    assert [letter.language for letter in new] == ["sv", "fi"]
    assert all(letter.attachments for letter in new)
    assert clerk.presses(page, "Write the fee of").path == done.path  # sent twice
    assert Assessment.objects.count() == 4


@pytest.mark.breaks("members.models.freezing.Freezing.assess")
def test_a22_what_joiners_bring_above_the_amount_is_a_surplus_on_the_budget_page(
    clerk, members, municipalities
):
    decided_budget(2028, total=Decimal("1627.74"))
    assert "Neither surplus nor shortfall" in clerk.opens("/en/fees/2028/").part("Money")
    municipalities("009", "686", "905", "620")
    Municipality.objects.get(code="620").join(dt.date(2028, 7, 1))
    clerk.presses(clerk.opens("/en/fees/2028/joiners/"), "Write the fee of")
    assert "Surplus 50,00 €" in clerk.opens("/en/fees/2028/").part("Money")  # 6/12 of the smallest fee


# --- C 40 ----------------------------------------------------------------------------------------------------


@pytest.fixture
def merged(members, municipalities, today_is):
    """Pertunmaa, no member, goes into Mäntyharju, a member, on 1.1.2028, after the fees were decided."""
    heir = payer("507", name_fi="Mäntyharju", residents=5500)
    gone = payer("588", name_fi="Pertunmaa", residents=1500)
    gone.memberships.all().delete()
    budget = decided_budget(2028, total=Decimal(2200))
    Municipality.objects.filter(pk=gone.pk).update(ended_on=dt.date(2028, 1, 1), successor=heir)
    today_is("2028-01-03")
    return budget


@pytest.mark.breaks("members.models.merging.mergers", "members.pages.fees.tasks")
def test_c40_a_merger_of_member_and_non_member_is_a_question_to_a_person(clerk, merged):
    before = fees()
    home = clerk.opens("/en/home/")
    assert "Fee and contracts of the merged municipality: Mäntyharju" in home.text
    assert "Joint population 7 000: by the frozen scheme the fee for 2028 would be 147,00 €." in home.text
    assert "Members: Mäntyharju. Not members: Pertunmaa. Nothing moves by itself." in home.text
    page = clerk.opens(home.link("Fee and contracts of the merged municipality"))
    assert "Member. Residents 5 500 on 31.12.2025, Statistics Finland. Fee 2028: 115,50 €" in page.part(
        "Who became one"
    )
    assert "Not a member. Residents 1 500" in page.part("Who became one")
    assert "7 000 residents × 0,021 € = 147,00 €." in page.part("Together")

    assert clerk.presses(page, "Keep what was decided", text="").wrong_with("text")
    clerk.presses(
        page, "Keep what was decided: Mäntyharju", text="The fee stays for 2028; contracts cover all."
    )
    assert fees() == before
    assert "merged municipality" not in clerk.opens("/en/home/").text
    assert "The fee stays for 2028" in clerk.opens("/en/municipality/507/").text


@pytest.mark.breaks("members.models.merging.mergers")
def test_c40_a_member_that_ends_keeps_its_fee_and_invoice_under_its_old_code(clerk, merged, staff):
    details = {"business_id": "0201256-6", "einvoice_address": "003702012566", "einvoice_operator": "BASW"}
    Municipality.objects.filter(code="009").update(buyer_reference="LIB-9", **details)
    merged.bill(by=staff)
    other = payer("213", name_fi="Kangasniemi", residents=5200)
    other.memberships.all().delete()
    Municipality.objects.filter(code="009").update(ended_on=dt.date(2028, 1, 1), successor=other)
    home = clerk.opens("/en/home/")
    page = clerk.opens(home.link("Fee and contracts of the merged municipality: Kangasniemi"))
    assert "009 Alavieska Member." in page.part("Who became one")
    assert "Fee 2028: 100,00 €. It stays with the old code." in page.part("Who became one")
    assert fees()["009"] == "100.00"
    assert "213" not in fees()
    assert merged.invoices.get(assessment__municipality__code="009").gross == 100
    assert not merged.invoices.filter(assessment__municipality=other).exists()


@pytest.mark.breaks("members.models.merging.mergers", "members.pages.fees.tasks")
def test_c40_two_members_that_merge_are_no_question(clerk, merged):
    heir = Municipality.objects.get(code="905")
    Municipality.objects.filter(code="686").update(ended_on=dt.date(2028, 1, 1), successor=heir)
    told = clerk.opens("/en/home/").text
    assert "merged municipality: Mäntyharju" in told
    assert "merged municipality: Vaasa" not in told
