"""Meetings before they begin: planned, called, answered, changed and cancelled; letters and calendars."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse

from consortium import clock, gather
from consortium.models import AuditEvent, OutgoingEmail
from consortium.workflow import WrongState
from steering import agenda_sheet, invitation
from steering.models import AgendaPaper, Call, Meeting, Term
from tests import steering_world as world
from tests.steering_calls import called, letters, make_files, planned, soon

pytestmark = pytest.mark.django_db
YES, NO = "yes", "no"


@pytest.fixture(autouse=True)
def in_english(settings, monkeypatch):
    """Compare English sentences; the layout of the agenda is not what these tests are about."""
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(agenda_sheet, "agenda", lambda figures, language: b"%PDF-1.7 agenda")


@pytest.fixture
def group(db):
    """A steering group of three seats, its people written to in English."""
    found = world.steering_group(seats=3)
    get_user_model().objects.update(language="en")
    return found


def calendar(letter):
    """Return what a calendar reads from the letter's file, and the part that carries it."""
    parts = letter.message().message().walk()
    (part,) = [part for part in parts if part.get_content_type() == "text/calendar"]
    reading, faults = invitation.read(part.get_payload(decode=True))
    assert not faults
    return reading, part


def call_of(meeting, user):
    return meeting.calls.get(user=user)


def templates(user):
    return [letter.template.rpartition("/")[2] for letter in letters(user)]


# --- Planned --------------------------------------------------------------------------------------------------


def test_meetings_are_numbered_by_the_year_they_are_held(group):
    first, second = planned(group), planned(group)
    year = first.on.year
    assert [first.number, second.number] == [f"1/{year}", f"2/{year}"]
    later = soon(days=400)
    second.edit(by=group.secretary, revision=1, starts_at=later, ends_at=later + dt.timedelta(hours=2))
    assert second.number == f"1/{second.on.year}" and second.on.year > year


def test_a_time_that_has_passed_or_ends_before_it_begins_is_refused(group):
    with pytest.raises(ValidationError, match="has passed"):
        planned(group, starts_at=soon(-1), ends_at=soon(-1, 15))
    with pytest.raises(ValidationError, match="ends after it begins"):
        planned(group, starts_at=soon(hour=15), ends_at=soon(hour=13))
    assert not Meeting.objects.exists()


def test_who_edits_later_loses_nothing_and_overwrites_nobody(group):
    meeting = planned(group)
    mine = Meeting.objects.get(pk=meeting.pk)
    meeting.edit(by=group.secretary, revision=1, place="Kallio")
    with pytest.raises(ValidationError) as refused:
        mine.edit(by=group.by, revision=1, place="Pasila")
    assert refused.value.code == "overtaken"
    meeting.refresh_from_db()
    assert (meeting.place, meeting.revision) == ("Kallio", 2)


def test_after_the_call_it_is_changed_not_edited(group):
    meeting = called(group)
    with pytest.raises(WrongState):
        meeting.edit(by=group.secretary, revision=meeting.revision, place="Kallio")


# --- Called ---------------------------------------------------------------------------------------------------


def test_the_call_goes_to_all_who_sit_with_agenda_and_calendar(group):
    meeting = called(group)
    people = [*group.members, group.expert, group.secretary]
    assert {call.user for call in meeting.standing_calls()} == set(people)
    assert not any(letters(deputy) for deputy in group.deputies)
    for person in people:
        (letter,) = letters(person, "meeting_called")
        agenda, file = letter.attachments
        assert agenda["name"].endswith("-fi.pdf") and file["name"] == "meeting.ics"
        reading, part = calendar(letter)
        assert reading.method == "REQUEST" and reading.sequence == 0
        assert reading.attendee == person.email and reading.starts_at == meeting.starts_at
        assert part["Content-Type"].count("charset") == 1 and "REQUEST" in part["Content-Type"]


def test_letters_wait_for_the_agenda_and_leave_once(group):
    meeting = planned(group, "Budjetti")
    meeting.call(by=group.secretary)
    assert not letters(group.chair)
    papers = list(AgendaPaper.objects.order_by("pk"))
    assert {(paper.read_by, paper.language) for paper in papers} == {
        (read_by, language) for read_by in ("all", "seated") for language in ("fi", "sv")
    }
    papers[0].make()
    assert not letters(group.chair)
    make_files()
    assert len(letters(group.chair)) == 1
    meeting.print_agenda(by=group.secretary)
    make_files()
    assert len(letters(group.chair)) == 1


def test_an_agenda_that_failed_holds_the_letters_until_it_is_made_anew(group, monkeypatch):
    meeting = planned(group, "Budjetti")
    meeting.call(by=group.secretary)
    with monkeypatch.context() as patch:
        patch.setattr(agenda_sheet, "agenda", lambda figures, language: 1 / 0)
        for paper in AgendaPaper.objects.all():
            with pytest.raises(ZeroDivisionError):
                paper.make()
    assert not letters(group.chair)
    staff = world.UserFactory(is_staff=True)
    words = [task.title for task in gather.collect(gather.STAFF_HOME, staff, clock.today())]
    assert f"The agenda file of meeting {meeting.number} could not be made" in words
    meeting.print_agenda(by=staff)
    make_files()
    assert len(letters(group.chair)) == 1


def test_no_call_without_day_items_or_people(group):
    undated = planned(group, "Budjetti", starts_at=None, ends_at=None)
    with pytest.raises(ValidationError, match="Choose the day first"):
        undated.call(by=group.secretary)
    empty = planned(group)
    with pytest.raises(ValidationError, match="agenda is empty"):
        empty.call(by=group.secretary)
    far = soon(days=900)
    beyond = planned(group, "Budjetti", starts_at=far, ends_at=far + dt.timedelta(hours=1))
    with pytest.raises(ValidationError, match="Nobody sits"):
        beyond.call(by=group.secretary)
    assert not Call.objects.exists() and not OutgoingEmail.objects.exists()


def test_a_seat_without_a_member_is_called_by_its_deputy(group):
    Term.objects.filter(user=group.members[2]).update(period=(dt.date(2020, 1, 1), dt.date(2020, 2, 1)))
    meeting = called(group)
    assert {call.user for call in meeting.standing_calls()} >= {group.deputies[2]}
    (letter,) = letters(group.deputies[2])
    assert letter.template.endswith("meeting_called_deputy")
    assert "the seat has no member. You have a vote." in letter.body
    assert meeting.empty_seats(meeting.standing_calls()) == []


# --- Answered -------------------------------------------------------------------------------------------------


def test_not_coming_calls_the_own_deputy_at_once(group):
    meeting = called(group)
    member, deputy = group.members[1], group.deputies[1]
    meeting.answer(by=member, coming=NO)
    assert {call.user for call in meeting.standing_calls() if call.as_deputy} == {deputy}
    (letter,) = letters(deputy, "meeting_called_deputy")
    assert f"You attend for {member.get_full_name()}. You have a vote." in letter.body
    assert [file["name"] for file in letter.attachments][1] == "meeting.ics"
    assert not letters(group.deputies[0]) and not letters(group.deputies[2])
    meeting.answer(by=member, coming=NO)
    assert len(letters(deputy)) == 1


def test_a_member_after_all_releases_the_deputy_and_may_call_again(group):
    meeting = called(group)
    member, deputy = group.members[1], group.deputies[1]
    meeting.answer(by=member, coming=NO)
    meeting.answer(by=deputy, coming=YES)
    meeting.answer(by=member, coming=YES)
    assert call_of(meeting, deputy).released_at is not None
    with pytest.raises(ValidationError, match="not been called"):
        meeting.answer(by=deputy, coming=YES)
    meeting.answer(by=member, coming=NO)
    assert templates(deputy) == ["meeting_called_deputy", "meeting_released", "meeting_called_deputy"]
    read = [calendar(letter)[0] for letter in letters(deputy)]
    assert [each.method for each in read] == ["REQUEST", "CANCEL", "REQUEST"]
    assert len({each.uid for each in read}) == 1
    assert read[2].sequence > read[1].sequence >= read[0].sequence
    assert read[1].stamped_at >= read[0].stamped_at


def test_seats_from_which_nobody_comes_are_told_to_staff_and_chair(group):
    meeting = called(group)
    Term.objects.filter(user=group.deputies[2]).update(period=(dt.date(2020, 1, 1), dt.date(2020, 2, 1)))
    meeting.answer(by=group.members[2], coming=NO)
    meeting.answer(by=group.members[1], coming=NO)
    assert [seat.number for seat in meeting.empty_seats(meeting.standing_calls())] == [3]
    meeting.answer(by=group.deputies[1], coming=NO)
    assert [seat.number for seat in meeting.empty_seats(meeting.standing_calls())] == [2, 3]
    told = f"2 empty seats in meeting {meeting.number}"
    today = clock.today()
    staff = world.UserFactory(is_staff=True)
    assert told in [task.title for task in gather.collect(gather.STAFF_HOME, staff, today)]

    def reads(user):
        return told in [task.title for task in gather.collect(gather.DUTY_TASKS, user, today)]

    assert reads(group.chair) and reads(group.secretary)
    assert reads(group.vice) and not reads(group.members[2]) and not reads(group.expert)


def test_expert_and_secretary_call_nobody(group):
    meeting = called(group)
    meeting.answer(by=group.expert, coming=NO)
    meeting.answer(by=group.secretary, coming=NO)
    assert not meeting.calls.filter(term__place="deputy").exists()
    assert meeting.empty_seats(meeting.standing_calls()) == []


def test_whoever_prepares_records_an_answer_that_came_by_telephone(group):
    meeting = called(group)
    meeting.answer(by=group.by, coming=NO, user=group.members[2])
    assert call_of(meeting, group.deputies[2]).released_at is None
    event = AuditEvent.objects.about(meeting).first()
    assert (event.verb, event.by, event.details["person"]) == ("answer", group.by, group.members[2].pk)


def test_nobody_answers_before_the_call_or_without_one(group):
    meeting = planned(group, "Budjetti")
    with pytest.raises(WrongState):
        meeting.answer(by=group.chair, coming=YES)
    other = called(group)
    with pytest.raises(ValidationError, match="not been called"):
        other.answer(by=group.deputies[0], coming=YES)


# --- Changed and cancelled ------------------------------------------------------------------------------------


@pytest.fixture
def in_spring(today_is):
    """A day from which the next weeks are of the same year."""
    today_is("2027-03-01")


def test_a_meeting_that_was_called_keeps_its_year(today_is, client_of):
    today_is("2026-11-24")
    group = world.steering_group(seats=3)
    meeting = called(group, starts_at=soon(21), ends_at=soon(21, 15))
    start = soon(49)
    facts = {"starts_at": start, "ends_at": start + dt.timedelta(hours=2)}
    with pytest.raises(ValidationError, match="cancel it and call a new one") as error:
        meeting.change(by=group.secretary, revision=meeting.revision, **facts)
    assert "on" in error.value.error_dict
    typed = {"on": "12.1.2027", "starts": "13.00", "ends": "15.00", "revision": meeting.revision}
    address = reverse("steering:meeting_change", args=[meeting.pk])
    page = client_of(group.secretary).post(address, typed)
    assert "The meeting was called as 1/2026." in str(page.context["form"].errors["on"])
    meeting.refresh_from_db()
    assert (meeting.number, meeting.on) == ("1/2026", dt.date(2026, 12, 15))


def test_another_time_tells_calendars_and_asks_anew(in_spring, group):
    meeting = called(group)
    meeting.answer(by=group.chair, coming=YES)
    start = soon(days=25)
    facts = {"starts_at": start, "ends_at": start + dt.timedelta(hours=2)}
    meeting.change(by=group.secretary, revision=meeting.revision, **facts)
    assert call_of(meeting, group.chair).coming == ""
    first, second = [calendar(letter)[0] for letter in letters(group.chair)]
    assert (first.uid, first.sequence, second.sequence) == (second.uid, 0, 1)
    assert second.method == "REQUEST" and second.starts_at == start


def test_another_place_keeps_the_answers_and_nothing_changed_tells_nobody(group):
    meeting = called(group)
    meeting.answer(by=group.chair, coming=YES)
    meeting.change(by=group.secretary, revision=meeting.revision, place="Kallio")
    assert call_of(meeting, group.chair).coming == YES
    assert templates(group.chair) == ["meeting_called", "meeting_changed"]
    meeting.change(by=group.secretary, revision=meeting.revision, place="Kallio", note_fi="Kahvia on.")
    assert len(letters(group.chair)) == 2 and meeting.sequence == 1


def test_a_day_outside_a_term_releases_and_calls_others(in_spring, group):
    meeting = called(group)
    ends = clock.today() + dt.timedelta(days=22)
    term = Term.objects.get(user=group.members[2])
    Term.objects.filter(pk=term.pk).update(period=(term.period.lower, ends))
    start = soon(days=25)
    facts = {"starts_at": start, "ends_at": start + dt.timedelta(hours=2)}
    meeting.change(by=group.secretary, revision=meeting.revision, **facts)
    make_files()
    assert call_of(meeting, group.members[2]).released_at is not None
    assert calendar(letters(group.members[2])[-1])[0].method == "CANCEL"
    assert templates(group.deputies[2]) == ["meeting_called_deputy"]


def test_cancelling_tells_calendars_once_and_the_call_no_longer_leaves(group):
    meeting = called(group)
    meeting.answer(by=group.members[1], coming=NO)
    first = letters(group.chair)[0]
    meeting.cancel(by=group.secretary, cancelled_fi="Sairaus.", cancelled_sv="Sjukdom.")
    for person in [group.chair, group.deputies[1], group.expert]:
        reading = calendar(letters(person, "meeting_cancelled")[0])[0]
        assert (reading.method, reading.sequence) == ("CANCEL", 1)
    assert not letters(group.deputies[0])
    first.refresh_from_db()
    assert not first.is_true()
    assert "Sairaus." in letters(group.chair, "meeting_cancelled")[0].body
    with pytest.raises(WrongState):
        meeting.cancel(by=group.secretary, cancelled_fi="x", cancelled_sv="x")


def test_what_is_cancelled_before_its_call_tells_nobody(group):
    meeting = planned(group, "Budjetti")
    meeting.cancel(by=group.secretary, cancelled_fi="Sairaus.", cancelled_sv="Sjukdom.")
    assert not OutgoingEmail.objects.exists()


# --- Calendars and front pages that gather --------------------------------------------------------------------


def test_one_calendar_shows_what_one_is_called_to(group):
    today = clock.today()
    plan = planned(group, "Muu", starts_at=soon(60), ends_at=soon(60, 15))
    meeting = called(group)

    def days(user):
        return {
            each.key for each in gather.collect(gather.FEED, user, today) if each.key.startswith("meeting")
        }

    both = {f"meeting-{meeting.pk}", f"meeting-{plan.pk}"}
    assert days(group.chair) == days(group.expert) == both
    assert days(group.deputies[1]) == set()
    meeting.answer(by=group.members[1], coming=NO)
    assert days(group.deputies[1]) == {f"meeting-{meeting.pk}"}
    assert days(group.members[1]) == {f"meeting-{plan.pk}"}
    meeting.answer(by=group.members[1], coming=YES)
    assert days(group.deputies[1]) == set()


def test_the_call_is_due_two_weeks_before(group, today_is):
    meeting = planned(group, "Budjetti", starts_at=soon(40), ends_at=soon(40, 15))
    staff = world.UserFactory(is_staff=True)
    due = meeting.on - dt.timedelta(days=14)

    def days(kind):
        rows = gather.collect(kind, staff, clock.today())
        return [task.due_on for task in rows if task.title == f"Call meeting {meeting.number}"]

    assert (days(gather.STAFF_HOME), days(gather.STAFF_DEADLINES)) == ([], [due])
    today_is((due - dt.timedelta(days=6)).isoformat())
    assert (days(gather.STAFF_HOME), days(gather.STAFF_DEADLINES)) == ([due], [])


def test_front_page_shows_called_meetings_of_the_steering_group_only(group):
    planned(group, "Muu", starts_at=soon(60), ends_at=soon(60, 15))
    meeting = called(group)
    body = world.Body.found(
        by=group.by, kind="expert", name_fi="Asiantuntijat", name_sv="Experter", founded_on=clock.today()
    )
    Meeting.plan(by=group.by, body=body, starts_at=soon(), ends_at=soon(hour=15))
    rows = gather.collect(gather.MEETINGS, clock.today())
    assert [task.url for task in rows] == [meeting.get_absolute_url()]
