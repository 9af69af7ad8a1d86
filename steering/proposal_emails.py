"""The letters of proposals and actions: one function a message."""

from consortium import emails
from consortium.models.mail import Reader
from members.models import Municipality
from members.reminder_emails import Recipient, look_up_people
from procurement.needs_emails import recipients


def _send(template, recipient, *, about, page, **context):
    name, arguments = page
    for language in recipient.languages:
        url = emails.absolute(name, language, **arguments)
        emails.queue(
            f"steering/emails/{template}",
            recipient.address,
            language,
            about=about,
            reader=recipient.reader or Reader.PERSON,
            url=emails.personal(url, recipient.user) if recipient.user else url,
            **context,
        )


def _proposers(proposal):
    """Return the one who wrote the proposal, if still with the municipality, and those who answer for it."""
    found = {each.address.lower(): each for each in recipients(proposal.municipality)}
    writer = proposal.made_by
    still = writer.is_active and Municipality.objects.of(writer).filter(pk=proposal.municipality_id).exists()
    if still:
        found[writer.email.lower()] = Recipient(writer.email, [writer.language], user=writer)
    return list(found.values())


def _tell(template, proposal, **context):
    page = ("steering:proposal", {"pk": proposal.pk})
    facts = {"proposal": proposal, "municipality": proposal.municipality} | context
    for recipient in _proposers(proposal):
        _send(template, recipient, about=proposal, page=page, own=True, **facts)


def _tell_supporters(template, proposal):
    """Tell the supporting municipalities too, unless it or its item is restricted."""
    if not proposal.is_told_whole():
        return
    rows = proposal.supports.select_related("municipality")
    places = [row.municipality for row in rows]
    look_up_people(places)
    page = ("steering:proposal", {"pk": proposal.pk})
    for place in places:
        for recipient in recipients(place):
            facts = {"proposal": proposal, "municipality": place, "own": False}
            _send(template, recipient, about=proposal, page=page, **facts)


def recorded(proposal):
    """Confirm to the municipality what the service centre has written down for it."""
    _tell("proposal_recorded", proposal)


def received(proposal):
    """Tell the proposer that the proposal has been received, and whether it is restricted."""
    _tell("proposal_received", proposal)


def restricted(proposal):
    """Tell the proposer that the proposal is restricted, why and until when."""
    _tell("proposal_restricted", proposal)


def on_agenda(proposal, meeting):
    """Tell the proposer which meeting takes the proposal up."""
    _tell("proposal_agenda", proposal, meeting=meeting)


def off_agenda(proposal):
    """Tell the proposer that the proposal was taken off the agenda and waits for another meeting."""
    _tell("proposal_off_agenda", proposal)


def decided(proposal):
    """Tell the proposer and the supporters what was decided, and why."""
    _tell("proposal_decided", proposal)
    _tell_supporters("proposal_decided", proposal)


def done(proposal):
    """Tell the proposer and the supporters what came of the proposal."""
    _tell("proposal_done", proposal)
    _tell_supporters("proposal_done", proposal)


def action_given(action):
    """Tell a person what they are to do, and by when; what is not public is read on its page."""
    owner = Recipient(action.owner.email, [action.owner.language], user=action.owner)
    facts = {"action": action, "is_closed": bool(action.restriction())}
    _send("action_given", owner, about=action, page=("steering:action", {"pk": action.pk}), **facts)
