"""Plans of action: the years, one's page, its goals and what they came to."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consortium.steps import receipt_of, take_entry, take_step
from steering.forms.plan import AccountForm, GoalForm, IntroForm, NewPlanForm, PublishPlanForm, RemoveGoalForm
from steering.models import AnnualReport, Goal, Indicator, Item, Plan
from steering.pages import plans as pages

form_page = require_http_methods(["GET", "POST"])


def _plan(request, year):
    return get_object_or_404(Plan.objects.visible_to(request.user), year=year)


def _back(plan):
    return {"url": plan.get_absolute_url(), "label": _("Back, without an entry")}


def _kind(plan):
    return _("Plan of action %(year)s") % {"year": plan.year}


@login_not_required
@require_safe
def plan_list(request):
    """Plans, budgets and reports by year."""
    keeps = request.user.has_perm("steering.manage_plans")
    context = {"years": pages.years(request.user), "keeps": keeps}
    return render(request, "steering/plan_list.html", context)


@login_not_required
@require_safe
def plan(request, year):
    """One year's plan: its goals in the three fields, each with its target and what it came to."""
    found = _plan(request, year)
    keeps = request.user.has_perm("steering.manage_plans")
    event = receipt_of(request, found) if keeps else None
    context = {
        "plan": found,
        "says": pages.plan_says(found),
        "open_to": found.steps_open_to(request.user),
        "fields": pages.goals_of(found, request.user),
        "budget": pages.budget_of(request.user, year),
        "report": AnnualReport.objects.visible_to(request.user).filter(year=year).first(),
        "decided": Item.objects.visible_to(request.user).filter(pk=found.decided_in_id).first(),
        "changes": list(found.changes.all()),
        "history": pages.history(found) if keeps else [],
        "receipt": pages.receipt_of(request, found, event),
    }
    return render(request, "steering/plan.html", context)


@form_page
def plan_new(request):
    """Begin a year's plan."""
    if not request.user.has_perm("steering.manage_plans"):
        raise PermissionDenied
    form = NewPlanForm(request.POST or None, by=request.user)

    def begin():
        return Plan.begin(by=request.user, **form.details)

    context = {
        "kind": _("Plans and reports"),
        "title": _("Begin a plan of action"),
        "says": _("A draft that only the service centre and the steering group read."),
        "button": _("Begin the plan"),
        "back": {"url": reverse("steering:plan_list"), "label": _("Back, without an entry")},
    }
    return take_entry(request, form, begin, **context)


@form_page
def plan_edit(request, year):
    """Write the introduction."""
    found = _plan(request, year)
    context = {
        "kind": _kind(found),
        "title": _("Introduction"),
        "says": _("What the year is about, before its goals."),
        "button": _("Save the introduction"),
        "back": _back(found),
    }
    return take_step(request, found, "edit", IntroForm, template="form.html", **context)


@form_page
def goal_new(request, year):
    """Add a goal."""
    return _write_goal(request, _plan(request, year), None)


@form_page
def goal_edit(request, pk):
    """Write a goal anew."""
    found, goal = _goal(request, pk)
    return _write_goal(request, found, goal)


def _goal(request, pk):
    goal = get_object_or_404(Goal.objects.select_related("plan"), pk=pk)
    if not Plan.objects.visible_to(request.user).filter(pk=goal.plan_id).exists():
        raise Http404
    return goal.plan, goal


def _write_goal(request, found, goal):
    def form(*args, **kwargs):
        return GoalForm(*args, goal=goal, **kwargs)

    context = {"kind": _kind(found), "plan": found, "goal": goal, "back": _back(found)}
    return take_step(request, found, "write_goal", form, template="steering/goal_edit.html", **context)


@form_page
def goal_remove(request, pk):
    """Take a goal out of the plan."""
    found, goal = _goal(request, pk)

    def form(*args, **kwargs):
        return RemoveGoalForm(*args, goal=goal, **kwargs)

    context = {
        "kind": _kind(found),
        "title": goal.text,
        "says": _("The goal and its indicators leave the plan. The history keeps that it was there."),
        "button": _("Take the goal out"),
        "back": _back(found),
    }
    return take_step(request, found, "remove_goal", form, template="form.html", **context)


@form_page
def plan_publish(request, year):
    """Let everybody read the plan."""
    found = _plan(request, year)
    context = {
        "kind": _kind(found),
        "title": _("Publish the plan"),
        "says": _("Everybody then reads it. A change after that is made with its reason beside it."),
        "button": _("Publish the plan of action %(year)s") % {"year": found.year},
        "back": _back(found),
    }
    return take_step(request, found, "publish", PublishPlanForm, template="form.html", **context)


@form_page
def indicator_account(request, pk):
    """Record what an indicator came to."""
    indicator = get_object_or_404(Indicator.objects.select_related("goal__plan"), pk=pk)
    found = indicator.goal.plan
    if not Plan.objects.visible_to(request.user).filter(pk=found.pk).exists():
        raise Http404

    def form(*args, **kwargs):
        return AccountForm(*args, indicator=indicator, **kwargs)

    context = {
        "kind": _kind(found),
        "title": indicator.goal.text,
        "says": _("The figure and its day are public with the plan."),
        "button": _("Record the figure"),
        "back": _back(found),
    }
    return take_step(request, found, "account", form, template="form.html", **context)
