"""Every page of the steering group's work with the records that its address names, for the tables of access."""

from tests.steering_calls import calls_pages
from tests.steering_figures import figures_pages
from tests.steering_minutes import minutes_pages
from tests.steering_plan import plan_pages
from tests.steering_proposals import proposals_pages
from tests.steering_room import room_pages
from tests.steering_seats import seats_pages
from tests.steering_world import steering_group

# f(group, people) -> {URL name: arguments}; the group's first seat is the people's own municipality's
PAGES = [minutes_pages, figures_pages, proposals_pages, plan_pages, seats_pages, room_pages, calls_pages]

# the same pages asked in other ways, which must not open anything more
STEERED_OTHERWISE = {
    **{f"steering:{name}": ["format=csv", "format=xlsx"] for name in ("project_list", "open_table")},
    **{f"steering:{name}": ["receipt=1"] for name in ("project", "plan", "report")},
}


def steering_pages(home, people, chair=None):
    """Return {URL name: arguments} of all pages of the steering group's work; ``chair`` presides where given."""
    group = steering_group(seats=3, by=people["staff"], places=[home])
    at = {}
    for function in PAGES:
        at |= function(group, people)
    return at
