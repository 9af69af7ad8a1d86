"""Plans of action and annual reports as pages tell of them, what is due, and what a search finds."""

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.gather import Hit, Line, Task
from consortium.models import AuditEvent
from consortium.templatetags.portal import day, keep, long_weekday_day, moment, put_in
from members.models import AnnualBudget
from steering.goals import by_field, measured
from steering.models import AnnualReport, Body, BodyKind, PaperState, Plan

MOST = 20  # hits of a search
AHEAD = dt.timedelta(days=60)
PLAN_DUE, REPORT_DUE = (12, 15), (3, 31)  # of the year before, and of the year after
VERBS = {
    "begin": gettext_lazy("Plan begun"),
    "edit": gettext_lazy("Introduction written"),
    "write_goal": gettext_lazy("Goal written"),
    "remove_goal": gettext_lazy("Goal taken out"),
    "publish": gettext_lazy("Published"),
    "account": gettext_lazy("Figure recorded"),
    "draft": gettext_lazy("Draft begun"),
    "write": gettext_lazy("Section written"),
    "fill": gettext_lazy("Section left to the portal"),
    "reopen": gettext_lazy("Opened for a correction"),
}


def plan_due(year):
    """Return the day by which the plan of a year should be published: 15 December before it."""
    return dt.date(year - 1, *PLAN_DUE)


def report_due(year):
    """Return the day by which the report of a year should be published: 31 March after it."""
    return dt.date(year + 1, *REPORT_DUE)


def plan_says(plan):
    """Return how things stand with a plan, in a sentence or two."""
    if plan.state == PaperState.DRAFT:
        words = _("A draft that only the service centre and the steering group read. Due on %(day)s.")
        return put_in(words, day=keep(long_weekday_day(plan_due(plan.year))))
    return _("Published on %(day)s.") % {"day": day(plan.published_on)}


def report_says(report, edition):
    """Return how things stand with a report, in a sentence or two."""
    if report.state == PaperState.PUBLISHED:
        return _("Published on %(day)s. Its figures stay as they were then.") % {
            "day": day(edition.published_on)
        }
    if edition:
        words = _("A corrected edition is being prepared. The one of %(day)s is public until then.")
        return words % {"day": day(edition.published_on)}
    words = _("A draft that only the service centre and the steering group read. Due on %(day)s.")
    return put_in(words, day=keep(long_weekday_day(report_due(report.year))))


def receipt_of(request, record, event):
    """Return the receipt of an act on a plan or a report, for the one who acted; or None."""
    if event is None or event.by != request.user:
        return None
    rows = [
        (_("What"), VERBS.get(event.verb, event.verb)),
        (_("When"), moment(event.at)),
        (_("Number of the receipt"), event.number),
    ]
    return {"title": _("Recorded"), "rows": rows}


def goals_of(plan, user):
    """Return [(field, [(goal, indicators in plain values)])]; whoever may records what a person is to record."""
    may = "account" in plan.steps_open_to(user)
    rows = [
        (
            goal,
            [
                row.told()
                | {
                    "url": reverse("steering:indicator_account", args=[row.indicator.pk])
                    if _by_hand(row, may)
                    else ""
                }
                for row in measures
            ],
        )
        for goal, measures in measured(plan)
    ]
    return by_field(rows)


def _by_hand(measure, may):
    return may and not measure.indicator.figure


def history(record):
    """Return what has been done with a plan or a report, the latest first, for those who keep it."""
    return [
        {
            "when": event.at,
            "what": VERBS.get(event.verb, event.verb),
            "who": event.by.get_full_name() if event.by else _("The portal"),
            "note": event.details.get("reason", ""),
        }
        for event in AuditEvent.objects.about(record)
    ]


def budget_of(user, year):
    """Return the year's budget for the page beside it, or None where the person may not read it."""
    return AnnualBudget.objects.visible_to(user).filter(year=year).first()


def years(user):
    """Return the years that have a plan, a report or a budget to read: newest first, each with its papers."""
    plans = {row.year: row for row in Plan.objects.visible_to(user)}
    reports = {row.year: row for row in AnnualReport.objects.visible_to(user)}
    budgets = {row.year: row for row in AnnualBudget.objects.visible_to(user)}
    return [
        {"year": year, "plan": plans.get(year), "report": reports.get(year), "budget": budgets.get(year)}
        for year in sorted({*plans, *reports, *budgets}, reverse=True)
    ]


def deadlines(user, today):
    """Return the plan and the report that are due within sixty days, or overdue, for the service centre."""
    if not user.is_staff:
        return []
    wanted = [(Plan, year, plan_due(year)) for year in (today.year, today.year + 1)]
    wanted.append((AnnualReport, today.year - 1, report_due(today.year - 1)))
    wanted = [row for row in wanted if today - AHEAD <= row[2] <= today + AHEAD]
    group = Body.objects.current(today).filter(kind=BodyKind.STEERING)
    if not wanted or not group.exists():
        return []
    found = [_due(*row) for row in wanted]
    return [task for task in found if task]


def _due(model, year, due):
    """Return what is to be published by a day, or None once it has been."""
    row = model.objects.filter(year=year).first()
    is_out = row and (row.published_on if model is Plan else row.editions.exists())
    if is_out:
        return None
    kind = "plan" if model is Plan else "report"
    words = (
        _("Publish the plan of action %(year)s") if model is Plan else _("Publish the annual report %(year)s")
    )
    url = row.get_absolute_url() if row else reverse(f"steering:{kind}_new")
    return Task(words % {"year": year}, url, due_on=due, kind=_("Plan and report"))


def year_line(user, today):
    """Return the line of the year: the goals of the plan, each number with its page."""
    plan = Plan.objects.filter(year=today.year).first()
    if plan is None:
        return []
    count = plan.goals.count()
    words = str(plan.get_state_display())
    return [
        Line(_("Plan of action %(year)s") % {"year": today.year}, [(words, count, plan.get_absolute_url())])
    ]


def search(user, words):
    """Return the plans and reports that the words match, among those the person may read."""
    goals = Q(goals__text_fi__icontains=words) | Q(goals__text_sv__icontains=words)
    intro = Q(intro_fi__icontains=words) | Q(intro_sv__icontains=words)
    found = [
        Hit(_("Plans and reports"), _("Plan of action %(year)s") % {"year": row.year}, row.get_absolute_url())
        for row in Plan.objects.visible_to(user).filter(goals | intro).distinct()[:MOST]
    ]
    return [*found, *_reports(user, words)]


def _reports(user, words):
    """Return the published reports that the words match; drafts are found by nobody."""
    rows = AnnualReport.objects.filter(editions__isnull=False).distinct().prefetch_related("editions")
    wanted = words.casefold()
    return [
        Hit(
            _("Plans and reports"),
            _("Annual report %(year)s") % {"year": row.year},
            row.get_absolute_url(),
        )
        for row in rows
        if any(wanted in text.casefold() for text in _texts(max(row.editions.all(), key=lambda e: e.number)))
    ][:MOST]


def _texts(edition):
    for told in edition.contents.values():
        yield told["title"]
        for section in told["sections"]:
            yield section["heading"]
            yield from section["paragraphs"]
