"""The fee by residents, drawn on the server: thin lines in the page's own colours, each named where it runs."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import ceil, floor, hypot, log, log10, sqrt

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from consortium.templatetags.portal import money, number

NO_BREAK = "\u00a0"
# By how many points a drawn line may miss the true one, and leave its corners out.
SMOOTH, STRAIGHT = 0.75, 0.3
THIN = 0.5  # points between which nothing more can be seen
DOT = 5
ABOVE, BELOW = 11, 4  # how far a line of text reaches from where it stands, in points
CHARACTER, STRONG_CHARACTER = 7.2, 8.0  # the width of a letter, where the system's font is a wide one
BESIDE, NEAR = 5, 12  # how far a name stays from another, and a line's name from other lines
LEAST_GAP = 24  # between the names of two steps, in points


@dataclass(frozen=True)
class Curve:
    """One line of a chart: its name, and the fee (€) by residents, as a function or as pairs to be joined."""

    name: str
    fee: object


@dataclass(frozen=True)
class Mark:
    """One municipality on the first line: its name, its residents and its fee (€)."""

    name: str
    residents: int
    fee: Decimal


@dataclass(frozen=True)
class _Frame:
    """A drawing's size and its edges, in points: a fee of 0 lies on the axis, the others from low to top."""

    key: str
    css: str
    width: int
    height: int
    left: int
    right: int
    top: int
    low: int
    axis: int


FRAMES = (
    _Frame("wide", "d-none d-md-block", 880, 400, 64, 846, 46, 315, 352),
    _Frame("slim", "d-md-none", 358, 330, 58, 348, 42, 253, 282),
)


def fee_curve(curves, marks=(), *, title, description, between=(100, 1_000_000), key="fees"):
    """Return the fee by residents as SVG, twice: wide, and slim for a phone; both axes are logarithmic.

    The first curve is drawn solid, one or two more dashed, each named at its line; the marks are the first one's.
    ``between``: from how many residents to how many; marks outside widen it. Where there is no room for a mark's
    name it is left out: the same facts must stand in text beside it. ``key`` tells two charts of one page apart.
    Raises ValueError for no curve and for more than three.
    """
    if not 1 <= len(curves) <= 3:
        raise ValueError(f"A chart has one to three lines, not {len(curves)}.")
    first = max(1, min([between[0], *(mark.residents * 4 // 5 for mark in marks)]))
    last = max([between[1], *(mark.residents * 5 // 4 for mark in marks)])
    known = [_known(curve, first, last) for curve in curves]
    fees = [fee for points in known for fee in points.values()] + [mark.fee for mark in marks]
    drawings = []
    for frame in FRAMES:
        plane = _Plane(frame, first, last, fees)
        lines = [plane.line(curve, points) for curve, points in zip(curves, known, strict=True)]
        drawings.append(_drawing(plane, curves, lines, marks, title, description, f"{key}-{frame.key}"))
    return format_html_join("", "{}", ([drawing] for drawing in drawings))


def _known(curve, first, last):
    """Return residents → fee (€) at the points from which a curve is drawn."""
    if not callable(curve.fee):
        return {residents: fee for residents, fee in curve.fee if first <= residents <= last}
    steps = 24
    places = sorted({round(first * (last / first) ** (step / steps)) for step in range(steps + 1)})
    return {residents: curve.fee(residents) for residents in places}


class _Plane:
    """Where residents and fees lie in a frame."""

    def __init__(self, frame, first, last, fees):
        above = [float(fee) for fee in fees if fee > 0] or [1.0]
        self.frame, self.first, self.last = frame, first, last
        self.least, self.most = min(above), max(above)
        self.has_fees, self.has_zero = any(fees), not all(fees)
        # fees that are all alike lie in the middle
        self.bottom, self.ceiling = (
            (self.least, self.most) if self.least < self.most else (self.least / 2, self.most * 2)
        )

    def x(self, residents):
        """Return how far to the right so many residents lie."""
        part = log(residents / self.first) / log(self.last / self.first)
        return self.frame.left + part * (self.frame.right - self.frame.left)

    def y(self, fee):
        """Return how far down a fee (€) lies."""
        if fee <= 0:
            return self.frame.axis
        part = log(float(fee) / self.bottom) / log(self.ceiling / self.bottom)
        return self.frame.low - part * (self.frame.low - self.frame.top)

    def line(self, curve, known):
        """Return a curve's corners, bends and steps found where they are."""
        points = [(residents, self.x(residents), self.y(fee)) for residents, fee in known.items()]
        found = points[:1]
        for before, after in pairwise(points):
            if callable(curve.fee):
                found += self._between(curve.fee, before, after)
            found.append(after)
        return _corners([(x, y) for _residents, x, y in found])

    def _between(self, fee, before, after):
        """The points between two where the line between them would miss the curve."""
        middle = round(sqrt(before[0] * after[0]))
        if not before[0] < middle < after[0] or after[1] - before[1] < THIN:
            return []
        point = (middle, self.x(middle), self.y(fee(middle)))
        straight = before[2] + (after[2] - before[2]) * (point[1] - before[1]) / (after[1] - before[1])
        if abs(point[2] - straight) <= SMOOTH:
            return []
        return [*self._between(fee, before, point), point, *self._between(fee, point, after)]

    def fee_steps(self):
        """Return the fees (€) that the axis names, from the smallest: the ends where they are whole, then 1, 3, 10."""
        decades = log10(self.ceiling / self.bottom)
        parts = (1, 3) if 1 < decades <= 5 else (1,) if decades > 5 else (1, 1.5, 2, 3, 4, 5, 7)
        tens = range(floor(log10(self.bottom)), ceil(log10(self.ceiling)) + 1)
        round_ones = [part * 10**ten for ten in tens for part in parts]
        ends = [end for end in (self.least, self.most) if end == int(end)]
        steps = [0] if self.has_zero else []
        for fee in [*ends, *round_ones] if self.has_fees else []:
            inside = self.bottom * 0.999 <= fee <= self.ceiling * 1.001
            if inside and all(abs(self.y(fee) - self.y(other)) >= LEAST_GAP for other in steps):
                steps.append(fee)
        return [Decimal(f"{fee:.2f}") for fee in sorted(steps)]

    def resident_steps(self):
        """Return the powers of ten that the axis names."""
        return [10**ten for ten in range(ceil(log10(self.first)), floor(log10(self.last)) + 1)]


def _corners(points):
    """Leave out the points without which a line is still the same (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = hypot(x1 - x0, y1 - y0) or 1
    away = [abs((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / length for x, y in points]
    farthest = max(range(len(points)), key=away.__getitem__)
    if away[farthest] <= STRAIGHT:
        return [points[0], points[-1]]
    return _corners(points[: farthest + 1])[:-1] + _corners(points[farthest:])


class _Labels:
    """Names in a drawing that cover neither one another nor a dot, and a line only where nothing else is free."""

    def __init__(self, frame, lines, dots):
        self.frame, self.lines = frame, lines
        self.taken = [(x - DOT - 1, y - DOT - 1, x + DOT + 1, y + DOT + 1) for x, y in dots]
        self.written = []

    def name_dot(self, text, dot):
        """Write a name beside a dot, or leave it out."""
        x, y = dot
        away = DOT + 7
        self._write(
            text,
            "strong",
            [
                (x, y + 20, "middle", 0),
                (x, y - 14, "middle", 1),
                (x + away, y + 16, "start", 2),
                (x - away, y - 4, "end", 3),
                (x + away, y + 4, "start", 4),
                (x - away, y + 4, "end", 5),
                (x + 5, y - 14, "end", 6),
                (x - 5, y + 20, "start", 7),
            ],
        )

    def name_line(self, text, css, own):
        """Write a name along a line, the first one's rather in the middle, the others' rather at the left."""
        line, wished = self.lines[own], 0.6 if css == "strong" else 0.15 * own
        across = line[-1][0] - line[0][0]
        places = []
        for step in range(1, 40):
            x = line[0][0] + across * step / 40
            y = _height(line, x)
            cost = abs(step / 40 - wished) * 4
            places += [
                (x - 8, y - 6, "end", cost),
                (x, y - 9, "middle", cost),
                (x + 8, y + 16, "start", cost + 1),
                (x, y + 20, "middle", cost + 1),
            ]
        self._write(text, css, places, own)

    def _write(self, text, css, places, own=None):
        width = len(text) * (STRONG_CHARACTER if css == "strong" else CHARACTER)
        best = None
        for x, y, anchor, cost in places:
            start = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
            box = (start, y - ABOVE, start + width, y + BELOW)
            if (
                box[0] < self.frame.left - 4
                or box[2] > self.frame.width
                or box[1] < 0
                or box[3] > self.frame.axis - 2
            ):
                continue
            if any(_overlap(box, other) for other in self.taken) or (best and cost >= best[0]):
                continue
            cost += sum(10 for line in self.lines if _crosses(line, box))
            # a line's name must not stand as near to another line
            wider = (box[0] - NEAR, box[1] - NEAR, box[2] + NEAR, box[3] + NEAR)
            cost += sum(
                4 for at, line in enumerate(self.lines) if own not in (None, at) and _crosses(line, wider)
            )
            if not best or cost < best[0]:
                best = (cost, box, (css, f"{x:.1f}", f"{y:.1f}", anchor, text))
        if best:
            left, top, right, bottom = best[1]
            self.taken.append((left - BESIDE, top, right + BESIDE, bottom))
            self.written.append(best[2])


def _height(line, x):
    """Where a line is at x."""
    for (x0, y0), (x1, y1) in pairwise(line):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 > x0 else y1
    return line[-1][1]


def _overlap(box, other):
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _crosses(line, box):
    """Whether a line of corners enters a box."""
    left, top, right, bottom = box
    for (x0, y0), (x1, y1) in pairwise(line):
        if x1 < left or x0 > right:
            continue
        # the piece of the segment that is between the box's sides, and between which heights it runs
        part = [(max(x0, left) - x0) / (x1 - x0), (min(x1, right) - x0) / (x1 - x0)] if x1 > x0 else [0, 1]
        heights = sorted(y0 + (y1 - y0) * at for at in part)
        if heights[0] <= bottom and heights[1] >= top:
            return True
    return False


def _drawing(plane, curves, lines, marks, title, description, key):
    frame = plane.frame
    dots = [(plane.x(mark.residents), plane.y(mark.fee)) for mark in marks]
    labels = _Labels(frame, lines, dots)
    for mark, dot in zip(marks, dots, strict=True):
        labels.name_dot(f"{mark.name} {_euros(mark.fee)}", dot)
    for at, curve in enumerate(curves):
        labels.name_line(curve.name, "" if at else "strong", at)
    texts = [
        ("", frame.left - 10, f"{plane.y(fee) + 4:.1f}", "end", _euros(fee)) for fee in plane.fee_steps()
    ]
    for residents in plane.resident_steps():
        x, text = plane.x(residents), number(residents)
        if x + len(text) * CHARACTER / 2 <= frame.width:
            texts.append(("", f"{x:.1f}", frame.axis + 22, "middle", text))
    middle = (frame.left + frame.right) // 2
    texts.append(("", middle, frame.axis + 44, "middle", _("residents, each step tenfold")))
    across = f"M{frame.left} {{:.1f}}H{frame.right}"
    paths = [("c-grid", across.format(plane.y(fee))) for fee in plane.fee_steps() if fee]
    paths.append(("c-axis", f"M{frame.left} {frame.axis}H{frame.right}"))
    paths += [("c-axis", f"M{plane.x(n):.1f} {frame.axis}v6") for n in plane.resident_steps()]
    drawn = [("c-before" if at else "c-line", line) for at, line in enumerate(lines)]
    paths += [
        (css, "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line)) for css, line in reversed(drawn) if line
    ]
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}{}{}</svg>',
        frame.css,
        frame.width,
        frame.height,
        key,
        key,
        key,
        title,
        key,
        description,
        format_html_join("", '<path class="{}" d="{}"/>', paths),
        format_html_join(
            "",
            '<circle class="c-mark" cx="{}" cy="{}" r="{}"/>',
            ((f"{x:.1f}", f"{y:.1f}", DOT) for x, y in dots),
        ),
        format_html_join(
            "", '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', [*texts, *labels.written]
        ),
    )


def _euros(fee):
    """A fee at its line: from 100 € up to the nearest euro, since a drawing is no finer."""
    if fee < 100 and fee % 1:
        return money(fee)
    return f"{number(fee.quantize(Decimal(1), ROUND_HALF_UP))}{NO_BREAK}€"
