"""A person leaves a municipality's matters on a day: the next one is asked, or the municipality itself."""

from django.db import transaction

from consortium import clock
from members import emails
from members.models.invitation import Invitation
from members.models.people import RoleKind


def leave(user, municipality, *, last_day, successor=""):
    """End the person's roles in a municipality with a day, and ask the successor. Returns the invitation, or None.

    Where nothing else remains the person is let in up to that day. With nobody named, the registry and the service
    centre are told. Raises ValidationError for an address that cannot be asked.
    """
    with transaction.atomic():
        for role in user.roles.active().filter(municipality=municipality):
            role.end(by=user, on=last_day)
        if not _remains(user, last_day):
            user.leave(by=user, last_day=last_day)
        if successor:
            return _ask(user, municipality, successor)
        others = municipality.roles.representing(clock.today()).exclude(user=user)
        if not others.filter(ended_on__isnull=True, user__is_active=True).exists():
            emails.left_without_successor(municipality, user, last_day)
    return None


def _ask(user, municipality, successor):
    """Invite the successor as representative, unless the person is that already; a waiting invitation is enough."""
    kind = RoleKind.REPRESENTATIVE
    answering = municipality.roles.representing().filter(user__email__iexact=successor)
    if answering.exists():
        return None
    asked = municipality.invitations.open().filter(email__iexact=successor, kind=kind).first()
    if asked is None:
        language = municipality.languages[0]
        return Invitation.invite(municipality, by=user, email=successor, kind=kind, language=language)
    if not asked.is_waiting:
        asked.renew(by=user)
    return asked


def _remains(user, last_day):
    """Tell whether the person has something else here after the day."""
    if user.is_staff or user.is_superuser:
        return True
    return any(
        rows.filter(ended_on__isnull=True).exists() or rows.filter(ended_on__gt=last_day).exists()
        for rows in (user.roles, user.posts)
    )
