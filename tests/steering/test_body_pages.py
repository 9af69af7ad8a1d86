"""The pages of bodies and seats: who reads what, the table of whom the seats represent, what waits for staff."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, gather
from consortium.models import Post
from members.models import Membership
from steering.models import Body, Candidate, Place, Term
from tests.factories import DAY, MunicipalityFactory, RoleFactory, UserFactory
from tests.procurement_factories import member
from tests.steering_seats import appoint, body, candidate
from tests.steering_world import steering_group
from tests.stories.people import Page, words

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
COSTS = {("body", ""): 4, ("body", "?x=1"): 10, ("representation", ""): 9, ("body_list", ""): 1}  # queries


@pytest.fixture(autouse=True)
def begins(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is(TODAY)


@pytest.fixture
def clerk(client_of, staff):
    return client_of(staff)


def page(browser, name, *args, query=""):
    return Page(browser.get(reverse(f"steering:{name}", args=args) + query))


def filled(found, staff, number, name, **more):
    decision = {key: more.pop(key) for key in ("starts_on", "ends_on") if key in more}
    one = candidate(found, number, name, by=staff, **more)
    appoint(found, one, by=staff, **decision)
    return Term.objects.get(candidate=one)


# --- Who reads what -----------------------------------------------------------------------------------------------


def test_everybody_reads_who_sits_and_until_when(client, staff):
    found = body(staff, experts=1)
    term = filled(found, staff, 1, "Aino Jäsen", office="chair", title="Johtaja")
    filled(found, staff, 1, "Bertta Vara", place=Place.DEPUTY)
    shown = page(client, "body", found.pk)
    assert (
        shown.says.startswith("1 of 3 seats is filled. Chair: Aino Jäsen")
        or "1 of 3 seats are filled" in shown.says
    )
    first, second, third, expert = shown.rows("Who sits")
    assert first[1] == "Aino Jäsen, chair Johtaja" and first[3] == "31.12.2027"
    assert first[4].startswith("Bertta Vara") and first[0] == "1"
    assert (second[1], second[4]) == ("Empty", "Missing") == (third[1], third[4])
    assert (expert[0], expert[1], expert[4]) == ("4, expert", "Empty", "")
    assert term.user.email not in shown.text and not shown.offers("End the term")


def test_candidates_and_reasons_are_for_those_who_may(client, client_of, staff):
    found = body(staff)
    left = filled(found, staff, 1, "Aino", starts_on=TODAY - 30 * DAY)
    left.resign(by=staff, last_day=TODAY - DAY, because="Perhesyyt")
    candidate(found, 2, "Ehdokas", by=staff)
    member_of_group, auditor = UserFactory(), UserFactory()
    Post.give(member_of_group, "member", by=staff)
    Post.give(auditor, "auditor", by=staff)
    neighbour = RoleFactory().user
    for browser in (client, client_of(neighbour)):
        told = page(browser, "body", found.pk).text
        assert "Ehdokas" not in told and "Perhesyyt" not in told
    for user in (member_of_group, auditor):
        told = page(client_of(user), "body", found.pk).text
        assert "Ehdokas" in told and "Perhesyyt" in told and "ehdokas@seats.example" not in told
    told = page(client_of(staff), "body", found.pk)
    assert "ehdokas@seats.example" in told.text and told.offers("Take off the list")


def test_the_list_says_how_full_each_body_is(client, staff):
    steering_group(seats=3, deputies=False)
    over = body(staff)
    Body.objects.filter(pk=over.pk).update(ended_on=TODAY - DAY)
    told = page(client, "body_list").part("All bodies")
    assert "2 bodies" in told and "3 of 3 seats are filled" in told and "ended on 23.11.2026" in told


def test_an_ended_body_takes_no_candidates(clerk, staff):
    over = body(staff)
    Body.objects.filter(pk=over.pk).update(ended_on=TODAY - DAY)
    for name in ("candidate_new", "appointment_new"):
        assert clerk.get(reverse(f"steering:{name}", args=[over.pk])).status_code == 404
    assert not page(clerk, "body", over.pk).offers("Put a candidate forward")


# --- The acts -----------------------------------------------------------------------------------------------------


def test_a_body_is_written_down_with_its_seats(clerk):
    typed = {"kind": "expert", "name_fi": "Ryhmä", "name_sv": "Gruppen", "founded_on": "1.11.2026"}
    answer = clerk.post(
        reverse("steering:body_new"), typed | {"members": 2, "experts": 1, "secretaries": 1}, follow=True
    )
    found = Body.objects.get()
    assert [seat.kind for seat in found.seats.all()] == ["member", "member", "expert", "secretary"]
    assert "Body founded" in Page(answer).text


def test_what_is_refused_is_said_and_what_was_typed_stays(clerk, staff):
    found = body(staff)
    filled(found, staff, 1, "Aino")
    other = candidate(found, 1, "Bertta", by=staff)
    typed = {
        "candidates": [other.pk],
        "starts_on": "1.12.2026",
        "ends_on": "31.12.2028",
        "body_fi": "Johtaja",
        "body_sv": "Direktör",
        "decided_on": "20.11.2026",
        "section": "§ 7",
        "case_number": "HEL 2026-1",
    }
    shown = Page(clerk.post(reverse("steering:appointment_new", args=[found.pk]), typed))
    assert "Aino, Bertta would hold the same place of seat 1" in shown.text
    assert shown.typed("case_number") == "HEL 2026-1"
    assert Candidate.objects.get(pk=other.pk).state == "put_forward"


def test_the_page_of_a_leaving_municipality_asks_what_becomes_of_the_seat(clerk, staff):
    found, place = body(staff), member()
    term = filled(found, staff, 1, "Aino", municipality=place)
    filled(found, staff, 1, "Bertta", place=Place.DEPUTY)
    place.memberships.get().leave(by=staff, notice_on=TODAY, last_day=dt.date(2026, 12, 31))
    shown = page(clerk, "term_resign", term.pk)
    assert "its last day is" in shown.says and "31.12.2026" in shown.says
    assert shown.typed("last_day") == "31.12.2026"
    assert shown.typed("because") == "The municipality leaves the consortium"
    typed = {"last_day": "31.12.2026", "because": "Eroaa", "deputy_takes_over": "no"}
    receipt = Page(clerk.post(reverse("steering:term_resign", args=[term.pk]), typed, follow=True))
    assert "End of a term recorded" in receipt.text and "31.12.2026" in receipt.text
    assert Term.objects.get(place=Place.MEMBER).ends_on == dt.date(2026, 12, 31)


def test_a_deputys_own_term_ends_without_the_question_of_a_successor(clerk, staff):
    found = body(staff)
    filled(found, staff, 1, "Aino")
    deputy = filled(found, staff, 1, "Bertta", place=Place.DEPUTY)
    assert "Who has the seat then?" not in page(clerk, "term_resign", deputy.pk).text
    typed = {"last_day": "30.11.2026", "because": "x"}
    clerk.post(reverse("steering:term_resign", args=[deputy.pk]), typed)
    assert Term.objects.get(pk=deputy.pk).ends_on == dt.date(2026, 11, 30)


def test_an_empty_seat_offers_its_deputy_and_the_act_is_done_once(clerk, staff):
    found = body(staff)
    term = filled(found, staff, 1, "Aino", starts_on=TODAY - 9 * DAY)
    filled(found, staff, 1, "Bertta", place=Place.DEPUTY)
    term.resign(by=staff, last_day=TODAY - DAY, because="x")
    address = page(clerk, "body", found.pk).link("Let the deputy take it")
    form = Page(clerk.get(address)).form("Let Bertta take the seat")
    typed = dict(form.form_values())
    first, second = (clerk.post(address, typed) for _n in range(2))
    assert first.url == second.url
    assert Term.objects.filter(user__name="Bertta").count() == 2
    assert not page(clerk, "body", found.pk).offers("Let the deputy take it")
    assert "no longer be done" in Page(clerk.get(address, follow=True)).response.content.decode()


def test_a_candidate_is_taken_off_the_list_and_then_no_longer_offered(clerk, staff):
    found = body(staff)
    one = candidate(found, 1, "Aino", by=staff)
    address = page(clerk, "body", found.pk).link("Take off the list")
    shown = Page(clerk.post(address, {}, follow=True))
    assert "Candidate withdrawn" in shown.text and "Nobody is put forward" in shown.part("Candidates")
    assert Candidate.objects.get(pk=one.pk).state == "withdrawn"
    again = Page(clerk.get(address, follow=True))
    assert "no longer be done" in again.response.content.decode()
    assert not again.offers("Record Helsinki's appointment")


def test_a_coming_term_is_removed_from_its_own_page(clerk, staff):
    found = body(staff)
    term = filled(found, staff, 1, "Aino", starts_on=TODAY + 9 * DAY)
    assert "Aino" in page(clerk, "body", found.pk).part("Coming terms")
    shown = Page(
        clerk.post(reverse("steering:term_resign", args=[term.pk]), {"because": "Ei ehdi"}, follow=True)
    )
    assert "Coming term removed" in shown.text and not Term.objects.exists()


# --- Whom the seats represent -------------------------------------------------------------------------------------


def sides(shown):
    """Return {group of rows: {class: its numbers}} of the table."""
    table, found = next(shown.main.iter("table")), {}
    for part in table.findall("tbody"):
        head, *rows = list(part)
        found[words(head)] = {words(row[0]): [words(cell) for cell in row[1:]] for row in rows}
    return found


@pytest.fixture
def places():
    """Return four members of two regions, three sizes, two languages and a network."""
    told = [
        ("Iso", "01", "Uusimaa", "fi-sv", 200_000, "Helmet"),
        ("Pieni", "01", "Uusimaa", "fi", 3_000, ""),
        ("Norr", "15", "Pohjanmaa", "sv-fi", 17_000, "Fredrika"),
        ("Keski", "15", "Pohjanmaa", "fi", 30_000, "Fredrika"),
    ]
    found = [
        MunicipalityFactory(
            name_fi=name,
            region_code=code,
            region_fi=region,
            region_sv=region,
            language=language,
            population=residents,
            library_network=network,
        )
        for name, code, region, language, residents, network in told
    ]
    for place in found:
        Membership.objects.create(municipality=place, period=(dt.date(2020, 1, 1), None))
    return found


def test_region_size_language_network_and_missing_deputies_are_one_table(clerk, staff, places):
    found = body(staff)
    filled(found, staff, 1, "Aino", municipality=places[0])
    filled(found, staff, 1, "Bertta", place=Place.DEPUTY, municipality=places[1])
    candidate(found, 2, "Carl", by=staff, municipality=places[2])
    shown = page(clerk, "representation", found.pk)
    assert len(list(shown.main.iter("table"))) == 1
    told = sides(shown)
    assert list(told) == ["Region", "Residents of the municipality", "Language", "Library network", "Places"]
    assert told["Region"] == {
        "Uusimaa": ["2", "203 000", "1", "1", "1,0", "1,6"],
        "Pohjanmaa": ["2", "47 000", "0", "1", "1,0", "0,4"],
    }
    assert told["Residents of the municipality"]["below 5 000 nobody"][2:4] == ["0", "0"]
    assert told["Language"]["Bilingual, swedish majority"][2:4] == ["0", "1"]
    assert told["Library network"]["No network nobody"][0] == "1"
    seats_ = told["Places"]
    assert [row[:2] for row in seats_.values()] == [["1", "2"], ["2", "2"], ["0", "0"]]
    assert any("empty: 3" in name for name in seats_)
    without = page(clerk, "representation", found.pk, query="?asked=1")
    assert sides(without)["Region"]["Pohjanmaa nobody"][2] == "0"
    assert "With these candidates" in shown.says and "With these candidates" not in without.says


def test_a_candidate_of_no_member_is_counted_in_no_row_and_named(clerk, staff, places):
    found = body(staff)
    candidate(found, 1, "Aino", by=staff, municipality=MunicipalityFactory())
    assert "the municipality is no member: Aino" in page(clerk, "representation", found.pk).text


def test_terms_that_end_soon_are_named_unless_somebody_follows(clerk, staff, places):
    found = body(staff)
    for number, name in enumerate(["Aino", "Bertta"], start=1):
        filled(found, staff, number, name, municipality=places[number], ends_on=dt.date(2027, 1, 31))
    filled(found, staff, 2, "Carl", municipality=places[3], starts_on=dt.date(2027, 2, 1))
    told = page(clerk, "representation", found.pk).text
    assert "31.1.2027: Aino 1" in told  # Bertta has a successor


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_any_number_of_seats(client, clerk, staff, count):
    found = body(staff, members=3)
    for number in range(1, count + 1):
        filled(found, staff, number, f"Member{number}", starts_on=TODAY - number * DAY)
        filled(found, staff, number, f"Deputy{number}", place=Place.DEPUTY)
        left = filled(body(staff), staff, 1, f"Left{number}")
        left.resign(by=staff, last_day=TODAY, because="x")
        candidate(found, number, f"Candidate{number}", by=staff)
    costs = {}
    for name, browser, query in (
        ("body", client, ""),
        ("body", clerk, "?x=1"),
        ("representation", clerk, ""),
        ("body_list", client, ""),
    ):
        address = reverse(f"steering:{name}", args=[] if name == "body_list" else [found.pk]) + query
        browser.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(address)
        costs[name, query] = len(asked)
    assert costs == COSTS


# --- What gathers -------------------------------------------------------------------------------------------------


def titles(user, kind=gather.STAFF_HOME):
    return [str(task.title) for task in gather.collect(kind, user, clock.today()) if task.kind == "seat"]


def test_the_service_centre_is_asked_when_a_municipality_leaves_and_nothing_moves_by_itself(staff):
    found, place = body(staff, members=1), member()
    term = filled(found, staff, 1, "Aino", municipality=place)
    deputy = filled(found, staff, 1, "Bertta", place=Place.DEPUTY, municipality=place)
    assert titles(staff) == []
    place.memberships.get().leave(by=staff, notice_on=TODAY, last_day=dt.date(2026, 12, 31))
    asked = titles(staff)
    assert len(asked) == 2 and all("leaves" in title for title in asked)
    assert Term.objects.get(pk=term.pk).ends_on == dt.date(2027, 12, 31)
    for row in (term, deputy):
        row.resign(by=staff, last_day=dt.date(2026, 12, 31), because="x")
    assert titles(staff) == []


def test_one_who_comes_back_at_once_is_not_asked_about(staff):
    found, place = body(staff, members=1), member()
    filled(found, staff, 1, "Aino", municipality=place)
    place.memberships.get().leave(by=staff, notice_on=TODAY, last_day=dt.date(2026, 12, 31))
    place.join(dt.date(2027, 1, 1))
    assert titles(staff) == []


def test_candidates_and_empty_seats_wait_in_a_line_a_body(staff):
    found = body(staff, members=3)
    filled(found, staff, 1, "Aino")
    for name in ("Bertta", "Cecilia"):
        candidate(found, 2, name, by=staff)
    assert titles(staff) == ["Take 2 candidates to Helsinki's decision", "Find somebody for 1 empty seat"]
    assert titles(UserFactory()) == []


def test_the_end_of_the_terms_stands_ahead_until_somebody_follows(staff):
    found = body(staff, members=1)
    filled(found, staff, 1, "Aino", ends_on=dt.date(2027, 1, 31))
    assert titles(staff, gather.STAFF_DEADLINES) == ["1 term ends: Työryhmä"]
    filled(found, staff, 1, "Bertta", starts_on=dt.date(2027, 2, 1))
    assert titles(staff, gather.STAFF_DEADLINES) == []


def test_a_municipality_s_page_and_a_person_s_own_data_tell_of_the_seat(client, staff):
    found, place = body(staff), member()
    term = filled(found, staff, 1, "Aino", municipality=place)
    shown = Page(client.get(place.get_absolute_url()))
    assert "Aino" in shown.part("In the consortium's bodies")
    kept = dict(gather.collect(gather.MY_DATA, term.user))
    assert kept["terms"][0]["until"] == dt.date(2027, 12, 31)
    assert kept["candidacies"][0]["put_forward_by"] == "Kirjastokimppa"
    parts = gather.collect(gather.PERSON, term.user, TODAY)
    assert any(part.heading == "Seats in bodies" for part in parts)
