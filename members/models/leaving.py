"""A person leaves a municipality's matters on a day: the next one is asked, or the municipality itself."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum, auto

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from members import emails
from members.models.invitation import Invitation
from members.models.people import RoleKind


class Next(Enum):
    """What a leaving did so that somebody goes on."""

    INVITED = auto()  # a letter to the successor
    WAITING = auto()  # the successor has an invitation that waits for an answer
    ANSWERS = auto()  # the successor is a representative already
    OTHERS = auto()  # nobody named, and other representatives stay
    REGISTRY = auto()  # nobody named: the registry and the service centre were told
    STAFF = auto()  # the same where the municipality's registry has no address
    NOBODY = auto()  # who leaves did not answer for the municipality


@dataclass(frozen=True)
class Left:
    """What a leaving did: the last day that now holds, and who goes on."""

    last_day: dt.date
    next: Next
    successor: str = ""
    invitation: Invitation | None = None


def leave(user, municipality, *, last_day, successor=""):
    """End the person's roles in a municipality with a day, and ask the successor. Returns what was done.

    Who has nothing else here is let in up to the greatest last day. With nobody named by a representative, the
    registry and the service centre are told. Raises ValidationError for an address that cannot be asked, or when one
    who may invite nobody names a successor.
    """
    if successor and not user.has_perm("members.manage_people", municipality):
        raise ValidationError(_("Only those who answer for the municipality name a successor."), "successor")
    with transaction.atomic():
        answered = user.roles.representing().filter(municipality=municipality).exists()
        for role in user.roles.beyond(last_day).filter(municipality=municipality):
            role.cut(by=user, on=last_day)
        ends = user.roles.filter(municipality=municipality).aggregate(last=Max("ended_on"))["last"]
        last_day = min(last_day, ends) if ends else last_day
        if left := _last_day(user):
            user.leave(by=user, last_day=left)
        if successor:
            return _ask(user, municipality, successor, last_day)
        if not answered:
            return Left(last_day, Next.NOBODY)
        others = municipality.roles.representing().exclude(user=user)
        if others.filter(ended_on__isnull=True, user__is_active=True).exists():
            return Left(last_day, Next.OTHERS)
        emails.left_without_successor(municipality, user, last_day)
        return Left(last_day, Next.REGISTRY if municipality.registry_email else Next.STAFF)


def _ask(user, municipality, successor, last_day):
    """Invite the successor as representative, unless the person goes on as that; a waiting invitation is enough."""
    kind = RoleKind.REPRESENTATIVE
    going_on = municipality.roles.representing().filter(ended_on__isnull=True, user__is_active=True)
    if going_on.filter(user__email__iexact=successor).exists():
        return Left(last_day, Next.ANSWERS, successor)
    asked = municipality.invitations.open().filter(email__iexact=successor, kind=kind).first()
    was_waiting = asked is not None and asked.is_waiting
    if asked is None:
        language = municipality.languages[0]
        try:
            asked = Invitation.invite(municipality, by=user, email=successor, kind=kind, language=language)
        except ValidationError as error:
            raise ValidationError({"successor": error.messages}) from None
    elif not was_waiting:
        asked.renew(by=user)
    asked.name_successor(by=user)
    return Left(last_day, Next.WAITING if was_waiting else Next.INVITED, successor, asked)


def _last_day(user):
    """Return the greatest last day of the person's roles and duties, or None while something goes on without one."""
    if user.is_staff or user.is_superuser:
        return None
    days = [day for rows in (user.roles, user.posts) for day in rows.values_list("ended_on", flat=True)]
    return None if None in days else max(days, default=None)
