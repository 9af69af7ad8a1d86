"""The days and hours of the practice copy's steering group: working days, none of them in July."""

import datetime as dt
from contextlib import contextmanager

from django.utils import timezone

from consortium import clock
from consortium.deadlines import previous_working_day

JULY = 7


def outside_july(day, span=0):
    """Return the day, or one in August where it or a day of the span after it is in July: nobody meets then."""
    months = {(day + dt.timedelta(days=n)).month for n in range(span + 1)}
    return dt.date(day.year, 8, 9) if JULY in months else day


def held_on(day):
    """Return the last working day up to a day of the past; the last one of June for a day in July."""
    return previous_working_day(dt.date(day.year, 6, 30) if day.month == JULY else day)


def working(day):
    """Return the day, or the Monday after it."""
    return day + dt.timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def hour(day, hours, minutes=0):
    """Return an hour of Helsinki's day."""
    return dt.datetime.combine(day, dt.time(hours, minutes), tzinfo=clock.HELSINKI)


@contextmanager
def at(day, hours, minutes=0):
    """Move the clock to a minute of a day, however long the process has been running: records tell that minute."""
    ran = timezone.now() - clock.STARTED
    with clock.moved_to(dt.datetime.combine(day, dt.time(hours, minutes)) - ran):
        yield
