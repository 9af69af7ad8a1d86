"""Signing in by a code: its pages, a wrong code, and both with the keyboard alone."""

import pytest

from tests.browser.watch import ask_for_code, codes, new_code, said_wrong, shot

pytestmark = [pytest.mark.browser]
PERSON = "sijainen@konsortio.example"


def test_the_code_page_and_a_wrong_code(demo, new_page):
    """The page of the code is a page like the others; a wrong code is said at its field; the right one enters."""
    page = new_page()
    page.goto(f"{demo.address}/account/login/code/")
    code = ask_for_code(page, demo, PERSON)
    shot(page, "10-code")
    assert said_wrong(page) == []
    page.locator("input[name=code]").fill("000000" if code != "000000" else "000001")
    page.locator("main form:has(input[name=code]) button[type=submit]").first.click()
    page.locator("main .wrong").wait_for()
    assert page.title().startswith("Virhe:")
    field = page.locator("input[name=code]")
    assert field.evaluate("e => e === document.activeElement")  # one field: the focus goes straight to it
    assert "code-error" in field.get_attribute("aria-describedby")
    shot(page, "11-code-wrong")
    assert said_wrong(page) == []
    page.locator("input[name=code]").fill(code)
    page.locator("main form:has(input[name=code]) button[type=submit]").first.click()
    page.wait_for_url("**/home/**")
    assert page.locator("h1").count() == 1
    assert page.complaints == []


def test_with_the_keyboard_alone(demo, new_page):
    """From the front page to one's own: skip link, menu, address, code, enter."""
    page = new_page()
    page.goto(f"{demo.address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    tab_to(page, "nav.menu a[href*='/account/login/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/login/**")
    mailbox = new_page()
    before = codes(mailbox, demo, "kaksi.kuntaa@kunta.example")
    tab_to(page, "main input[type=email], main input[name=email]")
    page.keyboard.type("kaksi.kuntaa@kunta.example")
    page.keyboard.press("Enter")
    page.locator("input[name=code]").wait_for()
    code = new_code(mailbox, demo, "kaksi.kuntaa@kunta.example", before)
    tab_to(page, "input[name=code]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/009/")
    tab_to(page, ".hat summary")
    page.keyboard.press("Enter")
    tab_to(page, "form[action*=logout] button")
    assert page.locator("form[action*=logout] button").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.address}/")
    assert page.locator("nav.menu a[href*='/account/login/']").count() == 1


def tab_to(page, target, *, at_most=80):
    """Press Tab until the focus is on the target, each stop being visible; fail when it never gets there."""
    for _press in range(at_most):
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard never reaches {target}")
