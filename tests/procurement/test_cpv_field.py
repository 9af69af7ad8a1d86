"""CPV codes typed into a form."""

import pytest
from django import forms
from django.http import QueryDict

from procurement import cpv
from procurement.forms.cpv import CpvField


class OneForm(forms.Form):
    cpv = CpvField(label="CPV codes")


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def sent(*codes, **more):
    data = QueryDict(mutable=True)
    data.setlist("cpv", codes)
    data.update(more)
    return OneForm(data)


def test_codes_are_cleaned_each_once_and_empty_inputs_left_out():
    form = sent("22213000", "", " 79980000-7 ", "22213000-6")
    assert form.is_valid() and form.cleaned_data["cpv"] == ["22213000-6", "79980000-7"]
    nothing = sent("", "")
    assert nothing.is_valid() and nothing.cleaned_data["cpv"] == []


def test_every_wrong_code_is_named_and_what_was_typed_stays():
    form = sent("books", "22213000-7", "79980000-7")
    assert not form.is_valid()
    assert form.errors["cpv"] == [
        "“books” is no CPV code: eight digits, a hyphen and a digit, for example 22213000-6.",
        "“22213000-7”: the last digit should be 6. Check the code.",
    ]
    page = str(form)
    assert 'value="books"' in page and 'value="79980000-7"' in page and "Subscription services" in page
    assert "I have seen the code" not in page


def test_a_doubtful_digit_outside_the_table_stands_once_the_person_says_so():
    form = sent("03300000-2")
    assert not form.is_valid() and form.has_error("cpv", "doubtful")
    assert 'name="cpv-as_printed"' in str(form)
    again = sent("03300000-2", **{"cpv-as_printed": "on"})
    assert again.is_valid() and again.cleaned_data["cpv"] == ["03300000-2"]
    assert "cpv-as_printed" not in str(OneForm())


def test_the_inputs_look_codes_up_by_name_in_three_languages_without_scripts():
    page = str(OneForm(initial={"cpv": ["22213000-6"]}))
    assert page.count("<input") == 4 and 'value="22213000-6"' in page
    assert '<option value="22113000-5">Library books · Kirjastokirjat · Biblioteksböcker</option>' in page
    assert page.count("<datalist") == 1 and 'list="id_cpv_codes"' in page and 'id="id_cpv_codes"' in page
    assert "<script" not in page and "style=" not in page


def test_what_was_typed_cannot_leave_its_input():
    assert "<script>" not in str(sent('"><script>'))


def test_no_more_codes_than_a_notice_takes():
    codes = list(cpv.TABLE)[:21]
    assert sent(*codes[:20]).is_valid()
    assert sent(*codes).errors["cpv"] == ["Give at most 20 codes."]
