"""Wishes: what a municipality's library would like to be bought together, who else does, and what became of it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AuditEvent
from consortium.workflow import Workflow, refuse_day
from members.models import Municipality
from members.models.decision import Channel
from procurement import needs_emails
from procurement.models.procurement import UNDER_WAY, Procurement


class WishState(models.TextChoices):
    """What has become of a wish."""

    OPEN = "open", _("open")
    GATHERED = "gathered", _("gathered into a procurement")
    DECLINED = "declined", _("not taken forward")
    WITHDRAWN = "withdrawn", _("withdrawn")


class WishQuerySet(models.QuerySet):
    """Questions to the wishes."""

    def open(self):
        """Return those that nobody has settled."""
        return self.filter(state=WishState.OPEN)

    def visible_to(self, user):
        """Return those a person may read: the members' are for all members, one withdrawn for its own alone."""
        if not user.has_perm("procurement.read_wishes"):
            return self.none()
        if user.is_staff:
            return self
        return self.filter(~Q(state=WishState.WITHDRAWN) | Q(municipality__in=Municipality.objects.of(user)))


class Wish(Workflow):
    """What one municipality wishes for, why, and how much it would be used. It binds nobody."""

    STEPS = {
        "edit": ({WishState.OPEN}, None),
        "endorse": ({WishState.OPEN}, None),
        "take_back": ({WishState.OPEN}, None),
        "gather": ({WishState.OPEN}, WishState.GATHERED),
        "decline": ({WishState.OPEN}, WishState.DECLINED),
        "withdraw": ({WishState.OPEN}, WishState.WITHDRAWN),
    }

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="wishes")
    what = models.CharField(_("what is wished for"), max_length=120)
    why = models.TextField(_("why"), max_length=1200)
    use = models.CharField(_("how much it would be used"), max_length=300)
    language = models.CharField(_("language of the wish"), max_length=2, default="fi")
    state = models.CharField(_("state"), max_length=10, choices=WishState, default=WishState.OPEN)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel, blank=True)
    received_from = models.CharField(_("from whom"), max_length=120, blank=True)
    received_on = models.DateField(_("when it came"), null=True, blank=True)
    procurement = models.ForeignKey(
        Procurement, models.PROTECT, null=True, blank=True, related_name="wishes", editable=False
    )
    answer_fi = models.TextField(_("answer in Finnish"), max_length=1200, blank=True)
    answer_sv = models.TextField(_("answer in Swedish"), max_length=1200, blank=True)
    settled_on = models.DateField(_("settled"), null=True, blank=True, editable=False)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="wish_gathered_has_procurement",
                condition=Q(state="gathered", procurement__isnull=False)
                | ~Q(state="gathered") & Q(procurement__isnull=True),
                violation_error_message=_("Say which procurement the wish becomes a part of."),
            ),
            models.CheckConstraint(
                name="wish_declined_has_answer",
                condition=~Q(state="declined") | ~Q(answer_fi="") & ~Q(answer_sv=""),
                violation_error_message=_("Say in both languages why the wish is not taken forward."),
            ),
            models.CheckConstraint(
                name="wish_settled_has_day",
                condition=Q(state="open", settled_on__isnull=True)
                | ~Q(state="open") & Q(settled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="wish_on_behalf_whole",
                condition=Q(channel="", received_from="", received_on__isnull=True)
                | ~Q(channel="") & ~Q(received_from="") & Q(received_on__isnull=False),
                violation_error_message=_("Say how it came, from whom and when."),
            ),
        ]

    def __str__(self):
        return self.what

    def get_absolute_url(self):
        """Return the wish's page."""
        return reverse("procurement:wish", args=[self.pk])

    @property
    def answer_text(self):
        """Return why it is not taken forward, in the page's language."""
        return self.answer_sv if get_language() == "sv" else self.answer_fi

    @classmethod
    def make(cls, municipality, *, by, **said):
        """Write down what a municipality wishes for. Returns the wish."""
        row = cls(municipality=municipality, made_by=by, **said)
        row.full_clean(exclude=["made_by"])
        if row.received_on:
            refuse_day("received_on", row.received_on)
        row.save()
        AuditEvent.record(row, "wish", by=by, municipality=municipality.pk, channel=row.channel)
        return row

    def edit(self, *, by, **said):
        """Write it better, while nobody has settled it."""
        with self.step("edit", by=by, fields=sorted(said)):
            for name, value in said.items():
                setattr(self, name, value)
            self.full_clean(exclude=["made_by"])

    def endorse(self, *, by, municipality, use=""):
        """Record that another municipality wishes for the same."""
        with self.step("endorse", by=by, municipality=municipality.pk):
            if municipality.pk == self.municipality_id:
                raise ValidationError(_("It is the municipality's own wish."), code="own")
            row = Endorsement(wish=self, municipality=municipality, use=use, by=by)
            row.full_clean(exclude=["by"])
            row.save()

    def take_back(self, *, by, municipality):
        """Take a municipality's endorsement back; the history keeps that it was there."""
        with self.step("take_back", by=by, municipality=municipality.pk):
            found, _rows = self.endorsements.filter(municipality=municipality).delete()
            if not found:
                raise ValidationError(_("The municipality has not endorsed the wish."), code="none")

    def gather(self, *, by, procurement):
        """Make the wish a part of a procurement; the wishing and the endorsing municipalities are told by letter."""
        with self.step("gather", by=by, procurement=procurement.pk):
            if procurement.state not in UNDER_WAY:
                raise ValidationError({"procurement": _("That procurement takes nothing in any more.")})
            self.procurement, self.settled_on = procurement, clock.today()
            needs_emails.gathered(self)

    def decline(self, *, by, answer_fi, answer_sv):
        """Answer that it is not taken forward, and why; those who wished for it are told by letter."""
        with self.step("decline", by=by):
            self.answer_fi, self.answer_sv = answer_fi, answer_sv
            self.settled_on = clock.today()
            needs_emails.declined(self)

    def withdraw(self, *, by):
        """Take the wish back."""
        with self.step("withdraw", by=by):
            self.settled_on = clock.today()


class Endorsement(models.Model):
    """Another municipality that wishes for the same, and how much it would use it."""

    wish = models.ForeignKey(Wish, models.CASCADE, related_name="endorsements")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="endorsements")
    use = models.CharField(_("how much it would be used"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        ordering = ["municipality__sort_key_fi"]
        constraints = [
            models.UniqueConstraint(
                fields=["wish", "municipality"],
                name="endorsement_once",
                violation_error_message=_("The municipality has endorsed the wish already."),
            ),
        ]

    def __str__(self):
        return f"{self.wish_id} {self.municipality_id}"
