"""A steering group of made-up people round a table: M1 to M11, each with the deputy of the same number, V1 to V11.

M1 is the chair, M2 the vice-chair, S the secretary, E an expert. Times are those of one afternoon in Helsinki.
"""

from datetime import datetime

from consortium.clock import HELSINKI
from steering.quorum import Group, Movement, Office, Seat, Way, stretches

OFFICES = {1: Office.CHAIR, 2: Office.VICE_CHAIR}


def group(size=11, *, offices=OFFICES, vacant=(), without_deputy=()):
    """Return a group of so many seats; the numbers in ``vacant`` have no member."""
    seats = tuple(
        Seat(
            number,
            None if number in vacant else f"M{number}",
            None if number in without_deputy else f"V{number}",
            None if number in vacant else offices.get(number),
        )
        for number in range(1, size + 1)
    )
    return Group(seats, experts=frozenset({"E"}), secretary="S")


def at(time):
    """Return a moment of the afternoon: "14.20"."""
    hour, minute = map(int, time.split("."))
    return datetime(2027, 6, 9, hour, minute, tzinfo=HELSINKI)


def members(*numbers):
    """Return the names of the members of those seats."""
    return " ".join(f"M{number}" for number in numbers)


def movements(names="", **others):
    """Return marks of attendance: names there from 13.00 on, others by times ("13.00-14.20 14.30", x: dropped out)."""
    found = []
    for name, told in {**dict.fromkeys(names.split(), "13.00"), **others}.items():
        for stretch in told.split():
            start, _, end = stretch.partition("-")
            found.append(Movement(name, at(start), Way.ARRIVED))
            if end:
                way = Way.DROPPED if end.endswith("x") else Way.LEFT
                found.append(Movement(name, at(end.rstrip("x")), way))
    return tuple(found)


def there(names="", **others):
    """Return the attendance; see ``movements``."""
    return stretches(movements(names, **others))
