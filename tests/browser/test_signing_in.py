"""Signing in: by a code in one page, with the keyboard alone, with an authenticator app, with a passkey."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser.watch import PHONE, ask_for_code, codes, new_code, said_wrong, shot, sign_in

pytestmark = [pytest.mark.browser]
PERSON = "sijainen@konsortio.example"
TWO_MUNICIPALITIES = "kaksi.kuntaa@kunta.example"
SEND, CODE = "main form:has(input[name=email]) button[type=submit]", "main input[name=code]"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def loads(page):
    """Count the pages that the browser loads from now on."""
    seen = []
    page.on("domcontentloaded", lambda loaded: seen.append(loaded.url))
    return seen


def enter(page):
    """Press the button beside the code."""
    page.locator("main form:has(input[name=code]) button[type=submit]").first.click()


def test_the_code_page_and_a_wrong_code(demo, new_page):
    """The page of the code is a page like the others; a wrong code is said at its field; the right one enters."""
    page = new_page()
    page.goto(f"{demo.address}/account/login/code/")
    code = ask_for_code(page, demo, PERSON)
    assert page.locator(CODE).evaluate("e => e === document.activeElement")
    assert page.title().startswith("Kirjoita koodi")
    shot(page, "10-code")
    assert said_wrong(page) == []
    page.locator(CODE).fill("000000" if code != "000000" else "000001")
    enter(page)
    page.locator("main .wrong").wait_for()
    assert "pyydä alempaa uusi koodi" in page.locator("main .wrong").inner_text()
    assert page.title().startswith("Virhe:")
    field = page.locator(CODE)
    assert field.evaluate("e => e === document.activeElement")  # one field: the focus goes straight to it
    assert "code-error" in field.get_attribute("aria-describedby")
    shot(page, "11-code-wrong")
    assert said_wrong(page) == []
    field.fill(f" {code[:3]} {code[3:]} ")
    enter(page)
    page.wait_for_url("**/home/**")
    assert page.locator("h1").count() == 1
    assert page.complaints == []


def test_from_a_mail_link_to_its_page_in_two_page_loads_on_a_phone(demo, scene, new_page):
    """The link's page, where address and code are asked in one place, and the wanted page."""
    person = "edustaja@browser.example"
    page = new_page(viewport=PHONE)
    before = codes(demo, person)
    wanted = demo.ask(f"home_link({person!r})")
    seen = loads(page)
    page.goto(wanted)
    assert page.locator("main input[name=email]").input_value() == person
    shot(page, "12-known-phone")
    page.locator(SEND).click()
    page.locator(CODE).fill(new_code(demo, person, before))
    shot(page, "13-code-phone")
    enter(page)
    page.wait_for_url(wanted)
    page.locator("h1").wait_for()
    print(f"mail link → the wanted page: {len(seen)} page loads, 3 actions (send, type, enter)")
    assert len(seen) == 2
    assert page.complaints == []


def test_without_scripts_it_is_two_pages(demo, scene, new_page):
    """Address and code on pages of their own; passkeys are not offered."""
    page = new_page(java_script_enabled=False)
    page.goto(f"{demo.address}/sv/account/login/code/")
    assert not page.locator("form[data-passkey]").is_visible()
    person = demo.ask("somebody_new('ilman@browser.example')")
    sign_in(page, demo, person, "/sv/account/login/code/")
    assert "/home/" in page.url


def test_with_the_keyboard_alone(demo, new_page):
    """From the front page to one's own: skip link, menu, address, code, enter."""
    page = new_page()
    page.goto(f"{demo.address}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    tab_to(page, "nav.menu a[href*='/account/login/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/login/**")
    before = codes(demo, TWO_MUNICIPALITIES)
    tab_to(page, "main input[type=email], main input[name=email]")
    page.keyboard.type(TWO_MUNICIPALITIES)
    page.keyboard.press("Enter")
    page.locator(CODE).wait_for()
    code = new_code(demo, TWO_MUNICIPALITIES, before)
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


@pytest.mark.drill
def test_an_authenticator_app_is_taken_into_use_and_asked_for(demo, scene, new_page):
    """Key into the app, its code back, codes for paper; the next sign-in asks for the app's code after the mail's."""
    person = demo.ask("somebody_new('sovellus@browser.example')")
    page = sign_in(new_page(), demo, person)
    page.goto(f"{demo.address}/account/sign-in/")
    assert said_wrong(page) == []
    shot(page, "20-ways")
    page.locator("main a[href*='/sign-in/app/']").first.click()
    page.locator("#key").wait_for()
    assert page.locator("main img").evaluate("e => e.naturalWidth") > 0
    key = page.locator("#key").inner_text()
    assert said_wrong(page) == []
    shot(page, "21-app")
    page.locator(CODE).fill(app_code(key))
    enter(page)
    page.wait_for_url("**/recovery-codes/")
    spare = page.locator("#codes li").all_inner_texts()
    assert len(spare) == 10
    assert said_wrong(page) == []
    shot(page, "22-recovery-codes")

    other = new_page()
    other.goto(f"{demo.address}/account/login/code/")
    code = ask_for_code(other, demo, person)
    other.locator(CODE).fill(code)
    enter(other)
    other.wait_for_url("**/login/second-factor/")
    assert said_wrong(other) == []
    shot(other, "23-second-factor")
    other.locator(CODE).fill("000000")
    enter(other)
    other.locator("main .wrong").wait_for()
    assert said_wrong(other) == []
    other.locator(CODE).fill(app_code(key))
    enter(other)
    other.wait_for_url("**/home/**")
    other.goto(f"{demo.address}/account/devices/")
    assert other.locator("main .rows > li").count() == 2
    assert said_wrong(other) == []
    shot(other, "24-devices")
    other.locator("main form[action*=end-others] button").click()
    other.locator("main .receipt").wait_for()
    assert other.locator("main .rows > li").count() == 1
    page.goto(f"{demo.address}/account/sign-in/")
    assert "/login/" in page.url


def test_a_passkey_is_added_and_signs_in_alone(demo, scene, new_page):
    """With a device that Chromium plays: added by pressing once, and later the only thing that is needed."""
    person = demo.ask("somebody_new('avain@browser.example')")
    page = sign_in(new_page(), demo, person)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{demo.address}/account/sign-in/passkey/")
    assert said_wrong(page) == []
    shot(page, "30-passkey")
    page.locator("main input[name=name]").fill("Työkannettava")
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{demo.address}/account/sign-in/")
    assert "Työkannettava" in page.locator("main").inner_text()
    shot(page, "31-ways-with-passkey")
    page.locator(".hat summary").click()
    page.locator("form[action*=logout] button").click()
    page.wait_for_url(f"{demo.address}/")

    page.goto(f"{demo.address}/account/login/code/?next=/account/devices/")
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url("**/account/devices/")
    assert page.complaints == []

    page.locator(".hat summary").click()
    page.locator("form[action*=logout] button").click()
    page.wait_for_url(f"{demo.address}/")
    page.goto(f"{demo.address}/account/login/code/")
    page.locator(CODE).or_(page.locator("main input[name=email]")).wait_for()
    page.locator(CODE if page.locator(CODE).count() else "main input[name=email]").wait_for()
    code = ask_for_code(page, demo, person)
    page.locator(CODE).fill(code)
    enter(page)
    page.wait_for_url("**/login/second-factor/")
    page.locator("main form[data-passkey] button").click()
    page.wait_for_url("**/home/**")


def app_code(key):
    """Return what an authenticator app shows now for a key."""
    return format_hotp_value(hotp_value(key, int(time.time()) // 30))


def tab_to(page, target, *, at_most=80):
    """Press Tab until the focus is on the target, each stop being visible; fail when it never gets there."""
    for _press in range(at_most):
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard never reaches {target}")
