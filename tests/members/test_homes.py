"""Everyone's own front page: what waits for the service centre, and for a municipality."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.html import escape

from consortium.models import OutgoingEmail
from consortium.models.mail import MailState
from members.models import Body, Municipality, Outcome
from members.pages.home import fee_sentence
from tests.factories import (
    AccessionFactory,
    ContactFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    TariffFactory,
    handling,
)
from tests.members.reading import member, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


# --- The service centre's front page ------------------------------------------------------------------------------


def queue(client_of, staff):
    response = client_of(staff).get(reverse("home"))
    return {row["what"]: row for row in response.context["tasks"]}, text_of(response)


def test_the_queue_says_what_only_the_service_centre_can_do(client_of, staff, today_is):
    today_is("2026-11-24")
    offer = OfferFactory()
    for name, state in {
        "Kaustinen": "conditional",
        "Parainen": "approved",
        "Kaskinen": "final",
        "Lumparland": "prepared",
        "Alavieska": "sent",
    }.items():
        place = MunicipalityFactory(name_fi=name, genitive_fi=name)
        AccessionFactory(offer=offer, state=state, municipality=place)
    place = MunicipalityFactory(name_fi="Kärsämäki", genitive_fi="Kärsämäki")
    karsamaki = AccessionFactory(offer=offer, state="sent", municipality=place)
    karsamaki.decide(by=staff, **handling() | {"published_on": None})
    Municipality.objects.filter(name_fi="Lumparland").update(registry_email="")
    for name in ("Kaustinen", "Parainen", "Kärsämäki"):
        RoleFactory(municipality=Municipality.objects.get(name_fi=name))
    tasks, page = queue(client_of, staff)
    assert set(tasks) == {
        "Give Helsinki's view on the decision of Kaustinen",
        "Confirm the finality of the decision of Parainen",
        "Check the decision of Kärsämäki",
        "Take 1 joining to Helsinki for decision",
        "Send the joining package: Lumparland",
        "Add the address of the registry: Lumparland",
        "Ask for a representative: Alavieska",
    }
    assert "7 things wait for us." in page
    # the board met on 25.9., minutes 2.10., known 9.10., last day 23.10., final at the earliest 24.10.
    finality = tasks["Confirm the finality of the decision of Parainen"]
    assert finality["when"] == "31 days" and "23.10.2026" in finality["text"]
    assert tasks["Take 1 joining to Helsinki for decision"]["url"] == reverse("members:signing_list")
    assert tasks["Check the decision of Kärsämäki"]["url"] == karsamaki.get_absolute_url()


def test_a_letter_that_was_refused_waits_until_the_address_is_corrected(client_of, staff):
    accession = AccessionFactory(state="sent", municipality__name_fi="Kaskinen")
    RoleFactory(municipality=accession.municipality)
    OutgoingEmail.objects.filter(to=accession.municipality.registry_email).update(
        state=MailState.REFUSED, sent_at=None, reason="550 no such user"
    )
    tasks, page = queue(client_of, staff)
    title = f"Correct the address {accession.municipality.registry_email}"
    assert list(tasks) == [title] and "550 no such user" in page and "1 letter has not arrived." in page
    Municipality.objects.filter(pk=accession.municipality_id).update(registry_email="uusi@kaskinen.example")
    assert title not in queue(client_of, staff)[0]


def test_many_of_a_kind_are_one_line_that_opens_the_round(client_of, staff):
    offer = OfferFactory()
    AccessionFactory.create_batch(6, offer=offer, state="sent")
    tasks, _page = queue(client_of, staff)
    assert list(tasks) == ["Ask 6 municipalities for a representative"]
    task = tasks["Ask 6 municipalities for a representative"]
    assert task["url"] == offer.get_absolute_url() and "and 3 more" in task["text"]


def test_a_meeting_that_has_passed_is_asked_after(client_of, staff, today_is):
    today_is("2026-11-23")
    accession = AccessionFactory(state="sent", municipality__name_fi="Alavieska")
    RoleFactory(municipality=accession.municipality)
    accession.schedule(by=staff, meeting_on=dt.date(2026, 11, 24), meeting_body=Body.BOARD)
    today_is("2026-11-24")
    assert queue(client_of, staff)[0] == {}
    today_is("2026-11-25")
    assert list(queue(client_of, staff)[0]) == ["Ask what was decided: Alavieska"]


def test_each_number_of_the_year_is_the_length_of_the_list_it_opens(client_of, staff):
    offer = OfferFactory()
    for state in [
        "prepared",
        "sent",
        "sent",
        "in_preparation",
        "approved",
        "final",
        "confirmed",
        "rejected",
        "stopped",
    ]:
        AccessionFactory(offer=offer, state=state)
    member(dt.date(2020, 1, 1))
    again = member(dt.date(2020, 1, 1))
    AccessionFactory(offer=offer, state="stopped", municipality=again)
    AccessionFactory(offer=offer, state="sent", municipality=again)
    MunicipalityFactory()
    browser = client_of(staff)
    year = browser.get(reverse("home")).context["year"]
    numbers = {(line.name, str(word)): number for line in year for word, number, _url in line.counts}
    assert numbers["Municipalities", "members"] == 2 and numbers["Municipalities", "not invited"] == 1
    assert numbers["Joining", "package sent"] == 3 and numbers["Closed", "stopped"] == 1
    for line in year:
        for word, number, url in line.counts:
            rows = browser.get(f"{url}&format=csv").content.decode().strip().splitlines()[1:]
            assert len(rows) == number, (line.name, word)


def test_deadlines_of_sixty_days_stand_apart(client_of, staff, today_is):
    today_is("2026-11-24")
    OfferFactory(decide_by=dt.date(2027, 1, 22), joins_on=dt.date(2027, 2, 1))  # 59 days, nobody asked
    near = AccessionFactory(
        state="sent", offer__decide_by=dt.date(2027, 1, 21), offer__joins_on=dt.date(2027, 2, 1)
    )
    AccessionFactory(state="sent", offer__decide_by=dt.date(2027, 1, 25), offer__joins_on=dt.date(2027, 2, 1))
    rows = client_of(staff).get(reverse("home")).context["deadlines"]
    assert [row["url"] for row in rows] == [near.offer.get_absolute_url()]
    assert rows[0]["note"] == "1 decision is not yet final." and "58 days" in rows[0]["small"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_service_centres_page_costs_the_same_for_any_queue(
    client_of, staff, count, django_assert_num_queries
):
    offer = OfferFactory()
    for state in ("prepared", "sent", "conditional", "approved", "final"):
        AccessionFactory.create_batch(count, offer=offer, state=state)
    OutgoingEmail.objects.update(state=MailState.REFUSED, sent_at=None, reason="550 no")
    browser = client_of(staff)
    browser.get(reverse("home"))
    with django_assert_num_queries(68):
        browser.get(reverse("home"))


# --- A municipality's front page -----------------------------------------------------------------------------------


def test_the_fee_can_be_reckoned_by_hand():
    tariff = TariffFactory()
    for count, words in {
        2447: "By the tariff the annual fee 2028 is 150,00\u00a0€, the smallest fee; "
        "by population it would be 22,02\u00a0€ (0,009\u00a0€ × 2\u202f447 residents).",
        197900: "By the tariff the annual fee 2028 is 1\u202f781,10\u00a0€ (0,009\u00a0€ × 197\u202f900 residents).",
        1000000: "By the tariff the annual fee 2028 is 7\u202f500,00\u00a0€, the largest fee; "
        "by population it would be 9\u202f000,00\u00a0€ (0,009\u00a0€ × 1\u202f000\u202f000 residents).",
    }.items():
        population = MunicipalityFactory(population=count).population_on(dt.date(2026, 11, 24))
        assert fee_sentence(tariff, population, 2028) == words
    tariff.free_years = [2028]
    assert fee_sentence(tariff, population, 2028) == "There is no annual fee in 2028."


def test_the_first_task_of_a_representative_is_the_decision(client_of):
    accession = AccessionFactory(state="sent", municipality__name_fi="Rautalampi")
    role = RoleFactory(municipality=accession.municipality)
    response = client_of(role.user).get(reverse("member_home", args=[accession.municipality.code]))
    (row,) = response.context["waiting"]
    assert row["what"] == "Record the decision on joining"
    assert row["url"] == reverse("members:accession_decide", args=[accession.pk])
    assert "If nothing is decided, Rautalampi does not join and nothing follows." in row["note"]
    assert "1 thing waits for Rautalampi." in text_of(response)
    assert escape(row["url"]) in response.content.decode()


def test_a_librarian_prepares_and_does_not_answer(client_of):
    accession = AccessionFactory(state="sent")
    role = RoleFactory(municipality=accession.municipality, kind="librarian")
    response = client_of(role.user).get(reverse("member_home", args=[accession.municipality.code]))
    (row,) = response.context["waiting"]
    assert row["what"] == "Prepare the decision for the representative"
    assert row["url"] == reverse("members:accession_prepare", args=[accession.pk])


def test_nothing_waits_before_the_meeting_and_the_decision_is_asked_the_day_after(client_of, staff, today_is):
    today_is("2026-11-23")
    accession = AccessionFactory(state="sent", municipality__name_fi="Alavieska")
    role = RoleFactory(municipality=accession.municipality)
    accession.schedule(by=staff, meeting_on=dt.date(2026, 11, 24), meeting_body=Body.BOARD)
    url = reverse("member_home", args=[accession.municipality.code])
    response = client_of(role.user).get(url)
    assert response.context["waiting"] == [] and len(response.context["paused"]) == 1
    assert "Nothing waits for Alavieska." in text_of(response)
    today_is("2026-11-25")
    response = client_of(role.user).get(url)
    assert response.context["paused"] == []
    assert "The meeting was on Tuesday 24.11.2026. What was decided?" in text_of(response)


def test_after_the_decision_the_signature_and_the_missing_date_wait(client_of, staff):
    accession = AccessionFactory(state="sent")
    accession.decide(by=staff, **handling(Outcome.APPROVED) | {"published_on": None})
    role = RoleFactory(municipality=accession.municipality)
    response = client_of(role.user).get(reverse("member_home", args=[accession.municipality.code]))
    assert {row["what"] for row in response.context["waiting"]} == {
        "Tell when the minutes were published",
        "Sign the agreement and record the signature",
    }
    receipts = [row["what"] for row in response.context["done"]]
    assert receipts == ["Decision recorded", "Joining package sent"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_municipalitys_home_costs_the_same_for_any_history(client_of, count, django_assert_num_queries):
    place, offer = MunicipalityFactory(), OfferFactory()
    for _i in range(count - 1):
        AccessionFactory(municipality=place, offer=offer, state="stopped")
    AccessionFactory(municipality=place, offer=offer, state="sent")
    ContactFactory.create_batch(count, municipality=place)
    user = RoleFactory.create_batch(count, municipality=place)[0].user
    browser = client_of(user)
    browser.get(reverse("member_home", args=[place.code]))
    with django_assert_num_queries(49):
        browser.get(reverse("member_home", args=[place.code]))


def test_one_person_wears_the_hat_of_the_municipality_whose_page_is_open(client_of):
    first = RoleFactory(municipality__name_fi="Alavieska")
    second = RoleFactory(municipality__name_fi="Kärsämäki", user=first.user, kind="librarian")
    browser = client_of(first.user)
    for role, label in ((second, "Kärsämäki, librarian"), (first, "Alavieska, representative")):
        response = browser.get(reverse("member_home", args=[role.municipality.code]))
        hats = next(c["portal"]["hats"] for c in response.context if "hats" in c.get("portal", {}))
        assert [hat["label"] for hat in hats if hat["current"]] == [label]
    matter = AccessionFactory(municipality=second.municipality, state="sent")
    response = browser.get(
        reverse("members:accession_schedule", args=[matter.pk])
    )  # while the other one is worn
    hats = next(c["portal"]["hats"] for c in response.context if "hats" in c.get("portal", {}))
    assert [hat["label"] for hat in hats if hat["current"]] == ["Kärsämäki, librarian"]
    assert browser.get(reverse("home")).url == reverse("member_home", args=[first.municipality.code])
