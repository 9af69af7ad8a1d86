"""Estimated values and thresholds, worked by hand: the section of the Procurement Act in each name."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.estimate import Answer, Option, Term, Volume, estimate
from procurement.thresholds import THRESHOLDS, Kind, Level, faults, in_force, level_of

GOODS, ANNEX_E = Kind.GOODS_SERVICES, Kind.ANNEX_E
sums = st.decimals(0, 10**7, places=2)
volumes = st.lists(st.builds(Volume, st.integers(), sums, st.sampled_from(Answer)), max_size=6)
options = st.lists(
    st.builds(Option, st.uuids(), st.integers(0, 24), sums), max_size=3, unique_by=lambda option: option.key
)
terms = st.builds(Term, st.integers(1, 120), options.map(tuple))


def of(yearly, months, *term_options, **others):
    """Return the estimate of one committed buyer."""
    return estimate([Volume("Turku", Decimal(yearly))], Term(months, term_options), **others)


def test_section_27_a_fixed_term_counts_whole():
    reckoned = of("24000", 36)
    assert reckoned.value == Decimal("72000.00")
    assert (reckoned.yearly, reckoned.term.counted_months) == (24_000, 36)


def test_section_27_an_extension_counts_though_it_may_never_be_used():
    reckoned = of("24000", 24, Option("first year more", 12), Option("second year more", 12))
    assert reckoned.value == Decimal("96000.00")
    assert reckoned.term.counted_months == 48


def test_section_27_an_optional_purchase_counts_as_a_sum():
    reckoned = of("24000", 24, Option("audiobooks", amount=Decimal("15000")), one_off=Decimal("2500.50"))
    assert reckoned.value == Decimal("65500.50")
    assert (reckoned.option_amounts, reckoned.one_off) == (15_000, Decimal("2500.50"))


def test_section_27_all_buyers_count_committed_and_interested_alike():
    asked = [Volume("Turku", Decimal(84_000)), Volume("Alavieska", Decimal(1_200), Answer.INTERESTED)]
    reckoned = estimate(asked, Term(36))
    assert reckoned.value == Decimal("255600.00")
    assert (reckoned.committed_value, reckoned.interested_value) == (252_000, 3_600)


def test_section_27_who_gave_no_volume_is_named_and_counts_nothing():
    reckoned = estimate([Volume("Turku", Decimal(100)), Volume("Vaasa", None)], Term(12))
    assert (reckoned.value, reckoned.missing, reckoned.buyers) == (100, ("Vaasa",), ("Turku", "Vaasa"))


def test_section_27_a_part_of_a_year_counts_by_months_and_up_to_the_cent():
    assert of("100", 7).value == Decimal("58.34")  # 58.333…
    assert of("99.99", 1).value == Decimal("8.34")  # 8.3325
    assert of("12", 1).value == Decimal("1.00")


def test_section_27_the_contract_of_the_shared_ebooks_takes_36_months_and_48_with_its_option():
    assert of("150000", 36, Option("one year more", 12)).value == 600_000


def test_section_29_an_open_ended_contract_is_48_times_its_month():
    reckoned = of("15000", None)
    assert reckoned.value == 60_000  # 1 250 € × 48
    assert reckoned.term.counted_months == 48


def test_section_29_an_extension_adds_nothing_to_an_open_ended_contract_but_an_optional_sum_does():
    assert of("15000", None, Option("more", 12, Decimal(5_000))).value == 65_000


def test_section_29_a_fixed_term_longer_than_48_months_counts_whole():
    assert of("15000", 60).value == 75_000


def test_section_27_what_is_no_sum_or_no_time_is_refused():
    with pytest.raises(TypeError, match="yearly volume"):
        estimate([Volume("Turku", 1200.0)], Term(12))
    for yearly in ("-0.01", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="yearly volume"):
            of(yearly, 12)
    for months in (0, -1, Decimal(12)):
        with pytest.raises(ValueError, match="whole number of months"):
            of("1", months)
    with pytest.raises(ValueError, match="twice"):
        of("1", 12, Option("a", 1), Option("a", 2))
    with pytest.raises(ValueError, match="rumour"):
        estimate([Volume("Turku", Decimal(1), "rumour")], Term(12))


@given(volumes, terms, sums)
def test_section_27_no_option_lowers_the_value_and_the_parts_make_it_up(asked, term, one_off):
    reckoned = estimate(asked, term, one_off=one_off)
    assert reckoned.committed_value + reckoned.interested_value == reckoned.value
    assert estimate(asked, replace(term, options=()), one_off=one_off).value <= reckoned.value
    assert (
        0
        <= reckoned.value * 12
        - (reckoned.yearly * term.counted_months + (reckoned.option_amounts + one_off) * 12)
        < Decimal("0.12")
    )


@given(sums, st.integers(1, 48))
def test_section_29_no_fixed_term_up_to_48_months_is_worth_more_than_an_open_ended_one(yearly, months):
    assert of(yearly, months).value <= of(yearly, None).value


# Thresholds


@pytest.mark.parametrize(
    ("value", "kind", "level"),
    [
        ("59999.99", GOODS, Level.BELOW),
        ("60000.00", GOODS, Level.NATIONAL),
        ("215999.99", GOODS, Level.NATIONAL),
        ("216000.00", GOODS, Level.EU),
        ("299999.99", ANNEX_E, Level.BELOW),
        ("300000.00", ANNEX_E, Level.NATIONAL),
        ("749999.99", ANNEX_E, Level.NATIONAL),
        ("750000.00", ANNEX_E, Level.EU),
    ],
)
def test_sections_25_and_26_a_value_just_at_a_threshold_has_reached_it(value, kind, level):
    assert level_of(Decimal(value), kind, date(2026, 5, 4)) is level


def test_section_26_the_threshold_changes_at_new_year_2026():
    levels = [level_of(Decimal(218_000), GOODS, day) for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert levels == [Level.NATIONAL, Level.EU]
    assert in_force(GOODS, Level.EU, date(2025, 12, 31)).row.amount == 221_000
    assert in_force(GOODS, Level.EU, date(2026, 1, 1)).row.amount == 216_000


def test_section_26_after_the_last_known_years_the_last_row_is_provisional():
    known = in_force(GOODS, Level.EU, date(2027, 12, 31))
    later = in_force(GOODS, Level.EU, date(2028, 1, 1))
    assert (known.provisional, later.provisional) == (False, True)
    assert known.row == later.row
    assert level_of(Decimal(216_000), GOODS, date(2028, 1, 1)) is Level.EU


def test_section_25_before_the_act_nothing_is_said():
    assert in_force(GOODS, Level.NATIONAL, date(2016, 12, 31)) is None
    assert level_of(Decimal(10), GOODS, date(2016, 12, 31)) is None
    # below the national threshold that of the EU is not needed; above it is
    assert level_of(Decimal(10), GOODS, date(2017, 6, 1)) is Level.BELOW
    assert level_of(Decimal(70_000), GOODS, date(2017, 6, 1)) is None


def test_sections_25_and_26_the_callers_own_rows_are_gone_by():
    changed = date(2027, 1, 1)
    old, *others = THRESHOLDS
    rows = (
        replace(old, ends_on=date(2026, 12, 31)),
        replace(old, amount=Decimal(100_000), begins_on=changed),
        *others,
    )
    assert faults(rows) == []
    assert level_of(Decimal(80_000), GOODS, date(2026, 12, 31), rows) is Level.NATIONAL
    assert level_of(Decimal(80_000), GOODS, changed, rows) is Level.BELOW
    assert level_of(Decimal(80_000), GOODS, changed) is Level.NATIONAL


def test_sections_25_and_26_a_table_with_two_rows_at_once_is_found_out():
    first = THRESHOLDS[0]
    twice = replace(first, begins_on=date(2026, 1, 1))
    wrong = replace(
        first, kind=ANNEX_E, amount=Decimal(0), begins_on=date(2010, 1, 2), ends_on=date(2010, 1, 1)
    )
    lowest = replace(THRESHOLDS[3], level=Level.BELOW)
    found = faults((*THRESHOLDS, twice, wrong, lowest))
    assert {(code, row) for code, row in found} == {
        ("overlap", twice),
        ("amount_not_positive", wrong),
        ("ends_before_it_begins", wrong),
        ("level_has_none", lowest),
    }
    with pytest.raises(ValueError, match="Two thresholds"):
        level_of(Decimal(1), GOODS, date(2026, 1, 1), (first, twice))
    ended = replace(first, ends_on=date(2026, 1, 1))
    assert faults([ended, twice]) == [("overlap", twice)]
    assert faults([replace(ended, ends_on=date(2025, 12, 31)), twice]) == []
    with pytest.raises(TypeError):
        faults([replace(first, amount=60_000.0)])


def test_sections_25_and_26_each_row_of_the_table_has_its_source_and_the_unread_are_marked():
    assert faults(THRESHOLDS) == []
    assert {row.source.section for row in THRESHOLDS} == {"25 §", "26 §"}
    unread = [(row.begins_on.year, row.amount) for row in THRESHOLDS if not row.source.checked]
    assert unread == [(2018, 221_000), (2020, 214_000)]


@given(sums, sums, st.sampled_from(Kind), st.dates(date(2018, 1, 1), date(2030, 1, 1)))
def test_sections_25_and_26_more_value_never_reaches_a_lower_level(one, other, kind, day):
    order = list(Level)
    lower, higher = (order.index(level_of(value, kind, day)) for value in sorted((one, other)))
    assert lower <= higher
