"""E-kirjat in use: taken into use on a phone, a year of use read, the year on one page, the option used."""

import io

import openpyxl

from tests.browser.reading import both, fetched, opens, plain, table
from tests.browser.test_main_path import press
from tests.drill.klkh_walk import (
    GRETA,
    MADE_WITHIN,
    RASEBORG,
    RENEWED,
    SIGNED,
    USED,
    follow,
    recorded,
    said,
    typed,
)

YEAR = 2028
LOANS = {"Raasepori": 500, "Helsinki": 21_000, "Joensuu": 1_300, "Lahti": 2_400}  # a month
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def raseborg_takes_it_into_use(walk):
    """Raseborg tells the four things on the phone, from the letter's link on."""
    letter = walk.on(SIGNED).letter(GRETA, "E-böcker", link="/taking-use/")
    greta = walk.greta
    greta.goto(letter.locator("a[href*='/taking-use/']").first.get_attribute("href"))
    both(greta, "70-taking-use")
    for at, values in enumerate(
        (
            {"name": "Greta Exempel", "email": GRETA},
            {"method": "card"},
            {"text": "Affisch och länk på vår webbplats är klara."},
            {"on": "30.11.2027"},
        )
    ):
        opens(greta.locator("main .act a.btn-main"))
        typed(greta, **values)
        both(greta, f"71-taking-use-{at}")
        press(greta)
    both(greta, "72-taken-into-use")
    assert greta.locator("main .act a.btn-main").count() == 0
    staff = walk.staff
    staff.goto(walk.contract("taking-use/"))
    both(staff, "73-who-is-stuck")
    assert "Raasepori" not in table(staff, "main table")


def supplier_reports(walk):
    """The supplier's sheet of a year is handed in, asked about, read: the totals are the sheet's own."""
    staff = walk.on(USED).staff
    staff.goto(walk.contract())
    both(staff, "74-contract-in-force")
    staff.goto(walk.contract("use/"))
    typed_file(staff, "kaytto-2028.xlsx", sheet_of_use())
    both(staff, "75-use")
    press(staff)
    asks = staff.locator("main a[href$='/columns/']")
    is_read(staff)
    both(staff, "76-use-file")
    opens(asks)
    typed(staff, fixed_metric="Lainat")
    both(staff, "77-columns")
    press(staff)
    is_read(staff)
    both(staff, "79-use-read")
    total = f"{12 * sum(LOANS.values()):,}".replace(",", " ")
    assert total in plain(staff.locator("main").inner_text())


def is_read(staff):
    """Wait until the worker has read the file, and look at the page anew."""
    staff.locator("main [data-poll]").first.wait_for(state="detached", timeout=MADE_WITHIN)
    staff.reload()


def typed_file(page, name, content):
    """Choose a file."""
    page.locator("main form [name=file]").set_input_files(
        {"name": name, "mimeType": SHEET, "buffer": content}
    )


def sheet_of_use():
    """Return the supplier's own sheet: municipality, month, loans."""
    book = openpyxl.Workbook()
    book.active.append(["Kunta", "Kuukausi", "Lainat"])
    for month in range(1, 13):
        for place, count in LOANS.items():
            book.active.append([place, f"{month}/{YEAR}", count])
    book.save(stream := io.BytesIO())
    return stream.getvalue()


def the_year_is_shared(walk):
    """The bill of the year is shared by residents and frozen: each share is known."""
    staff = walk.staff
    staff.goto(walk.contract("costs/"))
    follow(staff, "/costs/new/")
    typed(
        staff,
        year=str(YEAR),
        method="residents",
        amount="45 000",
        months="12",
        population_on="31.12.2027",
        ground="Sopimus, kohta 7",
    )
    both(staff, "80-costs")
    press(staff)
    both(staff, "81-shares")
    opens(staff.locator("main form[action$='/freeze/'] button"))
    recorded(staff, "82-frozen")


def raseborg_reads_its_year(walk):
    """Raseborg's year stands on one page: what it paid, used, and what one loan cost; the same as PDF."""
    greta = walk.greta
    greta.goto(walk.at(f"/sv/municipality/{RASEBORG}/value/{YEAR}/"))
    both(greta, "83-value")
    text = plain(greta.locator("main").inner_text())
    assert f"{12 * LOANS['Raasepori']:,}".replace(",", " ") in text
    opens(greta.locator("main .act form button.btn-main"))
    paper = greta.locator("main a[href$='.pdf']").first
    paper.wait_for(timeout=MADE_WITHIN)
    assert fetched(greta, paper).startswith(b"%PDF")


def option_is_used(walk):
    """Before the last day for notice the option is used; the end moves, the participants are told."""
    staff = walk.on(RENEWED).staff
    staff.goto(walk.at("/contracts/calendar/"))
    both(staff, "84-exit-calendar")
    opens(staff.locator(f"main a[href$='/contracts/{walk.kept['contract']}/']").first)
    both(staff, "85-way-out")
    follow(staff, "/decide/")
    option = staff.locator("[name=option] option").nth(1).get_attribute("value")
    typed(
        staff,
        kind="option",
        option=option,
        body_fi="Kulttuurin ja vapaa-ajan lautakunta",
        body_sv="Kultur- och fritidsnämnden",
        decided_on="6.5.2030",
        section="§ 61",
        case_number="HEL 2030-004410",
    )
    both(staff, "86-decide")
    press(staff)
    recorded(staff, "87-decided")
    assert "22.11.2031" in said(staff)
    letter = walk.letter(GRETA, "22.11.2031", link="/contracts/")
    assert "E-böcker" in letter.inner_text()
    greta = walk.greta
    greta.goto(letter.locator("a[href*='/contracts/']").first.get_attribute("href"))
    both(greta, "88-raseborg-told")
    assert "22.11.2031" in said(greta)
