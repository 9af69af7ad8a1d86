"""Volumes, ceilings and offers before their time: words planted in restricted fields, looked for at each moment.

One procurement is brought to a moment; then every address of joint procurement, and every page that gathers, is asked
as each reader. TABLE says who may read which word from which moment on; what it does not say, nobody may.
"""

import html
import re
from itertools import product

import pytest
from django.db import transaction
from django.urls import reverse

from consortium import clock
from consortium.models import AccessLog, AuditEvent, OutgoingEmail
from procurement.urls import urlpatterns
from tests.conftest import Browser
from tests.leak_world import MOMENTS, reached, world_at
from tests.test_access import read

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
BEFORE_NOTICE, BEFORE_AWARD, LOGGED = MOMENTS[:3], MOMENTS[2:4], MOMENTS[:4]
OWN = {"librarian": "round", "representative": "round"}
PEOPLE = [*OWN, "neighbour", "stranger", "auditor", "steering", "accountant"]
READERS = ["visitor", *PEOPLE, "staff"]


def everyone(moment, *but):
    """Return a line of the table for all but some."""
    return {reader: moment for reader in READERS[:-1] if reader not in but}


VOLUMES = {  # what municipalities have said, and sums of it
    "918273.45": OWN | {"auditor": "frozen", "accountant": "contracted"},  # the accountant reads contracts
    "817263.54": OWN | {"auditor": "frozen"},  # said first, changed since
    "600000.41": OWN | {"auditor": "frozen"},  # of a lot
    "728190.36": {"neighbour": "round", "auditor": "frozen", "accountant": "contracted"},
    "1646463.81": {"auditor": "frozen"},  # both together
}
ANSWERS = {
    "928374.56": OWN,  # ceilings: the municipality and the service centre
    "738291.47": {"neighbour": "round"},
    "zqproviso": OWN | {"auditor": "frozen"},
    "zqcontact": OWN | {"auditor": "frozen"},
    "zqruling": OWN | {"auditor": "frozen"},
    "zqminutes": OWN | {"auditor": "frozen"},
    "zqneighbourly": {"neighbour": "round", "auditor": "frozen"},  # a contact
    "zqdeclining": {"stranger": "round", "auditor": "frozen"},  # why one said no
    "zqdraftnote": OWN,  # prepared, given to nobody
    "645372.81": OWN,
}
LIMITS = {"555444.33": {}, "444333.22": {}}  # the procurement's ceiling, and what it pays once
OFFERS = {
    "2345.67": dict.fromkeys(["librarian", "representative", "neighbour", "auditor"], "sent"),  # the winner's
    "3456.78": {"auditor": "sent"},
    "4.37/5": {"auditor": "sent"},
    "zqoffernote": {"auditor": "sent"},
    "zqtakenback": {"auditor": "sent"},
}
SUPPLIERS = {  # their register is the service centre's and the auditor's
    "zqwinner": everyone("sent") | {"auditor": "tendering"},
    "zqloser": {"auditor": "tendering"},
    "zqseller": {"auditor": "tendering"},
    "zqphone": {"auditor": "tendering"},
    "zqappellant": {},
    "zqappealnote": {},
}
SHARED = {
    "zqpaperstaff": {"auditor": "over"},
    "zqpapertakenback": {"auditor": "over"},
    "zqpaperparticipants": OWN | {"neighbour": "round", "auditor": "round"},
    "zqpapermembers": everyone("round", "visitor", "accountant"),
    "zqpaperpublic": everyone("round"),
    "zqquestion": OWN,
    "zqabout": {"representative": "round"},  # an offer to sit in a group
    "zqwish": everyone("round", "visitor", "accountant"),
    "zqground": {},
}
TABLE = VOLUMES | ANSWERS | LIMITS | OFFERS | SUPPLIERS | SHARED
FILES = {
    *("procurement_list", "answer_list", "commitment_lists", "commitment_list", "notice", "comparison"),
    *("supplier_list", "contract_list", "contract", "cost_share", "usage_figures", "resource_list"),
}
LATER = {"zqappellant", "zqappealnote", "zqground", "zqdraftnote", "645372.81"}  # or gone by the award
SELDOM = {"librarian", "steering", "accountant"}  # as the representative, and the same at each moment
SOUGHT = [
    "zqloser",
    "zqoffernote",
    "zqproviso",
    "zqcontact",
    "zqpaperstaff",
    "zqground",
    "zqseller",
    "918273,45",
]
OWN_OFFER, LOSER = {"zqloser", "4.37/5"}, "zqloser@toimittaja.example"  # a tenderer reads of its own offer
WITH_ACTS = {("auditor", "tendering"), ("neighbour", "contracted"), ("visitor", "contracted")}
CHANGING = ("change=1", "receipt=1")
ACTS = re.compile(  # the service centre's, closed to the rest at each moment (access.csv): asked as WITH_ACTS says
    "_(new|edit|announce|end|write|plan|done|publish|withdraw|call|name|act|make|send|hand_over|again|mark|print|judge"
    "|decide|tender|contract|void|retime|appeal|annul|arrange|settle|open|extend|ask|remind|record|rule|import|sign"
    "|give_notice|drop|add|leave_out|freeze|charge|columns|places|aside|progress|merge|standstill)$"
)


# --- Its addresses ------------------------------------------------------------------------------------------------

WORDS = {  # of the parameters that name no record
    "kind": {"stage_plan": ["notice"], "stage_done": ["notice"], "use_step": ["contact"]},
    "verb": {"seat_act": ["accept"]},
    "about": {"answer_rule": ["condition", "lateness"]},
    "group": {"": ["content", "project"]},
    "language": {"": ["fi"]},
    "batch": {"": [1]},
}


def addresses(world, *, acts=True):
    """Return every address of joint procurement that has something to show now."""
    found = []
    for pattern in urlpatterns:
        name, route = pattern.name, str(pattern.pattern)
        values = [values_of(world, name, route, each) for each in pattern.pattern.converters]
        if not acts and ACTS.search(name):
            continue
        for each in product(*values):
            kwargs = dict(zip(pattern.pattern.converters, each, strict=True))
            base = reverse(f"procurement:{name}", kwargs=kwargs)
            queries = (
                ["format=csv", "format=xlsx"]
                if name in FILES
                else CHANGING
                if name == "ours" and world.moment == "round"
                else []
            )
            found += [base, *(f"{base}?{query}" for query in queries)]
    return found


def values_of(world, name, route, parameter):
    """Return what a parameter of an address stands for."""
    if parameter == "pk":
        before = route.partition("<")[0].strip("/").rpartition("/")[2]
        rows = [world.procurement] if before == "procurements" else world.at.get(before, [])
        return [row.pk for row in rows]
    if parameter == "code":
        return [place.code for place in (world.places if name == "ours" else world.places[::2])]
    if parameter == "year":
        return [clock.today().year]
    if parameter in WORDS:
        return WORDS[parameter].get(name) or WORDS[parameter].get("", [])
    return world.at.get(parameter, [])


def gathered(world, reader):
    """Return the addresses of the pages that gather from all apps."""
    codes = [place.code for place in world.places[::2]]
    found = [reverse(name) for name in ("front", "home", "my_data", "duties", "outbox")]
    found += [reverse(name, args=[code]) for name in ("municipality", "member_home") for code in codes]
    found += [reverse("members:record", args=[code]) for code in codes]
    found += [reverse("letter", args=[row.pk]) for row in OutgoingEmail.objects.order_by("pk")[1::6]]
    user = world.people[reader]
    if user and user.feed_key:
        found.append(reverse("feed", args=[user.feed_key]))
    return found


# --- Asking -------------------------------------------------------------------------------------------------------


def plain(told):
    """Return a text as words are looked for in it: no spaces of any kind, a point for the decimals."""
    return re.sub(r"[\s\u00a0\u202f\u2009]", "", html.unescape(told)).replace(",", ".").lower()


def words_in(told, words=TABLE):
    """Return the planted words that a text tells."""
    told = plain(told)
    return {word for word in words if word in told}


class Reader:
    """Asks as one person; whatever a request does is undone."""

    def __init__(self, user):
        self.browser = Browser(raise_request_exception=False)
        if user:
            self.browser.force_login(user)

    def __call__(self, address):
        """Return (status, what was told, what the log then says of it)."""
        with transaction.atomic():
            last = AccessLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            answer = self.browser.get(address)
            told = read(answer)
            logged = list(AccessLog.objects.filter(pk__gt=last).values_list("what", flat=True))
            transaction.set_rollback(True)
        return answer.status_code, told, logged


def may_read(reader, moment):
    """Return the words that a reader may know at a moment."""
    if reader == "staff":
        return set(TABLE)
    return {word for word, who in TABLE.items() if reader in who and reached(moment, who[reader])}


def unlogged(moment, words, logged):
    """Return what of a reading by the service centre should stand in the log and does not."""
    found = []
    if moment in BEFORE_NOTICE and words & VOLUMES.keys():
        found += [] if [what for what in logged if "offers" not in what] else ["volumes"]
    if moment in BEFORE_AWARD and words & OFFERS.keys():
        found += [] if [what for what in logged if what.startswith("procurement.offers")] else ["offers"]
    return found


def first_told(reader, moment):
    """Return the words that a reader is told from this very moment on."""
    if reader == "staff":
        return set(TABLE) - LATER if moment == "decided" else set()
    return {word for word, who in TABLE.items() if who.get(reader) == moment}


def asked_at(moment):
    """Return who is asked: those whose rights move with the moments at each, the rest at two."""
    found = [reader for reader in READERS if reader not in SELDOM or moment in {"round", "contracted"}]
    return found if moment in LOGGED else found[:-1]


def finds(ask, word):
    """Return the addresses to which the search for a word leads."""
    told = ask(f"{reverse('search')}?q={word}")[1]
    return {found for found in re.findall(r'href="([^"]*)"', told) if word not in found}


def letters_astray(world):
    """Return which letters tell somebody what is not theirs, and what the audit trail should not hold."""
    users, (home, _branch, neighbour, third) = world.people, world.places
    owners = {"librarian": home, "representative": home, "neighbour": neighbour, "stranger": third}
    found = []
    for letter in OutgoingEmail.objects.all():
        for word in words_in(f"{letter.subject}\n{letter.body}", TABLE.keys() - {"zqwinner"}):
            to = {users[reader].email for reader in TABLE[word] if reader in owners}
            to |= {owners[reader].registry_email for reader in TABLE[word] if reader in owners}
            if letter.to not in to and not (word in OWN_OFFER and letter.to == LOSER):
                found.append(f"{letter.template} to {letter.to} tells {word}")
    for event in AuditEvent.objects.all():
        if words := words_in(str(event.details), ANSWERS | VOLUMES | LIMITS):
            found.append(f"the audit trail's {event.verb} holds {sorted(words)}")
    return found


@pytest.mark.parametrize("moment", MOMENTS)
def test_nobody_is_told_before_the_time_and_what_the_service_centre_reads_is_logged(moment):
    world = world_at(moment)
    wrong = letters_astray(world)
    for reader in asked_at(moment):
        ask, may, seen = Reader(world.people[reader]), may_read(reader, moment), set()
        acts = reader == "staff" or (reader, moment) in WITH_ACTS
        for address in [*addresses(world, acts=acts), *gathered(world, reader)]:
            status, told, logged = ask(address)
            words = words_in(told)
            seen |= words
            if status >= 500 or words - may or words_in(" ".join(logged)):
                wrong.append(f"{reader}: {address} ({status}) tells {sorted(words - may)}, log {logged}")
            if reader == "staff" and (missing := unlogged(moment, words, logged)):
                wrong.append(f"{address}: no line in the log on {missing} ({sorted(words)})")
        if moment == "tendering" and reader != "staff":
            nothing = finds(ask, "zqnowhere")
            wrong += [f"{reader}: search finds {word}" for word in SOUGHT if finds(ask, word) - nothing]
        if missing := first_told(reader, moment) - seen:
            wrong.append(f"{reader} is not told {sorted(missing)}: then nothing was looked for")
    assert "\n".join(wrong) == ""
