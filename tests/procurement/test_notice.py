"""The notice's data sheet: terms, values to copy, and what a person must still fill."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from procurement import notice
from procurement.law import Procedure, Setting

D = Decimal
FACTS = notice.Facts(
    title="Elektroniska tidskrifter",
    summary="Tidskrifter för alla kunder.",
    number="2027-3",
    cpv=("22213000-6", "79980000-7"),
    procedure=Procedure.OPEN,
    setting=Setting.CONTRACT,
    months=36,
    buyer_name="Helsingin kaupunki",
    buyer_id="0201256-6",
    buyer_email="hankinnat@hel.example",
    buyer_town="Helsinki",
    value=D("312345.5"),
    criteria=(notice.Criterion("Price", D(70), is_price=True), notice.Criterion("Ease of use", D("30.00"))),
    notice_on=dt.date(2027, 8, 16),
    tenders_on=dt.date(2027, 9, 20),
)


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def values(facts, language="en"):
    """Return term -> values of a sheet."""
    found = {}
    for section in notice.sheet(facts, language):
        for item in section.items:
            found.setdefault(item.term, []).append(item.value)
    return found


def test_the_sheet_says_what_the_portal_knows():
    found = values(FACTS)
    assert found["BT-500"] == ["Helsingin kaupunki"] and found["BT-501"] == ["0201256-6"]
    assert found["BT-21"] == ["Elektroniska tidskrifter"]
    assert found["BT-262"] == ["22213000-6"] and found["BT-263"] == ["79980000-7"]
    assert found["BT-23"] == ["supplies"]
    assert found["BT-27"] == ["312345.50 EUR"]
    assert found["BT-105"] == ["open"]
    assert found["BT-36"] == ["36 months"] and "BT-538" not in found
    assert found["BT-05"] == ["16.8.2027"] and found["BT-131"] == ["20.9.2027"]
    assert found["BT-765"] == ["no"] and found["BT-766"] == ["no"]


def test_each_ground_of_the_award_has_type_name_and_points():
    found = values(FACTS)
    assert found["BT-539"] == ["price", "quality"]
    assert found["BT-734"] == ["Price", "Ease of use"]
    assert found["BT-541"] == ["70", "30"]


def test_options_of_months_are_renewals_and_sums_are_options():
    options = (notice.Option(12, D(0)), notice.Option(12, D(0)), notice.Option(0, D("5000")))
    found = values(replace(FACTS, options=options))
    assert found["BT-58"] == ["2"] and found["BT-57"] == ["12 months; 12 months"]
    assert found["BT-53"] == ["yes"] and found["BT-54"] == ["5000.00 EUR"]
    assert values(FACTS)["BT-53"] == ["no"] and "BT-58" not in values(FACTS)


def test_an_open_ended_contract_has_no_months():
    found = values(replace(FACTS, months=None))
    assert found["BT-538"] == ["open-ended"] and "BT-36" not in found


def test_a_framework_has_a_maximum_value():
    framework = replace(FACTS, setting=Setting.FRAMEWORK, maximum=D("400000"))
    assert values(framework)["BT-271"] == ["400000.00 EUR"] and values(framework)["BT-765"] == ["yes"]
    assert "BT-271" not in values(FACTS)


@pytest.mark.parametrize(
    ("procedure", "code"),
    [
        (Procedure.RESTRICTED, "restricted"),
        (Procedure.NEGOTIATED, "neg-w-call"),
        (Procedure.DIRECT, "neg-wo-call"),
    ],
)
def test_procedures_have_the_codes_of_eforms(procedure, code):
    found = values(replace(FACTS, procedure=procedure))
    assert found["BT-105"] == [code]
    assert ("BT-1311" in found) == (procedure in notice.TWO_STAGES)
    assert ("BT-136" in found) == (procedure == Procedure.DIRECT)


def test_lots_stand_one_by_one():
    sections = notice.sheet(replace(FACTS, lots=((1, "E-books"), (2, "Audio books"))), "en")
    lots = [section for section in sections if section.key.startswith("lot-")]
    assert [[i.value for i in lot.items] for lot in lots] == [
        ["LOT-0001", "E-books"],
        ["LOT-0002", "Audio books"],
    ]
    assert lots[1].title == "Lot 2"


def test_what_is_missing_is_named():
    missing = {item.term for item in notice.missing(notice.sheet(FACTS, "en"))}
    assert missing == {
        *("BT-10", "BT-11", "BT-01", "BT-13", "BT-15", "BT-18", "BT-97", "BT-98", "BT-99"),
    }
    bare = replace(FACTS, cpv=(), value=None, tenders_on=None, criteria=(), buyer_id="")
    more = {item.term for item in notice.missing(notice.sheet(bare, "en"))} - missing
    assert more == {"BT-262", "BT-23", "BT-27", "BT-131", "BT-539", "BT-501"}


def test_terms_are_named_as_the_standard_names_them():
    assert notice.term_name("BT-27", "fi") == "Arvioitu arvo ilman arvonlisäveroa"
    assert notice.term_name("BT-131", "sv") == "Tidsfrist för mottagande av anbud"
    assert notice.term_name("BT-262", "en") == "Main classification"
    used = {item.term for section in notice.sheet(FACTS, "sv") for item in section.items}
    assert used <= notice.TERMS.keys()


def test_the_table_has_a_line_for_each_term():
    sections = notice.sheet(FACTS, "fi")
    lines = notice.table(sections)
    assert len(lines) == 1 + sum(len(section.items) for section in sections)
    assert ["What is bought", "BT-262", "Pääasiallinen luokitus", "22213000-6", "Aikakauslehdet"] in lines
