"""A decision does what it says, by the record's own verb, with its section, in one breath with the minutes."""

import pytest
from django.core.exceptions import ValidationError

from consortium.models import OutgoingEmail
from procurement.models import Award
from steering.models import Item, Proposal
from steering.models.consequence import section_of
from tests.factories import BudgetFactory, RoleFactory, payer, tariff_terms
from tests.offer_world import first, offer_world
from tests.procurement_factories import member
from tests.steering.hall import DECIDED, Hall, it_is, titles
from tests.steering.test_room import refused
from tests.steering_proposals import received

pytestmark = pytest.mark.django_db
ANSWER = {"answer": "accepted", "reason_fi": "Perustelut.", "reason_sv": "Motiveringen."}


@pytest.fixture(autouse=True)
def in_english(settings):
    """The sentences compared are the English ones."""
    settings.LANGUAGE_CODE = "en"


def with_budget():
    """Return (hall, budget, alternative): the meeting's first item proposes the budget's alternative."""
    hall = Hall(items=[])
    payer("686")
    budget = BudgetFactory(year=2028)
    alternative = budget.save_alternative(tariff_terms(), by=hall.s)
    item = titles("Talousarvio 2028")[0] | {"budget": budget, "alternative": alternative}
    Item.objects.create(meeting=hall.meeting, position=1, **item)
    return hall.begin(), budget, alternative


def test_the_budgets_alternative_is_proposed_with_day_and_section():
    hall, budget, alternative = with_budget()
    row = hall.decide(1, "13.05", follows={"propose": True})
    budget.refresh_from_db()
    assert (budget.state, budget.proposal) == ("proposed", alternative)
    assert budget.proposed_section == section_of(row) == "§ 1/2027"
    assert budget.proposed_on.isoformat() == "2027-06-09"


def test_without_the_word_nothing_is_proposed():
    hall, budget, _alternative = with_budget()
    hall.decide(1, "13.05", follows={"propose": False})
    budget.refresh_from_db()
    assert budget.state == "draft"


def test_what_was_voted_down_is_not_carried_out():
    hall, budget, _alternative = with_budget()
    row = hall.take(1, "13.05")
    row.put(by=hall.s, way="roll_call")
    row.cast_for(by=hall.s, choices={user.pk: "against" for user in hall.m})
    it_is("13.10")
    row.close_vote(by=hall.s)
    refused("voted_down", row.decide, by=hall.s, follows={"propose": True}, **DECIDED)
    assert Item.objects.get(pk=row.pk).outcome == ""
    row.decide(by=hall.s, follows={"propose": False}, **DECIDED)
    budget.refresh_from_db()
    assert budget.state == "draft"


def test_a_consequence_that_fails_leaves_the_item_as_it_was():
    hall, budget, _alternative = with_budget()
    budget.edit(
        by=hall.s, revision=budget.revision, total=budget.total - 1000
    )  # the alternative is stale now
    row = hall.take(1, "13.05")
    with pytest.raises(ValidationError):
        row.decide(by=hall.s, follows={"propose": True}, **DECIDED)
    assert (row.outcome, row.closed_at, row.ballots.count()) == ("", None, 0)
    assert row.is_in_hand


def test_a_proposal_is_answered_under_the_section_and_the_proposer_told():
    hall = Hall(items=[])
    place = member()
    proposal = received(hall.group.by, place, by=RoleFactory(municipality=place).user)
    item = hall.meeting.add(by=hall.s, proposal=proposal)
    hall.begin()
    row = hall.take(item.position, "13.05")
    refused("answer", row.decide, by=hall.s, **DECIDED)
    assert Item.objects.get(pk=row.pk).outcome == ""
    row.decide(by=hall.s, follows={"answer": ANSWER}, **DECIDED)
    found = Proposal.objects.get()
    assert (found.state, found.answer, found.decided_in) == ("decided", "accepted", row)
    assert OutgoingEmail.objects.filter(to=proposal.made_by.email).exists()


def test_an_award_is_recorded_with_the_section():
    hall = Hall(items=[])
    world = offer_world()
    item = titles("Hankintapäätös")[0] | {"procurement": world.procurement}
    Item.objects.create(meeting=hall.meeting, position=1, **item)
    hall.begin()
    row = hall.take(1, "13.05")
    award = {
        "offer": first(world.procurement),
        "decider": "helsinki",
        "body_fi": "Ohjausryhmä",
        "body_sv": "Styrgruppen",
        "decided_on": row.meeting.on,
        "section": section_of(row),
        "case_number": "HEL 2027-004117",
        "reason_fi": "Edullisin.",
        "reason_sv": "Förmånligast.",
    }
    row.decide(by=hall.s, follows={"award": award}, **DECIDED)
    assert Award.objects.get().section == "§ 1/2027"
    world.procurement.refresh_from_db()
    assert world.procurement.state == "awarded"


def test_what_has_been_carried_out_is_not_taken_up_again():
    hall, _budget, _alternative = with_budget()
    row = hall.decide(1, "13.05", follows={"propose": True})
    refused("carried_out", row.reopen, by=hall.s)


def test_no_decision_no_consequence():
    hall, budget, _alternative = with_budget()
    hall.take(1, "13.05").put_off(by=hall.s)
    budget.refresh_from_db()
    assert budget.state == "draft"
