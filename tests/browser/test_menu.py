"""The menu is one line on a desktop of 1200 px and more for those who come to read."""

import pytest

pytestmark = [pytest.mark.browser]
LINES = """items => new Set(items.map(each => Math.round(each.getBoundingClientRect().top))).size"""


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("who", ["visitor", "proposer"])
def test_the_menu_is_one_line(who, language, demo, kept_page):
    page = kept_page(who)
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(f"{demo.address}/{'' if language == 'fi' else f'{language}/'}")
    assert page.locator("html").get_attribute("lang") == language
    items = page.locator("nav.menu li")
    assert items.count() >= 9
    assert items.evaluate_all(LINES) == 1


def test_the_practice_copys_mailbox_is_found_in_its_notice(demo, kept_page):
    page = kept_page("visitor")
    page.goto(demo.address)
    page.locator("aside.demo a").click()
    assert page.url.endswith("/mailbox/")
