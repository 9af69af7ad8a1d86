"""Every page in three languages and two widths: WCAG 2.2 AA by axe, the page's language, no sideways scroll."""

import pytest

from tests.browser.table import PAGES
from tests.browser.watch import DESKTOP, PHONE, said_wrong

pytest_plugins = ["tests.browser.conftest"]
pytestmark = [pytest.mark.browser, pytest.mark.drill]
OPEN = [page for page in PAGES if not page.mistakes]
SPOKEN = {"members:package"}  # speaks the municipality's languages, whatever the address


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("line", OPEN, ids=str)
def test_page_in_a_language(line, language, demo, scene, page_of):
    """Nothing is wrong with the page, dark or light, wide or narrow."""
    page = page_of(line.who)
    answer = page.goto(demo.address + line.path(scene, language))
    assert answer.status == 200
    spoken = page.locator("html").get_attribute("lang") if line.name in SPOKEN else language
    wrong = {}
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            wrong[size["width"], scheme] = said_wrong(page, spoken)
    assert {where: what for where, what in wrong.items() if what} == {}
