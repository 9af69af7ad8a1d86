"""Extracts of minutes: who may read them, and how one that should not be here is removed."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.documents import file_response
from consortium.models import AccessLog, AuditEvent
from consortium.models.audit import AccessKind
from consortium.steps import answered_before, attempt, receipt_url
from consortium.templatetags.portal import weekday_day
from members.forms.hand_in import RemoveFileForm
from members.models import Accession, Decision, Municipality


def send_extract(request, row):
    """Return a row's file as an answer, and keep in the log who read it."""
    AccessLog.objects.create(
        kind=AccessKind.READ, user=request.user, what=f"members.{row._meta.model_name} {row.pk}"
    )
    name = row.extract.name.rpartition("/")[2]
    kind = "application/pdf" if name.endswith(".pdf") else "image/jpeg"
    return file_response(row.extract, name=name, content_type=kind)


def _extracts(user):
    """Return the entries with a file that the person may read: one that was replaced is the service centre's alone."""
    rows = Decision.objects.filter(accession__in=Accession.objects.visible_to(user)).exclude(extract="")
    if user.is_staff:
        return rows
    own = Q(accession__municipality__in=Municipality.objects.of(user))  # an auditor reads what was recorded
    return rows.filter(own | Q(recorded_at__isnull=False), correction__isnull=True, moved_to__isnull=True)


@require_safe
def extract(request, pk):
    """The extract of the minutes, for those who may see the accession."""
    return send_extract(request, get_object_or_404(_extracts(request.user), pk=pk))


@require_http_methods(["GET", "POST"])
def extract_remove(request, pk):
    """Remove a file that should never have been sent here; the log keeps that it was there."""
    if not request.user.is_staff:
        raise PermissionDenied
    row = get_object_or_404(_extracts(request.user).select_related("accession__municipality"), pk=pk)
    form = RemoveFileForm(request.POST or None)
    if request.method == "POST":
        if before := answered_before(request):
            return before
        if form.is_valid():

            def act():
                row.remove_extract(by=request.user)
                return receipt_url(row.accession, AuditEvent.objects.about(row.accession).first())

            if answer := attempt(form, act, by=request.user):
                return HttpResponseRedirect(answer)
    context = {
        "record": row.accession,
        "form": form,
        "kind": _("Joining"),
        "title": row.accession.municipality.name,
        "says": _(
            "The file “%(name)s” of the entry %(body)s, %(day)s is removed for good; nobody can bring it back. "
            "The entry stays, and the history keeps that a file was there."
        )
        % {
            "name": row.extract_name,
            "body": row.body_shown,
            "day": weekday_day(row.meeting_on),
        },
        "button": _("Remove the file: %(name)s") % {"name": row.accession.municipality.name},
    }
    return render(request, "step.html", context)
