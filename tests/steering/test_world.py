"""The small steering group that the other tests stand on is a true one."""

import pytest

from steering.models import Body, Item, Term
from tests.steering_world import meeting, steering_group

pytestmark = pytest.mark.django_db


def test_the_group_is_whole():
    group = steering_group()
    assert Term.objects.count() == 24
    assert list(Body.objects.of(group.chair)) == [group.body]
    assert group.chair.has_perm("steering.close_meeting", group.body)
    assert not group.members[3].has_perm("steering.close_meeting", group.body)
    assert group.secretary.has_perm("steering.call_meeting", group.body)


def test_a_meeting_calls_those_who_sit():
    group = steering_group(seats=3)
    row = meeting(group, items=["Talousarvio", "Muut asiat"])
    assert row.calls.count() == 5
    assert [item.position for item in Item.objects.all()] == [1, 2]
