"""Pages of the kernel: those that gather from the apps, and those that belong to nobody else."""

import datetime as dt
import sys
from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import defaults
from django.views.decorators.http import require_GET, require_safe

from consortium import clock, documents, gather, mailbox
from consortium.models import OutgoingEmail
from consortium.models.mail import MailState
from consortium.templatetags.portal import weekday_day

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
        "parts": gather.collect(gather.MAP if on_map else gather.FRONT, today),
    }
    return render(request, "consortium/front.html", context)


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
    request.session.pop("municipality", None)
    tasks = sorted(gather.collect(gather.STAFF_HOME, request.user, today), key=gather.by_deadline)
    deadlines = gather.collect(gather.STAFF_DEADLINES, request.user, today)
    undelivered = OutgoingEmail.objects.undelivered()
    stuck = clock.now() - STUCK
    context = {
        "today": today,
        "tasks": [_row(t, today) for t in tasks],
        "oldest": max((t.age(today) for t in tasks if t.since), default=0),
        "first_due": next((t.due_on for t in tasks if t.due_on), None),
        "deadlines": [_row(t, today) for t in sorted(deadlines, key=gather.by_deadline)],
        "year": gather.collect(gather.STAFF_YEAR, request.user, today),
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
        "waiting": [_row(t, today) for t in waiting],
        "first_due": next((t.due_on for t in waiting if t.due_on), None),
        "paused": [_row(t, today) for t in tasks if t.paused_until],
        "done": [
            _row(t, today) for t in gather.collect(gather.MEMBER_DONE, request.user, municipality, today)
        ],
        "parts": gather.collect(gather.MEMBER_PARTS, request.user, municipality, today),
    }
    return render(request, "consortium/member_home.html", context)


def _row(task, today):
    """Return a task as partials/rows.html draws it: in the margin the day to act on, else how long it has waited."""
    if task.paused_until:
        when, small = weekday_day(task.paused_until), task.kind
    elif task.due_on:
        left = (task.due_on - today).days
        words = (
            ngettext("%(n)s day", "%(n)s days", left) % {"n": left} if left >= 0 else _("the day has passed")
        )
        when, small = weekday_day(task.due_on), ", ".join(filter(None, [str(task.kind), words]))
    elif task.done:
        when, small = weekday_day(task.since), ""
    else:
        age = task.age(today)
        waited = _("today") if age == 0 else ngettext("%(n)s day", "%(n)s days", age or 0) % {"n": age}
        when, small = waited if age is not None else "", task.kind
    return {
        "when": when,
        "small": small,
        "small_css": "waiting" if task.due_on and task.due_on < today and not task.paused_until else "",
        "what": task.title,
        "url": task.url,
        "text": task.text,
        "note": task.note,
        "link": task.link,
    }


def _kind(municipality, today):
    return next(iter(gather.collect(gather.MUNICIPALITY_KIND, municipality, today)), "")


def _says(user, municipality, today):
    return " ".join(gather.collect(gather.MUNICIPALITY_SAYS, user, municipality, today))


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
