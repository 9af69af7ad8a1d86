"""What is settled in writing does its consequence as a meeting's decision does, by the number of the matter."""

import html

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, OutgoingEmail
from consortium.workflow import WrongState
from procurement.models import Award
from steering.models import Action, Proposal, WrittenMatter
from tests.conftest import Browser
from tests.factories import DAY, BudgetFactory, RoleFactory, UserFactory, payer, tariff_terms
from tests.offer_world import first, offer_world
from tests.procurement_factories import announced, brought_to, member
from tests.steering_minutes import MATTER, settled
from tests.steering_proposals import received
from tests.steering_world import meeting, steering_group

pytestmark = pytest.mark.django_db
ANSWER = {"answer": "accepted", "reason_fi": "Perustelut.", "reason_sv": "Motiveringen."}


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    return steering_group(seats=3)


def budgets(by):
    """Return (budget, its alternative)."""
    payer("686")
    budget = BudgetFactory(year=2028)
    return budget, budget.save_alternative(tariff_terms(), by=by)


def page(user, url):
    browser = Browser()
    if user:
        browser.force_login(user)
    return html.unescape(browser.get(url).content.decode())


def test_a_proposal_is_answered_by_the_number_and_the_proposer_told(group):
    place = member()
    proposal = received(group.by, place, by=RoleFactory(municipality=place).user)
    matter = settled(group, proposal=proposal)
    assert matter.is_waiting()
    with pytest.raises(ValidationError, match="Say what the proposer is answered"):
        matter.carry_out(by=group.secretary)
    matter.carry_out(by=group.secretary, answer=ANSWER)
    found = Proposal.objects.get()
    assert (found.state, found.answer, found.in_writing, found.decided_in) == (
        "decided",
        "accepted",
        matter,
        None,
    )
    letter = OutgoingEmail.objects.filter(to=proposal.made_by.email, template__endswith="decided").get()
    assert matter.number in letter.body
    assert f"written procedure {matter.number}" in page(None, proposal.get_absolute_url())
    assert AuditEvent.objects.about(matter).first().verb == "carry_out"


def test_the_budgets_alternative_is_proposed_by_the_number_and_once(group):
    budget, alternative = budgets(group.secretary)
    matter = settled(group, alternative=alternative)
    matter.carry_out(by=group.secretary, propose=True)
    budget.refresh_from_db()
    assert (budget.state, budget.proposal, budget.proposed_on) == ("proposed", alternative, matter.settled_on)
    assert budget.proposed_section == f"kirj./skr. {matter.number}"
    for _again in range(2):
        with pytest.raises(ValidationError, match="nothing of it to carry out"):
            WrittenMatter.objects.get().carry_out(by=group.secretary, propose=True)


def test_an_award_is_recorded_by_the_number(group):
    world = offer_world()
    matter = settled(group, procurement=world.procurement)
    assert matter.is_restricted()  # the tender was running
    award = {
        "offer": first(world.procurement),
        "decider": "helsinki",
        "body_fi": "Ohjausryhmä",
        "body_sv": "Styrgruppen",
        "decided_on": matter.settled_on,
        "section": matter.section,
        "case_number": "HEL 2027-004117",
        "reason_fi": "Edullisin.",
        "reason_sv": "Förmånligast.",
    }
    matter.carry_out(by=group.secretary, award=award)
    assert Award.objects.get().section == matter.section
    world.procurement.refresh_from_db()
    assert world.procurement.state == "awarded"


def test_what_the_members_rejected_is_not_carried_out(group):
    budget, alternative = budgets(group.secretary)
    matter = settled(group, alternative=alternative)
    WrittenMatter.objects.update(result="against")
    matter.refresh_from_db()
    assert not matter.is_waiting()
    with pytest.raises(ValidationError):
        matter.carry_out(by=group.secretary, propose=True)
    budget.refresh_from_db()
    assert budget.state == "draft"


def test_a_consequence_that_fails_leaves_the_matter_as_it_was(group):
    budget, alternative = budgets(group.secretary)
    matter = settled(group, alternative=alternative)
    budget.edit(by=group.secretary, revision=budget.revision, total=budget.total - 1000)
    with pytest.raises(ValidationError):
        matter.carry_out(by=group.secretary, propose=True)
    assert WrittenMatter.objects.get().is_waiting()


def test_before_it_is_settled_nothing_is_carried_out(group):
    proposal = received(group.by)
    deadline = clock.now() + 3 * DAY
    matter = WrittenMatter.begin(by=group.by, body=group.body, deadline=deadline, proposal=proposal, **MATTER)
    with pytest.raises(ValidationError, match="still running"):
        matter.carry_out(by=group.secretary, answer=ANSWER)
    matter.answer(by=group.members[0], position="meeting")
    with pytest.raises(WrongState):
        matter.carry_out(by=group.secretary, answer=ANSWER)
    planned = meeting(group, state="planned")
    matter.put_on_agenda(by=group.secretary, meeting=planned)
    proposal.refresh_from_db()
    assert (matter.item.proposal, proposal.state) == (proposal, "agenda")


def test_it_is_as_restricted_as_what_it_is_about(group):
    proposal = received(group.by)
    proposal.restrict(by=group.by, ground="621/1999, 24 §")
    assert settled(group, proposal=proposal).restricted_ground == "621/1999, 24 §"
    running = brought_to(announced(), "tendering")
    assert settled(group, procurement=running).is_restricted()
    assert not settled(group, procurement=announced()).is_restricted()


def test_the_reasons_of_a_restricted_matter_are_not_for_all(group):
    matter = settled(group, proposal=received(group.by), restricted_ground="621/1999, 24 §")
    matter.carry_out(by=group.secretary, answer=ANSWER)
    url = matter.proposal.get_absolute_url()
    assert ANSWER["reason_fi"] not in page(None, url) and ANSWER["reason_fi"] in page(group.by, url)


def test_something_is_had_done_and_follows_the_matters_restriction(group):
    matter = settled(group, restricted_ground="621/1999, 24 §")
    browser = Browser()
    browser.force_login(group.by)
    url = f"{reverse('steering:action_new')}?written={matter.pk}"
    due = clock.today() + 30 * DAY
    fields = {"text_fi": "Tehdään.", "owner": group.secretary.pk, "due_on": f"{due:%-d.%-m.%Y}"}
    browser.post(url, fields)
    action = Action.objects.get()
    assert action.in_writing == matter and matter.actions.get() == action
    assert list(Action.objects.restricted()) == [action] and action.restriction()["restricted_ground"]
    assert f"written procedure {matter.number}" in page(group.by, action.get_absolute_url())


def test_an_overdue_one_stands_on_the_agenda_of_its_own_body(group, today_is):
    matter = settled(group)
    facts = {"text_fi": "Tehdään.", "text_sv": "Görs.", "owner": group.by, "due_on": clock.today()}
    action = Action.make(by=group.by, in_writing=matter, **facts)
    today_is((clock.today() + 2 * DAY).isoformat())
    assert action in meeting(group, state="planned").waiting()[1]


def test_it_is_carried_out_on_its_page_by_those_who_run_the_body(group):
    proposal = received(group.by)
    matter = settled(group, proposal=proposal)
    url = reverse("steering:written_carry_out", args=[matter.pk])
    assert url in page(group.secretary, matter.get_absolute_url())
    assert url not in page(group.members[0], matter.get_absolute_url())
    for user, status in ((group.members[0], 403), (UserFactory(), 403), (group.secretary, 302)):
        browser = Browser()
        browser.force_login(user)
        assert browser.post(url, ANSWER).status_code == status
    assert Proposal.objects.get().in_writing == matter
    assert "Carried out on" in page(group.secretary, matter.get_absolute_url())
    assert url not in page(group.secretary, matter.get_absolute_url())


def test_an_award_is_recorded_on_its_page(group):
    world = offer_world()
    matter = settled(group, procurement=world.procurement)
    url = reverse("steering:written_carry_out", args=[matter.pk])
    assert f'value="{matter.section}"' in page(group.secretary, url)
    told = {"decider": "helsinki", "body_fi": "O", "body_sv": "S", "section": matter.section}
    told |= {"offer": first(world.procurement).pk, "decided_on": f"{matter.settled_on:%-d.%-m.%Y}"}
    told |= {"case_number": "HEL 1", "reason_fi": "R", "reason_sv": "R"}
    browser = Browser()
    browser.force_login(group.secretary)
    assert browser.post(url, told).status_code == 302
    assert Award.objects.get().section == matter.section


def test_a_matter_is_sent_about_a_proposal_on_its_page(group):
    proposal = received(group.by)
    browser = Browser()
    browser.force_login(group.by)
    day = clock.today() + 10 * DAY
    while day.weekday() > 4:
        day += DAY
    told = MATTER | {"body": group.body.pk, "answer_by": f"{day:%-d.%-m.%Y}", "proposal": proposal.pk}
    _budget, alternative = budgets(group.by)
    answer = browser.post(reverse("steering:written_new"), told | {"alternative": alternative.pk})
    assert "from one record at most" in answer.content.decode()
    assert browser.post(reverse("steering:written_new"), told).status_code == 302
    assert WrittenMatter.objects.get().proposal == proposal
    assert proposal.get_absolute_url() in page(
        group.secretary, WrittenMatter.objects.get().get_absolute_url()
    )


def test_the_database_refuses_two_sources_and_an_early_carrying_out(group):
    matter = settled(group, proposal=received(group.by))
    other = WrittenMatter.begin(by=group.by, body=group.body, deadline=clock.now() + DAY, **MATTER)
    rows = WrittenMatter.objects
    for name, row, change in (
        ("writtenmatter_one_source", matter, {"procurement": announced()}),
        ("writtenmatter_carried_out_once_settled", other, {"carried_out_at": clock.now()}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.filter(pk=row.pk).update(**change)
