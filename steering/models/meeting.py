"""A meeting of a body, from its planning to its end, and the items it deals with."""

import uuid
from functools import reduce
from itertools import combinations
from operator import and_

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.workflow import Workflow
from members.models import Alternative, AnnualBudget
from procurement.models import Award, Procurement
from steering.models.agenda import ItemQuerySet, Restricting
from steering.models.body import Body
from steering.models.calling import Calling
from steering.models.correcting import Correcting
from steering.models.dealing import Dealing
from steering.models.planning import SOURCES, MeetingQuerySet, Planning
from steering.models.proposal import Proposal
from steering.models.sitting import Sitting
from steering.models.words import MeetingState, Outcome

BEFORE = frozenset({MeetingState.PLANNED, MeetingState.CALLED})
RUNNING = frozenset({MeetingState.OPEN, MeetingState.ADJOURNED})
PAIRS = list(combinations(SOURCES, 2))


class Meeting(Planning, Calling, Sitting, Correcting, Workflow):
    """One meeting. ``sequence`` and ``changed_at`` are what calendars know of its call; ``key`` is in its UID.

    Its papers leave with the call, two weeks before. Whoever changes it takes its row first: one outcome for all.
    """

    STEPS = {
        "edit": ({MeetingState.PLANNED}, None),
        "call": ({MeetingState.PLANNED}, MeetingState.CALLED),
        "change": ({MeetingState.CALLED}, None),  # time, place or link after the call: calendars are told
        "cancel": (BEFORE, MeetingState.CANCELLED),
        "answer": ({MeetingState.CALLED, MeetingState.OPEN, MeetingState.ADJOURNED}, None),
        "begin": ({MeetingState.CALLED}, MeetingState.OPEN),
        "mark": ({MeetingState.OPEN}, None),  # somebody arrives, leaves, drops out
        "adjourn": ({MeetingState.OPEN}, MeetingState.ADJOURNED),
        "resume": ({MeetingState.ADJOURNED}, MeetingState.OPEN),
        "carry_over": ({MeetingState.OPEN}, None),
        "continue_on": (RUNNING, MeetingState.CLOSED),  # the rest on another day, as a meeting of its own
        "close": ({MeetingState.OPEN}, MeetingState.CLOSED),
        "correct_attendance": ({MeetingState.CLOSED}, None),  # until the minutes go to their checkers
    }

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveSmallIntegerField(editable=False)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)  # None while days are asked for
    ends_at = models.DateTimeField(_("ends by plan"), null=True, blank=True)
    place = models.CharField(_("where it is held"), max_length=200, blank=True)
    link = models.URLField(_("link to take part from afar"), blank=True)
    note_fi = models.TextField(_("note in Finnish"), max_length=1000, blank=True)
    note_sv = models.TextField(_("note in Swedish"), max_length=1000, blank=True)
    cancelled_fi = models.TextField(_("why it is cancelled, in Finnish"), max_length=1000, blank=True)
    cancelled_sv = models.TextField(_("why it is cancelled, in Swedish"), max_length=1000, blank=True)
    called_on = models.DateField(_("called"), null=True, blank=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    continues = models.OneToOneField(  # the meeting that this one goes on with on another day
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", editable=False
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "serial"], name="meeting_number"),
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                violation_error_message=_("A meeting ends after it begins."),
            ),
            models.CheckConstraint(
                name="meeting_called_with_time",
                condition=Q(state__in=["planned", "cancelled"])
                | Q(starts_at__isnull=False, called_on__isnull=False),
                violation_error_message=_("A meeting is called to a day and an hour."),
            ),
            models.CheckConstraint(
                name="meeting_cancelled_with_reason",
                condition=~Q(state="cancelled") | ~Q(cancelled_fi="") & ~Q(cancelled_sv=""),
                violation_error_message=_("Say in both languages why it is cancelled."),
            ),
            models.CheckConstraint(
                name="meeting_opened_and_closed",
                condition=Q(
                    state__in=["planned", "called", "cancelled"],
                    opened_at__isnull=True,
                    closed_at__isnull=True,
                )
                | Q(state__in=["open", "adjourned"], opened_at__isnull=False, closed_at__isnull=True)
                | Q(
                    state="closed",
                    opened_at__isnull=False,
                    closed_at__isnull=False,
                    closed_at__gte=F("opened_at"),
                ),
            ),
        ]

    def __str__(self):
        return f"{self.body} {self.number}"

    def get_absolute_url(self):
        """Return the meeting's page."""
        return reverse("steering:meeting", args=[self.pk])

    @property
    def number(self):
        """Return the number by which it is cited: 3/2027."""
        return f"{self.serial}/{self.year}"

    @property
    def note(self):
        """Return the note to the call in the page's language."""
        return self.note_sv if get_language() == "sv" else self.note_fi


class Item(Restricting, Dealing, models.Model):
    """One item of a meeting. ``number`` is its section (§), running through the body's year; given when it opens.

    ``outcome`` is set by what the meeting did with it. ``revision``: which state of the texts a form was made from.
    Restricted until ``restricted_until`` (None: until it is ended), on a ground of 621/1999.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(_("section"), null=True, blank=True, editable=False)
    title_fi = models.CharField(_("title in Finnish"), max_length=160)
    title_sv = models.CharField(_("title in Swedish"), max_length=160)
    background_fi = models.TextField(_("background in Finnish"), max_length=6000, blank=True)
    background_sv = models.TextField(_("background in Swedish"), max_length=6000, blank=True)
    proposal_fi = models.TextField(_("proposed decision in Finnish"), max_length=3000, blank=True)
    proposal_sv = models.TextField(_("proposed decision in Swedish"), max_length=3000, blank=True)
    restricted_ground = models.CharField(_("why it is not public"), max_length=200, blank=True)
    restricted_until = models.DateField(_("not public until"), null=True, blank=True)
    # What it comes from; at most one. Its decision is carried out on that record by the record's own verb.
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, blank=True, related_name="items")
    budget = models.ForeignKey(AnnualBudget, models.PROTECT, null=True, blank=True, related_name="+")
    alternative = models.ForeignKey(Alternative, models.PROTECT, null=True, blank=True, related_name="+")
    procurement = models.ForeignKey(Procurement, models.PROTECT, null=True, blank=True, related_name="+")
    award = models.ForeignKey(Award, models.PROTECT, null=True, blank=True, related_name="+")
    concerns = (
        models.ForeignKey(  # the procurement that it, its award or its proposal is about: see is_restricted
            Procurement, models.PROTECT, null=True, blank=True, related_name="agenda_items", editable=False
        )
    )
    opened_in_tender = models.BooleanField(
        default=False, editable=False
    )  # by a person, while the tender runs
    action = models.ForeignKey(
        "steering.Action", models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    moved_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_to", editable=False
    )
    opened_at = models.DateTimeField(_("taken up"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True, editable=False)
    decision_fi = models.TextField(_("decision in Finnish"), max_length=3000, blank=True)
    decision_sv = models.TextField(_("decision in Swedish"), max_length=3000, blank=True)
    discussion_fi = models.TextField(_("discussion in Finnish"), max_length=3000, blank=True)
    discussion_sv = models.TextField(_("discussion in Swedish"), max_length=3000, blank=True)
    proposed_by = models.CharField(_("who proposed"), max_length=120, blank=True)
    seconded_by = models.CharField(_("who seconded"), max_length=120, blank=True)
    chosen = models.ForeignKey(  # the chair whom the meeting chose under this item
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    chosen_for = models.ForeignKey(  # for that item alone; None: from here on
        "self", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="item_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["meeting", "number"], condition=Q(number__isnull=False), name="item_section"
            ),
            models.CheckConstraint(
                name="item_one_source",
                condition=reduce(
                    and_, (Q(**{f"{a}__isnull": True}) | Q(**{f"{b}__isnull": True}) for a, b in PAIRS)
                ),
                violation_error_message=_("An item comes from one matter at most."),
            ),
            models.CheckConstraint(
                name="item_restricted_with_ground",
                condition=Q(restricted_until__isnull=True) | ~Q(restricted_ground=""),
                violation_error_message=_("Say on what ground the item is not public."),
            ),
            models.CheckConstraint(
                name="item_taken_up_in_order",
                condition=Q(opened_at__isnull=True, closed_at__isnull=True, outcome="")
                | Q(opened_at__isnull=False, closed_at__isnull=True, outcome="")
                | Q(opened_at__isnull=False, closed_at__isnull=False, closed_at__gte=F("opened_at"))
                & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="item_decided_with_text",
                condition=~Q(outcome__in=["decided", "noted"]) | ~Q(decision_fi=""),
                violation_error_message=_("Write what was decided."),
            ),
            models.CheckConstraint(
                name="item_chair_chosen_names_one",
                condition=Q(outcome="chair_chosen", chosen__isnull=False)
                | ~Q(outcome="chair_chosen") & Q(chosen__isnull=True, chosen_for__isnull=True),
                violation_error_message=_("Say whom the meeting chose as its chair."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the item's page."""
        return reverse("steering:item", args=[self.pk])

    def _in(self, name):
        """Return a text in the page's language, or in Finnish while there is no Swedish."""
        return (getattr(self, f"{name}_sv") if get_language() == "sv" else "") or getattr(self, f"{name}_fi")

    @property
    def title(self):
        """Return the title in the page's language."""
        return self._in("title")

    @property
    def decision(self):
        """Return the decision in the page's language."""
        return self._in("decision")

    @property
    def proposed(self):
        """Return the proposed decision in the page's language."""
        return self._in("proposal")

    @property
    def background(self):
        """Return the background in the page's language."""
        return self._in("background")
