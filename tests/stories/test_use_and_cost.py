"""Shared costs and use: each share reckoned by hand, suppliers' files read with their source, one page a year."""

import csv
import datetime as dt
import io
from decimal import Decimal

import outloud
import pymupdf
import pytest
from openpyxl import load_workbook

from consortium.models import OutgoingEmail
from members.models import Municipality
from procurement.models import Contract, CostShare, UsageFigure, UsageFile
from tests.contract_world import a_supplier, signed
from tests.factories import payer
from tests.stories.people import Person, file_called

TODAY = dt.date(2028, 2, 7)
MONTHS = [f"{month}/2027" for month in range(1, 13)]
SHEET = "Kirjasto;Kuukausi;Lainat\n" + "".join(f"Alavieska;{month};100\n" for month in MONTHS)


@pytest.fixture(autouse=True)
def begins(db, today_is):
    """A year after the first year of the contract."""
    today_is(TODAY)


@pytest.fixture
def places():
    """Alavieska, Rautalampi and Helsinki's population, as a population figure of 2025 has them."""
    facts = {"009": ("Alavieska", 2447), "686": ("Rautalampi", 2964), "091": ("Helsinki", 664028)}
    return [payer(code, name_fi=name, residents=count) for code, (name, count) in facts.items()]


@pytest.fixture
def contract(places):
    """E-magazines 2027 to 2029 of one supplier."""
    period = {"begins_on": dt.date(2027, 1, 1), "ends_on": dt.date(2029, 12, 31)}
    titles = {"title_fi": "Sähköiset lehdet", "title_sv": "E-tidskrifter", "number": "KS 1"}
    supplier = a_supplier("Lehtitalo Oy")
    return signed(
        places, supplier=supplier, signed_on=dt.date(2026, 12, 1), yearly=Decimal(40000), **period, **titles
    )


@pytest.fixture
def clerk(client_of, staff):
    """A person of the service centre."""
    return Person(client_of(staff))


@pytest.fixture
def director(person, contract):
    """Alavieska's library director."""
    return person("009")


def hands_in(clerk, contract, content, name="use.csv"):
    """Hand a file in at the contract's page. Returns what comes next."""
    page = clerk.opens(f"/en/contracts/{contract.pk}/use/")
    upload = content if hasattr(content, "read") else file_called(name, content, "text/csv")
    return clerk.presses(page, "Hand in the file", file=upload)


def reads_sheet(clerk, contract, run_worker, content=SHEET):
    """Hand in a sheet, confirm its columns, and have it read. Returns the file's page."""
    page = hands_in(clerk, contract, content.encode())
    run_worker()
    page = clerk.opens(page.path)
    page = clerk.does(page, "Say what the columns mean", fixed_metric="lainat", fixed_service="")
    run_worker()
    return clerk.opens(page.path)


def shares(clerk, contract, **typed):
    """Begin a year's sharing. Returns its preview."""
    page = clerk.opens(f"/en/contracts/{contract.pk}/costs/new/")
    asked = {
        "year": "2027",
        "amount": "40 000",
        "population_on": "31.12.2025",
        "ground": "Clause 7",
        "months": "12",
    }
    return clerk.presses(page, "Show the shares", **(asked | typed))


# --- A 34 ------------------------------------------------------------------------------------------------------


@pytest.mark.breaks(
    "procurement.usage_reading.read",
    "procurement.models.UsageFile.map_columns",
    "procurement.value.Bought.per_use",
    "procurement.models.CostShare.freeze",
)
def test_a34_a_suppliers_file_becomes_one_page_paid_used_per_use_and_per_resident(
    clerk, director, contract, run_worker
):
    broken = SHEET + "Alavieska;kevät;3\nRautalampi;1/2027;1.234\n"
    page = reads_sheet(clerk, contract, run_worker, broken)
    assert "Read: 1/2027–12/2027. 2 values were left out." in page.says
    assert page.rows("Lines of the file") == [
        ["Line 14", "Kuukausi", "kevät", "not a month"],
        [
            "Line 15",
            "Lainat",
            "1.234",
            "not a whole number from 0 up; write thousands with a space or without a mark",
        ],
    ]
    figures = clerk.opens(f"/en/contracts/{contract.pk}/use/figures/", year="2027")
    assert figures.rows("Figures of use 2027")[0] == [
        *("12/2027", "Alavieska", "one municipality", "", "lainat", "100"),
        "the supplier's own sheet use.csv",
    ]
    clerk.presses(shares(clerk, contract), "Freeze and tell 3 participants")

    page = director.opens("/en/municipality/009/value/2027/")
    assert "Sähköiset lehdet 40 000,00" not in page.text
    assert "146,21 €" in page.part("Costs")
    assert "by residents 40 000,00 € × 2 447 / 669 439 = 146,21 €, rounded down to the cent." in page.part(
        "Costs"
    )
    assert page.rows("Own use") == [
        [
            "lainat",
            "1 200",
            "2027",
            "0,12 €",
            "0,49",
            "the supplier's own sheet use.csv",
        ],  # 146,21 / 1 200; / 2 447
    ]
    assert "Annual fee: none has been decided for the year." in page.part("Not known")


@pytest.mark.breaks("procurement.value.Bought.missing", "procurement.pages.value.gaps")
def test_a34_nothing_is_divided_while_a_month_is_missing(clerk, director, contract, run_worker):
    lacking = "\n".join(line for line in SHEET.splitlines() if ";3/2027;" not in line)
    reads_sheet(clerk, contract, run_worker, lacking + "\n")
    clerk.presses(shares(clerk, contract), "Freeze and tell 3 participants")
    page = director.opens("/en/municipality/009/value/2027/")
    assert page.rows("Own use") == [
        ["lainat", "1 100", "1–2/2027, 4–12/2027", "–", "–", "the supplier's own sheet use.csv"]
    ]
    words = "lainat: figures are missing for 3/2027, so nothing is divided by it."
    assert words in page.part("Not known")
    page = clerk.opens(f"/en/contracts/{contract.pk}/use/", year="2027")
    assert page.rows("Each participant's own figures")[0] == ["Alavieska", "1–2/2027, 4–12/2027", "3/2027"]
    assert page.rows("Each participant's own figures")[2] == ["Rautalampi", "not one", "2027"]


@pytest.mark.breaks("procurement.models.UsageFile.map_places")
def test_a34_what_is_known_for_all_only_is_said_as_such_and_never_divided(
    clerk, director, contract, run_worker
):
    page = hands_in(clerk, contract, SHEET.replace("Alavieska", "Kaikki asiakkaat").encode())
    run_worker()
    page = clerk.does(clerk.opens(page.path), "Say what the columns mean", fixed_metric="lainat")
    run_worker()
    page = clerk.does(clerk.opens(page.path), "Say whose figures they are", place_0="all")
    run_worker()
    page = director.opens("/en/municipality/009/value/2027/")
    words = "All participants together: lainat 1 200, 2027. Source: the supplier's own sheet use.csv."
    assert words in page.text
    assert "use is known for several together only, and it is not divided" in page.part("Not known")
    with pytest.raises(LookupError):
        page.rows("Own use")


@pytest.mark.breaks("procurement.models.ValueSheet.produce")
def test_a34_the_page_is_taken_along_as_pdf_in_each_language_of_the_municipality(
    clerk, director, contract, run_worker, tmp_path
):
    Municipality.objects.filter(code="009").update(language="fi-sv", name_sv="Alavieska")
    reads_sheet(clerk, contract, run_worker)
    clerk.presses(shares(clerk, contract), "Freeze and tell 3 participants")
    director.presses(director.opens("/en/municipality/009/value/2027/"), "Make a PDF")
    run_worker()
    page = director.opens("/en/municipality/009/value/2027/")
    assert "The PDF shows what was known on 7.2.2028" in page.part("PDF")
    told = {}
    for language in ("fi", "sv"):
        content = director.opens(f"/en/municipality/009/value/2027/{language}.pdf").content
        file = tmp_path / f"{language}.pdf"
        file.write_bytes(content)
        result = outloud.check(str(file))
        assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)
        with pymupdf.open(stream=content, filetype="pdf") as document:
            assert (document.language, len(document)) == (language, 1)
            told[language] = " ".join(document[0].get_text().split())
    assert "Kustannus käyttöä kohti: 0,12 €. Käyttö asukasta kohti: 0,49." in told["fi"]
    assert "Kostnad per användning: 0,12 €. Användning per invånare: 0,49." in told["sv"]


def test_another_municipality_does_not_see_the_page(person, contract):
    assert person("686").opens("/en/municipality/009/value/2027/").status == 404
    assert person("009", email="toinen@009.example").opens("/en/municipality/009/value/2027/").status == 200


# --- Files of use -----------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.models.UsageFile.receive")
def test_the_same_file_twice_changes_nothing_and_the_page_says_so(clerk, contract, run_worker):
    first = reads_sheet(clerk, contract, run_worker)
    page = hands_in(clerk, contract, SHEET.encode(), name="sama.csv")
    assert run_worker() == 0
    assert page.path == first.path
    assert "This very file has been handed in before. Nothing was changed." in page.response.content.decode()
    assert (UsageFile.objects.count(), UsageFigure.objects.count()) == (1, 12)


def test_what_the_columns_mean_is_remembered_for_the_next_file(clerk, contract, run_worker):
    reads_sheet(clerk, contract, run_worker)
    page = hands_in(clerk, contract, SHEET.replace(";100", ";200").replace("2027", "2028").encode())
    run_worker()
    assert "Read: 1/2028–12/2028." in clerk.opens(page.path).says


def test_the_newer_of_two_files_counts_and_one_set_aside_does_not(clerk, contract, run_worker):
    def standing():
        return sum(row.count for row in UsageFigure.objects.standing())

    reads_sheet(clerk, contract, run_worker)
    page = hands_in(clerk, contract, SHEET.replace(";100", ";200").encode())
    run_worker()
    assert standing() == 2400
    page = clerk.does(clerk.opens(page.path), "Set the file aside", reason="Wrong customer")
    assert "It was set aside and does not count: Wrong customer" in page.says
    assert standing() == 1200
    assert UsageFigure.objects.count() == 24  # they stay on record


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\n \n", "a.csv", "The file is empty."),
        (b"%PDF-1.7 a paper", "a.pdf", "is neither CSV nor an .xlsx spreadsheet"),
        (
            b'{"Report_Header": {"Report_ID": "TR_J1", "Release": "4"}}',
            "a.json",
            "releases 5 and 5.1 are read",
        ),
        (b'{"Report_Header": {"Report_ID": "TR_J1", "Rel', "a.json", "The JSON is broken at line 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(clerk, contract, run_worker, content, name, words):
    page = hands_in(clerk, contract, content, name)
    run_worker()
    assert words in clerk.opens(page.path).says
    assert not UsageFigure.objects.exists()


@pytest.mark.parametrize(("size", "words"), [(0, "0 bytes"), (50 * 1024 * 1024, "at most 20 MB")])
def test_an_empty_file_and_one_of_fifty_megabytes_are_refused_beside_the_field(clerk, contract, size, words):
    page = hands_in(clerk, contract, b"0" * size, "suuri.json")
    assert words in page.wrong_with("file")
    assert not UsageFile.objects.exists()


# --- Shared costs -----------------------------------------------------------------------------------------------


@pytest.mark.breaks("procurement.cost_emails.shares_frozen")
def test_shares_are_previewed_frozen_and_told_each_its_own(clerk, director, contract):
    page = shares(clerk, contract)
    assert "Preview: 3 shares, 40 000,00 € together. Nobody has been told." in page.says
    assert page.rows("Shares of 2027")[0] == [
        *("Alavieska", "2 447", "12", "146,21 €"),
        "by residents 40 000,00 € × 2 447 / 669 439 = 146,21 €, rounded down to the cent",
    ]
    assert not OutgoingEmail.objects.filter(template="procurement/emails/share_frozen").exists()
    page = clerk.presses(page, "Freeze and tell 3 participants")
    assert "Frozen on 7.2.2028: 3 shares, 40 000,00 € together." in page.says
    letter = OutgoingEmail.objects.get(to="johtaja@009.example", template="procurement/emails/share_frozen")
    assert letter.subject == "Alavieska: share of Sähköiset lehdet 2027 is 146,21\u00a0€"
    assert "39 676,69" not in letter.body
    assert "146,21 €" in director.opens("/en/municipality/009/value/2027/").part("Costs")


def test_a_freeze_of_other_figures_than_those_looked_at_is_refused(clerk, contract, places):
    page = shares(clerk, contract)
    row = places[0].populations.get()
    row.count = 3000
    row.save()
    page = clerk.presses(page, "Freeze and tell 3 participants")
    assert "The figures have changed since you looked" in page.response.content.decode()
    assert CostShare.objects.get().state == "draft"
    assert not CostShare.objects.get().lines.exists()


def test_a_first_year_of_eight_months_and_a_smallest_share(clerk, contract):
    page = shares(clerk, contract, months="8", floor="300")
    # 26 666,67 €; the smallest share 200: Alavieska and Rautalampi
    assert [row[3] for row in page.rows("Shares of 2027")] == ["200,00 €", "26 266,67 €", "200,00 €"]
    assert "The smallest share: 200,00 €" in page.text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"method": "mixed", "equal_part": "40"}, "equal_part", "The three parts must together be 100 %."),
        ({"method": "use"}, "use_metric", "Read the supplier's file first."),
        ({"method": "price"}, "price", "Give the price a resident."),
        ({"amount": ""}, "amount", "Give the bill of a whole year."),
        ({"floor": "10", "cap": "5"}, "cap", "cannot be less than the smallest"),
    ],
)
def test_terms_that_contradict_are_said_beside_the_field(clerk, contract, typed, field, words):
    assert words in shares(clerk, contract, **typed).wrong_with(field)
    assert not CostShare.objects.exists()


def test_floors_above_the_bill_are_said_with_the_way_out(clerk, contract):
    page = shares(clerk, contract, amount="100", floor="50")
    assert "The smallest shares (50,00 € each, 3 participants) exceed the bill of 100,00 €." in page.says
    assert not page.offers("Freeze")


@pytest.mark.breaks("procurement.models.CostShare.charge")
def test_the_shares_go_to_the_ledger_in_the_fees_own_layout(clerk, contract, places):
    places[1].buyer_reference = ""
    places[1].save()
    page = shares(clerk, contract, vat_rate="25,5", account="440100", cost_centre="K1")
    page = clerk.presses(page, "Freeze and tell 3 participants")
    assert "the buyer's reference is missing" in page.part("Details missing")
    page = clerk.presses(page, "Make the file for the ledger: 2 shares")
    text = clerk.opens(page.link("CSV")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [(r["Customer"], r["Amount, €"], r["VAT %"], r["Agreement number"]) for r in rows] == [
        ("Alavieska", "146,21", "25,50", "KS 1"),
        ("Helsinki", "39676,69", "25,50", "KS 1"),
    ]
    book = load_workbook(io.BytesIO(clerk.opens(page.link("CSV").replace(".csv", ".xlsx")).content))
    assert book.active.max_row == 3
    places[1].buyer_reference = "LIB-1"
    places[1].save()
    page = clerk.presses(clerk.opens(page.path), "Make the file for the ledger: 1 share")
    assert "File 2: 1 share" in page.part("Files for the ledger")


@pytest.mark.breaks("procurement.models.CostShare.settle")
def test_shares_frozen_without_vat_are_charged_when_it_is_given(clerk, person, contract):
    page = clerk.presses(shares(clerk, contract), "Freeze and tell 3 participants")
    assert not page.offers("Make the file")
    assert clerk.opens(f"{page.path}edit/").path == page.path  # the terms stay frozen
    asks = clerk.opens(f"{page.path}vat/")
    late = clerk.opens(f"{page.path}vat/")
    wrong = clerk.presses(asks, "Save", vat_rate="0")
    assert "Say why there is no VAT." in wrong.wrong_with("vat_note")
    page = clerk.presses(asks, "Save", vat_rate="25,5", account="440100", cost_centre="K1")
    assert "VAT and account given" in page.text
    overtaken = clerk.presses(late, "Save", vat_rate="14")
    assert "A colleague has changed this meanwhile." in overtaken.text
    page = clerk.presses(clerk.opens(page.path), "Make the file for the ledger: 3 shares")
    rows = clerk.opens(page.link("CSV")).content.decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(rows), delimiter=";"))
    assert [(r["Amount, €"], r["VAT %"]) for r in found] == [
        ("146,21", "25,50"),
        ("39676,69", "25,50"),
        ("177,10", "25,50"),
    ]
    assert person("009").opens(f"{page.path}vat/").status == 403


def test_shares_taken_back_are_told_and_the_year_can_be_shared_anew(clerk, contract, person):
    person("009")
    page = clerk.presses(shares(clerk, contract), "Freeze and tell 3 participants")
    clerk.does(page, "Take back", reason="The bill was another year's.")
    letter = OutgoingEmail.objects.get(
        to="johtaja@009.example", template="procurement/emails/share_withdrawn"
    )
    assert "The bill was another year's." in letter.body
    assert "Preview: 3 shares" in shares(clerk, contract).says


def test_costs_are_not_open_to_a_municipalitys_own_people_on_the_contracts_page(director, contract):
    assert director.opens(f"/en/contracts/{contract.pk}/costs/").status == 403
    assert director.opens(f"/en/contracts/{contract.pk}/use/").status == 403
    assert Contract.objects.count() == 1
