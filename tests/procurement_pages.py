"""Every page of joint procurement with the records that its address names, for the tables of access."""

from tests.contract_world import contracts_pages
from tests.lists_world import lists_pages
from tests.needs_world import needs_pages
from tests.offer_world import offers_pages
from tests.procurement_world import procurement_world
from tests.round_world import round_pages
from tests.use_world import use_pages

# f(world, people) -> {URL name: arguments}; the world's round is open, its first municipality is the people's own
PAGES = [
    contracts_pages,
    lists_pages,
    needs_pages,
    offers_pages,
    round_pages,
    use_pages,
]


def procurement_pages(home, people):
    """Return {URL name: arguments} of all pages of joint procurement."""
    world = procurement_world("round", by=people["staff"], places=[home], maximum=987654)
    at = {}
    for function in PAGES:
        at |= function(world, people)
    return at
