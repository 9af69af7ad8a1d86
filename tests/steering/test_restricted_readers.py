"""Restricted matter: who comes to read it in the room, what its readings leave in the log, how it is opened early."""

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from consortium import clock
from consortium.models import AccessLog, AuditEvent
from steering.models import Action, Item, ItemPaper, MovementKind, Proposal, WrittenMatter
from tests.by_hand import run
from tests.minutes_world import ITEMS, held, sent
from tests.steering_calls import paper, planned
from tests.steering_minutes import WRITTEN, a_matter
from tests.steering_proposals import action, decided, received
from tests.steering_world import meeting, steering_group

pytestmark = pytest.mark.django_db
GROUND = "621/1999, 24 §"
CLOSED = {"title_fi": "Kuikka", "title_sv": "Lommen", "restricted_ground": GROUND}


@pytest.fixture
def group(db):
    """Three seats with deputies, an expert and a secretary."""
    return steering_group(seats=3)


@pytest.fixture
def row(group):
    """A meeting that meets: two members are there, the third seat's deputy is not yet. Its item is restricted."""
    found = meeting(group, items=[CLOSED], starts_at=clock.now())
    found.begin(by=group.secretary, present=[user.pk for user in [*group.members[:2], group.secretary]])
    return found


def reads(user):
    return Item.objects.visible_to(user).exists()


# --- A deputy whom nobody called ------------------------------------------------------------------------------------


def test_a_deputy_reads_from_the_mark_on_with_papers_and_proposal(group, row):
    item, deputy = row.items.get(), group.deputies[2]
    paper(item, by=group.secretary)
    proposal = received(group.by)
    proposal.restrict(by=group.by, ground=GROUND)
    Item.objects.filter(pk=item.pk).update(proposal=proposal)
    assert not reads(deputy)
    row.mark(by=group.secretary, kind=MovementKind.ARRIVED, people=[deputy.pk])
    assert reads(deputy)
    assert ItemPaper.objects.visible_to(deputy).exists()
    assert Proposal.objects.visible_to(deputy).filter(pk=proposal.pk).exists()
    assert not reads(group.deputies[1]) and not reads(group.expert)


def test_a_deputy_with_a_vote_finds_the_matter_on_the_page_of_the_vote(group, row, client_of):
    deputy = group.deputies[2]
    row.mark(by=group.secretary, kind=MovementKind.ARRIVED, people=[deputy.pk])
    item = row.items.get()
    item.take_up(by=group.secretary)
    item.put(by=group.secretary, way="roll_call")
    item.cast(by=deputy, choice="for")
    page = client_of(deputy).get(reverse("steering:vote", args=[row.pk])).content.decode()
    assert "Kuikka" in page


def test_a_mark_taken_back_closes_the_papers_again(group, row):
    deputy = group.deputies[2]
    row.mark(by=group.secretary, kind=MovementKind.ARRIVED, people=[deputy.pk])
    row.undo(by=group.secretary, movement=row.movements.get(user=deputy).pk)
    assert not reads(deputy)


def test_a_deputy_beside_the_member_reads_nothing_until_the_member_leaves(group, row):
    deputy, member = group.deputies[1], group.members[1]
    row.mark(by=group.secretary, kind=MovementKind.ARRIVED, people=[deputy.pk])
    assert not reads(deputy)
    row.mark(by=group.secretary, kind=MovementKind.LEFT, people=[member.pk])
    assert reads(deputy)


# --- Actions --------------------------------------------------------------------------------------------------------


def test_an_action_is_as_restricted_as_the_item_that_deals_with_it(group):
    task = action(group.members[0], group.by, "Kysy tarjous")
    item = planned(group).add(by=group.by, action=task)
    assert Action.objects.visible_to(group.expert).filter(pk=task.pk).exists()
    item.restrict(by=group.by, ground=GROUND)
    assert list(Action.objects.restricted()) == [task]
    assert not Action.objects.visible_to(group.expert).filter(pk=task.pk).exists()
    for user in (group.members[0], group.members[1], group.by):
        assert Action.objects.visible_to(user).filter(pk=task.pk).exists()
    item.open(by=group.by, contains_volumes=False)
    assert Action.objects.visible_to(group.expert).filter(pk=task.pk).exists()


# --- The log of readings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "reader"), [("record", "chair"), ("record", "secretary"), ("vote", "vice")])
def test_who_reads_restricted_matter_in_the_room_stands_in_the_log(group, row, client_of, name, reader):
    user = getattr(group, reader)
    row.items.get().take_up(by=group.secretary)
    assert client_of(user).get(reverse(f"steering:{name}", args=[row.pk])).status_code == 200
    assert AccessLog.objects.get(what=f"steering.{name} {row.pk}").user == user


@pytest.mark.parametrize("name", ["record", "vote"])
def test_reading_what_is_public_leaves_nothing_in_the_log(group, row, client_of, name):
    Item.objects.update(restricted_ground="")
    row.items.get().take_up(by=group.secretary)
    client_of(group.chair).get(reverse(f"steering:{name}", args=[row.pk]))
    assert not AccessLog.objects.filter(what__startswith="steering.").exists()


def test_an_expert_on_the_page_of_the_vote_reads_nothing_and_leaves_nothing(group, row, client_of):
    row.items.get().take_up(by=group.secretary)
    page = client_of(group.expert).get(reverse("steering:vote", args=[row.pk])).content.decode()
    assert "Kuikka" not in page and not AccessLog.objects.filter(what__startswith="steering.").exists()


def test_reasons_of_a_restricted_item_on_a_public_proposal_stand_in_the_log(group, client_of):
    item = held(group).items.get(number=3)
    proposal = decided(received(group.by), group.by)
    Proposal.objects.filter(pk=proposal.pk).update(decided_in=item)
    for user, lines in [(group.expert, 0), (group.chair, 1)]:
        client_of(user).get(proposal.get_absolute_url())
        assert AccessLog.objects.filter(what=item.log_name, user=user).count() == lines


# --- Minutes --------------------------------------------------------------------------------------------------------


def test_a_checkers_remark_on_a_restricted_item_is_for_those_who_read_the_item(group, client_of):
    found = sent(held(group, items=ITEMS), group)
    for number, text in [(2, "Avoimesta"), (3, "Suljetusta")]:
        found.remark(by=found.first_checker, item=found.meeting.items.get(number=number), text=text)
    found.remark(by=found.first_checker, text="Kaikesta")
    for user, told in [(group.expert, False), (group.members[0], True)]:
        page = client_of(user).get(found.get_absolute_url()).content.decode()
        assert "Avoimesta" in page and "Kaikesta" in page
        assert ("Suljetusta" in page) is told


# --- A written matter is opened early -------------------------------------------------------------------------------


def test_a_settled_written_matter_is_opened_before_its_day(group, client, client_of):
    matter = a_matter(group, closed=True)
    for user in group.members:
        matter.answer(by=user, position="for")
    ended = {"state": "settled", "result": "for", "ground": "majority", "ended_at": clock.now()}
    WrittenMatter.objects.filter(pk=matter.pk).update(**ended)
    matter.refresh_from_db()
    address = matter.get_absolute_url()
    assert client.get(address).status_code == 404
    page = client_of(group.secretary).get(address).content.decode()
    way = reverse("steering:written_open", args=[matter.pk])
    assert way in page
    matter.open(by=group.secretary, contains_volumes=False)
    assert WRITTEN in client.get(address).content.decode()
    assert way not in client_of(group.secretary).get(address).content.decode()
    assert AuditEvent.objects.about(matter).first().verb == "open"


def test_volumes_in_a_written_matter_are_opened_only_by_one_who_means_it(group):
    matter = a_matter(group, closed=True)
    with pytest.raises(ValidationError) as refusal:
        matter.open(by=group.secretary, contains_volumes=True)
    assert "meant" in refusal.value.message_dict
    assert matter.is_restricted()
    matter.open(by=group.secretary, contains_volumes=True, meant=True)
    assert not matter.is_restricted()


def test_a_public_written_matter_cannot_be_opened(group):
    with pytest.raises(ValidationError):
        a_matter(group).open(by=group.secretary, contains_volumes=False)


def test_members_do_not_open_a_written_matter(group, client_of):
    matter = a_matter(group, closed=True)
    way = reverse("steering:written_open", args=[matter.pk])
    assert client_of(group.members[1]).post(way, {"contains_volumes": "no"}).status_code == 403
    assert client_of(group.expert).post(way, {"contains_volumes": "no"}).status_code == 404
    matter.refresh_from_db()
    assert matter.is_restricted()
    form = client_of(group.secretary).get(way).context["form"]
    said = {"contains_volumes": "no", "form_key": form["form_key"].value()}
    assert client_of(group.secretary).post(way, said).status_code == 302
    matter.refresh_from_db()
    assert not matter.is_restricted()


# --- What is only added to ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", [name for name in settings.APPEND_ONLY_TABLES if name.startswith("steering")]
)
def test_the_portals_role_only_adds_to_what_was_said_and_sent(table):
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]
    has = [right for right in rights if run("SELECT has_table_privilege(%s, %s)", table, right)[0][0]]
    assert has == ["SELECT", "INSERT"]


def test_a_vote_that_was_sent_is_never_changed_even_by_the_owner(owner):
    triggers = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'steering_cast'::regclass"
    assert ("steering_cast_append_only",) in owner.execute(triggers).fetchall()
