"""The pages that everyone can open: front page, map, search, a municipality; and what its own people see of it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from consortium.charts import Dot, dot_map, position, radius
from members.models import Municipality
from members.pages.front import fits
from tests.factories import AccessionFactory, ContactFactory, MunicipalityFactory, OfferFactory, RoleFactory

pytestmark = pytest.mark.django_db


def text_of(response):
    """Return what a reader reads: no tags, one space between words."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"[ \n\t]+", " ", re.sub(r"<[^>]+>", " ", body))  # no-break spaces stay


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def member(since, population=2447, **fields):
    place = MunicipalityFactory(population=population, **fields)
    place.join(since)
    return place


# --- The public front page ---------------------------------------------------------------------------------


def test_the_front_page_counts_members_of_today_and_the_residents_who_live_there(client, today_is):
    today_is("2027-01-01")
    member(dt.date(2027, 1, 1), 3000, name_fi="Rautalampi")
    member(dt.date(2027, 1, 2), 5000, name_fi="Kuopio")
    MunicipalityFactory(name_fi="Vesanto", population=1000)
    page = text_of(client.get(reverse("front")))
    assert "1 of 3 municipalities is a member." in page
    assert "33\u00a0%" in page
    assert "Rautalampi" in page and "Kuopio" not in page and "Vesanto" not in page
    today_is("2027-01-02")
    page = text_of(client.get(reverse("front")))
    assert "2 of 3 municipalities are members." in page and "89\u00a0%" in page and "Kuopio" in page


def test_the_front_page_says_when_the_first_join(client, today_is):
    today_is("2026-12-16")
    member(dt.date(2027, 1, 1), name_fi="Rautalampi")
    page = text_of(client.get(reverse("front")))
    assert "The first municipalities join on 1.1.2027" in page
    assert "of 1 municipalities" not in page


def test_the_front_page_tells_nothing_of_matters_under_way(client):
    AccessionFactory(state="rejected", municipality__name_fi="Vesanto")
    AccessionFactory(state="sent", municipality__name_fi="Tervo")
    page = client.get(reverse("front")).content.decode()
    assert "Vesanto" not in page and "Tervo" not in page


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("<b>", "No municipality is called “&lt;b&gt;”."),
        ("alavieskan", "Alavieska has been a member since 1.1.2026."),
        ("Alavieskassa", "Alavieska has been a member since 1.1.2026."),
        ("rautalammella", "Rautalampi is not a member."),
        ("Närpes", "Närpiö joins: its membership begins on 1.1.2028."),
        ("pertunmaa", "Pertunmaa was merged into Mäntyharju. Mäntyharju is not a member."),
    ],
)
def test_the_look_up_answers_on_the_page(client, today_is, words, answer):
    today_is("2026-11-22")
    member(dt.date(2026, 1, 1), name_fi="Alavieska")
    member(dt.date(2028, 1, 1), name_fi="Närpiö", name_sv="Närpes", language="fi-sv")
    MunicipalityFactory(name_fi="Rautalampi", genitive_fi="Rautalammin")
    heir = MunicipalityFactory(name_fi="Mäntyharju")
    MunicipalityFactory(name_fi="Pertunmaa", ended_on=dt.date(2025, 1, 1), successor=heir)
    assert answer in text_of(client.get(reverse("front"), {"q": words}))


@pytest.mark.parametrize("view", ["", "map"])
def test_the_front_page_costs_the_same_for_any_number_of_members(
    client, view, django_assert_num_queries, register
):
    def queries(count):
        for place in Municipality.objects.exclude(memberships__isnull=False)[:count]:
            place.join(dt.date(2020, 1, 1))
        with django_assert_num_queries(2 if not view else 1):
            return client.get(reverse("front"), {"view": view})

    queries(1)
    response = queries(100)
    assert "m-in" in response.content.decode()


# --- The map ------------------------------------------------------------------------------------------------


def test_a_dot_stands_where_the_place_is_and_its_area_follows_the_residents():
    x, y = position(24.94, 60.17)
    assert (round(x, 1), round(y, 1)) == (185.4, 650.9)
    assert round(radius(664028, is_member=True), 1) == 13.6
    assert radius(111, is_member=True) == 2.7 and radius(111, is_member=False) == 2.1


def test_the_map_names_what_is_named_and_escapes_it():
    drawing = dot_map(
        [Dot(24.9, 60.2, 1000, True, "A<b>"), Dot(27.0, 69.9, 10, False)], title="T&", description="D"
    )
    assert drawing.count("<circle") == 2 and drawing.count("<text ") == 1
    assert "A&lt;b&gt;" in drawing and "T&amp;" in drawing and "style=" not in drawing
    assert drawing.index("m-out") < drawing.index("m-in")


# --- Finding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "names", "genitive"),
    [
        ("turussa", {"Turku", "Åbo"}, "Turun"),
        ("Turkuun", {"Turku", "Åbo"}, "Turun"),
        ("lahteen", {"Lahti", "Lahtis"}, "Lahden"),
        ("lahdessa", {"Lahti", "Lahtis"}, "Lahden"),
        ("kaustisella", {"Kaustinen", "Kaustby"}, "Kaustisen"),
        ("espooseen", {"Espoo", "Esbo"}, "Espoon"),
        ("iissä", {"Ii", "Ijo"}, "Iin"),
        ("tl", {"Koski Tl", "Koskis"}, "Koski Tl:n"),
        ("åbo", {"Turku", "Åbo"}, "Turun"),
    ],
)
def test_a_name_is_found_in_any_case(words, names, genitive):
    assert fits(words, names, genitive)


@pytest.mark.parametrize(
    ("words", "names", "genitive"),
    [("iisalmi", {"Ii", "Ijo"}, "Iin"), ("oulussa", {"Oulainen"}, "Oulaisten")],
)
def test_another_name_is_not_found(words, names, genitive):
    assert not fits(words, names, genitive)


def test_case_numbers_are_found_only_by_those_who_may_open_the_matter(client, client_of, staff):
    own = AccessionFactory(state="approved", municipality__name_fi="Tervo")
    role = RoleFactory(municipality=own.municipality)
    AccessionFactory(state="approved", municipality__name_fi="Vesanto", offer=own.offer)
    url = reverse("search")
    assert "Tervo" not in text_of(client.get(url, {"q": "KunDno-2026-62"}))
    page = text_of(client_of(role.user).get(url, {"q": "KunDno-2026-62"}))
    assert "Tervo" in page and "Vesanto" not in page
    page = text_of(client_of(staff).get(url, {"q": "kundno-2026"}))
    assert "Tervo" in page and "Vesanto" in page
    assert "Rounds" in text_of(client_of(staff).get(url, {"q": own.offer.case_number}))
    assert "Rounds" not in text_of(client_of(role.user).get(url, {"q": own.offer.case_number}))


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_costs_the_same_for_any_number_of_hits(client, count, django_assert_num_queries):
    for place in MunicipalityFactory.create_batch(count, name_fi="Koski"):
        place.join(dt.date(2026, 1, 1))
    with django_assert_num_queries(2):
        response = client.get(reverse("search"), {"q": "koski"})
    assert len(response.context["hits"]) == count


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
        page = browser.get(reverse("municipality", args=[place.code])).content.decode()
        assert "Vesanto is not a member." in page and "2\u202f447" in page
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


def test_before_that_nobody_else_sees_the_decision(client):
    accession = AccessionFactory(state="final")
    page = text_of(client.get(reverse("municipality", args=[accession.municipality.code])))
    assert "KunDno-2026-62" not in page and "Annual fee" not in page


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
    with django_assert_num_queries(17):
        browser.get(reverse("municipality", args=[place.code]))
