"""What an annual report says: the portal's figures, decisions, actions and projects of a year, with people's own words.

Everything that is told here may be public: restricted matter, people's names and other groups' work stay out.
"""

from decimal import Decimal

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from consortium import clock
from consortium.templatetags.portal import day, money
from steering.figures import figures
from steering.goals import measured
from steering.models import (
    FILLED,
    Action,
    ActionState,
    Field,
    Item,
    Minutes,
    Outcome,
    PaperState,
    Plan,
    Project,
    Proposal,
    SectionKind,
    WrittenMatter,
)

LANGUAGES = ("fi", "sv", "en")  # of the page; people write in the first two, which are those of the paper


def contents(report, today=None):
    """Return {language: the report in plain values} as it would be published now; empty sections are left out."""
    known = _facts(report, today)
    found = {}
    for language in LANGUAGES:
        with override(language):
            told = _told(report, known, language)
            told["sections"] = [row for row in told["sections"] if not row["is_empty"]]
            found[language] = told
    return found


def content(report, language, today=None):
    """Return the report in one language in plain values, the empty sections too, for those who write it."""
    with override(language):
        return _told(report, _facts(report, today), language)


def _facts(report, today):
    """Read what both languages tell of."""
    today = today or clock.today()
    plan = Plan.objects.filter(year=report.year, state=PaperState.PUBLISHED).first()
    return {
        "figures": figures(report.year, today),
        "goals": measured(plan, today) if plan else [],
        "decisions": list(decisions(report.year)),
        "actions": list(actions(report.year)),
        "projects": list(projects(report.year)),
        "sections": {row.kind: row for row in report.sections.all()},
        "today": today,
    }


def decisions(year):
    """Return what the steering group decided in public in a year: items of its published minutes, in their order."""
    published = Minutes.objects.published().filter(meeting__year=year)
    rows = Item.objects.public().filter(meeting__minutes__in=published, outcome=Outcome.DECIDED)
    return (
        rows.select_related("meeting").prefetch_related("corrections").order_by("meeting__serial", "number")
    )


def public_actions():
    """Return the actions that anybody may know of: of published minutes or of a public proposal, never restricted."""
    minuted = Item.objects.public().filter(meeting__minutes__in=Minutes.objects.published())
    known = Q(decided_in__in=minuted) | Q(in_writing__in=WrittenMatter.objects.public())
    known |= Q(decided_in__isnull=True, in_writing__isnull=True, proposal__in=Proposal.objects.public())
    return Action.objects.filter(known).exclude(pk__in=Action.objects.restricted().values("pk"))


def actions(year):
    """Return the public actions that ended in a year or were still open at its end."""
    ended = Q(ended_on__year=year)
    still = Q(made_at__year__lte=year) & (Q(ended_on__isnull=True) | Q(ended_on__year__gt=year))
    return public_actions().filter(ended | still).order_by("due_on", "pk")


def projects(year):
    """Return the national projects of a year with their money of that year."""
    return Project.objects.in_year(year).prefetch_related("grants").order_by("starts_on", "pk")


def _told(report, known, language):
    sections = [_section(kind, report, known, language) for kind in SectionKind]
    return {
        "year": report.year,
        "language": language,
        "names": "sv" if language == "sv" else "fi",  # the language of what people wrote
        "title": _("Annual report %(year)s") % {"year": report.year},
        "is_running": report.year >= known["today"].year,
        "sections": sections,
    }


def _section(kind, report, known, language):
    row = known["sections"][kind]
    lists = {
        "figures": _figures(kind, known),
        "goals": _goals(kind, known),
        "decisions": _decisions(known) if kind == SectionKind.DECISIONS else [],
        "actions": _actions(report.year, known) if kind == SectionKind.ACTIONS else [],
        "projects": _projects(report.year, known) if kind == SectionKind.PROJECTS else [],
    }
    filled = filled_text(kind, report.year, known, lists)
    own = row.text(language)
    if not row.with_list:
        lists |= {"decisions": [], "actions": [], "projects": []}
    text = own or filled
    return {
        "kind": str(kind),
        "heading": str(kind.label),
        "paragraphs": [part.strip() for part in text.split("\n\n") if part.strip()],
        "is_own": bool(own),
        "language": ("sv" if language == "sv" else "fi") if own else language,
        "is_empty": not text,
        "has_figures": any(row["value"] or row["last"] for row in lists["figures"]),
        "filled": filled,
        **lists,
    }


def filled_text(kind, year, known, lists):
    """Return what the portal says in a section by itself, in the active language; empty where it has nothing to say."""
    if kind not in FILLED:
        return ""
    return {
        SectionKind.DECISIONS: _decisions_text,
        SectionKind.ACTIONS: _actions_text,
        SectionKind.PROJECTS: _projects_text,
    }.get(kind, _figures_text)(year, lists)


def _figures(kind, known):
    if kind not in Field.values:
        return []
    return [
        {
            "key": figure.key,
            "label": capfirst(figure.label),
            "value": figure.shown,
            "beside": figure.beside,
            "last": figure.shown_last,
            "on": day(figure.on),
            "exact": None if figure.value is None else str(figure.value),
        }
        for figure in known["figures"]
        if figure.field == kind
    ]


def _figures_text(year, lists):
    """Return the known figures as sentences, the unknown ones named, and how many goals were reached."""
    sentences, unknown = [], []
    for row in lists["figures"]:
        if not row["value"]:
            unknown.append(row["label"])
            continue
        value = f"{row['value']} ({row['beside']})" if row["beside"] else row["value"]
        facts = {"what": row["label"], "value": value, "last": row["last"]}
        words = (
            _("%(what)s: %(value)s; the year before %(last)s.") if row["last"] else _("%(what)s: %(value)s.")
        )
        sentences.append(words % facts)
    paragraphs = [" ".join(sentences)]
    if unknown:
        paragraphs.append(_("Not known yet: %(what)s.") % {"what": ", ".join(unknown)})
    measures = [row for goal in lists["goals"] for row in goal["measures"] if row["met"]]
    if measures:
        reached = sum(row["is_met"] for row in measures)
        words = ngettext(
            "Of %(n)s target of the plan of action, %(reached)s was reached.",
            "Of %(n)s targets of the plan of action, %(reached)s were reached.",
            len(measures),
        )
        paragraphs.append(words % {"n": len(measures), "reached": reached})
    return "\n\n".join(part for part in paragraphs if part)


def _goals(kind, known):
    return [
        {"text": goal.text, "measures": [row.told() for row in measures]}
        for goal, measures in known["goals"]
        if goal.field == kind
    ]


def _decisions(known):
    return [
        {
            "on": day(clock.date_of(item.meeting.starts_at)),
            "section": f"§ {item.number}",
            "title": item.title,
            "text": "\n".join([item.decision, *corrections(item)]),
            "url": item.get_absolute_url(),
        }
        for item in known["decisions"]
    ]


def corrections(item):
    """Return the dated corrections of an item's minutes, a sentence each, in the page's language."""
    language = "sv" if get_language() == "sv" else "fi"
    return [
        _("Corrected on %(day)s: %(right)s")
        % {"day": day(row.on), "right": getattr(row, f"right_{language}")}
        for row in item.corrections.all()
    ]


def _decisions_text(year, lists):
    if not lists["decisions"]:
        return _("No decisions have been published of the year.")
    count = len(lists["decisions"])
    meetings = len({row["on"] for row in lists["decisions"]})
    matters = ngettext("%(n)s matter", "%(n)s matters", count) % {"n": count}
    days = ngettext("%(n)s meeting", "%(n)s meetings", meetings) % {"n": meetings}
    words = _("The published minutes tell of %(matters)s decided in %(meetings)s.")
    return words % {"matters": matters, "meetings": days}


def _actions(year, known):
    return [
        {
            "text": action.text,
            "state": str(action.get_state_display())
            if _is_over(action, year)
            else str(ActionState.OPEN.label),
            "on": day(action.ended_on if _is_over(action, year) else action.due_on),
            "result": action.result if _is_over(action, year) else "",
            "is_over": _is_over(action, year),
        }
        for action in known["actions"]
    ]


def _is_over(action, year):
    return action.ended_on is not None and action.ended_on.year <= year


def _actions_text(year, lists):
    rows = lists["actions"]
    if not rows:
        return _("No actions of the year have been recorded.")
    over = sum(row["is_over"] for row in rows)
    ended = ngettext("%(n)s action ended", "%(n)s actions ended", over) % {"n": over}
    words = _("%(ended)s in the year, and %(open)s went on at its end.")
    return words % {"ended": ended, "open": len(rows) - over}


def _projects(year, known):
    return [_project(project, year) for project in known["projects"]]


def _project(project, year):
    grants = [row for row in project.grants.all() if row.year == year]
    ended = project.ended_on is not None and project.ended_on.year <= year
    return {
        "name": project.name,
        "text": project.result if ended else project.about,
        "state": _("Ended on %(day)s.") % {"day": day(project.ended_on)}
        if ended
        else _("From %(first)s to %(last)s.")
        % {"first": day(project.starts_on), "last": day(project.ends_on)},
        "granted": str(sum(row.granted for row in grants)) if grants else "",
        "used": str(sum(row.used for row in grants)) if grants else "",
        "url": project.get_absolute_url(),
    }


def _projects_text(year, lists):
    rows = lists["projects"]
    if not rows:
        return _("There were no national projects in the year.")
    words = ngettext("%(n)s national project in the year.", "%(n)s national projects in the year.", len(rows))
    sentences = [words % {"n": len(rows)}]
    paid = [row for row in rows if row["granted"]]
    if paid:
        granted, used = (sum(Decimal(row[name]) for row in paid) for name in ("granted", "used"))
        words = _("%(used)s was used of the %(granted)s granted for the year.")
        sentences.append(words % {"used": money(used), "granted": money(granted)})
    return " ".join(sentences)
