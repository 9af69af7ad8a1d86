"""The groups of a procurement: who is asked to take part, who offers, who sits."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow
from members.models import Municipality
from procurement import needs_emails
from procurement.models.procurement import UNDER_WAY, Procurement


class Group(models.TextChoices):
    """What a group is for."""

    CONTENT = "content", _("content group")
    PROJECT = "project", _("project group")


class SeatState(models.TextChoices):
    """How far a person's part in a group is."""

    OFFERED = "offered", _("has offered")
    SEATED = "seated", _("member")
    DECLINED = "declined", _("no seat")
    WITHDRAWN = "withdrawn", _("has taken the offer back")
    LEFT = "left", _("has left")


class GroupCall(models.Model):
    """The members are asked who would take part in a group: what it does and by when one offers."""

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="calls")
    group = models.CharField(_("group"), max_length=10, choices=Group)
    text_fi = models.TextField(_("what the group does, in Finnish"), max_length=1200)
    text_sv = models.TextField(_("what the group does, in Swedish"), max_length=1200)
    offer_by = models.DateField(_("offer by"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("call for members of a group")
        verbose_name_plural = _("calls for members of groups")
        ordering = ["group"]
        constraints = [
            models.UniqueConstraint(
                fields=["procurement", "group"],
                name="groupcall_once",
                violation_error_message=_("The members have been asked for this group already."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.group}"

    def get_absolute_url(self):
        """Return the procurement's page."""
        return self.procurement.get_absolute_url()

    @property
    def text(self):
        """Return what the group does, in the page's language."""
        return self.text_sv if get_language() == "sv" else self.text_fi

    def is_open(self, today=None):
        """Tell whether one may still offer."""
        return self.offer_by >= (today or clock.today()) and self.procurement.state in UNDER_WAY

    @classmethod
    def open(cls, procurement, *, by, **said):
        """Ask the people of all members who would take part. Returns the call."""
        if not procurement.announced_on or procurement.state not in UNDER_WAY:
            raise ValidationError(_("Only for a procurement under way that the members know of."))
        row = cls(procurement=procurement, opened_by=by, **said)
        row.full_clean(exclude=["opened_by"])
        if row.offer_by <= clock.today():
            raise ValidationError({"offer_by": _("Choose a later day.")})
        with transaction.atomic():
            row.save()
            places = list(Municipality.objects.members_on(clock.today()))
            AuditEvent.record(row, "call", by=by, group=row.group, asked=len(places))
            needs_emails.asked_for_members(row, places)
        return row


class GroupSeatQuerySet(models.QuerySet):
    """Questions to the seats."""

    def seated(self):
        """Return those who sit."""
        return self.filter(state=SeatState.SEATED)

    def waiting(self):
        """Return the offers that nobody has answered, the oldest first."""
        return self.filter(state=SeatState.OFFERED).order_by("asked_at", "pk")

    def visible_to(self, user):
        """Return the seats for all who take part; an offer is the person's own and the service centre's."""
        if not user.has_perm("procurement.read_shared"):
            return self.none()
        return self if user.is_staff else self.filter(Q(state__in=[SeatState.SEATED]) | Q(user=user))

    def open_of(self, user):
        """Return a person's offers and seats that still hold."""
        return self.filter(user=user, state__in=[SeatState.OFFERED, SeatState.SEATED])


class GroupSeat(Workflow):
    """One person's part in a group, from the offer to the leaving."""

    STEPS = {
        "accept": ({SeatState.OFFERED}, SeatState.SEATED),
        "decline": ({SeatState.OFFERED}, SeatState.DECLINED),
        "take_back": ({SeatState.OFFERED}, SeatState.WITHDRAWN),
        "leave": ({SeatState.SEATED}, SeatState.LEFT),
    }

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="seats")
    group = models.CharField(_("group"), max_length=10, choices=Group)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="group_seats")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="group_seats")
    state = models.CharField(_("state"), max_length=10, choices=SeatState, default=SeatState.OFFERED)
    about = models.CharField(_("what the person brings"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("offered"), default=clock.now, editable=False)
    accepted_on = models.DateField(_("member since"), null=True, editable=False)
    left_on = models.DateField(_("left"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = GroupSeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat in a group")
        verbose_name_plural = _("seats in groups")
        ordering = ["group", "municipality__sort_key_fi", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["procurement", "group", "user"],
                condition=Q(state__in=["offered", "seated"]),
                name="groupseat_once",
                violation_error_message=_("The person has offered to take part already."),
            ),
            models.CheckConstraint(
                name="groupseat_seated_since",
                condition=Q(state__in=["seated", "left"], accepted_on__isnull=False)
                | ~Q(state__in=["seated", "left"]) & Q(accepted_on__isnull=True),
            ),
            models.CheckConstraint(
                name="groupseat_left_on_a_day",
                condition=Q(state="left", left_on__isnull=False) | ~Q(state="left") & Q(left_on__isnull=True),
            ),
            models.CheckConstraint(
                name="groupseat_declined_with_reason",
                condition=~Q(state="declined") | ~Q(reason=""),
                violation_error_message=_("Say why there is no seat."),
            ),
        ]

    def __str__(self):
        return f"{self.procurement_id} {self.group} {self.user_id}"

    def get_absolute_url(self):
        """Return the procurement's page."""
        return reverse("procurement:procurement", args=[self.procurement_id])

    @classmethod
    def offer(cls, call, *, by, municipality, about=""):
        """Offer to take part in a group that asks for members. Returns the seat."""
        if not call.is_open():
            raise ValidationError(_("The time to offer is over. Write to the service centre."), code="over")
        return cls._begin("offer", call.procurement, call.group, by, by, municipality, about=about)

    @classmethod
    def name(cls, procurement, *, by, group, user, municipality):
        """Seat a person who has agreed to it. Returns the seat; the person is told."""
        if procurement.state not in UNDER_WAY:
            raise ValidationError(_("The procurement has ended: the group takes nobody in."))
        facts = {"state": SeatState.SEATED, "accepted_on": clock.today()}
        with transaction.atomic():
            seat = cls._begin("name", procurement, group, user, by, municipality, **facts)
            needs_emails.seated(seat)
        return seat

    @classmethod
    def _begin(cls, verb, procurement, group, user, by, municipality, **facts):
        seat = cls(procurement=procurement, group=group, user=user, municipality=municipality, **facts)
        seat.full_clean()
        with transaction.atomic():
            seat.save()
            AuditEvent.record(seat, verb, by=by, group=group, user=user.pk, municipality=municipality.pk)
        return seat

    def accept(self, *, by):
        """Give the person a seat; they are told."""
        with self.step("accept", by=by):
            self.accepted_on = clock.today()
            needs_emails.seated(self)

    def decline(self, *, by, reason):
        """Say that there is no seat, and why; the person is told."""
        with self.step("decline", by=by):
            self.reason = reason
            needs_emails.not_seated(self)

    def take_back(self, *, by):
        """Take the offer back."""
        with self.step("take_back", by=by):
            pass

    def leave(self, *, by):
        """Leave the group today."""
        with self.step("leave", by=by):
            self.left_on = clock.today()
