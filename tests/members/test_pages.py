"""The pages that everyone can open: front page, map, search, a municipality; and what its own people see of it."""

import datetime as dt

import pytest
from django.urls import reverse

from consortium import gather
from consortium.charts import Dot, dot_map, position, radius
from members.models import Municipality
from members.pages.front import fits
from tests.factories import (
    AccessionFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
)
from tests.members.reading import member, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the pages in the language of their source."""
    settings.LANGUAGE_CODE = "en"


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
        with django_assert_num_queries(12 if not view else 1):
            return client.get(reverse("front"), {"view": view})

    queries(1)
    response = queries(100)
    assert "m-in" in response.content.decode()


def test_the_front_page_tells_what_was_decided_newest_first(client, today_is):
    today_is("2026-11-24")
    offer = OfferFactory()
    for name in ("Vesanto", "Tervo"):
        AccessionFactory(offer=offer, state="confirmed", municipality__name_fi=name)
    page = text_of(client.get(reverse("front")))
    part = page[page.index("Meetings and decisions") :]
    assert "The steering group has not called its next meeting." in part
    assert "2 joinings confirmed" in part and "§\u00a044, HEL\u00a02026-006001" in part
    assert (
        part.index("Tervo") < part.index("Vesanto") < part.index("Version") < part.index("For municipalities")
    )
    assert "§\u00a0112, HEL\u00a02026-004117" in part


def test_one_joining_is_told_by_its_name(client):
    accession = AccessionFactory(state="confirmed", municipality__name_fi="Vesanto")
    page = client.get(reverse("front"))
    assert "The joining of Vesanto confirmed" in text_of(page)
    assert f'href="{accession.municipality.get_absolute_url()}"' in page.content.decode()


def test_many_joinings_of_one_decision_are_one_row(client, today_is):
    today_is("2026-11-24")
    offer = OfferFactory()
    for number in range(12):
        AccessionFactory(offer=offer, state="confirmed", municipality__name_fi=f"Kunta {number:02}")
    page = text_of(client.get(reverse("front")))
    assert "12 joinings confirmed" in page and "Kunta 09 and 2 more" in page and "Kunta 10" not in page


def test_services_come_from_whoever_buys_them(client, monkeypatch):
    place = member(dt.date(2020, 1, 1), name_fi="Vesanto")
    page = text_of(client.get(reverse("front")))
    assert "Services bought together are not in use yet." in page and "No services are in use yet." in page
    service = gather.Service("E-lehdet", "/services/1/", "2027–2030", 1)
    monkeypatch.setitem(gather._functions, gather.SERVICES, [lambda today, municipality: [service]])
    page = text_of(client.get(reverse("front")))
    assert "1 service bought together is in use." in page and "E-lehdet 2027–2030 1" in page
    assert "E-lehdet" in text_of(client.get(place.get_absolute_url()))


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
    with django_assert_num_queries(12):
        response = client.get(reverse("search"), {"q": "koski"})
    assert len(response.context["hits"]) == count


def test_the_columns_of_the_table_of_members_are_explained(client):
    member(dt.date(2026, 1, 1), name_fi="Vesanto")
    url = reverse("members:member_list")
    response = client.get(url)
    head, row = client.get(url, {"format": "csv"}).content.decode("utf-8-sig").strip().splitlines()
    assert head.split(";") == [str(c["label"]) for c in response.context["columns"]]
    assert row.split(";")[-2:] == ["2026-01-01", "2022-12-31"]
    page = text_of(response)
    for column in response.context["columns"]:
        assert column["explained"] in page.replace("&#x27;", "'")
