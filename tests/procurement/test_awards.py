"""The award: decided in the order of the offers, sent with what the Act counts from it, challenged, contracted."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consortium.models import AuditEvent, OutgoingEmail
from consortium.workflow import WrongState
from procurement.models import Appeal, Award, Offer, Procurement, Stage, StageKind
from tests.factories import DAY, a_clerk
from tests.offer_world import PER_RESIDENT, at_level, decided, offer_world, received, sent
from tests.procurement_factories import opened
from tests.procurement_world import procurement_world

pytestmark = pytest.mark.django_db
SENT_ON = dt.date(2027, 3, 10)  # a Wednesday


@pytest.fixture(autouse=True)
def today(today_is):
    today_is(SENT_ON.isoformat())


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def letters(kind):
    """Return {address: (language, subject and text)} of the letters of a kind."""
    rows = OutgoingEmail.objects.filter(template=f"procurement/emails/{kind}")
    return {row.to: (row.language, f"{row.subject}\n{row.body}") for row in rows}


def test_the_order_is_frozen_with_the_award_and_can_be_redone_by_hand():
    world = offer_world("decided")
    frozen = world.award.ranking
    assert [(p["name"], p["place"], p["price"], p["points"]) for p in frozen["places"]] == [
        ("Beta Ab", 1, "5872.80", "100.00"),
        ("Gamma Ltd", 2, "7500.00", "78.98"),
        ("Alfa Oy", 3, "6606.90", "77.33"),
    ]
    price, titles = frozen["places"][1]["terms"]
    assert price == ["price", "5872.80", "7500.00", "60", "46.98"]
    assert titles[1:] == ["4", "5.00", "40.00", "32.00"]
    assert world.procurement.state == "awarded"


def test_only_the_first_in_the_order_can_win():
    world = offer_world("judged")
    with pytest.raises(ValidationError, match="not first in the order"):
        decided(world.procurement, world.offers[0])
    assert not Award.objects.exists()


def test_nothing_is_decided_while_an_offer_has_not_been_judged():
    world = offer_world("received")
    with pytest.raises(ValidationError, match="no order yet"):
        decided(world.procurement, world.tiered)


def test_a_decision_on_a_day_to_come_is_refused():
    world = offer_world("judged")
    with pytest.raises(ValidationError, match="still to come"):
        decided(world.procurement, world.tiered, decided_on=SENT_ON + DAY)


@pytest.mark.parametrize(
    ("level", "sending", "until", "source"),
    [
        ("below", "email", None, ""),
        ("national", "email", None, ""),
        ("eu", "email", dt.date(2027, 3, 24), "1397/2016, 129 §"),
        ("eu", "letter", dt.date(2027, 3, 31), "1397/2016, 129 §"),
    ],
)
def test_129_section_standstill_only_where_the_act_has_it(level, sending, until, source):
    world = offer_world("judged")
    award = decided(at_level(world.procurement, level), world.tiered)
    sent(award, sending=sending)
    assert (award.standstill_until, award.standstill_source) == (until, source)
    planned = Stage.objects.filter(procurement=world.procurement, kind=StageKind.STANDSTILL).first()
    assert (planned and planned.planned_on) == until


def test_129_section_annex_e_has_a_standstill_at_national_level():
    world = offer_world("judged", kind="annex_e")
    Procurement.objects.filter(pk=world.procurement.pk).update(maximum=Decimal(400_000))
    award = sent(decided(world.procurement, world.tiered))
    assert award.standstill_until == dt.date(2027, 3, 24)


def test_a_day_typed_from_the_decision_holds_unless_the_act_wants_a_later_one():
    world = offer_world("judged")
    award = decided(at_level(world.procurement, "eu"), world.tiered)
    typed = {"standstill_until": SENT_ON + 20 * DAY, "standstill_source": "decision § 12"}
    with pytest.raises(ValidationError, match=r"at least until Wed 24\.3\.2027"):
        sent(award, standstill_until=SENT_ON + 9 * DAY, standstill_source="decision § 12")
    sent(award, **typed)
    assert (award.standstill_until, award.standstill_source) == tuple(typed.values())
    award.retime(by=world.by, standstill_until=SENT_ON + 14 * DAY, standstill_source="corrected")
    assert award.standstill_until == SENT_ON + 14 * DAY
    with pytest.raises(ValidationError, match="at least until"):
        award.retime(by=world.by, standstill_until=SENT_ON + 13 * DAY, standstill_source="corrected")


def test_the_contract_waits_for_the_letters_and_the_standstill(today_is):
    world = offer_world("judged")
    award = decided(at_level(world.procurement, "eu"), world.tiered)
    procurement = Procurement.objects.get(pk=world.procurement.pk)
    assert procurement.bars() == ["The decision has not been sent to the tenderers yet."]
    sent(award)
    today_is("2027-03-24")
    assert procurement.bars() == [
        "The standstill runs until Wed 24.3.2027 (Procurement Act 1397/2016, 129 §). "
        "A contract can be made from Thu 25.3.2027."
    ]
    with pytest.raises(ValidationError, match=r"The standstill runs until Wed 24\.3\.2027"):
        procurement.contract(by=world.by, signed_on=dt.date(2027, 3, 24))
    assert Procurement.objects.get(pk=procurement.pk).state == "awarded"
    today_is("2027-03-25")
    assert procurement.bars() == []
    procurement.contract(by=world.by, signed_on=dt.date(2027, 3, 25))
    assert procurement.state == "contracted"
    assert Award.objects.get().contracted_on == dt.date(2027, 3, 25)
    assert Stage.objects.get(procurement=procurement, kind=StageKind.CONTRACT).done_on == dt.date(2027, 3, 25)


def test_a_contract_back_dated_into_the_standstill_is_refused(today_is):
    world = offer_world("judged")
    sent(decided(at_level(world.procurement, "eu"), world.tiered))
    today_is("2027-04-01")
    with pytest.raises(ValidationError, match="standstill"):
        Procurement.objects.get().contract(by=world.by, signed_on=dt.date(2027, 3, 20))


def test_the_database_bars_the_contract_while_an_appeal_is_pending():
    world = offer_world("appealed")
    rows = Procurement.objects.filter(pk=world.procurement.pk)
    for change in (
        lambda: rows.update(state="contracted"),
        lambda: Award.objects.update(state="contracted", contracted_on=SENT_ON),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            change()
        assert refused.value.__cause__.diag.constraint_name == "award_contract_barred"
    Appeal.objects.update(state="settled", settled_on=SENT_ON, outcome="rejected")
    rows.update(state="contracted")


def test_an_overturned_award_bars_its_contract_until_it_is_annulled():
    world = offer_world("appealed")
    Appeal.objects.get().settle(by=world.by, outcome="upheld", settled_on=SENT_ON)
    procurement = Procurement.objects.get()
    assert procurement.bars() == [
        "A challenge was upheld on Wed 10.3.2027: no contract is made of this award."
    ]
    with pytest.raises(ValidationError, match="was upheld"):
        procurement.contract(by=world.by)
    for change in (
        lambda: Procurement.objects.update(state="contracted"),
        lambda: Award.objects.update(state="contracted", contracted_on=SENT_ON),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            change()
        assert refused.value.__cause__.diag.constraint_name == "award_contract_barred"
    Award.objects.get().annul(by=world.by, on=SENT_ON, reason_fi="Kumottu.", reason_sv="Upphävt.")
    assert Procurement.objects.get().state == "tendering"


@pytest.mark.parametrize("verb", ["annul", "void"])
def test_volumes_that_are_public_go_back_to_the_members_with_the_award(verb):
    world = offer_world("sent")
    world.procurement.open_volumes(by=world.by, to="public")
    if verb == "annul":
        world.award.annul(by=world.by, on=SENT_ON, reason_fi="Kumottu.", reason_sv="Upphävt.")
    else:
        world.procurement.void(by=world.by, reason_fi="Ei tulosta.", reason_sv="Inget resultat.")
    procurement = Procurement.objects.get()
    assert procurement.volumes_open_to == "members"
    told = AuditEvent.objects.about(procurement).get(verb={"annul": "take_back"}.get(verb, verb)).details
    assert (told["readers_before"], told["readers"]) == ("public", "members")


@pytest.mark.parametrize(
    "fields", [{"reason_fi": "toinen"}, {"ranking": {}}, {"section": "13"}, {"offer": None}]
)
def test_a_decision_is_never_changed(fields):
    offer_world("decided")
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.all()._raw_delete("default")


@pytest.mark.parametrize("kind", ["market_court", "rectification"])
def test_a_pending_challenge_bars_the_contract_whatever_its_kind(kind):
    world = offer_world("sent")
    world.award.appeal(by=world.by, kind=kind, filed_on=SENT_ON, known_on=SENT_ON)
    assert "pending" in Award.objects.get().bars()[0]
    with pytest.raises(ValidationError, match="pending"):
        world.procurement.contract(by=world.by)


def test_an_upheld_appeal_leads_to_annulment_and_a_new_decision():
    world = offer_world("appealed")
    appeal = Appeal.objects.get()
    appeal.settle(by=world.by, outcome="upheld", settled_on=SENT_ON)
    assert world.committed.registry_email in letters("appeal_settled")
    award = Award.objects.get()
    award.annul(
        by=world.by, on=SENT_ON, reason_fi="Markkinaoikeus kumosi.", reason_sv="Marknadsdomstolen upphävde."
    )
    procurement = Procurement.objects.select_related("round").get()
    assert (procurement.state, award.state) == ("tendering", "annulled")
    assert set(letters("award_annulled")) >= {"alfa@toimittaja.example", world.committed.registry_email}
    world.tiered.withdraw(by=world.by, on=SENT_ON, reason="ei enää voimassa")
    assert decided(procurement, world.offers[2]).offer == world.offers[2]


def test_a_winner_that_withdraws_bars_the_contract():
    world = offer_world("sent")
    world.tiered.withdraw(by=world.by, on=SENT_ON, reason="luopuu")
    assert Award.objects.get().bars() == ["Beta Ab has withdrawn its offer."]


def test_each_tenderer_reads_of_its_own_offer_alone():
    world = offer_world("sent")
    found = letters("award_to_tenderer")
    assert {address: language for address, (language, _text) in found.items()} == {
        "alfa@toimittaja.example": "fi",
        "beta@toimittaja.example": "sv",
        "gamma@toimittaja.example": "en",
    }
    alfa, gamma = found["alfa@toimittaja.example"][1], found["gamma@toimittaja.example"][1]
    assert "Beta Ab" in alfa  # the winner
    for others in ("Gamma", "7\u202f500", "5\u202f872", "78,98"):
        assert others not in alfa
    assert "Its place: 2." in gamma and "7\u202f500,00" in gamma and "titlar: 4 / 5" not in gamma
    assert "nimikkeet: 4 / 5" in gamma and "rectification by Wed 24.3.2027" in gamma
    for others in (
        "Alfa",
        "6\u202f606",
        "5\u202f872",
        "46,98",
        "78,98",
    ):  # its points would tell the lowest price
        assert others not in gamma
    assert world.committed.name_fi not in gamma + alfa


def test_the_participants_are_told_in_their_languages_and_nobody_else():
    world = offer_world("sent")
    found = letters("award_to_participant")
    buyers = {p.registry_email for p in (world.committed, world.committed_too, world.interested)}
    assert set(found) == buyers
    assert all("Beta Ab" in text for _language, text in found.values())
    assert not any("5\u202f872" in text or "1\u202f211" in text for _language, text in found.values())


def test_a_letter_about_an_award_that_was_annulled_does_not_leave(worker):
    world = offer_world("sent")
    world.award.annul(by=world.by, on=SENT_ON, reason_fi="virhe", reason_sv="fel")
    worker.run()
    states = dict(OutgoingEmail.objects.values_list("template", "state"))
    assert states["procurement/emails/award_to_tenderer"] == "dropped"
    assert states["procurement/emails/award_annulled"] == "sent"


def test_lots_are_awarded_one_by_one_and_one_may_end_without_a_contract():
    by = a_clerk()
    world = procurement_world("tendering", by=by, lots=[("Lehdet", "Tidskrifter"), ("Kirjat", "Böcker")])
    procurement = world.procurement
    first, second = procurement.lots.all()
    with pytest.raises(ValidationError, match="Choose a lot"):
        received(procurement, by=by)
    offer = received(procurement, by=by, lot=first)
    row = decided(procurement, offer, by=by, lot=first)
    procurement.refresh_from_db()
    assert procurement.state == "tendering"
    assert [lot.number for lot in procurement.undecided_lots()] == [2]
    sent(row, by=by)
    row.contract(by=by, signed_on=SENT_ON)  # the other lot does not hold it up
    decided(procurement, None, by=by, lot=second)
    procurement.refresh_from_db()
    assert procurement.state == "contracted"  # by the last lot, though that one has no contract


def two_lots(by):
    """Return a procurement with an offer in each of its lots, both decided on and sent; and the awards."""
    world = procurement_world("tendering", by=by, lots=[("Lehdet", "Tidskrifter"), ("Kirjat", "Böcker")])
    offers = [
        received(world.procurement, by=by, lot=lot, name=f"{lot.title_fi} Oy")
        for lot in world.procurement.lots.all()
    ]
    rows = [sent(decided(world.procurement, offer, by=by, lot=offer.lot), by=by) for offer in offers]
    return Procurement.objects.get(pk=world.procurement.pk), rows


def test_a_challenge_of_a_lot_that_has_its_contract_does_not_bar_the_other():
    by = a_clerk()
    procurement, (first, second) = two_lots(by)
    first.contract(by=by, signed_on=SENT_ON)
    first.appeal(by=by, kind="market_court", filed_on=SENT_ON, known_on=SENT_ON)
    assert procurement.bars() == []
    second.contract(by=by, signed_on=SENT_ON)
    procurement.refresh_from_db()
    assert procurement.state == "contracted"


def test_a_challenge_of_a_lot_without_a_contract_holds_up_the_end_alone():
    by = a_clerk()
    procurement, (first, second) = two_lots(by)
    second.annul(by=by, on=SENT_ON, reason_fi="Virhe.", reason_sv="Fel.")
    none = sent(decided(procurement, None, by=by, lot=second.lot), by=by)
    appeal = none.appeal(by=by, kind="market_court", filed_on=SENT_ON, known_on=SENT_ON)
    first.contract(by=by, signed_on=SENT_ON)
    procurement.refresh_from_db()
    assert procurement.state == "awarded"
    appeal.settle(by=by, outcome="rejected", settled_on=SENT_ON)
    procurement.refresh_from_db()
    assert procurement.state == "contracted"


def test_without_any_winner_the_procurement_is_ended_not_awarded():
    by = a_clerk()
    world = procurement_world("tendering", by=by)
    received(world.procurement, by=by)
    with pytest.raises(ValidationError, match="Choose the winner"):
        decided(world.procurement, None, by=by)


def test_ending_without_result_is_told_the_same_day_to_those_who_had_answered_with_volume():
    world = offer_world("judged")
    world.procurement.void(by=world.by, reason_fi="Tarjouksia ei tullut.", reason_sv="Inga anbud kom.")
    found = letters("procurement_void")
    assert set(found) == {p.registry_email for p in (world.committed, world.committed_too, world.interested)}
    assert all("Tarjouksia ei tullut." in text for _language, text in found.values())
    assert world.answer_of(world.committed).standing.yearly == Decimal(1211)  # kept


def test_an_award_falls_with_its_procurement_and_takes_no_letter_of_its_own():
    world = offer_world("sent")
    world.procurement.void(by=world.by, reason_fi="Toimittaja luopui.", reason_sv="Leverantören drog sig ur.")
    assert Award.objects.get().state == "annulled"
    assert Procurement.objects.get().state == "void"
    assert not letters("award_annulled")


def test_a_new_start_takes_plan_grounds_and_answers_along():
    world = offer_world("judged", options=[(12, Decimal(0))])
    world.procurement.void(by=world.by, reason_fi="Ei tulosta.", reason_sv="Inget resultat.")
    new = world.procurement.start_again(by=world.by)
    assert (new.state, new.started_from, new.months) == ("prepared", world.procurement, 36)
    assert new.options.get().months == 12
    assert [row.text_fi for row in new.requirements.all()] == ["Kirjautuminen kirjastokortilla"]
    assert new.criteria.get().weight == 40
    with pytest.raises(ValidationError, match="begun anew already"):
        world.procurement.start_again(by=world.by)
    round_ = opened(new, world.places, by=world.by)
    drafts = {
        a.municipality: a.draft for a in round_.answers.filter(draft__isnull=False).select_related("draft")
    }
    assert {place: (d.kind, d.yearly) for place, d in drafts.items()} == {
        world.committed: ("committed", Decimal(1211)),
        world.committed_too: ("committed", Decimal(2417)),
        world.interested: ("interested", Decimal(833)),
    }
    assert not round_.answers.filter(standing__isnull=False).exists()  # nothing is given for anybody


def test_an_ordinary_round_begins_without_drafts():
    world = procurement_world("round")
    assert not world.round.answers.filter(draft__isnull=False).exists()


@pytest.mark.parametrize("verb", ["contract", "award"])
def test_steps_out_of_turn_are_refused(verb):
    world = procurement_world("frozen")
    with pytest.raises(WrongState):
        if verb == "contract":
            world.procurement.contract(by=a_clerk())
        else:
            decided(world.procurement, None)


def test_offers_are_kept_as_they_were_decided_on():
    world = offer_world("decided")
    with pytest.raises((WrongState, ValidationError)):
        world.offers[0].edit(by=world.by, model=PER_RESIDENT)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Offer.objects.filter(pk=world.offers[0].pk).update(prices={})
    assert refused.value.__cause__.diag.constraint_name == "offer_kept_after_award"
