"""Pages that collect from several apps: each app registers one function a kind, in ``AppConfig.ready()``."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

STAFF_HOME = "staff_home"  # f(user, today) -> Tasks that wait for the service centre
STAFF_DEADLINES = "staff_deadlines"  # f(user, today) -> Tasks: days of ours that come within sixty days
STAFF_YEAR = "staff_year"  # f(user, today) -> Lines of the year, each number with its list
MUNICIPALITIES_OF = "municipalities_of"  # f(user) -> municipalities the person acts for
MEMBER_HOME = "member_home"  # f(user, municipality, today) -> Tasks that wait for the municipality
MEMBER_DONE = "member_done"  # f(user, municipality, today) -> Tasks done, newest first
MEMBER_PARTS = "member_parts"  # f(user, municipality, today) -> Parts under the tasks
MUNICIPALITY_BY_CODE = "municipality_by_code"  # f(code) -> the municipality
MUNICIPALITY_KIND = "municipality_kind"  # f(municipality, today) -> what kind it is, in a word or two
MUNICIPALITY_SAYS = "municipality_says"  # f(user, municipality, today) -> sentences of its state
MUNICIPALITY = "municipality"  # f(user, municipality, today) -> Parts of its page
MUNICIPALITY_ACTS = (
    "municipality_acts"  # f(user, municipality, today) -> {"label", "url"}, the main act first
)
FRONT = "front"  # f(today) -> Parts of the public front page
MAP = "map"  # f(today) -> Parts of the page that shows the map alone
LOOK_UP = "look_up"  # f(words, today) -> Hits of "Is your municipality in?", each with its answer in ``why``
MENU = "menu"  # f(user or None) -> {"label", "url"}; may ask whether the person is staff, no more: it is kept
HATS = "hats"  # f(user, request) -> {"label", "url", "current"}
SEARCH = "search"  # f(user, words) -> Hits

_functions = defaultdict(list)


@dataclass(frozen=True)
class Task:
    """Something that waits for somebody: verb and subject, where it is done, and by when."""

    title: str
    url: str
    text: str = ""
    note: str = ""
    due_on: date | None = None
    since: date | None = None
    kind: str = ""
    paused_until: date | None = None
    done: bool = False
    link: dict | None = None  # {"label", "url"} of a lesser act beside it

    def age(self, today):
        """Return for how many days it has waited, or None when that is not known."""
        return (today - self.since).days if self.since else None


@dataclass(frozen=True)
class Line:
    """One line of the year: a name, and counts that open their lists."""

    name: str
    counts: list = field(default_factory=list)  # (word, number, url)


@dataclass(frozen=True)
class Part:
    """One part of a gathered page: a heading and a template with its context."""

    heading: str
    template: str
    context: dict
    note: str = ""
    is_list: bool = False  # rows of its own that run across the margin


@dataclass(frozen=True)
class Hit:
    """One match of a search, and why it matched."""

    group: str
    title: str
    url: str
    why: str = ""
    language: str = ""  # of the title, where it is not the page's


def register(kind, function):
    """Add an app's function to a kind."""
    if function not in _functions[kind]:
        _functions[kind].append(function)


def collect(kind, *args):
    """Return everything that the apps have for a kind, in the order of the installed apps, lowest first."""
    return [item for function in _functions[kind] for item in function(*args)]


def by_deadline(task):
    """Order tasks: dated ones first by their day, then the rest by how long they have waited."""
    return (task.due_on is None, task.due_on or date.max, task.since or date.max)
