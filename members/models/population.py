"""Population figures of a day, taken over as a whole: held against what is known, then stored at once or not at all."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from consortium.models import AuditEvent
from members.models.municipality import Municipality, Population

TENTH = Decimal("0.1")
NOTABLE = 5  # per cent: a larger difference is pointed out
LOAD, CORRECT = "load_population", "correct_population"


@dataclass(frozen=True)
class Difference:
    """A figure beside another one of the same municipality. ``before``, ``after``: residents."""

    municipality: Municipality
    before: int
    after: int
    before_on: object = None  # the day of the earlier figure

    @property
    def step(self):
        """Return the change in residents."""
        return self.after - self.before

    @property
    def per_cent(self):
        """Return the change in per cent of what was before, rounded to one decimal."""
        return (Decimal(self.step) * 100 / self.before).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Merged:
    """A municipality whose figure is the sum of its own and of those that were merged into it."""

    municipality: Municipality
    parts: tuple  # (municipality, residents), its own first
    residents: int


@dataclass
class Comparison:
    """What figures of a day mean for the register: what is new, what would change, what is strange or lacking."""

    # municipality -> residents, ended ones summed into their heirs
    residents: dict = field(default_factory=dict)
    new: list = field(default_factory=list)  # municipalities
    changed: list = field(default_factory=list)  # Differences from a figure of the same day
    notable: list = field(default_factory=list)  # Differences of over 5 % from the newest earlier figure
    merged: list = field(default_factory=list)  # Merged
    heirless: list = field(default_factory=list)  # ended municipalities whose successor has no figure
    absent: list = field(default_factory=list)  # municipalities of today without a figure

    @property
    def total(self):
        """Return the residents of all."""
        return sum(self.residents.values())

    @property
    def written(self):
        """Return how many figures would be written."""
        return len(self.new) + len(self.changed)

    @property
    def same(self):
        """Return how many figures are there already."""
        return len(self.residents) - self.written

    @property
    def changes_nothing(self):
        """Tell whether every figure is there already."""
        return not self.written

    @property
    def before(self):
        """Return what would be written over: code -> residents."""
        return {d.municipality.code: d.before for d in self.changed}


def names_of_places():
    """Return (code -> names of every municipality, present and past, names of the regions)."""
    rows = Municipality.objects.values_list("code", "name_fi", "name_sv", "region_fi", "region_sv")
    places = {code: (name_fi, name_sv) for code, name_fi, name_sv, *_regions in rows}
    return places, {region for _code, _fi, _sv, *regions in rows for region in regions}


def compare_figures(on, figures, today, *, lock=False):
    """Return what figures of a day (code -> residents) mean beside what is known, as a Comparison."""
    everyone = {m.pk: m for m in Municipality.objects.select_related("successor").order_by("sort_key_fi")}
    found, parts = Comparison(), {}
    for municipality in everyone.values():
        if municipality.code in figures:
            heir = _heir(municipality, everyone, today)
            parts.setdefault(heir, []).append((municipality, figures[municipality.code]))
    for heir, rows in parts.items():
        if all(municipality != heir for municipality, _residents in rows):
            found.heirless += [municipality for municipality, _residents in rows]
            continue
        found.residents[heir] = sum(residents for _municipality, residents in rows)
        if len(rows) > 1:
            rows.sort(key=lambda row: row[0] != heir)
            found.merged.append(Merged(heir, tuple(rows), found.residents[heir]))
    ended = {m for m in everyone.values() if m.ended_on and m.ended_on <= today}
    found.absent = [m for m in everyone.values() if m not in ended and m not in found.residents]
    _hold_against_known(found, on, lock)
    return found


def _heir(municipality, everyone, today):
    """Return the municipality in which another one lives on today: itself, or the last of its successors."""
    seen = set()
    while municipality.ended_on and municipality.ended_on <= today and municipality.pk not in seen:
        seen.add(municipality.pk)
        municipality = everyone[municipality.successor_id]
    return municipality


def _hold_against_known(found, on, lock):
    known = Population.objects.filter(on=on).order_by("pk")
    same_day = {row.municipality_id: row for row in (known.select_for_update() if lock else known)}
    earlier = {}
    for row in Population.objects.filter(on__lt=on).order_by("on"):
        earlier[row.municipality_id] = row
    for municipality, residents in found.residents.items():
        there, before = same_day.get(municipality.pk), earlier.get(municipality.pk)
        if there is None:
            found.new.append(municipality)
        elif there.count != residents:
            found.changed.append(Difference(municipality, there.count, residents, on))
        if before and before.count and abs(residents - before.count) * 100 > NOTABLE * before.count:
            found.notable.append(Difference(municipality, before.count, residents, before.on))


def figures_as_a_whole():
    """Return what acts on the figures of all municipalities are recorded about."""
    return ContentType.objects.get_for_model(Population)


@transaction.atomic
def store_figures(on, figures, source, *, by, today, reason="", expected=None, **details):
    """Store figures of a day (code -> residents) and record it. Returns (comparison, act); no act if all is there.

    A figure of that day that is another one is written over for a ``reason`` only, and recorded with both values.
    ``expected``: what the person has seen would be written over. Raises ValidationError, and then stores nothing.
    """
    found = compare_figures(on, figures, today, lock=True)
    if found.heirless:
        raise ValidationError([heirless_sentence(municipality) for municipality in found.heirless])
    if found.changes_nothing:
        return found, None
    if expected is not None and expected != found.before:
        raise ValidationError(
            _("Figures of this day have changed meanwhile. Look at the differences again."), code="moved"
        )
    if found.changed and not reason:
        raise ValidationError({"reason": _("Say why figures that are there already are changed.")})
    Population.objects.bulk_create(
        Population(municipality=m, on=on, count=found.residents[m], source=source) for m in found.new
    )
    details |= {"on": on, "source": source, "new": len(found.new), "changed": len(found.changed)}
    details |= {"same": found.same, "total": found.total}
    act = AuditEvent.record(figures_as_a_whole(), LOAD, by=by, **details)
    for difference in found.changed:
        rows = Population.objects.filter(municipality=difference.municipality, on=on)
        rows.update(count=difference.after, source=source)
        values = {"before": difference.before, "after": difference.after}
        about = {"on": on, "source": source, "reason": reason, "act": act.pk}
        AuditEvent.record(difference.municipality, CORRECT, by=by, **values, **about)
    return found, act


def heirless_sentence(municipality):
    """Return why the figure of an ended municipality cannot be taken over without its successor's."""
    words = _(
        "%(code)s %(name)s was merged into %(heir_code)s %(heir)s, "
        "of which there is no figure: the sum would be too small."
    )
    heir = municipality.successor
    return words % {
        "code": municipality.code,
        "name": municipality.name,
        "heir_code": heir.code,
        "heir": heir.name,
    }
