"""Contracts and e-resources on pages: the same cost for any length, and only what the reader may know."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from consortium import gather
from consortium.models import PostKind
from members.models import Municipality
from procurement.models import Contract, Holding, Participation
from procurement.pages import calendar
from procurement.reach import reach
from tests.contract_world import a_resource, a_supplier, drafted, runs_on, signed, told
from tests.factories import MunicipalityFactory, RoleFactory, UserFactory
from tests.offer_world import offer_world
from tests.stories.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _february(today_is, settings):
    settings.LANGUAGE_CODE = "en"
    today_is("2027-02-01")


def _queries(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(500) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


@pytest.mark.parametrize("page", ["contract_list", "exit_calendar", "resource_list", "resource_access"])
def test_a_list_costs_the_same_for_any_length(client_of, staff, page, django_assert_max_num_queries):
    client, url = client_of(staff), reverse(f"procurement:{page}") + "?all=1"
    a_resource(signed(1, by=staff))
    client.get(url)
    one = _queries(client, url, django_assert_max_num_queries)
    for terms in ({}, runs_on(), {"ends_on": None, "silence": "runs_on"}):
        contract = signed(2, by=staff, options=[(12, None)], **terms)
        alone = a_resource(languages=["sv", "en"])
        Holding.begin(alone, MunicipalityFactory(language="sv"), by=staff, starts_on=dt.date(2027, 1, 1))
        a_resource(contract)
    assert _queries(client, url, django_assert_max_num_queries) == one


@pytest.mark.parametrize("page", ["contract", "use_standing"])
def test_a_contract_costs_the_same_for_any_number_of_participants(
    client_of, staff, page, django_assert_max_num_queries
):
    client, contract = client_of(staff), signed(1, by=staff)
    url = reverse(f"procurement:{page}", args=[contract.pk])
    told(contract.participations.get(), "contact", by=staff)
    client.get(url)
    one = _queries(client, url, django_assert_max_num_queries)
    for place in (MunicipalityFactory(), MunicipalityFactory()):
        told(Participation.begin(contract, place, by=staff, yearly=77), "contact", "date", by=staff)
    assert _queries(client, url, django_assert_max_num_queries) == one


def test_volumes_are_read_by_those_whose_matter_they_are(client, client_of, staff):
    own, other = MunicipalityFactory(), MunicipalityFactory()
    contract = signed([own, other], by=staff)  # 1 001 and 1 002 € a year
    url = contract.get_absolute_url()
    member, outsider, auditor = UserFactory(), UserFactory(), UserFactory()
    RoleFactory(user=member, municipality=own)
    RoleFactory(user=outsider)
    auditor.posts.create(kind=PostKind.AUDITOR, since=dt.date(2027, 1, 1))

    def sees(browser):
        shown = "".join(
            browser.get(url + query).content.decode("utf-8", "replace").replace("\u202f", "")
            for query in ("", "?format=csv")
        )
        return {volume for volume in ("1001,00", "1002,00") if volume in shown}

    assert sees(client) == set()
    assert sees(client_of(outsider)) == set()
    assert sees(client_of(member)) == {"1001,00"}
    assert sees(client_of(auditor)) == sees(client_of(staff)) == {"1001,00", "1002,00"}


def test_who_reads_its_own_volume_alone_cannot_sort_by_the_volumes_of_all(client_of, staff):
    low, high, own = (MunicipalityFactory(name_fi=name) for name in ("Zzz", "Aaa", "Mmm"))
    contract = signed([low, own, high], by=staff)  # the larger the volume, the earlier the name
    member = UserFactory()
    RoleFactory(user=member, municipality=own)

    def order(user, sort):
        lines = client_of(user).get(contract.get_absolute_url() + f"?format=csv&sort={sort}")
        told = b"".join(lines.streaming_content) if lines.streaming else lines.content
        return [line.split(";")[0].strip('"') for line in told.decode().splitlines()][1:]

    assert order(staff, "yearly") != order(staff, "-yearly")
    assert order(member, "yearly") == order(member, "-yearly")
    assert "sort=yearly" not in client_of(member).get(contract.get_absolute_url()).content.decode()


def test_one_that_is_being_made_is_known_to_the_service_centre_alone(client, client_of, staff):
    contract = drafted(by=staff, title_fi="zqdraft", title_sv="zqdraft")
    resource = a_resource(contract, title="zqresource")
    RoleFactory(user=(member := UserFactory()))
    for browser in (client, client_of(member)):
        assert browser.get(contract.get_absolute_url()).status_code == 404
        assert browser.get(resource.get_absolute_url()).status_code == 404
        for page in ("contract_list", "resource_list", "resource_access"):
            told = browser.get(reverse(f"procurement:{page}")).content
            assert b"zqdraft" not in told and b"zqresource" not in told
        assert b"zqdraft" not in browser.get(reverse("search"), {"q": "zqdra"}).content
        assert b"zqresource" not in browser.get(reverse("search"), {"q": "zqresou"}).content
    assert b"zqdraft" in client_of(staff).get(reverse("procurement:contract_list")).content


def test_the_reason_of_a_withdrawal_and_the_way_out_are_not_public(client, client_of, staff):
    contract = signed(2, by=staff)
    row = contract.participations.order_by("pk").first()
    row.withdraw(by=staff, withdrawn_on=dt.date(2027, 2, 1), last_day=dt.date(2027, 2, 1), reason="zqreason")
    shown = client.get(contract.get_absolute_url()).content.decode()
    assert "zqreason" not in shown and "Our own deadline" not in shown
    shown = client_of(staff).get(contract.get_absolute_url()).content.decode()
    assert "zqreason" in shown and "Our own deadline" in shown
    assert client.get(reverse("procurement:exit_calendar")).status_code == 302


def test_services_are_those_in_force_with_their_municipalities(staff, today_is):
    place = MunicipalityFactory()
    signed([place, MunicipalityFactory()], by=staff, title_fi="Lehdet", title_sv="Lehdet")
    signed(1, by=staff, title_fi="Muut", title_sv="Muut", **runs_on())
    drafted(by=staff)
    today = dt.date(2027, 2, 1)
    found = {s.name: (s.period, s.municipalities) for s in gather.collect(gather.SERVICES, today, None)}
    assert found == {"Lehdet": ("2027", 2), "Muut": ("from 2027 on", 1)}
    assert [s.name for s in gather.collect(gather.SERVICES, today, place)] == ["Lehdet"]
    assert [s.name for s in gather.collect(gather.SERVICES, dt.date(2028, 1, 1), None)] == ["Muut"]
    assert gather.collect(gather.SERVICES, dt.date(2026, 12, 31), None) == []


def test_who_has_access_by_service_and_by_language(staff):
    Municipality.objects.all().delete()
    finnish = MunicipalityFactory(language="fi", population=3000)
    bilingual = MunicipalityFactory(language="fi-sv", population=5000)
    swedish = MunicipalityFactory(language="sv", population=2000)
    contract = signed([finnish, bilingual], by=staff)
    a_resource(contract, title="Yhteinen", languages=["fi"])
    alone = a_resource(title="Oma", languages=["sv", "fi"])
    Holding.begin(alone, swedish, by=staff, starts_on=dt.date(2027, 1, 1), last_day=dt.date(2027, 2, 1))
    residents, services, languages = reach(dt.date(2027, 2, 1))
    assert residents.total == 10000
    by_name = {row.name: row for row in services}
    assert (by_name["Yhteinen"].residents, by_name["Yhteinen"].share) == (8000, Decimal("0.8"))
    assert by_name["Yhteinen"].shares == {"fi": 1, "both": 1, "sv": 0}
    assert by_name["Oma"].shares == {"fi": 0, "both": 0, "sv": 1}
    finnish_row, swedish_row, *_rest = languages
    assert (finnish_row.residents, swedish_row.residents) == (10000, 2000)
    _residents, services, languages = reach(dt.date(2027, 2, 2))
    assert [row.name for row in services] == ["Yhteinen"]
    assert languages[1].residents == 0


def test_a_municipality_page_shows_its_own_e_resources(client, staff):
    own, other = MunicipalityFactory(), MunicipalityFactory()
    a_resource(signed([own], by=staff), title="zqyhteinen")
    assert b"zqyhteinen" in client.get(own.get_absolute_url()).content
    assert b"zqyhteinen" not in client.get(other.get_absolute_url()).content
    listed = reverse("procurement:resource_list")
    assert b"zqyhteinen" in client.get(listed, {"municipality": own.code}).content
    assert b"zqyhteinen" not in client.get(listed, {"municipality": other.code}).content


def test_the_catalogue_is_kept_by_the_service_centre(client_of, staff):
    desk, place = client_of(staff), MunicipalityFactory()
    said = {
        "title": "Kirjahylly",
        "material": "ebooks",
        "languages": ["fi", "sv"],
        "about_fi": "E-kirjoja",
        "about_sv": "E-böcker",
        "url": "kirjahylly.example",
        "help_fi": "Oma kirjasto",
        "help_sv": "Ditt bibliotek",
    }
    answer = desk.post(reverse("procurement:resource_new"), said, follow=True)
    assert answer.status_code == 200 and b"https://kirjahylly.example" in answer.content
    pk = answer.context["resource"].pk
    answer = desk.post(
        reverse("procurement:holding_new", args=[pk]),
        {"municipality": place.pk, "starts_on": "1.1.2027"},
        follow=True,
    )
    assert place.name_fi in answer.content.decode()
    row = Holding.objects.get()
    desk.post(reverse("procurement:holding_end", args=[pk, row.pk]), {"last_day": "1.2.2027"})
    row.refresh_from_db()
    assert row.last_day == dt.date(2027, 2, 1)


def test_a_contract_of_an_award_keeps_its_supplier_and_begins_from_its_price(client_of, staff):
    world, other = offer_world("sent", by=staff), a_supplier("Muu Oy", by=staff)
    desk = Person(client_of(staff))
    page = desk.opens(reverse("procurement:contract_new"), award=world.award.pk)
    assert page.typed("yearly").replace("\u202f", " ") == "5 872,80"
    contract = drafted(
        by=staff, supplier=world.award.offer.supplier, award=world.award, procurement=world.procurement
    )
    page = desk.opens(reverse("procurement:contract_edit", args=[contract.pk]))
    assert "Muu Oy" not in page.text
    desk.presses(page, supplier=str(other.pk))
    contract.refresh_from_db()
    assert contract.supplier == world.award.offer.supplier
    free = drafted(by=staff)
    desk.presses(desk.opens(reverse("procurement:contract_edit", args=[free.pk])), supplier=str(other.pk))
    free.refresh_from_db()
    assert free.supplier == other


TERMS = [{}, {"silence": "runs_on"}, {"silence": "runs_on", "renewal_months": 12}]


@pytest.mark.parametrize("terms", TERMS, ids=["ends", "runs on", "runs on a year at a time"])
@pytest.mark.parametrize("now", ["2027-02-01", "2027-08-02", "2027-12-23"])
def test_what_the_database_leaves_out_has_no_day_ahead(staff, today_is, terms, now):
    facts = [
        (days, months, ours)
        for days in range(20, 900, 37)
        for months, ours in ((None, 0), (3, 60), (12, 365))
    ]
    today, supplier = dt.date.fromisoformat(now), a_supplier(by=staff)
    Contract.objects.bulk_create(
        Contract(
            supplier=supplier,
            number=f"{days} {months} {ours}",
            state="signed",
            signed_on=dt.date(2020, 1, 1),
            begins_on=dt.date(2020, 1, 1),
            ends_on=today + dt.timedelta(days=days),
            notice_months=months,
            our_days=ours,
            **terms,
        )
        for days, months, ours in facts
    )
    today_is(now)

    def ahead(contracts):
        return [row.number for row in calendar.rows(today, contracts) if row.is_within(today)]

    narrowed = Contract.objects.acting_until(today + calendar.AHEAD, today)
    assert ahead(narrowed) == ahead(None)
    assert narrowed.count() < len(facts) or "renewal_months" in terms
