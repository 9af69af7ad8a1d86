"""What the Procurement Act asks for, case by case: the section in each name."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from procurement.estimate import Answer, Option, Term, Volume, estimate
from procurement.law import Basis, Frame, Part, Procedure, Purchase, Setting, advise, splitting
from procurement.thresholds import THRESHOLDS, Kind, Level

GOODS, ANNEX_E = Kind.GOODS_SERVICES, Kind.ANNEX_E
IN_2026 = date(2026, 5, 4)
FRAME = Frame(Decimal(600_000), date(2025, 9, 1), users=frozenset({"Turku", "Vaasa"}))


def worth(value, months=12, *options):
    """Return an estimate of so much, by one committed buyer."""
    return estimate([Volume("Turku", Decimal(value) * 12 / (months or 48))], Term(months, options))


def advice(value, *, on=IN_2026, months=12, **purchase):
    """Return the advice for a purchase of so much."""
    return advise(Purchase(**purchase), worth(value, months), on=on)


def test_section_135_below_the_national_threshold_only_rectification_applies():
    found = advice("59999.99")
    assert (found.level, found.value) == (Level.BELOW, Decimal("59999.99"))
    assert found.codes == (
        "estimated_value",
        "near_threshold",
        "act_does_not_apply",
        "rectification",
        "own_instructions",
    )
    rectification = found.point("rectification")
    assert (rectification.source.section, rectification.figures) == ("135 §", {"days": 14, "entity_days": 90})
    assert found.point("act_does_not_apply").source.section == "25 §"
    assert found.point("own_instructions").basis is Basis.OWN


def test_section_25_at_the_national_threshold_a_notice_but_no_minimum_days_and_no_standstill():
    found = advice("60000")
    assert found.level is Level.NATIONAL
    assert found.codes == (
        "estimated_value",
        "national_notice",
        "no_minimum_days",
        "no_standstill",
        "rectification",
        "market_court",
        "no_eu_award_notice",
    )
    assert (found.national.amount, found.eu.amount) == (60_000, 216_000)
    assert found.point("no_standstill").source.section == "129 §"


def test_section_26_at_the_eu_threshold_everything():
    found = advice("216000")
    assert found.level is Level.EU
    assert found.codes == (
        "estimated_value",
        "eu_notice",
        "minimum_days",
        "standstill",
        "rectification",
        "market_court",
        "eu_award_notice",
    )
    assert found.point("eu_award_notice").figures == {"days": 30}


def test_section_56_the_minimum_days_are_those_of_the_eu_level_alone():
    assert advice("216000").point("minimum_days").figures == {
        "open": 35,
        "electronic_less": 5,
        "request": 30,
        "restricted": 30,
        "dps_tender": 10,
    }
    assert advice("216000").point("minimum_days").source.section == "56 §"
    assert advice("215999.99").point("minimum_days") is None


def test_section_25_annex_e_services_below_300_000_are_below_national():
    found = advice("299999.99", kind=ANNEX_E)
    assert (found.level, found.national.amount) == (Level.BELOW, 300_000)
    assert "act_does_not_apply" in found.codes
    assert advice("299999.99").level is Level.EU  # the same sum for other services


def test_section_129_annex_e_services_have_a_standstill_at_the_national_level_too():
    found = advice("300000", kind=ANNEX_E)
    assert found.level is Level.NATIONAL
    standstill = found.point("standstill")
    assert (standstill.figures, standstill.source.section) == ({"days": 14}, "129 §")
    assert {"national_notice", "no_minimum_days", "no_eu_award_notice"} <= set(found.codes)


def test_section_26_special_services_of_750_000_need_a_notice_in_the_eu_but_no_minimum_days():
    found = advice("750000", kind=ANNEX_E)
    assert found.level is Level.EU
    assert {"eu_notice", "no_minimum_days", "standstill", "eu_award_notice"} <= set(found.codes)
    assert found.point("eu_notice").source.section == "art. 75"


def test_section_26_the_day_of_the_notice_decides_at_new_year_2026():
    before, after = (advice("218000", on=day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
    assert (before.level, before.eu.amount) == (Level.NATIONAL, 221_000)
    assert (after.level, after.eu.amount) == (Level.EU, 216_000)
    assert (before.point("standstill"), before.point("no_standstill") is None) == (None, False)


def test_section_26_a_notice_in_2028_goes_by_the_last_known_threshold_and_says_so():
    point = advice("218000", on=date(2028, 2, 1)).point("threshold_provisional")
    assert point.figures == {
        "level": Level.EU,
        "on": date(2028, 2, 1),
        "amount": 216_000,
        "ended_on": date(2027, 12, 31),
    }


def test_section_26_a_threshold_nobody_has_read_is_marked():
    found = advice("600000", on=date(2018, 3, 1))
    assert (found.level, found.eu.amount) == (Level.EU, 221_000)
    assert found.point("threshold_unchecked").figures["amount"] == 221_000
    assert advice("600000").point("threshold_unchecked") is None


def test_section_25_where_no_threshold_reaches_back_nothing_is_said_of_the_level():
    found = advice("100000", on=date(2016, 6, 1))
    assert found.level is None
    assert found.codes == ("estimated_value", "threshold_unknown", "threshold_unknown")


def test_section_27_options_lift_a_purchase_to_the_eu_level():
    yearly = [Volume("Turku", Decimal(60_000))]
    with_options = estimate(yearly, Term(24, (Option("third year", 12), Option("fourth year", 12))))
    assert advise(Purchase(), estimate(yearly, Term(24)), on=IN_2026).level is Level.NATIONAL
    found = advise(Purchase(), with_options, on=IN_2026)
    assert (found.level, found.value) == (Level.EU, 240_000)
    assert found.point("estimated_value").figures["months"] == 48
    assert found.point("estimated_value").source.section == "27–30 §"


def test_section_29_an_open_ended_subscription_of_4500_a_month_is_at_the_eu_level():
    found = advise(Purchase(), estimate([Volume("Turku", Decimal(54_000))], Term(None)), on=IN_2026)
    assert (found.level, found.value) == (Level.EU, 216_000)
    assert found.point("estimated_value").figures["open_ended"]


def test_section_27_those_only_interested_may_be_what_lifts_the_level():
    asked = [Volume("Turku", Decimal(70_000)), Volume("Vaasa", Decimal(30_000), Answer.INTERESTED)]
    found = advise(Purchase(), estimate(asked, Term(36)), on=IN_2026)
    assert found.level is Level.EU
    assert found.point("interested_raise_level").figures == {
        "committed_value": 210_000,
        "level": Level.NATIONAL,
        "with_interested": Level.EU,
    }


def test_section_27_a_missing_volume_is_named_because_the_value_may_be_higher():
    asked = [Volume("Turku", Decimal(50_000)), Volume("Vaasa", None)]
    found = advise(Purchase(), estimate(asked, Term(12)), on=IN_2026)
    assert found.point("volume_missing").figures == {"buyers": ("Vaasa",)}


def test_section_26_close_below_a_threshold_is_said_as_our_own_caution():
    point = advice("200000").point("near_threshold")
    assert point.figures == {"level": Level.EU, "threshold": 216_000, "short_by": 16_000}
    assert point.basis is Basis.OWN
    assert advice("194399.99").point("near_threshold") is None
    assert advice("194400").point("near_threshold") is not None
    assert advice("216000").point("near_threshold") is None


def test_section_31_two_halves_of_one_purchase_are_warned_of():
    found = advice("40000", others=(Part("autumn", Decimal(30_000)),))
    assert found.level is Level.BELOW
    point = found.point("splitting")
    assert point.source.section == "31 §"
    assert (point.figures["together"], point.figures["threshold"]) == (70_000, 60_000)
    assert (point.figures["level"], point.figures["together_level"]) == (Level.BELOW, Level.NATIONAL)


def test_section_31_a_small_part_taken_out_of_a_large_purchase_is_warned_of():
    point = splitting(Decimal(500_000), [Part("training", Decimal(20_000))], GOODS, on=IN_2026)
    assert point.figures["lower"] == ("training",)
    assert point.figures["level"] == point.figures["together_level"] == Level.EU


def test_section_31_no_warning_where_together_they_change_nothing():
    assert splitting(Decimal(20_000), [Part("other", Decimal(39_999))], GOODS, on=IN_2026) is None
    assert splitting(Decimal(20_000), [Part("other", Decimal(40_000))], GOODS, on=IN_2026) is not None
    assert splitting(Decimal(300_000), [Part("other", Decimal(300_000))], GOODS, on=IN_2026) is None
    assert splitting(Decimal(300_000), [], GOODS, on=IN_2026) is None
    with pytest.raises(TypeError):
        splitting(Decimal(1), [Part("other", 1.5)], GOODS, on=IN_2026)


def test_section_42_a_framework_of_four_years_is_in_order_and_must_name_users_and_maximum():
    found = advise(Purchase(setting="framework"), worth("480000", 36, Option("year", 12)), on=IN_2026)
    assert found.point("framework_length").figures == {"months": 48, "most": 48}
    assert found.point("framework_too_long") is None
    assert found.point("name_users_and_maximum").figures == {"maximum": found.estimate.value}


@pytest.mark.parametrize(("months", "said"), [(49, 49), (None, None)])
def test_section_42_a_longer_or_open_ended_framework_is_said_to_be_too_long(months, said):
    found = advice("480000", months=months, setting=Setting.FRAMEWORK)
    assert found.point("framework_too_long").figures == {"months": said, "most": 48}
    assert advice("480000", months=months).point("framework_too_long") is None  # a contract may be


def test_section_42_the_options_of_a_framework_count_in_its_four_years():
    found = advise(Purchase(setting="framework"), worth("480000", 48, Option("year", 12)), on=IN_2026)
    assert found.point("framework_too_long").figures["months"] == 60


def test_section_42_the_stated_maximum_is_the_value_and_may_not_be_below_the_answers():
    above = advice("100000", setting=Setting.FRAMEWORK, maximum=Decimal(250_000))
    assert (above.value, above.level, above.point("maximum_below_value")) == (250_000, Level.EU, None)
    below = advice("240000", setting=Setting.FRAMEWORK, maximum=Decimal(200_000))
    assert (below.value, below.level) == (240_000, Level.EU)
    assert below.point("maximum_below_value").figures == {"maximum": 200_000, "value": 240_000}


def test_section_130_inside_a_framework_no_new_notice_and_the_standstill_need_not_be_kept():
    found = advice("20000", setting=Setting.INSIDE_FRAMEWORK, frame=FRAME)
    assert (found.level, found.value) == (Level.EU, 600_000)
    assert found.codes == (
        "estimated_value",
        "no_new_notice",
        "no_minimum_days",
        "standstill_not_needed",
        "rectification",
        "market_court",
        "no_eu_award_notice",
    )
    point = found.point("standstill_not_needed")
    assert (point.source.section, point.figures) == ("130 §", {"days_if_chosen": 10})


def test_section_130_inside_a_dynamic_purchasing_system_the_same_with_ten_days_for_tenders():
    found = advice("20000", setting=Setting.INSIDE_DPS, frame=FRAME)
    assert {"no_new_notice", "minimum_days", "standstill_not_needed", "eu_award_notice"} <= set(found.codes)


def test_section_129_inside_a_framework_below_the_eu_level_there_is_no_standstill_to_be_freed_from():
    small = replace(FRAME, maximum=Decimal(100_000))
    found = advice("20000", setting=Setting.INSIDE_FRAMEWORK, frame=small)
    assert (found.level, found.point("standstill_not_needed")) == (Level.NATIONAL, None)
    assert found.point("no_standstill") is not None


def test_section_26_a_framework_keeps_the_level_of_the_day_of_its_own_notice():
    frame = replace(FRAME, maximum=Decimal(218_000))
    assert advice("20000", setting=Setting.INSIDE_FRAMEWORK, frame=frame).level is Level.NATIONAL
    later = replace(frame, noticed_on=date(2026, 1, 2))
    assert advice("20000", setting=Setting.INSIDE_FRAMEWORK, frame=later).level is Level.EU


def test_section_42_who_is_not_named_the_maximum_and_the_end_stand_against_buying():
    asked = [Volume("Turku", Decimal(60_000)), Volume("Kaustinen", Decimal(5_000))]
    frame = replace(FRAME, spent=Decimal(550_000), ends_on=date(2026, 5, 3))
    purchase = Purchase(setting=Setting.INSIDE_FRAMEWORK, frame=frame)
    found = advise(purchase, estimate(asked, Term(12)), on=IN_2026)
    assert found.point("frame_maximum_exceeded").figures == {"left": 50_000, "value": 65_000}
    assert found.point("frame_ended").figures == {"ended_on": date(2026, 5, 3), "on": IN_2026}
    assert found.point("not_named_in_frame").figures == {"buyers": ("Kaustinen",)}
    last_day = advise(purchase, worth("50000"), on=date(2026, 5, 3))
    assert not {"frame_maximum_exceeded", "frame_ended", "not_named_in_frame"} & set(last_day.codes)


def test_section_42_a_purchase_inside_a_framework_needs_the_framework_and_no_other_has_one():
    for purchase in (Purchase(setting=Setting.INSIDE_DPS), Purchase(frame=FRAME)):
        with pytest.raises(ValueError, match="frame"):
            advise(purchase, worth("1"), on=IN_2026)


def test_section_49_setting_up_a_dynamic_purchasing_system_makes_no_contract():
    found = advice("800000", setting=Setting.DPS)
    assert {"eu_notice", "minimum_days", "no_contract_yet", "no_eu_award_notice"} <= set(found.codes)
    assert found.point("standstill") is None
    assert found.point("framework_length") is None


def test_section_40_a_direct_purchase_needs_a_ground_and_a_lawyers_view_of_its_standstill():
    found = advice("216000", procedure=Procedure.DIRECT)
    assert {"direct_needs_ground", "no_minimum_days", "standstill_ask_lawyer"} <= set(found.codes)
    assert not {"eu_notice", "standstill"} & set(found.codes)
    assert not found.point("standstill_ask_lawyer").source.checked
    assert "direct_needs_ground" not in advice("1000", procedure=Procedure.DIRECT).codes


def test_no_section_applies_in_aland_which_has_its_own_legislation():
    buyers = [Volume("Mariehamn", Decimal(90_000), in_aland=True), Volume("Sottunga", None, in_aland=True)]
    found = advise(Purchase(others=(Part("other", Decimal(1)),)), estimate(buyers, Term(48)), on=IN_2026)
    assert found.codes == ("aland_own_legislation",)
    assert found.points[0].figures == {"buyers": ("Mariehamn", "Sottunga")}
    assert (found.level, found.value, found.national, found.eu) == (None, None, None, None)


def test_section_27_a_buyer_in_aland_among_others_counts_and_is_named():
    buyers = [Volume("Turku", Decimal(50_000)), Volume("Mariehamn", Decimal(10_000), in_aland=True)]
    found = advise(Purchase(), estimate(buyers, Term(12)), on=IN_2026)
    assert (found.value, found.level) == (60_000, Level.NATIONAL)
    assert found.point("aland_among_buyers").figures == {"buyers": ("Mariehamn",)}


def test_section_25_a_purchase_with_no_buyers_yet_is_worth_nothing():
    found = advise(Purchase(), estimate([], Term(12)), on=IN_2026)
    assert (found.value, found.level) == (0, Level.BELOW)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("value", ["100000", "400000", "900000"])
@pytest.mark.parametrize("setting", Setting)
@pytest.mark.parametrize("procedure", Procedure)
def test_sections_56_and_129_hold_exactly_where_the_act_has_them(kind, value, setting, procedure):
    frame = replace(FRAME, maximum=Decimal(value)) if setting.is_inside else None
    found = advice(value, kind=kind, setting=setting, procedure=procedure, frame=frame)
    eu, annex_e = found.level is Level.EU, kind is ANNEX_E
    direct = procedure is Procedure.DIRECT and setting in {Setting.CONTRACT, Setting.FRAMEWORK}
    awards = setting in {Setting.CONTRACT, Setting.FRAMEWORK} and not direct
    obliged = eu or (annex_e and found.level is Level.NATIONAL)
    assert (found.point("standstill") is not None) == (obliged and awards)
    timed = eu and not annex_e and not direct and setting is not Setting.INSIDE_FRAMEWORK
    assert (found.point("minimum_days") is not None) == timed
    assert all(point.source.statute or point.basis is Basis.OWN for point in found.points)
    assert found.point("rectification") is not None


def test_sections_25_and_26_the_rows_given_by_the_caller_decide():
    rows = tuple(replace(row, amount=Decimal(90_000)) if row.amount == 60_000 else row for row in THRESHOLDS)
    assert advise(Purchase(), worth("70000"), on=IN_2026, rows=rows).level is Level.BELOW
