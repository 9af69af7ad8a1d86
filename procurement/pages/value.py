"""A municipality's year on one page, in words: the same plain values for the page and for its PDF."""

from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.gather import Part
from consortium.models import DocumentState
from consortium.templatetags.portal import day, moment, money, number, place_name, rate
from members.fee_words import reckoning_line as fee_line
from members.register import source_words
from members.settlement import PaymentState
from procurement.cost_words import reckoning_line
from procurement.models import CostShareState, Participation, Scope, ValueSheet
from procurement.usage_words import metric_words, months_words, source_of

CENT = Decimal("0.01")


def told(value):
    """Return a Value as plain values in the active language."""
    place = value.municipality
    name = place_name(place)
    return {
        "title": _("%(name)s: the year %(year)s on one page") % {"name": name, "year": value.year},
        "name": name,
        "code": place.code,
        "year": value.year,
        "made_on": clock.today().isoformat(),
        "says": _says(value),
        "population": _population(value),
        "costs": _costs(value),
        "total": _total(value),
        "services": [_service(value, row) for row in value.bought],
        "alone": [resource.title for resource in value.alone],
        "gaps": gaps(value),
        "contact": settings.CONTACT_EMAIL,
    }


def _says(value):
    services = ngettext("%(n)s service bought together", "%(n)s services bought together", len(value.bought))
    services %= {"n": len(value.bought)}
    if not value.bought:
        services = _("No service bought together")
    if value.known_cost is None:
        return _("%(services)s. What they cost is not known here.") % {"services": services}
    facts = {"services": services, "sum": money(value.known_cost)}
    if value.without_cost:
        return _("%(services)s. Known costs %(sum)s; a part is not known here.") % facts
    return _("%(services)s. Costs %(sum)s.") % facts


def _population(value):
    row = value.population
    if row is None:
        return ""
    words = ngettext(
        "%(n)s resident on %(on)s, %(source)s", "%(n)s residents on %(on)s, %(source)s", row.count
    )
    return words % {"n": number(row.count), "on": day(row.on), "source": source_words(row.source)}


def _costs(value):
    """Return each known cost as [what, sum, how reckoned, how it stands]."""
    rows = []
    if value.fee:
        rows.append(
            [
                _("Annual fee of the consortium"),
                money(value.fee.amount),
                f"{fee_line(value.fee.line)}.",
                _paid(value),
            ]
        )
    for row in value.bought:
        if row.line:
            rows.append(
                [
                    row.contract.title,
                    money(row.line.amount),
                    f"{reckoning_line(row.line)}.",
                    charged(row.line),
                ]
            )
    return rows


def _total(value):
    if value.known_cost is None or len(_costs(value)) < 2:
        return ""
    return money(value.known_cost)


def _paid(value):
    """Return how the fee stands by the city's ledger."""
    if not value.fee.amount:
        return _("There is nothing to pay.")
    if value.settlement is None:
        return _("Not invoiced yet.")
    if value.settlement.state == PaymentState.PAID and value.settlement.paid_on:
        return _("Paid on %(day)s, by the city's ledger.") % {"day": day(value.settlement.paid_on)}
    return _("By the city's ledger: %(state)s.") % {"state": value.settlement.state.label}


def charged(line):
    """Return how a share stands: the portal knows that it was charged, not whether it was paid."""
    if line.batch:
        return _("Charged on %(day)s. Whether it is paid is not known here.") % {
            "day": day(line.batch.made_at)
        }
    if line.cost_share.state == CostShareState.CHARGED:
        return _("Not charged yet: a detail of the invoice is missing.")
    return _("Frozen on %(day)s, not charged yet.") % {"day": day(line.cost_share.frozen_on)}


def _service(value, row):
    contract = row.contract
    resources = [resource.title for resource in contract.resources.all()]
    facts = [
        [_("Supplier"), contract.supplier.name],
        [_("In use"), months_words(row.months, value.year)],
        [_("Cost"), money(row.line.amount) if row.line else _("not known here")],
    ]
    if resources:
        facts.insert(0, [_("What there is"), ", ".join(resources)])
    per_resident = value.per_resident(row.line.amount) if row.line else None
    if per_resident is not None:
        facts.append([_("Cost a resident"), _euros(per_resident)])
    return {
        "title": contract.title,
        "language": contract.title_language,
        "facts": facts,
        "uses": [_use(value, row, use) for use in row.own],
        "joint": [joint_words(row, use, value.year) for use in row.joint],
    }


def _use(value, row, use):
    is_whole, per_use = row.is_whole(use), row.per_use(use)
    per_resident = value.per_resident(use.count) if is_whole and use.is_use else None
    return {
        "what": metric_words(use.metric),
        "service": "" if use.service == row.contract.title else use.service,
        "count": number(use.count),
        "months": months_words(sorted(use.months), value.year),
        "per_use": _euros(per_use) if per_use is not None else "",
        "per_resident": number(per_resident) if per_resident is not None else "",
        "source": source_of(use),
    }


def _euros(amount):
    return rate(amount) if amount < CENT else money(amount)


def joint_words(row, use, year):
    """Return what is known for several together only, as such; it is never divided."""
    facts = {
        "count": number(use.count),
        "what": metric_words(use.metric),
        "months": months_words(sorted(use.months), year),
        "source": source_of(use),
        "network": use.network,
    }
    if use.scope == Scope.NETWORK:
        words = _(
            "The libraries of %(network)s together: %(what)s %(count)s, %(months)s. Source: %(source)s."
        )
    else:
        words = _("All participants together: %(what)s %(count)s, %(months)s. Source: %(source)s.")
    return words % facts


def gaps(value):
    """Return what is not known, a sentence each."""
    found = []
    if value.population is None:
        found.append(_("The number of residents is not known, so nothing is reckoned by resident."))
    if value.fee is None:
        found.append(_("Annual fee: none has been decided for the year."))
    for row in value.bought:
        title = {"title": row.contract.title}
        if row.line is None:
            found.append(_("%(title)s: what it cost the municipality is not known here.") % title)
        if not row.own:
            words = _("%(title)s: no figures of the municipality's own use.")
            if row.joint:
                words = _("%(title)s: use is known for several together only, and it is not divided.")
            found.append(words % title)
        for use in row.own:
            if row.is_whole(use):
                continue
            begun = [month for month in row.missing(use) if month <= clock.today()]
            words = _("%(title)s, %(what)s: figures are missing for %(months)s, so nothing is divided by it.")
            if not begun:
                words = _("%(title)s, %(what)s: the year is not over, so nothing is divided by it yet.")
            facts = {"what": metric_words(use.metric), "months": months_words(begun, value.year)}
            found.append(words % (title | facts))
    if value.alone:
        found.append(_("Bought by the municipality itself: cost and use are not known here."))
    return found


def papers(user, municipality, year):
    """Return the newest PDF in each language that the person may read."""
    rows = ValueSheet.objects.visible_to(user).filter(municipality=municipality, year=year)
    return list(rows.newest())


def paper_progress(found, municipality, year):
    """Return how far a year's PDFs are, as partials/progress.html draws it, with those that are ready."""
    running = [paper for paper in found if paper.state in {DocumentState.QUEUED, DocumentState.MAKING}]
    ready = [paper for paper in found if paper.state == DocumentState.READY]
    if running:
        says = _("The PDF is being made.")
    elif len(ready) < len(found):
        says = _("The PDF could not be made. Ask for it again.")
    elif ready:
        says = _("The PDF shows what was known on %(moment)s.") % {"moment": moment(ready[0].made_at)}
    else:
        says = _("The page can be taken along as PDF.")
    at = [municipality.code, year]
    return {
        "id": "papers",
        "poll_url": reverse("procurement:value_progress", args=at) if running else "",
        "says": says,
        "done": len(ready),
        "total": len(found),
        "template": "procurement/parts/value_papers.html",
        "papers": [
            {"paper": paper, "url": reverse("procurement:value_file", args=[*at, paper.language])}
            for paper in ready
        ],
    }


def parts(user, municipality, today):
    """Return the part of a municipality's page that leads to its years, for those who may read them."""
    if not user.has_perm("procurement.view_value", municipality):
        return []
    begun = Participation.objects.filter(municipality=municipality, period__startswith__lte=today)
    starts = begun.exclude(contract__state="draft").values_list("period__startswith", flat=True)
    first = min(starts, default=None)
    if first is None:
        return []
    years = range(today.year, max(first.year, today.year - 5) - 1, -1)
    rows = [
        {
            "what": _("The year %(year)s on one page") % {"year": year},
            "url": reverse("procurement:value", args=[municipality.code, year]),
        }
        for year in years
    ]
    return [Part(_("Costs and use"), "procurement/parts/value_years.html", {"rows": rows})]
