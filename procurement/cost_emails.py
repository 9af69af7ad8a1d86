"""Letters about shares of a contract's costs: each participant its own, and when it is taken back."""

from django.utils.translation import override

from consortium import emails
from consortium.models.mail import Priority
from members import reminder_emails
from members.register import source_words
from procurement.cost_words import reckoning_line


def shares_frozen(cost_share, lines):
    """Tell each municipality its own share and how it is reckoned. Returns how many could be reached."""
    return _tell("procurement/emails/share_frozen", cost_share, lines)


def shares_withdrawn(cost_share, lines, reason):
    """Tell each municipality that its share was taken back, and why. Returns how many could be reached."""
    return _tell("procurement/emails/share_withdrawn", cost_share, lines, reason=reason)


def _tell(template, cost_share, lines, **context):
    lines, reached = list(lines), 0
    reminder_emails.look_up_people([line.municipality for line in lines])
    for line in lines:
        line.cost_share = cost_share
        recipients = reminder_emails.recipients_of(line.municipality, None)
        reached += bool(recipients)
        for recipient in recipients:
            for language in recipient.languages:
                with override(language):
                    said = {
                        "line": reckoning_line(line),
                        "source": source_words(line.residents_source),
                    }
                emails.queue(
                    template,
                    recipient.address,
                    language,
                    about=line,
                    priority=Priority.MAILING,
                    reader=recipient.reader,
                    municipality=line.municipality,
                    contract=cost_share.contract,
                    cost_share=cost_share,
                    url=_page(line, recipient, language),
                    **said,
                    **context,
                )
    return reached


def _page(line, recipient, language):
    """Return where a letter leads: the municipality's own page of the year; without an account, the contract's page."""
    if recipient.user is None:
        return emails.absolute("procurement:contract", language, pk=line.cost_share.contract_id)
    where = {"code": line.municipality.code, "year": line.cost_share.year}
    return emails.personal(emails.absolute("procurement:value", language, **where), recipient.user)
