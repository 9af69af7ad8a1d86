"""What is closed stays closed by every way in: agenda files, items moved on, other groups, letters and calendars."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.urls import reverse

from consortium.models import OutgoingEmail
from procurement.models import ProcurementState
from steering import agenda_sheet
from steering.forms.items import offered
from steering.models import Action, AgendaPaper, Body, BodyKind, Item, Meeting, SeatKind, Term, WrittenMatter
from steering.pages.actions import occasions
from tests import steering_proposals as made
from tests import steering_world as world
from tests.factories import UserFactory
from tests.procurement_factories import announced, brought_to
from tests.steering.hall import Hall
from tests.steering_calls import called, make_files, planned, soon

pytestmark = pytest.mark.django_db
GROUND = "621/1999, 24 §"
VISITOR = AnonymousUser()
WRITTEN = {"title_fi": "Asia", "title_sv": "Ärende", "proposal_fi": "Esitys", "proposal_sv": "Förslag"}


@pytest.fixture(autouse=True)
def in_english(settings, monkeypatch):
    """Compare English sentences; the layout of the agenda is not what these tests are about."""
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")


@pytest.fixture
def group(db):
    """A steering group of three seats."""
    return world.steering_group(seats=3)


def files(meeting, user=VISITOR):
    """Return the agenda files for everybody that a person may fetch, by what they tell."""
    rows = AgendaPaper.objects.visible_to(user).filter(meeting=meeting, read_by="all")
    return [str(row.figures["items"]) for row in rows.order_by("pk")]


def test_a_file_printed_before_the_call_is_read_by_nobody_after_it(group):
    meeting = planned(group, "Talousarvio", "zqsalaisuus")
    meeting.print_agenda(by=group.secretary)
    meeting.items.get(position=2).restrict(by=group.secretary, ground=GROUND)
    meeting.call(by=group.secretary)
    make_files()
    told = files(meeting)
    assert len(told) == 2 and "zq" not in "".join(told) and "Talousarvio" in told[0]


def test_an_item_closed_after_the_call_leaves_the_files_too(group, client):
    meeting = called(group, "Talousarvio", "zqsalaisuus")
    old = AgendaPaper.objects.filter(meeting=meeting, read_by="all", language="fi").get()
    address = reverse("steering:agenda_file", args=[old.pk])
    assert client.get(address).status_code == 200
    meeting.items.get(position=2).restrict(by=group.secretary, ground=GROUND)
    assert client.get(address).status_code == 404
    make_files()
    told = files(meeting)
    assert len(told) == 2 and "zq" not in "".join(told)
    assert client.get(address).status_code == 404


def test_a_round_that_opens_takes_the_file_back_until_it_is_made_anew(group):
    procurement = announced()
    meeting = planned(group, "Talousarvio")
    meeting.add(by=group.secretary, procurement=procurement)
    meeting.call(by=group.secretary)
    make_files()
    assert len(files(meeting)) == 2
    brought_to(procurement, ProcurementState.ROUND)
    assert files(meeting) == [] and AgendaPaper.objects.open_files(meeting) is None
    meeting.print_agenda(by=group.secretary)
    make_files()
    assert len(files(meeting)) == 2 and len(AgendaPaper.objects.open_files(meeting)) == 2


def test_an_item_put_off_is_closed_with_its_proposal_and_so_is_the_next(db):
    hall = Hall(seats=3, items=["Ensimmäinen"])
    proposal = made.received(hall.group.by)
    hall.meeting.add(by=hall.s, proposal=proposal)
    hall.begin().decide(1, "13.05")
    hall.take(2, "13.10").put_off(by=hall.s)
    proposal.refresh_from_db()
    tender = brought_to(announced(), ProcurementState.TENDERING)
    proposal.restrict(by=hall.group.by, procurement=tender)
    following = planned(hall.group, "Muut", starts_at=soon(40), ends_at=soon(40, 15))
    following.call(by=hall.s)
    rows = Item.objects.filter(proposal=proposal)
    assert len(rows) == 2 and all(row.is_restricted() for row in rows)
    assert not rows.visible_to(VISITOR) and not rows.public()


def test_an_item_that_stands_on_the_next_agenda_already_is_taken_up_there(db):
    hall = Hall(seats=3, items=["Ensimmäinen"])
    hall.begin().take(1, "13.10").put_off(by=hall.s)
    planned(hall.group, "Muut", starts_at=soon(40), ends_at=soon(40, 15)).call(by=hall.s)
    with pytest.raises(ValidationError, match="on the next agenda already"):
        hall.item(1).reopen(by=hall.s)


# --- Other groups -----------------------------------------------------------------------------------------------


@pytest.fixture
def working(group):
    """A working group's secretary, who is nothing else, with a meeting being planned."""
    facts = {"name_fi": "Työryhmä", "name_sv": "Arbetsgruppen", "founded_on": group.body.founded_on}
    body = Body.found(
        by=group.by, kind=BodyKind.WORKING, seats=[SeatKind.MEMBER, SeatKind.SECRETARY], **facts
    )
    user, like = UserFactory(), group.body.terms.get(user=group.secretary)
    decision = like.appointment
    decision.pk, decision.body_of, decision._state.adding = None, body, True
    decision.save()
    facts = {"period": like.period, "appointment": decision, "place": "member"}
    Term.objects.create(body_of=body, seat=body.seats.get(kind=SeatKind.SECRETARY), user=user, **facts)
    facts = {"starts_at": soon(), "ends_at": soon(hour=15), "place": "Oodi"}
    return user, Meeting.plan(by=user, body=body, **facts)


def test_the_consortiums_matters_are_no_other_groups(group, working):
    user, meeting = working
    proposal, procurement = made.received(group.by, title="zqehdotus"), announced()
    made.action(group.chair, group.by, "zqtehtävä")
    choices, records = offered(meeting.body, user)
    assert records == {} and "zq" not in str(choices)
    for source in ({"proposal": proposal}, {"procurement": procurement}):
        with pytest.raises(ValidationError, match="steering group alone"):
            meeting.add(by=user, **source)
    with pytest.raises(ValidationError, match="steering group alone"):
        WrittenMatter.begin(by=user, body=meeting.body, proposal=proposal, deadline=soon(7), **WRITTEN)
    _choices, records = offered(group.body, group.secretary)
    assert {row.pk for row in records.values()} >= {proposal.pk, procurement.pk}


# --- Who sat, who checks ------------------------------------------------------------------------------------------


def test_a_deputy_who_has_left_reads_no_restricted_item(db):
    hall = Hall(seats=3, items=["Ensimmäinen", "Toinen"])
    hall.item(2).restrict(by=hall.s, ground=GROUND)
    hall.begin(present=[0, 1, hall.v[2]])
    secret = Item.objects.filter(pk=hall.item(2).pk)
    assert secret.visible_to(hall.v[2])
    hall.leave("13.05", hall.v[2])
    assert not secret.visible_to(hall.v[2])


# --- Results, letters, calendars ------------------------------------------------------------------------------------


def test_what_came_of_a_closed_item_is_not_told_on_the_proposals_page(group, client):
    proposal = made.decided(made.received(group.by), group.by)
    proposal.finish(by=group.by, result_fi="zqtulos", result_sv="zqresultat")
    address = proposal.get_absolute_url()
    assert "zqtulos" in client.get(address).content.decode()
    item = called(group).items.get()
    item.restrict(by=group.secretary, ground=GROUND)
    type(proposal).objects.filter(pk=proposal.pk).update(decided_in=item)
    page = client.get(address)
    assert page.status_code == 200 and "zqtulos" not in page.content.decode()


@pytest.mark.parametrize("closed", [False, True])
def test_a_letter_and_a_calendar_tell_no_closed_action(group, closed):
    item = called(group).items.get()
    if closed:
        item.restrict(by=group.secretary, ground=GROUND)
    action = made.action(group.chair, group.by, "zqtehtävä", decided_in=item)
    assert (action in Action.objects.restricted()) == closed
    letter = OutgoingEmail.objects.get(template__endswith="action_given", to=group.chair.email)
    (day,) = occasions(group.chair, None)
    assert ("zq" in letter.body, "zq" in day.title) == (not closed, not closed)
