"""What we have: the catalogue of e-resources, for everyone; who has access to what."""

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.lists import Column, ListPage, RowList
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, carry_out
from consortium.templatetags.portal import day, number, place
from members.models import Municipality
from procurement.filters import ResourceFilter
from procurement.forms.resource import HoldingEndForm, HoldingForm, ResourceForm
from procurement.models import Holding, Participation, Resource
from procurement.reach import places_of_resources, reach

PERCENT = 100
TENTH = Decimal("0.1")


def _staff(request):
    if not request.user.has_perm("procurement.manage_resources"):
        raise PermissionDenied


@login_not_required
@require_safe
def resource_list(request):
    """What libraries' customers can use: of all municipalities, or of one; the same rows as a file."""
    today = clock.today()
    rows = Resource.objects.visible_to(request.user)
    if not request.user.has_perm("procurement.manage_resources"):
        rows = rows.in_use(today)
    having = {resource.pk: len(found) for resource, found in places_of_resources(today).items()}
    code = request.GET.get("municipality", "")
    chosen = Municipality.objects.filter(code=code).first() if code else None
    listing = ListPage(
        request,
        rows,
        _columns(having),
        filterset=ResourceFilter,
        caption=_("E-resources"),
        default_sort="title",
        filename="e-resources",
    )
    context = {
        "list": listing,
        "chosen": chosen,
        "may_manage": request.user.has_perm("procurement.manage_resources"),
    }
    return listing.export() or render(request, "procurement/resource_list.html", context)


def _columns(having):
    return [
        Column(
            "title",
            _("Name"),
            lambda r: r.title,
            url=lambda r: r.get_absolute_url(),
            order_by=("title",),
        ),
        Column("material", _("Material"), lambda r: r.get_material_display(), order_by=("material",)),
        Column("languages", _("Languages"), lambda r: ", ".join(map(str, r.language_words))),
        Column("about", _("What it is"), lambda r: r.about),
        Column("help", _("Who helps"), lambda r: r.help),
        Column(
            "places",
            _("Municipalities"),
            lambda r: having.get(r.pk, 0),
            lambda r: number(having.get(r.pk, 0)),
            css="num",
        ),
        Column("url", _("Address"), lambda r: r.url, on_page=False),
    ]


@login_not_required
@require_safe
def resource(request, pk):
    """One e-resource: what it is, where one begins, who helps, which libraries have it."""
    rows, today = Resource.objects.visible_to(request.user).select_related("contract"), clock.today()
    found = get_object_or_404(rows, pk=pk)
    together = Participation.objects.in_use(today).filter(contract=found.contract_id).values("municipality")
    alone = found.holdings.filter(period__contains=today).values("municipality")
    places = (
        Municipality.objects.filter(pk__in=together) | Municipality.objects.filter(pk__in=alone)
    ).distinct()
    places = list(places.order_by("sort_key_fi"))
    context = {
        "resource": found,
        "languages": ", ".join(map(str, found.language_words)),
        "places": [{"name": place(m), "url": m.get_absolute_url()} for m in places],
        "counted": ngettext("%(n)s municipality", "%(n)s municipalities", len(places))
        % {"n": number(len(places))},
        "may_manage": request.user.has_perm("procurement.manage_resources"),
        "holdings": _holdings(found, request.user, today),
    }
    return render(request, "procurement/resource.html", context)


def _holdings(found, user, today):
    """Return, for the service centre, who has bought it alone and until when."""
    if not user.has_perm("procurement.manage_resources"):
        return []
    return [
        {
            "when": day(row.period.lower),
            "what": row.municipality.name,
            "text": _("until %(day)s") % {"day": day(row.last_day)} if row.last_day else _("goes on"),
            "link": {
                "label": _("Write the last day of %(name)s") % {"name": row.municipality.of_name},
                "url": reverse("procurement:holding_end", args=[found.pk, row.pk]),
            }
            if row.last_day is None
            else None,
        }
        for row in found.holdings.select_related("municipality")
    ]


@require_http_methods(["GET", "POST"])
def resource_new(request):
    """Add an e-resource to the catalogue."""
    _staff(request)
    return _edit(request, None, _("Add an e-resource"), _("Add it to the catalogue"))


@require_http_methods(["GET", "POST"])
def resource_edit(request, pk):
    """Correct what the catalogue says of an e-resource."""
    _staff(request)
    found = get_object_or_404(Resource, pk=pk)
    return _edit(request, found, found.title, _("Save the correction"))


def _edit(request, found, title, button):
    if before := answered_before(request):
        return before
    form = ResourceForm(request.POST or None, instance=found)
    if request.method == "POST":
        with transaction.atomic():  # the form locks the row it is held against until it is saved
            answer = (
                carry_out(form, lambda: _save(form, request.user), by=request.user)
                if form.is_valid()
                else None
            )
        if answer:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(answer)
    back = found.get_absolute_url() if found and found.pk else reverse("procurement:resource_list")
    return _act(request, form, title, _("What the public reads"), button, back)


def _save(form, by):
    is_new = form.instance.pk is None
    row = form.save()
    fields = [name for name in form.changed_data if name in form._meta.fields]
    AuditEvent.record(row, "add" if is_new else "edit", by=by, fields=fields)
    return row.get_absolute_url()


def _act(request, form, title, heading, button, back):
    context = {
        "kind": _("E-resources"),
        "title": title,
        "says": _("The catalogue is public, and each municipality's page shows its own."),
        "heading": heading,
        "form": form,
        "button": button,
        "back": {"url": back, "label": _("Back, without an entry")},
    }
    return render(request, "act.html", context)


@require_http_methods(["GET", "POST"])
def holding_new(request, pk):
    """Write that a municipality has an e-resource that it bought alone."""
    _staff(request)
    if before := answered_before(request):
        return before
    found = get_object_or_404(Resource, pk=pk)
    form = HoldingForm(request.POST or None, record=found, by=request.user)
    if request.method == "POST" and form.is_valid():

        def begin():
            details = form.details
            Holding.begin(found, details.pop("municipality"), by=request.user, **details)
            return found.get_absolute_url()

        if answer := attempt(form, begin, by=request.user):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(answer)
    button = _("Write it down")
    return _act(request, form, found.title, _("Bought alone"), button, found.get_absolute_url())


@require_http_methods(["GET", "POST"])
def holding_end(request, pk, row):
    """Write the last day on which a municipality has an e-resource of its own."""
    _staff(request)
    if before := answered_before(request):
        return before
    holding = get_object_or_404(
        Holding.objects.select_related("resource", "municipality"), pk=row, resource=pk
    )
    form = HoldingEndForm(request.POST or None, record=holding, by=request.user)
    back = holding.resource.get_absolute_url()
    if request.method == "POST" and form.is_valid():

        def end():
            holding.end(by=request.user, **form.details)
            return back

        if answer := attempt(form, end, by=request.user):
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(answer)
    heading = holding.municipality.name
    return _act(request, form, holding.resource.title, heading, _("Write the last day"), back)


# --- Who has access ------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def resource_access(request):
    """The share of residents with access to each service, and to material in each language."""
    today = clock.today()
    residents, services, languages = reach(today)
    by_service = RowList(
        request,
        sorted(services, key=lambda row: (-row.residents, row.name)),
        _reach_columns(_("Service"), linked=True),
        caption=_("Residents with access to each service"),
        filename="access-by-service",
    )
    context = {
        "list": by_service,
        "languages": [_shown(row) for row in languages],
        "residents": residents,
        "today": today,
        "widest": max(services, key=lambda row: row.residents, default=None),
    }
    return by_service.export() or render(request, "procurement/resource_access.html", context)


def percent(share):
    """Return a share of residents in per cent with one decimal, or that nobody lives there."""
    if share is None:
        return _("no residents")
    return f"{number((share * PERCENT).quantize(TENTH))}\u00a0%"


def _reach_columns(label, *, linked):
    def share(group):
        return lambda row: row.shares[group]

    def per(value):
        return lambda row: None if value(row) is None else (value(row) * PERCENT).quantize(TENTH)

    columns = [
        Column(
            "name",
            label,
            lambda row: row.name,
            url=(lambda row: row.subject.get_absolute_url()) if linked else None,
            order_by=("name",),
        ),
        Column(
            "municipalities",
            _("Municipalities"),
            lambda row: row.municipalities,
            lambda row: number(row.municipalities),
            order_by=("municipalities",),
            css="num",
        ),
        Column(
            "residents",
            _("Residents"),
            lambda row: row.residents,
            lambda row: number(row.residents),
            order_by=("residents",),
            css="num",
        ),
        Column(
            "share",
            _("All residents"),
            per(lambda row: row.share),
            lambda row: percent(row.share),
            order_by=("share",),
            css="num",
        ),
    ]
    groups = {
        "fi": _("Finnish-speaking"),
        "both": _("Bilingual"),
        "sv": _("Swedish-speaking"),
    }
    columns += [
        Column(f"share_{g}", words, per(share(g)), lambda row, g=g: percent(row.shares[g]), css="num")
        for g, words in groups.items()
    ]
    return columns


def _shown(row):
    return {
        "name": row.name,
        "municipalities": number(row.municipalities),
        "residents": number(row.residents),
        "share": percent(row.share),
        "shares": [percent(row.shares[g]) for g in ("fi", "both", "sv")],
    }
