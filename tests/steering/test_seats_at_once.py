"""Two appoint, or end the same term, at the same moment: one seat has one holder, and the other is told why not."""

import threading
from functools import partial

import pytest

from consortium.models import AuditEvent, Post
from steering.models import Appointment, Meeting, Place, Term, seating
from tests.at_once import PATIENCE, at_once, kinds
from tests.factories import DAY, UserFactory
from tests.steering import hall as halls
from tests.steering_seats import appoint, body, candidate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE, settings.MOVED_TODAY = "en", "2026-11-24"


def two_appoint():
    staff = UserFactory(is_staff=True)
    found = body(staff, kind="steering")
    rivals = [candidate(found, 1, name, by=staff) for name in ("Aino", "Bertta")]
    return at_once(*(partial(appoint, found, one, by=staff) for one in rivals))


def one_sits():
    assert (Term.objects.count(), Appointment.objects.count(), Post.objects.count()) == (1, 1, 1)
    assert AuditEvent.objects.filter(verb="appoint", record_type__model="appointment").count() == 1


def test_two_decisions_on_one_seat_seat_one_person(meet):
    meet(seating, "hindrances")
    results = two_appoint()
    assert kinds(results) == ["ValidationError", "done"]
    refusal = next(result for result in results if isinstance(result, Exception))
    assert "same place of seat 1" in refusal.messages[0]
    one_sits()


def test_without_the_lock_the_database_still_refuses_the_second(meet, no_row_locks):
    meet(seating, "hindrances")
    first, second = kinds(two_appoint())
    assert first in {"IntegrityError", "ValidationError", "OperationalError"} and second == "done"
    one_sits()


def test_two_end_a_term_and_the_deputy_takes_the_seat_once(meet):
    staff = UserFactory(is_staff=True)
    found = body(staff, kind="steering")
    people = [
        candidate(found, 1, "Aino", by=staff),
        candidate(found, 1, "Vara", by=staff, place=Place.DEPUTY),
    ]
    appoint(found, *people, by=staff)
    term = Term.objects.get(place=Place.MEMBER)
    last_day = term.starts_on + 20 * DAY
    meet(seating, "cut_duty")
    acts = [
        partial(
            Term.objects.get(pk=term.pk).resign,
            by=staff,
            last_day=last_day,
            because="x",
            deputy_takes_over=True,
        )
        for _n in range(2)
    ]
    assert kinds(at_once(*acts)) == ["ValidationError", "done"]
    sits = Term.objects.on(last_day + DAY).filter(place=Place.MEMBER)
    assert [one.user.name for one in sits] == ["Vara"]
    assert Term.objects.count() == 3


def test_nobody_resigns_for_yesterday_while_a_meeting_is_being_opened(monkeypatch):
    hall = halls.Hall(seats=3)
    halls.it_is("13.00")
    term = Term.objects.get(user=hall.m[2])
    opening, resigned, mark = threading.Event(), threading.Event(), Meeting._mark

    def mark_slowly(*args):
        opening.set()
        resigned.wait(PATIENCE)
        return mark(*args)

    def resign():
        opening.wait(10)
        try:
            term.resign(by=hall.group.by, last_day=halls.DAY - DAY, because="x")
        finally:
            resigned.set()

    monkeypatch.setattr(Meeting, "_mark", mark_slowly)
    begin = partial(hall.meeting.begin, by=hall.s, present=[user.pk for user in hall.m])
    opened, refused = at_once(begin, resign)
    assert opened is None and refused.error_dict["last_day"][0].code == "sat"
    assert Term.objects.get(pk=term.pk).holds(halls.DAY)
