"""A commitment round for the stories: members, the service centre, the round opened on its page, answers given."""

import datetime as dt

import pytest
import time_machine

from members.models import Municipality
from tests.procurement_factories import announced
from tests.stories.people import Person

PLACES = ("009", "686", "545", "905")  # Alavieska, Rautalampi, Närpiö, Vaasa
BOARD = {"body": "board", "decided_on": "12.10.2026", "section": "§ 61"}


@pytest.fixture
def clerk(client_of, staff):
    """The service centre at its browser, in English."""
    staff.language = "en"
    staff.save()
    return Person(client_of(staff))


@pytest.fixture
def bought(municipalities, staff):
    """A procurement of e-magazines that members know of; four municipalities belong to the consortium."""
    municipalities(*PLACES)
    for place in Municipality.objects.all():
        place.join(dt.date(2026, 1, 1))
    return announced(staff, title_fi="Sähköiset lehdet", title_sv="Elektroniska tidskrifter")


def at(procurement, page=""):
    return f"/en/procurements/{procurement.pk}/{page}"


@pytest.fixture
def opened(clerk, bought):
    """The round is opened on its page: until Monday 16.11.2026, 0.50 € a resident, as much interest as commitments."""

    def opens(**terms):
        page = clerk.opens(at(bought, "round/"))
        terms = {"closes_on": "16.11.2026", "cost_rule": "per_resident", "cost_rate": "0,50"} | terms
        page = clerk.presses(page, "Open the round", **terms)
        assert page.path == at(bought, "answers/"), page.text
        return bought

    return opens


def text_of(letter):
    """Return a letter's words, every space a plain one."""
    return " ".join(letter.body.split())


def answers(who, procurement, code, kind, **typed):
    """Give an answer on the municipality's page, through the reading back where there is a sum. Returns what comes."""
    page = who.opens(at(procurement, f"{code}/?change=1"))
    page = who.presses(page, kind=kind, **typed)
    return who.presses(page, "Answer for", **{}) if "Not sent yet" in page.text else page


def commits(who, procurement, code, yearly="1200", **typed):
    return answers(who, procurement, code, "committed", committed_yearly=yearly, **BOARD, **typed)


def state_of(clerk, procurement, name):
    """Return [answer, volume] of a municipality in the service centre's list."""
    rows = clerk.opens(at(procurement, "answers/")).rows("Answers")
    return next(row[2:4] for row in rows if row[0] == name)


def moment(text):
    return time_machine.travel(dt.datetime.fromisoformat(f"{text}+02:00"), tick=False)


@pytest.fixture
def to_the_minute(today_is):
    """Use the real clock, which a test then stops where it wants."""
    today_is("")
    with moment("2026-11-16 09:00"):
        yield
