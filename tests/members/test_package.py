"""The joining package: its sums, its words in both languages, its paper and its text."""

import copy
import re
import string
from datetime import date
from decimal import Decimal
from io import BytesIO

import docx
import outloud
import pymupdf
import pytest
from docx.oxml.ns import qn

from members import package

THIN, NO_BREAK = "\u202f", "\u00a0"
TARIFF = {"rate": "0.009", "floor": "150.00", "cap": "7500.00", "valid_from": "2027-01-01", "free_years": []}
TOWNS = {
    "alavieska": ("009", "Alavieska", "Alavieska", "Alavieskan", False, "fi", 2447),
    "vaasa": ("905", "Vaasa", "Vasa", "Vaasan", True, "fi-sv", 67988),
    "korsnas": ("280", "Korsnäs", "Korsnäs", "Korsnäsin", False, "sv-fi", 2024),
    "sottunga": ("766", "Sottunga", "Sottunga", "Sottungan", False, "sv", 111),
    "helsinki": ("091", "Helsinki", "Helsingfors", "Helsingin", True, "fi-sv", 664028),
    "pedersore": ("599", "Pedersören kunta", "Pedersöre", "Pedersören kunnan", False, "sv-fi", 11206),
}


def figures_of(town):
    code, name_fi, name_sv, genitive, city, language, population = TOWNS[town]
    aland = language == "sv"
    return {
        "municipality": {
            "code": code,
            "name_fi": name_fi,
            "name_sv": name_sv,
            "genitive_fi": genitive,
            "city": city,
            "language": language,
            "aland": aland,
            "registry_email": f"registry@{code}.example",
        },
        "population": {"count": population, "on": "2022-12-31", "source": "Statistics Finland"},
        "offer": {
            "case_number": "HEL 2026-004117",
            "decide_by": "2027-05-21",
            "joins_on": "2028-01-01",
            "made_on": "2026-11-22",
        },
        "agreement": {
            "number": "3",
            "body_fi": "Kulttuurin ja vapaa-ajan lautakunta",
            "body_sv": "Kultur- och fritidsnämnden",
            "decided_on": "2026-08-25",
            "section": "§ 112",
            "case_number": "HEL 2026-004117",
            "example": True,
        },
        "tariff": copy.deepcopy(TARIFF),
        "costs": package.costs(population, TARIFF, 2028),
        "timetable": package.timetable("2027-05-21", aland),
        "address": "http://127.0.0.1:8000/p/7K4M2XQP",
        "code": "7K4M2XQP",
        "contact": {"name": "Karin Berg", "email": "service@consortium.example"},
    }


def pages_of(pdf):
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [page.get_text() for page in document]


def flat(text):
    """Text on one line, with ordinary spaces."""
    return re.sub(r"\s+", " ", text.replace(THIN, " ").replace(NO_BREAK, " "))


@pytest.fixture(scope="module")
def made():
    """Packages already made in this process, by town and language."""
    kept = {}

    def make(town, language):
        if (town, language) not in kept:
            kept[town, language] = package.make_pdf(figures_of(town), package.example_clauses(), language)
        return kept[town, language]

    return make


# Sums


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (111, "150.00"),
        (2447, "150.00"),
        (67988, "611.89"),
        (664028, "5976.25"),
        (16666, "150.00"),
        (16667, "150.00"),
    ],
)
def test_fee(population, expected):
    assert package.fee(population, "0.009", "150.00", "7500.00") == Decimal(expected)


def test_fee_never_passes_the_cap_and_the_cap_wins_over_the_floor():
    assert package.fee(833_333, "0.009", "150", "7500") == Decimal("7499.99")
    assert package.fee(900_000, "0.009", "150", "7500") == Decimal("7500.00")
    assert package.fee(10, "0.009", "150", "100") == Decimal("100.00")


def test_fee_is_rounded_down_to_the_cent():
    assert package.fee(16_671, "0.009", "0", "7500") == Decimal("150.03")  # 150.039


def test_costs_of_three_years():
    assert package.costs(2447, TARIFF, 2028) == [
        {"year": year, "amount": "150.00", "by_population": "22.02", "ground": "floor"}
        for year in (2028, 2029, 2030)
    ]
    assert [row["ground"] for row in package.costs(67988, TARIFF, 2028)] == ["rate"] * 3
    assert package.costs(900_000, TARIFF, 2028)[0]["ground"] == "cap"
    free = package.costs(2447, TARIFF | {"free_years": [2028]}, 2028)
    assert [(row["amount"], row["ground"]) for row in free] == [
        ("0.00", "free"),
        ("150.00", "floor"),
        ("150.00", "floor"),
    ]


def test_timetable_is_counted_back_from_the_deadline():
    board, council = package.timetable(date(2027, 5, 21), aland=False)
    assert (board["body"], board["published_on"], board["final_on"]) == ("board", "2027-04-29", "2027-05-21")
    assert (council["body"], council["published_on"], council["last_day"]) == (
        "council",
        "2027-04-13",
        "2027-05-20",
    )


def test_no_timetable_for_aland():
    assert package.timetable("2027-05-21", aland=True) == []


def test_languages():
    assert [package.languages_of(status) for status in ("fi", "fi-sv", "sv-fi", "sv")] == [
        ["fi"],
        ["fi", "sv"],
        ["sv", "fi"],
        ["sv"],
    ]


# Words


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, (*path, at))
    else:
        yield path, value


def places(sentence):
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def test_both_languages_have_the_same_sentences_with_the_same_places():
    finnish, swedish = (dict(leaves(package.texts(language))) for language in ("fi", "sv"))
    assert finnish.keys() == swedish.keys()
    for path, sentence in finnish.items():
        assert places(sentence) == places(swedish[path]), path


def test_no_sentence_is_a_placeholder_or_the_other_languages():
    finnish, swedish = (dict(leaves(package.texts(language))) for language in ("fi", "sv"))
    bare = {("proposal", "line"), ("proposal", "other"), ("agreement", "approved")}  # places and marks only
    for path, sentence in finnish.items():
        assert sentence.strip()
        assert "XX" not in sentence + swedish[path]
        assert sentence != swedish[path] or path in bare, path


def test_agreement_clauses_have_both_languages_paragraph_by_paragraph():
    clauses = package.example_clauses()
    assert [clause["number"] for clause in clauses] == [str(number) for number in range(1, 16)]
    for clause in clauses:
        finnish, swedish = (package.paragraphs(clause[f"text_{language}"]) for language in ("fi", "sv"))
        assert len(finnish) == len(swedish) >= 2
        assert clause["title_fi"] and clause["title_sv"]
    money = "".join(clause["text_fi"] + clause["text_sv"] for clause in clauses)
    assert money.count(f"7{THIN}500 euro") == 2 and money.count(f"75{THIN}000 euro") == 2


@pytest.mark.parametrize(
    ("town", "language", "case", "expected"),
    [
        ("alavieska", "fi", "", "Alavieskan kunta"),
        ("alavieska", "fi", "_some", "Alavieskan kuntaa"),
        ("vaasa", "fi", "_of", "Vaasan kaupungin"),
        ("vaasa", "sv", "_of", "Vasa stads"),
        ("helsinki", "sv", "", "Helsingfors stad"),
        ("korsnas", "sv", "_of", "Korsnäs kommuns"),
        ("pedersore", "fi", "", "Pedersören kunta"),
        ("pedersore", "fi", "_of", "Pedersören kunnan"),
        ("pedersore", "sv", "", "Pedersöre kommun"),
    ],
)
def test_a_municipality_with_its_kind(town, language, case, expected):
    assert package.whole_name(figures_of(town)["municipality"], language, case) == expected


def test_swedish_names_that_end_in_a_consonant_take_an_s():
    raseborg = figures_of("vaasa")["municipality"] | {"name_sv": "Raseborg"}
    assert package.whole_name(raseborg, "sv") == "Raseborgs stad"


# The proposal


@pytest.mark.parametrize(
    ("town", "language", "body", "lead"),
    [
        ("alavieska", "fi", "board", "Kunnanhallitus päättää, että Alavieskan kunta"),
        ("alavieska", "fi", "committee", "Lautakunta esittää kunnanhallitukselle, että Alavieskan kunta"),
        ("vaasa", "fi", "council", "Kaupunginvaltuusto päättää, että Vaasan kaupunki"),
        ("vaasa", "fi", "office_holder", "Päätän, että Vaasan kaupunki"),
        ("vaasa", "sv", "board", "Stadsstyrelsen beslutar att Vasa stad"),
        ("sottunga", "sv", "council", "Kommunfullmäktige beslutar att Sottunga kommun"),
        ("korsnas", "sv", "committee", "Nämnden föreslår för kommunstyrelsen att Korsnäs kommun"),
        ("korsnas", "sv", "office_holder", "Jag beslutar att Korsnäs kommun"),
    ],
)
def test_who_decides(town, language, body, lead):
    written = package.proposal(figures_of(town), language, body)
    assert written.lead == lead
    assert len(written.points) == 3
    assert "1.1.2028" in written.points[0]
    assert written.points[1].endswith(" 3")
    assert lead in package.proposal_text(figures_of(town), language, body)


def test_plain_text_has_a_line_for_each_year_and_the_whole_reckoning():
    lines = package.proposal_text(figures_of("alavieska"), "fi", "board").split("\n")
    assert lines[0] == "Alavieskan kunnan liittyminen yleisten kirjastojen konsortioon"
    for year in (2028, 2029, 2030):
        assert f"{year}: 150,00{NO_BREAK}€, pienin maksu" in lines
    assert f"Asukasluku: 2{THIN}447 (31.12.2022, Tilastokeskus)." in lines
    text = flat("\n".join(lines))
    assert "2 447 × 0,009 € = 22,02 €" in text
    assert "taksalla, joka on voimassa 1.1.2027 alkaen" in text
    assert "jos taksa ja asukasluku pysyvät ennallaan" in text
    assert "enintään 7 500,00 € kunnalta vuodessa" in text
    assert "ilman arvonlisäveroa" in text
    assert "1. liittyy yleisten kirjastojen konsortioon 1.1.2028 alkaen" in lines
    assert "2. hyväksyy liitteenä olevan yhteistyösopimuksen, versio 3" in lines
    for subject in ("Asukkaat", "Henkilöstö", "Lapset", "Ympäristö", "Yritykset"):
        assert any(line.startswith(f"{subject}: ") for line in lines)
    assert "\t" not in text and "<" not in text and "{" not in text


def test_a_start_in_mid_year_says_that_full_months_are_paid():
    figures = figures_of("alavieska")
    assert "jäsenyyskuukausien" not in package.proposal_text(figures, "fi")
    figures["offer"]["joins_on"] = "2028-05-01"
    assert "jäsenyyskuukausien" in package.proposal_text(figures, "fi")


def test_helsinki_is_told_that_it_is_the_other_party_already():
    assert "sisäisenä eränä" in package.proposal_text(figures_of("helsinki"), "fi")
    assert "sisäisenä eränä" not in package.proposal_text(figures_of("vaasa"), "fi")


def test_a_real_agreement_is_not_called_an_example():
    figures = figures_of("alavieska")
    figures["agreement"]["example"] = False
    constant = package.constant_html(figures["agreement"], package.example_clauses(), "fi", "HEL 1", False)
    assert "esimerkki" not in (package.proposal_text(figures, "fi") + constant).lower()


# Paper

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


# Text to work on


@pytest.mark.parametrize(
    ("town", "language", "spoken"), [("alavieska", "fi", "fi-FI"), ("sottunga", "sv", "sv-FI")]
)
def test_docx_has_headings_language_title_and_four_decisions(town, language, spoken):
    figures = figures_of(town)
    document = docx.Document(BytesIO(package.make_docx(figures, language)))
    written = package.proposal(figures, language)
    headings = [
        (part.style.name, part.text) for part in document.paragraphs if part.style.name.startswith("Heading")
    ]
    assert headings[0] == ("Heading 1", written.title)
    assert [text for style, text in headings if style == "Heading 3"] == list(
        package.decider_names(figures, language).values()
    )
    assert ("Heading 2", written.decision_heading) in headings
    assert document.core_properties.title == written.title
    assert document.core_properties.language == spoken
    assert {tag.get(qn("w:val")) for tag in document.styles.element.iter(qn("w:lang"))} == {spoken}
    assert not document.tables and not document.inline_shapes
    points = [part for part in document.paragraphs if part.style.name == "List Number"]
    assert [point.text for point in points] == written.points * 4
    assert len({point._p.pPr.numPr.numId.val for point in points}) == 4


def test_text_file_is_the_proposal():
    figures = figures_of("vaasa")
    assert package.make_text(figures, "sv", "council").decode() == package.proposal_text(
        figures, "sv", "council"
    )
