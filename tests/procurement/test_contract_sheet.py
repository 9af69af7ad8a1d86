"""A sheet of contracts: what is read, what is named as wrong, all of it or nothing, and twice the same."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from members.tables import UnreadableListError
from procurement.contract_sheet import Place, read
from procurement.models import Contract, Participation, Supplier
from tests.factories import MunicipalityFactory

HEAD = (
    "Sopimusnumero;Nimi suomeksi;Nimi ruotsiksi;Toimittaja;Allekirjoitettu;Alkaa;Päättyy;Irtisanomisaika kk;Optiot;"
    "Kunta;Arvo vuodessa"
)
EBOOKS = "KLKH150;E-kirjat;E-böcker;Kirjatalo Oy;22.11.2018;30.11.2018;22.11.2021;6;12"
TODAY = dt.date(2027, 2, 1)
PLACES = [
    Place("686", ("Rautalampi", "Rautalampi")),
    Place("853", ("Turku", "Åbo")),
    Place("588", ("Pertunmaa", "Pertunmaa"), "507", dt.date(2025, 1, 1)),
]


def sheet(*lines, head=HEAD):
    """Return the bytes of a sheet."""
    return "\n".join([head, *lines]).encode()


def test_a_line_a_contract_and_municipality():
    found = read(sheet(f"{EBOOKS};Rautalampi;1 200,00", "KLKH150;;;;;;;;;853;84 000"), PLACES, TODAY)
    assert not found.problems
    [entry] = found.entries
    assert entry.facts["begins_on"] == dt.date(2018, 11, 30)
    assert entry.facts["silence"] == "ends"
    assert entry.options == [12]
    assert entry.participants == {"686": Decimal("1200.00"), "853": Decimal("84000.00")}


def test_several_in_one_cell_without_a_volume():
    found = read(sheet(f"{EBOOKS};Rautalampi, Åbo;"), PLACES, TODAY)
    assert found.entries[0].participants == {"686": None, "853": None}


def test_a_spreadsheet_with_days_and_numbers_as_such():
    book = Workbook()
    rows = [
        HEAD.split(";"),
        [
            "K1",
            "Lehdet",
            "Tidskrifter",
            "Lehtitalo",
            dt.datetime(2026, 1, 2),
            dt.date(2026, 2, 1),
            None,
            3,
            None,
            686,
            99.9,
        ],
    ]
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    [entry] = read(stream.getvalue(), PLACES, TODAY).entries
    assert entry.facts["silence"] == "runs_on"
    assert entry.participants == {"686": Decimal("99.90")}


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (f"{EBOOKS};588;", "Kunta", "The code 588 ended on 1.1.2025, use 507."),
        (f"{EBOOKS};Koski Tl;", "Kunta", "No municipality of the register is called “Koski Tl”."),
        (
            f"{EBOOKS};Rautalampi, Turku;1200",
            "Kunta",
            "Several municipalities in one cell and one volume: a line each.",
        ),
        (f"{EBOOKS};Rautalampi;paljon", "Arvo vuodessa", "“paljon” is not a sum in euros"),
        (f"{EBOOKS};Rautalampi;1,200", "Arvo vuodessa", "“1,200” can be read in two ways"),
        (EBOOKS.replace("22.11.2021", "joskus") + ";686;", "Päättyy", "“joskus” is not a day"),
        (EBOOKS.replace("22.11.2021", "31.2.2021") + ";686;", "Päättyy", "“31.2.2021” is not a day"),
        (
            EBOOKS.replace("22.11.2021", "22.11.2017") + ";686;",
            "Päättyy",
            "A contract cannot end before it begins.",
        ),
        (EBOOKS.replace("Kirjatalo Oy", "") + ";686;", "Toimittaja", "It is empty."),
        (
            EBOOKS.replace("22.11.2018", "22.11.2030") + ";686;",
            "Allekirjoitettu",
            "That day is still to come.",
        ),
        (
            EBOOKS.replace(";6;12", ";kuusi;12") + ";686;",
            "Irtisanomisaika kk",
            "“kuusi” is not a number of months.",
        ),
        (f"{EBOOKS};;500", "Kunta", "A volume without a municipality."),
    ],
)
def test_each_wrong_line_is_named_with_its_column_and_reason(line, column, reason, settings):
    settings.LANGUAGE_CODE = "en"
    [problem] = read(sheet("K9;A;B;C;1.1.2020;1.1.2020;;;;686;", line), PLACES, TODAY).problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason


def test_a_later_line_that_contradicts_the_first_is_named(settings):
    settings.LANGUAGE_CODE = "en"
    again = EBOOKS.replace("22.11.2021", "22.11.2022")
    [problem] = read(sheet(f"{EBOOKS};686;", f"{again};853;"), PLACES, TODAY).problems
    assert (problem.line, problem.column) == (3, "Päättyy")
    assert "Another value than on line 2" in problem.reason


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.7", b"\x00\x01", b"a;b\n1;2"])
def test_what_is_no_sheet_is_refused_as_a_whole(content):
    with pytest.raises(UnreadableListError):
        read(content, PLACES, TODAY)


# --- On pages --------------------------------------------------------------------------------------------------


def _upload(client, content):
    file = SimpleUploadedFile("sopimukset.csv", content, "text/csv")
    return client.post(reverse("procurement:contract_import"), {"file": file})


def _take_in(client, content):
    preview = _upload(client, content)
    return client.post(
        reverse("procurement:contract_import"), {"rows": preview.context["form"]["rows"].value()}, follow=True
    )


@pytest.fixture
def desk(client_of, staff, today_is, settings):
    settings.LANGUAGE_CODE = "en"
    today_is("2027-02-01")
    MunicipalityFactory(code="686", name_fi="Rautalampi")
    MunicipalityFactory(code="853", name_fi="Turku", name_sv="Åbo")
    return client_of(staff)


def test_nothing_is_written_before_the_preview_is_confirmed_and_then_all_of_it(desk):
    content = sheet(f"{EBOOKS};Rautalampi;1 200,00", "KLKH150;;;;;;;;;853;84 000")
    assert b"Nothing has been written yet" in _upload(desk, content).content
    assert not Contract.objects.exists()
    answer = _take_in(desk, content)
    assert b"1 contract was written, 2 participations." in answer.content
    contract = Contract.objects.get()
    assert (contract.state, contract.ends_on, contract.asks_use) == ("signed", dt.date(2021, 11, 22), False)
    assert [option.months for option in contract.options.all()] == [12]
    assert contract.supplier.name == "Kirjatalo Oy"
    assert sum(contract.participations.values_list("yearly", flat=True)) == Decimal("85200.00")


def test_a_second_run_changes_nothing_and_says_so(desk):
    content = sheet(f"{EBOOKS};Rautalampi;1 200,00", "KLKH150;;;;;;;;;853;84 000")
    _take_in(desk, content)
    before = list(Contract.objects.values()), list(Participation.objects.values()), Supplier.objects.count()
    assert b"There is nothing to write" in _upload(desk, content).content
    after = list(Contract.objects.values()), list(Participation.objects.values()), Supplier.objects.count()
    assert before == after


def test_suppliers_are_read_once_and_one_that_is_new_is_written_once(desk):
    lines = [f"{EBOOKS.replace('KLKH150', f'KLKH15{n}')};686;1 200,00" for n in range(4)]
    content = sheet(*lines)
    rows = _upload(desk, content).context["form"]["rows"].value()
    with CaptureQueriesContext(connection) as asked:
        desk.post(reverse("procurement:contract_import"), {"rows": rows})
    assert Contract.objects.count() == 4 and Supplier.objects.count() == 1
    reads = [q for q in asked.captured_queries if 'FROM "procurement_supplier" ORDER BY' in q["sql"]]
    assert len(reads) == 2  # compared once more, then written


def test_one_wrong_line_and_nothing_is_written(desk):
    answer = _upload(desk, sheet(f"{EBOOKS};Rautalampi;1 200,00", "K2;A;B;C;1.1.2020;1.1.2020;;;;Koski Tl;"))
    assert "Koski Tl" in answer.content.decode()
    assert "rows" not in answer.context["form"].fields
    assert not Contract.objects.exists() and not Supplier.objects.exists()


def test_what_contradicts_the_record_is_named_and_new_participants_are_added(desk):
    _take_in(desk, sheet(f"{EBOOKS};Rautalampi;1 200,00"))
    changed = sheet(f"{EBOOKS};Rautalampi;1 300,00".replace("22.11.2021", "22.11.2022"))
    words = _upload(desk, changed).content.decode()
    assert "On record it is 22.11.2021." in words
    assert "On record it is 1\u202f200,00" in words
    _take_in(desk, sheet(f"{EBOOKS};Rautalampi;1 200,00", "KLKH150;;;;;;;;;853;"))
    assert Participation.objects.count() == 2


def test_a_preview_of_somebody_else_or_of_a_changed_record_is_not_written(desk, client_of):
    content = sheet(f"{EBOOKS};Rautalampi;1 200,00")
    rows = _upload(desk, content).context["form"]["rows"].value()
    answer = desk.post(reverse("procurement:contract_import"), {"rows": rows + "x"}, follow=True)
    assert b"too old" in answer.content
    assert not Contract.objects.exists()
    _take_in(desk, sheet(EBOOKS.replace("E-kirjat", "Muu nimi") + ";686;"))
    answer = desk.post(reverse("procurement:contract_import"), {"rows": rows}, follow=True)
    assert "changed since the preview" in answer.content.decode()
    assert Contract.objects.get().title_fi == "Muu nimi"
