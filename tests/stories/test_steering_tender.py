"""A 32's last clause: what the steering group is to deal with of a running tender is restricted by default."""

import pytest

from consortium.models import Post, PostKind
from procurement.models import Procurement
from tests.factories import UserFactory
from tests.procurement_factories import announced, brought_to, member, opened
from tests.steering_world import meeting, steering_group
from tests.stories.people import Person

TITLE = "Lehtipalvelun kilpailutus"


@pytest.fixture
def group(staff):
    return steering_group(seats=3, by=staff)


@pytest.fixture
def tender(staff):
    """A procurement whose round has been opened to the members."""
    procurement = announced(staff, title_fi=TITLE, title_sv="Tidskriftstjänsten")
    opened(procurement, [member()], by=staff)
    procurement.refresh_from_db()
    return procurement


def who(client_of, group, staff):
    """Return who has no business with a restricted item: expert, deputy not called, auditor, anybody else."""
    auditor = Post.give(UserFactory(), PostKind.AUDITOR, by=staff)[0].user
    return [group.expert, group.deputies[1], auditor, UserFactory()]


@pytest.mark.breaks("steering.models.agenda.kept_back")
def test_a32_a_steering_item_on_a_running_tender_is_restricted_by_default(
    client_of, visitor, group, tender, staff
):
    row = meeting(group, state="called")
    clerk = Person(client_of(staff))
    page = clerk.opens(f"/en/steering/meetings/{row.pk}/items/new/?from=procurement-{tender.pk}")
    page = clerk.presses(page, "Put it on the agenda")  # nothing about being public was typed
    item = row.items.get()
    assert (item.procurement, item.restricted_ground) == (tender, "")
    assert item.is_restricted()
    address = f"/en/steering/items/{item.pk}/"
    assert TITLE in clerk.opens(address).text
    assert Person(client_of(group.members[1])).opens(address).status == 200
    for person in [visitor, *(Person(client_of(user)) for user in who(client_of, group, staff))]:
        assert person.opens(address).status in {403, 404}
        assert TITLE not in person.opens(f"/en/steering/meetings/{row.pk}/").text
    brought_to(tender, "awarded")  # public by itself from the award on, without any clock job
    assert TITLE in visitor.opens(address).text
    assert Procurement.objects.get().state == "awarded"
