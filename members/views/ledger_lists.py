"""The ledger's lists: read, shown line by line, set aside; the year reconciled with them; what is open on a day."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.documents import file_response
from consortium.lists import Column, ListPage, RowList
from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import day, money, place, place_name
from members.forms.invoices import AsideForm, DayForm, LedgerListForm, usual_day
from members.models import LedgerReturn
from members.pages import invoices as told
from members.reports import reconcile
from members.views.invoices import budget_of, list_url, may_act, may_read
from members.year_end import by_age, open_items, year_end

LISTED_PROBLEMS = LISTED_DOUBTS = 100


def _list_of(pk):
    rows = LedgerReturn.objects.select_related("budget", "read_by", "set_aside_by")
    return get_object_or_404(rows, pk=pk)


def _sums(key, label, value):
    return Column(
        key, label, value, lambda row: _("not told") if value(row) is None else money(value(row)), css="num"
    )


@require_http_methods(["GET", "POST"])
def ledger_return(request, year):
    """Read a list of the ledger; those read so far, the newest first."""
    may_read(request)
    budget = budget_of(request, year)
    if request.method == "POST":
        may_act(request)
        if before := answered_before(request):
            return before
    form = LedgerListForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():

        def read():
            upload = form.cleaned_data["file"]
            upload.seek(0)
            row = budget.read_list(
                form.cleaned_data["found"], by=request.user, name=upload.name[:150], file=upload
            )
            return reverse("members:ledger_list_page", args=[row.pk])

        if answer := attempt(form, read, by=request.user):
            messages.success(request, _("The list has been read. What it says stands below, line by line."))
            return HttpResponseRedirect(answer)
        budget.refresh_from_db()
    context = {
        "budget": budget,
        "form": form,
        "acts": request.user.has_perm("members.manage_billing"),
        "may_list": budget.allows("read"),
        "lists": budget.returns.select_related("read_by", "set_aside_by"),
    }
    return render(request, "members/ledger_return.html", context)


@require_safe
def ledger_list_page(request, pk):
    """One list, every line with the invoice it belongs to or the doubt; what could not be read."""
    may_read(request)
    found = _list_of(pk)
    entries = found.entries.select_related("from_invoice__assessment__municipality")
    listing = ListPage(
        request,
        entries.order_by("line"),
        _entry_columns(),
        caption=_("Lines of the list"),
        filename="ledger-list",
    )
    if export := listing.export():
        return export
    doubts = found.entries.exclude(doubt="").count()
    context = {
        "returned": found,
        "budget": found.budget,
        "list": listing,
        "known": found.entries.count() - doubts,
        "doubts": doubts,
        "problems": found.problems[:LISTED_PROBLEMS],
        "more": max(0, len(found.problems) - LISTED_PROBLEMS),
        "acts": request.user.has_perm("members.manage_billing") and not found.set_aside_at,
    }
    return render(request, "members/ledger_list.html", context)


def _entry_columns():
    """Return the columns of a list's lines: as the ledger wrote them, and where each belongs."""

    def text(key, label, **more):
        return Column(key, label, lambda row: getattr(row, key), **more)

    return [
        Column("line", _("Line"), lambda row: row.line),
        Column(
            "belongs",
            _("Belongs to"),
            lambda row: (
                place_name(row.from_invoice.assessment.municipality) if row.from_invoice else _doubt(row)
            ),
            url=lambda row: row.from_invoice.get_absolute_url() if row.from_invoice else "",
        ),
        text("customer", _("Customer")),
        text("invoice", _("Invoice number")),
        text("reference", _("Reference number")),
        text("business_id", _("Business ID"), on_page=False),
        text("agreement", _("Agreement number"), on_page=False),
        _sums("invoiced", _("Invoiced"), lambda row: row.invoiced),
        _sums("paid", _("Paid"), lambda row: row.paid),
        Column("paid_on", _("Paid on"), lambda row: row.paid_on, lambda row: day(row.paid_on)),
        Column("said", _("The ledger's words"), lambda row: ", ".join(filter(None, [row.said, row.reason]))),
    ]


def _doubt(entry):
    return _("none: %(doubt)s") % {"doubt": entry.get_doubt_display()}


@require_safe
def ledger_list_file(request, pk):
    """The list as it came."""
    may_read(request)
    found = _list_of(pk)
    return file_response(found.file, name=found.name, content_type="application/octet-stream")


@require_http_methods(["GET", "POST"])
def ledger_list_aside(request, pk):
    """Let a list no longer count, with the reason."""
    may_act(request)
    found = _list_of(pk)
    back = reverse("members:ledger_list_page", args=[pk])
    if before := answered_before(request):
        return before
    form = AsideForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():

        def set_aside():
            found.set_aside(by=request.user, reason=form.cleaned_data["reason"])
            return back

        if answer := attempt(form, set_aside, by=request.user):
            messages.success(request, _("The list no longer counts. It stays on record with the reason."))
            return HttpResponseRedirect(answer)
    return render(request, "members/ledger_list_aside.html", {"returned": found, "form": form, "back": back})


# --- The year against the lists ---------------------------------------------------------------------------------


@require_safe
def reconciliation(request, year):
    """The year's invoices against the ledger's lists: sums by state, each difference, each line nobody knows."""
    may_read(request)
    budget = budget_of(request, year)
    if not budget.is_frozen:
        return HttpResponseRedirect(list_url(budget))
    stand = reconcile(budget)
    listing = RowList(
        request,
        stand.rows,
        _reconciled_columns(),
        caption=_("Every invoice"),
        filename=f"reconciliation-{budget.year}",
    )
    context = {
        "budget": budget,
        "stand": stand,
        "doubts": stand.doubts[:LISTED_DOUBTS],
        "more": max(0, len(stand.doubts) - LISTED_DOUBTS),
        "amiss": [{"row": r, "state": told.state_words(r), "css": told.COLOUR[r.state]} for r in stand.amiss],
        "list": listing,
        "acts": request.user.has_perm("members.manage_billing"),
    }
    return listing.export() or render(request, "members/reconciliation.html", context)


def _reconciled_columns():
    return [
        Column(
            "name",
            _("Municipality"),
            lambda row: place_name(row.municipality),
            lambda row: place(row.municipality),
            url=lambda row: row.invoice.get_absolute_url(),
        ),
        Column("number", _("Number"), lambda row: row.invoice.number or ""),
        Column("reference", _("Reference number"), lambda row: row.invoice.reference),
        _sums("claimed", _("Invoiced here"), lambda row: row.claimed),
        _sums("billed", _("Invoiced in the ledger"), lambda row: row.billed),
        _sums("paid", _("Paid"), lambda row: row.paid),
        _sums("open", _("Open"), lambda row: row.open),
        Column("state", _("State"), told.state_words),
    ]


# --- What is open on a day ---------------------------------------------------------------------------------------


@require_safe
def open_items_page(request, year):
    """What is open on a day, by how late it is; the year's fees, memberships, surplus or shortfall."""
    may_read(request)
    budget = budget_of(request, year)
    if not budget.is_frozen:
        return HttpResponseRedirect(list_url(budget))
    form = DayForm(request.GET if request.GET.get("on") else None)
    asked = form.cleaned_data["on"] if form.is_valid() else None
    on = asked or usual_day(budget)
    if not form.is_bound:
        form = DayForm(initial={"on": on})
    items = open_items(on)
    listing = RowList(
        request,
        items,
        _open_columns(),
        caption=_("Open on %(day)s") % {"day": day(on)},
        filename=f"open-{on:%Y-%m-%d}",
    )
    context = {
        "budget": budget,
        "on": on,
        "is_past": on < clock.today(),
        "list": listing,
        "ages": by_age(items),
        "total": sum((item.open for item in items), 0),
        "year": year_end(budget, on),
        "sift": form,
    }
    return listing.export() or render(request, "members/open_items.html", context)


def _open_columns():
    return [
        Column(
            "name",
            _("Municipality"),
            lambda item: place_name(item.row.municipality),
            lambda item: place(item.row.municipality),
            url=lambda item: item.row.invoice.get_absolute_url(),
        ),
        Column(
            "year",
            _("Year"),
            lambda item: item.row.invoice.budget.year,
            lambda item: str(item.row.invoice.budget),
        ),
        Column("number", _("Number"), lambda item: item.row.invoice.number or ""),
        Column("reference", _("Reference number"), lambda item: item.row.invoice.reference, on_page=False),
        Column(
            "due",
            _("Due on"),
            lambda item: item.row.invoice.due_on,
            lambda item: day(item.row.invoice.due_on),
        ),
        Column("late", _("Days late"), lambda item: max(item.late, 0), css="num"),
        Column("age", _("Age"), lambda item: str(item.age.label)),
        _sums("claimed", _("To be paid"), lambda item: item.row.claimed),
        _sums("paid", _("Paid"), lambda item: item.row.paid),
        _sums("open", _("Open"), lambda item: item.open),
    ]
