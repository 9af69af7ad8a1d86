"""Sharing a contract's costs: the years, the preview, the freeze, the file for the ledger."""

from dataclasses import asdict
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.forms import PortalForm
from consortium.lists import RowList
from consortium.steps import receipt_of, take_entry, take_step
from consortium.templatetags.portal import moment, money, number
from members.ledger import DEFAULT_COLUMNS, LedgerRow, csv_file, xlsx_file
from procurement.cost_shares import Refused
from procurement.cost_words import refusal_words
from procurement.forms.costs import CostShareForm, FreezeSharesForm, SettleSharesForm, TakeBackForm
from procurement.models import Contract, ContractState, CostShare, CostShareState, UsageFigure, UsageState
from procurement.pages import costs as pages

FILES = {
    "csv": (csv_file, "text/csv"),
    "xlsx": (xlsx_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
step_page = require_http_methods(["GET", "POST"])


def _contract(request, pk):
    """Return the contract to those who may read its costs: 404 for one they may not know of, 403 for the others."""
    found = get_object_or_404(Contract.objects.visible_to(request.user).select_related("supplier"), pk=pk)
    if not request.user.has_perm("procurement.view_costs"):
        raise PermissionDenied
    return found


def _cost_share(request, pk, share):
    contract = _contract(request, pk)
    found = get_object_or_404(CostShare.objects.visible_to(request.user), pk=share, contract=contract)
    found.contract = contract
    return found


def _metrics(contract):
    """Return (report, metric) of which municipalities' own figures are known, once each."""
    rows = UsageFigure.objects.filter(contract=contract, municipality__isnull=False)
    rows = rows.filter(file__state=UsageState.READ).order_by("report", "metric")
    return rows.values_list("report", "metric").distinct()


@require_safe
def contract_costs(request, pk):
    """The years of a contract whose costs are shared, and how far each is."""
    contract = _contract(request, pk)
    rows = CostShare.objects.visible_to(request.user).filter(contract=contract)
    context = {
        "contract": contract,
        "rows": rows.annotate(total=Sum("lines__amount")),
        "acts": contract.state != ContractState.DRAFT and request.user.has_perm("procurement.manage_costs"),
    }
    return render(request, "procurement/contract_costs.html", context)


@step_page
def cost_share_new(request, pk):
    """Begin the sharing of a year."""
    contract = _contract(request, pk)
    if not request.user.has_perm("procurement.manage_costs"):
        raise PermissionDenied
    form = CostShareForm(request.POST or None, by=request.user, contract=contract, metrics=_metrics(contract))

    def begin():
        return CostShare.begin(by=request.user, contract=contract, **form.details)

    return take_entry(request, form, begin, template="procurement/cost_share_edit.html", contract=contract)


@step_page
def cost_share_edit(request, pk, share):
    """Change the terms of shares that are not frozen."""
    found = _cost_share(request, pk, share)
    metrics = _metrics(found.contract)

    def form(*args, **kwargs):
        return CostShareForm(*args, contract=found.contract, metrics=metrics, **kwargs)

    return take_step(
        request, found, "edit", form, template="procurement/cost_share_edit.html", contract=found.contract
    )


@require_safe
def cost_share(request, pk, share):
    """One year's shares: as they would be today, or as they were frozen; also as a file."""
    found = _cost_share(request, pk, share)
    reckoned, refusal, rows = None, "", []
    if found.state == CostShareState.DRAFT:
        people = found.participants()
        try:
            reckoned, people = found.reckon()
            rows = pages.preview_rows(found, reckoned, people)
        except Refused as refused:
            refusal = refusal_words(refused, {one.key: place.name for place, one, _row in people})
    else:
        rows = pages.stored_rows(found)
    listing = RowList(
        request,
        rows,
        pages.columns(found),
        caption=_("Shares of %(year)s") % {"year": found.year},
        filename=f"shares-{found.year}",
    )
    if export := listing.export():
        return export
    user = request.user
    ready, lacking = pages.ledger_rows(found) if found.is_frozen else ([], [])
    context = {
        "contract": found.contract,
        "share": found,
        "list": listing,
        "terms": pages.terms(found),
        "refusal": refusal,
        "reckoned": reckoned,
        "total": sum((row.amount for row in rows), Decimal(0)),
        "billed": reckoned.amount if reckoned else found.billed,
        "uncovered": reckoned.uncovered if reckoned else found.uncovered,
        "may": {
            verb: found.allows(verb) and user.has_perm(f"procurement.{verb}_costshare", found)
            for verb in ("edit", "freeze", "settle", "charge", "withdraw")
        },
        "freeze_form": FreezeSharesForm(initial={"seen": reckoned.fingerprint}) if reckoned else None,
        "charge_form": PortalForm(),
        "ready": ready,
        "lacking": lacking,
        "batches": found.batches.select_related("made_by")
        if user.has_perm("procurement.charge_costshare")
        else (),
        "receipt": _receipt(receipt_of(request, found), found),
    }
    return render(request, "procurement/cost_share.html", context)


def _receipt(event, found):
    """Return the receipt of an act on a year's shares, as partials/receipt.html draws it."""
    if event is None or event.verb not in RECEIPTS:
        return None
    what, next_ = RECEIPTS[event.verb]
    told = event.details
    rows = [(_("What"), what()), (_("Contract"), f"{found.contract.title} {found.year}")]
    if event.verb == "freeze":
        rows += [
            (_("Shares"), number(told["lines"])),
            (_("Sum"), money(told["total"])),
            (_("Told"), number(told["told"])),
        ]
    elif event.verb == "charge":
        rows.append((_("Shares"), number(told["rows"])))
    rows += [(_("When"), moment(event.at)), (_("Receipt"), event.number), (_("What next"), next_())]
    return {"rows": rows, "title": _("Done")}


RECEIPTS = {
    "begin": (lambda: _("The sharing begun"), lambda: _("Look at the shares below, then freeze them.")),
    "edit": (lambda: _("The terms changed"), lambda: _("Look at the shares below, then freeze them.")),
    "freeze": (
        lambda: _("The shares frozen, each participant told its own"),
        lambda: _("Make the file for the ledger when the details of VAT are there."),
    ),
    "settle": (
        lambda: _("VAT and account given"),
        lambda: _("Make the file for the ledger below."),
    ),
    "charge": (
        lambda: _("A file for the ledger made"),
        lambda: _("Take the file below to the city's ledger."),
    ),
    "withdraw": (
        lambda: _("The shares taken back, the participants told"),
        lambda: _("Begin the year's sharing anew where it is to be shared."),
    ),
}


@require_POST
def cost_share_freeze(request, pk, share):
    """Freeze the shares that were looked at, and tell each participant its own."""
    found = _cost_share(request, pk, share)
    head = _head(
        found, _("Freeze the shares"), _("Look at the shares once more, then freeze them."), _("Freeze")
    )
    return take_step(request, found, "freeze", FreezeSharesForm, **head)


@step_page
def cost_share_settle(request, pk, share):
    """Give the VAT and the account of shares that stand, so that they can be charged."""
    found = _cost_share(request, pk, share)
    says = _("The shares stay as they are, and so do the files that were made.")
    head = _head(found, _("VAT and account"), says, _("Save"))
    return take_step(request, found, "settle", SettleSharesForm, **head)


@require_POST
def cost_share_charge(request, pk, share):
    """Make one file for the ledger of every share that lacks nothing."""
    found = _cost_share(request, pk, share)

    class ChargeForm(PortalForm):
        """Nothing is typed: the rows follow from the shares."""

        @property
        def details(self):
            ready, _lacking = pages.ledger_rows(found)
            return {"rows": [(line, asdict(row)) for line, row in ready]}

    head = _head(
        found, _("File for the ledger"), _("Shares that lack nothing go into the file."), _("Make the file")
    )
    return take_step(request, found, "charge", ChargeForm, **head)


@step_page
def cost_share_withdraw(request, pk, share):
    """Take shares back before they are charged, with the reason."""
    found = _cost_share(request, pk, share)
    says = _(
        "They stay on record with the reason. Participants that were told their shares are told this, too."
    )
    head = _head(found, _("Take the shares back"), says, _("Take back"))
    return take_step(request, found, "withdraw", TakeBackForm, **head)


def _head(found, title, says, button):
    kind = _("Costs %(year)s") % {"year": found.year}
    return {"kind": kind, "title": title, "says": says, "button": button}


@require_safe
def cost_share_file(request, pk, share, batch, kind):
    """One file for the ledger, in the layout of the fees', from the rows kept when it was made."""
    found = _cost_share(request, pk, share)
    if not request.user.has_perm("procurement.charge_costshare"):
        raise PermissionDenied
    if kind not in FILES:
        raise Http404
    row = get_object_or_404(found.batches, number=batch)
    make, content_type = FILES[kind]
    rows = [
        LedgerRow(
            **plain | {n: None if plain[n] is None else Decimal(plain[n]) for n in ("amount", "vat_rate")}
        )
        for plain in row.rows
    ]
    response = HttpResponse(make(rows, DEFAULT_COLUMNS), content_type=content_type)
    name = f"ledger-{found.contract.number}-{found.year}-{row.number}.{kind}".replace("/", "-").replace(
        '"', ""
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
