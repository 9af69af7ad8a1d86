"""Restricted matter of the steering group: words planted in restricted fields, looked for wherever somebody reads.

Who may be told which word stands in tests/steering_leak_table.py.
"""

import logging
import re
from itertools import product

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import override

from consortium import clock
from consortium.models import AccessLog, AuditEvent, OutgoingEmail
from steering import agenda_sheet, minutes_paper
from steering.pages.open_data import TABLES
from steering.urls import urlpatterns
from tests.conftest import Browser, commit
from tests.steering_calls import called, planned, soon
from tests.steering_leak_table import (
    AFTER,
    BEFORE,
    LANGUAGES,
    NOT_RESTRICTED,
    PARTS,
    READERS,
    UNTOLD,
    WHOLE,
    word,
)
from tests.steering_leak_world import (
    a_matter,
    a_paper,
    a_proposal,
    a_task,
    after,
    before,
    closed,
    letters,
    the_world,
)
from tests.test_access import read

pytestmark = pytest.mark.django_db
HALVES = {"before": (before, BEFORE), "after": (after, AFTER)}

# --- Its addresses ------------------------------------------------------------------------------------------------

FILES = ("meeting_list", "proposal_list", "action_list", "minutes_list", "written_list", "open_table")
LOGGED = {  # pages of one record: what they tell of restricted matter stands in the log of readings
    *("item", "paper_file", "agenda_file", "minutes", "minutes_item", "minutes_paper", "minutes_signed"),
    *("written", "proposal", "attachment_file", "record", "vote"),
}
ACTS = re.compile(
    "_(new|edit|call|change|cancel|answer|again|choose|move|restrict|open|remove|withdraw|support|take_back|receive"
    "|agenda|decide|become|finish|drop|reopen|act|word|correct|extract|name_checkers|send|approve|remark|rework|sign"
    "|publish|step_aside|put_on_agenda|resign|take_over)$"
)
PLACES = {  # where an address stands -> whose records it names, where the words differ
    **{
        "meetings/agendas": "agendas",
        "items/papers": "papers",
        "proposals/files": "files",
        "minutes": "held",
    },
}
ONLY = {"poll": "polled", "record": "meets", "vote": "meets", "meeting_calendar": "coming"}
HEAVY = {"dashboard", "dashboard_of", "figure"}
IN_SWEDISH = {"visitor", "secretary"}
SWEDISH = {"front", "search", "proposal_list", "written_list", "action_list", "meeting", "minutes_progress"}
ELSEWHERE = {  # the half in which a reader is not asked: as another one there
    **dict.fromkeys(("accountant", "worker", "released"), "after"),
    **dict.fromkeys(("ended", "present", "deputy"), "before"),
}
WITH_ACTS = {"deputy", "released"}
SELDOM = {  # they read as the visitor, as a member, or everything: asked for records alone
    *("stranger", "accountant", "ended", "worker", "owner", "conflicted", "chair", "staff"),
}


def values_of(world, name, route, parameter):
    """Return what a parameter of an address stands for; an act is asked on one record."""
    if parameter == "pk":
        way = route.partition("<")[0].strip("/")
        place = ONLY.get(name) or PLACES.get(way) or way
        return [row.pk for row in world.at.get(place, [])[: 1 if ACTS.search(name) else None]]
    found = {
        "key": [row.key for row in world.at.get("prints", [])]
        if "uuid" in route
        else ["actions", "proposals"],
        "number": [2, 3] if route.startswith("minutes") else [],
        "name": [table.name for table in TABLES],
        "year": [clock.today().year],
        "verb": ["write"],
    }
    return found.get(parameter, [])


def addresses(world, *, acts):
    """Return (name, address) of each page of the steering group that has something to show."""
    found = []
    for pattern in urlpatterns:
        name, route = pattern.name, str(pattern.pattern)
        if not acts and (ACTS.search(name) or name in HEAVY):
            continue
        values = [values_of(world, name, route, each) for each in pattern.pattern.converters]
        for each in product(*values):
            base = reverse(
                f"steering:{name}", kwargs=dict(zip(pattern.pattern.converters, each, strict=True))
            )
            found += [(name, base), *((name, f"{base}?format={kind}") for kind in ["csv"] if name in FILES)]
    return found


def gathered(world, reader):
    """Return (name, address) of the pages that gather from all apps, of the letters and of the search."""
    codes = [world.at["home"][0].code]
    found = [(name, reverse(name)) for name in ("front", "home", "my_data", "duties", "outbox")]
    found += [
        (name, reverse(name, args=[code])) for name in ("municipality", "member_home") for code in codes
    ]
    found += [
        ("letter", reverse("letter", args=[row.pk])) for row in OutgoingEmail.objects.order_by("pk")[::9]
    ]
    found.append(("search", f"{reverse('search')}?q=zq"))
    user = world.people[reader]
    if user and user.feed_key:
        found.append(("feed", reverse("feed", args=[user.feed_key])))
    return found


# --- Asking -------------------------------------------------------------------------------------------------------


def words_in(told, table):
    """Return the planted words that a text tells."""
    return set(re.findall("zq[a-z]+", told.lower())) & table.keys()


class Reader:
    """Asks as one person; whatever a request does is undone."""

    def __init__(self, user):
        self.browser = Browser(raise_request_exception=False)
        if user:
            self.browser.force_login(user)

    def __call__(self, address):
        """Return (status, what was told, what the log of readings then says of it)."""
        with transaction.atomic():
            last = AccessLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            answer = self.browser.get(address)
            told = read(answer) + str(answer.headers.get("Content-Disposition"))
            logged = " ".join(AccessLog.objects.filter(pk__gt=last).values_list("what", flat=True))
            transaction.set_rollback(True)
        return answer.status_code, told, logged


def planted(table):
    """Return the words that stand somewhere in the steering group's tables and files."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_app_config("steering").get_models():
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {model._meta.db_table} t")
            found |= words_in(cursor.fetchone()[0] or "", table)
    for path in settings.MEDIA_ROOT.rglob("*.pdf"):
        found |= words_in(path.read_bytes().decode(errors="replace"), table)
    return found


def place_of(each):
    """Return (place, what, language) of a planted word."""
    return re.fullmatch(PARTS, each).groups()


def restricted(found):
    """Tell whether one of the words is restricted matter; of a paper the log keeps who opened the file."""
    parts = [place_of(each) for each in found]
    return any(
        place not in NOT_RESTRICTED and what not in {"paper", "paperground"} for place, what, _code in parts
    )


def is_told_to_all(each):
    """Tell whether whoever may be told a word finds it on some page; Swedish ones on the same pages in Swedish."""
    _place, what, language = place_of(each)
    return what in WHOLE and language != LANGUAGES["sv"]


def asked_by(world, reader):
    """Return (name, address) of all that a reader asks for, some of it in Swedish, too."""
    with override("fi"):
        found = [*addresses(world, acts=reader in WITH_ACTS), *gathered(world, reader)]
    if reader in SELDOM:
        pages = LOGGED | {"action", "home", "search", "my_data"}
        found = [(name, at) for name, at in found if name in pages]
    if reader in IN_SWEDISH:
        pages = [(n, at) for n, at in found if n in LOGGED | SWEDISH and not n.endswith(("_file", "_paper"))]
        found += [(name, f"/sv{address}") for name, address in pages]
    return found


def letters_astray(world, table):
    """Return which letters, their files included, tell somebody what is not theirs."""
    emails = {user.email: name for name, user in world.people.items() if user}
    emails |= {user.email: "member" for user in world.group.members if user.email not in emails}
    emails |= {row.registry_email: "proposer" for row in world.at["home"]}
    found = []
    for to, template, told in letters(settings.MEDIA_ROOT):
        reader = emails.get(to, "visitor")
        astray = {each for each in words_in(told, table) if reader not in table[each]}
        found += [f"{template} to {reader} tells {sorted(astray)}"] if astray else []
    return found


def trail_astray(world, worker, table):
    """Return what stands in the audit trail, the log of readings or the tasks, where only numbers should."""
    commit()
    kept = {
        "audit trail": [str(each.details) for each in AuditEvent.objects.all()],
        "log of readings": list(AccessLog.objects.values_list("what", flat=True)),
        "tasks": [str(each) for each in worker.tasks],
    }
    assert all(kept[name] for name in ("audit trail", "tasks"))
    return [
        f"the {n} holds {sorted(words_in(t, table))}"
        for n, rows in kept.items()
        for t in rows
        if words_in(t, table)
    ]


@pytest.fixture
def plain_papers(monkeypatch):
    """Let printed papers be their pages as text, so that words are found in them."""
    for module in (agenda_sheet, minutes_paper):
        monkeypatch.setattr(module, "lay_out", lambda page, **_more: page.encode())
        monkeypatch.setattr(module, "combine", lambda page, **more: b"%PDF-1.7 " + page + str(more).encode())


@pytest.mark.drill
@pytest.mark.parametrize("half", HALVES)
def test_nobody_is_told_what_is_restricted_and_readings_are_logged(half, worker, plain_papers, caplog):
    caplog.set_level(logging.INFO)
    come, table = HALVES[half]
    world = the_world()
    come(world)
    wrong = letters_astray(world, table) + trail_astray(world, worker, table)
    told_to_some, there = set(), planted(table)
    for reader in READERS:
        if half == ELSEWHERE.get(reader):
            continue
        ask, seen = Reader(world.people[reader]), set()
        may = {each for each, who in table.items() if reader in who}
        for name, address in asked_by(world, reader):
            status, told, logged = ask(address)
            found = words_in(told, table)
            seen |= found
            if status >= 500 or found - may:
                wrong.append(f"{reader}: {address} ({name}: {status}) tells {sorted(found - may)}")
            if words_in(logged, table):
                wrong.append(f"{reader}: {address} writes {logged} into the log of readings")
            if reader != "visitor" and name in LOGGED and restricted(found) and "steering." not in logged:
                wrong.append(
                    f"{reader}: {address} ({name}) tells {sorted(found)}, and no line in the log says so"
                )
        if missing := {each for each in (may & there) - seen if is_told_to_all(each)}:
            wrong.append(f"{reader} is not told {sorted(missing)}: then nothing was looked for")
        told_to_some |= seen
    missing = there - told_to_some - UNTOLD
    wrong += [f"nobody is told {sorted(missing)}: then nothing was looked for"] if missing else []
    wrong += [
        f"the log holds {each.getMessage()}" for each in caplog.records if words_in(each.getMessage(), table)
    ]
    assert not wrong, "\n".join(wrong)


# --- Counts -------------------------------------------------------------------------------------------------------


OUTSIDERS = ["visitor", "stranger", "expert", "auditor"]
COUNTED = [
    *("front", "home", "duties", "steering:front", "steering:proposal_list", "steering:action_list"),
    *("steering:meeting_list", "steering:minutes_list", "steering:written_list", "steering:dashboard"),
]


def counted(world, public, reader):
    """Return {address: what is told} of the pages that count or list, tokens left out; ``public``: a meeting."""
    with override("fi"):
        found = [reverse(name) for name in COUNTED]
        found += [f"{at}?format=csv" for at in found if at.endswith("proposals/")]
        found += [reverse("steering:open_table", args=[table.name]) for table in TABLES]
        found += [
            reverse("steering:figure", args=[clock.today().year, key]) for key in ("proposals", "actions")
        ]
        found += [f"{reverse('search')}?q={sought}" for sought in ("asia", "zq", public.number)]
        found.append(reverse("municipality", args=[world.at["home"][0].code]))
        found.append(reverse("steering:item", args=[public.items.first().pk]))
    ask = Reader(world.people[reader])
    return {address: re.sub(r"[\w-]{20,}", "", ask(address)[1]) for address in found}


@pytest.mark.drill
def test_no_count_that_outsiders_see_moves_with_what_is_restricted(plain_papers):
    world = the_world()
    public = called(world.group, "Julkinen asia")
    a_matter(world, "writing")
    draft = planned(world.group, starts_at=soon(60), ends_at=soon(60, 15))
    earlier = {reader: counted(world, public, reader) for reader in OUTSIDERS}
    hidden = a_proposal(world, "onagenda", ground=word("onagenda", "ground"))
    a_proposal(world, "intender", procurement=world.at["tender"][0])
    a_task(world, "ofproposal", proposal=hidden)
    a_matter(world, "written")
    a_paper(public.items.first(), "ownground", by=world.group.secretary, own_ground=True)
    item = draft.add(by=world.group.secretary, **closed("planned"))
    a_task(world, "held", decided_in=item)
    moved = [
        f"{reader}: {address}"
        for reader in OUTSIDERS
        for address, told in counted(world, public, reader).items()
        if told != earlier[reader][address]
    ]
    assert moved == []


def test_of_a_restricted_item_the_agenda_tells_its_bare_number_and_nothing_else_moves(plain_papers):
    world = the_world()
    public = called(world.group, "Julkinen asia")
    public.add(by=world.group.secretary, **closed("called"))
    address = public.get_absolute_url()
    for reader in OUTSIDERS:
        told = re.sub(r"\s+", " ", Reader(world.people[reader])(address)[1])
        assert words_in(told, BEFORE) == set() and "2 asiaa esityslistalla" in told
