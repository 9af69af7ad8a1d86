"""Recording a decision: with the keyboard alone, with an error on the way, and where no scripts run."""

import re

import pytest

from tests.browser.journey import photo_extract
from tests.browser.scene import BY_KEYBOARD, WITHOUT_SCRIPTS
from tests.browser.test_signing_in import tab_to
from tests.browser.watch import PHONE, said_wrong, shot, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.drill]
BUTTON = "main form[method=post] button.btn-main"


def choose(page, name, value):
    """Choose one of a group of radio buttons: Tab into the group, arrows within, as browsers do."""
    tab_to(page, f"input[name={name}]")
    page.keyboard.press("Space")
    for _press in range(10):
        if page.evaluate("[document.activeElement.name, document.activeElement.value]") == [name, value]:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"No {value} among {name}")


def type_into(page, name, text):
    """Tab to a field and type."""
    tab_to(page, f"[name={name}]")
    page.keyboard.type(text)


def test_a_decision_with_the_keyboard_alone(demo, scene, new_page):
    """An error leads to its field and what was typed stays; the receipt has the focus after the act."""
    who = demo.ask(f"representative({BY_KEYBOARD!r})")
    page = sign_in(new_page(), demo, who["email"])
    page.goto(f"{demo.address}/accessions/{who['pk']}/")
    tab_to(page, "[data-verb=decide]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/decide/")
    choose(page, "body", "board")
    type_into(page, "meeting_on", "3.11.2027")  # next year by mistake
    choose(page, "outcome", "approved")
    tab_to(page, "main form[method=post] button.btn-main")
    page.keyboard.press("Enter")
    summary = page.locator("main .errors")
    summary.wait_for()
    assert summary.evaluate("e => e === document.activeElement")
    assert page.locator("[name=body]:checked").get_attribute("value") == "board"
    assert page.locator("[name=meeting_on]").input_value() == "3.11.2027"
    shot(page, "30-keyboard-error")
    tab_to(page, "main .errors a")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'meeting_on'")
    described = page.locator("[name=meeting_on]").get_attribute("aria-describedby")
    assert any(page.locator(f"#{i} .wrong").count() for i in described.split())
    page.keyboard.press("Control+a")
    page.keyboard.type("3.11.2026")
    type_into(page, "published_on", "5.11.2026")
    tab_to(page, "main form[method=post] button.btn-main")
    page.keyboard.press("Enter")
    receipt = page.locator("main .receipt")
    receipt.wait_for()
    assert receipt.evaluate("e => e === document.activeElement")
    # 5.11. + 7 days = 12.11.; + 14 days = to 26.11.2026
    assert "to 26.11.2026" in page.locator(".reckon").inner_text()
    assert page.complaints == []


def test_without_scripts(demo, scene, new_page):
    """Sign-in, the package's page and recording a decision are plain pages and forms."""
    who = demo.ask(f"representative({WITHOUT_SCRIPTS!r})")
    page = new_page(java_script_enabled=False)
    page.goto(f"{demo.address}/p/{scene['package']['code']}/")
    assert page.locator("button[data-copy]:visible").count() == 0
    texts = page.locator("textarea[readonly]")
    assert texts.count() == 4
    closed = page.locator("main details:not([open]) > summary")
    closed.first.click()
    assert closed.count() == 2
    assert len(texts.first.input_value()) > 500
    with page.expect_download() as download:
        page.locator("main .act a.btn-main").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    sign_in(page, demo, who["email"])
    page.goto(f"{demo.address}/accessions/{who['pk']}/")
    page.locator("[data-verb=decide]").click()
    page.locator("[name=body][value=board]").check()
    page.locator("[name=meeting_on]").fill("3.11.2026")
    page.locator("main form[method=post] button.btn-main").click()
    assert page.locator("main .errors a").count() == 1
    page.locator("[name=outcome][value=approved]").check()
    page.locator("[name=published_on]").fill("5.11.2026")
    page.locator("main form[method=post] button.btn-main").click()
    page.wait_for_url(re.compile(r"\?receipt=\d+$"))
    assert page.locator("main .receipt").count() == 1
    assert "26.11.2026" in page.locator(".says").inner_text()
    assert page.complaints == []


def test_handing_in_without_an_account(demo, scene, page_of):
    """On a phone: the digits, an error that leads to its field, the file, the receipt; nothing wrong on any page."""
    page = page_of("visitor", viewport=PHONE)
    page.goto(f"{demo.address}/p/{scene['package']['code']}/")
    page.locator("main a[href*='/hand-in/']").click()
    page.locator("[name=digits]").fill(demo.ask(f"digits({scene['package']['code']!r})"))
    page.locator(BUTTON).click()
    page.locator("[name=sender_name]").wait_for()
    shot(page, "32-hand-in")
    assert said_wrong(page) == []
    page.locator(BUTTON).click()
    page.locator("main .errors").wait_for()
    assert page.locator("main .errors").evaluate("e => e === document.activeElement")
    assert said_wrong(page) == []
    shot(page, "33-hand-in-errors")
    for name, value in {"body": "board", "outcome": "approved"}.items():
        page.locator(f"[name={name}][value={value}]").check()
    written = {
        "meeting_on": "3.11.2026",
        "section": "212",
        "published_on": "5.11.2026",
        "sender_name": "Sanna Esimerkki",
        "sender_title": "hallintosihteeri",
        "sender_email": "sanna@kunta.example",
    }
    for name, value in written.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=extract]").set_input_files(photo_extract())
    page.locator(BUTTON).click()
    page.locator("main .receipt").wait_for()
    assert "§ 212" in page.locator("main .receipt").inner_text()
    shot(page, "34-hand-in-received")
    assert said_wrong(page) == []


def test_the_copy_button(demo, scene, page_of):
    """The proposal is copied with one press, and that is said."""
    page = page_of("visitor", permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{demo.address}/p/{scene['package']['code']}/")
    button = page.locator("details[open] button[data-copy]")
    button.click()
    page.locator("details[open] .copy [role=status]:not(:empty)").wait_for()
    assert (
        page.evaluate("navigator.clipboard.readText()")
        == page.locator("details[open] textarea").input_value()
    )
    assert page.complaints == []
