"""The register on pages: where everybody is, who belongs, one municipality's addresses."""

from functools import cache, lru_cache
from operator import attrgetter

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.lists import Column, ListPage
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, carry_out
from consortium.templatetags.portal import day, number, place, place_name
from members.filters import MunicipalityFilter
from members.forms.municipality import ContactForm, LeaveForm, MunicipalityForm
from members.models import Accession, AccessionState, Contact, Membership, Municipality, MunicipalityLanguage

OF_CONTACTS = gettext_lazy(
    "Whom the service centre turns to in the municipality. A contact does not sign in."
)


def with_standing(rows, today):
    """Add to each row what a list shows: membership today, newest accession, last event."""
    newest = Accession.objects.filter(municipality=OuterRef("pk")).order_by("-pk")
    membership = Membership.objects.on(today).filter(municipality=OuterRef("pk"))
    rows = rows.alias(
        accession_pk=Subquery(newest.values("pk")[:1]), accession_offer=Subquery(newest.values("offer")[:1])
    )
    standing = rows.with_residents().annotate(
        accession_state=Subquery(newest.values("state")[:1]),
        sent_at=Subquery(newest.values("sent_at")[:1]),
        member_period=Subquery(membership.values("period")[:1]),
    )
    accessions = ContentType.objects.get_for_model(Accession)
    events = AuditEvent.objects.filter(record_type=accessions, record_id=OuterRef("accession_pk"))
    events = events.exclude(verb="remind")  # that we asked is nothing that has happened there
    return standing.annotate(last_event_at=Subquery(events.order_by("-at").values("at")[:1]))


@lru_cache(maxsize=2)
def _listed(today):
    """Return the query of the list with what its columns need; put together once a day, since that is dear."""
    shown = ("code", "name_fi", "name_sv", "region_fi", "region_sv", "language", "library_network")
    return with_standing(Municipality.objects.current(today), today).only(*shown)


@lru_cache(maxsize=2000)
def _address(code, language):
    """Return a municipality's page in a language."""
    return reverse("municipality", args=[code])


def places(language):
    """Return the columns that tell which municipality a row is."""
    own = "sv" if language == "sv" else "fi"
    return [
        Column(
            "name",
            _("Municipality"),
            lambda r: place_name(r, language),
            lambda r: place(r, language),
            lambda r: _address(r.code, language),
            (f"sort_key_{own}",),  # each page in its own alphabet
        ),
        Column("code", _("Code"), lambda r: r.code, order_by=("code",)),
        Column("region", _("Region"), attrgetter(f"region_{own}"), order_by=(f"region_{own}",)),
    ]


def _residents():
    return Column(
        "residents",
        _("Residents"),
        lambda r: r.residents,
        lambda r: number(r.residents),
        order_by=("residents",),
        css="num",
    )


@cache
def columns(language):
    """Return the columns of the list in a language, whose words are looked up once, not for each of 450 cells."""
    languages = {status.value: str(status.label) for status in MunicipalityLanguage}
    states = {state.value: str(state.label) for state in AccessionState} | {None: _("not invited")}
    since, not_yet, none = _("member since %(day)s"), _("not yet"), _("none")

    def standing(row):
        if row.member_period:
            return since % {"day": day(row.member_period.lower)}
        return states[row.accession_state]

    return [
        *places(language),
        Column("language", _("Language"), lambda r: languages[r.language], order_by=("language",)),
        Column("network", _("Network"), lambda r: r.library_network, order_by=("library_network",)),
        _residents(),
        Column("state", _("State"), standing, order_by=("accession_state",)),
        Column(
            "sent",
            _("Package sent"),
            lambda r: clock.date_of(r.sent_at),
            lambda r: day(r.sent_at) or not_yet,
            order_by=("sent_at",),
        ),
        Column(
            "event",
            _("Last event"),
            lambda r: clock.date_of(r.last_event_at),
            lambda r: day(clock.date_of(r.last_event_at)) or none,
            order_by=("last_event_at",),
        ),
    ]


@require_safe
def municipality_list(request):
    """Where is everybody: 308 rows to filter, sort and take along."""
    if not request.user.has_perm("members.list_municipalities"):
        if request.user.has_perm("members.list_invoicing"):
            return redirect("members:invoicing_list")
        raise PermissionDenied
    rows = _listed(clock.today()).all()
    listing = ListPage(
        request,
        rows,
        columns(get_language()),
        filterset=MunicipalityFilter,
        caption=_("Municipalities"),
        default_sort="name",
        filename="municipalities",
    )
    return listing.export() or render(request, "members/municipality_list.html", {"list": listing})


@cache
def member_columns(language):
    """Return the columns of the public list in a language; the last one stands in the files alone."""
    return [
        *places(language),
        _residents(),
        Column(
            "since",
            _("Member since"),
            lambda r: r.member_period.lower,
            lambda r: day(r.member_period.lower),
            order_by=("member_period",),
        ),
        Column("residents_on", _("Residents on"), lambda r: r.residents_on, on_page=False),
    ]


def explained(columns):
    """Return each column of the public list with what it means and where it comes from."""
    meanings = {
        "name": _("The municipality's name in the language of the page; in English in its own language."),
        "code": _("The municipality's number in the classification of Statistics Finland, three digits."),
        "region": _("The region in which it lies, by the same classification."),
        "residents": _("How many live there, by the newest figure. Source: Statistics Finland."),
        "since": _("The first day of the membership. It is not the day of any decision."),
        "residents_on": _("The day of the figure of residents. In the files alone."),
    }
    return [{"label": column.label, "explained": meanings[column.key]} for column in columns]


@login_not_required
@require_safe
def member_list(request):
    """Who belongs to the consortium today, for everyone, as a page and as a file."""
    today = clock.today()
    rows = with_standing(Municipality.objects.current(today).members_on(today), today).with_population()
    shown = member_columns(get_language())
    listing = ListPage(
        request,
        rows,
        shown,
        caption=_("Member municipalities"),
        default_sort="name",
        filename="members",
    )
    context = {"list": listing, "today": today, "columns": explained(shown)}
    return listing.export() or render(request, "members/member_list.html", context)


def _own(request, code):
    """Return the municipality if the person may keep its addresses, else 403; unknown codes are 404."""
    found = get_object_or_404(Municipality, code=code)
    if not request.user.has_perm("members.edit_municipality", found):
        raise PermissionDenied
    return found


def _save(request, form, record, back):
    """Save an editing form unless it is stale, once, and record which fields changed. Returns the answer, or None."""
    if request.method != "POST":
        return None
    if before := answered_before(request):
        return before

    def save():
        form.save()
        changed = [name for name in form.changed_data if name in form._meta.fields]
        AuditEvent.record(record, "edit", by=request.user, fields=changed)
        return back

    with transaction.atomic():  # the form locks the row it is held against until it is saved
        if not form.is_valid():
            return None
        answer = carry_out(form, save, by=request.user)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(answer)


@require_http_methods(["GET", "POST"])
def municipality_edit(request, code):
    """Keep the registry's address, the business ID and the invoicing details."""
    found = _own(request, code)
    form = MunicipalityForm(request.POST or None, instance=found)
    answer = _save(request, form, found, found.get_absolute_url())
    return answer or render(
        request,
        "members/edit.html",
        {
            "municipality": found,
            "form": form,
            "kind": _("Addresses"),
            "says": _("Where official letters and invoices reach the municipality."),
        },
    )


@require_http_methods(["GET", "POST"])
def contact_new(request, code):
    """Add a contact."""
    found = _own(request, code)
    form = ContactForm(request.POST or None, instance=Contact(municipality=found))
    answer = _save(request, form, found, found.get_absolute_url())
    return answer or render(
        request,
        "members/edit.html",
        {"municipality": found, "form": form, "kind": _("New contact"), "says": OF_CONTACTS},
    )


@require_http_methods(["GET", "POST"])
def contact_edit(request, code, pk):
    """Correct a contact, or end it."""
    found = _own(request, code)
    contact = get_object_or_404(found.contacts, pk=pk)
    form = ContactForm(request.POST or None, instance=contact)
    answer = _save(request, form, found, found.get_absolute_url())
    return answer or render(
        request,
        "members/edit.html",
        {"municipality": found, "form": form, "kind": _("Contact"), "says": OF_CONTACTS},
    )


@require_http_methods(["GET", "POST"])
def membership_leave(request, pk):
    """Record a notice: the consequence in a sentence before the button."""
    if not request.user.is_staff:
        raise PermissionDenied
    if before := answered_before(request):
        return before
    membership = get_object_or_404(Membership.objects.select_related("municipality"), pk=pk)
    form = LeaveForm(request.POST or None, record=membership, by=request.user)
    if request.method == "POST" and form.is_valid():

        def leave():
            membership.leave(by=request.user, **form.details)
            return membership.municipality.get_absolute_url()

        answer = attempt(form, leave, by=request.user)
        if answer:
            messages.success(request, _("The notice is recorded. The membership ends with its last day."))
            return HttpResponseRedirect(answer)
    context = {"municipality": membership.municipality, "membership": membership, "form": form}
    return render(request, "members/membership_leave.html", context)
