"""What the service centre does with a contract: made, corrected, signed, decided on, given notice; its participants."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_url, take_step
from consortium.templatetags.portal import place
from procurement.forms.contract import (
    AddForm,
    ContractForm,
    DecideForm,
    DropForm,
    LeaveOutForm,
    NoticeForm,
    SignForm,
    WithdrawForm,
)
from procurement.models import Award, AwardState, Contract, Participation
from procurement.pages import contract as pages
from procurement.views.contract import contract_of

FIELDS = (
    *("number", "title_fi", "title_sv", "supplier", "begins_on", "ends_on", "silence", "renewal_months"),
    *("notice_months", "notice_by", "our_days", "ours_by", "yearly", "asks_use"),
)


def _staff(request):
    if not request.user.has_perm("procurement.manage_contracts"):
        raise PermissionDenied


def _awards():
    """Return the awards that wait for their contract."""
    made = [AwardState.SENT, AwardState.CONTRACTED]
    rows = Award.objects.filter(state__in=made, offer__isnull=False, contract_made__isnull=True)
    return rows.select_related("procurement", "lot", "offer__supplier")


@require_http_methods(["GET", "POST"])
def contract_new(request):
    """Enter a contract: from an award, with those committed on the frozen list, or one made before the portal."""
    _staff(request)
    if before := answered_before(request):
        return before
    award = (
        get_object_or_404(_awards(), pk=request.GET["award"])
        if request.GET.get("award", "").isdecimal()
        else None
    )
    form = ContractForm(request.POST or None, by=request.user, initial=_of_award(award) if award else None)
    if award:
        form.fields["supplier"].queryset = type(award.offer.supplier).objects.filter(
            pk=award.offer.supplier_id
        )
    if request.method == "POST" and form.is_valid():

        def make():
            origin = {"award": award, "procurement": award.procurement, "lot": award.lot} if award else {}
            contract = Contract.make(by=request.user, **form.facts, **origin)
            if award:
                Participation.take_committed(contract, by=request.user)
            return receipt_url(contract, AuditEvent.objects.about(contract).filter(verb="make").first())

        if answer := attempt(form, make, by=request.user):
            return HttpResponseRedirect(answer)
    context = {
        "form": form,
        "award": award,
        "awards": [] if award else _awards(),
        "says": _says_of_new(award),
    }
    return render(request, "procurement/contract_new.html", context)


def _says_of_new(award):
    if award is None:
        return _("A contract is known to the service centre alone until its signatures are recorded.")
    return _(
        "The supplier and the participants come from the award: those committed on the frozen list, with their "
        "volumes. Those interested can be added later."
    )


def _of_award(award):
    procurement, lot = award.procurement, award.lot
    return {
        "title_fi": lot.title_fi if lot else procurement.title_fi,
        "title_sv": lot.title_sv if lot else procurement.title_sv,
        "supplier": award.offer.supplier_id,
        "number": award.case_number or procurement.number,
        "yearly": next(Decimal(p["price"]) for p in award.ranking["places"] if p["offer"] == award.offer_id),
        "options": " + ".join(str(option.months) for option in procurement.options.all() if option.months),
    }


@require_http_methods(["GET", "POST"])
def contract_edit(request, pk):
    """Correct what the contract says; before and after stay on record."""
    _staff(request)
    if before := answered_before(request):
        return before
    found = contract_of(request.user, pk)
    unused = [option.months for option in found.options.all() if option.decision_id is None]
    initial = {name: getattr(found, name) for name in FIELDS} | {
        "revision": found.revision,
        "options": " + ".join(map(str, unused)),
    }
    form = ContractForm(request.POST or None, by=request.user, initial=initial)
    present = type(found.supplier).objects.filter(pk=found.supplier_id)
    suppliers = form.fields["supplier"]
    suppliers.queryset = present if found.award_id else suppliers.queryset | present
    if not found.allows("edit"):
        messages.error(request, _("This can no longer be done; the page shows how things now stand."))
        return HttpResponseRedirect(found.get_absolute_url())
    if request.method == "POST" and form.is_valid():

        def edit():
            found.edit(by=request.user, revision=form.cleaned_data["revision"] or 0, **form.facts)
            return receipt_url(found, AuditEvent.objects.about(found).first())

        if answer := attempt(form, edit, by=request.user):
            return HttpResponseRedirect(answer)
    return _act(request, found, form, _("Correction"), _("Save the correction"))


def _act(request, found, form, heading, button):
    context = {
        "kind": _("Contract"),
        "title": found.title,
        "says": pages.says(found, clock.today(), found.participations.on(clock.today()).count()),
        "heading": heading,
        "form": form,
        "button": button,
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }
    return render(request, "act.html", context)


def _step(request, pk, verb, form_class, button):
    found = contract_of(request.user, pk)
    return take_step(
        request,
        found,
        verb,
        form_class,
        kind=_("Contract"),
        title=found.title,
        says=pages.says(found, clock.today(), found.participations.on(clock.today()).count()),
        button=button,
    )


@require_http_methods(["GET", "POST"])
def contract_sign(request, pk):
    """Record the signatures: the participants are told."""
    return _step(request, pk, "sign", SignForm, _("Record the signatures"))


@require_http_methods(["GET", "POST"])
def contract_decide(request, pk):
    """Record what was decided before the end: the participants are told."""
    return _step(request, pk, "decide", DecideForm, _("Record the decision"))


@require_http_methods(["GET", "POST"])
def contract_give_notice(request, pk):
    """Record that notice was given: the contract gets its last day, the participants are told."""
    return _step(request, pk, "give_notice", NoticeForm, _("Record the notice"))


@require_http_methods(["GET", "POST"])
def contract_drop(request, pk):
    """Give up a contract that was being made."""
    _staff(request)
    if before := answered_before(request):
        return before
    found = contract_of(request.user, pk)
    if not found.allows("drop"):
        messages.error(request, _("This can no longer be done; the page shows how things now stand."))
        return HttpResponseRedirect(found.get_absolute_url())
    form = DropForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def drop():
            found.drop(by=request.user, **form.details)
            return reverse("procurement:contract_list")

        if answer := attempt(form, drop, by=request.user):
            messages.success(request, _("The contract that was being made has been given up."))
            return HttpResponseRedirect(answer)
    return _act(request, found, form, _("Give up"), _("Give up this contract"))


# --- Participants --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def contract_add(request, pk):
    """Add a municipality to the contract; to one of a procurement only those on its frozen list."""
    _staff(request)
    if before := answered_before(request):
        return before
    found = contract_of(request.user, pk)
    if not found.allows("add"):
        messages.error(request, _("This can no longer be done; the page shows how things now stand."))
        return HttpResponseRedirect(found.get_absolute_url())
    form = AddForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def add():
            details = form.details
            Participation.begin(found, details.pop("municipality"), by=request.user, **details)
            return receipt_url(found, AuditEvent.objects.about(found).first())

        if answer := attempt(form, add, by=request.user):
            return HttpResponseRedirect(answer)
    return _act(request, found, form, _("Participant"), _("Add the municipality"))


def _participation(request, pk, row):
    _staff(request)
    found = contract_of(request.user, pk)
    participation = get_object_or_404(found.participations.select_related("municipality"), pk=row)
    participation.contract = found
    return participation


@require_http_methods(["GET", "POST"])
def participation_withdraw(request, pk, row):
    """Record that a municipality leaves the contract: it is told, and its last day stands on record."""
    return _leave(request, pk, row, "withdraw", WithdrawForm)


@require_http_methods(["GET", "POST"])
def participation_leave_out(request, pk, row):
    """Leave a municipality out of a contract that is being made."""
    return _leave(request, pk, row, "leave_out", LeaveOutForm)


def _leave(request, pk, row, verb, form_class):
    participation = _participation(request, pk, row)
    if before := answered_before(request):
        return before
    found = participation.contract
    if not found.allows(verb) or participation.withdrawn_on:
        messages.error(request, _("This can no longer be done; the page shows how things now stand."))
        return HttpResponseRedirect(found.get_absolute_url())
    form = form_class(request.POST or None, record=participation, by=request.user)
    if request.method == "POST" and form.is_valid():

        def leave():
            getattr(participation, verb)(by=request.user, **form.details)
            return receipt_url(found, AuditEvent.objects.about(found).first())

        if answer := attempt(form, leave, by=request.user):
            return HttpResponseRedirect(answer)
    name = participation.municipality.of_name
    label = _("Record that %(name)s leaves") if verb == "withdraw" else _("Leave %(name)s out")
    return _act(request, found, form, place(participation.municipality), label % {"name": name})
