"""``joining_packages``: files made in the command's own processes, for every municipality, member or not."""

import hashlib
import io
import json
import os
import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pikepdf import Pdf

from members import package
from members.management.commands.joining_packages import Progress
from members.models import Membership
from tests.factories import AccessionFactory, MunicipalityFactory, OfferFactory

EXAMPLE = "No offer is open: example text and demo tariff are used."
makes_files = pytest.mark.django_db(transaction=True)  # the processes close the connection


def make(*arguments, output):
    """Run the command; return (stdout, stderr lines, CommandError or None)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("joining_packages", *arguments, "--output", str(output), stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue().splitlines(), error
    return out.getvalue(), err.getvalue().splitlines(), None


def refused(*arguments, output):
    """Run the command, which must refuse what was typed; return its sentence."""
    _out, _err, error = make(*arguments, output=output)
    assert error.returncode == 2
    assert not output.exists()
    return str(error)


@pytest.fixture
def places(db):
    """Alavieska in Finnish, Vaasa in both languages, Brändö on Åland in Swedish."""
    aland = {"region_code": "21", "region_fi": "Ahvenanmaa", "region_sv": "Åland", "language": "sv"}
    return {
        "009": MunicipalityFactory(code="009", name_fi="Alavieska", genitive_fi="Alavieskan"),
        "905": MunicipalityFactory(
            code="905", name_fi="Vaasa", name_sv="Vasa", language="fi-sv", city=True, population=67988
        ),
        "035": MunicipalityFactory(code="035", name_fi="Brändö", population=450, **aland),
    }


@pytest.fixture
def output(tmp_path):
    """A folder that does not exist yet."""
    return tmp_path / "new" / "packages"


@pytest.fixture
def small_pdf(monkeypatch):
    """Make each package one empty page that says in its title what it would have been made from."""

    def stand_in(figures, clauses, language):
        code = figures["municipality"]["code"]
        if code == "666":
            raise ValueError("a figure is missing")
        if code == "667":
            os.kill(os.getpid(), signal.SIGKILL)
        stream, pdf = io.BytesIO(), Pdf.new()
        pdf.add_blank_page()
        pdf.docinfo["/Title"] = json.dumps(
            {"figures": figures, "clauses": len(clauses), "language": language}
        )
        pdf.save(stream)
        return stream.getvalue()

    monkeypatch.setattr(package, "make_pdf", stand_in)


def made_from(path):
    """Return what a stand-in was made from."""
    with Pdf.open(path) as pdf:
        return json.loads(str(pdf.docinfo["/Title"]))


@makes_files
@pytest.mark.breaks("members.package.make_pdf")
def test_real_packages_in_both_languages(places, output):
    out, err, error = make("905", "--json", output=output)
    assert error is None
    assert err == [EXAMPLE, "1/2 files, 50 %", "2/2 files, 100 %"]
    said = json.loads(out)
    assert (said["made"], said["failed"]) == (2, [])
    assert [(file["code"], file["language"]) for file in said["files"]] == [("905", "fi"), ("905", "sv")]
    for file in said["files"]:
        content = (output / f"905-{file['language']}.pdf").read_bytes()
        assert file["path"] == str(output / f"905-{file['language']}.pdf")
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        with Pdf.open(io.BytesIO(content)) as pdf:
            assert len(pdf.pages) == file["pages"] >= 6
            assert str(pdf.Root.Lang) == file["language"]
            assert str(pdf.docinfo["/Title"]).endswith({"fi": "Vaasa", "sv": "Vasa"}[file["language"]])


@makes_files
def test_all_means_every_municipality_member_or_not(places, output, small_pdf):
    Membership.objects.create(municipality=places["009"], period=("2020-01-01", None))
    MunicipalityFactory(code="588", name_fi="Pertunmaa", ended_on="2025-01-01", successor=places["009"])
    out, _err, error = make("--all", output=output)
    assert error is None
    assert out.startswith("4 files, 4 pages, 0.0 MB in ")
    names = ["009-fi.pdf", "035-sv.pdf", "905-fi.pdf", "905-sv.pdf"]
    assert sorted(path.name for path in output.iterdir()) == names


@makes_files
def test_one_language_of_all(places, output, small_pdf):
    make("--all", "--language", "sv", output=output)
    assert sorted(path.name for path in output.iterdir()) == ["035-sv.pdf", "905-sv.pdf"]


@makes_files
def test_the_example_is_used_only_while_no_offer_is_open(places, output, small_pdf, today_is):
    today_is("2026-11-24")
    _out, err, _error = make("905", output=output)
    assert err[0] == EXAMPLE
    found = made_from(output / "905-fi.pdf")
    figures = found["figures"]
    assert found["clauses"] == len(package.example_clauses())
    assert figures["offer"] == {
        "case_number": "HEL 2026-004117",
        "decide_by": "2027-05-24",
        "joins_on": "2028-01-01",
        "made_on": "2026-11-24",
    }
    assert figures["agreement"]["example"] is True
    assert (figures["code"], figures["address"]) == ("", "http://localhost:8000")
    assert [(row["year"], row["amount"]) for row in figures["costs"]] == [
        (2028, "611.89"),
        (2029, "611.89"),
        (2030, "611.89"),
    ]


@makes_files
def test_an_open_offer_is_used_with_the_municipalitys_own_address(places, output, small_pdf):
    offer = OfferFactory(version__number="7", tariff__rate="0.02")
    accession = AccessionFactory(municipality=places["905"], offer=offer)
    _out, err, error = make("905", "009", output=output)
    assert (error, EXAMPLE in err) == (None, False)
    found = made_from(output / "905-sv.pdf")
    assert (found["clauses"], found["figures"]["agreement"]["number"]) == (2, "7")
    assert found["figures"]["costs"][0]["amount"] == "1359.76"
    assert found["figures"]["address"].endswith(f"/p/{accession.code}")
    assert made_from(output / "009-fi.pdf")["figures"]["code"] == ""


@makes_files
def test_one_that_fails_is_named_and_stops_no_other(places, output, small_pdf):
    MunicipalityFactory(code="666", name_fi="Vika")
    MunicipalityFactory(code="668", name_fi="Luvuton", population=False)
    out, err, error = make("--all", "--json", output=output)
    assert (error.returncode, str(error)) == (1, "2 of 6 files failed.")
    assert "666-fi: ValueError: a figure is missing" in err
    said = json.loads(out)
    assert (said["made"], len(said["files"])) == (4, 4)
    assert said["failed"] == [
        {"code": "666", "language": "fi", "reason": "ValueError: a figure is missing"},
        {"code": "668", "language": "fi", "reason": "668 Luvuton: no population figure"},
    ]
    assert not list(output.glob("*.part"))


@makes_files
def test_a_killed_process_is_told_and_leaves_no_half_file(places, output, small_pdf):
    MunicipalityFactory(code="667", name_fi="Loppu")
    _out, err, error = make("667", output=output)
    assert error.returncode == 1
    assert "667-fi: the process that made it was ended" in err
    assert list(output.iterdir()) == []


@pytest.mark.django_db
def test_what_was_typed_wrongly_is_answered_with_a_sentence(places, output):
    MunicipalityFactory(code="588", name_fi="Pertunmaa", ended_on="2025-01-01", successor=places["009"])
    one_or_all = "Give municipalities' codes, or --all for every municipality."
    assert refused(output=output) == one_or_all
    assert refused("009", "--all", output=output) == one_or_all
    assert (
        refused("9", output=output) == "There is no municipality 9. A code has three digits, for example 009."
    )
    assert refused("009", "999", output=output).startswith("There is no municipality 999.")
    assert refused("009", "--language", "sv", output=output) == "009 Alavieska gets its package in fi only."
    assert refused("588", output=output) == "588 Pertunmaa was merged into 009 Alavieska on 1.1.2025."


@pytest.mark.django_db
def test_a_folder_that_cannot_be_made_is_told(places, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("")
    _out, _err, error = make("009", output=taken / "packages")
    assert (error.returncode, str(error)) == (2, f"{taken / 'packages'} cannot be made: Not a directory.")


@pytest.mark.django_db
def test_it_says_what_to_type_first(output):
    assert refused("--all", output=output) == (
        "The register is not loaded. Type: python manage.py load_municipalities"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")
    connection.set_rollback(False)
    assert refused("--all", output=output) == (
        "The database has no tables yet, or old ones. Type: python manage.py migrate"
    )
    connection.set_rollback(True)


@pytest.mark.django_db
def test_in_production_there_is_no_example(places, output, settings):
    settings.PRODUCTION = True
    assert refused("009", output=output) == "No offer is open. Open one in the portal: Offers, Open a round."


class Terminal(io.StringIO):
    """A stream that is looked at by a person."""

    def write(self, text, ending="\n"):
        """Keep the text as Django's wrapper would."""
        return super().write(text + ending)

    def isatty(self):
        """Say so."""
        return True


def test_on_a_terminal_the_bar_is_redrawn():
    terminal = Terminal()
    progress = Progress(terminal, 4)
    for _file in range(4):
        progress.step()
    drawn = terminal.getvalue().split("\r")[1:]
    assert len(drawn) == 4
    assert drawn[0].startswith("[#######.......................] 1/4 files, ")
    assert drawn[3].startswith("[##############################] 4/4 files,   0 s left\n")
