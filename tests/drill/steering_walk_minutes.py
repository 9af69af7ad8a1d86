"""The minutes from the record: checked by two on phones, signed, published; the action done, the proposer told."""

from tests.browser.reading import both, fi, opens, plain
from tests.browser.test_main_path import press
from tests.drill.klkh_walk import GRETA, ULLA, recorded, typed
from tests.drill.steering_walk import (
    CHECKED,
    DONE,
    DRAFTED,
    JUHANI,
    PROPOSAL,
    RIITTA,
    SIGNED,
    keep,
    made,
    main_act,
    seen,
    text_of,
)
from tests.drill.steering_walk_call import TALKS
from tests.drill.steering_walk_room import ACTION, REASONS

RESULT = {
    "result_fi": "Kokeilupaketti on koottu, ja se kiertää viidessä kunnassa maaliskuun alusta.",
    "result_sv": "Provpaketet är klart och går runt i fem kommuner från början av mars.",
}


def minutes_are_drafted(walk):
    """The day after, the draft stands there from the record; the secretary names two checkers and sends it to them."""
    secretary = walk.on(DRAFTED).secretary
    secretary.goto(walk.at("/home/"))
    both(secretary, "72-secretary-home")
    secretary.goto(walk.meeting())
    both(secretary, "73-meeting-after")
    main_act(secretary)
    both(secretary, "74-draft")
    for words in ("14.20", "Puoliso työskentelee", "puheenjohtajan ääni"):
        assert words in seen(secretary), words
    main_act(secretary)
    for name, who in (("first", "Greta"), ("second", "Juhani")):
        secretary.locator("label", has_text=who).locator(f"[name={name}]").check()
    both(secretary, "75-checkers")
    press(secretary)
    recorded(secretary, "76-checkers-named")
    main_act(secretary)
    both(secretary, "77-send")
    press(secretary)
    recorded(secretary, "78-sent")
    paper = made(secretary, "/steering/minutes/papers/")
    keep("minutes-full-fi.pdf", paper)


def two_check_them(walk):
    """Both read and approve on their phones, from the letter; one of them in Swedish."""
    walk.on(CHECKED)
    for page, who, number in ((walk.greta, GRETA, 79), (walk.juhani, JUHANI, 81)):
        letter = walk.letter(who, link=f"/minutes/{walk.kept['meeting']}/")
        page.goto(letter.locator("a[href*='/minutes/']").first.get_attribute("href"))
        both(page, f"{number}-checker-reads")
        main_act(page)
        press(page)
        recorded(page, f"{number + 1}-checker-approved")
    assert walk.greta.locator("html").get_attribute("lang") == "sv"


def minutes_are_published(walk):
    """Signed, they are published: everybody reads them; the closed matter is only a number."""
    secretary = walk.on(SIGNED).secretary
    secretary.goto(walk.minutes())
    paper = made(secretary, "/steering/minutes/papers/")
    main_act(secretary)
    typed(secretary, signed_on="14.12.2026")
    secretary.locator("[name=file]").set_input_files(
        {"name": "poytakirja-4-2026.pdf", "mimeType": "application/pdf", "buffer": paper}
    )
    both(secretary, "83-sign")
    press(secretary)
    recorded(secretary, "84-signed")
    main_act(secretary)
    both(secretary, "85-publish")
    assert secretary.locator("[name=names_checked]").count() == 0  # no name stands in a text
    press(secretary)
    recorded(secretary, "86-published")
    visitor = walk.visitor
    visitor.goto(walk.minutes())
    both(visitor, "87-minutes-public")
    text = seen(visitor)
    for words in ("14.20", PROPOSAL):
        assert words in text, words
    for words in (TALKS["title_fi"], "Neuvottelujen tilanne"):
        assert words not in text, words
    paper = made(visitor, "/steering/minutes/papers/")
    keep("minutes-published-fi.pdf", paper)
    text = text_of(paper)
    assert "14.20" in text
    assert "Sopimusneuvottelujen" not in text
    visitor.goto(walk.at("/steering/"))
    both(visitor, "88-front")
    visitor.goto(walk.proposal())
    both(visitor, "89-proposal-decided")
    assert REASONS["reason_fi"] in seen(visitor)
    assert ACTION["text_fi"] in seen(visitor)


def action_is_done(walk):
    """Its owner tells that the action is done, the service centre what came of the proposal; the proposer hears it."""
    secretary = walk.on(DONE).secretary
    secretary.goto(walk.at("/home/"))
    both(secretary, "90-secretary-home")
    opens(secretary.locator("main a", has_text=ACTION["text_fi"]).first)
    both(secretary, "91-action")
    main_act(secretary)
    typed(secretary, **RESULT)
    both(secretary, "92-action-result")
    press(secretary)
    recorded(secretary, "93-action-done")
    staff = walk.staff
    staff.goto(walk.at("/home/"))
    both(staff, "94-staff-home")
    staff.goto(walk.proposal())
    both(staff, "95-staff-proposal")
    main_act(staff)
    assert {name: staff.locator(f"[name={name}]").input_value() for name in RESULT} == RESULT
    both(staff, "96-result")
    press(staff)
    recorded(staff, "97-proposal-done")
    for who in (RIITTA, ULLA):
        assert RESULT["result_fi"] in walk.told(who, PROPOSAL, RESULT["result_fi"])


def proposer_has_heard_all(walk):
    """Four letters about the proposal have come to the proposer, in their order; the page tells the whole way."""
    visitor = walk.visitor
    visitor.goto(walk.at(f"/mailbox/?to={RIITTA}"))
    letters = visitor.locator("main article").filter(has_text=PROPOSAL)
    told = [plain(text) for text in reversed(letters.all_inner_texts())]
    words = ["vastaanotettu", "esityslistalla", REASONS["reason_fi"], RESULT["result_fi"]]
    assert len(told) == len(words), told
    assert all(word in letter for word, letter in zip(words, told, strict=True)), told
    both(visitor, "98-four-letters")
    riitta = walk.riitta
    riitta.goto(walk.proposal())
    both(riitta, "99-proposal-done")
    assert RESULT["result_fi"] in seen(riitta)
    assert fi("Done") in seen(riitta)
