"""How many interested a round takes beside its commitments: KLKH150's rule, worked by hand."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.estimate import Answer
from procurement.quota import Hindrance, Quota, Reply, room

D = Decimal
COMMITTED, INTERESTED = Answer
YES = Reply("Turku", COMMITTED, D(1000), 1)


def interested(key, yearly, arrived, **others):
    return Reply(key, INTERESTED, None if yearly is None else D(yearly), arrived, **others)


def test_the_interested_may_be_as_much_as_the_committed_in_order_of_arrival():
    later, earlier = interested("Pori", 600, 3), interested("Salo", 500, 2)
    found = room([later, YES, earlier], Quota(D(1)))
    assert (found.committed, found.limit, found.interested, found.left) == (1000, 1000, 500, 500)
    assert (found.fits, found.waiting) == (("Salo",), {"Pori": Hindrance.VOLUME})
    assert found.hindrance(D(500)) is None
    assert found.hindrance(D("500.01")) is Hindrance.VOLUME


def test_a_smaller_one_after_one_that_waits_may_still_fit_to_the_cent():
    found = room([YES, interested("Salo", 501, 2), interested("Pori", 500, 3)], Quota(D("0.5")))
    assert (found.fits, found.left) == (("Pori",), 0)


def test_a_conditional_yes_counts_as_interested_until_accepted():
    conditional = Reply("Vaasa", COMMITTED, D(300), 2, conditional=True)
    found = room([YES, conditional], Quota(D("0.5")))
    assert (found.committed, found.fits, found.left) == (1000, ("Vaasa",), 200)
    found = room([YES, conditional._replace(accepted=True)], Quota(D("0.5")))
    assert (found.committed, found.fits, found.left) == (1300, (), 650)


def test_a_later_commitment_makes_room_and_none_leaves_none():
    waiting = interested("Salo", 1200, 1)
    assert room([YES, waiting], Quota(D(1))).fits == ()
    assert room([YES, waiting, Reply("Oulu", COMMITTED, D(200), 9)], Quota(D(1))).fits == ("Salo",)
    assert room([waiting], Quota(D(1))).waiting == {"Salo": Hindrance.VOLUME}


def test_places_left_by_volume_by_number_and_without_end():
    found = room([YES, interested("Salo", 100, 2)], Quota(D(1)))
    assert (found.left, found.places_left) == (900, None)
    assert [found.hindrance(D(each)) for each in (900, 901)] == [None, Hindrance.VOLUME]
    found = room([YES, interested("Salo", 100, 2)], Quota(D(1), most=3))
    assert (found.left, found.places_left) == (900, 2)
    found = room([interested(n, None, n) for n in range(4)], Quota(most=3))
    assert (found.fits, found.waiting, found.left) == ((0, 1, 2), {3: Hindrance.FULL}, None)
    assert (room([YES], Quota()).left, room([YES], Quota()).places_left) == (None, None)


def test_interest_without_an_estimate_does_not_fit_a_quota_of_volume():
    found = room([YES, interested("Salo", None, 2), Reply("Oulu", COMMITTED, None, 3)], Quota(D(1)))
    assert (found.committed, found.waiting) == (1000, {"Salo": Hindrance.NO_VOLUME})


def test_wrong_figures_are_refused():
    for replies, quota in [
        ([YES, YES], Quota(D(1))),
        ([YES._replace(answer="declined")], Quota(D(1))),
        ([YES._replace(yearly=D(-1))], Quota(D(1))),
        ([YES], Quota(D(-1))),
        ([YES], Quota(most=-1)),
    ]:
        with pytest.raises(ValueError, match=r"answer|declined|or more"):
            room(replies, quota)
    with pytest.raises(TypeError):
        room([YES._replace(yearly=0.5)], Quota(D(1)))


replies = st.lists(
    st.tuples(
        st.sampled_from(Answer),
        st.decimals(0, 1000, places=2),
        st.integers(0, 9),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
).map(lambda rows: [Reply(number, *row) for number, row in enumerate(rows)])


@settings(max_examples=80, deadline=None)
@given(replies, st.decimals(0, 3, places=2), st.none() | st.integers(0, 6))
def test_the_interested_never_exceed_the_quota_and_nobody_waits_who_fits(those, share, most):
    found = room(those, Quota(share, most))
    volume = {reply.key: reply.yearly for reply in those}
    firm = [r for r in those if r.answer == "committed" and (r.accepted or not r.conditional)]
    assert found.committed == sum(r.yearly for r in firm)
    assert (
        found.interested == sum(volume[key] for key in found.fits) <= found.committed * share == found.limit
    )
    assert most is None or len(found.fits) <= most
    assert {*found.fits, *found.waiting} == set(volume) - {r.key for r in firm}
    assert all(found.hindrance(volume[key]) for key in found.waiting)
    arrived = {reply.key: reply.arrived for reply in those}
    assert all(arrived[a] <= arrived[b] for a, b in pairwise(found.fits))


@settings(max_examples=60, deadline=None)
@given(replies, st.decimals(0, 3, places=2), st.integers(0, 60), st.decimals(1, 500, places=2))
def test_exactly_as_many_fit_as_there_are_places(those, share, most, yearly):
    before = room(those, Quota(share, most))
    more = [interested(1000 + number, yearly, 100 + number) for number in range(61)]
    after = room([*those, *more], Quota(share, most))
    by_volume = 61 if before.left is None else before.left // yearly
    places = 61 if before.places_left is None else before.places_left
    assert len(after.fits) - len(before.fits) == min(by_volume, places, 61)
