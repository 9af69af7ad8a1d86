"""What is recorded while a meeting meets: attendance, conflicts of interest, votes, dissent. Never a secret ballot."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from steering.models.meeting import Item, Meeting
from steering.models.words import BallotWay, Choice, MovementKind


class Movement(models.Model):
    """One mark in the list of attendance. Taken back, never removed: what was marked stays on record."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="movements")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="movements"
    )
    visitor = models.CharField(_("visitor"), max_length=160, blank=True)  # one without a place in the body
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("mark"), max_length=8, choices=MovementKind)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    marked_at = models.DateTimeField(default=clock.now, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("mark of attendance")
        verbose_name_plural = _("marks of attendance")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="movement_of_somebody",
                condition=Q(user__isnull=False, visitor="") | Q(user__isnull=True) & ~Q(visitor=""),
            ),
        ]

    def __str__(self):
        return f"{self.meeting_id} {self.user_id or self.visitor} {self.kind}"


class Recess(models.Model):
    """A break of a meeting, until it was resumed or ended for the day."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="recesses")
    began_at = models.DateTimeField(_("adjourned"))
    ended_at = models.DateTimeField(_("resumed"), null=True, blank=True)
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(ended_at__isnull=True), name="recess_one_at_a_time"
            ),
            models.CheckConstraint(
                name="recess_ends_after_beginning",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("began_at")),
            ),
        ]

    def __str__(self):
        return f"{self.meeting_id} {self.began_at}"


class Conflict(models.Model):
    """One who takes no part in an item: on what ground (Administrative Procedure Act 27-28 §), left when, back when."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="conflicts")
    ground = models.CharField(_("ground"), max_length=300)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    back_at = models.DateTimeField(_("back"), null=True, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    marked_at = models.DateTimeField(default=clock.now, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["marked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "user"],
                condition=Q(undone_at__isnull=True),
                name="conflict_once",
                violation_error_message=_("The conflict of interest is recorded already."),
            ),
            models.CheckConstraint(
                name="conflict_back_after_leaving",
                condition=Q(back_at__isnull=True)
                | Q(left_at__isnull=False, back_at__isnull=False, back_at__gte=F("left_at")),
                violation_error_message=_("Nobody comes back before leaving."),
            ),
        ]

    def __str__(self):
        return f"{self.item_id} {self.user_id}"


class Ballot(models.Model):
    """One way in which an item was put. The result is reckoned at its close and stays as it was then."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="ballots")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(_("how"), max_length=10, choices=BallotWay)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=8, choices=Choice, blank=True)
    ground = models.CharField(_("rests on"), max_length=12, blank=True)  # a voting.Ground
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    set_aside_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # counted on a wrong attendance
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="ballot_number"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(closed_at__isnull=True), name="ballot_one_at_a_time"
            ),
            models.CheckConstraint(
                name="ballot_closed_with_ground",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, ground="", result="")
                | Q(closed_at__isnull=False, closed_by__isnull=False, closed_at__gte=F("opened_at"))
                & ~Q(ground=""),
            ),
            models.CheckConstraint(
                name="ballot_set_aside_once_closed",
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True)
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False, closed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.item_id}/{self.number}"


class Cast(models.Model):
    """A vote as it was sent, or a voice against a consensus. Never changed: one that is meant anew is another row."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="casts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="casts")
    choice = models.CharField(_("vote"), max_length=8, choices=Choice)
    at = models.DateTimeField(default=clock.now)
    changes = models.BooleanField(default=False)  # knowingly in place of the person's own earlier one
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("vote given")
        verbose_name_plural = _("votes given")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.ballot_id} {self.user_id} {self.choice}"


class Dissent(models.Model):
    """One who was against the decision and has it written into the minutes, with or without the reasons.

    ``proposed_otherwise``: a counter-proposal in the item was the person's own. The text may follow the meeting.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="dissents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="dissents")
    text = models.TextField(_("reasons"), max_length=2000, blank=True)
    at = models.DateTimeField(default=clock.now)
    text_at = models.DateTimeField(null=True, blank=True, editable=False)
    proposed_otherwise = models.BooleanField(_("made a counter-proposal"), default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("dissent")
        verbose_name_plural = _("dissents")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "user"],
                name="dissent_once",
                violation_error_message=_("The dissent is recorded already."),
            ),
        ]

    def __str__(self):
        return f"{self.item_id} {self.user_id}"
