"""Pages of the kernel: those that gather from the apps, and those that belong to nobody else."""

import datetime as dt
import secrets
import sys
from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.views import defaults
from django.views.decorators.http import require_GET, require_safe

from consortium import clock, documents, feedback, gather, keeping, mailbox, public
from consortium.models import OutgoingEmail
from consortium.models.mail import MailState
from consortium.rows import row

LONGEST = 100  # letters of a search
MANY = 20  # undelivered letters named on the service centre's page
STUCK = dt.timedelta(minutes=5)  # a letter that has waited longer means that the worker does not run


@login_not_required
@require_safe
def front(request):
    """The public front page: is your municipality in, how many are, who they are; or the map alone."""
    today = clock.today()
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    on_map = request.GET.get("view") == "map"
    context = {
        "today": today,
        "words": words,
        "answers": gather.collect(gather.LOOK_UP, words, today) if words else [],
        "on_map": on_map,
        "parts": gather.collect(gather.MAP, today) if on_map else _front_parts(today),
    }
    return render(request, "consortium/front.html", context)


def _front_parts(today):
    """Return the figures and the list of members, then what is bought and decided, then the way in."""
    return [
        *gather.collect(gather.FRONT, today),
        public.services(today),
        public.decisions(today),
        *gather.collect(gather.FRONT_END, today),
    ]


@require_safe
def home(request):
    """Everyone's own front page: the service centre's, or that of the municipality one acts for."""
    if request.user.is_staff:
        return staff_home(request)
    municipalities = gather.collect(gather.MUNICIPALITIES_OF, request.user)
    if not municipalities and request.user.duties:
        return redirect("duties")
    if not municipalities:
        return render(request, "consortium/nobody_home.html")
    kept = request.session.get("municipality")
    chosen = next((m for m in municipalities if m.code == kept), municipalities[0])
    return redirect("member_home", code=chosen.code)


def staff_home(request):
    """What waits for the service centre, deadlines first; the year as numbers that open their lists."""
    today = clock.today()
    request.session.pop("municipality", None)
    tasks = sorted(gather.collect(gather.STAFF_HOME, request.user, today), key=gather.by_deadline)
    deadlines = gather.collect(gather.STAFF_DEADLINES, request.user, today)
    undelivered = OutgoingEmail.objects.undelivered()
    stuck = clock.now() - STUCK
    context = {
        "today": today,
        "tasks": [row(t, today) for t in tasks],
        "oldest": max((t.age(today) for t in tasks if t.since), default=0),
        "first_due": next((t.due_on for t in tasks if t.due_on), None),
        "deadlines": [row(t, today) for t in sorted(deadlines, key=gather.by_deadline)],
        "year": [*gather.collect(gather.STAFF_YEAR, request.user, today), feedback.line()],
        "undelivered": undelivered[:MANY],
        "undelivered_count": undelivered.count(),
        "waiting": OutgoingEmail.objects.filter(state=MailState.QUEUED).count(),
        "stuck": OutgoingEmail.objects.due().filter(queued_at__lt=stuck).count(),
        "left_behind": sum(kind.objects.left_behind().count() for kind in documents.kinds()),
        "last_sent": OutgoingEmail.objects.filter(state=MailState.SENT).order_by("-sent_at").first(),
    }
    return render(request, "consortium/staff_home.html", context)


@require_safe
def member_home(request, code):
    """What waits for one municipality, what it has in preparation, what it has done."""
    municipality = next(
        (m for m in gather.collect(gather.MUNICIPALITIES_OF, request.user) if m.code == code), None
    )
    if municipality is None:
        raise Http404
    if request.session.get("municipality") != code:
        request.session["municipality"] = code
    today = clock.today()
    tasks = sorted(
        gather.collect(gather.MEMBER_HOME, request.user, municipality, today), key=gather.by_deadline
    )
    waiting = [t for t in tasks if not t.paused_until]
    context = {
        "today": today,
        "municipality": municipality,
        "kind": _kind(municipality, today),
        "says": _says(request.user, municipality, today),
        "waiting": [row(t, today) for t in waiting],
        "first_due": next((t.due_on for t in waiting if t.due_on), None),
        "paused": [row(t, today) for t in tasks if t.paused_until],
        "done": [
            row(t, today) for t in gather.collect(gather.MEMBER_DONE, request.user, municipality, today)
        ],
        "parts": [
            *gather.collect(gather.MEMBER_PARTS, request.user, municipality, today),
            public.news(today),
        ],
    }
    return render(request, "consortium/member_home.html", context)


def _kind(municipality, today):
    return next(iter(gather.collect(gather.MUNICIPALITY_KIND, municipality, today)), "")


def _says(user, municipality, today):
    said = gather.collect(gather.MUNICIPALITY_SAYS, user, municipality, today)
    return format_html_join(" ", "{}", ((sentence,) for sentence in said))


@login_not_required
@require_safe
def municipality(request, code):
    """One municipality: for the public its status, for its own people and the service centre everything."""
    found = next(iter(gather.collect(gather.MUNICIPALITY_BY_CODE, code)), None)
    if found is None:
        raise Http404
    today = clock.today()
    acts = gather.collect(gather.MUNICIPALITY_ACTS, request.user, found, today)
    context = {
        "municipality": found,
        "kind": _kind(found, today),
        "says": _says(request.user, found, today),
        "main_act": acts[0] if acts else None,
        "other_act": acts[1] if len(acts) > 1 else None,
        "parts": gather.collect(gather.MUNICIPALITY, request.user, found, today),
    }
    return render(request, "consortium/municipality.html", context)


@login_not_required
@require_safe
def search(request):
    """What the words match, in groups, and why; only what the searcher may open."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    hits = gather.collect(gather.SEARCH, request.user, words) if words else []
    if len(hits) == 1 and request.GET.get("go"):
        return redirect(hits[0].url)
    groups = {}
    for hit in hits:
        groups.setdefault(hit.group, []).append(hit)
    return render(request, "consortium/search.html", {"words": words, "hits": hits, "groups": groups})


def _text_page(request, template):
    return render(request, f"consortium/{template}.html")


accessibility = login_not_required(require_safe(partial(_text_page, template="accessibility")))
privacy = login_not_required(require_safe(partial(_text_page, template="privacy")))
questions = login_not_required(require_safe(partial(_text_page, template="questions")))


@login_not_required
@require_GET
def health(request):
    """Tell the machinery that web and database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


@login_not_required
@require_safe
def mailbox_page(request):
    """The practice copy's letters, codes included; does not exist in production."""
    _practice_only()
    to = request.GET.get("to", "")
    return render(request, "consortium/mailbox.html", {"letters": mailbox.letters(to), "to": to})


@login_not_required
@require_safe
def mailbox_file(request, key, number):
    """An attachment of a letter in the practice copy's mailbox."""
    _practice_only()
    try:
        name, kind, content = mailbox.attachment(key, number)
    except (LookupError, IndexError):
        raise Http404 from None
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _practice_only():
    if settings.PRODUCTION:
        raise Http404


def bad_request(request, exception):
    """Answer 400."""
    return defaults.bad_request(request, exception, "400.html")


def forbidden(request, exception):
    """Answer 403 in the reader's language."""
    return render(request, "403.html", status=403)


def not_found(request, exception):
    """Answer 404 in the reader's language."""
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    """Answer a form whose session has gone: with what was written in it, where that could be kept."""
    return keeping.send_back(request) or render(request, "403_csrf.html", status=403)


def too_many_requests(request):
    """Answer 429: what was tried too often can be tried again in a while."""
    answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = "300"
    return answer


def server_error(request):
    """Answer 503 when the database is away, else 500; neither page needs anything that may be broken.

    The number on the page of a 500 is in the log too: Django writes the answer's reason there, with the traceback.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "60"})
    number = secrets.token_hex(4).upper()
    page = render_to_string("500.html", {"number": f"{number[:4]} {number[4:]}"})
    return HttpResponseServerError(page, reason=f"Internal Server Error {number}")
