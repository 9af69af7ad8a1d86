"""The gauge of a round: committed and interested volume against what the round needs and has room for."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.gather import Part
from consortium.templatetags.portal import money, number
from procurement import price_words
from procurement.models import AnswerKind, Offer
from procurement.models.buyers import participants
from procurement.models.offer import prices_as_read
from procurement.prices import to_next_tier
from procurement.readings import OFFERS, note_reading

WHOLE = 100


def gauge(user, round_):
    """Return the Parts that say how far the round is; tiers only where a supplier's offer has them."""
    answers = list(round_.answers.standing())
    room = round_.room()
    committed = [a for a in answers if a.counts_as == AnswerKind.COMMITTED]
    interested = [a for a in answers if a.counts_as == AnswerKind.INTERESTED]
    lines = [
        _line(_committed(round_, room.committed, len(committed)), room.committed, round_.minimum_volume),
        _line(_interested(round_, room, interested), sum(_volumes(interested)), room.limit),
    ]
    if tiers := _tiers(user, round_):
        note_reading(user, round_.procurement, OFFERS)
    context = {
        "lines": lines,
        "warnings": _warnings(round_, room, len(committed)),
        "tiers": tiers,
    }
    return [Part(_("How far it is"), "procurement/parts/gauge.html", context, note=_("a year, without VAT"))]


def _volumes(answers):
    return (answer.standing.yearly or Decimal(0) for answer in answers)


def _line(says, value, most):
    """Return a sentence and, where there is something to measure against, its bar in whole euros."""
    return {"says": says, "value": int(value), "most": int(most) if most else 0}


def _municipalities(n):
    return ngettext("%(n)s municipality", "%(n)s municipalities", n) % {"n": number(n)}


def _committed(round_, volume, count):
    facts = {"sum": money(volume), "count": _municipalities(count)}
    needs = []
    if round_.minimum_volume is not None:
        needs.append(money(round_.minimum_volume))
    if round_.minimum_members is not None:
        needs.append(_municipalities(round_.minimum_members))
    if not needs:
        return _("Committed: %(sum)s, %(count)s. The round has set no minimum.") % facts
    words = _("Committed: %(sum)s, %(count)s. The tender needs at least %(needs)s.")
    return words % (facts | {"needs": _(" and ").join(needs)})


def _interested(round_, room, answers):
    facts = {"sum": money(sum(_volumes(answers))), "count": _municipalities(len(answers))}
    limits = []
    if room.limit is not None:
        limits.append(money(room.limit))
    if room.places is not None:
        limits.append(_municipalities(room.places))
    if not limits:
        return _("Interested: %(sum)s, %(count)s. The round has set no quota.") % facts
    words = _("Interested: %(sum)s, %(count)s. There is room for at most %(limits)s.")
    return words % (facts | {"limits": _(" and ").join(limits)})


def _warnings(round_, room, committed):
    found = []
    if round_.minimum_volume is not None and room.committed < round_.minimum_volume:
        words = _("%(sum)s of commitments is missing.")
        found.append(words % {"sum": money(round_.minimum_volume - room.committed)})
    if round_.minimum_members is not None and committed < round_.minimum_members:
        n = round_.minimum_members - committed
        words = ngettext(
            "%(n)s committed municipality is missing.", "%(n)s committed municipalities are missing.", n
        )
        found.append(words % {"n": number(n)})
    if room.waiting:
        n = len(room.waiting)
        words = ngettext(
            "%(n)s interested municipality no longer fits the quota, as commitments have become fewer.",
            "%(n)s interested municipalities no longer fit the quota, as commitments have become fewer.",
            n,
        )
        found.append(words % {"n": number(n)})
    return found


def _tiers(user, round_):
    """Return the tiers of the offers that have some, each with what brings the next; none before there are offers."""
    procurement = round_.procurement
    if not user.has_perm("procurement.view_offers"):
        return []
    rows = Offer.objects.standing().visible_to(user).filter(procurement=procurement)
    found, buyers = [], {}
    for offer in rows.select_related("supplier", "lot"):
        if offer.lot_id not in buyers:
            buyers[offer.lot_id], _places = participants(procurement, lot=offer.lot)
        for price in prices_as_read(offer.prices).prices:
            if price.tiers:
                found.append(
                    {
                        "offer": offer,
                        "says": price_words.price_words(price),
                        "next": _next(price, buyers[offer.lot_id]),
                    }
                )
    return found


def _next(price, buyers):
    try:
        step = to_next_tier(price, buyers)
    except TypeError:  # a figure is not known: nothing is reckoned
        return _("Which tier holds cannot be said: a municipality's figure is missing.")
    return price_words.next_tier_words(price, *step) if step else _("The last tier has been reached.")
