"""Suppliers: the list, one, written down and changed, withdrawn or bought by another."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.gather import Part
from consortium.lists import Column, ListPage
from consortium.steps import receipt_of, take_entry, take_step
from consortium.templatetags.portal import day, number
from procurement.forms.suppliers import LeaveForm, MergeForm, SupplierForm
from procurement.models import Contract, Offer, Supplier
from procurement.pages import awards
from procurement.pages.offers import link

step_page = require_http_methods(["GET", "POST"])


def _may(request, permission):
    if not request.user.has_perm(f"procurement.{permission}"):
        raise PermissionDenied


def _columns():
    return [
        Column(
            "name",
            _("Supplier"),
            lambda r: r.name,
            url=lambda r: r.get_absolute_url(),
            order_by=("sort_key",),
        ),
        Column("business_id", _("Business ID"), lambda r: r.business_id or r.foreign_id),
        Column("contact", _("Contact person"), lambda r: r.contact_name or _("not known")),
        Column("email", _("E-mail address"), lambda r: r.email or _("not known"), order_by=("email",)),
        Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state", "sort_key")),
    ]


@require_safe
def supplier_list(request):
    """Every supplier that has been written down."""
    _may(request, "view_suppliers")
    rows = Supplier.objects.visible_to(request.user)
    page = ListPage(
        request, rows, _columns(), caption=_("Suppliers"), default_sort="name", filename="suppliers"
    )
    if answer := page.export():
        return answer
    acts = []
    if request.user.has_perm("procurement.manage_suppliers"):
        acts = [{"label": _("Write a supplier down"), "url": link("supplier_new")}]
    words = ngettext("%(n)s supplier", "%(n)s suppliers", page.count)
    context = {
        "title": _("Suppliers"),
        "kind": {"label": _("Procurements"), "url": link("procurement_list")},
        "says": _("Companies that have made offers or sell to the municipalities now."),
        "acts": acts,
        "list": page,
        "list_heading": _("Suppliers"),
        "counted": words % {"n": number(page.count)},
        "sheet_empty": _("No supplier has been written down yet."),
    }
    return render(request, "gathered.html", context)


def _supplier(request, pk):
    return get_object_or_404(Supplier.objects.visible_to(request.user).select_related("successor"), pk=pk)


@require_safe
def supplier(request, pk):
    """One supplier: addresses, offers that the reader may know of, contracts."""
    _may(request, "view_suppliers")
    found = _supplier(request, pk)
    facts = [
        (_("State"), found.get_state_display()),
        (_("Business ID"), found.business_id or found.foreign_id or _("not known")),
        (_("Contact person"), found.contact_name or _("not known")),
        (_("E-mail address"), found.email or _("not known")),
        (_("Telephone"), found.phone or _("not known")),
        (_("Language of letters"), found.get_language_display()),
    ]
    if found.website:
        facts.append((_("Website"), found.website))
    parts = [Part(_("Details"), "members/parts/facts.html", {"facts": facts})]
    parts += [_offers_part(request.user, found), _contracts_part(request.user, found)]
    labels = {
        "edit": _("Change the details"),
        "withdraw": _("Record that it withdrew"),
        "merge": _("Record that it was bought"),
    }
    acts = [
        {"label": labels[v], "url": link(f"supplier_{v}", found.pk)}
        for v in found.steps_open_to(request.user)
    ]
    event = receipt_of(request, found)
    context = {
        "title": found.name,
        "kind": {"label": _("Suppliers"), "url": link("supplier_list")},
        "says": _says(found),
        "acts": acts,
        "parts": parts,
        "receipt": awards.receipt(event, request.user),
    }
    return render(request, "gathered.html", context)


def _says(found):
    if found.successor:
        words = _("Bought by %(name)s on %(day)s.")
        return words % {"name": found.successor.name, "day": day(found.ended_on)}
    if found.ended_on:
        return _("Sells no more since %(day)s.") % {"day": day(found.ended_on)}
    return _("In business.")


def _offers_part(user, found):
    rows = Offer.objects.visible_to(user).filter(supplier=found).select_related("procurement", "lot")
    shown = [
        {
            "what": row.procurement.title,
            "url": row.get_absolute_url(),
            "when": day(row.received_on),
            "text": row.get_state_display(),
        }
        for row in rows.order_by("-received_on", "-pk")
    ]
    context = {"rows": shown, "empty": _("No offers that you may read.")}
    return Part(_("Offers"), "members/parts/links.html", context, is_list=True)


def _contracts_part(user, found):
    rows = Contract.objects.visible_to(user).filter(supplier=found).order_by("-begins_on", "-pk")
    shown = [
        {
            "what": row.title,
            "url": row.get_absolute_url(),
            "when": day(row.begins_on),
            "text": row.get_state_display(),
        }
        for row in rows
    ]
    context = {"rows": shown, "empty": _("No contracts.")}
    return Part(_("Contracts"), "members/parts/links.html", context, is_list=True)


@step_page
def supplier_new(request):
    """Write a supplier down."""
    _may(request, "manage_suppliers")
    form = SupplierForm(request.POST or None, by=request.user)

    def begin():
        return Supplier.begin(by=request.user, **form.details)

    context = {
        "kind": _("Suppliers"),
        "title": _("A new supplier"),
        "says": _("The service centre alone and the auditor read it."),
        "heading": _("Details"),
        "button": _("Write the supplier down"),
        "back": {"url": link("supplier_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, begin, template="act.html", **context)


@step_page
def supplier_edit(request, pk):
    """Change a supplier's details."""
    _may(request, "manage_suppliers")
    found = _supplier(request, pk)
    context = {
        "kind": _("Supplier"),
        "title": found.name,
        "says": _("Changes stay on record."),
        "button": _("Save the details"),
    }
    return take_step(request, found, "edit", SupplierForm, **context)


def _leave(request, pk, verb, form, says, button):
    _may(request, "manage_suppliers")
    found = _supplier(request, pk)
    count = found.concerned(clock.today()).count()
    words = ngettext(
        "%(n)s municipality is told: it uses a service of the supplier, or waits for a contract with it.",
        "%(n)s municipalities are told: they use a service of the supplier, or wait for a contract with it.",
        count,
    )
    context = {
        "kind": _("Supplier"),
        "title": found.name,
        "says": says,
        "about": words % {"n": number(count)},
        "button": button,
    }
    return take_step(request, found, verb, form, **context)


@step_page
def supplier_withdraw(request, pk):
    """Note that the supplier sells no more, and tell those concerned."""
    return _leave(
        request,
        pk,
        "withdraw",
        LeaveForm,
        _("The supplier sells no more. Contracts stay as they are until a person decides."),
        _("Record it and tell those concerned"),
    )


@step_page
def supplier_merge(request, pk):
    """Note that another supplier has bought it, and tell those concerned."""
    return _leave(
        request,
        pk,
        "merge",
        MergeForm,
        _("Another supplier has bought it. Contracts stay as they are until a person decides."),
        _("Record it and tell those concerned"),
    )
