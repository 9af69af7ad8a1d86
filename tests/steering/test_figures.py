"""The dashboard's numbers: equal to hand-written SQL, to their lists and the annual report's; never stale."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium import clock
from consortium.models import Post
from consortium.templatetags.portal import number
from members.ledger_return import read_return
from members.models import AnnualBudget, CostLine, LedgerReturn, Membership, Municipality, Population
from procurement.models import (
    Answer,
    Contract,
    CostShare,
    Holding,
    Participation,
    Procurement,
    Resource,
    Round,
    Stage,
    UsageFigure,
    UsageFile,
)
from steering.figures import KINDS, figures
from steering.models import Action, AnnualReport, Body, Proposal, Seat, Subject, Term
from steering.pages.figure_lists import behind
from steering.reckoning import RECKONERS, TABLES
from steering.report_content import contents
from tests.conftest import Browser
from tests.factories import UserFactory
from tests.steering import figures_world

SQL = Path(__file__).parent / "sql"
TODAY = figures_world.TODAY
# Keys whose number is the count of their list's rows; of the others the number stands in the list's last line.
COUNTED = {"members", "services", "languages", "proposals", "actions"}
IN_THE_LAST_LINE = {
    "budget": "amount",
    "costs": "actual",
    "fees": "amount",
    "open": "sum",
    "residents": "residents",
    "procurements": "made",
    "participation": "taking",
    "use": "count",
    "cost_per_use": "per_use",
}


@pytest.fixture
def chair(db, settings):
    """Three years of the consortium, looked at by the chair on a day in May 2028, in the language of the sources."""
    settings.LANGUAGE_CODE = "en"
    user = figures_world.build()
    Post.give(user, "chair", by=UserFactory(is_staff=True))
    with clock.moved_to(TODAY):
        yield user


def by_hand(key, year):
    """Return (number, what it stands beside) by the SQL file of a key."""
    facts = {"year": year, "on": figures_world.on_of(year), "today": TODAY}
    with connection.cursor() as cursor:
        cursor.execute((SQL / f"{key}.sql").read_text(encoding="utf-8"), facts)
        pair = cursor.fetchone() or (None, None)
    return pair if any(pair) else (None, None)  # nothing is said as nothing, not as 0


def wrong(years=figures_world.YEARS):
    """Return the figures that are not what the SQL files say: of the years, what stands beside, and the year before."""
    found = []
    for year in years:
        for figure in figures(year):
            told = (figure.value, figure.of, figure.last_year)
            expected = (*by_hand(figure.key, year), by_hand(figure.key, year - 1)[0])
            if told != expected:
                found.append((year, figure.key, told, expected))
    return found


def test_every_number_equals_the_sql_written_by_hand(chair):
    """Of each of three years, none of them 0 or what it was a year before."""
    assert {kind.key for kind in KINDS} == {path.stem for path in SQL.glob("*.sql")}
    assert not wrong()
    for year in figures_world.YEARS:
        dull = [f.key for f in figures(year) if not f.value or f.value == f.last_year]
        assert not dull, (year, dull)


def test_each_number_is_what_its_list_comes_to(chair):
    browser = Browser()
    browser.force_login(chair)
    assert COUNTED | IN_THE_LAST_LINE.keys() | {"largest_fee", "seats"} == {kind.key for kind in KINDS}
    for year in (2027, 2028):
        for figure in figures(year):
            answer = browser.get(figure.url)
            listing, told = answer.context["list"], behind(figure, TODAY)
            assert listing.count == len(told.rows) > 0
            assert figure.shown in answer.content.decode(), figure.key
            if figure.key in COUNTED:
                assert listing.count == figure.value, figure.key
            elif figure.key in IN_THE_LAST_LINE:
                assert told.total[IN_THE_LAST_LINE[figure.key]] == figure.shown, figure.key
    largest, seats = (next(f for f in figures(2028) if f.key == key) for key in ("largest_fee", "seats"))
    assert behind(largest, TODAY).rows[0][0] == largest.value
    rows = behind(seats, TODAY).rows
    assert (sum(row[1] is not None for row in rows), len(rows)) == (seats.value, seats.of)


@pytest.mark.drill
def test_the_file_of_a_list_has_its_rows(chair):
    browser = Browser()
    browser.force_login(chair)
    figure = next(f for f in figures(2027) if f.key == "residents")
    lines = browser.get(f"{figure.url}?format=csv").content.decode("utf-8-sig").splitlines()
    assert sum(int(line.rsplit(";", 1)[1]) for line in lines[1:]) == figure.value


@pytest.mark.drill
def test_the_annual_report_says_the_same_numbers(chair):
    report = AnnualReport.draft(by=chair, year=2027)
    told = {
        row["key"]: (row["exact"], row["value"], row["last"])
        for section in contents(report)["fi"]["sections"]
        for row in section["figures"]
    }
    assert told == {f.key: (str(f.value), f.shown, f.shown_last) for f in figures(2027)}


# --- Never stale -------------------------------------------------------------------------------------------------


def _list_of_the_ledger(by):
    budget = AnnualBudget.objects.get(year=2028)
    invoice = budget.invoices.order_by("-pk").first()
    content = f"Laskunumero;Laskutettu;Maksettu;Maksupäivä\n{invoice.number};{invoice.gross};1,00;02.05.2028\n".encode()
    budget.read_list(read_return(content), by=by, name="new.csv", file=ContentFile(content))


def _figure_of_use(by):
    file = UsageFile.objects.filter(state="read").latest("pk")
    facts = {"scope": "municipality", "municipality": Municipality.objects.earliest("pk"), "place": "uusi"}
    metric = file.figures.exclude(metric__in=["No_License", "Total_Item_Investigations"]).first()
    figure = UsageFigure(
        file=file, contract=file.contract, metric=metric.metric, month=dt.date(2028, 3, 1), **facts
    )
    figure.service, figure.count = metric.service, 7
    figure.save()


CHANGES = {  # table -> an act that changes something in it, however it is written
    "members_municipality": lambda by: Municipality.objects.filter(
        memberships__period__startswith__year=2031
    ).update(ended_on=dt.date(2028, 2, 2), successor=Municipality.objects.earliest("pk")),
    "members_population": lambda by: Population.objects.update(count=777),
    "members_membership": lambda by: Membership.objects.filter(
        period__startswith=dt.date(2028, 4, 1)
    ).delete(),
    "members_annualbudget": lambda by: AnnualBudget.objects.filter(year=2028).update(state="decided"),
    "members_costline": lambda by: CostLine.objects.update(actual=Decimal("1.11")),
    "members_assessment": lambda by: (
        AnnualBudget.objects.get(year=2028)
        .assessments.standing()
        .earliest("pk")
        .credit(by=by, reason="Virhe")
    ),
    "members_invoice": lambda by: AnnualBudget.objects.get(year=2028).bill(by=by),
    "members_ledgerreturn": lambda by: LedgerReturn.objects.latest("pk").set_aside(by=by, reason="Väärä"),
    "members_ledgerentry": _list_of_the_ledger,
    "procurement_procurement": lambda by: Procurement.objects.get(announced_on=None).announce(by=by),
    "procurement_stage": lambda by: Stage.objects.filter(done_on__year=2028).update(done_on=None),
    "procurement_round": lambda by: Round.objects.filter(closes_at__month=12).update(closes_at=clock.now()),
    "procurement_answer": lambda by: Answer.objects.update(standing=None),
    "procurement_participation": lambda by: Participation.begin(
        Contract.objects.get(title_fi=figures_world.NOBODY), Municipality.objects.earliest("pk"), by=by
    ),
    "procurement_contract": lambda by: Contract.objects.filter(begins_on__year=2028).update(
        begins_on=dt.date(2028, 5, 16)
    ),
    "procurement_holding": lambda by: Holding.objects.all().delete(),
    "procurement_resource": lambda by: Resource.objects.update(languages=["other"]),
    "procurement_usagefile": lambda by: (
        UsageFile.objects.filter(state="read").latest("pk").set_aside(by=by, reason="Väärä")
    ),
    "procurement_usagefigure": _figure_of_use,
    "procurement_costshare": lambda by: (
        CostShare.objects.filter(year=2028).earliest("pk").withdraw(by=by, reason="x")
    ),
    "steering_body": lambda by: Body.objects.update(founded_on=dt.date(2028, 1, 1)),
    "steering_seat": lambda by: Seat.objects.filter(number=4).update(ended_on=dt.date(2028, 1, 31)),
    "steering_term": lambda by: Term.objects.filter(seat__number=1).update(
        period=(dt.date(2028, 1, 1), dt.date(2028, 5, 1))
    ),
    "steering_proposal": lambda by: Proposal.objects.filter(year=2028).update(
        restricted_ground="", procurement=None
    ),
    "steering_action": lambda by: (
        Action.objects.filter(state="open").first().finish(by=by, result_fi="Tehty.")
    ),
}
UNSEEN = {"members_annualbudget"}  # the act shows in no number; that the tables agree is what is looked at


@pytest.mark.drill
def test_a_change_of_any_table_is_seen_by_the_next_reader(chair):
    by = UserFactory(is_staff=True)
    rest = TABLES.keys() - CHANGES.keys()
    # they change what lies ahead or who may read it, not a number
    assert rest == {"procurement_contractdecision", "steering_item", "steering_writtenmatter"}
    unchanged = []
    for table, act in CHANGES.items():
        before = [(f.value, f.of) for year in (2027, 2028) for f in figures(year)]
        act(by)
        assert not wrong((2027, 2028)), (table, wrong((2027, 2028)))
        if before == [(f.value, f.of) for year in (2027, 2028) for f in figures(year)]:
            unchanged.append(table)
    assert set(unchanged) <= UNSEEN, unchanged


@pytest.mark.drill
def test_whatever_a_subject_is_reckoned_from_marks_it(chair):
    """Every table that a reckoning asks is one whose changes mark the subject, but for rows that never change."""
    # never changed, or read for names and addresses beside what is summed
    fixed = {
        "procurement_answerversion",
        "procurement_supplier",
        "members_invoicebatch",
        "members_ledgerline",
    }
    beside = {key: {"members_municipality"} for key in (Subject.MONEY, Subject.SEATS)}
    for subject in Subject:
        with CaptureQueriesContext(connection) as asked:
            for year in figures_world.YEARS:
                RECKONERS[subject](year, figures_world.on_of(year), TODAY)
        text = " ".join(query["sql"] for query in asked)
        tables = set(re.findall(r'"((?:members|procurement|steering)_[a-z]+)"(?= |\)|$|\.)', text))
        tables = {table for table in tables if f'FROM "{table}"' in text or f'JOIN "{table}"' in text} - fixed
        tables -= beside.get(subject, set())
        unmarked = {table for table in tables if subject not in TABLES.get(table, ())}
        assert tables, subject
        assert not unmarked, (subject, unmarked)


@pytest.mark.drill
def test_one_day_makes_a_member_and_closes_a_round(chair):
    def told(year=None):
        found = {f.key: f for f in figures(year or clock.today().year)}
        return found["members"].value, found["participation"].of, found["members"].on

    assert told() == (13, 30, TODAY)
    with clock.moved_to(dt.date(2028, 6, 3)):  # the round of 2 June has closed
        assert told()[1] > 30
    with clock.moved_to(dt.date(2031, 1, 1)):
        assert told() == (15, None, dt.date(2031, 1, 1))
        assert told(2030)[::2] == (13, dt.date(2030, 12, 31))


@pytest.mark.drill
def test_what_is_not_public_is_in_no_number_until_it_is(chair):
    """Proposals of 2026 to 2028, four of them kept back, and actions that come of them."""
    value = {(f.key, year): f.value for year in figures_world.YEARS for f in figures(year)}
    assert [value["proposals", year] for year in figures_world.YEARS] == [3, 4, 1]
    assert Proposal.objects.count() == 12
    kept = Proposal.objects.filter(year=2027).exclude(restricted_ground="").get()
    Proposal.objects.filter(pk=kept.pk).update(restricted_until=dt.date(2028, 5, 20))
    assert {f.key: f.value for f in figures(2027)}["proposals"] == 4
    with clock.moved_to(dt.date(2028, 5, 20)):
        assert {f.key: f.value for f in figures(2027)}["proposals"] == 4
    with clock.moved_to(dt.date(2028, 5, 21)):  # the last day of it has passed, and nobody has done anything
        told = {f.key: f.value for f in figures(2027)}
        assert (told["proposals"], told["actions"]) == (5, 3)


@pytest.mark.drill
def test_shown_as_pages_write_it(chair):
    found = {f.key: f for f in figures(2028)}
    assert found["members"].shown == "13" and found["members"].beside == "of 16"
    assert found["budget"].beside.startswith("at most 75")
    assert found["residents"].shown == number(found["residents"].value)
    assert found["open"].shown.endswith("€")
