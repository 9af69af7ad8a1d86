"""A 27 and C 44: the central purchasing body gets the list of a frozen round, and later only what differs."""

import csv
import datetime as dt
import io
import shutil
import subprocess
from decimal import Decimal

import pikepdf
import pytest
from openpyxl import load_workbook

from consortium import clock
from consortium.models import AccessLog, OutgoingEmail
from members.models import Municipality
from procurement.models import CommitmentList
from tests.procurement_factories import announced, answers, closing_day, opened
from tests.stories.people import Person

HEAD = [
    *("Kuntanumero", "Kunta", "Y-tunnus", "Vastaus", "Määrä vuodessa ilman arvonlisäveroa, €"),
    *("Enintään vuodessa ilman arvonlisäveroa, €", "Yhteyshenkilö sopimusta varten"),
    *("Yhteyshenkilön sähköposti", "Päätöksen tekijä", "Päätöspäivä", "Pykälä (§)", "Diaarinumero"),
    *("Lainvoimaisuuden päivä", "Merkinnät"),
]


@pytest.fixture
def clerk(client_of, staff):
    """The head of the service centre at her own pages, in English."""
    staff.language = "en"
    staff.save()
    return Person(client_of(staff))


@pytest.fixture
def frozen(municipalities, staff, today_is):
    """A round on e-magazines that closed on Monday 16.11.2026: two have committed themselves, one is interested."""
    municipalities("009", "686", "545", "091")
    ids = {"009": "0184278-7", "686": "0172718-0", "545": "0182000-0", "091": "0201256-6"}
    places = {}
    for code, business_id in ids.items():
        place = Municipality.objects.get(code=code)
        place.business_id = business_id
        place.save()
        place.join(dt.date(2026, 1, 1))
        places[code] = place
    procurement = announced(staff, title_fi="Sähköiset lehdet", title_sv="Elektroniska tidskrifter")
    round_ = opened(procurement, places.values(), by=staff, closes_on=closing_day(dt.date(2026, 11, 16)))
    answers(
        *(round_, places["009"], "committed", "1200"),
        by=staff,
        ceiling=Decimal("1500"),
        contact_name="Maija Meri",
        contact_email="maija@alavieska.example",
        decided_on=dt.date(2026, 10, 12),
        section="§ 61",
        case_number="AlaDno-2026-9",
        final_on=dt.date(2026, 11, 5),
    )
    answers(round_, places["686"], "committed", "2400.50", by=staff)
    answers(round_, places["545"], "interested", "833.25", by=staff)
    answers(round_, places["091"], "declined", by=staff)
    today_is("2026-11-17")
    return procurement


def lists_of(procurement):
    return f"/en/procurements/{procurement.pk}/lists/"


def makes_the_list(clerk, procurement, run_worker, language="fi"):
    """Press the one button, let the worker make the file. Returns the page of the list."""
    button = "Make the list" if not CommitmentList.objects.handed_over() else "Make the list of differences"
    page = clerk.presses(clerk.opens(lists_of(procurement)), button, language=language)
    run_worker()
    return clerk.opens(page.path)


def sheet(page):
    return [list(row) for row in load_workbook(io.BytesIO(page.content)).active.iter_rows(values_only=True)]


def commas(page):
    return list(csv.reader(io.StringIO(page.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.breaks(
    "procurement.models.handover.CommitmentList.ask",
    "procurement.models.handover.CommitmentList.produce",
    "procurement.commitment_list.sums",
    "procurement.commitment_list.table",
)
def test_a27_the_spreadsheet_has_ids_contacts_answers_volumes_decisions_sums_and_the_freeze(
    clerk, frozen, run_worker
):
    page = clerk.opens(lists_of(frozen))
    assert page.says == (
        "The list froze on Mon 16.11.2026 at 16:00. "
        "2 committed, 3 600,50 € a year; 1 interested, 833,25 € a year."
    )
    page = makes_the_list(clerk, frozen, run_worker)
    name = f"{frozen.number}-sitoutumiset-1-2026-11-16.xlsx"
    lines = sheet(clerk.opens(page.link(name)))
    assert lines[0] == HEAD
    rows = {line[0]: line for line in lines[1:4]}
    assert rows["009"] == [
        *("009", "Alavieska", "0184278-7", "sitoutunut", 1200, 1500, "Maija Meri", "maija@alavieska.example"),
        *(
            "kunnanhallitus",
            dt.datetime(2026, 10, 12),
            "§ 61",
            "AlaDno-2026-9",
            dt.datetime(2026, 11, 5),
            None,
        ),
    ]
    assert rows["686"][2:5] == ["0172718-0", "sitoutunut", 2400.5]
    assert rows["545"][1:5] == ["Närpiö", "0182000-0", "kiinnostunut", 833.25]
    assert [line[1:5] for line in lines[4:7]] == [
        ["Sitoutuneet yhteensä", None, 2, 3600.5],
        ["Kiinnostuneet yhteensä", None, 1, 833.25],
        ["Kaikki yhteensä", None, 3, 4433.75],
    ]
    assert ["Luettelo jäädytetty", "16.11.2026 klo 16.00"] in [line[:2] for line in lines]
    assert "091" not in rows  # who said no is not told
    assert page.text.count("4 433,75 €") == 1  # the foot of the page has the file's own sum


@pytest.mark.breaks("procurement.forms.handover.SiftForm.sift", "procurement.views.handover._download")
def test_a27_the_files_obey_the_screens_filter(clerk, frozen, run_worker):
    made = makes_the_list(clerk, frozen, run_worker)
    for page, word in ((clerk.opens(lists_of(frozen)), "interested"), (made, "kiinnostunut")):
        page = clerk.opens(f"{page.path}?answer=interested")
        assert len(page.rows("List 1" if page.path == made.path else "The list as it now stands")) == 1
        lines = commas(clerk.opens(page.path + page.link("Download this 1 row (CSV)")))
        assert [line[0] for line in lines[1:2]] == ["545"] and lines[1][3:5] == [word, "833,25"]
        assert (
            lines[2][4] == "0,00" and lines[3][4] == lines[4][4] == "833,25"
        )  # the sums are those of the lines
        assert any("interested" in cell or "kiinnostunut" in cell for line in lines[5:] for cell in line[1:])
        xlsx = sheet(clerk.opens(page.path + page.link("Excel")))
        assert [line[0] for line in xlsx[1:2]] == ["545"] and xlsx[4][4] == 833.25


@pytest.mark.breaks(
    "procurement.models.handover.CommitmentList.send", "procurement.handover_emails.list_sent"
)
def test_a27_the_list_is_sent_from_the_portal_and_marked_handed_over(clerk, frozen, run_worker):
    page = makes_the_list(clerk, frozen, run_worker)
    assert page.says == "Not handed over."
    step = clerk.opens(page.link("Send the list"))
    page = clerk.presses(step, "Send the list", to="sitoumukset@kuntahankinnat.example")
    assert page.says.startswith("Sent on 17.11.2026 to sitoumukset@kuntahankinnat.example")
    run_worker()
    letter = OutgoingEmail.objects.get(to="sitoumukset@kuntahankinnat.example")
    assert [file["name"] for file in letter.attachments] == [
        f"{frozen.number}-sitoutumiset-1-2026-11-16.xlsx"
    ]
    assert "Send the list" not in page.text  # once


@pytest.mark.breaks("procurement.models.handover.CommitmentList.hand_over")
def test_a27_a_list_sent_from_ones_own_mailbox_is_marked(clerk, frozen, run_worker):
    page = makes_the_list(clerk, frozen, run_worker)
    step = clerk.opens(page.link("Mark handed over otherwise"))
    page = clerk.presses(step, "Mark handed over", on="17.11.2026", to="Kaisa Kategoria, by mail")
    assert page.says.startswith("Handed over on 17.11.2026: Kaisa Kategoria, by mail.")
    assert not OutgoingEmail.objects.filter(about_type__model="commitmentlist").exists()


def hands_over(clerk, page):
    step = clerk.opens(page.link("Mark handed over otherwise"))
    return clerk.presses(step, "Mark handed over", on=f"{clock.today():%-d.%-m.%Y}", to="Kaisa Kategoria")


@pytest.mark.breaks(
    "procurement.commitment_list.differences", "procurement.commitment_list.differences_table"
)
def test_a27_a_later_correction_yields_a_list_of_differences_in_the_same_columns(
    clerk, frozen, run_worker, staff, today_is
):
    hands_over(clerk, makes_the_list(clerk, frozen, run_worker))
    page = clerk.opens(lists_of(frozen))
    assert "Nothing has changed since list 1 was handed over on 17.11.2026." in page.text
    place = Municipality.objects.get(code="686")
    place.business_id = "0207862-9"
    place.save()
    today_is("2026-11-20")
    page = clerk.opens(lists_of(frozen))
    assert "1 line has changed since list 1 was handed over on 17.11.2026." in page.text
    page = makes_the_list(clerk, frozen, run_worker)
    (row,) = page.rows("List 2, differences")
    assert row[2] == "changed" and row[-1] == "Business ID: 0172718-0 → 0207862-9"
    lines = sheet(clerk.opens(page.link(f"{frozen.number}-muutokset-2-2026-11-16.xlsx")))
    assert lines[0] == ["Muutos", *HEAD, "Mikä muuttui"]
    assert [line[:4] for line in lines[1:3]] == [
        ["ennen", "686", "Rautalampi", "0172718-0"],
        ["nyt", "686", "Rautalampi", "0207862-9"],
    ]
    assert lines[2][-1] == "Y-tunnus"
    assert [line[2] for line in lines[3:6]] == [
        *("Sitoutuneet yhteensä", "Kiinnostuneet yhteensä", "Kaikki yhteensä"),
    ]
    assert lines[5][5] == 4433.75
    assert ["Verrattu", "luettelo 1, luovutettu 17.11.2026"] in [line[:2] for line in lines]


@pytest.mark.breaks("procurement.models.answer.Answer.withdraw", "procurement.models.handover.rows_of")
def test_c44_a_withdrawal_after_the_freeze_reaches_the_central_body_as_a_difference(
    clerk, frozen, run_worker, staff, today_is
):
    hands_over(clerk, makes_the_list(clerk, frozen, run_worker))
    today_is("2026-12-03")
    answer = frozen.round.answers.get(municipality__code="009")
    answer.withdraw(by=staff, on=dt.date(2026, 12, 1), reason="Valtuusto leikkasi talousarviota.")
    page = makes_the_list(clerk, frozen, run_worker)
    (row,) = page.rows("List 2, differences")
    assert row[2:4] == ["changed", "withdrawn"]
    assert "Answer: committed → withdrawn" in row[-1] and "Volume a year: 1 200,00 € → –" in row[-1]
    lines = sheet(clerk.opens(page.link(f"{frozen.number}-muutokset-2-2026-11-16.xlsx")))
    assert [(line[0], line[4], line[5]) for line in lines[1:3]] == [
        ("ennen", "sitoutunut", 1200),
        ("nyt", "peruutettu", None),
    ]
    assert lines[2][14] == "perui 1.12.2026 alkaen: Valtuusto leikkasi talousarviota."
    first = clerk.opens(f"{lists_of(frozen)}1/")
    assert "committed" in first.rows("List 1")[0]  # the list that was frozen stays as it was


@pytest.mark.breaks(
    "procurement.models.commitment_form.CommitmentForm.ask", "procurement.handover_paper.forms"
)
def test_a27_the_bodys_own_form_is_printed_filled_in_and_marked_sent(clerk, frozen, run_worker):
    page = clerk.opens(clerk.opens(lists_of(frozen)).link("Commitment forms"))
    assert page.says == "3 municipalities are on the list; 0 forms are marked as sent."
    page = clerk.presses(page, "Print for all", language="sv")
    run_worker()
    page = clerk.opens(page.path)
    content = clerk.opens(page.link(f"{frozen.number}-form-all-sv.pdf")).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 3 and str(pdf.Root.Lang) == "sv" and pdf.Root.MarkInfo.Marked
        assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
    page = clerk.presses(page, "Mark the ticked ones", municipalities=["009", "545"], on="17.11.2026")
    assert page.says == "3 municipalities are on the list; 2 forms are marked as sent."


@pytest.mark.breaks("procurement.views.handover.note_reading")
def test_a27_who_read_the_volumes_before_the_notice_stands_in_the_log(clerk, frozen, staff):
    clerk.opens(lists_of(frozen))
    read = AccessLog.objects.get(kind="read", user=staff)
    assert read.what == f"procurement.volumes {frozen.pk}"


def test_while_the_round_is_open_there_is_nothing_to_hand_over(clerk, frozen, today_is):
    today_is("2026-11-15")
    page = clerk.opens(lists_of(frozen))
    assert "open until Mon 16.11.2026" in page.says and "1 200" not in page.text


@pytest.mark.drill
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_spreadsheet_with_the_pages_sums(clerk, frozen, run_worker, tmp_path):
    page = makes_the_list(clerk, frozen, run_worker)
    book = tmp_path / "list.xlsx"
    book.write_bytes(clerk.opens(page.link(f"{frozen.number}-sitoutumiset-1-2026-11-16.xlsx")).content)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to"]
    subprocess.run(
        [*command, "csv:Text - txt - csv (StarCalc):59,34,76", "--outdir", tmp_path, book], check=True
    )
    lines = list(csv.reader((tmp_path / "list.csv").open(encoding="utf-8"), delimiter=";"))
    sums = {line[1]: line[3:5] for line in lines if len(line) > 4 and not line[0]}
    assert sums["Kaikki yhteensä"] == ["3", "4433.75"]
    volumes = [Decimal(line[4]) for line in lines[1:4]]
    assert sum(volumes) == Decimal("4433.75") and "4 433,75 €" in page.text
