"""The app's place in the house, and what it puts on the pages that gather."""

from importlib import import_module

from django.apps import AppConfig

from consortium import gather


class MembersConfig(AppConfig):
    """Municipalities, their people, the agreement, joining and membership."""

    name = "members"
    verbose_name = "Members"

    def ready(self):
        """Register what this app tells on gathered pages."""
        import_module("members.rules")
        for kind, function in import_module("members.pages").FUNCTIONS.items():
            gather.register(kind, function)
