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
PROCUREMENT = (
    "procurement"  # f(user, procurement, today) -> Parts of a joint procurement's page, after its own
)
FRONT = "front"  # f(today) -> Parts of the public front page, after its look-up
FRONT_END = "front_end"  # f(today) -> Parts that end it
SERVICES = "services"  # f(today, municipality or None) -> Services in use, of all or of one municipality
DECISIONS = "decisions"  # f(today) -> public decisions as Tasks that are done, ``since`` the day of each
MEETINGS = "meetings"  # f(today) -> meetings to come as Tasks, ``due_on`` the day of each
MAP = "map"  # f(today) -> Parts of the page that shows the map alone
LOOK_UP = "look_up"  # f(words, today) -> Hits of "Is your municipality in?", each with its answer in ``why``
MENU = "menu"  # f(user or None) -> {"label", "url"}; may ask whether the person is staff, no more: it is kept
HATS = "hats"  # f(user, request) -> {"label", "url", "current"}
SEARCH = "search"  # f(user, words) -> Hits
LETTERS = "letters"  # f() -> (template, what the letter is called) of the app's letters
HOLDERS = "holders"  # f(letter) -> Holders: where the app's register has the address it went to
CAME_BACK = "came_back"  # f(letter) -> what was done because the letter came back
WELCOMED = "welcomed"  # f(user, today) -> what waits for a person who has left, and lets them in to answer it
CLOSING = "closing"  # f(user, by) -> what was ended because the account is closed
DUTY_TASKS = "duty_tasks"  # f(user, today) -> Tasks that wait for one who has a duty in the consortium
DUTIES = "duties"  # f(user, today) -> Parts: what a duty in the consortium lets the person read
ACCOUNT = "account"  # f(user, today) -> Parts of one's own account page
PERSON = "person"  # f(person, today) -> Parts of a person's page, for the service centre
FEED = "feed"  # f(user, today) -> Occasions of the person's calendar
STORY = "story"  # f(people by address, today) -> [], once what the app adds to the practice copy is written
MY_DATA = "my_data"  # f(user) -> (name, data) of everything an app keeps about the person

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
    minutes: int = 0  # how long it takes one who has the papers at hand; 0 where nobody can tell

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
    folds: bool = False  # opens from a word on a phone; wider screens show it at once


@dataclass(frozen=True)
class Service:
    """Something bought together that is in use: its name and page, the contract's period, how many take part."""

    name: str
    url: str
    period: str  # 2027–2030
    municipalities: int


@dataclass(frozen=True)
class Hit:
    """One match of a search, and why it matched."""

    group: str
    title: str
    url: str
    why: str = ""
    language: str = ""  # of the title, where it is not the page's


@dataclass(frozen=True)
class Occasion:
    """One day of a person's calendar: a deadline or a meeting."""

    key: str  # stays the same when the day is moved
    on: date
    title: str
    url: str
    text: str = ""


@dataclass(frozen=True)
class Holder:
    """A place in an app's register where an address stands, and how it is corrected there."""

    label: str
    correct: object  # f(address, by)


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
