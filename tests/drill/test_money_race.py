"""Twenty processes freeze, and twenty make the file, at the same moment on 300 members: each once, none missing."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from consortium import clock
from consortium.management.commands import serve_demo
from consortium.models import AuditEvent
from members.models import AnnualBudget, Assessment, Invoice, Membership, Municipality
from tests.drill.practice import of_test, wait_for
from tests.drill.racer import GATE
from tests.factories import BudgetFactory, a_clerk, decided_budget, tariff_terms

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, MEMBERS = 20, 300
LEVELS = ["READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE"]
DECIDED_ON, BILLED_ON = dt.date(2027, 8, 18), dt.date(2028, 1, 10)
SERIALIZATION, DEADLOCK, UNIQUE = "40001", "40P01", "23505"


@pytest.fixture(scope="module")
def racers(django_db_setup):
    """Twenty processes that wait for their orders."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.drill.racer"],
            cwd=settings.BASE_DIR,
            env=serve_demo.environment() | {"DATABASE_URL": of_test(settings.DATABASE_URL)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=serve_demo.die_with(os.getpid()),
        )
        for _n in range(PROCESSES)
    ]
    yield running
    for process in running:
        process.kill()
        process.communicate()


def at_the_gate():
    """Return how many processes wait for the gate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", [GATE]
        )
        return cursor.fetchone()[0]


def race(racers, act, level, day, *, locks=True):
    """Let all do the same at once. Returns how often each answer came: (kind, code) -> number."""
    order = json.dumps({"act": act, "level": level, "day": day.isoformat(), "locks": locks})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        for process in racers:
            process.stdin.write(order + "\n")
            process.stdin.flush()
        wait_for(lambda: at_the_gate() == PROCESSES, 120, "all at the gate")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
    began = time.perf_counter()
    answers = Counter(tuple(json.loads(process.stdout.readline())) for process in racers)
    print(
        f"\n{act} {level}{'' if locks else ', no lock'}: {dict(answers)} in {time.perf_counter() - began:.1f} s",
        end="",
    )
    return answers


def three_hundred():
    """Let 300 municipalities belong, each with all that an invoice needs."""
    call_command("load_municipalities", verbosity=0)
    Municipality.objects.update(
        business_id="0201256-6",
        einvoice_address="003702012566",
        einvoice_operator="BASW",
        buyer_reference="L",
    )
    places = Municipality.objects.exclude(code="091").order_by("code")[:MEMBERS]
    Membership.objects.bulk_create(
        Membership(municipality=place, period=(dt.date(2026, 1, 1), None)) for place in places
    )


def proposed():
    """A budget that the steering group has proposed."""
    three_hundred()
    budget, clerk = BudgetFactory.create(), a_clerk()
    with clock.moved_to(DECIDED_ON):
        chosen = budget.save_alternative(tariff_terms(rate="0.009"), by=clerk)
        budget.propose(by=clerk, alternative=chosen, proposed_on=DECIDED_ON)


def each_is_frozen_once():
    """Every member has one fee, the sum is theirs, and one decision and one scheme are on record."""
    budget = AnnualBudget.objects.get()
    fees = list(Assessment.objects.values_list("municipality", "amount"))
    assert len(fees) == len({place for place, _amount in fees}) == MEMBERS
    assert {place for place, _amount in fees} == set(
        Membership.objects.values_list("municipality", flat=True)
    )
    assert budget.state == "decided"
    assert budget.assessed == sum(amount for _place, amount in fees) == budget.alternative.total
    assert AuditEvent.objects.filter(verb="decide").count() == 1
    assert budget.papers.values("municipality").distinct().count() == MEMBERS


def each_is_billed_once():
    """Every fee has one invoice, numbered from 1 without a gap, all in one batch of three files."""
    budget = AnnualBudget.objects.get()
    assert list(Invoice.objects.order_by("serial").values_list("serial", flat=True)) == [
        *range(1, MEMBERS + 1)
    ]
    assert Assessment.objects.filter(invoice=None).count() == 0
    batch = budget.batches.get()
    assert (budget.last_serial, batch.lines.count(), batch.files.count()) == (MEMBERS, MEMBERS, 3)
    assert AuditEvent.objects.filter(verb="bill").count() == 1


def losers_of(answers, usual):
    """Return what the others were told, all but one; a higher level may also turn them away to try again."""
    assert answers.pop(("done", "")) == 1
    assert sum(answers.values()) == PROCESSES - 1
    return set(answers) - {usual}


@pytest.mark.parametrize("level", LEVELS)
def test_twenty_freeze(racers, level):
    proposed()
    others = losers_of(race(racers, "decide", level, DECIDED_ON), ("WrongState", "wrong_state"))
    assert others <= (set() if level == LEVELS[0] else {("OperationalError", SERIALIZATION)})
    each_is_frozen_once()


@pytest.mark.parametrize("level", LEVELS)
def test_twenty_make_the_file(racers, level):
    three_hundred()
    decided_budget(terms=tariff_terms(rate="0.009"))
    others = losers_of(race(racers, "bill", level, BILLED_ON), ("ValidationError", "nothing"))
    assert others <= (set() if level == LEVELS[0] else {("OperationalError", SERIALIZATION)})
    each_is_billed_once()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("act", ["decide", "bill"])
def test_without_the_lock_they_run_into_the_database(racers, act, level):
    """Others do the whole work and are stopped by what PostgreSQL keeps: the lock matters, and is not all there is."""
    if act == "decide":
        proposed()
    else:
        three_hundred()
        decided_budget(terms=tariff_terms(rate="0.009"))
    answers = race(racers, act, level, DECIDED_ON if act == "decide" else BILLED_ON, locks=False)
    collisions = {
        code: n for (_kind, code), n in answers.items() if code in {UNIQUE, SERIALIZATION, DEADLOCK}
    }
    assert collisions
    if level == LEVELS[0]:
        assert UNIQUE in collisions
    each_is_frozen_once() if act == "decide" else each_is_billed_once()
