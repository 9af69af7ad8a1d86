"""The letters of seats: who has been appointed, and whose term ends before its time."""

from django.utils import translation

from consortium import emails


def _tell(template, term, **context):
    user, body = term.user, term.body_of
    swedish = user.language == "sv"
    url = emails.absolute("steering:body", user.language, pk=body.pk)
    emails.queue(
        f"steering/emails/{template}",
        user.email,
        user.language,
        about=term,
        term=term,
        body_name=body.name_sv if swedish else body.name_fi,
        url=emails.personal(url, user),
        **context,
    )


def appointed(term, *, is_new=False, took_over=False):
    """Tell a person of the place, its time and Helsinki's decision. ``is_new``: the account was made for it."""
    decision, language = term.appointment, term.user.language
    with translation.override(language):
        role = str(role_of(term))
        decided_by = decision.body
    facts = {"is_new": is_new, "took_over": took_over, "deputy": term.place == "deputy"}
    _tell("term_begins", term, decision=decision, decision_body=decided_by, role=role, **facts)


def ended(term):
    """Tell a person on which day the term ends before its time."""
    _tell("term_ends", term)


def role_of(term):
    """Return as what a person sits: chair, vice-chair, member, personal deputy, expert or secretary."""
    if term.office:
        return term.get_office_display()
    return term.get_place_display() if term.seat.kind == "member" else term.seat.get_kind_display()
