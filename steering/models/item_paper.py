"""Papers of an item: read with the item or kept back by themselves; taken back, they leave a trace."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models import AccessLog, AuditEvent
from consortium.models.audit import AccessKind
from consortium.workflow import WrongState
from steering.models.agenda import refuse_volumes
from steering.models.meeting import Item

VOLUMES = _("it contains volumes: Act on the Openness of Government Activities 621/1999, 7 and 24 §")


class ItemPaperQuerySet(models.QuerySet):
    """Questions to the papers."""

    def standing(self):
        """Return those that have not been taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def kept_back(self, today=None):
        """Return those that are restricted by themselves on a day."""
        until = Q(restricted_until__isnull=True) | Q(restricted_until__gte=today or clock.today())
        return self.filter(~Q(restricted_ground="") & until)

    def visible_to(self, user, today=None):
        """Return those a person, or a visitor, may read: as their item, unless they are restricted by themselves."""
        if user.is_authenticated and user.is_staff:
            return self
        items = Item.objects.visible_to(user, today).values("pk")
        seen = Q(item__in=items) & ~Q(pk__in=ItemPaper.objects.kept_back(today).values("pk"))
        if user.is_authenticated:
            seen |= Q(item__in=Item.objects.open_to_readers(user, today).values("pk"))
        return self.standing().filter(seen)


class ItemPaper(models.Model):
    """One file of an item. Whoever may read the item reads it, unless it has a ground of its own against that."""

    STEPS = ("restrict", "open", "withdraw")

    item = models.ForeignKey(Item, models.PROTECT, related_name="papers")
    title = models.CharField(_("title of the paper"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fi")
    file = models.FileField(_("file"), upload_to="meeting-papers/%Y/", max_length=300)
    contains_volumes = models.BooleanField(_("contains volumes, ceilings or offers"), default=True)
    restricted_ground = models.CharField(_("why it is not public"), max_length=200, blank=True)
    restricted_until = models.DateField(_("not public until"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("why it was taken back"), max_length=300, blank=True)
    openings = models.PositiveIntegerField(_("opened before it was taken back"), null=True, editable=False)

    objects = ItemPaperQuerySet.as_manager()

    TRIGGERS = {
        "itempaper_volumes_in_time": _("This contains volumes: the public may read them from the award on."),
        "itempaper_stays": _("A paper is taken back, never removed."),
    }

    class Meta:
        verbose_name = _("paper of an item")
        verbose_name_plural = _("papers of items")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="itempaper_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, openings__isnull=True)
                & Q(withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, openings__isnull=False)
                & ~Q(withdrawn_reason=""),
                violation_error_message=_("Say why the paper is taken back."),
            ),
            models.CheckConstraint(
                name="itempaper_restricted_with_ground",
                condition=Q(restricted_until__isnull=True) | ~Q(restricted_ground=""),
                violation_error_message=_("Say on what ground it is not public."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the item's page."""
        return reverse("steering:item", args=[self.item_id])

    @property
    def meeting(self):
        """Return the meeting for which it was made."""
        return self.item.meeting

    @property
    def log_name(self):
        """Return what the access log calls a reading of this paper."""
        return f"steering.itempaper {self.pk}"

    def is_restricted(self, today=None):
        """Tell whether it is kept from the public on a day, by itself or with its item."""
        until = self.restricted_until
        own = self.restricted_ground and (until is None or until >= (today or clock.today()))
        return bool(own) or self.item.is_restricted(today)

    def allows(self, verb):
        """Tell whether it still stands, and whether it is closed or open by itself."""
        if self.withdrawn_at:
            return False
        if verb == "open":
            return bool(self.restricted_ground)
        return verb == "withdraw" or not self.restricted_ground

    @classmethod
    def add(
        cls, item, *, by, file, title, language, contains_volumes, restricted_ground="", restricted_until=None
    ):
        """Put a file to an item. One with volumes is restricted until a person opens it. Returns the paper."""
        with transaction.atomic():
            item.meeting = item.meeting.held()
            if not item.allows("add_paper"):
                raise WrongState(item.meeting, "add_paper")
            if contains_volumes and not restricted_ground:
                restricted_ground, restricted_until = str(VOLUMES), None
            row = cls(
                item=item,
                file=file,
                title=title,
                language=language,
                contains_volumes=contains_volumes,
                restricted_ground=restricted_ground,
                restricted_until=restricted_until,
                added_by=by,
            )
            row.full_clean(exclude=["added_by"])
            row.save()
            AuditEvent.record(row, "add", by=by, item=item.pk, contains_volumes=contains_volumes)
        return row

    def _change(self, verb):
        """Check under the meeting's lock that the step may begin; the caller then saves by ``_keep``."""
        item = self.item
        item.meeting = item.meeting.held()
        self.refresh_from_db()
        self.item = item
        if not self.allows(verb):
            raise ValidationError(
                _("The paper has changed meanwhile. Look at the item anew."), code="wrong_state"
            )

    def _keep(self, verb, by, **details):
        self.full_clean(exclude=["added_by", "withdrawn_by"])
        self.save()
        AuditEvent.record(self, verb, by=by, **details)

    def restrict(self, *, by, ground, until=None):
        """Keep it from the public; how often it was opened before stays on record."""
        with transaction.atomic():
            self._change("restrict")
            if until and until < clock.today():
                raise ValidationError({"until": _("Choose a later day.")})
            self.restricted_ground, self.restricted_until = ground.strip(), until
            if not self.restricted_ground:
                raise ValidationError({"ground": _("Say on what ground it is not public.")})
            self._keep("restrict", by, until=until, openings=len(self.readings()))

    def open(self, *, by, contains_volumes, meant=False):
        """Let everybody who reads the item read it. Whether it contains volumes is asked each time."""
        with transaction.atomic():
            self._change("open")
            refuse_volumes(self.item, contains_volumes=contains_volumes, meant=meant)
            self.restricted_ground, self.restricted_until = "", None
            self.contains_volumes = contains_volumes
            self._keep("open", by, contains_volumes=contains_volumes)

    def withdraw(self, *, by, reason):
        """Take it back; that it was there, and how often it was opened, stays on record."""
        with transaction.atomic():
            self._change("withdraw")
            self.openings = len(self.readings())
            self.withdrawn_by, self.withdrawn_at, self.withdrawn_reason = by, clock.now(), reason
            self._keep("withdraw", by, openings=self.openings)

    def opened(self, by):
        """Keep in the log that somebody, or a visitor, has opened it."""
        user = by if by.is_authenticated else None
        AccessLog.objects.create(kind=AccessKind.READ, user=user, what=self.log_name)

    def readings(self):
        """Return when and by whom others than the service centre have opened it."""
        return readings_of([self]).get(self.pk, [])


def readings_of(papers):
    """Return {pk: [(moment, user's pk or None)]} of the readings of papers, in one question."""
    names = {paper.log_name: paper.pk for paper in papers}
    rows = AccessLog.objects.filter(kind=AccessKind.READ, what__in=names).exclude(user__is_staff=True)
    found = {}
    for what, at, user in rows.order_by("at").values_list("what", "at", "user"):
        found.setdefault(names[what], []).append((at, user))
    return found
