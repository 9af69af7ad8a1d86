"""Putting a fee right: credited as a whole, or credited and written anew; never changed."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import day, money, number
from members.fee_words import reckoning_line
from members.forms.invoices import CorrectForm, CreditForm
from members.models import Assessment
from members.register import source_words
from members.views.invoices import may_act, receipt_address


def _fee(pk):
    rows = Assessment.objects.select_related(
        "budget__scheme", "budget__billing", "municipality", "invoice", "credited_by__invoice", "replaced_by"
    )
    return get_object_or_404(rows.charges(), pk=pk)


def _context(fee, form):
    invoice = getattr(fee, "invoice", None)
    credited = getattr(fee, "credited_by", None)
    return {
        "fee": fee,
        "form": form,
        "kind": _("Annual fee %(year)s") % {"year": fee.budget.year},
        "line": reckoning_line(fee.line),
        "source": source_words(fee.residents_source),
        "invoice": invoice,
        "credited": credited,
        "is_open": fee.budget.is_running and not getattr(fee, "replaced_by", None),
    }


def _receipt(fee):
    return receipt_address(fee.budget, AuditEvent.objects.about(fee).first())


@require_http_methods(["GET", "POST"])
def assessment_credit(request, pk):
    """Take a whole fee back, with a reason; both sums are shown before."""
    may_act(request)
    fee = _fee(pk)
    if before := answered_before(request):
        return before
    form = CreditForm(request.POST or None, record=fee, by=request.user)
    if request.method == "POST" and form.is_valid():

        def credit():
            fee.credit(by=request.user, reason=form.cleaned_data["reason"])
            return _receipt(fee)

        if answer := attempt(form, credit, by=request.user):
            return HttpResponseRedirect(answer)
    context = _context(fee, form)
    context["is_open"] = context["is_open"] and not context["credited"]
    context["reckon"] = [
        (_("The fee"), money(fee.amount)),
        (_("Credit"), money(-fee.amount)),
        (_("Left of the fee"), money(0)),
    ]
    return render(request, "members/assessment_credit.html", context)


@require_http_methods(["GET", "POST"])
def assessment_correct(request, pk):
    """Credit a fee and write the right one: the first press shows both sums, the second writes them."""
    may_act(request)
    fee = _fee(pk)
    if before := answered_before(request):
        return before
    form = CorrectForm(request.POST or None, record=fee, by=request.user)
    form.fields["population"].label_from_instance = _figure_words
    context = _context(fee, form)
    if request.method == "POST" and form.is_valid():
        if form.is_seen:

            def correct():
                fee.correct(by=request.user, **form.details)
                return _receipt(fee)

            if answer := attempt(form, correct, by=request.user):
                return HttpResponseRedirect(answer)
        context |= _preview(fee, form)
    return render(request, "members/assessment_correct.html", context)


def _figure_words(row):
    facts = {"residents": number(row.count), "day": day(row.on), "source": source_words(row.source)}
    return _("%(residents)s residents on %(day)s, %(source)s") % facts


def _preview(fee, form):
    """Show what would be written, and let the next press be about this very sum."""
    payee, new, rule = fee.reckoned_for(form.cleaned_data["population"], form.cleaned_data["months"])
    row = Assessment.of_fee(fee.budget, payee, new, rule, by=form.by)
    form.data = form.data.copy()
    form.data["seen"] = str(new.amount)
    credited = getattr(fee, "credited_by", None)
    left = fee.budget.assessed + (0 if credited else -fee.amount) + new.amount
    lines = [] if credited else [(_("Credit of the earlier fee"), money(-fee.amount))]
    return {
        "new": row,
        "new_line": reckoning_line(row.line),
        "reckon": [
            (_("The earlier fee"), money(fee.amount)),
            *lines,
            (_("The new fee"), money(new.amount)),
        ],
        "year_sum": left,
    }
