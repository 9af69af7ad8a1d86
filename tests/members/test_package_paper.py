"""The joining package on paper: its own figures, one language, marks, length, and that it can be read aloud."""

import re

import outloud
import pymupdf
import pytest

from members import package
from tests.members.towns import figures_of, flat, leaves

PRINTED = {
    "alavieska": ("2 447", "150,00 €"),
    "vaasa": ("67 988", "611,89 €"),
    "korsnas": ("2 024", "150,00 €"),
    "sottunga": ("111", "150,00 €"),
    "helsinki": ("664 028", "5 976,25 €"),
}
POPULATION = {
    "fi": "Asukasluku: {} (31.12.2022, Tilastokeskus)",
    "sv": "Invånarantal: {} (31.12.2022, Statistikcentralen)",
}
KNOWN = {
    "fi": ["pysyvät ennallaan", "versio 3", "perjantaina 21.5.2027"],
    "sv": ["förblir oförändrade", "version 3", "fredag 21.5.2027"],
}


def pages_of(pdf):
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [page.get_text() for page in document]


@pytest.fixture(scope="module")
def made():
    """Packages already made in this process, by town and language."""
    kept = {}

    def make(town, language):
        if (town, language) not in kept:
            kept[town, language] = package.make_pdf(figures_of(town), package.example_clauses(), language)
        return kept[town, language]

    return make


@pytest.mark.parametrize(
    ("town", "language"),
    [
        ("alavieska", "fi"),
        ("vaasa", "fi"),
        ("vaasa", "sv"),
        ("korsnas", "sv"),
        ("korsnas", "fi"),
        ("sottunga", "sv"),
        ("helsinki", "fi"),
    ],
)
def test_each_package_carries_its_own_figures(made, town, language):
    figures = figures_of(town)
    text = flat("\n".join(pages_of(made(town, language))))
    assert package.whole_name(figures["municipality"], language) in text
    population, amount = PRINTED[town]
    assert re.findall(r"20(?:28|29|30): ([\d ]+,\d\d €)", text) == [amount] * 3
    for sentence in [POPULATION[language].format(population), *KNOWN[language]]:
        assert sentence in text
    assert "HEL 2026-004117" in text
    assert "7K4M 2XQP" in text and "http://127.0.0.1:8000/p/7K4M2XQP" in text
    assert not re.search(r"[{}]|XX|None", text)


def test_last_publication_day_is_on_the_cover_letter(made):
    letter = flat(pages_of(made("alavieska", "fi"))[0])
    assert "Pöytäkirja verkossa viimeistään to 29.4.2027 ti 13.4.2027" in letter
    assert "Osa päivistä on jo kulunut" not in letter


def test_a_letter_made_too_late_says_so():
    figures = figures_of("alavieska")
    figures["offer"]["made_on"] = "2027-04-01"
    assert "Osa päivistä on jo kulunut" in package.package_html(figures, "fi")


def test_aland_gets_neither_dates_nor_the_finnish_acts(made):
    text = flat("\n".join(pages_of(made("sottunga", "sv"))))
    assert "29.4.2027" not in text
    assert "enligt de bestämmelser som gäller i landskapet" in text
    assert not re.search("kommunallag|upphandlingslag", text, re.I)
    assert re.search("kommunallagen 140", flat("\n".join(pages_of(made("korsnas", "sv")))))


def test_no_finnish_word_in_a_swedish_package(made):
    def words(language):
        clauses = [
            value for clause in package.example_clauses() for key, value in clause.items() if language in key
        ]
        sentences = [sentence for _, sentence in leaves(package.texts(language))]
        return set(
            re.findall(r"[a-zåäö]{4,}", re.sub(r"\{\w+\}", " ", " ".join([*sentences, *clauses])).lower())
        )

    only_finnish = words("fi") - words("sv")
    assert len(only_finnish) > 500
    for town in ("sottunga", "korsnas", "vaasa"):
        printed = set(re.findall(r"[a-zåäö]{4,}", "\n".join(pages_of(made(town, "sv"))).lower()))
        assert not printed & only_finnish
        # what a wrong line in the Swedish file itself would bring
        assert not printed & {
            "ovat",
            "että",
            "joka",
            "kunta",
            "kunnan",
            "sopimus",
            "liite",
            "esitys",
            "maksu",
            "asia",
        }
        assert {word for word in printed if re.search("aa|ee|ii|oo|uu|yy|ää|öö", word)} <= {"fakturaadress"}


@pytest.mark.parametrize(("language", "mark"), [("fi", "Esimerkkiteksti"), ("sv", "Exempeltext")])
def test_every_page_of_the_agreement_is_marked_as_an_example(made, language, mark):
    pages = pages_of(made("vaasa", language))
    starts = [at for at, page in enumerate(pages) if re.search(r"^(Liite|Bilaga) [34]$", page, re.M)]
    assert len(starts) == 2
    agreement = pages[starts[0] : starts[1]]
    assert len(agreement) >= 4
    assert all(mark in page for page in agreement)


def test_own_pages_are_four_and_what_all_share_seven_to_nine(made):
    for town, language in (("alavieska", "fi"), ("vaasa", "sv"), ("sottunga", "sv")):
        pages = pages_of(made(town, language))
        starts = [at for at, page in enumerate(pages) if re.search(r"^(Liite|Bilaga) \d$", page, re.M)]
        assert starts[:3] == [1, 3, 4]
        assert 7 <= len(pages) - starts[2] <= 9


@pytest.mark.parametrize(("town", "language"), [("alavieska", "fi"), ("vaasa", "sv"), ("sottunga", "sv")])
def test_it_can_be_read_aloud(made, tmp_path, town, language):
    file = tmp_path / "package.pdf"
    file.write_bytes(made(town, language))
    result = outloud.check(str(file))
    assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)


def test_language_and_title_are_in_the_file(made):
    with pymupdf.open(stream=made("vaasa", "sv"), filetype="pdf") as document:
        assert document.metadata["title"] == "Anslutningspaket, Vasa"
        assert document.language == "sv"
        assert any("Samarbetsavtal" in title for _, title, _ in document.get_toc())


def test_equal_figures_give_equal_bytes(made):
    again = package.make_pdf(figures_of("alavieska"), package.example_clauses(), "fi")
    assert again == made("alavieska", "fi")


def test_another_agreement_is_laid_out_anew(made):
    clauses = package.example_clauses()
    clauses[0]["text_fi"] = "Uusi sanamuoto ensimmäisessä kohdassa."
    text = flat("\n".join(pages_of(package.make_pdf(figures_of("alavieska"), clauses, "fi"))))
    assert "Uusi sanamuoto ensimmäisessä kohdassa." in text
    assert "Uusi sanamuoto" not in "\n".join(pages_of(made("alavieska", "fi")))


def test_what_people_wrote_is_shown_as_text():
    figures = figures_of("alavieska")
    figures["contact"]["name"] = "<b>Kaarina</b> & Co {case_number}"
    html = package.package_html(figures, "fi")
    assert "&lt;b&gt;Kaarina&lt;/b&gt; &amp; Co {case_number}" in html
