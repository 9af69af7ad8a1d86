"""One meeting of the made-up group, as in the story: deputy, conflict, a tie, dissent, quorum lost at 14.20."""

from dataclasses import replace
from datetime import date

from steering.meeting import Conflict, Item, Meeting, Outcome, Person, Restriction, Task
from steering.quorum import stretches
from steering.voting import Cast, Choice, Dissent, by_consensus, by_roll_call
from tests.steering.table import at, group, members, movements

ELEVEN = group(11)
SEATED = {
    f"{kind}{n}": Person(f"{word} Henkilö{n}", "", f"Kunta{n}")
    for n in range(1, 12)
    for kind, word in (("M", "Jäsen"), ("V", "Vara"))
}
PEOPLE = SEATED | {
    "S": Person("Sini Sihteeri", "suunnittelija", "Helsinki"),
    "E": Person("Erkki Erityinen", "juristi", "Espoo"),
    "X": Person("Xenia Vieras"),
}
MARKS = movements(
    members(1, 2, 3, 4, 5) + " S",  # nobody comes to seat 11
    M6="13.00-14.20",
    M7="13.00-14.20",
    M8="13.00-13.45 14.00-14.20",
    M9="13.30-13.40",
    V8="13.00-14.20",
    V9="13.00-14.20",
    M10="13.10-14.20",
    V10="13.00-13.30",
    E="13.00-13.25",
    X="13.00-13.05",
)
CASTS = [Cast(f"M{n}", Choice.FOR, at("13.56")) for n in (1, 2, 3, 4, 5)] + [
    Cast(name, Choice.AGAINST, at("13.56")) for name in ("M6", "M7", "V8", "V9", "M10")
]
RESTRICTED = Restriction("621/1999 24 § 1 mom. 17 k", date(2027, 12, 31))


def voted(casts=CASTS, *, in_conflict=frozenset({"M8"}), closed="13.58"):
    """Return the roll call of item 3."""
    return by_roll_call(
        ELEVEN, stretches(MARKS), casts, opened_at=at("13.55"), closed_at=at(closed), in_conflict=in_conflict
    )


ITEMS = (
    Item(
        number=1,
        title="Kokouksen avaus",
        opened_at=at("13.00"),
        closed_at=at("13.05"),
        outcome=Outcome.NOTED,
        decision="Kokous on laillisesti koolle kutsuttu.",
    ),
    Item(
        number=2,
        title="Toimintasuunnitelma 2028",
        opened_at=at("13.05"),
        closed_at=at("13.25"),
        proposal="Hyväksytään.",
        outcome=Outcome.DECIDED,
        decision="Hyväksyttiin.",
        votes=(by_consensus(ELEVEN, stretches(MARKS), at=at("13.24")),),
        tasks=(Task("Valmistellaan musiikkipalvelu.", "S", date(2027, 9, 30)),),
    ),
    Item(
        number=3,
        title="Aikakauslehtien hankinta",
        opened_at=at("13.45"),
        closed_at=at("14.00"),
        proposal="Hankitaan.",
        outcome=Outcome.DECIDED,
        decision="Hankitaan.",
        votes=(voted(),),
        conflicts=(Conflict("M8", "toimittajan hallituksen jäsen", at("13.45"), at("14.00")),),
        dissents=(Dissent("V9", at("13.59"), "Liian kallis."),),
    ),
    Item(
        number=4,
        title="Tarjouskilpailu",
        opened_at=at("14.00"),
        closed_at=at("14.15"),
        proposal="Valitaan.",
        outcome=Outcome.DECIDED,
        decision="Valittiin.",
        restriction=RESTRICTED,
    ),
    Item(
        number=5,
        title="Muut asiat",
        opened_at=at("14.15"),
        closed_at=at("14.25"),
        outcome=Outcome.MOVED,
    ),
)
MEETING = Meeting(
    body="Ohjausryhmä",
    number="3/2027",
    place="Keskustakirjasto",
    called_on=date(2027, 5, 26),
    opened_at=at("13.00"),
    closed_at=at("14.30"),
    group=ELEVEN,
    people=PEOPLE,
    movements=MARKS,
    items=ITEMS,
    checkers=("M3", "M4"),
)


def with_item(number, /, **changes):
    """Return the meeting with one item changed."""
    return replace(
        MEETING, items=tuple(replace(i, **changes) if i.number == number else i for i in MEETING.items)
    )
