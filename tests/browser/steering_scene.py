"""The steering group of the practice copy that the pages are looked at with; each subject adds its own records."""

from django.contrib.auth import get_user_model

from steering.models import Body, Project
from tests.browser.procurement_table import LIBRARIAN, REPRESENTATIVE
from tests.steering_calls import calls_scene
from tests.steering_figures import figures_scene
from tests.steering_minutes import minutes_scene
from tests.steering_plan import plan_scene
from tests.steering_proposals import proposals_scene
from tests.steering_room import room_scene
from tests.steering_seats import seats_scene

# f(body, people) -> {URL name: arguments}; the body is the practice copy's own steering group
SCENES = [minutes_scene, figures_scene, proposals_scene, plan_scene, seats_scene, room_scene, calls_scene]


def records():
    """Return {URL name: arguments} of the pages of the steering group's work."""
    users = get_user_model().objects
    people = {
        "staff": users.staff().earliest("pk"),
        "representative": users.get(email=REPRESENTATIVE),
        "librarian": users.get(email=LIBRARIAN),
    }
    body = Body.objects.filter(kind="steering").first()
    at = {}
    for function in SCENES:
        at |= function(body, people)
    return at | _of_the_story(body)


def _of_the_story(body):
    """Return the pages that are looked at with the practice story's own records, as a visitor of it finds them."""
    told = body.meetings.filter(minutes__state="published").earliest("starts_at")
    voted = told.items.get(ballots__way="roll_call")
    called = body.meetings.filter(state="called", calls__coming="no").earliest("starts_at")
    story = {
        "meeting": {"pk": called.pk},
        "item": {"pk": voted.pk},
        "minutes": {"pk": told.pk},
        "minutes_item": {"pk": told.pk, "number": voted.number},
        "written": {"pk": body.written_matters.filter(state="open").earliest("pk").pk},
        "project": {"pk": Project.objects.earliest("pk").pk},
    }
    return {f"steering:{name}": arguments for name, arguments in story.items()}
