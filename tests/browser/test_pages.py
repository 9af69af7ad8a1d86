"""Each page once, on a desktop and a phone: WCAG 2.2 AA by axe, no complaint in the console, no sideways scroll.

A page once, as the first person of the table: as everybody else, of further records and in every language it is looked
at by the drill.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.table import NOT_PAGES, PAGES, names
from tests.browser.watch import said_wrong, shot

pytestmark = [pytest.mark.browser]
REFUSING = [page for page in PAGES if page.mistakes]
_REFUSED = {page.name for page in REFUSING}
_FIRST = {page.name: page for page in reversed(PAGES) if page.name not in _REFUSED}
GOOD = [page for page in PAGES if page is _FIRST.get(page.name)]
EMPTIED = """() => {
    const told = (field, event) => field.dispatchEvent(new Event(event, {bubbles: true}));
    const form = "main form[method=post] ";
    for (const field of document.querySelectorAll(form + ":is(input[type=text], input[type=email], textarea)"))
        if (field.checkVisibility()) { field.value = ""; told(field, "input"); told(field, "change"); }
    for (const box of document.querySelectorAll(form + "input[type=checkbox]:checked")) box.click();
}"""
LED_ASTRAY = """async () => {
    const astray = [];
    for (const link of document.querySelectorAll("main .errors a")) {
        link.click();
        await new Promise((later) => setTimeout(later));
        const field = document.getElementById(link.hash.slice(1));
        if (!field || !field.contains(document.activeElement)) astray.push(link.hash);
    }
    return astray;
}"""  # the lines of the summary that do not take one to their field


def test_every_page_is_in_the_table():
    """A page that the table does not know is looked at by nobody."""
    known = {page.name for page in PAGES} | set(NOT_PAGES)
    assert sorted(names() - known) == []
    assert sorted(known - names()) == []


@pytest.mark.parametrize("line", GOOD, ids=str)
def test_page(line, demo, scene, kept_page):
    """Nothing is wrong with the page."""
    page = kept_page(line.who)
    answer = page.goto(demo.address + line.path(scene))
    assert answer.status == 200
    shot(page, f"page-{line}")
    assert said_wrong(page) == []


@pytest.mark.parametrize("line", REFUSING, ids=str)
def test_page_and_its_refusal(line, demo, scene, kept_page):
    """The page with its summary: in focus, first, and each line leads to its field. The form alone is the drill's."""
    page = kept_page(line.who)
    path = line.path(scene)
    assert page.goto(demo.address + path).status == 200
    assert page.url == demo.address + path
    page.evaluate(EMPTIED)
    page.locator("main form[method=post] button.btn-main").click()
    summary = page.locator("main .errors")
    summary.wait_for()
    assert page.title().startswith("Virhe:")
    expect(summary).to_be_focused()
    assert page.locator("main > *").first.locator(".errors").count() == 1
    assert page.locator(".wrong").count() >= 1
    shot(page, f"page-{line}")
    assert said_wrong(page) == []
    assert summary.locator("a").count()
    assert page.evaluate(LED_ASTRAY) == []


@pytest.mark.parametrize("path", ["/ei-ole/", "/p/22222222/", "/accessions/999999/"])
def test_a_page_that_is_not_there(path, demo, kept_page):
    """The 404 page is a page like the others, for visitors and for those who have signed in."""
    page = kept_page("representative")
    assert page.goto(demo.address + path).status == 404
    assert said_wrong(page) == []


def test_a_page_that_is_not_open(demo, kept_page):
    """So is the 403 page."""
    page = kept_page("representative")
    assert page.goto(f"{demo.address}/offers/").status == 403
    assert said_wrong(page) == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_other_languages(language, demo, kept_page):
    """The address carries the language, and the page says it."""
    page = kept_page("visitor")
    page.goto(f"{demo.address}/{language}/")
    assert said_wrong(page, language) == []
