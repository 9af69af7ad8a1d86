"""A small world of joint procurement: one procurement with a round and six municipalities that answer differently."""

from dataclasses import dataclass

from consortium import clock
from members.models import Municipality
from procurement.models import Procurement, Round
from tests.factories import DAY
from tests.procurement_factories import announced, answers, begun, brought_to, closing_day, member, opened

LATER = ("tendering", "awarded", "contracted", "ended")


@dataclass
class World:
    """A procurement, its round, and who answered what: volumes of 1,211 and 2,417 (committed) and 833 (interested)."""

    procurement: Procurement
    round: Round | None = None
    committed: Municipality | None = None
    committed_too: Municipality | None = None
    interested: Municipality | None = None
    declined: Municipality | None = None
    preparing: Municipality | None = None
    silent: Municipality | None = None

    @property
    def places(self):
        """Return the six municipalities, those with volume first."""
        return [
            *(self.committed, self.committed_too, self.interested),
            *(self.declined, self.preparing, self.silent),
        ]

    def answer_of(self, place):
        """Return a municipality's answer."""
        return self.round.answers.select_related("municipality", "standing").get(municipality=place)


def procurement_world(state="round", *, by=None, places=(), terms=None, **facts):
    """Return a World whose procurement is in a state.

    ``state``: prepared (a draft), announced, round (open), frozen (its deadline passed ten days ago or more), or
    tendering, awarded, contracted, ended: put there straight, without offers and contract. ``places``: municipalities
    that stand for the first ones of World.places, the rest are made. ``terms``: of the round, ``facts``: of the
    procurement.
    """
    if state == "prepared":
        return World(begun(by, **facts))
    if state == "announced":
        return World(announced(by, **facts))
    today = clock.today()
    if state == "round":
        begins_on, closes_on = today - 7 * DAY, closing_day(today + 14 * DAY)
    else:
        closes_on = closing_day(today - 10 * DAY, step=-1)
        begins_on = closes_on - 30 * DAY
    with clock.moved_to(begins_on):
        procurement = announced(by, **facts)
        places = [*places, *(member() for _i in range(6 - len(places)))]
        round_ = opened(procurement, places, by=by, closes_on=closes_on, **(terms or {}))
    world = World(procurement, round_, *places)
    with clock.moved_to(begins_on + 2 * DAY):
        answers(round_, world.committed, "committed", "1211", by=by)
        answers(round_, world.committed_too, "committed", "2417", by=by)
        answers(round_, world.interested, "interested", "833", by=by)
        answers(round_, world.declined, "declined", by=by)
        answers(round_, world.preparing, "preparing", by=by, until=begins_on + 9 * DAY)
    if state in LATER:
        brought_to(procurement, state)
    procurement.refresh_from_db()
    world.round = Round.objects.select_related("procurement").get(pk=round_.pk)
    return world
