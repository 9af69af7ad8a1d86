"""When a contract can be left: its end, the last day for notice, our own day before it, what silence does.

Days are calendar days of Finland; both the first and the last day of a period are inside it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from consortium.deadlines import previous_working_day

DAY = timedelta(days=1)
JULY = 7


@dataclass(frozen=True)
class Term:
    """What a contract says of its end.

    ``ends_on``: its last day, None when open-ended; ``notice_months``: how long before the end notice is given (or an
    option is used), None when nothing need be said; ``runs_on``: what silence does; ``renewal_months``: for how long
    at a time, None until notice is given; ``notice_by``, ``ours_by``: days typed from the contract, for ``ends_on``;
    ``our_days``: how long before the last day for notice we decide.
    """

    ends_on: date | None
    runs_on: bool
    notice_months: int | None = None
    renewal_months: int | None = None
    our_days: int = 0
    notice_by: date | None = None
    ours_by: date | None = None
    notice_given: bool = False


@dataclass(frozen=True)
class Exit:
    """The next way out: the end, the last day for notice, our own day; and until when silence lets it run.

    ``ends_on`` None: it runs until notice is given, and ends ``notice_months`` after. ``silence_until`` None: silence
    lets it run on without an end; equal to ``ends_on``: silence ends it.
    """

    ends_on: date | None
    notice_by: date | None
    ours_on: date | None
    silence_until: date | None

    @property
    def is_dated(self):
        """Tell whether somebody must have decided by a day."""
        return self.notice_by is not None


def plus_months(day, months):
    """Return the same day so many months later (earlier below zero), or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def extended(last_day, months):
    """Return the last day of a period that goes on for so many months: 22.11.2021 and 12 give 22.11.2022."""
    return plus_months(last_day + DAY, months) - DAY


def our_day(notice_by, our_days):
    """Return the day by which we decide: so many days before notice, on a working day and never in July."""
    day = previous_working_day(notice_by - timedelta(days=our_days))
    if day.month == JULY:
        day = previous_working_day(day.replace(month=6, day=30))
    return day


def next_exit(term, today):
    """Return the next way out as Exit, or None when the contract has ended.

    Where silence lets it run on and the last day for notice has passed, it is the end after that.
    """
    end = term.ends_on
    if end is not None and (term.notice_given or not term.runs_on):
        return None if end < today else _at(term, end, end)
    if end is None:
        return Exit(None, None, None, None)
    first = _at(term, end, extended(end, term.renewal_months) if term.renewal_months else None)
    if first.notice_by >= today:
        return first
    if not term.renewal_months:
        return Exit(None, None, None, None)
    return _rolled(term, today)


def _rolled(term, today):
    """Return the first later end whose last day for notice is still ahead; typed days held for the first one alone."""
    periods = 1
    while True:
        end = extended(term.ends_on, periods * term.renewal_months)
        found = _at(term, end, extended(end, term.renewal_months), typed=False)
        if found.notice_by >= today:
            return found
        periods += 1


def _at(term, end, silence_until, *, typed=True):
    if term.notice_given:
        return Exit(end, None, None, end)
    notice_by = (typed and term.notice_by) or extended(end, -(term.notice_months or 0))
    ours_on = (typed and term.ours_by) or our_day(notice_by, term.our_days)
    return Exit(end, notice_by, ours_on, silence_until)
