"""National projects as pages tell of them: the acts, how things stand, what a search finds."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import clock
from consortium.gather import Hit
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, long_weekday_day, moment, place
from steering.models import Project, ProjectState

MOST = 20  # hits of a search
VERBS = {
    "begin": gettext_lazy("Project written down"),
    "edit": gettext_lazy("Plan changed"),
    "grant": gettext_lazy("Money granted"),
    "account": gettext_lazy("Use of money recorded"),
    "start": gettext_lazy("Work begun"),
    "end": gettext_lazy("Project ended"),
    "reopen": gettext_lazy("Opened again"),
}
ACTS = {
    "start": gettext_lazy("Record that the work has begun"),
    "end": gettext_lazy("End the project"),
    "grant": gettext_lazy("Record a grant"),
    "account": gettext_lazy("Record what has been used"),
    "edit": gettext_lazy("Change the project"),
    "reopen": gettext_lazy("Open the project again"),
}
SAYS = {
    "start": gettext_lazy("The page then says that the project is running."),
    "end": gettext_lazy("The result is public. One that never began ends with the reason as its result."),
    "grant": gettext_lazy("Each decision that grants money is a row of its own."),
    "account": gettext_lazy("The sum used of a grant by today. The earlier figure stays in the history."),
    "edit": gettext_lazy("Projects are public, with their partners and their money."),
    "reopen": gettext_lazy("For one that was ended too early. Its result is then written anew."),
}


def says(project, today=None):
    """Return how things stand with a project, in a sentence."""
    today = today or clock.today()
    if project.state == ProjectState.ENDED:
        return _("Ended on %(day)s.") % {"day": long_weekday_day(project.ended_on)}
    if project.state == ProjectState.PLANNED:
        if project.starts_on < today:
            return _("Planned to begin on %(day)s; it has not begun yet.") % {"day": day(project.starts_on)}
        return _("Planned to begin on %(day)s.") % {"day": long_weekday_day(project.starts_on)}
    if project.ends_on < today:
        return _("Running; by plan it would have ended on %(day)s.") % {"day": day(project.ends_on)}
    return _("Running until %(day)s.") % {"day": long_weekday_day(project.ends_on)}


def acts(user, project):
    """Return what the person may do with a project now, the main act first."""
    open_to = project.steps_open_to(user)
    if not project.grants.exists():
        open_to = [verb for verb in open_to if verb != "account"]
    order = [verb for verb in ACTS if verb in open_to]
    return [
        {
            "label": ACTS[verb],
            "url": reverse(f"steering:project_{verb}", args=[project.pk]),
            "main": at == 0 and verb in {"start", "end"},
        }
        for at, verb in enumerate(order)
    ]


def grants(project):
    """Return the rows of a project's money and their sums."""
    rows = list(project.grants.all())
    return {
        "rows": rows,
        "granted": sum(row.granted for row in rows),
        "used": sum(row.used for row in rows),
        "on": max((row.used_on for row in rows if row.used_on), default=None),
    }


def partners(project):
    """Return the partners in words, the one that leads first."""
    return [
        {"name": place(row.municipality) if row.municipality else row.name, "leads": row.leads}
        for row in project.partners.select_related("municipality")
    ]


def history(project):
    """Return what has been done with a project, the latest first, for those who keep it."""
    return [
        {
            "when": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "who": event.by.get_full_name() if event.by else _("The portal"),
            "note": event.details.get("reason", ""),
        }
        for event in AuditEvent.objects.about(project)
    ]


def receipt(event):
    """Return the receipt of an act."""
    rows = [
        (_("What"), VERBS.get(event.verb, event.verb)),
        (_("When"), moment(event.at)),
        (_("Number of the receipt"), event.number),
    ]
    return {"title": _("Recorded"), "rows": rows}


def counted(count):
    """Return how many projects a list has, in words."""
    return ngettext("%(n)s project", "%(n)s projects", count) % {"n": count}


def search(user, words):
    """Return the projects that the words match: all are public."""
    named = Q(name_fi__icontains=words) | Q(name_sv__icontains=words)
    about = Q(about_fi__icontains=words) | Q(about_sv__icontains=words)
    partner = Q(partners__name__icontains=words)
    rows = Project.objects.filter(named | about | partner).distinct()[:MOST]
    return [Hit(_("Projects"), row.name, row.get_absolute_url(), says(row)) for row in rows]
