"""The kernel as an installed app."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib.auth.signals import user_logged_in, user_logged_out

from consortium import gather
from consortium.celery import app as celery_app


class ConsortiumConfig(AppConfig):
    """The kernel: people, steps, letters, documents. Knows no other app."""

    name = "consortium"
    verbose_name = "Consortium"
    celery_app = celery_app  # so that tasks are sent by this app in every process

    def ready(self):
        """Keep the sign-in log, of which Django tells by signal alone; put our own tasks on the staff's page."""
        user_logged_in.connect(_signed_in, dispatch_uid="signed_in")
        user_logged_out.connect(_signed_out, dispatch_uid="signed_out")
        gather.register(gather.STAFF_HOME, import_module("consortium.feedback").tasks)


def _signed_in(sender, request, user, **kwargs):
    how = ", ".join(import_module("consortium.accounts").ways(request, user)) if request else ""
    apps.get_model("consortium", "AccessLog").objects.create(kind="sign_in", user=user, what=how)


def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        apps.get_model("consortium", "AccessLog").objects.create(kind="sign_out", user=user)
