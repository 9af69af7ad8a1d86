"""A year's invoices: what is missing, the file for the ledger, what came back, and how each stands."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from consortium import clock, documents
from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.lists import Column, RowList
from consortium.models import AuditEvent, DocumentState
from consortium.steps import answered_before, attempt, carry_out
from consortium.templatetags.portal import day, money, place, place_name
from members.forms.invoices import AgainForm, InvoiceFilterForm
from members.models import AnnualBudget, LedgerFile
from members.pages import invoices as told
from members.reports import asked, reconcile

MOST_SAID = 20
BULK = {"bill", "credit", "correct"}  # the acts whose receipt the page shows


def may_read(request):
    """Refuse whoever has no duty that reads all fees."""
    if not request.user.has_perm("members.view_fees"):
        raise PermissionDenied


def may_act(request):
    """Refuse whoever does not invoice."""
    if not request.user.has_perm("members.manage_billing"):
        raise PermissionDenied


def budget_of(request, year):
    """Return the year's budget with its settings of invoicing, or 404 where the person may not know of it."""
    rows = AnnualBudget.objects.visible_to(request.user).select_related("billing")
    return get_object_or_404(rows, year=year)


def list_url(budget):
    """Return the address of the year's invoices."""
    return reverse("members:invoice_list", args=[budget.year])


def receipt_address(budget, event):
    """Return the year's invoices with the receipt of an act."""
    return f"{list_url(budget)}?receipt={event.pk}"


@require_safe
def invoice_list(request, year):
    """The year's sums, what is missing, how each invoice stands, the files, the lists, the credits."""
    may_read(request)
    return _page(request, budget_of(request, year))


def _page(request, budget, form=None, again_form=None):
    """Show the year's invoices; a refused form is shown with what was typed."""
    if not budget.is_frozen:
        return render(request, "members/invoice_list.html", {"budget": budget})
    ready, lacking = budget.waiting()
    stand = reconcile(budget)
    returned = [row for row in stand.rows if row.is_returned]
    events = asked([fee.municipality_id for fee, _gaps in lacking] + [r.municipality.pk for r in returned])
    sift = InvoiceFilterForm(request.GET)
    listing = RowList(
        request,
        sift.sift(stand.rows),
        columns(),
        caption=_("Invoices %(year)s") % {"year": budget.year},
        filename=f"invoices-{budget.year}",
    )
    if export := listing.export():
        return export
    acts = request.user.has_perm("members.manage_billing") and budget.allows("bill")
    whole = {
        r.invoice.pk: r
        for r in returned
        if not budget.gaps_of(r.invoice.assessment, {r.municipality.pk: r.invoice.agreement})
    }
    context = {
        "budget": budget,
        "acts": acts,
        "may_bill": acts,
        "ready": ready,
        "gaps": [_gap(fee, gaps, events) for fee, gaps in lacking],
        "returned": [_came_back(r, r.invoice.pk in whole, events) for r in returned],
        "stand": stand,
        "list": listing,
        "sift": sift,
        "is_sifted": any(request.GET.get(name) for name in sift.fields),
        "job": told.file_progress(budget),
        "lists": budget.returns.select_related("read_by", "set_aside_by").all(),
        "credits": budget.assessments.filter(credits__isnull=False).select_related(
            "municipality", "made_by", "credits__replaced_by", "credits__invoice", "invoice"
        ),
        "make_form": form or PortalForm(auto_id="make_%s"),
        "again_form": again_form or (AgainForm(rows=whole.values(), auto_id="again_%s") if whole else None),
        "ask_all_form": PortalForm(auto_id="ask_all_%s"),
        "form": form or again_form,
        "receipt": _receipt(request, budget),
    }
    return render(request, "members/invoice_list.html", context)


def _receipt(request, budget):
    """Return the receipt that the address asks for, if it is about this year's invoices or fees."""
    wanted = request.GET.get("receipt", "")
    event = AuditEvent.objects.filter(pk=wanted, verb__in=BULK).first() if wanted.isdecimal() else None
    if event is None or event.subject is None:
        return None
    year = getattr(event.subject, "budget", event.subject)
    return told.receipt(event, budget) if year == budget else None


def _gap(fee, gaps, events):
    event = events.get(fee.municipality_id)
    return {
        "fee": fee,
        "municipality": fee.municipality,
        "gaps": [gap.label for gap in gaps],
        "asked": told.asked_words(event),
        "form": _ask_form(fee.municipality, event),
    }


def _came_back(row, is_whole, events):
    event = events.get(row.municipality.pk)
    return {
        "row": row,
        "municipality": row.municipality,
        "sent": row.line.buyer_reference,
        "now": row.municipality.buyer_reference,
        "is_whole": is_whole,
        "asked": told.asked_words(event),
        "form": _ask_form(row.municipality, event),
    }


def _ask_form(municipality, event):
    """Return the form that asks a municipality; None on the day on which it has been asked."""
    return None if told.is_of_today(event) else PortalForm(auto_id=f"ask_{municipality.code}_%s")


def columns():
    """Return the columns of the year's invoices, in the page's language."""

    def sums(key, label, value, order_by=()):
        return Column(key, label, value, lambda row: money(value(row)), css="num", order_by=order_by)

    def days(key, label, value):
        return Column(key, label, value, lambda row: day(value(row)) or _("Not yet"))

    return [
        Column(
            "name",
            _("Municipality"),
            lambda row: place_name(row.municipality),
            lambda row: place(row.municipality),
            url=lambda row: row.invoice.get_absolute_url(),
            order_by=("sort_key",),
        ),
        Column("code", _("Code"), lambda row: row.municipality.code, on_page=False),
        Column("business_id", _("Business ID"), lambda row: row.line.business_id, on_page=False),
        Column("number", _("Number"), lambda row: row.number, _number, order_by=("number",)),
        Column("reference", _("Reference number"), lambda row: row.invoice.reference, on_page=False),
        sums("net", _("Without VAT"), lambda row: row.invoice.net),
        sums("claimed", _("To be paid"), lambda row: row.claimed, ("claimed",)),
        days("sent", _("Sent on"), lambda row: clock.date_of(row.line.batch.made_at)),
        days("due", _("Due on"), lambda row: row.invoice.due_on),
        Column("state", _("State"), told.state_words, order_by=("state",)),
        days("paid_on", _("Paid on"), lambda row: row.settlement.paid_on),
        sums("paid", _("Paid"), lambda row: row.paid, ("paid",)),
        sums("open", _("Open"), lambda row: row.open, ("open",)),
    ]


def _number(row):
    if row.invoice.number:
        return row.invoice.number
    return _("internal entry") if row.invoice.is_internal else _("by the ledger")


# --- The file for the ledger -----------------------------------------------------------------------------------


@require_POST
def invoice_make(request, year):
    """Bill every fee that lacks nothing, in one file for the ledger; pressing twice makes one."""
    may_act(request)
    if before := answered_before(request):
        return before
    budget, form = budget_of(request, year), PortalForm(request.POST, by=request.user)

    def make():
        budget.bill(by=request.user)
        return receipt_address(budget, AuditEvent.objects.about(budget).first())

    answer = attempt(form, make, by=request.user) if form.is_valid() else None
    return HttpResponseRedirect(answer) if answer else _page(request, budget, form=form)


@require_POST
def invoice_again(request, year):
    """Send the chosen invoices that came back once more, under the same numbers, with today's details."""
    may_act(request)
    if before := answered_before(request):
        return before
    budget = budget_of(request, year)
    rows = [row for row in reconcile(budget).rows if row.is_returned] if budget.is_frozen else []
    form = AgainForm(request.POST, rows=rows, by=request.user, auto_id="again_%s")

    def send():
        budget.bill_again(form.chosen, by=request.user)
        return receipt_address(budget, AuditEvent.objects.about(budget).first())

    answer = attempt(form, send, by=request.user) if form.is_valid() else None
    return HttpResponseRedirect(answer) if answer else _page(request, budget, again_form=form)


@require_safe
def invoice_progress(request, year):
    """The live part of the page: how far the files are."""
    may_read(request)
    return render(request, "partials/progress.html", {"job": told.file_progress(budget_of(request, year))})


@require_safe
def ledger_file(request, key):
    """A file for the ledger; each stays at its address."""
    may_read(request)
    found = get_object_or_404(LedgerFile, key=key, state=DocumentState.READY)
    return file_response(found.file, name=found.filename, content_type=found.content_type)


@require_POST
def ledger_file_again(request, key):
    """Put a file that could not be made back into the queue."""
    may_act(request)
    found = get_object_or_404(LedgerFile.objects.select_related("batch__budget"), key=key)
    if documents.try_again(found):
        messages.success(request, _("The file is being made again."))
    return HttpResponseRedirect(f"{list_url(found.batch.budget)}#files")


# --- Asking for what is missing ---------------------------------------------------------------------------------


@require_POST
def invoicing_ask(request, year):
    """Ask one municipality for what its invoice lacks, or all that have not been asked today; once a day at most."""
    may_act(request)
    if before := answered_before(request):
        return before
    budget, form, code = (
        budget_of(request, year),
        PortalForm(request.POST, by=request.user),
        request.POST.get("code", ""),
    )
    form.is_valid()
    wanted = [each for each in _to_ask(budget) if not code or each[0].code == code]
    sent, kept = [], []

    def ask():
        for municipality, missing, reason in wanted:
            is_back = reason is not None
            try:
                municipality.ask_invoicing_details(
                    by=request.user, year=year, missing=missing, returned=is_back, reason=reason or ""
                )
            except ValidationError as error:  # asked today already, or nobody to write to
                kept.append(" ".join(error.messages))
            else:
                sent.append(municipality.name)
        return f"{list_url(budget)}#gaps"

    answer = carry_out(form, ask, by=request.user)
    if sent:
        words = ngettext(
            "%(n)s municipality was asked: %(names)s.",
            "%(n)s municipalities were asked: %(names)s.",
            len(sent),
        )
        messages.success(request, words % {"n": len(sent), "names": ", ".join(sent)})
    for sentence in kept[:MOST_SAID]:
        messages.error(request, sentence)
    if not wanted:
        messages.info(request, _("Nothing is missing any more: nobody was asked."))
    return HttpResponseRedirect(answer)


def _to_ask(budget):
    """Return (municipality, gaps, why its invoice came back or None) of those to be asked, each once."""
    if not budget.is_frozen:
        return []
    back = [(r.municipality, (), r.reason) for r in reconcile(budget).rows if r.is_returned]
    lacking = [(fee.municipality, gaps, None) for fee, gaps in budget.waiting()[1]]
    return list({each[0].pk: each for each in [*back, *lacking]}.values())
