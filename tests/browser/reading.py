"""What a test reads off a page: sums of money, tables, facts, files; and pictures of it in both widths."""

import re
from decimal import Decimal

from django.utils.translation import gettext, override

from tests.browser.watch import PHONE, shot, too_wide


def euros(text):
    """Return the sum of money that a text shows."""
    shown = re.search(r"[−-]?[\d\s\u202f\u00a0]+(?:,\d+)?(?=\s*€|$)", text.strip())[0]
    return Decimal(re.sub(r"\s", "", shown).replace("−", "-").replace(",", "."))


def fi(words, language="fi"):
    """Return what the interface says in Finnish, or in another language."""
    with override(language):
        return gettext(words)


def plain(text):
    """Return a text with every space a plain one."""
    return " ".join(text.split())


def table(page, selector):
    """Return the rows of a table as {first cell: {column: text}}."""
    rows = page.locator(f"{selector} tbody tr").evaluate_all(
        """rows => rows.map(row => [
            row.querySelector('th').childNodes[0].textContent.trim() || row.querySelector('th').innerText.trim(),
            Object.fromEntries([...row.querySelectorAll('td')].map(cell => [cell.dataset.label, cell.innerText.trim()]))
        ])"""
    )
    return dict(rows)


def facts(page, scope="main"):
    """Return {term: text} of the lists of facts in a part of the page."""
    pairs = page.locator(f"{scope} dl div").evaluate_all(
        "rows => rows.map(row => [row.querySelector('dt').innerText.trim(), row.querySelector('dd').innerText.trim()])"
    )
    return {term: plain(text) for term, text in pairs}


def fetched(page, link):
    """Return what a link leads to, as bytes."""
    answer = page.request.get(link.evaluate("e => e.href"))
    assert answer.status == 200
    return answer.body()


def opens(target):
    """Click a link or a button and wait for the page that it leads to."""
    with target.page.expect_navigation():
        target.click()


def both(page, name):
    """Take a picture on a desk and on a phone; nothing may stick out."""
    size = page.viewport_size
    if size != PHONE:
        shot(page, name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert too_wide(page) == [], name
    shot(page, f"{name}-phone")
    page.set_viewport_size(size)
