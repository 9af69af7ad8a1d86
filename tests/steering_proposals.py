"""Proposals and actions for tests, and the pages of both for the tables of access, with planted words."""

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile

from consortium import clock
from members.models import Municipality
from steering.models import Action, Attachment, Proposal, Support
from tests.by_hand import again, updating
from tests.factories import DAY, UserFactory, a_clerk
from tests.procurement_factories import member
from tests.steering_world import meeting

OF_MEMBER = "porvoo@kunta.example"  # represents a member in the practice copy
PDF = b"%PDF-1.7 a small stand-in"
RESTRICTED = "zqproposal"  # title, text, file, action and ground of what is not public


def proposal(
    place, *, by=None, title="Äänikirjat", text="Asiakkaat kysyvät niitä. Hankitaan yhdessä.", **said
):
    """Make a municipality's proposal; ``procurement``: the one that it concerns."""
    return Proposal.make(place, by=by or UserFactory(), title=title, text=text, **said)


def received(staff, place=None, **said):
    """Return a proposal that has been received."""
    row = proposal(place or member(), **said)
    row.receive(by=staff)
    return row


def on_agenda(row, found, staff):
    """Put a received proposal on the agenda of a meeting being planned. Returns the item."""
    item = found.add(by=staff, proposal=row)
    row.refresh_from_db()
    return item


def decided(row, staff, answer="accepted"):
    """Answer a proposal without a meeting. Returns it."""
    if row.state == "submitted":
        row.receive(by=staff)
    row.decide(by=staff, answer=answer, reason_fi="Perustelut.", reason_sv="Motiveringen.")
    return row


def action(owner, by, text="Selvitä tarve", days=30, **more):
    """Give somebody something to do."""
    due_on = clock.today() + days * DAY
    return Action.make(by=by, text_fi=text, text_sv=f"{text} (sv)", owner=owner, due_on=due_on, **more)


def _one():
    return received(a_clerk())


def _answered():
    return decided(received(a_clerk()), a_clerk())


def _file():
    return Attachment.add(_one(), by=a_clerk(), file=ContentFile(PDF, "liite.pdf"), title="Liite")


def _supported_twice():
    row, place = _one(), member()
    row.support(by=a_clerk(), municipality=place)
    Support.objects.create(proposal=row, municipality=place, by=a_clerk())


def _todo():
    return action(a_clerk(), a_clerk())


REFUSED = {  # constraint -> an act past the models that it refuses
    "proposal_number": lambda: again(_one(), text="Toinen."),
    "proposal_decided_with_reasons": updating(_answered, reason_sv=""),
    "proposal_done_with_result": updating(_answered, state="done"),
    "proposal_received_has_day": updating(_one, received_on=None),
    "proposal_restricted_with_ground": updating(_one, restricted_until="2027-01-01"),
    "proposal_on_behalf_whole": updating(_one, channel="phone"),
    "support_once": _supported_twice,
    "attachment_removed_is_gone": updating(_file, file=""),
    "action_ended_with_result": updating(_todo, state="done"),
}


def proposals_pages(group, people):
    """Return {URL name: arguments} of the pages of proposals and actions."""
    meeting(group, state="planned")
    return pages_of(people["staff"], people["representative"])


def pages_of(staff, maker):
    """Return the same, given that a meeting is being planned; ``maker`` acts for some member."""
    members = Municipality.objects.members_on(clock.today())
    home = (members & Municipality.objects.of(maker)).order_by("pk").first()
    other = members.exclude(pk=home.pk).exclude(pk__in=Municipality.objects.of(maker)).order_by("pk").first()
    new = proposal(home, by=maker)
    to_remove = Attachment.add(new, by=maker, file=ContentFile(PDF, "liite.pdf"), title="Liite")
    waiting = received(staff, home, by=maker, title="Ruotsinkieliset lehdet")
    waiting.support(by=staff, municipality=other or member())
    closed = received(staff, home, by=maker, title=RESTRICTED, text=RESTRICTED)
    closed.restrict(by=staff, ground=RESTRICTED)
    file = Attachment.add(closed, by=maker, file=ContentFile(PDF, f"{RESTRICTED}.pdf"), title=RESTRICTED)
    done = decided(received(staff, home, by=maker, title="Yhteinen luettelo"), staff)
    todo = action(staff, staff, proposal=done)
    hidden = action(staff, staff, RESTRICTED, proposal=closed)
    over = action(staff, staff, "Kysy tarjous")
    over.finish(by=staff, result_fi="Kysytty.")
    waited_for = decided(received(staff, home, by=maker, title="Kirjakassit"), staff)
    at = {f"proposal_{verb}": waiting for verb in ("support", "take_back", "agenda", "decide", "become")}
    at |= {f"proposal_{verb}": new for verb in ("edit", "receive", "withdraw")}
    at |= {"proposal": closed, "proposal_restrict": waiting, "proposal_open": closed}
    at |= {"proposal_finish": waited_for, "attachment_new": new}
    at |= {"attachment_file": file, "attachment_remove": to_remove}
    at |= {"action": hidden, "action_reopen": over}
    at |= {f"action_{verb}": todo for verb in ("edit", "finish", "drop")}
    return {f"steering:{name}": {"pk": row.pk} for name, row in at.items()}


def proposals_scene(body, people):
    """Return the same for the practice copy, which has a meeting being planned."""
    if not body.meetings.planned().exists():
        body.meetings.model.plan(by=people["staff"], body=body)
    return pages_of(people["staff"], get_user_model().objects.get(email=OF_MEMBER))
