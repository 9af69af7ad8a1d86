"""A 41, B 14: the dashboard before the meeting: each number with its day and its list, and equal to the report's."""

import datetime as dt
import re

import pytest

from consortium.models import Post
from tests.factories import UserFactory, payer
from tests.steering import figures_world
from tests.steering_world import steering_group
from tests.stories.people import Person, words

DASHBOARD = "/en/steering/dashboard/"


@pytest.fixture
def chair(client_of, today_is):
    """The chair, before the meeting of May 2028, with three years behind the consortium."""
    user = figures_world.build()
    Post.give(user, "chair", by=UserFactory(is_staff=True))
    today_is(figures_world.TODAY.isoformat())
    return Person(client_of(user))


def figures_of(page):
    """Return {what is counted: (the number, last year's, address of its list, [the days told])} of a page's tables."""
    found = {}
    for table in page.main.find_class("by-year"):
        days = [words(head) for head in table.iter("th") if head.get("scope") == "col"][1:]
        for row in table.find("tbody"):
            what, now, before = row
            note = what.find_class("note")
            name = words(what).removesuffix(words(note[0]) if note else "").strip()
            link = now.find("a")
            found[name] = (words(link.find("b")), words(before), link.get("href"), days)
    return found


def bare(text):
    """Return a written number without its spaces."""
    return re.sub(r"\s", "", text)


@pytest.mark.breaks("steering.pages.figure_lists.behind", "steering.figures.figures_and")
def test_a41_each_number_has_its_day_and_opens_its_list(chair):
    page = chair.opens(DASHBOARD)
    told = figures_of(page)
    assert len(told) == 16
    for what, (value, _last, address, days) in told.items():
        assert days == ["15.5.2028", "31.12.2027"]
        behind = chair.opens(address)
        assert behind.status == 200
        assert bare(value) in bare(behind.says), what
        assert "15.5.2028" in behind.says
    # the list comes to the number: rows where rows are counted, the last line where they are added
    members = chair.opens(told["Member municipalities"][2])
    assert len(members.rows("Member municipalities")) == int(told["Member municipalities"][0]) == 13
    fees = chair.opens(told["Annual fees decided"][2])
    assert bare(told["Annual fees decided"][0]) in bare(words(fees.main.find(".//tfoot")))


@pytest.mark.breaks("steering.models.Tally.number", "steering.report_content.content")
def test_a41_every_number_equals_the_annual_reports(chair):
    told = figures_of(chair.opens(f"{DASHBOARD}2027/"))
    page = chair.presses(chair.opens("/en/steering/report/new/"), "Begin the report", year="2027")
    text = bare(page.text)
    for what, (value, last, _address, days) in told.items():
        assert days == ["31.12.2027", "31.12.2026"]
        assert re.search(rf"{re.escape(bare(what))}(:|\D)*{re.escape(bare(value))}", text), (what, value)
        assert bare(last) in text


@pytest.mark.breaks("steering.reckoning.members")
def test_a41_a_change_is_on_the_page_at_once_and_an_earlier_year_stays_as_it_ended(chair, today_is):
    before = figures_of(chair.opens(f"{DASHBOARD}2027/"))
    now = figures_of(chair.opens(DASHBOARD))
    payer(since=dt.date(2028, 5, 16), residents=100)
    assert figures_of(chair.opens(DASHBOARD))["Member municipalities"][0] == "13"
    today_is("2028-05-16")
    after = figures_of(chair.opens(DASHBOARD))
    assert after["Member municipalities"][0] == "14"
    assert after["Member municipalities"][1] == now["Member municipalities"][1]
    assert after["Member municipalities"][3][0] == "16.5.2028"
    later = figures_of(chair.opens(f"{DASHBOARD}2027/"))
    assert {what: row[0] for what, row in later.items()} == {what: row[0] for what, row in before.items()}


@pytest.mark.breaks("steering.charts.growth_line", "consortium.charts.framed")
def test_a41_growth_and_map_are_drawings_with_their_tables(chair):
    page = chair.opens(DASHBOARD)
    drawings = list(page.main.iter("svg"))
    assert len(drawings) == 3  # the growth wide and slim, the map
    assert all(svg.find("title") is not None and svg.find("desc") is not None for svg in drawings)
    assert page.rows("Members and residents by year")[0][:2] == ["15.5.2028", "13"]
    assert sum(int(row[1]) for row in page.rows("Members by region")) == 13


@pytest.mark.breaks("steering.pages.dashboard.dashboard")
def test_a41_before_the_first_figures_the_page_says_what_brings_them(client_of, today_is):
    today_is("2026-11-02")
    group = steering_group(seats=2)
    page = Person(client_of(group.chair)).opens(DASHBOARD)
    assert page.says == "2 municipalities of 2 are members. Residents covered: 100 %."
    assert "Helsinki has decided the budget" in page.part("Economy")
    assert "of 2 2" in page.part("The group's own work")
