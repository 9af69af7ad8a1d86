"""Statistics Finland's population file: the forms in which it comes, and what in it cannot be right."""

import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from openpyxl import Workbook

from members.population_file import DayError, read
from members.tables import LONGEST_FILE, UnreadableListError

unhurried = trying(deadline=None, max_examples=60)
TODAY = dt.date(2026, 11, 2)
END_2025 = dt.date(2025, 12, 31)
PLACES = {
    "005": ("Alajärvi", "Alajärvi"),
    "009": ("Alavieska", "Alavieska"),
    "091": ("Helsinki", "Helsingfors"),
    "139": ("Ii", "Ii"),
    "478": ("Maarianhamina", "Mariehamn"),
    "507": ("Mäntyharju", "Mäntyharju"),
    "545": ("Närpiö", "Närpes"),
    "588": ("Pertunmaa", "Pertunmaa"),
}
REGIONS = {"Uusimaa", "Nyland", "Ahvenanmaa", "Åland"}
TABLE = """"11ra -- Tunnuslukuja väestöstä muuttujina Alue, Tiedot ja Vuosi"

"Alue";"2024 Väkiluku";"2025 Väkiluku"
"SSS KOKO MAA";5635560;5650000
"KU005 Alajärvi";9000;8950
"KU091 Helsinki";684018;690 000
"KU478 Maarianhamina - Mariehamn";11 800;11\u00a0900
"KU545 Närpiö";9500;..
"MK01 Uusimaa";1700000;1710000
"MA1 MANNER-SUOMI";5600000;5610000
"""
FIGURES = {"005": 8950, "091": 690000, "478": 11900}


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def found(content, **options):
    content = content.encode() if isinstance(content, str) else content
    return read(content, PLACES, TODAY, regions=REGIONS, **options)


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def problems(content, **options):
    return [(p.line, p.column, p.reason) for p in found(content, **options).problems]


@pytest.mark.breaks("members.population_file.read")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_table_is_read_in_each_form_in_which_it_is_downloaded(encoding, delimiter):
    told = found(TABLE.replace(";", delimiter).encode(encoding))
    assert (told.on, told.column) == (END_2025, "2025 Väkiluku")
    assert told.residents == FIGURES
    assert (told.missing, told.country, told.renamed, told.problems) == (("545",), 5650000, (), ())


def test_the_newest_year_is_taken_unless_a_day_is_asked_for():
    assert found(TABLE, on=dt.date(2024, 12, 31)).residents["545"] == 9500
    assert found(TABLE, on=dt.date(2024, 12, 31)).on == dt.date(2024, 12, 31)


@pytest.mark.parametrize(
    "table",
    [
        "Kunta,2025\n091,690000\n5,8950\n478,11900",
        "Kommun;2025*\nHelsingfors;690000\nAlajärvi;8950\nMariehamn;11900",
        "Koodi;Kunta;2024;2025\n091;Helsinki;1;690000\n005;Alajärvi;1;8950\n478;Mariehamn;1;11900",
        "Area;Väestö 31.12.2025\nKU091 Helsinki;690000\nKU005 Alajärvi;8950\nKU478 Maarianhamina;11900",
        "Region,Information,2025\nKU091 Helsinki,Population,690000\nKU091 Helsinki,Share of Swedish speakers,5.5\n"
        "KU005 Alajärvi,Population,8950\nKU005 Alajärvi,Share of Swedish speakers,0.1\n"
        "KU478 Mariehamn,Population,11900",
        "Alue;2025 Väkiluku;2025 Alle 15-vuotiaiden osuus, %\n091;690000;15,1\n005;8950;14\n478;11900;13",
        "Alue;Vuosi;Tiedot;11ra\n091;2024;Väkiluku;1\n091;2025;Väkiluku;690000\n005;2025;Väkiluku;8950\n"
        "005;2025;Osuus;5\n478;2025;Väkiluku;11900",
        "Kunta 2026;31.12.2025\nHELSINKI;690000\nalajärvi;8950\nKoko maa;710850\nMaarianhamina;11900\nUusimaa;1",
    ],
)
def test_municipalities_stand_by_code_or_name_and_years_as_columns_or_rows(table):
    told = found(table)
    assert (told.on, told.residents, told.problems) == (END_2025, FIGURES, ())


def test_a_spreadsheet_with_title_unnamed_column_and_remarks_is_read():
    content = sheet(
        ["11ra -- Tunnuslukuja väestöstä muuttujina Alue, Tiedot ja Vuosi"],
        [],
        [None, "2024", "2025"],
        [None, "Väkiluku", "Väkiluku"],
        ["SSS KOKO MAA", 5635560, 5650000],
        ["KU005 Alajärvi", 9000, 8950.0],
        ["KU091 Helsinki", 684018, 690000],
        ["KU478 Maarianhamina - Mariehamn", 11800, "11 900"],
        ["KU545 Närpiö", 9500, ".."],
        [],
        ["Väkiluku 31.12. aluejaon 1.1.2026 mukaan."],
        ["Lähde: Tilastokeskus"],
    )
    told = found(content)
    assert (told.residents, told.missing, told.country) == (FIGURES, ("545",), 5650000)
    assert told.problems == ()


def test_a_spreadsheet_that_holds_codes_and_years_as_numbers_is_read():
    assert found(sheet(["Kunta", 2024, 2025.0], [91, 1, 690000], [5.0, 1, 8950])).residents == {
        "091": 690000,
        "005": 8950,
    }


def test_a_day_of_ones_own_goes_with_a_column_without_a_year():
    table = "Kunta;Väkiluku\n091;690000\n"
    with pytest.raises(DayError, match="names no year: write the day"):
        found(table)
    told = found(table, on=dt.date(2026, 6, 30))
    assert (told.on, told.residents) == (dt.date(2026, 6, 30), {"091": 690000})


def test_each_line_that_cannot_be_right_is_named():
    table = (
        "Alue;2024;2025\nKU091 Helsinki;1;690000\nKU999 Kuvala;1;500\nKU005 Alajärvi;1;89,5\n"
        "Helsnki;1;5\nKU091 Helsinki;1;690000\nKU139 Ii;1;\nKU009 Alavieska;1;0\nMäntyharju;1;3000000\n"
    )
    assert problems(table) == [
        (
            3,
            "2025",
            "The register has no municipality with the code 999. "
            "One that was merged must stand there with its successor.",
        ),
        (4, "2025", "“89,5” is not a whole number of residents."),
        (5, "2025", "No municipality of the register is called “Helsnki”."),
        (6, "2025", "091 stands already on line 2."),
        (7, "2025", "The figure is empty."),
        (8, "2025", "“0” is not a whole number of residents."),
        (9, "2025", "“3000000” is not a whole number of residents."),
    ]


@pytest.mark.parametrize(
    "figure", ["1.000", "1,000", "10 00", "-5", "1e5", "٩٠", "9000 €", "9 000.0", "TRUE", "1 0000"]
)
def test_a_figure_that_can_be_read_otherwise_is_not_guessed_at(figure):
    [(line, column, reason)] = problems(f"Kunta;2024;2025\n005;8950;8950\n091;1;{figure}\n")
    assert (line, column, reason) == (3, "2025", f"“{figure}” is not a whole number of residents.")


def test_two_municipalities_of_one_name_are_asked_for_by_code():
    twins = PLACES | {"988": ("Helsinki", "Helsinki")}
    told = read(b"Kunta;2025\nHelsinki;5\nKU988 Helsinki;7", twins, TODAY)
    [wrong] = told.problems
    assert (wrong.line, wrong.reason) == (2, "Several municipalities are called “Helsinki”: give the code.")
    assert told.residents == {"988": 7}


def test_a_name_other_than_the_registers_is_told_and_the_code_decides():
    told = found("Alue;2025\nKU091 Stadi;690000\nKU545 Närpes;9000\n")
    assert told.residents == {"091": 690000, "545": 9000}
    assert told.renamed == (("091", "Stadi"),)


@pytest.mark.parametrize(
    ("content", "on", "error", "sentence"),
    [
        (TABLE, dt.date(2019, 12, 31), DayError, "The file has no figures of 2019. It has 2024, 2025."),
        (TABLE, dt.date(2027, 1, 1), DayError, "1.1.2027 has not come yet."),
        ("Kunta;2030\n091;700000\n", None, DayError, "31.12.2030 has not come yet."),
        ("", None, UnreadableListError, "The file is empty."),
        (b"%PDF-1.7 x", None, UnreadableListError, "“vaki.csv” is neither CSV nor an .xlsx spreadsheet."),
        (b"\x89PNG\r\n", None, UnreadableListError, "“vaki.csv” is neither CSV nor an .xlsx spreadsheet."),
        (b"PK\x03\x04 broken", None, UnreadableListError, "The spreadsheet is broken or locked."),
        (b"x" * (LONGEST_FILE + 1), None, UnreadableListError, "The file is too large"),
        (
            "Nimi;Summa\nHelsinki;5\n",
            None,
            UnreadableListError,
            "No table of municipalities and their residents was found. Found: “Nimi”, “Summa”.",
        ),
        (
            "Alue;2025\nMK01 Uusimaa;5\nSSS KOKO MAA;9",
            None,
            UnreadableListError,
            "No table of municipalities",
        ),
        ("Alue;2025\nKU091 Helsinki;..\n", None, UnreadableListError, "not one figure of a municipality"),
        (
            "Kunta;2025 Miehet;2025 Naiset\n091;5;6",
            None,
            UnreadableListError,
            "Several columns have figures of the same day: “2025 Miehet”, “2025 Naiset”. Leave only the population.",
        ),
        ('Kunta;2025\n091;5\n005;"7\n', None, UnreadableListError, "see the quotation marks on line 3"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(content, on, error, sentence):
    with pytest.raises(error) as refusal:
        found(content, on=on, name="vaki.csv")
    assert sentence in str(refusal.value)


codes = st.lists(st.sampled_from(sorted(PLACES)), unique=True, min_size=1)
spaces = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"])


@unhurried
@given(
    codes=codes,
    data=st.data(),
    space=spaces,
    delimiter=st.sampled_from(";\t"),
    form=st.sampled_from(["KU{0} {1}", "KU{0}", "{0}", "{1}", "{0} {2}", "{2}"]),
    title=st.booleans(),
)
def test_whatever_is_written_is_read_back(codes, data, space, delimiter, form, title):
    """Any municipalities, in any order, named in any of the ways, thousands parted or not: the same figures."""
    written = {code: data.draw(st.integers(1, 2_000_000), label=code) for code in codes}
    lines = ['"Väkiluku alueittain, 1990-2025"', ""] if title else []
    lines.append(delimiter.join(["Alue", "2024", "2025"]))
    for code, residents in written.items():
        figure = f"{residents:,}".replace(",", space)
        lines.append(delimiter.join([form.format(code, *PLACES[code]), "1", figure]))
    told = found("\r\n".join(lines))
    assert (told.residents, told.problems) == (written, ())


@unhurried
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_whatever_comes_is_read_or_refused_with_a_sentence(content):
    try:
        told = found(content)
    except UnreadableListError as refusal:
        assert str(refusal).endswith(".")
    else:
        assert told.residents or told.problems
