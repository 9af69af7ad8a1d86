"""Calls follow the seats: who sits no longer on the day is told so, with the calendar; who sits instead is called."""

import pytest
from django.contrib.auth import get_user_model

from consortium import clock
from consortium.models import OutgoingEmail
from steering import agenda_sheet
from steering.models import Candidate, Place, Term
from tests import steering_world as world
from tests.factories import DAY
from tests.steering.test_calls import calendar, templates
from tests.steering_calls import called, letters, make_files, planned, soon
from tests.steering_seats import appoint

pytestmark = pytest.mark.django_db
NO, YES = "no", "yes"


@pytest.fixture(autouse=True)
def in_english(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")


@pytest.fixture
def group(db):
    found = world.steering_group(seats=3)
    get_user_model().objects.update(language="en")
    return found


def term_of(user):
    return Term.objects.filter(user=user).latest("period")


def leaves(user, group, days=5, **more):
    """End a person's term some days from now, before the meeting twenty days ahead unless said otherwise."""
    term_of(user).resign(by=group.by, last_day=clock.today() + days * DAY, because="Uusi työ", **more)


def standing(meeting):
    return {call.user for call in meeting.standing_calls()}


def successor(group, number, name="Uusi", place=Place.MEMBER):
    """Appoint another person to a seat from six days ahead on. Returns the account."""
    one = Candidate.put_forward(
        by=group.by,
        seat=group.body.seats.get(number=number),
        place=place,
        name=name,
        email=f"{name.lower()}@seats.example",
        municipality=group.places[number - 1],
        put_forward_by="Kimppa",
    )
    appoint(group.body, one, by=group.by, starts_on=clock.today() + 6 * DAY)
    user = get_user_model().objects.get(email=one.email)
    return user


def test_one_whose_term_ends_before_the_day_is_taken_off_and_the_deputy_called(group):
    meeting = called(group)
    member, deputy = group.members[2], group.deputies[2]
    first = letters(member)[0]
    leaves(member, group)
    assert standing(meeting) == {*group.members[:2], deputy, group.expert, group.secretary}
    letter = letters(member, "meeting_released")[0]
    assert f"Your place in the group ends before meeting {meeting.number}" in letter.body
    reading, _part = calendar(letter)
    assert (reading.method, reading.uid) == ("CANCEL", calendar(first)[0].uid)
    assert not first.is_true() and letter.is_true()
    (letter,) = letters(deputy)
    assert letter.template.endswith("meeting_called_deputy") and calendar(letter)[0].method == "REQUEST"
    assert letter.attachments[0]["name"].endswith(".pdf")
    assert not meeting.empty_seats(meeting.standing_calls())


def test_one_who_still_sits_on_the_day_keeps_the_call(group):
    meeting = called(group)
    leaves(group.members[2], group, days=21)
    assert group.members[2] in standing(meeting) and not letters(group.deputies[2])
    assert templates(group.members[2]) == ["meeting_called", "term_ends"]


def test_the_successor_is_called_and_the_deputy_who_stood_in_need_not_come(group):
    meeting = called(group)
    leaves(group.members[2], group)
    new = successor(group, 3)
    assert new in standing(meeting) and group.deputies[2] not in standing(meeting)
    assert calendar(letters(new, "meeting_called")[0])[0].method == "REQUEST"
    released = letters(group.deputies[2], "meeting_released")[0]
    assert "The seat has a member again: Uusi is called" in released.body
    assert calendar(released)[0].method == "CANCEL"
    meeting.answer(by=new, coming=NO)
    assert group.deputies[2] in standing(meeting)
    read = [calendar(each)[0] for each in letters(group.deputies[2], "") if "meeting" in each.template]
    assert [each.method for each in read] == ["REQUEST", "CANCEL", "REQUEST"]
    assert read[2].sequence > read[1].sequence


def test_a_deputy_who_takes_the_seat_over_is_called_once_and_keeps_the_answer(group):
    meeting = called(group)
    member, deputy = group.members[1], group.deputies[1]
    meeting.answer(by=member, coming=NO)
    meeting.answer(by=deputy, coming=YES)
    leaves(member, group, deputy_takes_over=True)
    (call,) = meeting.calls.filter(user=deputy)
    assert (call.term.place, call.coming, call.released_at) == (Place.MEMBER, YES, None)
    assert [each for each in templates(deputy) if "meeting" in each] == ["meeting_called_deputy"]
    assert member not in standing(meeting)


def test_a_deputy_without_a_call_who_takes_over_is_called_as_a_member(group):
    meeting = called(group)
    leaves(group.members[1], group, deputy_takes_over=True)
    assert [each for each in templates(group.deputies[1]) if "meeting" in each] == ["meeting_called"]
    assert group.deputies[1] in standing(meeting)


def test_a_later_take_over_calls_nobody_twice(group):
    meeting = called(group)
    leaves(group.members[1], group)
    sent = templates(group.deputies[1])
    term_of(group.members[1]).take_over(by=group.by)
    assert [each for each in templates(group.deputies[1]) if "meeting" in each] == sent
    assert group.deputies[1] in standing(meeting)


def test_where_the_member_does_not_come_a_new_deputy_is_called_for_the_old_one(group):
    meeting = called(group)
    member, deputy = group.members[1], group.deputies[1]
    meeting.answer(by=member, coming=NO)
    leaves(deputy, group)
    assert deputy not in standing(meeting)
    assert templates(deputy)[-2:] == ["term_ends", "meeting_released"]
    assert [seat.number for seat in meeting.empty_seats(meeting.standing_calls())] == [2]
    new = successor(group, 2, "Vara", Place.DEPUTY)
    assert new in standing(meeting)
    assert member.get_full_name() in letters(new, "meeting_called_deputy")[0].body


def test_until_the_agenda_is_printed_nobody_is_written_to(group):
    meeting = planned(group, "Budjetti")
    meeting.call(by=group.secretary)
    leaves(group.members[2], group)
    assert not [each for each in templates(group.members[2]) if "meeting" in each]
    make_files()
    assert not [each for each in templates(group.members[2]) if "meeting" in each]
    assert [each for each in templates(group.deputies[2]) if "meeting" in each] == ["meeting_called_deputy"]


def test_other_meetings_are_left_alone(group):
    far = called(group, starts_at=soon(3), ends_at=soon(3, 15))
    plan = planned(group, "Muu", starts_at=soon(30), ends_at=soon(30, 15))
    over = called(group)
    over.cancel(by=group.secretary, cancelled_fi="x", cancelled_sv="x")
    leaves(group.members[2], group)
    assert group.members[2] in standing(far) and not plan.calls.exists()
    assert "meeting_released" not in templates(group.members[2])


def test_a_letter_about_a_term_that_has_been_removed_does_not_leave(group):
    leaves(group.members[2], group)
    new = successor(group, 3)
    letter = letters(new, "term_begins")[0]
    assert letter.is_true()
    term_of(new).step_down(by=group.by, because="Ei ehdi")
    assert not OutgoingEmail.objects.get(pk=letter.pk).is_true()
