"""A meeting that meets, for the tables of pages: one item in hand, the roll call open."""

from consortium import clock
from steering.models import Place, SeatKind
from tests.steering_world import meeting


def meeting_now(group):
    """Return a meeting of the group that was opened this minute, all members there, with its first item voted on."""
    now = clock.now()
    row = meeting(group, items=["Talousarvio", "Toimintasuunnitelma", "Muut asiat"], starts_at=now)
    row.begin(by=group.secretary, present=[user.pk for user in group.members])
    item = row.items.get(position=1)
    item.proposal_fi, item.proposal_sv = "Hyväksytään.", "Godkänns."
    item.save()
    item.take_up(by=group.secretary)
    item.put(by=group.secretary, way="roll_call")
    return row


def room_pages(group, people):
    """Return {URL name: arguments} of the pages of a meeting that meets."""
    row = meeting_now(group)
    return {
        "steering:record": {"pk": row.pk},
        "steering:record_act": {"pk": row.pk, "verb": "mark"},
        "steering:item_act": {"pk": row.items.get(position=1).pk, "verb": "conflict"},
        "steering:vote": {"pk": row.pk},
    }


class _Sitters:
    """The practice copy's own group as ``meeting_now`` needs it."""

    def __init__(self, body, by):
        self.body, self.by = body, by
        terms = list(body.terms.on(clock.today()).select_related("user", "seat").order_by("seat__number"))
        seated = [t for t in terms if t.seat.kind == SeatKind.MEMBER and t.place == Place.MEMBER]
        self.members = [term.user for term in seated]
        self.secretary = next(t.user for t in terms if t.seat.kind == SeatKind.SECRETARY)


def room_scene(body, people):
    """Return {name: arguments} of the pages that are looked at: before the opening, in the vote, between two items."""
    group = _Sitters(body, people["staff"])
    voting = meeting_now(group)
    between = meeting(group, items=["Talousarvio", "Muut asiat"], starts_at=clock.now())
    between.begin(by=group.secretary, present=[user.pk for user in group.members[:4]])
    waiting = meeting(group, items=["Talousarvio", "Muut asiat"], starts_at=clock.now())
    return {
        "steering:record": {"pk": voting.pk},
        "steering:record_between": {"pk": between.pk},
        "steering:record_called": {"pk": waiting.pk},
        "steering:vote": {"pk": voting.pk},
        "steering:vote_between": {"pk": between.pk},
    }
