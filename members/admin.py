"""The register in the technical administrator's window."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.admin import ReadOnlyAdmin
from members.models import Municipality
from members.views.municipality import with_standing


@admin.register(Municipality)
class MunicipalityAdmin(ReadOnlyAdmin):
    """Municipalities."""

    list_display = [
        "name_fi",
        "code",
        "region_fi",
        "language",
        "library_network",
        "residents",
        "registry_email",
        "business_id",
        "accession_state",
        "last_event_at",
    ]
    list_filter = ["language", "region_fi", "library_network"]
    search_fields = ["name_fi", "name_sv", "code"]

    def get_queryset(self, request):
        """Return the register with what the portal's own list says of each municipality."""
        return with_standing(super().get_queryset(request), clock.today())

    @admin.display(description=_("Residents"), ordering="residents")
    def residents(self, row):
        """Return the newest population figure."""
        return row.residents

    @admin.display(description=_("State"), ordering="accession_state")
    def accession_state(self, row):
        """Return where the newest joining stands."""
        return row.accession_state

    @admin.display(description=_("Last event"), ordering="last_event_at")
    def last_event_at(self, row):
        """Return when something last happened in its joining."""
        return row.last_event_at
