"""The portal's clock in a practice copy: a day that is set, and a time of day where one is set, too."""

import datetime as dt

import pytest

from consortium import clock


def test_a_day_keeps_the_real_time_of_day(settings):
    settings.MOVED_TODAY = "2027-05-21"
    assert clock.moved() == clock.today() == dt.date(2027, 5, 21)
    real = dt.datetime.now(clock.HELSINKI).replace(tzinfo=None)
    shown = clock.now().replace(tzinfo=None)
    apart = abs((shown - real.replace(year=2027, month=5, day=21)).total_seconds())
    assert min(apart, 86_400 - apart) < 60


@pytest.mark.parametrize("later", [0, 55])
def test_a_time_of_day_runs_on_from_the_start(settings, monkeypatch, later):
    settings.MOVED_TODAY = "2027-05-21T16:20"
    monkeypatch.setattr(clock, "STARTED", clock.STARTED.now(dt.UTC) - dt.timedelta(minutes=later))
    begun = dt.datetime(2027, 5, 21, 16, 20, tzinfo=clock.HELSINKI)
    assert clock.moved() == dt.date(2027, 5, 21)
    assert dt.timedelta(0) <= clock.now() - begun - dt.timedelta(minutes=later) < dt.timedelta(minutes=1)
