"""One fee followed from its figures to its payment: each part of its page, as the reader may know it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Part
from consortium.templatetags.portal import day, moment, money, number, place, put_in, rate, weekday_day
from members.fee_words import class_words, reckoning_line, rounding_words
from members.models import Assessment
from members.models.agreement import section_sign
from members.pages import budget_facts, fee_aftermath
from members.pages.decisions import decision_words
from members.register import source_words


@dataclass
class Trail:
    """A fee with everything that belongs to it, and who reads it."""

    fee: Assessment
    reader: object
    chain: list  # the municipality's fees and credits of the year, the earliest first
    invoices: list  # of the chain
    sees_all: bool  # by duty: names of persons, files of all; else one's own municipality alone

    @property
    def budget(self):
        """Return the year's budget."""
        return self.fee.budget

    def who(self, person):
        """Return who acted: to those whose duty it is by name, to the municipality by role alone."""
        if person is None:
            return _("The portal")
        if self.sees_all or person.pk == self.reader.pk:
            return person.get_full_name()
        return _("The service centre") if person.is_staff else _("The accountant")


def trail_of(fee, reader):
    """Return a fee's trail; the same number of questions however many members there are."""
    chain = Assessment.objects.filter(budget=fee.budget, municipality=fee.municipality).order_by("pk")
    chain = list(chain.select_related("made_by", "credits", "instead_of", "population", "invoice__credits"))
    for row in chain:
        row.budget, row.municipality = fee.budget, fee.municipality
    invoices = [row.invoice for row in chain if hasattr(row, "invoice")]
    for invoice in invoices:
        invoice.assessment = next(row for row in chain if row.pk == invoice.assessment_id)
    sees_all = reader.has_perm("members.view_fees")
    return Trail(next(row for row in chain if row.pk == fee.pk), reader, chain, invoices, sees_all)


def says(trail):
    """Return the fee in a sentence, and what has become of it."""
    fee, year = trail.fee, trail.budget.year
    facts = {"name": place(fee.municipality), "year": year, "amount": money(abs(fee.amount))}
    credit = next((row for row in trail.chain if row.credits_id == fee.pk), None)
    after = next((row for row in trail.chain if row.instead_of_id == fee.pk), None)
    if fee.is_credit:
        words = _("Credit: the fee of %(name)s for %(year)s, %(amount)s, is taken back as a whole.")
    elif credit and after:
        words = _(
            "The fee of %(name)s for %(year)s was %(amount)s. It was credited on %(day)s; in its place stands %(new)s."
        )
        facts |= {"day": day(credit.made_at), "new": money(after.amount)}
    elif credit:
        words = _("The fee of %(name)s for %(year)s was %(amount)s. It was credited on %(day)s.")
        facts["day"] = day(credit.made_at)
    else:
        words = _("The fee of %(name)s for %(year)s is %(amount)s, without VAT.")
    return put_in(words, **facts)


def parts(trail):
    """Return the parts of the page in the order in which a fee comes about."""
    found = [_reckoning(trail), _membership(trail), _decision(trail)]
    if len(trail.chain) > 1:
        found.append(_chain(trail))
    after = (fee_aftermath.invoices, fee_aftermath.payments, fee_aftermath.letters, fee_aftermath.events)
    return [*found, *(part(trail) for part in after)]


def acts(trail):
    """Return how the fee is put right, for those who invoice; a fee that is taken back is put right in its place."""
    fee, budget = trail.fee, trail.budget
    taken_back = any(row.credits_id == fee.pk for row in trail.chain)
    if fee.is_credit or taken_back or not budget.is_running:
        return []
    if not trail.reader.has_perm("members.credit_assessment", fee):
        return []
    return [
        {"label": _("Correct the fee"), "url": reverse("members:assessment_correct", args=[fee.pk])},
        {"label": _("Credit the fee"), "url": reverse("members:assessment_credit", args=[fee.pk])},
    ]


# How it is reckoned


def _reckoning(trail):
    fee, line = trail.fee, trail.fee.line
    steps = []
    if fee.residents is not None:
        facts = {"day": day(fee.residents_on), "source": source_words(fee.residents_source)}
        words = _("Residents on %(day)s, %(source)s") % facts
        steps.append((words, number(fee.residents)))
    if line.band:
        words = _("Class %(class)s") % {"class": class_words(line.above, line.band.up_to)}
        steps.append((words, money(line.band.fee)))
    if line.base:
        steps.append((_("Equal part"), rate(line.base)))
    if line.rate:
        steps.append((_("€ a resident"), rate(line.rate)))
    steps += [
        (_("By the scheme, %(rounded)s") % {"rounded": rounding_words(line.unit)}, money(line.product)),
        (_("Smallest fee"), money(line.floor)),
    ]
    if line.cap is not None:
        steps.append((_("Largest fee"), money(line.cap)))
    steps += [
        (_("Fee of a whole year"), money(line.full_year)),
        (_("Full months of membership"), _("%(n)s of 12") % {"n": fee.months}),
        (_("Fee %(year)s, without VAT") % {"year": trail.budget.year}, money(abs(fee.amount))),
    ]
    return Part(
        _("Reckoning"),
        "members/parts/fee_reckoning.html",
        {"line": reckoning_line(line), "reckon": steps, "note": _moved_on(fee)},
        note=_("As it was decided; nothing that came later changes it"),
    )


def _moved_on(fee):
    """Return that the figure of that day has been corrected since, or nothing."""
    if fee.population and fee.residents is not None and fee.population.count != fee.residents:
        words = _("In the register the figure of %(day)s is now %(count)s. The fee stays as it was decided.")
        return words % {"day": day(fee.residents_on), "count": number(fee.population.count)}
    return ""


def _membership(trail):
    fee, year = trail.fee, trail.budget.year
    facts = []
    span = (clock.first_day(year), clock.first_day(year + 1))
    for each in fee.municipality.memberships.filter(period__overlap=span).order_by("period"):
        words = _("from %(day)s") % {"day": day(each.starts_on)}
        if each.last_day:
            words = _("from %(day)s to %(last)s") % {"day": day(each.starts_on), "last": day(each.last_day)}
        facts.append((_("Member"), words))
    months = ngettext("%(n)s month", "%(n)s months", fee.months) % {"n": fee.months}
    facts.append((_("Full months in %(year)s") % {"year": year}, months))
    if fee.joined_later:
        facts.append((_("Joined later"), _("The frozen rate of the year, for its own months")))
    else:
        facts.append((_("Members counted as of"), day(trail.budget.members_on)))
    context = {
        "facts": facts,
        "url": fee.municipality.get_absolute_url(),
        "label": _("Decisions and membership"),
    }
    return Part(_("Membership"), "members/parts/facts.html", context)


# Who decided


def _decision(trail):
    budget, fee = trail.budget, trail.fee
    proposed = _("alternative %(letter)s on %(day)s") % {
        "letter": budget.proposal.letter,
        "day": day(budget.proposed_on),
    }
    if budget.proposed_section:
        proposed = f"{proposed}, {section_sign(budget.proposed_section)}"
    decided = _("alternative %(letter)s: %(decision)s") % {
        "letter": budget.alternative.letter,
        "decision": decision_words(budget),
    }
    first = trail.chain[0]
    frozen = _("%(who)s, %(when)s") % {"who": trail.who(first.made_by), "when": moment(first.made_at)}
    project = _("No project money")
    if budget.project_funding:
        project = _("%(sum)s by %(decision)s lowered the budget of %(total)s to %(share)s") % {
            "sum": money(budget.project_funding),
            "decision": budget.project_decision,
            "total": money(budget.total),
            "share": money(budget.to_share),
        }
    facts = [
        (_("The steering group proposed"), proposed),
        (_("Helsinki decided"), decided),
        (_("Recorded and frozen by"), frozen),
        (_("Project money"), project),
    ]
    limits = budget.limits()
    if limits:
        words = _("%(cap)s a municipality, %(sum)s a year") % {
            "cap": money(limits.per_municipality),
            "sum": money(limits.per_year),
        }
        facts.append((_("Limits"), f"{words}; {decision_words(limits)}"))
    return Part(
        _("Decision"),
        "members/parts/fee_decision.html",
        {"facts": facts, "sentences": budget_facts.scheme_of(budget), "budget": budget, "fee": fee},
    )


# Corrections


def _chain(trail):
    rows = [_link_of_chain(trail, row) for row in trail.chain]
    note = ngettext("%(n)s row", "%(n)s rows", len(rows)) % {"n": len(rows)}
    return Part(_("Corrections"), "members/parts/links.html", {"rows": rows}, note=note, is_list=True)


def _link_of_chain(trail, row):
    if row.is_credit:
        what = _("Credit %(amount)s") % {"amount": money(row.amount)}
    elif row.instead_of_id:
        what = _("New fee %(amount)s") % {"amount": money(row.amount)}
    else:
        what = _("Fee %(amount)s") % {"amount": money(row.amount)}
    if row.pk == trail.fee.pk:
        what = _("%(what)s: this row") % {"what": what}
    told = [trail.who(row.made_by)]
    if row.reason:
        told.append(_("Reason: %(reason)s") % {"reason": row.reason})
    return {
        "when": weekday_day(row.made_at),
        "what": what,
        "url": "" if row.pk == trail.fee.pk else row.get_absolute_url(),
        "text": "" if row.is_credit else reckoning_line(row.line),
        "note": ". ".join(told),
    }
