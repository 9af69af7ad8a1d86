"""For one who acts for several municipalities: their rounds, and one table of drafts a round. Nothing is sent here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium import clock
from consortium.forms import PortalForm
from consortium.steps import answered_before, attempt, carry_out
from consortium.templatetags.portal import day, money, number, weekday_day
from members.models import Municipality, Population
from members.reminder_emails import look_up_people
from procurement import answer_words
from procurement.forms.network import DraftsForm
from procurement.models import Answer, Draft, Procurement, Round
from procurement.models.version import Said


def _mine(user, **wanted):
    """Return the answers of the municipalities for which the person acts, by name, with what a row shows."""
    rows = Answer.objects.filter(municipality__in=Municipality.objects.of(user), **wanted)
    rows = rows.select_related(
        "municipality", "standing__given_by", "draft__prepared_by", "round__procurement"
    )
    return list(rows.order_by("municipality__sort_key_fi"))


@require_safe
def network(request):
    """The open rounds in which one's municipalities are asked, each a table of its own; one alone opens at once."""
    if not Municipality.objects.of(request.user).exists():
        raise PermissionDenied
    rounds = list(Round.objects.open().order_by("closes_at"))
    answers = _mine(request.user, round__in=rounds)
    rows = []
    for round_ in rounds:
        own = [answer for answer in answers if answer.round_id == round_.pk]
        if own:
            open_ones = sum(answer.standing is None for answer in own)
            words = ngettext(
                "%(n)s municipality, %(open)s without an answer",
                "%(n)s municipalities, %(open)s without an answer",
                len(own),
            )
            rows.append(
                {
                    "when": weekday_day(round_.closes_at),
                    "small": _("closes"),
                    "what": round_.procurement.title,
                    "url": reverse("procurement:drafts", args=[round_.procurement_id]),
                    "text": words % {"n": len(own), "open": open_ones},
                }
            )
    if len(rows) == 1:
        return redirect(rows[0]["url"])
    return render(request, "procurement/network.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def drafts(request, pk):
    """Prepare the answers of one's municipalities in one table; each representative gets only their own."""
    procurement = get_object_or_404(Procurement.objects.visible_to(request.user), pk=pk)
    answers = _mine(request.user, round__procurement=pk)
    if not answers:
        raise Http404
    if before := answered_before(request):
        return before
    round_ = answers[0].round
    _look_up(answers, round_)
    waiting = [answer for answer in answers if answer.waits]
    form = DraftsForm(request.POST or None, answers=waiting, by=request.user) if waiting else None
    if form is not None and request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _keep(request, form, "hand_over" in request.POST), by=request.user)
        if done:
            return HttpResponseRedirect(done)
    context = {
        "procurement": procurement,
        "round": round_,
        "says": _says(round_, answers),
        "form": form,
        "rows": [_row(answer, form) for answer in answers],
        "latest": max(
            (a.meets_on for a in answers if a.meets_on and a.meets_on <= round_.closes_on), default=None
        ),
        "key_form": PortalForm(),
    }
    return render(request, "procurement/drafts.html", context)


def _look_up(answers, round_):
    """Add to each answer its estimate, who answers, and whether it is still waited for, in a few questions."""
    today = clock.today()
    places = [answer.municipality for answer in answers]
    look_up_people(places)
    figures = {}
    for row in Population.objects.filter(municipality__in=places, on__lte=today).order_by("on"):
        figures[row.municipality_id] = row
    is_open = round_.is_open()
    for answer in answers:
        answer.round = round_
        cost = round_.cost_for(figures.get(answer.municipality_id))
        answer.estimate = cost.yearly if cost else None
        answer.residents = figures.get(answer.municipality_id)
        standing = answer.standing
        answer.waits = is_open and (standing is None or standing.kind == "preparing")
        own = getattr(answer, "draft", None)
        answer.meets_on = (standing and standing.until) or (own and own.until)


def _says(round_, answers):
    if not round_.is_open():
        return _("The round closed on %(when)s.") % {"when": answer_words.deadline(round_)}
    words = _(
        "Prepare the answers here and give them to the representatives, who send them by %(when)s. "
        "Nothing is sent from this page."
    )
    return words % {"when": answer_words.deadline(round_)}


def _row(answer, form):
    """Return what the table shows of a municipality: who answers, where it is, its fields while it is waited for."""
    place, standing, own = answer.municipality, answer.standing, getattr(answer, "draft", None)
    people = ", ".join(role.user.get_full_name() for role in place.answering)
    state = answer_words.brief(standing) if standing else _("No answer yet")
    if own and answer.waits:
        facts = {"who": own.prepared_by.get_full_name(), "day": day(own.given_at or own.prepared_at)}
        words = (
            _("Given to the representative on %(day)s") if own.given_at else _("Draft of %(who)s, %(day)s")
        )
        state = words % facts
    return {
        "answer": answer,
        "municipality": place,
        "url": answer.get_absolute_url(),
        "people": people,
        "state": state,
        "residents": number(answer.residents.count) if answer.residents else "",
        "estimate": money(answer.estimate) if answer.estimate is not None else _("not known yet"),
        "cells": form.cells(answer) if form is not None and answer.waits else None,
    }


def _keep(request, form, hand_over):
    """Keep the drafts that changed; given to the representatives, each gets a letter about their own alone.

    A row that nobody touched stays its writer's, and what its representative has already is not sent again.
    """
    saved, given, without = [], [], []
    for answer, said in form.drafts:
        draft = Draft.objects.filter(answer=answer).first()
        if draft is None or any(getattr(draft, name) != value for name, value in said.items()):
            kept = {} if draft is None else _what_else_it_says(draft, said)
            draft = answer.prepare(by=request.user, hand_over=False, **(kept | said))
            saved.append(answer)
        elif draft.given_at and draft.given_at >= draft.prepared_at:
            continue
        if hand_over and answer.municipality.answering:
            answer.hand_over(by=request.user)
            given.append(answer)
        elif hand_over:
            without.append(answer.municipality.name)
    if not (saved or given or without):
        messages.success(request, _("Nothing has changed: nothing was saved or sent again."))
    elif hand_over:
        words = ngettext(
            "%(n)s answer was given to its representative.",
            "%(n)s answers were given to their representatives.",
            len(given),
        )
        messages.success(request, words % {"n": len(given)})
    else:
        words = ngettext("%(n)s draft was saved.", "%(n)s drafts were saved.", len(saved))
        messages.success(request, words % {"n": len(saved)})
    if without:
        words = _("Nobody answers for %(names)s: the draft is kept. Ask the registry to name somebody.")
        messages.error(request, words % {"names": ", ".join(without)})
    return reverse("procurement:drafts", args=[form.drafts[0][0].round.procurement_id])


def _what_else_it_says(earlier, said):
    """Return what an earlier draft of the same kind says besides what the table asks: its decision, say.

    The volumes of the lots go with their sum: another sum says nothing of them.
    """
    if earlier.kind != said["kind"]:
        return {}
    asked = {"kind", "yearly", "until", "note"}
    if earlier.yearly != said.get("yearly"):
        asked.add("by_lot")
    return {
        field.name: getattr(earlier, field.name) for field in Said._meta.fields if field.name not in asked
    }


@require_POST
def answer_ask(request, pk):
    """Ask the registry to name who answers for a municipality."""
    rows = Answer.objects.filter(municipality__in=Municipality.objects.of(request.user))
    answer = get_object_or_404(rows.select_related("municipality", "round__procurement"), pk=pk)
    form = PortalForm(request.POST)
    form.is_valid()
    back = reverse("procurement:drafts", args=[answer.round.procurement_id])

    def act():
        answer.ask_for_representative(by=request.user)
        return back

    try:
        done = carry_out(form, act, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return HttpResponseRedirect(back)
    messages.success(
        request, _("The registry of %(name)s has been asked.") % {"name": answer.municipality.name}
    )
    return HttpResponseRedirect(done)
