"""The app's place in the house."""

from django.apps import AppConfig


class SteeringConfig(AppConfig):
    """The steering group's work; stands on procurement, members and the kernel."""

    name = "steering"
    verbose_name = "Steering"
