"""What somebody was writing when the session ended: kept through signing in, and shown again in the form.

Never kept: files, passwords, codes, what another site sends, and what comes from nobody we know.
"""

import time
import zlib
from contextvars import ContextVar
from urllib.parse import urlsplit

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.http import HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

KEPT = "kept_writing"
SECONDS = 30 * 60  # how long it waits for its writer
LARGEST = 200_000  # characters of one form
PAGES = 3  # forms kept at a time
MECHANICS = {"csrfmiddlewaretoken", "form_key", "edited_at"}  # alone they are no writing
SECRET = ("password", "code", "credential", "digits")
SIGNING_IN = ("account_", "mfa_", "device_", "admin:")
_page = ContextVar("page", default=None)


class KeepWriting(LoginRequiredMiddleware):
    """Asks visitors to sign in; a form that was sent meanwhile is kept for when they have."""

    def __call__(self, request):
        """Let the forms of this page find what was kept for it, and note whose session a form came in."""
        token = _page.set(request)
        # Read before a session that no longer holds is emptied.
        request.came_from = request.session.get(SESSION_KEY) if request.method == "POST" else None
        try:
            return super().__call__(request)
        finally:
            _page.reset(token)

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let through who may pass; what was kept has served once its form is sent again."""
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None and request.method == "POST" and KEPT in request.session:
            _forget(request)
        return refusal

    def handle_no_permission(self, request, view_func):
        """Keep what was sent, and let signing in lead back to the page with the form."""
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        keep(request)
        field = self.get_redirect_field_name(view_func)
        return redirect_to_login(_page_of_the_form(request), self.get_login_url(view_func), field)


def send_back(request):
    """Keep what came with an outdated token, and return the redirect to its form; None when nothing was kept."""
    return HttpResponseRedirect(_page_of_the_form(request)) if _is_ours(request) and keep(request) else None


def keep(request):
    """Keep a form's text in the session, if it is one to keep and its writer is known. Returns whether it did."""
    match, writer = request.resolver_match, _writer(request)
    if writer is None or match is None or match.view_name.startswith(SIGNING_IN):
        return False
    typed = {
        name: values
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.rpartition("-")[2].startswith(SECRET)
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in typed.items())
    written = any(any(values) for name, values in typed.items() if name not in MECHANICS)
    if not written or size > LARGEST:
        return False
    if not ratelimit.consume(request, app="", action="keep", config={"keep": "30/m/ip"}):
        return False
    kept, path = _kept(request), urlsplit(_page_of_the_form(request)).path
    kept.pop(path, None)
    kept[path] = {
        "typed": typed,
        "at": time.time(),
        "files": bool(request.FILES),
        "writer": writer,
        "signed_out": request.user.is_anonymous,
    }
    request.session[KEPT] = dict(list(kept.items())[-PAGES:])
    return True


def typed_in(form):
    """Return {field: value} of what was written in this form before its page was lost, and say so on the page."""
    request = _page.get()
    if request is None or request.method != "GET" or KEPT not in request.session:
        return {}
    found = _kept(request).get(request.path)
    if found is None or found["writer"] != str(request.user.pk):
        return {}
    names = {name: form.add_prefix(name) for name in form.fields}
    sent = QueryDict(mutable=True)
    for name, values in found["typed"].items():
        sent.setlist(name, values)
    key = sent.get(names.get("form_key"))
    if key and not key.startswith(mark_of(form)):
        return {}
    if not any(sent.get(full) for name, full in names.items() if name not in MECHANICS):
        return {}
    if not getattr(request, "told_of_writing", False):
        request.told_of_writing = True
        messages.info(request, " ".join(_told(found)))
    return {
        name: form.fields[name].widget.value_from_datadict(sent, {}, full)
        for name, full in names.items()
        if name != "form_key" and not form.fields[name].widget.needs_multipart_form
    }


def mark_of(form):
    """Return the eight digits with which the form's one-time keys begin: a page may hold several forms."""
    kind = type(form)
    return f"{zlib.crc32(f'{kind.__module__}.{kind.__qualname__}:{form.prefix}'.encode()):08x}"


def _told(found):
    """Return the sentences that explain why the form is filled in."""
    if found["signed_out"]:
        yield _("You were signed out meanwhile. What you wrote is here.")
    else:
        yield _("The page had become too old to be sent. What you wrote is here; send it again.")
    if found["files"]:
        yield _("Files must be chosen again.")


def _kept(request):
    """Return what is kept and still in time, {address: what}."""
    since = time.time() - SECONDS
    return {path: what for path, what in request.session.get(KEPT, {}).items() if what["at"] > since}


def _forget(request):
    kept = _kept(request)
    kept.pop(urlsplit(_page_of_the_form(request)).path, None)
    if kept:
        request.session[KEPT] = kept
    else:
        del request.session[KEPT]


def _writer(request):
    """Return whose session this is or was, so that nobody else is shown the text; None when it cannot be known."""
    if request.came_from:
        return request.came_from
    ended = Session.objects.filter(pk=request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")).first()
    return ended.get_decoded().get(SESSION_KEY) if ended else None


def _is_ours(request):
    """Tell whether one of our own pages sent the form: another site must not fill in ours."""
    return _origin(request.headers.get("Origin") or request.headers.get("Referer", "")) == _here(request)


def _page_of_the_form(request):
    """Return the address of the page on which the form stood: what is only sent has no page of its own."""
    referer = request.headers.get("Referer", "")
    if _origin(referer) != _here(request):
        return request.get_full_path()
    parts = urlsplit(referer)
    page = parts.path + (f"?{parts.query}" if parts.query else "")
    return page if url_has_allowed_host_and_scheme(page, None) else request.get_full_path()


def _origin(url):
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _here(request):
    return request.scheme, request.get_host()
