"""A 23: Statistics Finland's figures come in by file, after staff have seen what they mean."""

import csv
import datetime as dt
import io

import pytest
from openpyxl import Workbook

from consortium.models import AuditEvent
from members.models import Municipality, Population
from tests.factories import MunicipalityFactory, PopulationFactory
from tests.stories.people import Person, file_called

END_2025 = dt.date(2025, 12, 31)
TABLE = """"11ra -- Tunnuslukuja väestöstä muuttujina Alue ja Vuosi"

"Alue";"2024";"2025"
"SSS KOKO MAA";12345;12400
"MK10 Etelä-Savo";8000;8100
"KU009 Alavieska";2400;2300
"KU507 Mäntyharju";5600;5 500
"KU588 Pertunmaa";1600;1 580
"KU686 Rautalampi";2970;..
"""


@pytest.fixture
def clerk(client_of, staff):
    """Somebody of the service centre."""
    return Person(client_of(staff))


@pytest.fixture(autouse=True)
def register(municipalities):
    """Alavieska, Mäntyharju and Rautalampi with their figures of 2022; Pertunmaa, which went into Mäntyharju."""
    municipalities("009", "507", "686")
    heir = Municipality.objects.get(code="507")
    fields = {"ended_on": dt.date(2025, 1, 1), "successor": heir}
    MunicipalityFactory(code="588", name_fi="Pertunmaa", population=False, **fields)


def stored():
    """Return the figures of the end of 2025: code -> (residents, source)."""
    rows = Population.objects.filter(on=END_2025)
    return {code: (n, who) for code, n, who in rows.values_list("municipality__code", "count", "source")}


def as_workbook(table):
    """Return the table as the bytes of a spreadsheet."""
    book = Workbook()
    for row in csv.reader(io.StringIO(table), delimiter=";"):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def looks_at(clerk, content, **typed):
    """Choose a file and have its meaning shown."""
    content = content.encode() if isinstance(content, str) else content
    page = clerk.opens(clerk.opens("/en/municipalities/").link("Population figures"))
    page = clerk.opens(page.link("Load figures from a file"))
    return clerk.presses(page, "Show what it means", file=file_called("11ra", content, "text/csv"), **typed)


@pytest.mark.breaks(
    "members.population_file.read",
    "members.models.population.compare_figures",
    "members.models.population.store_figures",
)
@pytest.mark.parametrize("as_file", [str.encode, as_workbook], ids=["csv", "xlsx"])
def test_a23_figures_are_loaded_with_day_and_source_after_seeing_what_they_mean(clerk, as_file):
    page = looks_at(clerk, as_file(TABLE), source="Statistics Finland, 11ra")
    assert page.says == "2 municipalities, 9 380 residents in all. Nothing has been loaded yet."
    assert "Day of the figures 31.12.2025 Source Statistics Finland, 11ra" in page.part("What was read")
    assert "12 400, differs from the sum by 3 020" in page.part("What was read")
    assert page.rows("Differences of more than 5 %") == [
        ["Alavieska", "31.12.2022", "2 447", "2 300", "−147 (−6 %)"]  # Mäntyharju 7 164 → 7 080 is 1,2 %
    ]
    summed = "507 Mäntyharju 5 500 + 588 Pertunmaa 1 580 (merged on 1.1.2025) = 7 080"
    assert summed in page.part("Summed")
    assert "686 Rautalampi" in page.part("Missing")
    assert stored() == {}

    page = clerk.presses(page, "Load 2 figures of 31.12.2025")
    source = "Statistics Finland, 11ra"
    assert stored() == {"009": (2300, source), "507": (7080, source)}
    act = AuditEvent.objects.get(verb="load_population")
    assert (act.by.email, act.details["on"], act.details["source"]) == (
        "palvelukeskus@konsortio.example",
        "2025-12-31",
        source,
    )
    assert page.part("Loaded").startswith(
        "Loaded What Population figures loaded Day of the figures 31.12.2025"
    )
    assert page.rows("Figures by day and source")[0] == [
        *("31.12.2025", source, "2", "9 380", "2.11.2026, Palvelukeskus"),
    ]
    assert Municipality.objects.get(code="686").population_on(END_2025).count == 2964


@pytest.mark.breaks("members.models.population.Comparison.changes_nothing")
def test_a23_the_same_file_again_changes_nothing_and_the_page_says_so(clerk):
    first = looks_at(clerk, TABLE)
    second = looks_at(clerk, TABLE)
    clerk.presses(first, "Load")
    again = looks_at(clerk, TABLE)
    assert again.says == "Each of these figures is there already. There is nothing to load."
    assert not again.offers("Load 2")
    before = stored()
    page = clerk.presses(second, "Load")  # a preview that was open meanwhile
    assert "Nothing was changed: each of these figures is there already." in page.text
    assert clerk.presses(first, "Load").path == page.path  # sent twice
    assert stored() == before
    assert AuditEvent.objects.filter(verb="load_population").count() == 1


@pytest.mark.breaks("members.models.population.store_figures")
def test_a23_a_figure_of_the_same_day_is_changed_for_a_reason_only_and_both_stay_on_record(clerk):
    place = Municipality.objects.get(code="009")
    PopulationFactory(municipality=place, on=END_2025, count=2310, source="Alavieska")
    page = looks_at(clerk, TABLE)
    [row] = page.rows("Figures of the same day that would change")
    assert row[:3] == ["Alavieska", "2 310", "2 300"]
    assert "Fees already decided keep the figures they were decided with." in page.part("Would change")

    page = clerk.presses(page, "Load", reason=" ")
    assert page.wrong_with("reason").endswith("Say why figures that are there already are changed.")
    assert stored() == {"009": (2310, "Alavieska")}

    clerk.presses(page, "Load", reason="Alavieska had told its own count.")
    assert stored()["009"] == (2300, "Statistics Finland")
    [act] = AuditEvent.objects.about(place).filter(verb="correct_population")
    kept = {"before": 2310, "after": 2300, "on": "2025-12-31", "reason": "Alavieska had told its own count."}
    assert kept.items() <= act.details.items()
    assert "Population figure corrected" in clerk.opens("/en/municipality/009/").text


@pytest.mark.breaks("members.forms.population.PopulationFileForm.clean")
def test_a23_one_line_that_cannot_be_right_is_named_and_nothing_is_loaded(clerk):
    page = looks_at(clerk, TABLE.replace("2300", "2,3").replace("KU507", "KU999"))
    assert page.wrong_with("file").endswith(
        "3 lines of the file are wrong; they stand on this page. Nothing was loaded."
    )
    assert page.rows("Lines of the file") == [
        ["Line 6", "2025", "“2,3” is not a whole number of residents."],
        [
            "Line 7",
            "2025",
            "The register has no municipality with the code 999. "
            "One that was merged must stand there with its successor.",
        ],
        [
            "The whole file",
            "2025",
            "588 Pertunmaa was merged into 507 Mäntyharju, of which there is no figure: the sum would be too small.",
        ],
    ]
    assert stored() == {}
