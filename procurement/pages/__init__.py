"""What joint procurement tells on the pages that gather from several apps: one tuple of functions a kind."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import gather
from procurement.pages import (
    awards,
    calendar,
    costs,
    facts,
    groups,
    in_use,
    letters,
    questions,
    round_home,
    usage,
    value,
    wishes,
)


def menu(user):
    """Return the menu's line, the same for everybody."""
    return [{"label": _("Procurements"), "url": reverse("procurement:procurement_list")}]


# Each subject adds its function to the tuple of its kind.
FUNCTIONS = {
    gather.MENU: (menu, in_use.menu),
    gather.DECISIONS: (awards.decisions,),
    gather.LETTERS: (awards.letters, letters.names, round_home.letters, in_use.letters, costs.letters),
    gather.STAFF_DEADLINES: (awards.deadlines, round_home.deadlines, calendar.deadlines),
    gather.STAFF_HOME: (
        awards.tasks,
        questions.tasks,
        groups.tasks,
        wishes.tasks,
        round_home.staff_tasks,
        in_use.stuck,
        usage.tasks,
    ),
    gather.MEMBER_HOME: (groups.home, round_home.tasks, in_use.use_tasks),
    gather.CLOSING: (groups.closing,),
    gather.MY_DATA: (questions.my_data, groups.my_data, wishes.my_data, round_home.my_data),
    gather.MEMBER_DONE: (round_home.done,),
    gather.STAFF_YEAR: (round_home.year,),
    gather.FEED: (round_home.occasions, calendar.occasions),
    gather.MUNICIPALITY: (round_home.municipality_parts, in_use.municipality_parts, value.parts),
    gather.SERVICES: (in_use.services,),
    gather.SEARCH: (facts.search, in_use.search),
    gather.MEMBER_PARTS: (in_use.member_parts,),
    gather.DUTIES: (in_use.duty_parts,),
}
