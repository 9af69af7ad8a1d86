"""Who may sign in, what allauth says and writes on our behalf, and what of it is kept in the access log."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context as current
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium import emails
from consortium.models import AccessLog, User
from consortium.models.audit import AccessKind
from consortium.models.mail import Priority

FRESH = 15 * 60  # seconds after signing in during which new ways of signing in can be chosen
LETTERS = {"account/email/login_code": "consortium/emails/login_code"}
CHANGES = {  # allauth's notice: what the letter says has changed
    "account/email/password_set": _("A password was given to your account."),
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_removed": _("The password of your account was removed."),
    "mfa/email/totp_activated": _("An authenticator app was taken into use as your second factor."),
    "mfa/email/totp_deactivated": _("The authenticator app is no longer your second factor."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made; the earlier ones no longer hold."),
}


class Backend(AuthenticationBackend):
    """Lets in those who may be here today; a session that runs ends the day after the person's last day."""

    def user_can_authenticate(self, user):
        """Ask the person, on each request."""
        return user.may_enter()


class Adapter(DefaultAccountAdapter):
    """allauth's mail goes through the portal's outbox, ahead of mailings, and its text is blanked once sent."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account can no longer be used for signing in."),
        "incorrect_code": _(
            "This is not the code that was sent last. Look at the newest letter and type its six digits, "
            "or ask for a new code below."
        ),
        "too_many_login_attempts": _("Too many tries in a short time. Wait a few minutes and try again."),
        "rate_limited": _("Too many tries in a short time. Wait a few minutes and try again."),
        "email_password_mismatch": _(
            "The address and the password do not belong together. Try again, or sign in by a code: "
            "then you can also choose a new password."
        ),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request):
        """Refuse: people are invited."""
        return False

    def send_mail(self, template_prefix, email, context):
        """Write the letter as a row. Letters that we do not word ourselves are allauth's own text."""
        template = LETTERS.get(template_prefix)
        if template:
            emails.queue(
                template, email, get_language(), priority=Priority.CODE, once=True, code=context["code"]
            )
            return
        message = self.render_mail(template_prefix, email, context)
        emails.queue(
            "consortium/emails/plain",
            email,
            get_language(),
            priority=Priority.CODE,
            once=True,
            subject=message.subject,
            body=message.body,
        )

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell the person, in their language, that a way of signing in was changed."""
        what = CHANGES.get(template_prefix)
        if what:
            template = "consortium/emails/sign_in_changed"
            page = emails.absolute("mfa_index", user.language)
            emails.queue(template, user.email, user.language, what=what, page=page, name=user.name)

    def authentication_failed(self, request, **credentials):
        """Keep the refusal in the access log."""
        person = User.objects.filter(email__iexact=credentials.get("email", "")).first()
        keep_refusal("password", person)
        super().authentication_failed(request, **credentials)

    def pre_login(self, request, user, **kwargs):
        """Lead a person who may no longer be here to the page that says so."""
        if user.may_enter():
            return None
        keep_refusal("account closed", user)
        clear_login(request)
        return self.respond_user_inactive(request, user)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Ask for the second factor or password again before the ways of signing in are changed, unless just given."""
        return not has_just_signed_in(current.request, settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def has_just_signed_in(request, seconds):
    """Tell whether this browser's person has shown who they are within the last seconds."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < seconds


def ways(request, user):
    """Return by what the person has shown who they are in this browser: "code", "password", "totp", "webauthn"…"""
    records = get_authentication_records(request, user)
    return list(dict.fromkeys(str(r.get("type") or r.get("method", "")) for r in records))


def keep_refusal(what, user=None):
    """Write into the access log that somebody was not let in."""
    AccessLog.objects.create(kind=AccessKind.REFUSED, user=user, what=what)
