"""Offers: written down with prices that compute, judged by what was said before, closed to everyone until the award."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consortium import clock
from consortium.models import OutgoingEmail, Post
from consortium.workflow import WrongState
from procurement.models import Criterion, Grounds, Offer, Procurement, Supplier, compare, put_users
from procurement.models.offer import prices_as_read, prices_as_stored
from procurement.prices import Measure, Price, PriceModel, Reach, Tier
from tests.factories import DAY, RoleFactory, UserFactory, a_clerk
from tests.offer_world import FLAT, PER_RESIDENT, TIERED, grounds, judged, offer_world, received, supplier
from tests.procurement_world import procurement_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(today_is):
    today_is("2027-03-10")


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize(
    "model",
    [
        PER_RESIDENT,
        TIERED,
        FLAT,
        PriceModel((Price(Measure.CONTRACT, Decimal("12000.55")), Price(Measure.USERS, Decimal("0.000001")))),
        PriceModel(
            (Price(Measure.VOLUME, None, (Tier(Decimal("1000.5"), Decimal(1)), Tier(None, Decimal("0.9"))),
                   Measure.VOLUME, Reach.PART),),
            Decimal("150.00"), Decimal(5000),
        ),
    ],
)  # fmt: skip
def test_prices_are_kept_exactly(model):
    row = received(procurement_world("tendering").procurement, model)
    assert prices_as_read(Offer.objects.get(pk=row.pk).prices) == model
    assert prices_as_stored(model) == row.prices


def test_offers_are_written_down_in_the_tendering_alone():
    for state in ("frozen", "awarded"):
        with pytest.raises(WrongState):
            received(procurement_world(state).procurement, name=f"Alfa {state}")


def test_a_supplier_has_one_offer_unless_they_are_told_apart():
    procurement = procurement_world("tendering").procurement
    seller = supplier()
    received(procurement, supplier=seller)
    with pytest.raises(ValidationError, match="There is an offer of this supplier already"):
        received(procurement, supplier=seller)
    assert received(procurement, supplier=seller, variant="B").name == "Alfa Oy, B"


def test_what_offers_are_judged_by_is_fixed_by_the_first_offer():
    world = procurement_world("tendering")
    grounds(world.procurement)
    received(world.procurement)
    with pytest.raises(ValidationError, match="before tenders are opened"):
        grounds(Procurement.objects.get(pk=world.procurement.pk))
    changes = (
        lambda: Criterion.objects.update(weight=50),
        lambda: Criterion.objects.all()._raw_delete("default"),
        lambda: Grounds.objects.update(basis="committed"),
        lambda: Procurement.objects.update(price_weight=100),
    )
    for change in changes:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            change()
        assert refused.value.__cause__.diag.constraint_name == "grounds_before_offers"


def test_points_make_a_hundred_in_every_lot():
    by = a_clerk()
    world = procurement_world("frozen", by=by, lots=[("Lehdet", "Tidskrifter"), ("Kirjat", "Böcker")])
    with pytest.raises(ValidationError, match="make 90 points"):
        grounds(world.procurement, by, price_weight=50)
    grounds(world.procurement, by, price_weight=60)
    assert world.procurement.price_weight == 60


def test_the_comparison_uses_those_whose_figures_were_said_to_count():
    world = procurement_world("tendering")
    grounds(world.procurement, basis="committed")
    received(world.procurement, FLAT)
    found = compare(Procurement.objects.select_related("round").get(pk=world.procurement.pk))
    assert {p.key for p in found.participants} == {world.committed.code, world.committed_too.code}
    assert [cost.total for cost in found.costs.values()] == [Decimal("5000.00")]


def test_each_municipality_has_its_lowest_offer():
    world = offer_world("judged")
    found = compare(world.procurement)
    assert {key: row.lowest for key, row in found.rows.items()} == dict.fromkeys(
        found.municipalities, (world.tiered.pk,)
    )
    assert found.next_tiers(world.tiered) == [(0, Decimal(48), Tier(None, Decimal("0.5")))]
    assert found.next_tiers(world.offers[0]) == []


def test_what_cannot_be_reckoned_is_said_and_leaves_no_order():
    world = procurement_world("tendering")
    grounds(world.procurement)
    offer = judged(received(world.procurement, PriceModel((Price(Measure.USERS, Decimal(3)),))), 4)
    procurement = Procurement.objects.select_related("round").get(pk=world.procurement.pk)
    found = compare(procurement)
    assert [refusal.code for refusal in found.refused[offer.pk]] == ["figure_missing"]
    assert (found.places, [r.code for r in found.unranked]) == ([], ["price_not_reckoned"])
    put_users(procurement, by=a_clerk(), counts=dict.fromkeys(found.municipalities.values(), 10))
    assert compare(procurement).costs[offer.pk].total == Decimal("90.00")


def test_an_offer_that_misses_a_requirement_is_excluded():
    world = offer_world("received")
    for offer, met in zip(world.offers, (True, False, True), strict=True):
        judged(offer, 3, met=met)
    places = compare(Procurement.objects.get(pk=world.procurement.pk)).places
    assert {p.key: p.place for p in places} == {
        world.offers[0].pk: 1,
        world.offers[2].pk: 2,
        world.tiered.pk: None,
    }


@pytest.mark.parametrize("mark", ["-1", "5.01"])
def test_a_mark_beyond_the_best_is_refused(mark):
    world = offer_world("received")
    with pytest.raises(ValidationError, match="give a mark from 0 to 5"):
        judged(world.offers[0], mark)


def test_a_withdrawn_offer_leaves_the_order():
    world = offer_world("judged")
    world.tiered.withdraw(by=world.by, on=clock.today(), reason="luopuu")
    places = compare(world.procurement).places
    assert [place.key for place in places] == [world.offers[2].pk, world.offers[0].pk]


def test_an_offer_cannot_come_on_a_day_to_come_or_leave_before_it_came():
    world = procurement_world("tendering")
    with pytest.raises(ValidationError, match="still to come"):
        Offer.receive(world.procurement, by=a_clerk(), supplier=supplier(), received_on=clock.today() + DAY,
                      model=FLAT)  # fmt: skip
    offer = received(world.procurement)
    with pytest.raises(ValidationError, match="cannot have been before"):
        offer.withdraw(by=a_clerk(), on=offer.received_on - DAY, reason="x")


def auditor():
    """Return somebody who audits."""
    person = UserFactory()
    Post.give(person, "auditor", by=a_clerk())
    return type(person).objects.get(pk=person.pk)


@pytest.mark.parametrize("state", ["received", "judged", "decided"])
def test_before_the_award_is_sent_offers_are_the_service_centres_alone(state):
    world = offer_world(state)
    member = RoleFactory(municipality=world.committed).user
    for reader in (AnonymousUser(), member, auditor()):
        assert not Offer.objects.visible_to(reader).exists()
        assert not Supplier.objects.visible_to(member).exists()
    assert Offer.objects.visible_to(world.by).count() == 3


def test_afterwards_the_auditor_reads_every_offer_and_members_still_none():
    world = offer_world("sent")
    member = RoleFactory(municipality=world.committed).user
    assert Offer.objects.visible_to(auditor()).count() == 3
    assert not Offer.objects.visible_to(member).exists()


@pytest.mark.parametrize("verb", ["withdraw", "merge"])
def test_those_who_wait_for_a_contract_are_told_when_the_supplier_leaves(verb):
    world = offer_world("sent")
    seller = world.tiered.supplier
    facts = {"by": world.by, "on": clock.today(), "reason_fi": "Myyty.", "reason_sv": "Såld."}
    told = getattr(seller, verb)(**facts | ({"into": supplier("Delta Oy")} if verb == "merge" else {}))
    buyers = {world.committed, world.committed_too, world.interested}
    assert set(told) == buyers
    letters = OutgoingEmail.objects.filter(template="procurement/emails/supplier_left")
    assert {letter.to for letter in letters} == {place.registry_email for place in buyers}
    assert all("Myyty." in letter.body for letter in letters)


def test_that_a_mere_tenderer_leaves_is_told_to_nobody():
    world = offer_world("judged")
    facts = {"on": clock.today(), "reason_fi": "Myyty.", "reason_sv": "Såld."}
    assert world.tiered.supplier.withdraw(by=world.by, **facts) == []
    assert not OutgoingEmail.objects.filter(template="procurement/emails/supplier_left").exists()


def test_a_supplier_out_of_business_makes_no_offers():
    seller = supplier()
    seller.withdraw(by=a_clerk(), on=clock.today(), reason_fi="x", reason_sv="x")
    with pytest.raises(ValidationError, match="not in business"):
        received(procurement_world("tendering").procurement, supplier=seller)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "withdrawn"},
        {"state": "merged", "ended_on": "2027-01-01", "end_reason_fi": "x", "end_reason_sv": "x"},
    ],
)
def test_a_supplier_leaves_with_day_reason_and_heir(fields):
    seller = supplier()
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplier.objects.filter(pk=seller.pk).update(**fields)


def test_a_business_id_is_checked_and_stands_once():
    with pytest.raises(ValidationError, match="not a business ID"):
        supplier(business_id="0201256-7")
    supplier(business_id="0201256-6")
    with pytest.raises(ValidationError, match="there already"):
        supplier("Beta Ab", business_id="0201256-6")
