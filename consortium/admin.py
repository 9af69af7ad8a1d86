"""The technical administrator's window: all can be read, nothing changed: every change is a recorded act."""

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin
import django.contrib.auth.admin
from django.contrib import admin

from consortium.models import AccessLog, AuditEvent, OutgoingEmail, User


class ReadOnlyAdmin(admin.ModelAdmin):
    """A model that can be looked at."""

    list_per_page = 25

    def has_add_permission(self, request):
        """Refuse."""
        return False

    def has_change_permission(self, request, obj=None):
        """Refuse."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Refuse."""
        return False

    def has_view_permission(self, request, obj=None):
        """Allow the technical administrator alone."""
        return request.user.is_superuser

    def has_module_permission(self, request):
        """Allow the technical administrator alone."""
        return request.user.is_superuser


def only_the_administrator(request):
    """Keep the window closed to the service centre's ordinary staff."""
    return request.user.is_active and request.user.is_superuser


admin.site.has_permission = only_the_administrator
LIBRARIES = (django.contrib.auth, allauth.account, allauth.mfa, allauth.usersessions)
for theirs in (library.admin for library in LIBRARIES):
    for model in [m for m, a in admin.site._registry.items() if type(a).__module__ == theirs.__name__]:
        admin.site.unregister(model)  # libraries' own editing pages would go past the recorded acts


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People."""

    list_display = ["email", "name", "language", "is_staff", "is_active"]
    search_fields = ["email", "name"]
    exclude = ["password"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What was done."""

    list_display = ["at", "verb", "record_type", "record_id", "by"]
    list_select_related = ["by", "record_type"]


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    """Who signed in."""

    list_display = ["at", "kind", "user", "what"]
    list_select_related = ["user"]


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyAdmin):
    """Letters and their fate; codes are blank once sent."""

    list_display = ["queued_at", "to", "template", "state", "sent_at", "tries"]
    list_filter = ["state"]
    exclude = ["body"]
