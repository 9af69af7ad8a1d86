"""The drawing of the growth: scales, the points that are named, room for the years."""

import re
from itertools import pairwise

import pytest

from steering.charts import FRAMES, Point, growth_line, top_of

GROWTH = [Point(2014, 60), Point(2015, 110), Point(2016, 230), Point(2017, 220)]


def drawn(points, **more):
    return str(growth_line(points, title="Jäsenet & vuodet", description="Kasvu", **more))


def test_it_is_drawn_twice_with_a_title_and_a_description():
    svg = drawn(GROWTH)
    assert svg.count("<svg") == svg.count("</svg>") == len(FRAMES) == 2
    assert svg.count("<title") == svg.count("<desc") == 2
    assert "Jäsenet &amp; vuodet" in svg
    assert "style=" not in svg
    names = re.findall(r'id="([^"]+)"', svg)
    assert len(names) == len(set(names)) == 4


def test_first_largest_and_last_are_written_at_the_line():
    wide = drawn(GROWTH).split("</svg>")[0]
    assert re.findall(r'class="strong"[^>]*>(\d+)<', wide) == ["60", "230", "220"]
    assert drawn(GROWTH[:1]).count('class="strong"') == 2


def test_the_line_has_a_corner_a_year_inside_the_picture():
    for svg, frame in zip(drawn(GROWTH).split("</svg>"), FRAMES, strict=False):
        corners = re.search(r'polyline class="c-line" points="([^"]+)"', svg)[1].split()
        points = [tuple(map(float, corner.split(","))) for corner in corners]
        assert len(points) == 4
        assert all(0 < x < frame.width and 0 < y < frame.height for x, y in points)
        heights = [y for _x, y in points]
        assert heights[2] == min(heights) < heights[3] < heights[1] < heights[0]
        assert [x for x, _y in points] == sorted(x for x, _y in points)


def test_years_that_have_no_room_are_left_out_but_never_the_last():
    many = [Point(year, year - 2000) for year in range(2013, 2041)]
    wide, slim, _rest = drawn(many).split("</svg>")
    for svg, least in ((wide, 44), (slim, 44)):
        found = re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="middle">(20\d\d)<', svg)
        places = [float(x) for x, year in found if 2013 <= int(year) <= 2040]
        assert found[-1][1] == "2040"
        assert all(b - a >= least for a, b in pairwise(places))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0], (1, 1)),
        ([1], (1, 1)),
        ([5], (5, 1)),
        ([6], (6, 2)),
        ([13], (15, 5)),
        ([147], (150, 50)),
        ([308], (400, 100)),
    ],
)
def test_the_scale_ends_on_a_whole_step(values, expected):
    assert top_of(values) == expected


@pytest.mark.parametrize("most", range(1, 700, 7))
def test_the_scale_holds_the_largest_in_at_most_five_steps(most):
    end, step = top_of([most])
    assert most <= end < most + step and end % step == 0 and end // step <= 5


def test_nothing_is_not_drawn():
    with pytest.raises(ValueError, match="nothing"):
        growth_line([], title="", description="")
