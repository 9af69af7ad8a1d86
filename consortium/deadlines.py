"""Statutory dates of a municipal decision: when it can be final, and when each step is due for that."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

DAY = timedelta(days=1)
KNOWN_AFTER = timedelta(days=7)  # Kuntalaki 410/2015, 140 §


class Remedy(StrEnum):
    """The way to challenge a municipal decision (Kuntalaki 134-138 §)."""

    RECTIFICATION = "rectification"  # oikaisuvaatimus: board, committee, sub-committee, office-holder
    APPEAL = "appeal"  # kunnallisvalitus: council, or a decision on a rectification request

    @property
    def days(self):
        """Length of the period in days, counted from the day after the decision is known."""
        return 14 if self is Remedy.RECTIFICATION else 30


@lru_cache(maxsize=64)
def _closed_days(year):
    # The library's public days of Finland are those of 150/1930 5 §, both eves included; a test keeps it so.
    return frozenset(day.toordinal() for day in holidays.country_holidays("FI", years=year))


def is_working_day(day):
    """Whether a period can end on this day.

    Not on a Saturday, Sunday, church holiday, Independence Day, May Day, Christmas Eve or Midsummer Eve.
    Source: 150/1930 5 §.
    """
    return day.weekday() < 5 and day.toordinal() not in _closed_days(day.year)


def next_working_day(day):
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += DAY
    return day


def previous_working_day(day):
    """The day itself if it is a working day, else the last one before it."""
    while not is_working_day(day):
        day -= DAY
    return day


def last_day(known_on, days):
    """The last day of a period of so many days, the day of knowing not counted.

    A period that would end on a closed day runs to the next working day. Source: 150/1930 2 and 5 §.
    """
    return next_working_day(known_on + timedelta(days=days))


def deemed_known_on(published_on):
    """The day on which a member of the municipality is deemed to know a decision: 7 days after publication.

    A holiday does not move it. Source: Kuntalaki 410/2015, 140 §.
    """
    return published_on + KNOWN_AFTER


def appeal_last_day(published_on, remedy):
    """The last day to challenge a decision whose minutes were published online on this day.

    ``remedy``: a Remedy or its value; ValueError for another. Source: Kuntalaki 134-140 §, 150/1930.
    """
    return last_day(deemed_known_on(published_on), Remedy(remedy).days)


def earliest_final_on(published_on, remedy):
    """The first day on which the decision can be legally final, if nobody has challenged it.

    ``remedy``: a Remedy or its value; ValueError for another. Source: Kuntalaki 134-140 §, 150/1930.
    """
    return appeal_last_day(published_on, remedy) + DAY


def latest_publication_on(final_on, remedy):
    """The last day on which the minutes may be published for the decision to be final by ``final_on``.

    Any day of the week: publishing online is not bound to working days.
    """
    published_on = final_on - DAY - timedelta(days=Remedy(remedy).days) - KNOWN_AFTER
    while earliest_final_on(published_on, remedy) > final_on:
        published_on -= DAY
    return published_on


@dataclass(frozen=True)
class Timetable:
    """The latest days for the steps of one decision, from its text to its finality."""

    drafted_on: date
    papers_on: date
    meeting_on: date
    published_on: date
    last_day: date
    final_on: date


def _last_to_act(day):
    day = previous_working_day(day)
    if day.month == 7:  # nobody is asked to act in July, nor on a closed 1.8. that leads back into it
        day = previous_working_day(day.replace(month=6, day=30))
    return day


def counted_back(final_on, remedy):
    """The timetable that makes a decision legally final by ``final_on`` at the latest.

    At least a week from the meeting to the minutes online and from the papers to the meeting, and three
    from the text with the presenter to the papers. A step that would fall on a closed day or in July comes
    earlier, and all before it with it; the timetable's own ``final_on`` can then be earlier than asked.
    """
    published_on = _last_to_act(latest_publication_on(final_on, remedy))
    meeting_on = _last_to_act(published_on - timedelta(weeks=1))
    papers_on = _last_to_act(meeting_on - timedelta(weeks=1))
    drafted_on = _last_to_act(papers_on - timedelta(weeks=3))
    return Timetable(
        drafted_on=drafted_on,
        papers_on=papers_on,
        meeting_on=meeting_on,
        published_on=published_on,
        last_day=appeal_last_day(published_on, remedy),
        final_on=earliest_final_on(published_on, remedy),
    )
