"""The service centre's acts on a round: opening it, a later deadline, one more municipality, reminders, volumes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consortium import clock
from consortium.emails import compose
from consortium.steps import answered_before, attempt
from consortium.templatetags.portal import day, weekday_day
from members.models import Municipality
from procurement import answer_words, round_emails
from procurement.forms.rounds import AskForm, ExtendForm, OpenForm, RemindForm, VolumesForm
from procurement.models import AnswerKind, ProcurementState, Readers, Round, remind_by_hand, waited_for
from procurement.models.round import JULY
from procurement.views.answers import round_of


def _listed(procurement):
    return reverse("procurement:answer_list", args=[procurement.pk])


def _act(request, form, act, template="act.html", **context):
    """Show the page of an act, or carry it out and go where it leads."""
    if request.method == "POST" and form.is_valid() and (done := attempt(form, act, by=request.user)):
        return HttpResponseRedirect(done)
    return render(request, template, {"form": form} | context)


def _round(request, pk):
    """Return the procurement and its round, for the service centre; 404 while there is none."""
    procurement, round_ = round_of(request, pk, "procurement.manage_procurement")
    if round_ is None:
        raise Http404
    return procurement, round_


@require_http_methods(["GET", "POST"])
def round_open(request, pk):
    """Open the commitment round: until when, what silence means, what it costs, what it needs."""
    procurement, round_ = round_of(request, pk, "procurement.open_round_procurement")
    if before := answered_before(request):
        return before
    if round_ is not None or not procurement.allows("open_round"):
        return redirect(_listed(procurement) if round_ else procurement.get_absolute_url())
    form = OpenForm(request.POST or None, by=request.user)
    count = Municipality.objects.members_on(clock.today()).count()

    def act():
        Round.open(procurement, by=request.user, **form.details)
        return _listed(procurement)

    words = ngettext(
        "%(n)s member is asked. The letter goes to its registry, its representatives and its library director.",
        "%(n)s members are asked. The letters go to registries, representatives and library directors.",
        count,
    )
    return _act(
        request,
        form,
        act,
        kind=procurement.number,
        title=procurement.title,
        heading=_("Terms of the round"),
        says=words % {"n": count},
        about=_("Silence never makes a new commitment. The list freezes by itself at the deadline."),
        button=_("Open the round"),
        back={"url": procurement.get_absolute_url(), "label": _("Back, without opening it")},
    )


@require_http_methods(["GET", "POST"])
def round_extend(request, pk):
    """Move the deadline to a later day; everyone who has been asked is told."""
    procurement, round_ = _round(request, pk)
    if before := answered_before(request):
        return before
    form = ExtendForm(request.POST or None, record=round_, by=request.user)

    def act():
        round_.extend(by=request.user, **form.details)
        count = round_.answers.count()
        words = ngettext("%(n)s municipality is told.", "%(n)s municipalities are told.", count)
        when = _("The new deadline is %(when)s.") % {"when": answer_words.deadline(round_)}
        messages.success(request, f"{when} {words % {'n': count}}")
        return _listed(procurement)

    return _act(
        request,
        form,
        act,
        kind=procurement.number,
        title=procurement.title,
        heading=_("A later deadline"),
        says=_("The round closes on %(when)s.") % {"when": answer_words.deadline(round_)},
        about=_(
            "Answers stand and may be changed until the new deadline. Everyone who has been asked gets a letter."
        ),
        button=_("Move the deadline"),
        back={"url": _listed(procurement), "label": _("Back, without moving it")},
    )


@require_http_methods(["GET", "POST"])
def round_ask(request, pk):
    """Ask a municipality that has become a member since the round was opened."""
    procurement, round_ = _round(request, pk)
    if before := answered_before(request):
        return before
    form = AskForm(request.POST or None, record=round_, by=request.user)

    def act():
        return round_.ask(form.cleaned_data["municipality"], by=request.user).get_absolute_url()

    return _act(
        request,
        form,
        act,
        kind=procurement.number,
        title=procurement.title,
        heading=_("One more municipality"),
        says=_(
            "A member that was not asked when the round was opened gets the letter now, with the same deadline."
        ),
        button=_("Ask it"),
        back={"url": _listed(procurement), "label": _("Back, without asking")},
    )


@require_http_methods(["GET", "POST"])
def round_remind(request, pk):
    """Remind those who have not answered; those who prepare are asked by themselves the day after their meeting."""
    procurement, round_ = _round(request, pk)
    if before := answered_before(request):
        return before
    today = clock.today()
    waiting = waited_for(round_, today)
    form = RemindForm(request.POST or None, answers=waiting, by=request.user)
    preparing = round_.answers.filter(standing__kind=AnswerKind.PREPARING, standing__until__gte=today)
    preparing = preparing.select_related("municipality", "standing").order_by("standing__until")
    barred = today.month == JULY or not round_.is_open()

    def act():
        chosen = [form.answers[pk] for pk in form.cleaned_data["chosen"] if pk in form.answers]
        sent = remind_by_hand(chosen, by=request.user)
        words = ngettext("%(n)s municipality was reminded.", "%(n)s municipalities were reminded.", len(sent))
        messages.success(request, words % {"n": len(sent)})
        gone = [answer.municipality.name for answer in chosen if answer not in sent]
        if gone:
            words = _("Left out, as the answer has come or a reminder went today: %(names)s.")
            messages.error(request, words % {"names": ", ".join(gone)})
        return _listed(procurement)

    return _act(
        request,
        form,
        act,
        "procurement/round_remind.html",
        procurement=procurement,
        barred=barred,
        waiting=waiting,
        preparing=[
            (a.municipality, weekday_day(a.standing.until), day(a.standing.asked_again_on)) for a in preparing
        ],
        letter=_letter(waiting[0], procurement, round_) if waiting and not barred else None,
        button=_("Remind them now"),
        back={"url": _listed(procurement), "label": _("Back, without reminding")},
    )


def _letter(answer, procurement, round_):
    """Return (subject, text) of the letter as the first of them gets it, in the page's language."""
    language = get_language()
    return compose(
        round_emails.REMIND,
        language,
        about=answer,
        municipality=answer.municipality,
        procurement=procurement,
        round=round_,
        deadline=answer_words.deadline(round_),
        silence=answer_words.silence(round_, answer.municipality.name),
        meeting_on=answer.standing.until if answer.standing else None,
        has_account=True,
        url="…",
    )


@require_http_methods(["GET", "POST"])
def volumes(request, pk):
    """Open what each municipality has said it will buy to the members or to everyone, or close it again."""
    procurement = _round(request, pk)[0]
    if not request.user.has_perm("procurement.open_volumes_procurement", procurement):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    open_to = procurement.volumes_open_to
    offered = [Readers.STAFF, Readers.MEMBERS, Readers.PUBLIC]
    choices = [(reader.value, reader.label) for reader in offered if reader != open_to]
    form = VolumesForm(request.POST or None, choices=choices, record=procurement, by=request.user)

    def act():
        to = Readers(form.cleaned_data["to"])
        if to == Readers.STAFF:
            procurement.close_volumes(by=request.user, reason=form.cleaned_data["reason"])
        else:
            procurement.open_volumes(by=request.user, to=to)
        messages.success(request, _("The volumes are now open to: %(whom)s.") % {"whom": to.label})
        return _listed(procurement)

    about = _(
        "To the members at the earliest when the list is frozen, to everyone when the award has been decided."
    )
    if procurement.state in {ProcurementState.ROUND, ProcurementState.TENDERING}:
        about += " " + _(
            "Before the award tenderers could read them here, too, if they were open to everyone."
        )
    return _act(
        request,
        form,
        act,
        kind=procurement.number,
        title=procurement.title,
        heading=_("Volumes"),
        says=_("This contains volumes. They are now open to: %(whom)s.")
        % {"whom": procurement.get_volumes_open_to_display()},
        about=about,
        button=_("Change who may read them"),
        back={"url": _listed(procurement), "label": _("Back, without a change")},
    )
