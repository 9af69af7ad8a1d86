"""The app's place in the house, and what it puts on the pages that gather."""

from importlib import import_module

from django.apps import AppConfig

from consortium import gather


class SteeringConfig(AppConfig):
    """The steering group's work; stands on procurement, members and the kernel."""

    name = "steering"
    verbose_name = "Steering"

    def ready(self):
        """Register what this app tells on gathered pages."""
        import_module("steering.rules")
        for kind, functions in import_module("steering.pages").FUNCTIONS.items():
            for function in functions:
                gather.register(kind, function)
        gather.register(gather.STORY, import_module("steering.demo").live)
