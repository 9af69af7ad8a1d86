"""The record of a meeting while it meets, on one page."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.utils import ErrorDict
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from consortium import clock
from consortium.models import AccessLog
from consortium.models.audit import AccessKind
from consortium.steps import attempt, refusals
from procurement.forms.awards import AwardForm
from procurement.models import compare
from procurement.readings import OFFERS, note_reading
from steering.forms import room as forms
from steering.forms.record import TextsForm
from steering.models import Item, Meeting
from steering.models.consequence import section_of
from steering.models.dealing import TEXTS, Overwritten, Settled
from steering.pages import room as pages

# What a button of the page does: the method, the form it reads.
MEETING_ACTS = {
    "begin": ("begin", forms.BeginForm),
    "mark": ("mark", forms.MarkForm),
    "visitor": ("mark", forms.VisitorForm),
    "undo": ("undo", forms.UndoForm),
    "adjourn": ("adjourn", forms.BreakForm),
    "resume": ("resume", forms.BreakForm),
    "choose_chair": ("choose_chair", forms.ChairForm),
    "carry_over": ("carry_over", forms.RoomForm),
    "continue_on": ("continue_on", forms.ContinueForm),
    "close": ("close", forms.RoomForm),
    "reasons": ("give_reasons", forms.ReasonsForm),
    "correct": ("correct_attendance", forms.CorrectionForm),
}
ITEM_ACTS = {
    "take_up": ("take_up", forms.RoomForm),
    "put_back": ("put_back", forms.RoomForm),
    "conflict": ("conflict", forms.ConflictForm),
    "no_conflict": ("no_conflict", forms.NoConflictForm),
    "unanimous": ("put", forms.UnanimousForm),
    "roll_call": ("put", forms.RollCallForm),
    "votes": ("cast_for", forms.VotesForm),
    "close_vote": ("close_vote", forms.VotesForm),
    "set_aside": ("set_aside", forms.RoomForm),
    "reopen": ("reopen", forms.RoomForm),
    "dissent": ("dissent", forms.DissentForm),
    "action": ("add_action", forms.ActionForm),
    "decide": ("decide", forms.FollowsForm),
    "note": ("note", forms.RoomForm),
    "put_off": ("put_off", forms.RoomForm),
}
SETTLING = {"decide", "note", "put_off"}
# What stands beside and has a button of its own: another button does not record it, and must not lose it.
BESIDE = {
    "text_fi": gettext_lazy("Have something done"),
    "text_sv": gettext_lazy("Have something done"),
    "ground": gettext_lazy("Record a conflict of interest"),
    "reasons": gettext_lazy("Record a dissent"),
    "late_reasons": gettext_lazy("Dissents without reasons"),
}
SHOWN = (
    *(
        forms.BeginForm,
        forms.MarkForm,
        forms.BreakForm,
        forms.ContinueForm,
        forms.ChairForm,
        forms.ConflictForm,
    ),
    *(
        forms.UnanimousForm,
        forms.VotesForm,
        forms.DissentForm,
        forms.ReasonsForm,
        forms.CorrectionForm,
        forms.ActionForm,
        forms.FollowsForm,
    ),
)
AUTOSAVE = "autosave"


def meeting_of(request, pk):
    """Return the meeting to whoever may know of it, or 404."""
    rows = Meeting.objects.visible_to(request.user).select_related("body")
    return get_object_or_404(rows, pk=pk)


def _record_url(meeting, done=""):
    url = reverse("steering:record", args=[meeting.pk])
    return f"{url}?done={done}" if done else url


def _may_record(user, meeting):
    return user.has_perm("steering.record_meeting", meeting)


@require_safe
def record(request, pk):
    """The day's one screen: attendance, the item in hand, the agenda, the end."""
    meeting = meeting_of(request, pk)
    if not (_may_record(request.user, meeting) or request.user.has_perm("steering.close_meeting", meeting)):
        raise PermissionDenied
    return _page(request, meeting)


def log_reading(user, items, what):
    """Keep in the log that somebody has read what is not public."""
    if any(item.is_restricted() for item in items):
        AccessLog.objects.create(kind=AccessKind.READ, user=user, what=what)


def _page(request, meeting, failed=None, texts=None, theirs=None):
    """Show the record as it stands now; what was typed and refused is still there."""
    room = pages.Room(meeting, request.user)
    log_reading(request.user, room.items, f"steering.record {meeting.pk}")
    may_record = _may_record(request.user, meeting)
    row = room.in_hand if may_record else None
    shown = {cls: _form(cls, request, room, failed) for cls in SHOWN} if may_record else {}
    if row is not None and texts is None:
        texts = TextsForm(row=row)
    ticked = set(request.POST.getlist("people")) if failed else set()
    award = _award_form(request, row, failed) if row is not None else None
    context = {
        "meeting": meeting,
        "room": room,
        "row": row,
        "may_record": may_record,
        "may_correct": may_record
        and meeting.may_correct()
        and request.user.has_perm("steering.correct_attendance_meeting", meeting),
        "may_close": request.user.has_perm("steering.close_meeting", meeting) and meeting.allows("close"),
        "says": room.says(),
        "done": pages.DONE.get(request.GET.get("done", ""), "") if request.method == "GET" else "",
        "people": room.attendance({int(key) for key in ticked if key.isdecimal()}),
        "texts": texts,
        "theirs": theirs or {},
        "award": award,
        "lots": _lots(row),
        "form": failed,
        "voters": _voters(request, room, failed) if row is not None else [],
        "settled": _settled(room) if may_record else {},
        **{cls.__name__.removesuffix("Form").lower(): form for cls, form in shown.items()},
    }
    return render(request, "steering/record.html", context)


def _voters(request, room, failed):
    """Return the rows of the roll call that is open; after a refusal with the votes as they were typed."""
    rows = room.voters_now if room.open_ballot else []
    for voter in rows if failed else []:
        if typed := request.POST.get(f"vote_{voter['key']}"):
            for option in voter["options"]:
                option["checked"] = option["value"] == typed
    return rows


def _settled(room):
    """Return the texts of the settled items, by the key under which a device keeps what was typed in them."""
    return {
        f"record {room.meeting.pk} {row.pk}": {name: getattr(row, name) for name in TEXTS}
        for row in room.items
        if row.outcome
    }


def _form(cls, request, room, failed):
    """Return a form of the page; after a refusal it still holds what was typed, unjudged but for the one refused."""
    if isinstance(failed, cls):
        return failed
    form = cls(request.POST, room=room) if failed is not None else cls(room=room)
    if failed is not None:
        form._errors, form.cleaned_data = ErrorDict(), {}
    return form


def _award_form(request, row, failed=None):
    """Return the form that records the award of the item's procurement with the decision, or None."""
    procurement = row.procurement
    if procurement is None or not procurement.allows("award"):
        return None
    waiting = procurement.undecided_lots()
    if not procurement.offers.standing().exists():
        return None
    if isinstance(failed, AwardForm):
        return failed
    if len(waiting) > 1:  # one item awards one lot: which, is said first
        wanted = [request.POST.get("award_lot"), request.POST.get("lot"), request.GET.get("lot")]
        chosen = next((each for each in wanted if each), None)
        waiting = [lot for lot in waiting if str(lot.pk) == chosen]
    if not waiting:
        return None
    note_reading(request.user, procurement, OFFERS)
    found = compare(procurement, waiting[0])
    sent = request.POST if request.POST.get("record_award") else None
    form = AwardForm(sent, record=procurement, by=request.user, found=found, auto_id="award_%s")
    body = row.meeting.body
    told = {
        "body_fi": body.name_fi,
        "body_sv": body.name_sv,
        "decided_on": clock.today(),
        "section": section_of(row),
    }
    for name, value in told.items():
        form.fields[name].initial = value
    form.lot = waiting[0]
    return form


def _lots(row):
    """Return the lots of the item's procurement that wait for their award, where one of several is to be chosen."""
    procurement = row.procurement if row is not None else None
    if procurement is None or not procurement.allows("award"):
        return []
    waiting = procurement.undecided_lots() if procurement.offers.standing().exists() else []
    return waiting if len(waiting) > 1 else []


def _texts(request, room):
    """Return the form of the texts that came along, if they are of the item in hand."""
    row = room.in_hand
    if row is None or request.POST.get("of_item") != str(row.pk):
        return None
    return TextsForm(request.POST, row=row)


def _heard(request, room):
    """Return the votes in the form that are not recorded yet: account → choice."""
    ballot = room.open_ballot
    if ballot is None:
        return {}
    sent = {key: choice for key, (choice, _own, _time) in ballot["sent"].items()}
    said = {key: request.POST.get(f"vote_{key}", "") for key, _name in room.voters}
    return {key: choice for key, choice in said.items() if choice and choice != sent.get(key)}


def _beside(request, room, form):
    """Return why the act would lose what was typed beside it, as a sentence; an empty text where it would not."""
    waits = [
        words
        for name, words in BESIDE.items()
        if name not in form.fields and request.POST.get(name, "").strip()
    ]
    if not isinstance(form, forms.VotesForm) and _heard(request, room):
        waits.append(_("Votes by name"))
    words = _("What you typed under “%(part)s” has not been recorded. Record it first, or empty it.")
    return words % {"part": waits[0]} if waits else ""


def _do(request, meeting, form, texts, act, done):
    """Carry an act out with the texts typed beside it, and go to the record; refused, show all of it again."""
    theirs = {}

    def both():
        try:
            act()
        except Overwritten as overwritten:
            theirs.update(overwritten.theirs)
            raise
        return _record_url(meeting, done)

    valid = form.is_valid()
    if words := _beside(request, pages.Room(meeting, request.user), form):
        form.add_error(None, words)
        valid = False
    if texts is not None and not texts.is_valid():
        valid, form = False, texts
    if valid and (answer := attempt(form, both, by=request.user)):
        return HttpResponseRedirect(answer)
    meeting.refresh_from_db()
    if texts is not None:
        texts.row.refresh_from_db()
        texts.look_again()
    return _page(request, meeting, form, texts if texts and texts.row.is_in_hand else None, theirs)


def _save(texts, user):
    """Save what was typed in the item in hand, where that was changed."""
    if texts is not None and any(texts.texts[n] != texts.before.get(n, "") for n in TEXTS):
        texts.row.write(by=user, before=texts.before, **texts.texts)


@require_POST
def record_act(request, pk, verb):
    """Do what concerns the meeting: open it, mark attendance, break, go on another day, close."""
    if verb not in MEETING_ACTS:
        raise Http404
    meeting, (method, cls) = meeting_of(request, pk), MEETING_ACTS[verb]
    if not request.user.has_perm(f"steering.{method}_meeting", meeting):
        raise PermissionDenied
    room = pages.Room(meeting, request.user)
    form, texts = cls(request.POST, room=room), _texts(request, room)

    def act():
        _save(texts, request.user)
        getattr(meeting, method)(by=request.user, **form.details)

    return _do(request, meeting, form, texts, act, verb)


@require_POST
def item_act(request, pk, verb):
    """Do what concerns an item: take it up, write, put it, count, settle it."""
    item = get_object_or_404(Item.objects.visible_to(request.user).select_related("meeting__body"), pk=pk)
    if not _may_record(request.user, item.meeting):
        raise PermissionDenied
    if verb == "write":
        return _write(request, item)
    if verb not in ITEM_ACTS:
        raise Http404
    method, cls = ITEM_ACTS[verb]
    room = pages.Room(item.meeting, request.user)
    texts = _texts(request, room)
    form = cls(request.POST, room=room)
    details = {}
    if verb == "decide" and request.POST.get("record_award"):
        award = _award_form(request, item)
        if award is not None:
            form, details = award, {"lot": award.lot}

    def act():
        if verb not in SETTLING:
            _save(texts, request.user)
            if verb == "close_vote":  # the votes typed last are heard before it is counted
                heard = _heard(request, room)
                if heard:
                    item.cast_for(by=request.user, **form.details | {"choices": heard})
                item.close_vote(by=request.user)
            else:
                getattr(item, method)(by=request.user, **form.details)
            return
        said = {} if texts is None else texts.texts | {"before": texts.before}
        if verb == "decide":
            follows = {"award": form.details | details} if details else form.follows
            said["follows"] = follows
        getattr(item, method)(by=request.user, **said)

    return _do(request, item.meeting, form, texts, act, verb)


def _write(request, item):
    """Save the texts of an item, as they are typed or by the button; ``block`` puts a ready text in."""
    texts = TextsForm(request.POST, row=item)
    block = request.POST.get("block")

    def act():
        if block == "as_proposed":
            said = {f"decision_{language}": pages.as_proposed(item, language) for language in ("fi", "sv")}
            texts.cleaned_data |= said
        item.write(by=request.user, before=texts.before, **texts.texts)

    if request.headers.get("X-Requested-With") == AUTOSAVE:
        return _autosave(item, texts, act)
    if words := _beside(request, pages.Room(item.meeting, request.user), texts):
        texts.is_valid()
        texts.add_error(None, words)
    if texts.is_valid():
        try:
            act()
        except ValidationError as error:
            theirs = error.theirs if isinstance(error, Overwritten) else {}
            for field, words in refusals(error).items():
                texts.add_error(field if field in texts.fields else None, words)
            item.refresh_from_db()
            texts.look_again()
            return _page(request, item.meeting, texts, texts if item.is_in_hand else None, theirs)
        return HttpResponseRedirect(_record_url(item.meeting, "write") + _chosen(request))
    return _page(request, item.meeting, texts, texts)


def _chosen(request):
    """Return the part of the address that keeps the lot chosen for the award."""
    lot = request.POST.get("lot", "")
    return f"&lot={lot}#award" if request.POST.get("choose_lot") and lot.isdecimal() else ""


def _autosave(item, texts, act):
    """Answer a save that the page makes by itself: what was kept, or whose words stand in the way."""
    if not texts.is_valid():
        words = [word for errors in texts.errors.values() for word in errors]
        return JsonResponse({"words": " ".join(words)}, status=422)
    try:
        act()
    except ValidationError as error:
        theirs = error.theirs if isinstance(error, Overwritten) else {}
        item.refresh_from_db()
        told = {"words": " ".join(error.messages), "theirs": theirs, "began_from": texts.shown()}
        return JsonResponse(told, status=410 if isinstance(error, Settled) else 409)
    words = _("Saved at %(time)s.") % {"time": f"{clock.now().astimezone(clock.HELSINKI):%-H.%M.%S}"}
    now = {name: getattr(item, name) for name in TEXTS}
    return JsonResponse({"words": words, "began_from": texts.shown(), "texts": now})
