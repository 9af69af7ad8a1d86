"""Items of the agenda: one's page, its texts and place, what is not public, and its papers."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium import clock
from consortium.documents import file_response
from consortium.forms import PortalForm
from consortium.models import AuditEvent
from consortium.steps import take_entry, take_step
from steering.forms import items as forms
from steering.models import Item, ItemPaper
from steering.pages import item as pages
from steering.pages import meeting as meeting_pages
from steering.views.meetings import FORM, head_of, meeting_of, receipt_words, write

form_page = require_http_methods(["GET", "POST"])
NAMES = ("meeting__body", "concerns", "proposal", "action")


def item_of(request, pk):
    """Return the item among those the person may read, or 404."""
    return get_object_or_404(Item.objects.visible_to(request.user).select_related(*NAMES), pk=pk)


def _head(item, says, button):
    return {
        "kind": meeting_pages.title(item.meeting),
        "title": item.title,
        "says": says,
        "button": button,
        "back": {"url": item.get_absolute_url(), "label": _("Back, without an entry")},
    }


def _receipt(request, item):
    wanted = request.GET.get("receipt", "")
    if not (request.user.is_authenticated and wanted.isdecimal()):
        return None
    events = AuditEvent.objects.about(item, *ItemPaper.objects.filter(item=item))
    event = events.filter(pk=wanted, by=request.user).first()
    return receipt_words(event, pages.VERBS.get(event.verb, event.verb)) if event else None


@login_not_required
@require_safe
def item(request, pk):
    """One item: the matter, what is proposed, the papers; what is restricted is kept in the log of readings."""
    found, today, user = item_of(request, pk), clock.today(), request.user
    offered = pages.acts(user, found, today) if user.is_authenticated else []
    context = {
        "kind": {"label": meeting_pages.title(found.meeting), "url": found.meeting.get_absolute_url()},
        "title": found.title,
        "says": pages.says(user, found, today),
        "acts": offered[:2],
        "receipt": _receipt(request, found),
        "parts": pages.parts(user, found, today, offered),
    }
    found.opened(user)
    return render(request, "steering/meeting.html", context)


@form_page
def item_new(request, pk):
    """Put an item on the agenda, free or from a matter of the portal."""
    meeting = meeting_of(request, pk)
    if not request.user.has_perm("steering.add_item", meeting):
        raise PermissionDenied
    wanted = request.GET.get("from", "")
    form = forms.ItemForm(request.POST or None, by=request.user, record=meeting, source=wanted)

    def add():
        return meeting.add(by=request.user, **form.details)

    says = _("It comes last on the agenda. A proposal's maker is told that it is on an agenda.")
    return write(request, meeting, form, add, head_of(meeting, says, _("Put it on the agenda")))


def _step(request, pk, verb, form_class, says, button):
    found = item_of(request, pk)
    return take_step(request, found, verb, form_class, template=FORM, **_head(found, says, button))


@form_page
def item_edit(request, pk):
    """Write the texts of an item better."""
    says = _("The agenda's files are not changed by it: make them anew when the call has gone.")
    return _step(request, pk, "edit", forms.EditItemForm, says, _("Save the texts"))


@form_page
def item_move(request, pk):
    """Give an item another place on the agenda."""
    return _step(request, pk, "move", forms.MoveForm, _("The others keep their order."), _("Move the item"))


@form_page
def item_restrict(request, pk):
    """Keep an item from the public."""
    says = _("From now on only those who sit read it. How often others opened it before stays on record.")
    return _step(request, pk, "restrict", forms.RestrictForm, says, _("Keep it from the public"))


@form_page
def item_open(request, pk):
    """Open a restricted item to the public."""
    says = _("Look through it before you answer. Everybody can read it from the call on.")
    return _step(request, pk, "open", forms.OpenForm, says, _("Open it to the public"))


@form_page
def item_remove(request, pk):
    """Take an item off the agenda of a meeting that is being planned."""
    found = item_of(request, pk)
    if not request.user.has_perm("steering.remove_item", found):
        raise PermissionDenied
    form = PortalForm(request.POST if request.method == "POST" else None, by=request.user)
    says = _("The item “%(title)s” is no longer on the agenda. A proposal waits again for an agenda.")
    head = head_of(found.meeting, says % {"title": found.title}, _("Take it off the agenda"))
    return write(request, found.meeting, form, lambda: found.remove(by=request.user), head)


# --- Papers -------------------------------------------------------------------------------------------------------


@form_page
def paper_new(request, pk):
    """Add a paper to an item."""
    found = item_of(request, pk)
    if not request.user.has_perm("steering.add_paper_item", found):
        raise PermissionDenied
    form = forms.ItemPaperForm(request.POST or None, request.FILES or None, by=request.user)

    def add():
        return ItemPaper.add(found, by=request.user, **form.details)

    says = _("Whoever may read the item reads the paper, unless it is kept from the public by itself.")
    return take_entry(request, form, add, **_head(found, says, _("Add the paper")))


def _paper(request, pk):
    rows = ItemPaper.objects.visible_to(request.user).select_related(*(f"item__{name}" for name in NAMES))
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


def _paper_step(request, pk, verb, form_class, says, button):
    paper = _paper(request, pk)
    facts = {"title": paper.title}
    head = _head(paper.item, says % facts, button % facts)
    return take_step(request, paper, verb, form_class, template=FORM, **head)


@form_page
def paper_open(request, pk):
    """Let whoever reads the item read a paper; whether it contains volumes is asked each time."""
    says = _("Look the paper “%(title)s” through before you answer. Each opening is kept in the log.")
    return _paper_step(request, pk, "open", forms.OpenForm, says, _("Open to the public: %(title)s"))


@form_page
def paper_restrict(request, pk):
    """Keep a paper from the public."""
    says = _(
        "From now on only those who sit read “%(title)s”. How often it was opened before stays on record."
    )
    return _paper_step(
        request, pk, "restrict", forms.RestrictForm, says, _("Keep from the public: %(title)s")
    )


@form_page
def paper_withdraw(request, pk):
    """Take a paper back; that it was there, and how often it was opened, stays on record."""
    says = _("Nobody but the service centre reads “%(title)s” any more. That it was there stays on record.")
    return _paper_step(request, pk, "withdraw", forms.WithdrawPaperForm, says, _("Take back: %(title)s"))
