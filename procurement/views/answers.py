"""The service centre's answers of a round: the list with its gauge, recording on behalf, rulings, withdrawals."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.lists import Column, ListPage
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_url
from consortium.templatetags.portal import day, money, place, place_name, weekday_moment
from procurement import answer_words
from procurement.filters import AnswerFilter
from procurement.forms.answer import RecordForm, RuleForm, WithdrawForm
from procurement.models import Answer, Procurement, Round, Ruling, RulingKind
from procurement.models.answer_refusals import RuledUnseen
from procurement.pages import ours as page
from procurement.pages import rounds
from procurement.pages.gauge import gauge
from procurement.readings import VOLUMES, note_reading
from procurement.reports import SHOWN, listed
from procurement.views.ours import answering

RULES = {
    Ruling.LATENESS: (RulingKind.LATE_ACCEPTED, RulingKind.LATE_REFUSED),
    Ruling.CONDITION: (RulingKind.CONDITION_ACCEPTED, RulingKind.CONDITION_REFUSED),
}


def columns(language, *, ceilings):
    """Return the columns of the list; ceilings are the service centre's alone."""
    own = "sv" if language == "sv" else "fi"
    words = {key: str(label) for key, label in SHOWN.items()}
    none, not_known, not_yet = pgettext("answer", "none"), _("not known"), _("not yet")

    def of_standing(name):
        return lambda row: getattr(row.standing, name) if row.standing else None

    def yearly(row):
        return row.standing.yearly if row.standing else None

    found = [
        Column(
            "name",
            _("Municipality"),
            lambda r: place_name(r.municipality, language),
            lambda r: place(r.municipality, language),
            lambda r: r.get_absolute_url(),
            (f"municipality__sort_key_{own}",),
        ),
        Column("code", _("Code"), lambda r: r.municipality.code, order_by=("municipality__code",)),
        Column("network", _("Network"), lambda r: r.municipality.library_network, on_page=False),
        Column("answer", _("Answer"), lambda r: words[r.shown], order_by=("shown",)),
        Column(
            "yearly",
            _("A year without VAT"),
            yearly,
            lambda r: money(yearly(r)) or none,
            order_by=("standing__yearly",),
            css="num",
        ),
    ]
    if ceilings:
        found.append(Column("ceiling", _("At most a year"), of_standing("ceiling"), on_page=False))
    return [
        *found,
        Column(
            "decision",
            _("Decision"),
            lambda r: answer_words.decision(r.standing) if r.standing else "",
            lambda r: (r.standing and answer_words.decision(r.standing)) or none,
        ),
        Column(
            "final_on",
            _("Legally final on"),
            of_standing("final_on"),
            lambda r: (r.standing and day(r.standing.final_on)) or not_known,
            order_by=("standing__final_on",),
        ),
        Column(
            "given_at",
            _("Given"),
            of_standing("given_at"),
            lambda r: weekday_moment(r.standing.given_at) if r.standing else not_yet,
            order_by=("standing__given_at",),
        ),
        Column("until", _("Own meeting"), of_standing("until"), on_page=False),
        Column("reservation", _("Reservation"), of_standing("reservation"), on_page=False),
        Column("reminded_on", _("Reminded"), lambda r: r.reminded_on, on_page=False),
    ]


def round_of(request, pk, permission):
    """Return a procurement's round, for those whose matter it is: 404 for the rest of a draft, 403 else."""
    procurement = get_object_or_404(Procurement.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm(permission, procurement):
        raise PermissionDenied
    round_ = Round.objects.filter(procurement=procurement).first()
    if round_:
        round_.procurement = procurement
    return procurement, round_


@require_safe
def answer_list(request, pk):
    """Who has answered what: how far the round is, and every municipality, to filter, sort and take along."""
    procurement, round_ = round_of(request, pk, "procurement.view_answers")
    if round_ is None:
        raise Http404
    note_reading(request.user, procurement, VOLUMES, record=round_)
    rows = listed(round_)
    listing = ListPage(
        request,
        rows,
        columns(get_language(), ceilings=request.user.has_perm("procurement.view_ceilings")),
        filterset=AnswerFilter,
        caption=_("Answers"),
        default_sort="name",
        filename=f"answers-{procurement.number}",
    )
    if file := listing.export():
        return file
    for answer in listing.page.object_list:
        answer.round = round_
    context = {
        "procurement": procurement,
        "round": round_,
        "says": rounds.says(round_),
        "acts": rounds.staff_acts(request.user, procurement, round_),
        "parts": gauge(request.user, round_),
        "list": listing,
    }
    return render(request, "procurement/answer_list.html", context)


def _answer(request, pk, permission):
    """Return an answer for one of the service centre's acts; 404 where nothing may be known of it, 403 else."""
    rows = Answer.objects.visible_to(request.user).select_related(
        "round__procurement", "municipality", "standing"
    )
    answer = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm(permission, answer.municipality):
        raise PermissionDenied
    note_reading(request.user, answer.round.procurement, VOLUMES, record=answer)
    return answer


@require_http_methods(["GET", "POST"])
def answer_record(request, pk):
    """Record what came by mail, letter or telephone; the municipality gets the receipt."""
    answer = _answer(request, pk, "procurement.record_answer")
    if before := answered_before(request):
        return before
    button = _("Record on behalf of %(name)s") % {"name": answer.municipality.of_name}
    form = None
    if request.method == "POST":
        form = RecordForm(request.POST, request.FILES, record=answer, by=request.user)

        def act():
            answer.give(by=request.user, **form.details)
            return receipt_url(answer, AuditEvent.objects.about(answer).filter(verb="give").first())

        if shown := answering(request, form, act, button):
            return shown
    form = form or RecordForm(record=answer, by=request.user)
    round_ = answer.round
    says = _("What is recorded here counts as the municipality's own answer; it gets the receipt.")
    if not round_.is_open():
        says = _(
            "The round has closed: the answer is kept and marked late, until it is accepted with a reason."
        )
    changes = form.overtaken_by is not None
    context = {
        "procurement": round_.procurement,
        "municipality": answer.municipality,
        "kind": round_.procurement.title,
        "says": says,
        "form": form,
        "choices": page.choices(form, answer.municipality.name),
        "button": _("Record it as a change: %(name)s") % {"name": answer.municipality.name}
        if changes
        else button,
        "told": page.told(answer, request.user, []),
        "back": answer.get_absolute_url(),
    }
    return render(request, "procurement/answer_record.html", context)


def _step(request, answer, form, act, told):
    """Show the page of one of the service centre's acts on an answer, or take it.

    ``told()``: what the page says, asked after the act was refused, which may show another answer.
    """
    if before := answered_before(request):
        return before
    if request.method == "POST" and form.is_valid() and (done := attempt(form, act, by=request.user)):
        return HttpResponseRedirect(done)
    shared = {
        "record": answer,
        "form": form,
        "kind": answer.round.procurement.title,
        "title": answer.municipality.name,
    }
    return render(request, "step.html", shared | told())


@require_http_methods(["GET", "POST"])
def answer_rule(request, pk, about):
    """Decide on a late answer, or on the reservation of one, with a reason that the municipality is told."""
    answer = _answer(request, pk, "procurement.rule_answer")
    newest = answer.newest
    if about not in RULES or newest is None:
        raise Http404
    if not (newest.late if about == Ruling.LATENESS else newest.reservation):
        if request.method != "POST":
            raise Http404
        # a new answer has come since the page was opened
        messages.error(request, _("This can no longer be done; the page shows how things now stand."))
        return HttpResponseRedirect(answer.get_absolute_url())
    yes, no = RULES[about]
    form = RuleForm(request.POST or None, record=answer, by=request.user, initial={"seen": newest.number})

    def act():
        version = answer.versions.filter(number=form.cleaned_data["seen"]).first()
        if version is None:
            raise RuledUnseen(newest, request.user)
        kind = yes if form.cleaned_data["accepted"] else no
        answer.rule(version, kind, by=request.user, reason=form.cleaned_data["reason"])
        return answer.get_absolute_url()

    def told():
        version = form.overtaken_by or newest
        said = answer_words.said(version, answer.municipality)
        if about == Ruling.LATENESS:
            says = f"{said}. {answer_words.lateness(version, answer.round.closes_at)}"
            button = _("Decide on the late answer: %(name)s")
        else:
            says = f"{said}. " + _("Reservation: %(text)s") % {"text": version.reservation}
            button = _("Decide on the reservation: %(name)s")
        return {"says": says, "button": button % {"name": answer.municipality.name}}

    return _step(request, answer, form, act, told)


@require_http_methods(["GET", "POST"])
def answer_withdraw(request, pk):
    """Write down that a municipality on the frozen list withdraws; the list stays as it was."""
    answer = _answer(request, pk, "procurement.withdraw_answer")
    form = WithdrawForm(request.POST or None, record=answer, by=request.user)

    def act():
        answer.withdraw(by=request.user, **form.details)
        return receipt_url(answer, AuditEvent.objects.about(answer).filter(verb="withdraw").first())

    says = _(
        "The frozen list stays as it was. The withdrawal is a row of its own with its date and reason; the central "
        "purchasing body gets it in the list of differences, and a person decides what follows."
    )
    button = _("Record the withdrawal of %(name)s") % {"name": answer.municipality.of_name}
    return _step(request, answer, form, act, lambda: {"says": says, "button": button})
