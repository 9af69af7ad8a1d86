"""One proposal's whole way, walked through the running demo: from two sentences on a phone to what came of them."""

import pytest

from tests.drill import steering_walk_call, steering_walk_minutes, steering_walk_proposal, steering_walk_room
from tests.drill.steering_walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.story]
STEPS = [
    steering_walk_proposal.librarian_proposes,
    steering_walk_proposal.three_support,
    steering_walk_proposal.is_received,
    steering_walk_call.meeting_is_planned,
    steering_walk_call.is_on_an_agenda,
    steering_walk_call.is_called,
    steering_walk_call.kaarina_cannot_come,
    steering_walk_call.others_answer,
    steering_walk_room.meeting_opens,
    steering_walk_room.one_steps_aside,
    steering_walk_room.vote_is_five_to_five,
    steering_walk_room.proposal_is_decided,
    steering_walk_room.quorum_is_lost,
    steering_walk_minutes.minutes_are_drafted,
    steering_walk_minutes.two_check_them,
    steering_walk_minutes.minutes_are_published,
    steering_walk_minutes.action_is_done,
    steering_walk_minutes.proposer_has_heard_all,
]


def test_steering_walk(own_demo, new_page):
    """Each step on the pages of those who take it; no browser complains on the way."""
    walk = Walk(own_demo, new_page)
    for step in STEPS:
        step(walk)
    assert [page.complaints for page in walk.pages if page.complaints] == []
