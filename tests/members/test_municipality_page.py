"""One municipality's page: what everyone sees, what its own people and the service centre do; notes."""

import datetime as dt

import pytest
from django.urls import reverse

from tests.factories import (
    AccessionFactory,
    ContactFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    handling,
)
from tests.members.reading import member, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


# --- One municipality ------------------------------------------------------------------------------------------


def private_facts(place):
    """Give a municipality what only its own people and the service centre may see."""
    ContactFactory(
        municipality=place, name="Salla Salainen", email="salla@vesanto.example", phone="040 123 4567"
    )
    accession = AccessionFactory(municipality=place, state="conditional")
    role = RoleFactory(municipality=place, user__name="Eila Edustaja")
    return accession, role


HIDDEN = [
    "Salla Salainen",
    "salla@vesanto.example",
    "040 123 4567",
    "Eila Edustaja",
    "kirjaamo@",
    "condition",
    "Letters",
]


def test_a_stranger_sees_no_people_letters_or_unfinished_matters(client, client_of):
    place = MunicipalityFactory(name_fi="Vesanto")
    private_facts(place)
    neighbour = RoleFactory(municipality__name_fi="Tervo").user
    for browser in (client, client_of(neighbour)):
        response = browser.get(reverse("municipality", args=[place.code]))
        page = response.content.decode()
        assert "Vesanto is not a member." in text_of(response) and "2\u202f447" in page
        for fact in HIDDEN:
            assert fact not in page, fact


def test_its_own_people_and_the_service_centre_see_them(client_of, staff):
    place = MunicipalityFactory(name_fi="Vesanto")
    _accession, role = private_facts(place)
    for user in (role.user, staff):
        page = client_of(user).get(reverse("municipality", args=[place.code])).content.decode()
        for fact in HIDDEN:
            assert fact in page, fact


def test_a_role_that_has_ended_shows_nothing_more(client_of):
    place = MunicipalityFactory(name_fi="Vesanto")
    _accession, role = private_facts(place)
    role.since, role.ended_on = dt.date(2020, 1, 1), dt.date(2020, 12, 31)
    role.save()
    page = client_of(role.user).get(reverse("municipality", args=[place.code])).content.decode()
    assert "Salla Salainen" not in page
    assert client_of(role.user).get(reverse("member_home", args=[place.code])).status_code == 404


def test_everyone_sees_the_decision_and_the_fee_once_helsinki_has_confirmed(client):
    accession = AccessionFactory(state="confirmed", municipality__name_fi="Vesanto")
    page = text_of(client.get(reverse("municipality", args=[accession.municipality.code])))
    assert "HEL 2026-006001" in page and "KunDno-2026-62" in page and "§ 61" in page
    assert f"Vesanto joins: its membership begins on 1.1.{accession.offer.joins_on.year}." in page
    assert (
        "150,00\u00a0€, the smallest fee; by population it would be 22,02\u00a0€ (0,009\u00a0€ × 2\u202f447 residents)"
        in page
    )


def test_one_whose_membership_is_to_begin_is_not_invited_again(client_of, staff):
    OfferFactory()
    free, joining = MunicipalityFactory(), AccessionFactory(state="confirmed").municipality
    for place, invited in ((free, True), (joining, False)):
        page = client_of(staff).get(place.get_absolute_url()).content.decode()
        assert (f"Invite {place.name_fi} to join" in page) is invited


@pytest.mark.parametrize(
    ("outcome", "published", "seen"),
    [
        ("approved", True, True),
        ("approved", False, False),
        ("rejected", True, True),
        ("rejected", False, False),
        ("tabled", True, False),
        ("approved_changed", True, False),
    ],
)
def test_its_own_decision_is_public_from_the_day_its_minutes_are(client, staff, outcome, published, seen):
    accession = AccessionFactory(state="sent")
    told = handling(outcome) | ({} if published else {"published_on": None})
    accession.decide(by=staff, **told)
    page = text_of(client.get(accession.municipality.get_absolute_url()))
    assert ("KunDno-2026-62" in page) is seen and ("The municipality decided" in page) is seen
    assert ("rejected" in page) is (seen and outcome == "rejected")
    assert "Helsinki confirmed" not in page and "Annual fee" not in page


def test_a_decision_that_nobody_publishes_stays_the_municipalitys_own(client, client_of, staff):
    accession = AccessionFactory(state="confirmed", municipality__name_fi="Vesanto")
    accession.deciding.__class__.objects.filter(pk=accession.deciding_id).update(
        minutes_published=False, published_on=None
    )
    page = text_of(client.get(accession.municipality.get_absolute_url()))
    assert "HEL 2026-006001" in page and "KunDno-2026-62" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_municipalitys_page_costs_the_same_for_any_history(
    client_of, staff, count, django_assert_num_queries
):
    place = MunicipalityFactory()
    offer = OfferFactory()
    for _i in range(count - 1):
        AccessionFactory(municipality=place, offer=offer, state="stopped")
    AccessionFactory(municipality=place, offer=offer, state="conditional")
    ContactFactory.create_batch(count, municipality=place)
    RoleFactory.create_batch(count, municipality=place)
    browser = client_of(staff)
    browser.get(reverse("municipality", args=[place.code]))
    with django_assert_num_queries(31):
        browser.get(reverse("municipality", args=[place.code]))


# --- What the service centre writes down -----------------------------------------------------------------------


def test_a_note_is_written_on_the_municipalitys_page_and_read_by_the_service_centre_alone(client_of, staff):
    place = MunicipalityFactory(name_fi="Vesanto")
    role = RoleFactory(municipality=place)
    browser = client_of(staff)
    page = text_of(browser.get(place.get_absolute_url()))
    assert (
        "No notes yet." in page
        and "About matters, not about people. The person may ask to read this." in page
    )
    url = reverse("members:note_new", args=[place.code])
    answer = browser.post(url, {"text": "Sairauslomalla 3.5. asti, soita varahenkilölle."}, follow=True)
    page = text_of(answer)
    assert (
        "Only the service centre reads it." in page
        and "Sairauslomalla 3.5. asti" in page
        and "1 note" in page
    )
    assert "Palvelukeskus" in page[page.index("Sairauslomalla") :]
    own = text_of(client_of(role.user).get(place.get_absolute_url()))
    assert "Sairauslomalla" not in own and "Notes" not in own
    assert client_of(role.user).post(url, {"text": "x"}).status_code == 403


def test_an_empty_note_is_refused_and_sending_twice_keeps_one(client_of, staff):
    place = MunicipalityFactory()
    browser, url = client_of(staff), reverse("members:note_new", args=[place.code])
    assert "Write the note" in text_of(browser.post(url, {"text": " "}))
    told = {"text": "Soitettu.", "form_key": "7b1a4a5e-0000-4000-8000-000000000001"}
    assert browser.post(url, told).url == browser.post(url, told).url == place.get_absolute_url()
    assert place.notes.get().text == "Soitettu."


def test_the_service_centre_finds_everything_it_can_record_behind_one_button(client_of, staff):
    accession = AccessionFactory(state="sent")
    response = client_of(staff).get(reverse("members:record", args=[accession.municipality.code]))
    urls = [row["url"] for row in response.context["rows"]]
    assert reverse("members:accession_decide", args=[accession.pk]) in urls
    assert reverse("members:note_new", args=[accession.municipality.code]) in urls
    assert reverse("members:accession_stop", args=[accession.pk]) not in urls
    page = client_of(staff).get(accession.municipality.get_absolute_url())
    assert page.context["main_act"]["label"] == "Record something that has come"


def test_a_municipalitys_page_tells_what_waits_and_with_whom(client_of, staff, today_is):
    today_is("2026-11-24")
    place = MunicipalityFactory(name_fi="Vesanto")
    AccessionFactory(state="sent", municipality=place)
    page = text_of(client_of(staff).get(place.get_absolute_url()))
    part = page[page.index("Waits 2 things") :]
    assert "Vesanto," in part and "Record the decision on joining" in part
    assert "service centre Ask for a representative: Vesanto" in part
    role = RoleFactory(municipality=place)
    page = text_of(client_of(role.user).get(place.get_absolute_url()))
    assert "Record the decision on joining" in page and "Ask for a representative" not in page


def test_people_are_called_and_written_to_from_the_page(client_of, staff):
    place = MunicipalityFactory()
    ContactFactory(
        municipality=place, name="Salla", email="salla@vesanto.example", phone="+358 (0)40 123-4567"
    )
    page = client_of(staff).get(place.get_absolute_url()).content.decode()
    assert 'href="tel:+3580401234567"' in page and 'href="mailto:salla@vesanto.example"' in page
    assert "salla@<wbr>vesanto<wbr>.example" in page


def test_a_phone_folds_what_comes_after_the_people_and_nothing_is_lost_without_scripts(client_of, staff):
    place = MunicipalityFactory()
    page = client_of(staff).get(place.get_absolute_url()).content.decode()
    folded = page.count('<details class="rest" open>')
    assert folded == page.count('class="rest"') >= 5
    at_once = [part for part in page.split("<section")[1:] if 'class="rest"' not in part]
    assert ["Waits" in at_once[0], "Contacts" in at_once[1], len(at_once)] == [True, True, 2]
    home = client_of(staff).get(reverse("home")).content.decode()
    assert home.index('id="now"') < home.index('class="rest"') < home.index('id="year"')


def test_a_name_is_spoken_in_its_own_language(client, settings):
    settings.LANGUAGE_CODE = "fi"
    place = member(dt.date(2020, 1, 1), name_fi="Korsnäs", name_sv="Korsnäs", language="sv")
    page = client.get(place.get_absolute_url()).content.decode()
    assert '<h1><span lang="sv">Korsnäs</span></h1>' in page
    assert '<span lang="sv">Korsnäs</span> on ollut jäsen 1.1.2020 alkaen.' in page
    answer = client.get(reverse("front"), {"q": "korsnäs"}).content.decode()
    assert '<span lang="sv">Korsnäs</span> on ollut jäsen' in answer
