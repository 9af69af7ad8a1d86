"""Bodies and their seats: who sits, who is put forward, Helsinki's appointment, the end of a term."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.steps import answered_before, take_entry, take_step
from consortium.templatetags.portal import long_weekday_day, place_name
from steering.forms import bodies as forms
from steering.models import Appointment, Body, Candidate, Term, last_days
from steering.pages import bodies as pages
from steering.pages import representation as table

form_page = require_http_methods(["GET", "POST"])


def _manages(request):
    if not request.user.has_perm("steering.manage_bodies"):
        raise PermissionDenied


def _typed(request):
    """Return what was sent, an empty form too, or None while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def _back(body):
    return {"url": body.get_absolute_url(), "label": _("Back, without an entry")}


@login_not_required
@require_safe
def body_list(request):
    """The consortium's bodies and how full their seats are."""
    today = clock.today()
    rows = pages.bodies(today)
    main = {"url": reverse("steering:body_new"), "label": _("Write down a new body")}
    context = {
        "rows": rows,
        "main_act": main if request.user.has_perm("steering.manage_bodies") else None,
    }
    return render(request, "steering/body_list.html", context)


@login_not_required
@require_safe
def body(request, pk):
    """One body: who sits where and until when; for those who may, who is put forward."""
    found, today, user = get_object_or_404(Body, pk=pk), clock.today(), request.user
    seats = list(found.seats.filter(ended_on__isnull=True))
    terms = pages.terms_of(found)
    candidates = pages.waiting(found) if user.has_perm("steering.view_candidates") else []
    context = {
        "body": found,
        "says": pages.says(found, seats, terms, today),
        "acts": pages.acts(user, found, candidates, today),
        "parts": pages.parts(user, found, seats, terms, candidates, today),
        "receipt": pages.receipt(request, found),
    }
    return render(request, "steering/body.html", context)


@form_page
def body_new(request):
    """Write down a body and its seats."""
    _manages(request)
    form = forms.BodyForm(_typed(request), by=request.user)

    def found():
        row = Body.found(by=request.user, **form.details)
        return row, row

    context = {
        "kind": _("Bodies"),
        "title": _("New body"),
        "says": _("A body has seats. Who sits in them is appointed by the City of Helsinki."),
        "heading": _("The body"),
        "button": _("Write down the body"),
        "back": {"url": reverse("steering:body_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, found, template="act.html", **context)


def _current(pk):
    """Return a body that has not ended, or 404."""
    return get_object_or_404(Body.objects.current(), pk=pk)


@form_page
def candidate_new(request, pk):
    """Put somebody forward for a place of a seat."""
    _manages(request)
    found = _current(pk)
    if before := answered_before(request):
        return before
    form = forms.CandidateForm(_typed(request), record=found, by=request.user)

    def put_forward():
        row = Candidate.put_forward(by=request.user, **form.details)
        return found, row

    context = {
        "kind": found.name,
        "title": _("New candidate"),
        "says": _(
            "A candidate has no rights: the City of Helsinki appoints, and its decision is recorded apart."
        ),
        "heading": _("The candidate"),
        "button": _("Put the candidate forward"),
        "back": _back(found),
    }
    return take_entry(request, form, put_forward, template="act.html", **context)


@form_page
def candidate_withdraw(request, pk):
    """Take a candidate off the list."""
    _manages(request)
    row = get_object_or_404(Candidate.objects.select_related("seat__body"), pk=pk)
    context = {
        "kind": row.seat.body.name,
        "title": row.name,
        "says": _("The person is then no longer a candidate for this place. The history keeps the entry."),
        "heading": _("Candidate"),
        "button": _("Take %(who)s off the list") % {"who": row.name},
        "back": _back(row.seat.body),
    }
    return take_step(request, row, "withdraw", PortalForm, template="act.html", **context)


@form_page
def appointment_new(request, pk):
    """Record whom Helsinki's decision appoints, and for which time."""
    _manages(request)
    found = _current(pk)
    if before := answered_before(request):
        return before
    if request.method == "GET" and not pages.waiting(found):
        messages.error(request, _("Put the candidates forward first: nobody waits for an appointment."))
        return HttpResponseRedirect(found.get_absolute_url())
    form = forms.AppointmentForm(_typed(request), record=found, by=request.user)

    def record():
        row = Appointment.record(by=request.user, body=found, **form.details)
        return found, row

    context = {
        "kind": found.name,
        "title": _("Helsinki's appointment"),
        "says": _(
            "Each one's term begins on its first day. Those who have no account get one, and all get a letter."
        ),
        "heading": _("The decision"),
        "button": _("Record the appointment"),
        "back": _back(found),
    }
    return take_entry(request, form, record, template="act.html", **context)


def _term(pk):
    rows = Term.objects.select_related("body_of", "seat", "user", "municipality", "appointment")
    return get_object_or_404(rows, pk=pk)


def _over(request, term):
    messages.error(request, _("This can no longer be done; the page shows how things now stand."))
    return HttpResponseRedirect(term.body_of.get_absolute_url())


@form_page
def term_resign(request, pk):
    """Record that a term ends before its time, or remove one that has not begun."""
    _manages(request)
    term, today = _term(pk), clock.today()
    if before := answered_before(request):
        return before
    if request.method == "GET" and term.ends_on < today:
        return _over(request, term)
    if term.starts_on > today:
        return _step_down(request, term)
    leaves_on = last_days([term.municipality_id], today).get(term.municipality_id)
    if leaves_on and not term.starts_on <= leaves_on < term.ends_on:
        leaves_on = None
    earliest = term.ends_earliest()
    form = forms.ResignForm(
        _typed(request),
        record=term,
        by=request.user,
        leaves_on=leaves_on,
        earliest=earliest,
        has_deputy=term.successor_now() is not None,
    )

    def resign():
        term.resign(by=request.user, **form.details)
        return term.body_of, term

    says = _("Helsinki appointed %(who)s until %(day)s.") % _who_and_day(term)
    if leaves_on:
        facts = {"place": place_name(term.municipality), "day": long_weekday_day(leaves_on)}
        says = f"{says} " + _("%(place)s leaves the consortium: its last day is %(day)s.") % facts
    context = {
        "kind": pages.seat_words(term),
        "title": term.user.get_full_name(),
        "says": says,
        "heading": _("End of the term"),
        "button": _("Record the end of the term"),
        "back": _back(term.body_of),
    }
    return take_entry(request, form, resign, template="act.html", **context)


def _who_and_day(term):
    return {"who": term.user.get_full_name(), "day": long_weekday_day(term.ends_on)}


def _step_down(request, term):
    form = forms.StepDownForm(_typed(request), record=term, by=request.user)

    def step_down():
        term.step_down(by=request.user, **form.details)
        return term.body_of, term.appointment

    context = {
        "kind": pages.seat_words(term),
        "title": term.user.get_full_name(),
        "says": _("The term would begin on %(day)s. It is removed, and the history keeps that it was there.")
        % {"day": long_weekday_day(term.starts_on)},
        "heading": _("Coming term"),
        "button": _("Remove the coming term"),
        "back": _back(term.body_of),
    }
    return take_entry(request, form, step_down, template="act.html", **context)


@form_page
def term_take_over(request, pk):
    """Let the deputy take the seat of a member whose term has ended early."""
    _manages(request)
    term = _term(pk)
    if before := answered_before(request):
        return before
    deputy = term.successor()
    if request.method == "GET" and (deputy is None or not term.is_free()):
        return _over(request, term)
    form = PortalForm(_typed(request), record=term, by=request.user)

    def take_over():
        term.take_over(by=request.user)
        return term.body_of, term

    name = deputy.user.get_full_name() if deputy else ""
    says = _("%(who)s becomes the member of the seat on %(day)s. The seat then has no deputy.")
    context = {
        "kind": pages.seat_words(term),
        "title": _("The deputy takes the seat"),
        "says": says % {"who": name, "day": long_weekday_day(term.free_from())} if deputy else "",
        "heading": _("Seat"),
        "button": _("Let %(who)s take the seat") % {"who": name},
        "back": _back(term.body_of),
    }
    return take_entry(request, form, take_over, template="act.html", **context)


@require_safe
def representation(request, pk):
    """Whom the seats represent: region, size, language and network, now and with the candidates."""
    if not request.user.has_perm("steering.view_candidates"):
        raise PermissionDenied
    found, today = get_object_or_404(Body, pk=pk), clock.today()
    candidates = pages.waiting(found)
    chosen = set(request.GET.getlist("with")) if "asked" in request.GET else None
    picked = [one for one in candidates if chosen is None or str(one.pk) in chosen]
    context = {"body": found, **table.of(found, candidates, picked, today)}
    return render(request, "steering/representation.html", context)
