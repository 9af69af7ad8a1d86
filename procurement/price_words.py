"""Prices in words: what an offer asks, which tier holds, what brings the next one, why something is not reckoned."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from consortium.templatetags.portal import money, number, rate
from procurement.prices import Measure, Reach

PER = {
    Measure.CONTRACT: gettext_lazy("for the whole"),
    Measure.PARTICIPANTS: gettext_lazy("for each municipality"),
    Measure.RESIDENTS: gettext_lazy("a resident"),
    Measure.USERS: gettext_lazy("a user or licence"),
    Measure.VOLUME: gettext_lazy("a euro of the list price"),
}
COUNTED_BY = {
    Measure.PARTICIPANTS: pgettext_lazy("tiers", "by participating municipalities"),
    Measure.RESIDENTS: pgettext_lazy("tiers", "by residents covered"),
    Measure.USERS: pgettext_lazy("tiers", "by users or licences"),
    Measure.VOLUME: pgettext_lazy("tiers", "by yearly volume"),
}
REACHES = {
    Reach.ALL: gettext_lazy("the tier that is reached prices everything"),
    Reach.PART: gettext_lazy("each tier prices its own part alone"),
}


def amount_of(measure, units):
    """Return so much of a measure in words: 3 municipalities, 12 000 residents, 40 000,00 €."""
    measure = Measure(measure)
    if measure == Measure.VOLUME:
        return money(units)
    count = int(units)
    words = {
        Measure.PARTICIPANTS: ngettext("%(n)s municipality", "%(n)s municipalities", count),
        Measure.RESIDENTS: ngettext("%(n)s resident", "%(n)s residents", count),
        Measure.USERS: ngettext("%(n)s user", "%(n)s users", count),
    }
    return words[measure] % {"n": number(count)}


def price_words(price):
    """Return one price in a sentence without its end: 0,90 € a resident; tiers one after another."""
    per = PER[Measure(price.per)]
    if not price.tiers:
        return f"{rate(price.rate)} {per}"
    tiers = "; ".join(tier_words(price, place) for place in range(len(price.tiers)))
    facts = {"per": per, "by": COUNTED_BY[Measure(price.measure)], "tiers": tiers}
    words = _("%(per)s, %(by)s: %(tiers)s") % facts
    return f"{words} ({REACHES[Reach(price.reach)]})"


def tier_words(price, place):
    """Return one tier: up to 50: 0,90 €; the last one: above 100: 0,80 €."""
    tier = price.tiers[place]
    limit = tier.up_to
    if limit is None:
        before = price.tiers[place - 1].up_to if place else None
        words = pgettext("tier", "above %(limit)s: %(price)s") if place else "%(price)s"
        limit = before
    else:
        words = pgettext("tier", "up to %(limit)s: %(price)s")
    shown = "" if limit is None else (money(limit) if price.measure == Measure.VOLUME else number(limit))
    return words % {"limit": shown, "price": rate(tier.price)}


def model_words(model):
    """Return an offer's prices as sentences without their ends, the smallest fees last."""
    found = [price_words(price) for price in model.prices]
    if model.minimum_each:
        found.append(_("at least %(sum)s for each municipality") % {"sum": money(model.minimum_each)})
    if model.minimum:
        found.append(_("at least %(sum)s for the whole") % {"sum": money(model.minimum)})
    return found


def next_tier_words(price, missing, tier):
    """Return what brings the next tier: 3 municipalities more: 0,85 € a resident."""
    facts = {
        "more": amount_of(price.measure, missing),
        "price": rate(tier.price),
        "per": PER[Measure(price.per)],
    }
    return _("%(more)s more: %(price)s %(per)s") % facts


NAMES = {
    "rate": gettext_lazy("The price"),
    "tier": gettext_lazy("The price of a tier"),
    "up_to": gettext_lazy("The limit of a tier"),
    "minimum_each": gettext_lazy("The smallest fee of a municipality"),
    "minimum": gettext_lazy("The smallest fee of the whole"),
    "residents": gettext_lazy("The number of residents"),
    "users": gettext_lazy("The number of users"),
    "volume": gettext_lazy("The volume"),
    "price_weight": gettext_lazy("The points for the price"),
    "weight": gettext_lazy("The points of a criterion"),
    "best": gettext_lazy("The best mark"),
    "mark": gettext_lazy("The mark"),
    "price": gettext_lazy("The price compared"),
}
MISSING = {
    "residents": gettext_lazy("The number of residents is not known of: %(names)s."),
    "users": gettext_lazy("The number of users is not known of: %(names)s. Enter the users first."),
    "volume": gettext_lazy("No volume has been given by: %(names)s."),
}
SENTENCES = {
    "no_participants": gettext_lazy("Nobody takes part yet, so there is nothing to reckon with."),
    "no_prices": gettext_lazy("Give at least one price."),
    "rate_or_tiers": gettext_lazy("Give either one price or tiers."),
    "measure_missing": gettext_lazy("Say what the tiers are counted by."),
    "part_of_another_measure": gettext_lazy(
        "A tier can price its own part alone only when it counts what the price is for."
    ),
    "tiers_not_ascending": gettext_lazy("Each tier reaches further than the one before it."),
    "tiers_not_open": gettext_lazy("The last tier has no limit: give its price alone on the last line."),
    "nothing_to_share_by": gettext_lazy(
        "The price for the whole cannot be shared: there is nothing to share it by."
    ),
    "not_a_number": gettext_lazy("%(name)s is not a number."),
    "negative": gettext_lazy("%(name)s is below zero."),
    "too_large": gettext_lazy("%(name)s is too large."),
    "too_fine": gettext_lazy("%(name)s has too many decimals."),
    "no_offers": gettext_lazy("No offer has been written down yet."),
    "no_weights": gettext_lazy("Neither the price nor a criterion has points."),
    "best_zero": gettext_lazy("The best mark of a criterion is zero."),
    "price_not_reckoned": gettext_lazy("The price of some offer cannot be reckoned yet."),
    "requirement_not_judged": gettext_lazy(
        "%(offer)s: it has not been judged whether it meets a requirement."
    ),
    "mark_missing": gettext_lazy("%(offer)s: a mark is missing."),
    "mark_above_best": gettext_lazy("%(offer)s: a mark is above the best one."),
}
MOST_NAMES = 5


def refusal_words(refusals, names, offers=None):
    """Return why something cannot be reckoned, each reason once. ``names``: key -> name, ``offers``: id -> name."""
    found = []
    for refusal in refusals:
        figures = refusal.figures
        if refusal.code == "figure_missing":
            words = MISSING[str(figures["measure"])] % {"names": _named(figures["keys"], names)}
        else:
            facts = {"name": NAMES.get(str(figures.get("name")), ""), "offer": ""}
            if offers and figures.get("offer") in offers:
                facts["offer"] = offers[figures["offer"]]
            words = SENTENCES[refusal.code] % facts
        if words not in found:
            found.append(words)
    return found


def _named(keys, names):
    shown = ", ".join(str(names.get(key, key)) for key in keys[:MOST_NAMES])
    more = len(keys) - MOST_NAMES
    if more <= 0:
        return shown
    return f"{shown} {ngettext('and %(n)s more', 'and %(n)s more', more) % {'n': number(more)}}"
