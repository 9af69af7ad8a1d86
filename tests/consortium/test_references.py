"""Reference numbers against published examples and another's check of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import iso11649

from consortium.references import national, rf

# How long one example takes depends on who else uses the machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("base", "reference"),
    [
        ("123456", "1234561"),
        (123456, "1234561"),
        ("1111", "11112"),
        ("1234567", "12345672"),
        ("123456712345678", "1234567123456784"),
        ("100", "1009"),
        ("9" * 19, "9" * 19 + "3"),
        ("550", "5500"),  # a sum that is a full ten already: the check digit is 0
    ],
)
def test_national(base, reference):
    assert national(base) == reference


@pytest.mark.parametrize(
    "base", ["", "12", "1" * 20, "12a4", "12 34", "-123", "0123", "000", "12.5", "١٢٣", "²²²", -123, 12, None]
)
def test_what_cannot_be_a_national_reference(base):
    with pytest.raises(ValueError, match="3 to 19 digits"):
        national(base)


@unhurried
@given(st.integers(100, 10**19 - 1), st.data())
def test_one_wrong_digit_shows(base, data):
    reference = national(base)
    place = data.draw(st.integers(1, len(reference) - 2))
    wrong = str((int(reference[place]) + data.draw(st.integers(1, 9))) % 10)
    assert national(reference[:place] + wrong + reference[place + 1 : -1])[-1] != reference[-1]


@pytest.mark.parametrize(
    ("reference", "international"),
    [
        ("11112", "RF9811112"),
        (11112, "RF9811112"),
        ("1234561", "RF341234561"),
        ("539007547034", "RF18539007547034"),
        ("5rf7b", rf("5RF7B")),
    ],
)
def test_rf(reference, international):
    assert rf(reference) == international


@unhurried
@given(st.from_regex(r"[0-9A-Z]{1,21}", fullmatch=True))
def test_rf_passes_another_check(reference):
    assert iso11649.is_valid(rf(reference))
    assert rf(reference).endswith(reference)


@unhurried
@given(st.integers(100, 10**19 - 1))
def test_every_national_reference_has_an_rf_form(base):
    assert iso11649.is_valid(rf(national(base)))


@pytest.mark.parametrize("reference", ["", "1" * 22, "11-12", "11 112", "Ä1", "²"])
def test_what_cannot_be_an_rf_reference(reference):
    with pytest.raises(ValueError, match="1 to 21 digits or letters"):
        rf(reference)
