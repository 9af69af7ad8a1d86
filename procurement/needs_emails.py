"""The letters of wishes, questions and groups: one function a message."""

from consortium import emails
from consortium.models.mail import Priority, Reader
from members.reminder_emails import Recipient, look_up_people


def recipients(municipality, *, registry=False):
    """Return whom a letter to a municipality goes to: its representatives and its library director.

    The registry is written to when it is asked for, and always when there is nobody else.
    """
    if not hasattr(municipality, "answering"):
        look_up_people([municipality])
    found = {
        role.user.email.lower(): Recipient(role.user.email, [role.user.language], user=role.user)
        for role in municipality.answering
    }
    for contact in municipality.reached:
        if contact.kind == "director":
            found.setdefault(contact.email.lower(), Recipient(contact.email, municipality.languages[:1]))
    address = municipality.registry_email
    if address and (registry or not found):
        found.setdefault(address.lower(), Recipient(address, municipality.languages, Reader.REGISTRY))
    return list(found.values())


def tell(template, municipality, *, about, page, registry=False, priority=Priority.LETTER, **context):
    """Write to a municipality's people in their languages. ``page``: (URL name, arguments) that the letter leads to."""
    name, arguments = page
    for recipient in recipients(municipality, registry=registry):
        for language in recipient.languages:
            url = emails.absolute(name, language, **arguments)
            emails.queue(
                f"procurement/emails/{template}",
                recipient.address,
                language,
                about=about,
                reader=recipient.reader,
                priority=priority,
                municipality=municipality,
                url=emails.personal(url, recipient.user) if recipient.user else url,
                **context,
            )


def _to_person(template, user, *, about, page, **context):
    name, arguments = page
    url = emails.personal(emails.absolute(name, user.language, **arguments), user)
    emails.queue(f"procurement/emails/{template}", user.email, user.language, about=about, url=url, **context)


def _of(procurement):
    return "procurement:procurement", {"pk": procurement.pk}


def _wishing(wish):
    """Return the wishing municipality and those that endorsed it, their people read in two questions."""
    rows = wish.endorsements.select_related("municipality")
    places = [wish.municipality, *(row.municipality for row in rows)]
    look_up_people(places)
    return places


def gathered(wish):
    """Tell the wishing and the endorsing municipalities that the wish has become a part of a procurement.

    A procurement that has not been announced is told without its page, which does not open yet.
    """
    procurement = wish.procurement
    known = procurement.announced_on is not None
    page = _of(procurement) if known else ("procurement:wish", {"pk": wish.pk})
    for place in _wishing(wish):
        own = place.pk == wish.municipality_id
        facts = {"wish": wish, "procurement": procurement, "own": own, "known": known}
        tell("wish_gathered", place, about=wish, page=page, registry=own, **facts)


def declined(wish):
    """Tell the wishing and the endorsing municipalities that the wish is not taken forward, and why."""
    page = ("procurement:wish", {"pk": wish.pk})
    for place in _wishing(wish):
        own = place.pk == wish.municipality_id
        tell("wish_declined", place, about=wish, page=page, registry=own, wish=wish, own=own)


def answered(question):
    """Send the one who asked the answer to the question."""
    facts = {"question": question, "procurement": question.procurement}
    _to_person(
        "question_answered", question.asked_by, about=question, page=_of(question.procurement), **facts
    )


def asked_for_members(call, places):
    """Ask the municipalities' people who would take part in a group."""
    look_up_people(places)
    for place in places:
        facts = {"call": call, "procurement": call.procurement}
        tell("group_call", place, about=call, page=_of(call.procurement), priority=Priority.MAILING, **facts)


def seated(seat):
    """Tell a person that they sit in the group."""
    facts = {"seat": seat, "procurement": seat.procurement}
    _to_person("seat_accepted", seat.user, about=seat, page=_of(seat.procurement), **facts)


def not_seated(seat):
    """Tell a person that the group has no seat for them, and why."""
    facts = {"seat": seat, "procurement": seat.procurement}
    _to_person("seat_declined", seat.user, about=seat, page=_of(seat.procurement), **facts)
