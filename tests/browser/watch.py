"""What is asked of every page: heard by the browser's console, seen by axe, measured on a phone."""

import os
import re
import time
import urllib.request
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from lxml import html

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe()
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
FOUND = "(options) => window.axe ? axe.run(options).then((found) => found.violations) : null"
HEAD = "() => [document.querySelectorAll('h1').length, document.documentElement.lang, document.title.trim()]"
CODE = re.compile(r"\b\d{6}\b")
SHOTS = os.environ.get("PORTAL_SHOTS")


def listen(page):
    """Keep what the browser complains of while it is on the page: errors, also those of the security policy."""
    page.complaints = []

    def hear(message):
        if message.type in {"error", "warning"} and "status of 40" not in message.text:
            page.complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def violations(page):
    """Return what axe finds against WCAG 2.2 AA, a line each."""
    found = page.evaluate(FOUND, OPTIONS)
    if found is None:
        page.evaluate(AXE.axe_script)
        found = page.evaluate(FOUND, OPTIONS)
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


def keep_axe(page):
    """Let every document that the page opens from now on have axe: it is handed to the browser once."""
    page.context.add_init_script(AXE.axe_script)
    return page


def too_wide(page):
    """Return what sticks out to the right on a phone, widest first; nothing where the page does not scroll sideways."""
    page.set_viewport_size(PHONE)
    return page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            const out = (e) => e.getBoundingClientRect().right > wide + 0.5;
            const all = [...document.querySelectorAll("body *")].filter(out);
            return [`${document.documentElement.scrollWidth} of ${wide}`,
                    ...all.slice(0, 5).map((e) => e.outerHTML.slice(0, 150))];
        }"""
    )


def said_wrong(page, language="fi"):
    """Return everything that is wrong with a page as it stands, for one assertion."""
    wrong = []
    headings, lang, title = page.evaluate(HEAD)
    if headings != 1:
        wrong.append(f"{headings} headings of the first level")
    if lang != language:
        wrong.append(f"lang={lang}")
    if not title:
        wrong.append("no title")
    wrong += violations(page)
    size = page.viewport_size
    wrong += [f"scrolls sideways: {what}" for what in too_wide(page)]
    page.set_viewport_size(size)
    return wrong + page.complaints


def shot(page, name):
    """Keep a picture of the whole page, where a folder for pictures is given."""
    if SHOTS:
        folder = Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def codes(demo, email):
    """Return the codes in a person's letters on the page Mailbox (demo), the newest first."""
    with urllib.request.urlopen(f"{demo.address}/mailbox/?to={email}", timeout=30) as answer:
        return CODE.findall(
            html.fromstring(answer.read().decode()).get_element_by_id("content").text_content()
        )


def ask_for_code(page, demo, email):
    """Ask for a code on the sign-in page that is open, and read it in the mailbox. Returns the code."""
    mailbox = page.context.browser.new_page()
    before = codes(demo, email)
    page.locator("main input[type=email], main input[name=email]").fill(email)
    page.locator("main form button[type=submit]").first.click()
    page.locator("input[name=code]").wait_for()
    code = new_code(demo, email, before)
    mailbox.close()
    return code


def new_code(demo, email, before):
    """Wait for the worker to deliver a code that was not there before."""
    give_up_at = time.monotonic() + 90
    while (now := codes(demo, email)) == before:
        if time.monotonic() > give_up_at:
            raise AssertionError(f"No code came to {email}. The demo said:\n{demo.said()}")
        time.sleep(0.1)
    return now[0]


def sign_in(page, demo, email, path="/account/login/code/"):
    """Sign in by a code, beginning at the sign-in page or at any page that leads there."""
    page.goto(path if path.startswith("http") else demo.address + path)
    code = ask_for_code(page, demo, email)
    page.locator("input[name=code]").fill(code)
    page.locator("main form:has(input[name=code]) button[type=submit]").first.click()
    page.locator(".hat form[action*=logout]").first.wait_for(state="attached")
    return page
