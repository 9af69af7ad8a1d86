"""Taking in a sheet of contracts: what it means beside what is on record, then all of it or nothing."""

import datetime as dt
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.models import AuditEvent
from consortium.templatetags.portal import day, money
from members.models import Municipality
from members.register import Problem
from procurement.contract_sheet import ContractSheet, Entry, Place, column_words
from procurement.models.contract import AtEnd, Contract, ContractState
from procurement.models.participation import Participation
from procurement.models.supplier import Supplier

IMPORT = "import"  # the act on each contract that a sheet brought or added to
DAYS = ("signed_on", "begins_on", "ends_on", "notice_by")


@dataclass
class Meaning:
    """What a sheet would do: contracts to write, municipalities to add to those on record, suppliers to write."""

    new: list = field(default_factory=list)  # Entry
    added: list = field(default_factory=list)  # (Contract, {code: volume or None})
    same: int = 0  # contracts that are on record as the sheet has them
    suppliers: list = field(default_factory=list)  # names
    problems: list = field(default_factory=list)

    @property
    def changes_nothing(self):
        """Tell whether all of it is on record already."""
        return not self.new and not self.added

    @property
    def participants(self):
        """Return how many participations would be written."""
        return sum(len(e.participants) for e in self.new) + sum(len(codes) for _contract, codes in self.added)


def places_of_register():
    """Return every municipality, present and past, as a sheet may name it."""
    rows = Municipality.objects.select_related("successor")
    return [
        Place(m.code, (m.name_fi, m.name_sv), m.successor.code if m.successor else "", m.ended_on)
        for m in rows
    ]


def compare_sheet(sheet):
    """Return what the sheet means beside what is on record, as a Meaning; a contradiction is a problem of its line."""
    meaning = Meaning()
    numbers = [entry.number for entry in sheet.entries]
    rows = (
        Contract.objects.filter(number__in=numbers)
        .select_related("supplier")
        .prefetch_related("options", "participations__municipality")
    )
    known = {contract.number: contract for contract in rows}
    suppliers = _Suppliers()
    for entry in sheet.entries:
        supplier = suppliers.find(entry, meaning)
        if contract := known.get(entry.number):
            _hold_against(contract, entry, supplier, meaning)
        else:
            _refuse_new(entry, meaning)
            meaning.new.append(entry)
    meaning.suppliers = sorted(suppliers.unknown)
    return meaning


class _Suppliers:
    """The suppliers on record, and those that a sheet brings."""

    def __init__(self):
        self.by_id, self.by_name, self.unknown = {}, {}, set()
        for row in Supplier.objects.all():
            self.add(row)

    def add(self, row):
        """Know one more."""
        if row.business_id:
            self.by_id[row.business_id] = row
        self.by_name.setdefault(row.name.casefold(), []).append(row)

    def find(self, entry, meaning=None):
        """Return the supplier of an entry, or None for one that is to be written."""
        if found := self.by_id.get(entry.business_id):
            return found
        named = self.by_name.get(entry.supplier.casefold(), [])
        if len(named) > 1 and meaning is not None:
            words = _("Several suppliers are called “%(name)s”: give the business ID.") % {
                "name": entry.supplier
            }
            meaning.problems.append(Problem(entry.line, column_words("supplier"), words))
        if named and entry.business_id and named[0].business_id and meaning is not None:
            words = _("On record it is %(value)s.") % {"value": named[0].business_id}
            meaning.problems.append(Problem(entry.line, column_words("business_id"), words))
        if not named:
            self.unknown.add(entry.supplier)
        return named[0] if named else None


def _hold_against(contract, entry, supplier, meaning):
    """Compare an entry with the contract on record; whatever differs is a problem, only participants are added."""
    wrong = []
    if supplier is None or supplier.pk != contract.supplier_id:
        wrong.append(("supplier", contract.supplier.name))
    for column, value in entry.facts.items():
        held = getattr(contract, column)
        if held != value:
            wrong.append((column, _words(column, held)))
    months = [option.months for option in contract.options.all()]
    if entry.options and entry.options != months:
        wrong.append(("options", " + ".join(map(str, months)) or _("none")))
    present = {}
    for row in contract.participations.all():
        present.setdefault(row.municipality.code, []).append(row)
    added = {}
    for code, yearly in entry.participants.items():
        if code not in present:
            added[code] = yearly
        elif yearly is not None and all(row.yearly != yearly for row in present[code]):
            held = present[code][-1].yearly
            wrong.append(("yearly", money(held) if held is not None else _("none")))
    for column, held in wrong:
        words = _("On record it is %(value)s. Correct the contract on its page, or the sheet.") % {
            "value": held
        }
        meaning.problems.append(Problem(entry.line, column_words(column), words))
    if added and contract.procurement_id:
        words = _("The participants of a contract of a joint procurement are those on its frozen list.")
        meaning.problems.append(Problem(entry.line, column_words("municipality"), words))
    elif added and contract.state == ContractState.NOTICE:
        words = _("Notice has been given: nobody is added.")
        meaning.problems.append(Problem(entry.line, column_words("municipality"), words))
    elif added:
        meaning.added.append((contract, added))
    elif not wrong:
        meaning.same += 1


def _words(column, held):
    if held is None:
        return _("none")
    if column in DAYS:
        return day(held)
    return str(AtEnd(held).label) if column == "silence" else str(held)


def _refuse_new(entry, meaning):
    """Let the model look at a new contract: what it refuses is a problem of its line."""
    row = Contract(state=ContractState.SIGNED, **entry.facts)
    try:
        row.full_clean(exclude=["supplier"], validate_unique=False)
    except ValidationError as error:
        for name, words in error.message_dict.items():
            column = name if name in entry.facts else "number"
            if not any(p.line == entry.line for p in meaning.problems):
                meaning.problems += [Problem(entry.line, column_words(column), text) for text in words]


def take_in_sheet(sheet, *, by):
    """Write what the sheet brings, all of it or nothing. Returns its Meaning.

    No letter leaves: the participants of a contract that is in force know of it. Raises ValidationError when the
    sheet contradicts what is on record by now.
    """
    with transaction.atomic():
        list(
            Contract.objects.select_for_update(of=("self",), no_key=True).filter(
                number__in=[entry.number for entry in sheet.entries]
            )
        )
        meaning = compare_sheet(sheet)
        if meaning.problems:
            raise ValidationError(
                _("The records have changed since the preview. Choose the file again and look at it."),
                "changed",
            )
        if meaning.changes_nothing:
            return meaning
        places = {place.code: place for place in Municipality.objects.all()}
        written, suppliers = {}, _Suppliers()
        for entry in meaning.new:
            supplier = suppliers.find(entry)
            if supplier is None:
                supplier = Supplier.begin(by=by, name=entry.supplier, business_id=entry.business_id)
                suppliers.add(supplier)
            contract = Contract(state=ContractState.SIGNED, supplier=supplier, asks_use=False, **entry.facts)
            contract.full_clean()
            contract.save()
            contract.put_options([(months, None) for months in entry.options])
            written[contract] = entry.participants
        written |= dict(meaning.added)
        Participation.objects.bulk_create(
            Participation(
                contract=contract, municipality=places[code], period=(contract.begins_on, None), yearly=yearly
            )
            for contract, participants in written.items()
            for code, yearly in participants.items()
        )
        AuditEvent.record_many(written, IMPORT, by=by, file=sheet.sha256)
    return meaning


def as_plain(sheet):
    """Return a sheet without problems as plain values, to be carried from the preview to the loading."""
    return {"sha256": sheet.sha256, "entries": [asdict(entry) for entry in sheet.entries]}


def from_plain(content):
    """Return the sheet that ``as_plain`` wrote, after its way through JSON."""
    entries = []
    for told in content["entries"]:
        facts = {k: dt.date.fromisoformat(v) if k in DAYS and v else v for k, v in told["facts"].items()}
        participants = {k: None if v is None else Decimal(v) for k, v in told["participants"].items()}
        entries.append(Entry(**(told | {"facts": facts, "participants": participants})))
    return ContractSheet(tuple(entries), (), content["sha256"])
