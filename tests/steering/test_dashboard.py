"""The dashboard's pages: sentences where nothing is known, years, who may look, what they cost."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from consortium import clock
from consortium.models import Post
from members.models import Municipality
from procurement.models import Stage
from steering.figures import KINDS, figures
from steering.models import Action, Body, Proposal, Seat
from tests.conftest import Browser
from tests.contract_world import a_resource, signed
from tests.factories import UserFactory, decided_budget, payer
from tests.procurement_factories import announced
from tests.steering_world import steering_group

TODAY = dt.date(2027, 5, 14)


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def today(db):
    """A Friday in May 2027."""
    with clock.moved_to(TODAY):
        yield TODAY


@pytest.fixture
def auditor(today):
    """An auditor in a browser."""
    return _browser_of("auditor")


def _browser_of(kind):
    user, browser = UserFactory(), Browser()
    Post.give(user, kind, by=UserFactory(is_staff=True))
    browser.force_login(user)
    return browser


def page(browser, *args):
    """Return the page of a year, or of this one, as text."""
    name = "steering:dashboard_of" if args else "steering:dashboard"
    answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_portal_says_what_brings_the_first_figures_and_shows_no_zeros(auditor):
    text = page(auditor)
    assert "There are no members yet." in text
    assert text.count("The first figures come") == 5  # the head's, and one in each of four parts
    assert 'data-label="14.5.2027"' not in text
    assert "<svg" not in text
    assert {figure.value for figure in figures(2027)} == {None}
    assert (
        "Nothing was known of it"
        in auditor.get(reverse("steering:figure", args=[2027, "open"])).content.decode()
    )


def test_a_page_drawn_before_is_shown_while_it_is_true_and_to_nobody_else(auditor, settings):
    payer(residents=1000)
    first = page(auditor)
    assert page(auditor).count("1 municipality of 1") == first.count("1 municipality of 1") == 1
    with override("sv"):  # and back to English afterwards
        assert "1 kommun av 1" in page(_browser_of("member"))
    payer(residents=2000)
    assert "2 municipalities of 2" in page(auditor)
    with clock.moved_to(TODAY + dt.timedelta(days=1)):
        assert "15.5.2027" in page(auditor)
    outsider = Browser()
    outsider.force_login(UserFactory())
    assert outsider.get(reverse("steering:dashboard")).status_code == 403


def test_what_is_not_known_beside_what_is_says_so_in_words(auditor):
    payer()
    text = page(auditor)
    assert "1 municipality of 1 is a member" in text
    assert "Not yet" in text and "Not known" in text
    assert "No commitment round closed in 2027." in text
    assert "Helsinki has decided the budget" in text  # no money at all: a sentence


@pytest.mark.parametrize(
    ("year", "status"), [(2028, 404), (2012, 404), (2013, 200), (2027, 200), (9999, 404)]
)
def test_years_to_come_and_before_the_beginning_are_not_there(auditor, year, status):
    assert auditor.get(reverse("steering:dashboard_of", args=[year])).status_code == status
    assert auditor.get(reverse("steering:figure", args=[year, "members"])).status_code == status


def test_an_unknown_number_is_not_there(auditor):
    assert auditor.get(reverse("steering:figure", args=[2027, "secrets"])).status_code == 404


def test_a_year_to_come_is_refused(today):
    with pytest.raises(ValueError, match="still to come"):
        figures(2028)


def test_a_year_that_is_over_stands_as_it_ended(auditor):
    place = payer(since=dt.date(2025, 1, 1))
    payer(since=dt.date(2027, 1, 1))
    place.memberships.get().leave(
        by=UserFactory(is_staff=True), notice_on=dt.date(2027, 1, 10), last_day=dt.date(2027, 5, 13)
    )
    assert "1 municipality of 2 is a member." in page(auditor)
    text = page(auditor, 2026)
    assert "1 municipality of 2 was a member" in text
    assert "31.12.2026" in text and "31.12.2025" in text
    assert "Ahead" not in text
    found = re.findall(r'<a href="[^"]+/members/">(\d+)</a>', page(auditor))
    assert found == ["1", "1", "1"]


def test_the_promise_is_said_with_its_two_limits(auditor):
    payer()
    decided_budget(2027)
    text = page(auditor)
    assert "at most 75\u202f000,00\xa0€" in text and "at most 7\u202f500,00\xa0€" in text


@pytest.mark.parametrize("kind", ["accountant", "representative"])
def test_others_may_not_look(today, kind):
    if kind == "accountant":
        browser = _browser_of("accountant")
    else:
        browser = Browser()
        browser.force_login(UserFactory())
    for name, args in (("dashboard", []), ("dashboard_of", [2026]), ("figure", [2026, "members"])):
        assert browser.get(reverse(f"steering:{name}", args=args)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_rows(auditor, count, django_assert_num_queries):
    for at in range(count):
        payer(residents=1000 + at, since=dt.date(2025 + at % 2, 1, 1))
        found = announced()
        Stage.objects.create(procurement=found, kind="decision", planned_on=TODAY, done_on=TODAY)
    decided_budget(2027)
    steering_group(seats=count + 1)
    page(auditor)
    with django_assert_num_queries(5):
        page(auditor)


def _more(count, by):
    """Add to what stands behind the numbers: members, stages, proposals, actions, contracts and seats that differ."""
    serial = Proposal.objects.count()
    for at in range(serial + 1, serial + 1 + count):
        place = payer(residents=1000 + at, since=dt.date(2025 + at % 2, 1, 1))
        Stage.objects.create(procurement=announced(), kind="decision", planned_on=TODAY, done_on=TODAY)
        facts = {"state": "received", "received_on": TODAY, "year": 2027, "serial": at, "made_by": by}
        Proposal.objects.create(municipality=place, title=f"Esitys {at}", text="Näin.", **facts)
        ended = {"state": "done", "ended_on": TODAY, "result_fi": "Tehty."}
        Action.objects.create(text_fi=f"Teko {at}", owner=UserFactory(), due_on=TODAY, made_by=by, **ended)
        contract = signed([place], by=by, begins_on=TODAY, ends_on=dt.date(2029, 1, 1), signed_on=TODAY)
        a_resource(contract, languages=["fi", "sv", "en"][: 1 + at % 3])
        Seat.objects.create(body=Body.objects.get(), number=50 + at)


def test_each_list_costs_the_same_for_any_number_of_rows(auditor):
    by = UserFactory(is_staff=True)
    steering_group(seats=2, places=[payer(), payer()])
    costs, rows = {}, {}
    decided_budget(2027).bill(by=by)
    for count in (1, 2):
        _more(count, by)
        for kind in KINDS:
            url = reverse("steering:figure", args=[2027, kind.key])
            auditor.get(url)
            with CaptureQueriesContext(connection) as asked:
                answer = auditor.get(url)
            costs.setdefault(kind.key, []).append(len(asked))
            rows.setdefault(kind.key, []).append(answer.context["list"].count)
    grown = {key for key, (before, after) in rows.items() if after > before}
    assert {"members", "procurements", "proposals", "actions", "services", "languages", "seats"} <= grown
    assert not {key: cost for key, cost in costs.items() if cost[0] != cost[1] or cost[0] > 10}


def test_whose_invoice_is_open_and_whose_fee_is_largest_stands_in_no_list(today):
    """Those who steer see sums; who has not paid is for those who follow the invoices."""
    payer(name_fi="Zqmaksaja", name_sv="Zqbetalare")
    budget = decided_budget(2027)
    budget.bill(by=UserFactory(is_staff=True))
    member = _browser_of("member")
    for key in ("open", "largest_fee", "participation"):
        text = member.get(reverse("steering:figure", args=[2027, key])).content.decode()
        assert "zqmaksaja" not in text.lower()
    assert "Zqmaksaja" in member.get(reverse("steering:figure", args=[2027, "fees"])).content.decode()


def test_restricted_matter_leaves_no_trace_for_an_expert(today):
    by, place = UserFactory(is_staff=True), payer()
    facts = {"year": 2027, "municipality": place, "made_by": by, "state": "received", "received_on": TODAY}
    kept = Proposal.objects.create(
        serial=1, title="Zqsalainen", text="Zqsalainen.", restricted_ground="621/1999, 24 §", **facts
    )
    Proposal.objects.create(serial=2, title="Avoin", text="Avoin.", **facts)
    told = {"owner": by, "made_by": by, "proposal": kept, "due_on": TODAY - dt.timedelta(days=9)}
    Action.objects.create(text_fi="Zqteko", **told)
    Action.objects.create(text_fi="Zqtehty", state="done", ended_on=TODAY, result_fi="Zqtulos", **told)
    steering_group(seats=2)
    expert = _browser_of("expert")
    texts = [page(expert)] + [
        expert.get(reverse("steering:figure", args=[2027, key])).content.decode()
        for key in ("proposals", "actions")
    ]
    told = " ".join(texts).lower()
    assert not [word for word in ("zqsalainen", "zqteko", "zqtehty", "zqtulos") if word in told]
    assert {f.key: f.value for f in figures(2027)}["proposals"] == 1
    assert "Avoin" in texts[1]


def test_what_lies_ahead_is_named_with_its_day_and_leads_to_its_page(today):
    group = steering_group(seats=2, deputies=False)
    action = Action.objects.create(
        text_fi="Selvitä", owner=group.chair, made_by=group.by, due_on=dt.date(2027, 5, 3)
    )
    group.body.terms.update(period=(dt.date(2026, 1, 1), dt.date(2027, 9, 1)))
    browser = Browser()
    browser.force_login(group.chair)
    text = page(browser)
    assert "Mon 3.5.2027" in text and action.get_absolute_url() in text
    assert "The terms of 4 members end" in text and "Tue 31.8.2027" in text
    assert "2 seats have no deputy." in text
    assert Municipality.objects.count() == 2
