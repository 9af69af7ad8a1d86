"""What is left to be done of a matter: only what its record still waits for; and a proposal is settled in one place."""

import pytest
from django.core.exceptions import ValidationError

from consortium import clock
from steering.models import Proposal, Term, WrittenMatter
from steering.pages.written import to_settle
from tests.conftest import Browser
from tests.factories import DAY, BudgetFactory, payer, tariff_terms
from tests.procurement_factories import announced, brought_to
from tests.steering_minutes import a_matter, settled
from tests.steering_proposals import decided, received
from tests.steering_world import meeting, steering_group

pytestmark = pytest.mark.django_db
ANSWER = {"answer": "accepted", "reason_fi": "Perustelut.", "reason_sv": "Motiveringen."}


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    return steering_group(seats=3)


def tasks(group):
    return [task.url for task in to_settle(group.by, clock.today())]


def offers(group, matter, words):
    browser = Browser()
    browser.force_login(group.by)
    return words in browser.get(matter.get_absolute_url()).content.decode()


@pytest.mark.parametrize("gone", [lambda row, by: row.withdraw(by=by), decided])
def test_a_proposal_that_has_gone_on_leaves_nothing_to_carry_out(group, gone):
    proposal = received(group.by)
    matter = settled(group, proposal=proposal)
    assert tasks(group) == [matter.get_absolute_url()]
    assert offers(group, matter, "Carry the outcome out")
    proposal.refresh_from_db()
    gone(proposal, group.by)
    assert not tasks(group) and not offers(group, matter, "Carry the outcome out")
    with pytest.raises(ValidationError, match="nothing of it to carry out"):
        matter.carry_out(by=group.secretary, answer=ANSWER)


def test_what_a_meeting_has_taken_up_waits_for_it_and_comes_back_when_it_is_taken_off(group):
    matter = settled(group, proposal=received(group.by))
    Proposal.objects.update(state="agenda")  # as it could be done before the agenda refused it
    item = meeting(group, state="planned", items=[{"title_fi": "x", "title_sv": "x"}]).items.get()
    type(item).objects.update(proposal=matter.proposal)
    assert not tasks(group)
    item.refresh_from_db()
    item.remove(by=group.by)
    assert tasks(group) == [matter.get_absolute_url()]


def test_an_award_that_was_recorded_on_its_own_page_leaves_nothing_to_carry_out(group):
    procurement = brought_to(announced(), "tendering")
    matter = settled(group, procurement=procurement)
    assert tasks(group) == [matter.get_absolute_url()]
    brought_to(procurement, "awarded")
    assert not tasks(group)


def test_a_budget_that_was_proposed_on_its_own_page_leaves_nothing_to_carry_out(group):
    payer("686")
    budget = BudgetFactory(year=2028)
    alternative = budget.save_alternative(tariff_terms(), by=group.by)
    matter = settled(group, alternative=alternative)
    assert tasks(group) == [matter.get_absolute_url()]
    budget.propose(by=group.by, alternative=alternative, proposed_on=clock.today())
    assert not tasks(group)


def test_one_about_no_record_leaves_nothing_to_carry_out(group):
    settled(group)
    assert not tasks(group)


@pytest.mark.parametrize("gone", [lambda row, by: row.withdraw(by=by), decided])
def test_no_agenda_waits_for_a_proposal_that_has_gone_on(group, gone):
    proposal = received(group.by)
    matter = a_matter(group, proposal=proposal)
    matter.answer(by=group.members[0], position="meeting")
    assert tasks(group) == [matter.get_absolute_url()] and offers(group, matter, "Put on an agenda")
    proposal.refresh_from_db()
    gone(proposal, group.by)
    assert not tasks(group) and not offers(group, matter, "Put on an agenda")


def test_a_proposal_on_an_agenda_or_answered_is_not_sent_to_be_settled_in_writing(group):
    on_agenda, answered = received(group.by), decided(received(group.by), group.by)
    meeting(group, state="planned").add(by=group.by, proposal=on_agenda)
    with pytest.raises(ValidationError, match="the meeting answers it"):
        a_matter(group, proposal=on_agenda)
    with pytest.raises(ValidationError, match="Only a received proposal"):
        a_matter(group, proposal=answered)
    assert not WrittenMatter.objects.exists()


def test_a_proposal_is_in_one_unfinished_written_procedure(group):
    proposal = received(group.by)
    first = a_matter(group, proposal=proposal)
    with pytest.raises(ValidationError, match=f"already in the written procedure {first.number}"):
        a_matter(group, proposal=proposal)
    first.answer(by=group.members[0], position="meeting")
    with pytest.raises(ValidationError, match="already in the written procedure"):
        a_matter(group, proposal=proposal)
    other = settled(group, proposal=received(group.by))
    with pytest.raises(ValidationError, match="already in the written procedure"):
        a_matter(group, proposal=other.proposal)


def test_a_proposal_that_is_settled_in_writing_is_put_on_an_agenda_by_its_matter_alone(group):
    planned, running, ended = meeting(group, state="planned"), received(group.by), received(group.by)
    matter = a_matter(group, proposal=running)
    for proposal in (running, settled(group, proposal=ended).proposal):
        with pytest.raises(ValidationError, match="being settled in writing"):
            planned.add(by=group.by, proposal=proposal)
    with clock.moved_to(clock.today() + 6 * DAY):  # nobody has closed it: the act itself does
        matter.put_on_agenda(by=group.by, meeting=planned)
    running.refresh_from_db()
    assert (matter.item.proposal, running.state, matter.state) == (running, "agenda", "to_meeting")


def test_how_it_ended_does_not_change_when_the_seats_are_recorded_anew(group):
    proposal = received(group.by)
    matter = settled(group, proposal=proposal)
    asked = a_matter(group)
    asked.answer(by=group.members[2], position="meeting")
    ends = {row: row.standing() for row in (matter, asked)}
    Term.objects.filter(user__in=[group.members[1], group.members[2]])._raw_delete("default")
    for row, before in ends.items():
        after = WrittenMatter.objects.get(pk=row.pk).standing()
        for name in ("state", "result", "ground", "reasons", "asked_by", "ended_at"):
            assert getattr(after, name) == getattr(before, name), name
    assert offers(group, matter, "accepted.") and offers(group, matter, "Carry the outcome out")
    assert offers(group, asked, "a meeting was asked for")
    matter.carry_out(by=group.secretary, answer=ANSWER)
    proposal.refresh_from_db()
    assert proposal.answer == "accepted"
