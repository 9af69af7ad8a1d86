"""Minutes as the public reads them, corrected and in extracts: nothing restricted, no names that need not be there."""

from dataclasses import replace
from datetime import date

import pytest

from steering.meeting import Conflict, Person, Restriction, Task
from steering.minutes import Correction, compose, correct, extract, names_left, published
from steering.minutes_words import correction_words, words
from steering.voting import Dissent
from tests.steering.afternoon import MEETING, PEOPLE, voted, with_item

FULL = compose(MEETING)
SOON, LAST, LATER = date(2027, 6, 20), date(2027, 12, 31), date(2028, 1, 1)
PUBLIC = published(FULL, SOON)
WORD = "mustarastas"


def said(lines):
    return [words(line, "fi") for line in lines]


def keys(lines):
    return [line.key for line in lines]


# --- Restricted items (A 37, A 49) -------------------------------------------------------------------------


def planted():
    """Return minutes in which the third item is restricted and every text of it holds one word."""
    meeting = with_item(
        3,
        title=f"Asia {WORD}1",
        proposal=f"{WORD}2",
        decision=f"{WORD}3",
        conflicts=(Conflict("M8", f"{WORD}4"),),
        dissents=(Dissent("V9", voted().closed_at, f"{WORD}5"),),
        tasks=(Task(f"{WORD}6", "E", date(2027, 9, 30)),),
        restriction=Restriction(f"{WORD}7", LAST),
    )
    note = Correction(SOON, 3, f"{WORD}8", f"{WORD}9", f"{WORD}10", Person(f"{WORD}11"))
    return correct(compose(meeting), note)


def test_a49_of_a_restricted_item_only_the_number_is_left():
    full = planted()
    for n in range(1, 12):
        assert f"{WORD}{n}" in repr(full)
    public = published(full, SOON)
    assert WORD not in repr(public)
    entry = public.entry(3)
    assert (entry.number, entry.title, entry.lines, entry.present, entry.corrections) == (3, "", (), (), ())
    assert entry.restriction is None
    assert [each.number for each in public.entries] == [1, 2, 3, 4, 5]


def test_a49_nothing_elsewhere_tells_of_a_restricted_item():
    """Votes, conflicts and tasks of it stand in no other part."""
    public = published(planted(), SOON)
    rest = [*public.head, *public.tail, *(x for e in public.entries if e.number != 3 for x in e.lines)]
    assert not {"conflict_published", "deputy_for_conflict", "roll_call", "dissent"} & set(keys(rest))


@pytest.mark.parametrize(("on", "is_told"), [(SOON, False), (LAST, False), (LATER, True)])
def test_a_restriction_ends_with_its_last_day(on, is_told):
    assert bool(published(FULL, on).entry(4).lines) is is_told


def test_a_restriction_without_an_end_stays():
    meeting = with_item(4, restriction=Restriction("621/1999 24 §"))
    assert published(compose(meeting), date(2099, 1, 1)).entry(4).lines == ()


def test_the_full_form_is_not_touched_by_publishing():
    assert PUBLIC.is_published
    assert compose(MEETING) == FULL
    assert FULL.entry(4).title == "Tarjouskilpailu"


# --- Names that need not be there --------------------------------------------------------------------------


def test_a37_experts_visitors_and_owners_of_tasks_go_without_their_names():
    for name in ("Erkki", "Xenia"):
        assert name in repr(FULL)
        assert name not in repr(PUBLIC)
    spoken = said([*PUBLIC.head, *PUBLIC.entry(2).lines])
    assert "Asiantuntija: juristi, Espoo, klo 13.00–13.25." in spoken
    assert (
        "Tehtävä: Valmistellaan musiikkipalvelu. Vastuussa: suunnittelija, Helsinki. Määräaika 30.9.2027."
        in spoken
    )
    assert not any(text.startswith("Muu läsnäolija") for text in spoken)


def test_a37_the_ground_of_a_conflict_goes_and_the_fact_stays():
    spoken = said(PUBLIC.entry(3).lines)
    assert "Esteellinen: Jäsen Henkilö8." in spoken
    assert "toimittajan" not in repr(PUBLIC)


def test_a37_members_votes_and_dissent_stay_with_their_names():
    spoken = said(PUBLIC.entry(3).lines)
    assert "Jäsen Henkilö1: puolesta." in spoken
    assert "Eriävä mielipide, Vara Henkilö9: Liian kallis." in spoken
    assert "Sihteeri: Sini Sihteeri (Helsinki), klo 13.00–14.30." in said(PUBLIC.head)


def test_one_without_title_and_municipality_leaves_a_dash():
    meeting = replace(MEETING, people=PEOPLE | {"E": Person("Erkki Erityinen")})
    assert "Asiantuntija: –, klo 13.00–13.25." in said(published(compose(meeting), SOON).head)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Kuultiin Erityistä.", True),
        ("Kuultiin Erkki Erityistä ja (Erityisen) lausunto.", True),
        ("Erityinen: lausunto", True),
        ("ERITYINEN", True),
        ("Erkin lausunto", False),
        ("Erkkiä kuultiin", True),
        ("Kuultiin asiantuntijaa.", False),
        ("Erityisellä ja Erityisenkin", True),
        ("Erityisryhmistä keskusteltiin", False),
    ],
)
def test_a_name_left_in_a_free_text_is_shown_to_the_secretary(text, is_found):
    public = published(compose(with_item(2, decision=text)), SOON)
    found = names_left(public, [PEOPLE["E"]])
    assert found == (((2, PEOPLE["E"]),) if is_found else ())


# --- Corrections and extracts ------------------------------------------------------------------------------

NOTE = Correction(
    date(2027, 7, 1), 2, "Hyväksyttiin.", "Hyväksyttiin muutettuna.", "kirjoitusvirhe", PEOPLE["S"]
)


def test_6_8_a_correction_is_dated_and_beside_the_old_text():
    found = correct(FULL, NOTE)
    entry = found.entry(2)
    assert entry.lines == FULL.entry(2).lines
    assert [correction_words(each, "fi") for each in entry.corrections] == [
        "Korjaus 1.7.2027: ”Hyväksyttiin.” pitää olla ”Hyväksyttiin muutettuna.”. Syy: kirjoitusvirhe. "
        "Korjasi: Sini Sihteeri."
    ]
    assert correction_words(NOTE, "sv").startswith("Rättelse 1.7.2027:")
    assert published(found, SOON).entry(2).corrections == (NOTE,)
    assert FULL.entry(2).corrections == ()


def test_6_8_corrections_follow_one_another():
    second = NOTE._replace(on=date(2027, 7, 2), right="Palautettiin.")
    assert correct(correct(FULL, NOTE), second).entry(2).corrections == (NOTE, second)
    with pytest.raises(ValueError, match="after"):
        correct(correct(FULL, NOTE), second._replace(on=date(2027, 6, 30)))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"number": 9}, KeyError),
        ({"right": " "}, ValueError),
        ({"reason": ""}, ValueError),
        ({"on": date(2027, 6, 8)}, ValueError),
    ],
)
def test_6_8_an_impossible_correction_is_refused(change, error):
    with pytest.raises(error):
        correct(FULL, NOTE._replace(**change))


def test_6_8_the_full_form_is_corrected_not_the_published_one():
    with pytest.raises(ValueError, match="full form"):
        correct(PUBLIC, NOTE)


def test_an_extract_has_its_item_who_took_part_and_nothing_of_the_others():
    found = extract(FULL, 3)
    assert (found.meeting.key, found.entry.number, keys(found.tail)) == (
        "meeting",
        3,
        ["closed", "checker", "checker"],
    )
    present = said(found.entry.present)
    assert "Osallistui varajäsen: Vara Henkilö8 (Kunta8) (varsinainen jäsen: Jäsen Henkilö8)." in present
    assert present[-1] == "Pöytäkirjaa piti: Sini Sihteeri."
    assert len(present) == 11
    for other in FULL.entries:
        assert (other.title in repr(found)) == (other.number == 3)


def test_an_extract_of_a_restricted_item_is_made_from_the_full_form_only():
    assert extract(FULL, 4).entry.title == "Tarjouskilpailu"
    with pytest.raises(ValueError, match="number"):
        extract(PUBLIC, 4)
    with pytest.raises(KeyError):
        extract(FULL, 9)
