"""Whom a body's seats represent, as one table: now, and with the candidates who are put forward."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.templatetags.portal import day, number, place_name
from members.models import Municipality, MunicipalityLanguage
from steering import seats
from steering.models import SeatKind
from steering.models.seating import as_candidate, as_term
from steering.seat_emails import role_of

NAMED = 4  # people named where their terms end on the same day; more are counted


def of(body, candidates, picked, today):
    """Return the context of the table: now, and with the picked candidates in the places they stand for."""
    own = body.seats.filter(kind=SeatKind.MEMBER, ended_on__isnull=True)
    numbers = list(own.values_list("number", flat=True))
    rows = body.terms.not_over(today).filter(seat__kind=SeatKind.MEMBER)
    terms = list(rows.select_related("seat", "user", "municipality"))
    members = list(Municipality.objects.members_on(today).with_population())
    known = [
        seats.Municipality(m.code, m.region_code, m.language, m.library_network, m.residents or 0)
        for m in members
    ]
    wanted = [one for one in picked if one.seat.kind == SeatKind.MEMBER]
    as_they_are = [as_term(term) for term in terms]
    now = seats.representation(numbers, as_they_are, known, on=today)
    then = seats.representation(
        numbers, as_they_are, known, on=today, candidates=[as_candidate(one) for one in wanted]
    )
    newest = max((m.residents_on for m in members if m.residents_on), default=None)
    people = {term.user.email.lower(): term.user.get_full_name() for term in terms}
    people |= {one.email.lower(): one.name for one in candidates}
    return {
        "says": _says(now, then, len(numbers), bool(wanted)),
        "sides": _sides(then, {m.region_code: m for m in members}),
        "seat_rows": _seat_rows(now, then, len(numbers), terms),
        "choices": [(one, _choice(one), one in picked) for one in candidates],
        "with_candidates": bool(wanted),
        "members": len(members),
        "residents": sum(each.residents for each in known),
        "residents_on": newest,
        "strangers": [people.get(each.person, each.person) for each in then.strangers],
        "today": today,
    }


def _says(now, then, number_of_seats, with_candidates):
    """Return in sentences how many seats are taken, and how many deputies are missing."""
    told = [_taken(number_of_seats - len(now.vacant), number_of_seats)]
    told.append(_missing(len(now.deputies_missing)))
    if with_candidates:
        words = _(
            "With these candidates %(filled)s of %(n)s seats are filled, and %(missing)s lack a deputy."
        )
        filled, missing = number_of_seats - len(then.vacant), len(then.deputies_missing)
        told.append(words % {"filled": filled, "n": number_of_seats, "missing": missing})
    return " ".join(told)


def _taken(filled, of_all):
    words = ngettext("%(filled)s of %(n)s seats is filled.", "%(filled)s of %(n)s seats are filled.", filled)
    return words % {"filled": filled, "n": of_all}


def _missing(missing):
    if not missing:
        return _("Every seat has a deputy.")
    return ngettext("%(n)s seat lacks a deputy.", "%(n)s seats lack a deputy.", missing) % {"n": missing}


def _sides(found, regions):
    """Return the table's groups of rows, one a side."""
    labels = {
        seats.Side.REGION: _("Region"),
        seats.Side.SIZE: _("Residents of the municipality"),
        seats.Side.LANGUAGE: _("Language"),
        seats.Side.NETWORK: _("Library network"),
    }
    languages = dict(MunicipalityLanguage.choices)

    def named(row):
        if row.side is seats.Side.REGION:
            return regions[row.value].region
        if row.side is seats.Side.SIZE:
            return _size(*row.value)
        if row.side is seats.Side.LANGUAGE:
            return str(languages[row.value]).capitalize()
        return row.value or _("No network")

    return [
        (
            label,
            [(named(row), row, _tenths(row.by_members), _tenths(row.by_residents)) for row in found.of(side)],
        )
        for side, label in labels.items()
    ]


def _tenths(value):
    """Return a share with its one decimal, as figures are written here."""
    return f"{value:.1f}".replace(".", ",")


def _size(least, below):
    """Return a class of municipalities by residents, in words."""
    if below is None:
        return _("%(least)s or more") % {"least": number(least)}
    if not least:
        return _("below %(below)s") % {"below": number(below)}
    return _("%(least)s to %(most)s") % {"least": number(least), "most": number(below - 1)}


def _seat_rows(now, then, number_of_seats, terms):
    """Return the last group: seats filled, deputies, terms that end soon; now and with the candidates."""
    names = {(t.seat.number, seats.Place(t.place)): t for t in terms}
    ending = [names[each.seat, each.place] for each in then.ending]
    filled = [number_of_seats - len(found.vacant) for found in (now, then)]
    lacking = [len(found.deputies_missing) for found in (now, then)]
    return [
        (_("Seats filled"), *filled, _numbers(then.vacant, _("empty: %(seats)s"))),
        (_("Seats without a deputy"), *lacking, _numbers(then.deputies_missing, _("seats %(seats)s"))),
        (
            _("Terms that end within half a year, nobody to follow"),
            len(now.ending),
            len(then.ending),
            _ending(ending),
        ),
    ]


def _ending(terms):
    """Return the days on which terms end, each with its people, or their number where they are many."""
    days = {}
    for term in sorted(terms, key=lambda term: term.ends_on):
        days.setdefault(term.ends_on, []).append(term.user.get_full_name())
    told = []
    for last, names in days.items():
        many = ngettext("%(n)s term", "%(n)s terms", len(names)) % {"n": len(names)}
        told.append(f"{day(last)}: {', '.join(names) if len(names) <= NAMED else many}")
    return "; ".join(told)


def _numbers(found, words):
    return words % {"seats": ", ".join(map(str, found))} if found else ""


def _choice(candidate):
    """Return a candidate as a line to tick."""
    facts = {"number": candidate.seat.number, "role": role_of(candidate), "name": candidate.name}
    words = _("Seat %(number)s, %(role)s: %(name)s") % facts
    return f"{words}, {place_name(candidate.municipality)}" if candidate.municipality else words
