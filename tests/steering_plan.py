"""A plan of action and an annual report for tests, and every page of theirs with the records its address names."""

import datetime as dt
from decimal import Decimal

from django.core.files.base import ContentFile

from consortium.models import DocumentState
from members.models import Municipality
from steering.models import Action, AnnualReport, Plan, Project, Proposal, ReportPaper
from steering.report_content import contents
from steering.report_paper import digest
from tests.factories import MunicipalityFactory

GOALS = [
    ("economy", "Maksut pysyvät rajassa", "Avgifterna hålls inom gränsen", "largest_fee", "7500", True),
    ("results", "Jäseniä tulee lisää", "Medlemmarna blir fler", "members", "20", False),
    ("content", "Aineistoa pienemmille kielille", "Material på mindre språk", "", "3", False),
]


def a_plan(by, year=2027, *, published=True):
    """Return a plan with a goal in each field; the last one's indicator is recorded by hand."""
    plan = Plan.begin(by=by, year=year)
    plan.edit(by=by, revision=plan.revision, intro_fi="Vuosi yhdessä.", intro_sv="Ett år tillsammans.")
    for field, text_fi, text_sv, figure, target, at_most in GOALS:
        row = {
            "name_fi": f"{text_fi}: mittari",
            "name_sv": f"{text_sv}: mätare",
            "figure": figure,
            "unit": "euro" if figure == "largest_fee" else "count",
            "target": Decimal(target),
            "at_most": at_most,
        }
        texts = {"field": field, "text_fi": text_fi, "text_sv": text_sv}
        plan.write_goal(by=by, revision=plan.revision, indicators=[row], **texts)
    if published:
        plan.publish(by=by, revision=plan.revision)
    return plan


def a_project(by, name="Lukuliike", **facts):
    """Return a project that is planned for three years, from 2026 on."""
    told = {
        "name_fi": name,
        "name_sv": f"{name} (sv)",
        "about_fi": "Yhteinen lukukampanja.",
        "about_sv": "En gemensam läskampanj.",
        "starts_on": dt.date(2026, 1, 12),
        "ends_on": dt.date(2028, 12, 29),
    }
    return Project.begin(by=by, **(told | facts))


def an_action(by, text="Tehdään.", *, public=True, **facts):
    """Return an action on a proposal that anybody follows; not ``public``: one of nobody's business."""
    proposal = None
    if public:
        serial = Proposal.objects.count() + 1
        told = {"state": "received", "received_on": dt.date(2026, 5, 3), "made_by": by, "text": "x"}
        place = MunicipalityFactory()
        proposal = Proposal.objects.create(year=2026, serial=serial, title="x", municipality=place, **told)
    told = {"text_fi": text, "text_sv": text, "owner": by, "due_on": dt.date(2030, 1, 1), "made_by": by}
    return Action.objects.create(proposal=proposal, **(told | facts))


def a_report(by, year=2027):
    """Return a draft of a report."""
    return AnnualReport.draft(by=by, year=year)


def published(report, by, **said):
    """Publish a report as it is now. Returns its edition."""
    told = contents(report)
    return report.publish(by=by, contents=told, seen=digest(told), **said)


def ready(edition):
    """Give an edition's papers small stand-ins instead of PDFs."""
    for paper in edition.papers.all():
        paper.file.save(paper.filename, ContentFile(b"%PDF-1.7 a stand-in"), save=False)
        facts = {"state": DocumentState.READY, "made_at": paper.asked_at, "sha256": "0" * 64}
        ReportPaper.objects.filter(pk=paper.pk).update(file=paper.file.name, size=20, **facts)


def plan_pages(group, people):
    """Return {URL name: arguments} of plans, reports, projects and open data, for the tables of access."""
    return _records(people["staff"], group.places[0])


def plan_scene(body, people):
    """Return {URL name: arguments} of the same pages in the practice copy."""
    return _records(people["staff"], Municipality.objects.get(code="638"))


def _records(by, place):
    """Write a project, an ended one, two plans and two reports down."""
    project = a_project(by, partners=[(place, True)])
    grant = {"funder": "OKM", "decision": "OKM/1/520/2026", "decided_on": dt.date(2026, 1, 5)}
    project.grant(by=by, year=2026, amount=Decimal(5000), **grant)
    over = a_project(by, "Ohi", ends_on=dt.date(2026, 2, 12))
    over.end(by=by, result_fi="a", result_sv="b", ended_on=dt.date(2026, 2, 12))
    draft, out = a_plan(by, 2031, published=False), a_plan(by, 2030)
    goal = draft.goals.order_by("number").first()
    by_hand = out.goals.order_by("number").last().indicators.get()
    written, done = a_report(by, 2024), a_report(by, 2023)
    edition = published(done, by)
    ready(edition)
    at = {
        "project_list": {},
        "project_new": {},
        "project": {"pk": project.pk},
        **{f"project_{verb}": {"pk": project.pk} for verb in ("edit", "grant", "account", "start", "end")},
        "project_reopen": {"pk": over.pk},
        "plan_list": {},
        "plan_new": {},
        "plan": {"year": out.year},
        **{name: {"year": draft.year} for name in ("plan_edit", "plan_publish", "goal_new")},
        **{name: {"pk": goal.pk} for name in ("goal_edit", "goal_remove")},
        "indicator_account": {"pk": by_hand.pk},
        "report_new": {},
        "report": {"year": done.year},
        "report_reopen": {"year": done.year},
        "report_publish": {"year": written.year},
        **{name: {"year": written.year, "kind": "results"} for name in ("report_write", "report_fill")},
        **{name: {"year": done.year, "number": 1} for name in ("report_progress", "report_again")},
        "report_file": {"year": done.year, "number": 1, "language": "fi"},
        "open_data": {},
        "open_table": {"name": "decisions"},
    }
    return {f"steering:{name}": args for name, args in at.items()}
