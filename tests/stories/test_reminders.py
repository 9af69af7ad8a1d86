"""Reminders as people meet them: asked once, at the right moment, and never for what is already there."""

import datetime as dt

import pytest
from django.core.management import call_command

from consortium import mailbox

BOARD = {"body": "board", "outcome": "approved", "section": "61", "case_number": "RauDno-2026-62"}
DAYS = {"meeting_on": "24.11.2026", "published_on": "24.11.2026"}
PHONE = {"channel": "phone", "received_from": "Municipal Secretary"}


@pytest.fixture
def round(clerk, municipalities, paper):
    """The packages of Rautalampi and Konnevesi were sent on 2.11.2026. Returns the service centre."""
    municipalities("686", "275")
    clerk.opens_round("Rautalampi", "Konnevesi")
    clerk.sends_packages()
    return clerk


@pytest.fixture
def mornings(today_is, capsys):
    """Let the mornings of some days come, first to last: ``mornings("2027-01-04", "2027-01-29")``."""

    def come(first, last=None):
        day, last = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
        while day <= last:
            today_is(day)
            call_command("remind", verbosity=0)
            day += dt.timedelta(days=1)
        capsys.readouterr()

    return come


def reminders(letters, to, subject):
    """Return the letters of a kind to an address."""
    return [letter for letter in letters(to) if subject in letter.subject]


def meets(someone, name, round, day="24.11.2026"):
    """Record that a municipality's board meets on a day."""
    page = round.matter_of(name)
    address = page.link("Record the day of the meeting")
    someone.presses(someone.opens(address), meeting_on=day, meeting_body="board")


@pytest.mark.breaks(
    "members.models.accession.Accession._is_still_asked", "members.models.accession.Accession.decide"
)
def test_c35_what_is_recorded_while_the_reminder_waits_is_not_asked(
    round, person, letters, mornings, run_worker
):
    done, silent = person("686"), person("275")
    meets(done, "Rautalampi", round)
    meets(silent, "Konnevesi", round)
    run_worker()
    page = done.opens(round.matter_of("Rautalampi").link("Record the decision"))
    mornings("2026-11-25")
    asked = reminders(letters, "johtaja@", "what was decided?")
    assert [(letter.to, letter.state) for letter in asked] == [
        ("johtaja@275.example", "queued"),
        ("johtaja@686.example", "queued"),
    ]
    page = done.presses(page, **BOARD, **DAYS)
    assert page.says.startswith("Approved.")
    run_worker()
    subjects = {to: [told.subject for told in mailbox.letters(f"johtaja@{to}")] for to in ("686", "275")}
    assert "Rautalampi: what was decided?" not in subjects["686"]
    assert "Rautalampi: decision received" in subjects["686"]
    assert "Konnevesi: what was decided?" in subjects["275"]
    correspondence = round.matter_of("Rautalampi").part("Correspondence")
    assert "Rautalampi: what was decided? johtaja@686.example. Not sent: no longer true" in correspondence


@pytest.mark.breaks("members.models.accession.Accession.decide")
def test_c35_what_was_recorded_in_the_evening_is_not_asked_in_the_morning(
    round, person, letters, mornings, today_is
):
    director = person("686")
    meets(director, "Rautalampi", round)
    today_is("2026-11-24")
    director.does(round.matter_of("Rautalampi"), "Record the decision", **BOARD, **DAYS)
    mornings("2026-11-25", "2026-11-30")
    assert not reminders(letters, "686", "what was decided?")


@pytest.mark.breaks("members.reminder_emails.remind", "members.models.accession.Accession.finalise")
def test_c18_one_reminder_of_the_certificate_then_another_ground(round, letters, mornings, today_is):
    today_is("2026-11-26")
    round.records("Rautalampi", **BOARD, **DAYS)
    mornings("2026-11-27", "2026-12-16")
    assert not reminders(letters, "686", "lainvoimaisuustodistus")
    mornings("2026-12-17")
    asked = reminders(letters, "kirjaamo@686.example", "lainvoimaisuustodistus")
    assert [letter.subject for letter in asked] == ["Rautalampi: lainvoimaisuustodistus"]
    body = " ".join(asked[0].body.split())
    assert "julkaistiin verkossa 24.11.2026" in body
    assert "muutoksenhakuaika päättyi tiistaina 15.12.2026" in body
    assert (
        "”Kunnanhallitus, 24.11.2026, § 61: päätöksestä ei ole määräajassa tehty oikaisuvaatimusta eikä valitusta."
        " Päätös on ollut lainvoimainen 16.12.2026 alkaen.”"
    ) in body
    mornings("2026-12-18", "2027-02-26")
    assert len(reminders(letters, "686", "lainvoimaisuustodistus")) == 1
    queue = round.opens("/en/home/").part("Waits for us")
    assert (
        "The certificate was asked for on Thu 17.12.2026. If it does not come, another ground may be" in queue
    )
    page = round.does(
        round.matter_of("Rautalampi"),
        "Record finality",
        finality_ground="phone",
        finality_note="Registry, Maija Esimerkki, 26.2.2027",
    )
    assert page.says.startswith("The decision is legally final.")
    assert "Telephone: Registry, Maija Esimerkki, 26.2.2027" in page.part("Path of the matter")


@pytest.mark.breaks("members.emails.decision_recorded", "members.reminder_emails.remind")
def test_c25_on_the_deadline_day_nobody_represents_and_the_answer_comes_by_telephone(
    round, letters, mornings, today_is
):
    mornings("2027-05-19", "2027-05-21")
    told = [letter.subject for letter in letters("kirjaamo@686.example")]
    assert told[-1] == "Rautalampi: päätös liittymisestä viimeistään 21.5.2027"
    today_is("2027-05-21")
    assert "Ask for a representative" in round.opens("/en/home/").part("Waits for us")
    said = PHONE | {"received_on": "21.5.2027", "meeting_on": "20.4.2027", "published_on": "21.4.2027"}
    page = round.records("Rautalampi", **BOARD, **said)
    assert "Recorded by the service centre on behalf of the municipality" in page.part("Path of the matter")
    receipt = letters()[-1]
    assert (receipt.to, receipt.subject) == ("kirjaamo@686.example", "Rautalampi: päätös vastaanotettu")
    assert "§ 61" in receipt.body
    assert "20.4.2027" in receipt.body
