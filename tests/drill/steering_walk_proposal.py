"""A librarian proposes in two sentences on a phone, three municipalities support it, the service centre receives it."""

from tests.browser.reading import both, fi, opens, plain
from tests.browser.test_main_path import press
from tests.drill.klkh_walk import (
    AINO,
    JOENSUU,
    KONTIOLAHTI,
    ULLA,
    follow,
    number_in,
    recorded,
    typed,
)
from tests.drill.steering_walk import MADE, PROPOSAL, RECEIVED, RIITTA, main_act, seen

TEXT = (
    "Lukupiirit kysyvät samaa kirjaa yhtä aikaa, ja pieni kirjasto saa siitä kaksi kappaletta. "
    "Ehdotan yhteistä pakettia, jossa kymmenen kappaletta kiertää jäsenkunnissa."
)


def librarian_proposes(walk):
    """Porvoo's librarian finds the way from the home page and proposes in two sentences."""
    riitta = walk.on(MADE).riitta
    riitta.goto(walk.at("/home/"))
    both(riitta, "01-librarian-home")
    riitta.locator("summary", has_text=fi("Menu")).click()
    opens(riitta.locator("header.top details a:visible", has_text=fi("Steering group")).first)
    follow(riitta, "/steering/proposals/")
    both(riitta, "02-proposals")
    follow(riitta, "/steering/proposals/new/")
    place = riitta.locator("[name=municipality] option", has_text="Porvoo")
    if place.count():
        typed(riitta, municipality=place.get_attribute("value"))
    typed(riitta, title=PROPOSAL, text=TEXT)
    both(riitta, "03-proposal-typed")
    press(riitta)
    recorded(riitta, "04-proposed")
    walk.kept["proposal"] = number_in(riitta, r"/proposals/(\d+)/")
    assert plain(riitta.locator("main .act .btn-main").inner_text()) == fi("Write the proposal better")


def three_support(walk):
    """Raseborg, Joensuu and Kontiolahti support it, each with its own hand."""
    greta = walk.greta
    greta.goto(walk.at(f"/sv/steering/proposals/{walk.kept['proposal']}/"))
    both(greta, "06-greta-sees")
    assert plain(greta.locator("main .act .btn-main").inner_text()).endswith(": Raseborg")
    main_act(greta)
    both(greta, "07-greta-supports")
    press(greta)
    recorded(greta, "08-greta-supported")
    staff = walk.staff
    for code in (JOENSUU, KONTIOLAHTI):
        staff.goto(walk.at(f"/municipality/{code}/people/"))
        typed(staff, email=AINO, kind="librarian")
        opens(staff.locator("main form:has([name=email]) button.btn-main"))
        walk.join(AINO, name="Aino Vaara")
    aino = walk.aino
    for name in ("Joensuu", "Kontiolahti"):
        aino.goto(walk.proposal())
        main_act(aino)
        choice = aino.locator("[name=municipality] option", has_text=name)
        if choice.count():
            typed(aino, municipality=choice.get_attribute("value"))
        both(aino, f"09-{name}-supports")
        press(aino)
        recorded(aino, f"10-{name}-supported")
    assert "3 kuntaa" in seen(aino)


def is_received(walk):
    """The service centre receives it from its home page; the proposer is told."""
    staff = walk.on(RECEIVED).staff
    staff.goto(walk.at("/home/"))
    both(staff, "11-staff-home")
    staff.goto(walk.proposal())
    both(staff, "12-staff-proposal")
    main_act(staff)
    both(staff, "13-receive")
    press(staff)
    recorded(staff, "14-received")
    for who in (RIITTA, ULLA):
        assert "vastaanotettu" in walk.told(who, PROPOSAL)
    walk.visitor.goto(walk.proposal())
    both(walk.visitor, "15-proposal-public")
