"""A year's fees as one scenario: who pays what, how that stands beside the year before, in figures and words."""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consortium import clock
from consortium.fees import Fee, Fees, Refused, compare
from consortium.templatetags.portal import day, money, number, place_name, rate
from members.fee_words import class_words
from members.models import Assessment, BillingTerms, Municipality, SchemeKind, Stale
from members.models.payers import population_day

MOST_NAMES = 5
MILL = Decimal("0.001")
MORE, LESS, SAME, NEW = "more", "less", "same", "new"
CAP, FLOOR = "cap", "floor"


@dataclass(frozen=True)
class FeeLine:
    """One municipality's fee (€) beside the year before's; ``before`` is None for one that had none."""

    municipality: Municipality
    residents: int | None
    months: int
    before: Decimal | None
    amount: Decimal
    limit: str = ""  # at the largest or the smallest fee
    is_expected: bool = False
    euros: Decimal | None = None
    percent: Decimal | None = None

    @property
    def name(self):
        """Return the key by which names are sorted in the page's language."""
        return getattr(self.municipality, f"sort_key_{'sv' if get_language() == 'sv' else 'fi'}")

    @property
    def direction(self):
        """Return whether it pays more, less or the same as the year before, or is new."""
        if self.before is None:
            return NEW
        return MORE if self.euros > 0 else LESS if self.euros < 0 else SAME

    @property
    def per_resident(self):
        """Return € a resident, to the third decimal; None where nobody lives."""
        return (self.amount / self.residents).quantize(MILL, ROUND_HALF_UP) if self.residents else None


@dataclass(frozen=True)
class Scenario:
    """The fees of a year and a line for each who pays, the largest fee first."""

    name: str
    year: int
    fees: Fees
    lines: list
    compares: bool  # whether there are fees of the year before

    @property
    def members(self):
        """Return how many of those who pay are members."""
        return sum(not line.is_expected for line in self.lines)

    @property
    def expected(self):
        """Return those who are reckoned with as if they joined."""
        return [line for line in self.lines if line.is_expected]

    @cached_property
    def directions(self):
        """Return how many pay more, less, the same, or are new."""
        return Counter(line.direction for line in self.lines)

    @cached_property
    def residents(self):
        """Return the residents of those who pay."""
        return sum(line.residents or 0 for line in self.lines)

    @property
    def per_resident(self):
        """Return € a resident of all together, to the third decimal; None where nobody lives."""
        return (self.fees.total / self.residents).quantize(MILL, ROUND_HALF_UP) if self.residents else None

    @property
    def cap_names(self):
        """Return who pay the largest fee, by name, the first five of them."""
        return shortened([line.municipality for line in self.at(CAP)])

    @property
    def at_cap(self):
        """Return the lines at the largest fee."""
        return self.at(CAP)

    @property
    def at_floor(self):
        """Return the lines at the smallest fee."""
        return self.at(FLOOR)

    def at(self, limit):
        """Return the lines at the largest or the smallest fee."""
        return [line for line in self.lines if line.limit == limit]


def fees_before(year):
    """Return code → fee (€) of the year before, as it stands."""
    rows = Assessment.objects.filter(budget__year=year - 1).standing()
    return dict(rows.values_list("municipality__code", "amount"))


def _lined(name, year, fees, payers, before):
    """Return the scenario; ``payers``: [(municipality, residents, months, whether expected)]."""
    changes = compare(before, fees.amounts)
    at = dict.fromkeys(fees.at_floor, FLOOR) | dict.fromkeys(fees.at_cap, CAP)
    lines = []
    for municipality, residents, months, is_expected in payers:
        code = municipality.code
        known = code in before
        change = changes[code]
        lines.append(
            FeeLine(
                municipality,
                residents,
                months,
                before.get(code),
                fees.amounts[code],
                at.get(code, ""),
                is_expected,
                change.euros if known else None,
                change.percent if known else None,
            )
        )
    lines.sort(key=lambda line: (-line.amount, line.name))
    return Scenario(name, year, fees, lines, bool(before))


def of_reckoned(reckoned, year, before, name):
    """Return the scenario of fees that have just been reckoned."""
    payers = [
        (p.municipality, p.population.count if p.population else None, p.months, p.membership is None)
        for p in reckoned.payees
    ]
    return _lined(name, year, reckoned.fees, payers, before)


def of_alternative(alternative, budget, before, billing=None):
    """Return the scenario of a saved alternative, every figure as it was saved."""
    billing = billing or BillingTerms.objects.on(clock.first_day(budget.year))
    rule = alternative.rule(billing)
    codes = list(alternative.fees)
    places = Municipality.objects.in_bulk(codes, field_name="code")
    saved = {code: (Decimal(fee), months) for code, (fee, months, _residents) in alternative.fees.items()}
    by_key = {
        code: Fee(amount, _full_year(rule, amount, months), months, "", amount, None, None)
        for code, (amount, months) in saved.items()
    }
    amount = budget.to_share if alternative.revision == budget.revision else None
    fees = Fees(by_key, rule, amount, None, None)
    payers = [
        (places[code], alternative.fees[code][2], alternative.fees[code][1], code in alternative.expected)
        for code in codes
    ]
    return _lined(title_of(alternative), budget.year, fees, payers, before)


def _full_year(rule, amount, months):
    """Return the fee of a whole year (€) behind a saved one; for a part of a year, only where it is at a limit."""
    if months == 12 or not rule.prorated:
        return amount
    for limit in filter(None, (rule.net_cap, rule.floor)):
        if limit * months // (12 * rule.unit) * rule.unit == amount:
            return limit
    return amount


def title_of(alternative):
    """Return what an alternative is called: Alternative B, and its own name where it has one."""
    letter = _("Alternative %(letter)s") % {"letter": alternative.letter}
    return f"{letter}: {alternative.title}" if alternative.title else letter


def terms_words(terms, year):
    """Return how the fees are reckoned, in one sentence without its dot."""
    if terms.kind == SchemeKind.TARIFF:
        parts = [_("%(rate)s a resident") % {"rate": rate(terms.rate)}]
    elif terms.kind == SchemeKind.BANDS:
        ends = [None, *(up_to for up_to, _fee in terms.bands)]
        classes = [
            f"{class_words(above, up_to)}: {money(Decimal(fee))}"
            for above, (up_to, fee) in zip(ends, terms.bands, strict=False)
        ]
        parts = [_("classes of residents (%(classes)s)") % {"classes": "; ".join(classes)}]
    elif terms.kind == SchemeKind.MIXED:
        share = f"{number(terms.equal_part.scaleb(2))}\u00a0%"
        parts = [_("%(share)s shared equally, the rest by population") % {"share": share}]
    else:
        parts = [str(terms.get_kind_display())]
    if terms.floor:
        parts.append(_("smallest fee %(fee)s") % {"fee": money(terms.floor)})
    parts.append(_("largest fee %(fee)s") % {"fee": money(terms.cap)})
    if terms.free_years:
        parts.append(_("free years %(years)s") % {"years": ", ".join(map(str, terms.free_years))})
    if terms.free_first_year:
        parts.append(_("a member's first year is free"))
    if not terms.prorated:
        parts.append(_("a whole year's fee for a part of a year"))
    if terms.kind != SchemeKind.EQUAL:
        parts.append(_("residents on %(day)s") % {"day": day(population_day(terms, year))})
    return ", ".join(parts)


def why_stale(alternative, budget):
    """Return why an alternative must be reckoned again, in words, or "" while it holds.

    What has been decided on stays as it was: nothing is asked of it any more.
    """
    if budget.is_frozen:
        return ""
    try:
        reason, _now = alternative.stale(budget)
    except Refused:
        reason = Stale.FIGURES
    if reason == Stale.BUDGET:
        return _("Budget changed %(day)s, reckon again.") % {"day": day(budget.changed_on)}
    return _("Members or population figures have changed, reckon again.") if reason else ""


def shortened(places):
    """Return the names of municipalities, the first five and how many more."""
    names = [place_name(place) for place in places[:MOST_NAMES]]
    more = len(places) - len(names)
    told = ", ".join(names)
    if not more:
        return told
    words = ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
    return words % {"names": told, "n": number(more)}


def changes_words(found):
    """Return how many pay more, less and the same as the year before, in a sentence."""
    if not found.compares:
        return _("No fees were decided for %(year)s, so there is nothing to compare with.") % {
            "year": found.year - 1
        }
    counts = {name: number(found.directions[name]) for name in (MORE, LESS, SAME, NEW)}
    words = _("Beside %(year)s %(more)s pay more, %(less)s less and %(same)s the same.")
    if found.directions[NEW]:
        new = ngettext("%(new)s is new.", "%(new)s are new.", found.directions[NEW])
        words = f"{words} {new}"
    return words % (counts | {"year": found.year - 1})


def members_words(found, day_of_members):
    """Return how many members pay, and who are reckoned with as if they joined."""
    day_shown = day(day_of_members)
    words = ngettext(
        "%(n)s municipality is a member on %(day)s and pays.",
        "%(n)s municipalities are members on %(day)s and pay.",
        found.members,
    )
    told = words % {"n": number(found.members), "day": day_shown}
    joining = found.expected
    if not joining:
        return told
    words = ngettext(
        "%(n)s more is reckoned with as if it joined: %(names)s.",
        "%(n)s more are reckoned with as if they joined: %(names)s.",
        len(joining),
    )
    names = shortened(sorted((line.municipality for line in joining), key=lambda place: place.sort_key_fi))
    return f"{told} {words % {'n': number(len(joining)), 'names': names}}"
