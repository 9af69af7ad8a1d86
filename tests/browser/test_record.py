"""The record of a meeting keeps what is typed: as it goes, while the net is gone, and when the page is lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.table import Page

pytestmark = [pytest.mark.browser]
DISCUSSION, SAVED = "#texts_discussion_fi", "#saved"
LONG = 20_000  # milliseconds: the page tries again by itself


def test_what_is_typed_without_a_net_is_kept_on_the_device_and_sent_after(demo, scene, kept_page):
    page = kept_page("secretary")
    address = demo.address + Page("steering:record", "secretary", "steering:record").path(scene)
    page.goto(address)
    page.fill(DISCUSSION, "Keskusteltiin vuokrista.")
    expect(page.locator(SAVED)).to_contain_text("Tallennettu", timeout=LONG)
    page.context.set_offline(True)
    try:
        page.locator(DISCUSSION).press_sequentially(" Esitettiin lykkäystä.")
        expect(page.locator(SAVED)).to_contain_text("Ei yhteyttä", timeout=LONG)
        page.goto("about:blank")  # the tab is closed, the device goes off
    finally:
        page.context.set_offline(False)
    page.goto(address)
    expect(page.locator(DISCUSSION)).to_have_value("Keskusteltiin vuokrista. Esitettiin lykkäystä.")
    expect(page.locator(SAVED)).to_contain_text(
        "Tallennettu", timeout=LONG
    )  # also what had arrived unanswered
    page.goto(address)
    expect(page.locator(DISCUSSION)).to_have_value("Keskusteltiin vuokrista. Esitettiin lykkäystä.")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_what_had_arrived_though_its_answer_was_lost_is_told_as_saved(demo, scene, kept_page):
    page = kept_page("secretary")
    address = demo.address + Page("steering:record", "secretary", "steering:record").path(scene)
    page.goto(address)
    page.route("**/write/", lambda route: (route.fetch(), route.abort()))
    try:
        page.fill(DISCUSSION, "Vastaus jäi matkalle.")
        expect(page.locator(SAVED)).to_contain_text("Ei yhteyttä", timeout=LONG)
        page.goto("about:blank")
    finally:
        page.unroute("**/write/")
    page.goto(address)
    expect(page.locator(DISCUSSION)).to_have_value("Vastaus jäi matkalle.")
    expect(page.locator(SAVED)).to_contain_text("Tallennettu")
    assert page.evaluate("Object.keys(localStorage).length") == 0
