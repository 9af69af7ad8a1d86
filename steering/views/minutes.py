"""The minutes of a meeting: read, worded, checked, signed, published, corrected, and each item on a page of its own."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import clock
from consortium.documents import file_response, try_again
from consortium.forms import PortalForm
from consortium.lists import Column, ListPage
from consortium.models import AccessLog, DocumentState
from consortium.models.audit import AccessKind
from consortium.steps import answered_before, attempt, receipt_of, take_step
from consortium.templatetags.portal import day, weekday_day
from steering import minutes as composed
from steering import minutes_paper
from steering.forms import minutes as forms
from steering.models import Item, Meeting, Minutes, MinutesPaper, MinutesState, NamesPeriod, PaperForm
from steering.models.minutes_papers import USUAL_DAYS
from steering.pages import minutes as pages

form_page = require_http_methods(["GET", "POST"])


def _minutes_of(request, pk):
    """Return the minutes of a meeting to those who may read them, a draft without a row included; else 404."""
    meetings = Meeting.objects.select_related("body")
    found = Minutes.of(get_object_or_404(meetings, pk=pk, state="closed"))
    if found.pk is None:
        if not request.user.has_perm("steering.word_minutes", found):
            raise Http404
    elif not Minutes.objects.visible_to(request.user).filter(pk=found.pk).exists():
        raise Http404
    return found


def _log(request, found, told):
    """Keep in the log that somebody has read an item that is not public."""
    if told and any(entry["ground"] for entry in told["entries"]):
        what = f"steering.minutes {found.meeting_id}"
        AccessLog.objects.create(kind=AccessKind.READ, user=request.user, what=what)


@login_not_required
@require_safe
def minutes(request, pk):
    """The minutes as a page: for everybody what is published, for the body's own people all that they may read."""
    found, today = _minutes_of(request, pk), clock.today()
    told, faults = pages.text_of(request.user, found)
    _log(request, found, told)
    event = receipt_of(request, found) if found.pk else None
    parts = pages.parts(request.user, found, told, faults, today)
    if pages.is_insider(request.user, found) and (history := pages.history_part(found)):
        parts.append(history)
    context = {
        "kind": {"label": _("Minutes"), "url": reverse("steering:minutes_list")},
        "title": _("Minutes %(number)s") % {"number": found.meeting.number},
        "says": pages.says(request.user, found, today),
        "acts": pages.acts(request.user, found, today),
        "receipt": pages.receipt(event, request.user),
        "parts": parts,
    }
    return render(request, "gathered.html", context)


@login_not_required
@require_safe
def minutes_progress(request, pk):
    """How far the papers are, for the page that waits."""
    found = _minutes_of(request, pk)
    rows = pages.papers_of(request.user, found, clock.today())
    signed = found.signed_file and pages.may_read_whole(request.user, found)
    job = pages.progress(request.user, found, rows, signed)
    return render(request, "partials/progress.html", {"job": job})


@login_not_required
@require_safe
def minutes_item(request, pk, number):
    """One item of the minutes: the extract (pöytäkirjanote) as a page."""
    found, language = _minutes_of(request, pk), pages.spoken()
    item = get_object_or_404(found.meeting.items, number=number)
    try:
        inside = pages.is_insider(request.user, found)
        text = found.seen_by(request.user, language) if inside else found.shown(language)
        told = minutes_paper.told_extract(composed.extract(text, number), language)
    except (composed.Untrue, KeyError, ValueError):
        raise Http404 from None
    if told["entry"]["ground"]:
        item.opened(request.user)
    context = {
        "minutes": found,
        "item": item,
        "told": told,
        "acts": pages.item_acts(request.user, found, item),
        "papers": pages.extracts(request.user, found, item),
        "may_print": found.pk
        and request.user.has_perm("steering.extract_minutes", found)
        and found.allows("extract"),
        "form": PortalForm(by=request.user),
    }
    return render(request, "steering/minutes_item.html", context)


# --- Steps -----------------------------------------------------------------------------------------------------

FORMS = {
    "name_checkers": forms.CheckersForm,
    "send": PortalForm,
    "approve": PortalForm,
    "remark": forms.RemarkForm,
    "rework": forms.ReworkForm,
    "sign": forms.SignForm,
    "publish": forms.NamesForm,
}


def _says(verb, found):
    return {
        "name_checkers": _("Two of those who sat in the meeting read the minutes and approve them."),
        "send": _(
            "The text is frozen as it stands and printed in both languages. Both checkers get a letter."
        ),
        "approve": _("By approving you say that the minutes tell what was decided and who took part."),
        "remark": _("The one who sent the minutes is told. You approve them once they have been corrected."),
        "rework": _("The wording can then be changed. Both checkers are asked anew."),
        "sign": _(
            "The file that the chair, the secretary and the checkers have signed. Only the group reads it."
        ),
        "publish": _(
            "Everybody may then read the minutes, without the items that are not public. Names of experts, visitors "
            "and owners of tasks are left out; other names are shown until %(day)s."
        )
        % {"day": day(pages.names_would_go(found))},
    }[verb]


def _step(request, found, verb, form_class, title, says, button):
    back = found.get_absolute_url()
    context = {
        "kind": _("Minutes"),
        "title": title,
        "says": says,
        "heading": _("Entry"),
        "button": button,
        "back": {"url": back, "label": _("Back, without an entry")},
    }
    if (
        request.method == "POST"
        and found.pk is None
        and request.user.has_perm("steering.word_minutes", found)
    ):
        found = found.begin()
    return take_step(request, found, verb, form_class, template="act.html", **context)


@form_page
def minutes_act(request, pk, verb):
    """Take one step of the minutes."""
    found = _minutes_of(request, pk)
    title = _("Minutes %(number)s") % {"number": found.meeting.number}
    label = pages.LABELS[verb]
    if verb == "publish" and found.state == MinutesState.PUBLISHED:
        label = _("Publish anew")
    return _step(request, found, verb, FORMS[verb], title, _says(verb, found), label)


def _item_step(request, pk, number, verb, form_class, says, button):
    found = _minutes_of(request, pk)
    item = get_object_or_404(Item.objects.visible_to(request.user), meeting=found.meeting_id, number=number)
    title = f"§ {item.number} {item.title}"
    return _step(request, found, verb, partial(form_class, item=item), title, says, button)


@form_page
def minutes_word(request, pk, number):
    """Write an item of the draft better."""
    says = _(
        "Change the wording, not what was decided: votes and attendance follow the record of the meeting."
    )
    return _item_step(request, pk, number, "word", forms.WordForm, says, _("Save the wording"))


@form_page
def minutes_correct(request, pk, number):
    """Put a dated correction of an item beside the old text."""
    says = _(
        "The old text stays. The correction stands beside it with its day; published minutes are published anew."
    )
    return _item_step(request, pk, number, "correct", forms.CorrectForm, says, _("Add the correction"))


@require_POST
def minutes_extract(request, pk, number):
    """Have an extract of one item printed."""
    found = _minutes_of(request, pk)
    item = get_object_or_404(Item.objects.visible_to(request.user), meeting=found.meeting_id, number=number)
    if found.pk is None or not request.user.has_perm("steering.extract_minutes", found):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    form = PortalForm(request.POST, by=request.user)
    page = pages.item_url(found, number)

    def ask():
        found.extract(by=request.user, item=item)
        return page

    if form.is_valid() and (answer := attempt(form, ask, by=request.user)):
        messages.success(request, _("The extract is being printed. Load the page again in a moment."))
        return HttpResponseRedirect(answer)
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return HttpResponseRedirect(page)


@require_POST
def minutes_again(request, pk):
    """Put the papers that could not be made back into the queue."""
    found = _minutes_of(request, pk)
    if found.pk is None or not request.user.has_perm("steering.extract_minutes", found):
        raise PermissionDenied
    if sum(try_again(paper) for paper in found.papers.filter(state=DocumentState.FAILED)):
        messages.success(request, _("The file is being made again."))
    return HttpResponseRedirect(found.get_absolute_url())


# --- Files -----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def minutes_paper_file(request, key):
    """A paper of minutes, to those who may have it; what everybody may have, as long as it is still true."""
    rows = MinutesPaper.objects.select_related("minutes__meeting__body").filter(state=DocumentState.READY)
    paper = get_object_or_404(rows, key=key)
    found, today = paper.minutes, clock.today()
    if not Minutes.objects.visible_to(request.user).filter(pk=found.pk).exists():
        raise Http404
    if paper.form == PaperForm.EXTRACT:
        item = get_object_or_404(found.meeting.items, number=paper.section)
        if not pages.extracts(request.user, found, item):
            raise Http404
    elif not (
        paper in pages.papers_of(request.user, found, today) or pages.may_read_whole(request.user, found)
    ):
        raise Http404
    if paper.form in {PaperForm.FULL, PaperForm.EXTRACT} and found.closed(today):
        what = f"steering.minutes {found.meeting_id}"
        AccessLog.objects.create(kind=AccessKind.READ, user=request.user, what=what)
    return file_response(paper.file, name=paper.filename, content_type=paper.content_type)


@require_safe
def minutes_signed(request, pk):
    """The signed file, for those who may read every item."""
    found = _minutes_of(request, pk)
    if not found.signed_file or not pages.may_read_whole(request.user, found):
        raise Http404
    if found.closed():
        what = f"steering.minutes {found.meeting_id}"
        AccessLog.objects.create(kind=AccessKind.READ, user=request.user, what=what)
    name = found.signed_file.name.rpartition("/")[2]
    kind = "application/pdf" if name.endswith(".pdf") else "image/jpeg"
    return file_response(found.signed_file, name=name, content_type=kind)


# --- List, period with names ------------------------------------------------------------------------------------


def _columns():
    return [
        Column(
            "number",
            pgettext("of one meeting", "Minutes"),
            lambda r: r.meeting.number,
            url=lambda r: r.get_absolute_url(),
        ),
        Column("body", _("Group"), lambda r: r.meeting.body.name),
        Column(
            "held",
            _("Meeting"),
            lambda r: clock.date_of(r.meeting.opened_at),
            lambda r: weekday_day(r.meeting.opened_at),
            order_by=("meeting__opened_at",),
        ),
        Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
        Column(
            "published",
            _("First published"),
            lambda r: r.first_published_on,
            lambda r: day(r.first_published_on) or _("Not yet"),
            order_by=("first_published_on",),
        ),
    ]


@login_not_required
@require_safe
def minutes_list(request):
    """The minutes of all meetings, the newest first; for everybody those that are published."""
    rows = Minutes.objects.visible_to(request.user).select_related("meeting__body")
    listing = ListPage(
        request, rows, _columns(), caption=_("Minutes"), default_sort="-held", filename="minutes"
    )
    if answer := listing.export():
        return answer
    may = request.user.has_perm("steering.settle_names")
    link = {"url": reverse("steering:names_period"), "label": _("How long names stay")} if may else None
    return render(request, "steering/minutes_list.html", {"list": listing, "other_act": link})


@form_page
def names_period(request):
    """For how long published minutes name people: what holds, and since when."""
    if not request.user.has_perm("steering.settle_names"):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    form = forms.NamesPeriodForm(request.POST or None, by=request.user)

    def settle():
        NamesPeriod.settle(by=request.user, **form.details)
        return reverse("steering:names_period")

    if request.method == "POST" and form.is_valid() and (answer := attempt(form, settle, by=request.user)):
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(answer)
    context = {"form": form, "rows": NamesPeriod.objects.all(), "usual": USUAL_DAYS}
    return render(request, "steering/names_period.html", context)
