"""The list for the central purchasing body: rows, sums, tables, differences."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import commitment_list as cl

D = Decimal
ANSWERS = {"committed": "committed", "interested": "interested", "withdrawn": "withdrawn"}
WORDS = cl.Words("fi", ANSWERS, {"board": "municipal board"}, {})
LOTS = cl.Words("fi", ANSWERS, {}, {1: "E-books", 2: "Audio"})


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def row(code="009", answer="committed", yearly="1200.00", **more):
    facts = {"name_fi": f"Kunta {code}", "name_sv": f"Kommun {code}", "business_id": "0184872-4"}
    return cl.Row(code=code, answer=answer, yearly=None if yearly is None else D(yearly), **(facts | more))


ALAVIESKA = row(
    "009",
    contact_name="Maija Meri",
    contact_email="maija@alavieska.example",
    body="board",
    decided_on=dt.date(2027, 5, 12),
    section="§ 61",
    case_number="AlaDno-2027-9",
    final_on=dt.date(2027, 6, 4),
    ceiling=D("1500"),
)


def test_a_row_kept_as_json_comes_back_the_same():
    kept = replace(ALAVIESKA, by_lot=((1, D("700.10")), (2, D("0.20"))), withdrawn_on=dt.date(2027, 6, 3))
    assert cl.Row.thawed(json.loads(json.dumps(kept.frozen()))) == kept
    assert cl.Row.thawed(json.loads(json.dumps(row(yearly=None).frozen()))) == row(yearly=None)


def test_sums_are_exact_and_who_has_withdrawn_does_not_count():
    rows = [row("001", yearly="0.10"), row("002", yearly="0.20"), row("003", "interested", "99.99")]
    rows += [row("004", "withdrawn", "5000"), row("005", "interested", None)]
    found = cl.sums(rows)
    assert (found.committed, found.interested, found.total) == (D("0.30"), D("99.99"), D("100.29"))
    assert (found.committed_places, found.interested_places, found.places) == (2, 2, 4)


def test_sums_of_each_lot():
    rows = [
        row("001", by_lot=((1, D(700)), (2, D(500)))),
        row("002", "interested", "300", by_lot=((2, D(300)),)),
    ]
    assert cl.sums(rows, LOTS.lots).by_lot == {1: (D(700), D(0)), 2: (D(500), D(300))}


def test_a_float_is_no_volume():
    with pytest.raises(TypeError):
        cl.sums([replace(row(), yearly=1.5)])


def test_the_table_has_every_column_the_sums_and_the_freeze():
    says = [("List frozen", "31.5.2027 16.00")]
    lines = cl.table([ALAVIESKA, row("010", "interested", "300")], WORDS, says=says)
    assert lines[0] == [
        *("Municipality code", "Municipality", "Business ID", "Answer", "Volume a year without VAT, €"),
        *("At most a year without VAT, €", "Contact for the contract", "Contact's e-mail", "Who decided"),
        *("Decided on", "Section (§)", "Case number", "Legally final on", "Marks"),
    ]
    assert lines[1] == [
        *("009", "Kunta 009", "0184872-4", "committed", D("1200.00"), D(1500), "Maija Meri"),
        *("maija@alavieska.example", "municipal board", dt.date(2027, 5, 12), "§ 61", "AlaDno-2027-9"),
        *(dt.date(2027, 6, 4), ""),
    ]
    assert [line[:5] for line in lines[3:6]] == [
        ["", "Committed, together", "", 1, D("1200.00")],
        ["", "Interested, together", "", 1, D(300)],
        ["", "All together", "", 2, D("1500.00")],
    ]
    assert lines[6:] == [[], ["List frozen", "31.5.2027 16.00"]]
    assert {len(line) for line in lines[:6]} == {14}


def test_ceilings_are_left_out_for_who_may_not_read_them():
    lines = cl.table([ALAVIESKA], replace(WORDS, ceilings=False))
    assert "At most a year without VAT, €" not in lines[0]
    assert not any(D(1500) in line for line in lines)


def test_lots_have_a_column_each_with_its_sum():
    lines = cl.table([row("001", by_lot=((1, D(700)), (2, D(500)))), row("002", by_lot=((2, D(40)),))], LOTS)
    place = lines[0].index("Lot E-books, €")
    assert [line[place : place + 2] for line in lines[1:3]] == [[D(700), D(500)], ["", D(40)]]
    assert lines[-1][place : place + 2] == [D(700), D(540)]


def test_names_are_in_the_lists_language():
    assert cl.table([ALAVIESKA], replace(WORDS, language="sv"))[1][1] == "Kommun 009"


def test_marks_say_late_reservation_and_withdrawal():
    assert cl.marks(row(late=True)) == "came late, accepted"
    assert cl.marks(row(reservation="if the state aid comes")) == "reservation: if the state aid comes"
    assert cl.marks(row(reservation="x", accepted=True)) == "reservation, accepted: x"
    gone = row(answer="withdrawn", withdrawn_on=dt.date(2027, 6, 3), reason="No money.")
    assert cl.marks(gone) == "withdrew from 3.6.2027: No money."


def test_text_is_never_a_formula():
    lines = cl.table([row(name_fi="=1+1", contact_name="@SUM(A1)", section="\x07+1")], WORDS)
    assert lines[1][1] == "'=1+1" and lines[1][6] == "'@SUM(A1)" and "'+1" in lines[1]


def test_differences_name_added_changed_and_removed():
    before = [row("001"), row("002"), row("003", yearly="500")]
    after = [row("001"), row("003", yearly="450", section="§ 7"), row("004")]
    found = cl.differences(before, after, WORDS)
    assert [(c.kind.value, c.row.code, c.keys) for c in found] == [
        ("changed", "003", ("yearly", "section")),
        ("added", "004", ()),
        ("removed", "002", ()),
    ]


def test_who_withdraws_after_the_freeze_stays_with_date_and_reason():
    gone = row(
        "001", "withdrawn", None, withdrawn_on=dt.date(2027, 6, 3), reason="The council cut the budget."
    )
    (change,) = cl.differences([row("001")], [gone], WORDS)
    assert change.keys == ("answer", "yearly", "marks")
    lines = cl.differences_table([change], [gone], WORDS)
    assert (
        lines[0][0] == "Change"
        and lines[0][1:-1] == cl.table([], WORDS)[0]
        and lines[0][-1] == "What changed"
    )
    assert [line[0] for line in lines[1:3]] == ["as it was", "as it is"]
    assert lines[1][4:6] == ["committed", D("1200.00")]
    assert lines[2][4:6] == ["withdrawn", ""]
    assert lines[2][-2:] == [
        "withdrew from 3.6.2027: The council cut the budget.",
        "Answer, Volume a year without VAT, €, Marks",
    ]
    assert lines[3][2:6] == ["Committed, together", "", 0, D(0)]


def test_a_column_that_is_not_shown_makes_no_difference():
    lower = replace(ALAVIESKA, ceiling=D(10))
    assert cl.differences([ALAVIESKA], [lower], replace(WORDS, ceilings=False)) == []
    assert len(cl.differences([ALAVIESKA], [lower], WORDS)) == 1


def test_one_municipality_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        cl.differences([row("001"), row("001")], [], WORDS)


codes = st.lists(st.sampled_from(["001", "002", "003", "004", "005"]), unique=True)
volumes = st.integers(0, 3).map(D)


@given(before=codes, after=codes, data=st.data())
def test_differences_applied_to_the_old_list_give_the_new_one(before, after, data):
    old = [row(code, yearly=str(data.draw(volumes))) for code in before]
    new = [row(code, yearly=str(data.draw(volumes))) for code in after]
    known = {r.code: r for r in old}
    for change in cl.differences(old, new, WORDS):
        if change.after is None:
            del known[change.before.code]
        else:
            known[change.after.code] = change.after
    assert known == {r.code: r for r in new}
    assert cl.differences(new, new, WORDS) == []
