"""The pages that gather: front, service centre, municipality's home, municipality, search, signing in."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from consortium.charts import Dot, dot_map, position, radius
from consortium.models import OutgoingEmail
from consortium.models.mail import MailState
from members.models import Accession, Body, Municipality, Outcome
from members.pages.front import fits
from members.pages.home import fee_sentence
from tests.factories import (
    AccessionFactory,
    ContactFactory,
    MunicipalityFactory,
    OfferFactory,
    RoleFactory,
    TariffFactory,
    UserFactory,
    handling,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


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
    with django_assert_num_queries(17):
        browser.get(reverse("home"))


# --- A municipality's front page -----------------------------------------------------------------------------------


def test_the_fee_can_be_reckoned_by_hand():
    tariff = TariffFactory()
    for count, words in {
        2447: "The annual fee 2028 is 150,00\u00a0€, the smallest fee; "
        "by population it would be 22,02\u00a0€ (0,009\u00a0€ × 2\u202f447 residents).",
        197900: "The annual fee 2028 is 1\u202f781,10\u00a0€ (0,009\u00a0€ × 197\u202f900 residents).",
        1000000: "The annual fee 2028 is 7\u202f500,00\u00a0€, the largest fee; "
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
    with django_assert_num_queries(18):
        browser.get(reverse("member_home", args=[place.code]))


def test_one_person_wears_the_hat_of_the_municipality_whose_page_is_open(client_of):
    first = RoleFactory(municipality__name_fi="Alavieska")
    second = RoleFactory(municipality__name_fi="Kärsämäki", user=first.user, kind="librarian")
    browser = client_of(first.user)
    for role, label in ((second, "Kärsämäki, librarian"), (first, "Alavieska, representative")):
        response = browser.get(reverse("member_home", args=[role.municipality.code]))
        assert [hat["label"] for hat in response.context["portal"]["hats"] if hat["current"]] == [label]
    assert browser.get(reverse("home")).url == reverse("member_home", args=[first.municipality.code])


# --- Signing in --------------------------------------------------------------------------------------------------


def test_a_code_sent_to_a_known_address_lets_in(client, run_worker):
    user = UserFactory(email="johtaja@rautalampi.example")
    response = client.post(
        reverse("account_request_login_code"), {"email": "Johtaja@Rautalampi.example"}, follow=True
    )
    assert response.redirect_chain[-1][0] == reverse("account_confirm_login_code")
    letter = OutgoingEmail.objects.get()
    code = re.search(r"\b\d{6}\b", letter.body)[0]
    assert letter.to == "johtaja@rautalampi.example" and letter.template == "consortium/emails/login_code"
    assert letter.priority == 0 and code in letter.subject
    run_worker()
    letter.refresh_from_db()
    assert letter.state == "sent" and letter.body == ""
    mailbox = client.get(reverse("mailbox"), {"to": "johtaja"}).content.decode()
    assert code in mailbox
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(user.pk)
    for name in ("account_login", "account_request_login_code"):
        assert client.get(reverse(name)).url == reverse("home")


def test_a_wrong_code_does_not(client):
    UserFactory(email="johtaja@rautalampi.example")
    client.post(reverse("account_request_login_code"), {"email": "johtaja@rautalampi.example"})
    code = re.search(r"\b\d{6}\b", OutgoingEmail.objects.get().body)[0]
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    response = client.post(reverse("account_confirm_login_code"), {"code": wrong})
    assert "_auth_user_id" not in client.session and 'aria-invalid="true"' in response.content.decode()


def test_an_unknown_address_gets_neither_account_nor_letter_and_cannot_be_told_from_a_known_one(client):
    UserFactory(email="tunnettu@rautalampi.example")
    pages = []
    for address in ("tunnettu@rautalampi.example", "vieras@rautalampi.example"):
        client.cookies.clear()
        response = client.post(reverse("account_request_login_code"), {"email": address}, follow=True)
        assert response.redirect_chain[-1][0] == reverse("account_confirm_login_code")
        pages.append(text_of(response).replace(address, "…"))
    assert pages[0] == pages[1]
    assert [letter.to for letter in OutgoingEmail.objects.all()] == ["tunnettu@rautalampi.example"]
    assert not type(UserFactory.build()).objects.filter(email="vieras@rautalampi.example").exists()
    assert client.get(reverse("account_signup")).status_code == 200
    client.post(reverse("account_signup"), {"email": "vieras@rautalampi.example"})
    assert not type(UserFactory.build()).objects.filter(email="vieras@rautalampi.example").exists()


def test_a_closed_account_gets_no_code(client):
    UserFactory(email="lahtenyt@rautalampi.example", is_active=False)
    client.post(reverse("account_request_login_code"), {"email": "lahtenyt@rautalampi.example"})
    assert not OutgoingEmail.objects.exists()


# --- Standing pages and the mailbox -----------------------------------------------------------------------------------


def test_the_accessibility_statement_has_its_legal_contents(client):
    page = text_of(client.get(reverse("accessibility")))
    for fact in ("306/2019", "WCAG) 2.1", "within 14 days", "Traficom", settings.CONTACT_EMAIL, "22.11.2026"):
        assert fact in page, fact


@pytest.mark.parametrize(
    "name",
    ["accessibility", "privacy", "questions", "account_login", "account_inactive", "account_reset_password"],
)
def test_everyone_can_read_the_standing_pages_in_our_frame(client, name):
    page = client.get(reverse(name)).content.decode()
    assert 'class="skip"' in page and "style=" not in page and page.count("<h1") == 1


def test_links_in_the_mailboxs_letters_can_be_followed_and_their_text_does_no_harm(client, run_worker):
    accession = AccessionFactory(state="sent", municipality__name_fi="Vesanto <script>")
    run_worker()
    page = client.get(reverse("mailbox"), {"to": accession.municipality.registry_email}).content.decode()
    assert f'/p/{accession.code}/"' in page and "<a href=" in page
    assert "<script>" not in page.replace("<script src", "")
    assert "Vesanto &lt;script&gt;" in page
    assert Accession.objects.get().opened_at is None
