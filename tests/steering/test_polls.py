"""Which day fits: offered, answered, chosen; and what the database keeps of meetings before they begin."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from consortium import clock, gather
from consortium.workflow import WrongState
from steering import agenda_sheet
from steering.models import CalendarFile, Call, DatePoll, Meeting, PollDay
from tests import steering_world as world
from tests.steering_calls import called, letters, planned, soon

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


def templates(user):
    return [letter.template.rpartition("/")[2] for letter in letters(user)]


# --- Days asked for -------------------------------------------------------------------------------------------


def asked(group, answer_by=None):
    meeting = planned(group, starts_at=None, ends_at=None)
    days = [(soon(30), soon(30, 15)), (soon(31), soon(31, 15))]
    return DatePoll.ask(meeting, by=group.secretary, days=days, answer_by=answer_by or soon(5).date())


def test_days_are_asked_answered_and_chosen(group):
    poll = asked(group)
    first, second = poll.days.all()
    assert templates(group.chair) == ["poll_asked"] and not letters(group.deputies[0])
    poll.answer(by=group.chair, fits={first.pk: "no", second.pk: "yes"})
    poll.answer(by=group.chair, fits={first.pk: "maybe", second.pk: "yes"})
    assert {row.day_id: row.fit for row in poll.answers_of(group.chair)} == {
        first.pk: "maybe",
        second.pk: "yes",
    }
    poll.choose(by=group.secretary, day=second, place="Oodi")
    meeting = Meeting.objects.get(pk=poll.meeting_id)
    assert (meeting.starts_at, meeting.ends_at, meeting.place) == (second.starts_at, second.ends_at, "Oodi")
    assert templates(group.chair) == ["poll_asked", "poll_chosen"]
    with pytest.raises(WrongState):
        poll.choose(by=group.secretary, day=first)


def test_a_poll_closes_by_its_day_and_is_for_those_who_sit(group, today_is):
    poll = asked(group)
    fits = dict.fromkeys(poll.days.values_list("pk", flat=True), "yes")
    with pytest.raises(ValidationError, match="Only those who sit"):
        poll.answer(by=group.deputies[0], fits=fits)
    with pytest.raises(ValidationError, match="each day"):
        poll.answer(by=group.chair, fits=dict(list(fits.items())[:1]))
    today_is((poll.answer_by + dt.timedelta(days=1)).isoformat())
    with pytest.raises(ValidationError, match="closed"):
        poll.answer(by=group.chair, fits=fits)
    staff = world.UserFactory(is_staff=True)
    words = [task.title for task in gather.collect(gather.STAFF_HOME, staff, clock.today())]
    assert f"Choose the day of meeting {poll.meeting.number}" in words


def test_a_poll_needs_two_days_after_its_last_day(group):
    meeting = planned(group, starts_at=None, ends_at=None)
    with pytest.raises(ValidationError, match="two to twelve"):
        DatePoll.ask(meeting, by=group.by, days=[(soon(30), soon(30, 15))], answer_by=soon(5).date())
    days = [(soon(3), soon(3, 15)), (soon(31), soon(31, 15))]
    with pytest.raises(ValidationError, match="before the first"):
        DatePoll.ask(meeting, by=group.by, days=days, answer_by=soon(5).date())
    with pytest.raises(ValidationError, match="has its day already"):
        DatePoll.ask(planned(group), by=group.by, days=days, answer_by=soon(1).date())
    assert not DatePoll.objects.exists()


# --- What the database keeps ----------------------------------------------------------------------------------


def refused(rows, name, **values):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        rows.update(**values)
    assert name in str(error.value)


def test_constraints_hold_against_plain_updates(group):
    meeting = called(group)
    rows = Meeting.objects.filter(pk=meeting.pk)
    refused(rows, "meeting_cancelled_with_reason", state="cancelled")
    refused(rows, "meeting_ends_after_start", ends_at=meeting.starts_at)
    refused(rows, "meeting_called_with_time", starts_at=None, ends_at=None)
    refused(rows, "meeting_opened_and_closed", opened_at=clock.now())
    refused(Call.objects.filter(user=group.chair), "call_answered_has_time", coming="yes")
    chair, other = Call.objects.get(user=group.chair), Call.objects.get(user=group.vice)
    refused(Call.objects.filter(pk=chair.pk), "call_once", term=other.term)
    poll = asked(group)
    first, second = poll.days.all()
    refused(PollDay.objects.filter(pk=first.pk), "pollday_ends_after_start", ends_at=first.starts_at)
    refused(
        PollDay.objects.filter(pk=first.pk),
        "pollday_once",
        starts_at=second.starts_at,
        ends_at=second.ends_at,
    )
    refused(DatePoll.objects.filter(pk=poll.pk), "datepoll_chosen_has_time", chosen=first)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CalendarFile.objects.update(sequence=7)
