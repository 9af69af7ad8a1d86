"""Sixty municipalities answer from processes of their own for the last ten places of a round: exactly ten are in."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from consortium import clock
from consortium.management.commands import serve_demo
from consortium.models import AuditEvent, OutgoingEmail
from members.models import Municipality
from procurement.models import AnswerVersion
from tests.drill.practice import of_test, wait_for
from tests.drill.racer import GATE
from tests.procurement_factories import announced, answers, opened

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, PLACES_LEFT, TAKEN = 60, 10, 5
OPENED_ON, RACED_ON, CLOSES_ON = dt.date(2027, 9, 6), dt.date(2027, 9, 20), dt.date(2027, 10, 1)
LEVELS = ["READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE"]
SERIALIZATION, DEADLOCK = "40001", "40P01"


@pytest.fixture(scope="module")
def racers(django_db_setup):
    """Sixty processes that wait for their orders."""
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


def race(racers, rows, level, *, locks=True):
    """Let each answer for a municipality of its own at once. Returns how often each outcome came: (kind, code)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        for process, answer in zip(racers, rows, strict=True):
            order = {
                "act": "answer",
                "answer": answer.pk,
                "level": level,
                "day": str(RACED_ON),
                "locks": locks,
            }
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        wait_for(lambda: at_the_gate() == PROCESSES, 300, "all at the gate")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])
    began = time.perf_counter()
    outcomes = Counter(tuple(json.loads(process.stdout.readline())) for process in racers)
    print(
        f"\n{level}{'' if locks else ', no lock'}: {dict(outcomes)} in {time.perf_counter() - began:.1f} s",
        end="",
    )
    return outcomes


def nearly_full(**limits):
    """Open a round in which five are interested and one has committed. Returns it with the sixty still silent."""
    call_command("load_municipalities", verbosity=0)
    places = list(Municipality.objects.order_by("code")[: PROCESSES + TAKEN + 1])
    with clock.moved_to(OPENED_ON):
        round_ = opened(announced(), places, closes_on=CLOSES_ON, **limits)
        answers(round_, places[0], "committed", "1500")
        for place in places[1 : TAKEN + 1]:
            answers(round_, place, "interested", "100")
    return round_, list(round_.answers.silent().order_by("pk"))


def interested(round_):
    return round_.answers.standing().filter(standing__kind="interested").count()


BY_COUNT = {"quota_most": TAKEN + PLACES_LEFT}
BY_VOLUME = {"quota_share": Decimal(1)}  # 1 500 € committed: room for fifteen of 100 €


@pytest.mark.parametrize("limits", [BY_COUNT, BY_VOLUME], ids=["places", "volume"])
@pytest.mark.parametrize("level", LEVELS)
def test_sixty_answer_for_the_last_ten_places(racers, level, limits):
    round_, silent = nearly_full(**limits)
    outcomes = race(racers, silent, level)
    assert outcomes[("done", "")] <= PLACES_LEFT
    refused = {code for _kind, code in outcomes if code}
    if level == LEVELS[0]:
        assert outcomes[("done", "")] == PLACES_LEFT
        assert refused == {"full" if limits is BY_COUNT else "volume"}
    else:  # a higher level may also turn them away to try again, which is safe
        assert refused <= {"full", "volume", SERIALIZATION, DEADLOCK}
    done = outcomes[("done", "")]
    assert interested(round_) == TAKEN + done
    room = round_.room()
    assert room.waiting == {} and (room.limit is None or room.interested <= room.limit)
    assert AnswerVersion.objects.count() == AuditEvent.objects.filter(verb="give").count() == TAKEN + 1 + done
    kept = OutgoingEmail.objects.filter(template="procurement/emails/answer_given")
    assert kept.values("about_id").distinct().count() <= TAKEN + 1 + done


def test_without_the_rounds_lock_more_than_ten_come_in(racers):
    round_, silent = nearly_full(**BY_COUNT)
    outcomes = race(racers, silent, LEVELS[0], locks=False)
    assert outcomes[("done", "")] > PLACES_LEFT
    assert interested(round_) > TAKEN + PLACES_LEFT
    assert round_.room().waiting  # the page says who no longer fits
