"""Minutes that are kept as plain values are the same when they are read back; names go when their time is over."""

import json
from dataclasses import replace
from datetime import date

import pytest

from steering.meeting import Restriction
from steering.minutes import Correction, Line, compose, correct, published
from steering.minutes_record import (
    hidden,
    kept,
    limited,
    nameless,
    once_open,
    read_back,
    without,
)
from steering.minutes_words import words
from tests.steering.afternoon import PEOPLE, with_item

FULL = compose(
    with_item(2, proposed_by="Jäsen Henkilö2", seconded_by="Jäsen Henkilö3", discussion="Puhuttiin.")
)
SOON = date(2027, 6, 20)


def through_json(minutes):
    return read_back(json.loads(json.dumps(kept(minutes))))


def said(minutes):
    lines = [*minutes.head, *(x for e in minutes.entries for x in (*e.lines, *e.present)), *minutes.tail]
    return "\n".join(words(line, "fi") for line in lines)


def test_what_is_kept_is_read_back_whole():
    assert through_json(FULL) == FULL
    assert through_json(FULL).entry(4).restriction == FULL.entry(4).restriction
    open_ended = compose(with_item(4, restriction=Restriction("621/1999 24 §")))
    assert through_json(open_ended) == open_ended


def test_what_minutes_cannot_hold_is_refused():
    with pytest.raises(TypeError, match="float"):
        kept(replace(FULL, head=(Line("called", {"on": 1.5}),)))


def test_who_proposed_and_what_was_said_stands_in_the_item():
    spoken = [words(line, "fi") for line in FULL.entry(2).lines]
    assert "Ehdotuksen teki: Jäsen Henkilö2." in spoken
    assert "Ehdotusta kannatti: Jäsen Henkilö3." in spoken
    assert "Keskustelu: Puhuttiin." in spoken
    assert [words(line, "sv") for line in FULL.entry(2).lines if line.key == "discussion"] == [
        "Diskussion: Puhuttiin."
    ]


def test_restrictions_are_those_of_today():
    opened = limited(FULL, {4: None, 3: Restriction("621/1999 24 §")})
    assert hidden(published(opened, SOON)) == [3]
    assert hidden(published(FULL, SOON)) == [4]
    assert hidden(published(limited(FULL, {}), SOON)) == [4]


def test_an_item_that_one_may_not_read_is_a_number():
    seen = without(FULL, {2, 3})
    assert hidden(seen) == [2, 3]
    assert "Aikakauslehtien" not in repr(seen)
    assert seen.entry(4) == FULL.entry(4)


def test_what_is_restricted_now_is_looked_through_for_names_as_well():
    later = once_open(limited(FULL, {3: Restriction("621/1999 24 §")}))
    assert hidden(later) == []
    assert "Xenia" not in repr(later)


def test_a49_without_names_nobody_is_named_and_everything_else_stays():
    note = Correction(SOON, 2, "Hyväksyttiin.", "Hyväksyttiin muutettuna.", "kirjoitusvirhe", PEOPLE["S"])
    public = published(correct(FULL, note), SOON)
    bare = nameless(public)
    for person in PEOPLE.values():
        assert person.name not in repr(bare)
    spoken = said(bare)
    assert "Läsnä, puheenjohtaja: Kunta1, klo 13.00–14.30." in spoken
    assert "Kunta8 (varsinainen jäsen: Kunta8), klo 13.45–14.00." in spoken
    assert "Kunta1: puolesta." in spoken
    assert "Eriävä mielipide, Kunta9: Liian kallis." in spoken
    assert "Pöytäkirjan tarkastaja: Kunta3." in spoken
    assert bare.entry(2).corrections[0].by.name == "Helsinki"
    assert len(bare.entry(3).lines) == len(public.entry(3).lines)
    assert not {line.key for line in bare.entry(2).lines} & {"proposed_by", "seconded_by"}
