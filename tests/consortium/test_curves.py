"""The drawing of fees by residents: what lies where, what is named, and that no name covers another."""

import re
from decimal import Decimal
from itertools import combinations, pairwise
from math import log10

import pytest

from consortium.curves import Curve, Mark, fee_curve
from consortium.fees import Band, Payer, Rule, joiner

D = Decimal
WORDS = {"title": "Fee & residents", "description": "In <words>."}
TARIFF = Rule("tariff", rate=D("0.021"), floor=D(100), cap=D(7500))
BEFORE = Rule("tariff", rate=D("0.015"), floor=D(150), cap=D(7500))
BANDS = Rule("bands", bands=(Band(2_000, D(100)), Band(10_000, D(400)), Band(None, D(900))))
TOWNS = {"Rautalampi": 2_964, "Vaasa": 67_988, "Oulu": 211_848, "Turku": 197_900, "Helsinki": 664_028}


@pytest.fixture(autouse=True)
def in_english(settings):
    """Read the drawing in the language of its source."""
    settings.LANGUAGE_CODE = "en"


def fee(rule):
    return lambda residents: joiner(rule, Payer("anybody", residents), year=2027).full_year


def marks(rule, towns=TOWNS):
    return [Mark(name, residents, fee(rule)(residents)) for name, residents in towns.items()]


def drawn(*curves, towns=(), **more):
    """Return the two drawings."""
    both = fee_curve(curves, towns, **WORDS, **more)
    return ["<svg" + part for part in both.split("<svg")[1:]]


def corners(svg, css="c-line"):
    found = re.findall(rf'<path class="{css}" d="M([^"H]+)"', svg)
    return [[tuple(map(float, point.split())) for point in line.split("L")] for line in found]


def texts(svg):
    """Return (class, x, y, anchor, words) of each text."""
    found = re.findall(
        r'<text class="(\w*)" x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*)</text>', svg
    )
    return [(css, float(x), float(y), anchor, plain(words)) for css, x, y, anchor, words in found]


def plain(words):
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def names(svg):
    return [words for *_place, words in texts(svg)]


def box(text):
    _css, x, y, anchor, words = text
    width = len(words) * 7
    left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
    return left, y - 10, left + width, y + 3


def test_it_is_drawn_twice_with_title_and_description_and_no_style():
    wide, slim = drawn(Curve("A", fee(TARIFF)), Curve("2027", fee(BEFORE)), towns=marks(TARIFF))
    assert 'viewBox="0 0 880 400"' in wide and 'class="d-none d-md-block"' in wide
    assert 'viewBox="0 0 358 330"' in slim and 'class="d-md-none"' in slim
    for svg in (wide, slim):
        assert (
            "<title id=" in svg and "Fee &amp; residents</title>" in svg and "In &lt;words&gt;.</desc>" in svg
        )
        assert "style=" not in svg and "fill=" not in svg and "stroke=" not in svg
        assert svg.count('class="c-line"') == svg.count('class="c-before"') == 1
        assert "residents, each step tenfold" in names(svg)
    ids = re.findall(r' id="([^"]+)"', wide + slim)
    assert len(ids) == len(set(ids)) == 4
    assert re.findall(r'aria-labelledby="([^"]+)"', wide) == [" ".join(ids[:2])]


def test_a_tariff_is_flat_then_straight_then_flat():
    (line,) = corners(drawn(Curve("A", fee(TARIFF)))[0])
    assert (line[0], line[-1]) == ((64.0, 315.0), (846.0, 46.0))
    flat = [x for x, y in line if y == 315]
    floor_ends = 64 + (846 - 64) * log10(100 / 0.021 / 100) / 4
    cap_begins = 64 + (846 - 64) * log10(7500 / 0.021 / 100) / 4
    assert abs(max(flat) - floor_ends) < 4
    assert abs(min(x for x, y in line if y == 46) - cap_begins) < 4
    assert len(line) < 12  # corners only


def test_bands_are_steps_and_an_equal_share_a_flat_line():
    (line,) = corners(drawn(Curve("A", fee(BANDS)))[0])
    assert {y for _x, y in line} == {315.0, 46.0, next(y for _x, y in line if 46 < y < 315)}
    steep = [x1 - x0 for (x0, y0), (x1, y1) in pairwise(line) if y0 != y1]
    assert len(steep) == 2 and all(across < 1 for across in steep)
    (line,) = corners(drawn(Curve("A", lambda residents: D("217.53")))[0])
    assert len(line) == 2 and line[0][1] == line[1][1]


def test_a_curve_may_come_as_points():
    points = [(10, D(1)), (100, D(100)), (2_000, D(100)), (2_001, D(400)), (1_000_000, D(400))]
    (line,) = corners(drawn(Curve("A", points))[0])
    assert len(line) == 4 and line[0] == (64.0, 315.0) and line[-1] == (846.0, 46.0)


def test_the_axes_name_round_figures_and_the_smallest_and_largest_fee():
    wide, slim = drawn(Curve("A", fee(TARIFF)), Curve("2027", fee(BEFORE)))
    for svg in (wide, slim):
        named = [words for *_place, words in texts(svg)]
        assert [words for words in named if words.endswith("€")] == [
            "100 €",
            "300 €",
            "1 000 €",
            "3 000 €",
            "7 500 €",
        ]
        assert {"100", "1 000", "10 000", "100 000"} <= set(named)
    assert "1 000 000" in names(wide) and "1 000 000" not in names(slim)


def test_fees_of_nothing_lie_on_the_axis():
    wide, _slim = drawn(Curve("Free", lambda residents: D("0.00")))
    assert {y for _x, y in corners(wide)[0]} == {352.0} and "0 €" in names(wide)
    wide, _slim = drawn(Curve("Free", lambda residents: D(0) if residents < 5_000 else D(100)))
    assert {y for _x, y in corners(wide)[0]} > {352.0} and {"0 €", "100 €"} <= set(names(wide))


def test_marks_are_dots_on_the_line_with_their_fee():
    wide, slim = drawn(Curve("A", fee(TARIFF)), towns=marks(TARIFF))
    assert wide.count("<circle") == slim.count("<circle") == 5
    assert {"Rautalampi 100 €", "Vaasa 1 428 €", "Turku 4 156 €", "Oulu 4 449 €", "Helsinki 7 500 €"} <= set(
        names(wide)
    )
    x, y = map(float, re.search(r'<circle class="c-mark" cx="([\d.]+)" cy="([\d.]+)"', wide).groups())
    assert abs(x - (64 + 782 * log10(2_964 / 100) / 4)) < 0.1 and y == 315.0
    assert "Sottunga 1,52 €" in names(
        drawn(Curve("A", [(100, D(2)), (10**6, D(9))]), towns=[Mark("Sottunga", 97, D("1.52"))])[0]
    )


@pytest.mark.parametrize("rule", [TARIFF, BANDS, Rule("tariff", rate=D("0.009"), unit=D(1))])
def test_no_name_covers_another_or_a_dot_or_leaves_the_drawing(rule):
    crowd = TOWNS | {
        "Espoo": 305_274,
        "Tampere": 249_009,
        "Vantaa": 242_819,
        "Kuopio": 122_594,
        "Joensuu": 77_261,
    }
    for svg, width in zip(
        drawn(
            Curve("This alternative", fee(rule)),
            Curve("Another", fee(BEFORE)),
            Curve("Third", fee(TARIFF)),
            towns=marks(rule, crowd),
        ),
        (880, 358),
        strict=True,
    ):
        placed = [box(text) for text in texts(svg)]
        assert len(placed) > 10
        for one, other in combinations(placed, 2):
            assert not (one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])
        dots = [tuple(map(float, dot)) for dot in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)]
        for left, top, right, bottom in placed:
            assert left >= -2 and right <= width + 1 and top >= 0
            assert not [x for x, y in dots if left < x < right and top < y < bottom]
        assert {"This alternative", "Another", "Third"} <= set(names(svg))


def test_marks_beyond_the_axis_widen_it():
    wide, _slim = drawn(Curve("A", fee(TARIFF)), towns=[Mark("Sottunga", 97, D(100))])
    x = float(re.search(r'cx="([\d.]+)"', wide)[1])
    assert 64 < x < 100 and corners(wide)[0][0][0] == 64.0


@pytest.mark.parametrize("count", [0, 4])
def test_a_chart_has_one_to_three_lines(count):
    with pytest.raises(ValueError, match="one to three"):
        fee_curve([Curve("A", fee(TARIFF))] * count, **WORDS)
