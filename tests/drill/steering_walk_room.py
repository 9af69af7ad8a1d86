"""The day itself, recorded by the keyboard: a conflict of interest, a vote 5–5, and a quorum lost at 14.20."""

from tests.browser.reading import both, fi, plain
from tests.browser.test_main_path import press
from tests.drill.klkh_walk import GRETA, ULLA, says, typed
from tests.drill.steering_walk import (
    LOST,
    OPENED,
    PROPOSAL,
    RIITTA,
    choose,
    push,
    seen,
    stands,
    tick,
    unfold,
    vote,
    write,
)
from tests.drill.steering_walk_call import TALKS

AT_TABLE = ["Veikko", "Marja", "Paavo", "Antero", "Raili", "Urho"]  # came without an answer
FOR = ["Sirkka", "Veikko", "Marja", "Tapio"]  # and Juhani, from his phone
AGAINST = ["Paavo", "Antero", "Raili", "Urho", "Ingrid"]
REASONS = {
    "reason_fi": "Kokeilu maksaa vähän, ja sen jälkeen tiedämme, kuinka moni kunta pakettia käyttää.",
    "reason_sv": "Försöket kostar litet, och efter det vet vi hur många kommuner som använder paketet.",
}
ACTION = {
    "text_fi": "Kootaan kokeilupaketti ja sovitaan kierrosta",
    "text_sv": "Provpaketet sätts ihop och rundan avtalas",
}
DUE = "15.1.2027"


def meeting_opens(walk):
    """Attendance is marked with its times; one comes a minute late; a deputy sits in with a vote."""
    secretary = walk.on(OPENED).secretary
    secretary.goto(walk.at("/home/"))
    both(secretary, "50-secretary-home")
    secretary = walk.recording
    for name in AT_TABLE:
        tick(secretary, name)
    write(secretary, "at", "13.00")
    both(secretary, "51-opening")
    push(secretary, "begin")
    assert "10" in stands(secretary)
    tick(secretary, "Ingrid")
    write(secretary, "marked_at", "13.01")
    push(secretary, "mark", value="arrived")
    both(secretary, "52-open")
    assert "11" in stands(secretary)
    push(secretary, "take_up")
    write(secretary, "decision_fi", "Kokous todettiin laillisesti koolle kutsutuksi ja päätösvaltaiseksi.")
    write(secretary, "decision_sv", "Mötet konstaterades vara lagligen sammankallat och beslutfört.")
    secretary.locator("#saved", has_text=fi("Saved at %(time)s.").split("%")[0].strip()).wait_for()
    both(secretary, "53-first-item")
    push(secretary, "note")
    assert fi("The item is noted.") in stands(secretary)


def one_steps_aside(walk):
    """The proposal is taken up; Greta has a conflict of interest and has no vote in it."""
    secretary = walk.recording
    push(secretary, "take_up")
    walk.kept["section"] = plain(secretary.locator("#item").inner_text())
    unfold(secretary, fi("Record a conflict of interest"))
    choose(secretary, "in_conflict", "Greta")
    write(secretary, "ground", "Puoliso työskentelee pakettien toimittajalla.")
    both(secretary, "54-conflict-typed")
    push(secretary, "conflict")
    both(secretary, "55-conflict")
    assert "Puoliso työskentelee" in seen(secretary)


def vote_is_five_to_five(walk):
    """By roll call five are for and five against; the deputy votes on his phone; the chair's vote settles it."""
    secretary = walk.recording
    push(secretary, "roll_call")
    juhani = walk.juhani
    juhani.goto(walk.at("/home/"))
    both(juhani, "56-deputy-home")
    juhani.goto(walk.meeting("vote/"))
    both(juhani, "57-deputy-votes")
    typed(juhani, choice="for")
    press(juhani)
    both(juhani, "58-deputy-voted")
    greta = walk.greta
    greta.goto(walk.at(f"/sv/steering/meetings/{walk.kept['meeting']}/vote/"))
    both(greta, "59-greta-no-vote")
    assert greta.locator("main form[method=post]").count() == 0
    secretary.reload()
    for name in FOR:
        vote(secretary, name, "for")
    for name in AGAINST:
        vote(secretary, name, "against")
    both(secretary, "60-votes")
    push(secretary, "close_vote")
    both(secretary, "61-vote-counted")
    text = seen(secretary)
    counts = says("for %(for)s, against %(against)s, blank %(blank)s", **{"for": 5, "against": 5, "blank": 0})
    assert counts in text
    assert fi("a tie, settled by the vote of the chair") in text


def proposal_is_decided(walk):
    """One dissents, an action is made, and the decision answers the proposer with its reasons."""
    secretary = walk.recording
    unfold(secretary, fi("Record a dissent"))
    choose(secretary, "dissenter", "Paavo")
    write(
        secretary, "reasons", "Paketin kierto vie henkilökunnalta aikaa, jota pienillä kirjastoilla ei ole."
    )
    push(secretary, "dissent")
    unfold(secretary, fi("Have something done"))
    for name, value in ACTION.items():
        write(secretary, name, value)
    choose(secretary, "owner", "Saara")
    write(secretary, "due_on", DUE)
    push(secretary, "action")
    write(secretary, "discussion_fi", "Keskusteltiin kierron työmäärästä.")
    write(secretary, "discussion_sv", "Arbetsmängden i rundan diskuterades.")
    push(secretary, "write", value="as_proposed")
    for name, value in REASONS.items():
        write(secretary, name, value)
    both(secretary, "62-decision-typed")
    push(secretary, "decide")
    both(secretary, "63-decided")
    for who in (RIITTA, ULLA):
        letter = walk.told(who, PROPOSAL, REASONS["reason_fi"])
        assert walk.kept["section"] in letter
        assert "hyväksytty" in letter
    greta = walk.greta
    letter = walk.letter(GRETA, PROPOSAL, REASONS["reason_sv"], link="/proposals/")
    greta.goto(letter.locator("a[href*='/proposals/']").first.get_attribute("href"))
    both(greta, "64-supporter-reads")
    push(secretary, "take_up")
    assert TALKS["title_fi"] in seen(secretary)
    write(secretary, "decision_fi", "Neuvottelujen tilanne merkittiin tiedoksi.")
    write(secretary, "decision_sv", "Läget i förhandlingarna antecknades för kännedom.")
    push(secretary, "note")


def quorum_is_lost(walk):
    """Four leave at 14.05, two at 14.20: five of eleven. The rest waits for the next meeting."""
    secretary = walk.on(LOST).recording
    for name in ("Veikko", "Marja", "Urho", "Ingrid"):
        tick(secretary, name)
    write(secretary, "marked_at", "14.05")
    push(secretary, "mark", value="left")
    both(secretary, "65-seven-left")
    assert fi("quorum.").rstrip(".") in stands(secretary) or "päätösvaltainen" in stands(secretary)
    push(secretary, "take_up")
    for name in ("Raili", "Antero"):
        tick(secretary, name)
    write(secretary, "marked_at", "14.20")
    push(secretary, "mark", value="left")
    both(secretary, "66-quorum-lost")
    assert says("%(present)s, no quorum from item %(number)s.", present="", number=4) in stands(secretary)
    for verb in ("decide", "roll_call"):
        assert secretary.locator(f"#record button[formaction$='/{verb}/']").count() == 0
    push(secretary, "put_off")
    both(secretary, "67-moved")
    push(secretary, "carry_over")
    both(secretary, "68-rest-moved")
    push(secretary, "close")
    both(secretary, "69-closed")
    assert fi("Typed here and not sent") not in seen(secretary)  # what was settled in haste was sent
    chair = walk.chair
    chair.goto(walk.meeting())
    both(chair, "70-chair-after")
    secretary.goto(walk.at("/steering/meetings/"))
    secretary.locator("main tbody tr", has_text=fi("being planned")).locator("a").first.click()
    both(secretary, "71-next-meeting")
    text = seen(secretary)
    for title in ("Tammikuun koulutuspäivä", "Viestinnän vuosikello", "Muut asiat"):
        assert title in text
    assert TALKS["title_fi"] not in text
