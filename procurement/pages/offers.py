"""Offers for the service centre: what they are judged by, what each costs, their order with its arithmetic."""

from django.urls import reverse
from django.utils.translation import get_language, ngettext, npgettext
from django.utils.translation import gettext as _

from consortium.gather import Part
from consortium.templatetags.portal import day, money, number
from procurement.models import Basis, OfferState, ProcurementState, SharedBy
from procurement.models.grounds import grounds_of
from procurement.price_words import amount_of, model_words, next_tier_words, refusal_words


def lots_of(procurement):
    """Return the lots that are awarded each by itself; [None] for a procurement without lots."""
    return list(procurement.lots.all()) or [None]


def link(name, *args):
    """Return an address of the app."""
    return reverse(f"procurement:{name}", args=args)


def acts(user, procurement, compared):
    """Return what the service centre can do with the offers now, the award first once they are in order."""
    found = []
    if procurement.state != ProcurementState.TENDERING or not user.has_perm("procurement.manage_offers"):
        return found
    waiting = procurement.undecided_lots()
    if waiting:
        found.append({"label": _("Write an offer down"), "url": link("offer_new", procurement.pk)})
    if waiting and procurement.offers.standing().exists():
        found.append({"label": _("Record the award"), "url": _award_url(procurement, waiting[0])})
        if any(comparison.places for comparison in compared):
            found.reverse()
    return found


def _award_url(procurement, lot):
    query = f"?lot={lot.number}" if lot else ""
    return f"{link('award_decide', procurement.pk)}{query}"


def says(procurement, found):
    """Return how things stand with the offers, in a sentence. ``found``: the Comparisons of the lots."""
    count = sum(len(comparison.offers) for comparison in found)
    if not count:
        return _("No offer has been written down. Offers are closed to everyone else until the award.")
    words = ngettext(
        "%(n)s offer stands. Offers are closed to everyone else until the award.",
        "%(n)s offers stand. Offers are closed to everyone else until the award.",
        count,
    )
    return words % {"n": number(count)}


def grounds_part(user, procurement):
    """Return what the offers are judged by, and where it is written while nothing has been opened."""
    said = grounds_of(procurement)
    requirements = [_of_lot(row) for row in procurement.requirements.all()]
    words = _("%(name)s: %(points)s, best mark %(best)s")
    criteria = [
        words % {"name": _of_lot(row), "points": _points(row.weight), "best": number(row.best)}
        for row in procurement.criteria.all()
    ]
    facts = [
        (_("Price"), _points(procurement.price_weight)),
        (_("Compared with the figures of"), Basis(said.basis).label),
        (_("A price for the whole is shared"), SharedBy(said.shared_by).label),
    ]
    context = {"facts": facts, "requirements": requirements, "criteria": criteria, "url": "", "users_url": ""}
    may = user.has_perm("procurement.edit_procurement", procurement) and procurement.allows("edit")
    if may and not procurement.offers.exists():
        context["url"] = link("grounds", procurement.pk)
    if may:
        context["users_url"] = link("user_counts", procurement.pk)
    return Part(_("What offers are judged by"), "procurement/parts/grounds.html", context)


def _of_lot(row):
    return _("%(text)s (lot %(n)s)") % {"text": row.text, "n": row.lot.number} if row.lot else row.text


def _points(weight):
    count = int(weight) if weight == int(weight) else 2
    return npgettext("score", "%(n)s point", "%(n)s points", count) % {"n": number(weight)}


def offers_part(comparison):
    """Return the offers of the whole or of a lot beside one another, with what cannot be reckoned and why."""
    names = {key: place.name for key, place in comparison.municipalities.items()}
    offers = {offer.pk: offer.name for offer in comparison.offers}
    rows = [_row(offer, comparison, names) for offer in comparison.offers]
    buyers = comparison.participants
    basis = amount_of("participants", len(buyers))
    context = {
        "rows": rows,
        "basis": _("Reckoned with %(municipalities)s, %(residents)s, for one year, without VAT.")
        % {
            "municipalities": basis,
            "residents": amount_of("residents", sum(b.residents or 0 for b in buyers)),
        },
        "unranked": refusal_words(comparison.unranked, names, offers) if comparison.offers else [],
        "compare_url": _compare_url(comparison) if comparison.costs else "",
        "ties": _ties(comparison, offers),
        "counted": ngettext("%(n)s offer", "%(n)s offers", len(rows)) % {"n": number(len(rows))},
        "caption": _title(comparison),
    }
    return Part(_title(comparison), "procurement/parts/offers.html", context, is_list=True)


def _title(comparison):
    return _("Lot %(lot)s") % {"lot": comparison.lot} if comparison.lot else _("Offers")


def _compare_url(comparison):
    query = f"?lot={comparison.lot.number}" if comparison.lot else ""
    return f"{link('comparison', comparison.procurement.pk)}{query}"


def _ties(comparison, offers):
    first = [place for place in comparison.places if place.place == 1]
    if len(first) < 2:
        return ""
    names = ", ".join(offers[place.key] for place in first)
    return _("Equal in the first place: %(names)s. A person decides as the call for tenders says.") % {
        "names": names
    }


def _row(offer, comparison, names):
    cost, place = comparison.costs.get(offer.pk), comparison.place_of(offer)
    prices = offer.price_model.prices
    lowest = sum(offer.pk in row.lowest for row in comparison.rows.values()) if cost else 0
    return {
        "offer": offer,
        "prices": model_words(offer.price_model),
        "total": money(cost.total) if cost else "",
        "refused": refusal_words(comparison.refused.get(offer.pk, ()), names),
        "next": [
            next_tier_words(prices[at], missing, tier) for at, missing, tier in comparison.next_tiers(offer)
        ],
        "lowest": number(lowest),
        "place": place_words(place),
        "css": "refused" if place and place.place is None else "",
        "points": number(place.points) if place and place.points is not None else "",
    }


def place_words(place):
    """Return an offer's place in a word, or that it is not known yet."""
    if place is None:
        return _("not in order yet")
    if place.place is None:
        return _("excluded")
    if place.tied:
        return _("%(n)s., equal") % {"n": place.place}
    return f"{place.place}."


def ranking_part(frozen, *, heading=None):
    """Return the order with its arithmetic, each line to be redone by hand, from a ranking as it is frozen."""
    language = "sv" if get_language() == "sv" else "fi"
    criteria, requirements = (
        {row["key"]: row[language] for row in frozen[kind]} for kind in ("criteria", "requirements")
    )
    rows = [_ranked(place, criteria, requirements) for place in frozen["places"]]
    context = {
        "rows": rows,
        "note": _(
            "Points for the price: lowest ÷ own × points. For a criterion: mark ÷ best mark × points. Two decimals."
        ),
        "basis": _("Euros a year without VAT. Reckoned with %(whose)s: %(municipalities)s, %(residents)s.")
        % {
            "whose": Basis(frozen["basis"]).label,
            "municipalities": amount_of("participants", frozen["participants"]),
            "residents": amount_of("residents", frozen["residents"]),
        },
    }
    return Part(heading or _("Order and its arithmetic"), "procurement/parts/ranking.html", context)


def _ranked(place, criteria, requirements):
    shown = number
    terms = [
        (criteria.get(code) or _("Price"), f"{shown(a)} ÷ {shown(b)} × {shown(w)} = {shown(p)}")
        for code, a, b, w, p in place["terms"]
    ]
    if len(terms) > 1:
        addends = " + ".join(shown(term[4]) for term in place["terms"])
        terms.append((_("Together"), f"{addends} = {shown(place['points'])}"))
    return {
        "place": f"{place['place']}." if place["place"] else _("excluded"),
        "name": place["name"],
        "price": money(place["price"]),
        "points": "" if place["points"] is None else shown(place["points"]),
        "terms": terms,
        "unmet": [requirements.get(key, "") for key in place["unmet"]],
    }


def offer_parts(user, offer, comparison):
    """Return the parts of one offer's page."""
    procurement = offer.procurement
    cost, place = comparison.costs.get(offer.pk), comparison.place_of(offer)
    names = {key: found.name for key, found in comparison.municipalities.items()}
    facts = [
        (_("Supplier"), offer.supplier.name),
        (_("Received on"), day(offer.received_on)),
        (_("State"), offer.get_state_display()),
    ]
    if offer.lot:
        facts.insert(0, (_("Lot"), str(offer.lot)))
    if offer.state == OfferState.WITHDRAWN:
        facts.append((_("Withdrawn on"), f"{day(offer.withdrawn_on)}. {offer.withdrawal_reason}"))
    if offer.note:
        facts.append((_("Note of the service centre"), offer.note))
    found = [Part(_("Offer"), "members/parts/facts.html", {"facts": facts})]
    sentences = {
        "prices": model_words(offer.price_model),
        "total": money(cost.total) if cost else "",
        "refused": refusal_words(comparison.refused.get(offer.pk, ()), names),
        "next": [
            next_tier_words(offer.price_model.prices[at], missing, tier)
            for at, missing, tier in comparison.next_tiers(offer)
        ],
        "compare_url": _compare_url(comparison) if cost else "",
    }
    found.append(
        Part(_("Prices"), "procurement/parts/prices.html", sentences, note=_("Euros a year without VAT"))
    )
    judged = [(row.text, _met_words(offer.met.get(str(row.pk)))) for row in comparison.requirements]
    for row in comparison.criteria:
        mark = offer.marks.get(str(row.pk))
        words = _("not marked yet") if mark is None else f"{number(mark)} / {number(row.best)}"
        judged.append((row.text, words))
    if judged:
        found.append(Part(_("Requirements and marks"), "members/parts/facts.html", {"facts": judged}))
    if place is not None:
        frozen = comparison.as_frozen()
        frozen["places"] = [row for row in frozen["places"] if row["offer"] == offer.pk]
        found.append(ranking_part(frozen, heading=_("Place %(place)s") % {"place": place_words(place)}))
    if procurement.state == ProcurementState.TENDERING and not comparison.places and comparison.unranked:
        words = refusal_words(comparison.unranked, names, {o.pk: o.name for o in comparison.offers})
        found.append(Part(_("No order yet"), "procurement/parts/sentences.html", {"sentences": words}))
    return found


def _met_words(met):
    if met is None:
        return _("not judged yet")
    return _("meets it") if met else _("does not meet it")
