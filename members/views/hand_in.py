"""Handing in a decision by the package's page without an account, and what becomes of it."""

import ipaddress
from contextlib import suppress
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_url
from consortium.templatetags.portal import moment, weekday_day
from members.forms.hand_in import DigitsForm, HandInForm, SetAsideForm
from members.models import HandIn
from members.views.extract import send_extract
from members.views.package import open_accession, page_language

SALT = "hand-in"
RECEIPT_HOLDS = 14 * 24 * 3600  # seconds
TRIES, MINUTES = 5, 15  # wrong digits from one address
MANY = 50  # wrong digits about one matter in a day, from anywhere: somebody is guessing
TRIES_A_DAY = (
    3  # from one address while somebody guesses: she who has the letter is let in, a guesser hardly moves
)
DAY = 24 * 3600  # seconds
WRONG = gettext_lazy("These are not the digits of this municipality's letter. Look at the newest letter.")
TOO_MANY = gettext_lazy(
    "Too many wrong digits. Wait for 15 minutes and try again, or send the extract by e-mail to the service centre."
)
NO_MORE_TODAY = gettext_lazy(
    "Too many wrong digits. No more tries from here today: send the extract by e-mail to %(address)s."
)


@csrf_exempt  # the digits in the form are what lets in, not a session: an old page, or no cookie, loses nothing
@login_not_required
@require_http_methods(["GET", "POST"])
def hand_in(request, code):
    """First the digits of the letter, then the decision with its extract; a receipt answers."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied  # nobody guesses through other people's browsers
    record = open_accession(code)
    with translation.override(page_language(request, record)):
        if request.method == "GET" or "form_key" not in request.POST:
            return _ask_for_digits(request, record)
        return answered_before(request) or _take(request, record)


def _ask_for_digits(request, record):
    form, status = DigitsForm(request.POST or None), HTTPStatus.OK
    if record.takes_hand_ins() and form.is_valid():
        refusal = _refusal(request, record, form.cleaned_data["digits"])
        if refusal is None:
            given = {"digits": record.hand_in_code}
            return _page(request, record, HandInForm(record=record, by=request.user, initial=given))
        form.add_error("digits", refusal)
        status = _status(refusal)
    return _page(request, record, form, status=status)


def _status(refusal):
    return HTTPStatus.OK if refusal is None or refusal is WRONG else HTTPStatus.TOO_MANY_REQUESTS


def _take(request, record):
    refusal = _refusal(request, record, request.POST.get("digits", ""))
    files = {} if refusal else request.FILES  # a file without the digits is not even looked into
    form = HandInForm(request.POST, files, record=record, by=request.user)
    if refusal:
        form.refuse_digits(refusal)
    elif form.is_valid():

        def act():
            row = HandIn.receive(record, language=get_language(), **form.details)
            receipt = signing.dumps(row.pk, salt=SALT)
            return reverse("members:hand_in_received", args=[record.code, receipt])

        if answer := attempt(form, act, by=request.user):
            return HttpResponseRedirect(answer)
    return _page(request, record, form, status=_status(refusal))


def _page(request, record, form, *, status=HTTPStatus.OK):
    context = {
        "record": record,
        "municipality": record.municipality,
        "form": form,
        "open": record.takes_hand_ins(),
        "asks_digits": isinstance(form, DigitsForm),
        "closes_on": record.hand_in_closes_on,
    }
    return render(request, "members/hand_in.html", context, status=status)


def _refusal(request, record, typed):
    """Return why these digits do not open the form, or None. Each try is counted before it is looked at."""
    matter, here = f"hand-in:{record.pk}", _network(get_adapter().get_client_ip(request))
    today = f"{matter}:{clock.today()}"
    if _count(f"{matter}:{here}", MINUTES * 60) > TRIES:
        return TOO_MANY
    here_today, everywhere = _count(f"{today}:{here}", DAY), _count(today, DAY)
    if everywhere > MANY and here_today > TRIES_A_DAY:
        return NO_MORE_TODAY % {"address": settings.CONTACT_EMAIL}
    if not constant_time_compare("".join(typed.split()), record.hand_in_code):
        return WRONG
    for key in (f"{matter}:{here}", f"{today}:{here}", today):
        with suppress(ValueError):  # it has just run out
            cache.decr(key)
    return None


def _network(address):
    """Return what one sender can choose from: of IPv6 a whole /64, of IPv4 the address."""
    try:
        return str(ipaddress.IPv6Network(f"{address}/64", strict=False))
    except ValueError:
        return address


def _count(key, seconds):
    """Count a try and return how many there have been since the first one of this stretch."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.add(key, 1, seconds)
        return 1


@login_not_required
@require_safe
def hand_in_received(request, code, receipt):
    """The receipt of what was handed in, for whoever has just sent it."""
    record = open_accession(code)
    try:
        pk = signing.loads(receipt, salt=SALT, max_age=RECEIPT_HOLDS)
    except signing.BadSignature:
        raise Http404 from None
    row = get_object_or_404(record.hand_ins, pk=pk)
    with translation.override(page_language(request, record)):
        context = {
            "record": record,
            "municipality": record.municipality,
            "receipt": {"rows": _receipt_rows(record, row)},
        }
        return render(request, "members/hand_in_received.html", context)


def _receipt_rows(record, row):
    events = AuditEvent.objects.about(record).filter(verb="hand_in", details__hand_in=row.pk)
    body, section = str(row.get_body_display()), f", § {row.section}" if row.section else ""
    return [
        (_("What"), _("Decision handed in")),
        (_("For whom"), record.municipality.name),
        (
            _("Decision"),
            f"{body[:1].upper()}{body[1:]}, {weekday_day(row.meeting_on)}{section}: {row.get_outcome_display()}",
        ),
        (_("File"), row.extract.name.rpartition("/")[2]),
        (_("When"), moment(row.received_at)),
        *((_("Receipt"), event.number) for event in events[:1]),
        (
            _("What next"),
            _(
                "The municipality's representative or the service centre checks and records it; "
                "it counts from then on. This receipt also went to your e-mail address."
            ),
        ),
    ]


@require_safe
def hand_in_file(request, pk):
    """The extract of something handed in, for those who may see the accession."""
    row = get_object_or_404(HandIn.objects.visible_to(request.user).exclude(extract=""), pk=pk)
    if row.settled_at and not row.decision_id and not request.user.is_staff:
        raise Http404  # what was set aside may not even be this municipality's
    return send_extract(request, row)


@require_http_methods(["GET", "POST"])
def hand_in_aside(request, pk):
    """Say why something handed in is not recorded."""
    row = get_object_or_404(HandIn.objects.visible_to(request.user).waiting(), pk=pk)
    if not request.user.has_perm("members.decide_accession", row.accession):
        raise PermissionDenied
    form = SetAsideForm(request.POST or None, row=row, by=request.user)
    if request.method == "POST":
        if before := answered_before(request):
            return before
        if form.is_valid():

            def act():
                row.set_aside(
                    by=request.user,
                    reason=form.cleaned_data["reason"],
                    remove_file=form.cleaned_data.get("remove_file", False),
                )
                return receipt_url(row.accession, AuditEvent.objects.about(row.accession).first())

            if answer := attempt(form, act, by=request.user):
                return HttpResponseRedirect(answer)
    context = {
        "record": row.accession,
        "form": form,
        "kind": _("Joining"),
        "title": row.accession.municipality.name,
        "says": _("%(who)s handed in: %(body)s, %(day)s, %(outcome)s. Set aside, it is not recorded.")
        % {
            "who": row.sender,
            "body": row.get_body_display(),
            "day": weekday_day(row.meeting_on),
            "outcome": row.get_outcome_display(),
        },
        "button": _("Set aside what was handed in: %(name)s") % {"name": row.accession.municipality.name},
    }
    return render(request, "step.html", context)
