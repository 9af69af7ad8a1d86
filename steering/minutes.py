"""Minutes that write themselves from the facts of a meeting, as numbered items of lines.

A line is a key with figures; ``steering.minutes_words`` says it in Finnish or Swedish. The full form holds all; the
published one only what the public may and need read. Source: Kuntalaki 410/2015 107 and 140 § as a model, 621/1999;
which names go is the portal's own rule, told at ``WITHOUT_NAMES``.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from steering.meeting import Fault, Meeting, Outcome, Person, Restriction, faults, here_now
from steering.quorum import Office, Role, times
from steering.voting import Ground, Way, gone_during


class Line(NamedTuple):
    """One statement: a key of ``steering.minutes_words.WORDS`` and its figures."""

    key: str
    figures: dict


class Correction(NamedTuple):
    """A dated correction of an item: what the minutes said, what is right, why, and who made it."""

    on: date
    number: int
    was: str
    right: str
    reason: str
    by: Person


@dataclass(frozen=True)
class Entry:
    """A numbered item. ``present``: lines of who took part in it, for its extract. Unpublished: only the number."""

    number: int
    title: str = ""
    lines: tuple[Line, ...] = ()
    present: tuple[Line, ...] = ()
    restriction: Restriction | None = None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class Minutes:
    """Minutes of one meeting: its head, its items, its end."""

    held_on: date
    head: tuple[Line, ...]
    entries: tuple[Entry, ...]
    tail: tuple[Line, ...]
    is_published: bool = False

    def entry(self, number):
        """Return the item of a number; raises KeyError when there is none."""
        for entry in self.entries:
            if entry.number == number:
                return entry
        raise KeyError(number)


class Untrue(ValueError):
    """Minutes cannot say what the facts contradict; ``found`` are the faults."""

    def __init__(self, found):
        self.found = tuple(found)
        super().__init__(", ".join(f"{each.code} ({each.number})" for each in self.found))


def compose(meeting: Meeting):
    """Return the Minutes of a meeting, full form; what is unfinished stays open. Raises Untrue for other faults."""
    untrue = [each for each in faults(meeting) if not Fault(each.code).is_unfinished]
    if untrue:
        raise Untrue(untrue)
    head = [*_opening(meeting), *_attendance(meeting)]
    tail = [Line("break", {"since": each.began_at, "until": each.ended_at}) for each in meeting.breaks]
    tail.append(Line("closed", {"at": meeting.closed_at}))
    tail += [Line("checker", {"person": meeting.people[each]}) for each in meeting.checkers]
    entries = tuple(_entry(meeting, item) for item in meeting.items)
    return Minutes(meeting.held_on, tuple(head), entries, tuple(tail))


def _opening(meeting):
    yield Line(
        "meeting",
        {"body": meeting.body, "number": meeting.number, "place": meeting.place, "at": meeting.opened_at},
    )
    yield Line("called", {"on": meeting.called_on})
    opener = meeting.opener
    if opener is None:
        yield Line("opened_without_chair", {})
    else:
        by_chair = meeting.group.seat_of(opener).office is Office.CHAIR
        yield Line(
            "opened_by_chair" if by_chair else "opened_by_vice_chair", {"person": meeting.people[opener]}
        )


def _attendance(meeting):
    """Return who was there from when to when, seat by seat, then the others."""
    people, lines = meeting.people, []
    for seat in meeting.group.seats:
        sat = times(seat, meeting.attendance)
        if seat.member is not None and all(time.person != seat.member for time in sat):
            lines.append(Line("absent", {"person": people[seat.member]}))
        for time in sat:
            figures = {
                "person": people[time.person],
                "since": time.start,
                "until": time.end or meeting.closed_at,
            }
            if time.person == seat.member:
                lines.append(Line(seat.office.value if seat.office else "member", figures))
            elif seat.member is None:
                lines.append(Line("deputy_of_vacant", figures))
            else:
                key = "deputy" if time.votes else "deputy_beside_member"
                lines.append(Line(key, figures | {"member": people[seat.member]}))
        if seat.member is None and not sat:
            lines.append(Line("vacant", {}))
    for person, own in meeting.attendance.items():
        role = meeting.group.role_of(person)
        if role not in {Role.MEMBER, Role.DEPUTY}:
            lines += [
                Line(
                    role.value,
                    {
                        "person": people[person],
                        "since": each.arrived,
                        "until": each.left or meeting.closed_at,
                    },
                )
                for each in own
            ]
    return lines


def _entry(meeting, item):
    people = meeting.people
    lines = [*_presence(meeting, item), *_quorum(meeting, item)]
    if item.proposal:
        lines.append(Line("proposal", {"text": item.proposal}))
    said = {"proposed_by": item.proposed_by, "seconded_by": item.seconded_by, "discussion": item.discussion}
    lines += [Line(key, {"text": text}) for key, text in said.items() if text]
    for earlier in item.votes[:-1]:
        lines += _vote(meeting, earlier)
        lines += [Line("put_again", {})] if earlier.way is Way.ROLL_CALL else []
    if item.votes:
        lines += _vote(meeting, item.votes[-1])
    lines += _outcome(meeting, item)
    for dissent in item.dissents:
        figures = {"person": people[dissent.person]}
        text = dissent.text.strip()
        lines.append(
            Line("dissent", figures | {"text": text}) if text else Line("dissent_without_text", figures)
        )
    lines += [
        Line("task", {"text": t.text, "owner": people[t.owner], "due_on": t.due_on}) for t in item.tasks
    ]
    return Entry(item.number, item.title, tuple(lines), tuple(_present(meeting, item)), item.restriction)


def _presence(meeting, item):
    """Return who of the seats came and went during the item, and who was in conflict; others stand in the head."""
    for movement in sorted(meeting.movements, key=lambda each: each.at):
        if meeting.group.seat_of(movement.person) and item.opened_at < movement.at <= item.closed_at:
            earlier = [m.at for m in meeting.movements if m.person == movement.person and m.at < movement.at]
            back = bool(earlier) and movement.way.value == "arrived"
            figures = {"person": meeting.people[movement.person], "at": movement.at}
            yield Line("came_back" if back else movement.way.value, figures)
    for conflict in item.conflicts:
        figures = {"person": meeting.people[conflict.person]}
        yield Line("conflict", figures | {"ground": conflict.ground})
        if conflict.left_at is not None:
            back = {"back_at": conflict.back_at} if conflict.back_at is not None else {}
            yield Line("away" if back else "away_to_end", figures | {"left_at": conflict.left_at} | back)


def _present(meeting, item):
    for sat in meeting.quorum_of(item).sittings:
        if sat.person is not None:
            yield _with_member("took_part", meeting, sat.person, sat.seat.member if sat.as_deputy else None)
    secretary = meeting.group.secretary
    if secretary is not None and here_now(meeting, secretary, item):
        yield Line("took_minutes", {"person": meeting.people[secretary]})


def _with_member(key, meeting, person, member):
    """Return the line of a person, another one where it is a member's deputy."""
    figures = {"person": meeting.people[person]}
    if member is None:
        return Line(key, figures)
    return Line(f"{key}_deputy", figures | {"member": meeting.people[member]})


def _quorum(meeting, item):
    found = meeting.quorum_of(item)
    for sat in found.sittings:
        if sat.as_deputy and sat.seat.member in item.in_conflict:
            figures = {"person": meeting.people[sat.person], "member": meeting.people[sat.seat.member]}
            yield Line("deputy_for_conflict", figures)
    if found.chair is not None and found.chair != meeting.opener:
        yield Line("presides", {"person": meeting.people[found.chair]})
    figures = {"present": found.present, "seats": found.seats, "needed": found.needed}
    if found.is_reached:
        yield Line("quorum", figures)
    else:
        yield from (Line(f"no_quorum_{lack.value}", figures) for lack in found.lacks)


def _vote(meeting, vote):
    """Return what is said of one way in which the item was put; nothing of a consensus that held."""
    people = meeting.people
    if vote.way is Way.CONSENSUS:
        if vote.ground is Ground.OPPOSED:
            yield Line("opposed", {"people": tuple(people[each] for each in vote.opposed)})
        return
    for gone in gone_during(meeting.group, meeting.attendance, vote.opened_at, vote.closed_at):
        figures = {"person": people[gone.person], "at": gone.left_at}
        if gone.back_at is not None:
            yield Line("away_during_vote", figures | {"back_at": gone.back_at})
        else:
            yield Line("dropped_before_close" if gone.dropped else "left_before_close", figures)
    votes = {f"votes_{choice.value}": count for choice, count in vote.counts.items()}
    yield Line("roll_call", votes | {"at": vote.closed_at})
    for voice in vote.voices:
        yield _with_member(f"voice_{voice.choice.value}", meeting, voice.person, voice.deputy_for)
    yield from (Line("silent", {"person": people[each]}) for each in vote.silent)
    if vote.ground is Ground.CHAIR:
        yield Line(f"chair_settled_{vote.result.value}", {"person": people[vote.quorum.chair]})
    elif vote.result is None:
        yield Line(f"vote_{vote.ground.value}", {})


def _outcome(meeting, item):
    if item.outcome is None:
        yield Line("open", {})
    elif item.outcome is Outcome.CHAIR_CHOSEN:
        figures = {"person": meeting.people[item.chosen]}
        if item.chosen_for is None:
            yield Line("chair_chosen", figures)
        else:
            yield Line("chair_chosen_for", figures | {"number": item.chosen_for})
    elif item.outcome is Outcome.MOVED:
        yield Line("moved", {})
    else:
        unopposed = item.outcome is Outcome.DECIDED and (
            not item.votes or item.votes[-1].way is Way.CONSENSUS
        )
        yield Line("decided_unopposed" if unopposed else item.outcome.value, {"text": item.decision})


# --- The published form, corrections, extracts --------------------------------------------------------------

# Names that need not be there: experts and the owners of tasks go by their title and municipality, visitors and the
# grounds of conflicts go altogether. Members, deputies, the secretary and the checkers are named: theirs are official
# acts. A key is said by another one, without the figures named.
WITHOUT_NAMES = {
    "expert": ("expert_published", {"person"}),
    "task": ("task_published", {"owner"}),
    "conflict": ("conflict_published", {"ground"}),
}
LEFT_OUT = {"visitor"}


def published(minutes, on):
    """Return the published form on a day: of an item restricted on that day only the number is left (C 49, A 49)."""
    entries = tuple(_published(entry, on) for entry in minutes.entries)
    head, tail = _without_names(minutes.head), _without_names(minutes.tail)
    return replace(minutes, head=head, entries=entries, tail=tail, is_published=True)


def _published(entry, on):
    limit = entry.restriction
    if limit is not None and (limit.ends_on is None or on <= limit.ends_on):
        return Entry(entry.number)
    return replace(
        entry, lines=_without_names(entry.lines), present=_without_names(entry.present), restriction=None
    )


def _without_names(lines):
    found = []
    for line in lines:
        if line.key in LEFT_OUT:
            continue
        key, hidden = WITHOUT_NAMES.get(line.key, (line.key, set()))
        figures = {name: value for name, value in line.figures.items() if name not in hidden}
        for name in hidden & {"person", "owner"}:
            person = line.figures[name]
            figures["role"] = ", ".join(filter(None, (person.title, person.municipality))) or "–"
        found.append(Line(key, figures))
    return tuple(found)


def _named(word, name):
    """Tell whether a word may be an inflected form of a name; "antecknades" is none of Antero."""
    stem = name[: max(4, len(name) - 3)]
    return word.startswith(name) or (word.startswith(stem) and len(word) <= len(name) + 4)


def names_left(minutes, people):
    """Return (number, Person) for each whose name still stands in a free text of an item: for a person to judge.

    A word that begins with a name is found, and one that begins like it, its last three letters apart (at least four
    stay), and is at most four letters longer: Virtanen, Virtasen. One whose beginning changes (Mäki, Mäen) is not.
    """
    found = []
    for entry in minutes.entries:
        texts = [entry.title, *(t for c in entry.corrections for t in (c.was, c.right, c.reason))]
        texts += [value for line in entry.lines for value in line.figures.values() if isinstance(value, str)]
        spoken = [word.strip(".,;:!?()\"'”–").casefold() for text in texts for word in text.split()]
        for person in people:
            names = person.name.casefold().split()
            if any(_named(word, name) for word in spoken for name in names):
                found.append((entry.number, person))
    return tuple(found)


def correct(minutes, correction):
    """Return the minutes with a dated correction beside the old text, which stays.

    Raises KeyError for an item that is not there; ValueError for a published form, an empty correction, or a day
    before the meeting or an earlier correction of the item.
    """
    entry = minutes.entry(correction.number)
    if minutes.is_published:
        raise ValueError("The full form is corrected, and published anew.")
    if not correction.right.strip() or not correction.reason.strip():
        raise ValueError("A correction says what is right, and why.")
    if correction.on < max([minutes.held_on, *(each.on for each in entry.corrections)]):
        raise ValueError("A correction comes after the meeting and after earlier ones.")
    new = replace(entry, corrections=(*entry.corrections, correction))
    return replace(minutes, entries=tuple(new if each is entry else each for each in minutes.entries))


@dataclass(frozen=True)
class Extract:
    """One item on its own (pöytäkirjanote): the meeting's line, who took part in the item, the item, the checkers."""

    meeting: Line
    entry: Entry
    tail: tuple[Line, ...]


def extract(minutes, number):
    """Return the Extract of an item; raises KeyError when it is not there, ValueError when only its number is."""
    entry = minutes.entry(number)
    if not entry.lines:
        raise ValueError("Only the number of the item is published.")
    return Extract(minutes.head[0], entry, minutes.tail)
