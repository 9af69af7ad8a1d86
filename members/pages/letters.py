"""What the members' app tells of letters: how they are called, and which addresses must be corrected."""

from django.db.models import Max
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from consortium import clock
from consortium.gather import Task
from consortium.models import OutgoingEmail
from consortium.models.mail import MailState, Priority
from members.addresses import in_use

MANY = 500  # failed letters looked at


def names():
    """Return (template, what the letter is called)."""
    called = {
        "confirm": _("joining confirmed"),
        "decide": _("receipt of a decision"),
        "fee_decided": _("annual fee decided"),
        "hand_in": _("receipt of what was handed in"),
        "handed_in": _("handed in, to be recorded"),
        "invite_person": _("invitation"),
        "invoicing_details": _("details for the invoice asked"),
        "leave_role": _("somebody leaves"),
        "leave_role_staff": _("somebody leaves"),
        "move": _("entry moved away"),
        "prepare": _("decision ready to be recorded"),
        "receive": _("entry moved here"),
        "remind_contacts": _("reminder: contacts"),
        "remind_deadline": _("reminder: deadline"),
        "remind_finality": _("reminder: finality"),
        "remind_meeting": _("reminder: meeting"),
        "remind_open": _("reminder: package"),
        "remind_published": _("reminder: publication"),
        "remind_result": _("reminder: result"),
        "remind_signature": _("reminder: signature"),
        "renew": _("new digits for handing in"),
        "reopen": _("matter taken up again"),
        "respond": _("Helsinki's view"),
        "revoke": _("confirmation taken back"),
        "send": _("joining package"),
        "set_aside": _("handed in, not recorded"),
        "stop": _("matter stopped"),
        "who_answers": _("who answers now?"),
    }
    return [(f"members/emails/{name}", label) for name, label in called.items()]


def tasks():
    """Return a task for each address that is in use and whose last letter did not arrive.

    It goes when the letter has been sent again, when the address has been corrected in the register, or when a later
    letter to it was taken.
    """
    newest = {}
    failed = OutgoingEmail.objects.failed().exclude(priority=Priority.CODE)
    for letter in failed.order_by("-pk")[:MANY]:
        newest.setdefault(letter.to.lower(), letter)
    if not newest:
        return []
    later = OutgoingEmail.objects.annotate(address=Lower("to")).filter(address__in=newest)
    taken = later.filter(state=MailState.SENT).values("address").annotate(last=Max("pk"))
    arrived = {row["address"] for row in taken if row["last"] > newest[row["address"]].pk}
    places = in_use(newest.keys() - arrived) if newest.keys() - arrived else {}
    return [
        Task(
            title=_("Correct the address %(address)s") % {"address": letter.to},
            url=letter.get_absolute_url(),
            text=_reason(letter)
            % {"name": _names(places[address]), "subject": letter.title, "reason": letter.reason},
            since=clock.date_of(letter.returned_at or letter.queued_at),
            kind=_("address"),
        )
        for address, letter in newest.items()
        if places.get(address)
    ]


def _reason(letter):
    if letter.state == MailState.RETURNED:
        return _("%(name)s: “%(subject)s” came back. The server said: %(reason)s")
    return _("%(name)s: “%(subject)s” did not arrive. The server said: %(reason)s")


def _names(places):
    return ", ".join(sorted(place.name for place in places))
