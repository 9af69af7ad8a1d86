"""Offers, for the service centre alone until the award: written down, judged, compared; each reading is logged."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.lists import Column, RowList
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of, receipt_url, take_step
from consortium.templatetags.portal import money, number, place, place_name
from procurement.forms.offers import GroundsForm, JudgeForm, OfferForm, TakeBackForm, UsersForm
from procurement.models import Offer, Procurement, compare, put_grounds, put_users
from procurement.pages import awards
from procurement.pages import offers as pages
from procurement.pages.offers import link
from procurement.readings import OFFERS, VOLUMES, note_reading

step_page = require_http_methods(["GET", "POST"])


def _procurement(request, pk, permission="view_offers"):
    """Return the procurement to those who may read its offers; 404 where it is unknown to them, else 403."""
    rows = Procurement.objects.visible_to(request.user).select_related("round")
    found = get_object_or_404(rows.prefetch_related("lots", "requirements__lot", "criteria__lot"), pk=pk)
    if not request.user.has_perm(f"procurement.{permission}"):
        raise PermissionDenied
    return found


def _lot(request, procurement):
    """Return the lot that the address asks for; the first one, or None without lots."""
    lots, asked = pages.lots_of(procurement), request.GET.get("lot", "")
    found = lots[0] if not asked else next((lot for lot in lots if lot and str(lot.number) == asked), None)
    if asked and found is None:
        raise Http404
    return found


def _kind(procurement):
    return {"label": procurement.title, "url": procurement.get_absolute_url()}


@require_safe
def offer_list(request, pk):
    """The offers beside one another, lot by lot: what each costs the whole, its place and the arithmetic of it."""
    found = _procurement(request, pk)
    note_reading(request.user, found, OFFERS)
    compared = [compare(found, lot) for lot in pages.lots_of(found)]
    parts = []
    for comparison in compared:
        parts.append(pages.offers_part(comparison))
        if comparison.places:
            heading = _("Lot %(lot)s: order") % {"lot": comparison.lot} if comparison.lot else None
            parts.append(pages.ranking_part(comparison.as_frozen(), heading=heading))
    parts.append(pages.grounds_part(request.user, found))
    context = {
        "title": _("Offers"),
        "kind": _kind(found),
        "says": pages.says(found, compared),
        "acts": pages.acts(request.user, found, compared),
        "parts": parts,
        "receipt": awards.receipt(receipt_of(request, found), request.user),
    }
    return render(request, "gathered.html", context)


def _visible(request, pk):
    """Return an offer that the person may read, which is kept in the log; its existence is nobody else's."""
    rows = Offer.objects.visible_to(request.user).select_related("supplier", "lot", "procurement__round")
    found = get_object_or_404(rows, pk=pk)
    note_reading(request.user, found.procurement, OFFERS)
    return found


@require_safe
def offer(request, pk):
    """One offer: its prices and what they come to, how it meets what was required, its place."""
    found = _visible(request, pk)
    comparison = compare(found.procurement, found.lot)
    labels = {
        "judge": _("Judge the offer"),
        "edit": _("Correct what was written down"),
        "withdraw": _("Record that it was withdrawn"),
    }
    steps = found.steps_open_to(request.user)
    if found.procurement.state != "tendering":
        steps = [verb for verb in steps if verb == "withdraw" and found.procurement.state == "awarded"]
    url = link("offer_list", found.procurement_id)
    context = {
        "title": found.name,
        "kind": {"label": _("Offers: %(title)s") % {"title": found.procurement.title}, "url": url},
        "says": _offer_says(found, comparison),
        "acts": [
            {"label": labels[verb], "url": link(f"offer_{verb}", found.pk)}
            for verb in labels
            if verb in steps
        ],
        "parts": pages.offer_parts(request.user, found, comparison),
        "receipt": awards.receipt(receipt_of(request, found), request.user),
    }
    return render(request, "gathered.html", context)


def _offer_says(found, comparison):
    cost = comparison.costs.get(found.pk)
    if found.state == "withdrawn":
        return _("The supplier has withdrawn this offer.")
    if cost is None:
        return _("What the offer costs cannot be reckoned yet.")
    words = _("%(sum)s a year for the whole, without VAT.")
    return words % {"sum": money(cost.total)}


@step_page
def offer_new(request, pk):
    """Write an offer down."""
    found = _procurement(request, pk, "manage_offers")
    if before := answered_before(request):
        return before
    if not found.allows("award"):
        return HttpResponseRedirect(link("offer_list", found.pk))
    form = OfferForm(request.POST or None, by=request.user, procurement=found)
    if request.method == "POST" and form.is_valid():

        def receive():
            row = Offer.receive(found, by=request.user, **form.details)
            return receipt_url(row, AuditEvent.objects.about(row).first())

        if answer := attempt(form, receive, by=request.user):
            return HttpResponseRedirect(answer)
    context = _form_context(found, form) | {
        "title": _("Write an offer down"),
        "button": _("Write the offer down"),
        "says": _("Prices are a year's, in euros without VAT. What they come to is shown next."),
        "new_supplier_url": link("supplier_new"),
    }
    return render(request, "procurement/offer_edit.html", context)


def _form_context(procurement, form):
    return {"form": form, "kind": _kind(procurement), "back": link("offer_list", procurement.pk)}


@step_page
def offer_edit(request, pk):
    """Correct what was written down of an offer."""
    found = _visible(request, pk)
    head = {
        "kind": {"label": found.name, "url": found.get_absolute_url()},
        "title": _("Correct what was written down"),
        "says": _("Each correction stays on record with the prices before it."),
        "button": _("Save the correction"),
        "back": found.get_absolute_url(),
    }
    return take_step(request, found, "edit", OfferForm, template="procurement/offer_edit.html", **head)


@step_page
def offer_judge(request, pk):
    """Record which requirements an offer meets, and its marks."""
    found = _visible(request, pk)
    head = {
        "kind": _("Offer"),
        "title": found.name,
        "says": _("An offer that does not meet a requirement is excluded. Marks are put on the criteria."),
        "button": _("Record requirements and marks"),
    }
    return take_step(request, found, "judge", JudgeForm, **head)


@step_page
def offer_withdraw(request, pk):
    """Record that a supplier took its offer back."""
    found = _visible(request, pk)
    head = {
        "kind": _("Offer"),
        "title": found.name,
        "says": _("A withdrawn offer is left out of the order. If it has won, its contract is barred."),
        "button": _("Record the withdrawal"),
    }
    return take_step(request, found, "withdraw", TakeBackForm, **head)


@step_page
def grounds(request, pk):
    """Say what offers will be judged by, before tenders are opened."""
    found = _procurement(request, pk, "manage_offers")
    if not request.user.has_perm("procurement.edit_procurement", found):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    closed = found.offers.exists() or not found.allows("edit")
    form = GroundsForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def put():
            put_grounds(found, by=request.user, **form.details)
            return receipt_url(found, AuditEvent.objects.about(found).first())

        if answer := attempt(form, put, by=request.user):
            return HttpResponseRedirect(answer)
    context = _form_context(found, form) | {
        "title": _("What offers are judged by"),
        "button": "" if closed else _("Save what offers are judged by"),
        "says": _("Said before tenders are opened; fixed from the first offer on."),
        "back": found.get_absolute_url(),
        "parts": [pages.grounds_part(request.user, found)] if closed else [],
    }
    return render(request, "procurement/offer_edit.html", context)


@step_page
def user_counts(request, pk):
    """How many users each municipality would have, for offers priced by them."""
    found = _procurement(request, pk, "manage_offers")
    if before := answered_before(request):
        return before
    form = UsersForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def put():
            put_users(found, by=request.user, counts=form.cleaned_data["counts"])
            event = AuditEvent.objects.about(found).first()
            return f"{link('offer_list', found.pk)}?receipt={event.pk}"

        if answer := attempt(form, put, by=request.user):
            return HttpResponseRedirect(answer)
    context = {
        "form": form,
        "kind": found.title,
        "title": _("Users of the municipalities"),
        "says": _("Needed only for offers that are priced by users or licences."),
        "heading": _("Numbers"),
        "button": _("Save the numbers of users"),
        "back": {"url": link("offer_list", found.pk), "label": _("Back, without an entry")},
    }
    return render(request, "act.html", context)


class _Line:
    """One municipality of the comparison, with what it would pay by each offer (€ a year)."""

    def __init__(self, buyer, municipality, row, names):
        self.buyer, self.municipality, self.row = buyer, municipality, row
        self.sort_key_fi, self.sort_key_sv = municipality.sort_key_fi, municipality.sort_key_sv
        self.residents, self.volume = buyer.residents, buyer.volume
        self.lowest = ", ".join(names[pk] for pk in row.lowest)
        for pk, amount in row.amounts.items():
            setattr(self, f"offer_{pk}", amount)


def _shown(line, pk):
    amount = line.row.amounts[pk]
    return format_html("<b>{}</b>", money(amount)) if pk in line.row.lowest else money(amount)


def _columns(comparison):
    language = "sv" if get_language() == "sv" else "fi"
    found = [
        Column(
            "name",
            _("Municipality"),
            lambda r: place_name(r.municipality),
            lambda r: place(r.municipality),
            lambda r: r.municipality.get_absolute_url(),
            (f"sort_key_{language}",),
        ),
        Column(
            "residents",
            _("Residents"),
            lambda r: r.residents,
            lambda r: number(r.residents),
            order_by=("residents",),
            css="num",
        ),
        Column(
            "volume",
            _("Yearly volume"),
            lambda r: r.volume,
            lambda r: money(r.volume),
            order_by=("volume",),
            css="num",
        ),
    ]
    for offer in comparison.offers:
        if offer.pk in comparison.costs:
            found.append(
                Column(
                    f"offer_{offer.pk}",
                    offer.name,
                    partial(lambda r, pk: r.row.amounts[pk], pk=offer.pk),
                    partial(_shown, pk=offer.pk),
                    order_by=(f"offer_{offer.pk}",),
                    css="num",
                )
            )
    found.append(Column("lowest", _("Lowest"), lambda r: r.lowest, order_by=("lowest",)))
    return found


@require_safe
def comparison(request, pk):
    """What each municipality would pay by each offer, and which is the lowest for it."""
    found = _procurement(request, pk)
    note_reading(request.user, found, OFFERS)
    note_reading(request.user, found, VOLUMES)
    lot = _lot(request, found)
    compared = compare(found, lot)
    names = {offer.pk: offer.name for offer in compared.offers}
    lines = []
    if compared.costs:
        lines = [
            _Line(b, compared.municipalities[b.key], compared.rows[b.key], names)
            for b in compared.participants
        ]
    page = RowList(
        request,
        lines,
        _columns(compared),
        caption=_("Cost of each offer, euros a year without VAT"),
        default_sort="name",
        filename=f"offers-{found.number}",
    )
    if answer := page.export():
        return answer
    counted = ngettext("%(n)s municipality", "%(n)s municipalities", page.count) % {"n": number(page.count)}
    context = {
        "title": _("Offers for each municipality"),
        "kind": {
            "label": _("Offers: %(title)s") % {"title": found.title},
            "url": link("offer_list", found.pk),
        },
        "says": _comparison_says(compared, names),
        "parts": [],
        "list": page,
        "list_heading": _("Lot %(lot)s") % {"lot": lot} if lot else _("Municipalities"),
        "counted": counted,
        "sheet_about": _("The lowest of each municipality is in bold and named in the last column."),
        "sheet_foot": _sums(page, compared),
        "sheet_empty": _("No offer can be reckoned yet."),
        "lots": [(each, f"?lot={each.number}", each == lot) for each in pages.lots_of(found) if each],
    }
    return render(request, "gathered.html", context)


def _comparison_says(compared, names):
    """Return which offer is lowest for the whole, and for how many municipalities each is."""
    if not compared.costs:
        return _("No offer can be reckoned yet.")
    totals = {pk: cost.total for pk, cost in compared.costs.items()}
    least = min(totals, key=totals.get)
    told = [
        _("%(name)s is lowest for the whole: %(sum)s a year.")
        % {"name": names[least], "sum": money(totals[least])}
    ]
    counts = {pk: sum(pk in row.lowest for row in compared.rows.values()) for pk in totals}
    for pk, count in counts.items():
        if not count:
            continue
        words = ngettext(
            "%(name)s is lowest for %(n)s municipality.",
            "%(name)s is lowest for %(n)s municipalities.",
            count,
        )
        told.append(words % {"name": names[pk], "n": number(count)})
    return " ".join(told)


def _sums(page, compared):
    shown = {f"offer_{pk}": money(cost.total) for pk, cost in compared.costs.items()}
    cells = [column for column in page.columns if column.on_page]
    return [
        {"value": _("Together") if at == 0 else shown.get(c.key, ""), "css": c.css, "label": c.label}
        for at, c in enumerate(cells)
    ]
