"""The letters of a commitment round: one function a message, one row a recipient."""

from django.utils.translation import override

from consortium import emails
from consortium.models.mail import Priority, Reader
from members.reminder_emails import Recipient, look_up_people
from procurement import answer_words

FOLDER = "procurement/emails/"
OPENED, EXTENDED, PREPARED = f"{FOLDER}round_opened", f"{FOLDER}round_extended", f"{FOLDER}answer_prepared"
REMIND, NAME_ONE = f"{FOLDER}remind_answer", f"{FOLDER}name_representative"


def _people(place):
    """Return the representatives and the library director of a municipality, one row an address."""
    found = [Recipient(role.user.email, [role.user.language], user=role.user) for role in place.answering]
    found += [
        Recipient(contact.email, place.languages[:1])
        for contact in place.reached
        if contact.kind == "director"
    ]
    return found


def _registry(place):
    return [Recipient(place.registry_email, place.languages, Reader.REGISTRY)] if place.registry_email else []


def _write(answer, template, recipients, *, priority=Priority.LETTER, words=None, **context):
    """Write to each in their languages. ``words``: f() -> facts that are put into words in the reader's language."""
    place, round_ = answer.municipality, answer.round
    once = {recipient.address.lower(): recipient for recipient in reversed(recipients)}
    for recipient in reversed(once.values()):
        for language in recipient.languages:
            url = _page(answer, recipient, language)
            with override(language):
                own = {
                    "deadline": answer_words.deadline(round_),
                    "silence": answer_words.silence(round_, place.name),
                    **(words() if words else {}),
                }
            emails.queue(
                template,
                recipient.address,
                language,
                about=answer,
                priority=priority,
                reader=recipient.reader,
                municipality=place,
                procurement=round_.procurement,
                round=round_,
                url=url,
                has_account=recipient.user is not None,
                **(context | own),
            )


def _page(answer, recipient, language):
    """Return where the letter leads: who has no account gets the procurement's own page."""
    pk = answer.round.procurement_id
    if recipient.user is None:
        return emails.absolute("procurement:procurement", language, pk=pk)
    url = emails.absolute("procurement:ours", language, pk=pk, code=answer.municipality.code)
    return emails.personal(url, recipient.user)


def _all(place):
    look_up_people([place])
    return [*_people(place), *_registry(place)]


def round_opened(round_, answers):
    """Ask every municipality for its answer: the people who answer, the library director, the registry."""
    look_up_people([answer.municipality for answer in answers])
    for answer in answers:
        answer.round = round_
        place = answer.municipality
        _write(answer, OPENED, [*_people(place), *_registry(place)], priority=Priority.MAILING)


def round_extended(round_, answers):
    """Tell every municipality that has been asked, whatever it has answered, that the deadline has moved."""
    look_up_people([answer.municipality for answer in answers])
    for answer in answers:
        answer.round = round_
        place, version = answer.municipality, answer.standing

        def words(version=version, place=place):
            return {"said": answer_words.said(version, place) if version else ""}

        recipients = [*_people(place), *_registry(place)]
        _write(answer, EXTENDED, recipients, priority=Priority.MAILING, words=words)


def receipt(answer, version, event):
    """Send the receipt of an answer; one that binds or was recorded on behalf goes to the registry, too."""
    place = answer.municipality
    look_up_people([place])
    is_official = version.kind != "preparing" or version.on_behalf or not place.answering

    def words():
        return {
            "said": answer_words.said(version, place),
            "decision": answer_words.decision(version),
            "lateness": answer_words.lateness(version, answer.round.closes_at) if version.late else "",
            "reserved": answer_words.reserved()
            if version.kind == "committed" and version.reservation
            else "",
        }

    recipients = [*_people(place), *(_registry(place) if is_official else [])]
    open_now = not version.late and answer.round.is_open()
    _write(
        answer,
        f"{FOLDER}answer_given",
        recipients,
        words=words,
        version=version,
        event=event,
        is_open=open_now,
    )


def ruled(answer, ruling):
    """Tell the municipality what was decided on its late answer or its reservation, and why."""

    def words():
        return {"said": answer_words.said(ruling.version, answer.municipality)}

    _write(answer, f"{FOLDER}answer_ruled", _all(answer.municipality), words=words, ruling=ruling)


def withdrawn(answer, version):
    """Confirm to the municipality that its withdrawal after the freeze is on record."""

    def words():
        return {"said": answer_words.said(version, answer.municipality)}

    _write(answer, f"{FOLDER}answer_withdrawn", _all(answer.municipality), words=words, version=version)


def prepared(answer, draft):
    """Tell the representatives that an answer is ready for them to check and send. Returns to how many it went."""
    look_up_people([answer.municipality])
    to = [recipient for recipient in _people(answer.municipality) if recipient.user]

    def words():
        return {"said": answer_words.said(draft, answer.municipality)}

    _write(answer, PREPARED, to, words=words, draft=draft)
    return len(to)


def remind(answer, *, meeting_on=None):
    """Remind those who answer, or the director and the registry where nobody does. Returns to how many it went."""
    place = answer.municipality
    if not hasattr(place, "answering"):
        look_up_people([place])
    people = _people(place)
    to = [person for person in people if person.user] or [*people, *_registry(place)]
    _write(answer, REMIND, to, priority=Priority.MAILING, meeting_on=meeting_on)
    return len(to)


def name_a_representative(answer):
    """Ask the registry to name who answers for the municipality. Returns to how many addresses it went."""
    to = _registry(answer.municipality)
    _write(answer, NAME_ONE, to)
    return len(to)
