"""The list and the page of a procurement: what each kind of person reads there, and at which cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import Post
from procurement.models import Stage, StageKind
from tests.conftest import Browser
from tests.factories import DAY, RoleFactory, UserFactory
from tests.procurement_factories import announced, begun, opened
from tests.procurement_world import procurement_world
from tests.stories.people import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def page_of(browser, procurement, name="procurement"):
    return Page(browser.get(reverse(f"procurement:{name}", args=[procurement.pk])))


def test_a_draft_is_known_to_the_service_centre_alone(client, client_of, staff):
    draft = begun(staff)
    member = client_of(RoleFactory().user)
    assert page_of(client_of(staff), draft).status == 200
    for browser in (client, member):
        assert page_of(browser, draft).status == 404
        assert draft.title_fi not in browser.get(reverse("procurement:procurement_list")).content.decode()


def test_the_public_reads_what_is_bought_and_the_stages_of_an_announced_one(client, staff):
    found = announced(staff, maximum=987654)
    Stage.put(found, StageKind.NOTICE, by=staff, planned_on=clock.today() + DAY, source="§ 24/2027")
    page = page_of(client, found)
    assert "In preparation. No round is open. Next: notice sent to Hilma" in page.says
    assert "36 months" in page.part("What is bought")
    assert "22213000-6 Magazines" in page.part("What is bought")
    assert "Source of the planned day: § 24/2027." in page.part("Stages")
    for closed in ("987", "Ceiling", "Questions", "Groups", "History", "Law helper", "What you can do"):
        assert closed not in page.text
    assert "987 654,00 €" in page_of_staff(staff, found)


def page_of_staff(staff, found):
    browser = Browser()
    browser.force_login(staff)
    return Page(browser.get(found.get_absolute_url())).text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("state", "visitor", "member", "auditor", "staff"),
    [
        ("round", False, False, False, True),
        ("frozen", False, True, True, True),
        ("tendering", False, True, True, True),
        ("awarded", True, True, True, True),
        ("contracted", True, True, True, True),
    ],
)
def test_who_takes_part_is_shown_in_its_time(state, visitor, member, auditor, staff, client, client_of):
    world = procurement_world(state)
    people = {"auditor": UserFactory(), "staff": UserFactory(is_staff=True), "member": RoleFactory().user}
    Post.give(people["auditor"], "auditor", by=people["staff"])
    shown = {"visitor": "Who takes part" in page_of(client, world.procurement).text}
    for who, person in people.items():
        text = page_of(client_of(person), world.procurement).text
        shown[who] = "Who takes part" in text
        assert (world.committed.name_fi in text) == shown[who]
        assert world.declined.name_fi not in text
    assert shown == {"visitor": visitor, "member": member, "auditor": auditor, "staff": staff}


def test_a_round_says_its_deadline_and_what_silence_does(client):
    world = procurement_world("round")
    page = page_of(client, world.procurement)
    assert page.says.startswith("The members answer by ")
    assert page.says.endswith("A municipality that does not answer does not take part.")


def _filled(staff, number):
    found = announced(staff, title_fi=f"Hankinta {number}", title_sv=f"Upphandling {number}")
    opened(found, [RoleFactory().municipality for _i in range(number)], by=staff)
    for kind in list(StageKind)[:number]:
        Stage.put(found, kind, by=staff, planned_on=clock.today() + number * DAY, source=f"§ {number}")
    return found


@pytest.mark.parametrize("who", ["visitor", "member", "staff"])
def test_the_list_costs_the_same_for_any_length(who, client, client_of, staff):
    browser = {"visitor": client, "member": client_of(RoleFactory().user), "staff": client_of(staff)}[who]
    address = reverse("procurement:procurement_list")
    browser.get(address)
    costs = []
    for number in (1, 2, 3):
        _filled(staff, number)
        with CaptureQueriesContext(connection) as asked:
            page = Page(browser.get(address))
        assert len(page.rows("Joint procurements")) == number
        costs.append(len(asked))
    assert costs[0] == costs[2]


def test_the_file_of_the_list_has_the_filters_rows(client, staff):
    _filled(staff, 1)
    _filled(staff, 2)
    answer = client.get(reverse("procurement:procurement_list"), {"q": "Hankinta 2", "format": "csv"})
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "Hankinta 2" in rows[1]


@pytest.mark.parametrize("who", ["member", "staff"])
def test_the_page_costs_the_same_for_any_number_of_stages_and_places(who, client_of, staff):
    browser = client_of(RoleFactory().user) if who == "member" else client_of(staff)
    costs = []
    for number in (1, 3):
        found = _filled(staff, number)
        page_of(browser, found)
        with CaptureQueriesContext(connection) as asked:
            page_of(browser, found)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_rounds_own_days_stand_among_the_stages(client):
    world = procurement_world("frozen")
    told = page_of(client, world.procurement).part("Stages")
    opened_on, closed_on = (f"{day:%-d.%-m.%Y}" for day in (world.round.opened_at, world.round.closes_on))
    assert f"{opened_on} came about commitment round opens (done)" in told
    assert f"{closed_on} came about commitment round closes (done)" in told
    assert "Source of the planned day: the deadline of the round." in told
