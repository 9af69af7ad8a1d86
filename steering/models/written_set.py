"""Questions to the matters settled in writing: which are over, which are kept back, and who reads which."""

from django.db import models
from django.db.models import Q

from consortium import clock
from consortium.models import PostKind
from procurement.models.paper import RESTRICTED_IN
from steering.models.proposal import Proposal
from steering.models.words import BodyKind, Place, SeatKind, WrittenState


class WrittenQuerySet(models.QuerySet):
    """Questions to the matters settled in writing."""

    def due(self, moment=None):
        """Return those whose time is over and which nobody has closed."""
        return self.filter(state=WrittenState.OPEN, deadline__lt=moment or clock.now())

    def restricted(self, today=None):
        """Return those kept from the public on a day: on a ground of their own, their proposal's, or by a tender."""
        today = today or clock.today()
        until = Q(restricted_until__isnull=True) | Q(restricted_until__gte=today)
        proposal = Q(proposal__in=Proposal.objects.restricted(today))
        return self.filter(
            ~Q(restricted_ground="") & until | proposal | Q(procurement__state__in=RESTRICTED_IN)
        )

    def public(self, today=None):
        """Return the steering group's that were settled and that everybody may read on a day."""
        rows = self.filter(state=WrittenState.SETTLED, body__kind=BodyKind.STEERING)
        return rows.exclude(pk__in=self.model.objects.restricted(today).values("pk"))

    def visible_to(self, user, today=None):
        """Return those a person, or a visitor, may read: members, secretary and service centre; a deputy once called.

        Experts read only what is public. The auditor reads what has ended.
        """
        today = today or clock.today()
        public = Q(pk__in=self.model.objects.public(today).values("pk"))
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_staff:
            return self
        own = user.terms.filter(period__contains=today, place=Place.MEMBER)
        own = own.filter(seat__kind__in=[SeatKind.MEMBER, SeatKind.SECRETARY])
        called = user.written_for.filter(deputy_ended_at__isnull=True)
        seen = public | Q(body__in=own.values("body_of")) | Q(pk__in=called.values("matter"))
        if PostKind.AUDITOR in user.duties:
            seen |= ~Q(state=WrittenState.OPEN)
        return self.filter(seen)
