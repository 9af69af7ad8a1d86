"""Lists for the central purchasing body: shown, made, downloaded as filtered, sent, marked handed over."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import documents
from consortium.documents import file_response
from consortium.lists import RowList, as_csv, as_xlsx
from consortium.models import DocumentState
from consortium.models.audit import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of, receipt_url, take_step
from procurement import commitment_list as listed
from procurement import handover_paper
from procurement.forms.handover import ChangesSiftForm, HandOverForm, LanguageForm, SendForm, SiftForm
from procurement.models import CommitmentList, ListKind, Procurement, Round
from procurement.models.handover import figures_of, rows_of, words_of
from procurement.pages import handover as told
from procurement.readings import VOLUMES, note_reading


def procurement_of(request, pk):
    """Return the procurement whose answers the person may read, with its round; refuse others."""
    rows = Procurement.objects.visible_to(request.user).select_related("round")
    found = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm("procurement.view_answers", found):
        raise PermissionDenied
    return found


def may_act(request, procurement):
    """Refuse whoever does not run the procurement."""
    if not request.user.has_perm("procurement.manage_procurement", procurement):
        raise PermissionDenied


def round_of(procurement):
    """Return the procurement's round; 404 before it has one."""
    try:
        return procurement.round
    except Round.DoesNotExist:
        raise Http404 from None


def _list_of(request, pk, number):
    """Return a list by its number, its procurement's round beside it; refuse who may not read it."""
    procurement = procurement_of(request, pk)
    rows = CommitmentList.objects.select_related(
        "round__procurement", "compared_with", "handed_over_by", "asked_by"
    )
    return get_object_or_404(rows, round__procurement=procurement, number=number)


def _ceilings(request):
    return request.user.has_perm("procurement.view_ceilings")


def _download(request, table, name):
    """Answer with a table as the file that the address asks for, or None when it asks for the page."""
    kind = request.GET.get("format")
    if kind not in {"csv", "xlsx"}:
        return None
    name = f"{name}.{kind}"
    return as_csv(table(), name) if kind == "csv" else as_xlsx(table(), name)


def _filter_says(sift):
    return [(_("Only these lines"), sift.asked)] if sift.asked else []


# --- The list as it now stands ------------------------------------------------------------------------------------


@require_safe
def commitment_lists(request, pk):
    """The round's list as it now stands, filtered and downloaded, and the lists made of it so far."""
    procurement = procurement_of(request, pk)
    return _lists_page(request, procurement)


def _lists_page(request, procurement, form=None):
    round_ = getattr(procurement, "round", None)
    context = {"procurement": procurement, "round": round_}
    if round_ is None or not round_.is_frozen():
        context["form"] = form
        if round_:
            context["says"] = told.state_says(round_)
        return render(request, "procurement/commitment_lists.html", context)
    rows = rows_of(round_)
    note_reading(request.user, procurement, VOLUMES)
    figures = figures_of(round_, rows)
    words = words_of(figures["lots"], get_language(), ceilings=_ceilings(request))
    sift = SiftForm(request.GET)
    chosen = sift.sift(rows)
    columns = told.columns(words, rows)
    word = _("commitments")  # in a file's name
    name = f"{procurement.number}-{word}-{round_.closes_on:%Y-%m-%d}"
    says = [*handover_paper.head_lines(figures, words.language), *_filter_says(sift)]
    if file := _download(
        request, lambda: listed.table(_in_order(request, chosen, columns), words, says=says), name
    ):
        return file
    listing = RowList(request, chosen, columns, caption=_("The list as it now stands"), filename=name)
    lists = list(round_.lists.select_related("compared_with", "handed_over_by"))
    last = next((made for made in lists if made.handed_over_on), None)
    found = listed.sums(rows, words.lots)
    acts = request.user.has_perm("procurement.manage_procurement", procurement)
    context |= {
        "says": f"{told.state_says(round_)} {told.sums_say(found)}",
        "list": listing,
        "sift": sift,
        "is_sifted": bool(sift.asked),
        "foot": told.foot(chosen, words, columns),
        "lacking": len(SiftForm({"special": "lacking"}).sift(rows)),
        "made": [(made, told.title_of(made), told.handed_says(made)) for made in lists],
        "last": last,
        "changed": len(listed.differences(last.rows, rows, words)) if last else None,
        "acts": acts,
        "form": form or (LanguageForm(by=request.user) if acts else None),
    }
    return render(request, "procurement/commitment_lists.html", context)


def _in_order(request, rows, columns):
    """Return the rows in the order in which the page shows them."""
    return list(RowList(request, rows, columns).all_rows)


@require_POST
def commitment_list_make(request, pk):
    """Freeze the list as it stands, whole or as differences; pressing twice makes one."""
    procurement = procurement_of(request, pk)
    may_act(request, procurement)
    if before := answered_before(request):
        return before
    round_ = round_of(procurement)
    form = LanguageForm(request.POST, by=request.user)

    def make():
        made = CommitmentList.ask(round_, by=request.user, language=form.cleaned_data["language"])
        return receipt_url(made, AuditEvent.objects.about(made).first())

    answer = attempt(form, make, by=request.user) if form.is_valid() else None
    return HttpResponseRedirect(answer) if answer else _lists_page(request, procurement, form)


# --- One list -----------------------------------------------------------------------------------------------------


@require_safe
def commitment_list(request, pk, number):
    """One list as it was frozen: its lines or differences, its file, and whether it was handed over."""
    given = _list_of(request, pk, number)
    note_reading(request.user, given.round.procurement, VOLUMES)
    words = given.words(get_language(), ceilings=_ceilings(request))
    differs = given.kind == ListKind.DIFFERENCES
    sift = (ChangesSiftForm if differs else SiftForm)(request.GET)
    columns = told.change_columns(words) if differs else told.columns(words, given.rows)
    chosen = sift.sift(given.changes(words) if differs else given.rows)
    name = given.name_of("").rstrip(".")

    def table():
        own = given.words(ceilings=words.ceilings)  # a file speaks its own language, whatever the page speaks
        part = {"changes" if differs else "rows": _in_order(request, chosen, columns)}
        return given.table(own, also=_filter_says(sift), **part)

    if file := _download(request, table, name):
        return file
    event = receipt_of(request, given)
    acts = request.user.has_perm("procurement.manage_procurement", given.round.procurement)
    listing = RowList(request, chosen, columns, caption=told.title_of(given), filename=name)
    context = {
        "given": given,
        "procurement": given.round.procurement,
        "title": told.title_of(given),
        "says": told.handed_says(given),
        "sums": told.sums_say(listed.sums(given.rows, words.lots)),
        "list": listing,
        "sift": sift,
        "is_sifted": bool(sift.asked),
        "foot": None if differs else told.foot(chosen, words, columns),
        "job": told.list_job(given),
        "acts": acts,
        "receipt": event and told.receipt(event, given),
    }
    return render(request, "procurement/commitment_list.html", context)


@require_safe
def commitment_list_progress(request, pk, number):
    """The live part of the list's page: how far its file is."""
    given = _list_of(request, pk, number)
    may_act(request, given.round.procurement)
    return render(request, "partials/progress.html", {"job": told.list_job(given)})


@require_safe
def commitment_list_file(request, pk, number):
    """The list's file as it was made; it stays at its address."""
    given = _list_of(request, pk, number)
    may_act(request, given.round.procurement)
    if given.state != DocumentState.READY:
        return HttpResponseRedirect(given.get_absolute_url())
    note_reading(request.user, given.round.procurement, VOLUMES)
    return file_response(given.file, name=given.filename, content_type=given.content_type)


@require_POST
def commitment_list_again(request, pk, number):
    """Put a file that could not be made back into the queue."""
    given = _list_of(request, pk, number)
    may_act(request, given.round.procurement)
    if documents.try_again(given):
        messages.success(request, _("The file is being made again."))
    return HttpResponseRedirect(given.get_absolute_url())


def _step(given, **words):
    facts = {"number": given.round.procurement.number, "title": given.round.procurement.title}
    return {
        "kind": _("Joint procurement %(number)s: %(title)s") % facts,
        "title": told.title_of(given),
        **words,
    }


@require_http_methods(["GET", "POST"])
def commitment_list_send(request, pk, number):
    """Send the list's file by mail from the portal."""
    given = _list_of(request, pk, number)
    says = _("The file %(file)s leaves as an attachment, and the list is marked handed over today.")
    words = _step(given, says=says % {"file": given.filename}, button=_("Send the list"))
    return take_step(request, given, "send", SendForm, **words)


@require_http_methods(["GET", "POST"])
def commitment_list_hand_over(request, pk, number):
    """Mark the list handed over: from one's own mailbox, or into the other's system."""
    given = _list_of(request, pk, number)
    says = _("Nothing is sent from here. The list counts as the one that the central purchasing body has.")
    words = _step(given, says=says, button=_("Mark handed over"))
    return take_step(request, given, "hand_over", HandOverForm, **words)
