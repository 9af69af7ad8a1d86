"""The letters of a contract to those who take part in it: made, decided on, given notice, left, taken into use."""

from consortium import emails
from consortium.models.mail import Priority, Reader
from members import reminder_emails

JULY = 7
SIGNED = "procurement/emails/contract_signed"
DECIDED = "procurement/emails/contract_decided"
NOTICE = "procurement/emails/contract_notice"
WITHDRAWN = "procurement/emails/contract_withdrawn"
USE = "procurement/emails/use_asked"
EXIT = "procurement/emails/exit_ahead"
REMINDERS = frozenset({USE, EXIT})  # these rest in July
TO_USE_LIST = frozenset({SIGNED, USE})  # these ask for the list of taking into use


def tell(template, participations, *, about=None, notes=None, **context):
    """Write one message to each of these participants, in its languages. Returns those whom it could reach.

    To the representatives; where there are none, to the library director and the registry. ``about``: the record the
    letter is about, else the participation; ``notes``: a sentence of ours by language.
    """
    places = [row.municipality for row in participations]
    reminder_emails.look_up_people(places)
    reached = []
    for row in participations:
        recipients = reminder_emails.recipients_of(row.municipality, None)
        if recipients:
            reached.append(row)
        for recipient in recipients:
            for language in recipient.languages:
                emails.queue(
                    template,
                    recipient.address,
                    language,
                    about=about or row,
                    priority=Priority.MAILING,
                    reader=recipient.reader,
                    contract=row.contract,
                    participation=row,
                    municipality=row.municipality,
                    url=_page(template, row, recipient, language),
                    note=(notes or {}).get(language, ""),
                    **context,
                )
    return reached


def _page(template, row, recipient, language):
    """Return where a letter leads: the list that is asked for, else the contract; a registry has no account."""
    if template in TO_USE_LIST and recipient.reader != Reader.REGISTRY:
        where = {"pk": row.contract_id, "code": row.municipality.code}
        url = emails.absolute("procurement:use_list", language, **where)
    else:
        url = emails.absolute("procurement:contract", language, pk=row.contract_id)
    return emails.personal(url, recipient.user) if recipient.user else url
