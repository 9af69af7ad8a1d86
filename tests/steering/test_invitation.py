"""Calendar files read back: one UID, a growing SEQUENCE, update, cancellation, nobody else's address."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from consortium.clock import HELSINKI
from steering.invitation import (
    Contact,
    Fault,
    Invitation,
    Method,
    Part,
    cancel,
    change,
    read,
    renew,
    request_for,
    uid_of,
    withdrawal_for,
)

SENDER = Contact("Palvelukeskus", "palvelukeskus@kirjastot.example")
AINO, VEERA = Contact("Aino Öster", "aino@alavieska.example"), Contact("Veera", "veera@turku.example")
CALLED = datetime(2027, 5, 26, 9, 0, tzinfo=HELSINKI)
FIRST = Invitation(
    uid=uid_of(12, "https://portal.example/"),
    title="Ohjausryhmän kokous 3/2027",
    starts_at=datetime(2027, 6, 9, 13, 0, tzinfo=HELSINKI),
    ends_at=datetime(2027, 6, 9, 15, 30, tzinfo=HELSINKI),
    organizer=SENDER,
    changed_at=CALLED,
    place="Keskustakirjasto, sali 2",
    url="https://portal.example/meetings/12/",
    text="Esityslista ja liitteet portaalissa.",
)
LATER = CALLED + timedelta(days=1)


def readings(*files):
    found = [read(data) for data in files]
    assert all(not faults for _reading, faults in found)
    return [reading for reading, _faults in found]


def test_an_invitation_is_read_back_as_it_was_meant():
    (found,) = readings(request_for(FIRST, AINO))
    assert (found.method, found.uid, found.sequence) == (Method.REQUEST, "meeting-12@portal.example", 0)
    assert (found.title, found.place, found.text) == (FIRST.title, FIRST.place, FIRST.text)
    assert (found.starts_at, found.ends_at) == (
        datetime(2027, 6, 9, 10, 0, tzinfo=UTC),
        datetime(2027, 6, 9, 12, 30, tzinfo=UTC),
    )
    assert (found.organizer, found.attendee) == (SENDER.email, AINO.email)


def test_winter_time_is_an_hour_later_in_utc():
    winter = datetime(2027, 12, 1, 13, 0, tzinfo=HELSINKI)
    moved = change(FIRST, at=LATER, starts_at=winter, ends_at=winter + timedelta(hours=2))
    assert readings(request_for(moved, AINO))[0].starts_at.hour == 11


def test_an_update_keeps_the_uid_and_has_a_greater_sequence():
    moved = change(FIRST, at=LATER, place="Etäyhteys")
    before, after = readings(request_for(FIRST, AINO), request_for(moved, AINO))
    assert before.uid == after.uid
    assert (before.sequence, after.sequence, after.place) == (0, 1, "Etäyhteys")
    assert after.stamped_at > before.stamped_at


def test_nothing_changed_is_no_update():
    assert change(FIRST, at=LATER, place=FIRST.place, title=FIRST.title) is FIRST
    assert change(FIRST, at=LATER) is FIRST


def test_a_cancellation_has_the_same_uid_and_the_next_sequence():
    called_off = cancel(change(FIRST, at=LATER, place="Etäyhteys"), at=LATER)
    (found,) = readings(request_for(called_off, AINO))
    assert (found.method, found.uid, found.sequence) == (Method.CANCEL, FIRST.uid, 2)
    assert b"STATUS:CANCELLED" in request_for(called_off, AINO)
    assert cancel(called_off, at=LATER) is called_off
    for again in (lambda: change(called_off, at=LATER, place="x"), lambda: renew(called_off, at=LATER)):
        with pytest.raises(ValueError, match="cancelled"):
            again()


def test_sending_the_same_twice_gives_the_same_file():
    assert request_for(FIRST, AINO) == request_for(FIRST, AINO)


def test_nobody_elses_address_stands_in_the_file():
    data = request_for(FIRST, AINO)
    assert AINO.email.encode() in data
    assert VEERA.email.encode() not in data
    assert data.count(b"ATTENDEE") == 1


@pytest.mark.parametrize("part", Part)
def test_the_attendees_part_and_that_no_reply_is_asked(part):
    event = Calendar.from_ical(request_for(FIRST, AINO, part=part)).walk("VEVENT")[0]
    parameters = event["ATTENDEE"].params
    assert (parameters["ROLE"], parameters["RSVP"], parameters["CN"]) == (part.value, "FALSE", "Aino Öster")


def test_a_deputy_called_later_gets_the_present_state():
    moved = change(FIRST, at=LATER, place="Etäyhteys")
    (found,) = readings(request_for(moved, VEERA))
    assert (found.sequence, found.place, found.attendee) == (1, "Etäyhteys", VEERA.email)


def test_one_recipient_can_be_withdrawn_while_the_meeting_stands():
    moved = change(FIRST, at=LATER, place="Etäyhteys")
    gone, stays = readings(
        withdrawal_for(moved, VEERA, at=LATER + timedelta(hours=1)), request_for(moved, AINO)
    )
    assert (gone.method, gone.uid, gone.sequence) == (Method.CANCEL, FIRST.uid, 1)
    assert gone.stamped_at == LATER + timedelta(hours=1)
    assert (stays.method, stays.sequence) == (Method.REQUEST, 1)
    (back,) = readings(request_for(renew(moved, at=LATER + timedelta(hours=2)), VEERA))
    assert back.sequence > gone.sequence
    assert back.stamped_at > gone.stamped_at


def test_what_must_not_change_does_not():
    for name, value in {"uid": "x", "sequence": 7, "is_cancelled": True}.items():
        with pytest.raises(TypeError, match=name):
            change(FIRST, at=LATER, **{name: value})


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": datetime(2027, 6, 9, 13, 0)},
        {"ends_at": FIRST.starts_at},
        {"uid": " "},
        {"title": ""},
        {"organizer": Contact("X", "")},
    ],
)
def test_an_impossible_invitation_is_refused(wrong):
    facts = {name: getattr(FIRST, name) for name in FIRST.__dataclass_fields__}
    with pytest.raises(ValueError, match=r"zone|ends|uid"):
        Invitation(**facts | wrong)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"METHOD:REQUEST", b"METHOD:CANCEL", Fault.STATUS),
        (b"METHOD:REQUEST", b"METHOD:PUBLISH", Fault.METHOD),
        (b"UID:meeting-12@portal.example\r\n", b"", Fault.MISSING),
        (b"SEQUENCE:0\r\n", b"", Fault.MISSING),
        (b"PRODID:-//Consortium of Public Libraries//portal//FI\r\n", b"", Fault.MISSING),
        (b"DTEND:20270609T123000Z", b"DTEND:20270609T093000Z", Fault.TIMES),
        (b"DTSTART:20270609T100000Z", b"DTSTART:20270609T100000", Fault.TIMES),
        (b"STATUS:", b"ATTENDEE:mailto:x@y.example\r\nSTATUS:", Fault.OTHERS),
        (b"BEGIN:VEVENT", b"BEGIN:VTODO", Fault.NOT_ONE_EVENT),
        (b"END:VEVENT", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT", Fault.NOT_ONE_EVENT),
    ],
)
def test_reading_back_finds_what_a_calendar_would_stumble_on(old, new, fault):
    data = request_for(FIRST, AINO)
    assert old in data
    found, faults = read(data.replace(old, new))
    assert (found, faults) == (None, (fault,))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"not a calendar"])
def test_what_is_no_calendar_is_unreadable(data):
    assert read(data) == (None, (Fault.UNREADABLE,))


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)


@settings(max_examples=100, deadline=None)
@given(texts, texts, texts)
def test_any_words_come_back_as_they_were_and_no_line_is_long(title, place, name):
    odd = change(FIRST, at=LATER, title=f"K {title}", place=place)
    data = request_for(odd, Contact(name, AINO.email))
    (found,) = readings(data)
    assert (found.title, found.place, found.attendee) == (f"K {title}", place, AINO.email)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


@pytest.mark.parametrize("text", ["a\r\nATTENDEE:mailto:evil@x.example", "a\nEND:VEVENT\nBEGIN:VEVENT"])
def test_line_breaks_in_texts_and_names_add_nothing_to_the_file(text):
    odd = change(FIRST, at=LATER, title=text, text=text, place=text)
    (found,) = readings(request_for(odd, Contact(text, AINO.email)))
    assert found.attendee == AINO.email
    with pytest.raises(ValueError, match="CR or LF"):
        request_for(FIRST, Contact("Aino", "aino@x.example\r\nX:1"))
