"""E-kirjat from the frozen list to the contract: handed over, corrected, tendered, compared, awarded, stood still."""

import io
import re
from decimal import Decimal

import openpyxl

from tests.browser.reading import both, euros, facts, fetched, fi, opens, plain, table
from tests.browser.test_main_path import press, receipt
from tests.drill.klkh_walk import (
    AWARDED,
    FROZEN,
    GRETA,
    KUOPIO,
    MADE_WITHIN,
    SIGNED,
    ULLA,
    follow,
    number_in,
    recorded,
    said,
    typed,
)

WINNER = "Bokström Exempel Ab"
OFFERS = {  # supplier: its mailbox, what it asks (the fields of the first price), its mark
    "Lukuhetki Esimerkki Oy": ("tarjous0", {"per_0": "residents", "rate_0": "0,05"}, "3"),
    WINNER: (
        "tarjous1",
        {
            "per_0": "residents",
            "measure_0": "participants",
            "tiers_0": "4: 0,06\n10: 0,049\nyli: 0,04",
            "reach_0": "all",
        },
        "4,5",
    ),
    "Kirjatuuli Esimerkki Oy": ("tarjous2", {"per_0": "participants", "rate_0": "15 000"}, "4"),
}
CENT = Decimal("0.01")


def list_is_handed_over(walk):
    """The list is made and fetched as XLSX: a line each, sums as on the page; then marked handed over."""
    staff = walk.on(FROZEN).staff
    staff.goto(walk.ours())
    both(staff, "40-procurement-frozen")
    follow(staff, "/lists/")
    both(staff, "41-lists")
    shown = table(staff, "[aria-labelledby=now] table")
    press(staff)
    staff.locator("#file:not([data-poll])").wait_for(timeout=MADE_WITHIN)
    both(staff, "42-list-made")
    assert table(staff, "[aria-labelledby=lines] table") == shown
    sheet = sheet_of(staff)
    yearly = column(sheet, "yearly")
    lines = {row[1]: row for row in sheet[1:] if str(row[0] or "").isdecimal()}
    volume = fi("Volume a year")
    assert lines.keys() == shown.keys()
    for place, cells in shown.items():
        assert Decimal(str(lines[place][yearly])).quantize(CENT) == euros(cells[volume]), place
    foot = euros(
        staff.locator("[aria-labelledby=lines] tfoot td[data-label]").filter(has_text="€").first.inner_text()
    )
    by_label = {row[1]: row[yearly] for row in sheet[1:] if not row[0]}
    assert Decimal(str(by_label[fi("All together")])) == foot == sum(euros(c[volume]) for c in shown.values())
    walk.kept["sum"] = str(foot)
    follow(staff, "/hand-over/")
    typed(staff, on="24.5.2027", to="Hansel, hankintapäällikkö")
    press(staff)
    recorded(staff, "43-handed-over")


def sheet_of(staff):
    """Return the rows of the list's file as it was made, opened as a spreadsheet."""
    content = fetched(staff, staff.locator("#file a[href$='/file/']").first)
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def column(sheet, key):
    """Return the place of a column of the list's file, by the word its head begins with."""
    words = {"yearly": fi("Volume a year without VAT, €")}[key]
    return sheet[0].index(words)


def kuopio_withdraws(walk):
    """Kuopio withdraws by telephone, after the list was handed over."""
    staff = walk.staff
    staff.goto(walk.ours(f"{KUOPIO}/"))
    follow(staff, "/withdraw/")
    typed(
        staff,
        on="24.5.2027",
        reason="Valtuusto leikkasi aineistomäärärahaa.",
        channel="phone",
        received_from="Kirjastonjohtaja",
        received_on="24.5.2027",
    )
    both(staff, "44-withdraw")
    press(staff)
    recorded(staff, "45-withdrawn")


def differences_follow(walk):
    """The list of differences holds Kuopio's line alone, and is handed over as well."""
    staff = walk.staff
    staff.goto(walk.ours("lists/"))
    both(staff, "46-lists-changed")
    press(staff)
    staff.locator("#file:not([data-poll])").wait_for(timeout=MADE_WITHIN)
    both(staff, "47-differences")
    shown = table(staff, "[aria-labelledby=lines] table")
    assert list(shown) == ["Kuopio"]
    sheet = sheet_of(staff)
    head = next(row for row in sheet if fi("Municipality code") in row)
    code = head.index(fi("Municipality code"))
    assert {row[code] for row in sheet[sheet.index(head) + 1 :] if str(row[code] or "").isdecimal()} == {
        KUOPIO
    }
    follow(staff, "/hand-over/")
    typed(staff, on="24.5.2027", to="Hansel, hankintapäällikkö")
    press(staff)
    receipt(staff)


def tendering_begins(walk):
    """The tendering begins with the frozen list."""
    staff = walk.staff
    staff.goto(walk.ours())
    follow(staff, "/tender/")
    press(staff)
    both(staff, "48-tendering")
    staff.goto(walk.ours("notice/"))
    both(staff, "49-notice")


def three_offers_come(walk):
    """Three offers are written down and judged; one asks less the more take part."""
    staff = walk.on(AWARDED).staff
    for name, (mailbox, prices, mark) in OFFERS.items():
        staff.goto(walk.at("/suppliers/new/"))
        typed(
            staff,
            name=name,
            contact_name="Myyntipäällikkö",
            email=f"{mailbox}@ekirjat.example",
            language="sv" if name == WINNER else "fi",
        )
        press(staff)
        receipt(staff)
        staff.goto(walk.ours("offers/"))
        follow(staff, "/offers/new/")
        option = staff.locator("[name=supplier] option", has_text=name)
        typed(staff, supplier=option.get_attribute("value"), received_on="1.9.2027", **prices)
        both(staff, f"50-{mailbox}")
        press(staff)
        recorded(staff, f"51-{mailbox}-written")
        follow(staff, "/judge/")
        for field in staff.locator("main form [name^=met_][value=yes]").all():
            field.check()
        staff.locator("main form [name^=mark_]").fill(mark)
        both(staff, f"52-{mailbox}-judged")
        press(staff)
        receipt(staff)


def offers_are_compared(walk):
    """Each municipality's cost by each offer, the sums, and the order with arithmetic that can be redone by hand."""
    staff = walk.staff
    staff.goto(walk.ours("offers/"))
    both(staff, "53-offers")
    for name in OFFERS:
        assert name in staff.locator("main").inner_text()
    totals = {name: euros(cells[fi("For the whole")]) for name, cells in table(staff, "main table").items()}
    redone = arithmetic(staff)
    lowest = min(totals.values())
    for name, (_mailbox, _prices, mark) in OFFERS.items():
        price = (lowest / totals[name] * 60).quantize(CENT, "ROUND_HALF_UP")
        quality = (Decimal(mark.replace(",", ".")) / 5 * 40).quantize(CENT, "ROUND_HALF_UP")
        assert redone[name] == price + quality, name
    follow(staff, "/comparison/")
    both(staff, "54-comparison")
    rows = table(staff, "main table")
    for name, total in totals.items():
        assert sum(euros(cells[name]) for cells in rows.values()) == total, name
    walk.kept["winner"] = max(redone, key=redone.get)
    walk.kept["winning"] = {place: str(euros(cells[walk.kept["winner"]])) for place, cells in rows.items()}


def arithmetic(staff):
    """Return {offer: points} from the lines of the order, each redone by its own figures."""
    found = {}
    for heading in staff.locator("main h3").all():
        name = heading.inner_text().split(" ", 1)[1]
        lines = heading.evaluate(
            """e => { const found = []; let n = e;
                while ((n = n.nextElementSibling) && n.tagName != "H3") found.push(n.innerText);
                return found.join(" ") }"""
        )
        total = Decimal(0)
        for a, b, weight, points in re.findall(r"([\d\s,]+) ÷ ([\d\s,]+) × ([\d\s,]+) = ([\d\s,]+)", lines):
            own = (figure(a) / figure(b) * figure(weight)).quantize(CENT, "ROUND_HALF_UP")
            assert own == figure(points), lines
            total += own
        if total:
            found[name] = total
    return found


def figure(text):
    """Return a number as the page writes it."""
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))


def award_is_decided(walk):
    """The first in the order wins; the decision is sent, and everyone concerned gets a letter."""
    staff = walk.staff
    staff.goto(walk.ours("offers/"))
    follow(staff, "/award/")
    typed(
        staff,
        decider="helsinki",
        body_fi="Kulttuurin ja vapaa-ajan lautakunta",
        body_sv="Kultur- och fritidsnämnden",
        decided_on="6.9.2027",
        section="§ 112",
        case_number="HEL 2026-013150",
        reason_fi="Tarjous sai vertailussa eniten pisteitä.",
        reason_sv="Anbudet fick flest poäng i jämförelsen.",
    )
    both(staff, "55-award")
    press(staff)
    recorded(staff, "56-awarded")
    walk.kept["award"] = number_in(staff, r"/awards/(\d+)/")
    walk.visitor.goto(walk.at(f"/awards/{walk.kept['award']}/"))
    assert walk.kept["winner"] not in walk.visitor.locator("main").inner_text()
    follow(staff, "/send/")
    both(staff, "57-send")
    press(staff)
    recorded(staff, "58-sent")
    for name, (mailbox, _prices, _mark) in OFFERS.items():
        letter = plain(walk.letter(f"{mailbox}@ekirjat.example", walk.kept["winner"], link="").inner_text())
        assert walk.kept["winner"] in letter, name
        others = set(OFFERS) - {name, walk.kept["winner"]}
        assert not [other for other in others if other in letter], name
    letter = walk.letter(GRETA, walk.kept["winner"], link="/awards/")
    both(walk.visitor, "59-letters")
    greta = walk.greta
    greta.goto(letter.locator("a[href*='/awards/']").first.get_attribute("href"))
    both(greta, "60-award-raseborg")
    assert f"{euros(walk.kept['winning']['Raasepori']):,}".split(".")[0].replace(",", " ") in plain(
        greta.locator("main").inner_text()
    )
    walk.letter(ULLA, walk.kept["winner"], link="/awards/")


def standstill_bars(walk):
    """While the standstill runs no contract can be made, and the page says why; the day it ends is said."""
    staff = walk.staff
    staff.goto(walk.at(f"/awards/{walk.kept['award']}/contract/"))
    both(staff, "61-barred")
    text = plain(staff.locator("main").inner_text())
    assert fi("No contract can be made today.") in text
    assert "20.9.2027" in text
    assert "129 §" in text
    assert staff.locator("main form[method=post]").count() == 0
    walk.visitor.goto(walk.ours())
    both(walk.visitor, "62-public-awarded")
    assert walk.kept["winner"] in walk.visitor.locator("main").inner_text()


def contract_is_made(walk):
    """After the standstill the contract is written from the award, with its option, and signed: all are told."""
    staff = walk.on(SIGNED).staff
    staff.goto(walk.at("/contracts/new/"))
    both(staff, "63-contract-which")
    opens(staff.locator(f"main a[href$='award={walk.kept['award']}']"))
    typed(
        staff,
        number="HEL 2026-013150/1",
        begins_on="30.11.2027",
        ends_on="22.11.2030",
        options="12",
        notice_months="3",
        our_days="60",
    )
    both(staff, "64-contract-new")
    press(staff)
    recorded(staff, "65-contract-draft")
    walk.kept["contract"] = number_in(staff, r"/contracts/(\d+)/")
    names = set(table(staff, "[aria-labelledby=participants] table"))
    assert {"Helsinki", "Raasepori", "Joensuu"} == names
    follow(staff, "/participants/new/")
    place = staff.locator("[name=municipality] option", has_text="Lahti").get_attribute("value")
    typed(staff, municipality=place, yearly="6 000")
    press(staff)
    receipt(staff)
    follow(staff, "/sign/")
    press(staff)
    recorded(staff, "66-signed")
    shown = facts(staff)
    assert "30.11.2027" in str(shown)
    assert "22.11.2030" in str(shown)
    assert "30.11.2027" in said(staff)
