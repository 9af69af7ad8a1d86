"""What seats tell on the pages that gather: municipalities that leave, candidates, empty seats, terms that end."""

from collections import Counter

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Part, Task
from consortium.templatetags.portal import day, place_name
from steering import seats
from steering.models import Body, Candidate, CandidateState, Place, SeatKind, Term, last_days
from steering.pages.bodies import seat_words


def leaving(today):
    """Return (term, the last day of its municipality) of the terms that outlast their municipality's membership.

    Nothing moves by itself: staff decide whether the deputy takes the seat or it stays empty.
    """
    terms = Term.objects.not_over(today).select_related("body_of", "seat", "user", "municipality")
    terms = list(terms.filter(municipality__isnull=False, seat__kind=SeatKind.MEMBER))
    days = last_days({term.municipality_id for term in terms}, today)
    return [
        (term, days[term.municipality_id])
        for term in terms
        if term.municipality_id in days and days[term.municipality_id] < term.ends_on
    ]


def tasks(user, today):
    """Return what waits for the service centre: municipalities that leave, candidates, empty seats."""
    if not user.is_staff:
        return []
    return [*_leaving_tasks(today), *_candidate_tasks(), *_empty_tasks(today)]


def _leaving_tasks(today):
    words = _("Decide on the seat of %(who)s: %(place)s leaves")
    return [
        Task(
            title=words % {"who": term.user.get_full_name(), "place": place_name(term.municipality)},
            url=reverse("steering:term_resign", args=[term.pk]),
            text=_(
                "%(body)s, %(seat)s. The deputy takes the seat, or it stays empty: nothing happens by itself."
            )
            % {"body": term.body_of.name, "seat": seat_words(term)},
            due_on=last,
            kind=_("seat"),
        )
        for term, last in leaving(today)
    ]


def _candidate_tasks():
    """Return a line a body whose candidates wait for Helsinki's appointment."""
    waiting = {}
    rows = Candidate.objects.filter(state=CandidateState.PUT_FORWARD).select_related("seat__body")
    for one in rows:
        waiting.setdefault(one.seat.body, []).append(one)
    return [
        Task(
            title=ngettext(
                "Take %(n)s candidate to Helsinki's decision",
                "Take %(n)s candidates to Helsinki's decision",
                len(found),
            )
            % {"n": len(found)},
            url=body.get_absolute_url(),
            text=_("%(body)s: %(names)s.")
            % {"body": body.name, "names": ", ".join(one.name for one in found)},
            since=min(one.put_forward_on for one in found),
            kind=_("seat"),
        )
        for body, found in waiting.items()
    ]


def _empty_tasks(today):
    """Return a line a body with members' seats that nobody holds and nobody stands for."""
    bodies = Body.objects.current(today).prefetch_related("seats")
    held = set(Term.objects.not_over(today).filter(place=Place.MEMBER).values_list("seat", flat=True))
    stands = Candidate.objects.filter(state=CandidateState.PUT_FORWARD, place=Place.MEMBER)
    held |= set(stands.values_list("seat", flat=True))
    found = []
    for body in bodies:
        own = [s for s in body.seats.all() if s.kind == SeatKind.MEMBER and s.ended_on is None]
        empty = [seat.number for seat in own if seat.pk not in held]
        if not empty:
            continue
        words = ngettext(
            "Find somebody for %(n)s empty seat", "Find people for %(n)s empty seats", len(empty)
        )
        found.append(
            Task(
                title=words % {"n": len(empty)},
                url=reverse("steering:representation", args=[body.pk]),
                text=_("%(body)s: %(seats)s.")
                % {"body": body.name, "seats": _("seats %(seats)s") % {"seats": ", ".join(map(str, empty))}},
                kind=_("seat"),
            )
        )
    return found


def deadlines(user, today):
    """Return the days on which terms end with nobody to follow, a line a body and day, half a year ahead."""
    if not user.is_staff:
        return []
    ends = Counter()
    later = Term.objects.not_over(today).select_related("body_of", "seat")
    terms = list(later)
    followed = {(t.seat_id, t.place): max(u.ends_on for u in terms if _same(t, u)) for t in terms}
    for term in terms:
        if term.ends_on == followed[term.seat_id, term.place] and term.ends_on <= today + seats.ENDING:
            ends[term.body_of, term.ends_on] += 1
    return [
        Task(
            title=ngettext("%(n)s term ends: %(body)s", "%(n)s terms end: %(body)s", n)
            % {"n": n, "body": body.name},
            url=reverse("steering:representation", args=[body.pk]),
            text=_("Candidates are put forward and Helsinki appoints before that day."),
            due_on=last,
            kind=_("seat"),
        )
        for (body, last), n in ends.items()
    ]


def _same(one, other):
    return (one.seat_id, one.place) == (other.seat_id, other.place)


# --- What others ask ----------------------------------------------------------------------------------------------


def municipality_parts(user, municipality, today):
    """Return who sits for a municipality, on its page."""
    terms = Term.objects.not_over(today).filter(municipality=municipality)
    rows = [
        {
            "when": _("from %(day)s") % {"day": day(term.starts_on)}
            if term.starts_on > today
            else _("until %(day)s") % {"day": day(term.ends_on)},
            "what": ", ".join(filter(None, [term.user.get_full_name(), term.title])),
            "text": seat_words(term),
            "link": {"label": term.body_of.name, "url": term.body_of.get_absolute_url()},
        }
        for term in terms.select_related("user", "seat", "body_of")
    ]
    if not rows:
        return []
    note = ngettext("%(n)s person", "%(n)s people", len(rows)) % {"n": len(rows)}
    context = {"rows": rows, "quiet": True}
    return [
        Part(_("In the consortium's bodies"), "steering/parts/rows.html", context, note=note, is_list=True)
    ]


def person_parts(person, today):
    """Return the seats that a person holds or comes to hold, for the service centre."""
    terms = Term.objects.not_over(today).filter(user=person)
    rows = [
        {
            "when": day(term.starts_on),
            "small": _("until %(day)s") % {"day": day(term.ends_on)},
            "what": term.body_of.name,
            "url": term.body_of.get_absolute_url(),
            "text": seat_words(term),
            "note": place_name(term.municipality) if term.municipality else "",
        }
        for term in terms.select_related("seat", "body_of", "municipality")
    ]
    if not rows:
        return []
    return [
        Part(_("Seats in bodies"), "steering/parts/rows.html", {"rows": rows, "quiet": True}, is_list=True)
    ]


def closing(user, by):
    """End the person's terms today, because the account is closed. Returns them."""
    today, because = clock.today(), _("The account was closed")
    found = []
    for term in Term.objects.not_over(today).filter(user=user):
        if term.starts_on > today:
            term.step_down(by=by, because=because)
        elif term.ends_on > today:
            term.resign(by=by, last_day=today, because=because)
        found.append(term)
    return found


def my_data(user):
    """Return the person's terms and candidacies."""
    terms = user.terms.select_related("body_of", "seat", "municipality", "appointment").order_by("pk")
    stood = Candidate.objects.filter(email__iexact=user.email).select_related("seat__body", "municipality")
    return [
        (
            "terms",
            [
                {
                    "body": term.body_of.name_fi,
                    "seat": term.seat.number,
                    "place": term.place,
                    "office": term.office,
                    "municipality": term.municipality.code if term.municipality else "",
                    "title": term.title,
                    "from": term.starts_on,
                    "until": term.ends_on,
                    "decision": term.appointment.case_number,
                    "ended_because": term.ended_because,
                }
                for term in terms
            ],
        ),
        (
            "candidacies",
            [
                {
                    "body": one.seat.body.name_fi,
                    "seat": one.seat.number,
                    "place": one.place,
                    "name": one.name,
                    "title": one.title,
                    "put_forward_by": one.put_forward_by,
                    "put_forward_on": one.put_forward_on,
                    "state": one.state,
                }
                for one in stood.order_by("pk")
            ],
        ),
    ]


def letters():
    """Return (template, what the letter is called)."""
    called = {"term_begins": _("appointed to a body"), "term_ends": _("term ends early")}
    return [(f"steering/emails/{name}", label) for name, label in called.items()]
