"""The dashboard's drawings: how the membership has grown, as a thin line with its numbers at the points that matter."""

from dataclasses import dataclass
from math import ceil, log10

from django.utils.html import format_html, format_html_join

from consortium.templatetags.portal import number

STEPS = (1, 2, 5, 10)
LINES = 4  # of the grid above nothing
CHARACTER = 7.5  # about the width of a figure, in points
LEAST_GAP = 44  # between two years on the axis, in points


@dataclass(frozen=True)
class Point:
    """A year and how many there were at its end."""

    year: int
    value: int


@dataclass(frozen=True)
class _Frame:
    key: str
    css: str
    width: int
    height: int
    left: int = 44
    right: int = 64
    top: int = 24
    below: int = 34

    def x(self, place, last):
        """Return how far to the right the point at a place lies; a point alone stands in the middle."""
        room = self.width - self.left - self.right
        return self.left + (room * place / last if last else room / 2)

    def y(self, value, most):
        """Return how far down a value lies."""
        return self.top + (self.height - self.top - self.below) * (1 - value / most)


FRAMES = (
    _Frame("wide", "d-none d-md-block", 880, 300),
    _Frame("slim", "d-md-none", 358, 240, left=34, right=40),
)


def top_of(values):
    """Return (end of the scale, its step) for values: whole steps of 1, 2 or 5 times a power of ten, at most five."""
    most = max(values, default=0) or 1
    power = 10 ** max(0, int(log10(most)) - 1)
    step = next(p * s for p in (power, power * 10) for s in STEPS if most <= (LINES + 1) * p * s)
    return ceil(most / step) * step, step


def growth_line(points, *, title, description, key="growth"):
    """Return the growth by year as SVG, twice: wide, and slim for a phone. The same numbers must stand in a table.

    The first and the last number are written at the line, and the largest where it is another one. Raises ValueError
    for no point.
    """
    if not points:
        raise ValueError("There is nothing to draw.")
    return format_html_join("", "{}", ([_drawing(points, f, title, description, key)] for f in FRAMES))


def _drawing(points, frame, title, description, key):
    end, step = top_of([point.value for point in points])
    last = len(points) - 1
    places = [(frame.x(at, last), frame.y(point.value, end)) for at, point in enumerate(points)]
    grid = [
        (frame.left, f"{frame.y(value, end):.1f}", frame.width - frame.right, frame.left - 8, number(value))
        for value in range(0, end + 1, step)
    ]
    named = f"{key}-{frame.key}"
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}{}'
        '<polyline class="c-line" points="{}"/>{}{}</svg>',
        frame.css,
        frame.width,
        frame.height,
        named,
        named,
        named,
        title,
        named,
        description,
        format_html_join(
            "", '<path class="c-grid" d="M{} {}H{}"/>', ((x, y, right) for x, y, right, *_rest in grid)
        ),
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="end">{}</text>',
            ((at, _below(y), n) for _x, y, _r, at, n in grid),
        ),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in places),
        _years(points, places, frame),
        _marks(points, places),
    )


def _below(y):
    return f"{float(y) + 4.5:.1f}"


def _years(points, places, frame):
    """Return the years under the line: the last, and before it as many as have room."""
    gap = places[1][0] - places[0][0] if len(places) > 1 else LEAST_GAP
    every = ceil(LEAST_GAP / gap)
    shown = [at for at in range(len(points)) if (len(points) - 1 - at) % every == 0]
    rows = ((f"{places[at][0]:.1f}", frame.height - 10, points[at].year) for at in shown)
    return format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', rows)


def _marks(points, places):
    """Return the dots and numbers of the points that matter: first, largest, last."""
    largest = max(range(len(points)), key=lambda at: (points[at].value, at))
    shown = {0: "middle", largest: "middle", len(points) - 1: "start"}
    rows = []
    for at, anchor in sorted(shown.items()):
        x, y = places[at]
        beside = anchor == "start"
        rows.append(
            (
                f"{x:.1f}",
                f"{y:.1f}",
                f"{x + 9 if beside else x:.1f}",
                f"{y + 4.5 if beside else y - 10:.1f}",
                anchor,
                number(points[at].value),
            )
        )
    return format_html_join(
        "",
        '<circle class="c-mark" cx="{}" cy="{}" r="4.5"/><text class="strong" x="{}" y="{}" text-anchor="{}">{}</text>',
        rows,
    )
