"""When a contract can be left: worked by hand on a calendar."""

import datetime as dt

import pytest

from procurement.exits import Exit, Term, extended, next_exit, our_day, plus_months


def day(text):
    """Return a day written as people write it."""
    d, m, y = text.split(".")
    return dt.date(int(y), int(m), int(d))


@pytest.mark.parametrize(
    ("last", "months", "then"),
    [
        ("22.11.2021", 12, "22.11.2022"),
        ("31.12.2027", -3, "30.9.2027"),
        ("30.9.2027", 3, "31.12.2027"),
        ("28.2.2027", -3, "30.11.2026"),
        ("29.2.2028", 12, "28.2.2029"),
        ("31.12.2027", 0, "31.12.2027"),
        ("22.11.2021", -6, "22.5.2021"),
    ],
)
def test_whole_months_from_a_last_day(last, months, then):
    assert extended(day(last), months) == day(then)


def test_a_month_without_the_day_ends_with_its_last():
    assert plus_months(day("31.1.2027"), 1) == day("28.2.2027")
    assert plus_months(day("31.3.2027"), -1) == day("28.2.2027")


@pytest.mark.parametrize(
    ("notice", "days", "ours"),
    [
        ("30.9.2027", 60, "30.6.2027"),  # 1.8. is a Sunday; back into July; 30.6. is a Wednesday
        ("30.11.2027", 60, "1.10.2027"),
        ("6.3.2028", 60, "5.1.2028"),  # 6.1. is Epiphany
        ("15.8.2027", 30, "30.6.2027"),  # nothing has its day in July
        ("31.12.2027", 0, "31.12.2027"),
    ],
)
def test_our_day_is_a_working_day_and_never_in_july(notice, days, ours):
    assert our_day(day(notice), days) == day(ours)


ENDS = Term(day("31.12.2027"), runs_on=False, notice_months=3, our_days=60)
YEARLY = Term(day("31.12.2027"), runs_on=True, notice_months=3, renewal_months=12, our_days=60)
ONWARDS = Term(day("31.12.2027"), runs_on=True, notice_months=3, our_days=60)


def test_silence_ends_a_contract_with_its_last_day():
    assert next_exit(ENDS, day("1.2.2027")) == Exit(
        day("31.12.2027"), day("30.9.2027"), day("30.6.2027"), day("31.12.2027")
    )


def test_after_its_last_day_there_is_no_way_out_to_look_for():
    assert next_exit(ENDS, day("31.12.2027")) is not None
    assert next_exit(ENDS, day("1.1.2028")) is None


def test_a_yearly_contract_runs_on_until_the_next_end_when_the_last_day_for_notice_has_passed():
    assert next_exit(YEARLY, day("30.9.2027")).ends_on == day("31.12.2027")
    assert next_exit(YEARLY, day("30.9.2027")).silence_until == day("31.12.2028")
    assert next_exit(YEARLY, day("1.10.2027")) == Exit(
        day("31.12.2028"), day("30.9.2028"), day("1.8.2028"), day("31.12.2029")
    )
    assert next_exit(YEARLY, day("1.10.2031")).ends_on == day("31.12.2032")


def test_one_that_runs_on_without_an_end_has_no_day_after_the_first():
    assert next_exit(ONWARDS, day("30.9.2027")) == Exit(
        day("31.12.2027"), day("30.9.2027"), day("30.6.2027"), None
    )
    assert not next_exit(ONWARDS, day("1.10.2027")).is_dated
    assert next_exit(Term(None, runs_on=True, notice_months=6), day("1.1.2027")) == Exit(
        None, None, None, None
    )


def test_typed_days_hold_for_the_end_they_were_typed_for_alone():
    typed = Term(
        day("31.12.2027"),
        runs_on=True,
        notice_months=3,
        renewal_months=12,
        our_days=60,
        notice_by=day("15.10.2027"),
        ours_by=day("1.9.2027"),
    )
    assert next_exit(typed, day("15.10.2027")) == Exit(
        day("31.12.2027"), day("15.10.2027"), day("1.9.2027"), day("31.12.2028")
    )
    assert next_exit(typed, day("16.10.2027")).notice_by == day("30.9.2028")


def test_after_notice_only_the_end_is_left():
    given = Term(day("31.3.2028"), runs_on=True, notice_months=3, notice_given=True)
    assert next_exit(given, day("1.1.2028")) == Exit(day("31.3.2028"), None, None, day("31.3.2028"))
    assert next_exit(given, day("1.4.2028")) is None
