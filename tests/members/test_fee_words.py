"""Fees in words: lines that can be redone from what they say, and a year in one sentence."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from consortium import fee_rules
from consortium.fees import Band, Payer, Rule, reckon, reckoning
from members.fee_words import reckoning_line, result_sentence

D = Decimal
CAP, FLOOR = D(7500), D(150)
TARIFF = Rule("tariff", rate=D("0.021"), floor=FLOOR, cap=CAP)
BANDS = Rule(
    "bands", bands=(Band(2_000, D(150)), Band(5_000, D(400)), Band(None, D(900))), floor=D(200), cap=D(800)
)
MIXED = Rule("mixed", equal_part=D("0.4"))
ALAVIESKA = Payer("009", 2447)


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def lines(rule, payers, amount=None):
    fees = reckon(rule, payers, amount=amount, year=2027).by_key
    return [reckoning(fees[payer.key], rule, payer) for payer in payers]


def line_of(rule, payer=ALAVIESKA, amount=None):
    return plain(reckoning_line(lines(rule, [payer], amount)[0]))


LINES = [  # the rule, who pays, the amount, the line
    (TARIFF, ALAVIESKA, None, "2 447 residents × 0,021 € = 51,38 €; smallest fee 150,00 €"),
    (
        TARIFF,
        Payer("009", 2447, months=8),
        None,
        "2 447 residents × 0,021 € = 51,38 €; smallest fee 150,00 €; 8 of 12 months: 100,00 €",
    ),
    (
        TARIFF,
        Payer("091", 664_028),
        None,
        "664 028 residents × 0,021 € = 13 944,58 €; largest fee 7 500,00 €",
    ),
    (TARIFF, Payer("k", 10_000), None, "10 000 residents × 0,021 € = 210,00 €"),
    (TARIFF, Payer("k", 10_001), None, "10 001 residents × 0,021 € = 210,02 €, rounded down to the cent"),
    (
        TARIFF,
        Payer("k", 10_000, months=7),
        None,
        "10 000 residents × 0,021 € = 210,00 €; 7 of 12 months: 122,50 €",
    ),
    (
        TARIFF,
        Payer("k", 9_995, months=5),
        None,
        "9 995 residents × 0,021 € = 209,89 €, rounded down to the cent; "
        "5 of 12 months: 87,45 €, rounded down to the cent",
    ),
    (
        TARIFF,
        Payer("k", 10_000, months=0),
        None,
        "10 000 residents × 0,021 € = 210,00 €; 0 of 12 months: 0,00 €",
    ),
    (Rule("tariff", rate=D(1)), Payer("k", 1), None, "1 resident × 1,00 € = 1,00 €"),
    (
        Rule("tariff", rate=D("0.021"), unit=D(1)),
        ALAVIESKA,
        None,
        "2 447 residents × 0,021 € = 51,00 €, rounded down to whole euros",
    ),
    (
        Rule("tariff", rate=D("0.021"), floor=FLOOR, unit=D(1)),
        Payer("009", 2447, months=7),
        None,
        "2 447 residents × 0,021 € = 51,00 €, rounded down to whole euros; smallest fee 150,00 €; "
        "7 of 12 months: 87,00 €, rounded down to whole euros",
    ),
    (
        Rule("tariff", rate=D("0.021"), unit=D("2.5")),
        ALAVIESKA,
        None,
        "2 447 residents × 0,021 € = 50,00 €, rounded down in steps of 2,50 €",
    ),
    (BANDS, Payer("k", 2_000), None, "2 000 residents, class up to 2 000: 150,00 €; smallest fee 200,00 €"),
    (BANDS, Payer("k", 2_001), None, "2 001 residents, class 2 001–5 000: 400,00 €"),
    (BANDS, Payer("k", 5_001), None, "5 001 residents, class over 5 000: 900,00 €; largest fee 800,00 €"),
    (Rule("bands", bands=(Band(None, D(5)),)), Payer("k", 1), None, "1 resident, class all sizes: 5,00 €"),
    (Rule("equal"), Payer("k", None), D("100.01"), "Equal share 100,01 €"),
    (Rule("equal", cap=D(50)), Payer("k", None), D(100), "Equal share 100,00 €; largest fee 50,00 €"),
    (Rule("population"), Payer("k", 1_000), D(75), "1 000 residents × 0,075 € = 75,00 €"),
    (MIXED, Payer("k", 1_000), D(100), "Equal part 40,00 € + 1 000 residents × 0,06 € = 100,00 €"),
    (MIXED, Payer("k", 1), D(100), "Equal part 40,00 € + 1 resident × 60,00 € = 100,00 €"),
    (Rule("tariff", rate=D(1), free_years=(2027,)), ALAVIESKA, None, "A free year: 0,00 €"),
    (
        Rule("equal", free_first_year=True),
        Payer("k", None, 8, first_year=True),
        D(5),
        "A free year: 0,00 €",
    ),
    (TARIFF, ALAVIESKA, D(0), "The budget is covered, nothing is left to be paid: 0,00 €"),
]


@pytest.mark.parametrize(("rule", "payer", "amount", "words"), LINES)
def test_a_fee_is_one_line(rule, payer, amount, words):
    assert line_of(rule, payer, amount) == words


def test_every_ground_has_its_line():
    grounds = {lines(rule, [payer], amount)[0].ground for rule, payer, amount, _words in LINES}
    assert grounds == {*fee_rules.GROUNDS.values(), "floor", "cap", "free", "covered"}


def redone(words):
    """Reckon the fee from the line's own figures, as a treasurer would."""
    text = plain(words).replace(" €", "").replace(" residents", "").replace(" resident", "")
    figures = [
        D(found.replace(" ", "").replace(",", ".")) for found in re.findall(r"\d[\d ]*(?:,\d+)?", text)
    ]
    first, *rest = text.split("; ")
    if "×" in first:
        base = figures.pop(0) if first.startswith("Equal part") else D(0)
        fee = base + figures[0] * figures[1]
    else:
        fee = D(first.rsplit(":")[-1].replace("Equal share", "").replace(" ", "").replace(",", "."))
    fee = int(fee * 100) / D(100)
    for part in rest:
        figure = D(re.search(r"[\d ]+,\d\d", part)[0].replace(" ", "").replace(",", "."))
        if part.startswith("smallest"):
            fee = max(fee, figure)
        elif part.startswith("largest"):
            fee = min(fee, figure)
        else:
            fee = int(fee * int(part.split()[0]) * 100 / 12) / D(100)
    return fee


@pytest.mark.parametrize(
    ("rule", "amount"),
    [
        (TARIFF, None),
        (BANDS, None),
        (Rule("equal", cap=CAP), D(10_000)),
        (Rule("population", floor=FLOOR, cap=D(3_000)), D(10_000)),
        (Rule("mixed", equal_part=D("0.3"), floor=FLOOR, cap=D(3_000)), D(10_000)),
    ],
)
def test_each_line_can_be_redone_from_what_it_says(rule, amount):
    payers = [Payer(n, 83 * n**2 + 7, months=12 - n % 3 * 4) for n in range(1, 30)]
    for line in lines(rule, payers, amount):
        words = reckoning_line(line)
        assert redone(words) == line.result, words


# The year


def sentence(rule, payers, amount):
    return plain(result_sentence(reckon(rule, payers, amount=amount, year=2027)))


def test_a_year_is_one_sentence():
    payers = [Payer("a", 1), Payer("b", 10), Payer("c", 10_000), Payer("d", 2_000_000)]
    assert sentence(TARIFF, payers, D("8100.50")) == (
        "Sum 8 010,00 €; 1 at the cap; 2 at the floor; uncovered 90,50 €"
    )
    assert (
        sentence(TARIFF, payers, D(8000)) == "Sum 8 010,00 €; 1 at the cap; 2 at the floor; surplus 10,00 €"
    )
    assert (
        sentence(TARIFF, payers, D(8010)) == "Sum 8 010,00 €; 1 at the cap; 2 at the floor; uncovered 0,00 €"
    )
    assert sentence(TARIFF, payers, None) == "Sum 8 010,00 €; 1 at the cap; 2 at the floor"
    assert sentence(Rule("equal"), payers, D(10)) == "Sum 10,00 €; uncovered 0,00 €"


def test_a_year_has_its_plural_in_finnish_and_swedish():
    payers = [Payer("a", 1), Payer("b", 10), Payer("d", 2_000_000)]
    with translation.override("fi"):
        assert sentence(TARIFF, payers, D(8000)) == (
            "Yhteensä 7 800,00 €; 1 kunta maksaa suurimman maksun; 2 kuntaa maksaa pienimmän maksun; "
            "kattamatta 200,00 €"
        )
    with translation.override("sv"):
        assert sentence(TARIFF, payers, D(7000)) == (
            "Summa 7 800,00 €; 1 kommun betalar den största avgiften; 2 kommuner betalar den minsta avgiften; "
            "överskott 800,00 €"
        )


ENGLISH = re.compile(
    r"\b(the|fee|fees|residents?|class|smallest|largest|months|rounded|sum|surplus|uncovered|is|are|give|over|of)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_line_is_said_in_both_languages(language):
    with translation.override(language):
        said = [line_of(rule, payer, amount) for rule, payer, amount, _words in LINES]
    assert not {words for *_facts, words in LINES} & set(said)
    assert not [words for words in said if ENGLISH.search(words)]
