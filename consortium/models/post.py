"""Duties in the consortium itself: not a municipality's, not the service centre's."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consortium.models.tenure import Tenure, TenureQuerySet


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


class Post(Tenure):
    """One duty of one person, from a day to a day, and who gave it."""

    NOUN = "duty"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts", verbose_name=_("person")
    )
    kind = models.CharField(_("duty"), max_length=20, choices=PostKind)

    objects = TenureQuerySet.as_manager()

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
    def give(cls, user, kind, *, by, since=None, until=None):
        """Give a person a duty, to a last day if one is known. Returns (duty, whether it is new).

        One that runs on is left as it is.
        Raises ValidationError for a closed account.
        """
        return cls._give(user, by=by, since=since, until=until, kind=kind)
