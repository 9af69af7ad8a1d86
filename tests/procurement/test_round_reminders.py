"""Reminders of rounds: to the silent alone, the day after one's own meeting, once an occasion, never in July."""

import datetime as dt

import pytest

from consortium.models import OutgoingEmail
from procurement.models import AnswerReminder, due_in, remind_by_hand, waited_for
from procurement.models.answer_reminder import send_due
from procurement.tasks import remind_rounds
from tests.factories import RoleFactory
from tests.procurement_factories import announced, answers, member, opened

pytestmark = pytest.mark.django_db
CLOSES = dt.date(2026, 12, 4)  # a Friday


@pytest.fixture
def places(today_is, staff):
    """Four municipalities that are asked on 2.11.2026: silent, preparing until 1.12., declined, committed."""
    today_is("2026-11-02")
    found = [member(f"Kunta {n}") for n in range(4)]
    round_ = opened(announced(staff), found, by=staff, closes_on=CLOSES)
    answers(round_, found[1], "preparing", until=dt.date(2026, 12, 1))
    answers(round_, found[2], "declined")
    answers(round_, found[3], "committed")
    return round_, found


def reminded(day, today_is):
    """Let the clock strike on a day, twice. Returns {municipality: occasions} of all that has gone."""
    today_is(day)
    remind_rounds()
    remind_rounds()
    found = {}
    for reminder in AnswerReminder.objects.select_related("answer__municipality").order_by("pk"):
        found.setdefault(reminder.answer.municipality.name_fi, []).append(reminder.occasion)
    return found


def test_only_the_silent_are_reminded_and_each_occasion_once(places, today_is):
    assert reminded("2026-11-19", today_is) == {}
    first = {"Kunta 0": ["2026-12-04-14"]}
    assert reminded("2026-11-20", today_is) == first
    assert reminded("2026-11-30", today_is) == first
    both = {"Kunta 0": ["2026-12-04-14", "2026-12-04-3"]}
    assert reminded("2026-12-01", today_is) == both
    assert reminded("2026-12-02", today_is) == both | {"Kunta 1": ["meeting-2026-12-01"]}
    assert reminded("2026-12-07", today_is) == both | {"Kunta 1": ["meeting-2026-12-01"]}


def test_a_missed_run_loses_nothing_and_sends_only_what_still_makes_sense(places, today_is):
    assert reminded("2026-12-03", today_is) == {
        "Kunta 0": ["2026-12-04-3"],
        "Kunta 1": ["meeting-2026-12-01"],
    }


def test_an_extension_gives_new_occasions(places, today_is, staff):
    round_, _places = places
    reminded("2026-12-01", today_is)
    round_.extend(by=staff, closes_at=round_.closes_at + dt.timedelta(days=14))
    assert reminded("2026-12-15", today_is)["Kunta 0"][-1] == "2026-12-18-3"


def test_none_goes_on_a_closed_day_or_in_july(today_is, staff):
    today_is("2027-06-21")
    place = member()
    round_ = opened(announced(staff), [place], by=staff, closes_on=dt.date(2027, 8, 3))
    for day in ("2027-07-20", "2027-07-31", "2027-08-01"):  # July, its last day, a Sunday
        assert reminded(day, today_is) == {}
    today_is("2027-07-30")
    assert remind_by_hand(waited_for(round_, dt.date(2027, 7, 30)), by=staff) == []
    assert len(reminded("2027-08-02", today_is)[place.name_fi]) == 1


def test_a_letter_that_is_no_longer_true_does_not_leave_and_in_july_it_waits(places, today_is, staff):
    round_, found = places
    reminded("2026-11-20", today_is)
    letter = OutgoingEmail.objects.filter(template="procurement/emails/remind_answer").latest("pk")
    assert letter.is_true()
    answers(round_, found[0], "declined")
    assert not letter.is_true()
    assert letter.send() is None and letter.state == "dropped"
    today_is("2027-07-05")
    assert letter.must_wait()


def test_one_that_fails_stops_nobody(places, today_is, monkeypatch):
    today_is("2026-12-02")
    real = AnswerReminder.send.__func__
    wrong = places[1][0]

    def send(cls, due, **kwargs):
        if due.answer.municipality == wrong:
            raise OSError
        return real(cls, due, **kwargs)

    monkeypatch.setattr(AnswerReminder, "send", classmethod(send))
    assert send_due() == (1, 0, 1)


def test_nobody_gets_two_reminders_on_one_day(places, today_is, staff):
    round_, _places = places
    assert reminded("2026-11-20", today_is) == {
        "Kunta 0": ["2026-12-04-14"]
    }  # the clock's own, in the morning
    waiting = waited_for(round_, dt.date(2026, 11, 20))
    assert remind_by_hand(waiting, by=staff) == []
    today_is("2026-11-21")
    assert remind_by_hand(waiting, by=staff) == waiting


def test_a_person_reminds_the_silent_once_a_day_and_not_who_has_answered(places, today_is, staff):
    round_, found = places
    RoleFactory(municipality=found[0], user__email="johtaja@kunta.example")
    today_is("2026-11-10")
    waiting = waited_for(round_, dt.date(2026, 11, 10))
    assert [answer.municipality for answer in waiting] == [found[0]]
    sent = remind_by_hand(waiting, by=staff)
    assert [answer.municipality for answer in sent] == [found[0]]
    assert OutgoingEmail.objects.latest("pk").to == "johtaja@kunta.example"
    assert remind_by_hand(waiting, by=staff) == []
    today_is("2026-11-11")
    answers(round_, found[0], "declined")
    assert remind_by_hand(waiting, by=staff) == []
    assert due_in(round_, dt.date(2026, 11, 20)) == []
