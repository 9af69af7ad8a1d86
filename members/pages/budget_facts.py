"""What everyone may know of a year's budget and fees, in plain words."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.fees import Fee, Fees
from consortium.gather import Part
from consortium.templatetags.portal import day, keep, money, number, put_in
from members.models import AnnualBudget, Assessment, BudgetState, FeeLimits, Scheme
from members.models.agreement import section_sign
from members.pages.decisions import decision_words
from members.scheme_words import scheme_sentences, vat_sentence

ZERO = Decimal(0)


@dataclass(frozen=True)
class Figures:
    """A year's decided fees, credits taken off, with the days of their figures of residents."""

    fees: Fees
    days: frozenset

    @property
    def members(self):
        """Return how many have a fee."""
        return len(self.fees.by_key)


def figures(budget):
    """Return a frozen year's fees; asked once for a page, which reads them in several places."""
    if not hasattr(budget, "its_figures"):
        rows = Assessment.objects.standing().filter(budget=budget).order_by()
        names = ("pk", "amount", "full_year", "months", "ground", "by_rule", "residents_on")
        by_key, days = {}, set()
        for pk, *figures_of_one, counted_on in rows.values_list(*names):
            by_key[pk] = Fee(*figures_of_one, base=None, rate=None)
            days.add(counted_on)
        rule = budget.scheme.rule(budget.billing)
        fees = Fees(by_key, rule, budget.to_share, base=None, rate=None)
        budget.its_figures = Figures(fees, frozenset(days - {None}))
    return budget.its_figures


def says(budget):
    """Return how far the year is, in a sentence."""
    facts = {
        "year": budget.year,
        "proposed": keep(day(budget.proposed_on)),
        "day": keep(day(budget.decided_on)),
    }
    if budget.state == BudgetState.DRAFT:
        return put_in(_("The budget for %(year)s is being prepared. Nothing has been proposed yet."), **facts)
    if budget.state == BudgetState.PROPOSED:
        words = _(
            "The steering group proposed the budget and the fees for %(year)s on %(proposed)s. Helsinki decides."
        )
        return put_in(words, **facts)
    count = figures(budget).members
    facts |= {"n": number(count), "sum": keep(money(budget.assessed))}
    words = ngettext(
        "Helsinki decided the fees for %(year)s on %(day)s: %(n)s member pays %(sum)s.",
        "Helsinki decided the fees for %(year)s on %(day)s: %(n)s members pay %(sum)s together.",
        count,
    )
    if budget.state == BudgetState.INVOICED:
        words = " ".join([words, _("They have been invoiced.")])
    elif budget.state == BudgetState.CLOSED:
        words = " ".join([words, _("The year is closed.")])
    return put_in(words, **facts)


# The parts of the year's page


def parts(user, budget, today):
    """Return the parts of the year's page that are the same for all who may open it."""
    found = [_money(budget), *_costs(budget)]
    if budget.is_frozen:
        found = [_decision(budget), *found, _scheme(budget)]
    return [*found, _limits(budget)]


def _decision(budget):
    limits = budget.limits()
    facts = [
        (_("Helsinki decided"), decision_words(budget)),
        (_("The steering group proposed"), _proposal(budget)),
    ]
    if limits:
        facts.append((_("Limits of the fee"), decision_words(limits)))
    return Part(_("Decision"), "members/parts/facts.html", {"facts": facts})


def _proposal(budget):
    words = _("alternative %(letter)s, %(day)s") % {
        "letter": budget.proposal.letter,
        "day": day(budget.proposed_on),
    }
    return f"{words}, {section_sign(budget.proposed_section)}" if budget.proposed_section else words


def _money(budget):
    reckon = [(_("Budget for %(year)s") % {"year": budget.year}, money(budget.total))]
    if budget.project_funding:
        granted = _("Project money (%(decision)s)") % {"decision": budget.project_decision}
        reckon.append((granted, money(-budget.project_funding)))
    reckon.append((_("To be shared by the members"), money(budget.to_share)))
    if budget.is_frozen:
        count = figures(budget).members
        words = ngettext("Fee of %(n)s member", "Fees of %(n)s members", count)
        reckon.append((words % {"n": number(count)}, money(budget.assessed)))
        reckon.append((_surplus_name(budget.surplus), money(abs(budget.surplus))))
    surplus = budget.project_surplus
    words = _("Project money exceeds the budget by %(sum)s: nothing is left to be paid by the members.")
    return Part(
        _("Money"),
        "members/parts/budget_money.html",
        {"reckon": reckon, "says": words % {"sum": money(surplus)} if surplus else ""},
        note=_("Without VAT"),
    )


def _surplus_name(surplus):
    if surplus > 0:
        return _("Surplus")
    return _("Uncovered") if surplus < 0 else _("Neither surplus nor shortfall")


def _costs(budget):
    lines = list(budget.lines.all())
    if not lines:
        return []
    actual = [line.actual for line in lines if line.actual is not None]
    planned = sum((line.planned for line in lines), ZERO)
    context = {
        "lines": lines,
        "total": budget.total,
        "actual": sum(actual, ZERO) if actual else None,
        "all_known": len(actual) == len(lines),
        "rest": budget.total - planned,
        "year": budget.year,
    }
    note = ngettext("%(n)s line", "%(n)s lines", len(lines)) % {"n": number(len(lines))}
    return [Part(_("Costs"), "members/parts/budget_costs.html", context, note=note, is_list=True)]


def scheme_of(budget):
    """Return a decided year's scheme as sentences, with the year's own figures."""
    base, per_resident = budget.frozen.get("base"), budget.frozen.get("rate")
    sentences = scheme_sentences(budget.scheme, year=budget.year, base=base, per_resident=per_resident)
    return [*sentences, vat_sentence(budget.billing)]


def _scheme(budget):
    fees = figures(budget).fees
    spread = ""
    if fees.total:
        words = _("The smallest fee paid is %(smallest)s, the median %(median)s, the largest %(largest)s.")
        spread = words % {
            "smallest": money(fees.smallest),
            "median": money(fees.median),
            "largest": money(fees.largest),
        }
        low, high = len(fees.at_floor), len(fees.at_cap)
        counts = [
            ngettext("%(n)s member pays the smallest fee", "%(n)s members pay the smallest fee", low)
            % {"n": number(low)},
            ngettext("%(n)s the largest", "%(n)s the largest", high) % {"n": number(high)},
        ]
        spread = f"{spread} {', '.join(counts)}."
    context = {"sentences": scheme_of(budget), "spread": spread}
    return Part(_("How the fee is reckoned"), "members/parts/budget_scheme.html", context)


def _limit_sentences(cap, ceiling):
    """Return the two limits (€) that nothing passes, in a sentence each."""
    return [
        _("No municipality pays more than %(cap)s a year.") % {"cap": money(cap)},
        _("A year's budget and its fees are never more than %(sum)s.") % {"sum": money(ceiling)},
    ]


def _limits(budget):
    """Return the limits, and how far the year is from them."""
    first, second = _limit_sentences(budget.fee_cap, budget.ceiling)
    one, whole = [first], [second, _distance(_("The budget"), budget.total, budget.ceiling)]
    if budget.is_frozen:
        one.append(_distance(_("The largest fee"), figures(budget).fees.largest, budget.fee_cap))
        whole.append(_distance(_("The sum of the fees"), budget.assessed, budget.ceiling))
    context = {"sentences": [" ".join(one), " ".join(whole)]}
    return Part(_("Limits"), "members/parts/budget_limits.html", context)


def _distance(noun, value, limit):
    facts = {"noun": noun, "value": money(value), "left": money(limit - value)}
    if value == limit:
        return _("%(noun)s is %(value)s, at the limit.") % facts
    return _("%(noun)s is %(value)s, %(left)s below the limit.") % facts


# The page of all years


def year_parts(today):
    """Return a part for this year and one for the next: the fee in plain words, or that it is not decided."""
    decided = AnnualBudget.objects.decided().select_related("scheme", "billing", "proposal")
    budgets = {b.year: b for b in decided.filter(year__in=[today.year, today.year + 1])}
    return [
        Part(
            str(year),
            "members/parts/fee_year.html",
            fee_in_words(year, budgets.get(year), today),
            note=_("this year") if year == today.year else _("next year"),
        )
        for year in (today.year, today.year + 1)
    ]


def fee_in_words(year, budget, today):
    """Return a year's fee as sentences, who decided it, and where to read more."""
    if budget is None:
        sentences = [_("The fee for %(year)s has not been decided yet.") % {"year": year}]
        running = Scheme.objects.on(today if year == today.year else clock.first_day(year))
        if running and year in running.free_years:
            sentences.append(_("By the scheme in force the year is free of charge."))
        elif running:
            words = scheme_sentences(running)
            sentences.append(_("By the scheme in force: %(words)s") % {"words": " ".join(words[:2])})
        return {"sentences": sentences, "decision": "", "url": ""}
    fees = figures(budget).fees
    facts = {"year": year, "largest": money(fees.largest), "smallest": money(fees.smallest)}
    if not fees.total:
        most = _("Nobody pays anything in %(year)s.")
    elif fees.largest == fees.smallest:
        most = _("Each member that pays pays %(largest)s in %(year)s, without VAT.")
    else:
        most = _("A municipality pays at most %(largest)s in %(year)s, at least %(smallest)s, without VAT.")
    base, per_resident = budget.frozen.get("base"), budget.frozen.get("rate")
    sentences = [
        most % facts,
        *scheme_sentences(budget.scheme, year=year, base=base, per_resident=per_resident),
    ]
    return {
        "sentences": sentences,
        "decision": decision_words(budget),
        "url": budget.get_absolute_url(),
        "year": year,
    }


def limits_part(today):
    """Return the two limits with the decision they rest on, or None while none are recorded."""
    limits = FeeLimits.objects.on(today)
    if limits is None:
        return None
    context = {
        "sentences": _limit_sentences(limits.per_municipality, limits.per_year),
        "decision": decision_words(limits),
    }
    return Part(_("Limits"), "members/parts/budget_limits.html", context)
