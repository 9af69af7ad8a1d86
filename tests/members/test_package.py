"""The joining package: its sums, its words in both languages and its text to work on."""

import string
from datetime import date
from decimal import Decimal
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from members import package
from tests.members.towns import NO_BREAK, TARIFF, THIN, figures_of, flat, leaves

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


# Words


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
