"""Questions to the proposals: which wait, which are restricted, and who reads which."""

from django.db import models
from django.db.models import Q

from consortium import clock
from members.models import Municipality
from procurement.models.paper import RESTRICTED_IN
from steering.models.agenda import sat_in
from steering.models.confidence import sits_in_confidence
from steering.models.words import ActionState, Answer, MeetingState, ProposalState, SeatKind

SETTLED = frozenset({ProposalState.DECIDED, ProposalState.DONE})
CARRIED_OUT = frozenset({Answer.ACCEPTED, Answer.PASSED_ON})  # answers of which something comes


class ProposalQuerySet(models.QuerySet):
    """Questions to the proposals."""

    def restricted(self, today=None):
        """Return those kept from the public on a day; one on a running tender is, until the award."""
        today = today or clock.today()
        until = Q(restricted_until__isnull=True) | Q(restricted_until__gte=today)
        tender = Q(procurement__state__in=RESTRICTED_IN, opened_in_tender=False)
        return self.filter(~Q(restricted_ground="") & until | tender)

    def public(self, today=None):
        """Return those that anybody follows: received, not taken back, not restricted."""
        shown = self.exclude(state__in=[ProposalState.SUBMITTED, ProposalState.WITHDRAWN])
        return shown.exclude(pk__in=self.model.objects.restricted(today).values("pk"))

    def visible_to(self, user):
        """Return those a person, or a visitor, may read.

        Members read a new one before it is received. A restricted one is for its own municipality, the service
        centre, those who sit in confidence, a deputy called to its meeting or sitting in it, and once it is settled
        the auditor.
        """
        today = clock.today()
        if not user.is_authenticated:
            return self.public(today)
        if user.is_staff or sits_in_confidence(user, today):
            return self
        kept = Q(state=ProposalState.WITHDRAWN)
        if not user.has_perm("steering.read_proposals"):
            kept |= Q(state=ProposalState.SUBMITTED)
        called = self.model.objects.filter(
            items__meeting__calls__user=user,
            items__meeting__calls__released_at__isnull=True,
            items__meeting__calls__term__seat__kind=SeatKind.MEMBER,
            items__meeting__calls__term__period__endswith__gt=today,
        )
        seen = ~kept & ~Q(pk__in=self.model.objects.restricted(today).values("pk"))
        seen |= Q(municipality__in=Municipality.objects.of(user)) | Q(pk__in=called.values("pk"))
        sat = self.model.objects.filter(items__meeting__in=sat_in(user, today))
        seen |= Q(pk__in=sat.values("pk"))
        if user.has_perm("steering.audit_proposals"):
            seen |= Q(state__in=[*SETTLED, ProposalState.WITHDRAWN])
        return self.filter(seen)

    def unanswered(self):
        """Return the received ones without an answer that are on no agenda, or whose meeting left them open."""
        held = [state for state in MeetingState if state != MeetingState.CANCELLED]
        on_agenda = self.model.objects.filter(items__outcome="", items__meeting__state__in=held).values("pk")
        rows = self.filter(state__in=[ProposalState.RECEIVED, ProposalState.AGENDA])
        return rows.exclude(pk__in=on_agenda)

    def waiting(self):
        """Return those to be received or answered, the oldest first."""
        new = Q(state=ProposalState.SUBMITTED) | Q(pk__in=self.model.objects.unanswered().values("pk"))
        return self.filter(new).order_by("made_at", "pk")

    def to_finish(self):
        """Return those whose actions have all ended, and nobody has said yet what came of them."""
        rows = self.filter(state=ProposalState.DECIDED, answer__in=CARRIED_OUT, actions__isnull=False)
        return rows.exclude(actions__state=ActionState.OPEN).distinct()
