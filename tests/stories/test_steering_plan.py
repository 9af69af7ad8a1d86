"""A 42: the year's plan, its budget beside it, and the report that comes filled in; A 41's equality of the figures."""

import datetime as dt

import outloud
import pymupdf
import pytest

from consortium.templatetags.portal import money
from members.models import AnnualBudget, Municipality
from steering.figures import figures
from steering.models import AnnualReport, Project
from tests.factories import decided_budget, payer
from tests.minutes_world import held, published, task
from tests.steering_world import steering_group
from tests.stories.people import Person

PLAN, REPORT = "/en/steering/plan/2027/", "/en/steering/report/2027/"
INDICATOR = {"name_fi_1": "Jäseniä", "name_sv_1": "Medlemmar", "figure_1": "members", "target_1": "3"}
GOALS = {
    "economy": {"name_fi_1": "Suurin maksu", "name_sv_1": "Största avgift", "target_1": "500"},
    "results": INDICATOR,
    "content": {"name_fi_1": "Kieliä", "name_sv_1": "Språk", "target_1": "4"},
}


@pytest.fixture
def clerk(client_of, staff):
    """A person of the service centre."""
    return Person(client_of(staff))


@pytest.fixture
def planned(clerk, today_is):
    """The plan of 2027, written in the autumn before, and the year's decided budget. Returns the plan's page."""
    today_is("2026-11-16")
    for code in ("009", "686", "091"):
        payer(code, residents=2000)
    decided_budget(2027)
    page = clerk.presses(clerk.opens("/en/steering/plans/new/"), "Begin the plan", year="2027")
    page = clerk.does(page, "Write the introduction", intro_fi="Vuosi alkaa.", intro_sv="Året börjar.")
    for field, typed in GOALS.items():
        texts = {"text_fi": f"Tavoite {field}", "text_sv": f"Mål {field}"}
        page = clerk.does(page, "Add a goal", field=field, **texts, **typed)
    return page


@pytest.fixture
def year(planned, clerk, staff, today_is):
    """What happened in 2027: a meeting with its minutes, an action done, a project with its money."""
    clerk.does(planned, "Publish the plan")
    today_is("2027-05-12")
    group = steering_group(seats=3, by=staff, places=list(Municipality.objects.order_by("code")))
    meeting = held(group)
    task(meeting, 2, group.members[0], "Valmistellaan lukuliike.")
    published(meeting, group)
    group.members[0].actions.get().finish(by=staff, result_fi="Liike alkoi.", result_sv="Rörelsen började.")
    project = Project.begin(
        by=staff,
        name_fi="Lukuliike",
        name_sv="Läslyftet",
        about_fi="Luetaan yhdessä.",
        about_sv="Vi läser tillsammans.",
        starts_on=dt.date(2027, 2, 1),
        ends_on=dt.date(2028, 12, 15),
    )
    facts = {"funder": "OKM", "decision": "OKM/31/520/2027", "decided_on": dt.date(2027, 1, 11)}
    grant = project.grant(by=staff, year=2027, amount=40000, **facts)
    project.account(by=staff, grant=grant, used=12500)
    page = clerk.opens(PLAN)
    clerk.presses(clerk.opens(page.link("Record: Kieliä")), actual="5", actual_on="12.5.2027")
    today_is("2028-02-07")


@pytest.mark.breaks("steering.models.plan.Plan.publish", "steering.goals.measured")
def test_a42_the_plan_is_public_with_its_goals_targets_and_budget(planned, visitor, clerk):
    assert visitor.opens(PLAN).status == 404
    planned = clerk.does(planned, "Publish the plan")
    page = visitor.opens(PLAN)
    assert page.says == "Published on 16.11.2026."
    assert page.rows("Tavoite results")[0][:3] == ["Jäseniä", "at least 3", "Not known yet"]
    budget = AnnualBudget.objects.get(year=2027)
    assert "decided by Helsinki" in page.part("The year")
    assert visitor.opens(page.link(" ".join(money(budget.total).split()))).path.endswith("/2027/")
    refused = clerk.does(planned, "Add a goal", field="content", text_fi="Lisää", text_sv="Mera", **INDICATOR)
    assert refused.wrong_with("because_fi")


@pytest.mark.breaks(
    "steering.report_content.decisions",
    "steering.report_content.actions",
    "steering.report_content.projects",
    "steering.models.report.AnnualReport.draft",
)
def test_a42_the_report_comes_filled_with_figures_decisions_actions_and_projects(year, clerk):
    page = clerk.presses(clerk.opens("/en/steering/report/new/"), "Begin the report", year="2027")
    assert page.path == REPORT
    assert "Toimintasuunnitelma" in page.part("Decisions of the steering group")
    assert "Valmistellaan lukuliike. Liike alkoi." in page.part("What was done")
    assert "12 500,00 € used of the 40 000,00 € granted" in page.part("National projects")
    assert "3, reached" in page.part("Results")
    assert "5, reached" in page.part("Content")
    rows = [*page.rows("Figures Economy"), *page.rows("Figures Results")]  # of the content nothing is known
    told = {row[0]: row[1:] for row in rows}
    for figure in figures(2027):
        label = figure.label[:1].upper() + figure.label[1:]
        if not figure.shown and not figure.shown_last:  # named as unknown, never a zero
            assert f"Not known yet: {label}" in page.text or f", {label}" in page.text
            continue
        shown = f"{figure.shown} {figure.beside}".strip() if figure.shown else "Not known yet"
        assert told[label][0] == " ".join(shown.split()), figure.key
        assert told[label][2] == "31.12.2027"


@pytest.mark.breaks(
    "steering.models.report.AnnualReport.write",
    "steering.models.report.AnnualReport.publish",
    "steering.report_paper.report",
)
def test_a42_the_report_is_edited_before_it_is_published_and_then_stays(
    year, clerk, visitor, run_worker, tmp_path
):
    page = clerk.presses(clerk.opens("/en/steering/report/new/"), "Begin the report", year="2027")
    assert visitor.opens(REPORT).status == 404
    form = clerk.opens(page.link("Write this section: Content"))
    assert form.typed("text_fi")  # what the portal says, to begin from
    page = clerk.presses(form, text_fi="Kieliä tuli lisää.", text_sv="Flera språk kom till.")
    assert "Kieliä tuli lisää." in page.part("Content")
    page = clerk.does(page, "Write this section: To the reader", text_fi="Kiitos.", text_sv="Tack.")
    page = clerk.does(page, "Read it through and publish")
    assert page.says == "Published on 7.2.2028. Its figures stay as they were then."
    run_worker()
    payer("005", residents=9999)  # the register is corrected afterwards
    page = visitor.opens(REPORT)
    assert "Member municipalities 3 of 4" not in page.text
    assert "Kieliä tuli lisää." in page.part("Content")
    assert "The year ahead" not in page.text  # nobody wrote anything there
    texts = {}
    for language, label in (("fi", "Finnish"), ("sv", "Swedish")):
        content = visitor.opens(page.link(f"PDF, {label}")).content
        file = tmp_path / f"{language}.pdf"
        file.write_bytes(content)
        result = outloud.check(str(file))
        assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0), result.findings
        with pymupdf.open(stream=content) as document:
            texts[language] = " ".join(" ".join(p.get_text() for p in document).split())
    assert "Toimintakertomus 2027" in texts["fi"]
    assert "Verksamhetsberättelse 2027" in texts["sv"]
    for words in ("Kieliä tuli lisää.", "Kiitos.", "Liike alkoi.", "§ 2"):
        assert words in texts["fi"]
    assert "Flera språk kom till." in texts["sv"]
    assert AnnualReport.objects.get().state == "published"
