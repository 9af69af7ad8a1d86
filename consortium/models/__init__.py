"""The kernel's records: people, what they did, letters and documents that are on their way."""

from consortium.models.audit import AccessLog, AuditEvent
from consortium.models.digest import Digest
from consortium.models.document import Document, DocumentQuerySet, DocumentState
from consortium.models.feedback import Feedback
from consortium.models.formkey import FormKey
from consortium.models.mail import OutgoingEmail
from consortium.models.post import STEERING, Post, PostKind
from consortium.models.user import Language, User

__all__ = [
    "STEERING",
    "AccessLog",
    "AuditEvent",
    "Digest",
    "Document",
    "DocumentQuerySet",
    "DocumentState",
    "Feedback",
    "FormKey",
    "Language",
    "OutgoingEmail",
    "Post",
    "PostKind",
    "User",
]
