"""The list behind each number of the dashboard: its rows, and what they come to together."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.lists import Column
from consortium.templatetags.portal import day, money, number, place, place_name
from members.year_end import by_age, open_items
from procurement.pages.contract import period_words
from procurement.usage_words import metric_words
from steering import sources
from steering.figures import EUROS, EUROS_FINE, written

ZERO = Decimal(0)


@dataclass
class Behind:
    """What stands behind one number: the rows, their columns, and what these come to: {key of a column: sum}."""

    rows: list
    columns: list
    total: dict = field(default_factory=dict)
    note: str = ""

    def foot(self):
        """Return the line of sums under the table; None without any."""
        if not self.total or not self.rows:
            return None
        cells = [{"value": _("In all"), "css": "", "label": ""}]
        for column in self.columns[1:]:
            value = self.total.get(column.key, "")
            cells.append({"value": value, "css": column.css, "label": column.label if value else ""})
        return cells


def behind(figure, today):
    """Return what stands behind a Figure."""
    return LISTS[figure.key](figure.on.year, figure.on, today)


def _text(key, label, value, shown=None, url=None, order=()):
    return Column(key, label, value, shown, url=url, order_by=order)


def _count(key, label, value):
    return Column(key, label, value, lambda row: number(value(row)), order_by=(), css="num")


def _euros(key, label, value, unit=EUROS):
    return Column(key, label, value, lambda row: written(value(row), unit) or _("Not known"), css="num")


def _on(key, label, value):
    return Column(key, label, value, lambda row: day(value(row)) or _("Not yet"))


def _added(values):
    return sum((value for value in values if value is not None), ZERO)


# --- Economy -------------------------------------------------------------------------------------------------


def budget(year, on, today):
    """What pays the budget: project money and the part that fees should cover."""
    found = sources.budget_of(year)
    rows = []
    if found:
        paid = min(found.project_funding, found.total)
        rows = [(_("Project money"), paid), (_("To be covered by fees"), found.total - paid)]
    link = reverse("members:budget", args=[year]) if found else ""
    columns = [
        _text("what", _("What pays it"), lambda row: row[0], url=lambda row: link),
        _euros("amount", _("Without VAT"), lambda row: row[1]),
    ]
    return Behind(rows, columns, {"amount": money(_added(row[1] for row in rows))})


def costs(year, on, today):
    """The cost lines of the year, planned and actual."""
    found = sources.budget_of(year)
    rows = list(found.lines.all()) if found else []
    columns = [
        _text("name", _("Cost"), lambda row: row.name),
        _euros("planned", _("Planned"), lambda row: row.planned),
        _euros("actual", _("Actual"), lambda row: row.actual),
    ]
    sums = {name: money(_added(getattr(row, name) for row in rows)) for name in ("planned", "actual")}
    return Behind(rows, columns, sums)


def fees(year, on, today):
    """Every fee of the year and every credit, by municipality."""
    found = sources.budget_of(year)
    rows = list(sources.fees_of(found, on).select_related("municipality")) if found else []
    columns = [
        _text(
            "name", _("Municipality"), lambda r: place_name(r.municipality), lambda r: place(r.municipality)
        ),
        _text("kind", _("Kind"), lambda row: _("credit to a fee") if row.is_credit else _("annual fee")),
        _euros("amount", _("Without VAT"), lambda row: row.amount),
    ]
    note = _("Whom each fee concerns and how it is reckoned is on the year's page of fees; fees are public.")
    return Behind(rows, columns, {"amount": money(_added(row.amount for row in rows))}, note)


def largest_fee(year, on, today):
    """How many municipalities pay each fee, the largest first; whose it is stands with the fees."""
    found, counted = sources.budget_of(year), {}
    for amount in sources.standing_fees(found, on).values_list("amount", flat=True) if found else ():
        counted[amount] = counted.get(amount, 0) + 1
    columns = [
        _euros("amount", _("Annual fee, without VAT"), lambda row: row[0]),
        _count("count", _("Municipalities"), lambda row: row[1]),
    ]
    return Behind(sorted(counted.items(), reverse=True), columns, {"count": number(sum(counted.values()))})


def open_invoices(year, on, today):
    """What is open, by how late it is; whose it is, is for those who follow the invoices."""
    rows = [row for row in by_age(open_items(on)) if row[1]]
    columns = [
        _text("age", _("Age"), lambda row: str(row[0].label)),
        _count("count", _("Invoices"), lambda row: row[1]),
        _euros("sum", _("Open, with VAT"), lambda row: row[2]),
    ]
    total = {"count": number(sum(row[1] for row in rows)), "sum": money(_added(row[2] for row in rows))}
    return Behind(
        rows, columns, total, _("Invoices of every year, as the city's ledger had them on the day.")
    )


# --- Results -------------------------------------------------------------------------------------------------


def members(year, on, today):
    """The members of the day with their residents."""
    rows = list(sources.members_on(on).prefetch_related("memberships").order_by("sort_key_fi"))
    since = {row.pk: next(m.starts_on for m in row.memberships.all() if m.covers(on)) for row in rows}
    columns = [
        _text(
            "name", _("Municipality"), place_name, place, lambda row: reverse("municipality", args=[row.code])
        ),
        Column("region", _("Region"), lambda row: row.region),
        _on("since", _("Member since"), lambda row: since[row.pk]),
        Column(
            "residents",
            _("Residents"),
            lambda r: r.residents,
            lambda r: number(r.residents) or _("Not known"),
            css="num",
        ),
    ]
    return Behind(rows, columns, {"residents": number(sum(row.residents or 0 for row in rows))})


def procurements(year, on, today):
    """The award decisions planned for the year or made in it."""
    rows = list(sources.award_stages(year, on).order_by("done_on", "planned_on", "pk"))
    first, last = clock.first_day(year), clock.last_day(year)

    def made(row):
        return row.done_on if row.done_on and first <= row.done_on <= on else None

    def planned(row):
        return row.planned_on if row.planned_on and first <= row.planned_on <= last else None

    columns = [
        _text(
            "title",
            _("Procurement"),
            lambda r: str(r.procurement),
            url=lambda r: r.procurement.get_absolute_url(),
        ),
        Column("planned", _("Planned in the year"), planned, lambda r: day(planned(r)) or _("no")),
        Column("made", _("Decided in the year"), made, lambda r: day(made(r)) or _("no")),
    ]
    total = {
        "planned": number(sum(map(bool, map(planned, rows)))),
        "made": number(sum(map(bool, map(made, rows)))),
    }
    return Behind(rows, columns, total)


def participation(year, on, today):
    """The rounds that closed in the year: asked, taking part, declined, silent. Nobody is named."""
    rows = list(sources.with_answers(sources.closed_rounds(year, today)).order_by("closes_at", "pk"))
    counted = [
        _count("asked", _("Asked"), lambda row: row.asked),
        _count("taking", _("Take part"), lambda row: row.taking),
        _count("declined", _("Not this time"), lambda row: row.declined),
        _count("silent", _("No answer yet"), lambda row: row.silent),
    ]
    columns = [
        _text(
            "title",
            _("Procurement"),
            lambda r: str(r.procurement),
            url=lambda r: r.procurement.get_absolute_url(),
        ),
        _on("closed", _("Round closed"), lambda row: row.closes_on),
        *counted,
    ]
    return Behind(rows, columns, {c.key: number(sum(c.value(row) for row in rows)) for c in counted})


def use(year, on, today):
    """What each service was used, by the one measure of it that counts."""
    rows = sources.used_in(year, on)
    columns = [
        _text("title", _("Service"), lambda r: r.contract.title, url=lambda r: r.contract.get_absolute_url()),
        _text("metric", _("What is counted"), lambda row: metric_words(row.metric)),
        _count("months", _("Months known"), lambda row: row.months),
        _count("count", _("Uses"), lambda row: row.count),
    ]
    return Behind(rows, columns, {"count": number(sum(row.count for row in rows))})


def cost_per_use(year, on, today):
    """The services whose bill is frozen and whose figures cover every month of it: cost, uses, cost of one use."""
    found = sources.used_in(year, on)
    rows = [row for row in found if row.is_whole]
    columns = [
        _text("title", _("Service"), lambda r: r.contract.title, url=lambda r: r.contract.get_absolute_url()),
        _euros("cost", _("Cost, without VAT"), lambda row: row.cost),
        _count("count", _("Uses"), lambda row: row.count),
        _euros("per_use", _("Cost of one use"), lambda row: row.per_use, EUROS_FINE),
    ]
    cost, count = _added(row.cost for row in rows), sum(row.count for row in rows)
    total = {"cost": money(cost), "count": number(count)}
    if count:
        total["per_use"] = written(sources.by_use(cost, count), EUROS_FINE)
    left = len(found) - len(rows)
    note = _("Only services whose bill of the year and every month's figures are known. Left out: %(n)s.")
    return Behind(rows, columns, total, note % {"n": number(left)} if left else "")


# --- Content -------------------------------------------------------------------------------------------------


def services(year, on, today):
    """The contracts in use on the day."""
    rows = list(sources.services_on(on))
    columns = [
        _text("title", _("Service"), lambda row: row.title, url=lambda row: row.get_absolute_url()),
        _text("period", _("Contract"), period_words),
        _count("places", _("Municipalities"), lambda row: row.places),
    ]
    return Behind(rows, columns)


def languages(year, on, today):
    """The languages in which there is material, with the e-resources that have it."""
    columns = [
        _text("language", _("Language"), lambda row: str(row[0].label)),
        _count("count", _("E-resources"), lambda row: len(row[1])),
        _text("resources", _("Which"), lambda row: ", ".join(resource.title for resource in row[1])),
    ]
    return Behind(sources.languages_on(on), columns)


# --- The group's own work ------------------------------------------------------------------------------------


def proposals(year, on, today):
    """The proposals received in the year that anybody may follow. Support is no part of it: it is no contest."""
    rows = list(sources.proposals_of(year, on, today).order_by("serial", "pk"))
    columns = [
        _text("title", _("Proposal"), str, url=lambda row: row.get_absolute_url()),
        _text(
            "name", _("Municipality"), lambda r: place_name(r.municipality), lambda r: place(r.municipality)
        ),
        _on("received", _("Received"), lambda row: row.received_on),
        _text("state", _("State"), lambda row: str(row.get_state_display())),
    ]
    return Behind(rows, columns, note=_("What is not public is left out for as long as it is not."))


def actions(year, on, today):
    """The actions done in the year."""
    rows = list(sources.actions_done(year, on, today).order_by("ended_on", "pk"))
    columns = [
        _text("text", _("Action"), lambda row: row.text, url=lambda row: row.get_absolute_url()),
        _on("due", _("To be done by"), lambda row: row.due_on),
        _on("done", _("Done"), lambda row: row.ended_on),
    ]
    return Behind(rows, columns, note=_("What is not public is left out for as long as it is not."))


def seats(year, on, today):
    """The members' seats of the day, who sits in each, and who is the deputy."""
    body = sources.group_on(on)
    rows = sources.seats_on(body, on) if body else []

    def who(term):
        return term.user.get_full_name() if term else ""

    columns = [
        _text(
            "number", _("Seat"), lambda row: number(row[0].number), url=lambda row: body.get_absolute_url()
        ),
        _text("member", _("Member"), lambda row: who(row[1]), lambda row: who(row[1]) or _("empty")),
        _text(
            "place",
            _("Municipality"),
            lambda row: place_name(row[1].municipality) if row[1] and row[1].municipality else "",
            lambda row: place(row[1].municipality) if row[1] and row[1].municipality else _("empty"),
        ),
        _text(
            "deputy", _("Personal deputy"), lambda row: who(row[2]), lambda row: who(row[2]) or _("missing")
        ),
        Column(
            "until",
            _("Term ends"),
            lambda row: row[1].ends_on if row[1] else None,
            lambda row: day(row[1].ends_on) if row[1] else _("empty"),
        ),
    ]
    filled = sum(row[1] is not None for row in rows)
    return Behind(rows, columns, {"member": _("%(n)s filled") % {"n": number(filled)}})


LISTS = {
    "budget": budget,
    "costs": costs,
    "fees": fees,
    "largest_fee": largest_fee,
    "open": open_invoices,
    "members": members,
    "residents": members,
    "procurements": procurements,
    "participation": participation,
    "use": use,
    "cost_per_use": cost_per_use,
    "services": services,
    "languages": languages,
    "proposals": proposals,
    "actions": actions,
    "seats": seats,
}
