"""The list that the central purchasing body gets of a round: its columns, its sums, and what has changed since.

Volumes and ceilings in € a year, without VAT, exact. Only those who bring volume stand on it, and those who did and
have withdrawn: who said no or nothing is not told.
"""

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from consortium.fee_rules import ZERO
from consortium.lists import FORMULA, NOT_IN_XML
from consortium.shares import EXACT
from procurement.estimate import Answer, net_sum

MONEY = ("yearly", "ceiling")
DAYS = ("decided_on", "final_on", "withdrawn_on")


class Standing(StrEnum):
    """What a line of the list says of a municipality."""

    COMMITTED = Answer.COMMITTED.value
    INTERESTED = Answer.INTERESTED.value
    WITHDRAWN = "withdrawn"  # after the freeze: the line stays, its volume counts no more


class ChangeKind(StrEnum):
    """How a line differs between two lists."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Row:
    """One municipality on the list. ``by_lot``: pairs of a lot's number and its volume; ``accepted``: its reservation.

    Volumes and the ceiling in € a year without VAT; None where nothing was said.
    """

    code: str
    name_fi: str
    name_sv: str
    business_id: str
    answer: str
    yearly: Decimal | None
    by_lot: tuple = ()
    ceiling: Decimal | None = None
    contact_name: str = ""
    contact_email: str = ""
    body: str = ""
    body_name: str = ""
    decided_on: dt.date | None = None
    section: str = ""
    case_number: str = ""
    final_on: dt.date | None = None
    late: bool = False
    reservation: str = ""
    accepted: bool = False
    withdrawn_on: dt.date | None = None
    reason: str = ""

    @property
    def counts(self):
        """Tell whether its volume counts."""
        return self.answer != Standing.WITHDRAWN

    def name(self, language):
        """Return the municipality's name in a language."""
        return self.name_sv if language == "sv" else self.name_fi

    def frozen(self):
        """Return the row as plain values that JSON keeps."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        plain |= {key: None if plain[key] is None else str(plain[key]) for key in MONEY}
        plain |= {key: plain[key] and plain[key].isoformat() for key in DAYS}
        return plain | {"by_lot": [[number, str(volume)] for number, volume in self.by_lot]}

    @classmethod
    def thawed(cls, plain):
        """Return the row that ``frozen`` kept."""
        own = dict(plain)
        own |= {key: None if own[key] is None else Decimal(own[key]) for key in MONEY}
        own |= {key: own[key] and dt.date.fromisoformat(own[key]) for key in DAYS}
        own["by_lot"] = tuple((number, Decimal(volume)) for number, volume in own["by_lot"])
        return cls(**own)


@dataclass(frozen=True)
class Sums:
    """Volumes (€ a year without VAT) and how many municipalities, of the committed and of the interested."""

    committed: Decimal
    interested: Decimal
    committed_places: int
    interested_places: int
    by_lot: dict  # number -> (committed, interested)

    @property
    def total(self):
        """Return the whole volume."""
        with localcontext(EXACT):
            return self.committed + self.interested

    @property
    def places(self):
        """Return how many municipalities count."""
        return self.committed_places + self.interested_places


def sums(rows, lots=()):
    """Return the Sums of a list; one who gave no volume counts as a municipality. TypeError for a float."""
    found = {standing: [row for row in rows if row.answer == standing] for standing in Standing}
    committed, interested = found[Standing.COMMITTED], found[Standing.INTERESTED]

    def volume_of(group, lot=None):
        with localcontext(EXACT):
            volumes = (row.yearly if lot is None else dict(row.by_lot).get(lot) for row in group)
            return sum((net_sum(volume, "volume") for volume in volumes if volume is not None), ZERO)

    return Sums(
        committed=volume_of(committed),
        interested=volume_of(interested),
        committed_places=len(committed),
        interested_places=len(interested),
        by_lot={lot: (volume_of(committed, lot), volume_of(interested, lot)) for lot in lots},
    )


@dataclass(frozen=True)
class Words:
    """What a list is written with: the language, the words of answers and of deciding bodies, the lots' titles.

    ``lots``: number -> title; ``ceilings``: whether the column of ceilings is there.
    """

    language: str
    answers: dict
    bodies: dict
    lots: dict
    ceilings: bool = True


LABELS = {
    "code": gettext_lazy("Municipality code"),
    "name": gettext_lazy("Municipality"),
    "business_id": gettext_lazy("Business ID"),
    "answer": gettext_lazy("Answer"),
    "yearly": gettext_lazy("Volume a year without VAT, €"),
    "ceiling": gettext_lazy("At most a year without VAT, €"),
    "contact_name": gettext_lazy("Contact for the contract"),
    "contact_email": gettext_lazy("Contact's e-mail"),
    "body": gettext_lazy("Who decided"),
    "decided_on": gettext_lazy("Decided on"),
    "section": gettext_lazy("Section (§)"),
    "case_number": gettext_lazy("Case number"),
    "final_on": gettext_lazy("Legally final on"),
    "marks": gettext_lazy("Marks"),
}
LOT = "lot-"


def columns(words):
    """Return the list's columns in their order: pairs of a key and its label."""
    found = []
    for key, label in LABELS.items():
        if key == "ceiling" and not words.ceilings:
            continue
        found.append((key, str(label)))
        if key == "yearly":
            lots = words.lots.items()
            found += [(f"{LOT}{number}", _("Lot %(lot)s, €") % {"lot": title}) for number, title in lots]
    return found


def value(row, key, words):
    """Return what a row has in a column: text, a sum, a day, or None."""
    if key == "name":
        return row.name(words.language)
    if key == "answer":
        return str(words.answers[row.answer])
    if key == "body":
        return row.body_name or str(words.bodies.get(row.body, ""))
    if key == "marks":
        return marks(row)
    if key.startswith(LOT):
        return dict(row.by_lot).get(int(key.removeprefix(LOT)))
    return getattr(row, key)


def marks(row):
    """Return in words what is special about a row: late, with a reservation, withdrawn."""
    found = []
    if row.late:
        found.append(pgettext("answer on a list", "came late, accepted"))
    if row.reservation:
        said = _("reservation, accepted: %(text)s") if row.accepted else _("reservation: %(text)s")
        found.append(said % {"text": row.reservation})
    if row.withdrawn_on:
        on = row.withdrawn_on
        facts = {"day": f"{on.day}.{on.month}.{on.year}", "reason": row.reason}
        found.append(_("withdrew from %(day)s: %(reason)s") % facts)
    return "; ".join(found)


def table(rows, words, *, says=()):
    """Return the list for a spreadsheet: heads, a line each, the sums, and lines of ``says`` (label, text)."""
    keys = columns(words)
    lines = [[safe(value(row, key, words)) for key, _label in keys] for row in rows]
    return [[label for _key, label in keys], *lines, *_foot(rows, keys, words), *_said(says)]


def _foot(rows, keys, words, lead=0):
    """Return the lines of sums under the rows; ``lead``: columns before the list's own."""
    found = sums(rows, words.lots)
    lines = []
    for label, places, volume, lot in (
        (_("Committed, together"), found.committed_places, found.committed, 0),
        (_("Interested, together"), found.interested_places, found.interested, 1),
        (_("All together"), found.places, found.total, None),
    ):
        cells = {"name": label, "answer": places, "yearly": volume}
        for number, pair in found.by_lot.items():
            cells[f"{LOT}{number}"] = sum(pair, ZERO) if lot is None else pair[lot]
        lines.append([""] * lead + [cells.get(key, "") for key, _label in keys])
    return lines


def _said(says):
    return [[], *([safe(label), safe(text)] for label, text in says)] if says else []


@dataclass(frozen=True)
class Change:
    """A line that differs between two lists. ``keys``: the columns in which a changed one differs."""

    kind: ChangeKind
    before: Row | None
    after: Row | None
    keys: tuple = ()

    @property
    def row(self):
        """Return the line as it now is, or as it was when it is gone."""
        return self.after or self.before


def differences(before, after, words):
    """Return the Changes from one list to the next: changed and added in the order of the new one, then the removed.

    ``words`` decides which columns count. Raises ValueError for one municipality twice in a list.
    """
    old, new = _by_code(before), _by_code(after)
    keys = [key for key, _label in columns(words)]
    found = []
    for code, row in new.items():
        if code not in old:
            found.append(Change(ChangeKind.ADDED, None, row))
        elif old[code] != row:
            differing = tuple(k for k in keys if value(old[code], k, words) != value(row, k, words))
            if differing:
                found.append(Change(ChangeKind.CHANGED, old[code], row, differing))
    return found + [Change(ChangeKind.REMOVED, row, None) for code, row in old.items() if code not in new]


def _by_code(rows):
    found = {row.code: row for row in rows}
    if len(found) < len(rows):
        raise ValueError("One municipality stands on the list twice.")
    return found


def differences_table(changes, rows, words, *, says=()):
    """Return the differences as a table in the list's own columns, with a column before them that says what each is.

    A changed line stands twice, as it was and as it is, with the columns that differ named after it. Under them the
    sums of the whole list as it now is (``rows``), and lines of ``says``.
    """
    keys = columns(words)
    labels = dict(keys)
    head = [pgettext("column of differences", "Change"), *labels.values(), _("What changed")]
    lines = []
    for change in changes:
        for word, row in _sides(change):
            told = ", ".join(labels[key] for key in change.keys) if row is change.after else ""
            lines.append([word, *(safe(value(row, key, words)) for key in labels), told])
    return [head, *lines, *_foot(rows, keys, words, lead=1), *_said(says)]


def _sides(change):
    if change.kind == ChangeKind.ADDED:
        return [(pgettext("line of a list", "added"), change.after)]
    if change.kind == ChangeKind.REMOVED:
        return [(pgettext("line of a list", "removed"), change.before)]
    return [
        (pgettext("line of a list", "as it was"), change.before),
        (pgettext("line of a list", "as it is"), change.after),
    ]


def safe(cell):
    """Return a cell that a spreadsheet takes as what it is: text is never a formula."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    text = NOT_IN_XML.sub("", cell)
    return f"'{text}" if FORMULA.match(text) else text
