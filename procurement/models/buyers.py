"""Who buys: the municipalities of a frozen list, with what prices and the law's arithmetic need to know of each."""

from decimal import Decimal

from django.db.models import OuterRef, Subquery

from members.models import Population
from procurement import estimate, prices
from procurement.models.answer import VOICES, Answer
from procurement.models.grounds import UserCount
from procurement.models.offer_words import Basis
from procurement.models.words import AnswerKind


def answers_of(procurement):
    """Return the answers that bring volume, with each municipality's residents on the day of the freeze."""
    round_ = getattr(procurement, "round", None)
    if round_ is None:
        return Answer.objects.none()
    known = Population.objects.filter(municipality=OuterRef("municipality"), on__lte=round_.closes_on)
    users = UserCount.objects.filter(procurement=procurement, municipality=OuterRef("municipality"))
    return round_.answers.standing().annotate(
        residents=Subquery(known.order_by("-on").values("count")[:1]),
        users=Subquery(users.values("count")[:1]),
    )


def participants(procurement, *, lot=None, basis=Basis.BOTH):
    """Return (Participants, municipality by key) of a procurement or of one lot, by name; volumes in € a year.

    In a lot take part those who gave it a volume; who gave none for any lot takes part in all, volume not known.
    """
    found, places = [], {}
    for answer in answers_of(procurement).order_by("municipality__sort_key_fi"):
        if basis == Basis.COMMITTED and answer.counts_as != AnswerKind.COMMITTED:
            continue
        volume = answer.standing.yearly
        if lot is not None:
            by_lot = answer.standing.by_lot
            if by_lot and not Decimal(by_lot.get(str(lot.number)) or 0):
                continue
            volume = Decimal(by_lot[str(lot.number)]) if by_lot else None
        key = answer.municipality.code
        places[key] = answer.municipality
        found.append(prices.Participant(key, answer.residents, answer.users, volume))
    return tuple(found), places


def estimated(procurement):
    """Return the Estimate of the procurement's value (€ without VAT) from the answers that bring volume."""
    volumes = [
        estimate.Volume(
            answer.municipality.code,
            answer.standing.yearly,
            VOICES[answer.counts_as],
            answer.municipality.is_aland,
        )
        for answer in answers_of(procurement)
    ]
    return estimate.estimate(volumes, procurement.term, one_off=procurement.one_off)
