"""The dated settings of the annual fee: how it is invoiced, and the limits that no fee may pass."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import day, number
from members.forms.billing import BillingTermsForm, FeeLimitsForm
from members.ledger import COLUMNS
from members.models import BillingTerms, FeeLimits
from members.views.invoices import may_act, may_read


def _yes(value):
    return _("yes") if value else _("no")


def _facts(terms):
    """Return a row of settings as (what, value), in the order of its form."""
    address = ", ".join(
        filter(None, [terms.seller_street, f"{terms.seller_postcode} {terms.seller_town}".strip()])
    )
    vat = str(terms.get_vat_category_display())
    if terms.vat_rate:
        vat = f"{vat}, {number(terms.vat_rate)}\u00a0%"
    return [
        (_("VAT"), vat),
        (_("Why there is no VAT"), " / ".join(filter(None, [terms.vat_reason_fi, terms.vat_reason_sv]))),
        (_("Decision on the tax"), terms.vat_decision),
        (_("The largest fee includes VAT"), _yes(terms.cap_with_vat)),
        (_("Account"), terms.account),
        (_("Cost centre"), terms.cost_centre),
        (_("Days to pay"), number(terms.payment_days)),
        (_("Who numbers the invoices"), terms.get_numbering_display()),
        (_("Reference number"), terms.get_reference_kind_display()),
        (_("Helsinki pays its share, as an internal entry"), _yes(terms.helsinki_pays)),
        (_("Invoicer"), f"{terms.seller_name}, {terms.seller_business_id}"),
        (_("Account number (IBAN)"), f"{terms.seller_iban}, {terms.seller_bic}"),
        (_("E-invoices"), f"{terms.seller_einvoice_address}, {terms.seller_einvoice_operator}"),
        (_("Address"), address or _("Not yet")),
        (_("Columns of the ledger's file"), ", ".join(str(COLUMNS[key]) for key in terms.columns)),
    ]


@require_safe
def billing_terms(request):
    """How invoices are made, each setting from its day on; what is in force today first said."""
    may_read(request)
    now = BillingTerms.objects.on(clock.today())
    rows = [
        {"row": terms, "facts": [f for f in _facts(terms) if f[1]]} for terms in BillingTerms.objects.all()
    ]
    context = {"rows": rows, "now": now, "acts": request.user.has_perm("members.manage_billing")}
    return render(request, "members/billing_terms.html", context)


@require_http_methods(["GET", "POST"])
def billing_terms_new(request):
    """Write new settings of invoicing from a day on; the earlier ones stay for what was decided with them."""
    may_act(request)
    now = BillingTerms.objects.first()
    form = _form(request, BillingTermsForm, now)
    answer = _written(request, form, reverse("members:billing_terms"))
    return answer or render(request, "members/billing_terms_new.html", {"form": form})


@require_safe
def fee_limits(request):
    """What no fee and no year may exceed, each from its day on, with Helsinki's decision."""
    may_read(request)
    context = {
        "rows": FeeLimits.objects.all(),
        "now": FeeLimits.objects.on(clock.today()),
        "acts": request.user.has_perm("members.manage_billing"),
    }
    return render(request, "members/fee_limits.html", context)


@require_http_methods(["GET", "POST"])
def fee_limits_new(request):
    """Record new limits by Helsinki's decision; years already decided keep theirs."""
    may_act(request)
    form = _form(request, FeeLimitsForm, None)
    answer = _written(request, form, reverse("members:fee_limits"))
    return answer or render(request, "members/fee_limits_new.html", {"form": form})


def _form(request, form_class, like):
    """Return the form: as it was sent, or beginning with the values of the row that it is to follow."""
    if request.method == "POST":
        return form_class(request.POST)
    names = [] if like is None else [name for name in form_class._meta.fields if name != "valid_from"]
    return form_class(initial={name: getattr(like, name) for name in names})


def _written(request, form, back):
    """Write the row that was sent and go back to the list; None while it is not sent, or refused."""
    if request.method != "POST":
        return None
    if before := answered_before(request):
        return before
    if not form.is_valid():
        return None

    def write():
        row = form.save()
        AuditEvent.record(row, "begin", by=request.user, valid_from=row.valid_from)
        return back

    answer = attempt(form, write, by=request.user)
    if answer is None:
        return None
    words = _("Recorded: in force from %(day)s.") % {"day": day(form.instance.valid_from)}
    messages.success(request, words)
    return HttpResponseRedirect(answer)
