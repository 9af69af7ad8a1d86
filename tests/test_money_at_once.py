"""Two freeze, two bill, forty join at the same moment: each fee once, each number once, never above the limit."""

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, connections
from psycopg import IsolationLevel

from consortium import clock
from consortium.models import AuditEvent
from members.models import AnnualBudget, Assessment, Membership
from tests.at_once import at_once, kinds
from tests.by_hand import run
from tests.factories import (
    HELSINKI,
    BudgetFactory,
    MunicipalityFactory,
    a_clerk,
    decided_budget,
    payer,
    tariff_terms,
)
from tests.money_by_hand import fee, one_payer

pytestmark = pytest.mark.django_db(transaction=True)
DECIDED_ON = dt.date(2027, 8, 18)
# So many fit under 75,000 € beside the 100 € of the one who is there.
JOINERS, EACH, ROOM = 40, 4200, 17


@pytest.fixture
def autumn(settings):
    """It is the autumn before the year."""
    settings.MOVED_TODAY = "2027-10-01"


# --- Two freeze ---------------------------------------------------------------------------------------------------


def two_decide():
    for _n in range(3):
        payer()
    budget, clerk = BudgetFactory.create(), a_clerk()
    chosen = budget.save_alternative(tariff_terms(), by=clerk)
    budget.propose(by=clerk, alternative=chosen, proposed_on=DECIDED_ON)
    decision = {"alternative": chosen, "decided_on": DECIDED_ON, **HELSINKI}
    return at_once(*(partial(AnnualBudget.objects.get().decide, by=clerk, **decision) for _n in range(2)))


def each_is_frozen_once():
    assert Assessment.objects.count() == 3
    assert AnnualBudget.objects.get().assessed == 300
    assert AuditEvent.objects.filter(verb="decide").count() == 1


def test_two_decide_and_each_fee_is_frozen_once(meet, autumn):
    meet(AnnualBudget, "_scheme_of")
    assert kinds(two_decide()) == ["WrongState", "done"]
    each_is_frozen_once()


def test_without_the_lock_the_database_still_refuses_the_second_decision(meet, autumn, no_row_locks):
    meet(AnnualBudget, "_scheme_of")
    assert kinds(two_decide()) == ["IntegrityError", "done"]
    each_is_frozen_once()


# --- Two make the file ---------------------------------------------------------------------------------------------


def two_bill():
    for _n in range(3):
        payer()
    budget, clerk = decided_budget(), a_clerk()
    return at_once(*(partial(AnnualBudget.objects.get(pk=budget.pk).bill, by=clerk) for _n in range(2)))


def each_is_billed_once():
    budget = AnnualBudget.objects.get()
    assert list(budget.invoices.values_list("serial", flat=True)) == [1, 2, 3]
    assert (budget.last_serial, budget.batches.count()) == (3, 1)
    assert AuditEvent.objects.filter(verb="bill").count() == 1


def loser(results):
    return next(result for result in results if isinstance(result, Exception))


def test_two_make_the_file_and_each_fee_is_billed_once(meet):
    meet(AnnualBudget, "waiting")
    refusal = loser(two_bill())
    assert (type(refusal), refusal.code) == (ValidationError, "nothing")
    each_is_billed_once()


def test_without_the_lock_the_database_still_refuses_the_second_file(meet, no_row_locks):
    meet(AnnualBudget, "waiting")
    assert type(loser(two_bill())) is IntegrityError
    each_is_billed_once()


# --- Forty join ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[level.name for level in IsolationLevel if level > IsolationLevel.READ_UNCOMMITTED])
def level(request, monkeypatch):
    """Every connection opened from now on works at this level."""
    level = IsolationLevel[request.param]
    monkeypatch.setitem(connections["default"].settings_dict["OPTIONS"], "isolation_level", level)
    yield level
    connection.close()


def never_above(budget, results, level):
    """The sum is that of the fees, and never passes the limit; at the usual level the room is used up."""
    budget.refresh_from_db()
    added = sum(not isinstance(result, Exception) for result in results)
    assert sum(budget.assessments.values_list("amount", flat=True)) == budget.assessed == 100 + EACH * added
    assert added <= ROOM
    refusals = [result for result in results if isinstance(result, Exception)]
    if level == IsolationLevel.READ_COMMITTED:
        assert added == ROOM
        assert {type(refusal) for refusal in refusals} == {IntegrityError}
    # at a higher level one who comes second is turned away, to try again, or meets the limit
    assert {type(refusal) for refusal in refusals} <= {IntegrityError, OperationalError}
    for refusal in refusals:
        limit = refusal.__cause__.diag.constraint_name == "annualbudget_fees_within_ceiling"
        assert limit or refusal.__cause__.sqlstate == "40001"


def test_forty_fees_written_by_hand_at_once_never_pass_the_limit(level):
    budget = one_payer().budget
    statements = [fee([place], amount=EACH) for place in MunicipalityFactory.create_batch(JOINERS)]
    never_above(budget, at_once(*(partial(run, **values) for values in statements)), level)


def test_forty_joiners_assessed_at_once_never_pass_the_limit(level):
    budget, clerk = one_payer().budget, a_clerk()
    for _n in range(JOINERS):
        payer(residents=200_000, since=dt.date(2028, 1, 1))
    joiners = Membership.objects.filter(period__startswith=dt.date(2028, 1, 1)).select_related("municipality")
    with clock.moved_to(dt.date(2028, 1, 10)):
        same = AnnualBudget.objects.get
        results = at_once(*(partial(same(pk=budget.pk).assess, joiner, by=clerk) for joiner in joiners))
    never_above(budget, results, level)
