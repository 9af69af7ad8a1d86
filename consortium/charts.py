"""Drawings made on the server: thin SVG in the page's own colours, each with a title; its facts stand beside it."""

from dataclasses import dataclass
from math import cos, radians, sqrt

from django.utils.html import format_html, format_html_join

# The frame of Finland's map, in points: one degree of latitude, where longitude 26° and latitude 70.092° lie.
DEGREE, MIDDLE, NORTH = 65.6, 220.0, 70.092
CENTRAL_LONGITUDE = 26.0
WIDTH, HEIGHT = 380, 685
LEAST_MEMBER, LEAST_OTHER = 2.7, 2.1
CHARACTER = 6.6  # about the width of a letter of a label, in points


@dataclass(frozen=True)
class Dot:
    """One place on the map: degrees, how many live there, whether it belongs, and its name where it is named."""

    longitude: float
    latitude: float
    residents: int
    is_member: bool
    name: str = ""


def position(longitude, latitude):
    """Return where a place is drawn, in points: x = (longitude − 26°) · cos latitude, y = −latitude."""
    east = (float(longitude) - CENTRAL_LONGITUDE) * cos(radians(float(latitude)))
    return MIDDLE + east * DEGREE, (NORTH - float(latitude)) * DEGREE


def radius(residents, *, is_member):
    """Return a dot's radius in points: its area grows with the residents, but it never gets too small to be seen."""
    return max(sqrt(residents or 0) / 60, LEAST_MEMBER if is_member else LEAST_OTHER)


def dot_map(dots, *, title, description, key="map"):
    """Return the map as SVG: rings first, members over them, the largest lowest; named dots with their names.

    The same facts must stand in text beside it. ``key`` tells two maps of one page apart.
    """
    return framed(circles(dots), names(dots), title=title, description=description, key=key)


def _ordered(dots):
    return sorted(dots, key=lambda d: (d.is_member, -(d.residents or 0)))


def circles(dots):
    """Return the dots alone, drawn: the part of a map that is the same in every language."""
    drawn = [("m-in" if d.is_member else "m-out", *_circle(d)) for d in _ordered(dots)]
    return format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="{}"/>', drawn)


def names(dots):
    """Return the names of those dots that have one, drawn."""
    return format_html_join(
        "", '<text x="{}" y="{}" text-anchor="{}">{}</text>', map(_label, filter(_named, _ordered(dots)))
    )


def framed(*drawn, title, description, key="map"):
    """Return a map of parts that are drawn already."""
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}</svg>',
        WIDTH,
        HEIGHT,
        key,
        key,
        key,
        title,
        key,
        description,
        format_html_join("", "{}", ((part,) for part in drawn)),
    )


def _circle(dot):
    x, y = position(dot.longitude, dot.latitude)
    return f"{x:.1f}", f"{y:.1f}", f"{radius(dot.residents, is_member=dot.is_member):.1f}"


def _named(dot):
    return dot.name


def _label(dot):
    """Return a name's place: on the outer side of its dot, but never out of the picture."""
    x, y = position(dot.longitude, dot.latitude)
    away = radius(dot.residents, is_member=dot.is_member) + 5
    length = len(dot.name) * CHARACTER
    to_the_left = x < MIDDLE - DEGREE or x + away + length > WIDTH
    if to_the_left and x - away - length < 0:
        to_the_left = False
    return (
        f"{x - away if to_the_left else x + away:.0f}",
        f"{y + 4.5:.0f}",
        "end" if to_the_left else "start",
        dot.name,
    )
