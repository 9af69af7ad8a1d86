"""The pages of preparing a procurement, with planted words in what is not everyone's; laid over procurement_world."""

import datetime as dt

from django.core.files.base import ContentFile

from consortium import clock
from procurement.models import GroupCall, GroupSeat, Paper, Question, Stage, Wish
from tests.factories import DAY, UserFactory
from tests.procurement_factories import announced, begun, brought_to

PDF = b"%PDF-1.7 a small stand-in"
KEPT = "zqpaper"  # title of a paper that is the service centre's own
ASKED = "zqquestion"  # an unanswered question of the first municipality


def needs_pages(world, people):
    """Return {URL name: arguments} of preparing a procurement, its papers, questions, groups and wishes.

    ``world``: its round is open, and the representative and the librarian act for the first municipality.
    """
    home, staff = world.committed, people["staff"]
    found = world.procurement
    draft = begun(staff, title_fi="zqdraftprocurement", title_sv="zqdraftprocurement")
    early = announced(staff)  # no round, no group called: what is done before
    Stage.put(found, "notice", by=staff, planned_on=clock.today() + 30 * DAY, source="§ 24")
    asked = Question.ask(found, home, by=people["representative"], text=ASKED, language="fi")
    answered = Question.ask(found, home, by=people["representative"], text="Kouluille?", language="fi")
    answered.answer(
        by=staff, question_fi="Kouluille?", question_sv="Till skolor?", answer_fi="Kyllä.", answer_sv="Ja."
    )
    kept = Paper.add(found, by=staff, file=ContentFile(PDF, "zqpaper.pdf"), title=KEPT, kind="plan")
    open_ = Paper.add(found, by=staff, file=ContentFile(PDF, "avoin.pdf"), title="Avoin", kind="plan")
    open_.publish(by=staff, audience="public", contains_volumes=False)
    call = GroupCall.open(
        found,
        by=staff,
        group="content",
        text_fi="Valitsee lehdet.",
        text_sv="Väljer.",
        offer_by=clock.today() + dt.timedelta(days=9),
    )
    seat = GroupSeat.offer(call, by=people["representative"], municipality=home, about="zqabout")
    GroupSeat.name(
        found, by=staff, group="project", user=UserFactory(name="Jäsen"), municipality=world.interested
    )
    wish = Wish.make(
        home, by=people["representative"], what="Äänikirjat", why="Kysytään.", use="40", language="fi"
    )
    of_found = {name: {"pk": found.pk} for name in ("procurement", "procurement_law", "law_write", "stages")}
    of_found |= {f"{name}_new": {"pk": found.pk} for name in ("question", "paper")}
    of_draft = {f"procurement_{verb}": {"pk": draft.pk} for verb in ("announce", "edit")}
    wishes = ("edit", "endorse", "take_back", "gather", "decline", "withdraw")
    ended = brought_to(announced(staff), "contracted")
    at = of_found | of_draft | {f"wish_{verb}": {"pk": wish.pk} for verb in wishes}
    at |= {
        "stage_plan": {"pk": found.pk, "kind": "notice"},
        "stage_done": {"pk": found.pk, "kind": "notice"},
        "question_answer": {"pk": asked.pk},
        "question_correct": {"pk": answered.pk},
        "paper_file": {"pk": kept.pk},
        "paper_publish": {"pk": kept.pk},
        "paper_withdraw": {"pk": open_.pk},
        "group_call": {"pk": early.pk, "group": "content"},
        "seat_offer": {"pk": found.pk, "group": "content"},
        "seat_name": {"pk": found.pk, "group": "project"},
        "seat_act": {"pk": seat.pk, "verb": "accept"},
        "wish": {"pk": wish.pk},
        "procurement_end": {"pk": ended.pk},
    }
    return {f"procurement:{name}": arguments for name, arguments in at.items()}
