"""Proposals: the list, a new one, each one's page, and the page of each step."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.lists import Column, ListPage
from consortium.models import AuditEvent
from consortium.steps import answered_before, attempt, receipt_of, receipt_url, take_entry, take_step
from consortium.templatetags.portal import day, file_size, moment, place, place_name, weekday_day
from members.models import Municipality
from steering.filters import ProposalFilter
from steering.forms import proposals as forms
from steering.models import Attachment, Meeting, Proposal
from steering.pages import proposals as pages

form_page = require_http_methods(["GET", "POST"])
FORM = "form.html"


def _proposals(user):
    rows = Proposal.objects.visible_to(user)
    return rows.select_related("municipality", "procurement", "made_by", "decided_in__meeting")


def proposal_of(request, pk):
    """Return a proposal that the person may read, or 404."""
    return get_object_or_404(_proposals(request.user), pk=pk)


def _columns(language):
    own = "sv" if language == "sv" else "fi"
    return [
        Column(
            "number",
            _("Proposal"),
            str,
            url=lambda r: r.get_absolute_url(),
            order_by=("year", "serial"),
        ),
        Column(
            "municipality",
            _("Municipality"),
            lambda r: place_name(r.municipality, language),
            lambda r: place(r.municipality, language),
            order_by=(f"municipality__sort_key_{own}",),
        ),
        Column("state", _("State"), lambda r: r.get_state_display(), pages.state_words, order_by=("state",)),
        Column("answer", _("Answer"), lambda r: r.get_answer_display(), on_page=False),
        # no ranking: the list is never ordered by support
        Column("supported", _("Supported by"), lambda r: r.supported, css="num"),
        Column("made", _("Proposed"), lambda r: r.made_at, lambda r: day(r.made_at), order_by=("made_at",)),
        Column("text", _("What and why"), lambda r: r.text, on_page=False),
    ]


@login_not_required
@require_safe
def proposal_list(request):
    """What the members have proposed to the steering group and where it stands, the newest first."""
    user = request.user
    rows = Proposal.objects.visible_to(user).select_related("municipality")
    rows = rows.annotate(supported=Count("supports")).order_by("-year", "-serial")
    listing = ListPage(
        request,
        rows,
        _columns(get_language()),
        filterset=ProposalFilter,
        caption=_("Proposals"),
        default_sort="-number",
        filename="proposals",
    )
    if answer := listing.export():
        return answer
    may = user.is_authenticated and user.has_perm("steering.add_proposal")
    main_act = {"url": reverse("steering:proposal_new"), "label": _("Make a proposal")} if may else None
    other = None
    if user.is_authenticated and user.has_perm("steering.list_actions"):
        other = {"url": reverse("steering:action_list"), "label": _("Actions")}
    return render(
        request, "steering/proposal_list.html", {"list": listing, "main_act": main_act, "other_act": other}
    )


@form_page
def proposal_new(request):
    """Make a proposal, or record one that came by mail or telephone."""
    if not request.user.has_perm("steering.add_proposal"):
        raise PermissionDenied
    if before := answered_before(request):
        return before
    follows = _followed(request)
    form = forms.ProposalForm(request.POST or None, request.FILES or None, by=request.user, follows=follows)
    if request.method == "POST" and form.is_valid():

        def make():
            facts = form.details
            file, title = facts.pop("file"), facts.pop("file_title")
            language = get_language()
            place_of = facts.pop("municipality")
            row = Proposal.make(place_of, by=request.user, language=language, follows=follows, **facts)
            event = AuditEvent.objects.about(row).first()
            if file:
                Attachment.add(row, by=request.user, file=file, title=title)
            return receipt_url(row, event)

        if answer := attempt(form, make, by=request.user):
            return HttpResponseRedirect(answer)
    context = {
        "form": form,
        "kind": _("Proposals"),
        "title": _("Make a proposal"),
        "says": _("Two sentences suffice. You are told when it is received, on an agenda, decided and done."),
        "button": _("Send the proposal"),
        "back": {"url": reverse("steering:proposal_list"), "label": _("Back, without an entry")},
    }
    return render(request, FORM, context)


def _followed(request):
    """Return the own proposal that was returned and is now made again, or None."""
    wanted = request.GET.get("follows", "")
    if not wanted.isdecimal() or len(wanted) > 9:
        return None
    row = _proposals(request.user).filter(pk=wanted, answer="returned").first()
    return row if row and request.user.has_perm("steering.edit_proposal", row) else None


@login_not_required
@require_safe
def proposal(request, pk):
    """One proposal: from whom, where it stands, who supports it, what was decided and what came of it."""
    user, found = request.user, proposal_of(request, pk)
    found.opened(user)
    supports = list(found.supports.select_related("municipality"))
    files = _files(user, found)
    items = pages.items_of(user, found)
    acts = pages.acts(user, found, {row.municipality_id for row in supports}, len(files))
    event = receipt_of(request, found) if user.is_authenticated else None
    follows = user.is_authenticated and user.has_perm("steering.read_proposals")
    whole = found.is_told_whole() or _reads_reasons(user, found)
    if whole and found.reason and found.decided_in:
        found.decided_in.opened(user)  # the reasons are the item's
    context = {
        "proposal": found,
        "says": pages.says(found, [item.meeting for item in items]),
        "about": pages.about(found),
        "supports": supports,
        "counted": pages.supporters(len(supports)),
        "acts": acts[:3],
        "more": [{"what": act["label"], "url": act["url"]} for act in acts[3:]],
        "files": files,
        "steps": pages.path(found, items),
        "reason": found.reason if whole else "",
        "kept_back": bool(found.reason) and not whole,
        "result": found.result if whole else "",
        "forward": pages.forward(user, found),
        "actions": pages.actions(user, found),
        "action_url": _action_url(user, found),
        "history": pages.history(found, user) if follows else [],
        "receipt": _receipt(event, found) if event and event.by == user else None,
    }
    return render(request, "steering/proposal.html", context)


def _reads_reasons(user, found):
    """Tell whether the person reads the reasons of a restricted item: its proposer does, and who reads the item."""
    if not user.is_authenticated:
        return False
    if user.has_perm("steering.edit_proposal", found):
        return True
    item = found.decided_in or found.in_writing
    return item is None or type(item).objects.visible_to(user).filter(pk=item.pk).exists()


def _files(user, found):
    may = user.is_authenticated and user.has_perm("steering.edit_proposal", found)
    return [
        {
            "title": row.title,
            "url": reverse("steering:attachment_file", args=[row.pk]),
            "size": file_size(row.file.size),
            "remove": reverse("steering:attachment_remove", args=[row.pk]) if may else "",
        }
        for row in found.attachments.kept()
    ]


def _action_url(user, found):
    if not (user.is_authenticated and found.answer and user.has_perm("steering.manage_actions")):
        return ""
    return f"{reverse('steering:action_new')}?proposal={found.pk}" if found.state == "decided" else ""


def _receipt(event, found):
    acted_for = Municipality.objects.filter(pk=event.details.get("municipality", found.municipality_id))
    rows = [
        (_("What"), pages.VERBS.get(event.verb, event.verb)),
        (_("Proposal"), str(found)),
        (_("Municipality"), ", ".join(place_name(place) for place in acted_for)),
        (_("When"), moment(event.at)),
        (_("Number of the receipt"), event.number),
    ]
    return {"title": _("Recorded"), "rows": rows}


FORMS = {
    "edit": forms.EditProposalForm,
    "support": forms.SupportForm,
    "take_back": forms.TakeBackForm,
    "receive": forms.ReceiveForm,
    "restrict": forms.RestrictForm,
    "open": PortalForm,
    "decide": forms.DecideForm,
    "become": forms.BecomeForm,
    "finish": forms.FinishForm,
    "withdraw": PortalForm,
}


def _head(found, says, button):
    """Return the words around the form of an act."""
    return {
        "kind": _("Proposals"),
        "title": found.title,
        "says": says,
        "about": pages.about(found),
        "button": button,
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }


@form_page
def proposal_act(request, pk, verb):
    """Take one step of a proposal."""
    found = proposal_of(request, pk)
    says = {
        "edit": _("You can write it better until it has been received."),
        "support": _("Your municipality is named among those who support the proposal."),
        "take_back": _("The municipality is then not named among those who support the proposal."),
        "receive": _("The proposer is told, and from now on everybody can follow it."),
        "restrict": _(
            "Only its municipality, the steering group and the service centre read it then. The proposer is told why."
        ),
        "open": _("Everybody can then read the proposal and where it stands."),
        "decide": _("The proposer and those who support it are told the answer with its reasons."),
        "become": _("The pages of both then lead to each other."),
        "finish": _("The proposer and those who support it are told what came of it."),
        "withdraw": _(
            "The proposal is then closed. Your municipality and the steering group can still read it."
        ),
    }[verb]
    head = _head(found, says, pages.act_words(verb, found, request.user))
    return take_step(request, found, verb, FORMS[verb], template=FORM, **head)


@form_page
def proposal_agenda(request, pk):
    """Put a received proposal on the agenda of a meeting; the meeting's own verb does it."""
    found = proposal_of(request, pk)
    if not request.user.has_perm("steering.put_on_agenda_proposal", found):
        raise PermissionDenied
    meetings = Meeting.objects.planned().filter(body__kind="steering")
    form = forms.AgendaForm(
        request.POST or None, by=request.user, record=found, meetings=meetings, label=_meeting_words
    )

    def add():
        form.cleaned_data["meeting"].add(by=request.user, proposal=found)
        return found

    says = _("The proposer is told which meeting takes it up.")
    if not meetings:
        says = _("No meeting of the steering group is being planned. Plan one first.")
    return take_entry(
        request, form, add, **_head(found, says, pages.act_words("agenda", found, request.user))
    )


def _meeting_words(meeting):
    """Return a meeting's number and day."""
    on = weekday_day(meeting.starts_at) if meeting.starts_at else _("day still open")
    return f"{meeting.number}, {on}"


@form_page
def attachment_new(request, pk):
    """Add a file to a proposal."""
    found = proposal_of(request, pk)
    if not request.user.has_perm("steering.edit_proposal", found):
        raise PermissionDenied
    form = forms.AttachmentForm(request.POST or None, request.FILES or None, by=request.user)

    def add():
        Attachment.add(found, by=request.user, **form.details)
        return found

    says = _("Whoever reads the proposal can open the file.")
    return take_entry(
        request, form, add, **_head(found, says, pages.act_words("attach", found, request.user))
    )


def _attachment(request, pk):
    rows = Attachment.objects.visible_to(request.user).select_related(
        "proposal__municipality", "proposal__procurement"
    )
    return get_object_or_404(rows, pk=pk)


@login_not_required
@require_safe
def attachment_file(request, pk):
    """The file of a proposal, for whoever may read the proposal."""
    row = _attachment(request, pk)
    row.proposal.opened(request.user)
    name = row.file.name.rpartition("/")[2]
    kind = "application/pdf" if name.endswith(".pdf") else "image/jpeg"
    return file_response(row.file, name=name, content_type=kind)


@form_page
def attachment_remove(request, pk):
    """Remove a file that should not be there; the history keeps that it was."""
    row = _attachment(request, pk)
    if not request.user.has_perm("steering.edit_proposal", row.proposal):
        raise PermissionDenied
    form = PortalForm(request.POST if request.method == "POST" else None, by=request.user)

    def remove():
        row.remove(by=request.user)
        return row.proposal

    words = _("The file “%(title)s” is removed for good. The history keeps that it was there.")
    button = _("Remove the file: %(title)s") % {"title": row.title}
    return take_entry(request, form, remove, **_head(row.proposal, words % {"title": row.title}, button))
