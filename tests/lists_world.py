"""A frozen round with its lists for the central purchasing body, for the tables of access and the browser."""

from decimal import Decimal

from consortium import clock
from procurement.models import CommitmentForm, CommitmentList, FormSent
from tests.factories import DAY
from tests.procurement_factories import announced, answers, closing_day, opened

KEPT = "zqreservation"  # a reservation, read by the municipality and the service centre


def lists_of_a_frozen_round(home, other, staff):
    """Return (list, form), both ready and not handed over, of a round in which ``home`` has committed itself."""
    closes_on = closing_day(clock.today() - 10 * DAY, step=-1)
    with clock.moved_to(closes_on - 30 * DAY):
        procurement = announced(staff, title_fi="Kielikurssit verkossa", title_sv="Språkkurser på nätet")
        round_ = opened(procurement, [home, other], by=staff, closes_on=closes_on)
        more = {"reservation": KEPT, "ceiling": Decimal("4321.09"), "contact_name": "zqcontract"}
        answers(round_, home, "committed", "3141.59", by=staff, **more)
        answers(round_, other, "interested", "271.83", by=staff)
    made = CommitmentList.ask(round_, by=staff, language="fi")
    form = CommitmentForm.ask(round_, by=staff, language="fi", municipality=home)
    for document in (made, form):
        document.make()
        document.refresh_from_db()
    FormSent.mark(round_, [home], by=staff, on=clock.today())
    return made, form


def lists_pages(world, people):
    """Return {URL name: arguments} of the lists and forms of a frozen round, and of the notice's data sheet."""
    made, form = lists_of_a_frozen_round(world.committed, world.committed_too, people["staff"])
    found = {"pk": made.round.procurement_id}
    one = found | {"number": made.number}
    file = found | {"key": form.key}
    at = dict.fromkeys(("commitment_lists", "commitment_list_make", "notice"), found)
    at |= {f"commitment_form{name}": found for name in ("s", "_print", "_mark", "_progress")}
    at |= {f"commitment_form_{name}": file for name in ("file", "again")}
    at |= {"commitment_list": one}
    at |= {f"commitment_list_{name}": one for name in ("progress", "file", "again", "send", "hand_over")}
    return {f"procurement:{name}": arguments for name, arguments in at.items()}
