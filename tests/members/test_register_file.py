"""The product's own register file: complete, well formed, names inflected."""

import csv
from collections import Counter
from pathlib import Path

import pytest

import members

FILE = Path(members.__file__).parent / "data" / "municipalities.csv"
COLUMNS = [
    "code",
    "name_fi",
    "name_sv",
    "genitive_fi",
    "city",
    "region_code",
    "region_fi",
    "region_sv",
    "language",
    "population",
    "population_year",
    "latitude",
    "longitude",
    "library_network",
]


@pytest.fixture(scope="module")
def rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return {row["code"]: row for row in reader}


def test_all_308_municipalities_once_by_number(rows):
    with FILE.open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == 1 + 308
    assert len(rows) == 308
    assert all(len(code) == 3 and code.isdigit() for code in rows)
    assert len({row["name_fi"] for row in rows.values()}) == 308


def test_nothing_needed_is_empty(rows):
    for row in rows.values():
        assert all(row[column] == row[column].strip() != "" for column in COLUMNS[:-1]), row


def test_languages_and_aland(rows):
    assert Counter(row["language"] for row in rows.values()) == {
        "fi": 259,
        "fi-sv": 18,
        "sv-fi": 15,
        "sv": 16,
    }
    assert all((row["language"] == "sv") == (row["region_code"] == "21") for row in rows.values())


def test_populations_add_up_to_the_country(rows):
    assert {row["population_year"] for row in rows.values()} == {"2022"}
    assert sum(int(row["population"]) for row in rows.values()) == 5_563_970
    assert rows["009"]["population"] == "2447"
    assert rows["091"]["population"] == "664028"


def test_places_are_in_finland(rows):
    assert all(59.7 < float(row["latitude"]) < 70.1 for row in rows.values())
    assert all(19.3 < float(row["longitude"]) < 31.6 for row in rows.values())


@pytest.mark.parametrize(
    ("code", "genitive"),
    [
        ("009", "Alavieskan"),
        ("010", "Alavuden"),
        ("078", "Hangon"),
        ("108", "Hämeenkyrön"),
        ("139", "Iin"),
        ("142", "Iitin"),
        ("152", "Isonkyrön"),
        ("176", "Juuan"),
        ("231", "Kaskisten"),
        ("236", "Kaustisen"),
        ("284", "Kosken Tl"),
        ("317", "Kärsämäen"),
        ("433", "Lopen"),
        ("478", "Maarianhaminan"),
        ("494", "Muhoksen"),
        ("503", "Mynämäen"),
        ("599", "Pedersören kunnan"),
        ("601", "Pihtiputaan"),
        ("619", "Punkalaitumen"),
        ("686", "Rautalammin"),
        ("747", "Siikaisten"),
        ("766", "Sottungan"),
        ("849", "Toholammin"),
        ("853", "Turun"),
        ("893", "Uudenkaarlepyyn"),
        ("895", "Uudenkaupungin"),
        ("915", "Varkauden"),
        ("936", "Virtain"),
        ("989", "Ähtärin"),
    ],
)
def test_genitive(rows, code, genitive):
    assert rows[code]["genitive_fi"] == genitive


def test_every_genitive_begins_as_its_name_and_ends_as_a_genitive(rows):
    for row in rows.values():
        name, genitive = row["name_fi"], row["genitive_fi"]
        assert genitive.startswith(name[:2]), row
        assert genitive.removesuffix(" Tl").endswith("n"), row
        assert genitive != name, row


def test_cities(rows):
    cities = {row["name_fi"] for row in rows.values() if row["city"] == "1"}
    assert {row["city"] for row in rows.values()} == {"0", "1"}
    assert len(cities) == 108
    assert {"Vaasa", "Maarianhamina", "Lieto", "Kaskinen", "Kangasala", "Ähtäri"} <= cities
    assert (
        not {"Alavieska", "Nurmijärvi", "Tuusula", "Kirkkonummi", "Korsnäs", "Sottunga", "Pirkkala"} & cities
    )


def test_sources_are_named_beside_it():
    readme = (FILE.parent / "README.md").read_text(encoding="utf-8")
    for source in ("Statistics Finland", "CC BY 4.0", "Sotkanet", "National Land Survey", "unofficial"):
        assert source in readme
    assert all(f"{column}" in readme for column in COLUMNS)
