"""National projects: what they are made of, wrong moments, wrong people, the same cost at any length."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import gather
from consortium.models import AuditEvent, Post, PostKind
from consortium.workflow import WrongState
from steering.models import Grant, Partner, Project
from tests.factories import MunicipalityFactory, UserFactory
from tests.stories.people import Page

pytestmark = pytest.mark.django_db
TODAY = "2027-03-08"


@pytest.fixture(autouse=True)
def in_english(settings, today_is):
    settings.LANGUAGE_CODE = "en"
    today_is(TODAY)


def a_project(by, name="Lukuliikkeet", **facts):
    told = {
        "name_fi": name,
        "name_sv": f"{name} (sv)",
        "about_fi": "Yhteinen lukukampanja.",
        "about_sv": "En gemensam läskampanj.",
        "starts_on": dt.date(2027, 1, 11),
        "ends_on": dt.date(2028, 12, 29),
    }
    return Project.begin(by=by, **(told | facts))


def with_duty(kind, by):
    return Post.give(UserFactory(), kind, by=by)[0].user


def a_grant(project, by, amount="40000", year=2027, **facts):
    told = {"funder": "OKM", "decision": "OKM/31/520/2027", "decided_on": dt.date(2027, 1, 4)}
    return project.grant(by=by, amount=Decimal(amount), year=year, **(told | facts))


# --- Verbs ----------------------------------------------------------------------------------------------------------


def test_a_project_from_its_plan_to_its_result(staff):
    place = MunicipalityFactory()
    found = a_project(staff, partners=[(place, True), ("Kirjastoseura", False)])
    grant = a_grant(found, staff)
    found.start(by=staff)
    found.account(by=staff, grant=grant, used=Decimal("12500.50"))
    found.account(by=staff, grant=grant, used=Decimal("39000"))
    found.end(by=staff, result_fi="300 tapahtumaa.", result_sv="300 evenemang.", ended_on=dt.date(2027, 3, 5))
    found.refresh_from_db()
    assert (found.state, found.ended_on) == ("ended", dt.date(2027, 3, 5))
    assert [(p.municipality, p.name, p.leads) for p in found.partners.all()] == [
        (place, "", True),
        (None, "Kirjastoseura", False),
    ]
    row = Project.objects.with_money().get()
    assert (row.granted, row.used) == (40000, 39000)
    told = [(e.verb, e.details.get("before")) for e in AuditEvent.objects.about(found)]
    assert told == [
        ("end", None),
        ("account", "12500.50"),
        ("account", "0.00"),
        ("start", None),
        ("grant", None),
        ("begin", None),
    ]


def test_an_ended_project_takes_no_plan_and_no_money_but_its_use_may_come_later(staff):
    found = a_project(staff)
    grant = a_grant(found, staff)
    found.end(by=staff, result_fi="Peruttiin.", result_sv="Inställdes.", ended_on=dt.date(2027, 3, 8))
    for act in (
        lambda: found.edit(by=staff, revision=1, name_fi="x"),
        lambda: a_grant(found, staff),
        lambda: found.start(by=staff),
        lambda: found.end(by=staff, result_fi="a", result_sv="b", ended_on=dt.date(2027, 3, 8)),
    ):
        with pytest.raises(WrongState):
            act()
    found.account(by=staff, grant=grant, used=Decimal("1"))
    found.reopen(by=staff, reason="liian aikaisin")
    assert (found.state, found.ended_on, found.result_fi) == ("running", None, "Peruttiin.")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda p, by: p.end(by=by, result_fi="", result_sv="b", ended_on=dt.date(2027, 3, 1)),
            "both languages",
        ),
        (
            lambda p, by: p.end(by=by, result_fi="a", result_sv="b", ended_on=dt.date(2027, 3, 9)),
            "still to come",
        ),
        (lambda p, by: a_grant(p, by, decided_on=dt.date(2027, 3, 9)), "still to come"),
        (lambda p, by: a_grant(p, by, amount="0"), "more than nothing"),
        (
            lambda p, by: p.account(by=by, grant=p.grants.get(), used=Decimal("40000.01")),
            "No more of a grant",
        ),
        (lambda p, by: p.edit(by=by, revision=7, name_fi="x"), "A colleague has changed this"),
        (lambda p, by: p.edit(by=by, revision=1, ends_on=dt.date(2026, 1, 1)), "cannot end before"),
        (lambda p, by: p.edit(by=by, revision=1, partners=[("A", True), ("B", True)]), "One partner leads"),
    ],
)
def test_what_a_step_refuses_changes_nothing(staff, act, words):
    found = a_project(staff, partners=[("Seura", True)])
    a_grant(found, staff)
    before = AuditEvent.objects.count()
    with pytest.raises(ValidationError, match=words):
        act(found, staff)
    found.refresh_from_db()
    assert (found.state, found.revision, found.name_fi) == ("planned", 1, "Lukuliikkeet")
    assert [p.name for p in found.partners.all()] == ["Seura"]
    assert found.grants.get().used == 0
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("rows", "change", "constraint"),
    [
        (Project, {"ends_on": dt.date(2020, 1, 1)}, "project_ends_after_start"),
        (Project, {"state": "ended"}, "project_ended_with_result"),
        (Partner, {"name": ""}, "partner_is_one"),
        (Partner, {"leads": True}, "partner_one_leads"),
        (Grant, {"year": 1999}, "grant_year"),
        (Grant, {"granted": 0}, "grant_positive"),
        (Grant, {"used": 40001}, "grant_used_within"),
    ],
)
def test_the_database_refuses(staff, rows, change, constraint):
    a_grant(a_project(staff, partners=[("A", True), ("B", False)]), staff)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.objects.update(**change)


def test_a_municipality_is_no_partner_twice(staff):
    place = MunicipalityFactory()
    with pytest.raises(ValidationError, match="named twice"):
        a_project(staff, partners=[(place, True), (place, False)])
    assert not Project.objects.exists()


def test_a_year_has_the_projects_of_its_days_and_those_that_got_money_for_it(staff):
    now = a_project(staff, "Nyt")
    later = a_project(staff, "Rahat ensin", starts_on=dt.date(2028, 1, 3))
    over = a_project(staff, "Ohi", starts_on=dt.date(2026, 1, 3))
    a_grant(later, staff), a_grant(now, staff), a_grant(now, staff, amount="500")
    over.end(by=staff, result_fi="a", result_sv="b", ended_on=dt.date(2026, 12, 31))
    assert set(Project.objects.in_year(2027)) == {now, later}
    assert set(Project.objects.in_year(2026)) == {over}
    assert {p.name_fi: p.granted for p in Project.objects.in_year(2027).with_money()} == {
        "Nyt": 40500,
        "Rahat ensin": 40000,
    }


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_anybody_reads_a_project_and_the_list(client, staff):
    found = a_project(staff, partners=[("Kirjastoseura", True)])
    grant = a_grant(found, staff)
    found.account(by=staff, grant=grant, used=Decimal("12500.50"))
    page = Page(client.get(found.get_absolute_url()))
    assert "Planned to begin on 11.1.2027; it has not begun yet." in page.text
    assert "Kirjastoseura, leads the project" in page.part("Partners")
    assert "OKM, OKM/31/520/2027" in page.part("Money")
    assert "12 500,50 €" in page.text
    assert "History" not in page.text
    assert found.name in Page(client.get(reverse("steering:project_list"))).text


@pytest.mark.parametrize("duty", ["", PostKind.MEMBER, PostKind.AUDITOR])
def test_only_those_who_keep_the_papers_write(client, staff, duty):
    found, user = a_project(staff), with_duty(duty, staff) if duty else UserFactory()
    client.force_login(user)
    assert client.post(reverse("steering:project_start", args=[found.pk])).status_code == 403
    assert client.get(reverse("steering:project_new")).status_code == 403
    found.refresh_from_db()
    assert found.state == "planned"


def test_the_chair_writes_one_down_and_names_municipalities_by_their_names(client_of, staff):
    chair = with_duty(PostKind.CHAIR, staff)
    place = MunicipalityFactory(name_fi="Porvoo", name_sv="Borgå")
    told = {
        "name_fi": "Lukuliikkeet",
        "name_sv": "Läslyftet",
        "about_fi": "a",
        "about_sv": "b",
        "field": "results",
        "starts_on": "11.1.2027",
        "ends_on": "29.12.2028",
        "partners": "Kirjastoseura\nBorgå\n",
    }
    answer = client_of(chair).post(reverse("steering:project_new"), told)
    assert answer.status_code == 302, Page(answer).text
    partners = Project.objects.get().partners.all()
    assert [(p.municipality, p.name, p.leads) for p in partners] == [
        (None, "Kirjastoseura", True),
        (place, "", False),
    ]


def test_whoever_comes_second_reads_both_texts_and_loses_nothing(client_of, staff):
    found = a_project(staff)
    browser, address = client_of(staff), reverse("steering:project_edit", args=[found.pk])
    form = browser.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    typed |= {"starts_on": "11.1.2027", "ends_on": "29.12.2028", "partners": "", "about_fi": "Minun."}
    found.edit(by=UserFactory(is_staff=True), revision=1, about_fi="Kollegan.")
    page = Page(browser.post(address, typed))
    assert "Somebody else saved “Kollegan.” here" in page.text
    assert "Minun." in page.text
    again = typed | {"revision": "2", "form_key": ""}
    assert browser.post(address, again).status_code == 302
    found.refresh_from_db()
    assert (found.about_fi, found.revision) == ("Minun.", 3)


@pytest.mark.parametrize("name", ["project_list", "project"])
def test_pages_cost_the_same_at_any_length(client_of, staff, name):
    browser, costs = client_of(staff), []
    for count in (1, 3):
        Grant.objects.all().delete(), Partner.objects.all().delete(), Project.objects.all().delete()
        found = [
            a_project(staff, f"Hanke {n}", partners=[(MunicipalityFactory(), True), (f"Seura {n}", False)])
            for n in range(count)
        ]
        for number in range(count):
            a_grant(found[0], staff, year=2027 + number)
        address = reverse(f"steering:{name}", args=[found[0].pk] if name == "project" else [])
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_search_finds_a_project_by_its_name_in_either_language(staff, rf):
    found = a_project(staff, "Lukuliikkeet")
    hits = gather.collect(gather.SEARCH, UserFactory(), "liikkeet (sv)")
    assert [hit.url for hit in hits if "projects" in hit.url] == [found.get_absolute_url()]
