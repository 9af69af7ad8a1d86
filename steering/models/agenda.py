"""The agenda: what may stand on it, in which order, and who may read which item."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AccessLog, AuditEvent, PostKind
from consortium.models.audit import AccessKind
from consortium.workflow import WrongState
from procurement.models import UNDER_WAY
from procurement.models.paper import RESTRICTED_IN
from steering.models.body import Body
from steering.models.words import BodyKind, MeetingState, MinutesState, MovementKind, Place, SeatKind

SOURCES = ("proposal", "budget", "procurement", "award", "action")
TENDER_RUNS = _("a tender is running: Act on the Openness of Government Activities 621/1999, 7 and 24 §")
UNSETTLED = frozenset({MeetingState.PLANNED, MeetingState.CALLED, MeetingState.OPEN, MeetingState.ADJOURNED})


def kept_back(today=None, prefix=""):
    """Return which items are not public on a day: on a ground of their own, their proposal's, or a running tender's.

    What concerns a procurement from its round to its award is closed by itself, unless a person has opened it.
    """

    def stands(name):
        until = Q(**{f"{prefix}{name}until__isnull": True}) | Q(**{f"{prefix}{name}until__gte": today})
        return ~Q(**{f"{prefix}{name}ground": ""}) & Q(**{f"{prefix}{name}ground__isnull": False}) & until

    today = today or clock.today()
    tender = Q(**{f"{prefix}concerns__state__in": RESTRICTED_IN, f"{prefix}opened_in_tender": False})
    return stands("restricted_") | stands("proposal__restricted_") | tender


def runs_body(user, today):
    """Return the bodies whose papers the person keeps as their secretary."""
    own = Q(terms__user=user, terms__period__contains=today, terms__seat__kind=SeatKind.SECRETARY)
    return Body.objects.filter(own)


def sat_in(user, today):
    """Return the meetings in which a deputy sits in the seat: present by the last mark, and the member is not there.

    Nobody need have called the deputy. A mark that was taken back counts for nothing.
    """
    own = user.terms.filter(place=Place.DEPUTY, seat__kind=SeatKind.MEMBER, period__endswith__gt=today)
    marks = user.movements.filter(undone_at__isnull=True)
    beside = Q(user__terms__seat__in=own.values("seat"), user__terms__place=Place.MEMBER)
    member = marks.model.objects.filter(
        beside, user__terms__period__contains=today, meeting=OuterRef("meeting"), undone_at__isnull=True
    )
    last = Subquery(member.order_by("-at", "-pk").values("kind")[:1])
    later = marks.filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")), meeting=OuterRef("meeting")
    )
    there = marks.filter(~Exists(later), kind=MovementKind.ARRIVED, meeting__body__in=own.values("body_of"))
    there = there.alias(member=last).filter(Q(member__isnull=True) | ~Q(member=MovementKind.ARRIVED))
    return there.values("meeting")


class ItemQuerySet(models.QuerySet):
    """Questions to the items."""

    def restricted(self, today=None):
        """Return those that are not public on a day."""
        return self.filter(kept_back(today))

    def public(self, today=None):
        """Return those of called meetings of the steering group that everybody may read on a day."""
        told = self.filter(meeting__called_on__isnull=False, meeting__body__kind=BodyKind.STEERING)
        return told.exclude(pk__in=self.model._base_manager.filter(kept_back(today)).values("pk"))

    def open_to_readers(self, user, today=None):
        """Return those whose restricted matter the person may read: whoever sits, prepares, or was called as deputy.

        Never experts. Deputies from their own call on, as long as the member does not come after all, or while they
        sit in the member's seat; checkers while they check, also when their term has ended; the auditor once the item
        is settled.
        """
        today = today or clock.today()
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        terms = user.terms.filter(period__contains=today)
        sits = terms.filter(place=Place.MEMBER, seat__kind__in=[SeatKind.MEMBER, SeatKind.SECRETARY])
        keeps = sits.filter(seat__kind=SeatKind.SECRETARY) | sits.exclude(office="")
        called = user.calls.filter(
            released_at__isnull=True, term__seat__kind=SeatKind.MEMBER, term__period__endswith__gt=today
        )
        seen = Q(meeting__body__in=sits.values("body_of"), meeting__called_on__isnull=False)
        seen |= Q(meeting__body__in=keeps.values("body_of")) | Q(meeting__in=called.values("meeting"))
        seen |= Q(meeting__in=sat_in(user, today))
        checked = Q(meeting__minutes__first_checker=user) | Q(meeting__minutes__second_checker=user)
        seen |= checked & Q(meeting__minutes__state=MinutesState.CHECKING)
        if PostKind.AUDITOR in user.duties:
            seen |= ~Q(outcome="")
        return self.filter(seen)

    def visible_to(self, user, today=None):
        """Return those a person, or a visitor, may read.

        Drafts are for those who prepare them. From the call on public items are for everybody, those of other groups
        for their own people; restricted ones as ``open_to_readers`` says.
        """
        today = today or clock.today()
        if not user.is_authenticated:
            return self.public(today)
        if user.is_staff:
            return self
        rows = self.model._base_manager
        seen = Q(pk__in=self.model.objects.open_to_readers(user, today).values("pk"))
        bodies = user.terms.filter(period__contains=today).values("body_of")
        told = Q(meeting__called_on__isnull=False) & (
            Q(meeting__body__kind=BodyKind.STEERING)
            | Q(meeting__body__in=bodies)
            | Q(meeting__calls__in=user.calls.filter(released_at__isnull=True))
        )
        if PostKind.AUDITOR in user.duties:
            told |= Q(meeting__called_on__isnull=False)
        public = rows.filter(told).exclude(pk__in=rows.filter(kept_back(today)).values("pk"))
        return self.filter(seen | Q(pk__in=public.values("pk")))


class Restricting:
    """What is kept from the public, how it is opened, and how often it was read meanwhile; for items."""

    STEPS = {
        "edit": UNSETTLED,
        "move": UNSETTLED,
        "remove": {MeetingState.PLANNED},
        "restrict": set(MeetingState),
        "open": set(MeetingState),
        "add_paper": set(MeetingState) - {MeetingState.CANCELLED},
    }

    @property
    def log_name(self):
        """Return what the access log calls a reading of this item."""
        return f"steering.item {self.pk}"

    @property
    def body(self):
        """Return the body whose meeting deals with it."""
        return self.meeting.body

    @property
    def in_tender(self):
        """Tell whether it is closed because a tender that it concerns is running."""
        return bool(self.concerns_id and not self.opened_in_tender and self.concerns.state in RESTRICTED_IN)

    def is_restricted(self, today=None):
        """Tell whether it is kept from the public on a day."""
        today = today or clock.today()
        own = self.restricted_ground and (self.restricted_until is None or self.restricted_until >= today)
        if own or self.in_tender:
            return True
        return bool(self.proposal_id and _stands(self.proposal, today))

    @property
    def ground(self):
        """Return why it is not public today, or an empty text."""
        today = clock.today()
        if _stands(self, today):
            return self.restricted_ground
        if self.in_tender:
            return str(TENDER_RUNS)
        return self.proposal.restricted_ground if self.is_restricted(today) else ""

    def allows(self, verb):
        """Tell whether the meeting and the item itself let this step begin."""
        if self.meeting.state not in self.STEPS[verb]:
            return False
        if verb in {"edit", "move"} and self.outcome:
            return False
        return verb != "move" or self.opened_at is None

    def steps_open_to(self, user):
        """Return the verbs that the state allows and the rules give to this user."""
        return [v for v in self.STEPS if self.allows(v) and user.has_perm(f"steering.{v}_item", self)]

    @contextmanager
    def changing(self, verb, *, by, **details):
        """Lock the meeting, then this row; run the block, save and record it, or change nothing at all."""
        try:
            with transaction.atomic():
                meeting = self.meeting.held()
                rows = type(self)._base_manager.select_for_update(of=("self",), no_key=True)
                self.refresh_from_db(from_queryset=rows)
                self.meeting = meeting
                if not self.allows(verb):
                    raise WrongState(meeting, verb)
                yield details
                self.revision += 1
                self.full_clean(validate_unique=False)
                self.save()
                AuditEvent.record(self, verb, by=by, **details)
        except Exception:
            if not transaction.get_connection().needs_rollback:
                self.refresh_from_db()
            raise

    def refuse_stale(self, revision):
        """Raise ValidationError when somebody else has changed it since the form was made."""
        if revision != self.revision:
            raise ValidationError(
                _(
                    "Somebody else has changed this item meanwhile. Yours is kept below; send it again to keep it."
                ),
                code="overtaken",
            )

    def edit(self, *, by, revision, **texts):
        """Write its texts better, until it is settled."""
        with self.changing("edit", by=by, fields=sorted(texts)):
            self.refuse_stale(revision)
            for name, value in texts.items():
                setattr(self, name, value)

    def move(self, *, by, position):
        """Give it another place on the agenda, until it has been taken up."""
        with self.changing("move", by=by, position=position) as details:
            rows = list(self.meeting.items.exclude(pk=self.pk).order_by("position"))
            place = min(max(position, 1), len(rows) + 1)
            rows.insert(place - 1, self)
            details["was"], details["position"] = self.position, place
            for number, row in enumerate(rows, start=1):
                if row.position != number and row.opened_at is not None:
                    raise ValidationError({"position": _("Items already taken up keep their places.")})
                type(self)._base_manager.filter(pk=row.pk).update(position=number)
            self.position = place

    def remove(self, *, by):
        """Take it off the agenda while the meeting is being planned; the history keeps that it was there."""
        with transaction.atomic():
            meeting = self.meeting = self.meeting.held()
            if not self.allows("remove"):
                raise WrongState(meeting, "remove")
            if self.papers.exists():
                raise ValidationError(_("It has papers. They stay on record, so the item stays too."))
            if self.moved_from_id or self.action_id or hasattr(self, "written_matter"):
                raise ValidationError(_("It stands there by itself until it has been dealt with."))
            if self.proposal_id:
                self.proposal.return_from_agenda(by=by)
            facts = {"position": self.position, "proposal": self.proposal_id}
            meeting.items.filter(position__gt=self.position).update(position=F("position") - 1)
            AuditEvent.record(meeting, "remove_item", by=by, item=self.pk, **facts)
            self.delete()

    def restrict(self, *, by, ground, until=None):
        """Keep it from the public on a ground and until a day; how often others opened it before stays on record."""
        with self.changing("restrict", by=by, until=until) as details:
            if not ground.strip():
                raise ValidationError({"ground": _("Say on what ground the item is not public.")})
            if until and until < clock.today():
                raise ValidationError({"until": _("Choose a later day.")})
            details["openings"] = len(self.readings())
            self.restricted_ground, self.restricted_until = ground.strip(), until
            self.opened_in_tender = False
        if self.meeting.called_on:
            self.meeting.print_agenda(by=by)  # the file that everybody could read told of it

    def open(self, *, by, contains_volumes, meant=False):
        """Let everybody read it. Whether it contains volumes is asked each time.

        One that does waits for the award, or is opened only by one who says that it is ``meant``.
        """
        with self.changing("open", by=by, contains_volumes=contains_volumes):
            if not self.is_restricted():
                raise ValidationError(_("It is public already."))
            refuse_volumes(self, contains_volumes=contains_volumes, meant=meant)
            if self.proposal_id and _stands(self.proposal, clock.today()):
                raise ValidationError(_("Its proposal is not public. Open the proposal first."))
            self.restricted_ground, self.restricted_until = "", None
            self.opened_in_tender = self.concerns_id is not None

    def opened(self, by):
        """Keep in the log that somebody has read what is restricted or concerns a procurement."""
        if self.concerns_id or self.is_restricted():
            user = by if by.is_authenticated else None
            AccessLog.objects.create(kind=AccessKind.READ, user=user, what=self.log_name)

    def readings(self):
        """Return when and by whom others than the service centre have opened its page."""
        rows = AccessLog.objects.filter(kind=AccessKind.READ, what=self.log_name)
        return list(rows.exclude(user__is_staff=True).order_by("at").values_list("at", "user"))

    def refuse_twice(self):
        """Raise ValidationError when its matter waits on an agenda already."""
        rows = type(self)._base_manager.filter(outcome="", meeting__state__in=UNSETTLED).exclude(pk=self.pk)
        for name in ("proposal", "action"):
            if getattr(self, f"{name}_id") and rows.filter(**{name: getattr(self, f"{name}_id")}).exists():
                raise ValidationError(_("The matter stands on an agenda already."), code="twice")
        if self.proposal_id and self.proposal.written_matters.unfinished().exists():
            raise ValidationError(_("The proposal is being settled in writing."), code="in_writing")

    def take_papers(self, earlier):
        """Take over the papers of the item that was moved on; the files are the same."""
        make = self.papers.model
        names = ("title", "language", "file", "contains_volumes", "restricted_ground", "restricted_until")
        names += ("added_by_id", "added_at")
        rows = earlier.papers.filter(withdrawn_at__isnull=True).order_by("pk")
        make.objects.bulk_create(
            make(item=self, **{name: getattr(row, name) for name in names}) for row in rows
        )


def refuse_volumes(item, *, contains_volumes, meant):
    """Raise ValidationError where volumes would be opened before the award; ``item``: None for other matters."""
    if not contains_volumes:
        return
    if item and item.concerns_id and item.concerns.state in UNDER_WAY:
        raise ValidationError(
            _("This contains volumes: the public may read them from the award on."), code="too_early"
        )
    if not meant:
        raise ValidationError({"meant": _("This contains volumes. Say that everybody is meant to see them.")})


def _stands(record, today):
    """Tell whether a record's own restriction holds on a day."""
    until = record.restricted_until
    return bool(record.restricted_ground) and (until is None or until >= today)
