"""Fixtures: one demo and one Chromium for all browser tests of a run, a signed-in browser for each kind of person."""

import os

import pytest
from playwright.sync_api import sync_playwright

from consortium import embedded
from tests.browser.demo import Demo
from tests.browser.table import PEOPLE
from tests.browser.watch import DESKTOP, keep_axe, listen, sign_in

__all__ = [
    "any_day_demo",
    "chromium",
    "cookies",
    "demo",
    "kept_page",
    "new_page",
    "own_demo",
    "page_of",
    "scene",
]
FIRST_DAY = "2026-11-09"  # a Monday: the story is loaded, and most pages are looked at, on this day
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 15_000  # milliseconds


def _begun(tmp_path_factory):
    """Yield the real demo with a data folder of its own, first started on FIRST_DAY."""
    running = Demo(tmp_path_factory.mktemp("demo") / "var")
    try:
        yield running.on(FIRST_DAY)
    finally:
        running.stop()
        embedded.remove(running.var)


@pytest.fixture(scope="session")
def any_day_demo(tmp_path_factory):
    """The demo that the tests of a run share."""
    yield from _begun(tmp_path_factory)


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory):
    """A demo for a walk on which years pass."""
    yield from _begun(tmp_path_factory)


@pytest.fixture
def demo(any_day_demo):
    """The demo on FIRST_DAY."""
    return any_day_demo.on(FIRST_DAY)


@pytest.fixture(scope="session")
def chromium():
    """One Chromium. Playwright keeps a loop in this thread, which Django would take for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _opened(chromium, **options):
    """Return a page in a browser of its own."""
    options = {"viewport": DESKTOP, "locale": "fi-FI", "reduced_motion": "reduce"} | options
    context = chromium.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return listen(context.new_page())


@pytest.fixture
def new_page(chromium):
    """Open a page in a browser of its own: ``new_page(viewport=…, java_script_enabled=…)``."""
    pages = []

    def open_page(**options):
        pages.append(_opened(chromium, **options))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


@pytest.fixture(scope="session")
def scene(any_day_demo):
    """The records that pages are about: parts of addresses by name."""
    return any_day_demo.on(FIRST_DAY).ask("build()")


@pytest.fixture(scope="session")
def cookies(any_day_demo, scene, chromium):
    """Sign a person in the first time she is asked for; return what her browser keeps."""
    kept = {"visitor": None}

    def of(who):
        if who not in kept:
            context = chromium.new_context(locale="fi-FI")
            context.set_default_timeout(PATIENCE)
            sign_in(context.new_page(), any_day_demo, PEOPLE[who])
            kept[who] = context.storage_state()
            context.close()
        return kept[who]

    return of


@pytest.fixture(scope="session")
def kept_page(chromium, cookies):
    """Return the page of a kind of person that stays open all through the run: what it has fetched it keeps."""
    pages = {}

    def of(who):
        if who not in pages:
            pages[who] = keep_axe(_opened(chromium, storage_state=cookies(who)))
        page = pages[who]
        page.complaints.clear()
        page.set_viewport_size(DESKTOP)
        return page

    yield of
    for page in pages.values():
        page.context.close()


@pytest.fixture
def page_of(new_page, cookies):
    """Open a page in the browser of a kind of person: ``page_of("staff")``."""
    return lambda who, **options: new_page(storage_state=cookies(who), **options)
