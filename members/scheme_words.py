"""The terms of a year's fees in plain sentences, for everyone. In the language that is active; sums in €, without VAT.

``terms`` is whatever has the fields of a scheme: a decided scheme, an alternative.
"""

from django.utils.translation import gettext as _

from consortium import clock
from consortium.fee_rules import CENT, SHARING, with_vat
from consortium.templatetags.portal import day, money, number, rate
from members.fee_words import class_words, rounding_words


def scheme_sentences(terms, *, year=None, base=None, per_resident=None):
    """Return the terms as sentences; with ``year`` the day of the population, with the year's exact figures those."""
    found = [_share(terms, base, per_resident), _limits(terms)]
    if year is not None:
        if year in terms.free_years:
            found.append(_("The year %(year)s is free of charge.") % {"year": year})
        on = day(clock.last_day(year - terms.population_back))
        found.append(_("Residents are those of the newest figure up to %(day)s.") % {"day": on})
    if terms.free_first_year:
        found.append(_("A member's first year is free of charge."))
    if terms.prorated:
        found.append(_("Who joins or leaves during the year pays for the full months of membership."))
    else:
        found.append(_("Who joins or leaves during the year pays for the whole year."))
    if terms.unit != CENT:
        found.append(_("Fees are %(rounded)s.") % {"rounded": rounding_words(terms.unit)})
    return found


def _share(terms, base, per_resident):
    """Return what a fee is made of."""
    if terms.kind == "tariff":
        return _("The fee is %(rate)s a resident.") % {"rate": rate(terms.rate)}
    if terms.kind == "bands":
        classes, above = [], 0
        for up_to, fee in terms.bands:
            classes.append(f"{class_words(above, up_to)} {money(fee)}")
            above = up_to or above
        return _("The fee is by the number of residents: %(classes)s.") % {"classes": "; ".join(classes)}
    words = {
        "equal": _("The amount to be shared is divided into equal shares."),
        "population": _("The amount to be shared is divided by the number of residents."),
    }.get(terms.kind)
    if words is None:
        part = f"{number(terms.equal_part.scaleb(2))}\u00a0%"
        words = _(
            "Of the amount to be shared %(part)s is divided into equal shares, the rest by the number of residents."
        ) % {"part": part}
    return f"{words} {_figures(terms, base, per_resident)}".strip()


def _figures(terms, base, per_resident):
    """Return what sharing the amount came to, in figures by which a fee is redone."""
    if terms.kind not in SHARING or base is None or per_resident is None:
        return ""
    if terms.kind == "equal":
        return _("That is %(base)s a member.") % {"base": rate(base)}
    if terms.kind == "population":
        return _("That is %(rate)s a resident.") % {"rate": rate(per_resident)}
    return _("That is %(base)s a member and %(rate)s a resident.") % {
        "base": rate(base),
        "rate": rate(per_resident),
    }


def _limits(terms):
    """Return the smallest and the largest fee."""
    if terms.floor:
        words = _("A member pays at least %(floor)s and at most %(cap)s a year, without VAT.")
    else:
        words = _("A member pays at most %(cap)s a year, without VAT.")
    return words % {"floor": money(terms.floor), "cap": money(terms.cap)}


def vat_sentence(billing):
    """Return how VAT is treated by the settings of invoicing, with the decision on the tax."""
    facts = {
        "rate": f"{number(billing.vat_rate)}\u00a0%",
        "reason": billing.vat_reason,
        "decision": billing.vat_decision,
        "how": billing.get_vat_category_display(),
    }
    if billing.vat_rate:
        words = _("VAT %(rate)s is added (%(decision)s).")
        if billing.cap_with_vat:
            words = _("VAT %(rate)s is added (%(decision)s); the largest fee includes it.")
    elif billing.vat_reason:
        words = _("VAT: %(how)s. %(reason)s (%(decision)s).")
    else:
        words = _("VAT: %(how)s (%(decision)s).")
    return words % facts


def vat_words(billing, amount):
    """Return how VAT bears on a fee (€ without VAT)."""
    said = vat_sentence(billing)
    if billing.vat_rate:
        words = _("To be paid with VAT: %(sum)s.")
        said = f"{said} {words % {'sum': money(with_vat(amount, billing.vat_rate))}}"
    return said
