"""One municipality in one procurement: the page on which it answers, on a phone in two minutes."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of, receipt_url
from members.models import Municipality
from members.rules import belongs
from members.views.extract import send_extract
from procurement import answer_words
from procurement.forms.answer import AnswerForm, ExtractForm
from procurement.models import Answer, AnswerExtract, AnswerKind, Procurement
from procurement.pages import ours as page
from procurement.readings import VOLUMES, note_reading


def _place(request, code):
    """Return the municipality whose page it is, for those who may read it, or 404."""
    place = get_object_or_404(Municipality, code=code)
    if not request.user.has_perm("procurement.view_answer", place):
        raise Http404
    request.acts_for = place.code  # the header names the municipality whose page this is
    return place


def _found(request, pk, code):
    """Return the procurement, the municipality, and its answer or None; 404 for what the person may not know of."""
    rows = Procurement.objects.visible_to(request.user).select_related("round")
    procurement = get_object_or_404(rows, pk=pk)
    place = _place(request, code)
    answers = Answer.objects.visible_to(request.user).filter(round__procurement=pk, municipality=place)
    answer = answers.select_related("standing__given_by").first()
    if answer is None and not belongs(request.user, place):
        raise Http404
    round_ = getattr(procurement, "round", None)
    if round_:
        round_.procurement = procurement
    if answer:
        answer.round, answer.municipality = round_, place
    return procurement, place, round_, answer


def buttons(user, place):
    """Return the act that this person takes with the form: its verb and what its button says."""
    if user.has_perm("procurement.give_answer", place):
        return "give", _("Answer for %(name)s") % {"name": place.of_name}
    if page.prepares_only(user, place):
        return "prepare", _("Prepare the answer for the representative: %(name)s") % {"name": place.name}
    return "", ""


def _is_unsaid(newest):
    """Tell whether an answer is still to come: nothing was said, or the meeting that was told of has passed."""
    return newest is None or (newest.kind == AnswerKind.PREPARING and newest.until < clock.today())


@require_http_methods(["GET", "POST"])
def ours(request, pk, code):
    """What it costs us, until when, what silence means; our answer, or what we answered; what all share."""
    if before := answered_before(request):
        return before
    procurement, place, round_, answer = _found(request, pk, code)
    verb, button = buttons(request.user, place)
    takes = answer is not None and bool(verb) and (round_.is_open() or round_.takes_late())
    asks = takes and (_is_unsaid(answer.newest) or "change" in request.GET)
    form = None
    if request.method == "POST" and verb and answer:  # too late as well: what was typed stays, and is told so
        form = AnswerForm(request.POST, request.FILES, record=answer, by=request.user)
        if shown := answering(request, form, lambda: _act(answer, verb, form, request.user), button):
            return shown
    elif asks:
        form = AnswerForm(record=answer, by=request.user)
    return _page(request, procurement, place, round_, answer, form, button)


def answering(request, form, act, button):
    """Take an answer in two steps: the sum is read back before it is sent. None to show the form again."""
    valid = form.is_valid()
    checked = "checked" in request.POST and "change" not in request.POST
    only_file = checked and set(form.errors) == {"extract"}
    if only_file or (valid and form.reads_back and not checked and "change" not in request.POST):
        return _check(request, form, button)
    if valid and "change" not in request.POST and (answer := attempt(form, act, by=request.user)):
        return HttpResponseRedirect(answer)
    return None


def _act(answer, verb, form, by):
    details = form.details
    if verb == "prepare":
        for name in ("seen", "answered_name", "answered_title"):
            details.pop(name, None)
    getattr(answer, verb)(by=by, **details)
    event = AuditEvent.objects.about(answer).filter(verb=verb).first()
    return receipt_url(answer, event)


def _check(request, form, button):
    """Show the answer as it was understood; the file is chosen here, so that it can be chosen again alone."""
    answer, said = form.record, form.said
    place = answer.municipality
    version = answer.versions.model(answer=answer, **{k: v for k, v in said.items() if v is not None})
    lines = []
    if decided := answer_words.decision(version):
        lines.append(_("Decision: %(decision)s.") % {"decision": decided})
    if version.reservation:
        lines += [_("Reservation: %(text)s") % {"text": version.reservation}, answer_words.reserved()]
    round_ = answer.round
    note = _("You get a receipt. The answer can be changed until %(when)s.")
    context = {
        "procurement": round_.procurement,
        "municipality": place,
        "kind": round_.procurement.title,
        "says": answer_words.read_back(said["kind"], form.yearly, place.name),
        "lines": lines,
        "form": form,
        "asks_file": said["kind"] == "committed",
        "button": button,
        "note": note % {"when": answer_words.deadline(round_)}
        if round_.is_open()
        else page.time_left(round_),
    }
    return render(request, "procurement/answer_check.html", context)


def _page(request, procurement, place, round_, answer, form, button):
    user, today = request.user, clock.today()
    if answer:
        note_reading(user, procurement, VOLUMES, record=answer)
    event = receipt_of(request, answer) if answer else None
    overtaken = form is not None and form.overtaken_by is not None
    answers_now = form is not None and answer is not None
    note = form_note = ""
    if answers_now:
        note = page.time_left(round_) if round_.is_open() or round_.takes_late() else ""
        form_note = _("You get a receipt. The answer can be changed until %(when)s.") % {
            "when": answer_words.deadline(round_)
        }
    context = {
        "procurement": procurement,
        "municipality": place,
        "kind": _("Joint procurement, commitment round"),
        "says": page.says(answer, place, round_),
        "main_act": None if form else _main_act(user, place, answer),
        "cost": page.cost(round_, place, today) if answer else None,
        "form": form,
        "choices": page.choices(form, place.name) if form else None,
        "prepared": page.prepared(form, user, place) if form else "",
        "button": _("Send ours as a change: %(name)s") % {"name": place.name} if overtaken else button,
        "note": note,
        "form_note": form_note if answers_now and round_.is_open() else "",
        "told": page.told(answer, user, _links(user, place, answer)) if not form else None,
        "parts": [*page.shared(user, procurement, today), *page.history(answer, user)],
        "receipt": page.receipt(answer, event, user) if event else None,
    }
    return render(request, "procurement/ours.html", context)


def _links(user, place, answer):
    """Return what may be done with an answer that has been given."""
    if answer is None:
        return []
    found, round_ = [], answer.round
    if buttons(user, place)[0] and (round_.is_open() or round_.takes_late()):
        found.append({"label": _("Change the answer"), "url": f"{answer.get_absolute_url()}?change=1"})
    if user.has_perm("procurement.give_answer", place) or user.is_staff:
        label = _("Replace the extract") if answer.extracts.exists() else _("Add the extract of the minutes")
        found.append({"label": label, "url": reverse("procurement:answer_attach", args=[answer.pk])})
    return found + _staff_links(user, answer)


def _staff_links(user, answer):
    if not user.is_staff:
        return []
    found = []
    if Answer.objects.conditional().filter(pk=answer.pk).exists():
        url = reverse("procurement:answer_rule", args=[answer.pk, "condition"])
        found.append({"label": _("Decide on the reservation"), "url": url})
    if answer.round.is_frozen() and answer.counts_as in {"committed", "interested"}:
        url = reverse("procurement:answer_withdraw", args=[answer.pk])
        found.append({"label": _("Record a withdrawal"), "url": url})
    return found


def _late_one(answer):
    """Return the act of deciding on a late answer that nobody has ruled on, or None."""
    newest = answer.newest
    if newest is None or not newest.late or newest.rulings.filter(about="lateness").exists():
        return None
    url = reverse("procurement:answer_rule", args=[answer.pk, "lateness"])
    return {"label": _("Decide on the late answer"), "url": url}


def _main_act(user, place, answer):
    """Return the service centre's one act on the page: to record what came by mail or telephone."""
    if answer is None or not user.has_perm("procurement.record_answer", place):
        return None
    if buttons(user, place)[0] == "give":
        return None
    if waiting := _late_one(answer):
        return waiting
    words = _("Record a change for %(name)s") if answer.newest else _("Record on behalf of %(name)s")
    label = words % {"name": place.of_name}
    return {"label": label, "url": reverse("procurement:answer_record", args=[answer.pk])}


@require_http_methods(["GET", "POST"])
def answer_attach(request, pk):
    """Add the extract of the minutes behind an answer, when it comes later than the answer."""
    rows = Answer.objects.visible_to(request.user).select_related("round__procurement", "municipality")
    answer = get_object_or_404(rows, pk=pk)
    place = answer.municipality
    if not (request.user.is_staff or request.user.has_perm("procurement.give_answer", place)):
        raise PermissionDenied
    request.acts_for = place.code
    if before := answered_before(request):
        return before
    form = ExtractForm(request.POST or None, request.FILES or None, record=answer, by=request.user)
    if request.method == "POST" and form.is_valid():

        def act():
            answer.attach(by=request.user, extract=form.cleaned_data["extract"])
            return answer.get_absolute_url()

        if done := attempt(form, act, by=request.user):
            return HttpResponseRedirect(done)
    context = {
        "record": answer,
        "form": form,
        "kind": answer.round.procurement.title,
        "title": place.name,
        "says": _("The extract of the minutes behind the answer. The answer itself does not change."),
        "button": _("Add the extract for %(name)s") % {"name": place.of_name},
    }
    return render(request, "step.html", context)


@require_safe
def answer_file(request, pk):
    """The extract of the minutes, for those who may read the answer; a replaced one is the service centre's alone."""
    rows = AnswerExtract.objects.filter(answer__in=Answer.objects.visible_to(request.user))
    row = get_object_or_404(rows, pk=pk)
    if not request.user.is_staff and row.answer.extracts.first() != row:
        raise Http404
    return send_extract(request, row)
