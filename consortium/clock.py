"""Today and now, as the portal believes them: Helsinki's calendar, movable in a practice copy."""

import datetime as dt
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

HELSINKI = ZoneInfo("Europe/Helsinki")
STARTED = timezone.now()  # a time of day that PORTAL_TODAY sets runs on from here


def moved():
    """Return the day that PORTAL_TODAY sets, or None when the clock is the real one."""
    return dt.datetime.fromisoformat(settings.MOVED_TODAY).date() if settings.MOVED_TODAY else None


@contextmanager
def moved_to(day):
    """Move the clock to a day for the length of the block; never in production, where the day is the day."""
    if settings.PRODUCTION:
        raise ImproperlyConfigured("The clock is not moved in production.")
    before, settings.MOVED_TODAY = settings.MOVED_TODAY, day.isoformat()
    try:
        yield
    finally:
        settings.MOVED_TODAY = before


def now():
    """Return this moment with its zone; in a moved copy Helsinki's time of day on the moved day.

    Where PORTAL_TODAY has a time of day as well, it was that time when the process started.
    """
    real = timezone.now()
    day = moved()
    if day is None:
        return real
    if "T" in settings.MOVED_TODAY:
        return dt.datetime.fromisoformat(settings.MOVED_TODAY).replace(tzinfo=HELSINKI) + (real - STARTED)
    return dt.datetime.combine(day, real.astimezone(HELSINKI).time(), tzinfo=HELSINKI)


def today():
    """Return today's date in Helsinki."""
    return now().astimezone(HELSINKI).date()


def date_of(moment):
    """Return a moment's date in Helsinki, or None for none."""
    return moment.astimezone(HELSINKI).date() if moment else None


def first_day(year):
    """Return the first day of a year."""
    return dt.date(year, 1, 1)


def last_day(year):
    """Return the last day of a year."""
    return dt.date(year, 12, 31)
