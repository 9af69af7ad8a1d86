"""``load_municipalities``: the register from a file, all or nothing, the same after a second run."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from members import register
from members.models import Municipality, Population
from tests.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db
HEADER = register.FILE.read_text(encoding="utf-8").partition("\n")[0].split(",")
ALAVIESKA = {
    "code": "009",
    "name_fi": "Alavieska",
    "name_sv": "Alavieska",
    "genitive_fi": "Alavieskan",
    "city": "0",
    "region_code": "17",
    "region_fi": "Pohjois-Pohjanmaa",
    "region_sv": "Norra Österbotten",
    "language": "fi",
    "population": "2447",
    "population_year": "2022",
    "latitude": "64.164",
    "longitude": "24.308",
    "library_network": "Joki",
}
MERGED = ALAVIESKA | {
    "code": "588",
    "name_fi": "Pertunmaa",
    "name_sv": "Pertunmaa",
    "population": "1600",
    "ended_on": "2025-01-01",
    "successor": "507",
}
HEIR = ALAVIESKA | {"code": "507", "name_fi": "Mäntyharju", "name_sv": "Mäntyharju", "population": "5564"}


@pytest.fixture
def file(tmp_path):
    """Write a register file: ``file(row, row, …)``."""

    def write(*rows, delimiter=",", encoding="utf-8", columns=None):
        path = tmp_path / "register.csv"
        columns = columns or list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", encoding=encoding, newline="") as stream:
            table = csv.DictWriter(stream, columns, delimiter=delimiter, restval="", extrasaction="ignore")
            table.writeheader()
            table.writerows(rows)
        return path

    return write


def load(path=None, **options):
    """Run the command; return what it says."""
    out = io.StringIO()
    call_command("load_municipalities", *([path] if path else []), stdout=out, **options)
    return out.getvalue()


def refused(path, **options):
    """Run the command, which must refuse; return its sentence, exit code and the lines on stderr."""
    err = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("load_municipalities", path, stderr=err, stdout=io.StringIO(), **options)
    return str(refusal.value), refusal.value.returncode, err.getvalue().splitlines()


@pytest.mark.breaks("members.management.commands.load_municipalities.Command.store")
def test_the_products_own_file_holds_the_whole_country():
    assert load() == "308 new, 0 changed, 0 unchanged.\n"
    assert Municipality.objects.count() == 308
    assert Population.objects.aggregate(sum=Sum("count"))["sum"] == 5_563_970
    narpes = Municipality.objects.get(code="545")
    assert (narpes.name_fi, narpes.name_sv, narpes.genitive_fi) == ("Närpiö", "Närpes", "Närpiön")
    assert (narpes.languages, narpes.city, narpes.is_aland) == (["sv", "fi"], True, False)
    assert Municipality.objects.filter(language="sv").count() == 16
    assert all(municipality.is_aland for municipality in Municipality.objects.filter(language="sv"))
    figure = narpes.populations.get()
    assert (figure.count, figure.on) == (9584, dt.date(2022, 12, 31))
    assert figure.source == "Statistics Finland"
    last = Municipality.objects.current().last()
    assert last.name_fi == "Äänekoski"  # å, ä and ö come after z


def test_a_second_run_changes_nothing(django_assert_num_queries):
    load()
    before = list(Municipality.objects.order_by("code").values())
    with django_assert_num_queries(4):  # savepoint, register, populations, release
        assert load() == "0 new, 0 changed, 308 unchanged.\n"
    assert list(Municipality.objects.order_by("code").values()) == before
    assert Population.objects.count() == 308


def test_what_people_have_entered_stays(file):
    load(file(ALAVIESKA))
    Municipality.objects.update(
        library_network="Jokikirjastot", registry_email="kirjaamo@alavieska.example", business_id="0184278-0"
    )
    assert load(file(ALAVIESKA)) == "0 new, 0 changed, 1 unchanged.\n"
    assert load(file(ALAVIESKA | {"population": "2450"})) == "0 new, 1 changed, 0 unchanged.\n"
    alavieska = Municipality.objects.get()
    assert alavieska.library_network == "Jokikirjastot"
    assert alavieska.registry_email == "kirjaamo@alavieska.example"
    assert alavieska.business_id == "0184278-0"
    assert alavieska.populations.get().count == 2450


def test_an_empty_network_is_filled_in(file):
    load(file(ALAVIESKA | {"library_network": ""}))
    assert load(file(ALAVIESKA)) == "0 new, 1 changed, 0 unchanged.\n"
    assert Municipality.objects.get().library_network == "Joki"


def test_a_later_year_is_a_further_figure(file):
    load(file(ALAVIESKA))
    load(file(ALAVIESKA | {"population": "2398", "population_year": "2024"}))
    figures = Population.objects.order_by("on").values_list("on", "count")
    assert list(figures) == [(dt.date(2022, 12, 31), 2447), (dt.date(2024, 12, 31), 2398)]


def test_a_new_name_moves_in_the_order(file):
    load(file(ALAVIESKA))
    load(file(ALAVIESKA | {"name_fi": "Ähtäri"}))
    assert Municipality.objects.get().sort_key_fi == "~2ht~2ri"


def test_columns_that_are_missing_say_nothing(file):
    load(file(ALAVIESKA))
    shorter = [name for name in HEADER if name not in {"genitive_fi", "city", "library_network"}]
    assert load(file(ALAVIESKA, columns=shorter)) == "0 new, 0 changed, 1 unchanged.\n"
    assert Municipality.objects.get().genitive_fi == "Alavieskan"


def test_semicolons_a_byte_order_mark_and_decimal_commas_are_read(file):
    row = ALAVIESKA | {"latitude": "64,164", "name_sv": "Alavieska, Ö"}
    assert load(file(row, delimiter=";", encoding="utf-8-sig")) == "1 new, 0 changed, 0 unchanged.\n"
    alavieska = Municipality.objects.get()
    assert (alavieska.latitude, alavieska.name_sv) == (Decimal("64.164"), "Alavieska, Ö")


def test_a_merged_municipality_keeps_its_code_its_day_and_its_successor(file):
    both = file(MERGED, HEIR)
    assert load(both) == "2 new, 0 changed, 0 unchanged.\n"
    assert load(both) == "0 new, 0 changed, 2 unchanged.\n"
    pertunmaa = Municipality.objects.get(code="588")
    assert (pertunmaa.ended_on, pertunmaa.successor.code) == (dt.date(2025, 1, 1), "507")
    assert list(Municipality.objects.current(dt.date(2024, 12, 31)).values_list("code", flat=True)) == [
        "507",
        "588",
    ]
    assert [m.code for m in Municipality.objects.current(dt.date(2025, 1, 1))] == ["507"]


def test_a_merger_is_added_to_what_is_there(file):
    load(file(ALAVIESKA | {"code": "588", "name_fi": "Pertunmaa"}, HEIR))
    assert load(file(MERGED, HEIR)) == "0 new, 1 changed, 1 unchanged.\n"
    assert Municipality.objects.get(code="588").successor.code == "507"
    assert (
        load(file(HEIR))
        == "0 new, 0 changed, 1 unchanged; 1 in the register but not in the file stay as they are.\n"
    )


@pytest.mark.breaks("members.management.commands.load_municipalities.Command.refuse")
@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("code", "9", "“9” is not three digits, for example 005"),
        ("code", "٠٠٩", "“٠٠٩” is not three digits, for example 005"),
        ("name_fi", "", "is empty"),
        ("name_sv", "x" * 61, "is longer than 60 signs"),
        ("name_fi", "1234", "“1234” is not a name"),
        ("region_code", "1", "“1” is not two digits, for example 01"),
        ("language", "en", "“en” is none of fi, fi-sv, sv-fi, sv"),
        ("city", "yes", "“yes” is neither 0 nor 1"),
        ("population", "2 447", "“2 447” is not a whole number of residents"),
        ("population", "-3", "“-3” is not a whole number of residents"),
        ("population", "0", "“0” is not a whole number of residents"),
        ("population_year", "22", "“22” is not a year from 1990 on"),
        ("population_year", "2026", "31.12.2026 has not come yet"),
        ("latitude", "24.308", "24.308 does not lie in Finland (59.5-70.2)"),
        ("longitude", "NaN", "NaN does not lie in Finland (19.0-31.7)"),
        ("longitude", "east", "“east” is not a number of degrees"),
    ],
)
def test_each_wrong_value_is_named_and_nothing_is_stored(file, today_is, column, value, reason):
    today_is("2026-11-24")
    path = file(HEIR, ALAVIESKA | {column: value})
    assert refused(path) == ("1 line is wrong. Nothing was changed.", 1, [f"line 3, {column}: {reason}"])
    assert not Municipality.objects.exists()


def test_every_wrong_line_is_told_at_once(file):
    path = file(ALAVIESKA, HEIR | {"population": "x", "language": "se"}, ALAVIESKA | {"name_fi": "Toinen"})
    sentence, code, lines = refused(path)
    assert (sentence, code) == ("2 lines are wrong. Nothing was changed.", 1)
    assert lines == [
        "line 3, language: “se” is none of fi, fi-sv, sv-fi, sv",
        "line 3, population: “x” is not a whole number of residents",
        "line 4, code: 009 stands already on line 2",
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"successor": ""}, "line 2, successor: “” is not three digits, for example 005"),
        ({"ended_on": "1.1.2025"}, "line 2, ended_on: “1.1.2025” is not a day like 2025-01-01"),
        ({"successor": "588"}, "line 2, successor: a municipality is not its own successor"),
    ],
)
def test_half_a_merger_is_refused(file, change, line):
    assert refused(file(MERGED | change, HEIR))[2] == [line]


def test_an_unknown_successor_is_refused(file):
    assert refused(file(MERGED))[0] == "588: there is no successor 507. Nothing was changed."
    assert not Municipality.objects.exists()


def test_a_line_with_a_value_too_many_is_named(file):
    path = file(ALAVIESKA)
    path.write_text(path.read_text().replace("Norra Österbotten", "Norra, Österbotten"))
    assert refused(path)[2] == ["line 2, the whole line: 15 values where the header has 14 columns"]


def test_what_is_no_register_is_refused_with_a_sentence(tmp_path):
    def sentence(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        said, code, lines = refused(path)
        assert (code, lines) == (1, [])
        return said.removeprefix(str(path))

    assert sentence(b"%PDF-1.7\n\xe2\xe3\xcf\xd3") == " is not text in UTF-8. Nothing was changed."
    assert sentence(b"PK\x03\x04\x00\x00") == " is not text in UTF-8. Nothing was changed."
    assert sentence(b"code,name_fi\n") == (
        " lacks the columns name_sv, region_code, region_fi, region_sv, language, population, population_year, "
        "latitude, longitude. Nothing was changed."
    )
    header = ",".join(HEADER)
    assert sentence(f"{header}\n".encode()) == " has a header but no municipality. Nothing was changed."
    assert sentence(f"{header},code\n".encode()) == " has two columns named code. Nothing was changed."
    assert sentence(f"{header},ended_on\n".encode()) == (
        " must have both ended_on and successor, or neither. Nothing was changed."
    )
    assert sentence(f'{header}\n"005'.encode()).startswith(" is not a table: line 2: ")
    assert (
        refused(tmp_path / "none.csv")[0] == f"There is no file {tmp_path / 'none.csv'}. Nothing was changed."
    )
    assert refused(tmp_path)[0] == f"{tmp_path} cannot be read: Is a directory. Nothing was changed."


def test_a_dry_run_tells_and_changes_nothing(file):
    MunicipalityFactory(code="507", name_fi="Mäntyharju", population=5600)
    said = load(file(HEIR | {"library_network": ""}, ALAVIESKA), dry_run=True).splitlines()
    assert said[0] == "009 Alavieska: new, 2447 residents"
    assert said[1].startswith("507 Mäntyharju: ")
    assert "population 31.12.2022 5600 → 5564" in said[1]
    assert said[2] == "Would be: 1 new, 1 changed, 0 unchanged."
    assert Municipality.objects.count() == 1
    assert Population.objects.get().count == 5600


def test_without_tables_it_says_what_to_type(file):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")
    said = refused(file(ALAVIESKA))
    assert said == ("The database has no tables yet, or old ones. Type: python manage.py migrate", 2, [])
