"""A body as its page tells of it: who sits where and until when, who is put forward, by which decisions."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from consortium.gather import Part
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, moment, place, place_name, put_in, weekday_day
from members.models import Municipality
from members.models.agreement import section_sign
from steering.models import Appointment, Body, Candidate, CandidateState, Office, Place, SeatKind, Term
from steering.seat_emails import role_of

VERBS = {
    "found": gettext_lazy("Body founded"),
    "put_forward": gettext_lazy("Candidate put forward"),
    "withdraw": gettext_lazy("Candidate withdrawn"),
    "appoint": gettext_lazy("Appointment recorded"),
    "resign": gettext_lazy("End of a term recorded"),
    "step_down": gettext_lazy("Coming term removed"),
    "take_over": gettext_lazy("The deputy takes the seat"),
}


def terms_of(body):
    """Return all terms of a body with what its page says of them."""
    return list(body.terms.select_related("user", "municipality", "seat", "appointment"))


def says(body, seats, terms, today):
    """Return in sentences how many seats are filled, who presides, and when the terms end."""
    if body.ended_on and body.ended_on < today:
        return _("The body ended on %(day)s.") % {"day": day(body.ended_on)}
    own = [seat for seat in seats if seat.kind == SeatKind.MEMBER]
    sitting = [
        t for t in terms if t.holds(today) and t.place == Place.MEMBER and t.seat.kind == SeatKind.MEMBER
    ]
    words = ngettext(
        "%(filled)s of %(n)s seats is filled.", "%(filled)s of %(n)s seats are filled.", len(sitting)
    )
    told = [words % {"filled": len(sitting), "n": len(own)}]
    for office, sentence in (
        (Office.CHAIR, _("Chair: %(who)s (%(place)s).")),
        (Office.VICE, _("Vice-chair: %(who)s (%(place)s).")),
    ):
        for term in sitting:
            if term.office == office:
                told.append(
                    sentence % {"who": term.user.get_full_name(), "place": place_name(term.municipality)}
                )
    if sitting and not any(term.office == Office.CHAIR for term in sitting):
        told.append(_("There is no chair."))
    return " ".join(told)


def acts(user, body, candidates, today):
    """Return what the person may do with the body, the main act first."""
    if body.ended_on and body.ended_on < today:
        return []
    found = []
    if user.has_perm("steering.manage_bodies"):
        new = {
            "url": reverse("steering:candidate_new", args=[body.pk]),
            "label": _("Put a candidate forward"),
        }
        found.append(new)
        if candidates:
            url = reverse("steering:appointment_new", args=[body.pk])
            found.insert(0, {"url": url, "label": _("Record Helsinki's appointment")})
    if user.has_perm("steering.view_candidates"):
        url = reverse("steering:representation", args=[body.pk])
        found.append({"url": url, "label": _("Whom the seats represent")})
    return found


def parts(user, body, seats, terms, candidates, today):
    """Return the parts of a body's page that the person may read."""
    staff = user.has_perm("steering.manage_bodies")
    inside = user.has_perm("steering.view_candidates")
    members = set(Municipality.objects.members_on(today).values_list("pk", flat=True)) if staff else ()
    rows = [_seat_row(seat, terms, today, staff, members) for seat in seats]
    found = [
        Part(_("Who sits"), "steering/parts/seats.html", {"rows": rows}, note=_seats(len(rows)), is_list=True)
    ]
    coming = [_term_row(term, staff) for term in terms if term.starts_on > today]
    if coming:
        found.append(_rows(_("Coming terms"), coming, _terms(len(coming))))
    if inside:
        found.append(_candidates(candidates, staff))
    found.append(_appointments(body, terms))
    former = [_former_row(term) for term in terms if term.ends_on < today]
    if inside and former:
        found.append(_rows(_("Earlier terms"), former, _terms(len(former)), quiet=True))
    return found


def bodies(today):
    """Return the bodies of the consortium as rows: those that exist first, each with how full its seats are."""
    sitting = Q(
        terms__period__contains=today,
        terms__place=Place.MEMBER,
        terms__seat__kind=SeatKind.MEMBER,
    )
    own = Q(seats__kind=SeatKind.MEMBER, seats__ended_on__isnull=True)
    rows = Body.objects.annotate(
        own=Count("seats", filter=own, distinct=True), sitting=Count("terms", filter=sitting, distinct=True)
    )
    found = []
    for body in sorted(rows, key=lambda row: bool(row.ended_on and row.ended_on < today)):
        over = body.ended_on and body.ended_on < today
        words = ngettext(
            "%(filled)s of %(n)s seats is filled.", "%(filled)s of %(n)s seats are filled.", body.sitting
        )
        ended = _("The body ended on %(day)s.") % {"day": day(body.ended_on)}
        found.append(
            {
                "when": body.get_kind_display(),
                "what": body.name,
                "url": body.get_absolute_url(),
                "text": ended if over else words % {"filled": body.sitting, "n": body.own},
            }
        )
    return found


def _seats(number):
    return ngettext("%(n)s seat", "%(n)s seats", number) % {"n": number}


def _terms(number):
    return ngettext("%(n)s term", "%(n)s terms", number)


def _rows(heading, rows, counted, quiet=False, empty=""):
    context = {"rows": rows, "quiet": quiet, "empty": empty}
    note = counted % {"n": len(rows)}
    return Part(heading, "steering/parts/rows.html", context, note=note, is_list=True)


def _seat_row(seat, terms, today, staff, members):
    own = [term for term in terms if term.seat_id == seat.pk]
    member = next((t for t in own if t.place == Place.MEMBER and t.holds(today)), None)
    deputy = next((t for t in own if t.place == Place.DEPUTY and t.holds(today)), None)
    return {
        "number": seat.number,
        "kind": "" if seat.kind == SeatKind.MEMBER else seat.get_kind_display(),
        "member": _sits(member, staff),
        "deputy": _sits(deputy, staff),
        "has_deputy": seat.kind == SeatKind.MEMBER,
        "take_over": _take_over(own, deputy, members) if staff and not member else None,
    }


def _take_over(own, deputy, members):
    """Return the act by which the deputy takes a seat that a member has left and nobody holds."""
    left = [term for term in own if term.place == Place.MEMBER and term.ended_because]
    if not left or deputy is None or deputy.municipality_id not in members:
        return None
    last = max(left, key=lambda term: term.ends_on)
    return {"url": reverse("steering:term_take_over", args=[last.pk]), "label": _("Let the deputy take it")}


def _sits(term, staff):
    if term is None:
        return None
    return {
        "name": term.user.get_full_name(),
        "title": term.title,
        "office": term.get_office_display() if term.office else "",
        "place": place(term.municipality) if term.municipality else "",
        "until": day(term.ends_on),
        "act": _end_act(term) if staff else None,
    }


def _end_act(term):
    return {"url": reverse("steering:term_resign", args=[term.pk]), "label": pgettext("act", "End")}


def _what(term):
    names = [term.user.get_full_name(), term.title]
    return ", ".join(filter(None, names))


def seat_words(term):
    """Return a place in words: seat 4, personal deputy."""
    return _("Seat %(number)s, %(role)s") % {"number": term.seat.number, "role": role_of(term)}


def _role(term):
    words = seat_words(term)
    return (
        put_in("%(seat)s, %(place)s", seat=words, place=place(term.municipality))
        if term.municipality
        else words
    )


def _term_row(term, staff):
    act = {"url": reverse("steering:term_resign", args=[term.pk]), "label": _("Remove the coming term")}
    return {
        "when": weekday_day(term.starts_on),
        "small": _("until %(day)s") % {"day": day(term.ends_on)},
        "what": _what(term),
        "text": _role(term),
        "link": act if staff else None,
    }


def _former_row(term):
    return {
        "when": day(term.starts_on),
        "small": _("until %(day)s") % {"day": day(term.ends_on)},
        "what": _what(term),
        "text": _role(term),
        "note": term.ended_because,
    }


def _candidates(candidates, staff):
    rows = []
    for one in candidates:
        act = {"url": reverse("steering:candidate_withdraw", args=[one.pk]), "label": _("Take off the list")}
        by = _("Put forward by %(who)s") % {"who": one.put_forward_by}
        rows.append(
            {
                "when": weekday_day(one.put_forward_on),
                "what": ", ".join(filter(None, [one.name, one.title])),
                "text": _role(one),
                "note": f"{by}. {one.email}" if staff else by,
                "link": act if staff else None,
            }
        )
    counted = ngettext("%(n)s candidate", "%(n)s candidates", len(rows))
    return _rows(_("Candidates"), rows, counted, empty=_("Nobody is put forward now."))


def _appointments(body, terms):
    counts = {}
    for term in terms:
        counts[term.appointment_id] = counts.get(term.appointment_id, 0) + 1
    rows = []
    for one in body.appointments.all():
        facts = {"first": day(one.starts_on), "last": day(one.ends_on)}
        number = counts.get(one.pk, 0)
        rows.append(
            {
                "when": weekday_day(one.decided_on),
                "what": f"{one.body}, {section_sign(one.section)}",
                "text": _("Terms from %(first)s to %(last)s") % facts,
                "note": f"{one.case_number}. "
                + ngettext("%(n)s term", "%(n)s terms", number) % {"n": number},
            }
        )
    counted = ngettext("%(n)s decision", "%(n)s decisions", len(rows))
    empty = _("Helsinki has appointed nobody yet.")
    return _rows(_("Appointments"), rows, counted, quiet=True, empty=empty)


def waiting(body):
    """Return the candidates who have not been appointed, in the order of the seats."""
    rows = Candidate.objects.filter(seat__body=body, state=CandidateState.PUT_FORWARD)
    return list(rows.select_related("seat", "municipality"))


def receipt(request, body):
    """Return the receipt of an act of this person on the body's seats, where the address asks for one."""
    wanted = request.GET.get("receipt", "")
    if not wanted.isdecimal() or not request.user.is_authenticated:
        return None
    event = AuditEvent.objects.filter(pk=wanted, by=request.user).first()
    if event is None or _body_of(event.subject) != body.pk:
        return None
    rows = [
        (_("What"), VERBS.get(event.verb, event.verb)),
        (_("Body"), body.name),
        *_about(event.subject, event),
        (_("When"), moment(event.at)),
        (_("Number of the receipt"), event.number),
    ]
    return {"title": _("Recorded"), "rows": rows}


def _body_of(record):
    """Return the id of the body that a candidate, a term, an appointment or the body itself belongs to."""
    if isinstance(record, Body):
        return record.pk
    if isinstance(record, Candidate):
        return record.seat.body_id
    return record.body_of_id if isinstance(record, (Term, Appointment)) else None


def _about(record, event):
    verb = event.verb
    if isinstance(record, Candidate):
        return [(_("Whom"), record.name), (_("What next"), _after(verb))]
    if isinstance(record, Term):
        rows = [(_("Whose term"), record.user.get_full_name()), (_("Last day"), weekday_day(record.ends_on))]
        after = Term.objects.filter(pk=event.details.get("term")).select_related("user").first()
        if after:
            told = {"who": after.user.get_full_name(), "day": weekday_day(after.starts_on)}
            rows.append((_("Who takes the seat"), _("%(who)s, from %(day)s") % told))
        return rows
    if isinstance(record, Appointment) and verb == "appoint":
        names = [term.user.get_full_name() for term in record.terms.select_related("user")]
        days = {"first": weekday_day(record.starts_on), "last": weekday_day(record.ends_on)}
        return [
            (_("Whom"), ", ".join(names)),
            (_("Term"), _("%(first)s to %(last)s") % days),
            (_("What next"), _("Each of them gets a letter.")),
        ]
    return []


def _after(verb):
    if verb == "put_forward":
        return _("The candidate has no rights before Helsinki's appointment is recorded.")
    return _("The person is no longer a candidate for this place.")
