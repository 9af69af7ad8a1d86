"""The kernel's records: people, what they did, letters and documents that are on their way."""

from consortium.models.audit import AccessLog, AuditEvent
from consortium.models.document import Document, DocumentQuerySet, DocumentState
from consortium.models.formkey import FormKey
from consortium.models.mail import OutgoingEmail
from consortium.models.user import Language, User

__all__ = [
    "AccessLog",
    "AuditEvent",
    "Document",
    "DocumentQuerySet",
    "DocumentState",
    "FormKey",
    "Language",
    "OutgoingEmail",
    "User",
]
