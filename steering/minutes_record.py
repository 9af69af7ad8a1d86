"""Composed minutes as plain values that can be kept, and what of them a reader sees: by number, and with what names."""

from dataclasses import replace
from datetime import date, datetime

from steering.meeting import Person, Restriction
from steering.minutes import Correction, Entry, Line, Minutes, published

# Sentences that hold a name as text, not as a Person: they go when people's names go.
NAMED_IN_TEXT = {"proposed_by", "seconded_by"}


# --- Kept ----------------------------------------------------------------------------------------------------


def kept(minutes):
    """Return minutes as plain values for JSON; corrections stay in their own rows."""
    return {
        "held_on": minutes.held_on.isoformat(),
        "head": _kept_lines(minutes.head),
        "tail": _kept_lines(minutes.tail),
        "entries": [
            {
                "number": entry.number,
                "title": entry.title,
                "lines": _kept_lines(entry.lines),
                "present": _kept_lines(entry.present),
                "restriction": _kept_restriction(entry.restriction),
            }
            for entry in minutes.entries
        ],
    }


def _kept_lines(lines):
    return [[line.key, {name: _kept(value) for name, value in line.figures.items()}] for line in lines]


def _kept_restriction(limit):
    return [limit.ground, limit.ends_on.isoformat() if limit.ends_on else None] if limit else None


def _kept(value):
    """Return one figure as a plain value; raises TypeError for a kind that minutes do not hold."""
    if isinstance(value, Person):
        return {"person": list(value)}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, tuple):
        return {"all": [_kept(each) for each in value]}
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"Minutes hold no {type(value).__name__}.")


def read_back(plain):
    """Return the Minutes of plain values that ``kept`` made."""
    return Minutes(
        date.fromisoformat(plain["held_on"]),
        _lines(plain["head"]),
        tuple(_entry(entry) for entry in plain["entries"]),
        _lines(plain["tail"]),
    )


def _entry(plain):
    limit = plain["restriction"]
    if limit is not None:
        limit = Restriction(limit[0], date.fromisoformat(limit[1]) if limit[1] else None)
    return Entry(
        plain["number"], plain["title"], _lines(plain["lines"]), _lines(plain["present"]), restriction=limit
    )


def _lines(plain):
    return tuple(
        Line(key, {name: _value(value) for name, value in figures.items()}) for key, figures in plain
    )


def _value(plain):
    if not isinstance(plain, dict):
        return plain
    ((kind, value),) = plain.items()
    return {
        "person": lambda: Person(*value),
        "at": lambda: datetime.fromisoformat(value),
        "on": lambda: date.fromisoformat(value),
        "all": lambda: tuple(_value(each) for each in value),
    }[kind]()


# --- Seen ----------------------------------------------------------------------------------------------------


def limited(minutes, restrictions):
    """Return the minutes with the restrictions as they stand now. ``restrictions``: number → Restriction or None."""
    entries = tuple(
        replace(entry, restriction=restrictions.get(entry.number, entry.restriction))
        for entry in minutes.entries
    )
    return replace(minutes, entries=entries)


def without(minutes, numbers):
    """Return the minutes in which of some items only the number is left."""
    entries = tuple(Entry(each.number) if each.number in numbers else each for each in minutes.entries)
    return replace(minutes, entries=entries)


def hidden(minutes):
    """Return the numbers of the items of which only the number is left."""
    return [entry.number for entry in minutes.entries if not entry.lines]


def once_open(minutes):
    """Return the published form as it is once nothing in it is restricted any more."""
    return published(
        limited(minutes, dict.fromkeys(each.number for each in minutes.entries)), minutes.held_on
    )


def people_of(minutes):
    """Return everybody whom the minutes name, in the order in which they do."""
    lines = [*minutes.head, *(line for entry in minutes.entries for line in entry.lines), *minutes.tail]
    values = [value for line in lines for value in line.figures.values()]
    values += [
        each
        for value in values
        if isinstance(value, tuple) and not isinstance(value, Person)
        for each in value
    ]
    return list(dict.fromkeys(value for value in values if isinstance(value, Person)))


def nameless(minutes):
    """Return published minutes without anybody's name: a person is told by municipality, else by title (A 49)."""
    entries = tuple(
        replace(
            entry,
            lines=_nameless(entry.lines),
            present=_nameless(entry.present),
            corrections=tuple(_nameless_correction(each) for each in entry.corrections),
        )
        for entry in minutes.entries
    )
    head, tail = _nameless(minutes.head), _nameless(minutes.tail)
    return replace(minutes, head=head, entries=entries, tail=tail)


def _nameless_correction(correction: Correction):
    return correction._replace(by=_called(correction.by))


def _nameless(lines):
    return tuple(
        Line(line.key, {name: _called(value) for name, value in line.figures.items()})
        for line in lines
        if line.key not in NAMED_IN_TEXT
    )


def _called(value):
    if isinstance(value, Person):
        return Person(value.municipality or value.title or "–")
    return tuple(_called(each) for each in value) if isinstance(value, tuple) else value
