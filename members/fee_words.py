"""Fees in words: a line that anyone can redo by hand, a year's result, and what cannot be reckoned with its ways out.

Sentences are in the language that is active; sums are in €, without VAT.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from consortium.fee_rules import CENT, YEARS
from consortium.templatetags.portal import money, number, rate

MOST_NAMES = 5
WHOLE_EURO = Decimal(1)

# The beginning of a sentence about one of the rule's figures.
NOUNS = {
    "rate": gettext_lazy("The rate"),
    "equal_part": gettext_lazy("The equal part"),
    "floor": gettext_lazy("The smallest fee"),
    "cap": gettext_lazy("The largest fee"),
    "unit": gettext_lazy("The unit of rounding"),
    "vat_rate": gettext_lazy("The rate of VAT"),
    "band": gettext_lazy("The fee of a class"),
    "amount": gettext_lazy("The amount to be shared"),
}


# One fee


def reckoning_line(line):
    """Return one fee's reckoning (consortium.fees.Reckoning) in one line, which ends with the fee (€).

    Rounding down is said where it changes a figure that counts.
    """
    if line.ground == "free":
        return _("A free year: %(fee)s") % {"fee": money(line.result)}
    if line.ground == "covered":
        return _("The budget is covered, nothing is left to be paid: %(fee)s") % {"fee": money(line.result)}
    parts = [_by_rule(line)]
    if line.ground == "floor":
        parts.append(_("smallest fee %(fee)s") % {"fee": money(line.full_year)})
    elif line.ground == "cap":
        parts.append(_("largest fee %(fee)s") % {"fee": money(line.full_year)})
    if line.months < 12:
        words = _("%(months)s of 12 months: %(fee)s") % {"months": line.months, "fee": money(line.result)}
        exact = line.full_year * line.months == line.result * 12
        parts.append(words if exact else f"{words}, {rounding_words(line.unit)}")
    return "; ".join(parts)


def _by_rule(line):
    """What the rule gives before the smallest and the largest fee."""
    residents = line.residents or 0
    figures = {"residents": number(residents), "product": money(line.product)}
    if line.kind == "bands":
        words = ngettext(
            "%(residents)s resident, class %(class)s: %(product)s",
            "%(residents)s residents, class %(class)s: %(product)s",
            residents,
        )
        return words % (figures | {"class": class_words(line.above, line.band.up_to)})
    exact = line.base + residents * line.rate
    figures |= {"base": rate(line.base), "rate": rate(line.rate)}
    if line.kind == "equal":
        words = _("Equal share %(product)s")
    elif line.kind == "mixed":
        words = ngettext(
            "Equal part %(base)s + %(residents)s resident × %(rate)s = %(product)s",
            "Equal part %(base)s + %(residents)s residents × %(rate)s = %(product)s",
            residents,
        )
    else:
        words = ngettext(
            "%(residents)s resident × %(rate)s = %(product)s",
            "%(residents)s residents × %(rate)s = %(product)s",
            residents,
        )
    counts = line.unit != CENT or line.ground not in ("floor", "cap")
    return (
        f"{words % figures}, {rounding_words(line.unit)}"
        if exact != line.product and counts
        else words % figures
    )


def rounding_words(unit):
    """Return how a fee is rounded, to be put after a comma."""
    if unit == CENT:
        return _("rounded down to the cent")
    if unit == WHOLE_EURO:
        return _("rounded down to whole euros")
    return _("rounded down in steps of %(unit)s") % {"unit": money(unit)}


def class_words(above, up_to):
    """Return a class of population in words: up to 2 000, 2 001–5 000, over 50 000, all sizes."""
    if up_to is None:
        return _("over %(above)s") % {"above": number(above)} if above else _("all sizes")
    if not above or above >= up_to:
        return _("up to %(up_to)s") % {"up_to": number(up_to)}
    return f"{number(above + 1)}–{number(up_to)}"


# One year


def result_sentence(fees):
    """Return a year's result (consortium.fees.Fees): the sum, who is at the limits, what is uncovered or too much."""
    parts = [_("Sum %(sum)s") % {"sum": money(fees.total)}]
    if fees.rule.cap is not None:
        parts.append(
            _counted(ngettext("%(n)s at the cap", "%(n)s at the cap", len(fees.at_cap)), fees.at_cap)
        )
    if fees.rule.floor:
        at_floor = fees.at_floor
        parts.append(_counted(ngettext("%(n)s at the floor", "%(n)s at the floor", len(at_floor)), at_floor))
    if fees.surplus:
        parts.append(_("surplus %(sum)s") % {"sum": money(fees.surplus)})
    elif fees.amount is not None:
        parts.append(_("uncovered %(sum)s") % {"sum": money(fees.uncovered)})
    return "; ".join(parts)


def _counted(words, keys):
    return words % {"n": number(len(keys))}


# What cannot be reckoned


def refusal_words(refusal, names=None):
    """Return the name of the field that a refusal is about, or None, and a sentence with the ways out.

    ``names``: key of a payer → its name, for those whose residents are not known.
    """
    figures = dict(refusal.figures)
    field, words = REFUSALS[refusal.code]
    if field == "name":  # the figure that was refused says its own
        field = "bands" if figures["name"] == "band" else figures["name"]
    ways = {f"{way.code} {way.figures.get('name', '')}".strip(): way.figures for way in refusal.ways}
    return field, words(figures, ways, names or {})


def _figure(name, value):
    """A figure as its field shows it."""
    if name == "rate":
        return rate(value)
    if name == "equal_part":
        return f"{number(value.scaleb(2))}\u00a0%"
    return f"{number(value)}\u00a0%" if name == "vat_rate" else money(value)


def _not_a_number(figures, ways, names):
    return _("%(noun)s is not a number. Write it in digits.") % {"noun": NOUNS[figures["name"]]}


def _negative(figures, ways, names):
    return _("%(noun)s is below zero. Give 0 or more.") % {"noun": NOUNS[figures["name"]]}


def _too_large(figures, ways, names):
    words = _("%(noun)s is too large to be meant: give at most %(most)s.")
    return words % {"noun": NOUNS[figures["name"]], "most": _figure(figures["name"], figures["most"])}


def _too_fine(figures, ways, names):
    name = figures["name"]
    places = figures["places"] - 2 * (name == "equal_part")
    words = _("%(noun)s has too many decimals: give at most %(places)s. The nearest is %(nearest)s.")
    nearest = _figure(name, ways[f"round {name}"]["value"])
    return words % {"noun": NOUNS[name], "places": places, "nearest": nearest}


def _unit_zero(figures, ways, names):
    least = money(ways["raise unit"]["value"])
    return _("Fees cannot be rounded to a unit of zero. Choose a unit of at least %(least)s.") % {
        "least": least
    }


def _not_in_unit(figures, ways, names):
    name = figures["name"]
    words = _(
        "%(noun)s %(value)s is not a multiple of %(unit)s, the unit of rounding. "
        "Lower it to %(lower)s or raise it to %(higher)s."
    )
    return words % {
        "noun": NOUNS[name],
        "value": money(figures["value"]),
        "unit": money(figures["unit"]),
        "lower": money(ways[f"lower {name}"]["value"]),
        "higher": money(ways[f"raise {name}"]["value"]),
    }


def _floor_above_cap(figures, ways, names):
    words = _(
        "The smallest fee %(floor)s is above the largest fee, which is %(cap)s without VAT. "
        "Lower the smallest fee to %(lower)s or raise the largest fee to %(higher)s."
    )
    return words % {
        "floor": money(figures["floor"]),
        "cap": money(figures["cap"]),
        "lower": money(ways["lower floor"]["value"]),
        "higher": money(ways["raise cap"]["value"]),
    }


def _floor_above_amount(figures, ways, names):
    words = ngettext(
        "The smallest fee %(floor)s times %(payers)s member is %(needed)s, which is above the amount to be shared, "
        "%(amount)s. Lower the smallest fee to %(lower)s or raise the amount by %(missing)s.",
        "The smallest fee %(floor)s times %(payers)s members is %(needed)s, which is above the amount to be shared, "
        "%(amount)s. Lower the smallest fee to %(lower)s or raise the amount by %(missing)s.",
        figures["payers"],
    )
    sums = {name: money(figures[name]) for name in ("floor", "needed", "amount", "missing")}
    lower = money(ways["lower floor"]["value"])
    return words % (sums | {"payers": number(figures["payers"]), "lower": lower})


def _rate_missing(figures, ways, names):
    return _("Give the euros a resident, for example 0,021.")


def _equal_part_missing(figures, ways, names):
    return _("Give the part that is shared equally in per cent, for example 40.")


def _equal_part_above_all(figures, ways, names):
    words = _("The equal part %(part)s is more than the whole. Give at most %(most)s.")
    most = _figure("equal_part", ways["lower equal_part"]["value"])
    return words % {"part": _figure("equal_part", figures["value"]), "most": most}


def _bands_missing(figures, ways, names):
    words = _(
        "Give the classes of population, one on each line, for example “2 000: 150”, the last one “%(last)s”."
    )
    return words % {"last": f"{over_word()}: 900"}


def _bands_not_ascending(figures, ways, names):
    up_to, before = figures["up_to"], figures["before"]
    if before is None:
        words = _("A class follows the one without an end: only the last line may be “%(last)s”.")
        return words % {"last": f"{over_word()}: 900"}
    if not before:
        return _("The first class ends at %(up_to)s residents. Give it an end above 0.") % {
            "up_to": number(up_to)
        }
    words = _(
        "The class up to %(up_to)s residents comes after the one up to %(before)s. "
        "Write the classes from the smallest to the largest, each end once."
    )
    return words % {"up_to": number(up_to), "before": number(before)}


def _band_fee_falls(figures, ways, names):
    words = _(
        "In the class %(class)s the fee %(fee)s is below the fee of the class before it, %(fee_before)s. "
        "Raise it to %(least)s or more."
    )
    return words % {
        "class": class_words(figures["before"], figures["up_to"]),
        "fee": money(figures["fee"]),
        "fee_before": money(figures["fee_before"]),
        "least": money(ways["raise band"]["value"]),
    }


def _bands_not_open(figures, ways, names):
    words = _(
        "The last class ends at %(up_to)s residents, and a larger municipality would have no fee. "
        "Begin the last line with “%(over)s”."
    )
    return words % {"up_to": number(figures["up_to"]), "over": f"{over_word()}:"}


def _no_payers(figures, ways, names):
    return _("Nobody is there to pay. Choose a day on which there are members, or count in those expected.")


def _no_residents(figures, ways, names):
    known = [str(names[key]) for key in figures["keys"] if key in names]
    shown, more = known[:MOST_NAMES], figures["payers"] - min(len(known), MOST_NAMES)
    words = ngettext(
        "%(n)s municipality has no population figure%(names)s. Load the figures or leave it out.",
        "%(n)s municipalities have no population figure%(names)s. Load the figures or leave them out.",
        figures["payers"],
    )
    listed = ", ".join(shown)
    if shown and more:
        others = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
        listed = others % {"names": listed, "n": number(more)}
    return words % {"n": number(figures["payers"]), "names": f": {listed}" if shown else ""}


def _year(figures, ways, names):
    words = _("“%(year)s” is no year that fees are reckoned for. Choose one from %(first)s to %(last)s.")
    return words % {"year": str(figures["year"])[:20], "first": YEARS[0], "last": YEARS[-1]}


def _amount_missing(figures, ways, names):
    return _("The amount to be shared is missing. Write the year's budget first.")


def over_word():
    """Return the word that begins the line of the class without an end."""
    return pgettext("class without an end", "over")


REFUSALS = {  # code → the field it is about ("name": said by its figures), the words
    "not_a_number": ("name", _not_a_number),
    "negative": ("name", _negative),
    "too_large": ("name", _too_large),
    "too_fine": ("name", _too_fine),
    "unit_zero": ("unit", _unit_zero),
    "not_in_unit": ("name", _not_in_unit),
    "floor_above_cap": ("floor", _floor_above_cap),
    "floor_above_amount": ("floor", _floor_above_amount),
    "rate_missing": ("rate", _rate_missing),
    "equal_part_missing": ("equal_part", _equal_part_missing),
    "equal_part_above_all": ("equal_part", _equal_part_above_all),
    "bands_missing": ("bands", _bands_missing),
    "bands_not_ascending": ("bands", _bands_not_ascending),
    "band_fee_falls": ("bands", _band_fee_falls),
    "bands_not_open": ("bands", _bands_not_open),
    "no_payers": (None, _no_payers),
    "no_residents": (None, _no_residents),
    "year": ("year", _year),
    "amount_missing": ("amount", _amount_missing),
}
