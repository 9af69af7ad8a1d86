"""A meeting is planned, the proposal stands on its agenda, all are called, and a deputy comes in a member's place."""

from tests.browser.reading import both, fetched, opens
from tests.browser.test_main_path import press
from tests.drill.klkh_walk import GRETA, ULLA, follow, number_in, recorded, said, typed
from tests.drill.steering_walk import (
    CALLED,
    DAY,
    JUHANI,
    KAARINA,
    PROPOSAL,
    RIITTA,
    keep,
    made,
    main_act,
    seen,
)

OPENING = {"title_fi": "Kokouksen avaus", "title_sv": "Mötet öppnas"}
TALKS = {
    "title_fi": "Sopimusneuvottelujen tilanne",
    "title_sv": "Läget i avtalsförhandlingarna",
    "restricted_ground": "621/1999, 24 § 1 mom. 17 kohta",
}
PLAN = {
    "title_fi": "Tammikuun koulutuspäivä",
    "title_sv": "Utbildningsdagen i januari",
    "proposal_fi": "Koulutuspäivä pidetään etänä.",
    "proposal_sv": "Utbildningsdagen hålls på distans.",
}
LATER = {"title_fi": "Viestinnän vuosikello", "title_sv": "Kommunikationens årsklocka"}
OTHER = {"title_fi": "Muut asiat", "title_sv": "Övriga ärenden"}
PROPOSED = {
    "proposal_fi": "Palvelukeskus kokoaa yhden kokeilupaketin keväällä 2027.",
    "proposal_sv": "Servicecentralen sätter ihop ett paket på prov våren 2027.",
}


def meeting_is_planned(walk):
    """The secretary plans a meeting, opens its agenda with the opening and puts one matter behind closed doors."""
    secretary = walk.secretary
    secretary.goto(walk.at("/home/"))
    both(secretary, "20-secretary-home")
    secretary.goto(walk.at("/steering/meetings/"))
    both(secretary, "21-meetings")
    follow(secretary, "/steering/meetings/new/")
    typed(
        secretary,
        on=DAY,
        starts="13",
        ends="15.00",
        place="Keskustakirjasto Oodi, ryhmätila 4",
        link="https://kokous.example/ohjausryhma-joulukuu",
    )
    both(secretary, "22-meeting-new")
    press(secretary)
    recorded(secretary, "23-meeting-planned")
    walk.kept["meeting"] = number_in(secretary, r"/meetings/(\d+)/")
    put_on_agenda(walk, OPENING, "24-item-new")


def put_on_agenda(walk, texts, name=""):
    """Write one matter onto the agenda."""
    secretary = walk.secretary
    secretary.goto(walk.meeting())
    follow(secretary, "/items/new/")
    typed(secretary, **texts)
    if name:
        both(secretary, name)
    press(secretary)


def is_on_an_agenda(walk):
    """The service centre puts the proposal on the agenda; the proposer is told; what is proposed is written."""
    staff = walk.staff
    staff.goto(walk.proposal())
    main_act(staff)
    choice = staff.locator("[name=meeting] option", has_text=DAY)
    typed(staff, meeting=choice.get_attribute("value"))
    both(staff, "25-onto-agenda")
    press(staff)
    recorded(staff, "26-on-agenda")
    assert DAY in said(staff)
    for who in (RIITTA, ULLA):
        letter = walk.told(who, PROPOSAL, DAY)
        assert "esityslistalla" in letter
    secretary = walk.secretary
    secretary.goto(walk.meeting())
    opens(secretary.locator("main a[href*='/items/']", has_text=PROPOSAL).first)
    walk.kept["item"] = number_in(secretary, r"/items/(\d+)/")
    both(secretary, "27-item")
    follow(secretary, "/edit/")
    typed(secretary, **PROPOSED)
    press(secretary)
    recorded(secretary, "28-item-written")
    for texts in (TALKS, PLAN, LATER, OTHER):
        put_on_agenda(walk, texts)
    both(secretary, "29-agenda-whole")


def is_called(walk):
    """Two weeks before, the call leaves with the agenda and the calendar entry; the public agenda says less."""
    secretary = walk.on(CALLED).secretary
    secretary.goto(walk.at("/home/"))
    both(secretary, "30-secretary-home")
    secretary.goto(walk.meeting())
    both(secretary, "31-before-call")
    main_act(secretary)
    both(secretary, "32-call")
    press(secretary)
    recorded(secretary, "33-called")
    letter = walk.letter(KAARINA, DAY, link="/meetings/")
    walk.kept["call"] = letter.locator("a[href*='/meetings/']").first.get_attribute("href")
    files = letter.locator("a[href*='/mailbox/']")
    names = files.all_inner_texts()
    assert any(name.endswith(".pdf") for name in names), names
    assert any(name.endswith(".ics") for name in names), names
    both(walk.visitor, "34-call-letter")
    calendar = fetched(
        walk.visitor, files.nth(next(i for i, n in enumerate(names) if n.endswith(".ics")))
    ).decode()
    assert "METHOD:REQUEST" in calendar
    assert "SEQUENCE:0" in calendar
    assert "20261208T1" in calendar
    agenda = fetched(walk.visitor, files.nth(next(i for i, n in enumerate(names) if n.endswith(".pdf"))))
    assert agenda.startswith(b"%PDF")
    keep("agenda-member.pdf", agenda)
    visitor = walk.visitor
    visitor.goto(walk.meeting())
    both(visitor, "35-meeting-public")
    assert PROPOSAL in seen(visitor)
    assert TALKS["title_fi"] not in seen(visitor)
    keep("agenda-public.pdf", made(visitor, "/meetings/agendas/"))


def kaarina_cannot_come(walk):
    """From the letter on her phone the member says no; her own deputy is called and gets the papers."""
    juhani = walk.juhani
    juhani.goto(walk.meeting())
    both(juhani, "36-deputy-before")
    assert TALKS["title_fi"] not in seen(juhani)
    kaarina = walk.kaarina
    kaarina.goto(walk.kept["call"])
    both(kaarina, "37-kaarina-called")
    main_act(kaarina)
    typed(kaarina, coming="no")
    press(kaarina)
    recorded(kaarina, "38-kaarina-not-coming")
    letter = walk.letter(JUHANI, "Kaarina Esimerkki", DAY, link="/meetings/")
    names = letter.locator("a[href*='/mailbox/']").all_inner_texts()
    assert any(name.endswith(".ics") for name in names), names
    both(walk.visitor, "39-deputy-letter")
    juhani.goto(letter.locator("a[href*='/meetings/']").first.get_attribute("href"))
    both(juhani, "40-deputy-called")
    main_act(juhani)
    typed(juhani, coming="yes")
    press(juhani)
    recorded(juhani, "41-deputy-comes")
    assert TALKS["title_fi"] in seen(juhani)


def others_answer(walk):
    """Greta and the chair say that they come; the secretary records what one said by telephone."""
    greta = walk.greta
    letter = walk.letter(GRETA, DAY, link="/meetings/")
    greta.goto(letter.locator("a[href*='/meetings/']").first.get_attribute("href"))
    both(greta, "42-greta-called")
    assert greta.locator("html").get_attribute("lang") == "sv"
    main_act(greta)
    typed(greta, coming="yes")
    press(greta)
    recorded(greta, "43-greta-comes")
    chair = walk.chair
    chair.goto(walk.at("/home/"))
    both(chair, "44-chair-home")
    chair.goto(walk.meeting())
    main_act(chair)
    typed(chair, coming="yes")
    press(chair)
    recorded(chair, "45-chair-comes")
    secretary = walk.secretary
    secretary.goto(walk.meeting())
    follow(secretary, "/answer/")
    both(secretary, "46-answer-for-another")
    person = secretary.locator("[name=user] option", has_text="Tapio Esimerkki")
    typed(secretary, user=person.get_attribute("value"), coming="yes")
    press(secretary)
    recorded(secretary, "47-who-comes")
