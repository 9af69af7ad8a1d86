"""Annual reports: filled by the portal, edited section by section, published as a page and as PDF."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import clock
from consortium.documents import file_response, try_again
from consortium.models import DocumentState
from consortium.steps import receipt_of, take_entry, take_step
from steering.forms.project import ReasonForm
from steering.forms.report import FillForm, NewReportForm, PublishForm, SectionForm
from steering.models import FILLED, AnnualReport, PaperState, Plan, ReportPaper, SectionKind
from steering.models.report import FILES
from steering.pages import plans as pages
from steering.report_content import LANGUAGES, content, contents
from steering.report_paper import digest

form_page = require_http_methods(["GET", "POST"])


def _report(request, year):
    return get_object_or_404(AnnualReport.objects.visible_to(request.user), year=year)


def _language():
    return get_language() if get_language() in LANGUAGES else "fi"


def _kind(report):
    return _("Annual report %(year)s") % {"year": report.year}


def _back(report):
    return {"url": report.get_absolute_url(), "label": _("Back, without an entry")}


@login_not_required
@require_safe
def report(request, year):
    """One year's report: the published edition, or for those who prepare it the draft as it would be now."""
    found = _report(request, year)
    edition = found.edition()
    drafts = request.user.has_perm("steering.read_drafts") and found.state == PaperState.DRAFT
    keeps = request.user.has_perm("steering.manage_plans")
    event = receipt_of(request, found) if keeps else None
    told = content(found, _language()) if drafts else edition.contents[_language()]
    context = {
        "report": found,
        "told": told,
        "says": pages.report_says(found, edition),
        "is_draft": drafts,
        "open_to": found.steps_open_to(request.user),
        "filled": FILLED,
        "stale": _stale(found) if drafts and keeps else [],
        "edition": edition,
        "editions": list(found.editions.all()),
        "because": edition.because(_language()) if edition else "",
        "plan": Plan.objects.visible_to(request.user).filter(year=year).first(),
        "budget": pages.budget_of(request.user, year),
        "job": _papers(edition) if edition else None,
        "failed": keeps and edition and edition.papers.filter(state=DocumentState.FAILED).exists(),
        "history": pages.history(found) if keeps else [],
        "receipt": pages.receipt_of(request, found, event),
    }
    return render(request, "steering/report.html", context)


def _stale(found):
    """Return the sections in whose place the portal would now say something else than when they were written."""
    written = [row for row in found.sections.all() if row.text_fi and row.kind in FILLED]
    if not written:
        return []
    now = {lang: {s["kind"]: s["filled"] for s in content(found, lang)["sections"]} for lang in FILES}
    return [
        row.kind
        for row in written
        if (now["fi"][row.kind], now["sv"][row.kind]) != (row.filled_fi, row.filled_sv)
    ]


def _papers(edition):
    """Return how far the PDFs of an edition are, as partials/progress.html draws it."""
    papers = list(edition.papers.order_by("language"))
    running = [row for row in papers if row.state in {DocumentState.QUEUED, DocumentState.MAKING}]
    ready = [row for row in papers if row.state == DocumentState.READY]
    says = _("The report as PDF:")
    if running:
        says = _("The PDF is being made.")
    elif len(ready) < len(papers):
        says = _("The PDF could not be made. The service centre can have it made again.")
    year, number = edition.report.year, edition.number
    return {
        "id": "papers",
        "poll_url": reverse("steering:report_progress", args=[year, number]) if running else "",
        "says": says,
        "done": len(ready),
        "total": len(papers),
        "template": "procurement/parts/value_papers.html",
        "papers": [
            {"paper": row, "url": reverse("steering:report_file", args=[year, number, row.language])}
            for row in ready
        ],
    }


@login_not_required
@require_safe
def report_progress(request, year, number):
    """How far the PDFs are, for the page that waits."""
    edition = get_object_or_404(_report(request, year).editions, number=number)
    return render(request, "partials/progress.html", {"job": _papers(edition)})


@login_not_required
@require_safe
def report_file(request, year, number, language):
    """An edition as PDF in a language; an earlier edition stays at its address."""
    edition = get_object_or_404(_report(request, year).editions, number=number)
    rows = ReportPaper.objects.filter(edition=edition, language=language, state=DocumentState.READY)
    found = get_object_or_404(rows)
    return file_response(found.file, name=found.filename, content_type=found.content_type)


@require_POST
def report_again(request, year, number):
    """Have the PDFs of an edition that failed made once more."""
    edition = get_object_or_404(_draft(request, year).editions, number=number)
    if not request.user.has_perm("steering.manage_plans"):
        raise PermissionDenied
    for paper in edition.papers.all():
        try_again(paper)
    return HttpResponseRedirect(f"{edition.report.get_absolute_url()}#papers")


@form_page
def report_new(request):
    """Begin the report of a year; the portal fills it."""
    if not request.user.has_perm("steering.manage_plans"):
        raise PermissionDenied
    form = NewReportForm(request.POST or None, by=request.user)

    def begin():
        return AnnualReport.draft(by=request.user, **form.details)

    context = {
        "kind": _("Plans and reports"),
        "title": _("Begin an annual report"),
        "says": _("The portal fills it from the year's figures, decisions, actions and projects."),
        "button": _("Begin the report"),
        "back": {"url": reverse("steering:plan_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, begin, **context)


def _draft(request, year):
    """Return the report among those whose draft the person reads, or 404."""
    if not request.user.has_perm("steering.read_drafts"):
        raise Http404
    return _report(request, year)


@form_page
def report_write(request, year, kind):
    """Write a section, beginning from what the portal says by itself."""
    found = _draft(request, year)
    section = get_object_or_404(found.sections, kind=kind)

    def form(*args, **kwargs):
        filled = {
            lang: next(s["filled"] for s in content(found, lang)["sections"] if s["kind"] == kind)
            for lang in FILES
        }
        return SectionForm(*args, section=section, filled=filled, **kwargs)

    context = {
        "kind": _kind(found),
        "title": SectionKind(kind).label,
        "says": _(
            "An empty line begins a new paragraph. Figures and goals stand below the text by themselves."
        ),
        "button": _("Save the section"),
        "back": _back(found),
    }
    return take_step(request, found, "write", form, template="form.html", **context)


@form_page
def report_fill(request, year, kind):
    """Let the portal's own sentences stand in a section again."""
    found = _draft(request, year)
    section = get_object_or_404(found.sections, kind=kind)

    def form(*args, **kwargs):
        return FillForm(*args, section=section, **kwargs)

    context = {
        "kind": _kind(found),
        "title": SectionKind(kind).label,
        "says": _("What was written here goes, and the portal's own sentences stand in its place."),
        "button": _("Leave the section to the portal"),
        "back": _back(found),
    }
    return take_step(request, found, "fill", form, template="form.html", **context)


@form_page
def report_publish(request, year):
    """Read the report once more as it will stand, and publish it."""
    found = _draft(request, year)
    told = contents(found)

    def form(*args, **kwargs):
        return PublishForm(*args, contents=told, seen=digest(told), **kwargs)

    context = {
        "kind": _kind(found),
        "report": found,
        "told": told[_language()],
        "languages": [(lang, told[lang]) for lang in FILES],
        "is_early": year >= clock.today().year,
        "back": _back(found),
    }
    return take_step(request, found, "publish", form, template="steering/report_publish.html", **context)


@form_page
def report_reopen(request, year):
    """Open a published report for a corrected edition."""
    found = _draft(request, year)
    context = {
        "kind": _kind(found),
        "title": _("Correct the report"),
        "says": _("The published edition stays as it is until a corrected one is published beside it."),
        "button": _("Open the report for a correction"),
        "back": _back(found),
    }
    return take_step(request, found, "reopen", ReasonForm, template="form.html", **context)
