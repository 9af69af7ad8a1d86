"""What the law helper has found, in words: each point as a sentence, each source as people cite it. Advice only."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.templatetags.portal import day, money, number
from procurement.models.words import StageKind
from procurement.thresholds import ACT, DIRECTIVE, Level

LEVELS = {
    Level.BELOW: lambda: _("below the national threshold"),
    Level.NATIONAL: lambda: _("national level"),
    Level.EU: lambda: _("EU level"),
}
STATUTES = {
    ACT: lambda: _("Procurement Act %(statute)s"),
    DIRECTIVE: lambda: _("Directive %(statute)s"),
    "150/1930": lambda: _("Act on the Counting of Time %(statute)s"),
    "Åland": lambda: _("Legislation of Åland"),
}


def level_words(level):
    """Return a level in words."""
    return LEVELS[level]() if level in LEVELS else _("not reckoned")


def source_words(source):
    """Return where a rule stands: the statute and its §, or that it is the portal's own practice."""
    if not source.statute:
        return _("our own practice")
    words = (STATUTES[source.statute]() if source.statute in STATUTES else "%(statute)s") % {
        "statute": source.statute
    }
    cited = f"{words}, {source.section}" if source.section else words
    doubt = _("(to be checked in the Act)")
    return cited if source.checked else f"{cited} {doubt}"


def point_words(point):
    """Return a point of an advice, or a note on a date, as a sentence or two. KeyError for one without words."""
    return WORDS[point.code](_Figures(point.figures))


class _Figures(dict):
    """The figures of a point as they stand in a sentence."""

    def money(self, name):
        return money(self[name])

    def day(self, name):
        return day(self[name])

    def count(self, name):
        return len(self[name])


def _estimated(f):
    if f["open_ended"]:
        time = _("48 times the monthly sum, because it is open-ended")
    else:
        time = ngettext("%(n)s month with its options", "%(n)s months with their options", f["months"])
        time %= {"n": f["months"]}
    words = _("Estimated value %(value)s without VAT: %(yearly)s a year, %(time)s, for %(buyers)s buyers.")
    told = words % {
        "value": f.money("value"),
        "yearly": f.money("yearly"),
        "time": time,
        "buyers": number(f["buyers"]),
    }
    if f["option_amounts"] or f["one_off"]:
        told += " " + _("Optional sums %(options)s and sums paid once %(once)s are counted in.") % {
            "options": f.money("option_amounts"),
            "once": f.money("one_off"),
        }
    if f["interested_value"]:
        told += " " + _("Those only interested make up %(sum)s of it.") % {"sum": f.money("interested_value")}
    return told


def _missing(f):
    words = ngettext(
        "%(n)s buyer has given no volume: the value may be larger.",
        "%(n)s buyers have given no volume: the value may be larger.",
        f.count("buyers"),
    )
    return words % {"n": f.count("buyers")}


def _among_aland(f):
    words = ngettext(
        "%(n)s buyer is in Åland, which has procurement legislation of its own: ask a lawyer.",
        "%(n)s buyers are in Åland, which has procurement legislation of its own: ask a lawyer.",
        f.count("buyers"),
    )
    return words % {"n": f.count("buyers")}


def _near(f):
    words = _(
        "The value is %(short)s short of the threshold of %(amount)s (%(level)s): a small change counts."
    )
    return words % {
        "short": f.money("short_by"),
        "amount": f.money("threshold"),
        "level": level_words(f["level"]),
    }


def _raised(f):
    words = _("The committed alone would stay at: %(alone)s. With the interested it is: %(all)s.")
    return words % {"alone": level_words(f["level"]), "all": level_words(f["with_interested"])}


def _minimum(f):
    words = _(
        "Minimum times in days: open procedure %(open)s (%(less)s less when tenders come electronically), requests to "
        "participate %(request)s, restricted tender %(restricted)s, tender inside a dynamic system %(dps)s."
    )
    return words % {
        "open": f["open"],
        "less": f["electronic_less"],
        "request": f["request"],
        "restricted": f["restricted"],
        "dps": f["dps_tender"],
    }


def _rectified(f):
    words = _("Rectification: %(days)s days for a party, %(own)s days for the contracting entity itself.")
    return words % {"days": f["days"], "own": f["entity_days"]}


def _length(f):
    if f["months"] is None:
        return _("The framework has no end. As a rule it lasts at most %(most)s months.") % {
            "most": f["most"]
        }
    words = _(
        "The framework lasts %(n)s months with its options. As a rule it lasts at most %(most)s months."
    )
    return words % {"n": f["months"], "most": f["most"]}


def _split(f):
    words = _(
        "Alone: %(value)s, %(level)s. Together with the other purchases: %(together)s, %(of_all)s. If they belong "
        "together, all go by the rules of the whole. Whether they do, a person judges."
    )
    return words % {
        "value": f.money("value"),
        "level": level_words(f["level"]),
        "together": f.money("together"),
        "of_all": level_words(f["together_level"]),
    }


def _days(words):
    return lambda f: words() % {"days": f["days"]}


def _before(f):
    words = _("It is before the day it is counted from: %(stage)s, %(day)s.")
    return words % {"stage": StageKind(f["since"]).label, "day": f.day("since_on")}


def _unknown(f):
    words = _("No threshold is known for %(day)s (%(level)s): look it up before going on.")
    return words % {"day": f.day("on"), "level": level_words(f["level"])}


def _provisional(f):
    words = _(
        "The threshold of %(amount)s (%(level)s) was in force until %(ended)s; the one for %(day)s is not known yet."
    )
    facts = {"amount": f.money("amount"), "level": level_words(f["level"])}
    return words % (facts | {"ended": f.day("ended_on"), "day": f.day("on")})


def _unchecked(f):
    words = _("The threshold of %(amount)s (%(level)s) on %(day)s has not been checked by a person.")
    return words % {"amount": f.money("amount"), "level": level_words(f["level"]), "day": f.day("on")}


def _below_maximum(f):
    words = _("The stated ceiling of %(maximum)s is below the estimated value of %(value)s.")
    return words % {"maximum": f.money("maximum"), "value": f.money("value")}


def _exceeded(f):
    words = _("Of the ceiling %(left)s is left; the estimated value is %(value)s.")
    return words % {"left": f.money("left"), "value": f.money("value")}


def _strangers(f):
    words = ngettext(
        "%(n)s buyer is not named in the framework and cannot join it later.",
        "%(n)s buyers are not named in the framework and cannot join it later.",
        f.count("buyers"),
    )
    return words % {"n": f.count("buyers")}


WORDS = {
    "aland_own_legislation": lambda f: _(
        "All buyers are in Åland, which has procurement legislation of its own: nothing is reckoned here."
    ),
    "aland_among_buyers": _among_aland,
    "estimated_value": _estimated,
    "volume_missing": _missing,
    "maximum_below_value": _below_maximum,
    "threshold_unknown": _unknown,
    "threshold_provisional": _provisional,
    "threshold_unchecked": _unchecked,
    "near_threshold": _near,
    "interested_raise_level": _raised,
    "act_does_not_apply": lambda f: _("The Act does not apply, but rectification can be asked for."),
    "own_instructions": lambda f: _("Follow the city's own instructions for small purchases."),
    "no_new_notice": lambda f: _("No new notice: it was given for the whole."),
    "direct_needs_ground": lambda f: _("Direct procurement needs a ground named in the Act, in writing."),
    "eu_notice": lambda f: _("An EU notice is published through Hilma."),
    "national_notice": lambda f: _("A national notice is published in Hilma."),
    "minimum_days": _minimum,
    "no_minimum_days": lambda f: _("No minimum time is laid down: give a reasonable one."),
    "no_contract_yet": lambda f: _("Setting up the system is no contract yet: there is no standstill."),
    "no_standstill": lambda f: _("No standstill at this level."),
    "standstill_not_needed": lambda f: (
        _("No standstill is needed here; %(days)s days if one is chosen.") % {"days": f["days_if_chosen"]}
    ),
    "standstill_ask_lawyer": _days(
        lambda: _("A direct procurement can be announced beforehand and waits %(days)s days: ask a lawyer.")
    ),
    "standstill": _days(lambda: _("Standstill: no contract within %(days)s days from knowing the decision.")),
    "rectification": _rectified,
    "market_court": _days(lambda: _("Appeal to the Market Court within %(days)s days.")),
    "eu_award_notice": _days(lambda: _("An award notice within %(days)s days of the contract.")),
    "no_eu_award_notice": lambda f: _("No EU award notice."),
    "name_users_and_maximum": lambda f: (
        _("The notice names who may use the framework and its ceiling: %(maximum)s.")
        % {"maximum": f.money("maximum")}
    ),
    "framework_too_long": _length,
    "framework_length": _length,
    "frame_maximum_exceeded": _exceeded,
    "frame_ended": lambda f: (
        _("The framework ended on %(ended)s, before %(day)s.")
        % {"ended": f.day("ended_on"), "day": f.day("on")}
    ),
    "not_named_in_frame": _strangers,
    "splitting": _split,
    "earlier_than_law": lambda f: (
        _("Earlier than the Act allows: %(limit)s at the earliest.") % {"limit": f.day("limit_on")}
    ),
    "later_than_law": lambda f: (
        _("Later than the Act allows: %(limit)s at the latest.") % {"limit": f.day("limit_on")}
    ),
    "before_its_start": _before,
    "closed_day": lambda f: _("Not a working day."),
    "in_july": lambda f: _("Nothing has its deadline in July."),
    "other_thresholds": lambda f: _("On this day other thresholds are in force: reckon again with it."),
}
