"""The letters that remind: to whom, in which languages, and to which page each leads."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from consortium import emails
from consortium.models.mail import Priority, Reader
from members.ladder import Rung

REMIND = "members/emails/remind_"  # and the rung
PAGES = {
    Rung.OPEN: "members:package",
    Rung.MEETING: "members:accession_schedule",
    Rung.RESULT: "members:accession_decide",
    Rung.PUBLISHED: "members:accession_correct",
    Rung.FINALITY: "members:accession",
    Rung.SIGNATURE: "members:accession_sign",
    Rung.DEADLINE: "members:accession_schedule",
    Rung.CONTACTS: "members:people_confirm",
}


@dataclass(frozen=True)
class Recipient:
    """An address that a reminder goes to, and the languages of its letters."""

    address: str
    languages: list
    reader: Reader = Reader.PERSON
    user: Any = None


def look_up_people(municipalities):
    """Read the representatives and contacts of many municipalities in two questions, for ``recipients_of``."""
    if not municipalities:
        return
    relation = {name: municipalities[0]._meta.get_field(name).related_model for name in ("roles", "contacts")}
    roles = relation["roles"].objects.representing().filter(user__is_active=True).select_related("user")
    contacts = relation["contacts"].objects.active().exclude(email="")
    prefetch_related_objects(
        municipalities,
        Prefetch("roles", roles, to_attr="answering"),
        Prefetch("contacts", contacts, to_attr="reached"),
    )


def recipients_of(municipality, rung):
    """Return who is reminded: the representatives; where there are none, the library director and the registry.

    The certificate of finality is asked from those who write it too: the decision secretary, else the registry.
    """
    if not hasattr(municipality, "answering"):
        look_up_people([municipality])
    found = [
        Recipient(role.user.email, [role.user.language], user=role.user) for role in municipality.answering
    ]
    if not found:
        found = [*_contacts(municipality, "director"), *_registry(municipality)]
    elif rung == Rung.FINALITY:
        found += _contacts(municipality, "secretary") or _registry(municipality)
    return list({recipient.address.lower(): recipient for recipient in reversed(found)}.values())[::-1]


def _contacts(municipality, kind):
    rows = [contact for contact in municipality.reached if contact.kind == kind]
    return [Recipient(contact.email, municipality.languages[:1]) for contact in rows]


def _registry(municipality):
    if not municipality.registry_email:
        return []
    return [Recipient(municipality.registry_email, municipality.languages, Reader.REGISTRY)]


def letter(planned, language, *, user=None):
    """Return (subject, text) of a reminder in a language; written to a person, its link knows the person."""
    return emails.compose(REMIND + planned.ask.rung, language, **_context(planned, language, user))


def remind(planned, recipients):
    """Write a reminder to each of its recipients, in each of their languages."""
    for recipient in recipients:
        for language in recipient.languages:
            emails.queue(
                REMIND + planned.ask.rung,
                recipient.address,
                language,
                about=planned.about,
                priority=Priority.MAILING,
                reader=recipient.reader,
                **_context(planned, language, recipient.user),
            )


def _context(planned, language, user):
    accession, rung = planned.accession, planned.ask.rung
    url = emails.absolute(_page(accession, rung), language, **_where(planned))
    return {
        "municipality": planned.municipality,
        "accession": accession,
        "offer": accession.offer if accession else None,
        "decision": accession.deciding if accession else None,
        "url": emails.personal(url, user) if user else url,
    }


def _page(accession, rung):
    if rung == Rung.DEADLINE and accession.meeting_on:  # the meeting has been: its result is what is missing
        return PAGES[Rung.RESULT]
    return PAGES[rung]


def _where(planned):
    accession, rung = planned.accession, planned.ask.rung
    if rung == Rung.CONTACTS:
        return {"code": planned.municipality.code}
    if rung == Rung.OPEN:
        return {"code": accession.code}
    if rung == Rung.PUBLISHED:
        return {"pk": accession.pk, "decision": accession.deciding_id}
    return {"pk": accession.pk}
