"""Two at the same moment before a meeting: one outcome, nobody overwritten; and what came without the lock."""

from functools import partial

import pytest

from consortium.models import AuditEvent, OutgoingEmail
from steering import agenda_sheet, call_emails
from steering.models import Call, Item, Meeting, Proposal
from steering.models.agenda import Restricting
from steering.models.planning import Planning
from tests.at_once import at_once, kinds
from tests.procurement_factories import member
from tests.steering_calls import called, planned, soon
from tests.steering_world import steering_group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(monkeypatch):
    """Three seats; the layout of the agenda is not what these tests are about."""
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")
    return steering_group(seats=3)


def two_edit(group):
    rows = [Item.objects.get(), Item.objects.get()]
    said = ["Yksi", "Kaksi"]
    edits = (
        partial(row.edit, by=group.secretary, revision=row.revision, title_fi=text)
        for row, text in zip(rows, said, strict=True)
    )
    return at_once(*edits)


def test_two_secretaries_in_one_item_overwrite_nobody(group, meet):
    planned(group, "Talousarvio")
    meet(Restricting, "refuse_stale")
    results = two_edit(group)
    assert kinds(results) == ["ValidationError", "done"]
    assert next(r for r in results if r is not None).code == "overtaken"
    assert Item.objects.get().revision == 2


def test_without_the_lock_one_text_is_lost(group, meet, no_row_locks):
    planned(group, "Talousarvio")
    meet(Restricting, "refuse_stale")
    assert kinds(two_edit(group)) == ["done", "done"]


def test_a_no_sent_twice_calls_the_deputy_once(group, meet):
    meeting = called(group)
    meet(call_emails, "called")
    results = at_once(*[partial(Meeting.objects.get().answer, by=group.members[1], coming="no")] * 2)
    assert kinds(results) == ["done", "done"]
    assert meeting.calls.filter(term__place="deputy").count() == 1
    assert OutgoingEmail.objects.filter(to=group.deputies[1].email).count() == 1


def test_two_call_a_meeting_and_it_is_called_once(group, meet):
    meeting = planned(group, "Talousarvio")
    meet(Planning, "refuse_past")
    results = at_once(*(partial(Meeting.objects.get().call, by=by) for by in (group.secretary, group.by)))
    assert kinds(results) == ["WrongState", "done"]
    assert Call.objects.count() == 5 and AuditEvent.objects.about(meeting).filter(verb="call").count() == 1


def test_two_meetings_planned_at_once_have_two_numbers(group, meet):
    meet(Planning, "refuse_past")
    facts = {"by": group.secretary, "body": group.body, "starts_at": soon(), "ends_at": soon(hour=15)}
    assert kinds(at_once(*[partial(Meeting.plan, **facts)] * 2)) == ["done", "done"]
    assert sorted(Meeting.objects.values_list("serial", flat=True)) == [1, 2]


def test_one_proposal_goes_onto_one_agenda(group, meet):
    proposal = Proposal.make(member(), by=group.by, title="Äänikirjat", text="Äänikirjoja. Niitä kysytään.")
    proposal.receive(by=group.secretary)
    meeting = planned(group)
    meet(Restricting, "refuse_twice")
    adds = (
        partial(Meeting.objects.get().add, by=by, proposal=Proposal.objects.get())
        for by in (group.by, group.secretary)
    )
    assert kinds(at_once(*adds)) == ["ValidationError", "done"]
    assert meeting.items.count() == 1
