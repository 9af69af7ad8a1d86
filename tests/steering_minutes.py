"""The pages of minutes and written procedures for the tables of access and of the browser, with planted words."""

import datetime as dt

from django.core.files.base import ContentFile

from consortium import clock
from consortium.models import DocumentState
from steering.models import MinutesPaper, PaperForm, WrittenMatter
from tests.minutes_world import DECIDED, ITEMS, drafted, held, published, sent
from tests.minutes_world import checked as checked_minutes
from tests.minutes_world import signed as signed_minutes
from tests.steering_proposals import received
from tests.steering_world import Group

VERDICT, WRITTEN = "zqverdict", "zqwritten"
CLOSED = {
    "title_fi": VERDICT,
    "title_sv": VERDICT,
    "restricted_ground": VERDICT,
    **DECIDED,
    "decision_fi": VERDICT,
    "decision_sv": VERDICT,
}
PLANTED_ITEMS = [*ITEMS[:2], CLOSED]
MATTER = {
    "title_fi": "Lehtisopimus",
    "title_sv": "Tidskriftsavtal",
    "background_fi": "Sopimus päättyy.",
    "background_sv": "Avtalet löper ut.",
    "proposal_fi": "Jatketaan.",
    "proposal_sv": "Vi fortsätter.",
}


def a_matter(group, closed=False, **facts):
    """Send a matter to the members; a restricted one holds the planted word wherever it has a text."""
    planted = dict.fromkeys([*MATTER, "restricted_ground"], WRITTEN) if closed else {}
    deadline = clock.now() + dt.timedelta(days=5)
    return WrittenMatter.begin(by=group.by, body=group.body, deadline=deadline, **MATTER | planted | facts)


def settled(group, **facts):
    """Return a matter that was sent two days ago and settled in writing yesterday, all being for it."""
    today = clock.today()
    with clock.moved_to(today - dt.timedelta(days=2)):
        deadline = clock.now() + dt.timedelta(days=1)
        row = WrittenMatter.begin(by=group.by, body=group.body, deadline=deadline, **MATTER | facts)
        for user in group.members:
            row.answer(by=user, position="for")
    row = WrittenMatter.objects.get(pk=row.pk)
    row.settle()
    return row


def printed(minutes):
    """Give the papers of minutes small stand-ins for files, as if the worker had made them. Returns the full one."""
    for paper in minutes.papers.all():
        word = VERDICT if paper.form in {PaperForm.FULL, PaperForm.EXTRACT} else "published"
        paper.file.save(paper.filename, ContentFile(f"%PDF-1.7 {word}".encode()), save=False)
        paper.state, paper.made_at, paper.sha256 = DocumentState.READY, clock.now(), "0" * 64
        paper.save()
    return MinutesPaper.objects.filter(minutes=minutes, form=PaperForm.FULL).first()


def minutes_pages(group, people, proposer=None):
    """Return {URL name: arguments} of the pages of minutes and written procedures; a new member proposes, or told."""
    draft = held(group, items=PLANTED_ITEMS)
    drafted(draft).name_checkers(by=group.by, first=group.members[0], second=group.members[1])
    checking = sent(held(group, items=PLANTED_ITEMS), group, checkers=(0, 1)).meeting
    checked = checked_minutes(held(group, items=PLANTED_ITEMS), group).meeting
    signed = signed_minutes(held(group, items=PLANTED_ITEMS), group).meeting
    told = published(held(group, items=PLANTED_ITEMS), group)
    told.extract(by=group.by, item=told.meeting.items.get(number=2))
    paper = printed(told)
    closed, ended = a_matter(group, closed=True), a_matter(group)
    ended.answer(by=group.members[0], position="meeting")
    at = {f"minutes_{verb}": {"pk": draft.pk} for verb in ("name_checkers", "send")}
    at |= {f"minutes_{verb}": {"pk": checking.pk} for verb in ("approve", "remark", "rework")}
    at |= {"minutes_sign": {"pk": checked.pk}, "minutes_publish": {"pk": signed.pk}}
    at |= {
        name: {"pk": told.meeting_id}
        for name in ("minutes", "minutes_again", "minutes_progress", "minutes_signed")
    }
    at |= {"minutes_word": {"pk": draft.pk, "number": 2}, "minutes_paper": {"key": paper.key}}
    at |= {f"minutes_{verb}": {"pk": told.meeting_id, "number": 2} for verb in ("item", "correct", "extract")}
    at |= {
        name: {"pk": closed.pk}
        for name in ("written", "written_answer", "written_step_aside", "written_open")
    }
    at["written_put_on_agenda"] = {"pk": ended.pk}
    at["written_carry_out"] = {"pk": settled(group, proposal=received(group.by, proposer)).pk}
    return {f"steering:{name}": arguments for name, arguments in at.items()}


def minutes_scene(body, people):
    """Return the same for the practice copy's own steering group."""
    terms = list(body.terms.on(clock.today()).select_related("user", "seat").order_by("seat__number"))
    seated = [term for term in terms if term.seat.kind == "member" and term.place == "member"]
    seated.sort(key=lambda term: term.office != "chair")
    by_seat = {term.seat_id: term.user for term in terms if term.place == "deputy"}
    secretary = next((term.user for term in terms if term.seat.kind == "secretary"), people["staff"])
    group = Group(
        body,
        members=[term.user for term in seated],
        deputies=[by_seat.get(term.seat_id) for term in seated],
        secretary=secretary,
        by=people["staff"],
    )
    chairs = next(term for term in terms if term.user == group.chair)
    return minutes_pages(group, people, proposer=chairs.municipality)
