"""Readings that stand in the log: what the service centre reads before it is for everyone to know."""

from consortium.models import AccessLog
from consortium.models.audit import AccessKind
from procurement.models import ProcurementState, StageKind
from procurement.models.award import KNOWN_TO_ALL

VOLUMES, OFFERS = "volumes", "offers"
DECIDED = {ProcurementState.AWARDED, ProcurementState.CONTRACTED, ProcurementState.ENDED}


def note_reading(user, procurement, read, *, record=None):
    """Keep in the log that the service centre read volumes before the notice, or offers before the award was sent.

    Of offers the auditor's readings, too: an award that has not been sent is open to both.
    ``read``: VOLUMES or OFFERS; ``record``: the round or the answer whose page told them, else the procurement.
    """
    known = {VOLUMES: _names_its_buyers, OFFERS: _tells_who_won}[read]
    logged = user.is_staff or (read == OFFERS and user.has_perm("procurement.view_suppliers"))
    if not logged or known(procurement):
        return
    what = f"{record._meta.label_lower} {record.pk}" if record else f"procurement.{read} {procurement.pk}"
    AccessLog.objects.create(kind=AccessKind.READ, user=user, what=what)


def _names_its_buyers(procurement):
    """Tell whether the notice has been sent, or without one the award decided."""
    if procurement.state in DECIDED:
        return True
    return procurement.stages.filter(kind=StageKind.NOTICE, done_on__isnull=False).exists()


def _tells_who_won(procurement):
    """Tell whether everyone may know who won: with lots, in each of them."""
    known = procurement.awards.filter(state__in=KNOWN_TO_ALL).count()
    return known > 0 and known >= len(procurement.lots.all())
