"""Questions, papers and groups of a procurement: each act a page of its own."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.steps import take_entry, take_step
from procurement.forms import sharing as forms
from procurement.models import Group, GroupCall, GroupSeat, Paper, Question
from procurement.views.procurement import back_to, procurement_of

form_page = require_http_methods(["GET", "POST"])
FORM = "form.html"


def _allowed(request, permission, record=None):
    if not request.user.has_perm(f"procurement.{permission}", record):
        raise PermissionDenied


def _head(procurement, says, button):
    """Return the words around the form of an act."""
    return {
        "kind": _("Joint procurement"),
        "title": procurement.title,
        "says": says,
        "button": button,
        "back": back_to(procurement),
    }


def _write(request, procurement, form, act, head):
    """Show a form that makes a new record, or carry it out: back to the procurement's page with its receipt."""

    def carry():
        return procurement, act()

    return take_entry(request, form, carry, **head)


@form_page
def question_new(request, pk):
    """Ask the service centre about a procurement; the answer is shared with all."""
    found = procurement_of(request, pk)
    _allowed(request, "ask_question")
    form = forms.QuestionForm(request.POST or None, by=request.user)

    def ask():
        return Question.ask(found, by=request.user, language=get_language(), **form.details)

    says = _("The service centre answers in both languages. The answer is shared with all who take part.")
    return _write(request, found, form, ask, _head(found, says, _("Send the question")))


def _question_step(request, pk, verb, form_class, says, button):
    rows = Question.objects.visible_to(request.user).select_related("procurement", "municipality")
    row = get_object_or_404(rows, pk=pk)
    head = _head(row.procurement, says, button) | {"question": row, "before": "procurement/parts/asked.html"}
    return take_step(request, row, verb, form_class, template=FORM, **head)


@form_page
def question_answer(request, pk):
    """Answer a question in both languages."""
    says = _("The one who asked gets the answer by mail; all others read it on the page, without who asked.")
    return _question_step(request, pk, "answer", forms.AnswerQuestionForm, says, _("Send the answer"))


@form_page
def question_correct(request, pk):
    """Write an answer better; the page says when."""
    says = _("The page says that the answer was corrected, and the one who asked gets it anew.")
    return _question_step(request, pk, "correct", forms.CorrectAnswerForm, says, _("Correct the answer"))


@form_page
def paper_new(request, pk):
    """Add a paper; only the service centre reads it until somebody publishes it."""
    found = procurement_of(request, pk)
    _allowed(request, "publish_paper")
    form = forms.PaperForm(request.POST or None, request.FILES or None, by=request.user)

    def add():
        return Paper.add(found, by=request.user, **form.details)

    says = _("Only the service centre reads the paper until it is published.")
    return _write(request, found, form, add, _head(found, says, _("Add the paper")))


def _paper(request, pk):
    rows = Paper.objects.visible_to(request.user).select_related("procurement__round")
    return get_object_or_404(rows, pk=pk)


@login_not_required
@require_safe
def paper_file(request, pk):
    """The paper's file, for those who may read it; each opening is kept in the log."""
    paper = _paper(request, pk)
    paper.opened(request.user)
    name = paper.file.name.rpartition("/")[2]
    kind = "application/pdf" if name.endswith(".pdf") else "image/jpeg"
    return file_response(paper.file, name=name, content_type=kind)


@form_page
def paper_publish(request, pk):
    """Let others read a paper; whether it contains volumes is asked each time."""
    paper = _paper(request, pk)
    says = _("Look the paper “%(title)s” through before you answer. Each opening is kept in the log.")
    button = _("Publish: %(title)s") % {"title": paper.title}
    head = _head(paper.procurement, says % {"title": paper.title}, button)
    return take_step(request, paper, "publish", forms.PublishForm, template=FORM, **head)


@form_page
def paper_withdraw(request, pk):
    """Take a published paper back; that it was published, and how often it was opened, stays."""
    paper = _paper(request, pk)
    says = _("“%(title)s” is then the service centre's own again. That it was published stays on record.")
    button = _("Take back: %(title)s") % {"title": paper.title}
    head = _head(paper.procurement, says % {"title": paper.title}, button)
    return take_step(request, paper, "withdraw", forms.WithdrawPaperForm, template=FORM, **head)


def _group(group):
    if group not in Group:
        raise Http404
    return Group(group)


@form_page
def group_call(request, pk, group):
    """Ask the people of all members who would take part in a group."""
    found, group = procurement_of(request, pk), _group(group)
    _allowed(request, "call_group")
    form = forms.CallForm(request.POST or None, by=request.user)

    def call():
        return GroupCall.open(found, by=request.user, group=group, **form.details)

    says = _("The representatives and library directors of all members get a letter.")
    button = _("Ask the members: %(group)s") % {"group": group.label}
    return _write(request, found, form, call, _head(found, says, button))


@form_page
def seat_offer(request, pk, group):
    """Offer to take part in a group."""
    found, group = procurement_of(request, pk), _group(group)
    _allowed(request, "offer_groupseat")
    call = get_object_or_404(found.calls, group=group)
    call.procurement = found
    form = forms.OfferSeatForm(request.POST or None, by=request.user)

    def offer():
        return GroupSeat.offer(call, by=request.user, **form.details)

    says = _("The service centre answers each offer. The members see who sits in the group.")
    button = _("Offer to take part: %(group)s") % {"group": group.label}
    return _write(request, found, form, offer, _head(found, says, button))


@form_page
def seat_name(request, pk, group):
    """Seat a person who has agreed to it."""
    found, group = procurement_of(request, pk), _group(group)
    _allowed(request, "name_groupseat")
    form = forms.NameSeatForm(request.POST or None, by=request.user)

    def name():
        facts = {key: form.cleaned_data[key] for key in ("user", "municipality")}
        return GroupSeat.name(found, by=request.user, group=group, **facts)

    says = _("The person is told by mail. The members see who sits in the group.")
    button = _("Name a member: %(group)s") % {"group": group.label}
    return _write(request, found, form, name, _head(found, says, button))


@form_page
def seat_act(request, pk, verb):
    """Answer an offer, take it back, or end a seat."""
    if verb not in GroupSeat.STEPS:
        raise Http404
    rows = GroupSeat.objects.visible_to(request.user).select_related("procurement", "user", "municipality")
    seat = get_object_or_404(rows, pk=pk)
    who = {"who": seat.user.get_full_name()}
    button = {
        "accept": _("Give a seat to %(who)s") % who,
        "decline": _("No seat for %(who)s") % who,
        "take_back": _("Take your offer back"),
        "leave": _("End the seat of %(who)s today") % who,
    }[verb]
    words = _("%(who)s, %(group)s, %(name)s.")
    says = words % (who | {"group": seat.get_group_display(), "name": seat.municipality.name})
    form = forms.DeclineSeatForm if verb == "decline" else PortalForm
    return take_step(request, seat, verb, form, template=FORM, **_head(seat.procurement, says, button))
