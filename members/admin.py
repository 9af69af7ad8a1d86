"""The register in the technical administrator's window."""

from django.contrib import admin

from consortium.admin import ReadOnlyAdmin
from members.models import Municipality


@admin.register(Municipality)
class MunicipalityAdmin(ReadOnlyAdmin):
    """Municipalities."""

    list_display = [
        "name_fi",
        "code",
        "region_fi",
        "language",
        "library_network",
        "registry_email",
        "business_id",
    ]
    search_fields = ["name_fi", "name_sv", "code"]
