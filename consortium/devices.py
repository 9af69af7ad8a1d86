"""Where a person is signed in: each browser, and how to end it from another one."""

import re

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from consortium.models import AccessLog
from consortium.models.audit import AccessKind
from consortium.templatetags.portal import weekday_day

BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox")]
BROWSERS += [("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")]
SYSTEMS = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")]
SYSTEMS += [("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")]


def named(user_agent):
    """Return what a person would call the device: "Firefox, Windows". Only a hint: browsers say what they like."""
    found = [
        next((name for mark, name in marks if re.search(rf"\b{mark}", user_agent)), "")
        for marks in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or _("Unknown browser")


def _own(request):
    return UserSession.objects.filter(user=request.user)


def _is_this(request, session):
    return session.session_key == request.session.session_key


@login_required
@require_safe
def device_list(request):
    """The browsers in which the person is signed in now, this one first."""
    sessions = UserSession.objects.purge_and_list(request.user)
    sessions.sort(key=lambda s: (not _is_this(request, s), -s.created_at.timestamp()))
    rows = [
        {
            "device": named(s.user_agent),
            "session": s,
            "this": _is_this(request, s),
            "on": weekday_day(s.created_at),
        }
        for s in sessions
    ]
    others = sum(not row["this"] for row in rows)
    return render(request, "usersessions/device_list.html", {"rows": rows, "others": others})


@login_required
@require_POST
def device_end(request, pk):
    """Sign the person out of one of the browsers."""
    session = get_object_or_404(_own(request), pk=pk)
    if _is_this(request, session):
        return redirect("account_logout")
    _end(session)
    messages.success(request, _("Signed out: %(device)s.") % {"device": named(session.user_agent)})
    return HttpResponseRedirect(reverse("device_list"))


@login_required
@require_POST
def device_end_others(request):
    """Sign the person out everywhere but here."""
    count = end_others(request)
    words = ngettext("Signed out of %(n)s other browser.", "Signed out of %(n)s other browsers.", count)
    messages.success(request, words % {"n": count})
    return HttpResponseRedirect(reverse("device_list"))


def end_others(request):
    """End the person's sessions everywhere but here. Returns how many."""
    return end_all(request.user, but=request.session.session_key)


def end_all(user, *, but=None):
    """End a person's sessions, perhaps all but one. Returns how many."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for session in sessions:
        _end(session)
    return len(sessions)


def _end(session):
    session.end()
    AccessLog.objects.create(kind=AccessKind.SIGN_OUT, user=session.user, what="from another browser")
