"""Stories of proposals and actions: followed by the proposer and by anybody to what came of them."""

import datetime as dt

import pytest

from consortium import clock
from members.models import Municipality
from steering.models import Action, Meeting, Proposal
from tests.factories import DAY
from tests.procurement_factories import announced, brought_to, opened
from tests.steering_world import steering_group
from tests.stories.people import Person

pytestmark = pytest.mark.django_db
TEXT = "Asiakkaat kysyvät äänikirjoja. Hankitaan ne yhdessä."


@pytest.fixture
def clerk(client_of, staff):
    """The service centre at its browser, in English."""
    staff.language = "en"
    staff.save()
    return Person(client_of(staff))


@pytest.fixture
def members(municipalities):
    """Alavieska, Närpiö, Rautalampi and Vaasa are members."""
    municipalities("009", "545", "686", "905")
    for place in Municipality.objects.all():
        place.join(dt.date(2026, 1, 1))


@pytest.fixture
def planned(members, staff):
    """A steering group with a meeting on 1.12. that is being planned."""
    group = steering_group(seats=3, by=staff)
    starts_at = dt.datetime(2026, 12, 1, 13, tzinfo=dt.UTC)
    ends_at = starts_at + dt.timedelta(hours=2)
    return Meeting.plan(by=staff, body=group.body, starts_at=starts_at, ends_at=ends_at, place="Oodi")


def told(letters, code):
    """Return the names of the letters that the director of a municipality has had."""
    return [mail.template.rpartition("/")[2] for mail in letters(f"johtaja@{code}.example")]


@pytest.mark.breaks(
    "steering.models.Proposal.make",
    "steering.models.Proposal.support",
    "steering.models.Proposal.receive",
    "steering.models.Proposal.put_on_agenda",
    "steering.models.Proposal.decide",
    "steering.models.Proposal.finish",
    "steering.proposal_emails.received",
    "steering.proposal_emails.on_agenda",
    "steering.proposal_emails.decided",
    "steering.proposal_emails.done",
    "steering.pages.proposals.says",
)
def test_a35_the_proposer_hears_at_every_step_and_anybody_sees_where_it_stands(
    planned, person, visitor, clerk, letters, staff
):
    director = person("686")
    page = director.opens("/en/steering/proposals/new/")
    page = director.presses(page, "Send the proposal", title="Äänikirjat", text=TEXT)
    assert "It has not been received yet." in page.says
    address = page.path
    for code in ("009", "545", "905"):
        neighbour = person(code)
        neighbour.does(neighbour.opens(address), "Support the proposal")
    assert visitor.opens(address).status == 404  # until somebody has looked at it
    clerk.does(clerk.opens(address), "Receive the proposal")
    page = visitor.opens(address)
    assert page.says.startswith("Received on Monday 2.11.2026.")
    assert "Alavieska" in page.part("Supported by")
    assert "3 municipalities" in page.part("Supported by")
    clerk.does(clerk.opens(address), "Put it on an agenda")
    assert visitor.opens(address).says == "On the agenda of meeting 1/2026 on Tuesday 1.12.2026."
    proposal = Proposal.objects.get()
    why = "Tarve on yhteinen."
    proposal.decide(
        by=staff, answer="accepted", reason_fi=why, reason_sv="Behovet delas.", item=proposal.items.get()
    )
    page = visitor.opens(address)
    assert page.says == "Decided on Monday 2.11.2026: accepted. What comes of it is told here."
    assert why in page.part("Decision")
    result = {"result_fi": "Hankinta aloitettiin.", "result_sv": "Upphandlingen inleddes."}
    clerk.does(clerk.opens(address), "Tell what came of it", **result)
    assert visitor.opens(address).says.startswith("Done on Monday 2.11.2026.")
    assert told(letters, "686") == [
        "proposal_received",
        "proposal_agenda",
        "proposal_decided",
        "proposal_done",
    ]
    decided = letters("johtaja@686.example")[2].body
    assert why in decided
    assert "accepted" in decided


@pytest.mark.breaks("steering.models.Proposal._concern", "steering.models.Proposal.in_tender")
def test_a35_what_concerns_a_running_tender_is_restricted_until_the_award_and_the_proposer_hears_why(
    members, person, visitor, clerk, letters, staff
):
    procurement = opened(announced(staff), Municipality.objects.all(), by=staff).procurement
    director, neighbour = person("686"), person("009")
    page = director.opens("/en/steering/proposals/new/")
    page = director.presses(page, title="Käyttörajat", text=TEXT, procurement=str(procurement.pk))
    address = page.path
    clerk.does(clerk.opens(address), "Receive the proposal", procurement=str(procurement.pk))
    assert "a tender is running" in letters("johtaja@686.example")[-1].body
    assert "Not public until the award." in director.opens(address).text
    assert [who.opens(address).status for who in (visitor, neighbour)] == [404, 404]
    assert "Käyttörajat" not in neighbour.opens("/en/steering/proposals/").text
    brought_to(procurement, "awarded")
    assert [who.opens(address).status for who in (visitor, neighbour)] == [200, 200]  # by itself
    assert "Käyttörajat" in visitor.opens("/en/steering/proposals/").text


@pytest.mark.breaks("steering.models.Action.make", "steering.models.action.ActionQuerySet.overdue")
def test_a39_an_overdue_action_is_on_the_next_agenda_by_itself(planned, clerk, staff, today_is):
    page = clerk.opens("/en/steering/actions/new/")
    clerk.presses(page, text_fi="Valmistele", text_sv="Bered", owner=str(staff.pk), due_on="20.11.2026")
    action = Action.objects.get()
    assert planned.waiting() == ([], [])
    today_is("2026-11-20")
    assert planned.waiting() == ([], [])
    today_is("2026-11-21")
    assert planned.waiting() == ([], [action])  # reckoned: no clock job has run
    planned.edit(by=staff, revision=planned.revision, place="Kirjasto")
    assert [item.action for item in planned.items.all()] == [action]
    page = clerk.opens("/en/steering/actions/?state=late")
    assert len(page.rows("Actions")) == 1
    action.finish(by=staff, result_fi="Valmisteltu.")
    later = {"starts_at": clock.now() + 30 * DAY, "ends_at": clock.now() + 31 * DAY}
    assert not Meeting.plan(by=staff, body=planned.body, **later).items.exists()
