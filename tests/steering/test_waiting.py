"""What waits for another agenda: a proposal comes back once, and no more when it was answered meanwhile."""

import pytest

from consortium import clock
from steering import agenda_sheet
from steering.models import Item, Proposal
from tests import steering_world as world
from tests.steering_calls import called, paper, planned, soon
from tests.steering_proposals import action, decided, on_agenda, received

pytestmark = pytest.mark.django_db
REASON = {"cancelled_fi": "Sairaus.", "cancelled_sv": "Sjukdom."}


@pytest.fixture(autouse=True)
def in_english(settings, monkeypatch):
    """Compare English sentences; the layout of the agenda is not what these tests are about."""
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")


@pytest.fixture
def group(db):
    """A steering group of three seats."""
    return world.steering_group(seats=3)


def put_off(item):
    Item.objects.filter(pk=item.pk).update(opened_at=clock.now(), closed_at=clock.now(), outcome="moved")


def cancelled(item):
    item.meeting.cancel(by=item.meeting.made_by, **REASON)


def later(group, *titles):
    return planned(group, *titles, starts_at=soon(30), ends_at=soon(30, 15))


@pytest.fixture(params=[put_off, cancelled])
def waiting(group, request):
    """An item of a proposal that was put off, or whose meeting was cancelled."""
    meeting = called(group)
    item = on_agenda(received(group.by), meeting, group.by)
    request.param(item)
    return item


def test_a_proposal_answered_meanwhile_comes_onto_no_agenda(group, waiting):
    decided(Proposal.objects.get(), group.by)
    meeting = later(group, "Muut asiat")
    assert waiting.proposal not in [item.proposal for item in meeting.waiting()[0]]
    meeting.edit(by=group.secretary, revision=meeting.revision, place="Pasila")
    meeting.call(by=group.secretary)
    assert not meeting.items.filter(proposal__isnull=False).exists()


def test_the_next_agenda_can_be_edited_though_a_proposal_was_answered_while_it_was_planned(group):
    item = on_agenda(received(group.by), called(group), group.by)
    meeting = later(group, "Muut asiat")
    put_off(item)
    assert [each.proposal for each in meeting.waiting()[0]] == [item.proposal]
    decided(Proposal.objects.get(), group.by)
    meeting.edit(by=group.secretary, revision=meeting.revision, place="Pasila")
    assert [each.title_fi for each in meeting.items.all()] == ["Muut asiat"]


def test_a_proposal_that_waits_and_is_put_on_an_agenda_by_hand_stands_there_once(group):
    meeting = called(group)
    item = on_agenda(received(group.by), meeting, group.by)
    Item.objects.filter(pk=item.pk).update(background_fi="Tausta.", restricted_ground="621/1999, 24 §")
    paper(item, by=group.secretary, title="Laskelma")
    following = later(group, "Muut asiat")
    put_off(item)
    row = following.add(by=group.by, proposal=Proposal.objects.get())
    assert (row.moved_from, row.background_fi, row.restricted_ground) == (item, "Tausta.", "621/1999, 24 §")
    assert row.title_fi == item.title_fi
    assert [each.title for each in row.papers.all()] == ["Laskelma"]
    following.call(by=group.secretary)
    assert following.items.filter(proposal=row.proposal).get() == row


def test_one_that_is_put_off_again_comes_back_once(group, waiting):
    meeting = called(group, starts_at=soon(25), ends_at=soon(25, 15))
    row = meeting.items.get(proposal__isnull=False)
    assert row.moved_from == waiting
    put_off(row)
    again = meeting.add(by=group.by, proposal=Proposal.objects.get())
    assert again.moved_from == row
    put_off(again)
    assert [item.moved_from for item in later(group).items.filter(proposal__isnull=False)] == [again]


def test_an_overdue_action_that_was_put_off_stands_there_once(group):
    todo = action(group.secretary, group.by)
    item = called(group).add(by=group.by, action=todo)
    following = later(group)
    put_off(item)
    following.add(by=group.by, action=todo)
    following.call(by=group.secretary)
    assert following.items.get().moved_from == item
