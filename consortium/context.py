"""What every page's frame needs: menu, hats, languages, whether this is a practice copy."""

from functools import lru_cache

from django.conf import settings
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium import clock, gather, my_account

TOKEN, PLACE = "@token@", "@place@"  # stand in a drawn header where each request puts its own
_gathered = {}


def portal(request):
    """Return the dict ``portal`` that base.html draws its frame from.

    What all see alike is drawn once; node by node it cost as much as a plain page.
    """
    user = getattr(request, "user", None)
    user = user if user is not None and user.is_authenticated else None
    hats = SimpleLazyObject(lambda: _hats(user, request) if user else [])
    shared = _shared(get_language(), user is not None, settings.PRODUCTION, clock.moved())
    return {
        "portal": {
            **shared,
            "user_label": user.get_full_name() if user else "",
            "menu": SimpleLazyObject(lambda: _menu(request, user)),
            "hats": hats,
            "top": lambda: _top(request, user, hats),
        }
    }


def _hats(user, request):
    """Return what the person can act as: the apps' hats, then the duties in the consortium. One is worn."""
    found = gather.collect(gather.HATS, user, request)
    own = my_account.hats(user, request, any(hat["current"] for hat in found))
    worn = any(hat["current"] for hat in own)
    return [hat | {"current": hat["current"] and not worn} for hat in found] + own


@lru_cache(maxsize=16)
def _shared(language, signed_in, production, moved_today):
    """Return what is the same on every page of a language, with the drawn parts of the frame."""
    facts = {
        "practice": not production,
        "moved_today": moved_today,
        "contact_email": settings.CONTACT_EMAIL,
        "signed_in": signed_in,
        "home_url": reverse("home" if signed_in else "front"),
        "search_url": reverse("search"),
        "mailbox_url": "" if production else reverse("mailbox"),  # in the notice of the practice copy
        "sign_in_url": "" if signed_in else reverse("account_request_login_code"),
        "sign_out_url": reverse("account_logout"),
        "account_url": reverse("account") if signed_in else "",
        "footer": [
            {"label": _("Accessibility statement"), "url": reverse("accessibility")},
            {"label": _("Give feedback on accessibility"), "url": reverse("feedback")},
            {"label": _("Privacy notice"), "url": reverse("privacy")},
            {"label": _("Questions and answers"), "url": reverse("questions")},
        ],
    }
    return facts | {
        "links": render_to_string("partials/links.html"),
        "notice": render_to_string("partials/practice.html", {"portal": facts}),
        "foot": render_to_string("partials/foot.html", {"portal": facts}),
    }


def _menu(request, user):
    """Return the menu: one's own front page first, then what each app puts in it; a page stands under one of them."""
    lines = _lines(get_language(), user.is_staff if user else None, user)
    above = [url for _label, url in lines if request.path.startswith(url)]
    front = reverse("front")  # above everything, and nothing stands under it
    above = [url for url in above if url != front or request.path == front]
    current = max(above, key=len, default=None)
    return [{"label": label, "url": url, "current": url == current} for label, url in lines]


def _lines(language, staff, user):
    """Return the menu's (label, address), gathered once for visitors, members and staff in each language."""
    key = language, staff
    if key not in _gathered:
        lines = [(_("Front page"), reverse("home" if user else "front"))]
        lines += [(item["label"], item["url"]) for item in gather.collect(gather.MENU, user)]
        _gathered[key] = lines
    return _gathered[key]


def _top(request, user, hats):
    """Return the header, with this request's place in the language links and its token in the form."""
    label = user.get_full_name() if user else None
    menu, hats = _frozen(_menu(request, user)), _frozen(hats)
    drawn = _drawn_top(get_language(), settings.PRODUCTION, clock.moved(), label, menu, hats)
    place = request.get_full_path().lstrip("/")  # two slashes would name another machine
    for code, _name in settings.LANGUAGES:
        if place == code or place.startswith((f"{code}/", f"{code}?")):
            place = place[len(code) :].removeprefix("/")
            break
    if user:
        drawn = drawn.replace(TOKEN, get_token(request))
    return mark_safe(drawn.replace(PLACE, escape(place)))  # last: whatever the address holds stays as it is


def _frozen(items):
    return tuple((item["label"], item["url"], item["current"]) for item in items)


@lru_cache(maxsize=512)
def _drawn_top(language, production, moved_today, label, menu, hats):
    """Draw the header with stand-ins for the place and the token."""

    def as_items(lines):
        return [{"label": text, "url": url, "current": current} for text, url, current in lines]

    facts = _shared(language, label is not None, production, moved_today) | {
        "user_label": label or "",
        "menu": as_items(menu),
        "hats": as_items(hats),
        "path": f"/{PLACE}" if language == settings.LANGUAGE_CODE else f"/{language}/{PLACE}",
    }
    return render_to_string("partials/top.html", {"portal": facts, "csrf_token": TOKEN})
