"""What an appointment rests on and what it brings: why people cannot sit together, their accounts and their duties."""

import datetime as dt

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consortium.models import AuditEvent, Post, PostKind
from members.models import Membership, Municipality
from steering import seats
from steering.models.words import BodyKind, Office, Place, SeatKind
from steering.quorum import Office as Presides

OFFICES = {Office.CHAIR: Presides.CHAIR, Office.VICE: Presides.VICE_CHAIR}
WORDS = {
    seats.Hindrance.NOBODY: _("Choose at least one candidate."),
    seats.Hindrance.NOT_A_MEMBER: _(
        "The municipality of %(who)s does not belong to the consortium on the first day of the term."
    ),
    seats.Hindrance.SEAT_TAKEN: _("%(who)s would hold the same place of seat %(seat)s at the same time."),
    seats.Hindrance.PERSON_TWICE: _("%(first)s would sit in two places at the same time."),
    seats.Hindrance.OFFICE_TWICE: _("%(who)s would have the same office at the same time."),
    seats.Hindrance.DEPUTY_IN_OFFICE: _("%(who)s: a deputy is neither chair nor vice-chair."),
}


def as_candidate(candidate):
    """Return a candidate as the reckoning of seats has it: seats by their number, people by their address."""
    place = candidate.municipality
    return seats.Candidate(
        candidate.seat.number,
        candidate.email.lower(),
        place.code if place else "",
        seats.Place(candidate.place),
        OFFICES.get(candidate.office),
    )


def as_term(term):
    """Return a term as the reckoning of seats has it."""
    place = term.municipality
    return seats.Term(
        term.seat.number,
        term.user.email.lower(),
        place.code if place else "",
        term.starts_on,
        term.ends_on,
        seats.Place(term.place),
        OFFICES.get(term.office),
    )


def hindrances(appointment, candidates, terms):
    """Return in sentences why the candidates cannot be appointed beside the terms of the body; none: they can."""
    members = set(Municipality.objects.members_on(appointment.starts_on).values_list("code", flat=True))
    decision = seats.Appointment(
        appointment.decided_on, appointment.case_number, appointment.starts_on, appointment.ends_on
    )
    names = {candidate.email.lower(): candidate.name for candidate in candidates}
    names |= {term.user.email.lower(): term.user.get_full_name() for term in terms}
    found = seats.hindrances(
        decision, map(as_candidate, candidates), [as_term(term) for term in terms], members=members | {""}
    )
    return [_sentence(each, names) for each in found if each.code in WORDS]


def _sentence(found, names):
    who = [names[each.person] for each in found.about]
    facts = (
        {"who": ", ".join(dict.fromkeys(who)), "first": who[0], "seat": found.about[0].seat} if who else {}
    )
    return ValidationError(WORDS[found.code], str(found.code), facts)


def account_of(candidate, *, by):
    """Return (the candidate's account, whether it was made now). Raises ValidationError when it has been closed."""
    people = get_user_model().objects
    person = people.filter(email__iexact=candidate.email).first()
    if person:
        if not person.is_active:
            raise ValidationError(
                _("The account of %(who)s has been closed. Open it first."),
                "closed",
                {"who": candidate.name},
            )
        return person, False
    place = candidate.municipality
    language = place.languages[0] if place else "fi"
    person = people.create_user(
        candidate.email, name=candidate.name, title=candidate.title, language=language
    )
    AuditEvent.record(person, "add_person", by=by)
    return person, True


def duty(term):
    """Return the duty in the consortium that a term brings, or None: only the steering group's seats bring one."""
    if term.body_of.kind != BodyKind.STEERING:
        return None
    if term.seat.kind != SeatKind.MEMBER:
        return {SeatKind.EXPERT: PostKind.EXPERT, SeatKind.SECRETARY: PostKind.SECRETARY}[term.seat.kind]
    if term.place == Place.DEPUTY:
        return PostKind.DEPUTY
    return PostKind.CHAIR if term.office == Office.CHAIR else PostKind.MEMBER


def give_duty(term, *, by):
    """Give the person the duty of the term, up to its last day: one that ran without end ends then too."""
    kind = duty(term)
    if kind is None:
        return
    post, _is_new = Post.give(term.user, kind, by=by, since=term.starts_on, until=term.ends_on)
    if post.ended_on is None:
        post.end(by=by, on=term.ends_on)


def cut_duty(term, *, by, on):
    """End the person's duty of the term with an earlier day; one that begins only after it is removed."""
    kind = duty(term)
    if kind is None:
        return
    rows = term.user.posts.filter(kind=kind, since__lte=term.ends_on)
    for post in rows.beyond(on):
        post.cut(by=by, on=on)


def last_days(places, today):
    """Return {municipality's id: its last day as a member} of those that leave, or have left, the consortium."""
    stretches = {}
    rows = Membership.objects.filter(municipality__in=places).order_by("period")
    for place, period in rows.values_list("municipality", "period"):
        end = period.upper or dt.date.max
        before = stretches.get(place)
        if (
            before is None or before >= period.lower or before <= today
        ):  # joined on, or joined anew after a gap
            stretches[place] = end
    return {place: end - dt.timedelta(days=1) for place, end in stretches.items() if end != dt.date.max}
