"""Stored totals: one question while they stand, reckoned anew after a mark, a day or another arithmetic."""

import datetime as dt
import threading
from collections import Counter
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction

from consortium import clock
from members.models import Membership, Municipality
from steering.models import Reckoned, Subject, Tally, TallyChange, stamp_of
from steering.reckoning import TABLES
from tests.at_once import at_once
from tests.factories import MunicipalityFactory

TODAY = dt.date(2028, 5, 15)
MEMBERS, SEATS = Subject.MEMBERS, Subject.SEATS
PAIRS = [(MEMBERS, 2027), (MEMBERS, 2028), (SEATS, 2028)]


class Desk:
    """Reckoners that count how often they are asked; ``until`` is how long a past year holds."""

    def __init__(self, until=None):
        self.asked, self.until, self.meanwhile = Counter(), until, lambda: None

    def read(self, today=TODAY, edition=1, pairs=PAIRS):
        return Tally.objects.read(pairs, {MEMBERS: self._of(MEMBERS), SEATS: self._of(SEATS)}, edition, today)

    def _of(self, subject):
        def reckon(year, on, today):
            self.asked[subject, year] += 1
            self.meanwhile()
            return Reckoned({"n": (self.asked[subject, year], None)}, {"on": str(on)}, self.until)

        return reckon


@pytest.fixture
def desk(db):
    """A desk with its totals reckoned once."""
    found = Desk()
    found.read()
    return found


def again(desk, **asked):
    """Return which totals one more reading reckons anew."""
    before = desk.asked.copy()
    desk.read(**asked)
    return set(desk.asked - before)


def test_what_stands_is_one_question(desk, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = desk.read()
    assert set(desk.asked.values()) == {1}
    assert found[MEMBERS, 2027].on == dt.date(2027, 12, 31)
    assert found[MEMBERS, 2028].on == TODAY
    assert found[MEMBERS, 2028].number("n") == (1, None)
    assert found[MEMBERS, 2028].number("unknown") == (None, None)


def test_a_stamp_stands_as_long_as_what_it_tells(desk, django_assert_num_queries):
    with django_assert_num_queries(1):
        stamp = Tally.objects.stamp(PAIRS, 1, TODAY)
    assert stamp == stamp_of(desk.read())
    assert Tally.objects.stamp(PAIRS[:2], 1, TODAY) not in {"", stamp}
    assert Tally.objects.stamp([*PAIRS, (SEATS, 2027)], 1, TODAY) == ""
    assert Tally.objects.stamp(PAIRS, 2, TODAY) == ""
    assert Tally.objects.stamp(PAIRS, 1, TODAY + dt.timedelta(days=1)) == ""
    MunicipalityFactory()
    assert Tally.objects.stamp(PAIRS, 1, TODAY) == ""
    assert stamp_of(desk.read()) != stamp


def test_a_change_concerns_every_year_of_its_subject_alone(desk):
    MunicipalityFactory()
    assert set(TallyChange.objects.values_list("subject", flat=True)) == {"members", "growth", "map"}
    assert again(desk) == {(MEMBERS, 2027), (MEMBERS, 2028)}
    assert not TallyChange.objects.exists()
    assert again(desk) == set()


def test_a_year_that_nobody_asked_for_is_reckoned_when_somebody_does(desk):
    MunicipalityFactory()
    assert again(desk, pairs=[(SEATS, 2028)]) == set()  # the mark has gone with this reading
    assert again(desk) == {(MEMBERS, 2027), (MEMBERS, 2028)}


@pytest.mark.parametrize("act", ["insert", "update", "delete"])
def test_each_way_of_changing_a_row_marks_it(desk, act):
    place = MunicipalityFactory()
    desk.read()
    rows = Municipality.objects.filter(pk=place.pk)
    place.populations.all().delete()
    desk.read()
    {"insert": MunicipalityFactory, "update": lambda: rows.update(city=True), "delete": rows.delete}[act]()
    assert again(desk) == {(MEMBERS, 2027), (MEMBERS, 2028)}


def test_a_change_that_is_undone_leaves_no_mark(desk):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        MunicipalityFactory()
        raise ZeroDivisionError
    assert again(desk) == set()


def test_the_next_day_changes_the_present_year_alone(desk):
    assert again(desk, today=TODAY + dt.timedelta(days=1)) == {(MEMBERS, 2028), (SEATS, 2028)}


def test_what_a_year_came_to_is_reckoned_once_more_after_its_end(db):
    desk, pairs = Desk(), [(MEMBERS, 2028)]
    desk.read(today=dt.date(2028, 12, 31), pairs=pairs)
    assert again(desk, today=dt.date(2029, 1, 1), pairs=pairs) == {(MEMBERS, 2028)}
    assert again(desk, today=dt.date(2031, 7, 1), pairs=pairs) == set()
    assert again(desk, today=dt.date(2028, 12, 30), pairs=pairs) == {
        (MEMBERS, 2028)
    }  # a practice copy's clock


def test_a_past_year_holds_as_long_as_its_reckoning_says(db):
    desk, pairs = Desk(until=dt.date(2028, 5, 20)), [(MEMBERS, 2027)]
    desk.read(pairs=pairs)
    assert again(desk, today=dt.date(2028, 5, 20), pairs=pairs) == set()
    assert again(desk, today=dt.date(2028, 5, 21), pairs=pairs) == {(MEMBERS, 2027)}


def test_another_arithmetic_reckons_all_anew(desk):
    assert again(desk, edition=2) == set(PAIRS)
    assert again(desk, edition=2) == set()


def test_the_triggers_are_those_of_the_tables(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, encode(t.tgargs, 'escape'), t.tgtype FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE p.proname = 'steering_tally_mark' AND t.tgenabled = 'O'"
        )
        rows = cursor.fetchall()
    found = {table: sorted(args.removesuffix("\\000").split("\\000")) for table, args, _kind in rows}
    assert found == {table: sorted(subjects) for table, subjects in TABLES.items()}
    assert {kind for _table, _args, kind in rows} == {4 + 8 + 16}  # a statement: inserted, deleted or updated


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"year": 2028}, "tally_once_a_year"), ({"on": dt.date(2026, 12, 31)}, "tally_day_of_its_year")],
)
def test_the_database_keeps_one_total_a_year_of_a_day_in_it(desk, change, constraint):
    change |= {"on": TODAY} if "year" in change else {}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Tally.objects.filter(subject=MEMBERS, year=2027).update(**change)


# --- At once -------------------------------------------------------------------------------------------------


class Real(Desk):
    """The members of a day, reckoned from the table; ``meanwhile`` happens while they are."""

    def __init__(self, meanwhile=lambda: None):
        super().__init__()
        self.meanwhile = meanwhile

    def _of(self, subject):
        def reckon(year, on, today):
            count = Membership.objects.on(on).count()
            self.meanwhile()
            return Reckoned({"n": (count, None)})

        return reckon

    def members(self):
        return self.read(pairs=[(MEMBERS, 2028)])[MEMBERS, 2028].number("n")[0]


def join():
    MunicipalityFactory().join(dt.date(2028, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_after_the_reckoning_is_seen_by_the_next():
    """The change is made while nobody sees it, the total is reckoned without it, and then it is committed."""
    join()
    made, read = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            join()
            made.set()
            assert read.wait(20)

    def look():
        assert made.wait(20)
        found = Real().members()
        read.set()
        return found

    assert at_once(write, look)[1] == 1
    assert Real().members() == 2


@pytest.mark.django_db(transaction=True)
def test_a_change_in_the_middle_of_the_reckoning_is_seen_by_the_next():
    join()
    found = Real(meanwhile=lambda: at_once(join)).members()
    assert found == 1
    assert Real().members() == 2


@pytest.mark.django_db(transaction=True)
def test_a_year_being_reckoned_does_not_outlive_a_mark_that_another_takes_away():
    """One reckons 2028 from what was; a change comes; one who asks for 2027 takes its mark. 2028 must not stay so."""
    join()
    Real().read(pairs=[(MEMBERS, 2026)])  # no mark is left at which the two would meet
    counted, changed = threading.Event(), threading.Event()

    def wait():
        counted.set()
        assert changed.wait(20)

    def first():
        return Real(meanwhile=wait).members()

    def second():
        assert counted.wait(20)
        join()
        changed.set()
        return Real().read(pairs=[(MEMBERS, 2027)])

    results = at_once(first, second)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert results[0] == 1
    assert Real().members() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_read_at_once_reckon_once():
    desk, inside = Desk(), threading.Barrier(2)

    def slowly():
        with suppress(threading.BrokenBarrierError):  # a lock keeps the other one out
            inside.wait(0.7)

    desk.meanwhile = slowly
    results = at_once(desk.read, desk.read)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert set(desk.asked.values()) == {1}


def test_the_day_is_the_clocks(db, settings):
    desk = Desk()
    with clock.moved_to(TODAY):
        found = Tally.objects.read([(SEATS, 2028)], {SEATS: desk._of(SEATS)}, 1)
    assert found[SEATS, 2028].on == TODAY
