"""The letter that carries a list to the central purchasing body."""

from consortium import emails
from procurement.handover_paper import title_of


def list_sent(given):
    """Send a list's file to the address it is handed over to, in the list's language. Returns the letter."""
    return emails.queue(
        "procurement/emails/commitment_list",
        given.handed_over_to,
        given.language,
        about=given,
        attachments=[given],
        title=title_of(given.figures, given.language),
        number=given.figures["procurement"]["number"],
        file=given.filename,
        frozen_at=given.frozen_at,
        before=given.compared_with,
    )
