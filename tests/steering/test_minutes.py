"""Minutes from the facts of one afternoon: what they say, and which facts they refuse."""

from dataclasses import replace
from datetime import date

import pytest

from steering.meeting import Conflict, Fault, Outcome, Task, faults
from steering.minutes import Untrue, compose
from steering.minutes_words import WORDS, figures_of, words
from steering.quorum import Movement, Way, stretches
from steering.voting import Cast, Choice, Dissent, by_consensus, by_roll_call
from tests.steering.afternoon import CASTS, ELEVEN, ITEMS, MARKS, MEETING, PEOPLE, voted, with_item
from tests.steering.table import at, group, members, movements, there

FULL = compose(MEETING)


def said(lines, language="fi"):
    return [words(line, language) for line in lines]


def keys(lines):
    return [line.key for line in lines]


def codes(meeting):
    return [(each.code, each.number) for each in faults(meeting)]


# --- What they say (A 37) ----------------------------------------------------------------------------------


def test_a37_the_afternoon_is_true_and_whole():
    assert faults(MEETING) == ()
    assert [entry.number for entry in FULL.entries] == [1, 2, 3, 4, 5]
    assert FULL.held_on == date(2027, 6, 9)


def test_a37_attendance_with_times_deputies_and_the_deputy_beside_the_member():
    spoken = said(FULL.head)
    assert spoken[:3] == [
        "Ohjausryhmä, kokous 3/2027. Aika: 9.6.2027 13.00. Paikka: Keskustakirjasto.",
        "Kokouskutsu on lähetetty 26.5.2027.",
        "Kokouksen avasi puheenjohtaja Jäsen Henkilö1.",
    ]
    of_nine = "(varsinainen jäsen: Jäsen Henkilö9)"
    assert [text for text in spoken if "Henkilö9" in text] == [
        f"Läsnä, varajäsen: Vara Henkilö9 (Kunta9) {of_nine}, klo 13.00–13.30.",
        "Läsnä, jäsen: Jäsen Henkilö9 (Kunta9), klo 13.30–13.40.",
        f"Läsnä ilman äänioikeutta, varajäsen: Vara Henkilö9 (Kunta9) {of_nine}, klo 13.30–13.40.",
        f"Läsnä, varajäsen: Vara Henkilö9 (Kunta9) {of_nine}, klo 13.40–14.20.",
    ]
    assert "Läsnä, puheenjohtaja: Jäsen Henkilö1 (Kunta1), klo 13.00–14.30." in spoken
    assert "Poissa: Jäsen Henkilö11 (Kunta11)." in spoken
    assert "Asiantuntija: Erkki Erityinen (Espoo), klo 13.00–13.25." in spoken
    assert "Sihteeri: Sini Sihteeri (Helsinki), klo 13.00–14.30." in spoken


def test_a37_quorum_stands_at_each_item_and_is_lost_at_14_20():
    found = [x for entry in FULL.entries for x in entry.lines if "quorum" in x.key]
    assert [(x.key, *x.figures.values()) for x in found] == [
        *[("quorum", 10, 11, 6)] * 4,
        ("no_quorum_too_few", 5, 11, 6),
    ]
    last = said(FULL.entry(5).lines)
    assert "Poistui klo 14.20: Jäsen Henkilö7." in last
    assert last[-2:] == [
        "Läsnä 5, paikkoja 11, vaaditaan 6: ei päätösvaltainen.",
        "Asia siirrettiin seuraavaan kokoukseen.",
    ]


def test_a37_conflict_tie_by_name_chair_and_dissent():
    of = "(varsinainen jäsen: Jäsen Henkilö{0})".format
    assert said(FULL.entry(3).lines) == [
        "Palasi klo 14.00: Jäsen Henkilö8.",
        "Esteellinen: Jäsen Henkilö8. Peruste: toimittajan hallituksen jäsen.",
        "Poissa asian käsittelyn ajan, klo 13.45–14.00: Jäsen Henkilö8.",
        f"Esteellisen jäsenen tilalla: Vara Henkilö8 {of(8)}.",
        "Läsnä 10, paikkoja 11, vaaditaan 6: päätösvaltainen.",
        "Ehdotus: Hankitaan.",
        "Nimenhuutoäänestys, päättyi klo 13.58: puolesta 5, vastaan 5, tyhjiä 0.",
        *[f"Jäsen Henkilö{n}: puolesta." for n in range(1, 6)],
        "Jäsen Henkilö6: vastaan.",
        "Jäsen Henkilö7: vastaan.",
        f"Vara Henkilö8 {of(8)}: vastaan.",
        f"Vara Henkilö9 {of(9)}: vastaan.",
        "Jäsen Henkilö10: vastaan.",
        "Äänet menivät tasan. Ratkaisi puheenjohtajan ääni (Jäsen Henkilö1): puolesta.",
        "Päätös: Hankitaan.",
        "Eriävä mielipide, Vara Henkilö9: Liian kallis.",
    ]


def test_a37_in_swedish_too():
    assert said(FULL.entry(2).lines, "sv")[-2:] == [
        "Beslut, enhälligt: Hyväksyttiin.",
        "Uppgift: Valmistellaan musiikkipalvelu. Ansvarig: Sini Sihteeri. Senast 30.9.2027.",
    ]
    assert said(FULL.tail, "sv") == [
        "Mötet avslutades kl. 14.30.",
        "Protokollsjusterare: Jäsen Henkilö3.",
        "Protokollsjusterare: Jäsen Henkilö4.",
    ]


def test_every_sentence_has_the_same_figures_in_both_languages():
    for key in WORDS:
        assert figures_of(key, "fi") == figures_of(key, "sv"), key


def test_user_text_with_braces_and_percents_stays_as_it_is():
    found = compose(with_item(2, decision="{person} %(x)s { } 100 %"))
    assert "Päätös, yksimielinen: {person} %(x)s { } 100 %" in said(found.entry(2).lines)


def chairless(**changes):
    """Return a meeting without chair and vice-chair in which the first item chooses M3."""
    marks = movements(members(3, 4, 5, 6, 7, 8) + " S")
    choice = replace(
        ITEMS[0], title="Puheenjohtajan valinta", outcome=Outcome.CHAIR_CHOSEN, decision="", chosen="M3"
    )
    items = (replace(choice, **changes), replace(ITEMS[1], votes=()))
    return replace(MEETING, movements=marks, items=items, checkers=("M4", "M5"))


def test_c47_both_absent_the_meeting_chooses_a_chair_as_its_first_item():
    found = compose(chairless())
    assert keys(found.head)[2] == "opened_without_chair"
    assert keys(found.entry(1).lines) == ["no_quorum_no_chair", "chair_chosen"]
    assert keys(found.entry(2).lines)[:2] == ["presides", "quorum"]


@pytest.mark.parametrize("chosen_for", [2, 3])
def test_c47_chosen_for_one_item_only(chosen_for):
    meeting = chairless(chosen_for=chosen_for)
    expected = [] if chosen_for == 2 else [(Fault.NO_QUORUM, 2)]
    assert codes(meeting) == expected


def test_c47_the_chosen_one_has_a_seat_and_is_there():
    for person in ("M9", "E", "V3"):
        assert (Fault.CHOSEN_NOT_SEATED, 1) in codes(chairless(chosen=person))
    assert (Fault.CHOSEN_NOT_SEATED, 2) in codes(with_item(2, chosen="M3"))


def test_c50_a_drop_during_a_vote_is_minuted_and_the_vote_may_be_taken_again():
    marks = tuple(m for m in MARKS if m.person != "M10") + movements(M10="13.10-13.57x 13.58-14.20")
    first = by_roll_call(
        ELEVEN, stretches(marks), CASTS, opened_at=at("13.55"), closed_at=at("13.57"), in_conflict={"M8"}
    )
    again = by_roll_call(
        ELEVEN,
        stretches(marks),
        [cast._replace(at=at("13.58")) for cast in CASTS],
        opened_at=at("13.58"),
        closed_at=at("13.59"),
        in_conflict={"M8"},
    )
    meeting = replace(with_item(3, votes=(first, again)), movements=marks)
    lines = compose(meeting).entry(3).lines
    spoken = said(lines)
    assert "Etäyhteys katkesi ennen äänestyksen päättymistä, klo 13.57: Jäsen Henkilö10." in spoken
    assert keys(lines).count("roll_call") == 2
    assert "Nimenhuutoäänestys, päättyi klo 13.57: puolesta 5, vastaan 4, tyhjiä 0." in spoken
    assert keys(lines).count("put_again") == 1
    assert spoken[-2:] == ["Päätös: Hankitaan.", "Eriävä mielipide, Vara Henkilö9: Liian kallis."]


def test_one_opposing_then_a_roll_call_stands_in_the_minutes():
    consensus = by_consensus(ELEVEN, stretches(MARKS), at=at("13.50"), opposed=("M6",), in_conflict={"M8"})
    found = compose(with_item(3, votes=(consensus, voted())))
    lines = found.entry(3).lines
    assert "Asiasta ei oltu yksimielisiä: Jäsen Henkilö6." in said(lines)
    assert "put_again" not in keys(lines)
    assert keys(lines).count("roll_call") == 1


def test_a_vacant_seat_and_its_deputy_are_told():
    small = group(11, vacant=(10, 11))
    meeting = replace(MEETING, group=small, movements=movements(members(*range(1, 9)) + " S V10"), items=())
    spoken = said(compose(meeting).head)
    assert any(
        each.startswith("Läsnä, varajäsen (varsinaista jäsentä ei ole): Vara Henkilö10") for each in spoken
    )
    assert spoken.count("Yksi paikka on täyttämättä.") == 1


# --- What they refuse --------------------------------------------------------------------------------------


def test_a37_c49_without_a_quorum_nothing_is_called_decided():
    meeting = with_item(5, outcome=Outcome.DECIDED, decision="Päätettiin.")
    assert codes(meeting) == [(Fault.NO_QUORUM, 5)]
    assert faults(meeting)[0].figures["present"] == 5
    with pytest.raises(Untrue) as refusal:
        compose(meeting)
    assert refusal.value.found == faults(meeting)


@pytest.mark.parametrize("outcome", [Outcome.NOTED, Outcome.MOVED])
def test_c49_without_a_quorum_an_item_is_noted_or_moved(outcome):
    assert codes(with_item(5, outcome=outcome, decision="Todettiin.")) == []


def test_a37_what_was_decided_with_a_quorum_stands_though_it_goes_before_the_item_ends():
    left = tuple(Movement(f"M{n}", at("13.59"), Way.LEFT) for n in (5, 6, 7, 10))
    marks = (*(m for m in MARKS if m.at != at("14.20")), *left)
    found = codes(replace(MEETING, movements=(*marks, Movement("V9", at("13.59"), Way.LEFT))))
    assert (Fault.NO_QUORUM, 4) in found
    assert all(number != 3 for _code, number in found)


def test_a_vote_that_settled_nothing_is_no_decision():
    blank = voted([Cast("M1", Choice.BLANK, at("13.56"))])
    assert (Fault.NOT_SETTLED, 3) in codes(with_item(3, votes=(blank,), dissents=()))


def test_a_vote_counted_before_a_conflict_was_recorded_is_counted_anew():
    stale = voted(CASTS, in_conflict=frozenset())
    meeting = with_item(3, votes=(stale,), conflicts=(Conflict("M8", "x"), Conflict("M6", "y")), dissents=())
    found = [each for each in faults(meeting) if each.code is Fault.VOTE_OUTDATED]
    assert [(each.number, each.figures["people"]) for each in found] == [(3, ("M6",))]


def test_a_vote_counted_before_attendance_was_corrected_is_counted_anew():
    marks = tuple(m for m in MARKS if m.person != "M7") + movements(M7="13.00-13.50")
    assert (Fault.VOTE_OUTDATED, 3) in codes(replace(MEETING, movements=marks))


@pytest.mark.parametrize(
    "dissent", [Dissent("M1", at("13.59")), Dissent("E", at("13.59")), Dissent("V9", at("14.10"))]
)
def test_106_a_dissent_that_cannot_be_is_refused(dissent):
    assert codes(with_item(3, dissents=(dissent,))) == [(Fault.DISSENT, 3)]


@pytest.mark.parametrize(
    ("number", "change", "code"),
    [
        (2, {"closed_at": at("13.50")}, Fault.ORDER_OF_TIME),
        (5, {"closed_at": at("14.40")}, Fault.ORDER_OF_TIME),
        (4, {"number": 6}, Fault.NUMBERS),
    ],
)
def test_times_and_numbers_go_one_after_the_other(number, change, code):
    assert code in [each for each, _number in codes(with_item(number, **change))]


def test_numbers_may_run_on_through_the_year():
    items = tuple(replace(item, number=item.number + 40) for item in ITEMS)
    assert faults(replace(MEETING, items=items)) == ()


@pytest.mark.parametrize(
    "checkers", [(), ("M3",), ("M3", "M3"), ("M3", "M11"), ("M3", "E"), ("M3", "M4", "S")]
)
def test_two_checkers_who_were_there_in_a_seat(checkers):
    assert codes(replace(MEETING, checkers=checkers)) == [(Fault.CHECKERS, None)]


def test_a_draft_is_composed_while_something_is_open():
    meeting = replace(with_item(5, outcome=None), checkers=())
    assert codes(meeting) == [(Fault.NO_OUTCOME, 5), (Fault.CHECKERS, None)]
    assert keys(compose(meeting).entry(5).lines)[-1] == "open"
    assert codes(with_item(2, decision=" ")) == [(Fault.NO_TEXT, 2)]


def test_nobody_in_the_minutes_is_without_a_name():
    with pytest.raises(KeyError):
        compose(with_item(2, tasks=(Task("x", "nobody", date(2027, 9, 1)),)))
    assert set(PEOPLE) > {m.person for m in MARKS}
    assert there(M1="13.00")["M1"] == stretches([Movement("M1", at("13.00"), Way.ARRIVED)])["M1"]
