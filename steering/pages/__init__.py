"""What the steering group's work tells on the pages that gather from several apps: one tuple of functions a kind."""

from consortium import gather
from steering.pages import (
    actions,
    calls_home,
    dashboard,
    minutes_home,
    plans,
    projects,
    proposal_home,
    room_home,
    seats,
)

# Each subject adds its function to the tuple of its kind.
FUNCTIONS = {
    gather.PROCUREMENT: (proposal_home.procurement_parts,),
    gather.DECISIONS: (minutes_home.decisions,),
    gather.FEED: (
        calls_home.occasions,
        actions.occasions,
    ),
    gather.DUTY_TASKS: (
        room_home.duty_tasks,
        calls_home.duty_tasks,
        proposal_home.duty_tasks,
        actions.duty_tasks,
        minutes_home.duty_tasks,
    ),
    gather.DUTIES: (
        calls_home.duties,
        dashboard.duties,
    ),
    gather.SEARCH: (
        calls_home.search,
        proposal_home.search,
        minutes_home.search,
        projects.search,
        plans.search,
    ),
    gather.MEMBER_PARTS: (proposal_home.member_parts,),
    gather.MEMBER_DONE: (proposal_home.done,),
    gather.MEMBER_HOME: (proposal_home.home,),
    gather.MENU: (proposal_home.menu,),
    gather.STAFF_HOME: (
        room_home.tasks,
        calls_home.tasks,
        seats.tasks,
        proposal_home.tasks,
        actions.tasks,
        minutes_home.tasks,
    ),
    gather.STAFF_DEADLINES: (
        calls_home.deadlines,
        seats.deadlines,
        plans.deadlines,
    ),
    gather.STAFF_YEAR: (plans.year_line,),
    gather.MUNICIPALITY: (
        seats.municipality_parts,
        proposal_home.municipality_parts,
    ),
    gather.PERSON: (seats.person_parts,),
    gather.CLOSING: (seats.closing,),
    gather.MY_DATA: (
        calls_home.my_data,
        room_home.my_data,
        seats.my_data,
        proposal_home.my_data,
        actions.my_data,
        minutes_home.my_data,
    ),
    gather.LETTERS: (
        calls_home.letters,
        seats.letters,
        proposal_home.letters,
        minutes_home.letters,
    ),
    gather.MEETINGS: (calls_home.meetings,),
}
