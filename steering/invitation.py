"""A meeting for people's calendars: invited, changed and cancelled by iCalendar files that keep one UID.

Each recipient gets a file of their own in which nobody else's address stands. People answer in the portal, so no reply
is asked of the calendar. Nothing of the items is told: they may be restricted. Times are written in UTC. Source: RFC
5545 and 5546 (METHOD, SEQUENCE: a greater number takes the place of a smaller one).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Consortium of Public Libraries//portal//FI"


class Method(StrEnum):
    """What a file asks a calendar to do."""

    REQUEST = "REQUEST"  # put in, or take the place of what is there
    CANCEL = "CANCEL"


class Part(StrEnum):
    """As what a recipient takes part."""

    CHAIR = "CHAIR"
    SEATED = "REQ-PARTICIPANT"
    GUEST = "OPT-PARTICIPANT"  # expert, observer


@dataclass(frozen=True)
class Contact:
    """A name and an e-mail address."""

    name: str
    email: str


@dataclass(frozen=True)
class Invitation:
    """What calendars are told of a meeting. ``uid`` never changes; ``sequence`` grows with each change.

    ``changed_at``: when this state came to be; sending it again changes nothing. Raises ValueError for times without a
    zone, an end that is not after the start, or an empty uid, title or address.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    organizer: Contact
    changed_at: datetime
    place: str = ""
    url: str = ""
    text: str = ""
    sequence: int = 0
    is_cancelled: bool = False

    def __post_init__(self):
        moments = (self.starts_at, self.ends_at, self.changed_at)
        if any(moment.utcoffset() is None for moment in moments):
            raise ValueError("The times of an invitation have a zone.")
        if self.ends_at <= self.starts_at:
            raise ValueError("A meeting ends after it starts.")
        if not (self.uid.strip() and self.title.strip() and self.organizer.email.strip()):
            raise ValueError("An invitation has a uid, a title and a sender's address.")


CHANGEABLE = frozenset({"title", "starts_at", "ends_at", "organizer", "place", "url", "text"})


def uid_of(key, address):
    """Return the UID of a meeting: its key in the portal at the portal's address, the same for ever."""
    return f"meeting-{key}@{address.rpartition('//')[2].rstrip('/')}"


def change(invitation, *, at, **changes):
    """Return the invitation with changes and the next sequence; itself where nothing differs.

    A cancelled one is never called again: that is a new meeting. Raises ValueError for it; TypeError for another name.
    """
    if set(changes) - CHANGEABLE:
        raise TypeError(f"Not changed: {sorted(set(changes) - CHANGEABLE)}.")
    if invitation.is_cancelled:
        raise ValueError("A cancelled meeting is not changed.")
    if all(getattr(invitation, name) == value for name, value in changes.items()):
        return invitation
    return replace(invitation, **changes, changed_at=at, sequence=invitation.sequence + 1)


def cancel(invitation, *, at):
    """Return the invitation cancelled for all, with the next sequence; itself when it already is."""
    if invitation.is_cancelled:
        return invitation
    return replace(invitation, is_cancelled=True, changed_at=at, sequence=invitation.sequence + 1)


def renew(invitation, *, at):
    """Return the invitation with the next sequence and nothing else changed.

    For one who is called again after a withdrawal: calendars that have cancelled a sequence do not take it back in.
    Raises ValueError for a cancelled one.
    """
    if invitation.is_cancelled:
        raise ValueError("A cancelled meeting is not called again.")
    return replace(invitation, changed_at=at, sequence=invitation.sequence + 1)


def request_for(invitation, recipient, *, part=Part.SEATED):
    """Return the file (bytes) for one recipient: also for a deputy called later, and after each change.

    A cancelled meeting gives its cancellation. The same state always gives the same file.
    """
    method = Method.CANCEL if invitation.is_cancelled else Method.REQUEST
    return _file(invitation, recipient, part, method, invitation.changed_at)


def withdrawal_for(invitation, recipient, *, at, part=Part.SEATED):
    """Return the file (bytes) that takes the meeting out of one calendar, while it stands in the others."""
    return _file(invitation, recipient, part, Method.CANCEL, max(at, invitation.changed_at))


def _file(invitation, recipient, part, method, made_at):
    calendar, event = Calendar(), Event()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("last-modified", invitation.changed_at.astimezone(UTC))
    event.add("dtstart", invitation.starts_at.astimezone(UTC))
    event.add("dtend", invitation.ends_at.astimezone(UTC))
    event.add("summary", invitation.title)
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    for name, value in (
        ("location", invitation.place),
        ("url", invitation.url),
        ("description", invitation.text),
    ):
        if value:
            event.add(name, value)
    event.add("organizer", _address(invitation.organizer))
    attendee = _address(recipient)
    attendee.params["ROLE"] = vText(Part(part).value)
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)
    calendar.add_component(event)
    return calendar.to_ical()


def _address(contact):
    """Return a calendar address; raises ValueError for line breaks in it."""
    address = vCalAddress(f"mailto:{contact.email}")
    if contact.name:
        address.params["CN"] = vText(" ".join(contact.name.split()))
    return address


class Fault(StrEnum):
    """Why a calendar would not, or not rightly, take a file in."""

    UNREADABLE = "unreadable"
    NOT_ONE_EVENT = "not_one_event"
    MISSING = "missing"
    METHOD = "method"
    STATUS = "status"  # does not go with the method
    TIMES = "times"
    OTHERS = "others"  # not exactly one attendee


REQUIRED = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "ORGANIZER", "ATTENDEE", "STATUS")


@dataclass(frozen=True)
class Reading:
    """What a calendar reads from a file; times in UTC, addresses without ``mailto:``."""

    method: Method
    uid: str
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    organizer: str
    attendee: str
    place: str
    url: str
    text: str


def read(data):
    """Return the Reading of a file (bytes) and its Faults; None for the reading where there are any."""
    try:
        calendar = Calendar.from_ical(data)
        events = calendar.walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError):
        return None, (Fault.UNREADABLE,)
    if len(events) != 1 or calendar.name != "VCALENDAR":
        return None, (Fault.NOT_ONE_EVENT,)
    (event,) = events
    found = tuple(_faults(calendar, event))
    return (None if found else _reading(calendar, event)), found


def _faults(calendar, event):
    """Yield what is wrong with the one event of a calendar."""
    method = str(calendar.get("METHOD", ""))
    if any(name not in event for name in REQUIRED) or not {"PRODID", "VERSION"} <= set(calendar):
        yield Fault.MISSING
        return
    if method not in set(Method):
        yield Fault.METHOD
    elif (method == Method.CANCEL) != (str(event["STATUS"]) == "CANCELLED"):
        yield Fault.STATUS
    moments = [event[name].dt for name in ("DTSTAMP", "DTSTART", "DTEND")]
    zoned = all(isinstance(moment, datetime) and moment.utcoffset() is not None for moment in moments)
    if not zoned or moments[2] <= moments[1]:
        yield Fault.TIMES
    if isinstance(event["ATTENDEE"], list):
        yield Fault.OTHERS


def _reading(calendar, event):
    return Reading(
        method=Method(str(calendar["METHOD"])),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        title=str(event["SUMMARY"]),
        starts_at=event["DTSTART"].dt.astimezone(UTC),
        ends_at=event["DTEND"].dt.astimezone(UTC),
        stamped_at=event["DTSTAMP"].dt.astimezone(UTC),
        organizer=str(event["ORGANIZER"]).removeprefix("mailto:"),
        attendee=str(event["ATTENDEE"]).removeprefix("mailto:"),
        place=str(event.get("LOCATION", "")),
        url=str(event.get("URL", "")),
        text=str(event.get("DESCRIPTION", "")),
    )
