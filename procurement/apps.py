"""The app's place in the house, and what it puts on the pages that gather."""

from importlib import import_module

from django.apps import AppConfig

from consortium import gather


class ProcurementConfig(AppConfig):
    """Joint procurement of e-materials; stands on members and the kernel."""

    name = "procurement"
    verbose_name = "Procurement"

    def ready(self):
        """Register what this app tells on gathered pages."""
        import_module("procurement.rules")
        for kind, functions in import_module("procurement.pages").FUNCTIONS.items():
            for function in functions:
                gather.register(kind, function)
        gather.register(gather.STORY, import_module("procurement.demo").live)
