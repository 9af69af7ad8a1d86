"""How tests read pages, and the members they read about."""

import re

from tests.factories import MunicipalityFactory


def text_of(response):
    """Return what a reader reads: no tags, one space between words."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    body = re.sub(r"</?span\b[^>]*>", "", body)
    return re.sub(r"[ \n\t]+", " ", re.sub(r"<[^>]+>", " ", body))  # no-break spaces stay


def member(since, population=2447, **fields):
    """Return a municipality that belongs from a day."""
    place = MunicipalityFactory(population=population, **fields)
    place.join(since)
    return place
