"""Timetables over real working days: the section of the Procurement Act in each name."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium.deadlines import is_working_day
from procurement.estimate import Term, Volume, estimate
from procurement.law import Basis, Frame, Procedure, Purchase, Setting, advise
from procurement.thresholds import Kind
from procurement.timetable import Limit, Practice, Sending, Stage, timetable

# How long one example takes depends on who else uses the machine.
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
MONDAY = date(2026, 3, 2)
FRAME = Frame(Decimal(600_000), date(2026, 1, 2))


def of(value, starts_on=MONDAY, *, purchase=None, on=None, aland=False, **choices):
    """Return the timetable of a purchase of so much."""
    estimated = estimate([Volume("Turku", Decimal(value), in_aland=aland)], Term(12))
    advice = advise(purchase or Purchase(), estimated, on=on or starts_on)
    return timetable(advice, starts_on=starts_on, **choices)


def sent(day, value="300000", **others):
    """Return the timetable of a purchase whose decision was sent on the day."""
    return of(value, typed={Stage.DECISION: day, Stage.SENT: day}, **others)


def notes(line):
    """Return the codes of a line's notes."""
    return [point.code for point in line.notes]


def test_section_56_open_procedure_30_days_when_tenders_come_electronically():
    line = of("300000").line(Stage.TENDERS)
    assert (line.on, line.days, line.since) == (date(2026, 4, 1), 30, Stage.NOTICE)
    assert (line.source.section, line.basis, line.limit) == ("56 §", Basis.LAW, Limit.EARLIER)


def test_section_56_open_procedure_35_days_otherwise_and_easter_monday_moves_the_last():
    assert of("300000", electronic=False).on(Stage.TENDERS) == date(2026, 4, 7)


def test_section_56_restricted_procedure_30_days_for_requests_and_30_for_tenders():
    table = of("300000", purchase=Purchase(procedure=Procedure.RESTRICTED))
    assert [(line.stage, line.on, line.days, line.basis) for line in table.lines[:4]] == [
        (Stage.NOTICE, MONDAY, None, Basis.OWN),
        (Stage.REQUESTS, date(2026, 4, 1), 30, Basis.LAW),
        (Stage.INVITATION, date(2026, 4, 15), 14, Basis.OWN),
        (Stage.TENDERS, date(2026, 5, 15), 30, Basis.LAW),
    ]


def test_section_56_negotiated_procedure_has_its_requests_by_law_and_its_tenders_by_our_own_days():
    table = of("300000", purchase=Purchase(procedure=Procedure.NEGOTIATED))
    assert table.line(Stage.REQUESTS).source.section == "56 §"
    assert table.line(Stage.TENDERS).basis is Basis.OWN


def test_section_56_dynamic_purchasing_system_30_days_for_requests_and_no_contract():
    table = of("300000", purchase=Purchase(setting=Setting.DPS))
    assert table.on(Stage.REQUESTS) == date(2026, 4, 1)
    assert {Stage.TENDERS, Stage.STANDSTILL, Stage.CONTRACT, Stage.AWARD_NOTICE}.isdisjoint(
        line.stage for line in table.lines
    )
    assert "no_contract_yet" in [point.code for point in table.reasons]


def test_section_56_ten_days_inside_a_dynamic_purchasing_system_run_over_christmas_to_the_monday():
    inside = Purchase(setting=Setting.INSIDE_DPS, frame=FRAME)
    line = of("20000", date(2026, 12, 15), purchase=inside).line(Stage.TENDERS)
    assert (line.on, line.days, line.since) == (date(2026, 12, 28), 10, Stage.INVITATION)
    assert of("20000", date(2026, 12, 21), purchase=inside).on(Stage.TENDERS) == date(2026, 12, 31)


def test_section_56_no_minimum_at_the_national_level_but_our_own_days():
    table = of("100000", practice=Practice(tender_days=20))
    line = table.line(Stage.TENDERS)
    assert (line.on, line.basis, line.limit, line.source.statute) == (
        date(2026, 3, 23),  # the 20th day is a Sunday
        Basis.OWN,
        Limit.NONE,
        "",
    )
    assert "no_minimum_days" in [point.code for point in table.reasons]


def test_section_56_no_minimum_for_annex_e_at_any_level():
    for value in ("400000", "900000"):
        assert of(value, purchase=Purchase(kind=Kind.ANNEX_E)).line(Stage.TENDERS).basis is Basis.OWN


def test_section_127_an_emailed_decision_is_known_on_the_day_it_is_sent():
    line = sent(date(2026, 12, 10)).line(Stage.KNOWN)
    assert (line.on, line.days, line.source.section) == (date(2026, 12, 10), 0, "127 §")


def test_section_127_one_emailed_on_a_saturday_counts_on_the_saturday():
    table = sent(date(2026, 10, 10))
    assert table.on(Stage.KNOWN) == date(2026, 10, 10)
    assert table.on(Stage.STANDSTILL) == date(2026, 10, 26)  # the 14th day is a Saturday


def test_section_127_a_letter_is_known_on_the_seventh_day_even_on_christmas_day():
    table = sent(date(2026, 12, 18), sending=Sending.LETTER)
    assert table.on(Stage.KNOWN) == date(2026, 12, 25)
    assert table.on(Stage.MARKET_COURT) == date(2027, 1, 8)


def test_section_129_standstill_over_christmas():
    table = sent(date(2026, 12, 10))
    line = table.line(Stage.STANDSTILL)
    assert (line.on, line.days, line.source.section) == (date(2026, 12, 28), 14, "129 §")  # 24.12. is closed
    assert table.on(Stage.CONTRACT) == date(2026, 12, 29)


def test_section_129_standstill_over_midsummer():
    table = sent(date(2027, 6, 11))
    assert table.on(Stage.STANDSTILL) == date(2027, 6, 28)  # 25.6. is Midsummer Eve
    assert table.on(Stage.CONTRACT) == date(2027, 6, 29)


def test_section_129_standstill_that_ends_on_new_years_eve_frees_a_holiday_but_we_sign_on_monday():
    line = sent(date(2026, 12, 17)).line(Stage.CONTRACT)
    assert (line.on, line.limit, line.limit_on) == (date(2027, 1, 4), Limit.EARLIER, date(2027, 1, 1))


def test_section_129_standstill_at_the_national_level_only_for_annex_e():
    assert of("400000", purchase=Purchase(kind=Kind.ANNEX_E)).line(Stage.STANDSTILL).days == 14
    table = of("100000")
    assert table.line(Stage.STANDSTILL) is None
    assert "no_standstill" in [point.code for point in table.reasons]
    contract = table.line(Stage.CONTRACT)
    assert (contract.since, contract.days, contract.basis) == (Stage.KNOWN, 1, Basis.OWN)


def test_section_129_a_longer_standstill_typed_over_moves_contract_and_award_notice():
    day = date(2026, 3, 9)
    before = sent(day)
    typed = {Stage.DECISION: day, Stage.SENT: day, Stage.STANDSTILL: date(2026, 4, 2)}
    after = of("300000", typed=typed)
    assert (before.on(Stage.STANDSTILL), before.on(Stage.CONTRACT)) == (date(2026, 3, 23), date(2026, 3, 24))
    line = after.line(Stage.STANDSTILL)
    assert (line.on, line.reckoned_on, line.typed, notes(line)) == (
        date(2026, 4, 2),
        date(2026, 3, 23),
        True,
        [],
    )
    assert after.on(Stage.CONTRACT) == date(2026, 4, 7)  # over Easter
    assert after.on(Stage.AWARD_NOTICE) == date(2026, 5, 7)
    assert after.on(Stage.MARKET_COURT) == before.on(Stage.MARKET_COURT)


def test_section_129_a_shorter_standstill_is_kept_as_typed_and_noted_on_it_and_on_the_contract():
    day = date(2026, 3, 9)
    table = of("300000", typed={Stage.SENT: day, Stage.DECISION: day, Stage.STANDSTILL: date(2026, 3, 19)})
    line, contract = table.line(Stage.STANDSTILL), table.line(Stage.CONTRACT)
    assert (line.on, notes(line)) == (date(2026, 3, 19), ["earlier_than_law"])
    assert line.notes[0].figures == {"on": date(2026, 3, 19), "limit_on": date(2026, 3, 23)}
    assert (contract.on, contract.limit_on) == (date(2026, 3, 20), date(2026, 3, 24))
    assert notes(contract) == ["earlier_than_law"]


def test_section_129_a_contract_typed_inside_the_standstill_is_noted():
    day = date(2026, 3, 9)
    table = of("300000", typed={Stage.SENT: day, Stage.DECISION: day, Stage.CONTRACT: date(2026, 3, 23)})
    assert notes(table.line(Stage.CONTRACT)) == ["earlier_than_law"]
    assert table.on(Stage.AWARD_NOTICE) == date(2026, 4, 22)


def test_section_130_inside_a_framework_no_standstill_and_ten_days_if_chosen():
    inside = Purchase(setting=Setting.INSIDE_FRAMEWORK, frame=FRAME)
    free = sent(date(2026, 3, 9), "20000", purchase=inside)
    assert (free.line(Stage.STANDSTILL), free.on(Stage.CONTRACT)) == (None, date(2026, 3, 10))
    assert "standstill_not_needed" in [point.code for point in free.reasons]
    chosen = sent(date(2026, 3, 9), "20000", purchase=inside, standstill_chosen=True)
    line = chosen.line(Stage.STANDSTILL)
    assert (line.on, line.days, line.source.section) == (date(2026, 3, 19), 10, "130 §")
    assert (line.limit, chosen.on(Stage.CONTRACT)) == (Limit.NONE, date(2026, 3, 20))
    assert (chosen.line(Stage.NOTICE), chosen.line(Stage.AWARD_NOTICE)) == (None, None)


def test_section_130_a_standstill_typed_inside_a_framework_is_one_chosen():
    inside = Purchase(setting=Setting.INSIDE_FRAMEWORK, frame=FRAME)
    table = of("20000", purchase=inside, typed={Stage.STANDSTILL: date(2026, 6, 1)})
    assert table.line(Stage.STANDSTILL).days == 10
    assert table.on(Stage.CONTRACT) == date(2026, 6, 2)


def test_section_129_a_standstill_typed_where_the_act_has_none_is_our_own():
    table = of("100000", typed={Stage.STANDSTILL: date(2026, 6, 1)})
    assert table.line(Stage.STANDSTILL).basis is Basis.OWN
    assert table.line(Stage.CONTRACT).basis is Basis.OWN
    assert table.on(Stage.CONTRACT) == date(2026, 6, 2)


def test_section_131_a_direct_purchase_waits_by_our_own_caution():
    table = of("300000", purchase=Purchase(procedure=Procedure.DIRECT))
    assert (table.line(Stage.STANDSTILL).basis, table.line(Stage.STANDSTILL).days) == (Basis.OWN, 14)
    assert "standstill_ask_lawyer" in [point.code for point in table.reasons]
    assert table.line(Stage.NOTICE) is None


def test_section_133_rectification_14_days_for_a_party_and_90_for_the_entity():
    table = of("300000", typed={Stage.DECISION: date(2026, 12, 9), Stage.SENT: date(2026, 12, 10)})
    party, entity = table.line(Stage.RECTIFICATION), table.line(Stage.OWN_RECTIFICATION)
    assert (party.on, party.since) == (date(2026, 12, 28), Stage.KNOWN)
    assert (entity.on, entity.since, entity.limit) == (date(2027, 3, 9), Stage.DECISION, Limit.LATER)


def test_section_135_below_national_only_rectification_and_no_market_court():
    table = sent(date(2026, 3, 9), "20000")
    line = table.line(Stage.RECTIFICATION)
    assert (line.on, line.source.section) == (date(2026, 3, 23), "135 §")
    stages = [line.stage for line in table.lines]
    assert stages == [
        Stage.INVITATION,
        Stage.TENDERS,
        Stage.DECISION,
        Stage.SENT,
        Stage.KNOWN,
        Stage.RECTIFICATION,
        Stage.OWN_RECTIFICATION,
        Stage.CONTRACT,
    ]
    assert "act_does_not_apply" in [point.code for point in table.reasons]
    assert not table.line(Stage.KNOWN).source.checked


def test_section_147_market_court_14_days_from_knowing_the_section_still_to_be_read():
    line = sent(date(2026, 12, 10)).line(Stage.MARKET_COURT)
    assert (line.on, line.days, line.source.section) == (date(2026, 12, 28), 14, "147 §")
    assert not line.source.checked


def test_article_50_the_award_notice_within_30_days_of_the_contract_at_the_eu_level_only():
    line = sent(date(2026, 12, 10)).line(Stage.AWARD_NOTICE)
    assert (line.on, line.days, line.since, line.limit) == (
        date(2027, 1, 28),
        30,
        Stage.CONTRACT,
        Limit.LATER,
    )
    assert of("100000").line(Stage.AWARD_NOTICE) is None
    late = of("300000", typed={Stage.AWARD_NOTICE: date(2027, 6, 1)}).line(Stage.AWARD_NOTICE)
    assert notes(late) == ["later_than_law"]


def test_no_section_gives_a_date_in_aland():
    table = of("300000", aland=True)
    assert table.lines == ()
    assert [point.code for point in table.reasons] == ["aland_own_legislation"]


def test_section_26_a_notice_moved_over_new_year_says_that_the_thresholds_are_others():
    old, new = date(2025, 12, 30), date(2026, 1, 2)
    assert notes(of("218000", old).line(Stage.NOTICE)) == []
    assert notes(of("218000", new, on=old).line(Stage.NOTICE)) == ["other_thresholds"]
    assert notes(of("218000", old, typed={Stage.NOTICE: new}).line(Stage.NOTICE)) == ["other_thresholds"]


def test_section_56_a_time_for_tenders_that_ends_in_july_or_on_a_closed_day_is_noted():
    assert notes(of("300000", date(2026, 6, 1)).line(Stage.TENDERS)) == ["in_july"]
    independence_day = of("300000", typed={Stage.TENDERS: date(2027, 12, 6)}).line(Stage.TENDERS)
    assert notes(independence_day) == ["closed_day"]
    assert notes(of("300000", typed={Stage.TENDERS: date(2026, 3, 31)}).line(Stage.TENDERS)) == [
        "earlier_than_law"
    ]


def test_section_127_a_decision_typed_over_moves_all_that_comes_after_it():
    first, second = of("300000"), of("300000", typed={Stage.DECISION: date(2026, 9, 1)})
    assert second.line(Stage.DECISION).typed
    for stage in list(Stage)[list(Stage).index(Stage.SENT) :]:
        assert second.on(stage) > first.on(stage)
    assert second.on(Stage.TENDERS) == first.on(Stage.TENDERS)
    assert second.on(Stage.SENT) == date(2026, 9, 2)


def test_section_127_a_decision_sent_before_it_is_made_is_noted():
    table = of("300000", typed={Stage.DECISION: date(2026, 9, 2), Stage.SENT: date(2026, 9, 1)})
    assert notes(table.line(Stage.SENT)) == ["before_its_start"]


def test_no_date_can_be_typed_for_a_stage_that_is_not_there():
    with pytest.raises(ValueError, match="award_notice"):
        of("100000", typed={Stage.AWARD_NOTICE: MONDAY})
    with pytest.raises(ValueError, match="party"):
        of("100000", typed={"party": MONDAY})


choices = st.fixed_dictionaries(
    {
        "value": st.sampled_from(["20000", "100000", "400000", "900000"]),
        "kind": st.sampled_from(Kind),
        "setting": st.sampled_from(Setting),
        "procedure": st.sampled_from(Procedure),
        "starts_on": st.dates(date(2024, 1, 1), date(2035, 12, 31)),
        "sending": st.sampled_from(Sending),
        "standstill_chosen": st.booleans(),
        "electronic": st.booleans(),
    }
)


def drawn(value, kind, setting, procedure, **others):
    """Return the timetable of a drawn purchase."""
    frame = replace(FRAME, maximum=Decimal(value)) if setting.is_inside else None
    purchase = Purchase(kind=kind, setting=setting, procedure=procedure, frame=frame)
    return of(value, purchase=purchase, **others)


@unhurried
@given(choices)
def test_section_129_in_every_timetable_the_periods_are_whole_and_end_on_working_days(choice):
    table = drawn(**choice)
    for line in table.lines:
        assert not line.typed
        assert set(notes(line)) <= {"in_july"}
        if line.since is not None:
            assert line.on >= table.on(line.since) + timedelta(days=line.days)
        if line.stage not in {Stage.NOTICE, Stage.INVITATION, Stage.KNOWN}:
            assert is_working_day(line.on)
    if table.line(Stage.STANDSTILL):
        assert table.on(Stage.CONTRACT) > table.on(Stage.STANDSTILL)


@unhurried
@given(choices, st.data())
def test_section_129_a_date_typed_over_moves_only_what_is_counted_from_it_and_by_as_much_or_more(
    choice, data
):
    table = drawn(**choice)
    stage = data.draw(st.sampled_from([line.stage for line in table.lines]))
    later = table.on(stage) + timedelta(days=data.draw(st.integers(1, 400)))
    moved = drawn(**choice, typed={stage: later})
    assert [line.stage for line in moved.lines] == [line.stage for line in table.lines]
    following = {stage}
    for line in table.lines:
        if line.since in following:
            following.add(line.stage)
        if line.stage in following:
            assert moved.on(line.stage) >= line.on
        else:
            assert moved.on(line.stage) == line.on
    assert moved.on(stage) == later
