"""Pages of the kernel: those that gather from the apps, and those that belong to nobody else."""

import sys
from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views import defaults
from django.views.decorators.http import require_GET, require_safe

from consortium import clock, gather, mailbox
from consortium.models import OutgoingEmail


@login_not_required
@require_safe
def front(request):
    """The public front page: is your municipality in, how many are, who they are."""
    parts = gather.collect(gather.FRONT, request)
    return render(request, "consortium/front.html", {"parts": parts})


@require_safe
def home(request):
    """Everyone's own front page: the service centre's, or that of the municipality one acts for."""
    if request.user.is_staff:
        return staff_home(request)
    municipalities = gather.collect(gather.MUNICIPALITIES_OF, request.user)
    if not municipalities:
        return render(request, "consortium/nobody_home.html")
    kept = request.session.get("municipality")
    chosen = next((m for m in municipalities if m.code == kept), municipalities[0])
    return redirect("member_home", code=chosen.code)


def staff_home(request):
    """What waits for the service centre, deadlines first; the year as numbers that open their lists."""
    today = clock.today()
    tasks = sorted(gather.collect(gather.STAFF_HOME, request.user, today), key=gather.by_deadline)
    context = {
        "today": today,
        "tasks": tasks,
        "year": gather.collect(gather.STAFF_YEAR, request.user, today),
        "undelivered": OutgoingEmail.objects.undelivered().count(),
        "waiting": OutgoingEmail.objects.filter(state="queued").count(),
        "last_sent": OutgoingEmail.objects.filter(state="sent").order_by("-sent_at").first(),
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
    request.session["municipality"] = code
    today = clock.today()
    tasks = sorted(
        gather.collect(gather.MEMBER_HOME, request.user, municipality, today), key=gather.by_deadline
    )
    context = {
        "municipality": municipality,
        "waiting": [t for t in tasks if not t.paused_until],
        "paused": [t for t in tasks if t.paused_until],
        "done": gather.collect(gather.MEMBER_DONE, request.user, municipality, today),
        "parts": gather.collect(gather.MEMBER_PARTS, request.user, municipality, today),
    }
    return render(request, "consortium/member_home.html", context)


@login_not_required
@require_safe
def municipality(request, code):
    """One municipality: for the public its status, for its own people and the service centre everything."""
    found = next(iter(gather.collect(gather.MUNICIPALITY_BY_CODE, code)), None)
    if found is None:
        raise Http404
    today = clock.today()
    context = {
        "municipality": found,
        "says": " ".join(gather.collect(gather.MUNICIPALITY_SAYS, request.user, found, today)),
        "parts": gather.collect(gather.MUNICIPALITY, request.user, found, today),
    }
    return render(request, "consortium/municipality.html", context)


@login_not_required
@require_safe
def search(request):
    """What the words match, in groups, and why; only what the searcher may open."""
    words = request.GET.get("q", "").strip()
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
    """Answer a form whose session has gone: it can be sent again."""
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    """Answer 503 when the database is away, else 500; neither page needs anything that may be broken."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    page = render_to_string("503.html" if away else "500.html")
    return (
        HttpResponse(page, status=503, headers={"Retry-After": "60"})
        if away
        else HttpResponseServerError(page)
    )
