"""Open data of the steering group's work: every column explained, no person, nothing restricted."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from steering.models import Action, Proposal
from steering.pages import open_data
from tests.factories import UserFactory
from tests.minutes_world import held, published, task
from tests.procurement_factories import member
from tests.steering_plan import a_project, a_report, an_action
from tests.steering_plan import published as report_published
from tests.steering_world import steering_group
from tests.stories.people import Page

pytestmark = pytest.mark.django_db
NAMES = [table.name for table in open_data.TABLES]


@pytest.fixture(autouse=True)
def in_english(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is("2027-05-12")


def table(client, name):
    """Return the rows of a table's CSV as dicts."""
    answer = client.get(reverse("steering:open_table", args=[name]), {"format": "csv"})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def world(staff, today_is):
    """A group with a held meeting whose minutes are out, proposals open and restricted, actions, a report."""
    group = steering_group(seats=3, by=staff)
    row = held(group)
    task(row, 2, group.members[0], "Valmistellaan lukuliike.")
    task(row, 3, group.members[0], "Neuvotellaan Kuikan kanssa.")
    published(row, group)
    facts = {"text": "x", "state": "received", "received_on": dt.date(2027, 5, 3), "made_by": UserFactory()}
    for serial, (title, ground) in enumerate([("Äänikirjat", ""), ("Zqsalainen", "621/1999")], start=1):
        Proposal.objects.create(
            year=2027, serial=serial, title=title, municipality=member(), restricted_ground=ground, **facts
        )
    report_published(a_report(staff, 2026), staff)
    a_project(staff)
    an_action(staff, "Talon oma", public=False)
    return group


@pytest.mark.parametrize("name", NAMES)
def test_each_column_of_the_file_is_explained_on_the_page(client, world, name):
    page = Page(client.get(reverse("steering:open_table", args=[name])))
    [first, *_others] = table(client, name)
    told = page.part("Columns of the table")
    for column in first:
        assert column in told
    explained = open_data.BY_NAME[name].explained("en")
    assert [row["label"] for row in explained] == list(first)
    assert all(len(str(row["explained"])) > 8 for row in explained)
    assert "CC BY 4.0" in page.part("Licence and form")


def test_the_rows_are_those_that_anybody_may_know(client, world):
    assert [(r["Matter"], r["Section"], r["Day"]) for r in table(client, "decisions")] == [
        ("Toimintasuunnitelma", "2", "2027-05-12")
    ]
    assert [r["Proposal"] for r in table(client, "proposals")] == ["Äänikirjat"]
    assert [r["What is to be done"] for r in table(client, "actions")] == ["Valmistellaan lukuliike."]
    seats = table(client, "seats")
    assert len(seats) == 6
    assert {r["Place"] for r in seats} == {"member", "personal deputy"}
    assert {r["Code"] for r in seats} == {place.code for place in world.places}
    assert {r["Key"] for r in table(client, "figures")} >= {"members", "residents"}


@pytest.mark.parametrize("name", NAMES)
def test_no_person_and_nothing_restricted_is_in_a_file(client, world, name):
    people = [
        user.get_full_name() for user in [*world.members, *world.deputies, world.secretary, world.expert]
    ]
    for prefix in ("", "/sv", "/fi"):
        for kind in ("", "csv"):
            address = prefix + reverse("steering:open_table", args=[name])
            told = client.get(address, {"format": kind}).content.decode()
            for planted in ["Kuik", "Lommen", "Zqsalainen", *people]:
                assert planted not in told


def test_an_overdue_restriction_opens_by_itself_and_a_restricted_action_never_counts(client, world, today_is):
    Proposal.objects.filter(title="Zqsalainen").update(restricted_until=dt.date(2027, 6, 1))
    today_is("2027-06-02")
    assert len(table(client, "proposals")) == 2
    assert "1 row" in Page(client.get(reverse("steering:open_table", args=["actions"]))).text
    assert Action.objects.count() == 3


@pytest.mark.parametrize("name", ["decisions", "proposals", "actions", "seats", "projects"])
def test_a_table_costs_the_same_at_any_length(client, staff, name, today_is):
    group, costs = steering_group(seats=3, by=staff), []
    for more in (1, 3):
        for _n in range(more):
            row = held(group)
            task(row, 2, group.members[0])
            published(row, group)
            facts = {"text": "x", "state": "received", "received_on": dt.date(2027, 5, 3)}
            serial = Proposal.objects.count() + 1
            Proposal.objects.create(
                year=2027, serial=serial, title="x", municipality=member(), made_by=UserFactory(), **facts
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("steering:open_table", args=[name])).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_page_leads_to_every_table_and_to_those_of_the_rest_of_the_portal(client, world):
    page = Page(client.get(reverse("steering:open_data")))
    for row in [*open_data.TABLES, *open_data.others()]:
        title, url = (row["title"], row["url"]) if isinstance(row, dict) else (row.title, row.url)
        assert page.link(str(title)) == url
        assert client.get(url).status_code == 200
    assert client.get(reverse("steering:open_table", args=["people"])).status_code == 404
