"""Which reader may be told which planted word of the steering group's restricted matter, by hand from the domain.

Restricted matter is for those who prepare it, from the call on for members (also one who is to step aside) and for
deputies called or marked present, never for experts, for the auditor once it is settled; a restricted proposal also
for its own municipality, an action for its owner; minutes at their checkers for those who sit. What the table does not
say, nobody may be told.

A word tells its place: ``zq``, where it stands ("published"), what it is ("decision"), in which language. All are
longer than what chance puts into a token.
"""

import re

LANGUAGES = {"fi": "suomeksi", "sv": "ruotsiksi"}
PEOPLE = [
    *("stranger", "proposer", "member", "conflicted", "chair", "deputy", "called", "released", "present"),
    *("expert", "auditor", "accountant", "ended", "owner", "worker", "secretary", "staff"),
]


def word(place, what, language=""):
    """Return the planted word of a field."""
    return f"zq{place}{what}{LANGUAGES.get(language, 'x')}"


def both(place, *names):
    """Return {field: planted word} of texts that stand in two languages."""
    return {f"{name}_{code}": word(place, name, code) for name in names for code in LANGUAGES}


def words(place, *names):
    """Return the planted words of texts that stand in two languages."""
    return set(both(place, *names).values())


READERS = ["visitor", *PEOPLE]

# --- Who may be told what -------------------------------------------------------------------------------------------

PREPARE = {"staff", "secretary", "chair"}
INSIDE = PREPARE | {"member", "conflicted"}
CALLED = INSIDE | {"called"}
ROOM = CALLED | {"present"}  # marked present with a vote, though nobody had called the deputy
SETTLED = INSIDE | {"auditor"}
SITS = {"deputy", "called", "released", "present", "expert"}
FOLLOWS = SETTLED | SITS | {"proposer", "stranger", "owner"}  # members and those with a duty in the group
ALL = set(READERS)
ITEM = ("title", "background", "proposal")
OF_PAPER = ("paper", "file", "content")
SAID = ("ground", "proposed", "seconded", "conflict", "dissent")  # in the one language in which it was said
MINUTED = ("decision", "discussion")
CORRECTED = ("was", "right", "because")
OTHERS = ("text", "attachment", "paperground", "aside", "remark", "signed", "reason")
WHATS = {*ITEM, *OF_PAPER, *SAID, *MINUTED, *CORRECTED, *OTHERS}
ENDS = [*LANGUAGES.values(), "x"]


def lines(place, who, *names):
    """Return the table's lines of fields of a place, in both languages or as the one text that there is."""
    told = {word(place, name) for name in names} | words(place, *names)
    return dict.fromkeys(told, frozenset(who))


def of_item(place, who, *names):
    """Return the table's lines of an item's texts and of what else of it is planted."""
    return lines(place, who, *ITEM, *names)


BEFORE = {
    **of_item("draft", PREPARE),  # a public item, before the call
    **of_item("polled", PREPARE),  # the same, while a day is looked for
    **of_item("planned", PREPARE, "ground"),
    **of_item("called", CALLED, "ground", *OF_PAPER),
    **of_item("tender", CALLED, *OF_PAPER),  # closed by itself, from the round to the award
    **lines("ownground", CALLED, "paperground", *OF_PAPER),  # a paper of a public item
    **lines("takenback", {"staff"}, "file", "content", "reason"),
    **lines("takenback", {"staff", "secretary"}, "paper"),  # who added it finds the title in the own data
    **lines("onagenda", CALLED | {"proposer"}, "title", "text", "ground", "attachment", "file", "content"),
    **lines("ofproposal", CALLED | {"proposer", "owner"}, "text"),
    **lines("intender", INSIDE | {"proposer"}, "title", "text", "attachment", "file", "content"),
    **lines("submitted", FOLLOWS, "title", "text", "attachment", "file", "content"),
    **of_item("writing", CALLED, "ground", "because", "aside"),
    **of_item("working", {"worker", "staff", "auditor"}),
}
AFTER = {
    **of_item("decided", ROOM | {"auditor"}, *SAID, *MINUTED),
    **lines("decided", ROOM | {"auditor", "owner"}, "text"),
    **of_item("inhand", ROOM, "ground", "proposed", "seconded", *MINUTED, *OF_PAPER),
    **of_item("waiting", ROOM, "ground"),
    **of_item("held", SETTLED, *SAID, *MINUTED),
    **lines("held", SETTLED | {"owner"}, "text"),
    **of_item("checking", SETTLED, *SAID, *MINUTED),
    **lines("checking", SETTLED | {"owner"}, "text"),
    **lines("checking", INSIDE, "remark"),
    **of_item("tendered", SETTLED, "proposed", "seconded", *MINUTED),
    **of_item("published", SETTLED, *SAID, *MINUTED, *CORRECTED, "signed"),
    **lines("published", SETTLED | {"owner"}, "text"),
    **lines("published", SETTLED | {"proposer"}, "reason"),  # of a public proposal answered there
    **of_item("opened", ALL, *SAID, *MINUTED, *CORRECTED, "text", "reason"),
    **lines("opened", SETTLED | SITS, "signed"),  # the group's own paper: it names people
    **of_item("written", CALLED | {"auditor"}, "ground", "because", "aside"),
}
NOT_RESTRICTED = (
    "draft",
    "polled",
    "takenback",
    "submitted",
    "working",
    "opened",
)  # or read by few for other reasons
WHOLE = (
    "title",
    "background",
    "proposal",
    "paper",
    "content",
    "text",
    "attachment",
    "signed",
)  # told to all who may
PARTS = re.compile(f"zq([a-z]+?)({'|'.join(sorted(WHATS, key=len, reverse=True))})({'|'.join(ENDS)})")
UNTOLD = {  # until the minutes tell it; and the grounds of what all may read by now
    *(word("decided", name) for name in ("proposed", "seconded")),
    *words("decided", "discussion"),
    *(word("opened", name) for name in ("ground", "conflict")),
    *(word(place, "aside") for place in ("writing", "written")),  # why a member is hindered is nobody's
    *words("working", *ITEM) - {word("working", name, "fi") for name in ITEM},
}
