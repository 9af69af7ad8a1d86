"""The joining package: made for many at once, followed live, read on its own page without an account."""

import io
import zipfile

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consortium import documents
from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.models import DocumentState
from consortium.steps import carry_out
from members import package as paper
from members import progress
from members.models import Accession, AccessionState, JoiningPackage, Offer, ask_for_packages, figures_of
from members.views.accession import accession_of


def _ask(request, accessions, back):
    """Ask for packages once per form, and go back to the page that follows them."""
    form = PortalForm(request.POST)
    form.is_valid()

    def ask():
        ask_for_packages(accessions, by=request.user)
        return f"{back}#packages"

    try:
        return HttpResponseRedirect(carry_out(form, ask, by=request.user))
    except LookupError as error:
        messages.error(request, _("The packages cannot be made: %(reason)s") % {"reason": error})
        return HttpResponseRedirect(back)


@require_POST
def offer_packages(request, pk):
    """Ask for the packages of every municipality that the offer has been put to and that has not yet answered."""
    if not request.user.has_perm("members.manage_offer"):
        raise PermissionDenied
    offer = get_object_or_404(Offer, pk=pk)
    return _ask(request, offer.accessions.undecided(), offer.get_absolute_url())


@require_safe
def offer_progress(request, pk):
    """The live part of the offer's page."""
    if not request.user.is_staff:
        raise PermissionDenied
    return render(
        request,
        "partials/progress.html",
        {"job": progress.offer_progress(get_object_or_404(Offer, pk=pk), live=True)},
    )


@require_safe
def offer_zip(request, pk):
    """The newest ready files of an offer as one ZIP, stored as they are."""
    if not request.user.is_staff:
        raise PermissionDenied
    packages = JoiningPackage.objects.filter(accession__offer_id=pk).newest()
    return _zip([p for p in packages if p.state == DocumentState.READY], f"joining-packages-{pk}.zip")


def _zip(packages, name):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for package in packages:
            archive.write(package.file.path, package.filename)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=name)


@require_POST
def accession_packages(request, pk):
    """Ask for one municipality's packages anew; the old files stay at their addresses."""
    record = accession_of(request, pk)
    if not request.user.has_perm("members.send_accession", record):
        raise PermissionDenied
    return _ask(request, Accession.objects.filter(pk=record.pk), record.get_absolute_url())


@require_safe
def package_progress(request, pk):
    """The live part of the accession's page."""
    return render(
        request,
        "partials/progress.html",
        {"job": progress.accession_progress(accession_of(request, pk), live=True)},
    )


@require_POST
def package_retry(request, key):
    """Put a failed file back into the queue."""
    found = get_object_or_404(JoiningPackage.objects.visible_to(request.user), key=key)
    if not request.user.has_perm("members.send_accession", found.accession):
        raise PermissionDenied
    if documents.try_again(found):
        messages.success(request, _("The file is being made again."))
    return HttpResponseRedirect(f"{found.accession.get_absolute_url()}#packages")


@require_safe
def package_file(request, key):
    """A file of the package, for those who may see the accession; every version stays at its address."""
    found = get_object_or_404(
        JoiningPackage.objects.visible_to(request.user), key=key, state=DocumentState.READY
    )
    return file_response(found.file, name=found.filename, content_type=found.content_type)


def open_accession(code):
    """Return the accession behind a short address, however its code was typed, or 404."""
    code = code.replace("-", "").replace(" ", "").upper()
    rows = Accession.objects.select_related("municipality", "offer__version", "offer__tariff")
    return get_object_or_404(rows, code=code)


def page_language(request, record):
    """Return the language of a package's pages: the one asked for if the municipality has it, else its first."""
    languages = record.municipality.languages
    short = request.path.startswith("/p/")  # the address on paper names no language
    asked = request.GET.get("lang") or (languages[0] if short else get_language())
    return asked if asked in languages else languages[0]


def _variants(figures, language):
    """Return the proposal as text for each body that may decide: (body, its name, text)."""
    names = paper.decider_names(figures, language)
    return [(body, names[body], paper.proposal_text(figures, language, body)) for body in paper.BODIES]


def _dates(figures, language):
    """Return the timetable's columns and rows: (step, [(column, day)])."""
    words, columns = paper.texts(language)["letter"], figures["timetable"]
    names = [paper.decider_names(figures, language)[c["body"]] for c in columns]
    rows = [
        (words[step], [(n, c[step]) for n, c in zip(names, columns, strict=True)]) for step in paper.STEPS
    ]
    return {"columns": names, "timetable": rows}


@login_not_required
@require_safe
def package(request, code):
    """The package as a page that needs no account: public preparation material, to be read and copied, nothing else."""
    record = open_accession(code)
    ready = record.ready_packages()
    language = page_language(request, record)
    mine = [p for p in ready if p.language == language]
    figures = mine[0].figures if mine else figures_of(record.municipality, record.offer, code=record.code)
    if record.sent_at and not request.user.is_authenticated:
        record.note_opened()
    context = {
        "accession": record,
        "municipality": record.municipality,
        "offer": record.offer,
        "asked": record.state
        in {AccessionState.PREPARED, AccessionState.SENT, AccessionState.IN_PREPARATION},
        "figures": figures,
        "language": language,
        "languages": record.municipality.languages,
        "takes_hand_ins": record.takes_hand_ins(),
        "address": request.build_absolute_uri(request.path),
        "files": mine,
        "variants": _variants(figures, language),
        "cost_paragraphs": dict(paper.proposal(figures, language).sections)[
            paper.texts(language)["proposal"]["costs_head"]
        ],
        **_dates(figures, language),
    }
    with translation.override(language):  # a Swedish package is read on a Swedish page
        return render(request, "members/package.html", context)


@login_not_required
@require_safe
def package_public_file(request, code, key):
    """A file of the package by its short address."""
    record = open_accession(code)
    found = get_object_or_404(record.packages, key=key, state=DocumentState.READY)
    return file_response(found.file, name=found.filename, content_type=found.content_type)


@login_not_required
@require_safe
def package_public_zip(request, code):
    """Every file of the package at once, by its short address."""
    record = open_accession(code)
    ready = record.ready_packages()
    return _zip(ready, f"{record.municipality.code}.zip")
