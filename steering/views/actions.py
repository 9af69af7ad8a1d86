"""Actions: the list, each one's page, and the page of each step."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.lists import Column, ListPage
from consortium.steps import receipt_of, take_entry, take_step
from consortium.templatetags.portal import day, moment, weekday_day
from steering.filters import ActionFilter
from steering.forms import actions as forms
from steering.models import Action, Item, Proposal, WrittenMatter
from steering.pages import actions as pages
from steering.pages.proposals import action_row

form_page = require_http_methods(["GET", "POST"])
FORM = "form.html"


def _actions(user):
    rows = Action.objects.visible_to(user)
    return rows.select_related(
        "owner", "proposal__municipality", "proposal__procurement", "decided_in__meeting", "in_writing"
    )


def _columns():
    return [
        Column("text", _("What is to be done"), lambda r: r.text, url=lambda r: r.get_absolute_url()),
        Column("owner", _("Who"), lambda r: r.owner.get_full_name(), order_by=("owner__name", "due_on")),
        Column(
            "due",
            _("To be done by"),
            lambda r: r.due_on,
            lambda r: weekday_day(r.due_on),
            order_by=("due_on",),
        ),
        Column("state", _("State"), lambda r: r.get_state_display(), _state, order_by=("state", "due_on")),
        Column("ended", _("Done or dropped"), lambda r: r.ended_on, on_page=False),
        Column("result", _("Result"), lambda r: r.result, on_page=False),
    ]


def _state(row):
    if row.is_overdue():
        return _("late")
    return f"{row.get_state_display()} {day(row.ended_on)}" if row.ended_on else row.get_state_display()


@require_safe
def action_list(request):
    """What the steering group has given people to do, the nearest day first."""
    user = request.user
    if not user.has_perm("steering.list_actions"):
        raise PermissionDenied
    listing = ListPage(
        request,
        _actions(user),
        _columns(),
        filterset=ActionFilter,
        caption=_("Actions"),
        default_sort="due",
        filename="actions",
    )
    if answer := listing.export():
        return answer
    url = reverse("steering:action_new")
    main_act = (
        {"url": url, "label": _("Write an action")} if user.has_perm("steering.manage_actions") else None
    )
    other = {"url": reverse("steering:proposal_list"), "label": _("Proposals")}
    context = {"list": listing, "main_act": main_act, "other_act": other}
    return render(request, "steering/action_list.html", context)


@form_page
def action_new(request):
    """Write what is to be done, by whom and by when; decided in an item, on a proposal, or by itself."""
    if not request.user.has_perm("steering.manage_actions"):
        raise PermissionDenied
    form = forms.ActionForm(request.POST or None, by=request.user)
    item = _asked_for(request, "item", Item.objects.visible_to(request.user))
    proposal = _asked_for(request, "proposal", Proposal.objects.visible_to(request.user))
    matter = _asked_for(
        request, "written", WrittenMatter.objects.visible_to(request.user).filter(state="settled")
    )

    def make():
        return Action.make(
            by=request.user, decided_in=item, proposal=proposal, in_writing=matter, **form.details
        )

    of = item or proposal or matter
    about = _("Decided on: %(title)s") % {"title": of.title} if of else ""
    back = of.get_absolute_url() if of else reverse("steering:action_list")
    context = {
        "kind": _("Actions"),
        "title": _("Write an action"),
        "says": _("The one who does it is told. While it is late, it stands on each agenda by itself."),
        "about": about,
        "button": _("Record the action"),
        "back": {"url": back, "label": _("Back, without an entry")},
    }
    return take_entry(request, form, make, **context)


def _asked_for(request, name, rows):
    """Return the row that the address names by its number, or None."""
    wanted = request.GET.get(name, "")
    return rows.filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 10 else None


def _action(request, pk):
    return get_object_or_404(_actions(request.user), pk=pk)


@require_safe
def action(request, pk):
    """One action: who does it by when, where it was decided, and what came of it."""
    found = _action(request, pk)
    user, event = request.user, receipt_of(request, found)
    item = found.decided_in
    readable = item is not None and Item.objects.visible_to(user).filter(pk=item.pk).exists()
    proposal = found.proposal
    follows = proposal is not None and Proposal.objects.visible_to(user).filter(pk=proposal.pk).exists()
    context = {
        "action": found,
        "says": pages.says(found),
        "row": action_row(found, whole=True),
        "acts": pages.acts(user, found),
        "item": item if readable else None,
        "proposal": proposal if follows else None,
        "matter": WrittenMatter.objects.visible_to(user).filter(pk=found.in_writing_id).first(),
        "receipt": _receipt(event, found) if event and event.by == user else None,
    }
    return render(request, "steering/action.html", context)


def _receipt(event, found):
    words = {
        "make": _("Action recorded"),
        "edit": _("Action changed"),
        "finish": _("Action done"),
        "drop": _("Action dropped"),
        "reopen": _("Action taken up again"),
    }
    rows = [
        (_("What"), words.get(event.verb, event.verb)),
        (_("Who"), found.owner.get_full_name()),
        (_("To be done by"), weekday_day(found.due_on)),
        (_("When"), moment(event.at)),
        (_("Number of the receipt"), event.number),
    ]
    return {"title": _("Recorded"), "rows": rows}


FORMS = {
    "edit": forms.EditActionForm,
    "finish": forms.FinishActionForm,
    "drop": forms.DropActionForm,
    "reopen": forms.ReopenActionForm,
}


@form_page
def action_act(request, pk, verb):
    """Take one step of an action."""
    found = _action(request, pk)
    says = {
        "edit": _("Somebody who is given the action anew is told."),
        "finish": _("Say in a sentence or two what came of it."),
        "drop": _("The action ends without having been done. Say why."),
        "reopen": _("The action is then to be done again, by the new day."),
    }[verb]
    context = {
        "kind": _("Actions"),
        "title": found.text,
        "says": says,
        "button": pages.act_words(verb),
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }
    return take_step(request, found, verb, FORMS[verb], template=FORM, **context)
