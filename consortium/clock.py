"""Today and now, as the portal believes them: Helsinki's calendar, movable in a practice copy."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

HELSINKI = ZoneInfo("Europe/Helsinki")


def moved():
    """Return the day that PORTAL_TODAY sets, or None when the clock is the real one."""
    return dt.date.fromisoformat(settings.MOVED_TODAY) if settings.MOVED_TODAY else None


def now():
    """Return this moment with its zone; in a moved copy Helsinki's time of day on the moved day."""
    real = timezone.now()
    day = moved()
    if day is None:
        return real
    return dt.datetime.combine(day, real.astimezone(HELSINKI).time(), tzinfo=HELSINKI)


def today():
    """Return today's date in Helsinki."""
    return now().astimezone(HELSINKI).date()


def date_of(moment):
    """Return a moment's date in Helsinki, or None for none."""
    return moment.astimezone(HELSINKI).date() if moment else None
