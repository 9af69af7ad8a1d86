"""A meeting while it is planned: its number, its day, and what comes onto its agenda, some of it by itself."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent, PostKind
from consortium.workflow import WrongState
from steering.models.agenda import UNSETTLED
from steering.models.body import Body
from steering.models.words import BodyKind, MeetingState, Outcome, ProposalState, SeatKind

SOURCES = ("proposal", "budget", "procurement", "award", "action")
TAKEN_UP = (ProposalState.RECEIVED, ProposalState.AGENDA)  # in which a meeting may take a proposal up
CARRIED = (
    *("title_fi", "title_sv", "background_fi", "background_sv", "proposal_fi", "proposal_sv"),
    *("restricted_ground", "restricted_until", "opened_in_tender", "concerns_id", "alternative_id"),
    *(f"{name}_id" for name in SOURCES),
)


class MeetingQuerySet(models.QuerySet):
    """Questions to the meetings."""

    def visible_to(self, user, today=None):
        """Return those a person, or a visitor, may know of: the steering group's from the call on.

        Those of other groups, and those being planned, are for whoever sits there and for the service centre.
        """
        called = Q(called_on__isnull=False)
        seen = called & Q(body__kind=BodyKind.STEERING)
        if not user.is_authenticated:
            return self.filter(seen)
        if user.is_staff:
            return self
        if PostKind.AUDITOR in user.duties:
            seen |= called
        own = user.terms.filter(period__contains=today or clock.today()).values("body_of")
        asked = user.calls.filter(released_at__isnull=True).values("meeting")
        return self.filter(seen | Q(body__in=own) | Q(pk__in=asked))

    def planned(self):
        """Return those that have not been called, the next first."""
        return self.filter(state=MeetingState.PLANNED).order_by(F("starts_at").asc(nulls_last=True), "pk")

    def coming(self, moment=None):
        """Return the called ones that are not over by their plan, the next first."""
        return self.filter(state=MeetingState.CALLED, ends_at__gte=moment or clock.now()).order_by(
            "starts_at"
        )


class Planning:
    """What is done with a meeting before its call; for meetings."""

    @classmethod
    def plan(cls, *, by, body, **facts):
        """Write down a meeting, with or without its day. What has waited comes onto its agenda. Returns it."""
        with transaction.atomic():
            body = Body.objects.select_for_update(no_key=True).get(pk=body.pk)
            row = cls(body=body, made_by=by, **facts)
            row._take_number()
            row.full_clean(exclude=["made_by"])
            row.refuse_past()
            row.save()
            AuditEvent.record(row, "plan", by=by, number=row.number)
            row._fill(by)
        return row

    def edit(self, *, by, revision, **facts):
        """Change what is planned. ``revision``: the one the form was made from; refused when another came between."""
        with self.step("edit", by=by, fields=sorted(facts)):
            self.refuse_stale(revision)
            before = self.starts_at
            for name, value in facts.items():
                setattr(self, name, value)
            if self.starts_at != before:
                self.refuse_past()
            if self.on and self.on.year != self.year:
                Body.objects.select_for_update(no_key=True).get(pk=self.body_id)
                self._take_number()
            self.revision += 1
            self.full_clean(exclude=["made_by"])
            self._fill(by)

    @property
    def on(self):
        """Return its day in Helsinki, or None while days are asked for."""
        return clock.date_of(self.starts_at)

    def held(self):
        """Return the meeting anew, its row locked until the transaction ends: one change at a time."""
        rows = type(self)._base_manager.select_related("body").select_for_update(of=("self",), no_key=True)
        return rows.get(pk=self.pk)

    def refuse_stale(self, revision):
        """Raise ValidationError when somebody else has changed it since the form was made."""
        if revision != self.revision:
            raise ValidationError(
                _(
                    "Somebody else has changed this meeting meanwhile. Yours is kept below; send it again to keep it."
                ),
                code="overtaken",
            )

    def refuse_past(self):
        """Raise ValidationError for a day that is over, or on which the body does not exist."""
        if self.starts_at is None:
            return
        if self.starts_at < clock.now():
            raise ValidationError({"starts_at": _("That time has passed.")})
        if self.body.ended_on and self.body.ended_on < self.on:
            raise ValidationError({"starts_at": _("The group does not exist any more on that day.")})

    def _take_number(self):
        """Take the next number of the year in which it is held."""
        self.year = (self.on or clock.today()).year
        rows = type(self)._base_manager.filter(body=self.body, year=self.year).exclude(pk=self.pk)
        self.serial = (rows.aggregate(last=Max("serial"))["last"] or 0) + 1

    # --- The agenda -----------------------------------------------------------------------------------------

    def is_next(self):
        """Tell whether it is the one, of those being planned, onto whose agenda comes what has waited."""
        following = type(self).objects.filter(body_id=self.body_id).planned().first()
        return following is not None and following.pk == self.pk

    def waiting(self, today=None):
        """Return (items moved on, overdue actions) that stand on its agenda by themselves and are not written yet.

        Reckoned on reading until the call, so that a day that passes meanwhile is seen without any clock.
        """
        return self._waiting(today) if self.state == MeetingState.PLANNED else ([], [])

    def _waiting(self, today=None):
        if not self.is_next():
            return [], []
        moved = list(
            self._moved_on().select_related("concerns", "proposal").order_by("meeting_id", "position")
        )
        again = {item.action_id for item in moved if item.action_id}
        actions = apps.get_model("steering", "Action").objects.overdue(today).exclude(pk__in=again)
        on_one = self.items.model.objects.filter(
            action__isnull=False, outcome="", meeting__state__in=UNSETTLED
        )
        actions = actions.of_body(self.body).exclude(pk__in=on_one.values("action"))
        return moved, list(actions.select_related("owner").order_by("due_on", "pk"))

    def _moved_on(self):
        """Return the body's items that wait for another agenda: moved on, or left by a cancelled meeting.

        Not those of a proposal that was answered or withdrawn meanwhile.
        """
        rows = self.items.model.objects.filter(meeting__body_id=self.body_id, moved_to__isnull=True)
        left = Q(outcome=Outcome.MOVED) | Q(
            outcome="", meeting__state=MeetingState.CANCELLED, action__isnull=True
        )
        open_still = Q(proposal__isnull=True) | Q(proposal__state__in=TAKEN_UP)
        return rows.filter(left & open_still)

    def _take_over(self, row):
        """Let a new item be the one of its proposal or action that waits, so that the matter stands there once.

        What was not given anew is taken over. Returns the item that waited, or None.
        """
        matter = {name: key for name in ("proposal", "action") if (key := getattr(row, f"{name}_id"))}
        if not matter:
            return None
        Body.objects.select_for_update(no_key=True).get(pk=self.body_id)
        earlier = row.moved_from = self._moved_on().filter(**matter).order_by("pk").last()
        if earlier:
            kept = {"restricted_until"} if row.restricted_ground else set()
            for name in set(CARRIED) - kept:
                setattr(row, name, getattr(row, name) or getattr(earlier, name))
        return earlier

    def _fill(self, by):
        """Write what has waited onto the agenda: overdue actions open it, items moved on follow what stands there."""
        Body.objects.select_for_update(no_key=True).get(pk=self.body_id)
        moved, actions = self._waiting()
        if not moved and not actions:
            return
        rows = list(self.items.order_by("position"))
        make = self.items.model
        first = [
            make(meeting=self, action=action, **action.restriction(), **_told(action)) for action in actions
        ]
        last = [
            make(meeting=self, moved_from=item, **{name: getattr(item, name) for name in CARRIED})
            for item in moved
        ]
        own = sum(1 for row in rows if row.action_id)
        for place, row in enumerate([*rows[:own], *first, *rows[own:], *last], start=1):
            if row.position != place:
                row.position = place
                row.save()
        for item, row in zip(moved, last, strict=True):
            row.take_papers(item)
            if row.proposal_id:
                row.proposal.put_on_agenda(by=by, meeting=self)
        for row in [*first, *last]:
            AuditEvent.record(self, "add_item", by=by, item=row.pk, by_itself=True)

    def add(self, *, by, **facts):
        """Put an item at the end of the agenda: free, or from a proposal, budget, procurement, award or action.

        A matter that was moved on goes on here. Titles that are not given are the matter's own. What concerns a running
        tender is not public. Returns it.
        """
        with transaction.atomic():
            meeting = self.held()
            if meeting.state not in UNSETTLED:
                raise WrongState(meeting, "add")
            row = meeting.items.model(meeting=meeting, **facts)
            if self.body.kind != BodyKind.STEERING and any(
                facts.get(name) for name in SOURCES if name != "action"
            ):
                raise ValidationError(_("The steering group alone decides on that."), code="other_body")
            last = meeting.items.aggregate(last=Max("position"))["last"] or 0
            row.position = last + 1
            row.concerns = _concerned(row)
            earlier = meeting._take_over(row)
            for name, value in (row.action.restriction() if row.action else {}).items():
                setattr(row, name, getattr(row, name) or value)
            for name, value in _titles(row).items():
                setattr(row, name, getattr(row, name) or value)
            if not row.restricted_ground and row.proposal and row.proposal.restricted_ground:
                row.restricted_ground = row.proposal.restricted_ground
                row.restricted_until = row.proposal.restricted_until
            row.full_clean()
            if row.proposal:  # two who put it onto two agendas: one
                type(row.proposal)._base_manager.select_for_update(no_key=True).get(pk=row.proposal_id)
            row.refuse_twice()
            row.save()
            if earlier:
                row.take_papers(earlier)
            details = {
                f"{name}_id": getattr(row, f"{name}_id") for name in SOURCES if getattr(row, f"{name}_id")
            }
            AuditEvent.record(meeting, "add_item", by=by, item=row.pk, **details)
            if row.proposal:
                row.proposal.put_on_agenda(by=by, meeting=meeting)
        return row

    def empty_seats(self, called):
        """Return the members' seats from which nobody comes. ``called``: the meeting's calls that stand."""
        coming = {call.term.seat_id for call in called if call.coming != "no"}
        seats = [seat for seat in self.body.seats.all() if seat.kind == SeatKind.MEMBER]
        standing = [seat for seat in seats if seat.ended_on is None or seat.ended_on >= self.on]
        return [seat for seat in standing if seat.pk not in coming]


def _concerned(item):
    """Return the procurement that an item is about, or None."""
    if item.award:
        return item.award.procurement
    return item.procurement or (item.proposal.procurement if item.proposal else None)


def _titles(item):
    """Return the titles that the item's matter gives it, in both languages."""
    found = {}
    for language in ("fi", "sv"):
        with override(language):
            if item.proposal:
                words, facts = gettext("Proposal %(number)s: %(title)s"), item.proposal
                told = words % {"number": facts.number, "title": facts.title}
            elif item.budget:
                told = gettext("Budget %(year)s") % {"year": item.budget.year}
            elif item.award:
                told = gettext("Award decision: %(title)s") % {"title": item.award.procurement.title}
            elif item.procurement:
                told = item.procurement.title
            elif item.action:
                told = _told(item.action)[f"title_{language}"]
            else:
                continue
        found[f"title_{language}"] = told if len(told) <= 160 else f"{told[:159]}…"
    return found


def _told(action):
    """Return the titles of an item about an overdue action."""
    found = {}
    for language, text in (("fi", action.text_fi), ("sv", action.text_sv or action.text_fi)):
        with override(language):
            told = gettext("Overdue action: %(text)s") % {"text": text}
        found[f"title_{language}"] = told if len(told) <= 160 else f"{told[:159]}…"
    return found
