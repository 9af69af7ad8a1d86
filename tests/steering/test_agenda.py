"""The agenda: what comes onto it and in which order, who reads which item and paper, and what stays on record."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from consortium import clock
from consortium.models import AuditEvent, Post
from consortium.workflow import WrongState
from procurement.models import ProcurementState
from steering import agenda_sheet
from steering.models import Action, AgendaPaper, Item, ItemPaper, Meeting, Proposal
from tests import steering_world as world
from tests.factories import UserFactory
from tests.procurement_factories import announced, brought_to, member
from tests.steering_calls import called, make_files, paper, planned, soon

pytestmark = pytest.mark.django_db
GROUND = "621/1999, 24 §"
NO = "no"


@pytest.fixture(autouse=True)
def in_english(settings, monkeypatch):
    """Compare English sentences; the layout of the agenda is not what these tests are about."""
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")


@pytest.fixture
def group(db):
    """A steering group of three seats."""
    return world.steering_group(seats=3)


def titles(meeting):
    return [item.title_fi for item in meeting.items.order_by("position")]


def overdue(group, text, days=3, **facts):
    """Return an action whose day has passed."""
    return Action.objects.create(
        text_fi=text,
        owner=group.secretary,
        due_on=clock.today() - dt.timedelta(days=days),
        made_by=group.by,
        **facts,
    )


# --- What comes by itself -------------------------------------------------------------------------------------


def test_overdue_actions_open_the_next_agenda_by_themselves(group):
    overdue(group, "Selvitä musiikkipalvelu")
    meeting = planned(group, "Talousarvio")
    first, second = titles(meeting)
    assert "Selvitä musiikkipalvelu" in first and second == "Talousarvio"


def test_what_becomes_overdue_before_the_call_stands_there_on_reading_and_is_written_with_it(group, today_is):
    due = clock.today() + dt.timedelta(days=2)
    row = Action.objects.create(text_fi="Uusi", owner=group.secretary, due_on=due, made_by=group.by)
    meeting = planned(group, "Talousarvio")
    assert meeting.waiting() == ([], [])
    today_is((due + dt.timedelta(days=1)).isoformat())
    assert meeting.waiting() == ([], [row]) and len(titles(meeting)) == 1
    meeting.call(by=group.secretary)
    assert [item.action_id for item in meeting.items.order_by("position")] == [row.pk, None]
    later = overdue(group, "Vielä yksi")
    assert meeting.waiting() == ([], [])
    following = planned(group, starts_at=soon(30), ends_at=soon(30, 15))
    assert [item.action_id for item in following.items.all()] == [later.pk]


def test_an_action_done_or_on_another_agenda_does_not_come_again(group):
    row = overdue(group, "Selvitä")
    first = planned(group)
    second = planned(group, starts_at=soon(30), ends_at=soon(30, 15))
    assert [item.action_id for item in first.items.all()] == [row.pk] and not second.items.exists()
    first.call(by=group.secretary)
    assert second.waiting() == ([], [])
    first.items.update(
        opened_at=clock.now(), closed_at=clock.now(), outcome="noted", decision_fi="Todettiin."
    )
    assert second.waiting()[1] == [row]
    Action.objects.filter(pk=row.pk).update(state="done", ended_on=clock.today(), result_fi="Valmis.")
    assert second.waiting() == ([], [])


def test_items_moved_on_and_those_of_a_cancelled_meeting_come_with_their_papers(group):
    first = called(group, "Talousarvio", "Muut asiat")
    moved = first.items.get(position=1)
    moved.restrict(by=group.secretary, ground=GROUND)
    paper(moved, by=group.secretary, title="Laskelma")
    taken = paper(moved, by=group.secretary, title="Väärä")
    taken.withdraw(by=group.secretary, reason="Väärä tiedosto")
    Item.objects.filter(pk=moved.pk).update(opened_at=clock.now(), closed_at=clock.now(), outcome="moved")
    following = planned(group, starts_at=soon(30), ends_at=soon(30, 15))
    row = following.items.get()
    assert (row.moved_from, row.title_fi, row.restricted_ground) == (moved, "Talousarvio", GROUND)
    assert [each.title for each in row.papers.all()] == ["Laskelma"]
    first.cancel(by=group.secretary, cancelled_fi="Sairaus.", cancelled_sv="Sjukdom.")
    assert [item.title_fi for item in following.waiting()[0]] == ["Muut asiat"]
    following.call(by=group.secretary)
    assert titles(following) == ["Talousarvio", "Muut asiat"]


# --- Added, moved, changed, removed ---------------------------------------------------------------------------


def test_an_item_takes_its_titles_from_its_matter_in_both_languages(group):
    meeting = planned(group)
    procurement = announced()
    item = meeting.add(by=group.secretary, procurement=procurement)
    assert (item.title_fi, item.title_sv) == (procurement.title_fi, procurement.title_sv)
    assert item.concerns == procurement
    own = meeting.add(by=group.secretary, procurement=procurement, title_fi="Omin sanoin")
    assert (own.title_fi, own.title_sv, own.position) == ("Omin sanoin", procurement.title_sv, 2)


def test_a_proposal_goes_onto_one_agenda_and_comes_back_when_it_is_removed(group):
    proposal = Proposal.make(member(), by=group.by, title="Äänikirjat", text="Äänikirjoja. Niitä kysytään.")
    proposal.receive(by=group.secretary)
    meeting = planned(group)
    item = meeting.add(by=group.secretary, proposal=proposal)
    proposal.refresh_from_db()
    assert proposal.state == "agenda" and "Äänikirjat" in item.title_fi
    with pytest.raises(ValidationError, match="stands on an agenda already"):
        planned(group).add(by=group.secretary, proposal=proposal)
    item.remove(by=group.secretary)
    proposal.refresh_from_db()
    assert proposal.state == "received" and not meeting.items.exists()
    assert AuditEvent.objects.about(meeting).first().verb == "remove_item"


def test_what_stands_there_by_itself_or_has_papers_is_not_removed(group):
    overdue(group, "Selvitä")
    meeting = planned(group, "Talousarvio")
    by_itself, own = meeting.items.order_by("position")
    with pytest.raises(ValidationError, match="by itself"):
        by_itself.remove(by=group.secretary)
    paper(own, by=group.secretary)
    with pytest.raises(ValidationError, match="has papers"):
        own.remove(by=group.secretary)
    other = called(group, "Muut asiat")
    with pytest.raises(WrongState):
        other.items.order_by("position").last().remove(by=group.secretary)


def test_items_are_moved_until_they_are_taken_up(group):
    meeting = planned(group, "A", "B", "C")
    Item.objects.get(title_fi="C").move(by=group.secretary, position=1)
    assert titles(meeting) == ["C", "A", "B"]
    Item.objects.get(title_fi="C").move(by=group.secretary, position=99)
    assert titles(meeting) == ["A", "B", "C"]
    meeting.call(by=group.secretary)
    Item.objects.filter(title_fi="A").update(opened_at=clock.now())
    with pytest.raises(ValidationError, match="keep their places"):
        Item.objects.get(title_fi="C").move(by=group.secretary, position=1)
    with pytest.raises(WrongState):
        Item.objects.get(title_fi="A").move(by=group.secretary, position=2)
    assert titles(meeting) == ["A", "B", "C"]


def test_two_who_write_an_item_overwrite_nobody(group):
    meeting = planned(group, "A")
    mine, theirs = Item.objects.get(), Item.objects.get()
    theirs.edit(by=group.secretary, revision=theirs.revision, title_fi="Heidän")
    with pytest.raises(ValidationError) as refused:
        mine.edit(by=group.by, revision=1, title_fi="Minun")
    assert refused.value.code == "overtaken" and titles(meeting) == ["Heidän"]
    Item.objects.update(opened_at=clock.now(), closed_at=clock.now(), outcome="moved")
    with pytest.raises(WrongState):
        mine.edit(by=group.by, revision=2, title_fi="Minun")


# --- Who reads what -------------------------------------------------------------------------------------------


def reads(item, user):
    return Item.objects.visible_to(user).filter(pk=item.pk).exists()


def test_drafts_are_for_those_who_prepare_and_public_items_for_everybody_from_the_call_on(group):
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=group.by)
    meeting = planned(group, "Talousarvio")
    item = meeting.items.get()
    others = [AnonymousUser(), group.members[2], group.deputies[0], group.expert, UserFactory(), auditor]
    for person in [group.by, group.secretary, group.chair, group.vice]:
        assert reads(item, person)
    assert not any(reads(item, person) for person in others)
    meeting.call(by=group.secretary)
    assert all(reads(item, person) for person in others)


def test_restricted_items_are_for_those_who_sit_and_for_a_deputy_only_while_called(group):
    auditor = UserFactory()
    Post.give(auditor, "auditor", by=group.by)
    meeting = called(group, "Talousarvio")
    item = meeting.items.get()
    item.restrict(by=group.secretary, ground=GROUND)
    for person in [group.by, group.secretary, *group.members]:
        assert reads(item, person)
    outside = [AnonymousUser(), *group.deputies, group.expert, UserFactory(), auditor]
    assert not any(reads(item, person) for person in outside)
    meeting.answer(by=group.members[2], coming=NO)
    assert [reads(item, deputy) for deputy in group.deputies] == [False, False, True]
    meeting.answer(by=group.members[2], coming="yes")
    assert not reads(item, group.deputies[2])
    Item.objects.filter(pk=item.pk).update(opened_at=clock.now(), closed_at=clock.now(), outcome="moved")
    assert reads(item, auditor) and not reads(item, group.expert)


def test_who_no_longer_sits_reads_no_more(group):
    meeting = called(group, "Talousarvio")
    item = meeting.items.get()
    item.restrict(by=group.secretary, ground=GROUND)
    term = group.members[2].terms.get()
    type(term).objects.filter(pk=term.pk).update(period=(term.period.lower, clock.today()))
    assert not reads(item, group.members[2]) and reads(item, group.members[1])


def test_a_restriction_ends_with_its_day(group, today_is):
    meeting = called(group, "Talousarvio")
    item = meeting.items.get()
    until = clock.today() + dt.timedelta(days=5)
    item.restrict(by=group.secretary, ground=GROUND, until=until)
    today_is(until.isoformat())
    assert not reads(item, AnonymousUser()) and item.is_restricted()
    today_is((until + dt.timedelta(days=1)).isoformat())
    assert reads(item, AnonymousUser()) and not item.is_restricted()


@pytest.mark.parametrize(
    ("state", "closed"),
    [("prepared", False), ("round", True), ("tendering", True), ("awarded", False), ("void", False)],
)
def test_an_item_on_a_running_tender_is_restricted_by_itself_from_round_to_award(group, state, closed):
    procurement = announced()
    meeting = called(group)
    item = meeting.add(by=group.secretary, procurement=procurement)
    facts = {"void_reason_fi": "x", "void_reason_sv": "x"} if state == "void" else {}
    type(procurement).objects.filter(pk=procurement.pk).update(**facts)
    brought_to(procurement, state)
    item = Item.objects.get(pk=item.pk)
    assert (item.is_restricted(), reads(item, AnonymousUser())) == (closed, not closed)
    assert (item in Item.objects.restricted()) == closed == (item not in Item.objects.public())
    assert reads(item, group.members[2]) and reads(item, group.expert) == (not closed)


def test_an_item_of_a_restricted_proposal_is_restricted_too(group):
    proposal = Proposal.make(member(), by=group.by, title="Äänikirjat", text="Äänikirjoja. Niitä kysytään.")
    proposal.receive(by=group.secretary)
    meeting = called(group)
    item = meeting.add(by=group.secretary, proposal=proposal)
    assert reads(item, AnonymousUser())
    proposal.restrict(by=group.secretary, ground=GROUND)
    item = Item.objects.get(pk=item.pk)
    assert item.is_restricted() and not reads(item, AnonymousUser()) and item.ground == GROUND
    with pytest.raises(ValidationError, match="Open the proposal first"):
        item.open(by=group.secretary, contains_volumes=False)


# --- Volumes, opened and taken back ---------------------------------------------------------------------------


def tendered(group):
    """Return an item on a running tender, on the agenda of a called meeting."""
    meeting = called(group)
    procurement = brought_to(announced(), ProcurementState.TENDERING)
    return meeting.add(by=group.secretary, procurement=procurement)


def test_opening_asks_whether_it_contains_volumes(group):
    item = tendered(group)
    with pytest.raises(ValidationError, match="from the award on"):
        item.open(by=group.secretary, contains_volumes=True, meant=True)
    item.open(by=group.secretary, contains_volumes=False)
    assert reads(item, AnonymousUser())
    item.opened(AnonymousUser())
    item.opened(group.expert)
    item.opened(group.by)
    item.restrict(by=group.by, ground=GROUND)
    assert not reads(item, AnonymousUser())
    assert AuditEvent.objects.about(item).first().details["openings"] == 2
    free = called(group, "Muut").items.last()
    free.restrict(by=group.by, ground=GROUND)
    with pytest.raises(ValidationError, match="everybody is meant"):
        free.open(by=group.by, contains_volumes=True)
    free.open(by=group.by, contains_volumes=True, meant=True)
    assert reads(free, AnonymousUser())


def seen(row, user):
    return ItemPaper.objects.visible_to(user).filter(pk=row.pk).exists()


def test_a_paper_with_volumes_is_closed_until_a_person_opens_it(group):
    item = tendered(group)
    item.open(by=group.by, contains_volumes=False)
    item.refresh_from_db()
    row = paper(item, by=group.by, contains_volumes=True)
    assert not seen(row, AnonymousUser()) and not seen(row, group.expert) and seen(row, group.chair)
    with pytest.raises(ValidationError, match="from the award on"):
        row.open(by=group.by, contains_volumes=True, meant=True)
    with pytest.raises(IntegrityError, match="not open yet"), transaction.atomic():
        ItemPaper.objects.filter(pk=row.pk).update(restricted_ground="")
    brought_to(item.concerns, ProcurementState.AWARDED)
    row = ItemPaper.objects.get(pk=row.pk)
    row.open(by=group.by, contains_volumes=True, meant=True)
    assert seen(row, AnonymousUser())


def test_a_paper_taken_back_leaves_its_trace_and_says_how_often_it_was_opened(group):
    item = called(group, "Talousarvio").items.get()
    row = paper(item, by=group.by)
    assert seen(row, AnonymousUser())
    for reader in [AnonymousUser(), AnonymousUser(), group.expert, group.by]:
        row.opened(reader)
    row.withdraw(by=group.by, reason="Määrät näkyivät.")
    assert row.openings == 3 and not seen(row, AnonymousUser()) and not seen(row, group.chair)
    assert seen(row, group.by)
    assert AuditEvent.objects.about(row).first().details["openings"] == 3
    with pytest.raises(ValidationError, match="changed meanwhile"):
        row.withdraw(by=group.by, reason="uudelleen")
    with pytest.raises(IntegrityError, match="never removed"), transaction.atomic():
        ItemPaper.objects.all().delete()


def test_no_papers_for_a_cancelled_meeting(group):
    meeting = called(group)
    item = meeting.items.get()
    meeting.cancel(by=group.by, cancelled_fi="x", cancelled_sv="x")
    item = Item.objects.get(pk=item.pk)
    with pytest.raises(WrongState):
        paper(item, by=group.by)


# --- The agenda's files ---------------------------------------------------------------------------------------


def test_the_public_file_knows_only_the_number_of_a_restricted_item(group):
    meeting = planned(group, "Talousarvio", "zqsalaisuus")
    item = meeting.items.get(title_fi="zqsalaisuus")
    item.edit(by=group.secretary, revision=1, background_fi="zqtausta", proposal_fi="zqehdotus")
    item.restrict(by=group.secretary, ground="zqperuste")
    paper(item, by=group.secretary, title="zqpaperi")
    public = meeting.items.get(position=1)
    paper(public, by=group.secretary, title="zqsuljettu", restricted_ground=GROUND)
    meeting.call(by=group.secretary)
    for row in AgendaPaper.objects.all():
        assert ("zq" in str(row.figures)) == (row.read_by == "seated")
        assert [each["number"] for each in row.figures["items"]] == [1, 2]
    make_files()

    def files(user):
        return set(AgendaPaper.objects.visible_to(user).values_list("read_by", flat=True))

    assert files(AnonymousUser()) == files(group.expert) == files(group.deputies[0]) == {"all"}
    assert files(group.chair) == files(group.secretary) == {"all", "seated"}
    meeting.answer(by=group.members[0], coming=NO)
    assert files(group.deputies[0]) == {"all", "seated"}


# --- What the database keeps ----------------------------------------------------------------------------------


def refused(rows, name, **values):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        rows.update(**values)
    assert name in str(error.value)


def test_constraints_hold_against_plain_updates(group):
    meeting = called(group, "A", "B")
    first = Item.objects.filter(title_fi="A")
    procurement = announced()
    action = overdue(group, "x")
    refused(first, "item_one_source", procurement=procurement, action=action)
    refused(first, "item_restricted_with_ground", restricted_until=clock.today())
    refused(first, "item_taken_up_in_order", outcome="moved")
    refused(first, "item_decided_with_text", outcome="noted", opened_at=clock.now(), closed_at=clock.now())
    refused(first, "item_chair_chosen_names_one", chosen=group.chair)
    row = paper(meeting.items.first(), by=group.by)
    rows = ItemPaper.objects.filter(pk=row.pk)
    refused(rows, "itempaper_withdrawn_whole", withdrawn_at=clock.now())
    refused(rows, "itempaper_restricted_with_ground", restricted_until=clock.today())
    with pytest.raises(IntegrityError, match="item_position"), transaction.atomic():
        first.update(position=2)
        transaction.get_connection().check_constraints()
    assert Meeting.objects.get(pk=meeting.pk).items.count() == 2
