"""The words of offers, awards and appeals, as they are stored and said."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement import timetable
from procurement.price_rules import Measure


class Basis(models.TextChoices):
    """With whose volumes and residents offers are reckoned."""

    BOTH = "both", _("the committed and the interested")
    COMMITTED = "committed", _("the committed alone")


class SharedBy(models.TextChoices):
    """By what a price for the whole is shared among the municipalities."""

    RESIDENTS = Measure.RESIDENTS.value, _("by residents")
    PARTICIPANTS = Measure.PARTICIPANTS.value, _("equally")
    VOLUME = Measure.VOLUME.value, _("by volume")


class OfferState(models.TextChoices):
    """Whether an offer stands."""

    RECEIVED = "received", _("received")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AwardState(models.TextChoices):
    """How far a decision on the offers is."""

    DECIDED = "decided", _("decided, not sent yet")
    SENT = "sent", _("sent to the tenderers")
    CONTRACTED = "contracted", _("contract made")
    ANNULLED = "annulled", _("annulled")


class Decider(models.TextChoices):
    """Whose decision the award is."""

    HELSINKI = "helsinki", _("the City of Helsinki")
    CENTRAL_BODY = "central_body", _("the central purchasing body")


class Sending(models.TextChoices):
    """How the decision was sent to the tenderers (127 §)."""

    EMAIL = timetable.Sending.EMAIL.value, _("by e-mail")
    LETTER = timetable.Sending.LETTER.value, _("by letter")


class AppealKind(models.TextChoices):
    """How an award is challenged."""

    MARKET_COURT = "market_court", _("appeal to the Market Court")
    RECTIFICATION = "rectification", _("request for rectification")


class AppealState(models.TextChoices):
    """Whether a challenge has been settled."""

    PENDING = "pending", _("pending")
    SETTLED = "settled", _("settled")


class AppealOutcome(models.TextChoices):
    """What came of a challenge."""

    REJECTED = "rejected", _("rejected: the award stands")
    WITHDRAWN = "withdrawn", _("withdrawn: the award stands")
    UPHELD = "upheld", _("upheld: the award does not stand")
