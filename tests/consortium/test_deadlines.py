"""Statutory dates: those worked by hand, the calendar they stand on, and timetables counted backwards."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium.deadlines import (
    Remedy,
    Timetable,
    appeal_last_day,
    counted_back,
    deemed_known_on,
    earliest_final_on,
    is_working_day,
    last_day,
    latest_publication_on,
    next_working_day,
    previous_working_day,
)

# How long one example takes depends on who else uses the machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BOARD, COUNCIL = Remedy.RECTIFICATION, Remedy.APPEAL
dates = st.dates(date(2020, 1, 1), date(2060, 12, 31))
remedies = st.sampled_from(Remedy)


def test_the_names_and_lengths_of_the_remedies():
    assert [(remedy.value, remedy.days) for remedy in Remedy] == [("rectification", 14), ("appeal", 30)]
    assert Remedy("appeal") is COUNCIL
    with pytest.raises(ValueError, match="complaint"):
        earliest_final_on(date(2026, 11, 24), "complaint")


@pytest.mark.parametrize(
    ("published_on", "remedy", "known_on", "last", "final_on"),
    [
        (date(2026, 11, 24), BOARD, date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 16)),
        (date(2026, 11, 24), COUNCIL, date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)),
        # Christmas Eve is a Thursday: on to the Monday
        (date(2026, 12, 3), BOARD, date(2026, 12, 10), date(2026, 12, 28), date(2026, 12, 29)),
        # Midsummer Eve is a Friday
        (date(2027, 6, 4), BOARD, date(2027, 6, 11), date(2027, 6, 28), date(2027, 6, 29)),
        (date(2027, 4, 29), BOARD, date(2027, 5, 6), date(2027, 5, 20), date(2027, 5, 21)),
        # the seventh day is Christmas Day, and stays it
        (date(2026, 12, 18), BOARD, date(2026, 12, 25), date(2027, 1, 8), date(2027, 1, 9)),
    ],
)
def test_dates_worked_by_hand(published_on, remedy, known_on, last, final_on):
    assert deemed_known_on(published_on) == known_on
    assert last_day(known_on, remedy.days) == last
    assert appeal_last_day(published_on, remedy) == last
    assert earliest_final_on(published_on, remedy) == final_on
    assert earliest_final_on(published_on, remedy.value) == final_on


def test_the_closed_days_of_a_year_are_those_of_the_statute():
    closed = [day for number in range(365) if not is_working_day(day := date(2027, 1, 1) + timedelta(number))]
    assert [day for day in closed if day.weekday() < 5] == [
        date(2027, 1, 1),  # New Year's Day
        date(2027, 1, 6),  # Epiphany
        date(2027, 3, 26),  # Good Friday
        date(2027, 3, 29),  # Easter Monday
        date(2027, 5, 6),  # Ascension Day
        date(2027, 6, 25),  # Midsummer Eve
        date(2027, 12, 6),  # Independence Day
        date(2027, 12, 24),  # Christmas Eve
    ]
    assert sum(day.weekday() >= 5 for day in closed) == 104
    # In 2028 others fall on weekdays.
    assert not any(map(is_working_day, (date(2028, 5, 1), date(2028, 12, 25), date(2028, 12, 26))))
    # Days the flag is raised are no holidays, nor are New Year's Eve and Maundy Thursday.
    assert all(map(is_working_day, (date(2027, 2, 5), date(2027, 12, 31), date(2027, 3, 25))))


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2027, 5, 20), date(2027, 5, 20), date(2027, 5, 20)),
        (date(2027, 3, 28), date(2027, 3, 25), date(2027, 3, 30)),  # Easter Sunday
        (date(2026, 12, 24), date(2026, 12, 23), date(2026, 12, 28)),
        (date(2027, 1, 1), date(2026, 12, 31), date(2027, 1, 4)),  # over the turn of the year
    ],
)
def test_the_working_days_about_a_day(day, before, after):
    assert (previous_working_day(day), next_working_day(day)) == (before, after)


def test_a_period_is_counted_from_the_day_after():
    assert last_day(date(2027, 3, 1), 1) == date(2027, 3, 2)
    assert last_day(date(2027, 3, 1), 5) == date(2027, 3, 8)  # a Saturday moves to Monday


@pytest.mark.parametrize(
    ("final_on", "remedy", "published_on"),
    [
        (date(2027, 5, 21), BOARD, date(2027, 4, 29)),
        (date(2027, 5, 21), COUNCIL, date(2027, 4, 13)),  # sixteen days more
        (date(2026, 12, 28), BOARD, date(2026, 12, 2)),  # from 3.12. on it would be the 29th
        (date(2026, 12, 29), BOARD, date(2026, 12, 7)),
    ],
)
def test_the_latest_publication(final_on, remedy, published_on):
    assert latest_publication_on(final_on, remedy) == published_on


@unhurried
@given(dates, remedies)
def test_a_day_later_than_the_latest_publication_is_too_late(final_on, remedy):
    published_on = latest_publication_on(final_on, remedy)
    assert earliest_final_on(published_on, remedy) <= final_on
    assert earliest_final_on(published_on + timedelta(1), remedy) > final_on


@unhurried
@given(dates, remedies)
def test_a_decision_is_final_the_day_after_a_working_day(published_on, remedy):
    last = appeal_last_day(published_on, remedy)
    assert is_working_day(last)
    assert earliest_final_on(published_on, remedy) == last + timedelta(1)
    assert last - published_on >= timedelta(7 + remedy.days)
    assert not any(
        is_working_day(published_on + timedelta(days))
        for days in range(7 + remedy.days, (last - published_on).days)
    )


@pytest.mark.parametrize(
    ("final_on", "remedy", "timetable"),
    [
        # Easter is 26.-29.3.2027
        (
            date(2027, 5, 21),
            BOARD,
            Timetable(
                drafted_on=date(2027, 3, 25),
                papers_on=date(2027, 4, 15),
                meeting_on=date(2027, 4, 22),
                published_on=date(2027, 4, 29),
                last_day=date(2027, 5, 20),
                final_on=date(2027, 5, 21),
            ),
        ),
        (
            date(2027, 5, 21),
            COUNCIL,
            Timetable(
                drafted_on=date(2027, 3, 9),
                papers_on=date(2027, 3, 30),
                meeting_on=date(2027, 4, 6),
                published_on=date(2027, 4, 13),
                last_day=date(2027, 5, 20),
                final_on=date(2027, 5, 21),
            ),
        ),
        # The minutes could be online on 23.7.: all of it is over before July, and final in July.
        (
            date(2027, 8, 14),
            BOARD,
            Timetable(
                drafted_on=date(2027, 5, 26),
                papers_on=date(2027, 6, 16),
                meeting_on=date(2027, 6, 23),
                published_on=date(2027, 6, 30),
                last_day=date(2027, 7, 21),
                final_on=date(2027, 7, 22),
            ),
        ),
        # Published in August: the meeting would be in July, and moves to the end of June.
        (
            date(2027, 8, 25),
            BOARD,
            Timetable(
                drafted_on=date(2027, 6, 2),
                papers_on=date(2027, 6, 23),
                meeting_on=date(2027, 6, 30),
                published_on=date(2027, 8, 3),
                last_day=date(2027, 8, 24),
                final_on=date(2027, 8, 25),
            ),
        ),
        # The last day to publish is a Saturday: Friday, and final no sooner, since that period would end on
        # a Sunday. Text with the presenter on 16.7. becomes 30.6.
        (
            date(2027, 9, 28),
            COUNCIL,
            Timetable(
                drafted_on=date(2027, 6, 30),
                papers_on=date(2027, 8, 6),
                meeting_on=date(2027, 8, 13),
                published_on=date(2027, 8, 20),
                last_day=date(2027, 9, 27),
                final_on=date(2027, 9, 28),
            ),
        ),
    ],
)
def test_timetables_counted_backwards(final_on, remedy, timetable):
    assert counted_back(final_on, remedy) == timetable


@unhurried
@given(dates, remedies)
def test_a_timetable_holds_together(final_on, remedy):
    table = counted_back(final_on, remedy)
    acted_on = (table.drafted_on, table.papers_on, table.meeting_on, table.published_on)
    assert all(is_working_day(day) and day.month != 7 for day in acted_on)
    assert table.published_on - table.meeting_on >= timedelta(7)
    assert table.meeting_on - table.papers_on >= timedelta(7)
    assert table.papers_on - table.drafted_on >= timedelta(21)
    assert table.published_on <= latest_publication_on(final_on, remedy)
    assert table.last_day == appeal_last_day(table.published_on, remedy)
    assert table.final_on == earliest_final_on(table.published_on, remedy) <= final_on


@unhurried
@given(dates, remedies)
def test_no_step_of_a_timetable_is_earlier_than_it_must_be(final_on, remedy):
    table = counted_back(final_on, remedy)
    steps = (
        (table.published_on, latest_publication_on(final_on, remedy)),
        (table.meeting_on, table.published_on - timedelta(7)),
        (table.papers_on, table.meeting_on - timedelta(7)),
        (table.drafted_on, table.papers_on - timedelta(21)),
    )
    for chosen, latest in steps:
        later = [chosen + timedelta(days) for days in range(1, (latest - chosen).days + 1)]
        assert not any(is_working_day(day) and day.month != 7 for day in later)


def test_a_timetable_does_not_change():
    with pytest.raises(FrozenInstanceError):
        counted_back(date(2027, 5, 21), BOARD).meeting_on = date(2027, 5, 1)
