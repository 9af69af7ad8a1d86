"""Attendance is put right after the close, until the minutes go to their checkers, and no decision changes by it."""

import pytest

from consortium.models import AuditEvent
from consortium.workflow import WrongState
from steering.models import Minutes, Movement
from steering.models.facts import facts_of
from tests.conftest import Browser
from tests.steering.hall import NOTED, Hall, at, it_is
from tests.steering.test_record import act, record
from tests.steering.test_room import refused

pytestmark = pytest.mark.django_db
WHY = {"because": "Merkitty väärä henkilö."}


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def hall():
    """A closed meeting: decided at 13.05, noted at 13.40, the last member left at 13.30; now it is 14.30."""
    found = Hall(items=["Ensimmäinen", "Toinen"]).begin()
    found.decide(1, "13.05")
    found.leave("13.30", found.m[10])
    row = found.take(2, "13.40")
    it_is("13.45")
    row.note(by=found.s, **NOTED)
    it_is("14.00")
    found.meeting.refresh_from_db()
    found.meeting.close(by=found.s)
    it_is("14.30")
    return found


def correct(hall, **facts):
    hall.meeting.correct_attendance(by=hall.s, **WHY | facts)


def left(hall, user):
    """Return when the record says that a person went, or None."""
    return facts_of(hall.meeting, "fi").attendance[user.pk][-1].left


def test_a_wrong_mark_is_replaced_with_its_reason_in_the_history(hall):
    mark = Movement.objects.get(kind="left")
    correct(hall, undone=mark.pk, kind="left", people=[hall.m[9].pk], at=at("13.35"))
    assert left(hall, hall.m[10]) in (None, hall.meeting.closed_at)
    assert left(hall, hall.m[9]) == at("13.35")
    event = AuditEvent.objects.about(hall.meeting).first()
    assert (event.verb, event.by, event.details["because"]) == ("correct_attendance", hall.s, WHY["because"])
    assert event.details["undone"] == mark.pk and event.details["people"] == [hall.m[9].pk]
    assert Movement.objects.get(pk=mark.pk).undone_at is not None


def test_a_forgotten_mark_after_the_decision_is_made(hall):
    correct(hall, kind="left", people=[hall.m[9].pk], at=at("13.20"))
    assert left(hall, hall.m[9]) == at("13.20")
    correct(hall, kind="arrived", visitors=["Vieras, IT-tuki"], at=at("13.01"))
    assert Movement.objects.filter(visitor="Vieras, IT-tuki").exists()


def test_what_would_change_who_decided_is_refused_and_nothing_is_kept(hall):
    for facts in (
        {"kind": "left", "people": [hall.m[9].pk], "at": at("13.02")},
        {"undone": Movement.objects.filter(user=hall.m[0], kind="arrived").get().pk},
    ):
        before = list(Movement.objects.values_list("pk", "undone_at"))
        words = refused("decided", correct, hall, **facts)
        assert words is None or "decided by others" in str(words)
        assert list(Movement.objects.values_list("pk", "undone_at")) == before
    assert not AuditEvent.objects.filter(verb="correct_attendance").exists()


def test_even_where_a_quorum_would_remain_nobody_is_written_in_or_out_of_a_decision():
    found = Hall(items=["Ensimmäinen"]).begin("13.00", range(10))
    found.decide(1, "13.05")
    it_is("13.10")
    found.meeting.refresh_from_db()
    found.meeting.close(by=found.s)
    refused("decided", correct, found, kind="arrived", people=[found.m[10].pk], at=at("13.01"))
    correct(found, kind="arrived", people=[found.v[0].pk], at=at("13.01"))  # beside the member: no vote


def test_times_outside_the_meeting_idle_marks_and_empty_ones_are_refused(hall):
    one = [hall.m[9].pk]
    for moment in ("12.50", "14.10"):
        refused("outside", correct, hall, kind="left", people=one, at=at(moment))
    refused("outside", correct, hall, kind="left", people=one)
    refused("idle", correct, hall, kind="arrived", people=one, at=at("13.20"))
    refused("nobody", correct, hall, kind="left", at=at("13.20"))
    refused("nothing", correct, hall)
    mark = Movement.objects.get(kind="left").pk
    correct(hall, undone=mark)
    refused("undone", correct, hall, undone=mark)


def test_once_the_minutes_are_with_their_checkers_it_is_too_late(hall):
    facts = {"kind": "left", "people": [hall.m[9].pk], "at": at("13.20")}
    minutes = Minutes.of(hall.meeting).begin()
    minutes.name_checkers(by=hall.s, first=hall.m[1], second=hall.m[2])
    minutes.send(by=hall.s)
    hall.meeting.refresh_from_db()
    refused("minuted", correct, hall, **facts)
    minutes.rework(by=hall.s, reason="Läsnäolo")
    correct(hall, **facts)


def test_while_it_meets_attendance_is_marked_not_corrected():
    running = Hall(items=["Ensimmäinen"]).begin()
    with pytest.raises(WrongState):
        correct(running, kind="left", people=[running.m[9].pk], at=at("13.00"))


def test_the_secretary_corrects_on_the_record_and_nobody_else(hall):
    mark = Movement.objects.get(kind="left")
    sent = {
        "undone": mark.pk,
        "correct_kind": "left",
        "correct_at": "13.50",
        "because": "Kello luettu väärin.",
    }
    for user, status in ((hall.group.by, 403), (hall.m[0], 403), (hall.s, 302)):
        browser = Browser()
        browser.force_login(user)
        if user != hall.m[0]:
            shown = "A mark was wrong or forgotten" in browser.get(record(hall)).content.decode()
            assert shown == (user == hall.s)
        assert browser.post(act(hall, "correct"), sent).status_code == status
    assert left(hall, hall.m[10]) == at("13.50")


def test_what_was_typed_stays_when_it_is_refused(hall):
    browser = Browser()
    browser.force_login(hall.s)
    sent = {
        "correct_kind": "left",
        "correct_person": hall.m[9].pk,
        "correct_at": "13.02",
        "because": "Unohtui.",
    }
    page = browser.post(act(hall, "correct"), sent).content.decode()
    assert "decided by others" in page and "Unohtui." in page and "13.02" in page
