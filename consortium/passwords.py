"""A password for those who want one. A forgotten one is replaced after signing in by a code."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from consortium.accounts import FRESH, has_just_signed_in
from consortium.models import AuditEvent

REFUSED = {
    "password_too_short": gettext_lazy("Too short: at least 12 characters are needed."),
    "password_too_common": gettext_lazy(
        "This password is one of the most common ones and easily guessed. Choose another."
    ),
}


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password1 = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 12 characters. Several ordinary words in a row make a good one."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("The same password again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self):
        """Refuse what is short or widely used."""
        password = self.cleaned_data["password1"]
        try:
            validate_password(password, self.user)
        except forms.ValidationError as error:
            words = [REFUSED.get(one.code, one) for one in error.error_list]
            raise forms.ValidationError(words) from None
        return password

    def clean(self):
        """Refuse two that differ."""
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("This is not the same as above. Type the same password twice."))
        return cleaned


@login_required
@never_cache
@sensitive_post_parameters()
def password(request):
    """Choose a password, change it, or do without; asked of those who have just signed in."""
    user = request.user
    fresh = has_just_signed_in(request, FRESH)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and fresh:
        if "remove" in request.POST:
            return _keep(request, None, "removed", _("The password was removed. You sign in by a code."))
        if form.is_valid():
            kind = "changed" if user.has_usable_password() else "set"
            chosen = form.cleaned_data["password1"]
            return _keep(request, chosen, kind, _("The password was saved. Other browsers were signed out."))
    if not fresh:
        form = None
    context = {"form": form, "fresh": fresh, "has_password": user.has_usable_password()}
    return render(request, "account/password.html", context)


def _keep(request, chosen, kind, words):
    """Save a password or none, stay signed in here alone, tell the person by letter."""
    user = request.user
    user.set_password(chosen)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    AuditEvent.record(user, f"password_{kind}", by=user)
    get_adapter(request).send_notification_mail(f"account/email/password_{kind}", user)
    messages.success(request, words)
    return redirect("mfa_index")
