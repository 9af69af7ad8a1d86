"""What the portal offers of allauth's pages: in by code, password or passkey, and out. Nobody registers alone."""

from allauth.account import views
from allauth.mfa.base.views import reauthenticate
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn.views import reauthenticate_webauthn
from django.urls import path

from consortium import devices, passwords, second_factor, sign_in

urlpatterns = [
    path("login/", sign_in.ask_code, name="account_login"),
    path("login/code/", sign_in.ask_code, name="account_request_login_code"),
    path("login/code/confirm/", sign_in.type_code, name="account_confirm_login_code"),
    path("login/password/", sign_in.type_password, name="account_login_password"),
    path("login/passkey/", sign_in.use_passkey, name="mfa_login_webauthn"),
    path("login/second-factor/", sign_in.second_factor, name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("sign-in/", second_factor.index, name="mfa_index"),
    path("sign-in/password/", passwords.password, name="account_password"),
    path("sign-in/app/", second_factor.add_app, name="mfa_activate_totp"),
    path("sign-in/app/remove/", deactivate_totp, name="mfa_deactivate_totp"),
    path("sign-in/passkey/", second_factor.add_passkey, name="mfa_add_webauthn"),
    path("sign-in/passkey/<int:pk>/remove/", second_factor.remove_passkey, name="mfa_remove_webauthn"),
    path("sign-in/recovery-codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("sign-in/recovery-codes/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("sign-in/again/password/", views.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("devices/", devices.device_list, name="device_list"),
    path("devices/end-others/", devices.device_end_others, name="device_end_others"),
    path("devices/<int:pk>/end/", devices.device_end, name="device_end"),
]
