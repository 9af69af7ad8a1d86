"""The practice story of the steering group: something of each kind to be looked at, on whatever day it is loaded."""

import io

import pytest
from django.core.management import call_command

from consortium import clock
from consortium.models import AuditEvent, User
from members.models import Municipality
from steering.models import (
    Action,
    ActionState,
    AnnualReport,
    Ballot,
    Body,
    Choice,
    Conflict,
    DatePoll,
    Dissent,
    Item,
    Meeting,
    MeetingState,
    Minutes,
    MinutesState,
    Movement,
    Outcome,
    Plan,
    Project,
    Proposal,
    ProposalState,
    Support,
    WrittenMatter,
)

pytestmark = pytest.mark.django_db
DAYS = ["2026-05-20", "2026-07-15", "2026-08-20", "2026-10-12", "2026-11-24", "2027-01-01", "2027-01-04"]


def _look(today):
    """Look for what a visitor of the practice copy is to find."""
    body = Body.objects.get()
    minutes = [row.state for row in Minutes.objects.order_by("meeting__starts_at")]
    assert minutes == [MinutesState.PUBLISHED, MinutesState.PUBLISHED, MinutesState.CHECKING]
    waiting = Minutes.objects.get(state=MinutesState.CHECKING)
    assert waiting.awaits(User.objects.get(email="jasen@konsortio.example"))
    assert sum(at is not None for _person, at in waiting.checkers) == 1
    states = [row.state for row in Meeting.objects.order_by("starts_at")]
    assert states == [MeetingState.CLOSED] * 3 + [MeetingState.CALLED, MeetingState.PLANNED]
    assert not any(row.on.month == 7 for row in Meeting.objects.exclude(starts_at=None))
    numbers = list(
        Item.objects.exclude(number=None).order_by("opened_at").values_list("meeting__year", "number")
    )
    assert len(numbers) == len(set(numbers)) >= 11

    ballot = Ballot.objects.get(way="roll_call")
    assert (ballot.result, ballot.item.meeting.minutes.state) == (Choice.FOR, MinutesState.PUBLISHED)
    assert set(ballot.casts.values_list("choice", flat=True)) == {"for", "against", "blank"}
    assert Dissent.objects.count() == Conflict.objects.count() == 1
    assert Movement.objects.filter(kind="left").count() == 1
    deputy = User.objects.get(email="varajasen@konsortio.example")
    assert Movement.objects.filter(user=deputy, kind="arrived").exists()
    assert Item.objects.restricted().filter(outcome=Outcome.NOTED).count() == 1
    moved = Item.objects.get(outcome=Outcome.MOVED)
    assert moved.moved_to.meeting.state == MeetingState.CALLED

    of_meetings = Action.objects.filter(decided_in__isnull=False)
    assert of_meetings.filter(state=ActionState.DONE).count() == 1
    assert (
        of_meetings.overdue().count()
        == of_meetings.open().exclude(pk__in=Action.objects.overdue()).count()
        == 1
    )
    overdue = of_meetings.overdue().get()
    assert overdue.agenda_items.get().meeting.state == MeetingState.CALLED
    assert set(Proposal.objects.values_list("state", flat=True)) == set(ProposalState)
    assert {"accepted", "rejected", "returned"} <= set(Proposal.objects.values_list("answer", flat=True))
    assert Proposal.objects.filter(decided_in__isnull=False).count() == 2
    for row in Support.objects.select_related("municipality"):
        assert row.municipality in Municipality.objects.members_on(clock.date_of(row.at))

    assert set(WrittenMatter.objects.values_list("state", flat=True)) == {"open", "settled"}
    assert WrittenMatter.objects.get(state="open").standing().state == "open"
    assert DatePoll.objects.count() == 1
    assert Plan.objects.filter(year=today.year, state="published").count() == 1
    assert AnnualReport.objects.filter(year=today.year - 1).count() == Project.objects.count() == 1
    assert body.terms.filter(ended_because__gt="").count() == 1
    assert not AuditEvent.objects.filter(at__gt=clock.now()).exists()


def _load(today_is, day):
    today_is(day)
    call_command("load_demo", stdout=io.StringIO())
    return clock.today()


@pytest.mark.drill
@pytest.mark.parametrize("day", DAYS)
def test_there_is_something_of_each_kind_on_whatever_day_it_is_loaded(register, today_is, worker, day):
    _look(_load(today_is, day))
