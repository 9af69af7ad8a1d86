"""A year of fees, walked through the running demo: from three schemes side by side to the ledger's list and a credit.

2028 has a draft and no decision. The service centre, the steering group's chair and the accountant at their desks,
Raseborg's representative on a phone, in Swedish.
"""

import csv
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pymupdf
import pytest

from tests.browser.ledger_list import BACK, CENT, PART, REASON, TWICE, Billed, half, ledgers_list
from tests.browser.reading import both, euros, facts, fetched, fi, opens, plain, table
from tests.browser.test_main_path import press, receipt
from tests.browser.watch import PHONE, codes, new_code, shot, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.story]
STAFF, CHAIR = "palvelukeskus@konsortio.example", "ohjausryhma@konsortio.example"
ACCOUNTANT, MEMBER = "kirjanpito@konsortio.example", "raseborg@kunta.example"
REGISTRY, RASEBORG = "kirjaamo@raasepori.example", "710"
YEAR = 2028
PROPOSED, DECIDED, SETTLED = "2026-11-09", "2027-12-13", "2028-02-14"
MADE_WITHIN = 120_000  # milliseconds, for the worker: a statement for each member in each of its languages
SCHEMES = {  # what is typed for each kind, in the order in which they are saved
    "tariff": {
        "rate": "0,012",
        "floor": "150",
        "cap": "7 500,00 €",
        "title": "Asukasluvun mukaan, 1,2 senttiä",
    },
    "bands": {
        "bands": "5 000: 150\n20 000: 400\n60 000: 900\n150 000: 2 000\nyli: 5 000,00",
        "floor": "150",
        "cap": "7.500,00",
        "title": "Viisi luokkaa",
    },
    "population": {"floor": "200", "cap": "", "title": "Kulut asukasluvun mukaan"},
}


def test_a_year_of_fees(own_demo, new_page):
    """Compared, proposed, decided, frozen, told, invoiced, paid, put right: each step on the pages of each reader."""
    demo = own_demo.on(PROPOSED)
    staff = sign_in(new_page(), demo, STAFF)
    letters = save_three_schemes(staff, demo)
    sums = compare_them(staff, letters)
    chair = sign_in(new_page(), demo, CHAIR)
    propose(chair, demo, letters["tariff"])

    demo.on(DECIDED)
    fees = record_the_decision(staff, demo, sums[letters["tariff"]])
    write_the_letters(staff)
    fee = fees["Raasepori"]
    member = follow_the_letter(new_page(viewport=PHONE, locale="sv-FI"), new_page(), demo, fee)
    the_registry_has_the_statement(new_page(), demo, fee)
    everyone_can_read_it(new_page(), demo, fees)
    accountant = sign_in(new_page(), demo, ACCOUNTANT)
    billed = make_the_file(accountant, demo, fees)
    own = billed[RASEBORG]
    assert own.number in told(member, "81-invoiced")

    demo.on(SETTLED)
    read_the_list(accountant, demo, billed)
    the_year_agrees_with_the_ledger(accountant, demo, billed)
    assert fi("Paid on %(day)s.", "sv") % {"day": "11.1.2028"} in told(member, "82-paid")
    put_right(accountant, demo, fees["Lahti"])
    for page in (staff, chair, member, accountant):
        assert page.complaints == []


def at(demo, path=""):
    """Return the address of a page of the year."""
    return f"{demo.address}/fees/{YEAR}/{path}"


# --- Compared and proposed ---------------------------------------------------------------------------------------


def save_three_schemes(staff, demo):
    """Reckon a tariff, classes and a division by population, and save each. Returns kind -> the letter it got."""
    saved = {}
    for kind, typed in SCHEMES.items():
        staff.goto(at(demo))
        opens(staff.locator("main a[href$='/simulator/']").first)
        reckon(staff, kind, typed)
        staff.locator("#result").wait_for()
        if kind == "tariff":
            assert staff.locator("figure.drawing svg:visible").count() == 1
        both(staff, f"70-simulator-{kind}")
        opens(staff.locator(".head form button.btn-main"))
        saved[kind] = re.search(r"Vaihtoehto (\w)", receipt(staff))[1]
    return saved


def reckon(staff, kind, typed):
    """Choose the kind, then type what it needs."""
    form = staff.locator("main form[action$='#result']")
    if form.locator("[name=kind]").input_value() != kind:
        form.locator("[name=kind]").select_option(kind)
        opens(form.locator("button[type=submit]"))
    for name, text in typed.items():
        form.locator(f"[name={name}]").fill(text)
    opens(form.locator("button[type=submit]"))


def compare_them(staff, letters):
    """Look at the three side by side; the spreadsheet holds the same. Returns letter -> sum of the fees."""
    for box in staff.locator("input[type=checkbox][name=with]").all():
        box.set_checked(box.get_attribute("value") in letters.values())
    opens(staff.locator("form[action$='/compare/'] button"))
    rows = table(staff, "[aria-labelledby=by] table")
    assert len(rows) >= 18
    before = fi("Fee %(year)s") % {"year": YEAR - 1}
    names = [fi("Alternative %(letter)s") % {"letter": letter} for letter in letters.values()]
    sheet = openpyxl.load_workbook(
        io.BytesIO(fetched(staff, staff.locator("[aria-labelledby=by] a[href*='format=xlsx']")))
    ).active
    head, *lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    in_sheet = {line[0]: dict(zip(head, line, strict=True)) for line in lines if line[0] in rows}
    assert in_sheet.keys() == rows.keys()
    for place, cells in rows.items():
        for name in names:
            assert euros(cells[name]) == Decimal(str(in_sheet[place][name])).quantize(CENT), (place, name)
        assert (fi("new") in cells[before]) == (in_sheet[place][before] is None)
    sums = table(staff, "[aria-labelledby=facts] table")[fi("Sum of the fees")]
    for name in names:
        assert euros(sums[name]) == sum(euros(cells[name]) for cells in rows.values())
    both(staff, "71-compare")
    return {letter: euros(sums[name]) for letter, name in zip(letters.values(), names, strict=True)}


def propose(chair, demo, letter):
    """The chair records which alternative the steering group proposes."""
    chair.goto(at(demo))
    opens(chair.locator("main a[href$='/propose/']"))
    alternative = chair.locator("[name=alternative] option", has_text=re.compile(rf"^\s*{letter}, "))
    chair.locator("[name=alternative]").select_option(alternative.get_attribute("value"))
    chair.locator("[name=proposed_on]").fill("9.11.2026")
    chair.locator("[name=proposed_section]").fill("§ 4")
    both(chair, "72-propose")
    press(chair)
    assert letter in receipt(chair)
    both(chair, "73-proposed")


# --- Decided and told --------------------------------------------------------------------------------------------


def record_the_decision(staff, demo, total):
    """Record Helsinki's decision: the sum on the page is the proposal's, and that of its lines. Returns the fees."""
    staff.goto(at(demo))
    opens(staff.locator("main .act a[href$='/decide/']"))
    assert euros(facts(staff)[fi("Sum of the fees")]) == total
    staff.locator("[name=decided_on]").fill("13.12.2027")
    staff.locator("[name=section]").fill("§ 201")
    staff.locator("[name=case_number]").fill("HEL 2027-011873")
    assert staff.locator("[name=body_sv]").input_value()
    both(staff, "74-decide")
    press(staff)
    assert "13.12.2027" in staff.locator(".says").inner_text()
    receipt(staff)
    both(staff, "75-decided")
    fees = {
        place: euros(cells[fi("Fee")])
        for place, cells in table(staff, "[aria-labelledby=fees] table").items()
    }
    assert sum(fees.values()) == total
    assert euros(staff.locator("[aria-labelledby=fees] tfoot td").last.inner_text()) == total
    assert euros(staff.locator(".says").inner_text().split(":")[1].split("yhteensä")[-1]) == total
    return fees


def write_the_letters(staff):
    """Wait until the worker has made the statements, then write to all."""
    opens(staff.locator("main .act a[href$='/tell/']").first)
    both(staff, "76-statements")
    staff.locator("#statements:not([data-poll])").wait_for(timeout=MADE_WITHIN)
    if staff.locator("#statements a[href$='/tell/']").count():
        opens(staff.locator("#statements a[href$='/tell/']"))
    staff.locator("main form button.btn-main").wait_for()
    both(staff, "77-tell")
    press(staff)
    receipt(staff)


def letter_about(page, demo, to):
    """Return the newest letter of the year's fee to an address, waiting for the worker."""
    for _try in range(60):
        page.goto(f"{demo.address}/mailbox/?to={to}")
        found = (
            page.locator("main article")
            .filter(has_text=f"{YEAR}")
            .filter(has=page.locator("a[href*='/fees/']"))
        )
        if found.count():
            return found.first
        page.wait_for_timeout(500)
    raise AssertionError(f"No letter came to {to}. The demo said:\n{demo.said()}")


def the_registry_has_the_statement(page, demo, fee):
    """The registry's letter says the fee, and its PDF says the same."""
    letter = letter_about(page, demo, REGISTRY)
    shot(page, "78-registry")
    assert euros(re.search(r"[\d\s]+,\d\d\s€", letter.inner_text())[0]) == fee
    content = fetched(page, letter.locator("a[href*='/mailbox/']").first)
    with pymupdf.open(stream=content, filetype="pdf") as paper:
        said = plain(" ".join(sheet.get_text() for sheet in paper))
    assert f"{fee:,}".replace(",", " ").replace(".", ",") + " €" in said
    assert "HEL 2027-011873" in said


def follow_the_letter(page, mailbox, demo, fee):
    """Raseborg's representative opens her letter's link on the phone and signs in. Returns the page of her fees."""
    link = letter_about(mailbox, demo, MEMBER).locator("a[href*='/fees/']").first.get_attribute("href")
    page.goto(link)
    before = codes(demo, MEMBER)
    page.locator("main form[method=post] button.btn-main").click()

    page.locator("input[name=code]").wait_for()
    page.locator("input[name=code]").fill(new_code(demo, MEMBER, before))
    opens(page.locator("main form:has(input[name=code]) button[type=submit]").first)
    page.wait_for_url(re.compile(rf"/sv/municipalities/{RASEBORG}/fees/"))
    assert euros(page.locator(".says").inner_text().split(str(YEAR))[1]) == fee
    said = told(page, "80-told")
    assert plain(fi("Not invoiced yet. The City of Helsinki sends the invoice.", "sv")) in said
    content = fetched(page, page.locator("main .act a"))
    assert content.startswith(b"%PDF")
    return page


def told(page, name):
    """Load the member's page anew, take its picture and return what it says of the year."""
    page.reload()
    assert page.locator("html").get_attribute("lang") == "sv"
    both(page, name)
    return plain(page.locator(f"section[aria-labelledby='year-{YEAR}']").inner_text())


def everyone_can_read_it(visitor, demo, fees):
    """Without an account the year's page shows every fee, and its CSV the same."""
    visitor.goto(at(demo))
    assert table(visitor, "[aria-labelledby=fees] table").keys() == fees.keys()
    both(visitor, "79-public")
    content = fetched(visitor, visitor.locator("[aria-labelledby=fees] a[href*='format=csv']"))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert {row[fi("Municipality")]: euros(row[fi("Fee")]) for row in rows} == fees
    assert visitor.complaints == []


# --- Invoiced and paid -------------------------------------------------------------------------------------------


def make_the_file(accountant, demo, fees):
    """Make the file for the ledger and fetch it. Returns code -> Billed."""
    accountant.goto(at(demo, "invoices/"))
    both(accountant, "83-before-the-file")
    lacking = accountant.locator("[aria-labelledby=gaps] .rows > li").count()
    rows, bills = newest_file(accountant)
    both(accountant, "84-file-made")
    assert len(rows) == len(fees) - lacking
    billed = {
        row[fi("Municipality code")]: Billed(
            row[fi("Invoice number")],
            row[fi("Reference number")],
            row[fi("Customer")],
            euros(row[fi("Amount, €")]),
            row[fi("Internal entry")] == "1",
        )
        for row in rows
    }
    assert len(billed) == len(rows)
    named = fees | {"Raseborg": fees["Raasepori"]}  # a bill speaks the buyer's language
    assert {each.customer: each.amount for each in billed.values()}.items() <= named.items()
    sent = {each.number for each in billed.values() if not each.is_internal}
    assert {re.search(r"\d{9}", name)[0] for name in bills} == sent
    assert len(bills) == len(sent)
    return billed


def newest_file(accountant):
    """Press the button, wait for the worker, return the CSV's rows and the names in the archive of e-invoices."""
    opens(accountant.locator(".head .act form button.btn-main"))
    receipt(accountant)
    accountant.locator("#files:not([data-poll])").wait_for(timeout=MADE_WITHIN)
    newest = accountant.locator("#files .rows > li").first
    with accountant.expect_download() as download:
        newest.locator("a", has_text="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    content = download.value.path().read_bytes().decode("utf-8-sig")
    archive = newest.locator("a", has_text="Finvoice")
    assert archive.count() == 1, newest.inner_text()
    with zipfile.ZipFile(io.BytesIO(fetched(accountant, archive))) as packed:
        names = packed.namelist()
        assert all(b"<Finvoice" in packed.read(name) for name in names)
    return list(csv.DictReader(io.StringIO(content), delimiter=";")), names


def read_the_list(accountant, demo, billed):
    """Bring the ledger's list in; one line belongs to nobody."""
    accountant.goto(at(demo, "invoices/"))
    opens(accountant.locator(".head .act a[href$='/lists/']"))
    accountant.locator("[name=file]").set_input_files(ledgers_list(billed))
    both(accountant, "85-list")
    press(accountant)
    assert accountant.locator("main [role=status]").count()
    both(accountant, "86-list-read")


def the_year_agrees_with_the_ledger(accountant, demo, billed):
    """Each invoice has its state, and the sums of the states come to the cent."""
    accountant.goto(at(demo, "invoices/"))
    both(accountant, "87-invoices")
    states = {
        place: cells[fi("State")] for place, cells in table(accountant, "[aria-labelledby=all] table").items()
    }
    assert states[billed[PART].customer] == fi("part-paid")
    assert states[billed[TWICE].customer] == fi("paid twice")
    assert REASON in states[billed[BACK].customer]
    assert accountant.locator("[aria-labelledby=returned] .rows > li").count() == 1
    opens(accountant.locator("main a[href$='/reconciliation/']").first)
    both(accountant, "88-reconciliation")
    sums = table(accountant, "[aria-labelledby=states] table")
    sent = {code: row.amount for code, row in billed.items() if not row.is_internal}
    paid = {code: amount for code, amount in sent.items() if code not in {PART, TWICE, BACK}}
    expected = {  # state -> how many, invoiced here, paid, open
        "paid": (len(paid), sum(paid.values()), sum(paid.values()), 0),
        "part-paid": (1, sent[PART], half(sent[PART]), sent[PART] - half(sent[PART])),
        "paid twice": (1, sent[TWICE], 2 * sent[TWICE], -sent[TWICE]),
        "returned": (1, sent[BACK], 0, sent[BACK]),
    }
    for state, figures in expected.items():
        cells = sums[fi(state).capitalize()]
        shown = [cells[fi(name)] for name in ("Invoices", "Invoiced here", "Paid", "Open")]
        assert (int(shown[0]), *map(euros, shown[1:])) == figures, state
    assert accountant.locator("[aria-labelledby=unknown] .rows > li").count() == 1
    reckon = facts(accountant, "[aria-labelledby=difference]")
    assert euros(reckon[fi("Invoiced here")]) == sum(sent.values())
    assert sum(map(euros, list(reckon.values())[:-1])) == euros(list(reckon.values())[-1])
    assert euros(list(reckon.values())[-1]) == sum(sent.values()) - sent[BACK] + 84


# --- Put right ---------------------------------------------------------------------------------------------------


def put_right(accountant, demo, fee):
    """Lahti's fee is credited as a whole and written anew for eleven months; both go to the ledger."""
    accountant.goto(at(demo, "invoices/"))
    opens(accountant.locator("[aria-labelledby=all] tbody th a", has_text=re.compile("^Lahti$")))
    opens(accountant.locator("main .act a[href$='/correct/']"))
    accountant.locator("[name=months]").select_option("11")
    accountant.locator("[name=reason]").fill("Jäsenyys alkoi helmikuussa.")
    press(accountant)
    both(accountant, "89-correct")
    new = (fee * 11 / 12).quantize(CENT, "ROUND_DOWN")
    shown = facts(accountant, "main [data-focus]")
    assert [euros(text) for text in shown.values()] == [fee, -fee, new]
    press(accountant)
    assert str(new).replace(".", ",") in plain(receipt(accountant)).replace(" ", "")
    rows, bills = newest_file(accountant)
    both(accountant, "90-corrected")
    assert sorted(euros(row[fi("Amount, €")]) for row in rows) == [-fee, new]
    assert len(bills) == 2
    accountant.goto(at(demo))
    fees = table(accountant, "[aria-labelledby=fees] table")
    assert euros(fees["Lahti"][fi("Fee")]) == new
    assert euros(accountant.locator("[aria-labelledby=fees] tfoot td").last.inner_text()) == sum(
        euros(cells[fi("Fee")]) for cells in fees.values()
    )
