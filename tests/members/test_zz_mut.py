import pytest
from members import ladder
from members.models.reminder import ReminderQuerySet
from tests.members import test_year_of_reminders as year
pytestmark = pytest.mark.django_db

def july(mp): mp.setattr(ladder, "may_go_on", lambda d: ladder.is_working_day(d)); mp.setattr(ladder,"JULY",13)
def aside(mp): mp.setattr(ladder, "_within", lambda ask, m, a=None: ask)
def week(mp): mp.setattr(ladder, "may_follow", lambda *a: True)
def exact(mp): mp.setattr(ladder.Ask, "is_due_on", lambda s, d: s.first == d)

@pytest.mark.parametrize("mutate",[july,aside,week,exact])
def test_mut(mutate, monkeypatch, today_is, run_worker):
    mutate(monkeypatch)
    with pytest.raises(AssertionError):
        year.test_a_year_with_missed_mornings_and_double_runs(today_is, run_worker, 1)
