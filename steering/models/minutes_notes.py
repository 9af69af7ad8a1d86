"""What is said of minutes beside their text: who reads them, what is missing, remarks of checkers, corrections."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import PostKind
from steering import minutes as composed
from steering.meeting import Fault, Person
from steering.models.meeting import Item
from steering.models.words import BodyKind, MinutesState

OVERTAKEN = _("Somebody else has changed this item meanwhile. Yours is kept below; send it again to keep it.")
FAULTS = {
    Fault.NUMBERS: _("The sections do not follow one another."),
    Fault.ORDER_OF_TIME: _("The times of the items do not follow one another."),
    Fault.NO_QUORUM: _("§ %(number)s was decided without a quorum."),
    Fault.NOT_SETTLED: _("§ %(number)s is called decided, but its vote settled nothing."),
    Fault.VOTE_OUTDATED: _("Attendance was changed after the vote on § %(number)s had been counted."),
    Fault.CHOSEN_NOT_SEATED: _("§ %(number)s: the chair chosen did not sit then."),
    Fault.DISSENT: _("§ %(number)s: a dissent comes from one who may not record it."),
    Fault.NO_OUTCOME: _("§ %(number)s: what came of it has not been recorded."),
    Fault.NO_TEXT: _("§ %(number)s: the decision has no text."),
    Fault.CHECKERS: _("Name two checkers who sat in the meeting."),
}


class MinutesQuerySet(models.QuerySet):
    """Questions to the minutes."""

    def published(self):
        """Return those that everybody may read: the steering group's, once published."""
        return self.filter(state=MinutesState.PUBLISHED, meeting__body__kind=BodyKind.STEERING)

    def visible_to(self, user, today=None):
        """Return those a person, or a visitor, may read; which items of them, the items themselves tell.

        A draft is for those who write it; from the sending on for all who sit and for the checkers; the auditor reads
        what has been checked.
        """
        public = Q(state=MinutesState.PUBLISHED, meeting__body__kind=BodyKind.STEERING)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_staff:
            return self
        today = today or clock.today()
        own = user.terms.filter(period__contains=today)
        keeps = own.filter(seat__kind="secretary") | own.exclude(office="")
        sent = ~Q(state=MinutesState.DRAFT)
        seen = public | Q(meeting__body__in=keeps.values("body_of"))
        seen |= sent & Q(meeting__body__in=own.filter(place="member").values("body_of"))
        seen |= sent & (Q(first_checker=user) | Q(second_checker=user))
        if PostKind.AUDITOR in user.duties:
            seen |= ~Q(state__in=[MinutesState.DRAFT, MinutesState.CHECKING])
        return self.filter(seen)


class Remark(models.Model):
    """What a checker wants corrected before approving; answered when the minutes go back to the draft."""

    minutes = models.ForeignKey("steering.Minutes", models.PROTECT, related_name="remarks")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    text = models.TextField(_("what should be corrected"), max_length=2000)
    at = models.DateTimeField(default=clock.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("remark of a checker")
        verbose_name_plural = _("remarks of checkers")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.minutes_id} {self.at}"


class Correction(models.Model):
    """A dated correction of an item of signed minutes, in both languages. Never changed: a wrong one gets another."""

    minutes = models.ForeignKey("steering.Minutes", models.PROTECT, related_name="corrections")
    item = models.ForeignKey(Item, models.PROTECT, related_name="corrections")
    on = models.DateField(_("corrected"))
    was_fi = models.CharField(_("what the minutes say, in Finnish"), max_length=1000)
    was_sv = models.CharField(_("what the minutes say, in Swedish"), max_length=1000)
    right_fi = models.CharField(_("what is right, in Finnish"), max_length=1000)
    right_sv = models.CharField(_("what is right, in Swedish"), max_length=1000)
    reason_fi = models.CharField(_("why, in Finnish"), max_length=300)
    reason_sv = models.CharField(_("why, in Swedish"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("correction of minutes")
        verbose_name_plural = _("corrections of minutes")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.minutes_id} § {self.item.number} {self.on}"

    def told(self, language):
        """Return it as a correction of composed minutes."""
        texts = [getattr(self, f"{name}_{language}") for name in ("was", "right", "reason")]
        return composed.Correction(
            self.on, self.item.number, *texts, Person(self.by.get_full_name(), self.by.title)
        )
