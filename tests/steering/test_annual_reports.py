"""Annual reports: filled by the portal, written by people, frozen at publication; two at once; what stays out."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.models import Post, PostKind
from consortium.workflow import WrongState
from steering.figures import figures
from steering.models import AnnualReport, Edition, ReportPaper, ReportSection
from steering.report_content import content, contents
from tests.factories import UserFactory
from tests.minutes_world import held, task
from tests.minutes_world import published as minutes_published
from tests.procurement_factories import member
from tests.steering_plan import a_plan, a_report, an_action, published
from tests.steering_world import steering_group
from tests.stories.people import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is("2028-02-07")


@pytest.fixture
def paper(monkeypatch):
    monkeypatch.setattr("steering.report_paper.combine", lambda *parts, **told: b"%PDF-1.7 a stand-in")
    monkeypatch.setattr("steering.report_paper.lay_out", lambda page: page.encode())


def sections(told):
    return {row["kind"]: row for row in told["sections"]}


# --- What the portal fills in ------------------------------


def test_its_figures_are_the_dashboards(staff):
    for _n in range(3):
        member()
    told = sections(content(a_report(staff), "fi"))
    known = {figure.key: figure for figure in figures(2027)}
    rows = [row for field in ("economy", "results", "content") for row in told[field]["figures"]]
    assert {row["key"] for row in rows} == set(known)
    for row in rows:
        figure = known[row["key"]]
        assert row["exact"] == (None if figure.value is None else str(figure.value))
        assert (row["value"], row["last"]) == (figure.shown, figure.shown_last)
        assert row["on"] == "31.12.2027"


def test_decisions_come_from_published_minutes_and_restricted_ones_leave_no_trace(staff, today_is):
    today_is("2027-05-12")
    group = steering_group(seats=5, by=staff)
    row = held(group)
    task(row, 2, group.members[0], "Valmistellaan lukuliike.")
    task(row, 3, group.members[0], "Neuvotellaan Kuikan kanssa.")
    today_is("2028-02-07")
    report = a_report(staff)
    assert sections(content(report, "fi"))["decisions"]["decisions"] == []  # no minutes yet
    today_is("2027-05-13")
    minutes_published(row, group)
    today_is("2028-02-07")
    told = content(report, "fi")
    found = sections(told)
    assert [d["title"] for d in found["decisions"]["decisions"]] == ["Toimintasuunnitelma"]
    assert found["decisions"]["decisions"][0]["section"] == "§ 2"
    assert [a["text"] for a in found["actions"]["actions"]] == ["Valmistellaan lukuliike."]
    for planted in ("Kuik", "Lommen", "621/1999"):
        assert planted not in json.dumps(contents(report), ensure_ascii=False, default=str)


def test_no_person_is_named(staff):
    an_action(staff, owner=UserFactory(name="Tekijä Esimerkki"))
    assert "Tekijä" not in json.dumps(contents(a_report(staff)), ensure_ascii=False, default=str)


def test_actions_are_told_as_they_stood_at_the_years_end(staff, today_is):
    def action(text, made, ended=None):
        today_is(made)
        row = an_action(staff, text)
        if ended:
            today_is(ended)
            row.finish(by=staff, result_fi="Tehtiin.", result_sv="Gjordes.")

    action("Ennen tehty", "2026-02-02", "2026-11-02")
    action("Vuonna tehty", "2026-02-02", "2027-12-31")
    action("Kesken", "2027-02-02", "2028-01-10")
    action("Jälkeen alkanut", "2028-01-03")
    today_is("2027-02-02")
    an_action(staff, "Talon oma", public=False)
    today_is("2028-02-07")
    rows = sections(content(a_report(staff), "en"))["actions"]["actions"]
    assert {row["text"]: (row["state"], row["result"]) for row in rows} == {
        "Vuonna tehty": ("done", "Tehtiin."),
        "Kesken": ("to be done", ""),
    }


def test_goals_of_the_plan_stand_in_their_field_with_what_they_came_to(staff):
    for _n in range(3):
        member()
    a_plan(staff, 2027)
    told = sections(content(a_report(staff), "en"))
    [goal] = told["results"]["goals"]
    assert goal["text"] == "Jäseniä tulee lisää"
    assert goal["measures"][0]["actual"] == "3"
    assert "Of 1 target of the plan of action, 0 was reached." in " ".join(told["results"]["paragraphs"])


# --- What people write ------------------------------


def test_what_nobody_wrote_follows_the_figures_and_what_somebody_wrote_stays(staff):
    report = a_report(staff)
    before = sections(content(report, "en"))["results"]["paragraphs"]
    report.write(by=staff, kind="content", revision=1, text_fi="Oma.", text_sv="Egen.")
    member()
    told = sections(content(report, "en"))
    assert told["results"]["paragraphs"] != before
    assert told["content"]["paragraphs"] == ["Oma."]
    report.fill(by=staff, kind="content", revision=2)
    assert sections(content(report, "en"))["content"]["is_own"] is False


def test_saving_the_portals_own_words_leaves_them_to_the_portal(staff):
    report = a_report(staff)
    report.write(
        by=staff,
        kind="results",
        revision=1,
        text_fi="a\r\n\r\nb",
        text_sv="c",
        filled_fi="a\n\nb",
        filled_sv="c",
    )
    row = report.sections.get(kind="results")
    assert (row.text_fi, row.filled_fi, row.revision) == ("", "", 2)


def test_the_second_to_write_a_section_reads_both_and_loses_nothing(client_of, staff):
    report = a_report(staff)
    browser, address = client_of(staff), reverse("steering:report_write", args=[2027, "preface"])
    typed = {"revision": "1", "text_fi": "Minun alkuni.", "text_sv": "Min början."}
    report.write(by=UserFactory(is_staff=True), kind="preface", revision=1, text_fi="Hänen.", text_sv="Hens.")
    page = Page(browser.post(address, typed))
    assert "Somebody else saved “Hänen.” here" in page.text
    assert "Minun alkuni." in page.text
    report.refresh_from_db()
    assert report.sections.get(kind="preface").text_fi == "Hänen."
    assert browser.post(address, typed | {"revision": page.typed("revision")}).status_code == 302
    assert report.sections.get(kind="preface").text_fi == "Minun alkuni."


def test_a_text_that_rests_on_older_figures_is_marked(client_of, staff):
    report, browser = a_report(staff), client_of(staff)
    words = "The portal's figures have changed since this was written."
    filled = {f"filled_{x}": sections(content(report, x))["results"]["filled"] for x in ("fi", "sv")}
    report.write(by=staff, kind="results", revision=1, text_fi="Oma.", text_sv="Egen.", **filled)
    assert words not in Page(browser.get(report.get_absolute_url())).text
    member()
    assert words in Page(browser.get(report.get_absolute_url())).part("Results")


# --- Publication ------------------------------


def test_what_was_published_does_not_move_with_its_figures(client, staff, paper, run_worker):
    member()
    report = a_report(staff)
    edition = published(report, staff)
    run_worker()
    member()
    report.refresh_from_db()
    assert report.state == "published"
    told = sections(edition.contents["fi"])
    assert [r["exact"] for r in told["results"]["figures"] if r["key"] == "members"] == ["1"]
    assert {f.key: f.value for f in figures(2027)}["members"] == 2
    page = Page(client.get(report.get_absolute_url()))
    assert "Published on 7.2.2028. Its figures stay as they were then." in page.text
    assert page.offers("PDF, Finnish")
    assert page.offers("PDF, Swedish")
    address = reverse("steering:report_file", args=[2027, 1, "sv"])
    assert Page(client.get(address)).content == b"%PDF-1.7 a stand-in"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda report, by: member(), "have changed since you opened"),
        (
            lambda report, by: report.write(by=by, kind="outlook", revision=1, text_fi="a", text_sv="b"),
            "have changed since you opened",
        ),
    ],
)
def test_what_changed_since_it_was_read_is_not_published(client_of, staff, change, words):
    report, browser = a_report(staff), client_of(staff)
    address = reverse("steering:report_publish", args=[2027])
    form = browser.get(address).context["form"]
    change(report, staff)
    page = Page(browser.post(address, {"seen": form["seen"].value()}))
    assert words in page.text
    assert not Edition.objects.exists()
    assert browser.post(address, {"seen": page.typed("seen")}).status_code == 302
    assert Edition.objects.count() == 1


def test_a_year_that_is_not_over_is_not_reported(staff):
    report = a_report(staff, 2028)
    with pytest.raises(ValidationError, match="year is not over"):
        published(report, staff)
    with pytest.raises(ValidationError, match="still to come"):
        a_report(staff, 2029)


def test_a_correction_is_an_edition_of_its_own_that_says_why(client, staff, paper, run_worker):
    report = a_report(staff)
    published(report, staff)
    with pytest.raises(WrongState):
        report.write(by=staff, kind="preface", revision=1, text_fi="a", text_sv="b")
    report.reopen(by=staff, reason="luku väärin")
    report.write(by=staff, kind="preface", revision=1, text_fi="Korjattu.", text_sv="Rättat.")
    assert "Korjattu." not in Page(client.get(report.get_absolute_url())).text
    with pytest.raises(ValidationError, match="what was corrected"):
        published(report, staff)
    published(report, staff, because_fi="Luku korjattiin.", because_sv="En siffra rättades.")
    run_worker()
    page = Page(client.get(report.get_absolute_url()))
    assert "Luku korjattiin." in page.part("Corrected")
    assert "Edition 1, 7.2.2028" in page.part("Editions")
    for number in (1, 2):
        assert client.get(reverse("steering:report_file", args=[2027, number, "fi"])).status_code == 200


def test_an_edition_is_never_rewritten(staff):
    published(a_report(staff), staff)
    for act in (
        lambda: Edition.objects.update(contents={}),
        lambda: Edition.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("rows", "change", "constraint"),
    [
        (AnnualReport, {"year": 1999}, "annualreport_year"),
        (ReportSection, {"text_fi": "a"}, "reportsection_in_both_languages"),
    ],
)
def test_the_database_refuses(staff, rows, change, constraint):
    a_report(staff)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.objects.update(**change)


def test_the_database_refuses_a_second_edition_without_a_reason(staff):
    edition = published(a_report(staff), staff)
    with pytest.raises(IntegrityError, match="edition_later_says_why"), transaction.atomic():
        Edition.objects.create(report=edition.report, number=2, contents={}, published_by=staff)


# --- People ------------------------------


@pytest.mark.parametrize("duty", [None, PostKind.AUDITOR])
def test_a_draft_is_read_by_those_who_prepare_it_and_the_group(client_of, staff, duty):
    report, user = a_report(staff), UserFactory()
    if duty:
        Post.give(user, duty, by=staff)
    member_of_group = Post.give(UserFactory(), PostKind.MEMBER, by=staff)[0].user
    assert client_of(user).get(report.get_absolute_url()).status_code == 404
    assert client_of(member_of_group).get(report.get_absolute_url()).status_code == 200
    at = reverse("steering:report_publish", args=[2027])
    assert client_of(member_of_group).post(at, {}).status_code == 403
    assert client_of(user).post(at, {}).status_code == 404
    assert not Edition.objects.exists()


def test_the_page_costs_the_same_with_more_to_tell(client_of, staff):
    report, costs, browser = a_report(staff), [], client_of(staff)
    for more in (1, 3):
        for n in range(more):
            an_action(staff, f"{more} {n}", made_at=dt.datetime(2027, 5, 1, 12, tzinfo=dt.UTC))
        browser.get(report.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(report.get_absolute_url()).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_pdf_that_failed_is_made_again_by_those_who_keep_the_papers(client_of, staff, paper, run_worker):
    edition = published(a_report(staff), staff)
    ReportPaper.objects.update(state="failed", reason="Error: x")
    address = reverse("steering:report_again", args=[2027, 1])
    assert client_of(UserFactory()).post(address).status_code == 404
    browser = client_of(staff)
    assert Page(browser.get(edition.report.get_absolute_url())).offers("Make the PDF again")
    assert browser.post(address).status_code == 302
    run_worker()
    assert Page(browser.get(edition.report.get_absolute_url())).offers("PDF, Finnish")
    assert {row.state for row in edition.papers.all()} == {"ready"}
