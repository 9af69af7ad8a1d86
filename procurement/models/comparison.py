"""Offers beside one another: what each costs the whole and every municipality, and their order with its arithmetic."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consortium.fee_rules import Refusal, Refused
from procurement import prices, ranking
from procurement.models.buyers import participants
from procurement.models.grounds import grounds_of, judged_by, measure
from procurement.models.offer_words import Basis


@dataclass
class Comparison:
    """The offers of a procurement or of one of its lots, reckoned with the figures of its participants.

    ``costs``: offer's id -> Costs (€ a year without VAT); ``refused``: offer's id -> why it cannot be reckoned.
    ``places``: the order, empty while ``unranked`` says why there is none.
    """

    procurement: object
    lot: object
    basis: str
    shared_by: str
    offers: list
    participants: tuple
    municipalities: dict
    grounds: ranking.Grounds
    requirements: list
    criteria: list
    costs: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)
    places: list = field(default_factory=list)
    unranked: list = field(default_factory=list)

    @cached_property
    def rows(self):
        """Return municipality's code -> prices.Row of the offers that can be reckoned."""
        models = {o.pk: o.price_model for o in self.offers if o.pk in self.costs}
        rows = {}
        for participant in self.participants:
            amounts = {pk: self.costs[pk].amounts[participant.key] for pk in models}
            least = min(amounts.values(), default=None)
            lowest = tuple(pk for pk, amount in amounts.items() if amount == least)
            rows[participant.key] = prices.Row(amounts, lowest)
        return rows

    def place_of(self, offer):
        """Return the offer's Place, or None while there is no order."""
        return next((place for place in self.places if place.key == offer.pk), None)

    def refuse_winner(self, offer):
        """Raise ValidationError unless the offer is first in the order, alone or with equals."""
        if not self.places:
            raise ValidationError(
                _("The offers have no order yet: reckon the prices and judge every offer first."),
                code="unranked",
            )
        place = self.place_of(offer)
        if place is None or place.place != 1:
            raise ValidationError({"offer": _("That offer is not first in the order.")}, code="not_first")

    def next_tiers(self, offer):
        """Return (price's place, units missing, next Tier) of each tiered price that has a tier to come."""
        if offer.pk not in self.costs:
            return []
        found = enumerate(offer.price_model.prices)
        steps = ((at, prices.to_next_tier(price, self.participants)) for at, price in found)
        return [(at, *step) for at, step in steps if step]

    def as_frozen(self):
        """Return the order with its whole arithmetic as it is kept with the award: numbers as text."""
        by_pk = {offer.pk: offer for offer in self.offers}
        return {
            "basis": self.basis,
            "shared_by": self.shared_by,
            "participants": len(self.participants),
            "residents": sum(p.residents or 0 for p in self.participants),
            "volume": f"{sum((p.volume or Decimal(0) for p in self.participants), Decimal(0)):f}",
            "price_weight": f"{self.grounds.price_weight:f}",
            "criteria": [
                {
                    "key": str(c.pk),
                    "fi": c.text_fi,
                    "sv": c.text_sv,
                    "weight": f"{c.weight:f}",
                    "best": f"{c.best:f}",
                }
                for c in self.criteria
            ],
            "requirements": [{"key": str(r.pk), "fi": r.text_fi, "sv": r.text_sv} for r in self.requirements],
            "places": [_frozen_place(place, by_pk[place.key]) for place in self.places],
        }


def _frozen_place(place, offer):
    return {
        "place": place.place,
        "offer": offer.pk,
        "name": offer.name,
        "price": f"{place.price:f}",
        "prices": offer.prices,
        "points": None if place.points is None else f"{place.points:f}",
        "terms": [
            [
                term.code,
                *(f"{figure:f}" for figure in (term.dividend, term.divisor, term.weight, term.points)),
            ]
            for term in place.terms
        ],
        "tied": len(place.tied),
        "unmet": list(place.unmet),
    }


def compare(procurement, lot=None):
    """Return the Comparison of the offers that stand, for the whole or for one lot."""
    said = grounds_of(procurement)
    rows = procurement.offers.standing().filter(lot=lot).select_related("supplier")
    buyers, municipalities = participants(procurement, lot=lot, basis=Basis(said.basis))
    grounds, requirements, criteria = judged_by(procurement, lot)
    found = Comparison(
        procurement,
        lot,
        said.basis,
        said.shared_by,
        list(rows),
        buyers,
        municipalities,
        grounds,
        requirements,
        criteria,
    )
    for offer in found.offers:
        try:
            found.costs[offer.pk] = prices.reckon(
                offer.price_model, buyers, shared_by=measure(said.shared_by)
            )
        except Refused as refused:
            found.refused[offer.pk] = refused.refusals
    _put_in_order(found)
    return found


def _put_in_order(found):
    if found.refused:
        found.unranked = [Refusal("price_not_reckoned", {"offers": tuple(found.refused)})]
        return
    offers = [
        ranking.Offer(
            offer.pk,
            found.costs[offer.pk].total,
            offer.met,
            {key: Decimal(mark) for key, mark in offer.marks.items()},
        )
        for offer in found.offers
    ]
    try:
        found.places = ranking.rank(found.grounds, offers)
    except Refused as refused:
        found.unranked = refused.refusals
