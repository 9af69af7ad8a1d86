"""What a duty in the consortium opens: every address as auditor, accountant and steering member (access_posts.csv).

The table holds what each gets for GET, in that order. What is posted leaves no trace in the history but in
the matters of one's own account, and in an accountant's invoices.
"""

import csv
from pathlib import Path

import pytest
from django.db import transaction

from consortium.models import AuditEvent, Post
from tests.factories import UserFactory
from tests.test_access import PLANTED, Caller, addresses, names, people, planted, world

__all__ = ["people", "world"]  # fixtures, used by their names
pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "access_posts.csv"
KINDS = ["auditor", "accountant", "member"]
ONES_OWN = {"edit", "renew_feed"}
MATTERS = {"accountant": {"bill", "account", "charge"}}  # what an empty form does that is the duty's own
DRAFTS = {
    "zqdraft",
    "zqground",
    "zqcost",
    "zqalternative",
}  # of a year's fees: the steering group's matter and the staff's
NEVER = {"zqprepared", "zqaccess", "zqbody"}  # half-written entries, logs, texts of letters: no duty's matter
SEATS = {"zqcandidate"}  # who is put forward: the steering group's own matter
INVOICING = {"zqbuyer", "zqoperator"}
CORRECTIONS = {"zqcredit", "zqledger", "zqlist", "zqleft"}  # of fees and of who shares a cost


def rows():
    """Return {name: {kind: word}} of the table."""
    with TABLE.open(newline="") as stream:
        lines = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    return {line["name"]: dict(zip(KINDS, line["GET"].split(), strict=True)) for line in lines}


@pytest.fixture
def holder(people):
    """Return a person with one duty and nothing else: ``holder("auditor")``."""

    def of(kind):
        user = UserFactory(name=f"Haltija {kind}", email=f"{kind}@konsortio.example")
        Post.give(user, kind, by=people["staff"])
        return user

    return of


def test_every_address_stands_in_the_table():
    assert names() == rows().keys()


@pytest.mark.drill
def test_a_duty_opens_what_the_table_says_and_nothing_that_is_not_its_matter(world, holder):
    at, _states = world
    may = {
        "auditor": PLANTED - NEVER - DRAFTS,
        "accountant": INVOICING | CORRECTIONS,
        "member": DRAFTS | SEATS,
    }
    must = {"auditor": {"zqcontact", "zqsubject"} | INVOICING, "accountant": INVOICING}
    for kind in KINDS:
        ask, wrong, seen = Caller(holder(kind)), [], set()
        for name, cells in rows().items():
            for address in addresses(name, at):
                answer, told = ask("GET", address)
                seen |= planted(told) - planted(address)
                if answer != cells[kind] and not (answer == "302" and "go=1" in address):
                    wrong.append(f"{kind}: GET {address} ({name}): {answer}, not {cells[kind]}")
        assert wrong == []
        assert must.get(kind, set()) <= seen <= may[kind], kind


@pytest.mark.drill
def test_a_duty_changes_nothing_but_its_own_matter(world, holder):
    at, _states = world
    holders = {kind: holder(kind) for kind in KINDS}
    changed, newest = [], AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for kind in KINDS:
        browser = Caller(holders[kind]).first
        for name in rows():
            with transaction.atomic():
                browser.post(addresses(name, at)[0])
                done = set(AuditEvent.objects.filter(pk__gt=newest).values_list("verb", flat=True))
                transaction.set_rollback(True)
            if done - ONES_OWN - MATTERS.get(kind, set()):
                changed.append(f"{kind}: POST {name}: {sorted(done)}")
    assert changed == []
