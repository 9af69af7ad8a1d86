"""The app's place in the house."""

from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    """Joint procurement of e-materials; stands on members and the kernel."""

    name = "procurement"
    verbose_name = "Procurement"
