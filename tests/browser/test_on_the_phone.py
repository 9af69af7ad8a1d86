"""From the link of a letter to the receipt, on a phone and with the keyboard alone: page loads and actions counted."""

import re

import pytest

from tests.browser.test_decision_form import choose, type_into
from tests.browser.test_signing_in import tab_to
from tests.browser.watch import PHONE, codes, new_code, shot, too_wide

pytestmark = [pytest.mark.browser]
LOADS, ACTIONS = 3, 8  # at most
MET_ON = "2026-11-04"  # a Wednesday before the demo's Monday
DECIDED = {"outcome": "approved", "section": "212", "published_on": "6.11.2026"}
BUTTON = "main form[method=post] button.btn-main"


class Hand:
    """A thumb on a phone: each tap and each field filled in is an action, each page the browser loads is counted."""

    def __init__(self, page, demo, person):
        self.page, self.demo, self.person = page, demo, person
        self.loads, self.actions = [], []
        page.on("domcontentloaded", lambda loaded: self.loads.append(loaded.url))

    def follows(self, letter):
        """Tap the link of the newest letter."""
        address = letter.locator("a[href*='/accessions/']").first.get_attribute("href")
        self.actions.append("tap the link")
        self.page.goto(address)

    def taps(self, target, what):
        """Tap something on the page."""
        self.actions.append(what)
        self.page.locator(target).first.click()

    def types(self, name, text):
        """Fill in a field; the page must show it without anything being opened first."""
        self.actions.append(f"type {name}")
        self.page.locator(f"main [name={name}]").fill(text)

    def signs_in(self):
        """Sign in where the link led: the address is known from the letter, the code comes by mail."""
        before = codes(self.demo, self.person)
        self.taps(BUTTON, "send the code")
        self.page.locator("input[name=code]").wait_for()
        self.types("code", new_code(self.demo, self.person, before))
        with self.page.expect_navigation():
            self.taps("main form:has(input[name=code]) button[type=submit]", "sign in")

    def presses(self):
        """Press the form's own button and wait for the answer."""
        with self.page.expect_navigation():
            self.taps(BUTTON, "press")

    def tells(self, task):
        """Print what it took, and hold it against the limits."""
        print(f"{task}: {len(self.loads)} page loads, {len(self.actions)} actions: {', '.join(self.actions)}")
        assert len(self.loads) <= LOADS, self.loads
        assert len(self.actions) <= ACTIONS, self.actions


def letter_to(mailbox, demo, person):
    """Open the newest letter to a person in the mailbox that leads to a matter, waiting for the worker."""
    for _try in range(60):
        mailbox.goto(f"{demo.address}/mailbox/?to={person}")
        found = mailbox.locator("main article").filter(has=mailbox.locator("a[href*='/accessions/']"))
        if found.count():
            return found.first
        mailbox.wait_for_timeout(500)
    raise AssertionError(f"No letter came to {person}. The demo said:\n{demo.said()}")


@pytest.fixture
def phone(demo, scene, new_page):
    """Somebody who has just been reminded, with the letter open beside: ``phone("005", MET_ON)``."""

    def reminded(code, met_on=None):
        found = demo.ask(f"reminded({code!r}, {met_on!r})")
        mailbox = new_page()
        letter = letter_to(mailbox, demo, found["email"])
        hand = Hand(new_page(viewport=PHONE), demo, found["email"])
        hand.follows(letter)
        hand.signs_in()
        return hand

    return reminded


def receipt(page):
    """Return the receipt's words; it has the focus."""
    box = page.locator("main .receipt")
    box.wait_for()
    assert box.evaluate("e => e === document.activeElement")
    assert page.complaints == []
    return box.inner_text()


def test_the_boards_decision_from_the_letter_to_the_receipt(phone):
    """The meeting is known, so the form holds its body and day: what was decided, § and publication remain."""
    hand = phone("005", MET_ON)
    page = hand.page
    assert page.locator("[name=body]:checked").get_attribute("value") == "board"
    assert page.locator("[name=meeting_on]").input_value() == "4.11.2026"
    assert not page.locator("[name=condition]").is_visible()
    assert not page.locator("[name=next_meeting_on]").is_visible()
    assert not page.locator("[name=stated_final_on]").is_visible()
    shot(page, "70-phone-decide")
    hand.taps(f"[name=outcome][value={DECIDED['outcome']}]", "choose the outcome")
    hand.types("section", DECIDED["section"])
    hand.types("published_on", DECIDED["published_on"])
    hand.presses()
    assert "Alajärvi" in receipt(page)
    # 6.11. + 7 days = 13.11.; + 14 days = pe 27.11.2026
    assert "27.11.2026" in page.locator(".says").inner_text()
    shot(page, "71-phone-decided")
    assert too_wide(page) == []
    hand.tells("the board's decision")


def test_our_board_meets_on_from_the_letter_to_the_receipt(phone):
    """The board is the guess that stands there; the day is typed."""
    hand = phone("010")
    assert hand.page.locator("[name=meeting_body]:checked").get_attribute("value") == "board"
    shot(hand.page, "72-phone-schedule")
    hand.types("meeting_on", "1.12.2026")
    hand.presses()
    assert "Alavus" in receipt(hand.page)
    assert "1.12.2026" in hand.page.locator(".says").inner_text()
    assert too_wide(hand.page) == []
    hand.tells("our board meets on …")


def test_what_the_choice_asks_for_opens_with_it(phone):
    """The condition with the change, the next meeting where the matter goes on, finality where nothing is published."""
    page = phone("016", MET_ON).page
    for outcome, opened in {"approved_changed": "condition", "tabled": "next_meeting_on"}.items():
        page.locator(f"[name=outcome][value={outcome}]").check()
        shown = {n for n in ("condition", "next_meeting_on") if page.locator(f"[name={n}]").is_visible()}
        assert shown == {opened}
    page.locator("[name=minutes_published][value=no]").check()
    assert page.locator("[name=stated_final_on]").is_visible()
    assert not page.locator("[name=published_on]").is_visible()
    page.locator("main form details summary").click()
    assert page.locator("[name=body_name]").is_visible()
    assert too_wide(page) == []


@pytest.mark.drill
def test_both_with_the_keyboard_alone(demo, scene, new_page):
    """Tab, Space, the arrows, Enter and typing: from the letter in the mailbox to both receipts."""
    for code, met_on in (("018", MET_ON), ("019", None)):
        found = demo.ask(f"reminded({code!r}, {met_on!r})")
        mailbox, page = new_page(), new_page()
        letter_to(mailbox, demo, found["email"])
        page.goto(f"{demo.address}/mailbox/?to={found['email']}")
        tab_to(page, "main article a[href*='/accessions/']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/account/login/**")
        before = codes(demo, found["email"])
        tab_to(page, BUTTON)
        page.keyboard.press("Enter")
        page.locator("input[name=code]").wait_for()
        code = new_code(demo, found["email"], before)
        tab_to(page, "input[name=code]")
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"^[^?]*/(decide|schedule)/"))
        if met_on:
            choose(page, "outcome", DECIDED["outcome"])
            type_into(page, "section", DECIDED["section"])
            type_into(page, "published_on", DECIDED["published_on"])
        else:
            type_into(page, "meeting_on", "1.12.2026")
        tab_to(page, BUTTON)
        page.keyboard.press("Enter")
        assert "2026-" in receipt(page)
