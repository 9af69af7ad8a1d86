"""A round answered on a phone: one screen and a half, few taps, the sum read back, a photo that is asked for alone."""

import re

import pytest

from tests.browser.test_on_the_phone import LOADS, Hand
from tests.browser.watch import PHONE, said_wrong, shot
from tests.round_world import ON_THE_PHONE

pytestmark = [pytest.mark.browser]
SCREENS = 1.5  # from the page's own beginning to the button, before anything is chosen
SECONDS = 120
A_TAP, A_WORD = 4, 9  # seconds that a person takes for a tap, and for typing into a field
BUTTON = "main form[method=post] button.btn-main"


def test_a_round_is_answered_on_a_phone_in_two_minutes(demo, scene, page_of):
    page = page_of("representative", viewport=PHONE)
    hand = Hand(page, demo, "representative")
    where = scene[ON_THE_PHONE]
    page.goto(f"{demo.address}/procurements/{where['pk']}/{where['code']}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    top = page.locator("main").bounding_box()["y"]
    foot = page.locator(BUTTON).bounding_box()
    tall = (foot["y"] + foot["height"] - top) / PHONE["height"]
    shot(page, "round-phone")
    assert tall <= SCREENS, f"{tall:.2f} screens"

    hand.taps("main label:has(input[value=committed])", "commit")
    hand.types("committed_yearly", "1200")
    page.locator("main select[name=body]").select_option("board")
    hand.actions.append("type body")
    hand.types("decided_on", "6.11.2026")
    hand.types("section", "61")
    hand.presses()
    assert "1\u202f200 euroa vuodessa" in page.locator("main .says").inner_text()
    assert said_wrong(page) == []
    shot(page, "round-phone-check")
    hand.presses()
    assert re.search(r"Kuitti\s+\d{4}-\d{4}", page.locator("main .receipt").inner_text())
    assert said_wrong(page) == []
    shot(page, "round-phone-receipt")
    words = sum(action.startswith("type ") for action in hand.actions)
    seconds = words * A_WORD + (len(hand.actions) - words) * A_TAP
    print(f"{len(hand.loads)} page loads, {len(hand.actions)} actions, about {seconds} s, {tall:.2f} screens")
    assert len(hand.loads) <= LOADS and seconds <= SECONDS
