"""Plans of action: goals in three fields, what they came to, wrong moments, wrong people, two who write at once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import gather
from consortium.models import AuditEvent, Post, PostKind
from consortium.workflow import WrongState
from steering.figures import figures
from steering.goals import Measure, measured, written
from steering.models import Indicator, Plan, PlanChange
from tests.factories import UserFactory
from tests.procurement_factories import member
from tests.steering_plan import a_plan, a_report
from tests.steering_world import steering_group
from tests.stories.people import Page

pytestmark = pytest.mark.django_db
ROW = {
    "name_fi": "a",
    "name_sv": "b",
    "figure": "",
    "unit": "count",
    "target": Decimal(5),
    "at_most": False,
}
GOAL = {"field": "results", "text_fi": "Tavoite", "text_sv": "Mål"}


@pytest.fixture(autouse=True)
def in_english(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is("2027-03-08")


def chair(staff):
    return Post.give(UserFactory(), PostKind.CHAIR, by=staff)[0].user


# --- Verbs ------------------------------


def test_a_plan_is_published_with_a_goal_in_each_field_and_an_indicator_for_each(staff):
    plan = Plan.begin(by=staff, year=2027)
    plan.edit(by=staff, revision=1, intro_fi="Alku", intro_sv="Början")
    plan.write_goal(by=staff, revision=2, indicators=[ROW], **GOAL)
    with pytest.raises(ValidationError, match="No goal yet for: economy, content"):
        plan.publish(by=staff, revision=3)
    for field in ("economy", "content"):
        plan.write_goal(by=staff, revision=plan.revision, indicators=[], **(GOAL | {"field": field}))
    with pytest.raises(ValidationError, match="needs an indicator"):
        plan.publish(by=staff, revision=plan.revision)
    assert Plan.objects.get().state == "draft"


def test_a_published_plan_changes_only_with_its_reason_beside_it(staff):
    plan = a_plan(staff)
    goal = plan.goals.get(field="content")
    with pytest.raises(ValidationError, match="cannot be blank"):
        plan.write_goal(by=staff, revision=plan.revision, goal=goal, indicators=[ROW], **GOAL)
    assert plan.goals.get(pk=goal.pk).field == "content"
    why = {"because_fi": "Rahoitus peruuntui.", "because_sv": "Finansieringen uteblev."}
    plan.write_goal(by=staff, revision=plan.revision, goal=goal, indicators=[ROW], **GOAL, **why)
    plan.remove_goal(by=staff, revision=plan.revision, goal=goal, **why)
    assert [row.because_fi for row in plan.changes.all()] == ["Rahoitus peruuntui."] * 2
    assert plan.goals.count() == 2
    with pytest.raises(WrongState):
        plan.edit(by=staff, revision=plan.revision, intro_fi="x", intro_sv="y")


@pytest.mark.parametrize(
    "act",
    [
        lambda plan, by: plan.edit(by=by, revision=1, intro_fi="x", intro_sv="y"),
        lambda plan, by: plan.write_goal(by=by, revision=1, indicators=[ROW], **GOAL),
        lambda plan, by: plan.remove_goal(by=by, revision=1, goal=plan.goals.first()),
        lambda plan, by: plan.publish(by=by, revision=1),
    ],
)
def test_whoever_comes_second_changes_nothing(staff, act):
    plan = a_plan(staff, published=False)
    before = AuditEvent.objects.count()
    with pytest.raises(ValidationError, match="A colleague has changed this"):
        act(plan, staff)
    assert (plan.goals.count(), plan.state, AuditEvent.objects.count()) == (3, "draft", before)


def test_what_was_recorded_stays_when_an_indicator_is_worded_anew(staff):
    plan = a_plan(staff)
    goal = plan.goals.get(field="content")
    row = goal.indicators.get()
    plan.account(by=staff, indicator=row, actual=Decimal(2), actual_on=dt.date(2027, 3, 1))
    plan.account(by=staff, indicator=row, actual=Decimal(4), actual_on=dt.date(2027, 3, 8))
    why = {"because_fi": "a", "because_sv": "b"}
    told = [ROW | {"name_fi": "Uusi sana"}, ROW]
    facts = {"field": "content", "text_fi": "x", "text_sv": "y"}
    plan.write_goal(by=staff, revision=plan.revision, goal=goal, indicators=told, **facts, **why)
    assert [(r.name_fi, r.actual) for r in goal.indicators.all()] == [("Uusi sana", 4), ("a", None)]
    acts = AuditEvent.objects.about(plan).filter(verb="account").order_by("pk")
    assert [e.details["before"] for e in acts] == ["None", "2.00"]


@pytest.mark.parametrize(
    ("on", "figure", "words"),
    [
        (dt.date(2027, 3, 9), "", "still to come"),
        (dt.date(2027, 3, 8), "members", "reckons this indicator itself"),
    ],
)
def test_a_figure_that_cannot_be_recorded(staff, on, figure, words):
    plan = a_plan(staff)
    row = Indicator.objects.get(goal__field="content", goal__plan=plan)
    Indicator.objects.filter(pk=row.pk).update(figure=figure)
    with pytest.raises(ValidationError, match=words):
        plan.account(by=staff, indicator=row, actual=Decimal(1), actual_on=on)
    row.refresh_from_db()
    assert row.actual is None


def test_a_draft_takes_no_results(staff):
    plan = a_plan(staff, published=False)
    row = Indicator.objects.get(goal__field="content")
    with pytest.raises(WrongState):
        plan.account(by=staff, indicator=row, actual=Decimal(1), actual_on=dt.date(2027, 3, 1))


@pytest.mark.parametrize(
    ("rows", "change", "constraint"),
    [
        (Plan, {"year": 1999}, "plan_year"),
        (Plan, {"published_on": None}, "plan_published_whole"),
        (Plan, {"intro_sv": ""}, "plan_published_whole"),
        (Indicator, {"actual": 1}, "indicator_actual_has_day"),
    ],
)
def test_the_database_refuses(staff, rows, change, constraint):
    a_plan(staff)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.objects.update(**change)


def test_the_database_refuses_a_number_typed_over_the_portals_own(staff):
    a_plan(staff)
    with pytest.raises(IntegrityError, match="indicator_figure_not_by_hand"), transaction.atomic():
        Indicator.objects.filter(figure="members").update(actual=1, actual_on=dt.date(2027, 1, 1))


def test_why_a_plan_was_changed_is_never_rewritten(staff):
    plan = a_plan(staff)
    goal = plan.goals.first()
    why = {"because_fi": "a", "because_sv": "b"}
    plan.remove_goal(by=staff, revision=plan.revision, goal=goal, **why)
    for act in (lambda: PlanChange.objects.update(because_fi="x"), lambda: PlanChange.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


# --- What goals came to ------------------------------


def test_an_indicator_follows_the_dashboards_number_of_its_year(staff):
    for _n in range(3):
        member()
    plan = a_plan(staff)
    told = {goal.field: measures[0] for goal, measures in measured(plan)}
    known = {figure.key: figure for figure in figures(2027)}
    assert told["results"].actual == known["members"].value == 3
    assert (told["results"].met, told["results"].target) == ("not reached yet", "at least 20")
    assert told["content"].shown == "Not known yet"
    assert told["content"].met == ""


@pytest.mark.parametrize(
    ("actual", "at_most", "is_over", "words"),
    [
        (5, False, False, "reached"),
        (4, False, False, "not reached yet"),
        (4, False, True, "not reached"),
        (5, True, False, "within the target so far"),
        (5, True, True, "reached"),
        (6, True, False, "not reached"),
    ],
)
def test_a_target_of_a_running_year_is_not_judged_too_early(actual, at_most, is_over, words):
    row = Indicator(target=Decimal(5), at_most=at_most)
    assert Measure(row, actual, dt.date(2027, 3, 1), is_over).met == words


def test_a_plan_of_a_year_to_come_has_no_figures_yet(staff):
    member()
    assert {m.actual for _goal, measures in measured(a_plan(staff, 2028)) for m in measures} == {None}


def test_the_less_the_better(staff):
    row = Indicator(target=Decimal(7500), at_most=True)
    assert row.is_met(Decimal(7500))
    assert not row.is_met(Decimal("7500.01"))
    assert not Indicator(target=Decimal(3)).is_met(2)


def test_figures_are_written_by_their_unit():
    assert written(Decimal("62.50"), "percent") == "62,5\u00a0%"
    assert written(Decimal("5000.00"), "count") == "5\u202f000"
    assert written(Decimal("7500"), "euro") == "7\u202f500,00\u00a0€"


# --- Pages ------------------------------


def test_anybody_reads_a_published_plan_and_nobody_else_a_draft(client, client_of, staff):
    plan = a_plan(staff, published=False)
    address = plan.get_absolute_url()
    assert client.get(address).status_code == 404
    assert plan.get_absolute_url() not in client.get(reverse("steering:plan_list")).content.decode()
    assert client_of(chair(staff)).get(address).status_code == 200
    plan.publish(by=staff, revision=plan.revision)
    page = Page(client.get(address))
    assert "Published on 8.3.2027." in page.text
    assert "Jäseniä tulee lisää" in page.part("Results")
    assert "History" not in page.text
    assert Page(client.get(reverse("steering:plan_list"))).offers("Plan of action 2027")


def test_a_goal_is_written_with_its_indicators_on_one_page(client_of, staff):
    plan = Plan.begin(by=staff, year=2027)
    typed = {
        "revision": "1",
        "field": "economy",
        "text_fi": "Talous kestää",
        "text_sv": "Ekonomin håller",
        "name_fi_1": "Osuus",
        "name_sv_1": "Andel",
        "unit_1": "percent",
        "target_1": "62,5",
        "name_fi_2": "Suurin maksu",
        "name_sv_2": "Största avgift",
        "figure_2": "largest_fee",
        "unit_2": "count",
        "target_2": "7 500",
        "at_most_2": "on",
        "unit_3": "count",
    }
    browser, address = client_of(chair(staff)), reverse("steering:goal_new", args=[2027])
    page = Page(browser.post(address, typed | {"target_1": "62.5", "name_sv_2": ""}))
    assert "Write the number in digits" in page.text
    assert "Give the indicator a name in Swedish." in page.text
    answer = browser.post(address, typed)
    assert answer.status_code == 302, Page(answer).text
    rows = Indicator.objects.order_by("number").values_list("unit", "figure", "target", "at_most")
    assert list(rows) == [
        ("percent", "", Decimal("62.50"), False),
        ("euro", "largest_fee", Decimal("7500.00"), True),
    ]
    assert "62,5" in Page(browser.get(plan.get_absolute_url())).text


@pytest.mark.parametrize("duty", [None, PostKind.MEMBER, PostKind.AUDITOR])
def test_only_those_who_keep_the_papers_write(client_of, staff, duty):
    plan, user = a_plan(staff), UserFactory()
    if duty:
        Post.give(user, duty, by=staff)
    row = Indicator.objects.get(goal__field="content")
    told = {"actual": "1", "actual_on": "1.3.2027"}
    answer = client_of(user).post(reverse("steering:indicator_account", args=[row.pk]), told)
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.actual is None
    assert client_of(user).get(reverse("steering:plan_new")).status_code == 403
    assert plan.state == "published"


def test_the_page_costs_the_same_with_more_goals(client_of, staff):
    plan, costs = a_plan(staff), []
    browser = client_of(staff)
    for more in (0, 3):
        for n in range(more):
            facts = GOAL | {"text_fi": f"Lisää {n}", "because_fi": "a", "because_sv": "b"}
            plan.write_goal(by=staff, revision=plan.revision, indicators=[ROW, ROW], **facts)
        browser.get(plan.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(plan.get_absolute_url()).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_list_costs_the_same_with_more_years(client_of, staff):
    browser, costs = client_of(staff), []
    for years in ([2020], [2021, 2022]):
        for year in years:
            a_plan(staff, year), a_report(staff, year)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("steering:plan_list")).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- What is due ------------------------------


def _due(user, today):
    found = gather.collect(gather.STAFF_DEADLINES, user, today)
    return [(task.title, task.due_on) for task in found if "plan" in task.url or "report" in task.url]


def test_plan_and_report_are_due_until_they_are_published(staff, today_is):
    steering_group(seats=1, by=staff)
    day = dt.date(2027, 3, 8)
    assert _due(staff, day) == [("Publish the annual report 2026", dt.date(2027, 3, 31))]
    assert _due(staff, dt.date(2027, 10, 15)) == []
    assert _due(staff, dt.date(2027, 10, 16)) == [("Publish the plan of action 2028", dt.date(2027, 12, 15))]
    assert _due(staff, dt.date(2027, 12, 20)) == [("Publish the plan of action 2028", dt.date(2027, 12, 15))]
    a_plan(staff, 2028)
    assert _due(staff, dt.date(2027, 12, 20)) == []
    assert _due(UserFactory(), day) == []


def test_search_finds_a_published_goal_and_no_draft(staff):
    plan = a_plan(staff, published=False)
    assert not [h for h in gather.collect(gather.SEARCH, UserFactory(), "Jäseniä tulee") if "/plan/" in h.url]
    plan.publish(by=staff, revision=plan.revision)
    [hit] = [h for h in gather.collect(gather.SEARCH, UserFactory(), "Jäseniä tulee") if "/plan/" in h.url]
    assert hit.url == plan.get_absolute_url()
