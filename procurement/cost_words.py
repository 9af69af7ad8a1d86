"""Cost shares in words: a line that anyone can redo by hand, and why nothing can be reckoned, with the ways out.

Sentences are in the language that is active; sums are in €, without VAT.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium.templatetags.portal import money, number, rate
from procurement.cost_shares import CENT, Code

NAMED = 5


def reckoning_line(line):
    """Return one share's reckoning in one line, which ends with the share.

    ``line``: anything with amount, months, residents, use and ``reckoning``, the plain values of cost_shares.Share.
    """
    told = line.reckoning
    if told["limit"] == "floor":
        return _("The smallest share: %(share)s") % {"share": money(line.amount)}
    if told["limit"] == "cap":
        return _("The largest share: %(share)s") % {"share": money(line.amount)}
    words = " + ".join(_step(step) for step in told["steps"])
    return f"{words} = {money(line.amount)}{_rounding(told)}"


def _step(step):
    by, sum_, exact, own, whole = step
    figures = {"own": number(own), "all": number(whole)}
    if by == "price":
        figures |= {"price": rate(Decimal(sum_))}
        if own % whole == 0:
            figures["own"] = number(own // whole)
            return (
                ngettext("%(own)s resident × %(price)s", "%(own)s residents × %(price)s", own // whole)
                % figures
            )
        return _("residents × months %(own)s × %(price)s / %(all)s") % figures
    figures |= {"sum": money(Decimal(sum_)) if exact else _("about %(sum)s") % {"sum": rate(Decimal(sum_))}}
    words = {
        "equal": _("equally %(sum)s × %(own)s / %(all)s"),
        "residents": _("by residents %(sum)s × %(own)s / %(all)s"),
        "use": _("by use %(sum)s × %(own)s / %(all)s"),
    }
    return words[by] % figures


def _rounding(told):
    """Return what rounding did, to be put behind the share; nothing where nothing was rounded."""
    if told["exact"]:
        return ""
    if told["steps"][0][0] == "price":
        return _(", rounded to the cent")
    if Decimal(told["odd"]) >= CENT:
        return _(", with a cent of rounding so that the shares meet the bill")
    return _(", rounded down to the cent")


def use_words(report, metric):
    """Return what of use is counted: the metric, after the report that tells it where there is one."""
    return f"{report}: {metric}" if report else metric


def refusal_words(refused, names):
    """Return a sentence with the ways out. ``names``: key of a participant → its name."""
    words = REFUSALS[refused.code]
    listed = [names.get(key, key) for key in refused.keys]
    shown = ", ".join(listed[:NAMED])
    if len(listed) > NAMED:
        more = ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", len(listed) - NAMED)
        shown = more % {"names": shown, "n": len(listed) - NAMED}
    figures = {name: money(v) if isinstance(v, Decimal) else v for name, v in refused.figures.items()}
    return words % (figures | {"names": shown})


REFUSALS = {
    Code.NOBODY: gettext_lazy("Nobody takes part in the contract in this year. Add the participants first."),
    Code.NO_AMOUNT: gettext_lazy("Give the bill of a whole year."),
    Code.NO_PRICE: gettext_lazy("Give the price a resident."),
    Code.NEGATIVE: gettext_lazy("An amount cannot be negative."),
    Code.CENTS: gettext_lazy("Give the amounts in whole cents."),
    Code.MONTHS: gettext_lazy(
        "Somebody takes part for more months than the contract has in the year: %(names)s. Correct the months."
    ),
    Code.PARTS: gettext_lazy("The parts of a mixed sharing must together be 100 %%."),
    Code.RESIDENTS: gettext_lazy(
        "Residents are not known for %(names)s. Load the population figures, or choose a later day for them."
    ),
    Code.USE: gettext_lazy(
        "Use is not known for every month that counts: %(names)s. Read the supplier's figures of the missing months, "
        "change the months, or share by residents."
    ),
    Code.NO_USE: gettext_lazy("Nobody has used anything in these months: there is nothing to share by."),
    Code.LIMITS: gettext_lazy("The smallest share %(floor)s is larger than the largest %(cap)s."),
    Code.FLOORS: gettext_lazy(
        "The smallest shares (%(floor)s each, %(count)s participants) exceed the bill of %(amount)s. Lower the "
        "smallest share, or leave it out."
    ),
}
