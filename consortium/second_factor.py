"""A second factor beside the code: an authenticator app or a passkey, and codes on paper for when both are lost.

Where the portal requires it of the service centre, a person without one can open nothing but its setting up.
"""

import base64
import hashlib
import io
import secrets

import qrcode
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathFillImage

from consortium import devices
from consortium.accounts import FRESH, has_just_signed_in
from consortium.models import AuditEvent

STRONG = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
SETTING_UP = {  # all that a person of the service centre can open before having a second factor
    *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"),
    *("account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    "health",
}


def has_second_factor(user):
    """Tell whether the person has an authenticator app or a passkey; codes on paper alone do not count."""
    return Authenticator.objects.filter(user=user, type__in=STRONG).exists()


def lacks_required_factor(user):
    """Tell whether the portal asks this person for a second factor that is not there yet."""
    return settings.SECOND_FACTOR and user.is_staff and not has_second_factor(user)


class RequireSecondFactor:
    """Leads a person of the service centre without a second factor to its setting up, whatever was asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Let through what belongs to setting up; nothing else."""
        if not request.user.is_authenticated or request.resolver_match.view_name in SETTING_UP:
            return None
        return HttpResponseRedirect(reverse("mfa_index")) if lacks_required_factor(request.user) else None


class Adapter(DefaultMFAAdapter):
    """Words, names and secrets of the second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code does not hold. Type the six digits that the app shows now; each code holds for half a minute."
        ),
    }

    def _get_site_name(self):
        return _("Consortium of Public Libraries")

    def build_totp_svg(self, url):
        """Draw the QR code on white, so that a camera reads it also from a dark page."""
        drawn = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def encrypt(self, text):
        """Return a secret as it is stored: a copy of the database alone makes no codes."""
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Return a stored secret; one that was locked with another key becomes one that nobody knows."""
        try:
            return _lock().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user, type):
        """Name a passkey that its owner did not name."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}


def _lock():
    key = hashlib.sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


@login_required
@require_safe
def index(request):
    """The ways in which the person signs in, and what can be done with each."""
    found = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    by_type = {kind: [a for a in found if a.type == kind] for kind in Authenticator.Type}
    paper = next(iter(by_type[Authenticator.Type.RECOVERY_CODES]), None)
    context = {
        "app": next(iter(by_type[Authenticator.Type.TOTP]), None),
        "passkeys": by_type[Authenticator.Type.WEBAUTHN],
        "codes_left": len(paper.wrap().get_unused_codes()) if paper else 0,
        "has_codes": paper is not None,
        "strong": any(a.type in STRONG for a in found),
        "required": settings.SECOND_FACTOR and request.user.is_staff,
        "devices": UserSession.objects.filter(user=request.user).count(),
    }
    return render(request, "mfa/index.html", context)


def _taken_into_use(request, kind):
    """Note what was just proven, so that it is not asked again at once; the first factor ends other sessions."""
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)
    AuditEvent.record(request.user, "add_second_factor", by=request.user, kind=str(kind))
    if Authenticator.objects.filter(user=request.user, type__in=STRONG).count() == 1:
        devices.end_others(request)


class ToThoseJustSignedIn:
    """Opens to those who have just signed in: in a session that somebody else took over nothing is made to last.

    Who has a password or a second factor gives it instead: allauth asks for it.
    """

    def dispatch(self, request, *args, **kwargs):
        """Lead others to signing in by a code, and back."""
        if has_just_signed_in(request, FRESH) or get_reauthentication_flows(request.user):
            return super().dispatch(request, *args, **kwargs)
        return render(request, "mfa/sign_in_again.html")


class AddApp(ToThoseJustSignedIn, ActivateTOTPView):
    """Takes an authenticator app into use."""

    def get_form(self, *args):
        """Name the field as the page does: the summary of errors then says the same words."""
        form = super().get_form(*args)
        form.fields["code"].label = _("Code from the app")
        return form

    def form_valid(self, form):
        """Keep the act, then show the codes for paper."""
        response = super().form_valid(form)
        _taken_into_use(self.request, Authenticator.Type.TOTP)
        return response


class AddPasskey(ToThoseJustSignedIn, AddWebAuthnView):
    """Takes a passkey into use: it signs in alone where the device asks for a finger, a face or a PIN."""

    def form_valid(self, form):
        """Keep the act, then show the codes for paper."""
        response = super().form_valid(form)
        _taken_into_use(self.request, Authenticator.Type.WEBAUTHN)
        return response

    def form_invalid(self, form):
        """Say what happened: the fields that went wrong are not seen."""
        messages.error(self.request, _("The passkey was not saved. Try again, or use an authenticator app."))
        return HttpResponseRedirect(reverse("mfa_add_webauthn"))


class RemovePasskey(RemoveWebAuthnView):
    """Removes a passkey of the person."""

    success_url = reverse_lazy("mfa_index")


add_app, add_passkey, remove_passkey = AddApp.as_view(), AddPasskey.as_view(), RemovePasskey.as_view()
