"""Joint procurements of the practice copy that the pages are looked at with; each subject adds its own records."""

from django.contrib.auth import get_user_model

from consortium import clock
from members.models import Municipality
from tests.browser.procurement_table import LIBRARIAN, REPRESENTATIVE
from tests.contract_world import contracts_pages
from tests.lists_world import lists_pages
from tests.needs_world import needs_pages
from tests.offer_world import offers_pages
from tests.procurement_world import procurement_world
from tests.round_world import round_pages
from tests.use_world import use_pages

# f(world, people) -> {URL name: arguments}; nothing here makes a municipality: the register is the demo's own
SCENES = [
    needs_pages,
    lists_pages,
    contracts_pages,
    offers_pages,
    round_pages,
    use_pages,
]


def records(home):
    """Return {URL name: arguments} of the pages of joint procurement; ``home``: the onlookers' municipality."""
    users = get_user_model().objects
    people = {
        "staff": users.staff().earliest("pk"),
        "representative": users.get(email=REPRESENTATIVE),
        "librarian": users.get(email=LIBRARIAN),
    }
    others = Municipality.objects.members_on(clock.today()).exclude(pk=home.pk).order_by("code")[:5]
    world = procurement_world("round", by=people["staff"], places=[home, *others])
    at = {}
    for function in SCENES:
        at |= function(world, people)
    return at
