"""The kernel as an installed app."""

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in, user_logged_out

from consortium.celery import app as celery_app


class ConsortiumConfig(AppConfig):
    """The kernel: people, steps, letters, documents. Knows no other app."""

    name = "consortium"
    verbose_name = "Consortium"
    celery_app = celery_app  # so that tasks are sent by this app in every process

    def ready(self):
        """Keep the sign-in log: of sign-ins Django tells by signal alone."""
        user_logged_in.connect(_signed_in, dispatch_uid="signed_in")
        user_logged_out.connect(_signed_out, dispatch_uid="signed_out")


def _signed_in(sender, request, user, **kwargs):
    apps.get_model("consortium", "AccessLog").objects.create(kind="sign_in", user=user)


def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        apps.get_model("consortium", "AccessLog").objects.create(kind="sign_out", user=user)
