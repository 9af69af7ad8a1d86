"""Documents: asked for as rows with their figures, made by the worker, read through the record that owns them."""

from django.apps import apps
from django.http import FileResponse
from django.utils.http import content_disposition_header

from consortium.emails import hand_over
from consortium.models.document import Document, DocumentState
from consortium.models.mail import Priority


def kinds():
    """Return the models that are made by the worker."""
    return [model for model in apps.get_models() if issubclass(model, Document)]


def request_document(document, *, by):
    """Save a new document row; the worker makes the file after the commit. Returns the row."""
    document.asked_by = by if by is not None and by.is_authenticated else None
    document.save()
    _hand_over(document)
    return document


def try_again(document):
    """Ask for a failed document once more. Returns whether it was failed."""
    if document.try_again():
        _hand_over(document)
        return True
    return False


def _hand_over(document):
    """Ask the worker for the file, behind every letter: files come in hundreds, and a page shows how far they are."""
    task, label = "consortium.tasks.make_document", document._meta.label_lower
    hand_over(task, label, document.pk, priority=Priority.MAILING)


def file_response(file, *, name, content_type, inline=False):
    """Answer with a stored file; the caller has found it among what the reader may see."""
    response = FileResponse(file.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def progress(documents):
    """Return the counts of a batch: all, ready, failed, and whether something is still to come."""
    states = list(documents.values_list("state", flat=True))
    ready, failed = states.count(DocumentState.READY), states.count(DocumentState.FAILED)
    return {"total": len(states), "ready": ready, "failed": failed, "running": ready + failed < len(states)}
