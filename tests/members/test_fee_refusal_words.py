"""What cannot be reckoned, in words: every refusal with its field and the ways out."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from consortium import fee_rules
from consortium.fees import Band, Payer, Rule, refusals
from members.fee_words import REFUSALS, refusal_words

D = Decimal
TARIFF = Rule("tariff", rate=D("0.021"), floor=D(150), cap=D(7500))
TWO = [Payer("a", 1), Payer("b", 2_999)]


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


NAN = D("NaN")
REFUSED = [  # rule, payers, amount, year, field, words
    (Rule("tariff", rate=NAN), TWO, None, 2027, "rate", "The rate is not a number. Write it in digits."),
    (Rule("equal", floor=D(-1)), TWO, D(1), 2027, "floor", "The smallest fee is below zero. Give 0 or more."),
    (
        Rule("tariff", rate=D("-1e-9000")),
        TWO,
        None,
        2027,
        "rate",
        "The rate is below zero. Give 0 or more.",
    ),
    (
        Rule("tariff", rate=D("1e900000")),
        TWO,
        None,
        2027,
        "rate",
        "The rate is too large to be meant: give at most 1 000 000 000 000,00 €.",
    ),
    (
        Rule("tariff", rate=D("0.0210004")),
        TWO,
        None,
        2027,
        "rate",
        "The rate has too many decimals: give at most 6. The nearest is 0,021 €.",
    ),
    (
        Rule("mixed", equal_part=D("0.4000004")),
        TWO,
        D(1),
        2027,
        "equal_part",
        "The equal part has too many decimals: give at most 4. The nearest is 40 %.",
    ),
    (
        Rule("equal", vat_rate=D("25.555")),
        TWO,
        D(1),
        2027,
        "vat_rate",
        "The rate of VAT has too many decimals: give at most 2. The nearest is 25,56 %.",
    ),
    (
        Rule("equal"),
        TWO,
        D("75000.001"),
        2027,
        "amount",
        "The amount to be shared has too many decimals: give at most 2. The nearest is 75 000,00 €.",
    ),
    (
        Rule("equal", unit=D(0)),
        TWO,
        D(1),
        2027,
        "unit",
        "Fees cannot be rounded to a unit of zero. Choose a unit of at least 0,01 €.",
    ),
    (
        Rule("equal", floor=D("150.50"), unit=D(1)),
        TWO,
        D(1000),
        2027,
        "floor",
        "The smallest fee 150,50 € is not a multiple of 1,00 €, the unit of rounding. "
        "Lower it to 150,00 € or raise it to 151,00 €.",
    ),
    (
        Rule("bands", bands=(Band(None, D("9.5")),), unit=D(1)),
        TWO,
        None,
        2027,
        "bands",
        "The fee of a class 9,50 € is not a multiple of 1,00 €, the unit of rounding. "
        "Lower it to 9,00 € or raise it to 10,00 €.",
    ),
    (
        Rule("equal", floor=D(200), cap=D(150)),
        TWO,
        D(1000),
        2027,
        "floor",
        "The smallest fee 200,00 € is above the largest fee, which is 150,00 € without VAT. "
        "Lower the smallest fee to 150,00 € or raise the largest fee to 200,00 €.",
    ),
    (
        Rule("equal", floor=D(150), cap=D(150), vat_rate=D("25.5"), cap_with_vat=True),
        TWO,
        D(1000),
        2027,
        "floor",
        "The smallest fee 150,00 € is above the largest fee, which is 119,52 € without VAT. "
        "Lower the smallest fee to 119,52 € or raise the largest fee to 188,25 €.",
    ),
    (
        Rule("equal", floor=D(500)),
        [Payer(n, 1) for n in range(220)],
        D(67_000),
        2027,
        "floor",
        "The smallest fee 500,00 € times 220 members is 110 000,00 €, which is above the amount to be shared, "
        "67 000,00 €. Lower the smallest fee to 304,54 € or raise the amount by 43 000,00 €.",
    ),
    (
        Rule("equal", floor=D(500)),
        [Payer("a", 1)],
        D(100),
        2027,
        "floor",
        "The smallest fee 500,00 € times 1 member is 500,00 €, which is above the amount to be shared, "
        "100,00 €. Lower the smallest fee to 100,00 € or raise the amount by 400,00 €.",
    ),
    (Rule("tariff"), TWO, None, 2027, "rate", "Give the euros a resident, for example 0,021."),
    (
        Rule("mixed"),
        TWO,
        D(1),
        2027,
        "equal_part",
        "Give the part that is shared equally in per cent, for example 40.",
    ),
    (
        Rule("mixed", equal_part=D("1.1")),
        TWO,
        D(1),
        2027,
        "equal_part",
        "The equal part 110 % is more than the whole. Give at most 100 %.",
    ),
    (
        Rule("bands"),
        TWO,
        None,
        2027,
        "bands",
        "Give the classes of population, one on each line, for example “2 000: 150”, the last one “over: 900”.",
    ),
    (
        Rule("bands", bands=(Band(10, D(5)), Band(10, D(6)), Band(None, D(7)))),
        TWO,
        None,
        2027,
        "bands",
        "The class up to 10 residents comes after the one up to 10. "
        "Write the classes from the smallest to the largest, each end once.",
    ),
    (
        Rule("bands", bands=(Band(0, D(5)), Band(None, D(7)))),
        TWO,
        None,
        2027,
        "bands",
        "The first class ends at 0 residents. Give it an end above 0.",
    ),
    (
        Rule("bands", bands=(Band(None, D(5)), Band(None, D(7)))),
        TWO,
        None,
        2027,
        "bands",
        "A class follows the one without an end: only the last line may be “over: 900”.",
    ),
    (
        Rule("bands", bands=(Band(10, D(5)), Band(None, D(4)))),
        TWO,
        None,
        2027,
        "bands",
        "In the class over 10 the fee 4,00 € is below the fee of the class before it, 5,00 €. "
        "Raise it to 5,00 € or more.",
    ),
    (
        Rule("bands", bands=(Band(2_000, D(5)),)),
        TWO,
        None,
        2027,
        "bands",
        "The last class ends at 2 000 residents, and a larger municipality would have no fee. "
        "Begin the last line with “over:”.",
    ),
    (
        TARIFF,
        [],
        None,
        2027,
        None,
        "Nobody is there to pay. Choose a day on which there are members, or count in those expected.",
    ),
    (
        TARIFF,
        [Payer("a", None), Payer("z", 0)],
        None,
        2027,
        None,
        "2 municipalities have no population figure: Akaa, Ähtäri. Load the figures or leave them out.",
    ),
    (
        TARIFF,
        [Payer("a", None), Payer("b", 4)],
        None,
        2027,
        None,
        "1 municipality has no population figure: Akaa. Load the figures or leave it out.",
    ),
    (
        TARIFF,
        TWO,
        None,
        0,
        "year",
        "“0” is no year that fees are reckoned for. Choose one from 2000 to 2099.",
    ),
    (
        Rule("equal"),
        TWO,
        None,
        2027,
        "amount",
        "The amount to be shared is missing. Write the year's budget first.",
    ),
]
NAMES = {"a": "Akaa", "z": "Ähtäri"}


@pytest.mark.parametrize(("rule", "payers", "amount", "year", "field", "words"), REFUSED)
def test_a_refusal_says_its_field_and_the_ways_out(rule, payers, amount, year, field, words):
    refusal = refusals(rule, payers, amount, year=year)[0]
    said = refusal_words(refusal, NAMES)
    assert (said[0], plain(said[1])) == (field, words)


def test_every_refusal_has_words_that_are_tested():
    codes = set(re.findall(r'Refusal\(\s*"(\w+)"', Path(fee_rules.__file__).read_text(encoding="utf-8")))
    tested = {refusals(rule, payers, amount, year=year)[0].code for rule, payers, amount, year, *_ in REFUSED}
    assert codes == set(REFUSALS) == tested


def test_a_long_list_without_figures_is_cut_and_one_without_names_is_counted():
    payers = [Payer(n, None) for n in range(308)]
    (refusal,) = refusals(TARIFF, payers, year=2027)
    names = {n: f"Kunta {n}" for n in range(308)}
    said = "308 municipalities have no population figure{}. Load the figures or leave them out."
    assert refusal_words(refusal)[1] == said.format("")
    five = ", ".join(f"Kunta {n}" for n in range(5))
    assert refusal_words(refusal, names)[1] == said.format(f": {five} and 303 others")


ENGLISH = re.compile(
    r"\b(the|fee|fees|residents?|class|smallest|largest|months|rounded|sum|surplus|uncovered|is|are|give|over|of)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_refusal_is_said_in_both_languages(language):
    with translation.override(language):
        said = [
            refusal_words(refusals(rule, payers, amount, year=year)[0], NAMES)[1]
            for rule, payers, amount, year, *_ in REFUSED
        ]
    assert not {words for *_facts, words in REFUSED} & set(map(plain, said))
    assert not [words for words in said if ENGLISH.search(words)]
