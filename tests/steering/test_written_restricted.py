"""A matter settled in writing closes and opens with what it is about, on every page that tells of it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from consortium import clock
from steering.models import Action, WrittenMatter
from steering.pages import minutes_home
from tests.conftest import Browser
from tests.factories import DAY
from tests.procurement_factories import announced, brought_to
from tests.steering_minutes import MATTER, settled
from tests.steering_proposals import action, received
from tests.steering_world import meeting, steering_group

pytestmark = pytest.mark.django_db
GROUND = "621/1999, 24 §"


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def group(db):
    return steering_group(seats=3)


def told(matter):
    """Return where everybody reads of the matter: its page, the front page, the search."""
    title, found = matter.title, set()
    if Browser().get(matter.get_absolute_url()).status_code == 200:
        found.add("page")
    if any(task.title == title for task in minutes_home.decisions(clock.today())):
        found.add("front")
    if any(hit.title == title for hit in minutes_home.search(AnonymousUser(), title)):
        found.add("search")
    again = WrittenMatter.objects.get(pk=matter.pk)
    assert again.is_restricted() == WrittenMatter.objects.restricted().filter(pk=matter.pk).exists()
    assert again.is_restricted() == bool(again.closed_because) == (not found)
    return found


EVERYWHERE = {"page", "front", "search"}


def test_it_closes_and_opens_with_its_proposal(group, today_is):
    proposal = received(group.by)
    matter = settled(group, proposal=proposal)
    assert told(matter) == EVERYWHERE
    proposal.restrict(by=group.by, ground=GROUND, until=clock.today() + 2 * DAY)
    assert told(matter) == set()
    assert WrittenMatter.objects.visible_to(group.members[2]).get() == matter
    proposal.open(by=group.by)
    assert told(matter) == EVERYWHERE
    proposal.restrict(by=group.by, ground=GROUND, until=clock.today() + 2 * DAY)
    today_is((clock.today() + 3 * DAY).isoformat())
    assert told(matter) == EVERYWHERE


def test_it_closes_when_its_proposals_procurement_opens_its_round_until_the_award(group):
    procurement = announced()
    proposal = received(group.by, procurement=procurement)
    matter = settled(group, proposal=proposal)
    assert told(matter) == EVERYWHERE
    for state in ("round", "tendering"):
        brought_to(procurement, state)
        assert told(matter) == set()
    proposal.refresh_from_db()
    proposal.open(by=group.by)
    assert told(matter) == EVERYWHERE  # a person has opened the proposal while the tender runs
    type(proposal).objects.update(opened_in_tender=False)
    brought_to(procurement, "awarded")
    assert told(matter) == EVERYWHERE


def test_it_closes_when_its_own_procurement_opens_its_round_until_the_award(group):
    procurement = announced()
    matter = settled(group, procurement=procurement)
    assert told(matter) == EVERYWHERE
    brought_to(procurement, "round")
    assert told(matter) == set()
    with pytest.raises(ValidationError, match="not public before the award"):
        matter.open(by=group.by, contains_volumes=False)
    brought_to(procurement, "awarded")
    assert told(matter) == EVERYWHERE


def test_volumes_wait_for_the_award_of_what_it_concerns(group):
    procurement = announced()
    own = settled(group, procurement=procurement, restricted_ground=GROUND)
    answers = settled(group, proposal=received(group.by, procurement=procurement), restricted_ground=GROUND)
    for matter in (own, answers):
        with pytest.raises(ValidationError, match="from the award on"):
            matter.open(by=group.by, contains_volumes=True, meant=True)
    brought_to(procurement, "awarded")
    for matter in (own, answers):
        matter.refresh_from_db()
        matter.open(by=group.by, contains_volumes=True, meant=True)
        assert not matter.is_restricted()


def test_one_whose_proposal_is_closed_is_opened_after_it(group):
    proposal = received(group.by)
    matter = settled(group, proposal=proposal, restricted_ground=GROUND)
    proposal.restrict(by=group.by, ground=GROUND)
    matter.refresh_from_db()
    with pytest.raises(ValidationError, match="Open the proposal first"):
        matter.open(by=group.by, contains_volumes=False)
    proposal.open(by=group.by)
    matter.refresh_from_db()
    matter.open(by=group.by, contains_volumes=False)
    assert told(matter) == EVERYWHERE


def test_its_page_offers_to_open_only_what_can_be_opened_there(group):
    browser = Browser()
    browser.force_login(group.by)
    tendered = settled(group, procurement=brought_to(announced(), "tendering"))
    text = browser.get(tendered.get_absolute_url()).content.decode()
    assert "Open it to the public" not in text and "a tender is running" in text
    grounded = settled(group, restricted_ground=GROUND)
    text = browser.get(grounded.get_absolute_url()).content.decode()
    assert "Open it to the public" in text and GROUND in text


def test_an_action_of_one_closed_by_what_it_concerns_is_closed_on_the_agenda_too(group):
    procurement, proposal = announced(), received(group.by)
    of_tender, of_proposal = settled(group, procurement=procurement), settled(group, proposal=proposal)
    rows = [action(group.by, group.by, in_writing=each) for each in (of_tender, of_proposal)]
    assert not Action.objects.restricted().exists()
    brought_to(procurement, "tendering")
    proposal.restrict(by=group.by, ground=GROUND)
    planned = meeting(group, state="planned")
    for row in rows:
        row = Action.objects.get(pk=row.pk)
        assert row in Action.objects.restricted()
        assert planned.add(by=group.by, action=row).is_restricted()


def test_what_is_put_on_an_agenda_opens_with_the_award(group):
    procurement = brought_to(announced(), "tendering")
    deadline = clock.now() + DAY
    matter = WrittenMatter.begin(
        by=group.by, body=group.body, deadline=deadline, procurement=procurement, **MATTER
    )
    matter.answer(by=group.members[0], position="meeting")
    matter.put_on_agenda(by=group.by, meeting=meeting(group, state="planned"))
    assert matter.item.is_restricted()
    brought_to(procurement, "awarded")
    matter.item.refresh_from_db()
    assert not matter.item.is_restricted()
