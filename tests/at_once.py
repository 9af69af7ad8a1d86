"""Two at the same moment: threads begun together, a meeting place for them, and the row locks taken away."""

import threading
from contextlib import suppress

import pytest
from django.db import connections
from django.db.models import QuerySet

# Seconds that the first inside waits for a second one: who is kept out by a lock does not come, and costs the whole
# of it; without a lock he comes, however slow the machine.
PATIENCE, PATIENCE_WITHOUT_LOCKS = 0.7, 10


def at_once(*acts):
    """Run the acts in threads of their own, begun together. Returns what each gave, or the exception it met."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            start.wait(10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    return results


@pytest.fixture
def meet(monkeypatch, request):
    """Let whoever calls ``owner.name`` wait there for a second one: ``meet(owner, "name")``; counts the callers."""
    patience = PATIENCE_WITHOUT_LOCKS if "no_row_locks" in request.fixturenames else PATIENCE

    def at(owner, name):
        inside, real, callers = threading.Barrier(2), getattr(owner, name), []

        def waiting(*args, **kwargs):
            callers.append(threading.get_ident())
            with suppress(threading.BrokenBarrierError):  # nobody came: a lock keeps the other one out
                inside.wait(patience)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, waiting)
        return callers

    return at


@pytest.fixture
def no_row_locks(monkeypatch):
    """Take the row locks away."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)


def kinds(results):
    return sorted(type(r).__name__ if isinstance(r, Exception) else "done" for r in results)
