"""Contracts on pages: the list, one contract, the exit calendar."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium import clock
from consortium.lists import Column, ListPage, RowList
from consortium.steps import receipt_of
from consortium.templatetags.portal import day, money, number, place, place_name, weekday_day
from procurement.filters import ContractFilter
from procurement.models import Contract
from procurement.pages import calendar
from procurement.pages import contract as pages


def contract_of(user, pk):
    """Return a contract that the person, or a visitor, may know of; 404 else."""
    rows = Contract.objects.visible_to(user).select_related("supplier", "procurement", "lot", "award")
    return get_object_or_404(rows.prefetch_related("decisions", "options__decision", "resources"), pk=pk)


# --- The list ------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def contract_list(request):
    """Every contract made together: from whom, how long, for how many; the same rows as a file."""
    today = clock.today()
    rows = Contract.objects.visible_to(request.user).with_counts(today).select_related("supplier")
    listing = ListPage(
        request,
        rows,
        _columns(today),
        filterset=ContractFilter,
        caption=_("Contracts"),
        default_sort="-begins",
        filename="contracts",
    )
    context = {
        "list": listing,
        "columns": explained(listing.columns),
        "may_manage": request.user.has_perm("procurement.manage_contracts"),
        "may_read_exits": request.user.has_perm("procurement.view_exits"),
    }
    return listing.export() or render(request, "procurement/contract_list.html", context)


def _columns(today):
    own = "sv" if get_language() == "sv" else "fi"
    return [
        Column(
            "title",
            _("Contract"),
            lambda c: c.title,
            url=lambda c: c.get_absolute_url(),
            order_by=(f"title_{own}",),
        ),
        Column("number", _("Number"), lambda c: c.number, order_by=("number",)),
        Column("supplier", _("Supplier"), lambda c: c.supplier.name, order_by=("supplier__sort_key",)),
        Column(
            "begins",
            _("First day"),
            lambda c: c.begins_on,
            lambda c: day(c.begins_on),
            order_by=("begins_on",),
        ),
        Column(
            "ends",
            _("Last day"),
            lambda c: c.last_day or _("until notice"),
            lambda c: day(c.last_day) or _("until notice"),
            order_by=("ends_on",),
        ),
        Column(
            "participants",
            _("Municipalities"),
            lambda c: c.participants,
            lambda c: number(c.participants),
            order_by=("participants",),
            css="num",
        ),
        Column("state", _("State"), lambda c: pages.state_words(c, today)),
    ]


def explained(columns):
    """Return each column of the list with what it means."""
    meanings = {
        "title": _("The contract's name in the language of the page."),
        "number": _("The number that the City of Helsinki has given to it."),
        "supplier": _("With whom it has been made."),
        "begins": _("The first day of the contract."),
        "ends": _("The last day, or that it runs on until one party gives notice."),
        "participants": _("How many municipalities take part today."),
        "state": _("How far it is, and what comes next."),
    }
    return [{"label": column.label, "explained": meanings[column.key]} for column in columns]


# --- One contract --------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def contract(request, pk):
    """One contract: what it says, how one gets out of it, what was decided, who takes part."""
    found, today, user = contract_of(request.user, pk), clock.today(), request.user
    rows = found.participations.select_related("municipality")
    taking_part = rows.on(max(today, found.begins_on)) if not found.has_ended(today) else rows
    if not user.has_perm("procurement.view_participations"):
        rows = taking_part
    listing = ListPage(
        request,
        rows,
        _participants(found, user, today),
        caption=_("Participants"),
        default_sort="name",
        filename=f"participants-{found.pk}",
    )
    if export := listing.export():
        return export
    count = taking_part.count()
    acts = pages.buttons(found, user, today)
    context = {
        "contract": found,
        "says": pages.says(found, today, count),
        "main_act": acts[0] if acts else None,
        "other_act": acts[1] if len(acts) > 1 else None,
        "more_acts": acts[2:] + pages.links(found, user),
        "receipt": pages.receipt(receipt_of(request, found), found, user),
        "parts": pages.parts(user, found, today),
        "after": pages.after(user, found, today),
        "list": listing,
        "counted": ngettext("%(n)s municipality", "%(n)s municipalities", count) % {"n": number(count)},
    }
    return render(request, "procurement/contract.html", context)


def _participants(found, user, today):
    """Return the columns of the participants: names for everyone, volumes for those whose matter they are."""
    own = "sv" if get_language() == "sv" else "fi"
    columns = [
        Column(
            "name",
            _("Municipality"),
            lambda row: place_name(row.municipality),
            lambda row: place(row.municipality),
            url=lambda row: row.municipality.get_absolute_url(),
            order_by=(f"municipality__sort_key_{own}",),
        ),
        Column(
            "since",
            _("First day"),
            lambda row: row.starts_on,
            lambda row: day(row.starts_on),
            order_by=("period",),
        ),
        Column(
            "last",
            _("Last day"),
            lambda row: row.last_day,
            lambda row: day(row.last_day) or _("with the contract"),
        ),
    ]
    if user.has_perm("procurement.view_participations"):
        columns.append(_volume(lambda row: row.yearly))
        columns.append(Column("reason", _("Withdrawn"), lambda row: _withdrawn(row)))
    elif user.is_authenticated and (
        mine := set(user.roles.active(today).values_list("municipality", flat=True))
    ):
        if found.procurement and found.procurement.shows_volumes_to(user):
            columns.append(_volume(lambda row: row.yearly))
        elif found.participations.filter(municipality__in=mine).exists():
            columns.append(
                _volume(lambda row: row.yearly if row.municipality_id in mine else None, order_by=())
            )
    elif found.procurement and found.procurement.shows_volumes_to(user):
        columns.append(_volume(lambda row: row.yearly))
    if user.has_perm("procurement.withdraw_contract", found):
        columns.append(
            Column(
                "act",
                _("Act"),
                lambda row: "",
                lambda row: _act_shown(*_act(found, row), row.municipality),
                url=lambda row: _act(found, row)[1],
            )
        )
    return columns


def _volume(value, order_by=("yearly",)):
    """Return the column of volumes; sorted by only where the reader sees all of them, as an order tells them too."""
    return Column(
        "yearly", _("Volume a year"), value, lambda row: money(value(row)), order_by=order_by, css="num"
    )


def _withdrawn(row):
    if row.withdrawn_on is None:
        return _("no")
    return _("known on %(day)s: %(reason)s") % {"day": day(row.withdrawn_on), "reason": row.withdrawn_reason}


def _act_shown(label, _url, municipality):
    """Return an act's words, with the municipality's name for those who hear the page."""
    return (
        format_html('{}<span class="visually-hidden">: {}</span>', label, municipality.name) if label else ""
    )


def _act(found, row):
    """Return the act that can be taken on a participant, and its address."""
    if found.allows("leave_out"):
        verb, label = "leave_out", _("Leave out")
    elif row.withdrawn_on is None:
        verb, label = "withdraw", _("Record a withdrawal")
    else:
        return "", ""
    return label, reverse(f"procurement:participation_{verb}", args=[found.pk, row.pk])


# --- The exit calendar ---------------------------------------------------------------------------------------


@require_safe
def exit_calendar(request):
    """When each contract can be left: its end, the last day for notice, our own day, what silence does."""
    if not request.user.has_perm("procurement.view_exits"):
        raise PermissionDenied
    today = clock.today()
    running = Contract.objects.not_ended(today)
    near = calendar.rows(today, running.acting_until(today + calendar.AHEAD, today))
    near = [row for row in near if row.is_within(today)]
    everything = request.GET.get("all") == "1"
    listing = RowList(
        request,
        calendar.rows(today, running) if everything else near,
        _calendar_columns(),
        caption=_("Every contract that has not ended") if everything else _("The next 180 days"),
        filename="exit-calendar",
    )
    context = {
        "list": listing,
        "first": next((row for row in near if row.way.is_dated and not row.settled), None),
        "near": len(near),
        "total": running.count(),
        "everything": everything,
        "today": today,
        "until": today + calendar.AHEAD,
    }
    return listing.export() or render(request, "procurement/exit_calendar.html", context)


def _calendar_columns():
    none = _("none")

    def on(name):
        return lambda row: getattr(row, name)

    def shown(name):
        return lambda row: weekday_day(getattr(row, name)) if getattr(row, name) else none

    return [
        Column(
            "title",
            _("Contract"),
            lambda row: row.title,
            url=lambda row: row.get_absolute_url(),
            order_by=("title",),
        ),
        Column("supplier", _("Supplier"), lambda row: row.supplier),
        Column("ours", _("Our own deadline"), on("ours_on"), shown("ours_on"), order_by=("ours_on",)),
        Column(
            "notice", _("Last day for notice"), on("notice_by"), shown("notice_by"), order_by=("notice_by",)
        ),
        Column("ends", _("End"), on("ends_on"), shown("ends_on"), order_by=("ends_on",)),
        Column("silence", _("If nothing is said"), on("silence")),
        Column("decided", _("Decided"), lambda row: _settled(row)),
    ]


def _settled(row):
    if row.settled:
        return _("%(what)s, %(day)s") % {
            "what": row.settled.get_kind_display(),
            "day": day(row.settled.decided_on),
        }
    return _("not yet") if row.way.is_dated else ""
