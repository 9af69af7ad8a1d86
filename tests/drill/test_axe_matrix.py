"""Every page in three languages, two widths and in the dark: WCAG 2.2 AA by axe, its language, no sideways scroll."""

import pytest

from tests.browser.table import PAGES
from tests.browser.watch import DESKTOP, PHONE, said_wrong

pytestmark = [pytest.mark.browser]
OPEN = list({(page.name, page.who, page.record, page.query): page for page in PAGES}.values())
LOOKS = [(DESKTOP, "light"), (PHONE, "light"), (PHONE, "dark")]
# Pages in the municipality's languages, whatever the address.
SPEAKS_ITS_OWN = {"members:package", "members:hand_in", "members:hand_in_received"}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("line", OPEN, ids=str)
def test_page_in_a_language(line, language, demo, scene, kept_page):
    """Nothing is wrong with the page, however it is looked at."""
    page = kept_page(line.who)
    answer = page.goto(demo.address + line.path(scene, language))
    assert answer.status == 200
    spoken = page.locator("html").get_attribute("lang") if line.name in SPEAKS_ITS_OWN else language
    wrong = {}
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        wrong[size["width"], scheme] = said_wrong(page, spoken)
    assert {look: what for look, what in wrong.items() if what} == {}
