"""One of the processes that race: takes its orders line by line, waits at the gate, says what became of each.

An order: {"act", "level", "locks", "day"}, and for an answer the id of its "answer". The gate is a lock of PostgreSQL
that the drill holds until all wait.
"""

import datetime as dt
import json
import os
import sys
from contextlib import nullcontext
from decimal import Decimal
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
django.setup()

# What follows needs the apps.
from django.core.exceptions import ValidationError  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from psycopg import IsolationLevel  # noqa: E402

from consortium import celery, clock  # noqa: E402
from members.models import AnnualBudget  # noqa: E402
from procurement.models import Answer  # noqa: E402
from tests.factories import HELSINKI, a_clerk  # noqa: E402

GATE = 2028  # the lock's number


def act(order, day):
    """Freeze the year's fees, make the file for the ledger, or give an answer: interested, 100 € a year."""
    clerk = a_clerk()
    if order["act"] == "answer":
        answer = Answer.objects.select_related("municipality", "round").get(pk=order["answer"])
        return lambda: answer.give(by=clerk, seen=0, kind="interested", yearly=Decimal(100))
    budget = AnnualBudget.objects.select_related("proposal").get()
    if order["act"] == "decide":
        decision = {"alternative": budget.proposal, "decided_on": day, **HELSINKI}
        return lambda: budget.decide(by=clerk, **decision)
    return lambda: budget.bill(by=clerk)


def obey(order):
    """Carry an order out as soon as the gate opens. Returns "done", or kind and code of the refusal."""
    connection.close()
    connection.settings_dict["OPTIONS"]["isolation_level"] = IsolationLevel[order["level"]]
    day = dt.date.fromisoformat(order["day"])
    unlocked = patch.object(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)
    try:
        with clock.moved_to(day), nullcontext() if order["locks"] else unlocked:
            verb = act(order, day)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock_shared(%s)", [GATE])
            verb()
        return ["done", ""]
    except ValidationError as refusal:
        return [type(refusal).__name__, getattr(refusal, "code", "")]
    except DatabaseError as refusal:
        return [type(refusal).__name__, refusal.__cause__.sqlstate]
    finally:
        connection.close()  # lets the gate go


if __name__ == "__main__":
    celery.app.send_task = lambda *args, **kwargs: None  # what counts here are the rows
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)
