"""What every page's frame needs: menu, hats, languages, whether this is a practice copy."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock, gather


def portal(request):
    """Return the dict ``portal`` that base.html draws its frame from."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "portal": {
            "practice": not settings.PRODUCTION,
            "moved_today": clock.moved(),
            "contact_email": settings.CONTACT_EMAIL,
            "signed_in": signed_in,
            "home_url": reverse("home" if signed_in else "front"),
            "search_url": reverse("search"),
            "sign_in_url": "" if signed_in else reverse("account_request_login_code"),
            "sign_out_url": reverse("account_logout"),
            "user_label": user.get_full_name() if signed_in else "",
            "menu": _menu(request, user if signed_in else None),
            "hats": gather.collect(gather.HATS, user, request) if signed_in else [],
            "footer": [
                {"label": _("Accessibility statement"), "url": reverse("accessibility")},
                {"label": _("Give feedback on accessibility"), "url": reverse("accessibility") + "#feedback"},
                {"label": _("Privacy notice"), "url": reverse("privacy")},
                {"label": _("Questions and answers"), "url": reverse("questions")},
            ],
        }
    }


def _menu(request, user):
    """Return the menu: one's own front page first, then what each app puts in it."""
    first = {"label": _("Front page"), "url": reverse("home" if user else "front")}
    items = [first, *gather.collect(gather.MENU, user)]
    if not settings.PRODUCTION:
        items.append({"label": _("Mailbox (demo)"), "url": reverse("mailbox")})
    for item in items:
        item["current"] = request.path == item["url"]
    first["current"] = first["current"] or (user is not None and request.path.startswith(first["url"]))
    return items
