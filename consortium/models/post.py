"""Duties in the consortium itself: not a municipality's, not the service centre's."""

import datetime as dt

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.models.audit import AuditEvent


class PostKind(models.TextChoices):
    """What a person does for the consortium."""

    ACCOUNTANT = "accountant", _("accountant")
    AUDITOR = "auditor", _("auditor")
    CHAIR = "chair", _("chair of the steering group")
    MEMBER = "member", _("member of the steering group")
    DEPUTY = "deputy", _("deputy in the steering group")
    EXPERT = "expert", _("expert in the steering group")
    SECRETARY = "secretary", _("secretary of the steering group")


STEERING = frozenset({PostKind.CHAIR, PostKind.MEMBER, PostKind.DEPUTY, PostKind.EXPERT, PostKind.SECRETARY})


class PostQuerySet(models.QuerySet):
    """Questions to the duties."""

    def active(self, today=None):
        """Return those in force on the day; the last day is one of them."""
        today = today or clock.today()
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today), since__lte=today)

    def beyond(self, day):
        """Return those that last longer than the day, and those that only begin after it."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


class Post(models.Model):
    """One duty of one person, from a day to a day, and who gave it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts", verbose_name=_("person")
    )
    kind = models.CharField(_("duty"), max_length=20, choices=PostKind)
    since = models.DateField(_("since"), default=clock.today)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering = ["kind", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(ended_on__isnull=True),
                name="post_once_a_person",
                violation_error_message=_("The person already has this duty."),
            ),
            models.CheckConstraint(
                name="post_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                violation_error_message=_("A duty cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.kind}"

    @classmethod
    def give(cls, user, kind, *, by, since=None):
        """Give a person a duty. Returns (duty, whether it is new): one that runs on is left as it is.

        A duty that has ended is given anew from the day after its last. Raises ValidationError for a closed account.
        """
        with transaction.atomic():
            user = get_user_model()._base_manager.select_for_update(no_key=True).get(pk=user.pk)
            if not user.is_active:
                raise ValidationError(_("The account has been closed. Open it first."), code="closed")
            rows = cls.objects.filter(user=user, kind=kind)
            if running := rows.filter(ended_on__isnull=True).first():
                return running, False
            since, ended_on = since or clock.today(), rows.aggregate(last=Max("ended_on"))["last"]
            if ended_on and ended_on >= since:
                since = ended_on + dt.timedelta(days=1)
            if user.last_day:
                user.reopen(by=by)
            post = cls.objects.create(user=user, kind=kind, since=since, given_by=by)
            AuditEvent.record(post, "give_duty", by=by, person=user.pk, kind=kind, since=since)
        return post, True

    def end(self, *, by, on=None):
        """End the duty with a day, its last. Returns whether that changed anything: an earlier last day stays.

        Raises ValidationError when the duty begins only after the day.
        """
        on = on or clock.today()
        with transaction.atomic():
            self.refresh_from_db(
                from_queryset=type(self).objects.select_for_update(of=("self",), no_key=True)
            )
            if self.ended_on and self.ended_on <= on:
                return False
            before, self.ended_on = self.ended_on, on
            try:
                self.validate_constraints()
            except ValidationError:
                self.ended_on = before
                raise
            self.save()
            AuditEvent.record(self, "end_duty", by=by, person=self.user_id, kind=self.kind, ended_on=on)
        return True

    def cut(self, *, by, on=None):
        """End the duty with a day; one that would begin only later is removed. Returns whether anything changed."""
        on = on or clock.today()
        if self.since <= on:
            return self.end(by=by, on=on)
        with transaction.atomic():
            ids = {"person": self.user_id, "kind": self.kind}
            AuditEvent.record(self, "remove_duty", by=by, since=self.since, **ids)
            self.delete()
        return True
