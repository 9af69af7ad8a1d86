"""Stories of offers and the award: the order, a procurement that ends without result, an appeal in the standstill."""

import datetime as dt

import pytest

from consortium.models import OutgoingEmail
from members.models import Municipality
from procurement.models import Appeal, Award, Procurement
from tests.conftest import Browser
from tests.factories import DAY, RoleFactory, UserFactory
from tests.offer_world import PER_RESIDENT, TIERED, at_level, decided, grounds, judged, received, sent
from tests.procurement_factories import announced, answers, opened
from tests.stories.people import Person

pytestmark = pytest.mark.django_db
BUYERS = {"kirjaamo@009.example", "kirjaamo@545.example", "kirjaamo@686.example"}


@pytest.fixture
def clerk(client_of, staff):
    """The service centre at its browser, in English."""
    staff.language = "en"
    staff.save()
    return Person(client_of(staff))


@pytest.fixture
def tendering(municipalities, staff, today_is):
    """Alavieska and Närpiö have committed themselves, Rautalampi is interested, Vaasa said no; the list is frozen."""
    municipalities("009", "686", "545", "905")
    by_code = {place.code: place for place in Municipality.objects.all()}
    for each in by_code.values():
        each.join(dt.date(2026, 1, 1))
    procurement = announced(staff, title_fi="Sähköiset lehdet", title_sv="Elektroniska tidskrifter")
    round_ = opened(procurement, by_code.values(), by=staff)
    answers(round_, by_code["009"], "committed", "1200", by=staff)
    answers(round_, by_code["545"], "committed", "3000", by=staff)
    answers(round_, by_code["686"], "interested", "900", by=staff)
    answers(round_, by_code["905"], "declined", by=staff)
    today_is(round_.closes_on + DAY)
    found = Procurement.objects.select_related("round").get(pk=procurement.pk)
    found.tender(by=staff)
    return found


@pytest.fixture
def awarded(tendering, staff):
    """The award is decided at EU level and sent today by e-mail, so that its standstill has just begun."""
    grounds(tendering, staff)
    at_level(tendering, "eu")
    for name, model, mark in (("Alfa Oy", PER_RESIDENT, 3), ("Beta Ab", TIERED, 5)):
        offer = judged(received(tendering, model, by=staff, name=name), mark, by=staff)
    return sent(decided(tendering, offer, by=staff), by=staff)


def at(procurement, page=""):
    return f"/en/procurements/{procurement.pk}/{page}"


def written(letter):
    """Return the letters of a kind: {address: [subject and text in each language]}."""
    found = {}
    for row in OutgoingEmail.objects.filter(template=f"procurement/emails/{letter}").order_by("pk"):
        found.setdefault(row.to, []).append(" ".join(f"{row.subject} {row.body}".split()))
    return found


@pytest.mark.breaks(
    "procurement.models.Procurement.void",
    "procurement.award_emails.ended_without_result",
)
def test_c43_no_tender_came_and_all_who_counted_are_told_the_same_day(clerk, tendering, run_worker):
    page = clerk.opens(clerk.opens(at(tendering)).link("End it without result"))
    assert "3 municipalities with a commitment or an interest are told today." in page.text
    refused = clerk.presses(page, reason_fi="Yhtään tarjousta ei tullut.")
    assert refused.wrong_with("reason_sv")
    page = clerk.presses(refused, reason_sv="Inga anbud kom.")
    assert page.says == "Ended without result. Yhtään tarjousta ei tullut."
    told = written("procurement_void")
    assert set(told) == BUYERS  # not Vaasa, which had said no
    assert "Yhtään tarjousta ei tullut." in told["kirjaamo@009.example"][0]
    finnish, swedish = sorted(told["kirjaamo@545.example"], key=lambda text: "Inga anbud kom." in text)
    assert "Inga anbud kom." in swedish and "Yhtään tarjousta ei tullut." in finnish
    run_worker()
    states = OutgoingEmail.objects.filter(template="procurement/emails/procurement_void").values_list(
        "state", flat=True
    )
    assert set(states) == {"sent"}
    visitor = Person(Browser()).opens(at(tendering))
    assert visitor.says == "Ended without result. Yhtään tarjousta ei tullut."


@pytest.mark.breaks(
    "procurement.models.Procurement.start_again",
    "procurement.models.awarding.put_earlier_answers",
)
def test_c43_the_answers_are_kept_and_offered_as_a_start_for_the_next_round(
    clerk, tendering, staff, client_of
):
    clerk.presses(clerk.opens(at(tendering, "void/")), reason_fi="Ei tulosta.", reason_sv="Inget resultat.")
    earlier = tendering.round.answers.get(municipality__code="009")
    assert earlier.standing.yearly == 1200
    page = clerk.opens(clerk.opens(at(tendering)).link("Begin again from these answers"))
    clerk.presses(page, "Begin again")
    following = Procurement.objects.get(started_from=tendering)
    assert following.title_fi == "Sähköiset lehdet"
    clerk.presses(clerk.opens(at(following, "round/")), "Open the round", closes_on="18.1.2027")
    new_one = following.round.answers.get(municipality__code="009")
    assert new_one.standing is None  # nothing is given for anybody
    assert (new_one.draft.kind, new_one.draft.yearly) == ("committed", 1200)
    assert not hasattr(following.round.answers.get(municipality__code="905"), "draft")
    director = UserFactory(language="en")
    RoleFactory(user=director, municipality=new_one.municipality, since=dt.date(2026, 1, 1))
    page = Person(client_of(director)).opens(at(following, "009/"))
    assert tendering.number in page.text
    assert page.typed("committed_yearly").replace("\u202f", "") == "1200,00"


@pytest.mark.breaks("procurement.models.Award.bars", "procurement.award_emails.appeal_filed")
def test_c46_an_appeal_in_the_standstill_bars_the_contract_until_it_is_settled(clerk, awarded, today_is):
    procurement, first = awarded.procurement, awarded.sent_on
    page = clerk.opens(f"/en/awards/{awarded.pk}/appeal/")
    page = clerk.presses(
        page,
        "Record it",
        kind="market_court",
        filed_on=f"{first:%-d.%-m.%Y}",
        filed_by="Alfa Oy",
        arrangement_fi="Nykyinen sopimus jatkuu 31.3. asti.",
        arrangement_sv="Nuvarande avtal fortsätter till 31.3.",
    )
    assert "Nykyinen sopimus jatkuu 31.3. asti." in page.part("Challenges")
    told = written("appeal_filed")
    assert set(told) == BUYERS
    assert "Nykyinen sopimus jatkuu 31.3. asti." in told["kirjaamo@009.example"][0]
    assert not any("Alfa" in text for texts in told.values() for text in texts)  # a plain notice
    today_is(awarded.standstill_until + 30 * DAY)  # the standstill is over, the appeal is not
    barred = clerk.opens(at(procurement, "contract/"))
    assert "An appeal is pending in the Market Court" in barred.text
    assert not barred.offers("Record the contract")
    posted = clerk.browser.post(at(procurement, "contract/"), {"signed_on": "31.12.2026"})
    assert posted.status_code == 200
    assert Procurement.objects.get(pk=procurement.pk).state == "awarded"
    visitor = Person(Browser()).opens(f"/en/awards/{awarded.pk}/")
    assert "An appeal is pending in the Market Court" in visitor.says and "Alfa" not in visitor.text
    appeal = Appeal.objects.get()
    settled = f"{Award.objects.get().standstill_until + 20 * DAY:%-d.%-m.%Y}"
    page = clerk.opens(f"/en/appeals/{appeal.pk}/settle/")
    page = clerk.presses(page, "Record what came", outcome="rejected", settled_on=settled)
    assert set(written("appeal_settled")) == BUYERS
    page = clerk.presses(clerk.opens(at(procurement, "contract/")), "Record the contract")
    assert Procurement.objects.get(pk=procurement.pk).state == "contracted"


@pytest.mark.breaks("procurement.pages.gauge._tiers", "procurement.pages.awards.own_part")
def test_a30_prices_per_tier_are_there_only_when_an_offer_has_tiers(clerk, tendering, staff, client_of):
    from_alavieska = UserFactory(language="en")
    place = Municipality.objects.get(code="009")
    RoleFactory(user=from_alavieska, municipality=place, since=dt.date(2026, 1, 1))
    director = Person(client_of(from_alavieska))
    grounds(tendering, staff)
    judged(received(tendering, PER_RESIDENT, by=staff), 3, by=staff)
    gauge = clerk.opens(at(tendering, "answers/"))
    assert "a resident" not in gauge.text
    tiered = judged(received(tendering, TIERED, by=staff, name="Beta Ab"), 5, by=staff)
    gauge = clerk.opens(at(tendering, "answers/"))
    assert "48 municipalities more: 0,50 € a resident" in gauge.text
    assert "0,50" not in director.opens(at(tendering)).text  # closed until the award
    award = sent(decided(tendering, tiered, by=staff), by=staff)
    assert "48 municipalities more: 0,50 € a resident" in director.opens(f"/en/awards/{award.pk}/").part(
        "For us"
    )
