"""Sums as people write them: understood, asked about, or refused with a sentence."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from consortium.money import AmbiguousAmountError, read_amount, read_number

# How long one example takes depends on who else uses the machine.
unhurried = trying(deadline=None, suppress_health_check=[HealthCheck.too_slow])
cents = st.integers(min_value=0, max_value=10**13 - 1).map(lambda number: Decimal(number) / 100)


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize(
    ("text", "euros"),
    [
        ("7500", "7500.00"),
        ("7.500,00", "7500.00"),
        ("7,500.00", "7500.00"),
        ("7 500,00 €", "7500.00"),
        ("7\u00a0500,00\u00a0€", "7500.00"),
        ("7\u202f500,00", "7500.00"),
        ("€ 7 500", "7500.00"),
        ("7500 EUR", "7500.00"),
        ("7500 euroa", "7500.00"),
        ("  150.00 ", "150.00"),
        ("1,5", "1.50"),
        ("1.5", "1.50"),
        ("0,05", "0.05"),
        ("0", "0.00"),
        ("007,10", "7.10"),
        ("1.200.000", "1200000.00"),
        ("1 200 000,5", "1200000.50"),
        ("999999999999,99", "999999999999.99"),
        ("-0,00", "0.00"),
    ],
)
def test_a_sum_is_understood(text, euros):
    amount = read_amount(text)
    assert str(amount) == euros


@pytest.mark.parametrize("text", ["1,200", "1.200", "7.500 €", "12,345", "999.999"])
def test_what_can_be_read_in_two_ways_is_asked_about(text):
    with pytest.raises(AmbiguousAmountError, match=r"two ways"):
        read_amount(text)


def test_the_question_shows_both_readings():
    with pytest.raises(AmbiguousAmountError) as refusal:
        read_amount("1,200 €")
    assert refusal.value.readings == (Decimal("1200.00"), Decimal("1.200"))
    assert str(refusal.value) == "“1,200 €” can be read in two ways: write 1200 or 1,20, whichever you mean."
    assert read_amount("1200") == Decimal(1200)
    assert read_amount("1,20") == Decimal("1.2")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Give a sum"),
        ("   ", "Give a sum"),
        ("€", "Give a sum"),
        ("abc", "not a sum"),
        ("1e9", "not a sum"),
        ("1E+09", "not a sum"),
        ("nan", "not a sum"),
        ("Infinity", "not a sum"),
        ("0x10", "not a sum"),
        ("1_000", "not a sum"),
        ("٧٥٠٠", "not a sum"),
        ("7500,-", "not a sum"),
        ("12€50", "not a sum"),
        ("75 00", "not a sum"),
        ("7 50,00", "not a sum"),
        ("1.2.3", "not a sum"),
        ("1,200,00", "not a sum"),
        ("1.200,00,00", "not a sum"),
        ("1 200.500,00", "not a sum"),
        (",50", "not a sum"),
        ("7,", "not a sum"),
        (".", "not a sum"),
        ("--5", "not a sum"),
        ("-5-", "not a sum"),
        ("0,123", "more than two decimals"),
        ("1234,567", "more than two decimals"),
        ("1 200,500", "more than two decimals"),
        ("1.200,505", "more than two decimals"),
        ("-5", "below zero"),
        ("5,00-", "below zero"),
        ("−0,01", "below zero"),
        ("1000000000000", "too large"),
        ("9" * 5000, "too large"),
    ],
)
def test_what_is_no_sum_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        read_amount(text)
    assert not isinstance(refusal.value, AmbiguousAmountError)
    assert len(str(refusal.value)) < 160


@pytest.mark.parametrize("text", ["-150,00", "150,00-", "−150,00 €", "€ -150,00", "- 150", "150,00 -"])
def test_a_ledgers_sum_may_be_below_zero(text):
    assert read_amount(text, signed=True) == Decimal(-150)


@unhurried
@given(cents, st.sampled_from([" ", ".", "\u00a0", "\u202f", ""]), st.sampled_from(["", " €", " EUR"]))
def test_each_way_of_writing_gives_the_sum_back(amount, thousands, currency):
    text = f"{amount:,.2f}".replace(",", "T").replace(".", ",").replace("T", thousands) + currency
    if amount < 10**12:
        assert read_amount(text) == amount


@unhurried
@given(st.text(max_size=12))
def test_any_text_is_a_sum_of_whole_cents_or_refused_in_words(text):
    try:
        amount = read_amount(text, signed=True)
    except ValueError as refusal:
        assert str(refusal).endswith(".")
    else:
        assert amount == amount.quantize(Decimal("0.01"))
        assert any(sign.isdigit() for sign in text)


@unhurried
@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_a_spreadsheets_number_gives_its_cents_back(number):
    amount = Decimal(number) / 100
    assert read_number(float(amount), signed=True) == amount
    assert read_number(amount, signed=True) == amount


@pytest.mark.parametrize(
    ("value", "euros"), [(150, "150.00"), (0.1 + 0.2, "0.30"), (-0.0, "0.00"), (1e9, "1000000000.00")]
)
def test_a_spreadsheets_number_is_understood(value, euros):
    assert str(read_number(value)) == euros


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0.005, "decimals"),
        (150.001, "decimals"),
        (-1, "below zero"),
        (1e12, "too large"),
        (1e300, "too large"),
        (float("nan"), "not a sum"),
        (float("inf"), "not a sum"),
    ],
)
def test_a_spreadsheets_number_that_is_no_sum_is_refused(value, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        read_number(value)
    assert len(str(refusal.value)) < 160
