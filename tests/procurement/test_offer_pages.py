"""Pages of offers: a person fills in prices, reads what they come to and the order, and nobody else sees any of it."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from consortium import clock
from consortium.models import AccessLog, PostKind
from procurement.models import Award, Offer, Procurement, Supplier
from tests.conftest import Browser
from tests.factories import PopulationFactory, RoleFactory, UserFactory
from tests.offer_world import decided, grounds, offer_world, received, sent, supplier
from tests.procurement_world import procurement_world
from tests.stories.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(today_is):
    today_is("2027-03-10")


@pytest.fixture
def clerk(client_of, staff):
    """Somebody of the service centre at a browser."""
    return Person(client_of(staff))


def new(world):
    return f"/en/procurements/{world.procurement.pk}/offers/new/"


def test_prices_are_typed_as_they_stand_in_the_offer(clerk):
    world, seller = procurement_world("tendering"), supplier()
    page = clerk.opens(new(world))
    tiers = "2: 1,10\n50\t0,80\n0,50"
    page = clerk.presses(
        page,
        supplier=str(seller.pk),
        received_on="9.3.2027",
        per_0="residents",
        measure_0="participants",
        tiers_0=tiers,
        per_1="contract",
        rate_1="1 200,00",
        minimum_each="150",
    )
    assert page.status == 200 and "Offer written down" in page.text
    text = page.part("Prices")
    assert (
        "a resident, by participating municipalities: up to 2: 1,10 €; up to 50: 0,80 €; above 50: 0,50 €"
        in text
    )
    assert "1 200,00 € for the whole" in text and "at least 150,00 € for each municipality" in text
    assert "48 municipalities more: 0,50 € a resident" in text
    row = Offer.objects.get()
    assert row.price_model.minimum_each == Decimal(150)
    again = clerk.opens(page.link("Correct what was written down"))
    assert again.typed("tiers_0").strip().splitlines() == ["2: 1,1", "50: 0,8", "0,5"]
    assert again.typed("rate_1").replace("\u202f", " ") == "1 200"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"per_0": "residents", "rate_0": "abc"}, "rate_0", "“abc” is not a sum in euros"),
        (
            {"per_0": "residents", "rate_0": "1,200"},
            "rate_0",
            "can be read in two ways: write 1200,00 or 1,2",
        ),
        ({"per_0": "residents", "rate_0": "0,1234567"}, "rate_0", "more than six decimals"),
        ({"per_0": "residents", "rate_0": "-1"}, "rate_0", "“-1”"),
        ({"per_0": "residents"}, "rate_0", "Give the price, or its tiers."),
        ({"rate_0": "1"}, "per_0", "Say what the price is for."),
        (
            {"per_0": "residents", "rate_0": "1", "measure_0": "participants", "tiers_0": "1"},
            "tiers_0",
            "either one",
        ),
        ({"per_0": "residents", "tiers_0": "5: 1\n0,9"}, "measure_0", "Say what the tiers are counted by."),
        (
            {"per_0": "residents", "measure_0": "participants", "tiers_0": "5: x\n0,9"},
            "tiers_0",
            "Line 1: “x”",
        ),
        (
            {"per_0": "residents", "measure_0": "participants", "tiers_0": "5: 1\n5: 2\n1"},
            "tiers_0",
            "reaches further",
        ),
        ({"per_0": "residents", "measure_0": "participants", "tiers_0": "5: 1"}, "tiers_0", "The last tier"),
        (
            {"per_0": "residents", "measure_0": "participants", "tiers_0": "5: 1\n2", "reach_0": "part"},
            "tiers_0",
            "only when it counts what the price is for",
        ),
        ({}, "per_0", "Give at least one price."),
        ({"per_0": "residents", "rate_0": "1", "received_on": "11.3.2027"}, "received_on", "still to come"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_kept(clerk, typed, field, sentence):
    world, seller = procurement_world("tendering"), supplier()
    page = clerk.opens(new(world))
    page = clerk.presses(page, **({"supplier": str(seller.pk), "received_on": "9.3.2027"} | typed))
    assert sentence in page.wrong_with(field)
    assert all(page.typed(name).strip().splitlines() == value.splitlines() for name, value in typed.items())
    assert not Offer.objects.exists()


def test_the_comparison_says_which_is_cheapest_for_whom(clerk):
    world = offer_world("judged")
    for place in world.places:
        PopulationFactory(municipality=place, on="2026-12-31", count=2000)
    PopulationFactory(municipality=world.interested, on="2027-01-31", count=9000)
    page = clerk.opens(f"/en/procurements/{world.procurement.pk}/comparison/")
    assert page.says.startswith("Gamma Ltd is lowest for the whole: 7 500,00 € a year.")
    assert "Gamma Ltd is lowest for 1 municipality." in page.says.replace("\u202f", " ")
    rows = {row[0]: row[1:] for row in page.rows("Cost of each offer")}
    assert rows[world.committed.name] == [
        "2 000",
        "1 211,00 €",
        "1 800,00 €",
        "1 600,00 €",
        "2 500,00 €",
        "Beta Ab",
    ]
    assert rows[world.interested.name][2:] == ["8 100,00 €", "7 200,00 €", "2 500,00 €", "Gamma Ltd"]
    sheet = clerk.opens(f"/en/procurements/{world.procurement.pk}/comparison/", format="xlsx")
    cells = list(load_workbook(io.BytesIO(sheet.content)).active.values)
    assert len(cells) == 4
    assert [sum(row[at] for row in cells[1:]) for at in (3, 4, 5)] == [11700, 10400, 7500]


def test_the_order_stands_with_its_arithmetic(clerk):
    world = offer_world("judged")
    page = clerk.opens(f"/en/procurements/{world.procurement.pk}/offers/")
    assert "3 offers stand." in page.says
    text = page.part("Order and its arithmetic")
    assert "5 872,8 ÷ 7 500 × 60 = 46,98" in text
    assert "46,98 + 32 = 78,98" in text
    assert "Suomenkieliset nimikkeet 4 ÷ 5 × 40 = 32" in text
    rows = {row[0]: row for row in page.rows("3 offers")}
    assert rows["Beta Ab"][2] == "5 872,80 €" and rows["Beta Ab"][-1] == "1."
    assert rows["Beta Ab"][3] == "48 municipalities more: 0,50 € a resident"
    assert rows["Alfa Oy"][3] == "no tiers"


def test_what_is_missing_from_the_order_is_said(clerk):
    world = offer_world("received")
    text = clerk.opens(f"/en/procurements/{world.procurement.pk}/offers/").text
    assert "Alfa Oy: it has not been judged whether it meets a requirement." in text
    assert "not in order yet" in text


def test_judging_an_offer_by_its_form(clerk):
    world = offer_world("received")
    requirement, criterion = world.procurement.requirements.get(), world.procurement.criteria.get()
    page = clerk.opens(f"/en/tenders/{world.tiered.pk}/judge/")
    page = clerk.presses(page, **{f"mark_{criterion.pk}": "7"})
    assert "Say whether the offer meets it." in page.wrong_with(f"met_{requirement.pk}")
    assert "Give a mark from 0 to 5." in page.wrong_with(f"mark_{criterion.pk}")
    page = clerk.presses(page, **{f"met_{requirement.pk}": "yes", f"mark_{criterion.pk}": "4,5"})
    assert "4,5 / 5" in page.part("Requirements and marks")


def test_what_offers_are_judged_by_is_written_before_the_tenders(clerk):
    world = procurement_world("frozen")
    page = clerk.opens(f"/en/procurements/{world.procurement.pk}/grounds/")
    typed = {
        "price_weight": "60",
        "requirement_0_text_fi": "Kortti",
        "criterion_0_text_fi": "Nimikkeet",
        "criterion_0_text_sv": "Titlar",
        "criterion_0_weight": "30",
    }
    page = clerk.presses(page, **typed)
    assert "both languages" in page.wrong_with("requirement_0_text_sv")
    page = clerk.presses(page, requirement_0_text_sv="Kort")
    assert "make 90 points together, not 100" in page.text
    page = clerk.presses(page, criterion_0_weight="40")
    assert page.path.endswith(f"/procurements/{world.procurement.pk}/")
    assert Procurement.objects.get().criteria.get().best == 5
    again = clerk.opens(f"/en/procurements/{world.procurement.pk}/grounds/")
    assert [again.typed(f"criterion_0_{name}") for name in ("weight", "best")] == ["40", "5"]


def test_users_are_read_line_by_line(clerk):
    world = procurement_world("tendering")
    url = f"/en/procurements/{world.procurement.pk}/users/"
    page = clerk.opens(url)
    names = [world.committed.name, world.committed_too.name, world.interested.name]
    page = clerk.presses(page, counts=f"{names[0]} 12\nNowhere 3\n{names[1]}\t1,5")
    wrong = page.wrong_with("counts")
    assert "Line 2: nobody who takes part is called “Nowhere”." in wrong
    assert "Line 3: “1,5” is not a number of users." in wrong
    page = clerk.presses(page, counts=f"{names[0]} 12\n{world.committed_too.code}\t7\n{names[2]}")
    counts = {
        row.municipality: row.count for row in world.procurement.user_counts.select_related("municipality")
    }
    assert counts == {world.committed: 12, world.committed_too: 7}


def test_each_reading_before_the_award_is_in_the_log_and_none_after(clerk, staff):
    world = offer_world("judged")
    for url in ("offers/", "comparison/"):
        clerk.opens(f"/en/procurements/{world.procurement.pk}/{url}")
    clerk.opens(f"/en/tenders/{world.tiered.pk}/")
    what = f"procurement.offers {world.procurement.pk}"
    assert AccessLog.objects.filter(kind="read", user=staff, what=what).count() == 3
    other = offer_world("sent")
    clerk.opens(f"/en/procurements/{other.procurement.pk}/offers/")
    assert AccessLog.objects.filter(kind="read", what__startswith="procurement.offers").count() == 3


def test_of_an_award_that_does_not_hold_the_order_is_the_service_centres_and_readings_are_logged(
    clerk, staff, client_of
):
    world = offer_world("decided")
    auditor = UserFactory()
    auditor.posts.create(kind=PostKind.AUDITOR, since=clock.today())
    member = Person(client_of(RoleFactory(municipality=world.committed).user))
    reader, url = Person(client_of(auditor)), f"/en/awards/{world.award.pk}/"
    readings = AccessLog.objects.filter(kind="read", what=f"procurement.offers {world.procurement.pk}")
    assert "Alfa Oy" not in reader.opens(url).text
    reader.opens(f"/en/procurements/{world.procurement.pk}/")
    assert readings.filter(user=auditor).count() == 2
    assert "Alfa Oy" in clerk.opens(url).text
    assert readings.filter(user=staff).count() == 1
    sent(world.award)
    assert "Alfa Oy" in reader.opens(url).text and "about" in member.opens(url).part("For us")
    assert readings.count() == 3
    world.award.annul(by=world.by, on=clock.today(), reason_fi="Virhe.", reason_sv="Fel.")
    assert "Alfa Oy" not in reader.opens(url).text
    assert "For us" not in member.opens(url).text
    assert "Alfa Oy" in clerk.opens(url).text
    assert readings.filter(user=staff).count() == 2


def test_a_reading_is_logged_until_every_lot_is_known(clerk):
    world = procurement_world("tendering", lots=[("Lehdet", "Tidskrifter"), ("Kirjat", "Böcker")])
    first, second = world.procurement.lots.all()
    sent(decided(world.procurement, received(world.procurement, lot=first), lot=first))
    received(world.procurement, lot=second, name="Beta Ab")
    clerk.opens(f"/en/procurements/{world.procurement.pk}/offers/")
    assert AccessLog.objects.filter(kind="read").count() == 1


@pytest.mark.parametrize("query", ["", "?lot=1", "?lot=9", "?lot=x"])
def test_no_lot_is_decided_in_anothers_stead(clerk, query):
    world = procurement_world("tendering", lots=[("Lehdet", "Tidskrifter"), ("Kirjat", "Böcker")])
    first, second = world.procurement.lots.all()
    decided(world.procurement, received(world.procurement, lot=first), lot=first)
    received(world.procurement, lot=second, name="Beta Ab")
    url = f"/en/procurements/{world.procurement.pk}/award/"
    assert "2 Kirjat" in clerk.opens(f"{url}?lot=2").text or "2 Böcker" in clerk.opens(f"{url}?lot=2").text
    page = clerk.opens(url + query)
    assert page.path.endswith("/offers/")
    assert "No award is waited for here any more." in page.text


def test_the_decision_is_recorded_sent_challenged_and_contracted_by_its_pages(clerk, today_is):
    world = offer_world("judged", kind="annex_e")
    Procurement.objects.filter(pk=world.procurement.pk).update(maximum=400_000)
    page = clerk.opens(f"/en/procurements/{world.procurement.pk}/award/")
    told = {"body_fi": "Johtaja", "body_sv": "Direktören", "decided_on": "10.3.2027", "reason_fi": "Paras.",
            "reason_sv": "Bäst."}  # fmt: skip
    page = clerk.presses(page, "Record the decision", **told)
    assert "Give the section" in page.wrong_with("section")
    page = clerk.presses(page, "Record the decision", section="12", case_number="HEL 2027-1")
    assert page.says.startswith("Beta Ab won. The decision has not been sent")
    award = Award.objects.get()
    page = clerk.opens(page.link("Record that it was sent"))
    assert "the standstill lasts until Wed 24.3.2027" in page.text
    page = clerk.presses(page, "Record the sending")
    assert "The standstill runs until Wed 24.3.2027" in page.says
    assert "Procurement Act 1397/2016, 129 §" in page.part("Days counted from it")
    barred = clerk.opens(f"/en/awards/{award.pk}/contract/")
    assert "No contract can be made today." in barred.text and not barred.offers("Record the contract")
    page = clerk.opens(f"/en/awards/{award.pk}/appeal/")
    page = clerk.presses(page, "Record it", filed_on="10.3.2027", arrangement_fi="Vanha jatkuu.")
    assert "Write it in both languages." in page.wrong_with("arrangement_sv")
    page = clerk.presses(page, "Record it", arrangement_sv="Det gamla fortsätter.")
    assert "Meanwhile:" in page.part("Challenges")
    today_is("2027-04-12")
    assert "An appeal is pending in the Market Court" in clerk.opens(f"/en/awards/{award.pk}/contract/").text
    page = clerk.opens(f"/en/awards/{award.pk}/")
    page = clerk.opens(page.link("Record what came of it"))
    page = clerk.presses(page, "Record what came", outcome="rejected", settled_on="9.4.2027")
    assert "Nothing stands between the award and the contract any more." in page.says
    page = clerk.presses(clerk.opens(page.link("Record that the contract was made")), "Record the contract")
    assert "The contract was made on 12.4.2027." in page.says
    assert Procurement.objects.get(pk=world.procurement.pk).state == "contracted"


def test_everyone_reads_who_won_and_nothing_of_the_others():
    world = offer_world("sent")
    visitor = Person(Browser())
    page = visitor.opens(f"/en/awards/{world.award.pk}/")
    assert "Beta Ab won." in page.says
    for secret in ("Alfa", "Gamma", "5 872", "7 500", "78,98", "1 211"):
        assert secret not in page.text
    text = visitor.opens(f"/en/procurements/{world.procurement.pk}/").text
    assert "Beta Ab won." in text and "Alfa" not in text


@pytest.mark.parametrize("state", ["judged", "decided"])
def test_before_it_is_sent_nobody_else_knows_who_won(state, client_of):
    world = offer_world(state)
    people = [Browser(), client_of(RoleFactory(municipality=world.committed).user), client_of(UserFactory())]
    for browser in people:
        text = Person(browser).opens(f"/en/procurements/{world.procurement.pk}/").text
        assert not any(name in text for name in ("Alfa", "Beta", "Gamma"))
        for path in ("offers/", "comparison/", "award/", "grounds/", "users/"):
            assert browser.get(f"/en/procurements/{world.procurement.pk}/{path}").status_code in {
                302,
                403,
                404,
            }
        assert browser.get(f"/en/tenders/{world.tiered.pk}/").status_code in {302, 404}
        if world.award:
            assert browser.get(f"/en/awards/{world.award.pk}/").status_code == 404


def test_a_member_reads_its_own_cost_and_the_tiers_after_the_award(client_of):
    world = offer_world("sent")
    member = Person(client_of(RoleFactory(municipality=world.committed).user))
    own = member.opens(f"/en/awards/{world.award.pk}/").part("For us")
    assert f"{world.committed.name}: about" in own
    assert "48 municipalities more: 0,50 € a resident" in own
    assert world.committed_too.name not in own


def test_suppliers_are_written_down_changed_and_leave(clerk, client_of):
    page = clerk.opens("/en/suppliers/new/")
    page = clerk.presses(page, name="Alfa Oy", business_id="0201256-7")
    assert "not a business ID" in page.wrong_with("business_id")
    page = clerk.presses(page, business_id="0201256-6", email="myynti@alfa.example")
    assert page.says == "In business."
    page = clerk.presses(clerk.opens(page.link("Change the details")), contact_name="Maija")
    assert "Maija" in page.part("Details")
    page = clerk.opens(page.link("Record that it withdrew"))
    assert "0 municipalities are told" in page.text
    page = clerk.presses(page, on="10.3.2027", reason_fi="Lopetti.", reason_sv="Slutade.")
    assert page.says == "Sells no more since 10.3.2027."
    assert "withdrawn" in clerk.opens("/en/suppliers/").text
    member = client_of(RoleFactory().user)
    assert member.get("/en/suppliers/").status_code == 403
    assert member.get(f"/en/suppliers/{Supplier.objects.get().pk}/").status_code == 403


def test_ending_and_beginning_again_by_their_pages(clerk):
    world = offer_world("judged")
    page = clerk.opens(f"/en/procurements/{world.procurement.pk}/void/")
    assert "3 municipalities with a commitment or an interest are told today." in page.text
    page = clerk.presses(page, reason_fi="Ei tulosta.", reason_sv="Inget resultat.")
    assert "Ended without result" in page.text
    page = clerk.opens(page.link("Begin again from these answers"))
    page = clerk.presses(page, "Begin again")
    new_one = Procurement.objects.get(started_from=world.procurement)
    assert page.path == f"/en/procurements/{new_one.pk}/"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [("offers/", 16), ("comparison/", 15)])
def test_the_pages_cost_the_same_for_any_number_of_offers(
    clerk, count, url, queries, django_assert_num_queries
):
    world = procurement_world("tendering")
    grounds(world.procurement)
    for n in range(count):
        received(world.procurement, name=f"{'ABC'[n]} Oy")
    clerk.opens(f"/en/procurements/{world.procurement.pk}/{url}")
    with django_assert_num_queries(queries):
        clerk.opens(f"/en/procurements/{world.procurement.pk}/{url}")
