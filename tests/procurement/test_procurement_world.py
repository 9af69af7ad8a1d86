"""The world that other tests stand on is what it says."""

import pytest

from procurement.models import AnswerKind
from tests.procurement_world import LATER, procurement_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["round", "frozen", *LATER])
def test_the_world_has_the_answers_it_says(state):
    world = procurement_world(state)
    kinds = [world.answer_of(place).counts_as for place in world.places]
    assert kinds == [
        *(AnswerKind.COMMITTED, AnswerKind.COMMITTED, AnswerKind.INTERESTED),
        *(AnswerKind.DECLINED, AnswerKind.PREPARING, None),
    ]
    assert world.round.is_open() == (state == "round")
    assert world.round.is_frozen() == (state != "round")
    assert world.procurement.state == ("round" if state == "frozen" else state)


@pytest.mark.parametrize(("state", "told"), [("prepared", False), ("announced", True)])
def test_before_the_round_it_is_a_draft_or_known(state, told):
    procurement = procurement_world(state).procurement
    assert bool(procurement.announced_on) == told
    assert procurement.state == "prepared"
