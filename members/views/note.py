"""What the service centre writes down of what has come: notes, and the page that offers all there is to record."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.rows import row
from consortium.steps import answered_before, attempt
from members.forms.note import NoteForm
from members.models import Municipality, Note
from members.pages.municipality import to_record


def _municipality(request, code):
    """Return the municipality to the service centre, 403 to others."""
    if not request.user.is_staff:
        raise PermissionDenied
    return get_object_or_404(Municipality.objects.prefetch_related("memberships"), code=code)


@require_safe
def record(request, code):
    """Everything that can be recorded of what has come from a municipality, a link each."""
    found, today = _municipality(request, code), clock.today()
    rows = [row(task, today) for task in to_record(request.user, found, today)]
    return render(request, "members/record.html", {"municipality": found, "rows": rows})


@require_http_methods(["GET", "POST"])
def note_new(request, code):
    """Write a note; the form stands on the municipality's page too."""
    found = _municipality(request, code)
    if before := answered_before(request):
        return before
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def write():
            Note.objects.create(municipality=found, by=request.user, text=form.cleaned_data["text"])
            return found.get_absolute_url()

        answer = attempt(form, write, by=request.user)
        if answer:
            messages.success(request, _("The note is kept. Only the service centre reads it."))
            return HttpResponseRedirect(answer)
    return render(request, "members/note.html", {"municipality": found, "form": form})
