"""Questions to the matters settled in writing: which are over, which are kept back, and who reads which."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from consortium import clock
from consortium.models import PostKind
from procurement.models.paper import RESTRICTED_IN
from steering.models.proposal import Proposal
from steering.models.words import BodyKind, Place, ProposalState, SeatKind, WrittenState

ABOUT_NOTHING = Q(proposal__isnull=True, alternative__isnull=True, procurement__isnull=True)


class WrittenQuerySet(models.QuerySet):
    """Questions to the matters settled in writing."""

    def due(self, moment=None):
        """Return those whose time is over and which nobody has closed."""
        return self.filter(state=WrittenState.OPEN, deadline__lt=moment or clock.now())

    def unfinished(self):
        """Return those that are answered now, or settled and not carried out."""
        return self.filter(
            Q(state=WrittenState.OPEN) | Q(state=WrittenState.SETTLED, carried_out_at__isnull=True)
        )

    def waiting_for_meeting(self):
        """Return those that were not settled and whose matter can still be put on an agenda, the oldest first."""
        rows = self.filter(state=WrittenState.TO_MEETING, item__isnull=True)
        received = Q(proposal__isnull=True) | Q(proposal__state=ProposalState.RECEIVED)
        return rows.filter(received).order_by("ended_at", "pk")

    def waiting_to_be_carried_out(self):
        """Return those that were settled, and what they are about still waits for it."""
        rows = self.filter(state=WrittenState.SETTLED, carried_out_at__isnull=True)
        rows = rows.select_related("proposal", "alternative__budget", "procurement")
        return [row for row in rows.exclude(ABOUT_NOTHING).order_by("ended_at", "pk") if row.is_waiting()]

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

    def asked_of(self, user):
        """Return those sent to the person: to a member of that day, or the deputy in a seat then without a member."""
        rows = self.model.objects.alias(sent_on=TruncDate("opened_at", tzinfo=clock.HELSINKI))
        standing = Q(seat__ended_on__isnull=True) | Q(seat__ended_on__gte=OuterRef("sent_on"))
        terms = user.terms.filter(standing, body_of=OuterRef("body"), seat__kind=SeatKind.MEMBER)
        terms = terms.filter(period__contains=OuterRef("sent_on"))
        filled = terms.model.objects.filter(seat=OuterRef("seat"), place=Place.MEMBER)
        filled = filled.filter(period__contains=OuterRef(OuterRef("sent_on")))
        asked = rows.filter(Exists(terms.filter(Q(place=Place.MEMBER) | ~Exists(filled))))
        return self.filter(pk__in=asked.values("pk"))

    def visible_to(self, user, today=None):
        """Return those a person, or a visitor, may read: members, secretary and service centre; a deputy once asked.

        A deputy, called or in a seat that had no member, reads as long as the own term in the body runs. Experts read
        only what is public. The auditor reads what has ended.
        """
        today = today or clock.today()
        public = Q(pk__in=self.model.objects.public(today).values("pk"))
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_staff:
            return self
        terms = user.terms.filter(period__contains=today)
        own = terms.filter(place=Place.MEMBER, seat__kind__in=[SeatKind.MEMBER, SeatKind.SECRETARY])
        called = user.written_for.filter(deputy_ended_at__isnull=True)
        asked = Q(pk__in=called.values("matter")) | Q(pk__in=self.model.objects.asked_of(user).values("pk"))
        seated = Q(body__in=terms.filter(seat__kind=SeatKind.MEMBER).values("body_of"))
        seen = public | Q(body__in=own.values("body_of")) | asked & seated
        if PostKind.AUDITOR in user.duties:
            seen |= ~Q(state=WrittenState.OPEN)
        return self.filter(seen)
