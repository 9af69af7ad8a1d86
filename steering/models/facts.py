"""A meeting's records as the facts from which quorum, votes and minutes are reckoned (``steering.meeting``).

People are keyed by their account's number, visitors by what was written of them.
"""

from dataclasses import replace
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import override

from consortium import clock
from consortium.templatetags.portal import place_name
from steering import meeting as held
from steering import voting
from steering.models.words import BallotWay, Choice, Office, Place, SeatKind
from steering.quorum import Group, Movement, Rules, Seat, Way, stretches
from steering.quorum import Office as Presides

OFFICES = {Office.CHAIR: Presides.CHAIR, Office.VICE: Presides.VICE_CHAIR}


class Sitters(NamedTuple):
    """Who sits in a body on a day: ``group`` by keys, ``people``: key → Person, ``users``: key → account."""

    group: Group
    people: dict
    users: dict


def sitters(body, day, language):
    """Return the Sitters of a body on a day, people named in a language.

    In a seat that has lost its member the deputy goes on, as the one who is called, while the deputy's own term runs.
    """
    terms = list(body.terms.on(day).select_related("seat", "user", "municipality"))
    by_place = {(term.seat_id, term.place): term for term in terms}
    kinds = {term.user_id: term.seat.kind for term in terms}
    seats = []
    rows = body.seats.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), kind=SeatKind.MEMBER)
    for seat in rows.order_by("number"):
        member, deputy = (by_place.get((seat.pk, place)) for place in (Place.MEMBER, Place.DEPUTY))
        if member is None:
            seats.append(Seat(seat.number, None, deputy and deputy.user_id))
        else:
            office = OFFICES.get(member.office)
            seats.append(Seat(seat.number, member.user_id, deputy and deputy.user_id, office))
    group = Group(
        tuple(seats),
        frozenset(key for key, kind in kinds.items() if kind == SeatKind.EXPERT),
        next((key for key, kind in kinds.items() if kind == SeatKind.SECRETARY), None),
    )
    people = {term.user_id: _person(term.user, language, term) for term in terms}
    return Sitters(group, people, {term.user_id: term.user for term in terms})


def _person(user, language, term=None):
    place = term.municipality if term else None
    title = (term.title if term else "") or user.title
    return held.Person(user.get_full_name(), title, place_name(place, language) if place else "")


def day_of(meeting):
    """Return the day whose terms count for a meeting: on which it was opened, or is to be."""
    return clock.date_of(meeting.opened_at or meeting.starts_at) or clock.today()


def facts_of(meeting, language, reader=None, checkers=(), now=None):
    """Return a meeting as it was, or so far is, held: a ``steering.meeting.Meeting`` with texts in a language.

    Only items that have been taken up are in it; the one in hand ends now. Of an item that ``reader`` may not read
    only number, times, outcome and restriction are told; None: everything. ``checkers``: keys of those who check.
    """
    now = now or clock.now()
    body = meeting.body
    sit = sitters(body, day_of(meeting), language)
    marks = list(meeting.movements.select_related("user"))
    rows = _items(meeting)
    found = held.Meeting(
        body=body.name_sv if language == "sv" else body.name_fi,
        number=meeting.number,
        place=meeting.place or meeting.link,
        called_on=meeting.called_on,
        opened_at=meeting.opened_at or now,
        closed_at=meeting.closed_at or now,
        group=sit.group,
        people=_everyone(marks, rows, language) | sit.people,
        movements=_standing(marks),
        items=(),
        checkers=tuple(checkers),
        breaks=tuple(held.Break(each.began_at, each.ended_at or now) for each in meeting.recesses.all()),
        rules=Rules(chair_settles=body.chair_settles, deputy_for_conflict=body.deputy_for_conflict),
    )
    numbers, readable = _numbers(rows), _readable(meeting, reader)
    for row in rows:
        if row.opened_at is None:
            break
        item = _item(row, found, marks, numbers, language, now)
        shown = item if readable is None or row.pk in readable else _masked(item)
        found = replace(found, items=(*found.items, shown))
    return found


def _readable(meeting, reader):
    """Return the numbers of the rows that a person may read, or None for all."""
    if reader is None:
        return None
    return set(
        meeting.items.model.objects.visible_to(reader).filter(meeting=meeting).values_list("pk", flat=True)
    )


def _items(meeting):
    """Return the items, those taken up first and as they were, each with all that was recorded of it."""
    kept = ("ballots__casts__user", "conflicts__user", "dissents__user", "actions__owner")
    rows = meeting.items.select_related("chosen", "proposal", "concerns").prefetch_related(*kept)
    return sorted(rows, key=lambda row: (row.number is None, row.number or row.position))


def _numbers(rows):
    """Return each row's section; of one that is still to be taken up the one it would get if all went in order."""
    found, last = {}, 0
    for row in rows:
        last = found[row.pk] = row.number or last + 1
    return found


def _everyone(marks, rows, language):
    """Return key → Person of all who stand in the records, whether or not they have a place in the body."""
    found = {mark.visitor: held.Person(mark.visitor) for mark in marks if mark.visitor}
    users = [mark.user for mark in marks if mark.user_id]
    for row in rows:
        users += [record.user for record in (*row.conflicts.all(), *row.dissents.all())]
        users += [action.owner for action in row.actions.all()]
        users += [cast.user for ballot in row.ballots.all() for cast in ballot.casts.all()]
        users += [row.chosen] if row.chosen_id else []
    return found | {user.pk: _person(user, language) for user in users}


def _stood(record, at):
    """Say whether a mark or a conflict stands; given a moment, whether it stood by what was recorded then."""
    if at is None:
        return record.undone_at is None
    return record.marked_at <= at and (record.undone_at is None or record.undone_at > at)


def _standing(marks, at=None):
    """Return the marks of attendance that stand, or stood by what was recorded at a moment, as quorum.Movements."""
    return tuple(
        Movement(mark.user_id or mark.visitor, mark.at, Way(mark.kind)) for mark in marks if _stood(mark, at)
    )


def _in(row, name, language):
    """Return a text in a language, or in Finnish where there is no other."""
    return (getattr(row, f"{name}_sv") if language == "sv" else "") or getattr(row, f"{name}_fi")


def _item(row, found, marks, numbers, language, now):
    """Return one item; ``found`` is the meeting up to it."""
    item = held.Item(
        number=row.number,
        title=_in(row, "title", language),
        opened_at=row.opened_at,
        closed_at=row.closed_at or now,
        proposal=_in(row, "proposal", language),
        outcome=held.Outcome(row.outcome) if row.outcome else None,
        decision=_in(row, "decision", language),
        discussion=_in(row, "discussion", language),
        proposed_by=row.proposed_by,
        seconded_by=row.seconded_by,
        conflicts=tuple(
            held.Conflict(each.user_id, each.ground, each.left_at, each.back_at)
            for each in row.conflicts.all()
            if _stood(each, None)
        ),
        dissents=tuple(
            voting.Dissent(each.user_id, each.at, each.text, each.text_at, each.proposed_otherwise)
            for each in row.dissents.all()
        ),
        tasks=tuple(
            held.Task(_in(each, "text", language), each.owner_id, each.due_on) for each in row.actions.all()
        ),
        chosen=row.chosen_id,
        chosen_for=numbers.get(row.chosen_for_id),
        restriction=_restriction(row, language),
    )
    votes = (vote_of(ballot, row, found, item, marks) for ballot in row.ballots.all() if _counts(ballot))
    return replace(item, votes=tuple(votes))


def _restriction(row, language):
    """Return why an item is not public: on a ground of its own, its proposal's, or because a tender is running."""
    if row.restricted_ground:
        return held.Restriction(row.restricted_ground, row.restricted_until)
    if not row.is_restricted():
        return None
    with override(language):
        return held.Restriction(str(row.ground), None if row.in_tender else row.proposal.restricted_until)


def _counts(ballot):
    """Say whether a vote was closed and has not been set aside."""
    return ballot.closed_at is not None and ballot.set_aside_at is None


def vote_of(ballot, row, found, item, marks, at=None):
    """Return a ballot as a voting.Vote by what was recorded at its close, or at another moment were it closed then.

    The result that was reckoned at the close stands.
    """
    closed_at = at or ballot.closed_at
    shared = {
        "in_conflict": frozenset(each.user_id for each in row.conflicts.all() if _stood(each, closed_at)),
        "chosen": found.chosen_for(item),
        "rules": found.rules,
    }
    attendance, casts = stretches(_standing(marks, closed_at)), list(ballot.casts.all())
    if ballot.way == BallotWay.CONSENSUS:
        opposed = tuple(cast.user_id for cast in casts if cast.choice == Choice.AGAINST)
        vote = voting.by_consensus(found.group, attendance, at=closed_at, opposed=opposed, **shared)
    else:
        sent = [voting.Cast(c.user_id, voting.Choice(c.choice), c.at, c.changes) for c in casts]
        times = {"opened_at": ballot.opened_at, "closed_at": closed_at}
        vote = voting.by_roll_call(found.group, attendance, sent, **times, **shared)
    if ballot.closed_at:
        result = voting.Choice(ballot.result) if ballot.result else None
        vote = replace(vote, result=result, ground=voting.Ground(ballot.ground))
    return vote


def _masked(item):
    """Return an item of which nothing is told but that it was there."""
    return held.Item(
        number=item.number,
        title="",
        opened_at=item.opened_at,
        closed_at=item.closed_at,
        outcome=item.outcome,
        restriction=item.restriction,
    )
