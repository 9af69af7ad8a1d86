"""Money typed into forms: understood, asked about, or refused beside its field; what was typed stays."""

from decimal import Decimal

import pytest
from django import forms

from consortium.money_fields import MoneyField, RateField, ShareField
from consortium.templatetags.portal import error_links


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the sentences in the language of their source."""
    settings.LANGUAGE_CODE = "en"


class PriceForm(forms.Form):
    """One of each."""

    price = MoneyField(label="Price", max_value=Decimal(7500), required=False)
    least = MoneyField(label="Least", min_value=Decimal(10), required=False)
    rate = RateField(label="Rate", max_value=Decimal(1), required=False)
    share = ShareField(label="Share", required=False)
    must = MoneyField(label="Must")


def typed(**data):
    return PriceForm({"must": "1"} | data)


def sentences(form):
    return {name: list(errors) for name, errors in form.errors.items()}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("price", "7.500,00", "7500.00"),
        ("price", "7 500,00 €", "7500.00"),
        ("price", "7\u202f500,00\u00a0€", "7500.00"),
        ("price", " 0 ", "0.00"),
        ("rate", "0,021", "0.021"),
        ("rate", "0.009 €", "0.009"),
        ("rate", "0,123456", "0.123456"),
        ("rate", "0,02100000", "0.021"),
        ("rate", "€ 1", "1"),
        ("rate", "000", "0"),
        ("share", "40", "0.4"),
        ("share", "12,5 %", "0.125"),
        ("share", "33,3333%", "0.333333"),
        ("share", "100", "1"),
        ("share", "0", "0"),
    ],
)
def test_what_people_write_is_understood(field, text, value):
    form = typed(**{field: text})
    assert form.is_valid(), form.errors
    cleaned = form.cleaned_data[field]
    assert cleaned == Decimal(value) and isinstance(cleaned, Decimal)


def test_nothing_is_none_where_nothing_is_demanded():
    form = typed(price="  ", rate="\u00a0", share="")
    assert form.is_valid()
    assert [form.cleaned_data[name] for name in ("price", "rate", "share", "least")] == [None] * 4
    assert sentences(typed(must=" ")) == {"must": ["Give a sum in euros, for example 7 500,00."]}


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("price", "abc", "“abc” is not a sum in euros: use digits, for example 7 500,00."),
        ("price", "1e9", "“1e9” is not a sum in euros: use digits, for example 7 500,00."),
        ("price", "1,200", "“1,200” can be read in two ways: write 1200 or 1,20, whichever you mean."),
        ("price", "-5", "“-5” is below zero: give a sum of 0 € or more."),
        ("price", "7500,001", "“7500,001” has more than two decimals: give euros and cents."),
        ("price", "7 500,01", "Give at most 7\u202f500,00\u00a0€."),
        ("least", "9,99", "Give at least 10,00\u00a0€."),
        ("rate", "0,0210001", "“0,0210001” has more than six decimals, which nobody could reckon by hand."),
        ("rate", "1,5", "Give at most 1,00\u00a0€."),
        ("share", "100,5", "Give at most 100\u00a0%."),
        ("share", "40,00001", "“40,00001” has more than four decimals, which nobody could reckon by hand."),
        ("share", "half", "“half” is not a part in per cent: use digits, for example 40."),
    ],
)
def test_what_is_refused_has_its_sentence_and_stays_as_typed(field, text, sentence):
    form = typed(**{field: text})
    assert sentences(form) == {field: [sentence]}
    assert f'value="{text}"' in str(form[field])


@pytest.mark.parametrize(
    "text", ["1e9", "1 000", "-1", "0,021 €/as.", "1.000,5", ",5", "٢", "1,", "9" * 5000, "%"]
)
def test_what_is_no_rate_is_said_so(text):
    assert "is not euros a resident" in sentences(typed(rate=text))["rate"][0]
    assert len(sentences(typed(rate=text))["rate"][0]) < 150


def test_a_summary_of_errors_says_which_field_each_is_about():
    links = error_links(typed(price="abc", least="1", share="x", must=""))
    assert [link["text"].split(":")[0] for link in links] == ["Price", "Least", "Share", "Must"]
    assert [link["url"] for link in links] == ["#id_price", "#id_least", "#id_share", "#id_must"]


def test_a_field_shows_its_number_as_people_here_write_it():
    form = PriceForm(
        initial={
            "price": Decimal(7500),
            "rate": Decimal("0.021000"),
            "share": Decimal("0.400000"),
            "least": 0,
        }
    )
    shown = [form[name].value() for name in ("price", "rate", "share", "least", "must")]
    assert shown == ["7\u202f500,00", "0,021", "40", "0,00", None]
    for name in ("price", "rate", "share"):
        assert 'inputmode="decimal"' in str(form[name])
        assert form.fields[name].clean(form[name].value()) == form.initial[name]


def test_a_sum_that_is_only_written_otherwise_is_no_change():
    before = {
        "price": Decimal("7500.00"),
        "rate": Decimal("0.021"),
        "share": Decimal("0.4"),
        "must": Decimal(1),
    }
    after = {"price": "7.500,00 €", "rate": "0,0210", "share": "40 %", "must": "1,00"}
    assert not PriceForm(after, initial=before).has_changed()
    assert PriceForm(after | {"price": "7499"}, initial=before).changed_data == ["price"]
