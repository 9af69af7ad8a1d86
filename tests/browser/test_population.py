"""Loading population figures in a browser: what the file means, on both widths, and the receipt."""

import pytest

from tests.browser.watch import said_wrong, shot

pytestmark = [pytest.mark.browser, pytest.mark.drill]
TABLE = """"11ra -- Tunnuslukuja väestöstä muuttujina Alue ja Vuosi"

"Alue";"2022";"2024"
"SSS KOKO MAA";5563970;5635560
"KU005 Alajärvi";9183;8 950
"KU009 Alavieska";2447;2 290
"KU091 Helsinki";664028;684 018
"KU478 Maarianhamina";11757;11 812
"KU545 Närpes";9584;10 450
"KU599 Pedersöre kommun";11206;..
"""
WRONG = TABLE.replace("8 950", "8,9").replace("KU009", "KU999")


def choose(page, demo, table, **typed):
    """Choose a file and have its meaning shown."""
    page.goto(f"{demo.address}/population/load/")
    content = {"name": "11ra.csv", "mimeType": "text/csv", "buffer": table.encode()}
    page.locator("input[type=file]").set_input_files(content)
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button.btn-main").click()
    page.locator("h1").wait_for()


def shots(page, name):
    """Keep a picture of the page at both widths."""
    desktop = page.viewport_size
    shot(page, f"{name}-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    shot(page, f"{name}-390")
    page.set_viewport_size(desktop)


def test_population_is_read_looked_at_and_loaded(demo, scene, page_of):
    """Wrong lines, the preview, the receipt, the correction of a figure: each page is sound."""
    page = page_of("staff")
    choose(page, demo, WRONG)
    assert page.locator("main table tbody tr").count() == 2
    shots(page, "population-wrong")
    assert said_wrong(page) == []

    choose(page, demo, TABLE, source="Tilastokeskus, 11ra")
    shots(page, "population-preview")
    assert said_wrong(page) == []
    page.locator("main form button.btn-main").click()
    page.locator(".receipt").wait_for()
    shots(page, "population-receipt")
    assert said_wrong(page) == []

    choose(page, demo, TABLE.replace("8 950", "8 951"))
    shots(page, "population-change")
    assert said_wrong(page) == []
    page.locator("main form button.btn-main").click()
    page.locator("main .errors").wait_for()
    assert page.title().startswith("Virhe:")
    assert said_wrong(page) == []

    choose(page, demo, TABLE)
    shots(page, "population-nothing")
    assert page.locator("main form").count() == 0
    assert said_wrong(page) == []
