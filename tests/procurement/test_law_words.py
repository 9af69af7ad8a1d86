"""Every point that the law helper can find has words, and every source is cited."""

import re
from pathlib import Path

import pytest

from procurement import law, timetable
from procurement.law_words import STATUTES, WORDS, source_words
from procurement.thresholds import ACT, Source


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def codes():
    """Return every code that stands in the modules of the law."""
    text = "".join(Path(module.__file__).read_text() for module in (law, timetable))
    found = set(re.findall(r'Point\(\s*"([a-z_]+)"', text))
    return found | {"framework_too_long", "framework_length"}  # chosen by a condition


def test_each_point_of_the_law_has_words_and_no_words_are_idle():
    assert codes() == WORDS.keys()


def test_each_source_of_the_law_is_cited_by_name():
    values = [value for module in (law, timetable) for value in vars(module).values()]
    sources = {value for value in values if isinstance(value, Source) and value.statute}
    assert len(sources) > 10
    assert {source.statute for source in sources} <= STATUTES.keys()


def test_a_source_says_whether_a_person_has_checked_it():
    assert source_words(Source(ACT, "129 §")) == "Procurement Act 1397/2016, 129 §"
    assert source_words(Source(ACT, "101 §", False)).endswith("101 § (to be checked in the Act)")
    assert source_words(Source("")) == "our own practice"
