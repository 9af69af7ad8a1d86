"""What an invoice needs, for those who send the invoices: a list, also as a file."""

from functools import cache

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consortium import clock
from consortium.lists import Column, ListPage
from consortium.templatetags.portal import day
from members.filters import InvoicingFilter
from members.models import Municipality
from members.views.municipality import places, with_standing


@cache
def columns(language):
    """Return the columns of the list in a language."""
    missing, no_member = _("missing"), _("not a member")

    def fact(key, label):
        def value(row):
            return getattr(row, key)

        return Column(key, label, value, lambda row: value(row) or missing, order_by=(key,))

    return [
        *places(language),
        Column(
            "since",
            _("Member since"),
            lambda r: r.member_period.lower if r.member_period else None,
            lambda r: day(r.member_period.lower) if r.member_period else no_member,
            order_by=("member_period",),
        ),
        fact("business_id", _("Business ID")),
        fact("einvoice_address", _("E-invoice address")),
        fact("einvoice_operator", _("Operator")),
        fact("buyer_reference", _("Buyer's reference")),
    ]


@require_safe
def invoicing_list(request):
    """Each municipality with its invoicing details, to filter, sort and take along."""
    if not request.user.has_perm("members.list_invoicing"):
        raise PermissionDenied
    today = clock.today()
    listing = ListPage(
        request,
        with_standing(Municipality.objects.current(today), today),
        columns(get_language()),
        filterset=InvoicingFilter,
        caption=_("Invoicing details"),
        default_sort="name",
        filename="invoicing",
    )
    return listing.export() or render(request, "members/invoicing_list.html", {"list": listing})
