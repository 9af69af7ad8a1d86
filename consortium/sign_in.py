"""The pages of signing in: an address, the code that goes to it, or a password, or a passkey."""

import time

from allauth.account import app_settings, views
from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from consortium import emails
from consortium.accounts import keep_refusal
from consortium.cache import count
from consortium.models import User


def _onward(request, url_name):
    """Return the address of another page of signing in that leads to the same page in the end."""
    return passthrough_next_redirect_url(request, reverse(url_name), REDIRECT_FIELD_NAME)


def _known_address(request):
    """Return the address of the person whose letter led here, or "" when no letter did."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    reader = User.objects.filter(pk=emails.reader_of(wanted)).first()
    return reader.email if reader and reader.may_enter() else ""


class AskCode(views.RequestLoginCodeView):
    """Asks for the address to which a code goes; a letter's link has filled it in."""

    template_name = "account/ask_code.html"

    def get_initial(self):
        """Fill in the address that is known."""
        return {"email": self.request.GET.get("email") or _known_address(self.request)}

    def get_form(self, *args):
        """Name the field as the page does: the summary of errors then says the same words."""
        form = super().get_form(*args)
        form.fields["email"].label = _("Your e-mail address")
        return form

    def _redirect_to_pending_stage(self, request, stage):
        """Go on where a code is awaited, unless a letter to somebody else led here."""
        address = _known_address(request)
        if address and stage.login.user and stage.login.user.email != address:
            clear_login(request)
            return None
        if stage.urlname:
            return HttpResponseRedirect(_onward(request, stage.urlname))
        return super()._redirect_to_pending_stage(request, stage)

    def get_context_data(self, **kwargs):
        """Add the other ways in."""
        others = {"password_url": _onward(self.request, "account_login_password")}
        return super().get_context_data(known=_known_address(self.request), **others, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class TypeCode(views.ConfirmLoginCodeView):
    """Takes the code; a new one can be asked for without leaving the page, and then has its full time."""

    def dispatch(self, request, *args, **kwargs):
        """Say why a code is no longer awaited, and keep the page that was wanted."""
        response = super().dispatch(request, *args, **kwargs)
        begin = reverse("account_request_login_code")
        if getattr(response, "url", "") != begin:
            return response
        if getattr(self, "_process", None) is None:
            messages.error(request, _("The code's time is over. Ask for a new one."))
        return HttpResponseRedirect(_onward(request, "account_request_login_code"))

    def post(self, request, *args, **kwargs):
        """Count the try before it is looked at: of many sent at once, too, only the first few are compared."""
        login = self.stage.login
        key = f"code:{request.session.session_key}:{login.initiated_at}"
        if (
            self._action == "verify"
            and count(key, app_settings.LOGIN_TIMEOUT) > app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS
        ):
            keep_refusal("code", self._process.user)
            self._process.abort()
            messages.error(request, get_adapter().error_messages["too_many_login_attempts"])
            return HttpResponseRedirect(reverse("account_request_login_code"))
        return super().post(request, *args, **kwargs)

    def _resend_form_valid(self, form):
        asked = {"app": "allauth.account", "action": "request_login_code"}
        if not ratelimit.consume(self.request, key=self._process.state["email"].lower(), **asked):
            messages.error(self.request, get_adapter().error_messages["rate_limited"])
            return HttpResponseRedirect(_onward(self.request, "account_confirm_login_code"))
        self._process.state["at"] = time.time()
        return super()._resend_form_valid(form)

    def form_valid(self, form):
        """Open the wanted page; htmx, which holds this one, is told to."""
        response = super().form_valid(form)
        if self.request.htmx and self._action == "verify":
            return HttpResponseClientRedirect(response.url)
        return response

    def form_invalid(self, form):
        """Keep the refusal in the access log."""
        keep_refusal("code", self._process.user)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        """Add where one begins anew."""
        return super().get_context_data(
            begin_url=_onward(self.request, "account_request_login_code"), **kwargs
        )


class PasswordForm(LoginForm):
    """An address and its password; what is wrong with them stands beside the password."""

    def clean(self):
        """Put a refusal of both where it is read."""
        try:
            return super().clean()
        except ValidationError as error:
            self.add_error("password", error)
            return self.cleaned_data


class TypePassword(views.LoginView):
    """Lets in by a password, for those who have chosen one."""

    template_name = "account/login_password.html"

    def get_form_class(self):
        """Take our form."""
        return PasswordForm

    def get_initial(self):
        """Fill in the address that is known."""
        return {"login": _known_address(self.request)}

    def get_form(self, *args):
        """Name the field as the page does: the summary of errors then says the same words."""
        form = super().get_form(*args)
        form.fields["login"].label = _("Your e-mail address")
        return form

    def get_context_data(self, **kwargs):
        """Add the way that needs no password."""
        return super().get_context_data(
            code_url=_onward(self.request, "account_request_login_code"), **kwargs
        )


class UsePasskey(LoginWebAuthnView):
    """Lets in by a passkey alone: it is two factors in one."""

    def form_invalid(self, form):
        """Keep the refusal in the access log, and say what else can be done."""
        keep_refusal("passkey")
        messages.error(self.request, _("The passkey was not recognised. Sign in by a code instead."))
        return HttpResponseRedirect(_onward(self.request, "account_request_login_code"))


class SecondFactor(AuthenticateView):
    """Asks for the second factor of a person who has one."""

    def form_invalid(self, form):
        """Keep the refusal in the access log."""
        keep_refusal("second factor", self.stage.login.user)
        return super().form_invalid(form)


ask_code, type_code = AskCode.as_view(), TypeCode.as_view()
type_password, use_passkey, second_factor = (
    TypePassword.as_view(),
    UsePasskey.as_view(),
    SecondFactor.as_view(),
)
