"""National projects: the list, one's page, and its steps."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.lists import Column, ListPage
from consortium.steps import receipt_of, take_entry, take_step
from consortium.templatetags.portal import day, money
from steering.filters import ProjectFilter
from steering.forms.project import FORMS, ProjectForm
from steering.models import Item, Project, Proposal
from steering.pages import projects as pages

form_page = require_http_methods(["GET", "POST"])


def _columns(language):
    name = "name_sv" if language == "sv" else "name_fi"
    return [
        Column("name", _("Project"), lambda r: r.name, url=lambda r: r.get_absolute_url(), order_by=(name,)),
        Column("state", _("State"), lambda r: r.get_state_display(), order_by=("state",)),
        Column("field", _("Field"), lambda r: r.get_field_display(), order_by=("field",)),
        Column(
            "starts", _("Begins"), lambda r: r.starts_on, lambda r: day(r.starts_on), order_by=("starts_on",)
        ),
        Column(
            "ends", _("Ends by plan"), lambda r: r.ends_on, lambda r: day(r.ends_on), order_by=("ends_on",)
        ),
        Column(
            "granted",
            _("Granted"),
            lambda r: r.granted,
            lambda r: money(r.granted) if r.granted else _("Not yet"),
            order_by=("granted",),
            css="num",
        ),
        Column(
            "used",
            _("Used"),
            lambda r: r.used,
            lambda r: money(r.used) if r.granted else _("Not yet"),
            order_by=("used",),
            css="num",
        ),
        Column("ended", _("Ended"), lambda r: r.ended_on, on_page=False),
        Column("result", _("Result"), lambda r: r.result, on_page=False),
    ]


@login_not_required
@require_safe
def project_list(request):
    """The national projects, the newest first."""
    listing = ListPage(
        request,
        Project.objects.with_money(),
        _columns(get_language()),
        filterset=ProjectFilter,
        caption=_("National projects"),
        default_sort="-starts",
        filename="projects",
    )
    if answer := listing.export():
        return answer
    may = request.user.has_perm("steering.manage_plans")
    main_act = {"url": reverse("steering:project_new"), "label": _("Write a project down")} if may else None
    context = {"list": listing, "main_act": main_act, "counted": pages.counted(listing.count)}
    return render(request, "steering/project_list.html", context)


@login_not_required
@require_safe
def project(request, pk):
    """One project: what for, with whom, on whose money, for how long, and what came of it."""
    found = get_object_or_404(Project.objects.select_related("decided_in__meeting"), pk=pk)
    keeps = request.user.has_perm("steering.manage_plans")
    event = receipt_of(request, found) if keeps else None
    came_from = Proposal.objects.visible_to(request.user).filter(became_project=found)
    decided = Item.objects.visible_to(request.user).filter(pk=found.decided_in_id).first()
    context = {
        "project": found,
        "says": pages.says(found),
        "acts": pages.acts(request.user, found),
        "partners": pages.partners(found),
        "money": pages.grants(found),
        "proposals": list(came_from),
        "decided": decided,
        "goals": found.goals.filter(plan__state="published").select_related("plan"),
        "history": pages.history(found) if keeps else [],
        "receipt": pages.receipt(event) if event and event.by == request.user else None,
    }
    return render(request, "steering/project.html", context)


@form_page
def project_new(request):
    """Write a project down."""
    if not request.user.has_perm("steering.manage_plans"):
        raise PermissionDenied
    form = ProjectForm(request.POST or None, by=request.user)

    def begin():
        return Project.begin(by=request.user, **form.details)

    context = {
        "kind": _("National projects"),
        "title": _("Write a project down"),
        "says": pages.SAYS["edit"],
        "button": _("Save the project"),
        "back": {"url": reverse("steering:project_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, begin, **context)


@form_page
def project_act(request, pk, verb):
    """Take one step of a project."""
    found = get_object_or_404(Project, pk=pk)
    words = pages.ACTS[verb]
    context = {
        "kind": _("National projects"),
        "title": found.name,
        "says": pages.SAYS[verb],
        "button": _("%(act)s: %(name)s") % {"act": words, "name": found.name},
        "back": {"url": found.get_absolute_url(), "label": _("Back, without an entry")},
    }
    return take_step(request, found, verb, FORMS[verb], template="form.html", **context)
