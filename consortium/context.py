"""What every page's frame needs: menu, hats, languages, whether this is a practice copy."""

from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium import clock, gather

TOKEN, PLACE = "@token@", "@place@"  # stand in a drawn header where each request puts its own


def portal(request):
    """Return the dict ``portal`` that base.html draws its frame from.

    ``top``, ``foot`` and ``practice`` are drawn once for all who see the same: header and footer took a third of a
    page's time.
    """
    user = getattr(request, "user", None)
    user = user if user is not None and user.is_authenticated else None
    hats = SimpleLazyObject(lambda: gather.collect(gather.HATS, user, request) if user else [])
    return {
        "portal": {
            **_facts(get_language(), user is not None, clock.moved()),
            "user_label": user.get_full_name() if user else "",
            "menu": SimpleLazyObject(lambda: _menu(request.path, user)),
            "hats": hats,
            "top": lambda: _top(request, user, hats),
        }
    }


@lru_cache(maxsize=16)
def _facts(language, signed_in, moved_today):
    """Return what is the same for every page of a language, and its parts of the frame."""
    facts = {
        "practice": not settings.PRODUCTION,
        "moved_today": moved_today,
        "contact_email": settings.CONTACT_EMAIL,
        "signed_in": signed_in,
        "home_url": reverse("home" if signed_in else "front"),
        "search_url": reverse("search"),
        "sign_in_url": "" if signed_in else reverse("account_request_login_code"),
        "sign_out_url": reverse("account_logout"),
        "footer": [
            {"label": _("Accessibility statement"), "url": reverse("accessibility")},
            {"label": _("Give feedback on accessibility"), "url": reverse("accessibility") + "#feedback"},
            {"label": _("Privacy notice"), "url": reverse("privacy")},
            {"label": _("Questions and answers"), "url": reverse("questions")},
        ],
    }
    return facts | {
        "foot_drawn": render_to_string("partials/foot.html", {"portal": facts}),
        "practice_drawn": render_to_string("partials/practice.html", {"portal": facts}),
    }
